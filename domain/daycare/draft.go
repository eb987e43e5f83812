package daycare

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
)

// Draft is a value decision that follows from the facts, with everything it was made of.
type Draft struct {
	Child string
	calendar.Period
	Head, Partner string // Partner "" = none; of the first days, where equal days with exchanged roles were joined
	FamilySize    int
	Limit         money.Cents
	Unit          string
	PlacementType string
	Option        string
	NeedMissing   bool // no need was recorded: the default option of the placement type
	UnderThree    bool
	AdultIncomes  []IncomeUsed // one for each adult's record, by record id
	ChildIncome   *IncomeUsed
	Ordinal       int
	Alterations   []Alteration
	Thresholds    Thresholds
	Outcome       Outcome
	Difference    []Difference // against the decision ending the day before; empty when there is none
}

// IncomeUsed is an income record as a decision used it. Known is false where its effect leads to the highest fee.
type IncomeUsed struct {
	ID    string
	Known bool
	Total money.Cents
}

// GapReason says why days of a placement have no decision, or which double record must be looked at.
type GapReason string

// The reasons.
const (
	NoHead        GapReason = "no_head"
	NoDefault     GapReason = "no_default_option" // the placement type has no default and no need is recorded
	UnknownNeed   GapReason = "unknown_option"
	NoThresholds  GapReason = "no_thresholds"
	NoBaseValue   GapReason = "no_value"
	NoLimit       GapReason = "no_income_limit"
	NoBirthDate   GapReason = "no_birth_date" // the child is not among the children
	GrownUp       GapReason = "grown_up"      // from the 18th birthday there is no voucher for early education
	TwoPlacements GapReason = "two_placements"
	TwoHeads      GapReason = "two_heads"
	TwoPartners   GapReason = "two_partners"
	OwnShareAbove GapReason = "own_share_above" // the municipality pays nothing; the decision must say so
	ReadyAltered  GapReason = "ready_altered"   // an alteration is recorded, but the own share came ready and is not altered

	noReason GapReason = ""
)

// Decides tells whether a decision is made in spite of the reason: by the first of double records, which a person checks.
func (r GapReason) Decides() bool {
	return r == TwoPlacements || r == TwoHeads || r == TwoPartners || r == OwnShareAbove || r == ReadyAltered
}

// Gap is a task for a person: nothing is left out silently.
type Gap struct {
	Child string
	calendar.Period
	Reason GapReason
}

// Drafts generates the value decisions of all children with a placement in a voucher unit, by start and then by child, and
// the gaps in the same order. A child's day is decided from that day's facts and rules alone; days without a difference are
// joined. What cannot be decided without guessing becomes a gap.
func Drafts(f Facts, rules RuleSet) ([]Draft, []Gap) {
	g := generator{kin: newKin(f), rules: rules, days: map[calendar.Date]*Rules{}, defaults: rules.defaults()}
	var drafts []Draft
	var gaps []Gap
	seen := map[string]bool{}
	for _, c := range f.Children {
		if seen[c.ID] {
			continue
		}
		seen[c.ID] = true
		ds, gs := g.child(g.kin.child[c.ID])
		drafts, gaps = append(drafts, ds...), append(gaps, gs...)
	}
	for _, p := range f.Placements {
		if p.Voucher && !seen[p.Child] {
			gaps = append(gaps, Gap{p.Child, p.Period, NoBirthDate})
		}
	}
	slices.SortStableFunc(drafts, func(a, b Draft) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Child, b.Child)) })
	slices.SortStableFunc(gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Child, b.Child), cmp.Compare(a.Reason, b.Reason))
	})
	return drafts, gaps
}

// generator holds the facts by person and the rules of each day that was asked for.
type generator struct {
	kin      kin
	rules    RuleSet
	days     map[calendar.Date]*Rules // nil = thresholds or value missing
	defaults map[string]string        // option by placement type
}

// defaults finds the default option of each placement type; of several the first by code.
func (r RuleSet) defaults() map[string]string {
	m := map[string]string{}
	for code, o := range r.Options {
		if have, ok := m[o.PlacementType]; o.Default && (!ok || code < have) {
			m[o.PlacementType] = code
		}
	}
	return m
}

