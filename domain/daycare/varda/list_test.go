package varda_test

import (
	"testing"
	"time"

	"seteli/core/calendar"
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

func TestSilenceBeginsWithTheFirstRunThatWasNotAnswered(t *testing.T) {
	t.Parallel()
	run := func(hour int, outcome string) varda.Past {
		end := calendar.Noon(calendar.Day(2026, 11, 21)).Now().Add(time.Duration(hour) * time.Hour)
		return varda.Past{EndedAt: &end, Outcome: outcome}
	}
	for name, c := range map[string]struct {
		runs   []varda.Past
		silent bool
		since  int
	}{
		"none":            {nil, false, 0},
		"answered":        {[]varda.Past{run(3, varda.Done), run(2, varda.Down)}, false, 0},
		"down twice":      {[]varda.Past{run(3, varda.Down), run(2, varda.Down), run(1, varda.Done)}, true, 2},
		"always down":     {[]varda.Past{run(3, varda.Down)}, true, 3},
		"one waits":       {[]varda.Past{{}, run(3, varda.Down), run(1, varda.Failed)}, true, 3},
		"a fault of ours": {[]varda.Past{run(3, varda.Failed), run(2, varda.Down)}, false, 0},
	} {
		since, silent := varda.SilentSince(c.runs)
		if silent != c.silent || silent && !since.Equal(*run(c.since, "").EndedAt) {
			t.Errorf("%s: %v since %s", name, silent, since)
		}
	}
}
