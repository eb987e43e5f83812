package guidance_test

import (
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/guidance"
	w "seteli/domain/voucher/vouchertest"
)

func period(from, to calendar.Date) calendar.Period { return calendar.Period{From: from, To: to} }

func TestFreePlacesOnTheWay(t *testing.T) {
	t.Parallel()
	open := calendar.Forever
	places := []guidance.Places{{Period: period(calendar.Day(2026, 1, 1), calendar.Day(2026, 5, 1)), Under: 4, Over: 7}, {Period: period(calendar.Day(2026, 5, 1), open), Under: 2, Over: 7}}
	small, big := calendar.Day(2024, 6, 6), calendar.Day(2021, 6, 6)
	taken := []guidance.Occupant{{Period: period(calendar.Day(2026, 1, 7), open), Birth: small}, {Period: period(calendar.Day(2026, 1, 7), calendar.Day(2026, 6, 1)), Birth: big}}
	for _, c := range []struct {
		birth, from calendar.Date
		free        int
		day         calendar.Date
	}{
		{small, calendar.Day(2026, 2, 1), 1, calendar.Day(2026, 5, 1)}, // the group gets smaller in May
		{big, calendar.Day(2026, 2, 1), 6, calendar.Day(2026, 2, 1)},
		{big, calendar.Day(2026, 6, 1), 7, calendar.Day(2026, 6, 1)},
		{small, calendar.Day(2025, 12, 1), 0, calendar.Day(2025, 12, 1)}, // no places are recorded before January
	} {
		free, day := guidance.Free(places, taken, c.birth, c.from)
		if free != c.free || day != c.day {
			t.Errorf("born %s, from %s: %d free on %s, want %d on %s", c.birth, c.from, free, day, c.free, c.day)
		}
	}
	// A birthday within the year moves nobody; the next operating year does.
	turning := []guidance.Occupant{{Period: period(calendar.Day(2026, 1, 7), open), Birth: calendar.Day(2023, 3, 3)}}
	if c := guidance.Taken(turning, calendar.Day(2026, 7, 31)); c.Under != 1 {
		t.Errorf("before August %+v", c)
	}
	if c := guidance.Taken(turning, calendar.Day(2026, 8, 1)); c.Over != 1 {
		t.Errorf("from August on %+v", c)
	}
}

// Whatever is proposed in whatever order, the operating year in which a child begins is never fuller than its places.
func TestWhoeverIsPromisedAPlaceHasItToTheEndOfTheYear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := func(label string, from, to calendar.Date) calendar.Date {
			return calendar.Date(rapid.IntRange(int(from), int(to)).Draw(t, label))
		}
		middle := day("middle", calendar.Day(2026, 2, 1), calendar.Day(2028, 6, 1))
		places := []guidance.Places{{Period: period(calendar.Day(2026, 1, 1), middle), Under: rapid.IntRange(0, 4).Draw(t, "under"), Over: rapid.IntRange(0, 4).Draw(t, "over")},
			{Period: period(middle, calendar.Forever), Under: rapid.IntRange(0, 4).Draw(t, "under later"), Over: rapid.IntRange(0, 4).Draw(t, "over later")}}
		var taken []guidance.Occupant
		for range rapid.IntRange(1, 20).Draw(t, "children") {
			birth, from := day("birth", calendar.Day(2020, 1, 1), calendar.Day(2025, 12, 1)), day("from", calendar.Day(2026, 1, 1), calendar.Day(2028, 12, 1))
			if free, _ := guidance.Free(places, taken, birth, from); free > 0 {
				taken = append(taken, guidance.Occupant{Period: period(from, calendar.Forever), Birth: birth})
			}
		}
		for _, o := range taken {
			y, m, _ := o.From.Civil()
			if m >= 8 {
				y++
			}
			for d := o.From; d < calendar.Day(y, 8, 1); d++ {
				have, used := guidance.PlacesOn(places, d), guidance.Taken(taken, d)
				// The child's own group is the one that was promised.
				group := guidance.Taken([]guidance.Occupant{o}, d)
				if group.Under == 1 && used.Under > have.Under || group.Over == 1 && used.Over > have.Over {
					t.Fatalf("%s: %+v in %+v places", d, used, have)
				}
			}
		}
	})
}

func TestTwoGuidesNeverPromiseTheSamePlace(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.Exec(`update daycare_capacity set over_places = 3`)
	var waiting []guidance.Application
	for i := range 8 {
		c, _, self := n.family(calendar.Day(2021, 3, 1) + calendar.Date(i))
		waiting = append(waiting, n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit))
	}
	var group sync.WaitGroup
	codes := make([]string, len(waiting))
	for i, a := range waiting {
		group.Go(func() {
			_, err := n.propose(a, w.Unit)
			codes[i] = fault.CodeOf(err)
			if err != nil && codes[i] == "" {
				codes[i] = fmt.Sprint(err)
			}
		})
	}
	group.Wait()
	told := map[string]int{}
	for _, c := range codes {
		told[c]++
	}
	if told[""] != 3 || told["GUI-018"] != 5 {
		t.Errorf("three places for eight: %v", told)
	}
}
