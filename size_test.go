package seteli_test

import (
	"bytes"
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const longest = 500 // lines of one file

// eachWritten visits the files of the product that people write, by ending; generated folders and what is fetched are left out.
func eachWritten(t *testing.T, visit func(file string, raw []byte), endings ...string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "dist" || d.Name() == "db" && strings.HasPrefix(filepath.ToSlash(file), "domain/") {
				return fs.SkipDir
			}
			return skipFolder(file, d.Name())
		}
		if !slices.Contains(endings, filepath.Ext(file)) || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		n++
		visit(filepath.ToSlash(file), raw)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 100 {
		t.Fatalf("only %d files of %v found: the search is broken", n, endings)
	}
}

func TestFilesAreShortEnoughToRead(t *testing.T) {
	t.Parallel()
	generated := map[string]bool{}
	for _, s := range house(t) {
		generated[s.file] = ast.IsGenerated(s.syntax)
	}
	eachWritten(t, func(file string, raw []byte) {
		if n := bytes.Count(raw, []byte("\n")); n > longest && !generated[file] {
			t.Errorf("%s has %d lines; a file has at most %d: part it by concern", file, n, longest)
		}
	}, ".go", ".html", ".css", ".js", ".sql")
}

var (
	keyForm    = regexp.MustCompile(`[a-z0-9_]+(?:\.[a-z0-9_]+)+`)
	prefixForm = regexp.MustCompile(`"([a-z0-9_]+(?:\.[a-z0-9_]+)*\.)(?:"|%)`)
	suffixForm = regexp.MustCompile(`"(\.[a-z0-9_]+(?:\.[a-z0-9_]+)*)"`)
)

// A text is used when its key is written somewhere, or can be put together of a written beginning ("event.state.") or of a key
// and a written end (".remedy"). Others are words that nobody reads, and that translators keep for nothing.
func TestEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	keys, begins, ends := map[string]bool{}, map[string]bool{}, map[string]bool{}
	eachWritten(t, func(file string, raw []byte) {
		if strings.HasPrefix(file, "platform/i18n/texts/") {
			return
		}
		for _, k := range keyForm.FindAll(raw, -1) {
			keys[string(k)] = true
		}
		for _, m := range prefixForm.FindAllSubmatch(raw, -1) {
			begins[string(m[1])] = true
		}
		for _, m := range suffixForm.FindAllSubmatch(raw, -1) {
			ends[string(m[1])] = true
		}
	}, ".go", ".html", ".js", ".sql", ".json")
	for _, key := range texts(t).Keys() {
		if !keys[key] && !puttable(key, keys, begins, ends) {
			t.Errorf("text %q is used nowhere: take it out", key)
		}
	}
}

func puttable(key string, keys, begins, ends map[string]bool) bool {
	for i, r := range key {
		if r == '.' && (begins[key[:i+1]] || keys[key[:i]] && ends[key[i:]]) {
			return true
		}
	}
	return false
}

// actForm, thingForm and jobForm find the codes of the log and of the queue where they are declared.
var (
	actForm   = regexp.MustCompile(`\b(?:audit\.Act|[A-Z][A-Za-z]*Act)(?:\s*=\s*|\()"([a-z_]+\.[a-z_.]+)"`)
	thingForm = regexp.MustCompile(`audit\.Ref\{(?:Kind: )?"([a-z_]+)"`)
	jobForm   = regexp.MustCompile(`Kind\(\) string\s*\{ return "([a-z_]+\.[a-z_]+)" \}`)
)

// People read the log and the state of the service in words: whatever is written there by code has its word.
func TestActsThingsAndJobsHaveWords(t *testing.T) {
	t.Parallel()
	cat, found := texts(t), map[string]int{}
	eachWritten(t, func(file string, raw []byte) {
		for begin, form := range map[string]*regexp.Regexp{"audit.act.": actForm, "audit.kind.": thingForm, "steering.job.": jobForm} {
			for _, m := range form.FindAllSubmatch(raw, -1) {
				found[begin]++
				if key := begin + string(m[1]); !cat.Has(key) {
					t.Errorf("%s: no text %q", file, key)
				}
			}
		}
	}, ".go")
	if found["audit.act."] < 180 || found["audit.kind."] < 40 || found["steering.job."] < 12 {
		t.Errorf("found only %v: the search is broken", found)
	}
}
