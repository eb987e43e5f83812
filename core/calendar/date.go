// Package calendar holds civil dates, half-open periods, months, Finnish holidays and banking days, and the clock.
//
// A date has no time and no zone. Where an instant must become a date, the zone is Europe/Helsinki.
// Nothing above this package calls the wall clock: a Clock is passed in. It knows no service and no money.
package calendar

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Date is a civil day, counted in days from 1970-01-01. It compares with < and ==, and adds with +.
type Date int32

// Forever is the open end of a half-open period; stored as 9999-12-31.
var Forever = Day(9999, time.December, 31)

// Day gives the date of a year, month and day; days outside the month are carried over as time.Date does.
func Day(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf gives the civil date of t in t's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Day(y, m, d)
}

// Time is midnight UTC of the date; for formatting and arithmetic only.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Civil gives year, month and day.
func (d Date) Civil() (int, time.Month, int) { return d.Time().Date() }

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// AddMonths keeps the day of the month, or takes the last day of a shorter month (31.1. + 1 month = 28.2.).
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Civil()
	first := Day(y, m+time.Month(n), 1)
	return min(first+Date(day)-1, MonthOf(first).Period().To-1)
}

// String is the ISO form, 2026-12-01.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// ParseDate reads the ISO form only; what people type is read by the faces (see Read).
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("reading date %q: %w", s, err)
	}
	return DateOf(t), nil
}

// MarshalText and UnmarshalText give JSON, forms and flags the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form.
func (d *Date) UnmarshalText(b []byte) error {
	p, err := ParseDate(string(b))
	if err == nil {
		*d = p
	}
	return err
}

// ScanDate lets pgx read a date column.
func (d *Date) ScanDate(v pgtype.Date) error {
	if !v.Valid {
		return fmt.Errorf("a null date cannot be read into calendar.Date")
	}
	if v.InfinityModifier != pgtype.Finite {
		return fmt.Errorf("an infinite date cannot be read into calendar.Date")
	}
	*d = DateOf(v.Time)
	return nil
}

// DateValue lets pgx write a date column.
func (d Date) DateValue() (pgtype.Date, error) { return pgtype.Date{Time: d.Time(), Valid: true}, nil }

// Period is half-open: From is in, To is not. An open end is Forever.
type Period struct{ From, To Date }

// Contains reports whether d is in the period.
func (p Period) Contains(d Date) bool { return p.From <= d && d < p.To }

// Overlaps reports whether the two share a day.
func (p Period) Overlaps(q Period) bool { return p.From < q.To && q.From < p.To }

// Meet gives the days common to both; Empty when there are none.
func (p Period) Meet(q Period) Period { return Period{max(p.From, q.From), min(p.To, q.To)} }

// Empty reports that no day is in the period.
func (p Period) Empty() bool { return p.From >= p.To }

// Days counts the days.
func (p Period) Days() int { return max(0, int(p.To-p.From)) }

// Last is the last day that is in the period; people write periods with it.
func (p Period) Last() Date { return p.To - 1 }

// Month is a calendar month, counted in months from 1970-01.
type Month int32

// MonthOf gives the month of a date.
func MonthOf(d Date) Month {
	y, m, _ := d.Civil()
	return Month((y-1970)*12 + int(m) - 1)
}

// Civil gives year and month.
func (m Month) Civil() (int, time.Month) {
	t := time.Date(1970, time.January+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
	return t.Year(), t.Month()
}

// Period is the whole month.
func (m Month) Period() Period {
	y, mo := m.Civil()
	return Period{Day(y, mo, 1), Day(y, mo+1, 1)}
}

// String is 2026-12.
func (m Month) String() string { y, mo := m.Civil(); return fmt.Sprintf("%04d-%02d", y, mo) }

// ParseMonth reads 2026-12.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, fmt.Errorf("reading month %q: %w", s, err)
	}
	return MonthOf(DateOf(t)), nil
}

// WeekStart gives the Monday of d's week (ISO 8601, the Finnish week).
func (d Date) WeekStart() Date { return d - Date((int(d.Weekday())+6)%7) }
