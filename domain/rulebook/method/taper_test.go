package method_test

import (
	"testing"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// Percentages by hours of a month and full values by band, as the Raahe area published them.
const byHoursAndBand = `{"method":"linear_taper","min_cents":0,"income_limits_cents":{"1":58800,"2":108400},"pct_by_hours":{"1":{"1":"15","6":"20","12":"25"},"2":{"1":"12","6":"16"}},
"bands":[{"band":"night","kind":"night","from":"22:00","to":"06:00","fi":"Yö"},{"band":"weekday","kind":"weekday","from":"00:00","to":"24:00","fi":"Arki"}],
"full_values_by_band":[{"band":"weekday","full_cents":3350},{"band":"night","full_cents":4060}]}`

func TestTaperByHoursAndBand(t *testing.T) {
	t.Parallel()
	if err := method.All()["linear_taper"].Check(rule(t, byHoursAndBand), contents); err != nil {
		t.Fatal(fault.All(err))
	}
	hours := func(s string) *money.Quantity {
		q, err := money.ParseQuantity(s)
		if err != nil {
			t.Fatal(err)
		}
		return &q
	}
	for name, x := range map[string]struct {
		household int
		hours     *money.Quantity
		want      string
	}{ // 412 € above the limit of one person
		"six hours":            {1, hours("6"), "3213 weekday=3213 night=3923"},   // 412 × 0.20 / 60 = 1.3733
		"just under six":       {1, hours("5,9"), "3247 weekday=3247 night=3957"}, // 412 × 0.15 / 60 = 1.03
		"fewer than the least": {1, hours("0,5"), "3247 weekday=3247 night=3957"}, // the first step's percentage
		"hours unknown":        {1, nil, "3178 weekday=3178 night=3888"},          // the greatest: 412 × 0.25 / 60 = 1.7166…
		"under the limit":      {2, hours("6"), "3350 weekday=3350 night=4060"},
	} {
		got, err := method.All().Value(book(t, byHoursAndBand), rulebook.ValueInput{Content: 7,
			Facts: rulebook.Facts{Household: x.household, Income: c(100000), Hours: x.hours}})
		if said := say(got, err); said != x.want {
			t.Errorf("%s: %s, want %s", name, said, x.want)
		}
	}
	if bands, err := method.BandsOf(rule(t, byHoursAndBand)); err != nil || len(bands) != 2 {
		t.Errorf("%v, %v", bands, err)
	}
	form, err := method.Encode(rule(t, byHoursAndBand))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := method.Decode(form); err != nil {
		t.Errorf("%v in %v", fault.All(err), form)
	}
}
