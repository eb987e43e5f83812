package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// people is what was read of whole families: every child that is asked for, everybody who may bear on its fee, and their records.
type people struct {
	clients    map[int64]db.PeopleRow // children and heads
	heads      map[int64]db.HeadsOfChildrenRow
	households map[int64]household.Household // of heads and children
	children   []int64                       // in early education, in order
	facts      daycare.Facts
	person     map[string]int64 // client number by the id of a child in the facts
	units      []int64
	provider   map[int64]int64 // of units
	unitName   map[int64]string
}

// personID is the id of a person in the facts: one person known by two households is one.
func personID(person int64) string { return "P" + strconv.FormatInt(person, 10) }

// memberID is the id of somebody whose identity is not known: another household's record of the same person cannot be told.
func memberID(member int64) string { return "M" + strconv.FormatInt(member, 10) }

func idOf(m household.Member) string {
	if m.Person != 0 {
		return personID(m.Person)
	}
	return memberID(m.ID)
}

// reader says how households are read: as a person's act, or for sums only.
type reader func(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clients []int64) (map[int64]household.Household, error)

// families reads the children's families whole and locks the children.
func families(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, children []int64) (*people, error) {
	p, err := around(ctx, tx, by, organiser, children, household.Many)
	if err != nil {
		return nil, err
	}
	if _, err := db.New(tx).ChildrenLock(ctx, db.ChildrenLockParams{OrganiserID: organiser, Children: p.children}); err != nil {
		return nil, fmt.Errorf("locking %d children: %w", len(p.children), err)
	}
	return p, p.records(ctx, tx, organiser)
}

// around finds everybody who may bear on the children's fees, siblings and siblings of partners too, in rounds until nobody new is found.
func around(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, children []int64, read reader) (*people, error) {
	p := &people{clients: map[int64]db.PeopleRow{}, heads: map[int64]db.HeadsOfChildrenRow{}, households: map[int64]household.Household{}, person: map[string]int64{}, provider: map[int64]int64{}, unitName: map[int64]string{}}
	known, asked := map[int64]bool{}, map[string]bool{}
	for fresh := children; len(fresh) > 0; {
		for _, c := range fresh {
			known[c] = true
		}
		persons, err := p.round(ctx, tx, by, organiser, fresh, read)
		if err != nil {
			return nil, err
		}
		persons = slices.DeleteFunc(persons, func(id int64) bool { seen := asked[personID(id)]; asked[personID(id)] = true; return seen })
		rows, err := db.New(tx).HeadsOfPersons(ctx, db.HeadsOfPersonsParams{OrganiserID: organiser, Persons: persons})
		if err != nil {
			return nil, fmt.Errorf("reading siblings: %w", err)
		}
		fresh = nil
		for _, r := range rows {
			if !known[r.ChildID] {
				known[r.ChildID] = true
				fresh = append(fresh, r.ChildID)
			}
		}
	}
	p.children = slices.Sorted(maps.Keys(known))
	return p, nil
}

// round reads the heads of children and the households of both, and gives the persons who live as heads or partners in them.
func (p *people) round(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, children []int64, read reader) ([]int64, error) {
	q := db.New(tx)
	heads, err := q.HeadsOfChildren(ctx, db.HeadsOfChildrenParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return nil, fmt.Errorf("reading heads: %w", err)
	}
	clients := slices.Clone(children)
	for _, h := range heads {
		p.heads[h.HeadID] = h
		clients = append(clients, h.AdultID)
	}
	slices.Sort(clients)
	clients = slices.DeleteFunc(slices.Compact(clients), func(c int64) bool { _, have := p.households[c]; return have })
	rows, err := q.People(ctx, db.PeopleParams{OrganiserID: organiser, Clients: clients})
	if err != nil {
		return nil, fmt.Errorf("reading people: %w", err)
	}
	for _, r := range rows {
		p.clients[r.ClientID] = r
	}
	homes, err := read(ctx, tx, by, organiser, clients)
	if err != nil {
		return nil, err
	}
	maps.Copy(p.households, homes)
	var persons []int64
	for _, h := range heads {
		home := p.households[h.AdultID]
		persons = append(persons, home.Person)
		for _, m := range home.Members {
			if m.Person != 0 && (m.Role == household.Spouse || m.Role == household.Partner) {
				persons = append(persons, m.Person)
			}
		}
	}
	return persons, nil
}