// On gives the rules of a day; the reason when something is missing.
func (r RuleSet) On(day calendar.Date) (Rules, GapReason) {
	thresholds := on(r.Thresholds, day)
	if thresholds == nil {
		return Rules{}, NoThresholds
	}
	rules, ok := r.values(day)
	if !ok {
		return Rules{}, NoBaseValue
	}
	rules.Thresholds = thresholds.Thresholds
	return rules, noReason
}

// values are the rules of a day without thresholds; false when no value holds on it.
func (r RuleSet) values(day calendar.Date) (Rules, bool) {
	base := on(r.Bases, day)
	rules := Rules{Options: r.Options, TableRounding: r.TableRounding, DecisionRounding: r.DecisionRounding, CapacityEnabled: r.CapacityEnabled, FeeRounding: r.FeeRounding}
	if base != nil {
		rules.Base = base.AgeValue
	}
	for _, p := range r.Published {
		if _, have := rules.Published[p.Option]; have || !p.Contains(day) {
			continue
		}
		if rules.Published == nil {
			rules.Published = map[string]AgeValue{}
		}
		rules.Published[p.Option] = p.AgeValue
	}
	return rules, base != nil || rules.Published != nil
}

// TableValue is the value of an option on a day before any support coefficient, as the table of values shows it; false when there is none.
func (r RuleSet) TableValue(code string, day calendar.Date) (AgeValue, bool) {
	option, known := r.Options[code]
	rules, ok := r.values(day)
	if !known || !ok {
		return AgeValue{}, false
	}
	over, _ := rules.tableValue(code, option, false)
	under, _ := rules.tableValue(code, option, true)
	return AgeValue{OverThree: over, UnderThree: under}, true
}

// child decides every slice of one child and joins equal neighbours.
func (g *generator) child(c Child) (drafts []Draft, gaps []Gap) {
	places := slices.DeleteFunc(slices.Clone(g.kin.placements[c.ID]), func(p Placement) bool { return !p.Voucher })
	if len(places) == 0 {
		return nil, nil
	}
	days := g.kin.axis(c, g.rules)
	for i, day := range days[:len(days)-1] {
		place := on(places, day)
		if place == nil {
			continue
		}
		slice := calendar.Period{From: day, To: days[i+1]}
		if several(places, day) {
			gaps = addGap(gaps, Gap{c.ID, slice, TwoPlacements})
		}
		d, decided, reasons := g.slice(c, *place, day)
		for _, r := range reasons {
			gaps = addGap(gaps, Gap{c.ID, slice, r})
		}
		if !decided {
			continue
		}
		d.Period = slice
		drafts = addDraft(drafts, d)
	}
	return drafts, gaps
}

// addDraft joins a draft to its neighbour when nothing differs, and otherwise says what does.
func addDraft(drafts []Draft, d Draft) []Draft {
	n := len(drafts)
	if n == 0 || drafts[n-1].To != d.From {
		return append(drafts, d)
	}
	if d.Difference = differences(&drafts[n-1], &d); len(d.Difference) == 0 {
		drafts[n-1].To = d.To
		return drafts
	}
	return append(drafts, d)
}

func addGap(gaps []Gap, g Gap) []Gap {
	for i := range gaps {
		if gaps[i].Reason == g.Reason && gaps[i].To == g.From {
			gaps[i].To = g.To
			return gaps
		}
	}
	return append(gaps, g)
}

