package varda_test

import (
	"testing"
	"time"

	"seteli/domain/daycare/varda"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	must(t, err)
	return moment
}

func TestNextNightIsOfFinnishTime(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]string{
		"2026-11-21T10:00:00Z": "2026-11-21T20:30:00Z", "2026-11-21T20:30:00Z": "2026-11-22T20:30:00Z", "2026-11-21T22:30:00Z": "2026-11-22T20:30:00Z", // past midnight in Finland
		"2026-07-01T19:29:59Z": "2026-07-01T19:30:00Z",
	} {
		got, err := varda.NextNight(at(t, now))
		if must(t, err); !got.Equal(at(t, want)) {
			t.Errorf("after %s: %s, want %s", now, got.UTC(), want)
		}
	}
}

func TestPausesGrowUntilTheNightAndKeepWhatTheWarehouseAsked(t *testing.T) {
	t.Parallel()
	const noon, evening, night = "2026-11-21T10:00:00Z", "2026-11-21T19:00:00Z", "2026-11-21T20:30:00Z"
	for _, c := range []struct {
		now   string
		why   varda.Hold
		tries int
		asked time.Duration
		want  string
	}{
		{noon, varda.Silent, 1, 0, "2026-11-21T10:15:00Z"},
		{noon, varda.Silent, 2, 0, "2026-11-21T11:00:00Z"},
		{noon, varda.Busy, 3, 0, "2026-11-21T14:00:00Z"},
		{noon, varda.Broken, 9, 0, "2026-11-21T14:00:00Z"},
		{evening, varda.Silent, 3, 0, night},
		{noon, varda.Busy, 1, 2 * time.Hour, "2026-11-21T12:00:00Z"},
		{noon, varda.Busy, 3, time.Hour, "2026-11-21T14:00:00Z"},
		{evening, varda.Busy, 1, 20 * time.Hour, "2026-11-22T15:00:00Z"}, // never before the time that was asked for
		{noon, varda.QuotaUsed, 1, 0, night},
		{noon, varda.KeyRefuse, 1, 0, night},
		{night, varda.QuotaUsed, 1, 0, "2026-11-22T20:30:00Z"},
	} {
		got, err := varda.NextTry(at(t, c.now), c.why, c.tries, c.asked)
		if must(t, err); !got.Equal(at(t, c.want)) {
			t.Errorf("%s, try %d at %s: %s, want %s", c.why, c.tries, c.now, got.UTC(), c.want)
		}
	}
}
