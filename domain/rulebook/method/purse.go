package method

import (
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// euroPurse: units of a fixed value make one balance in euros, which is spent at each provider's own price by the rulebook's terms.
type euroPurse struct {
	common
	Values contentValues `json:"values"`
}

func (r *euroPurse) check(contents []catalogue.Content) fault.List { return r.Values.check(contents) }
func (r *euroPurse) contents() []int64                             { return r.Values.ids() }
func (r *euroPurse) least(content int64) (money.Cents, error)      { return r.Values.of(content) }
func (r *euroPurse) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	v, err := r.Values.of(in.Content)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	t.step("method.step.purse", v, "value", v)
	return rulebook.ValueResult{Value: v}, nil
}

// Purse is a granted balance and what it buys at one price.
type Purse struct {
	Balance    money.Cents // units × value of a unit
	WholeUnits int64       // that the balance covers at the price
	Rest       money.Cents // of the balance after the whole units
}

// NewPurse makes the purse of so many units. A price of nothing is refused (MET-041).
func NewPurse(units int64, value, price money.Cents) (Purse, error) {
	if price <= 0 {
		return Purse{}, errUnits
	}
	balance := money.HalfUpCent.Cents(value.Exact().Times(money.Whole(units)))
	if balance < 0 {
		return Purse{}, errPositive.At("value")
	}
	whole := int64(balance / price)
	return Purse{balance, whole, balance % price}, nil
}
