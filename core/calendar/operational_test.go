package calendar_test

import (
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
)

func TestDeadlineIsTheFirstOpenDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := calendar.Day(2013, 1, 1) + calendar.Date(rapid.IntRange(0, 28*365).Draw(r, "day"))
		open := calendar.OperationalOnOrAfter(d)
		if !calendar.Operational(open) || open < d || open > d+5 {
			r.Fatalf("%s leads to %s", d, open)
		}
		if n := calendar.OperationalDays(calendar.Period{From: d, To: open + 1}); n != 1 {
			r.Fatalf("%d open days from %s to %s", n, d, open)
		}
	})
}
