package method

import (
	"maps"
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// rule is the parameters of one method, read and ready to calculate with.
type rule interface {
	// check refuses what cannot be applied to the contents.
	check(contents []catalogue.Content) fault.List
	// value computes for a client who has passed the gate.
	value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error)
	// least is the smallest value that a unit of the content can have for anybody; MET-052 when a part of the price is
	// always the client's.
	least(content int64) (money.Cents, error)
	// contents are the contents that the parameters name; none when they are the same for all.
	contents() []int64
	// base gives what every method has in common.
	base() *common
}

// ceiling is a rule that holds prices under a ceiling of its own.
type ceiling interface {
	ceiling(content int64) (money.Cents, error)
}

// common are the parameters that every method takes.
type common struct {
	Method   string `json:"method"`
	LegalRef string `json:"legal_ref,omitempty"` // the provision that the value rests on; 569/2009, 7 § when empty
	gate
}

func (c *common) base() *common { return c }

func (c *common) law() string {
	if c.LegalRef != "" {
		return c.LegalRef
	}
	return lawValue
}

// fresh makes empty parameters of each method.
var fresh = map[string]func() rule{
	"flat_unit":           func() rule { return new(flatUnit) },
	"flat_period":         func() rule { return new(flatPeriod) },
	"lump_sum":            func() rule { return new(lumpSum) },
	"euro_purse":          func() rule { return new(euroPurse) },
	"time_band_table":     func() rule { return new(timeBandTable) },
	"linear_taper":        func() rule { return new(linearTaper) },
	"linear_taper_scaled": func() rule { return &linearTaper{scaled: true} },
	"income_band_table":   func() rule { return new(incomeBandTable) },
	"price_minus_fee":     func() rule { return new(priceMinusFee) },
	"ceiling_minus_fee":   func() rule { return new(ceilingMinusFee) },
	"coefficient_table":   func() rule { return new(coefficientTable) },
	"pct_of_net_income":   func() rule { return new(pctOfNetIncome) },
	"individual":          func() rule { return new(individual) },
}

// Names lists the methods in alphabetical order; "flat" of earlier rulebooks is read as before but no longer offered.
func Names() []string { return slices.Sorted(maps.Keys(fresh)) }

// All gives every value model by the name of its method.
func All() rulebook.Models {
	all := rulebook.BuiltIn()
	for name := range fresh {
		all[name] = newModel()
	}
	return all
}

// model makes a rulebook.ValueModel of the rules of a method.
type model struct{ kept *rulebook.Kept[rule] }

// mostKept bounds the kept parameters of a method; a program meets a few hundred.
const mostKept = 2000

func newModel() *model { return &model{rulebook.Keep(mostKept, parse)} }

// parse reads the parameters of a value rule strictly.
func parse(v rulebook.Value) (rule, error) {
	begin, ok := fresh[v.Method]
	if !ok {
		return nil, errMethod.With("method", v.Method)
	}
	r := begin()
	if err := v.Params(r); err != nil {
		return nil, err
	}
	return r, nil
}

// Check refuses contradictory or gappy parameters.
func (m *model) Check(v rulebook.Value, contents []catalogue.Content) error {
	r, err := m.kept.Of(v)
	if err != nil {
		return err
	}
	return append(r.base().gate.check(), r.check(contents)...).Err()
}

// Value asks the gate first and then the method.
func (m *model) Value(in rulebook.ValueInput) (rulebook.ValueResult, error) {
	r, err := m.kept.Of(in.Rulebook.Rules.Value)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	if err := sane(in.Facts); err != nil {
		return rulebook.ValueResult{}, err
	}
	t := &trace{quiet: in.Quiet, book: &in.Rulebook}
	passed, err := r.base().gate.passed(in.Facts, t)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	result := rulebook.ValueResult{NoVoucher: true}
	if passed {
		if result, err = r.value(in, t); err != nil {
			return rulebook.ValueResult{}, err
		}
	}
	if result.NoVoucher {
		t.step("method.step.no_voucher", 0)
	}
	result.Explanation = t.end(r.base().law())
	return result, nil
}

// mostAmount is 10 000 million euros: more is no fact of a client, and every product with it still fits.
const mostAmount money.Cents = 1_000_000_000_000

// sane refuses facts that are slips of the hand; missing ones are the method's own matter.
func sane(f rulebook.Facts) error {
	if f.Household < 0 || f.Household > mostPersons {
		return errHousehold.With("most", mostPersons)
	}
	for _, fact := range [...]struct {
		field  string
		amount *money.Cents
	}{{"income", f.Income}, {"savings", f.Savings}, {"price", f.Price}, {"fee", f.Fee}, {"individual", f.Individual}} {
		if fact.amount != nil && (*fact.amount > mostAmount || *fact.amount < -mostAmount) {
			return errTooLarge.At(fact.field)
		}
	}
	return nil
}

// CheckPrice refuses a price above a ceiling of the method, and in a service that must cost the client nothing a price above
// the smallest value that a client can have (734/1992, 4–5 §).
func (m *model) CheckPrice(in rulebook.PriceInput) error {
	r, err := m.kept.Of(in.Rulebook.Rules.Value)
	if err != nil {
		return err
	}
	if c, held := r.(ceiling); held {
		most, err := c.ceiling(in.Content)
		if err != nil {
			return err
		}
		if in.Price > most {
			return errCeiling.With("ceiling", most)
		}
	}
	if !in.OwnShareForbidden {
		return nil
	}
	least, err := r.least(in.Content)
	if err != nil {
		return err
	}
	if in.Price > least {
		return errOwnShare.With("value", least)
	}
	return nil
}
