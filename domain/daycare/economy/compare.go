package economy

import (
	"seteli/core/calendar"
	"seteli/core/money"
)

// Form is how a place is arranged.
type Form string

// The forms.
const (
	Own       Form = "own"
	Purchased Form = "purchased"
	Voucher   Form = "voucher"
)

// underWeight is how much of a place a child under three takes: a group of four for each adult instead of seven (540/2018, 36 §).
var underWeight = money.Fraction(7, 4)

// Months are child-months by age.
type Months struct{ Over, Under money.Exact }

// Plain is how many child-months there are.
func (m Months) Plain() money.Exact { return m.Over.Plus(m.Under) }

// Weighted counts a child under three as 1.75: what the places are compared by.
func (m Months) Weighted() money.Exact { return m.Over.Plus(m.Under.Times(underWeight)) }

// Side is what one form of arranging costs the municipality, client fees taken off. A figure that cannot be known is nil.
type Side struct {
	Form       Form
	Period     calendar.Period
	Gross      money.Cents
	Fees       money.Cents // client fees that come to the municipality; with a voucher they are the provider's
	Months     Months
	Hours      money.Exact  // 0 = not known
	PerMonth   *money.Cents // of a child
	Weighted   *money.Cents // of a child-month weighted by age
	PerHour    *money.Cents
	Marginal   *money.Cents // what ends when one weighted child-month moves elsewhere
	Source     string
	SourceDate calendar.Date
}

// Net is what remains to the municipality.
func (s Side) Net() money.Cents { return s.Gross - s.Fees }

// finish computes the figures of a child and an hour; ending is how much of the gross cost ends with the child, in per cent.
func (s Side) finish(ending int) Side {
	s.PerMonth, s.Weighted, s.PerHour = each(s.Net().Exact(), s.Months.Plain()), each(s.Net().Exact(), s.Months.Weighted()), each(s.Net().Exact(), s.Hours)
	s.Marginal = each(s.Gross.Exact().Times(money.Fraction(int64(ending), 100)).Minus(s.Fees.Exact()), s.Months.Weighted())
	return s
}

// each divides and rounds once, half up to the cent; nil when there is nothing to divide by.
func each(sum, by money.Exact) *money.Cents {
	x, err := sum.Over(by)
	if err != nil {
		return nil
	}
	return new(money.HalfUpCent.Cents(x))
}

// Side of own or purchased places.
func (c Costs) Side() Side {
	return Side{Form: c.Form, Period: c.Period, Gross: c.Gross(), Fees: c.Fees, Months: Months{money.Whole(int64(c.Over)), money.Whole(int64(c.Under))}, Hours: money.Whole(c.Hours),
		Source: c.Source, SourceDate: c.SourceDate}.finish(c.Ending)
}

// VoucherMonths are what closed months tell of voucher places.
type VoucherMonths struct {
	Paid        money.Cents
	Months      Months
	ByOption    map[string]money.Exact // child-months of each service need
	Rows        int
	Corrections int
}

// Side of voucher places: all of it ends with the child but the administration. Hours are known when every service need has its hours.
func (v VoucherMonths) Side(p calendar.Period, a Assumptions) Side {
	months := 0
	for m := calendar.MonthOf(p.From); m.Period().From < p.To; m++ {
		months++
	}
	s := Side{Form: Voucher, Period: p, Months: v.Months, Source: a.Source, SourceDate: a.SourceDate}
	administration := money.HalfUpCent.Cents(a.Administration.Exact().Times(money.Fraction(int64(months), 12)))
	s.Gross = v.Paid + administration
	for option, n := range v.ByOption {
		hours, known := a.Hours[option]
		if !known {
			s.Hours = money.Exact{}
			break
		}
		s.Hours = s.Hours.Plus(n.Times(hours.Exact()))
	}
	s = s.finish(100)
	s.Marginal = each(v.Paid.Exact(), v.Months.Weighted())
	return s
}

// Investment is building that places in private units make needless.
type Investment struct {
	Places  int
	Avoided money.Cents
	Yearly  money.Cents // the annuity
}

// Annuity is the even yearly cost of an investment: I × r / (1 − (1 + r)^−n), with no interest I / n; rounded once, half up to the cent.
func Annuity(investment money.Cents, interest money.Rate, years int) money.Cents {
	if years <= 0 {
		return 0
	}
	r := interest.Percent()
	if r.Sign() == 0 {
		return money.HalfUpCent.Cents(investment.Exact().Times(money.Fraction(1, int64(years))))
	}
	growth := money.Whole(1)
	for range years {
		growth = growth.Times(money.Whole(1).Plus(r))
	}
	share, err := r.Times(growth).Over(growth.Minus(money.Whole(1))) // the same formula with both sides times (1 + r)^n
	if err != nil {
		return investment
	}
	return money.HalfUpCent.Cents(investment.Exact().Times(share))
}

// Avoided is what the places in private units save of building: at most those that are missing, where that number is told.
func (a Assumptions) Avoided(privatePlaces int) Investment {
	n := privatePlaces
	if a.Places > 0 {
		n = a.Places
	}
	if a.Missing != nil {
		n = min(n, *a.Missing)
	}
	sum := a.PerPlace * money.Cents(n)
	return Investment{n, sum, Annuity(sum, a.Interest, a.Years)}
}

// Risk is something that may change the cost, with the figure that tells of it and what a change of the figure does in a year.
type Risk struct {
	Key    string         // text: what may happen
	Values map[string]any // of the text
	Effect money.Cents    // a year; positive = costs more
}

// Risks lists them from the children of today and the two sides. Each is one figure moved and the others held.
func Risks(t Today, own *Side, v Side, a Assumptions) (list []Risk) {
	year := func(month money.Cents) money.Cents { return month * 12 }
	pct := func(c money.Cents, percent int64) money.Cents {
		return money.HalfUpCent.Cents(c.Exact().Times(money.Fraction(percent, 100)))
	}
	if t.Children == 0 {
		return nil
	}
	list = append(list,
		Risk{"economy.risk.value", map[string]any{"sum": year(t.Value)}, pct(year(t.Value), 1)},
		Risk{"economy.risk.own", map[string]any{"sum": year(t.Own)}, pct(year(t.Own), 5)},
		Risk{"economy.risk.children", map[string]any{"n": t.Children}, pct(year(t.Paid), 10)})
	if t.Largest > 0 {
		r := Risk{"economy.risk.provider", map[string]any{"n": t.Largest, "percent": t.Largest * 100 / t.Children}, 0}
		if own != nil && own.Weighted != nil && v.Weighted != nil {
			r.Effect = year((*own.Weighted - *v.Weighted) * money.Cents(t.Largest))
		}
		list = append(list, r)
	}
	if own != nil && own.Weighted != nil && own.Marginal != nil {
		list = append(list, Risk{"economy.risk.empty", map[string]any{"sum": *own.Weighted - *own.Marginal}, year((*own.Weighted - *own.Marginal) * 10)})
	}
	if i := a.Avoided(t.Children); i.Yearly > 0 {
		list = append(list, Risk{"economy.risk.interest", map[string]any{"sum": i.Yearly}, Annuity(i.Avoided, plusOne(a.Interest), a.Years) - i.Yearly})
	}
	if t.Above > 0 {
		list = append(list, Risk{"economy.risk.above", map[string]any{"n": t.Above, "of": t.Children}, year(t.AboveSum)})
	}
	return list
}

func plusOne(r money.Rate) money.Rate { return r.Exact().Plus(money.Whole(1)).Shown(4) }
