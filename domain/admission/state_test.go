package admission

import (
	"os"
	"slices"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
)

func TestDecidedApplicationsNeverMove(t *testing.T) {
	t.Parallel()
	for m, arrows := range moves {
		for _, s := range States() {
			next, err := s.after(m)
			_, drawn := arrows[s]
			if drawn != (err == nil) || err != nil && fault.CodeOf(err) != "ADM-001" {
				t.Errorf("%s from %s: %v", m, s, err)
			}
			if drawn && !s.Live() {
				t.Errorf("%s moves %s, which has ended", m, s)
			}
			if !slices.Contains(States(), next) {
				t.Errorf("%s leads to %q", m, next)
			}
		}
	}
}

// The drawing in doc.go names every state: a state that is added without being drawn is found here.
func TestDrawingNamesEveryState(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range States() {
		if !strings.Contains(string(doc), string(s)) {
			t.Errorf("%s is not in the drawing", s)
		}
	}
}

func TestClockRunsFromSendingAndCountsMonths(t *testing.T) {
	t.Parallel()
	sent := calendar.Noon(calendar.Day(2027, 1, 31)).Now()
	a := Application{State: Sent, SentAt: &sent}
	for day, want := range map[calendar.Date]Clock{
		calendar.Day(2027, 2, 28): {Running: true, DaysLeft: 0},
		calendar.Day(2027, 3, 1):  {Running: true, DaysLeft: -1, TakeUpLate: true},
		calendar.Day(2027, 5, 1):  {Running: true, DaysLeft: -62, TakeUpLate: true, DecideLate: true},
	} {
		want.SentOn, want.TakeUpBy, want.DecideBy = calendar.Day(2027, 1, 31), calendar.Day(2027, 2, 28), calendar.Day(2027, 4, 30)
		if got := a.ClockOn(day); got != want {
			t.Errorf("%s: %+v", day, got)
		}
	}
	a.State = Handling
	if c := a.ClockOn(calendar.Day(2027, 3, 1)); c.TakeUpLate || c.DaysLeft != 60 {
		t.Errorf("handled: %+v", c)
	}
	a.State = Approved
	if a.ClockOn(calendar.Day(2028, 1, 1)).Running {
		t.Error("the clock of a decided application runs")
	}
}
