package profile

import (
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/daycare"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// Method is the name under which the spine knows the model.
const Method = "daycare"

// Columns of rulebook.Facts: a child has the value of the under-threes, or of those who have turned three.
const (
	UnderThree = "under_3"
	OverThree  = "over_3"
)

var (
	errContent    = fault.New(fault.Invalid, "DAY-061", "daycare.profile.content")
	errThresholds = fault.New(fault.Conflict, "DAY-062", "daycare.profile.thresholds")
	errNoModel    = fault.New(fault.Conflict, "DAY-063", "daycare.profile.no_model")
)

// parameters are the value rule of a rulebook: the whole profile, so that the version says everything and never changes, with
// the need option of each content and the thresholds that held when it was published.
type parameters struct {
	Method   string           `json:"method"`
	Profile  Profile          `json:"profile"`
	National []Thresholds     `json:"national_thresholds"`
	Options  map[int64]string `json:"options"` // need option by content
}

// Value makes the value rule of a rulebook from a profile.
func (p Profile) Value(national []Thresholds, options map[int64]string) (rulebook.Value, error) {
	return rulebook.NewValue(Method, parameters{Method, p, national, options})
}

// Model is early education as the spine's value model. A unit is a month; the value is what the municipality pays for it.
type Model struct{ kept *rulebook.Kept[*ready] }

// NewModel makes the model of a program.
func NewModel() *Model { return &Model{rulebook.Keep(mostKept, read)} }

var _ rulebook.ValueModel = (*Model)(nil)

// Models are every way in which the program computes a value: those of the rulebook, and early education.
func Models() rulebook.Models {
	all := method.All()
	all[Method] = NewModel()
	return all
}

// mostKept bounds the kept profiles; a program meets a few for each municipality.
const mostKept = 200

// ready are parameters with the dated rules made of them.
type ready struct {
	parameters
	rules daycare.RuleSet
}

func read(v rulebook.Value) (*ready, error) {
	r := new(ready)
	if err := v.Params(&r.parameters); err != nil {
		return nil, err
	}
	if r.Profile.Format != Format {
		return nil, errFormat.With("format", r.Profile.Format)
	}
	r.rules = r.Profile.Rules(r.National)
	return r, nil
}

// Check refuses a profile that cannot be, and contents without a need option.
func (m *Model) Check(v rulebook.Value, contents []catalogue.Content) error {
	p, err := m.kept.Of(v)
	if err != nil {
		return err
	}
	list := p.Profile.Check()
	codes := map[string]bool{}
	for _, o := range p.Profile.Options {
		codes[o.Code] = true
	}
	for _, c := range contents {
		if !codes[p.Options[c.ID]] {
			list = append(list, errContent.At(fmt.Sprintf("value.%d", c.ID)))
		}
	}
	return list.Err()
}

// Needs tells what a month's value depends on: the household, or a fee that was decided, and the age class; the content names the need
// option. Under the models A, D and E also each provider's price.
func (m *Model) Needs(v rulebook.Value, _ int64) (rulebook.Needs, error) {
	p, err := m.kept.Of(v)
	if err != nil {
		return rulebook.Needs{}, err
	}
	n := rulebook.Needs{Household: true, Fee: true, Columns: []string{OverThree, UnderThree}}
	for _, pm := range p.Profile.PriceModels {
		n.Price = n.Price || pm.Model == daycare.FreePrice || pm.Model == daycare.LimitedPrice || pm.Model == daycare.Ceiling
	}
	return n, nil
}

// Value computes what the municipality pays of a month. The facts tell the size and income of the household for the fee, or the
// fee itself; an income that is not known leads to the highest fee. Need is the option where it is another than the content's,
// Column UnderThree the age. Under the models A, D and E the value follows each provider's price.
func (m *Model) Value(in rulebook.ValueInput) (rulebook.ValueResult, error) {
	p, err := m.kept.Of(in.Rulebook.Rules.Value)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	option := in.Facts.Need
	if option == "" {
		option = p.Options[in.Content]
	}
	model, ok := p.Profile.PriceModelOn(in.Day)
	if !ok {
		return rulebook.ValueResult{}, errNoModel.With("day", in.Day)
	}
	rules, err := p.on(in.Day)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	moment := momentOf(in.Facts, option)
	o, err := rules.Decide(moment)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	steps := rules.ExplainValue(moment, o)
	if !o.Decision() {
		steps[len(steps)-1].Sum = true
		return rulebook.ValueResult{NoVoucher: true, Explanation: steps}, nil
	}
	if fee := in.Facts.Fee; fee != nil {
		o.FinalOwnShare, o.Paid = *fee, max(0, o.Value-*fee)
		steps = append(steps, rulebook.Step{Key: "daycare.step.fee_given", Values: rulebook.Values{"own": *fee}, Result: *fee})
	} else {
		steps = append(steps, rules.Thresholds.ExplainFee(o.Fee)...)
	}
	steps = append(steps, rules.ExplainPaid(o))
	for i := range steps {
		steps[i].Rulebook, steps[i].RuleVersion = in.Rulebook.ID, in.Rulebook.Version
	}
	return follow(model.Model, o, steps), nil
}

// momentOf reads the facts; without the size of the household its income says nothing, so the fee is the highest.
func momentOf(f rulebook.Facts, option string) daycare.Moment {
	income := f.Income
	if f.Household == 0 {
		income = nil
	}
	return daycare.Moment{FamilySize: f.Household, Adults: []*money.Cents{income}, Ordinal: 1, UnderThree: f.Column == UnderThree,
		Option: option, Support: money.MustRate("1")}
}

// follow says how the value hangs on the price. A and E pay min(value, price) − fee = min(value − fee, price − fee).
func follow(model daycare.Model, o daycare.Outcome, steps rulebook.Explanation) rulebook.ValueResult {
	r := rulebook.ValueResult{Value: o.Paid, Explanation: steps}
	sum := &steps[len(steps)-1]
	switch model {
	case daycare.FreePrice, daycare.Ceiling:
		r.ByPrice, r.Fee = true, o.FinalOwnShare
		if !o.OwnShareAboveValue() {
			sum.Key = "daycare.step.follows_price"
		}
	case daycare.LimitedPrice:
		r.ByPrice, r.Fee, r.Value = true, o.FinalOwnShare, o.Value
		sum.Key, sum.Result = "daycare.step.below_price", o.Value
	}
	return r
}

// on are the rules of a day; DAY-062 when thresholds or values of the day are missing.
func (p *ready) on(day calendar.Date) (daycare.Rules, error) {
	rules, reason := p.rules.On(day)
	if reason != "" {
		return daycare.Rules{}, errThresholds.With("day", day)
	}
	rules.LegalRef = p.Profile.BasisOn(day)
	return rules, nil
}

// CheckPrice holds a price under the ceiling of model E: the greater of the two ages' values. The other models let the price be.
func (m *Model) CheckPrice(in rulebook.PriceInput) error {
	p, err := m.kept.Of(in.Rulebook.Rules.Value)
	if err != nil {
		return err
	}
	model, ok := p.Profile.PriceModelOn(in.Day)
	if !ok || model.Model != daycare.Ceiling {
		return nil
	}
	rules, err := p.on(in.Day)
	if err != nil {
		return err
	}
	var greatest money.Cents
	for _, under := range []bool{false, true} {
		o, err := rules.Decide(daycare.Moment{FamilySize: 2, Adults: []*money.Cents{nil}, Ordinal: 1, UnderThree: under, Option: p.Options[in.Content], Support: money.MustRate("1")})
		if err != nil {
			return err
		}
		greatest = max(greatest, o.Value)
	}
	_, err = daycare.Pay(daycare.PriceInput{Model: daycare.Ceiling, Value: greatest, Price: &in.Price}, nil)
	return err
}

// Bound gives the profile of a value rule made by Value, with the need option of each content.
func Bound(v rulebook.Value) (Profile, map[int64]string, error) {
	var p parameters
	err := v.Params(&p)
	return p.Profile, p.Options, err
}
