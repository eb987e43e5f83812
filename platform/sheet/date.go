package sheet

import (
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
)

// Days of the spreadsheets' two counts, of which day 0 falls here. The first counts a 29.2.1900 that never was; dates of today
// are right with this base.
var (
	base1900 = calendar.Day(1899, time.December, 30)
	base1904 = calendar.Day(1904, time.January, 1)
)

// date reads a day. Sound are 2026-12-01 and 1.12.2026; in an XLSX also the count of days that it stores for a date.
func (c *Cell) date(h habit, format Format, count1904 bool) {
	s := c.Raw
	if y, m, d, ok := three(s, '-'); ok && len(s) >= 8 && y > 1900 {
		c.day(y, m, d, "")
		return
	}
	if d, m, y, ok := three(s, '.'); ok {
		if y < 100 {
			c.day(century(y), m, d, DateYear)
		} else {
			c.day(y, m, d, "")
		}
		return
	}
	if a, b, y, ok := slashed(s); ok {
		c.order(a, b, y, h)
		return
	}
	if at := strings.IndexAny(s, "T "); at >= 8 && strings.Trim(s[at+1:], "0:.Z") == "" { // midnight
		day := Cell{Raw: s[:at]}
		day.date(h, format, count1904)
		c.Value, c.Damage, c.Proposal, c.Other = day.Value, day.Damage, day.Proposal, day.Other
		return
	}
	if n, err := strconv.Atoi(strings.TrimSuffix(s, ".0")); err == nil && n >= 20_000 && n < 80_000 { // 1954–2119
		c.serial(n, format, count1904)
		return
	}
	if d, m, y, ok := named(s); ok {
		c.day(century(y), m, d, DateMonth)
		return
	}
	c.damaged(Unreadable, "")
}

func (c *Cell) serial(n int, format Format, count1904 bool) {
	base := base1900
	if count1904 {
		base = base1904
	}
	if format == XLSX {
		c.sound((base + calendar.Date(n)).String())
		return
	}
	// The count of 1904 belongs to old Macintosh workbooks: it is offered when the usual one gives an implausible year.
	usual, other := (base1900 + calendar.Date(n)), (base1904 + calendar.Date(n))
	if y, _, _ := usual.Civil(); y < 2023 && y >= 2019 {
		c.choice(DateSerial, usual.String(), other.String())
		return
	}
	c.damaged(DateSerial, usual.String())
}

// order decides 3/4/2027 by the cells of the column that can be read in one way only.
func (c *Cell) order(a, b, y int, h habit) {
	y = century(y)
	switch {
	case a > 12 || h.dayFirst > 0 && h.monthFirst == 0 && b <= 12:
		c.day(y, b, a, DateOrder)
	case b > 12 || h.monthFirst > 0 && h.dayFirst == 0:
		c.day(y, a, b, DateOrder)
	case a == b:
		c.day(y, a, b, DateOrder)
	default:
		c.choice(DateOrder, iso(y, b, a), iso(y, a, b))
	}
}

// day takes a date that is one; the thirty-first of a short month is unreadable.
func (c *Cell) day(y, m, d int, damage Damage) {
	s := iso(y, m, d)
	switch {
	case s == "":
		c.damaged(Unreadable, "")
	case damage != "":
		c.damaged(damage, s)
	default:
		c.sound(s)
	}
}

func iso(y, m, d int) string {
	if y < 1900 || y > 2200 || m < 1 || m > 12 || d < 1 || d > 31 {
		return ""
	}
	day := calendar.Day(y, time.Month(m), d)
	if _, _, same := day.Civil(); same != d {
		return ""
	}
	b := [10]byte{byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10), '-', byte('0' + m/10), byte('0' + m%10), '-', byte('0' + d/10), byte('0' + d%10)}
	return string(b[:])
}

// century reads 27 as 2027 and 85 as 1985.
func century(y int) int {
	switch {
	case y >= 100:
		return y
	case y < 50:
		return 2000 + y
	}
	return 1900 + y
}

func three(s string, mark byte) (a, b, c int, ok bool) {
	var parts [3]int
	part, digits := 0, 0
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9' && digits < 4:
			parts[part] = parts[part]*10 + int(s[i]-'0')
			digits++
		case s[i] == mark && digits > 0 && part < 2:
			part, digits = part+1, 0
		default:
			return 0, 0, 0, false
		}
	}
	return parts[0], parts[1], parts[2], part == 2 && digits > 0
}

func slashed(s string) (a, b, y int, ok bool) { return three(s, '/') }

// months are the first letters of the names of months in Finnish, Swedish and English.
var months = []struct {
	head  string
	month int
}{
	{"tam", 1}, {"hel", 2}, {"maalis", 3}, {"huh", 4}, {"tou", 5}, {"kes", 6}, {"hei", 7}, {"elo", 8}, {"syy", 9}, {"lok", 10}, {"mar", 11}, {"jou", 12},
	{"jan", 1}, {"feb", 2}, {"apr", 4}, {"maj", 5}, {"may", 5}, {"jun", 6}, {"jul", 7}, {"aug", 8}, {"sep", 9}, {"okt", 10}, {"oct", 10}, {"nov", 11}, {"dec", 12},
}

// named reads 3-Apr-27 and 3. huhtikuuta 2027. "mar" is March except in "marras".
func named(s string) (d, m, y int, ok bool) {
	parts := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" -./", r) })
	if len(parts) != 3 || !digitsOnly(parts[0]) || !digitsOnly(parts[2]) || len(parts[0]) > 2 || len(parts[2]) > 4 {
		return 0, 0, 0, false
	}
	for _, name := range months {
		if strings.HasPrefix(parts[1], name.head) {
			m = name.month
			break
		}
	}
	if m == 11 && strings.HasPrefix(parts[1], "mar") && !strings.HasPrefix(parts[1], "marras") {
		m = 3
	}
	d, _ = strconv.Atoi(parts[0]) // digits only
	y, _ = strconv.Atoi(parts[2])
	return d, m, y, m > 0
}