// slice decides one child's day in a placement. The reasons are told whether or not a decision is made.
func (g *generator) slice(c Child, place Placement, day calendar.Date) (d Draft, decided bool, reasons []GapReason) {
	family, ok := g.kin.familyOn(c.ID, day)
	if !ok {
		return Draft{}, false, []GapReason{NoHead}
	}
	if day >= GrownFrom(c.Birth) {
		return Draft{}, false, []GapReason{GrownUp}
	}
	rules, reason := g.rulesOn(day)
	if reason != noReason {
		return Draft{}, false, []GapReason{reason}
	}
	d = Draft{Child: c.ID, Head: family.head, Partner: family.partner, FamilySize: family.size(), Unit: place.Unit,
		PlacementType: place.Type, UnderThree: day < OverThreeFrom(c.Birth), Ordinal: g.kin.ordinal(family, c.ID, day), Thresholds: rules.Thresholds}
	if need := on(g.kin.needs[c.ID], day); need != nil {
		d.Option = need.Option
	} else if d.NeedMissing = true; g.defaults[place.Type] == "" {
		return Draft{}, false, []GapReason{NoDefault}
	} else {
		d.Option = g.defaults[place.Type]
	}
	outcome, err := rules.Decide(g.moment(&d, family, day))
	if err != nil {
		return Draft{}, false, []GapReason{reasonOf(err)}
	}
	if !outcome.Decision() {
		if !outcome.Published && on(g.rules.Bases, day) == nil {
			return Draft{}, false, []GapReason{NoBaseValue}
		}
		return Draft{}, false, nil
	}
	d.Outcome = outcome
	if d.ready() { // what it was not computed with does not make it another decision
		d.Ordinal, d.Thresholds = 0, Thresholds{}
	} else if limit, err := rules.Thresholds.Limit(d.FamilySize); err == nil {
		d.Limit = limit // a household of an unlisted size got here with the highest fee and has none
	}
	if several(g.kin.heads[c.ID], day) {
		reasons = append(reasons, TwoHeads)
	}
	if several(g.kin.couples[family.head], day) {
		reasons = append(reasons, TwoPartners)
	}
	if d.ready() && slices.ContainsFunc(g.kin.alterations[c.ID], func(a FeeAlteration) bool { return a.Contains(day) }) {
		reasons = append(reasons, ReadyAltered)
	}
	if outcome.OwnShareAboveValue() {
		reasons = append(reasons, OwnShareAbove)
	}
	return d, true, reasons
}

func reasonOf(err error) GapReason {
	if fault.CodeOf(err) == errLimit.Code {
		return NoLimit
	}
	return UnknownNeed
}

// moment gathers what the value and the fee hang on, and keeps in the draft what was used.
func (g *generator) moment(d *Draft, f family, day calendar.Date) Moment {
	m := Moment{FamilySize: d.FamilySize, Ordinal: d.Ordinal, UnderThree: d.UnderThree, Option: d.Option, Support: one}
	if s := on(g.kin.supports[d.Child], day); s != nil {
		m.Support, m.Capacity = s.Coefficient, s.Capacity
	}
	if r := on(g.kin.ready[d.Child], day); r != nil {
		m.Ready = &r.Share
		return m
	}
	for _, adult := range f.adults() {
		income := on(g.kin.incomes[adult], day)
		m.Adults = append(m.Adults, income.known())
		if income != nil {
			d.AdultIncomes = append(d.AdultIncomes, income.used())
		}
	}
	slices.SortFunc(d.AdultIncomes, IncomeUsed.compare)
	if income := on(g.kin.incomes[d.Child], day); income != nil {
		used := income.used()
		d.ChildIncome, m.ChildIncome = &used, income.known()
	}
	for _, a := range g.kin.alterations[d.Child] {
		if a.Contains(day) {
			d.Alterations = append(d.Alterations, a.Alteration)
		}
	}
	m.Alterations = d.Alterations
	return m
}

func (i *Income) used() IncomeUsed {
	if known := i.known(); known != nil {
		return IncomeUsed{i.ID, true, *known}
	}
	return IncomeUsed{ID: i.ID}
}

// rulesOn gives the rules of a day, computed once for each stretch of days between changes of the rules.
func (g *generator) rulesOn(day calendar.Date) (*Rules, GapReason) {
	if r, ok := g.days[day]; ok && r != nil {
		return r, noReason
	}
	r, reason := g.rules.On(day)
	if reason != noReason {
		return nil, reason
	}
	g.days[day] = &r
	return &r, noReason
}

// Key names the text that tells a person what to do.
func (r GapReason) Key() string { return "daycare.gap." + string(r) }
