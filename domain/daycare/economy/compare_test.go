package economy_test

import (
	"slices"
	"testing"

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
