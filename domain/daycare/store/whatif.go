package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/client/household"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Snapshot is everything that value decisions follow from, as it stands at one moment: whole families, the published rules and what units
// ask. Decisions under other rules or prices are computed from it by the functions that make drafts; nothing can be written with it.
type Snapshot struct {
	Day      calendar.Date
	Children int
	Units    map[int64]int64  // provider by unit
	Names    map[int64]string // of units
	Areas    map[int64]string // the postal area of a unit, with its name; "" where the register does not tell it
	parts    []*people
	owner    map[int64]int // the part in which a child is decided: as in a regeneration, the last one that holds it
	rules    inForce
	national []profile.Thresholds
	prices   []Price
	hash     [32]byte
}

// TakeSnapshot reads a snapshot for sums; the caller's transaction makes it of one moment. DAY-081 without published rules.
func TakeSnapshot(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (*Snapshot, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	national, err := National(ctx, tx)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{Day: tx.Today(), Units: map[int64]int64{}, Names: map[int64]string{}, Areas: map[int64]string{}, owner: map[int64]int{}, rules: rules, national: national}
	parts, err := inParts(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	for i, ids := range parts {
		p, err := around(ctx, tx, by, organiser, ids, household.ManyForSums)
		if err != nil {
			return nil, err
		}
		if err := p.records(ctx, tx, organiser); err != nil {
			return nil, err
		}
		for _, c := range p.children {
			s.owner[c] = i
		}
		for unit, provider := range p.provider {
			s.Units[unit], s.Names[unit] = provider, p.unitName[unit]
		}
		s.parts = append(s.parts, p)
	}
	s.Children = len(s.owner)
	areas, err := db.New(tx).UnitAreas(ctx, slices.Sorted(maps.Keys(s.Units)))
	if err != nil {
		return nil, fmt.Errorf("reading the areas of units: %w", err)
	}
	for _, r := range areas {
		if r.Postcode != "" {
			s.Areas[r.UnitID] = strings.TrimSpace(r.Postcode + " " + r.City)
		}
	}
	asked, err := loadPrices(ctx, tx, organiser, slices.Sorted(maps.Keys(s.Units)))
	if err != nil {
		return nil, err
	}
	s.prices = asked.list()
	return s, s.seal()
}

// seal computes the hash of everything that a decision can follow from.
func (s *Snapshot) seal() error {
	h := sha256.New()
	w := json.NewEncoder(h)
	for _, p := range s.parts {
		if err := w.Encode(p.facts); err != nil {
			return fmt.Errorf("sealing a snapshot: %w", err)
		}
	}
	for _, v := range s.rules {
		if err := w.Encode(v.Profile); err != nil {
			return fmt.Errorf("sealing a snapshot: %w", err)
		}
	}
	if err := w.Encode([]any{s.national, s.prices}); err != nil {
		return fmt.Errorf("sealing a snapshot: %w", err)
	}
	h.Sum(s.hash[:0])
	return nil
}

// Hash stands for the facts, the rules and the prices; equal snapshots give equal results.
func (s *Snapshot) Hash() [32]byte { return s.hash }

// Parts is in how many steps the children are decided.
func (s *Snapshot) Parts() int { return len(s.parts) }

// Terms are rules and prices under which decisions are computed.
type Terms struct {
	Rules    []Rules // by first day; each holds until the next one begins
	National []profile.Thresholds
	Prices   []Price
	Units    []int64 // all that have places
}

// Terms are those in force.
func (s *Snapshot) Terms() Terms {
	t := Terms{National: s.national, Prices: slices.Clone(s.prices), Units: slices.Sorted(maps.Keys(s.Units))}
	for _, v := range s.rules {
		r := v.Rules
		r.ValidFrom = v.From // a version that another one of the same day replaced is not among them
		t.Rules = append(t.Rules, r)
	}
	return t
}

// RuleSet gives the dated rules of one version.
func (t Terms) RuleSet(r Rules) daycare.RuleSet { return r.Profile.Rules(t.National) }

// Holding is a decision that would be made under the terms. Equal hashes are equal decisions.
type Holding struct {
	Child int64
	calendar.Period
	Basis
	Hash [32]byte
}

// Decide computes what would be decided for the children of one part, by child and day, and the gaps.
func (s *Snapshot) Decide(part int, t Terms) ([]Holding, []Task, error) {
	p := s.parts[part]
	newest := slices.Clone(t.Rules)
	slices.Reverse(newest)
	asked := prices{}
	for _, x := range t.Prices {
		k := priceKey(x.Unit, x.Option)
		asked[k] = append(asked[k], x)
	}
	for _, l := range asked {
		slices.SortStableFunc(l, func(a, b Price) int { return cmp.Compare(a.From, b.From) })
	}
	now, gaps, err := generate(p, assemble(newest, t.National), asked)
	if err != nil {
		return nil, nil, err
	}
	var list []Holding
	for _, c := range p.children {
		if s.owner[c] != part {
			continue
		}
		for _, m := range now[p.id(c)] {
			list = append(list, Holding{c, m.Period, m.Basis, m.hash})
		}
	}
	var tasks []Task
	for _, g := range gaps {
		if c, ok := p.person[g.Child]; ok && s.owner[c] == part {
			tasks = append(tasks, Task{Child: c, Period: g.Period, Reason: g.Reason})
		}
	}
	return list, tasks, nil
}

// SentDecision is the holding as the monthly settlement sees a decision.
func (h Holding) SentDecision() daycare.SentDecision {
	return daycare.SentDecision{Child: h.Basis.Draft.Child, Unit: h.Basis.Draft.Unit, Period: h.Period, Value: h.Basis.Draft.Outcome.Value,
		OwnShare: h.Basis.Draft.Outcome.FinalOwnShare, Payable: h.Payable}
}

func (p prices) list() []Price {
	var list []Price
	for _, l := range p {
		list = append(list, l...)
	}
	slices.SortFunc(list, func(a, b Price) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Option, b.Option), cmp.Compare(a.From, b.From))
	})
	return list
}

// TermsNow are the terms in force without any family, to judge a question by. DAY-081 without published rules.
func TermsNow(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (Terms, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return Terms{}, err
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return Terms{}, err
	}
	national, err := National(ctx, tx)
	if err != nil {
		return Terms{}, err
	}
	return (&Snapshot{rules: rules, national: national}).Terms(), nil
}
