package method

import (
	"slices"

	"seteli/core/money"
	"seteli/domain/rulebook"
)

// Increase is a higher value that the livelihood of a client or family, a maintenance duty or their welfare asks for (569/2009, 8 §).
type Increase struct {
	Form   IncreaseForm
	Amount money.Cents // of NewValue and AddPerUnit
	Pct    money.Rate  // of ByPercent
}

// IncreaseForm says what the amount of an increase means.
type IncreaseForm string

// The forms.
const (
	NewValue   IncreaseForm = "new_value"
	AddPerUnit IncreaseForm = "add_per_unit"
	ByPercent  IncreaseForm = "percent"
)

// IncreaseForms lists them in the order of a form.
func IncreaseForms() []IncreaseForm { return []IncreaseForm{NewValue, AddPerUnit, ByPercent} }

// Apply raises a value and its values by band, with a step for each; what is paid stays capped by the price. An increase that
// lowers a value or raises it by nothing is refused (MET-040). Where the value follows the price, the increase lowers the
// client's fee, and its new value is not a form of it.
func (i Increase) Apply(r rulebook.ValueResult, how money.Rounding) (rulebook.ValueResult, error) {
	t := &trace{steps: slices.Clone(r.Explanation)}
	for n := range t.steps {
		t.steps[n].Sum = false
	}
	var err error
	out := r
	if r.NoVoucher {
		return r, errIncrease
	}
	if r.ByPrice {
		if i.Form != AddPerUnit || i.Amount <= 0 {
			return r, errIncrease
		}
		less := min(i.Amount, r.Fee)
		out.Fee -= less
		out.Value += less
		t.under(lawIncrease, "method.step.increase.fee", out.Fee, "fee", r.Fee, "amount", i.Amount)
		out.Explanation = t.end(lawIncrease)
		return out, nil
	}
	out.Bands = slices.Clone(r.Bands)
	for n, b := range r.Bands {
		if out.Bands[n].Value, err = i.raise(b.Value, how, t); err != nil {
			return r, err
		}
	}
	if out.Value, err = i.raise(r.Value, how, t); err != nil {
		return r, err
	}
	if out.Value == r.Value && slices.Equal(out.Bands, r.Bands) {
		return r, errIncrease
	}
	out.Explanation = t.end(lawIncrease)
	return out, nil
}

func (i Increase) raise(v money.Cents, how money.Rounding, t *trace) (money.Cents, error) {
	raised := v
	switch i.Form {
	case NewValue:
		raised = max(v, i.Amount) // a band that is worth more already stays
	case AddPerUnit:
		raised = v + i.Amount
	case ByPercent:
		raised = how.Cents(v.Exact().Times(money.Whole(1).Plus(i.Pct.Percent())))
	default:
		return 0, errChoice.At("form")
	}
	if raised < v || raised > mostAmount {
		return 0, errIncrease
	}
	if i.Form == ByPercent {
		t.add(rulebook.Step{Key: "method.step.increase.percent", Result: raised, Rounding: how.String(), LegalRef: lawIncrease}, []any{"value", v, "percent", i.Pct})
	} else {
		t.under(lawIncrease, "method.step.increase."+string(i.Form), raised, "value", v, "amount", i.Amount)
	}
	return raised, nil
}
