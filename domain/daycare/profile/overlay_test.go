package profile_test

import (
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/profile"
)

// Whatever is laid over each other, a day has the figures of the last row that names it, and rows do not overlap.
func TestTheLastRowOfADayHolds(t *testing.T) {
	t.Parallel()
	start := calendar.Day(2026, 1, 1)
	rapid.Check(t, func(t *rapid.T) {
		const days = 40
		want := make([]money.Cents, days)
		var rows []profile.Thresholds
		for n := range rapid.IntRange(1, 6).Draw(t, "rows") {
			from := rapid.IntRange(0, days-1).Draw(t, "from")
			to := rapid.IntRange(from+1, days+5).Draw(t, "to")
			p := calendar.Period{From: start + calendar.Date(from), To: start + calendar.Date(to)}
			if to > days {
				p.To = calendar.Forever
			}
			cents := money.Cents(n + 1)
			rows = append(rows, profile.Thresholds{Days: profile.DaysOf(p), MaxFee: &cents})
			for d := from; d < min(to, days); d++ {
				want[d] = cents
			}
		}
		list := profile.Overlay(rows[:1], rows[1:]...)
		for d := range days {
			var got money.Cents
			for _, r := range list {
				if r.Period().Contains(start + calendar.Date(d)) {
					if got != 0 {
						t.Fatalf("day %d stands in two rows", d)
					}
					got = *r.MaxFee
				}
			}
			if got != want[d] {
				t.Fatalf("day %d has %d, want %d", d, got, want[d])
			}
		}
	})
}
