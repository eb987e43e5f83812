package cases_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"seteli/domain/daycare/cases"
	"seteli/domain/rulebook/golden"
	"seteli/internal/sharedtest"
	"seteli/platform/i18n"
)

// run checks every case of a file and gives how many there were of each kind.
func run(t *testing.T, name string, raw []byte) map[string]int {
	t.Helper()
	list, err := golden.Read(name, raw)
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen, kinds := map[string]int{}, cases.Kinds()
	for _, c := range list {
		seen[c.Kind]++
		o := kinds.Run(c)
		if o.Status != golden.Pass {
			t.Errorf("%s %s: %v %v %v", c.Kind, c.ID, o.Status, o.Err, o.Differences)
		}
		for _, lang := range i18n.Langs {
			for _, line := range o.Steps.Lines(words, lang) {
				if line.Label == "" || line.Formula == "" || strings.ContainsAny(line.Label+line.Formula, "{}") {
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
		if seen := run(t, file, sharedtest.Read(t, "cases", file)); seen[kind] == 0 {
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
		for kind, n := range run(t, file, raw) {
			seen[kind] += n
		}
	}
	for kind := range cases.Kinds() {
		if seen[kind] == 0 {
			t.Errorf("no case of %s of our own", kind)
		}
	}
}
