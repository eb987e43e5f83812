package cases

import (
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/golden"
)

// RulesValue is the name of the kind that Trial gives.
const RulesValue = "daycare_rules"

// Trial gives the kind that asks one version of a municipality's rules, a draft for instance, instead of parameters of the case. Inputs:
// date (first = the version's first day), birth_date or under_3, option (its Finnish name or its code; the default of full-time early
// education when null), family_size, income_cents (of the whole family; null leads to the highest fee), sibling_ordinal, support
// coefficient, alterations, price_cents and surcharge_cents. Result: value_cents, own_share_cents, municipality_cents, family_cents, error
// (a refused price or surcharge, no thresholds or value of the day).
func Trial(p profile.Profile, national []profile.Thresholds, first calendar.Date) golden.Kinds {
	set := p.Rules(national)
	return golden.Kinds{RulesValue: func(in, _ golden.Node) (golden.Result, error) {
		day := first
		if d := in.At("date"); !d.Null() {
			day = d.Date()
		}
		m := daycare.Moment{FamilySize: intOr(in.At("family_size"), 2), Adults: []*money.Cents{in.At("income_cents").OptCents()}, Ordinal: intOr(in.At("sibling_ordinal"), 1),
			UnderThree: in.At("under_3").BoolOr(false), Option: optionOf(in.At("option"), p), Support: in.At("support_coefficient").RateOr("1"), Alterations: alterations(in.At("alterations"))}
		if birth := in.At("birth_date"); !birth.Null() {
			m.UnderThree = day < daycare.OverThreeFrom(birth.Date())
		}
		price, surcharge := in.At("price_cents").OptCents(), in.At("surcharge_cents").CentsOr(0)
		if in.Err() != nil {
			return golden.Result{}, in.Err()
		}
		return decided(p, set, day, m, price, surcharge)
	}}
}

func optionOf(n golden.Node, p profile.Profile) string {
	for _, o := range p.Options {
		if n.Null() && o.Default && o.PlacementType == "DAYCARE" || !n.Null() && (n.TextOr("") == o.Code || n.TextOr("") == o.Names.Fi) {
			return o.Code
		}
	}
	n.Wrong("the name of a need option of the rules")
	return ""
}

func decided(p profile.Profile, set daycare.RuleSet, day calendar.Date, m daycare.Moment, price *money.Cents, surcharge money.Cents) (golden.Result, error) {
	result := map[string]any{"value_cents": nil, "own_share_cents": nil, "municipality_cents": nil, "family_cents": nil, "error": nil}
	rules, reason := set.On(day)
	model, ok := p.PriceModelOn(day)
	if reason != "" || !ok {
		result["error"] = string(reason)
		return golden.Fields(result), nil
	}
	rules.LegalRef = p.BasisOn(day)
	o, err := rules.Decide(m)
	if err != nil {
		return golden.Result{}, err
	}
	var steps rulebook.Explanation
	if o.Decision() {
		steps = rules.Explain(m, o)
	}
	result["value_cents"], result["own_share_cents"] = o.Value, o.FinalOwnShare
	if price == nil && model.Model.NeedsPrice() { // without a price the municipality pays by the value
		result["municipality_cents"] = o.Paid
		return golden.Result{Fields: result, Steps: steps}, nil
	}
	paid, err := daycare.Pay(daycare.PriceInput{Model: model.Model, Value: o.Value, Fee: o.FinalOwnShare, Price: price, Surcharge: surcharge}, model.Cap)
	code, err := refused(err)
	if result["error"] = code; code == nil && err == nil {
		result["municipality_cents"], result["family_cents"] = paid.Municipality, paid.Family
	}
	return golden.Result{Fields: result, Steps: steps}, err
}
