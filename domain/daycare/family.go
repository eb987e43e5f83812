package daycare

import (
	"cmp"
	"math"
	"slices"

	"seteli/core/calendar"
)

// family is a child's household on one day.
type family struct {
	head, partner string  // partner "" = none
	children      []Child // under 18, headed by either; each once
}

func (f family) adults() []string {
	if f.partner == "" {
		return []string{f.head}
	}
	return []string{f.head, f.partner}
}

func (f family) size() int { return len(f.adults()) + len(f.children) }

// familyOn is the child's head and the head's partner on the day, with the children that either heads. Where both head
// children the head of the family is the one with more of them, on a tie the one with the younger youngest child, on a
// full tie the child's own head. False without a head.
func (k *kin) familyOn(child string, day calendar.Date) (family, bool) {
	own := on(k.heads[child], day)
	if own == nil {
		return family{}, false
	}
	f := family{head: own.Adult}
	if c := on(k.couples[f.head], day); c != nil {
		f.partner = c.Other
	}
	first := k.headedOn(f.head, day)
	f.children = slices.Clone(first)
	if f.partner != "" {
		second := k.headedOn(f.partner, day)
		if len(first) > 0 && len(second) > 0 && precedes(second, first) {
			f.head, f.partner = f.partner, f.head
		}
		for _, c := range second {
			if !slices.Contains(f.children, c) {
				f.children = append(f.children, c)
			}
		}
	}
	return f, true
}

// headedOn gives the children under 18 whose head the adult is on the day.
func (k *kin) headedOn(adult string, day calendar.Date) []Child {
	var list []Child
	for _, h := range k.headed[adult] {
		if !h.Contains(day) {
			continue
		}
		c, ok := k.child[h.Child]
		if ok && day < GrownFrom(c.Birth) && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// precedes tells whether the one who heads a comes before the one who heads b; both head at least one child.
func precedes(a, b []Child) bool {
	younger := func(x, y Child) int { return cmp.Compare(x.Birth, y.Birth) }
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(slices.MaxFunc(a, younger).Birth, slices.MaxFunc(b, younger).Birth)) > 0
}

// ordinal is the child's place among the family's children with a placement that counts on the day, the youngest first: 1503/2016 orders
// the children of the family who are in early education. One who is known only as a member of the household has no placement: it counts in
// the size of the family and in nobody's order, and pays nothing. A child whose own placement does not count pays as an only child.
func (k *kin) ordinal(f family, child string, day calendar.Date) int {
	siblings := make([]Sibling, len(f.children))
	for i, c := range f.children {
		siblings[i] = Sibling{c.ID, c.Birth, c.Code, k.counts(c.ID, day)}
	}
	return max(1, slices.Index(SiblingOrder(siblings), child)+1)
}

func (k *kin) counts(child string, day calendar.Date) bool {
	return slices.ContainsFunc(k.placements[child], func(p Placement) bool { return p.Contains(day) && !uncounted[p.Type] })
}

// axis gives the days on which anything that a child's decision hangs on may change, in order.
func (k *kin) axis(child Child, rules RuleSet) []calendar.Date {
	var days []calendar.Date
	adults := map[string]bool{}
	days = append(days, OverThreeFrom(child.Birth), GrownFrom(child.Birth))
	days = edges(days, k.placements[child.ID])
	days = edges(days, k.needs[child.ID])
	days = edges(days, k.incomes[child.ID])
	days = edges(days, k.alterations[child.ID])
	days = edges(days, k.supports[child.ID])
	days = edges(days, k.ready[child.ID])
	days = edges(days, k.heads[child.ID])
	days = edges(days, rules.Thresholds)
	days = edges(days, rules.Bases)
	days = edges(days, rules.Published)
	for _, h := range k.heads[child.ID] {
		adults[h.Adult] = true
		for _, c := range k.couples[h.Adult] {
			adults[c.Other] = true
			days = append(days, c.From, c.To)
		}
	}
	for adult := range adults {
		days = edges(days, k.incomes[adult])
		for _, h := range k.headed[adult] {
			days = edges(days, k.heads[h.Child])
			days = edges(days, k.placements[h.Child])
			days = append(days, GrownFrom(k.child[h.Child].Birth))
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// always is a period that holds every day, so that meeting it gives a record's own period.
var always = calendar.Period{From: math.MinInt32, To: math.MaxInt32}

func edges[T interface {
	Meet(calendar.Period) calendar.Period
}](days []calendar.Date, list []T) []calendar.Date {
	for _, x := range list {
		p := x.Meet(always)
		days = append(days, p.From, p.To)
	}
	return days
}
