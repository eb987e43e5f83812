package daycare

import (
	"seteli/core/calendar"
	"seteli/core/money"
)

// AgeValue is a monthly value of a voucher for the two ages.
type AgeValue struct {
	OverThree  money.Cents `json:"over_3_cents"`
	UnderThree money.Cents `json:"under_3_cents"`
}

// At picks the value of the age.
func (v AgeValue) At(underThree bool) money.Cents {
	if underThree {
		return v.UnderThree
	}
	return v.OverThree
}

// DatedValue is a value of the table with the days on which it holds.
type DatedValue struct {
	calendar.Period
	AgeValue
}

// ValueOn gives the value on a day for a child born on birth, with the support coefficient, and whether the child counts
// as under three. DAY-008 when the table has no value for the day: another day's value is never taken.
func ValueOn(rows []DatedValue, birth, day calendar.Date, support money.Rate, rounding money.Rounding) (value money.Cents, underThree bool, err error) {
	underThree = day < OverThreeFrom(birth)
	for _, r := range rows {
		if r.Contains(day) {
			return scale(r.At(underThree), support, rounding), underThree, nil
		}
	}
	return 0, underThree, errNoValue.With("day", day)
}

// scale multiplies by a coefficient and rounds once.
func scale(c money.Cents, by money.Rate, r money.Rounding) money.Cents {
	return r.Cents(c.Exact().Times(by.Exact()))
}
