package golden_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"seteli/domain/rulebook/golden"
)

// The second implementation: each formula as its page writes it, in plain fractions, without a word of the engine.

// amount is cents as a fraction.
func amount(c int64) *big.Rat { return big.NewRat(c, 1) }

func text(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func sub(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func mul(a ...*big.Rat) *big.Rat {
	x := big.NewRat(1, 1)
	for _, f := range a {
		x.Mul(x, f)
	}
	return x
}

// rounded rounds a number of cents to steps of step cents.
func rounded(x *big.Rat, step int64, mode string) int64 {
	q := new(big.Rat).Quo(new(big.Rat).Abs(x), amount(step))
	n := new(big.Int).Quo(q.Num(), q.Denom()).Int64()
	rest := sub(q, amount(n))
	if mode == "half_up" && rest.Cmp(big.NewRat(1, 2)) >= 0 || mode == "up" && rest.Sign() > 0 {
		n++
	}
	if x.Sign() < 0 {
		n = -n
	}
	return n * step
}

func rC(x *big.Rat) int64 { return rounded(x, 1, "half_up") }

// drawn is one case with its expected result.
type drawn struct {
	inputs, parameters, expected map[string]any
}

func decimal(r *rapid.T, name string, most int64, places int) string {
	scale := int64(1)
	for range places {
		scale *= 10
	}
	n := rapid.Int64Range(0, most*scale).Draw(r, name)
	return fmt.Sprintf("%d.%0*d", n/scale, places, n%scale)
}

func cents(r *rapid.T, name string, least, most int64) int64 {
	return rapid.Int64Range(least, most).Draw(r, name)
}

var naive = map[string]func(*rapid.T) drawn{
	"voucher_payment": func(r *rapid.T) drawn {
		price, value, units := cents(r, "price", 0, 9999), cents(r, "value", 0, 9999), decimal(r, "units", 200, 4)
		forbidden := rapid.Bool().Draw(r, "forbidden")
		d := drawn{map[string]any{"price_cents": price, "value_cents": value, "units": units}, map[string]any{"own_share_forbidden": forbidden}, nil}
		if forbidden && price > value {
			d.expected = map[string]any{"error": "price_exceeds_value"}
			return d
		}
		unit := min(price, value)
		paid := rC(mul(amount(unit), text(units)))
		d.expected = map[string]any{"error": nil, "paid_per_unit_cents": unit, "own_share_per_unit_cents": price - unit,
			"paid_cents": paid, "own_share_cents": rC(mul(amount(price), text(units))) - paid}
		return d
	},
	"euro_purse": func(r *rapid.T) drawn {
		n, v, p := cents(r, "count", 0, 500), cents(r, "value", 0, 99999), cents(r, "price", 1, 9999)
		return drawn{map[string]any{"unit_count": n, "unit_value_cents": v, "price_cents": p}, map[string]any{},
			map[string]any{"purse_cents": n * v, "whole_units": n * v / p, "rest_cents": n * v % p}}
	},
	"hourly_fee": func(r *rapid.T) drawn {
		h, fee := decimal(r, "hours", 100, 3), cents(r, "fee", 0, 9999)
		return drawn{map[string]any{"hours": h}, map[string]any{"fee_per_hour_cents": fee}, map[string]any{"fee_cents": rC(mul(amount(fee), text(h)))}}
	},
	"hours_per_month": func(r *rapid.T) drawn {
		h, factor := decimal(r, "hours", 100, 2), rapid.SampledFrom([]string{"30/7", "52/12", "4.3"}).Draw(r, "factor")
		x := mul(text(h), text(factor))
		tenths := rC(mul(x, amount(10)))
		return drawn{map[string]any{"weekly_hours": h}, map[string]any{"factor": factor},
			map[string]any{"monthly_hours": fmt.Sprintf("%d.%d", tenths/10, tenths%10), "billed_hours": rC(x)}}
	},
	"day_to_month": func(r *rapid.T) drawn {
		c, days := cents(r, "daily", 0, 99999), rapid.SampledFrom([]string{"30", "30.4", "365/12"}).Draw(r, "days")
		return drawn{map[string]any{"daily_cents": c, "month": nil}, map[string]any{"days_per_month": days},
			map[string]any{"monthly_cents": rC(mul(amount(c), text(days)))}}
	},
	"time_band_value": func(r *rapid.T) drawn {
		base, m := cents(r, "base", 1, 9999), decimal(r, "multiplier", 2, 3)
		if text(m).Sign() == 0 {
			m = "1"
		}
		return drawn{map[string]any{"band": "b"}, map[string]any{"base_value_cents": base, "multipliers": map[string]any{"a": "3", "b": m}},
			map[string]any{"value_cents": rC(mul(amount(base), text(m)))}}
	},
	"income_band_value":    naiveBands,
	"eligibility_gate":     naiveGate,
	"home_care_value":      naiveHomeCare,
	"home_care_client_fee": naiveClientFee,
	"housing_fee":          naiveHousing,
	"income_total": func(r *rapid.T) drawn {
		items, total := []any{}, int64(0)
		for i := range rapid.IntRange(0, 5).Draw(r, "items") {
			c, sign := cents(r, fmt.Sprint("amount", i), -9999, 999999), rapid.SampledFrom([]int64{1, -1}).Draw(r, "sign")
			items = append(items, map[string]any{"amount_cents": c, "coefficient": "K", "sign": sign})
			total += sign * rC(mul(amount(c), text("2.1429")))
		}
		return drawn{map[string]any{"items": items}, map[string]any{"coefficients": map[string]any{"K": "2.1429"}}, map[string]any{"total_cents": total}}
	},
	"table_value": func(r *rapid.T) drawn {
		c, base := decimal(r, "coefficient", 2, 4), cents(r, "base", 0, 999999)
		rounding, step, mode := drawRounding(r)
		return drawn{map[string]any{"coefficient": c}, map[string]any{"base_value_cents": base, "rounding": rounding},
			map[string]any{"value_cents": rounded(mul(amount(base), text(c)), step, mode)}}
	},
}

func drawRounding(r *rapid.T) (object map[string]any, step int64, mode string) {
	unit := rapid.SampledFrom([]string{"cent", "5cent", "10cent", "euro", "none"}).Draw(r, "unit")
	mode = rapid.SampledFrom([]string{"half_up", "down", "up"}).Draw(r, "mode")
	object = map[string]any{"unit": unit, "mode": mode}
	step = map[string]int64{"cent": 1, "5cent": 5, "10cent": 10, "euro": 100, "none": 1}[unit]
	if unit == "none" {
		mode = "half_up"
	}
	return object, step, mode
}

func naiveBands(r *rapid.T) drawn {
	income := cents(r, "income", -1000, 500000)
	from, bands := int64(0), []any{}
	var want any
	for i := range rapid.IntRange(1, 8).Draw(r, "bands") {
		var value any
		if rapid.IntRange(0, 4).Draw(r, "null") > 0 {
			value = cents(r, fmt.Sprint("value", i), 1, 9999)
		}
		bands = append(bands, map[string]any{"from_cents": from, "values_cents": map[string]any{"other": 1, "asked": value}})
		if from <= max(0, income) {
			want = value
		}
		from += cents(r, "width", 1, 100000)
	}
	return drawn{map[string]any{"income_cents": income, "column": "asked"}, map[string]any{"bands": bands}, map[string]any{"value_cents": want}}
}

func naiveGate(r *rapid.T) drawn {
	n, income, savings := rapid.IntRange(1, 6).Draw(r, "n"), cents(r, "income", 0, 3), cents(r, "savings", 0, 3)
	incomes, savingsLimits := []int64{1, 2}, []int64{2, 1, 3}
	ok := income <= incomes[min(n, 2)-1] && savings <= savingsLimits[min(n, 3)-1]
	var value any
	if ok {
		value = 2000
	}
	return drawn{map[string]any{"household_size": n, "income_cents": income, "savings_cents": savings},
		map[string]any{"income_limits_cents": map[string]any{"1": 1, "2": 2}, "savings_limits_cents": map[string]any{"1": 2, "2": 1, "3": 3}, "value_cents": 2000},
		map[string]any{"eligible": ok, "value_cents": value}}
}

var (
	naiveLimits = []int64{58800, 108400, 170100}
	naivePcts   = []int64{35, 22, 1}
)

func naiveSize(table []int64, n int, more int64) int64 {
	return table[min(n, len(table))-1] + int64(max(0, n-len(table)))*more
}

func naiveHomeCare(r *rapid.T) drawn {
	n, scaled := rapid.IntRange(1, 6).Draw(r, "n"), rapid.Bool().Draw(r, "scaled")
	full, least := cents(r, "full", 1000, 5000), cents(r, "min", 0, 999)
	increase, divisor := rapid.Int64Range(0, 30).Draw(r, "increase"), rapid.Int64Range(1, 90).Draw(r, "divisor")
	rounding, step, mode := drawRounding(r)
	method := "linear_taper"
	if scaled {
		method = "linear_taper_scaled"
	}
	parameters := map[string]any{"method": method, "full_cents": full, "min_cents": least, "increase_pct": fmt.Sprint(increase), "divisor": divisor,
		"income_limits_cents": map[string]any{"1": naiveLimits[0], "2": naiveLimits[1], "3": naiveLimits[2]}, "limit_increase_cents": 35000,
		"pcts": map[string]any{"1": "35", "2": "22", "3": "1"}, "pct_increase": "-1", "rounding": rounding}
	most := full
	if rapid.Bool().Draw(r, "max given") {
		most = full + cents(r, "max", 0, 2000)
		parameters["max_cents"] = most
	}
	inputs := map[string]any{"household_size": n, "income_cents": nil, "hours": decimal(r, "hours", 99, 2), "price_cents": nil}
	value := least
	if rapid.IntRange(0, 9).Draw(r, "known") > 0 {
		income := cents(r, "income", -20000, 900000)
		inputs["income_cents"] = income
		over := income - naiveSize(naiveLimits, n, 35000)
		if !scaled {
			over = max(0, over)
		}
		pct := max(0, naiveSize(naivePcts, n, -1))
		x := sub(amount(full), mul(amount(over), big.NewRat(pct, 100*divisor)))
		x = mul(x, big.NewRat(100+increase, 100))
		if x.Cmp(amount(most)) > 0 {
			x = amount(most)
		}
		if x.Cmp(amount(least)) < 0 {
			x = amount(least)
		}
		value = rounded(x, step, mode)
	}
	want := map[string]any{"value_cents": value}
	if rapid.Bool().Draw(r, "priced") {
		price := cents(r, "price", 1, 9999)
		hours, _ := inputs["hours"].(string)
		inputs["price_cents"] = price
		paid := rC(mul(amount(min(value, price)), text(hours)))
		want["paid_cents"], want["own_share_per_hour_cents"] = paid, price-min(value, price)
		want["own_share_cents"] = rC(mul(amount(price), text(hours))) - paid
	}
	return drawn{inputs, parameters, want}
}

func naiveClientFee(r *rapid.T) drawn {
	n, hours := rapid.IntRange(1, 5).Draw(r, "n"), decimal(r, "hours", 30, 2)
	whole := rapid.Bool().Draw(r, "whole")
	parameters := map[string]any{"income_limits_cents": map[string]any{"1": naiveLimits[0], "2": naiveLimits[1], "3": naiveLimits[2]}, "limit_increase_cents": 35000,
		"pct_by_hours": map[string]any{"1": map[string]any{"0": "8", "5": "10.5", "20": "35"}, "2": map[string]any{"0": "7", "5": "8.75", "20": "24"}}, "hours_rounding": "none"}
	h := text(hours)
	if whole {
		parameters["hours_rounding"] = "whole_half_up"
		h = amount(rC(h))
	}
	step := func(table ...int64) int64 {
		at := 0
		for i, from := range []int64{0, 5, 20} {
			if amount(from).Cmp(h) <= 0 {
				at = i
			}
		}
		return table[at]
	}
	var highest any
	if rapid.Bool().Draw(r, "capped") {
		parameters["cap_by_hours_cents"] = map[string]any{"0": 11966, "5": 53847, "20": 245305}
		highest = step(11966, 53847, 245305)
	}
	inputs := map[string]any{"household_size": n, "income_cents": nil, "hours": hours}
	if rapid.IntRange(0, 9).Draw(r, "known") == 0 {
		return drawn{inputs, parameters, map[string]any{"fee_cents": highest}}
	}
	income := cents(r, "income", -1000, 900000)
	inputs["income_cents"] = income
	thousandths := step(80, 105, 350)
	if n > 1 {
		thousandths = step(7000, 8750, 24000)
	} else {
		thousandths *= 100
	}
	fee := mul(amount(max(0, income-naiveSize(naiveLimits, n, 35000))), big.NewRat(thousandths, 100_000))
	if c, capped := highest.(int64); capped && fee.Cmp(amount(c)) > 0 {
		fee = amount(c)
	}
	return drawn{inputs, parameters, map[string]any{"fee_cents": rC(fee)}}
}

func naiveHousing(r *rapid.T) drawn {
	person := func(name string) (map[string]any, *big.Rat, *big.Rat) {
		e, b, c, f, d := cents(r, name+" earned", 0, 500000), cents(r, name+" benefits", 0, 100000), cents(r, name+" capital", 0, 100000),
			cents(r, name+" forest", 0, 999999), cents(r, name+" deductions", 0, 50000)
		gross := add(amount(e+b+c), mul(big.NewRat(f, 12), big.NewRat(9, 10)))
		return map[string]any{"earned_cents": e, "benefits_cents": b, "capital_cents": c, "forest_year_cents": f, "deductions_cents": d}, gross, sub(gross, amount(d))
	}
	client, gross, net := person("client")
	net = sub(net, amount(5276))
	inputs, basis, pct, keep, whole := map[string]any{"client": client, "spouse": nil}, "single", int64(850), int64(19500), net
	if rapid.Bool().Draw(r, "spouse") {
		spouse, spouseGross, spouseNet := person("spouse")
		inputs["spouse"] = spouse
		if gross.Cmp(spouseGross) > 0 {
			basis, pct, keep, whole = "couple", 425, 78855, add(net, spouseNet)
		}
	}
	fee := mul(whole, big.NewRat(pct, 1000))
	if sub(whole, fee).Cmp(amount(keep)) < 0 {
		fee = sub(whole, amount(keep))
	}
	return drawn{inputs, map[string]any{"pct_single": "85", "pct_couple": "42.5", "keep_cents": 19500, "keep_couple_cents": 78855, "fixed_deduction_cents": 5276, "max_cents": 304400},
		map[string]any{"client_net_cents": rC(net), "basis": basis, "fee_cents": max(0, min(304400, rC(fee)))}}
}

// TestEngineAgreesWithThePlainFormula draws cases of every kind.
func TestEngineAgreesWithThePlainFormula(t *testing.T) {
	t.Parallel()
	kinds := golden.Values()
	for _, name := range kinds.Names() {
		draw := naive[name]
		if draw == nil {
			t.Errorf("kind %s has no second implementation", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				d := draw(r)
				raw, err := json.Marshal(map[string]any{"format": golden.Format, "cases": []any{
					map[string]any{"id": "drawn", "kind": name, "inputs": d.inputs, "parameters": d.parameters, "expected": d.expected}}})
				if err != nil {
					r.Fatal(err)
				}
				cases, err := golden.Read("drawn", raw)
				if err != nil {
					r.Fatal(err)
				}
				if o := kinds.Run(cases[0]); o.Status != golden.Pass {
					r.Fatalf("%+v %v in %s", o.Differences, o.Err, raw)
				}
			})
		})
	}
}
