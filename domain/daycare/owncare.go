package daycare

import "seteli/core/money"

// The fees of the municipality's own early education, which a family compares with a voucher. A voucher payment never
// depends on absence.

// TemporaryDays are a child's days of temporary care in a month.
type TemporaryDays struct{ Ordinal, Full, Part int }

// TemporaryRates are the fees of one day; the sibling's rates hold from the second child on.
type TemporaryRates struct{ Full, Part, SiblingFull, SiblingPart money.Cents }

// Sum is the fee of the days of all children.
func (r TemporaryRates) Sum(children []TemporaryDays) money.Cents {
	var sum money.Cents
	for _, c := range children {
		full, part := r.Full, r.Part
		if c.Ordinal >= 2 {
			full, part = r.SiblingFull, r.SiblingPart
		}
		sum += money.Cents(c.Full)*full + money.Cents(c.Part)*part
	}
	return sum
}

// Absence is a child's absence in a month.
type Absence struct {
	SickDays        int // operational days
	WholeMonthSick  bool
	WholeMonthOther bool
}

// Fee is what is charged for the month: nothing for a whole month of illness, half for another whole month and for more
// than ten days of illness (1503/2016, 9 §).
func (a Absence) Fee(fee money.Cents) money.Cents {
	switch {
	case a.WholeMonthSick:
		return 0
	case a.WholeMonthOther || a.SickDays > 10:
		return money.HalfUpCent.Cents(fee.Exact().Times(money.Fraction(1, 2)))
	}
	return fee
}

// Invoice is a month's fee by rows of days.
type Invoice struct {
	Daily    money.Cents // rounded to a cent
	Rows     []money.Cents
	Rounding money.Cents // a row of its own where the rows make up the whole month
	Total    money.Cents
}

// InvoiceRows shares a month's fee over rows of days. The daily fee is rounded, so a whole month gets a row that brings
// the sum to the exact fee. DAY-003 for a month without operational days.
func InvoiceRows(fee money.Cents, monthDays int, rowDays []int) (Invoice, error) {
	if monthDays <= 0 {
		return Invoice{}, errMonthDays
	}
	in := Invoice{Daily: money.HalfUpCent.Cents(fee.Exact().Times(money.Fraction(1, int64(monthDays)))), Rows: make([]money.Cents, len(rowDays))}
	days := 0
	for i, n := range rowDays {
		in.Rows[i] = money.Cents(n) * in.Daily
		in.Total += in.Rows[i]
		days += n
	}
	if days == monthDays {
		in.Rounding = fee - in.Total
		in.Total = fee
	}
	return in, nil
}