// records reads what is recorded of the children and puts the facts together.
func (p *people) records(ctx context.Context, tx *postgres.Tx, organiser int32) error {
	for _, c := range p.children {
		row := p.clients[c]
		id := personID(row.PersonID)
		p.person[id] = c
		p.facts.Children = append(p.facts.Children, daycare.Child{ID: id, Birth: row.BirthDate})
	}
	p.addHomes()
	q := db.New(tx)
	placements, err := q.PlacementsOf(ctx, db.PlacementsOfParams{OrganiserID: organiser, Children: p.children})
	if err != nil {
		return fmt.Errorf("reading placements: %w", err)
	}
	for _, r := range placements {
		p.facts.Placements = append(p.facts.Placements, daycare.Placement{Child: p.id(r.ChildID), Unit: strconv.FormatInt(r.UnitID, 10), Type: r.Kind, Voucher: r.Voucher, Period: untilSchool(period(r.ValidFrom, r.ValidTo), p.clients[r.ChildID].BirthDate)})
		p.units, p.provider[r.UnitID], p.unitName[r.UnitID] = append(p.units, r.UnitID), r.ProviderID, r.UnitName
	}
	needs, err := q.NeedsOf(ctx, db.NeedsOfParams{OrganiserID: organiser, Children: p.children})
	if err != nil {
		return fmt.Errorf("reading needs: %w", err)
	}
	for _, r := range needs {
		p.facts.Needs = append(p.facts.Needs, daycare.Need{Child: p.id(r.ChildID), Option: r.OptionCode, Period: period(r.ValidFrom, r.ValidTo)})
	}
	return p.feeRecords(ctx, q, organiser)
}

func (p *people) feeRecords(ctx context.Context, q *db.Queries, organiser int32) error {
	supports, err := q.SupportsOf(ctx, db.SupportsOfParams{OrganiserID: organiser, Children: p.children})
	if err != nil {
		return fmt.Errorf("reading support: %w", err)
	}
	for _, r := range supports {
		s := daycare.Support{Child: p.id(r.ChildID), Period: period(r.ValidFrom, r.ValidTo)}
		if s.Coefficient, err = money.ParseRate(r.Coefficient); err != nil {
			return fmt.Errorf("support %d: %w", r.SupportID, err)
		}
		if s.Capacity, err = rate(r.Capacity); err != nil {
			return fmt.Errorf("support %d: %w", r.SupportID, err)
		}
		p.facts.Supports = append(p.facts.Supports, s)
	}
	alterations, err := q.AlterationsOf(ctx, db.AlterationsOfParams{OrganiserID: organiser, Children: p.children})
	if err != nil {
		return fmt.Errorf("reading alterations: %w", err)
	}
	for _, r := range alterations {
		a := daycare.FeeAlteration{Child: p.id(r.ChildID), Alteration: daycare.Alteration{Type: daycare.AlterationType(r.Kind), Amount: r.AlterationCents}, Period: period(r.ValidFrom, r.ValidTo)}
		if a.Percent, err = rate(r.Percent); err != nil {
			return fmt.Errorf("alteration %d: %w", r.AlterationID, err)
		}
		p.facts.Alterations = append(p.facts.Alterations, a)
	}
	ready, err := q.ReadySharesOf(ctx, db.ReadySharesOfParams{OrganiserID: organiser, Children: p.children})
	if err != nil {
		return fmt.Errorf("reading ready own shares: %w", err)
	}
	for _, r := range ready {
		p.facts.Ready = append(p.facts.Ready, daycare.ReadyShare{Child: p.id(r.ChildID), Share: r.ShareCents, Period: period(r.ValidFrom, r.ValidTo)})
	}
	return nil
}

