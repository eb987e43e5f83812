package method_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"seteli/core/fault"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// FuzzDecode gives editors of any method any text: what is refused has a code, what is taken comes back the same and can be
// checked and asked without an accident.
func FuzzDecode(f *testing.F) {
	for _, raw := range sets {
		var v rulebook.Value
		if err := json.Unmarshal([]byte(raw), &v); err != nil {
			f.Fatal(err)
		}
		form, err := method.Encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(url.Values(form).Encode())
	}
	models := method.All()
	f.Fuzz(func(t *testing.T, text string) {
		form, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		v, err := method.Decode(form)
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Fatalf("refused without a code: %v", err)
			}
			return
		}
		again, err := method.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := method.Decode(again); err != nil {
			t.Fatalf("what was taken is refused when it comes back: %v", err)
		}
		if err := models[v.Method].Check(v, contents); err != nil {
			return
		}
		r := rulebook.Default()
		r.Value = v
		for _, facts := range []rulebook.Facts{{}, {Household: 3, Income: c(123456), Need: "full", Fee: c(1000)}} {
			_, _ = models.Value(rulebook.Rulebook{Rules: r}, rulebook.ValueInput{Content: 7, Facts: facts}) // an error is an answer, a panic is not
		}
	})
}

// FuzzParameters gives the reader of stored parameters any JSON.
func FuzzParameters(f *testing.F) {
	for _, raw := range sets {
		f.Add([]byte(raw))
	}
	models := method.All()
	f.Fuzz(func(t *testing.T, raw []byte) {
		var v rulebook.Value
		if json.Unmarshal(raw, &v) != nil || models[v.Method] == nil {
			return
		}
		if err := models[v.Method].Check(v, contents); err != nil && fault.CodeOf(err) == "" {
			t.Fatalf("refused without a code: %v", err)
		}
	})
}
