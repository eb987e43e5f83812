package method_test

import (
	"testing"

	"pgregory.net/rapid"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

func TestIncreaseRaisesTheValue(t *testing.T) {
	t.Parallel()
	half := money.MustRate("50")
	for name, x := range map[string]struct {
		method   string
		increase method.Increase
		want     string
	}{
		"new value":              {"flat_unit", method.Increase{Form: method.NewValue, Amount: 3000}, "3000"},
		"new value below":        {"flat_unit", method.Increase{Form: method.NewValue, Amount: 2700}, "MET-040"},
		"per unit":               {"flat_unit", method.Increase{Form: method.AddPerUnit, Amount: 250}, "2950"},
		"nothing per unit":       {"flat_unit", method.Increase{Form: method.AddPerUnit}, "MET-040"},
		"less per unit":          {"flat_unit", method.Increase{Form: method.AddPerUnit, Amount: -1}, "MET-040"},
		"percent":                {"flat_unit", method.Increase{Form: method.ByPercent, Pct: half}, "4050"},
		"no form":                {"flat_unit", method.Increase{Amount: 1}, "MET-015"},
		"every band":             {"time_band_table", method.Increase{Form: method.AddPerUnit, Amount: 100}, "3700 sunday_or_holiday=7300 saturday_or_night=4420 evening=4240 weekday=3700"},
		"dearer bands stay":      {"time_band_table", method.Increase{Form: method.NewValue, Amount: 4200}, "4200 sunday_or_holiday=7200 saturday_or_night=4320 evening=4200 weekday=4200"},
		"fee becomes smaller":    {"price_minus_fee", method.Increase{Form: method.AddPerUnit, Amount: 1000}, "148300 by price less 30100"},
		"fee not below nothing":  {"price_minus_fee", method.Increase{Form: method.AddPerUnit, Amount: 99999}, "178400 by price less 0"},
		"no new value of a fee":  {"price_minus_fee", method.Increase{Form: method.NewValue, Amount: 99999}, "MET-040"},
		"nobody without voucher": {"lump_sum", method.Increase{Form: method.NewValue, Amount: 99999}, "MET-040"},
	} {
		before, err := method.All().Value(book(t, sets[x.method]), rulebook.ValueInput{Content: 7, Facts: rulebook.Facts{Household: 1}})
		if err != nil {
			t.Fatal(err)
		}
		steps := len(before.Explanation)
		after, err := x.increase.Apply(before, money.HalfUpCent)
		if got := say(after, err); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
		if err != nil {
			continue
		}
		last := after.Explanation[len(after.Explanation)-1]
		if len(after.Explanation) <= steps || !last.Sum || last.LegalRef != "569/2009, 8 §" || after.Explanation[steps-1].Sum || !before.Explanation[steps-1].Sum {
			t.Errorf("%s: the explanation does not end with the increase", name)
		}
	}
}

func TestPaymentSplitsThePrice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		price, value := money.Cents(rapid.Int64Range(0, 99999).Draw(r, "price")), money.Cents(rapid.Int64Range(0, 99999).Draw(r, "value"))
		q := money.Quantity(rapid.Int64Range(0, 1000*money.PerUnit).Draw(r, "quantity"))
		p, _, err := method.Pay(price, value, q.Exact(), false)
		if err != nil {
			r.Fatal(err)
		}
		s := money.Split(price, value, q)
		if p.Paid != s.Organiser || p.Own != s.Own || p.Own < 0 || p.Paid > min(price, value).Times(q) || p.PerUnit+p.OwnPerUnit != price {
			r.Fatalf("%+v, the ledger says %+v", p, s)
		}
	})
	_, _, err := method.Pay(101, 100, money.Whole(1), true)
	if faulttest.Want(t, err, "MET-053"); !method.ExceedsValue(err) {
		t.Error("the refusal is not known")
	}
}

