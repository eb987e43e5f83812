package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/rulebook"
)

// Reasons beside those of package daycare why days have no decision.
const (
	NoRules  daycare.GapReason = "no_rules"  // before the first version of the rules
	NoPrice  daycare.GapReason = "no_price"  // the price model needs the unit's price
	NoIncome daycare.GapReason = "no_income" // an adult has told no income and not agreed to the highest fee: it is decided at the highest fee
	BadPrice daycare.GapReason = "bad_price"
)

// PriceDiffers is told when only the unit's price or the price model differs.
const PriceDiffers daycare.Difference = "PRICE"

// Basis is everything that a value decision is made of. Equal bases are equal decisions; it is kept with the decision for ever.
type Basis struct {
	Draft     daycare.Draft `json:"draft"` // without days and differences
	Model     daycare.Model `json:"price_model"`
	Price     money.Cents   `json:"price_cents"`
	Surcharge money.Cents   `json:"surcharge_cents"`
	Payable   money.Cents   `json:"payable_cents"` // by the municipality for a whole month
	Family    money.Cents   `json:"family_cents"`  // by the family; 0 where the model needs no price and none is told
}

// made is a generated decision of one child.
type made struct {
	calendar.Period
	Basis
	raw  []byte
	hash [32]byte
	set  version
}

// newMade normalises the basis: what does not bear on the decision must not make it another.
func newMade(p calendar.Period, b Basis, v version) (made, error) {
	d := &b.Draft
	d.Period, d.Difference = calendar.Period{}, nil
	if d.Partner != "" && d.Partner < d.Head {
		d.Head, d.Partner = d.Partner, d.Head
	}
	d.AdultIncomes = slices.Compact(slices.Clone(d.AdultIncomes))
	d.Thresholds.Limits, d.Thresholds.Increase = map[int]money.Cents{d.FamilySize: d.Limit}, nil
	raw, err := json.Marshal(b)
	if err != nil {
		return made{}, fmt.Errorf("writing the basis of a decision: %w", err)
	}
	return made{p, b, raw, sha256.Sum256(raw), v}, nil
}

// generate makes the decisions that should hold for every child of the families, and the gaps, by child.
func generate(p *people, rules inForce, asked prices) (map[string][]made, []daycare.Gap, error) {
	out := map[string][]made{}
	var gaps []daycare.Gap
	for _, placed := range p.facts.Placements {
		if before := placed.Meet(calendar.Period{From: placed.From, To: rules[0].From}); placed.Voucher && !before.Empty() {
			gaps = append(gaps, daycare.Gap{Child: placed.Child, Period: before, Reason: NoRules})
		}
	}
	for _, v := range rules {
		facts := p.facts
		facts.Placements = within(p.facts.Placements, v.Period)
		drafts, found := daycare.Drafts(facts, v.set)
		gaps = append(gaps, found...)
		for _, d := range drafts {
			pieces, missing, err := v.priced(d, asked)
			if err != nil {
				return nil, nil, err
			}
			if incomeMissing(d) {
				missing = append(missing, daycare.Gap{Child: d.Child, Period: d.Period, Reason: NoIncome})
			}
			out[d.Child], gaps = append(out[d.Child], pieces...), append(gaps, missing...)
		}
	}
	for child, list := range out {
		out[child] = joined(list)
	}
	return out, joinedGaps(gaps), nil
}

// incomeMissing tells that an adult's income has not been told whole, nor the highest fee agreed to. A fixed fee needs no income.
func incomeMissing(d daycare.Draft) bool {
	adults := 1
	if d.Partner != "" {
		adults = 2
	}
	told := 0
	for _, i := range d.AdultIncomes {
		if i.Known || i.ID == agreedHighest {
			told++
		}
	}
	return told < adults && !d.Outcome.Fee.Base.Fixed && !slices.ContainsFunc(d.AdultIncomes, func(i daycare.IncomeUsed) bool { return i.ID == agreedHighest })
}

func within(list []daycare.Placement, p calendar.Period) []daycare.Placement {
	var out []daycare.Placement
	for _, x := range list {
		if x.Period = x.Meet(p); !x.Empty() {
			out = append(out, x)
		}
	}
	return out
}