// untilSchool ends an open place when the child starts school, so that no decision is made of years beyond. A place that is given an end
// lasts until it, and one that begins later (school was put off) as it is recorded.
func untilSchool(p calendar.Period, birth calendar.Date) calendar.Period {
	if school := daycare.SchoolFrom(birth); p.To == calendar.Forever && p.From < school {
		p.To = school
	}
	return p
}

func rate(text *string) (*money.Rate, error) {
	if text == nil {
		return nil, nil
	}
	r, err := money.ParseRate(*text)
	return &r, err
}

func period(from, to calendar.Date) calendar.Period { return calendar.Period{From: from, To: to} }

func (p *people) id(client int64) string { return personID(p.clients[client].PersonID) }

// addHomes makes heads, couples, further children and incomes of the households. What a person's own household tells of the income comes
// before what a partner's tells, so it is what counts.
func (p *people) addHomes() {
	adults := map[int64]bool{}
	headed := map[string]bool{} // children with a head of their own
	for _, id := range slices.Sorted(maps.Keys(p.heads)) {
		h := p.heads[id]
		adults[h.AdultID] = true
		headed[p.id(h.ChildID)] = true
		p.facts.Heads = append(p.facts.Heads, daycare.Head{Child: p.id(h.ChildID), Adult: p.id(h.AdultID), Period: period(h.ValidFrom, h.ValidTo)})
	}
	var partners []daycare.Income
	for _, id := range slices.Sorted(maps.Keys(adults)) {
		home := p.households[id]
		own, others := incomes(home)
		p.facts.Incomes, partners = append(p.facts.Incomes, own...), append(partners, others...)
		p.addMembers(home, headed)
	}
	p.facts.Incomes = append(p.facts.Incomes, partners...)
	for _, c := range p.children {
		if !adults[c] {
			p.facts.Incomes = append(p.facts.Incomes, ownIncome(p.households[c])...)
		}
	}
}

func (p *people) addMembers(home household.Household, headed map[string]bool) {
	self := personID(home.Person)
	for _, m := range home.Members {
		switch id := idOf(m); m.Role {
		case household.Spouse, household.Partner:
			same := func(c daycare.Couple) bool {
				return (c.One == self && c.Other == id || c.One == id && c.Other == self) && c.Overlaps(m.Period)
			}
			if !slices.ContainsFunc(p.facts.Couples, same) { // both may have told of each other
				p.facts.Couples = append(p.facts.Couples, daycare.Couple{One: self, Other: id, Period: m.Period})
			}
		case household.Child:
			if headed[id] || m.Person == 0 && p.known(self, m.BirthDate) {
				continue
			}
			if !slices.ContainsFunc(p.facts.Children, func(c daycare.Child) bool { return c.ID == id }) {
				p.facts.Children = append(p.facts.Children, daycare.Child{ID: id, Birth: m.BirthDate})
			}
			if !slices.ContainsFunc(p.facts.Heads, func(h daycare.Head) bool { return h.Child == id && h.Overlaps(m.Period) }) {
				p.facts.Heads = append(p.facts.Heads, daycare.Head{Child: id, Adult: self, Period: m.Period})
			}
		}
	}
}

// known tells that a child of the household without an identity code is one that the adult heads in early education: born on the same day.
func (p *people) known(adult string, birth calendar.Date) bool {
	return slices.ContainsFunc(p.facts.Heads, func(h daycare.Head) bool {
		client, ok := p.person[h.Child]
		return ok && h.Adult == adult && p.clients[client].BirthDate == birth
	})
}

