package daycare_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
)

// again computes the result of a step from its own values alone, as a reader of the letter can.
func again(t *rapid.T, s rulebook.Step) money.Cents {
	amount := func(name string) money.Cents { return s.Values[name].(money.Cents) }
	rate := func(name string) money.Exact { return s.Values[name].(money.Rate).Exact() }
	rounded := func(x money.Exact) money.Cents {
		r, err := money.ParseRounding(s.Rounding)
		if err != nil {
			t.Fatalf("%s: %v", s.Key, err)
		}
		return r.Cents(x)
	}
	over := func() money.Exact { return (amount("income") - amount("limit")).Exact().Times(rate("multiplier")) }
	sign := money.Cents(-1)
	if strings.Contains(s.Key, "increase") {
		sign = 1
	}
	switch name := strings.TrimPrefix(s.Key, "daycare.step."); name {
	case "base":
		return rounded(over())
	case "base_max":
		return min(amount("max"), money.HalfUpEuro.Cents(over()))
	case "base_unknown":
		return amount("max")
	case "base_free", "below_min":
		return 0
	case "base_fixed", "base_ready":
		return amount("fee")
	case "sibling":
		return rounded(amount("base").Exact().Times(rate("share")))
	case "sibling_fixed":
		return amount("shared")
	case "part_time":
		return rounded(amount("shared").Exact().Times(rate("coefficient")))
	case "once":
		return rounded(over().Times(rate("share")).Times(rate("coefficient")))
	case "once_base":
		return rounded(amount("base").Exact().Times(rate("share")).Times(rate("coefficient")))
	case "discount", "relief", "increase":
		effect := sign * rounded(amount("fee").Exact().Times(s.Values["percent"].(money.Rate).Percent()))
		return max(effect, -amount("fee"))
	case "discount_amount", "relief_amount", "increase_amount":
		return max(sign*amount("amount"), -amount("fee"))
	case "value_over_3", "value_under_3", "value_over_3_published", "value_under_3_published":
		return amount("value")
	case "option", "support":
		return rounded(amount("value").Exact().Times(rate("coefficient")))
	case "rounded":
		return rounded(amount("value").Exact())
	case "paid", "paid_none":
		return max(0, amount("value")-amount("own"))
	default:
		t.Fatalf("no reader knows the step %s", name)
		return 0
	}
}

// Every step follows from its own numbers, each begins where the one before it ended, and the last is what is paid.
func TestExplanationsExplain(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		rate := func(name string, of ...string) money.Rate {
			return money.MustRate(rapid.SampledFrom(of).Draw(t, name))
		}
		percent := rate("percent", "50", "33", "150")
		rules := daycare.Rules{Thresholds: thresholds2024(), Base: daycare.AgeValue{OverThree: 96550, UnderThree: 164133}, TableRounding: money.DownToCent, DecisionRounding: money.HalfUpEuro,
			FeeRounding: rapid.SampledFrom([]daycare.FeeRounding{daycare.Stepwise, daycare.Once}).Draw(t, "fee rounding"),
			Options:     map[string]daycare.Option{"x": {FeeCoefficient: rate("fee", "1", "0.6", "0.35"), ValueCoefficient: rate("value", "1", "0.55", "0.333")}}}
		option := rules.Options["x"]
		if rapid.Bool().Draw(t, "published") {
			rules.Published = map[string]daycare.AgeValue{"x": {OverThree: 50050, UnderThree: 90240}}
		}
		if rapid.IntRange(0, 3).Draw(t, "fixed") == 0 {
			option.FixedFee, option.FixedSibling = cents(15000), rapid.Ptr(rapid.Just(money.Cents(7050)), true).Draw(t, "fixed sibling")
			rules.Options["x"] = option
		}
		m := daycare.Moment{FamilySize: rapid.IntRange(2, 7).Draw(t, "size"), Ordinal: rapid.IntRange(1, 3).Draw(t, "ordinal"), UnderThree: rapid.Bool().Draw(t, "under"), Option: "x",
			Adults:  []*money.Cents{rapid.Ptr(rapid.Map(rapid.Int64Range(0, 1200000), func(n int64) money.Cents { return money.Cents(n) }), true).Draw(t, "income")},
			Support: rate("support", "1", "2.5"), Alterations: []daycare.Alteration{{Type: daycare.Relief, Percent: &percent}, {Type: daycare.Increase, Amount: 9300}, {Type: daycare.Discount, Amount: 20000}}}
		m.Alterations = m.Alterations[:rapid.IntRange(0, 3).Draw(t, "alterations")]
		if rapid.IntRange(0, 4).Draw(t, "ready") == 0 {
			m.Ready = cents(money.Cents(rapid.Int64Range(0, 200000).Draw(t, "ready share")))
		}
		o, err := rules.Decide(m)
		if err != nil {
			t.Fatal(err)
		}
		steps := rules.Explain(m, o)
		for _, s := range steps {
			if got := again(t, s); got != s.Result {
				t.Fatalf("%s says %d, its numbers %d: %+v", s.Key, s.Result, got, s.Values)
			}
		}
		fee := o.Fee.Charged
		for _, s := range steps {
			if before, ok := s.Values["percent"]; ok && s.Values["fee"] != fee {
				t.Fatalf("%s begins from %v, not %d (%v)", s.Key, s.Values["fee"], fee, before)
			}
			if strings.Contains(s.Key, "relief") || strings.Contains(s.Key, "increase") || strings.Contains(s.Key, "discount") {
				fee += s.Result
			}
		}
		if last := steps[len(steps)-1]; !last.Sum || last.Result != o.Paid || fee != o.FinalOwnShare {
			t.Fatalf("the last step is %+v, paid %d; alterations lead to %d of %d", last, o.Paid, fee, o.FinalOwnShare)
		}
		for i, line := range steps.Lines(words, i18n.FI) {
			if strings.ContainsAny(line.Label+line.Formula, "{}") || strings.HasPrefix(line.Formula, "daycare.") {
				t.Fatalf("untold: %s", fmt.Sprint(steps[i].Key, line))
			}
		}
	})
}
