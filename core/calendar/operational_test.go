package calendar_test

import (
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
)

func TestAppealDeadlineMovesOffClosedDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent           calendar.Date
		wait, days     int
		received, last calendar.Date
	}{
		{calendar.Day(2026, 3, 2), 7, 30, calendar.Day(2026, 3, 9), calendar.Day(2026, 4, 8)},
		{calendar.Day(2026, 3, 2), 3, 30, calendar.Day(2026, 3, 5), calendar.Day(2026, 4, 7)},    // Saturday before Easter → Tuesday
		{calendar.Day(2026, 11, 3), 3, 30, calendar.Day(2026, 11, 6), calendar.Day(2026, 12, 7)}, // Independence Day on a Sunday
		{calendar.Day(2026, 5, 13), 7, 30, calendar.Day(2026, 5, 20), calendar.Day(2026, 6, 22)}, // Midsummer Eve → Monday
		{calendar.Day(2026, 11, 24), 0, 30, calendar.Day(2026, 11, 24), calendar.Day(2026, 12, 28)},
	} {
		if received, last := calendar.AppealDeadline(c.sent, c.wait, c.days); received != c.received || last != c.last {
			t.Errorf("sent %s: received %s, last day %s; want %s and %s", c.sent, received, last, c.received, c.last)
		}
	}
}

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