// incomes gives what a household tells of its own adult and of a partner, each with the days on which it is the same. A record is named
// by the items that it was made of, so that a decision differs when they do.
func incomes(h household.Household) (own, partners []daycare.Income) {
	for _, p := range stretches(h) {
		s := h.At(p.From)
		for _, who := range s.People {
			i, ok := incomeOf(s, who)
			if !ok {
				continue
			}
			i.Period = p
			switch who.Role {
			case household.Self:
				i.Person = personID(h.Person)
				own = addIncome(own, i)
			case household.Spouse, household.Partner:
				m, _ := h.Member(who.Member)
				i.Person = idOf(m)
				partners = addIncome(partners, i)
			}
		}
	}
	return own, partners
}

// agreedHighest is the id of a record by which an adult agreed to the highest fee.
const agreedHighest = "max"

// incomeOf is what is known of one person on the day of a snapshot; false when nothing is.
func incomeOf(s household.Snapshot, who household.Person) (daycare.Income, bool) {
	i := daycare.Income{Effect: daycare.Known}
	var items []string
	var total money.Cents
	for _, r := range s.Rows {
		if r.Member != who.Member {
			continue
		}
		if r.Standing == household.Counted {
			total += r.Month
			items = append(items, "I"+strconv.FormatInt(r.Item, 10))
		}
		if r.Standing == household.Undefined {
			i.Effect = daycare.Incomplete
		}
	}
	switch {
	case who.Highest:
		return daycare.Income{Effect: daycare.MaxFeeAccepted, ID: agreedHighest}, true
	case who.Missing:
		return i, false
	}
	slices.Sort(items)
	if i.ID = strings.Join(items, "+"); i.Effect == daycare.Known {
		i.Total = &total
	}
	return i, true
}

// ownIncome is a child's own income; nothing is asked for when nothing was told.
func ownIncome(h household.Household) (list []daycare.Income) {
	if len(h.Items) == 0 {
		return nil
	}
	for _, p := range stretches(h) {
		s := h.At(p.From)
		for _, who := range s.People {
			if who.Role != household.Self {
				continue
			}
			if i, ok := incomeOf(s, who); ok && i.ID != "" {
				i.Period, i.Person = p, personID(h.Person)
				list = addIncome(list, i)
			}
		}
	}
	return list
}

// addIncome joins a record to the one before it when nothing differs.
func addIncome(list []daycare.Income, i daycare.Income) []daycare.Income {
	if n := len(list); n > 0 {
		last := &list[n-1]
		same := last.Person == i.Person && last.To == i.From && last.ID == i.ID && last.Effect == i.Effect && (last.Total == nil) == (i.Total == nil)
		if same && (i.Total == nil || *last.Total == *i.Total) {
			last.To = i.To
			return list
		}
	}
	return append(list, i)
}

// stretches are the periods within which nothing recorded of the household changes, from the first record on.
func stretches(h household.Household) []calendar.Period {
	days := []calendar.Date{h.BirthDate.AddMonths(18 * 12)}
	var first calendar.Date = calendar.Forever
	for _, i := range h.Items {
		days, first = append(days, i.Period.From, i.Period.To), min(first, i.Period.From)
	}
	for _, m := range h.Members {
		days = append(days, m.Period.From, m.Period.To)
	}
	for _, d := range h.Definitions {
		days = append(days, d.From)
	}
	for _, c := range h.Consents {
		days, first = append(days, c.GivenOn), min(first, c.GivenOn)
		if c.Withdrawn != nil {
			days = append(days, *c.Withdrawn)
		}
	}
	days = append(days, calendar.Forever)
	slices.Sort(days)
	days = slices.DeleteFunc(slices.Compact(days), func(d calendar.Date) bool { return d < first })
	var list []calendar.Period
	for i := 1; i < len(days); i++ {
		list = append(list, calendar.Period{From: days[i-1], To: days[i]})
	}
	return list
}
