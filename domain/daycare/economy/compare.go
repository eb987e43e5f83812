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
	EndingHour *money.Cents // the same of an hour of care
	ending     money.Exact  // of the net cost, when all the children move
}

// Net is what remains to the municipality.
func (s Side) Net() money.Cents { return s.Gross - s.Fees }

// finish computes the figures of a child and an hour; ending is what of the net cost ends when all the children move.
func (s Side) finish(ending money.Exact) Side {
	net, months := s.Net().Exact(), s.Months.Weighted()
	s.PerMonth, s.Weighted, s.PerHour = each(net, s.Months.Plain()), each(net, months), each(net, s.Hours)
	s.Marginal, s.EndingHour, s.ending = each(ending, months), each(ending, s.Hours), ending
	return s
}

// MarginalMonth is what ends when one child moves for a month, whatever its age.
func (s Side) MarginalMonth() *money.Cents { return each(s.ending, s.Months.Plain()) }

// OfAge is the month of a child of an age: a figure of a weighted month times the place that the age takes.
func (s Side) OfAge(weighted *money.Cents, underThree bool) *money.Cents {
	if weighted == nil || !underThree {
		return weighted
	}
	return new(money.HalfUpCent.Cents(weighted.Exact().Times(underWeight)))
}

// each divides and rounds once, half up to the cent; nil when there is nothing to divide by.
func each(sum, by money.Exact) *money.Cents {
	x, err := sum.Over(by)
	if err != nil {
		return nil
	}
	return new(money.HalfUpCent.Cents(x))
}

// ending is what of the net cost ends when all the children move.
func (c Costs) ending() money.Exact {
	return c.Gross().Exact().Times(money.Fraction(int64(c.Ending), 100)).Minus(c.Fees.Exact())
}

// Side of own or purchased places.
func (c Costs) Side() Side { return sideOf([]Costs{c}) }

// Sides are the forms with costs in a period, each with all its costs that reach into it: a year may be entered month by month.
func Sides(list []Costs, p calendar.Period) (sides []Side) {
	for _, form := range []Form{Own, Purchased} {
		var of []Costs
		for _, c := range list {
			if c.Form == form && c.Period.Overlaps(p) {
				of = append(of, c)
			}
		}
		if len(of) > 0 {
			sides = append(sides, sideOf(of))
		}
	}
	return sides
}

// sideOf puts costs of one form together. The hours are known when all of them tell theirs.
func sideOf(list []Costs) Side {
	s := Side{Form: list[0].Form, Period: list[0].Period}
	var ending money.Exact
	known := true
	for _, c := range list {
		s.Period = calendar.Period{From: min(s.Period.From, c.Period.From), To: max(s.Period.To, c.Period.To)}
		s.Gross, s.Fees, ending = s.Gross+c.Gross(), s.Fees+c.Fees, ending.Plus(c.ending())
		s.Months = Months{s.Months.Over.Plus(money.Whole(int64(c.Over))), s.Months.Under.Plus(money.Whole(int64(c.Under)))}
		s.Hours, known = s.Hours.Plus(money.Whole(c.Hours)), known && c.Hours > 0
	}
	if !known {
		s.Hours = money.Exact{}
	}
	return s.finish(ending)
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
	return v.side(p, a, v.Months.Weighted())
}

// side has the part of the year's administration that falls on its weighted child-months of all.
func (v VoucherMonths) side(p calendar.Period, a Assumptions, all money.Exact) Side {
	months := 0
	for m := calendar.MonthOf(p.From); m.Period().From < p.To; m++ {
		months++
	}
	s := Side{Form: Voucher, Period: p, Months: v.Months, Gross: v.Paid}
	if part, err := v.Months.Weighted().Over(all); err == nil {
		s.Gross += money.HalfUpCent.Cents(a.Administration.Exact().Times(money.Fraction(int64(months), 12)).Times(part))
	}
	for option, n := range v.ByOption {
		hours, known := a.Hours[option]
		if !known {
			s.Hours = money.Exact{}
			break
		}
		s.Hours = s.Hours.Plus(n.Times(hours.Exact()))
	}
	return s.finish(v.Paid.Exact())
}

// Saving is what it saves a month that children are in voucher places instead of own ones.
type Saving struct {
	Places  int         // weighted: a child under three is 1.75
	Average money.Cents // if the whole cost of an own place ended
	Remains money.Cents // of that cost, what does not end: premises, administration
	Real    money.Cents // Average − Remains: what ends, less the vouchers
}

// SavingOf is what so many places save; false when a cost is not known. What remains is taken off once: the marginal cost is already
// without it.
func SavingOf(places int, own, voucher *Side) (Saving, bool) {
	if own == nil || voucher == nil || own.Weighted == nil || own.Marginal == nil || voucher.Weighted == nil {
		return Saving{}, false
	}
	n := money.Cents(places)
	s := Saving{Places: places, Average: n * (*own.Weighted - *voucher.Weighted), Remains: n * (*own.Weighted - *own.Marginal)}
	s.Real = s.Average - s.Remains
	return s, true
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
	return a.invested(n)
}

func (a Assumptions) invested(places int) Investment {
	sum := a.PerPlace * money.Cents(places)
	return Investment{places, sum, Annuity(sum, a.Interest, a.Years)}
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
