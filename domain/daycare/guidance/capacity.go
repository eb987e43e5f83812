package guidance

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
)

// Places are a unit's places by age group from a day on.
type Places struct {
	calendar.Period
	Under, Over int // children under three, and three and older
}

// Occupant is a child who has a place in a unit, or to whom one is promised.
type Occupant struct {
	calendar.Period
	Birth calendar.Date
}

// Count is places of both groups.
type Count struct{ Under, Over int }

// Check refuses what no unit can have (GUI-024).
func (c Count) Check() error {
	if c.Under < 0 || c.Over < 0 || c.Under > 10_000 || c.Over > 10_000 {
		return errPlaceCount
	}
	return nil
}

// yearStart is the first day of the operating year of a day: groups are formed on 1 August.
func yearStart(day calendar.Date) calendar.Date {
	y, m, _ := day.Civil()
	if m < 8 {
		y--
	}
	return calendar.Day(y, 8, 1)
}

// yearEnd is the first day of the next operating year.
func yearEnd(day calendar.Date) calendar.Date { return yearStart(day).AddMonths(12) }

// under tells in which group a child is on a day: that of its age when its place began or when the operating year began, whichever is
// later. A birthday within the year moves nobody.
func (o Occupant) under(day calendar.Date) bool {
	return o.Birth.AddMonths(36) > max(o.From, yearStart(day))
}

// Taken counts the occupants of a day.
func Taken(list []Occupant, day calendar.Date) (c Count) {
	for _, o := range list {
		switch {
		case !o.Contains(day):
		case o.under(day):
			c.Under++
		default:
			c.Over++
		}
	}
	return c
}

// PlacesOn are the places of a day; none where none are recorded.
func PlacesOn(list []Places, day calendar.Date) Count {
	for _, p := range list {
		if p.Contains(day) {
			return Count{p.Under, p.Over}
		}
	}
	return Count{}
}

// horizon is the first day that is not promised: a place is promised for the operating year in which it begins, and to the end of the
// latest such year of those who have or are promised a place in the unit.
func horizon(list []Occupant, from calendar.Date) calendar.Date {
	end := yearEnd(from)
	for _, o := range list {
		end = max(end, yearEnd(o.From))
	}
	return end
}

// Free is how many more children of the group of somebody born then could begin on a day and stay to the end of what is promised: the
// smallest difference of places and occupants on the way. The day is one on which it is smallest.
func Free(places []Places, taken []Occupant, birth, from calendar.Date) (free int, day calendar.Date) {
	end := horizon(taken, from)
	days := []calendar.Date{from}
	add := func(d calendar.Date) {
		if d > from && d < end {
			days = append(days, d)
		}
	}
	for _, p := range places {
		add(p.From)
		add(p.To)
	}
	for _, o := range taken {
		add(o.From)
		add(o.To)
	}
	for y := yearEnd(from); y < end; y = y.AddMonths(12) {
		add(y)
	}
	slices.SortFunc(days, cmp.Compare)
	newcomer := Occupant{calendar.Period{From: from, To: calendar.Forever}, birth}
	for i, d := range slices.Compact(days) {
		have, used := PlacesOn(places, d), Taken(taken, d)
		left := have.Over - used.Over
		if newcomer.under(d) {
			left = have.Under - used.Under
		}
		if i == 0 || left < free {
			free, day = left, d
		}
	}
	return free, day
}
