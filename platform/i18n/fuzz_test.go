package i18n

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Texts that load have every form they promise, and filling them in never fails or repeats itself.
func FuzzTexts(f *testing.F) {
	f.Add(`{"a.x": {"fi": {"one": "{n} päivä", "other": "{n} päivää"}, "sv": "{n} {x", "en": "}{n}{"}}`, int64(1), "{n}")
	f.Add(`{"a.x": {"fi": null, "sv": [], "en": {"one": "", "other": "x"}}}`, int64(0), "")
	f.Add(`{"a.x": {"fi": {"one": "a", "other": "b", "few": "c"}}}`, int64(-1), "\xff")
	f.Fuzz(func(t *testing.T, file string, n int64, value string) {
		c, err := load(fstest.MapFS{"texts/a.json": {Data: []byte(file)}})
		if err != nil {
			return
		}
		c.Validate()
		for _, key := range c.Keys() {
			for _, lang := range Langs {
				form, had := c.texts[key][lang]
				text := c.Text(lang, key, map[string]any{"n": n, "x": value, "k": Key("a.x")})
				if !had && text != "["+key+"]" {
					t.Errorf("%s in %s is missing but says %q", key, lang, text)
				}
				if form.one != "" && form.other == "" {
					t.Errorf("%s in %s has one but no other", key, lang)
				}
			}
		}
	})
}

// Whatever a browser asks for gives one of our languages.
func FuzzLanguage(f *testing.F) {
	for _, s := range []string{"sv-FI,sv;q=0.9,en;q=0.8", "*", "fi;q=x", "zh-Hant-u-co-pinyin", strings.Repeat("a-", 500), "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		if l := Prefer(accept); !slices.Contains(Langs, l) {
			t.Errorf("%q prefers %q", accept, l)
		}
		if l, ok := ParseLang(accept); ok && !slices.Contains(Langs, l) {
			t.Errorf("%q is the language %q", accept, l)
		}
	})
}
