package cases_test

import (
	"os"
	"path/filepath"
	"testing"

	"seteli/domain/decision/cases"
	"seteli/domain/rulebook/golden"
)

const shared = "../../../../shared/cases"

func TestPublishedCasesPass(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(shared); os.IsNotExist(err) {
		t.Skip("the published cases are not beside this checkout")
	}
	run(t, filepath.Join(shared, "legal_basis.json"), filepath.Join(shared, "appeal_deadline.json"))
}

func TestOwnCasesPass(t *testing.T) {
	t.Parallel()
	run(t, "testdata/law.json")
}

func run(t *testing.T, files ...string) {
	t.Helper()
	kinds, tally := cases.Kinds(), golden.Tally{}
	for _, file := range files {
		list, err := golden.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			o := kinds.Run(c)
			if tally.Add(o); o.Status != golden.Pass {
				t.Errorf("%s: %+v %v", c.ID, o.Differences, o.Err)
			}
		}
	}
	if tally.Cases == 0 {
		t.Error("no case was run")
	}
}
