package cases_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"seteli/domain/daycare/cases"
	"seteli/domain/rulebook/golden"
	"seteli/internal/sharedtest"
	"seteli/platform/i18n"
)

type caseFile struct {
	ParameterSets map[string]map[string]any `json:"parameter_sets"`
	Cases         []struct {
		ID, Kind                     string
		Inputs, Parameters, Expected map[string]any
	}
}

// decode reads JSON with exact numbers.
func decode(t testing.TB, raw []byte, v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		t.Fatal(err)
	}
}

// run checks every case of a file and gives how many there were of each kind.
func run(t *testing.T, raw []byte) map[string]int {
	t.Helper()
	var f caseFile
	decode(t, raw, &f)
	seen := map[string]int{}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Cases {
		kind, ok := cases.Kinds()[c.Kind]
		if !ok {
			continue
		}
		seen[c.Kind]++
		parameters := map[string]any{}
		if sets, ok := c.Parameters["sets"].([]any); ok {
			for _, name := range sets {
				maps.Copy(parameters, f.ParameterSets[name.(string)])
			}
		}
		maps.Copy(parameters, c.Parameters)
		inputs := golden.NewNode("inputs", c.Inputs)
		result, err := kind(inputs, golden.NewNode("parameters", parameters))
		if err == nil {
			err = inputs.Err()
		}
		if err != nil {
			t.Errorf("%s %s: %v", c.Kind, c.ID, err)
			continue
		}
		raw, err := json.Marshal(result.Fields)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		decode(t, raw, &got)
		if where := differs("", c.Expected, got); where != "" {
			t.Errorf("%s %s: %s", c.Kind, c.ID, where)
		}
		for _, lang := range []i18n.Lang{i18n.FI, i18n.SV, i18n.EN} {
			for _, line := range result.Steps.Lines(words, lang) {
				if line.Label == "" || line.Formula == "" || bytes.ContainsAny([]byte(line.Label+line.Formula), "{}") {
					t.Errorf("%s %s: the step %+v is not told in %s", c.Kind, c.ID, line, lang)
				}
			}
		}
	}
	return seen
}

// differs gives the first place in which got lacks what is wanted; objects may have more fields, lists may not.
func differs(at string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: want an object, got %v", at, got)
		}
		for _, k := range slices.Sorted(maps.Keys(w)) {
			v, there := g[k]
			if !there {
				return fmt.Sprintf("%s.%s is missing", at, k)
			}
			if d := differs(at+"."+k, w[k], v); d != "" {
				return d
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Sprintf("%s: want %d elements, got %v", at, len(w), got)
		}
		for i := range w {
			if d := differs(fmt.Sprintf("%s[%d]", at, i), w[i], g[i]); d != "" {
				return d
			}
		}
	default:
		if !reflect.DeepEqual(want, got) {
			return fmt.Sprintf("%s: want %v, got %v", at, want, got)
		}
	}
	return ""
}

func TestPublishedCasesPass(t *testing.T) {
	t.Parallel()
	for kind := range cases.Kinds() {
		file := kind + ".json"
		if seen := run(t, sharedtest.Read(t, "cases", file)); seen[kind] == 0 {
			t.Errorf("%s holds no case of %s", file, kind)
		}
	}
}

func TestOwnCasesPassAndCoverEveryKind(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for kind, n := range run(t, raw) {
			seen[kind] += n
		}
	}
	for kind := range cases.Kinds() {
		if seen[kind] == 0 {
			t.Errorf("no case of %s of our own", kind)
		}
	}
}
