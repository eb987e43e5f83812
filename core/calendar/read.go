package calendar

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"seteli/core/fault"
)

var (
	errDateShape = fault.New(fault.Invalid, "CAL-001", "core.date.shape").At("date")
	errNoSuchDay = fault.New(fault.Invalid, "CAL-002", "core.date.no_such_day").At("date")
	errYear      = fault.New(fault.Invalid, "CAL-003", "core.date.year").At("date")
	errTimeShape = fault.New(fault.Invalid, "CAL-004", "core.time.shape").At("time")
	errSkipped   = fault.New(fault.Invalid, "CAL-005", "core.time.skipped").At("time")
)

// Years that people may type; others are slips of the hand.
const firstYear, lastYear = 1850, 2200

var (
	finnishDate = regexp.MustCompile(`^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})$`)
	isoDate     = regexp.MustCompile(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$`)
	packedDate  = regexp.MustCompile(`^([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})$`)
	clockTime   = regexp.MustCompile(`^([0-9]{1,2})[.:]([0-9]{2})$`)
)

// Read reads a date as people type it: 1.12.2026, 1.12.26, 2026-12-01, 011226, 01122026. A year of two digits is in
// this century, so a birth date needs four. Refusals: CAL-001 not a date, CAL-002 no such day, CAL-003 the year.
func Read(s string) (Date, error) {
	s = strip(s)
	var y, m, d string
	if p := finnishDate.FindStringSubmatch(s); p != nil {
		d, m, y = p[1], p[2], p[3]
	} else if p := isoDate.FindStringSubmatch(s); p != nil {
		y, m, d = p[1], p[2], p[3]
	} else if p := packedDate.FindStringSubmatch(s); p != nil {
		d, m, y = p[1], p[2], p[3]
	} else {
		return 0, errDateShape
	}
	year, month, day := number(y), number(m), number(d)
	if len(y) == 2 {
		year += 2000
	}
	if year < firstYear || year > lastYear {
		return 0, errYear.With("first", strconv.Itoa(firstYear)).With("last", strconv.Itoa(lastYear))
	}
	date := Day(year, time.Month(month), day)
	if gy, gm, gd := date.Civil(); gy != year || int(gm) != month || gd != day {
		return 0, errNoSuchDay.With("typed", strconv.Itoa(day)+"."+strconv.Itoa(month)+"."+strconv.Itoa(year))
	}
	return date, nil
}

// ReadTime reads a time of day as people type it: 8.05, 8:05, klo 8.05, kl. 8.05; 24.00 is the end of the day.
func ReadTime(s string) (hour, minute int, err error) {
	s = strings.ToLower(strip(s))
	for _, word := range []string{"klo", "kl."} {
		s = strings.TrimPrefix(s, word)
	}
	p := clockTime.FindStringSubmatch(s)
	if p == nil {
		return 0, 0, errTimeShape
	}
	hour, minute = number(p[1]), number(p[2])
	if !timeOfDay(hour, minute) {
		return 0, 0, errTimeShape
	}
	return hour, minute, nil
}

func timeOfDay(hour, minute int) bool {
	return 0 <= hour && hour < 24 && 0 <= minute && minute < 60 || hour == 24 && minute == 0
}

// Instant is the moment at which clocks in Finland show hour:minute on d; 24:00 is the midnight that ends the day.
// In the hour that is repeated in autumn it gives the first of the two moments and says ambiguous; the second is
// an hour later. A time that the spring change skips does not exist and is refused (CAL-005).
func Instant(d Date, hour, minute int) (at time.Time, ambiguous bool, err error) {
	if !timeOfDay(hour, minute) {
		return time.Time{}, false, errTimeShape
	}
	if hour == 24 {
		d, hour = d+1, 0
	}
	y, m, day := d.Civil()
	guess := time.Date(y, m, day, hour, minute, 0, 0, Helsinki)
	shows := func(t time.Time) bool { return DateOf(t) == d && t.Hour() == hour && t.Minute() == minute }
	var found []time.Time
	for _, t := range []time.Time{guess.Add(-time.Hour), guess, guess.Add(time.Hour)} {
		if shows(t) {
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		return time.Time{}, false, errSkipped.With("day", d)
	}
	return found[0], len(found) > 1, nil
}

func strip(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// number reads digits that a pattern has found.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
