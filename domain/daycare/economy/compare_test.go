package economy_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
)

// The annuity of a loan table: 1 000 000 € at 3 % over 30 years is 51 019,26 € a year.
func TestAnnuityIsThatOfALoanTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		interest string
		years    int
		want     money.Cents
	}{{"3", 30, 5_101_926}, {"0", 25, 4_000_000}, {"5", 1, 105_000_000}, {"3", 0, 0}} {
		if got := economy.Annuity(100_000_000, money.MustRate(c.interest), c.years); got != c.want {
			t.Errorf("%s %% over %d years is %d, want %d", c.interest, c.years, got, c.want)
		}
	}
}

func TestOwnPlacesCostWhatRemainsAfterFeesByAge(t *testing.T) {
	t.Parallel()
	c := economy.Costs{Form: economy.Own, Staff: 80_000_000, Premises: 20_000_000, Fees: 10_000_000, Over: 600, Under: 200, Hours: 100_000, Ending: 70}
	s := c.Side()
	for name, x := range map[string]struct {
		got  *money.Cents
		want money.Cents
	}{"month": {s.PerMonth, 112_500}, "weighted": {s.Weighted, 94_737}, "hour": {s.PerHour, 900}, "marginal": {s.Marginal, 63_158}} {
		if x.got == nil || *x.got != x.want {
			t.Errorf("%s: %v, want %d", name, x.got, x.want)
		}
	}
	v := economy.VoucherMonths{Paid: 9_000_000, Months: economy.Months{Over: money.Whole(100), Under: money.Whole(20)}, ByOption: map[string]money.Exact{"full_time": money.Whole(120)}}
	year := calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Day(2027, 1, 1)}
	if side := v.Side(year, economy.Assumptions{}); side.PerHour != nil || side.Weighted == nil || *side.Weighted != 66_667 {
		t.Errorf("voucher %+v", side)
	}
	side := v.Side(year, economy.Assumptions{Administration: 600_000, Hours: map[string]money.Quantity{"full_time": money.Units(150)}})
	if side.PerHour == nil || *side.PerHour != 533 || side.Gross != 9_600_000 {
		t.Errorf("voucher %+v", side)
	}
	missing := 10
	a := economy.Assumptions{PerPlace: 3_000_000, Years: 25, Missing: &missing}
	if i := a.Avoided(40); i.Places != 10 || i.Avoided != 30_000_000 || i.Yearly != 1_200_000 {
		t.Errorf("avoided %+v", i)
	}
}

// Moving ten places saves what ends, not what a place costs on average; months entered one by one make the year.
func TestASavingIsOfWhatEnds(t *testing.T) {
	t.Parallel()
	month := func(m time.Month, staff money.Cents, ending int) economy.Costs {
		from := calendar.Day(2026, m, 1)
		return economy.Costs{Form: economy.Own, Period: calendar.Period{From: from, To: from.AddMonths(1)}, Staff: staff, Premises: 1_000_000, Fees: 500_000, Over: 30, Under: 16, Hours: 6_000, Ending: ending}
	}
	year := calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Day(2027, 1, 1)}
	sides := economy.Sides([]economy.Costs{month(2, 5_000_000, 80), month(1, 6_000_000, 70), {Form: economy.Purchased, Period: calendar.Period{From: 0, To: 1}}}, year)
	if len(sides) != 1 || sides[0].Gross != 13_000_000 || *sides[0].Weighted != 103_448 || *sides[0].Marginal != 75_000 || *sides[0].PerHour != 1_000 || *sides[0].EndingHour != 725 {
		t.Fatalf("%+v", sides)
	}
	if got := *sides[0].OfAge(sides[0].Marginal, true); got != 131_250 {
		t.Errorf("under three %d", got)
	}
	v := economy.VoucherMonths{Paid: 8_000_000, Months: economy.Months{Over: money.Whole(100)}}.Side(year, economy.Assumptions{})
	s, known := economy.SavingOf(10, &sides[0], &v)
	if want := (economy.Saving{Places: 10, Average: 234_480, Remains: 284_480, Real: -50_000}); !known || s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if _, known := economy.SavingOf(10, nil, &v); known {
		t.Error("a saving is told without the cost of own places")
	}
}

// What is put together never tells a single one: by itself, or as what the total leaves.
func TestWhatIsPutTogetherTellsNobodyApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.IntRange(0, 12)).Draw(t, "counts")
		told, rest := economy.Together(list, func(n int) int { return n }, func(a, b int) int { return a + b })
		sum, all := 0, 0
		for _, n := range list {
			all += n
		}
		for _, n := range told {
			if sum += n; n < economy.Least {
				t.Fatalf("%v: %d is told", list, n)
			}
		}
		if rest != nil {
			if sum += *rest; *rest < economy.Least && len(told) > 0 {
				t.Fatalf("%v: the rest of %d is told by the total", list, *rest)
			}
		}
		if hidden := len(slices.DeleteFunc(slices.Clone(list), func(n int) bool { return n == 0 })) - len(told); hidden == 1 && len(told) > 0 {
			t.Fatalf("%v: one alone is hidden, and the total tells it", list)
		}
		if sum != all {
			t.Fatalf("%v: %d of %d", list, sum, all)
		}
	})
}
