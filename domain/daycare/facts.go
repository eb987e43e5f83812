package daycare

import (
	"seteli/core/calendar"
	"seteli/core/money"
)

// Facts are what is known of families, each with the days on which it holds. Ids are opaque texts.
// Where two records of a list hold on the same day for the same person, the earlier in the list is taken and the double is
// told as a Gap where it may change a decision.
type Facts struct {
	Children    []Child
	Heads       []Head
	Couples     []Couple
	Placements  []Placement
	Needs       []Need
	Incomes     []Income
	Alterations []FeeAlteration
	Supports    []Support
	Ready       []ReadyShare `json:",omitempty"` // left out where there are none, so that what was sealed without them stays equal
}

// Child is a child of a household.
type Child struct {
	ID    string
	Birth calendar.Date
	Code  string // identity code, "" = not known
}

// Head says that an adult is the head of the child's family. Guardianship is another relation.
type Head struct {
	Child, Adult string
	calendar.Period
}

// Couple are two adults who live together.
type Couple struct {
	One, Other string
	calendar.Period
}

// Placement is a child's place in a unit, of any form of arranging.
type Placement struct {
	Child, Unit, Type string
	Voucher           bool // in a voucher unit
	calendar.Period
}

// Need is a recorded need option.
type Need struct {
	Child, Option string
	calendar.Period
}

// Income is an adult's or a child's income record.
type Income struct {
	Person, ID string
	Effect     Effect
	Total      *money.Cents // only with the effect Known
	calendar.Period
}

// known is the sum of a record, nil when there is none.
func (i *Income) known() *money.Cents {
	if i == nil || i.Effect != Known {
		return nil
	}
	return i.Total
}

// FeeAlteration is an alteration of a child's fee.
type FeeAlteration struct {
	Child string
	Alteration
	calendar.Period
}

// Support is a child's support coefficient or capacity factor.
type Support struct {
	Child       string
	Coefficient money.Rate
	Capacity    *money.Rate
	calendar.Period
}

// ReadyShare is a child's own share as the municipality's own fee system has decided it. It is the whole of it: order of siblings, part time,
// alterations and relief are in it already, and incomes do not bear on it.
type ReadyShare struct {
	Child string
	Share money.Cents
	calendar.Period
}

// DatedThresholds are thresholds with the days on which they hold.
type DatedThresholds struct {
	calendar.Period
	Thresholds
}

// PublishedValue is a whole value that the municipality has published for an option; it wins over base × coefficient.
type PublishedValue struct {
	Option string
	calendar.Period
	AgeValue
}

// RuleSet are the dated rules of a municipality.
type RuleSet struct {
	Thresholds       []DatedThresholds
	Bases            []DatedValue
	Published        []PublishedValue
	Options          map[string]Option
	TableRounding    money.Rounding
	DecisionRounding money.Rounding
	CapacityEnabled  bool
	FeeRounding      FeeRounding
}

// uncounted are the placement types that make no sibling order.
var uncounted = map[string]bool{"CLUB": true, "SCHOOL_SHIFT_CARE": true, "TEMPORARY_DAYCARE": true, "TEMPORARY_DAYCARE_PART_DAY": true}

// kin finds the facts of one person without searching the whole list.
type kin struct {
	child       map[string]Child
	heads       map[string][]Head // by child
	headed      map[string][]Head // by adult
	couples     map[string][]Couple
	placements  map[string][]Placement
	needs       map[string][]Need
	incomes     map[string][]Income
	alterations map[string][]FeeAlteration
	supports    map[string][]Support
	ready       map[string][]ReadyShare
}

func newKin(f Facts) kin {
	k := kin{child: make(map[string]Child, len(f.Children))}
	for _, c := range f.Children {
		k.child[c.ID] = c
	}
	k.heads = by(f.Heads, func(h Head) string { return h.Child })
	k.headed = by(f.Heads, func(h Head) string { return h.Adult })
	k.couples = make(map[string][]Couple, 2*len(f.Couples))
	for _, c := range f.Couples { // in the order of the list for either of them
		k.couples[c.One] = append(k.couples[c.One], c)
		if c.Other != c.One {
			k.couples[c.Other] = append(k.couples[c.Other], Couple{c.Other, c.One, c.Period})
		}
	}
	k.placements = by(f.Placements, func(p Placement) string { return p.Child })
	k.needs = by(f.Needs, func(n Need) string { return n.Child })
	k.incomes = by(f.Incomes, func(i Income) string { return i.Person })
	k.alterations = by(f.Alterations, func(a FeeAlteration) string { return a.Child })
	k.supports = by(f.Supports, func(s Support) string { return s.Child })
	k.ready = by(f.Ready, func(s ReadyShare) string { return s.Child })
	return k
}

func by[T any](list []T, key func(T) string) map[string][]T {
	m := make(map[string][]T)
	for _, x := range list {
		m[key(x)] = append(m[key(x)], x)
	}
	return m
}

// on is the first record that holds on the day, nil when none does.
func on[T interface{ Contains(calendar.Date) bool }](list []T, day calendar.Date) *T {
	for i := range list {
		if list[i].Contains(day) {
			return &list[i]
		}
	}
	return nil
}

// several tells whether more than one record holds on the day.
func several[T interface{ Contains(calendar.Date) bool }](list []T, day calendar.Date) bool {
	n := 0
	for i := range list {
		if list[i].Contains(day) {
			n++
		}
	}
	return n > 1
}
