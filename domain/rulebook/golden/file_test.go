package golden_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/rulebook/golden"
	"seteli/platform/sheet"
)

const one = `{"format": "seteli-cases/1", "parameter_sets": {"A": {"fee_per_hour_cents": 1, "x": {"y": 1}}, "B": {"fee_per_hour_cents": 320}},
"cases": [{"id": "a", "kind": "hourly_fee", "source": "s", "inputs": {"hours": "8"}, "parameters": {"sets": ["A", "B"]}, "expected": {"fee_cents": 2560}, "note": ""}]}`

func TestSetsAreMergedInTheirOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string
		status   golden.Status
	}{
		"later set wins":      {"", "", golden.Pass},
		"own key wins":        {`["A", "B"]}`, `["B", "A"], "fee_per_hour_cents": 320}`, golden.Pass},
		"own key may be null": {`["A", "B"]}`, `["A", "B"], "fee_per_hour_cents": null}`, golden.Fail},
		"order matters":       {`["A", "B"]`, `["B", "A"]`, golden.Fail},
	} {
		cases, err := golden.Read("f", []byte(strings.Replace(one, c.old, c.new, 1)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if o := golden.Values().Run(cases[0]); o.Status != c.status {
			t.Errorf("%s: %s, want %s: %+v", name, o.Status, c.status, o.Differences)
		}
	}
}

func TestComparisonIsExact(t *testing.T) {
	t.Parallel()
	kinds := golden.Kinds{"k": func(golden.Node, golden.Node) (golden.Result, error) {
		return golden.Fields(map[string]any{"n": 0, "s": "0", "null": nil, "list": []int{1, 2}, "o": map[string]any{"a": 1, "b": 2}, "more": true}), nil
	}}
	for expected, field := range map[string]string{
		`{"n": 0}`: "", `{"n": 0.0}`: "", `{"n": "0"}`: "n", `{"n": false}`: "n", `{"n": null}`: "n", `{"s": 0}`: "s",
		`{"null": null}`: "", `{"null": 0}`: "null", `{"absent": null}`: "absent", `{"list": [1, 2]}`: "", `{"list": [2, 1]}`: "list[0]",
		`{"list": [1]}`: "list", `{"list": [1, 2, 3]}`: "list", `{"o": {"b": 2}}`: "", `{"o": {"b": 3}}`: "o.b", `{"o": [1]}`: "o", `{"o": {}}`: "",
		`{"s": "0", "n": 1, "null": 1}`: "n", // the first in the order of the file
	} {
		cases, err := golden.Read("f", []byte(`{"format":"seteli-cases/1","cases":[{"id":"a","kind":"k","inputs":{},"expected":`+expected+`}]}`))
		if err != nil {
			t.Errorf("%s: %v", expected, err)
			continue
		}
		o := kinds.Run(cases[0])
		switch {
		case field == "" && o.Status != golden.Pass:
			t.Errorf("%s: %+v", expected, o.Differences)
		case field != "" && (o.Status != golden.Fail || o.Differences[0].Field != field):
			t.Errorf("%s: %s %+v, want a difference of %s", expected, o.Status, o.Differences, field)
		}
	}
}

func TestFilesOfAnotherFormatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new string }{
		"other format":     {"seteli-cases/1", "seteli-cases/2"},
		"no format":        {`"format": "seteli-cases/1",`, ``},
		"cut short":        {`]}`, ``},
		"something after":  {`"note": ""}]}`, `"note": ""}]} 1`},
		"field twice":      {`"kind": "hourly_fee"`, `"kind": "hourly_fee", "kind": "x"`},
		"no id":            {`"id": "a"`, `"id": ""`},
		"id is a number":   {`"id": "a"`, `"id": 1`},
		"no kind":          {`"kind": "hourly_fee", `, ``},
		"no inputs":        {`"inputs": {"hours": "8"}, `, ``},
		"nothing expected": {`{"fee_cents": 2560}`, `{}`},
		"no such set":      {`["A", "B"]`, `["A", "C"]`},
		"sets no list":     {`["A", "B"]`, `"A"`},
		"exponent":         {`2560`, `256e1`},
		"not UTF-8":        {`"s"`, "\"\xff\""},
		"cases no list":    {`"cases": [`, `"cases": {`},
	} {
		changed := strings.Replace(one, c.old, c.new, 1)
		if changed == one {
			t.Errorf("%s changes nothing", name)
		}
		var bad *golden.FormatError
		if _, err := golden.Read("f", []byte(changed)); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInputsThatCannotBeReadFailTheirCaseOnly(t *testing.T) {
	t.Parallel()
	for name, inputs := range map[string]string{
		"missing": `{}`, "null": `{"hours": null}`, "text": `{"hours": "eight"}`, "list": `{"hours": []}`, "zero divisor": `{"hours": "1/0"}`,
		"beyond every amount": `{"hours": "9999999999999999999"}`,
	} {
		cases, err := golden.Read("f", []byte(strings.Replace(one, `{"hours": "8"}`, inputs, 1)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if o := golden.Values().Run(cases[0]); o.Status != golden.Fail || o.Err == nil || o.Differences[0].Field != "fee_cents" {
			t.Errorf("%s: %+v", name, o)
		}
	}
	cases, err := golden.Read("f", []byte(strings.Replace(one, "hourly_fee", "yearly_fee", 1)))
	if err != nil || golden.Values().Run(cases[0]).Status != golden.Unknown {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestTheExplanationOfADifferenceLeadsToIt(t *testing.T) {
	t.Parallel()
	cases, err := golden.Read("f", []byte(`{"format":"seteli-cases/1","cases":[{"id":"a","kind":"home_care_value",
"inputs":{"household_size":1,"income_cents":90000,"hours":"1","price_cents":4000},
"parameters":{"method":"linear_taper","full_cents":2500,"min_cents":0,"income_limits_cents":{"1":52800},"pcts":{"1":"35"},"divisor":60},
"expected":{"value_cents":1}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	o := golden.Values().Run(cases[0])
	steps := o.StepsOf(o.Differences[0])
	if len(steps) == 0 || steps[len(steps)-1].Key != "method.step.rounded" || len(steps) == len(o.Steps) {
		t.Errorf("%d of %d steps lead to %+v", len(steps), len(o.Steps), o.Differences)
	}
}

func TestATableOfCasesIsReadLikeAFile(t *testing.T) {
	t.Parallel()
	headings := []string{"id", "kind", "inputs.household_size", "inputs.income_cents", "inputs.hours", "inputs.price_cents", "parameters.method", "parameters.full_cents",
		"parameters.min_cents", "parameters.income_limits_cents.1", "parameters.pcts", "parameters.divisor", "expected.value_cents", "comment"}
	row := []any{"stm", "home_care_value", 1, 90000, "1", "null", "linear_taper", 2500, 0, 52800, `{"1": "35"}`, 60, 2283, "seen"}
	wrong := slices.Clone(row)
	wrong[0], wrong[12] = "wrong", 2284
	rows := iter.Seq2[[]any, error](func(yield func([]any, error) bool) { _ = yield(row, nil) && yield(wrong, nil) })
	var csv, xlsx bytes.Buffer
	if err := sheet.WriteCSV(&csv, headings, rows); err != nil {
		t.Fatal(err)
	}
	if err := sheet.WriteXLSX(&xlsx, "Tapaukset", headings, rows); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"cases.csv": csv.Bytes(), "cases.xlsx": xlsx.Bytes()} {
		cases, err := golden.ReadUpload(name, bytes.NewReader(file), int64(len(file)))
		if err != nil || len(cases) != 2 {
			t.Errorf("%s: %d cases, %v", name, len(cases), err)
			continue
		}
		if a, b := golden.Values().Run(cases[0]), golden.Values().Run(cases[1]); a.Status != golden.Pass || b.Status != golden.Fail || b.Err != nil {
			t.Errorf("%s: %+v, %+v", name, a, b)
		}
	}
	cases, err := golden.ReadUpload("cases.json", strings.NewReader("\uFEFF"+one), int64(len("\uFEFF"+one)))
	if err != nil || len(cases) != 1 {
		t.Errorf("JSON: %v", err)
	}
	for file, code := range map[string]string{
		"id;kind;inputs.a;inputs.a.b;expected.x\n1;k;2;3;4\n": "GOL-002",
		"id;kind;inputs.a;expected.x\n1;k;2;\n":               "GOL-001",
		"id;kind;inputs.a;expected.x\n":                       "SHE-017",
		`{"format":"seteli-cases/1","cases":[]}`:              "GOL-003",
		`{"format":"seteli-cases/2","cases":[]}`:              "GOL-001",
	} {
		_, err := golden.ReadUpload("f", strings.NewReader(file), int64(len(file)))
		faulttest.Want(t, err, code)
	}
}

func TestCasesAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	cases, err := golden.Read("f", []byte(one))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := golden.Write(cases)
	if err != nil {
		t.Fatal(err)
	}
	again, err := golden.Read("g", raw)
	if err != nil || golden.Values().Run(again[0]).Status != golden.Pass {
		t.Errorf("%v in %s", err, raw)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(one))
	f.Add([]byte(`{"format":"seteli-cases/1","cases":[{"id":"a","kind":"table_value","inputs":{"coefficient":"1"},"parameters":{"base_value_cents":1},"expected":{"a":[{}]}}]}`))
	kinds := golden.Values()
	f.Fuzz(func(t *testing.T, raw []byte) {
		cases, err := golden.Read("f", raw)
		if err != nil {
			var bad *golden.FormatError
			if !errors.As(err, &bad) {
				t.Fatalf("refused without saying where: %v", err)
			}
			return
		}
		for _, c := range cases {
			if _, err := json.Marshal(kinds.Run(c)); err != nil {
				t.Fatalf("an outcome cannot be written: %v", err)
			}
		}
		written, err := golden.Write(cases)
		if err != nil {
			t.Fatal(err)
		}
		again, err := golden.Read("f", written)
		if err != nil || len(again) != len(cases) {
			t.Fatalf("what was read cannot be read back: %v in %s", err, written)
		}
	})
}

func FuzzReadUpload(f *testing.F) {
	f.Add([]byte("id;kind;inputs.a;expected.x\n1;k;2,5;{\"a\":1}\n"))
	f.Add([]byte(one))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cases, err := golden.ReadUpload("f", bytes.NewReader(raw), int64(len(raw)))
		if err != nil && fault.CodeOf(err) == "" {
			t.Fatalf("refused without a code: %v", err)
		}
		if err == nil && len(cases) == 0 {
			t.Fatal("nothing was read and nothing refused")
		}
	})
}