// priced parts a draft where the price or the price model changes, and applies them. Days without the price that the model needs are gaps.
func (v version) priced(d daycare.Draft, asked prices) (list []made, gaps []daycare.Gap, err error) {
	unit, err := strconv.ParseInt(d.Unit, 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("unit %q of a draft: %w", d.Unit, err)
	}
	days := []calendar.Date{d.From, d.To}
	for _, x := range asked[priceKey(unit, d.Option)] {
		days = append(days, x.From)
	}
	for _, m := range v.Profile.PriceModels {
		days = append(days, m.From)
	}
	slices.Sort(days)
	days = slices.DeleteFunc(slices.Compact(days), func(x calendar.Date) bool { return x < d.From || x > d.To })
	for i := 1; i < len(days); i++ {
		p := calendar.Period{From: days[i-1], To: days[i]}
		model, ok := v.Profile.PriceModelOn(p.From)
		if !ok {
			gaps = append(gaps, daycare.Gap{Child: d.Child, Period: p, Reason: NoPrice})
			continue
		}
		price := asked.on(unit, d.Option, p.From)
		paid, err := daycare.Pay(price.input(model, d.UnderThree, d.Outcome.Value, d.Outcome.FinalOwnShare), model.Cap)
		if err != nil {
			reason := BadPrice
			if price.At(d.UnderThree) == 0 {
				reason = NoPrice
			}
			gaps = append(gaps, daycare.Gap{Child: d.Child, Period: p, Reason: reason})
			continue
		}
		m, err := newMade(p, Basis{Draft: d, Model: model.Model, Price: price.At(d.UnderThree), Surcharge: price.Surcharge, Payable: paid.Municipality, Family: paid.Family}, v)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, m)
	}
	return list, gaps, nil
}

// joined makes one of neighbours with the same basis.
func joined(list []made) []made {
	slices.SortFunc(list, func(a, b made) int { return cmp.Compare(a.From, b.From) })
	var out []made
	for _, m := range list {
		if n := len(out); n > 0 && out[n-1].To == m.From && out[n-1].hash == m.hash {
			out[n-1].To = m.To
			continue
		}
		out = append(out, m)
	}
	return out
}

func joinedGaps(list []daycare.Gap) []daycare.Gap {
	slices.SortFunc(list, func(a, b daycare.Gap) int {
		return cmp.Or(cmp.Compare(a.Child, b.Child), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.From, b.From))
	})
	var out []daycare.Gap
	for _, g := range list {
		if n := len(out); n > 0 && out[n-1].Child == g.Child && out[n-1].Reason == g.Reason && out[n-1].To >= g.From {
			out[n-1].To = max(out[n-1].To, g.To)
			continue
		}
		out = append(out, g)
	}
	return out
}

// differencesOf tells in what b differs from a, the price last.
func differencesOf(a, b Basis) []daycare.Difference {
	list := daycare.Differences(a.Draft, b.Draft)
	if a.Model != b.Model || a.Price != b.Price || a.Surcharge != b.Surcharge {
		list = append(list, PriceDiffers)
	}
	return list
}

// explain gives the steps from the facts to what the municipality pays. The act is that of the day of deciding.
func (m made) explain(today calendar.Date) (rulebook.Explanation, error) {
	rules, reason := m.set.set.On(m.From)
	if reason != "" {
		return nil, fmt.Errorf("explaining a decision from %s: %s", m.From, reason)
	}
	rules.LegalRef = m.set.Profile.BasisOn(today)
	d := m.Basis.Draft
	steps := rules.Explain(daycare.Moment{UnderThree: d.UnderThree, Option: d.Option, Alterations: d.Alterations}, d.Outcome)
	switch {
	case m.Model.NeedsPrice() && !d.Outcome.OwnShareAboveValue(): // the price has the last word instead of the value alone
		key := "daycare.step.by_price"
		if m.Model == daycare.LimitedPrice {
			key = "daycare.step.by_price_limited"
		}
		steps = append(steps[:len(steps)-1], rulebook.Step{Key: key, Values: rulebook.Values{"price": m.Price, "value": d.Outcome.Value, "own": d.Outcome.FinalOwnShare},
			Result: m.Payable, LegalRef: rules.LegalRef, Sum: true})
	case m.Surcharge > 0:
		steps = append(steps, rulebook.Step{Key: "daycare.step.surcharge", Values: rulebook.Values{"surcharge": m.Surcharge, "family": m.Family}, Result: m.Surcharge})
	}
	return steps, nil
}
