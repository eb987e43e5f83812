package method_test

import (
	"encoding/json"
	"testing"

	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// fees are plain parameters of every kind; the tables of one person are those of 734/1992, 10 e §, from 1.1.2026.
var fees = map[string]string{
	"home_care_fee": `{"kind":"home_care_fee","income_limits_cents":{"1":69900,"2":129000},"pct_by_hours":{"1":{"0":"8","5":"10","6":"12","7":"14","8":"16","16":"24","20":"26"},"2":{"0":"7","20":"22"}},"hours_rounding":"whole_half_up"}`,
	"housing_fee":   `{"kind":"housing_fee","pct_single":"85","pct_couple":"42.5","keep_cents":19500,"keep_couple_cents":78855,"max_cents":304400}`,
	"hourly_fee":    `{"kind":"hourly_fee","fee_cents":1250}`,
}

func compared(t *testing.T, raw string) rulebook.Rulebook {
	t.Helper()
	b := book(t, sets["flat_unit"])
	b.Rules.Comparison = new(rulebook.Comparison)
	if err := json.Unmarshal([]byte(raw), b.Rules.Comparison); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOwnServiceFeeStandsBesideTheOwnShare(t *testing.T) {
	t.Parallel()
	models := method.All()
	month := func(hours int64) money.Exact { return money.Whole(hours) }
	for _, c := range []struct {
		name  string
		facts rulebook.Facts
		units money.Exact
		want  money.Cents
		known bool
	}{
		{"home_care_fee", rulebook.Facts{Household: 1, Income: new(money.Cents(150000))}, month(20), 20826, true}, // (1500 − 699) × 26 %
		{"home_care_fee", rulebook.Facts{Household: 1, Income: new(money.Cents(69900))}, month(20), 0, true},
		{"home_care_fee", rulebook.Facts{Household: 1, Income: new(money.Cents(150000))}, money.Fraction(55, 10), 9612, true}, // 5.5 h are 6 h: 12 %
		{"home_care_fee", rulebook.Facts{Household: 1}, month(20), 0, false},
		{"housing_fee", rulebook.Facts{Client: &rulebook.NetIncome{Benefits: 100000}}, month(1), 80500, true}, // keeps 195, less than 15 %
		{"housing_fee", rulebook.Facts{Client: &rulebook.NetIncome{Benefits: 200000}}, month(1), 170000, true},
		{"housing_fee", rulebook.Facts{}, month(1), 304400, true},
		{"hourly_fee", rulebook.Facts{}, money.Fraction(30, 7), 5357, true},
	} {
		got, err := models.OwnFee(compared(t, fees[c.name]), c.facts, c.units)
		if err != nil || got.Fee != c.want || got.Known != c.known {
			t.Errorf("%s %+v: %v known %v, %v; want %v", c.name, c.facts, got.Fee, got.Known, err, c.want)
		}
		if c.known && (len(got.Explanation) == 0 || got.Explanation[len(got.Explanation)-1].Result != c.want) {
			t.Errorf("%s: the explanation does not end in the fee", c.name)
		}
	}
	if got, err := models.OwnFee(book(t, sets["flat_unit"]), rulebook.Facts{}, month(1)); err != nil || got.Known {
		t.Errorf("a rulebook without a comparison names %v, %v", got.Fee, err)
	}
}

func TestOwnServiceFeeThatCannotBeComputedIsRefused(t *testing.T) {
	t.Parallel()
	models := method.All()
	for raw, code := range map[string]string{
		`{"kind":"guess"}`:                                           "MET-046",
		`{"kind":"hourly_fee","fee_cents":0}`:                        "MET-003",
		`{"kind":"hourly_fee","fee_cents":100,"extra":1}`:            "RUL-003",
		`{"kind":"housing_fee","pct_single":"185"}`:                  "MET-013",
		`{"kind":"housing_fee","keep_cents":-1}`:                     "MET-019",
		`{"kind":"home_care_fee","income_limits_cents":{"1":69900}}`: "MET-002",
	} {
		faulttest.Want(t, models.CheckComparison(*compared(t, raw).Rules.Comparison), code)
	}
	for name, raw := range fees {
		if err := models.CheckComparison(*compared(t, raw).Rules.Comparison); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	faulttest.Want(t, rulebook.BuiltIn().CheckComparison(*compared(t, fees["hourly_fee"]).Rules.Comparison), "RUL-028")
}

func TestOwnServiceFeeTellsWhatItNeeds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]rulebook.Needs{"home_care_fee": {Household: true}, "housing_fee": {NetIncome: true}, "hourly_fee": {}} {
		got, err := method.All().OwnFeeNeeds(compared(t, fees[name]))
		if err != nil || got.Household != want.Household || got.NetIncome != want.NetIncome {
			t.Errorf("%s needs %+v, %v", name, got, err)
		}
	}
}

// What is stored comes back as it was, strictly.
func TestComparisonComesBackWithItsRules(t *testing.T) {
	t.Parallel()
	b := compared(t, fees["home_care_fee"])
	raw, err := json.Marshal(b.Rules)
	if err != nil {
		t.Fatal(err)
	}
	again, err := rulebook.ParseRules(raw)
	if err != nil || again.Comparison == nil || again.Comparison.Kind != "home_care_fee" {
		t.Fatalf("%+v, %v", again.Comparison, err)
	}
	if again.HoursFactor().String() != "30/7" {
		t.Errorf("a month of %s weeks", again.HoursFactor())
	}
	_, err = rulebook.ParseRules([]byte(`{"value":{"method":"flat","values":[]},"rounding":"half_up_cent","tolerance":{"percent":"0","step_quantity":"1","auto_approve":false},"week_factor":"31"}`))
	faulttest.Want(t, err, "RUL-029")
	_, err = rulebook.ParseRules([]byte(`{"value":{"method":"flat","values":[]},"rounding":"half_up_cent","tolerance":{"percent":"0","step_quantity":"1","auto_approve":false},"comparison":{}}`))
	faulttest.Want(t, err, "RUL-028")
}

func TestFeeIsTypedAsItIsRead(t *testing.T) {
	t.Parallel()
	models := method.All()
	for kind := range fees {
		c := *compared(t, fees[kind]).Rules.Comparison
		form, err := method.EncodeFee(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := method.DecodeFee(form)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for _, hours := range []int64{0, 12, 40} {
			facts := rulebook.Facts{Household: 2, Income: new(money.Cents(250000)), Client: &rulebook.NetIncome{Benefits: 210000}}
			ours, err := models.OwnFee(rulebook.Rulebook{Rules: rulebook.Rules{Comparison: &c}}, facts, money.Whole(hours))
			theirs, err2 := models.OwnFee(rulebook.Rulebook{Rules: rulebook.Rules{Comparison: &again}}, facts, money.Whole(hours))
			if err != nil || err2 != nil || ours.Fee != theirs.Fee {
				t.Errorf("%s: %v and %v, %v %v", kind, ours.Fee, theirs.Fee, err, err2)
			}
		}
	}
	_, err := method.DecodeFee(map[string][]string{"kind": {"hourly_fee"}, "fee_cents": {"x"}})
	faulttest.Want(t, err, "MON-002")
	_, err = method.DecodeFee(map[string][]string{"kind": {"by_the_moon"}})
	faulttest.Want(t, err, "MET-046")
}
