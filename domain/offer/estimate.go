package offer

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// Ask is what a visitor tells of themselves. It is computed with and forgotten.
type Ask struct {
	Content int64
	Facts   rulebook.Facts // with the provider's price of one unit
	Units   money.Exact    // of the content in a month
}

// Estimate is what a month would cost, by the engine that decides on vouchers. It binds nobody.
type Estimate struct {
	Entitled   bool           // false: no voucher with these facts; Why says which condition is not met
	Worth      rulebook.Worth // of one unit
	Value      money.Cents    // of one unit at the price
	Why        rulebook.Explanation
	Payment    method.Payment // of the month
	PaymentWhy rulebook.Explanation
	OwnFee     rulebook.OwnFee // of the organiser's own service for the same need
}

// Calculated are the contents whose value and own share can be estimated: of a voucher, with a rulebook in force, in units that are
// delivered. A euro balance buys at the price, and there is nothing to estimate.
func (s Service) Calculated(day calendar.Date) []catalogue.Content {
	if s.Mode != catalogue.Voucher || s.Rulebook == 0 {
		return nil
	}
	return slices.DeleteFunc(s.Compared(day), func(c catalogue.Content) bool { return c.Unit == catalogue.Euro })
}

// Needs tells what the visitor is asked for a content: what its value depends on, and what the fee of the own service does.
func (s Service) Needs(models rulebook.Models, content int64) (value, fee rulebook.Needs, err error) {
	if value, err = models.Needs(s.Book, content); err != nil {
		return value, fee, err
	}
	if s.comparable(content) {
		fee, err = models.OwnFeeNeeds(s.Book)
	}
	return value, fee, err
}

// comparable reports whether the fee of the own service stands for the same need.
func (s Service) comparable(content int64) bool {
	c, ok := s.Content(content)
	return ok && method.Compares(s.Book.Rules, c.Unit)
}

// Estimate computes a visitor's month. Faults stand at the fact that they are about.
func (s Service) Estimate(models rulebook.Models, a Ask, quiet bool) (e Estimate, err error) {
	v, err := models.Value(s.Book, rulebook.ValueInput{Content: a.Content, Facts: a.Facts, Quiet: quiet})
	if err != nil {
		return e, err
	}
	e.Entitled, e.Worth, e.Why = !v.NoVoucher, v.Worth(), v.Explanation
	price := money.Cents(0)
	if a.Facts.Price != nil {
		price = *a.Facts.Price
	}
	if e.Value = e.Worth.At(price); v.NoVoucher {
		e.Value, e.Worth = 0, rulebook.Worth{}
	}
	if e.Payment, e.PaymentWhy, err = method.Pay(price, e.Value, a.Units, s.OwnShareForbidden && e.Entitled); err != nil {
		return e, err
	}
	if s.comparable(a.Content) {
		e.OwnFee, err = models.OwnFee(s.Book, a.Facts, a.Units)
	}
	return e, err
}

// Point is the month of a household with another income.
type Point struct {
	Income, Paid, Own money.Cents
	OwnFee            *money.Cents // nil = none can be named
}

// Curve computes the month for incomes from nothing to most, a step apart: what would change if the income did. Of a net income the
// client's benefits change, and the spouse's stay.
func (s Service) Curve(models rulebook.Models, a Ask, step, most money.Cents) ([]Point, error) {
	var points []Point
	for income := money.Cents(0); income <= most; income += step {
		other := a
		other.Facts.Income = &income
		if a.Facts.Client != nil {
			other.Facts.Client = &rulebook.NetIncome{Benefits: income}
		}
		e, err := s.Estimate(models, other, true)
		if err != nil {
			return nil, err
		}
		p := Point{Income: income, Paid: e.Payment.Paid, Own: e.Payment.Own}
		if e.OwnFee.Known {
			p.OwnFee = &e.OwnFee.Fee
		}
		points = append(points, p)
	}
	return points, nil
}

// Priced is a unit with its price of a content.
type Priced struct {
	Place Place
	Price money.Cents
}

// Priced lists the units that tell a price of the content, by name.
func (x *Index) Priced(organiser int32, service, content int64) []Priced {
	m := x.markets[serviceKey{organiser, service}]
	if m == nil {
		return nil
	}
	var list []Priced
	for i, price := range m.prices[content] {
		if price > 0 {
			list = append(list, Priced{*m.places[i], price})
		}
	}
	slices.SortFunc(list, func(a, b Priced) int {
		return cmp.Or(cmp.Compare(a.Place.Name, b.Place.Name), cmp.Compare(a.Place.Unit, b.Place.Unit))
	})
	return list
}
