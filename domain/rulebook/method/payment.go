package method

import (
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/rulebook"
)

// Payment is what a delivery costs the organiser and the client.
type Payment struct {
	PerUnit    money.Cents // min(price, value)
	OwnPerUnit money.Cents
	Paid       money.Cents
	Own        money.Cents // never negative for a delivery; paid and own sum to the provider's total
}

// Pay divides price × units between organiser and client: the organiser pays at most the agreed price (569/2009, 9 §). Each
// product is rounded once, half up to the cent, and the own share is their difference; for quantities that the ledger can hold
// this is money.Split. A price above the value is refused where no own share is allowed (MET-053; 734/1992, 4–5 §).
func Pay(price, value money.Cents, units money.Exact, ownShareForbidden bool) (Payment, rulebook.Explanation, error) {
	if ownShareForbidden && price > value {
		return Payment{}, nil, errExceeds.With("value", value)
	}
	p := Payment{PerUnit: min(price, value)}
	p.OwnPerUnit = price - p.PerUnit
	var total money.Cents
	if q, exact := units.Quantity(); exact {
		s := money.Split(price, value, q)
		total, p.Paid, p.Own = s.Total, s.Organiser, s.Own
	} else {
		total = money.HalfUpCent.Cents(price.Exact().Times(units))
		p.Paid = money.HalfUpCent.Cents(p.PerUnit.Exact().Times(units))
		p.Own = total - p.Paid
	}
	t := &trace{}
	shownUnits := units.Shown(shownPlaces)
	t.under(lawPrice, "method.step.paid_per_unit", p.PerUnit, "price", price, "value", value)
	t.add(rulebook.Step{Key: "method.step.paid", Result: p.Paid, Rounding: money.HalfUpCent.String()}, []any{"unit", p.PerUnit, "units", shownUnits})
	t.add(rulebook.Step{Key: "method.step.price_total", Result: total, Rounding: money.HalfUpCent.String()}, []any{"price", price, "units", shownUnits})
	t.step("method.step.own_share", p.Own, "total", total, "paid", p.Paid)
	return p, t.end(""), nil
}

// ExceedsValue reports that a payment was refused because the price is above the value in a service without own share.
func ExceedsValue(err error) bool { return fault.CodeOf(err) == errExceeds.Code }
