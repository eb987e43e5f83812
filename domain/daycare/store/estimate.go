package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// RulesOn gives the published version that holds on a day, the first one before all: what it says is public. DAY-081 when there is none.
func RulesOn(ctx context.Context, tx *postgres.Tx, organiser int32, day calendar.Date) (Rules, error) {
	all, err := published(ctx, tx, organiser)
	if err != nil {
		return Rules{}, err
	}
	return all.on(day).Rules, nil
}

// EstimateInput asks what a place would cost one child's family. Nothing of it is kept.
type EstimateInput struct {
	Of
	Home    int64 // adult of whose household the fee would be, when the child has no head on the day
	From    calendar.Date
	Kind    string // placement type
	Option  string
	Units   []int64
	Income  *money.Cents // of the household in a month, as told, instead of what is recorded
	Highest bool         // the highest fee instead of what is recorded
	Moved   bool         // as if the child lived in Home from the day on, whoever its head is: nothing of another household bears on the sum
}

// Estimated is what a place in one unit would cost in a month on the first day.
type Estimated struct {
	Unit      int64
	Value     money.Cents // of the voucher
	Fee       money.Cents // own share by the fee act: what a place of the municipality's own would cost
	Price     money.Cents // that the unit asks; 0 under the models of a surcharge
	Surcharge money.Cents
	Payable   money.Cents // by the municipality
	Family    money.Cents // by the family in a voucher place
	Highest   bool        // somebody's income is not known, so the fee is the highest
	Missing   daycare.GapReason
}

