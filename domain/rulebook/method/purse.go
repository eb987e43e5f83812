package method

import (
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// euroPurse: units of a fixed value make one balance in euros, which is spent at each provider's own price.
type euroPurse struct {
	common
	Values         contentValues `json:"values"`
	WholeUnitsOnly bool          `json:"whole_units_only"` // only as many whole units as the balance covers
	LeftOver       string        `json:"left_over"`        // what happens to the rest at the end
}

// What happens to a balance that is left at the end of its period.
const (
	LeftExpires = "expires"
	LeftCarries = "carries_over"
	LeftReturns = "returns"
)

var leftOvers = []string{LeftExpires, LeftCarries, LeftReturns}

func (r *euroPurse) check(contents []catalogue.Content) fault.List {
	return append(r.Values.check(contents), oneOf("left_over", r.LeftOver, leftOvers)...)
}
func (r *euroPurse) contents() []int64                        { return r.Values.ids() }
func (r *euroPurse) least(content int64) (money.Cents, error) { return r.Values.of(content) }
func (r *euroPurse) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	v, err := r.Values.of(in.Content)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	t.step("method.step.purse", v, "value", v)
	return rulebook.ValueResult{Value: v}, nil
}

// PurseRules are the rules of a purse beside its value.
type PurseRules struct {
	WholeUnitsOnly bool
	LeftOver       string // LeftExpires, LeftCarries or LeftReturns
}

// PurseOf gives the purse's rules of a value rule; false for another method.
func PurseOf(v rulebook.Value) (PurseRules, bool, error) {
	if v.Method != "euro_purse" {
		return PurseRules{}, false, nil
	}
	r, err := parse(v)
	if err != nil {
		return PurseRules{}, false, err
	}
	p, ok := r.(*euroPurse)
	return PurseRules{p.WholeUnitsOnly, p.LeftOver}, ok, nil
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
