package method_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
)

// values reads the values of a stored step as fractions: amounts in euros.
type values struct {
	t    *rapid.T
	step rulebook.Step
}

func (v values) of(name string) *big.Rat {
	switch x := v.step.Values[name].(type) {
	case money.Cents:
		return big.NewRat(int64(x), 100)
	case money.Rate:
		r, ok := new(big.Rat).SetString(x.String())
		if ok {
			return r
		}
	case string:
		if r, ok := new(big.Rat).SetString(x); ok {
			return r
		}
	}
	v.t.Fatalf("step %s has no number %s: %v", v.step.Key, name, v.step.Values[name])
	return nil
}

func plus(a, b *big.Rat) *big.Rat  { return new(big.Rat).Add(a, b) }
func less(a, b *big.Rat) *big.Rat  { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func over(a, b *big.Rat) *big.Rat  { return new(big.Rat).Quo(a, b) }

var hundred = big.NewRat(100, 1)

// recompute says what a step's result is, from the step's own numbers and the exact result of the step before.
var recompute = map[string]func(v values, before *big.Rat) *big.Rat{
	"flat_unit":                    func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"lump_sum":                     func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"purse":                        func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"individual":                   func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"band_value":                   func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"usual_band":                   func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"table_value":                  func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"fee_given":                    func(v values, _ *big.Rat) *big.Rat { return v.of("fee") },
	"fee_unknown":                  func(v values, _ *big.Rat) *big.Rat { return v.of("fee") },
	"limit":                        func(v values, _ *big.Rat) *big.Rat { return v.of("limit") },
	"by_price":                     func(v values, _ *big.Rat) *big.Rat { return v.of("max") },
	"no_voucher":                   func(values, *big.Rat) *big.Rat { return new(big.Rat) },
	"under_limit":                  func(values, *big.Rat) *big.Rat { return new(big.Rat) },
	"flat_period.operational_days": func(v values, _ *big.Rat) *big.Rat { return v.of("value") },
	"band_multiplied":              func(v values, _ *big.Rat) *big.Rat { return times(v.of("base"), v.of("multiplier")) },
	"coefficient":                  func(v values, _ *big.Rat) *big.Rat { return times(v.of("base"), v.of("coefficient")) },
	"ceiling":                      func(v values, _ *big.Rat) *big.Rat { return times(v.of("base"), v.of("coefficient")) },
	"income_unknown_min":           func(v values, _ *big.Rat) *big.Rat { return v.of("min") },
	"over":                         func(v values, _ *big.Rat) *big.Rat { return less(v.of("income"), v.of("limit")) },
	"taper": func(v values, _ *big.Rat) *big.Rat {
		return less(v.of("full"), over(over(times(v.of("over"), v.of("percent")), hundred), v.of("divisor")))
	},
	"scaled": func(v values, before *big.Rat) *big.Rat {
		return over(times(before, plus(hundred, v.of("percent"))), hundred)
	},
	"at_least":    func(v values, _ *big.Rat) *big.Rat { return v.of("min") },
	"at_most":     func(v values, _ *big.Rat) *big.Rat { return v.of("max") },
	"rounded":     func(_ values, before *big.Rat) *big.Rat { return before },
	"fee_rounded": func(_ values, before *big.Rat) *big.Rat { return before },
	"price_minus_fee": func(v values, _ *big.Rat) *big.Rat {
		x := less(v.of("price"), v.of("fee"))
		if x.Cmp(v.of("max")) > 0 {
			x = v.of("max")
		}
		if x.Sign() < 0 {
			x = new(big.Rat)
		}
		return x
	},
	"client_net": func(v values, _ *big.Rat) *big.Rat {
		return less(less(v.of("gross"), v.of("deductions")), v.of("fixed"))
	},
	"joint_net":    func(v values, _ *big.Rat) *big.Rat { return plus(v.of("client"), v.of("spouse")) },
	"share.single": func(v values, _ *big.Rat) *big.Rat { return over(times(v.of("net"), v.of("percent")), hundred) },
	"share.couple": func(v values, _ *big.Rat) *big.Rat { return over(times(v.of("net"), v.of("percent")), hundred) },
	"keep":         func(v values, _ *big.Rat) *big.Rat { return less(v.of("net"), v.of("keep")) },
	"fee_none":     func(values, *big.Rat) *big.Rat { return new(big.Rat) },
	"fee_at_most":  func(v values, _ *big.Rat) *big.Rat { return v.of("max") },
	"fee_of_day": func(v values, _ *big.Rat) *big.Rat {
		return over(times(v.of("fee"), big.NewRat(12, 1)), big.NewRat(365, 1))
	},
}

// asRead are steps that only read a row or a limit: their result is one of the table.
var asRead = []string{"gate_", "income_band", "income_unknown_band"}

// TestStepsRecomputeToTheResult follows each explanation with its own numbers: every step's amount is its formula, rounded as
// the step says, and the last one is the value.
func TestStepsRecomputeToTheResult(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	models := method.All()
	for _, name := range method.Names() {
		b := book(t, sets[name])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				content := rapid.SampledFrom([]int64{7, 8}).Draw(r, "content")
				in := rulebook.ValueInput{Content: content, Facts: facts(r)}
				got, err := models.Value(b, in)
				if err != nil {
					return // a fact that the method needs was not drawn
				}
				follow(r, got)
				for _, lang := range i18n.Langs {
					for _, line := range got.Explanation.Lines(words, lang) {
						if strings.ContainsAny(line.Label+line.Formula, "[]{}") || line.Label == "" || line.Formula == "" {
							r.Fatalf("%s: %q %q", lang, line.Label, line.Formula)
						}
					}
				}
			})
		})
	}
}