// Estimate computes with the same engine as the drafts, on what is recorded now and the place that is asked about instead of the child's
// present one. A unit without a price that the price model needs comes back with the reason.
// Locks: clients, in order of their numbers.
func Estimate(ctx context.Context, tx *postgres.Tx, by access.Actor, in EstimateInput) ([]Estimated, error) {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return nil, err
	}
	rules, err := published(ctx, tx, in.Organiser)
	if err != nil {
		return nil, err
	}
	v := rules.on(in.From)
	p, err := in.family(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	in.suppose(p, v)
	asked, err := loadPrices(ctx, tx, in.Organiser, in.Units)
	if err != nil {
		return nil, err
	}
	drafts, gaps := daycare.Drafts(p.facts, v.set)
	child := p.id(in.Child)
	i := slices.IndexFunc(drafts, func(d daycare.Draft) bool { return d.Child == child && d.Contains(in.From) })
	list := make([]Estimated, len(in.Units))
	for n, unit := range in.Units {
		list[n].Unit = unit
		if i < 0 {
			list[n].Missing = NoRules
			for _, g := range gaps {
				if g.Child == child && g.Contains(in.From) {
					list[n].Missing = g.Reason
				}
			}
			continue
		}
		if err := list[n].price(v, drafts[i], asked, in.From); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// price applies the price model of the day to the one draft.
func (e *Estimated) price(v version, d daycare.Draft, asked prices, day calendar.Date) error {
	d.Unit = strconv.FormatInt(e.Unit, 10)
	e.Value, e.Fee, e.Highest = d.Outcome.Value, d.Outcome.FinalOwnShare, d.IncomeUnknown()
	pieces, gaps, err := v.priced(d, asked)
	if err != nil {
		return err
	}
	for _, m := range pieces {
		if m.Contains(day) {
			e.Price, e.Surcharge, e.Payable, e.Family = m.Price, m.Surcharge, m.Payable, m.Family
			return nil
		}
	}
	for _, g := range gaps {
		if g.Contains(day) {
			e.Missing = g.Reason
		}
	}
	return nil
}

// family reads the child's family; where the child has no head on the day, the one of the home that is asked about.
func (in EstimateInput) family(ctx context.Context, tx *postgres.Tx, by access.Actor) (*people, error) {
	q := db.New(tx)
	homes, err := household.Many(ctx, tx, by, in.Organiser, []int64{in.Home})
	if err != nil {
		return nil, err
	}
	home, ok := homes[in.Home]
	if !ok {
		return nil, errAdult
	}
	persons := []int64{home.Person}
	for _, m := range home.Members {
		if m.Person != 0 && (m.Role == household.Spouse || m.Role == household.Partner) {
			persons = append(persons, m.Person)
		}
	}
	siblings, err := q.HeadsOfPersons(ctx, db.HeadsOfPersonsParams{OrganiserID: in.Organiser, Persons: persons})
	if err != nil {
		return nil, fmt.Errorf("reading siblings: %w", err)
	}
	children := []int64{in.Child}
	for _, s := range siblings {
		children = append(children, s.ChildID)
	}
	slices.Sort(children)
	p, err := families(ctx, tx, by, in.Organiser, slices.Compact(children))
	if err != nil {
		return nil, err
	}
	for _, h := range p.heads {
		if !in.Moved && h.ChildID == in.Child && period(h.ValidFrom, h.ValidTo).Contains(in.From) {
			return p, nil
		}
	}
	adults, err := q.People(ctx, db.PeopleParams{OrganiserID: in.Organiser, Clients: []int64{in.Home}})
	if err != nil || len(adults) != 1 {
		return nil, errAdult.Because(err)
	}
	maps.DeleteFunc(p.heads, func(_ int64, h db.HeadsOfChildrenRow) bool { return h.ChildID == in.Child && h.ValidTo > in.From })
	p.heads[-1] = db.HeadsOfChildrenRow{HeadID: -1, ChildID: in.Child, AdultID: in.Home, ValidFrom: in.From, ValidTo: calendar.Forever}
	p.clients[in.Home], p.households[in.Home] = adults[0], home
	p.facts, p.units = daycare.Facts{}, nil
	return p, p.records(ctx, tx, in.Organiser)
}

// suppose puts the place that is asked about, its need and the income that was told in the place of what is recorded.
func (in EstimateInput) suppose(p *people, v version) {
	child, all := p.id(in.Child), calendar.Period{From: in.From, To: calendar.Forever}
	before := calendar.Period{To: in.From}
	keepPlaces, keepNeeds := p.facts.Placements[:0:0], p.facts.Needs[:0:0]
	for _, x := range p.facts.Placements {
		if x.Child == child {
			x.Period = x.Meet(before)
		}
		keepPlaces = append(keepPlaces, x)
	}
	for _, x := range p.facts.Needs {
		if x.Child == child {
			x.Period = x.Meet(before)
		}
		if !x.Empty() {
			keepNeeds = append(keepNeeds, x)
		}
	}
	p.facts.Placements = within(append(keepPlaces, daycare.Placement{Child: child, Unit: "0", Type: in.Kind, Voucher: true, Period: all}), v.Period)
	same := in.Income == nil && !in.Highest && slices.ContainsFunc(p.facts.Needs, func(n daycare.Need) bool { return n.Child == child && n.Option == in.Option && n.Contains(in.From) })
	if !same { // what the fee system decided is for the need that the child has
		p.facts.Ready = slices.DeleteFunc(p.facts.Ready, func(x daycare.ReadyShare) bool { return x.Child == child })
	}
	p.facts.Needs = append(keepNeeds, daycare.Need{Child: child, Option: in.Option, Period: all})
	if in.Moved { // relief was granted on the other household's grounds
		p.facts.Alterations = slices.DeleteFunc(p.facts.Alterations, func(x daycare.FeeAlteration) bool { return x.Child == child })
	}
	if in.Income == nil && !in.Highest {
		return
	}
	var told []daycare.Income
	for _, h := range p.facts.Heads {
		if h.Child != child || !h.Contains(in.From) {
			continue
		}
		told = append(told, in.told(h.Adult, in.Income, all))
		for _, c := range p.facts.Couples {
			partner := c.Other
			if c.Other == h.Adult {
				partner = c.One
			}
			if (c.One == h.Adult || c.Other == h.Adult) && c.Contains(in.From) {
				told = append(told, in.told(partner, new(money.Cents), all))
			}
		}
	}
	replaced := func(i daycare.Income) bool {
		return slices.ContainsFunc(told, func(t daycare.Income) bool { return t.Person == i.Person })
	}
	p.facts.Incomes = append(told, slices.DeleteFunc(p.facts.Incomes, replaced)...)
}

func (in EstimateInput) told(person string, cents *money.Cents, all calendar.Period) daycare.Income {
	if in.Highest {
		return daycare.Income{Person: person, Effect: daycare.MaxFeeAccepted, ID: "max", Period: all}
	}
	return daycare.Income{Person: person, Effect: daycare.Known, ID: "told", Total: cents, Period: all}
}