func TestWarningsOfAChange(t *testing.T) {
	t.Parallel()
	raw := func(name string, pairs ...string) rulebook.Value {
		v := sets[name]
		for i := 0; i < len(pairs); i += 2 {
			changed := replaceOnce(v, pairs[i], pairs[i+1])
			if changed == v {
				t.Fatalf("%s changes nothing", pairs[i])
			}
			v = changed
		}
		return rule(t, v)
	}
	for name, x := range map[string]struct {
		before, after rulebook.Value
		want          []string
	}{
		"nothing before":   {rulebook.Value{}, raw("flat_unit"), nil},
		"the same":         {raw("linear_taper"), raw("linear_taper"), nil},
		"five per cent":    {raw("flat_unit"), raw("flat_unit", "2700", "2835"), nil},
		"a fifth more":     {raw("flat_unit"), raw("flat_unit", "2700", "3240"), []string{"method.warning.change"}},
		"six per cent off": {raw("flat_unit"), raw("flat_unit", "2700", "2538"), []string{"method.warning.change"}},
		"a fifth less":     {raw("flat_unit"), raw("flat_unit", "2700", "2160"), []string{"method.warning.drop"}},
		"from plain flat":  {rule(t, `{"method":"flat","values":[{"content_id":7,"value_cents":2700},{"content_id":8,"value_cents":4000}]}`), raw("flat_unit"), []string{"method.warning.drop"}},
		"minimum halved":   {raw("linear_taper"), raw("linear_taper", `"min_cents":700`, `"min_cents":350`), []string{"method.warning.drop"}},
		"band closed":      {raw("income_band_table"), raw("income_band_table", `"from_cents":113801,"value_cents":2100`, `"from_cents":113801,"value_cents":null`), []string{"method.warning.lost"}},
		"hole":             {rulebook.Value{}, raw("income_band_table", `"from_cents":0,"value_cents":2400`, `"from_cents":0,"value_cents":null`), []string{"method.warning.hole"}},
		"typed too high":   {rulebook.Value{}, raw("income_band_table", `"from_cents":113801,"value_cents":2100`, `"from_cents":113801,"value_cents":21000`), []string{"method.warning.not_falling"}},
		"typed too low":    {rulebook.Value{}, raw("income_band_table", `"from_cents":113801,"value_cents":2100`, `"from_cents":113801,"value_cents":210`), []string{"method.warning.jump"}},
		"a band falls":     {raw("time_band_table"), raw("time_band_table", `"multiplier":"2"`, `"multiplier":"1.5"`), []string{"method.warning.drop", "method.warning.drop"}},
		"other method":     {raw("flat_unit"), raw("euro_purse", "33000", "2700", "100", "2000"), []string{"method.warning.method_changed"}},
	} {
		got := method.Warnings(x.before, x.after)
		ok := len(got) == len(x.want)
		for i := range min(len(got), len(x.want)) {
			ok = ok && got[i].Key == x.want[i]
		}
		if !ok {
			t.Errorf("%s: %+v, want %v", name, got, x.want)
		}
	}
}

func TestHomeCareFeeChecksItsTables(t *testing.T) {
	t.Parallel()
	good := `{"income_limits_cents":{"1":65300,"2":120500},"limit_increase_cents":38900,"pct_by_hours":{"1":{"0":"8","5":"10"},"2":{"0":"7"}},"cap_by_hours_cents":{"0":11966},"hours_rounding":"none"}`
	for old, x := range map[string][2]string{"": {"", ""}, `"1":65300,`: {``, "MET-007"}, `"5":"10"`: {`"5":"7"`, "MET-014"}, `{"0":"7"}`: {`{"1":"7"}`, "MET-010"},
		`"none"`: {`"up"`, "MET-015"}, `"8"`: {`"800"`, "MET-013"}} {
		var f method.HomeCareFee
		if err := f.UnmarshalJSON([]byte(replaceOnce(good, old, x[0]))); err != nil {
			t.Fatal(err)
		}
		err := f.Check()
		if all := fault.All(err); x[1] == "" && err != nil || x[1] != "" && (len(all) == 0 || all[0].Code != x[1]) {
			t.Errorf("%s → %s: %v, want %s", old, x[0], err, x[1])
		}
	}
}

func TestPurseBuysWholeUnits(t *testing.T) {
	t.Parallel()
	p, err := method.NewPurse(3, 33000, 3500)
	if err != nil || p != (method.Purse{Balance: 99000, WholeUnits: 28, Rest: 1000}) {
		t.Errorf("%+v %v", p, err)
	}
	_, err = method.NewPurse(3, 33000, 0)
	faulttest.Want(t, err, "MET-041")
}
