package method

import (
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/rulebook"
)

// MonthHours are the hours of a month that hours of a week make.
type MonthHours struct {
	Exact  money.Exact
	Tenths money.Rate // for reading, one decimal half up
	Billed int64      // whole hours half up, from the exact figure
}

// HoursPerMonth converts hours of a week by a factor such as 30/7 or 52/12.
func HoursPerMonth(weekly money.Exact, factor money.Factor) MonthHours {
	x := weekly.Times(factor.Exact())
	return MonthHours{x, x.Shown(1), money.WholeHalfUp(x)}
}

// DayToMonth is the amount of a month with so many days, of a daily one; rounded once half up to the cent.
func DayToMonth(daily money.Cents, days money.Factor) (money.Cents, rulebook.Explanation) {
	t := &trace{}
	c := money.HalfUpCent.Cents(daily.Exact().Times(days.Exact()))
	t.add(rulebook.Step{Key: "method.step.day_to_month", Result: c, Rounding: money.HalfUpCent.String()}, []any{"daily", daily, "days", days.String()})
	return c, t.end("")
}

// DaysOf are the days of a month as a factor for DayToMonth.
func DaysOf(m calendar.Month) money.Factor {
	f, err := money.ParseFactor(money.Units(int64(m.Period().Days())).String())
	if err != nil {
		panic("method: the days of a month are a number: " + err.Error())
	}
	return f
}

// Text is the hours of a month with one decimal, as the fee's basis is written: 26.0.
func (h MonthHours) Text() string {
	s := h.Tenths.String()
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
