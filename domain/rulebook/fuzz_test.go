package rulebook_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"seteli/domain/rulebook"
	"seteli/platform/i18n"
)

// A stored explanation that is read is written the same again, and can be told in every language.
func FuzzExplanation(f *testing.F) {
	texts, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`[{"key":"rulebook.sum","values":{"price":{"cents":3400},"hours":{"quantity":"1.5"},"day":{"date":"2026-12-01"},"n":{"number":1},"name":{"names":{"fi":"a"}}},"result_cents":3400,"rounding":"half_up_cent","sum":true}]`))
	f.Add([]byte(`[{"key":"","values":{"x":{}}}]`))
	f.Add([]byte(`[{"values":{"x":{"rate":"1e9","cents":1}}},null]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var e rulebook.Explanation
		if err := json.Unmarshal(raw, &e); err != nil {
			return
		}
		once, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var again rulebook.Explanation
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatalf("%s is not read back: %v", once, err)
		}
		if twice, err := json.Marshal(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s becomes %s (%v)", once, twice, err)
		}
		for _, lang := range i18n.Langs {
			if lines := e.Lines(texts, lang); len(lines) != len(e) {
				t.Fatalf("%d lines of %d steps", len(lines), len(e))
			}
		}
	})
}

// A percent is never negative and reads back from its own text.
func FuzzPercent(f *testing.F) {
	for _, s := range []string{"10", "12,5", "0.05", " 9999,99 ", "-1", "1.", "٣", "1,2,3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := rulebook.ParsePercent(s)
		if err != nil {
			return
		}
		if again, err := rulebook.ParsePercent(p.String()); err != nil || again != p || p < 0 {
			t.Errorf("%q: %s, again %s, %v", s, p, again, err)
		}
	})
}
