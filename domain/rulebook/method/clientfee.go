package method

import (
	"encoding/json"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/rulebook"
)

// HomeCareFee are the parameters of the fee of the organiser's own home care, which stands beside a voucher's own share
// (734/1992, 10 e §). It is never billed for a voucher.
//
//	fee = round(min(cap(hours), max(0, (income − limit(n)) × percent(n, hours) / 100)))
type HomeCareFee struct{ p homeCareFee }

type homeCareFee struct {
	Limits    sizes[money.Cents]           `json:"income_limits_cents"`
	LimitMore money.Cents                  `json:"limit_increase_cents,omitzero"`
	Pcts      sizes[hourSteps[money.Rate]] `json:"pct_by_hours"`
	Caps      hourSteps[money.Cents]       `json:"cap_by_hours_cents,omitzero"`
	Hours     string                       `json:"hours_rounding,omitempty"` // none | whole_half_up, before anything else
}

// The roundings of hours.
const (
	hoursAsTheyAre = "none"
	hoursWhole     = "whole_half_up"
)

// UnmarshalJSON reads the parameters strictly.
func (f *HomeCareFee) UnmarshalJSON(raw []byte) error { return strictly(raw, &f.p) }

// MarshalJSON writes them as they are read.
func (f HomeCareFee) MarshalJSON() ([]byte, error) { return json.Marshal(f.p) }

// Check refuses gaps of the tables and percentages that fall while the hours grow.
func (f HomeCareFee) Check() error {
	wrong := f.p.Limits.holes("income_limits_cents")
	if f.p.Limits.IsZero() {
		wrong = append(wrong, errRequired.At("income_limits_cents"))
	}
	wrong = append(wrong, ascending("income_limits_cents", f.p.Limits)...)
	if f.p.Pcts.IsZero() {
		wrong = append(wrong, errRequired.At("pct_by_hours"))
	}
	wrong = append(wrong, f.p.Pcts.holes("pct_by_hours")...)
	for _, byHours := range f.p.Pcts.values {
		if byHours.IsZero() || byHours.exact[0].Sign() != 0 {
			wrong = append(wrong, errFirstBand.At("pct_by_hours"))
		}
		wrong = append(wrong, rising("pct_by_hours", byHours)...)
	}
	if !f.p.Caps.IsZero() && f.p.Caps.exact[0].Sign() != 0 {
		wrong = append(wrong, errFirstBand.At("cap_by_hours_cents"))
	}
	if f.p.Hours != "" {
		wrong = append(wrong, oneOf("hours_rounding", f.p.Hours, []string{hoursAsTheyAre, hoursWhole})...)
	}
	return fault.List(wrong).Err()
}

// Of is the fee of a month with so many hours. Without an income it is the cap of the hours; without a cap either there is no
// fee to name (false).
func (f HomeCareFee) Of(household int, income *money.Cents, hours money.Exact) (money.Cents, bool, rulebook.Explanation, error) {
	t := &trace{}
	h := hours
	switch f.p.Hours {
	case "", hoursAsTheyAre:
	case hoursWhole:
		h = money.Whole(money.WholeHalfUp(hours))
	default:
		return 0, false, nil, errChoice.At("hours_rounding")
	}
	highest, capped := f.p.Caps.at(h)
	if income == nil {
		if !capped {
			return 0, false, nil, nil
		}
		t.under(lawHomeCare, "method.step.fee_unknown_cap", highest, "cap", highest, "hours", h.Shown(shownPlaces))
		return highest, true, t.end(lawHomeCare), nil
	}
	fee, err := f.p.of(household, *income, h, t)
	if err != nil {
		return 0, false, nil, err
	}
	if capped && fee.Cmp(highest.Exact()) > 0 {
		t.under(lawHomeCare, "method.step.fee_cap", highest, "cap", highest, "hours", h.Shown(shownPlaces))
		fee = highest.Exact()
	}
	c := t.round("method.step.fee_rounded", fee, money.HalfUpCent)
	return c, true, t.end(lawHomeCare), nil
}

// of is the fee before its cap and its rounding.
func (p homeCareFee) of(household int, income money.Cents, hours money.Exact, t *trace) (money.Exact, error) {
	limit, err := bySize(p.Limits, household, p.LimitMore)
	if err != nil {
		return money.Exact{}, err
	}
	byHours, _, ok := p.Pcts.at(household)
	if !ok {
		return money.Exact{}, errSizeHole.With("size", household)
	}
	pct, ok := byHours.at(hours)
	if !ok {
		return money.Exact{}, errHoursFact
	}
	over := max(0, income-limit)
	t.step("method.step.limit", limit, "household", household, "limit", limit)
	if income < limit {
		t.step("method.step.under_limit", 0, "income", income, "limit", limit)
	} else {
		t.step("method.step.over", over, "income", income, "limit", limit)
	}
	fee := over.Exact().Times(pct.Percent())
	if !t.quiet {
		unrounded, c := shown(fee)
		t.under(lawHomeCare, "method.step.fee_percent", c, "over", over, "percent", pct, "hours", hours.Shown(shownPlaces), "unrounded", unrounded)
	}
	return fee, nil
}

// HourlyFee is the fee of so many hours at a fixed price, rounded once half up to the cent.
func HourlyFee(perHour money.Cents, hours money.Exact) (money.Cents, rulebook.Explanation) {
	t := &trace{}
	fee := money.HalfUpCent.Cents(perHour.Exact().Times(hours))
	t.add(rulebook.Step{Key: "method.step.hourly_fee", Result: fee, Rounding: money.HalfUpCent.String()},
		[]any{"fee", perHour, "hours", hours.Shown(shownPlaces)})
	return fee, t.end("")
}
