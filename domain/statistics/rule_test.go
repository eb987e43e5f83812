package statistics

import (
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
)

func TestForecastContinuesAsTheLastThreeMonthsWent(t *testing.T) {
	t.Parallel()
	spent := [12]money.Cents{100, 100, 100, 100, 100, 100, 200, 200, 201, 0, 0, 0}
	for through, want := range map[int]Forecast{
		0:  {},
		1:  {},
		2:  {Monthly: 100, Months: 1, Total: 1200},
		4:  {Monthly: 100, Months: 3, Total: 300 + 9*100},
		10: {Monthly: 200, Months: 3, Total: 600 + 601 + 3*200}, // 601 / 3 = 200.33
	} {
		if got := forecast(spent, through); got != want {
			t.Errorf("through %d: %+v, want %+v", through, got, want)
		}
	}
	spent[9] = 950 // the month under way is already above the mean
	if got := forecast(spent, 10).Total; got != 600+601+950+2*200 {
		t.Errorf("the month under way counts as %d", got)
	}
}

func TestCumulativeForecastEndsAtItsTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Spending{Through: rapid.IntRange(2, 12).Draw(t, "through")}
		for m := range s.Through {
			s.Spent[m] = money.Cents(rapid.Int64Range(0, 1e9).Draw(t, "cents"))
		}
		s.Forecast = forecast(s.Spent, s.Through)
		spent, foreseen := s.Cumulative()
		if len(spent) != s.Through || len(foreseen) != 12 || foreseen[11] != s.Forecast.Total {
			t.Fatalf("%d months spent, forecast ends at %d, total %d", len(spent), foreseen[len(foreseen)-1], s.Forecast.Total)
		}
		if s.Forecast.Total < spent[s.Through-1] {
			t.Fatalf("the forecast %d is below what is spent %d", s.Forecast.Total, spent[s.Through-1])
		}
	})
}

func line(clients int64) Line {
	return Line{Clients: clients, Events: clients * 2, Organiser: money.Cents(clients * 100)}
}

func TestFewClientsAreNotTold(t *testing.T) {
	t.Parallel()
	total := line(40)
	lines, _ := Tell([]Line{line(4), line(30), line(6)}, total, true)
	if !lines[0].Few || lines[0].Clients != 0 || lines[0].Organiser != 400 || lines[1].Few {
		t.Errorf("who sees settlements is told %+v", lines)
	}
	lines, got := Tell([]Line{line(4), line(30), line(6)}, total, false)
	if !lines[0].Hidden || lines[0].Organiser != 0 || !lines[2].Hidden || lines[1].Hidden || got.Hidden {
		t.Errorf("one hidden line is not covered by the smallest other: %+v", lines)
	}
	lines, got = Tell([]Line{line(2)}, line(2), false)
	if !lines[0].Hidden || !got.Hidden || got.Organiser != 0 {
		t.Errorf("a total of few is told: %+v %+v", lines, got)
	}
	lines, got = Tell([]Line{line(2), line(3), line(30)}, line(35), false)
	if !lines[0].Hidden || !lines[1].Hidden || lines[2].Hidden || got.Hidden {
		t.Errorf("two hidden lines cover each other: %+v", lines)
	}
	lines, got = Tell([]Line{line(5), line(30)}, line(35), false)
	if lines[0].Hidden || lines[0].Few || got.Hidden {
		t.Errorf("five are enough: %+v", lines)
	}
}

// Whatever is shown, no hidden line follows from the total and the lines that are shown.
func TestHiddenLinesDoNotFollowFromTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var lines []Line
		total := Line{}
		for range rapid.IntRange(1, 6).Draw(t, "services") {
			l := line(rapid.Int64Range(1, 12).Draw(t, "clients"))
			lines = append(lines, l)
			total.Clients, total.Organiser = total.Clients+l.Clients, total.Organiser+l.Organiser
		}
		told, sum := Tell(lines, total, false)
		hidden := 0
		for _, l := range told {
			if l.Hidden {
				hidden++
				if l.Organiser != 0 || l.Events != 0 || l.Clients != 0 {
					t.Fatalf("a hidden line has figures: %+v", l)
				}
			}
		}
		if hidden == 1 && !sum.Hidden {
			t.Fatalf("one hidden line beside its total: %+v %+v", told, sum)
		}
	})
}

func TestWaitingIsSortedByAge(t *testing.T) {
	t.Parallel()
	today := calendar.Date(1000)
	list, total := ages([]event.Waiting{{Day: 1000, Count: 1}, {Day: 998, Count: 2}, {Day: 997, Count: 4}, {Day: 986, Count: 8}, {Day: 970, Count: 16}, {Day: 900, Count: 32}, {Day: 1001, Count: 64}}, today)
	want := []int64{67, 4, 8, 16, 32}
	for i, w := range want {
		if list[i].Count != w {
			t.Errorf("class from %d days: %d, want %d", list[i].From, list[i].Count, w)
		}
	}
	if total != 127 {
		t.Errorf("total %d", total)
	}
}
