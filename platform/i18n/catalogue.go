// Package i18n holds every text that people read, in Finnish, Swedish and English, and the forms of dates, sums and
// quantities in each language. It knows no page and no rule: who shows what is decided by the faces.
//
// Texts live in texts/<area>.json, one file per area; every key starts with its area and has all three languages.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"seteli/core/fault"
)

// Lang is one of the three languages of the program.
type Lang string

// The languages; Finnish is the original of every text.
const (
	FI Lang = "fi"
	SV Lang = "sv"
	EN Lang = "en"
)

// Langs lists the languages in the order in which they are offered.
var Langs = []Lang{FI, SV, EN}

// ParseLang reads a language code; false for one that the program does not speak.
func ParseLang(s string) (Lang, bool) {
	l := Lang(strings.ToLower(s))
	return l, slices.Contains(Langs, l)
}

var matcher = language.NewMatcher([]language.Tag{language.Finnish, language.Swedish, language.English})

// Prefer gives the language that suits an Accept-Language header best; Finnish when none does.
func Prefer(accept string) Lang {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return FI
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return FI
	}
	return Langs[i]
}

//go:embed texts/*.json
var embedded embed.FS

// form is one text in one language; one is empty when the text does not depend on a number.
type form struct{ one, other string }

// UnmarshalJSON reads a string, or an object with one and other.
func (f *form) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &f.other) == nil {
		return nil
	}
	var plural map[string]string
	if err := json.Unmarshal(b, &plural); err != nil {
		return fmt.Errorf("a text is a string or one and other: %w", err)
	}
	f.one, f.other = plural["one"], plural["other"]
	if len(plural) != 2 || f.one == "" || f.other == "" {
		return fmt.Errorf("a plural has one and other, not %v", plural)
	}
	return nil
}

// Catalogue holds all texts. It is safe for concurrent use.
type Catalogue struct {
	texts   map[string]map[Lang]form
	areaOf  map[string]string // key → file it stands in
	mu      sync.Mutex
	missing map[string]int
}

// Load reads the texts that are built into the program.
func Load() (*Catalogue, error) { return load(embedded) }

// builtin serves the formatters that need names: months, units.
var builtin = sync.OnceValue(func() *Catalogue {
	c, err := Load()
	if err != nil {
		panic("i18n: " + err.Error()) // the texts are part of the program; a test reads them all
	}
	return c
})

func load(files fs.FS) (*Catalogue, error) {
	c := &Catalogue{texts: map[string]map[Lang]form{}, areaOf: map[string]string{}, missing: map[string]int{}}
	names, err := fs.Glob(files, "texts/*.json")
	if err != nil {
		return nil, fmt.Errorf("listing texts: %w", err)
	}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading texts: %w", err)
		}
		var area map[string]map[Lang]form
		if err := json.Unmarshal(raw, &area); err != nil {
			return nil, fmt.Errorf("reading texts %s: %w", name, err)
		}
		for key, forms := range area {
			if other, double := c.areaOf[key]; double {
				return nil, fmt.Errorf("text %q stands in %s and in %s", key, other, name)
			}
			c.texts[key], c.areaOf[key] = forms, strings.TrimSuffix(path.Base(name), ".json")
		}
	}
	return c, nil
}

// Has reports that the key exists.
func (c *Catalogue) Has(key string) bool { return c.texts[key] != nil }

// Keys lists all keys in order.
func (c *Catalogue) Keys() []string {
	keys := make([]string, 0, len(c.texts))
	for k := range c.texts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Key is an argument that is itself the key of a text.
type Key string

// Text gives the text with its {placeholders} filled in; the argument n chooses between one and many.
// A key or an argument that is missing stays visible in brackets or braces and is counted, see Missing.
func (c *Catalogue) Text(lang Lang, key string, args map[string]any) string {
	forms, ok := c.texts[key][lang]
	if !ok {
		c.miss(key)
		return "[" + key + "]"
	}
	text := forms.other
	if forms.one != "" && isOne(args["n"]) {
		text = forms.one
	}
	return c.fill(lang, key, text, args)
}

// Fault gives the message of a fault.
func (c *Catalogue) Fault(lang Lang, f *fault.Fault) string { return c.Text(lang, f.Key, f.Values) }

func (c *Catalogue) fill(lang Lang, key, text string, args map[string]any) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if v, given := args[name]; given {
			b.WriteString(c.value(lang, v))
		} else {
			c.miss(key + " {" + name + "}")
			b.WriteString("{" + name + "}")
		}
		text = after
	}
}

func (c *Catalogue) miss(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missing[what]++
}

// Missing tells how often each missing key or argument was asked for since the start.
func (c *Catalogue) Missing() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := make(map[string]int, len(c.missing))
	for k, n := range c.missing {
		counts[k] = n
	}
	return counts
}

// Validate lists what is wrong with the texts: a language missing or too many, an empty text, placeholders that
// differ between languages or forms, a key outside its area. An empty list is what a test wants.
func (c *Catalogue) Validate() []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, key := range c.Keys() {
		if area := c.areaOf[key]; !strings.HasPrefix(key, area+".") {
			say("%s stands in area %s", key, area)
		}
		forms := c.texts[key]
		if len(forms) != len(Langs) {
			say("%s has %d languages", key, len(forms))
		}
		want := placeholders(forms[FI].other)
		for _, lang := range Langs {
			f, ok := forms[lang]
			if !ok || strings.TrimSpace(f.other) == "" {
				say("%s has no text in %s", key, lang)
				continue
			}
			if got := placeholders(f.other); !slices.Equal(got, want) {
				say("%s has other placeholders in %s: %v, not %v", key, lang, got, want)
			}
			if strings.Count(f.other, "{") != strings.Count(f.other, "}") || strings.Count(f.one, "{") != strings.Count(f.one, "}") {
				say("%s has an open brace in %s", key, lang)
			}
			if f.one == "" {
				continue
			}
			// "yksi tapahtuma" may leave the number out, but may not name anything new.
			for _, name := range placeholders(f.one) {
				if !slices.Contains(want, name) {
					say("%s has a placeholder of its own for one in %s: %s", key, lang, name)
				}
			}
			if !slices.Contains(want, "n") {
				say("%s has a plural but no {n} in %s", key, lang)
			}
		}
	}
	return wrong
}

// placeholders lists the names in order, each once.
func placeholders(text string) []string {
	var names []string
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			slices.Sort(names)
			return slices.Compact(names)
		}
		name, after, _ := strings.Cut(rest, "}")
		names = append(names, name)
		text = after
	}
}
