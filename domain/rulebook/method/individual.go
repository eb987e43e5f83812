package method

import (
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// individual: whoever decides sets the value within limits and gives the reason in the decision.
type individual struct {
	common
	Values []contentRange `json:"values"`
}

// contentRange are the limits of the value of one unit of a content.
type contentRange struct {
	Content int64       `json:"content_id"`
	Min     money.Cents `json:"min_cents"`
	Max     money.Cents `json:"max_cents"`
}

func (r *individual) contents() []int64 {
	ids := make([]int64, len(r.Values))
	for i, v := range r.Values {
		ids[i] = v.Content
	}
	return ids
}

func (r *individual) of(content int64) (contentRange, error) {
	for _, v := range r.Values {
		if v.Content == content {
			return v, nil
		}
	}
	return contentRange{}, errNoValue
}

func (r *individual) check(contents []catalogue.Content) fault.List {
	wrong := eachContentOnce("values", r.contents(), contents)
	for i, v := range r.Values {
		if v.Max <= 0 {
			wrong = append(wrong, errPositive.At(atField("values", "max_cents", i)))
		}
		if v.Min < 0 {
			wrong = append(wrong, errNegative.At(atField("values", "min_cents", i)))
		}
		if v.Min > v.Max {
			wrong = append(wrong, errMinMax.At(atField("values", "min_cents", i)))
		}
	}
	return wrong
}

func (r *individual) least(content int64) (money.Cents, error) {
	v, err := r.of(content)
	return v.Min, err
}

func (r *individual) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	limits, err := r.of(in.Content)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	if in.Facts.Individual == nil {
		return rulebook.ValueResult{}, errIndividual
	}
	v := *in.Facts.Individual
	if v < limits.Min || v > limits.Max || v <= 0 {
		return rulebook.ValueResult{}, errRange.With("min", limits.Min).With("max", limits.Max)
	}
	t.step("method.step.individual", v, "value", v, "min", limits.Min, "max", limits.Max)
	return rulebook.ValueResult{Value: v}, nil
}

// oneOf refuses a choice that is not offered.
func oneOf(field, choice string, of []string) fault.List {
	for _, c := range of {
		if c == choice {
			return nil
		}
	}
	return fault.List{errChoice.At(field)}
}
