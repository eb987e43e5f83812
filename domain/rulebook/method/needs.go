package method

import (
	"slices"

	"seteli/domain/rulebook"
)

// Needs tells what the value of a content depends on, so that a page asks for it and a use case reads it.
func (m *model) Needs(v rulebook.Value, content int64) (rulebook.Needs, error) {
	r, err := m.kept.Of(v)
	if err != nil {
		return rulebook.Needs{}, err
	}
	n := rulebook.Needs{Limits: !r.base().IncomeLimits.IsZero(), Savings: !r.base().SavingsLimits.IsZero()}
	n.Household = n.Limits || n.Savings
	switch r := r.(type) {
	case *linearTaper:
		n.Household = true
	case *pctOfNetIncome:
		n.Household, n.NetIncome, n.Price = true, true, true
	case *incomeBandTable:
		n.Household = true
		for _, b := range r.Bands {
			if b.Content == 0 || b.Content == content {
				n.Columns = with(n.Columns, b.Column)
			}
		}
	case *priceMinusFee:
		n.Fee, n.Price = true, true
	case *ceilingMinusFee:
		n.Fee, n.Price = true, true
		for _, c := range r.Coefficients {
			if c.Content == 0 || c.Content == content {
				n.Choices = with(n.Choices, c.Need)
			}
		}
	case *coefficientTable:
		for _, row := range r.Rows {
			if row.Content == 0 || row.Content == content {
				n.Choices, n.Columns = with(n.Choices, row.Need), with(n.Columns, row.Column)
			}
		}
		for _, b := range r.Bases {
			n.Columns = with(n.Columns, b.Column)
		}
	case *individual:
		n.Individual = true
	}
	return n, nil
}

// with adds a name once.
func with(names []string, name string) []string {
	if name == "" || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}
