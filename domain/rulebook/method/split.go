package method

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"seteli/core/calendar"
)

// BandKind is what makes a moment belong to a band.
type BandKind string

// The kinds in their order: where several fit a moment, the first that has a band wins.
const (
	OnHoliday  BandKind = "holiday"  // a public holiday
	OnEve      BandKind = "eve"      // Midsummer Eve and Christmas Eve
	OnSunday   BandKind = "sunday"   //
	OnSaturday BandKind = "saturday" //
	AtNight    BandKind = "night"    // on any day that no band above takes
	InEvening  BandKind = "evening"  // likewise
	OnWeekday  BandKind = "weekday"  // everything else
)

var bandKinds = []BandKind{OnHoliday, OnEve, OnSunday, OnSaturday, AtNight, InEvening, OnWeekday}

// dayLong is a day in minutes of the clock on the wall.
const dayLong = 24 * 60

// clock is a time of day in minutes, 0 to 24 h, written 18:00.
type clock int

// MarshalText writes 18:00.
func (c clock) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%02d:%02d", c/60, c%60), nil }

// UnmarshalText reads 18:00 and 24:00.
func (c *clock) UnmarshalText(b []byte) error {
	hours, minutes, err := calendar.ReadTime(string(b))
	if err == nil {
		*c = clock(hours*60 + minutes)
	}
	return err
}

// Band is a part of the clock on a kind of day. To at or before From ends on the next day.
type Band struct {
	Name     string
	Kind     BandKind
	From, To int // minutes of the day; 0 and 1440 are the whole day
}

// takes reports that the band holds at a minute of the clock.
func (b Band) takes(minute int) bool {
	if b.From < b.To {
		return b.From <= minute && minute < b.To
	}
	return minute >= b.From || minute < b.To
}

// Piece is an unbroken part of a delivery within one band.
type Piece struct {
	Band    string // "" where no band holds
	Minutes int    // elapsed, so that a night at the change to summer time has 60 fewer than its clock says
}

// Split parts the whole minutes from start to end at the limits of the bands in Finnish time. The minutes of the pieces add up
// to the minutes that elapsed; a delivery without a whole minute has no piece.
func Split(bands []Band, start, end time.Time) []Piece {
	var pieces []Piece
	s := splitter{bands: bands}
	for n := int(end.Sub(start) / time.Minute); n > 0; n-- {
		name := s.at(start.In(calendar.Helsinki))
		if last := len(pieces) - 1; last >= 0 && pieces[last].Band == name {
			pieces[last].Minutes++
		} else {
			pieces = append(pieces, Piece{name, 1})
		}
		start = start.Add(time.Minute)
	}
	return pieces
}

// splitter keeps the bands of one day in their order, so that the calendar is asked once a day.
type splitter struct {
	bands []Band
	day   calendar.Date
	today []Band
	begun bool
}

func (s *splitter) at(t time.Time) string {
	if d := calendar.DateOf(t); !s.begun || d != s.day {
		s.day, s.begun, s.today = d, true, bandsOn(s.bands, d)
	}
	minute := t.Hour()*60 + t.Minute()
	for _, b := range s.today {
		if b.takes(minute) {
			return b.Name
		}
	}
	return ""
}

// bandsOn gives the bands that can hold on a day, the strongest first.
func bandsOn(bands []Band, d calendar.Date) (on []Band) {
	for _, kind := range bandKinds {
		if !fits(kind, d) {
			continue
		}
		for _, b := range bands {
			if b.Kind == kind {
				on = append(on, b)
			}
		}
	}
	return on
}

func fits(kind BandKind, d calendar.Date) bool {
	holiday, closed := calendar.HolidayOn(d)
	switch kind {
	case OnHoliday:
		return closed && holiday.Public
	case OnEve:
		return closed && !holiday.Public
	case OnSunday:
		return d.Weekday() == time.Sunday
	case OnSaturday:
		return d.Weekday() == time.Saturday
	}
	return true
}

// covers reports the first minute of the clock that no band of the kinds for every day takes, and whether there is one.
func uncovered(bands []Band) (minute int, found bool) {
	for m := range dayLong {
		if !slices.ContainsFunc(bands, func(b Band) bool { return fits(b.Kind, aMonday) && b.takes(m) }) {
			return m, true
		}
	}
	return 0, false
}

// aMonday is a plain working day.
var aMonday = calendar.Day(2026, time.March, 2)

// overlap finds a band whose clock overlaps an earlier one of its own kind.
func overlap(bands []Band) (row int, found bool) {
	for i, b := range bands {
		for _, earlier := range bands[:i] {
			if earlier.Kind == b.Kind && earlier.Name != b.Name && meets(earlier, b) {
				return i, true
			}
		}
	}
	return 0, false
}

func meets(a, b Band) bool {
	for m := range dayLong {
		if a.takes(m) && b.takes(m) {
			return true
		}
	}
	return false
}

func clockText(minute int) string {
	return strconv.Itoa(minute/60) + "." + fmt.Sprintf("%02d", minute%60)
}
