package method

import (
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/rulebook"
)

// gate are limits that a household must keep before any value is computed. An amount on the limit passes; a household larger
// than the table has the limit of its greatest size plus the increase; what is not known does not pass.
type gate struct {
	IncomeLimits    sizes[money.Cents] `json:"gate_income_limits_cents,omitzero"`
	IncomeIncrease  money.Cents        `json:"gate_income_increase_cents,omitzero"`
	SavingsLimits   sizes[money.Cents] `json:"gate_savings_limits_cents,omitzero"`
	SavingsIncrease money.Cents        `json:"gate_savings_increase_cents,omitzero"`
}

func (g *gate) check() (wrong fault.List) {
	wrong = append(wrong, g.IncomeLimits.holes("gate_income_limits_cents")...)
	wrong = append(wrong, g.SavingsLimits.holes("gate_savings_limits_cents")...)
	for field, c := range map[string]money.Cents{"gate_income_increase_cents": g.IncomeIncrease, "gate_savings_increase_cents": g.SavingsIncrease} {
		if c < 0 {
			wrong = append(wrong, errNegative.At(field))
		}
	}
	return wrong
}

// passed asks every condition, so that the explanation names each one that is not met.
func (g *gate) passed(f rulebook.Facts, t *trace) (bool, error) {
	income, err := condition(g.IncomeLimits, g.IncomeIncrease, f.Household, f.Income, t, "method.step.gate_income.")
	if err != nil {
		return false, err
	}
	savings, err := condition(g.SavingsLimits, g.SavingsIncrease, f.Household, f.Savings, t, "method.step.gate_savings.")
	return income && savings, err
}

func condition(limits sizes[money.Cents], increase money.Cents, household int, amount *money.Cents, t *trace, key string) (bool, error) {
	if limits.IsZero() {
		return true, nil
	}
	if household == 0 {
		return false, errHousehold.With("most", mostPersons)
	}
	limit, err := bySize(limits, household, increase)
	if err != nil {
		return false, err
	}
	if amount == nil {
		t.step(key+"unknown", limit, "household", household, "limit", limit)
		return false, nil
	}
	passed := *amount <= limit
	if passed {
		t.step(key+"passed", limit, "household", household, "limit", limit, "amount", *amount)
	} else {
		t.step(key+"failed", limit, "household", household, "limit", limit, "amount", *amount)
	}
	return passed, nil
}
