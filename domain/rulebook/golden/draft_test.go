package golden_test

import (
	"encoding/json"
	"testing"

	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/golden"
	"seteli/domain/rulebook/method"
)

func TestADraftIsTriedWithTheOrganisersOwnCases(t *testing.T) {
	t.Parallel()
	contents := []catalogue.Content{{ID: 7, Code: "T"}, {ID: 8, Code: "K"}}
	run := func(value, inputs, expected string) golden.Outcome {
		rules := rulebook.Default()
		if err := json.Unmarshal([]byte(value), &rules.Value); err != nil {
			t.Fatal(err)
		}
		cases, err := golden.Read("f", []byte(`{"format":"seteli-cases/1","cases":[{"id":"a","kind":"rulebook_value","inputs":`+inputs+`,"expected":`+expected+`}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return golden.Values().Add(golden.Trial(method.All(), rulebook.Rulebook{Rules: rules}, contents)).Run(cases[0])
	}
	flat := `{"method":"flat_unit","values":[{"content_id":7,"value_cents":2700},{"content_id":8,"value_cents":2000}],"gate_income_limits_cents":{"1":100000}}`
	byPrice := `{"method":"pct_of_net_income","pct_single":"85","pct_couple":"42.5","keep_cents":19500,"keep_couple_cents":78855,"values":[{"content_id":7,"max_cents":300000}]}`
	for _, c := range []struct {
		value, inputs, expected string
		status                  golden.Status
	}{
		{flat, `{"household_size":1,"income_cents":100000}`, `{"value_cents":2700,"fee_cents":null,"bands":{}}`, golden.Pass},
		{flat, `{"content":"K","household_size":1,"income_cents":100000}`, `{"value_cents":2000}`, golden.Pass},
		{flat, `{"content":"K","household_size":1,"income_cents":100001}`, `{"value_cents":null}`, golden.Pass},
		{flat, `{"content":"X"}`, `{"value_cents":2000}`, golden.Fail},
		{flat, `{"hours":"0.0001"}`, `{"value_cents":2000}`, golden.Fail},
		{byPrice, `{"price_cents":250000,"client":{"earned_cents":200000}}`, `{"value_cents":80000,"fee_cents":170000}`, golden.Pass},
		{byPrice, `{"client":{"earned_cents":200000}}`, `{"value_cents":300000}`, golden.Pass},
		{byPrice, `{}`, `{"value_cents":300000}`, golden.Fail},
	} {
		if o := run(c.value, c.inputs, c.expected); o.Status != c.status {
			t.Errorf("%s: %s %+v %v", c.inputs, o.Status, o.Differences, o.Err)
		}
	}
}
