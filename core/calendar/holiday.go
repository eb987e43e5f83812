package calendar

import "time"

// Holiday is a day on which banks are closed and on which a statutory time limit does not end.
type Holiday struct {
	Key    string // key of its name in the text catalogues
	Public bool   // false for Midsummer Eve and Christmas Eve, which are closed but no public holidays
}

// Holidays of Finland. The movable ones hang on Easter or on a Saturday between two dates
// (church act 652/2023, act on Independence Day 388/1937, act on May Day 272/1944, act on statutory time limits 150/1930).
var (
	newYear      = Holiday{"calendar.holiday.new_year", true}
	epiphany     = Holiday{"calendar.holiday.epiphany", true}
	goodFriday   = Holiday{"calendar.holiday.good_friday", true}
	easterSunday = Holiday{"calendar.holiday.easter_sunday", true}
	easterMonday = Holiday{"calendar.holiday.easter_monday", true}
	mayDay       = Holiday{"calendar.holiday.may_day", true}
	ascension    = Holiday{"calendar.holiday.ascension", true}
	whitSunday   = Holiday{"calendar.holiday.whit_sunday", true}
	midsummerEve = Holiday{"calendar.holiday.midsummer_eve", false}
	midsummer    = Holiday{"calendar.holiday.midsummer", true}
	allSaints    = Holiday{"calendar.holiday.all_saints", true}
	independence = Holiday{"calendar.holiday.independence", true}
	christmasEve = Holiday{"calendar.holiday.christmas_eve", false}
	christmas    = Holiday{"calendar.holiday.christmas", true}
	stStephen    = Holiday{"calendar.holiday.st_stephen", true}
)

// HolidayOn tells which holiday falls on d. The first match wins where two fall on one day
// (Ascension on May Day, as in 2008).
func HolidayOn(d Date) (Holiday, bool) {
	y, m, day := d.Civil()
	if h, ok := fixedHoliday(m, day); ok {
		return h, true
	}
	switch weekday := d.Weekday(); {
	case weekday == time.Friday && m == time.June && 19 <= day && day <= 25:
		return midsummerEve, true
	case weekday == time.Saturday && m == time.June && 20 <= day && day <= 26:
		return midsummer, true
	case weekday == time.Saturday && (m == time.October && day == 31 || m == time.November && day <= 6):
		return allSaints, true
	}
	switch d - Easter(y) {
	case -2:
		return goodFriday, true
	case 0:
		return easterSunday, true
	case 1:
		return easterMonday, true
	case 39:
		return ascension, true
	case 49:
		return whitSunday, true
	}
	return Holiday{}, false
}

func fixedHoliday(m time.Month, day int) (Holiday, bool) {
	switch {
	case m == time.January && day == 1:
		return newYear, true
	case m == time.January && day == 6:
		return epiphany, true
	case m == time.May && day == 1:
		return mayDay, true
	case m == time.December && day == 6:
		return independence, true
	case m == time.December && day == 24:
		return christmasEve, true
	case m == time.December && day == 25:
		return christmas, true
	case m == time.December && day == 26:
		return stStephen, true
	}
	return Holiday{}, false
}

// Easter gives Easter Sunday of a year of the Gregorian calendar: the Sunday after the first full moon of the
// church on or after 21 March.
func Easter(year int) Date {
	golden := year%19 + 1
	century := year/100 + 1
	dropped := 3*century/4 - 12       // leap days that the Gregorian calendar left out
	moon := (8*century+5)/25 - 5      // correction of the moon's circle
	sunday := 5*year/4 - dropped - 10 // 7 − (this + day) mod 7 finds the Sunday
	epact := (11*golden + 20 + moon - dropped) % 30
	if epact < 0 {
		epact += 30
	}
	if epact == 25 && golden > 11 || epact == 24 {
		epact++
	}
	full := 44 - epact
	if full < 21 {
		full += 30
	}
	return Day(year, time.March, full+7-(sunday+full)%7)
}

// BankDay reports a day on which Finnish banks settle payments: Monday to Friday, no holiday and no closed eve.
func BankDay(d Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, closed := HolidayOn(d)
	return !closed
}

// NextBankDay is d itself when it is a bank day, else the first one after it. A due date on a closed day moves there.
func NextBankDay(d Date) Date {
	for !BankDay(d) {
		d++
	}
	return d
}

// PreviousBankDay is d itself when it is a bank day, else the last one before it.
func PreviousBankDay(d Date) Date {
	for !BankDay(d) {
		d--
	}
	return d
}

// AddBankDays gives the n-th bank day after d, or before it when n is negative; d itself is not counted.
// With n = 0 it is NextBankDay.
func AddBankDays(d Date, n int) Date {
	step := Date(1)
	if n < 0 {
		n, step = -n, -1
	}
	for range n {
		for d += step; !BankDay(d); d += step {
		}
	}
	return NextBankDay(d)
}

// NthBankDay gives the n-th bank day of the month, counted from 1; false when the month has fewer.
func NthBankDay(m Month, n int) (Date, bool) {
	d := AddBankDays(m.Period().From-1, n)
	return d, n > 0 && MonthOf(d) == m
}

// Deadline is the last day of a time limit of so many days from the day of receipt, which is not counted. A limit
// that would end on a Saturday, Sunday, holiday or closed eve ends on the next working day (150/1930, 2 § and 5 §).
func Deadline(received Date, days int) Date { return NextBankDay(received + Date(days)) }
