package daycare

import (
	"seteli/core/calendar"
	"seteli/core/money"
)

// OperationalDays counts the days of a period on which daycare is open: Monday to Friday without Finnish holidays,
// Midsummer Eve and Christmas Eve.
func OperationalDays(p calendar.Period) int {
	n := 0
	for d := p.From; d < p.To; d++ {
		if calendar.BankDay(d) {
			n++
		}
	}
	return n
}

// MonthShare is the part of a monthly amount that falls on days of a month: rounded once to a cent, half away from zero,
// so a refund is exactly the negative of what it takes back. All days give the exact amount.
func MonthShare(monthly money.Cents, days, monthDays int) money.Cents {
	switch {
	case days == monthDays:
		return monthly
	case days <= 0 || monthDays <= 0:
		return 0
	}
	return money.HalfUpCent.Cents(monthly.Exact().Times(money.Fraction(int64(days), int64(monthDays))))
}

// SupportSplit parts a realised amount into what the place costs before the support coefficient and what the support adds,
// for the municipality's bookkeeping. The two sum to the realised amount, which may be negative.
func SupportSplit(base money.Cents, valueCoefficient, support money.Rate, voucher, realised money.Cents) (before, added money.Cents) {
	if support == one || voucher == 0 {
		return realised, 0
	}
	before = money.HalfUpCent.Cents(base.Exact().Times(valueCoefficient.Exact()).Times(money.Fraction(int64(realised), int64(voucher))))
	return before, realised - before
}
