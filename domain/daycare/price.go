package daycare

import "seteli/core/money"

// Model is how a municipality lets the provider's price, the value and the family's fee work together.
type Model string

// The five models in use.
const (
	FreePrice       Model = "A" // any price; the family pays what is above the value
	CappedSurcharge Model = "B" // the value is the price, plus a surcharge up to a cap
	FeeOnly         Model = "C" // the value is the price; no surcharge
	LimitedPrice    Model = "D" // the municipality pays price − fee, at most the value
	Ceiling         Model = "E" // the price is at most the ceiling
)

// Models lists them for editors of rules.
func Models() []Model { return []Model{FreePrice, CappedSurcharge, FeeOnly, LimitedPrice, Ceiling} }

// NeedsPrice tells whether the provider enters a price (A, D, E) or a surcharge only (B, C).
func (m Model) NeedsPrice() bool { return m != CappedSurcharge && m != FeeOnly }

// PriceInput is a month's place at a provider's price.
type PriceInput struct {
	Model       Model
	Value       money.Cents  // greatest value for the child
	Fee         money.Cents  // final own share by the fee act
	Price       *money.Cents // of the provider; A, D, E
	Surcharge   money.Cents  // B, C
	Ceiling     *money.Cents // E: with it the value is ceiling × coefficient, to a whole euro
	Coefficient money.Rate   // E
}

// Payment is who pays what of the month.
type Payment struct {
	Municipality, Family, Provider money.Cents // Provider = what the provider gets in all
	FeeCapped                      bool        // B, C: the fee was above the value, so the family pays the value only
}

// Pay applies the price model. greatest is the surcharge cap of model B, nil = none is set.
// DAY-006 surcharge above the cap, DAY-007 price above the ceiling, DAY-005 no price where one is needed, DAY-004 no such model.
func Pay(in PriceInput, greatest *money.Cents) (Payment, error) {
	switch in.Model {
	case CappedSurcharge, FeeOnly:
		return paySurcharge(in, greatest)
	case FreePrice, LimitedPrice, Ceiling:
	default:
		return Payment{}, errModel.With("model", string(in.Model))
	}
	if in.Price == nil {
		return Payment{}, errNoPrice
	}
	price, value := *in.Price, in.Value
	p := Payment{Provider: price}
	switch in.Model {
	case LimitedPrice:
		p.Municipality = max(0, min(value, price-in.Fee))
	case Ceiling:
		if in.Ceiling != nil {
			value = money.HalfUpEuro.Cents(in.Ceiling.Exact().Times(in.Coefficient.Exact()))
		}
		if price > value {
			return Payment{}, errOverCeiling.With("ceiling", value)
		}
		fallthrough
	default:
		p.Municipality = max(0, min(value, price)-in.Fee)
	}
	p.Family = price - p.Municipality
	return p, nil
}

func paySurcharge(in PriceInput, greatest *money.Cents) (Payment, error) {
	if in.Model == FeeOnly {
		greatest = new(money.Cents)
	}
	if greatest != nil && in.Surcharge > *greatest {
		return Payment{}, errSurcharge.With("cap", *greatest)
	}
	own := min(in.Fee, in.Value)
	return Payment{Municipality: in.Value - own, Family: own + in.Surcharge, Provider: in.Value + in.Surcharge, FeeCapped: in.Fee > in.Value}, nil
}
