package daycare

import (
	"seteli/core/money"
	"seteli/domain/rulebook"
)

const feeAct = "1503/2016"

// euro is the name of the rounding of fees.
var euro = money.HalfUpEuro.String()

// ExplainBase gives the step of a base fee.
func (t Thresholds) ExplainBase(b Base) rulebook.Explanation {
	step := rulebook.Step{Key: "daycare.step.base", Result: b.Fee, LegalRef: feeAct,
		Values: rulebook.Values{"income": b.Income, "limit": b.Limit, "multiplier": t.Multiplier, "max": t.MaxFee, "fee": b.Fee}}
	switch {
	case b.Ready:
		step.Key = "daycare.step.base_ready"
	case b.Fixed:
		step.Key, step.LegalRef = "daycare.step.base_fixed", ""
	case b.Unknown:
		step.Key = "daycare.step.base_unknown"
	case b.Income <= b.Limit:
		step.Key = "daycare.step.base_free"
	case b.exact.Cmp(t.MaxFee.Exact()) >= 0:
		step.Key = "daycare.step.base_max"
	default:
		step.Rounding = euro
	}
	return rulebook.Explanation{step}
}

// ExplainFee gives the steps of a fee from the base fee to what is charged.
func (t Thresholds) ExplainFee(f Fee) rulebook.Explanation {
	steps := t.ExplainBase(f.Base)
	values := rulebook.Values{"base": f.Base.Fee, "share": f.Share, "shared": f.Shared, "coefficient": f.Coefficient, "fee": f.Computed, "min": t.MinFee,
		"income": f.Base.Income, "limit": f.Base.Limit, "multiplier": t.Multiplier}
	add := func(key string, result money.Cents, rounding string) {
		steps = append(steps, rulebook.Step{Key: key, Values: values, Result: result, Rounding: rounding, LegalRef: feeAct})
	}
	shares := f.Share != one || f.Fixed
	switch {
	case f.Rounding == Once && !f.Fixed && (shares || f.Coefficient != one):
		key := "daycare.step.once"
		if f.Base.Fixed || f.Base.Unknown || f.Base.exact.Cmp(f.Base.Fee.Exact()) == 0 {
			key = "daycare.step.once_base" // the base is a whole sum: its rounding took nothing
		}
		add(key, f.Computed, euro)
	default:
		if f.Fixed {
			add("daycare.step.sibling_fixed", f.Shared, "")
		} else if shares {
			add("daycare.step.sibling", f.Shared, euro)
		}
		if f.Coefficient != one {
			add("daycare.step.part_time", f.Computed, euro)
		}
	}
	if f.Charged != f.Computed {
		add("daycare.step.below_min", f.Charged, "")
	}
	return steps
}

// alterationKeys are the texts of an alteration by percentage and by amount.
var alterationKeys = map[AlterationType][2]string{
	Discount: {"daycare.step.discount", "daycare.step.discount_amount"},
	Relief:   {"daycare.step.relief", "daycare.step.relief_amount"},
	Increase: {"daycare.step.increase", "daycare.step.increase_amount"},
}

// ExplainAlterations gives a step for each alteration; its result is the effect.
func ExplainAlterations(fee money.Cents, alterations []Alteration, effects []money.Cents) rulebook.Explanation {
	var steps rulebook.Explanation
	for i, a := range alterations {
		step := rulebook.Step{Key: alterationKeys[a.Type][1], Values: rulebook.Values{"fee": fee, "amount": a.Amount}, Result: effects[i]}
		if a.Percent != nil {
			step.Key, step.Rounding = alterationKeys[a.Type][0], money.HalfUpCent.String()
			step.Values = rulebook.Values{"fee": fee, "percent": *a.Percent}
		}
		fee += effects[i]
		steps = append(steps, step)
	}
	return steps
}

// Explain gives the steps of a decision: the value, the own share, and what the municipality pays.
func (r Rules) Explain(m Moment, o Outcome) rulebook.Explanation {
	steps := r.ExplainValue(m, o)
	steps = append(steps, r.Thresholds.ExplainFee(o.Fee)...)
	if !o.Fee.Base.Ready { // alterations are in a ready one already
		steps = append(steps, ExplainAlterations(o.Fee.Charged, m.Alterations, o.Effects)...)
	}
	return append(steps, r.ExplainPaid(o))
}

// ExplainValue gives the steps of the voucher's value.
func (r Rules) ExplainValue(m Moment, o Outcome) rulebook.Explanation {
	var steps rulebook.Explanation
	add := func(key string, result money.Cents, rounding, ref string, values rulebook.Values) {
		steps = append(steps, rulebook.Step{Key: key, Values: values, Result: result, Rounding: rounding, LegalRef: ref})
	}
	age, published := "daycare.step.value_over_3", "daycare.step.value_over_3_published"
	if m.UnderThree {
		age, published = "daycare.step.value_under_3", "daycare.step.value_under_3_published"
	}
	if o.Published {
		add(published, o.TableValue, "", r.LegalRef, rulebook.Values{"value": o.TableValue})
	} else {
		coefficient := r.Options[m.Option].ValueCoefficient
		add(age, o.BaseValue, "", r.LegalRef, rulebook.Values{"value": o.BaseValue})
		if coefficient != one || o.TableValue != o.BaseValue {
			add("daycare.step.option", o.TableValue, r.TableRounding.String(), "", rulebook.Values{"value": o.BaseValue, "coefficient": coefficient})
		}
	}
	if o.Support != one {
		add("daycare.step.support", o.Value, r.DecisionRounding.String(), r.LegalRef, rulebook.Values{"value": o.TableValue, "coefficient": o.Support})
	} else if o.Value != o.TableValue {
		add("daycare.step.rounded", o.Value, r.DecisionRounding.String(), "", rulebook.Values{"value": o.TableValue})
	}
	return steps
}

// ExplainPaid gives the last step: what the municipality pays before a price model has its say.
func (r Rules) ExplainPaid(o Outcome) rulebook.Step {
	paid := rulebook.Step{Key: "daycare.step.paid", Values: rulebook.Values{"value": o.Value, "own": o.FinalOwnShare}, Result: o.Paid, LegalRef: r.LegalRef, Sum: true}
	if o.OwnShareAboveValue() {
		paid.Key = "daycare.step.paid_none"
	}
	return paid
}
