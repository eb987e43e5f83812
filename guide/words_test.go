// Package guide_test holds what the guides and documents say against the program: the words in bold against its texts, the
// commands against scripts that run them, the addresses against its pages.
package guide_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wording are the texts of one language as the pages show them; those with values in them as patterns.
type wording struct {
	whole    map[string]bool
	patterns []*regexp.Regexp
}

var (
	value = regexp.MustCompile(`\\\{[a-z_]+\\\}`)
	bold  = regexp.MustCompile(`(?s)\*\*(.+?)\*\*`)
	space = regexp.MustCompile(`\s+`)
)

func wordings(t *testing.T) map[string]*wording {
	t.Helper()
	all := map[string]*wording{"fi": {whole: map[string]bool{}}, "sv": {whole: map[string]bool{}}, "en": {whole: map[string]bool{}}}
	files, err := filepath.Glob("../platform/i18n/texts/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files of texts, %v", len(files), err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]map[string]any
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, text := range texts {
			for lang, w := range all {
				w.add(text[lang])
			}
		}
	}
	return all
}

// add takes a text, or the forms of one that is counted.
func (w *wording) add(text any) {
	switch text := text.(type) {
	case string:
		w.whole[text] = true
		pattern := value.ReplaceAllString(regexp.QuoteMeta(text), ".+")
		if letters := strings.ReplaceAll(pattern, ".+", ""); pattern != regexp.QuoteMeta(text) && len(letters) > 3 {
			w.patterns = append(w.patterns, regexp.MustCompile("^"+pattern+"$"))
		}
	case map[string]any:
		for _, form := range text {
			w.add(form)
		}
	}
}

func (w *wording) has(phrase string) bool {
	if w.whole[phrase] {
		return true
	}
	for _, p := range w.patterns {
		if p.MatchString(phrase) {
			return true
		}
	}
	return false
}

// language is that of a guide's file name: asiakas.sv.md is Swedish, asiakas.md Finnish.
func language(file string) string {
	for _, lang := range []string{"sv", "en"} {
		if strings.HasSuffix(file, "."+lang+".md") {
			return lang
		}
	}
	return "fi"
}

func TestWordsInBoldStandOnThePages(t *testing.T) {
	t.Parallel()
	all := wordings(t)
	files, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		for _, m := range bold.FindAllStringSubmatch(read(t, file), -1) {
			found++
			if phrase := space.ReplaceAllString(m[1], " "); !all[language(file)].has(phrase) {
				t.Errorf("%s: no page says %q", file, phrase)
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d words in bold: the search is broken", found)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file) //nolint:gosec // our own documents
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// documents are all our Markdown files, from here.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "../*.md", "../doc/*.md", "../doc/*/*.md"} {
		some, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	if len(files) < 15 {
		t.Fatalf("only %d documents found", len(files))
	}
	return files
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksBetweenDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, file := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), target)); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// place is a path of our own in a document: it begins with a folder of the root.
var place = regexp.MustCompile("`((?:api|assets|cmd|core|demo|doc|domain|guide|integration|LICENSES|migrations|platform|scene|tools|web)/[A-Za-z0-9_./-]*[A-Za-z0-9_])`")

func TestFilesThatDocumentsNameAreThere(t *testing.T) {
	t.Parallel()
	found := 0
	for _, file := range documents(t) {
		for _, m := range place.FindAllStringSubmatch(read(t, file), -1) {
			found++
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s names %s, which is not there", file, m[1])
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d paths found: the search is broken", found)
	}
}
