package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seteli/domain/rulebook/golden"
	"seteli/platform/i18n"
)

// cases of one kind: one that passes, one that does not, one that nobody knows.
const someCases = `{"format":"seteli-cases/1","parameter_sets":{"T":{"method":"linear_taper","full_cents":2500,"min_cents":0,"income_limits_cents":{"1":52800},"pcts":{"1":"35"},"divisor":60}},
"cases":[
{"id":"good","kind":"home_care_value","source":"synthetic","inputs":{"household_size":1,"income_cents":90000,"hours":"1","price_cents":null},"parameters":{"sets":["T"]},"expected":{"value_cents":2283},"note":""},
{"id":"bad","kind":"home_care_value","source":"synthetic","inputs":{"household_size":1,"income_cents":90000,"hours":"1","price_cents":null},"parameters":{"sets":["T"]},"expected":{"value_cents":2284},"note":""},
{"id":"strange","kind":"moon_phase","source":"synthetic","inputs":{},"parameters":{},"expected":{"full":true},"note":""}]}`

// rulesChecked runs the command on files of the contents and gives its output and exit status.
func rulesChecked(t *testing.T, asJSON bool, contents ...string) (string, int) {
	t.Helper()
	c := rulesCheckCmd{JSON: asJSON}
	for i, content := range contents {
		name := filepath.Join(t.TempDir(), fmt.Sprintf("%d.json", i))
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Files = append(c.Files, name)
	}
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.check(&out, texts, i18n.EN); err != nil {
		return out.String(), status(err)
	}
	return out.String(), 0
}

func TestRulesCheckPrintsEachCaseAndTheFirstDifference(t *testing.T) {
	t.Parallel()
	out, code := rulesChecked(t, false, someCases)
	want := []string{"good  pass\n", "bad  fail\n  value_cents: expected 2284, got 2283\n", "Value of the voucher, rounded: €22.83 → €22.83\n", "strange  unknown"}
	for _, line := range want {
		if !strings.Contains(out, line) {
			t.Errorf("%q is not in\n%s", line, out)
		}
	}
	if !strings.HasSuffix(out, "\ncases 3  passed 1  failed 1  unknown 1\n") || code != 1 {
		t.Errorf("status %d\n%s", code, out)
	}
}

func TestRulesCheckEndsWithTheStatusOfTheFormat(t *testing.T) {
	t.Parallel()
	good := someCases[:strings.Index(someCases, "\n{\"id\":\"bad\"")]
	good = strings.TrimSuffix(good, ",") + "]}"
	for name, c := range map[string]struct {
		files []string
		code  int
		last  string
	}{
		"all passed":                     {[]string{good}, 0, "cases 1  passed 1  failed 0  unknown 0\n"},
		"of another format":              {[]string{`{"format":"seteli-cases/2","cases":[]}`}, 2, "cases 0  passed 0  failed 0  unknown 0\n"},
		"no JSON":                        {[]string{`cases`}, 2, "cases 0  passed 0  failed 0  unknown 0\n"},
		"a bad file beside a good one":   {[]string{`{}`, good}, 2, "cases 1  passed 1  failed 0  unknown 0\n"},
		"a bad file beside failed cases": {[]string{someCases, `{}`}, 2, "cases 3  passed 1  failed 1  unknown 1\n"},
		"no case at all":                 {[]string{`{"format":"seteli-cases/1","cases":[]}`}, 0, "cases 0  passed 0  failed 0  unknown 0\n"},
	} {
		if out, code := rulesChecked(t, false, c.files...); code != c.code || !strings.HasSuffix(out, c.last) {
			t.Errorf("%s: status %d, want %d\n%s", name, code, c.code, out)
		}
	}
	if err := (rulesCheckCmd{Files: []string{"/nowhere/cases.json"}}).check(&bytes.Buffer{}, nil, i18n.EN); status(err) != 2 {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestRulesCheckWritesOneObjectALine(t *testing.T) {
	t.Parallel()
	out, code := rulesChecked(t, true, someCases)
	want := `{"id":"good","kind":"home_care_value","status":"pass","differences":[]}
{"id":"bad","kind":"home_care_value","status":"fail","differences":[{"field":"value_cents","expected":2284,"got":2283}]}
{"id":"strange","kind":"moon_phase","status":"unknown","differences":[]}
`
	if out != want || code != 1 {
		t.Errorf("status %d\n%s", code, out)
	}
	for line := range strings.Lines(out) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

// TestEveryPublishedCasePasses runs the whole folder as the command does; no kind of it is unknown.
func TestEveryPublishedCasePasses(t *testing.T) {
	t.Parallel()
	const shared = "../../../shared/cases"
	if _, err := os.Stat(shared); os.IsNotExist(err) {
		t.Skip("the published cases are not beside this checkout")
	}
	files, err := filepath.Glob(shared + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	kinds, tally := caseKinds(), golden.Tally{}
	for _, file := range files {
		cases, err := golden.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, c := range cases {
			o := kinds.Run(c)
			if tally.Add(o); o.Status != golden.Pass {
				t.Errorf("%s: %s %+v %v", c.ID, o.Status, o.Differences, o.Err)
			}
		}
	}
	if len(kinds) != 38 || tally.Cases < 200 {
		t.Errorf("%d kinds, %d cases", len(kinds), tally.Cases)
	}
}
