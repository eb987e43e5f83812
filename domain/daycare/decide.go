package daycare

import (
	"seteli/core/money"
)

// Option is a need option: how much care a family has asked for.
type Option struct {
	PlacementType    string
	Default          bool // taken for its placement type when no need is recorded
	FeeCoefficient   money.Rate
	ValueCoefficient money.Rate
	FixedFee         *money.Cents // replaces the base fee
	FixedSibling     *money.Cents // replaces the sibling's share of the base fee
}

// Rules are the rules of one day.
type Rules struct {
	Thresholds       Thresholds
	Base             AgeValue            // value before coefficients
	Options          map[string]Option   // by code
	Published        map[string]AgeValue // by option: a published value wins over base × coefficient
	TableRounding    money.Rounding      // of base × value coefficient
	DecisionRounding money.Rounding      // of the value after the support coefficient
	CapacityEnabled  bool                // the child's capacity factor is the support coefficient
	FeeRounding      FeeRounding
	LegalRef         string // of the value, e.g. "1048/2025, 7 §"; for explanations only
}

// Moment is what is known of one child on one day.
type Moment struct {
	FamilySize  int
	Adults      []*money.Cents // incomes; nil = not known
	ChildIncome *money.Cents
	Ordinal     int // 1 = the youngest placed child of the family
	UnderThree  bool
	Option      string
	Support     money.Rate  // support coefficient, 1 = none
	Capacity    *money.Rate // the child's capacity factor
	Alterations []Alteration
	Ready       *money.Cents // own share that another system has decided; nil = it is computed
}

// Outcome is the value and the own share of one child on one day.
type Outcome struct {
	BaseValue     money.Cents // for the age
	TableValue    money.Cents // for age and option
	Published     bool        // the table value is a published one
	Support       money.Rate  // the coefficient that was applied
	Value         money.Cents // of the voucher; 0 = no decision is made
	Fee           Fee
	DiscountPct   int // sibling's discount in per cent
	Effects       []money.Cents
	FinalOwnShare money.Cents // after alterations
	Paid          money.Cents // max(0, value − final own share); a price model may still change it
}

// Decision tells whether there is anything to decide.
func (o Outcome) Decision() bool { return o.Value != 0 }

// OwnShareAboveValue is a case that the decision must tell the family: the municipality pays nothing.
func (o Outcome) OwnShareAboveValue() bool { return o.FinalOwnShare > o.Value }

// Decide computes value and own share. DAY-002 for an option that the rules do not have, DAY-001 for a household size
// without a limit.
func (r Rules) Decide(m Moment) (Outcome, error) {
	option, ok := r.Options[m.Option]
	if !ok {
		return Outcome{}, errOption.With("option", m.Option)
	}
	o := Outcome{BaseValue: r.Base.At(m.UnderThree), Support: r.support(m), DiscountPct: r.Thresholds.DiscountPercent(m.Ordinal)}
	o.TableValue, o.Published = r.tableValue(m.Option, option, m.UnderThree)
	if o.Value = scale(o.TableValue, o.Support, r.DecisionRounding); o.Value == 0 {
		return o, nil
	}
	if m.Ready != nil {
		o.Fee, o.DiscountPct, o.FinalOwnShare = ReadyFee(*m.Ready), 0, *m.Ready
		o.Paid = max(0, o.Value-o.FinalOwnShare)
		return o, nil
	}
	base, err := r.Thresholds.BaseFee(m.FamilySize, m.Adults, m.ChildIncome)
	if err != nil {
		return Outcome{}, err
	}
	if option.FixedFee != nil {
		base = FixedBase(*option.FixedFee)
	}
	o.Fee = r.Thresholds.Fee(FeeInput{Base: base, FixedSibling: option.FixedSibling, Ordinal: m.Ordinal,
		Coefficient: option.FeeCoefficient, Rounding: r.FeeRounding})
	o.FinalOwnShare, o.Effects = Alter(o.Fee.Charged, m.Alterations)
	o.Paid = max(0, o.Value-o.FinalOwnShare)
	return o, nil
}

// tableValue is the value of an option before the support coefficient: the published one, else base × coefficient.
func (r Rules) tableValue(code string, option Option, underThree bool) (value money.Cents, published bool) {
	if v, published := r.Published[code]; published {
		return v.At(underThree), true
	}
	return scale(r.Base.At(underThree), option.ValueCoefficient, r.TableRounding), false
}

func (r Rules) support(m Moment) money.Rate {
	switch {
	case !r.CapacityEnabled:
		return m.Support
	case m.Capacity != nil:
		return *m.Capacity
	}
	return one
}
