package daycare

import "seteli/core/money"

// AlterationType says which way an alteration goes.
type AlterationType string

// A discount and a relief take away, an increase adds.
const (
	Discount AlterationType = "DISCOUNT"
	Relief   AlterationType = "RELIEF"
	Increase AlterationType = "INCREASE"
)

// Alteration changes a fee by a percentage of the running fee or by an amount.
type Alteration struct {
	Type    AlterationType
	Percent *money.Rate // of the running fee; nil = Amount is used
	Amount  money.Cents
}

// Alter applies the alterations one after another and gives the final fee and the effect of each. An effect is rounded to
// a cent and never takes the running fee below 0; the result is not rounded to euros and not tested against the lowest fee.
func Alter(fee money.Cents, alterations []Alteration) (money.Cents, []money.Cents) {
	effects := make([]money.Cents, len(alterations))
	for i, a := range alterations {
		effect := a.Amount
		if a.Percent != nil {
			effect = money.HalfUpCent.Cents(fee.Exact().Times(a.Percent.Percent()))
		}
		if a.Type != Increase {
			effect = -effect
		}
		effect = max(effect, -fee)
		effects[i] = effect
		fee += effect
	}
	return fee, effects
}
