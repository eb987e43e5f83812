package cases_test

// The second implementation: each kind written down once more from the page that describes the cases, as plainly and slowly
// as it reads, with big.Rat and day by day. Random inputs must give the same result as the engine.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/domain/daycare/cases"
	"seteli/domain/rulebook/golden"
)

// agree runs a kind of the engine on the inputs and compares with what the second implementation says.
func agree(t *rapid.T, kind string, inputs, parameters, want any) {
	t.Helper()
	node := func(name string, v any) golden.Node {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		n, err := golden.ParseNode(name, raw)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	in, par := node("inputs", inputs), node("parameters", parameters)
	result, err := cases.Kinds()[kind](in, par)
	if err == nil {
		err = in.Err()
	}
	if err == nil {
		err = par.Err()
	}
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	plain := func(v any) (out any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if where := differs("", plain(want), plain(result.Fields)); where != "" {
		raw, _ := json.Marshal(map[string]any{"inputs": inputs, "parameters": parameters})
		t.Fatalf("%s%s\n%s", kind, where, raw)
	}
}

type rat = big.Rat

func ratio(s string) *rat {
	r, ok := new(rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func whole(n int64) *rat { return new(rat).SetInt64(n) }

func times(x ...*rat) *rat {
	p := whole(1)
	for _, y := range x {
		p.Mul(p, y)
	}
	return p
}

// nearest is x to a multiple of step, half away from zero.
func nearest(x *rat, step int64) int64 {
	q := times(x, big.NewRat(1, step))
	sign := int64(q.Sign())
	q.Abs(q).Add(q, big.NewRat(1, 2))
	return sign * new(big.Int).Div(q.Num(), q.Denom()).Int64() * step
}

func rE(x *rat) int64 { return nearest(x, 100) }
func rC(x *rat) int64 { return nearest(x, 1) }

type nRounding struct {
	Unit string `json:"unit"`
	Mode string `json:"mode"`
}

func (r nRounding) round(x *rat) int64 {
	step := map[string]int64{"none": 1, "cent": 1, "5cent": 5, "10cent": 10, "euro": 100}[r.Unit]
	if r.Unit == "none" || r.Mode == "half_up" {
		return nearest(x, step)
	}
	q := times(x, big.NewRat(1, step))
	n, rest := new(big.Int).QuoRem(q.Num(), q.Denom(), new(big.Int))
	if r.Mode == "up" && rest.Sign() != 0 {
		n.Add(n, big.NewInt(int64(rest.Sign())))
	}
	return n.Int64() * step
}

var anyRounding = rapid.Custom(func(t *rapid.T) nRounding {
	return nRounding{rapid.SampledFrom([]string{"none", "cent", "5cent", "10cent", "euro"}).Draw(t, "unit"), rapid.SampledFrom([]string{"half_up", "down", "up"}).Draw(t, "mode")}
})

type nThresholds struct {
	From       string           `json:"from,omitempty"`
	To         *string          `json:"to,omitempty"`
	Limits     map[string]int64 `json:"min_income_cents"`
	Increase   int64            `json:"income_increase_cents"`
	Multiplier string           `json:"multiplier"`
	MaxFee     int64            `json:"max_fee_cents"`
	MinFee     int64            `json:"min_fee_cents"`
	Second     string           `json:"second_child_share"`
	Later      string           `json:"later_child_share"`
}

var anyThresholds = rapid.Custom(func(t *rapid.T) nThresholds {
	n := nThresholds{Limits: map[string]int64{}, Increase: rapid.Int64Range(0, 30000).Draw(t, "increase"),
		Multiplier: rapid.SampledFrom([]string{"0.107", "0.1", "0.1155"}).Draw(t, "multiplier"),
		MaxFee:     rapid.SampledFrom([]int64{28900, 31100, 29550}).Draw(t, "max"), MinFee: rapid.SampledFrom([]int64{0, 2700, 3000}).Draw(t, "min"),
		Second: rapid.SampledFrom([]string{"0.4", "0.5", "0.9"}).Draw(t, "second"), Later: rapid.SampledFrom([]string{"0.2", "0.25"}).Draw(t, "later")}
	limit := rapid.Int64Range(100000, 300000).Draw(t, "limit")
	for size := 2; size <= 4; size++ {
		n.Limits[strconv.Itoa(size)] = limit
		limit += rapid.Int64Range(0, 50000).Draw(t, "step")
	}
	return n
})

func (n nThresholds) limit(size int) int64 {
	if size > 4 {
		return n.Limits["4"] + int64(size-4)*n.Increase
	}
	return n.Limits[strconv.Itoa(size)]
}

func (n nThresholds) share(ordinal int) *rat {
	switch ordinal {
	case 1:
		return whole(1)
	case 2:
		return ratio(n.Second)
	}
	return ratio(n.Later)
}

// base gives the base fee and what it is before rounding.
func (n nThresholds) base(size int, adults []*int64, child *int64) (int64, *rat) {
	sum := int64(0)
	for _, a := range adults {
		if a == nil {
			return n.MaxFee, whole(n.MaxFee)
		}
		sum += *a
	}
	if child != nil {
		sum += *child
	}
	raw := times(ratio(n.Multiplier), whole(max(0, sum-n.limit(size))))
	if most := whole(n.MaxFee); raw.Cmp(most) > 0 {
		return min(n.MaxFee, rE(raw)), most
	}
	return min(n.MaxFee, rE(raw)), raw
}

func (n nThresholds) fee(base int64, ordinal int, coefficient string) int64 {
	fee := rE(times(whole(rE(times(whole(base), n.share(ordinal)))), ratio(coefficient)))
	if fee < n.MinFee {
		return 0
	}
	return fee
}

var (
	anyIncome      = rapid.Custom(func(t *rapid.T) *int64 { return rapid.Ptr(rapid.Int64Range(-50000, 700000), true).Draw(t, "income") })
	anyCoefficient = rapid.SampledFrom([]string{"1", "1.00", "0.6", "0.35", "0.80", "0", "1.7"})
)

func TestFamilyFeesAgreeWithThePage(t *testing.T) {
	t.Parallel()
	type child struct {
		ID          string `json:"id"`
		Ordinal     int    `json:"sibling_ordinal"`
		Coefficient string `json:"fee_coefficient"`
		Own         *int64 `json:"own_income_cents"`
	}
	rapid.Check(t, func(t *rapid.T) {
		th := anyThresholds.Draw(t, "thresholds")
		size := rapid.IntRange(2, 7).Draw(t, "size")
		adults := rapid.SliceOfN(anyIncome, 1, 2).Draw(t, "adults")
		mode := rapid.SampledFrom([]string{"", "stepwise", "once"}).Draw(t, "rounding")
		var children []child
		for i := range rapid.IntRange(0, 4).Draw(t, "n") {
			children = append(children, child{fmt.Sprint(i), rapid.IntRange(1, 5).Draw(t, "ordinal"), anyCoefficient.Draw(t, "coefficient"), anyIncome.Draw(t, "own")})
		}
		rows, total := []map[string]any{}, int64(0)
		for _, c := range children {
			base, raw := th.base(size, adults, c.Own)
			computed := rE(times(whole(rE(times(whole(base), th.share(c.Ordinal)))), ratio(c.Coefficient)))
			if mode == "once" {
				computed = rE(times(raw, th.share(c.Ordinal), ratio(c.Coefficient)))
			}
			fee := computed
			if fee < th.MinFee {
				fee = 0
			}
			total += fee
			rows = append(rows, map[string]any{"id": c.ID, "base_fee_cents": base, "computed_fee_cents": computed, "fee_cents": fee})
		}
		parameters := struct {
			nThresholds
			Rounding *string `json:"fee_rounding"`
		}{th, nil}
		if mode != "" {
			parameters.Rounding = &mode
		}
		agree(t, "daycare_family_fees", map[string]any{"family_size": size, "adult_incomes_cents": adults, "children": children}, parameters,
			map[string]any{"children": rows, "total_cents": total})
	})
}

type nAlteration struct {
	Child  string  `json:"child,omitempty"`
	Type   string  `json:"type"`
	Pct    *string `json:"pct,omitempty"`
	Amount *int64  `json:"amount_cents,omitempty"`
	From   string  `json:"from,omitempty"`
	To     *string `json:"to,omitempty"`
}

var anyAlteration = rapid.Custom(func(t *rapid.T) nAlteration {
	a := nAlteration{Type: rapid.SampledFrom([]string{"DISCOUNT", "RELIEF", "INCREASE"}).Draw(t, "type")}
	if rapid.Bool().Draw(t, "by percentage") {
		pct := rapid.SampledFrom([]string{"50", "33", "12.5", "100", "150"}).Draw(t, "pct")
		a.Pct = &pct
	} else {
		amount := rapid.Int64Range(0, 40000).Draw(t, "amount")
		a.Amount = &amount
	}
	return a
})

func altered(fee int64, list []nAlteration) int64 {
	for _, a := range list {
		var effect int64
		if a.Pct != nil {
			effect = rC(times(whole(fee), ratio(*a.Pct), big.NewRat(1, 100)))
		} else {
			effect = *a.Amount
		}
		if a.Type == "INCREASE" {
			fee += effect
		} else {
			fee = max(0, fee-effect)
		}
	}
	return fee
}

// nValue is the voucher's value of a moment.
func nValue(base int64, coefficient, support string, table, decision nRounding) int64 {
	return decision.round(times(whole(table.round(times(whole(base), ratio(coefficient)))), ratio(support)))
}

func pctOff(share *rat) int64 { return rC(times(new(rat).Sub(whole(1), share), whole(100))) }

func TestVoucherDecisionsAgreeWithThePage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		th := anyThresholds.Draw(t, "thresholds")
		table, decision := anyRounding.Draw(t, "table"), anyRounding.Draw(t, "decision")
		size, adults, own := rapid.IntRange(2, 7).Draw(t, "size"), rapid.SliceOfN(anyIncome, 1, 2).Draw(t, "adults"), anyIncome.Draw(t, "own")
		ordinal, under := rapid.IntRange(1, 4).Draw(t, "ordinal"), rapid.Bool().Draw(t, "under")
		value, feeC := anyCoefficient.Draw(t, "value coefficient"), anyCoefficient.Draw(t, "fee coefficient")
		support := rapid.SampledFrom([]string{"1", "1.00", "2.5", "3.55", "0.3333"}).Draw(t, "support")
		capacity := rapid.Ptr(rapid.SampledFrom([]string{"1.50", "3.0", "1"}), true).Draw(t, "capacity")
		enabled := rapid.Ptr(rapid.Bool(), true).Draw(t, "enabled")
		alterations := rapid.SliceOfN(anyAlteration, 0, 3).Draw(t, "alterations")
		over3, under3 := rapid.Int64Range(1, 200000).Draw(t, "over"), rapid.Int64Range(1, 300000).Draw(t, "under value")

		applied := support
		if enabled != nil && *enabled {
			applied = "1"
			if capacity != nil {
				applied = *capacity
			}
		}
		base := over3
		if under {
			base = under3
		}
		want := map[string]any{"decision": false}
		if v := nValue(base, value, applied, table, decision); v != 0 {
			baseFee, _ := th.base(size, adults, own)
			fee := th.fee(baseFee, ordinal, feeC)
			final := altered(fee, alterations)
			trimmed := ratio(applied)
			digits, _ := trimmed.FloatPrec()
			want = map[string]any{"decision": true, "base_value_cents": base, "assistance_coefficient": trimmed.FloatString(digits), "voucher_value_cents": v,
				"base_own_share_cents": baseFee, "sibling_discount_pct": pctOff(th.share(ordinal)), "own_share_cents": fee, "final_own_share_cents": final, "paid_cents": max(0, v-final)}
		}
		agree(t, "voucher_decision", map[string]any{"family_size": size, "adult_incomes_cents": adults, "child_income_cents": own, "sibling_ordinal": ordinal,
			"under_3": under, "option": "x", "assistance_coefficient": support, "capacity_factor": capacity, "alterations": alterations},
			struct {
				nThresholds
				Over     int64          `json:"base_value_cents"`
				Under    int64          `json:"base_value_under_3_cents"`
				Table    nRounding      `json:"table_rounding"`
				Decision nRounding      `json:"decision_rounding"`
				Enabled  *bool          `json:"capacity_factor_enabled"`
				Options  map[string]any `json:"options"`
			}{th, over3, under3, table, decision, enabled, map[string]any{"x": map[string]any{"value_coefficient": value, "fee_coefficient": feeC}}}, want)
	})
}

func TestPriceModelsAgreeWithThePage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(0, 200000)
		model := rapid.SampledFrom([]string{"A", "B", "C", "D", "E"}).Draw(t, "model")
		v, f, p, s, ceiling := cents.Draw(t, "V"), cents.Draw(t, "F"), cents.Draw(t, "P"), rapid.Int64Range(0, 6000).Draw(t, "S"), cents.Draw(t, "ceiling")
		most, coefficient := rapid.Int64Range(0, 6000).Draw(t, "cap"), anyCoefficient.Draw(t, "coefficient")
		in := map[string]any{"model": model, "value_cents": v, "fee_cents": f, "price_cents": p, "surcharge_cents": s}
		par := map[string]any{}
		want := map[string]any{}
		switch model {
		case "A":
			m := max(0, min(v, p)-f)
			want = map[string]any{"error": nil, "municipality_cents": m, "family_cents": p - m, "provider_total_cents": p, "fee_capped": false}
		case "B", "C":
			in["price_cents"] = nil
			if model == "B" {
				par["surcharge_cap_cents"] = most
			} else {
				most = 0
			}
			want = map[string]any{"error": nil, "municipality_cents": v - min(f, v), "family_cents": min(f, v) + s, "provider_total_cents": v + s, "fee_capped": f > v}
			if s > most {
				want = map[string]any{"error": "surcharge_over_cap"}
			}
		case "D":
			m := max(0, min(v, p-f))
			want = map[string]any{"error": nil, "municipality_cents": m, "family_cents": p - m, "provider_total_cents": p, "fee_capped": false}
		case "E":
			in["value_cents"], in["ceiling_cents"], in["coefficient"] = nil, ceiling, coefficient
			v := rE(times(whole(ceiling), ratio(coefficient)))
			m := max(0, min(v, p)-f)
			want = map[string]any{"error": nil, "municipality_cents": m, "family_cents": p - m, "provider_total_cents": p, "fee_capped": false}
			if p > v {
				want = map[string]any{"error": "price_over_ceiling"}
			}
		}
		agree(t, "price_model", in, par, want)
	})
}

var naiveDay = calendar.Day(2022, time.January, 1)

func iso(d int) string { return (naiveDay + calendar.Date(d)).String() }

// until writes an inclusive end; a negative day is open.
func until(d int) *string {
	if d < 0 {
		return nil
	}
	s := iso(d)
	return &s
}
