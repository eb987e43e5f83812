package job

import (
	"testing"
	"time"

	"seteli/core/calendar"
)

func TestDailyKeepsFinnishTimeOverClockChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at        daily
		now, want string
	}{
		{daily{2, 30}, "2026-11-21T02:29:59+02:00", "2026-11-21T02:30:00+02:00"},
		{daily{2, 30}, "2026-11-21T02:30:00+02:00", "2026-11-22T02:30:00+02:00"},
		{daily{2, 30}, "2026-03-28T12:00:00+02:00", "2026-03-29T02:30:00+02:00"}, // clock goes forward at 3
		{daily{2, 30}, "2026-10-24T12:00:00+03:00", "2026-10-25T02:30:00+03:00"}, // and back at 4
		{daily{0, 0}, "2026-12-31T23:59:59+02:00", "2027-01-01T00:00:00+02:00"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.at.Next(now).In(calendar.Helsinki).Format(time.RFC3339); got != c.want {
			t.Errorf("after %s comes %s, want %s", c.now, got, c.want)
		}
	}
}

func TestWaitGrowsToAnHour(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{1: 10 * time.Second, 2: 20 * time.Second, 9: 2560 * time.Second, 10: time.Hour, 1000: time.Hour, 0: 10 * time.Second} {
		if got := wait(attempt); got != want {
			t.Errorf("after try %d: %s, want %s", attempt, got, want)
		}
	}
}
