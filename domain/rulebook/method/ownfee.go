package method

import (
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// The kinds of fees of organisers' own services.
const (
	homeCareKind = "home_care_fee"
	housingKind  = "housing_fee"
	hourlyKind   = "hourly_fee"
)

// FeeKinds lists the kinds of fees that a rulebook can compare the own share with.
func FeeKinds() []string { return []string{homeCareKind, housingKind, hourlyKind} }

// byHours reports a fee that is computed of hours.
func byHours(c rulebook.Comparison) bool { return c.Kind == homeCareKind || c.Kind == hourlyKind }

// Compares reports that the rules tell a fee of the own service for the same need as a content in a unit: fees by the hour stand only
// beside hours.
func Compares(rules rulebook.Rules, unit catalogue.Unit) bool {
	return rules.Comparison != nil && (unit == catalogue.Hour || !byHours(*rules.Comparison))
}

// ownFee is the parameters of a kind, read and ready to calculate with.
type ownFee interface {
	check() error
	needs() rulebook.Needs
	of(f rulebook.Facts, units money.Exact) (rulebook.OwnFee, error)
}

// kind is what every kind of fee takes.
type kind struct {
	Kind string `json:"kind"`
}

type homeCareComparison struct {
	kind
	homeCareFee
}

type housingComparison struct {
	kind
	HousingFee
}

type hourlyComparison struct {
	kind
	Fee money.Cents `json:"fee_cents"` // of one hour
}

var freshFee = map[string]func() ownFee{
	homeCareKind: func() ownFee { return new(homeCareComparison) },
	housingKind:  func() ownFee { return new(housingComparison) },
	hourlyKind:   func() ownFee { return new(hourlyComparison) },
}

func readFee(c rulebook.Comparison) (ownFee, error) {
	begin, ok := freshFee[c.Kind]
	if !ok {
		return nil, errFeeKind.With("kind", c.Kind)
	}
	f := begin()
	return f, c.Params(f)
}

// CheckComparison refuses a kind that is not known and parameters that cannot be applied.
func (m *model) CheckComparison(c rulebook.Comparison) error {
	f, err := readFee(c)
	if err != nil {
		return err
	}
	return f.check()
}

// OwnFeeNeeds tells what the fee depends on.
func (m *model) OwnFeeNeeds(c rulebook.Comparison) (rulebook.Needs, error) {
	f, err := readFee(c)
	if err != nil {
		return rulebook.Needs{}, err
	}
	return f.needs(), nil
}

// OwnFee computes the fee of so many units in a month; facts that are slips of the hand are refused as for a value.
func (m *model) OwnFee(c rulebook.Comparison, facts rulebook.Facts, units money.Exact) (rulebook.OwnFee, error) {
	f, err := readFee(c)
	if err != nil {
		return rulebook.OwnFee{}, err
	}
	if err := sane(facts); err != nil {
		return rulebook.OwnFee{}, err
	}
	return f.of(facts, units)
}

func (f *homeCareComparison) check() error { return HomeCareFee{f.homeCareFee}.Check() }

func (f *homeCareComparison) needs() rulebook.Needs { return rulebook.Needs{Household: true} }

func (f *homeCareComparison) of(facts rulebook.Facts, units money.Exact) (own rulebook.OwnFee, err error) {
	own.Fee, own.Known, own.Explanation, err = HomeCareFee{f.homeCareFee}.Of(facts.Household, facts.Income, units)
	return own, err
}

func (f *housingComparison) check() error {
	wrong := slices.Concat(percentRange("pct_single", f.Single), percentRange("pct_couple", f.Couple))
	for _, c := range []struct {
		field string
		c     money.Cents
	}{{"keep_cents", f.Keep}, {"keep_couple_cents", f.KeepCouple}, {"fixed_deduction_cents", f.Fixed}} {
		if c.c < 0 {
			wrong = append(wrong, errNegative.At(c.field))
		}
	}
	if f.Max != nil && *f.Max < 0 {
		wrong = append(wrong, errNegative.At("max_cents"))
	}
	return wrong.Err()
}

func (f *housingComparison) needs() rulebook.Needs { return rulebook.Needs{NetIncome: true} }

func (f *housingComparison) of(facts rulebook.Facts, _ money.Exact) (rulebook.OwnFee, error) {
	if facts.Client == nil {
		if f.Max == nil {
			return rulebook.OwnFee{}, nil
		}
		t := &trace{}
		t.under(lawHousing, "method.step.fee_unknown", *f.Max, "fee", *f.Max)
		return rulebook.OwnFee{Fee: *f.Max, Known: true, Explanation: t.end(lawHousing)}, nil
	}
	if err := saneNet(facts); err != nil {
		return rulebook.OwnFee{}, err
	}
	r, steps := f.Of(*facts.Client, facts.Spouse)
	return rulebook.OwnFee{Fee: r.Fee, Known: true, Explanation: steps}, nil
}

func (f *hourlyComparison) check() error {
	if f.Fee <= 0 || f.Fee > mostAmount {
		return fault.List{errPositive.At("fee_cents")}.Err()
	}
	return nil
}

func (f *hourlyComparison) needs() rulebook.Needs { return rulebook.Needs{} }

func (f *hourlyComparison) of(_ rulebook.Facts, units money.Exact) (rulebook.OwnFee, error) {
	fee, steps := HourlyFee(f.Fee, units)
	return rulebook.OwnFee{Fee: fee, Known: true, Explanation: steps}, nil
}

// DecodeFee reads a filled-in editor of a fee, with "kind" for its kind, as Decode reads one of a value.
func DecodeFee(form map[string][]string) (rulebook.Comparison, error) {
	name := one(form, "kind")
	if FeeFields(name) == nil {
		return rulebook.Comparison{}, errFeeKind.With("kind", name).At("kind")
	}
	object, err := decodeFields(FeeFields(name), form)
	if err != nil {
		return rulebook.Comparison{}, err
	}
	object["kind"] = name
	c, err := rulebook.NewComparison(name, object)
	if err != nil {
		return rulebook.Comparison{}, err
	}
	return c, (&model{}).CheckComparison(c)
}

// EncodeFee fills an editor with a fee, as DecodeFee reads it.
func EncodeFee(c rulebook.Comparison) (map[string][]string, error) {
	form, err := encodeFields(FeeFields(c.Kind), c)
	if err == nil {
		form["kind"] = []string{c.Kind}
	}
	return form, err
}