func facts(r *rapid.T) rulebook.Facts {
	opt := func(name string, least, most int64) *money.Cents {
		if rapid.IntRange(0, 9).Draw(r, name+" known") == 0 {
			return nil
		}
		return c(money.Cents(rapid.Int64Range(least, most).Draw(r, name)))
	}
	amount := func(name string) money.Cents { return money.Cents(rapid.Int64Range(0, 400000).Draw(r, name)) }
	f := rulebook.Facts{Household: rapid.IntRange(1, 9).Draw(r, "household"), Income: opt("income", -10000, 900000), Price: opt("price", 1, 200000),
		Fee: opt("fee", 0, 60000), Individual: opt("individual", 1, 6000), Need: rapid.SampledFrom([]string{"full", "part", "preschool"}).Draw(r, "need"),
		Column: rapid.SampledFrom([]string{"", "under_3"}).Draw(r, "column")}
	if rapid.Bool().Draw(r, "client") {
		f.Client = &rulebook.NetIncome{Earned: amount("earned"), Deductions: amount("deductions") / 9}
		if rapid.Bool().Draw(r, "spouse") {
			f.Spouse = &rulebook.NetIncome{Earned: amount("spouse earned"), Deductions: amount("spouse deductions") / 9}
		}
	}
	return f
}

func follow(r *rapid.T, got rulebook.ValueResult) {
	raw, err := json.Marshal(got.Explanation)
	if err != nil {
		r.Fatal(err)
	}
	var kept rulebook.Explanation
	if err := json.Unmarshal(raw, &kept); err != nil {
		r.Fatal(err)
	}
	var before *big.Rat
	for i, s := range kept {
		key := strings.TrimPrefix(s.Key, "method.step.")
		if s.RuleVersion != 2 || s.Rulebook != 5 || s.Sum != (i == len(kept)-1) {
			r.Fatalf("step %d: version %d, rulebook %d, sum %v", i, s.RuleVersion, s.Rulebook, s.Sum)
		}
		before = recomputed(r, s, key, before)
	}
	last := kept[len(kept)-1]
	want := got.Value
	if strings.HasSuffix(last.Key, "price_minus_fee") {
		want = last.Result // of the price that was asked; the value itself is the limit
	}
	if last.Result != want || last.LegalRef == "" {
		r.Fatalf("the last step is %d under %q, the value %d", last.Result, last.LegalRef, got.Value)
	}
}

// recomputed checks a step and gives its exact result.
func recomputed(r *rapid.T, s rulebook.Step, key string, before *big.Rat) *big.Rat {
	formula := recompute[key]
	if formula == nil {
		for _, prefix := range asRead {
			if strings.HasPrefix(key, prefix) {
				return nil
			}
		}
		r.Fatalf("nothing recomputes the step %s", key)
	}
	exact := formula(values{r, s}, before)
	how := money.HalfUpCent // how an unrounded amount is shown
	if s.Rounding != "" {
		var err error
		if how, err = money.ParseRounding(s.Rounding); err != nil {
			r.Fatal(err)
		}
	}
	if want := rounded(exact, how); want != s.Result {
		r.Fatalf("step %s is %s, shown as %d, want %d: %v", key, exact.FloatString(6), s.Result, want, s.Values)
	}
	if _, given := s.Values["unrounded"]; given && key != "at_least" && key != "at_most" {
		if shown := (values{r, s}).of("unrounded"); new(big.Rat).Abs(less(shown, exact)).Cmp(big.NewRat(1, 2_000_000)) > 0 {
			r.Fatalf("step %s shows %s for %s", key, shown.FloatString(7), exact.FloatString(7))
		}
	}
	return exact
}

// rounded is a rounding by itself: half up by magnitude to a step of cents, which is all that the sets use.
func rounded(x *big.Rat, how money.Rounding) money.Cents {
	step := int64(1)
	if how == money.HalfUpEuro {
		step = 100
	}
	q := new(big.Rat).Quo(new(big.Rat).Abs(x), big.NewRat(step, 100))
	n := new(big.Int).Quo(new(big.Int).Add(new(big.Int).Lsh(q.Num(), 1), q.Denom()), new(big.Int).Lsh(q.Denom(), 1)).Int64() * step
	if x.Sign() < 0 {
		n = -n
	}
	return money.Cents(n)
}

// TestValueNeverGrowsWithIncome holds for every method whose table falls.
func TestValueNeverGrowsWithIncome(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"linear_taper", "linear_taper_scaled", "income_band_table", "pct_of_net_income"} {
		b := book(t, sets[name])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				size, income := rapid.IntRange(1, 9).Draw(r, "size"), money.Cents(rapid.Int64Range(0, 900000).Draw(r, "income"))
				more := income + money.Cents(rapid.Int64Range(0, 100000).Draw(r, "more"))
				at := func(i money.Cents) (money.Cents, bool) {
					got, err := method.All().Value(b, rulebook.ValueInput{Content: 7, Quiet: true,
						Facts: rulebook.Facts{Household: size, Income: &i, Client: &rulebook.NetIncome{Earned: i}}})
					if err != nil {
						r.Fatal(err)
					}
					return got.Worth().At(20000), !got.NoVoucher
				}
				low, lowHas := at(income)
				high, highHas := at(more)
				if high > low || highHas && !lowHas {
					r.Fatalf("%d at %d, %d at %d", low, income, high, more)
				}
			})
		})
	}
}
