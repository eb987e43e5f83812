package money_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
)

var (
	anyCents    = rapid.Custom(func(t *rapid.T) money.Cents { return money.Cents(rapid.Int64Range(-1e11, 1e11).Draw(t, "cents")) })
	price       = rapid.Custom(func(t *rapid.T) money.Cents { return money.Cents(rapid.Int64Range(0, 1e8).Draw(t, "price")) })
	anyQuantity = rapid.Custom(func(t *rapid.T) money.Quantity {
		return money.Quantity(rapid.Int64Range(0, 10_000*money.PerUnit).Draw(t, "quantity"))
	})
)

func TestSplitLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, v, q := price.Draw(t, "p"), price.Draw(t, "v"), anyQuantity.Draw(t, "q")
		s := money.Split(p, v, q)
		if s.Organiser+s.Own != s.Total || s.Total != p.Times(q) {
			t.Fatalf("parts of %+v do not sum", s)
		}
		if s.Own < 0 || s.Organiser < 0 || s.Organiser > v.Times(q) {
			t.Fatalf("somebody pays wrongly: %+v", s)
		}
		if p <= v && s.Own != 0 {
			t.Fatalf("own share %d under the value", s.Own)
		}
		credit := money.Split(p, v, -q)
		if credit.Total != -s.Total || credit.Organiser != -s.Organiser || credit.Own != -s.Own {
			t.Fatalf("credit %+v of debit %+v", credit, s)
		}
		more := money.Split(p, v, q+money.Quantity(rapid.Int64Range(0, 1e6).Draw(t, "more")))
		if more.Total < s.Total || more.Organiser < s.Organiser {
			t.Fatalf("more units cost less: %+v, %+v", s, more)
		}
		higher := money.Split(p, v+1, q)
		if higher.Organiser < s.Organiser || higher.Own > s.Own {
			t.Fatalf("a higher value pays less: %+v, %+v", s, higher)
		}
	})
}

func TestTimesIsTheExactProductRoundedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, q := anyCents.Draw(t, "c"), anyQuantity.Draw(t, "q")
		if want := money.HalfUpCent.Cents(c.Exact().Times(q.Exact())); c.Times(q) != want {
			t.Fatalf("%s × %s = %s, want %s", c, q, c.Times(q), want)
		}
	})
	for _, c := range []struct {
		price money.Cents
		q     money.Quantity
		want  money.Cents
	}{
		{3550, money.Minutes(20), 1183}, {3551, money.Minutes(30), 1776}, {1, money.Quantity(1500), 1},
		{1, money.Quantity(1499), 0}, {-1, money.Quantity(1500), -1}, {0, 5, 0},
	} {
		if got := c.price.Times(c.q); got != c.want {
			t.Errorf("%d × %s = %d, want %d", c.price, c.q, got, c.want)
		}
	}
}

func TestOverflowPanics(t *testing.T) {
	t.Parallel()
	for _, f := range []func(){
		func() { money.Cents(math.MaxInt64).Times(math.MaxInt64) },
		func() { money.Cents(math.MaxInt64).Times(money.Units(1)) },
		func() { money.Allocate(1, nil) },
		func() { money.Allocate(1, []int64{2, -1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}

func TestAllocateLosesNoCent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := anyCents.Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1e12), 1, 20).Draw(t, "weights")
		parts := money.Allocate(total, weights)
		var sum money.Cents
		whole := new(big.Rat)
		for _, w := range weights {
			whole.Add(whole, new(big.Rat).SetInt64(w))
		}
		for i, p := range parts {
			sum += p
			if whole.Sign() == 0 {
				continue
			}
			exact := new(big.Rat).Mul(new(big.Rat).SetInt64(int64(total)), new(big.Rat).SetInt64(weights[i]))
			exact.Quo(exact, whole)
			off := exact.Sub(exact, new(big.Rat).SetInt64(int64(p)))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d of %v is a cent or more off", i, parts)
			}
		}
		if sum != total {
			t.Fatalf("%v sum to %d, not %d", parts, sum, total)
		}
		for i, p := range money.Allocate(-total, weights) {
			if p != -parts[i] {
				t.Fatalf("the mirror of %v differs", parts)
			}
		}
	})
}

func TestAllocateIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		total   money.Cents
		weights []int64
		want    []money.Cents
	}{
		{100, []int64{1, 1, 1}, []money.Cents{34, 33, 33}},
		{5, []int64{0, 0}, []money.Cents{3, 2}},
		{10, []int64{0, 7}, []money.Cents{0, 10}},
		{10, []int64{1, 2, 4}, []money.Cents{1, 3, 6}},
	} {
		got := money.Allocate(c.total, c.weights)
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%d by %v: %v, want %v", c.total, c.weights, got, c.want)
				break
			}
		}
	}
}

func TestRoundings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule string
		x    string
		want money.Cents
	}{
		{"half_up_cent", "23.375", 2338}, {"half_up_cent", "-23.375", -2338}, {"half_up_cent", "23.3749", 2337},
		{"up_cent", "23.3701", 2338}, {"up_cent", "23.37", 2337}, {"down_cent", "23.379", 2337}, {"down_cent", "-23.379", -2337},
		{"half_up_5cent", "1.025", 105}, {"up_5cent", "1.01", 105}, {"down_5cent", "1.0499", 100},
		{"half_up_10cent", "1.05", 110}, {"up_10cent", "23.31", 2340}, {"down_10cent", "23.39", 2330},
		{"half_up_euro", "26.964", 2700}, {"half_up_euro", "26.5", 2700}, {"half_up_euro", "26.49", 2600},
		{"up_euro", "26.01", 2700}, {"down_euro", "26.99", 2600}, {"down_euro", "0", 0},
	} {
		r, err := money.ParseRounding(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Cents(money.MustRate(c.x).Exact()); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.rule, c.x, got, c.want)
		}
	}
	if names := money.Roundings(); len(names) != 12 {
		t.Errorf("roundings: %v", names)
	}
	_, err := money.ParseRounding("bankers")
	faulttest.Want(t, err, "MON-009")
}

// The ministry's home care formula: 8.40 ≤ (34 − (income − limit) × percent / 100 / 60) × 1.20 ≤ 40.80.
func TestFormulaIsRoundedOnce(t *testing.T) {
	t.Parallel()
	n := money.MustRate
	share, err := money.Cents(184_200 - 62_800).Exact().Times(n("35").Percent()).Over(money.Whole(60))
	if err != nil {
		t.Fatal(err)
	}
	value := money.Whole(34).Minus(share).Times(n("1.2").Exact()).Clamp(n("8.40").Exact(), n("40.80").Exact())
	if got := money.HalfUpCent.Cents(value); got != 3230 { // 34 − 7.0816… = 26.9183…, × 1.2 = 32.302
		t.Errorf("value %s from %s", got, value)
	}
	if _, err := money.Whole(1).Over(money.Exact{}); fault.CodeOf(err) != "MON-008" {
		t.Errorf("division by zero: %v", err)
	}
	if h := money.WholeHalfUp(n("2.75").Exact().Times(money.Fraction(30, 7))); h != 12 {
		t.Errorf("2.75 h a week are %d h a month", h)
	}
	if q, ok := money.Fraction(1, 3).Quantity(); !ok || q != money.Minutes(20) {
		t.Errorf("a third: %s", q)
	}
	if _, ok := money.Fraction(1, 7).Quantity(); ok {
		t.Error("a seventh is no quantity")
	}
	if s := money.Fraction(1, 7).String() + " " + money.Fraction(1, 8).String(); s != "1/7 0.125" {
		t.Error(s)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	if money.MustRate("1.20") != money.MustRate("1,2") {
		t.Error("equal rates differ")
	}
	for _, wrong := range []string{"", ".", "1.", ".5", "1e3", "1 0", "0.12345678901234567891", "99999999999999999999", "--1", "1,2.3", "½"} {
		_, err := money.ParseRate(wrong)
		faulttest.WantField(t, err, "MON-010", "rate")
	}
	rapid.Check(t, func(t *rapid.T) {
		r := money.MustRate(rapid.StringMatching(`-?[0-9]{1,9}(\.[0-9]{1,9})?`).Draw(t, "r"))
		v, err := r.NumericValue()
		var back, fromJSON money.Rate
		raw, errJSON := json.Marshal(r)
		if err != nil || errJSON != nil || back.ScanNumeric(v) != nil || json.Unmarshal(raw, &fromJSON) != nil || back != r || fromJSON != r {
			t.Fatalf("%s comes back as %s, %s", r, back, fromJSON)
		}
	})
}
