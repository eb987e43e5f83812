package method

import (
	"seteli/core/money"
	"seteli/domain/rulebook"
)

// IncomeItem is one income or expense and the coefficient that makes a month of it.
type IncomeItem struct {
	Amount      money.Cents
	Coefficient string // name in the table of coefficients
	Negative    bool   // an expense, such as maintenance paid
}

// Monthly is one income or expense × what makes a month of it, rounded half up to the cent: the only rounding on the way to an income.
func Monthly(amount money.Cents, coefficient money.Exact) money.Cents {
	return money.HalfUpCent.Cents(amount.Exact().Times(coefficient))
}

// IncomeTotal is the income of a month: each item × its coefficient, rounded half up to the cent, incomes less expenses. It may
// be negative. MET-042 for an item whose coefficient is not in the table.
func IncomeTotal(items []IncomeItem, coefficients map[string]money.Rate) (money.Cents, rulebook.Explanation, error) {
	t := &trace{}
	var total money.Cents
	for _, item := range items {
		k, known := coefficients[item.Coefficient]
		if !known {
			return 0, nil, errItem.With("kind", item.Coefficient)
		}
		c := Monthly(item.Amount, k.Exact())
		key := "method.step.income_item"
		if item.Negative {
			c, key = -c, "method.step.expense_item"
		}
		t.add(rulebook.Step{Key: key, Result: c, Rounding: money.HalfUpCent.String()}, []any{"amount", item.Amount, "coefficient", k})
		total += c
	}
	t.step("method.step.income_total", total, "total", total)
	return total, t.end(""), nil
}
