package method_test

import (
	"testing"

	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

func rules(t *testing.T, raw string) rulebook.Rules {
	t.Helper()
	r := rulebook.Default()
	if raw != "" {
		r.Value = rule(t, raw)
	}
	return r
}

func TestFlatRulesAreComparedOncePerContent(t *testing.T) {
	t.Parallel()
	before := rules(t, `{"method":"flat_unit","values":[{"content_id":1,"value_cents":3400},{"content_id":2,"value_cents":500}]}`)
	after := rules(t, `{"method":"flat_unit","values":[{"content_id":1,"value_cents":3600},{"content_id":2,"value_cents":500},{"content_id":3,"value_cents":100}]}`)
	got := method.Compare(before, after, []int64{1, 2, 3, 4})
	if len(got) != 3 || got[0].ByIncome || len(got[0].Samples) != 1 || *got[0].Samples[0].Before != 3400 || *got[0].Samples[0].After != 3600 || got[0].Same() {
		t.Fatalf("%+v", got)
	}
	if !got[1].Same() {
		t.Error("an unchanged content differs")
	}
	if got[2].Samples[0].Before != nil || *got[2].Samples[0].After != 100 {
		t.Errorf("a new content: %+v", got[2].Samples[0])
	}
}

func TestRulesByIncomeAreComparedForSizesAndIncomes(t *testing.T) {
	t.Parallel()
	after := rules(t, replaceOnce(sets["linear_taper"], `"min_cents":700`, `"min_cents":900`))
	got := method.Compare(rules(t, sets["linear_taper"]), after, []int64{7})
	if len(got) != 1 || !got[0].ByIncome || len(got[0].Samples) != 4*11 {
		t.Fatalf("%+v", got)
	}
	first, last := got[0].Samples[0], got[0].Samples[10]
	if *first.Before != 3400 || *first.After != 3400 || *last.Before != 826 || *last.After != 900 || last.Income != money.Cents(5000_00) || last.Household != 1 {
		t.Errorf("first %+v, last %+v", first, last)
	}
}

func TestAFirstVersionHasNothingBeside(t *testing.T) {
	t.Parallel()
	got := method.Compare(rulebook.Rules{}, rules(t, sets["linear_taper"]), []int64{7})
	if len(got) != 1 || got[0].Samples[0].Before != nil || got[0].Samples[0].After == nil {
		t.Errorf("%+v", got)
	}
}

func TestColumnsOfATableAreComparedEach(t *testing.T) {
	t.Parallel()
	before := rules(t, `{"method":"income_band_table","bands":[{"column":"long","from_cents":0,"value_cents":3000},{"column":"long","from_cents":200000},{"column":"short","from_cents":0,"value_cents":2000}]}`)
	got := method.Compare(before, before, []int64{1})
	if len(got) != 2 || got[0].Column != "long" || got[1].Column != "short" || !got[0].Same() || got[0].Samples[10].Before != nil {
		t.Errorf("%+v", got)
	}
}

func TestBandsOfTheDayAreCompared(t *testing.T) {
	t.Parallel()
	before := rules(t, `{"method":"flat_unit","values":[{"content_id":1,"value_cents":3400}]}`)
	after := rules(t, `{"method":"time_band_table","bands":[{"band":"day","kind":"weekday","from":"06:00","to":"18:00"},{"band":"rest","kind":"other"}],
		"values":[{"content_id":1,"band":"day","value_cents":3400},{"content_id":1,"band":"rest","value_cents":4000}]}`)
	got := method.Compare(before, after, []int64{1})
	if len(got) != 1 || len(got[0].Bands) != 2 || *got[0].Bands[1].Before != 3400 || *got[0].Bands[1].After != 4000 || got[0].Same() {
		t.Errorf("%+v", got)
	}
}
