package golden_test

import (
	"os"
	"path/filepath"
	"testing"

	"seteli/domain/rulebook/golden"
)

// shared is where the published cases lie beside a checkout.
const shared = "../../../../shared/cases"

// TestPublishedCasesPass runs every case of the kinds of this package.
func TestPublishedCasesPass(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(shared); os.IsNotExist(err) {
		t.Skip("the published cases are not beside this checkout")
	}
	files, err := filepath.Glob(shared + "/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	runFiles(t, files)
}

// TestOwnCasesPass runs the project's own cases, made by hand at the edges of each kind.
func TestOwnCasesPass(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	runFiles(t, files)
}

// runFiles runs the known kinds of files and wants at least one case of each kind.
func runFiles(t *testing.T, files []string) {
	t.Helper()
	kinds := golden.Values()
	seen := map[string]int{}
	for _, file := range files {
		cases, err := golden.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, c := range cases {
			if kinds[c.Kind] == nil {
				continue
			}
			seen[c.Kind]++
			if o := kinds.Run(c); o.Status != golden.Pass {
				t.Errorf("%s %s: %+v %v", filepath.Base(file), c.ID, o.Differences, o.Err)
			}
		}
	}
	for _, name := range kinds.Names() {
		if seen[name] == 0 {
			t.Errorf("no case of kind %s", name)
		}
	}
}
