package household

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Outcome is what an import does with one row.
type Outcome string

// Outcomes of rows.
const (
	WillAdd    Outcome = "add"
	WillChange Outcome = "change"
	WillKeep   Outcome = "keep" // the same income is recorded already
	WillRefuse Outcome = "refused"
)

// Planned is a row with its outcome and everything that is wrong in it.
type Planned struct {
	IncomeRow
	Outcome  Outcome
	Faults   fault.List
	ClientID int64 // 0 when the client is not known
	before   Item
}

// Plan is an import before anything is stored.
type Plan struct {
	Rows []Planned
	home map[int64]Household
}

// Count tells how many rows have the outcome.
func (p Plan) Count(o Outcome) int {
	n := 0
	for _, r := range p.Rows {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// Preview tells what an import of the rows would do, with every error of every row; it stores nothing. One income is known again by
// client, person, kind, source, payer and first day: the same row again changes nothing, another amount or last day changes the income.
func Preview(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, rows []IncomeRow) (Plan, error) {
	if err := by.May(access.IncomeEdit, organiser); err != nil {
		return Plan{}, err
	}
	if len(rows) > MostRows {
		return Plan{}, errImportSize.With("most", MostRows)
	}
	people, clients, err := met(ctx, tx, keys, organiser, rows)
	if err != nil {
		return Plan{}, err
	}
	home, err := whole(ctx, tx, organiser, slices.Sorted(maps.Values(clients)))
	if err != nil {
		return Plan{}, err
	}
	if err := seen(ctx, tx, by, home); err != nil {
		return Plan{}, err
	}
	plan := Plan{Rows: make([]Planned, len(rows)), home: home}
	byClient := map[int64][]*Planned{}
	for i, r := range rows {
		p := &plan.Rows[i]
		*p = Planned{IncomeRow: r, ClientID: clients[people[r.Client]]}
		p.Item = p.Item.tidied(tx.Today())
		if p.ClientID == 0 {
			p.Faults = append(p.Faults, errNoClient)
			continue
		}
		h := home[p.ClientID]
		if !r.Owner.IsZero() && r.Owner != r.Client {
			p.Faults = append(p.Faults, p.owned(h, people[r.Owner])...)
		}
		byClient[p.ClientID] = append(byClient[p.ClientID], p)
	}
	for id, list := range byClient {
		judge(home[id], list, tx.Today())
	}
	for i := range plan.Rows {
		if len(plan.Rows[i].Faults) > 0 {
			plan.Rows[i].Outcome = WillRefuse
		}
	}
	return plan, nil
}

// met finds the people that the rows name, and which of them are clients.
func met(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, organiser int32, rows []IncomeRow) (people map[ident.Hetu]int64, clients map[int64]int64, err error) {
	var codes []ident.Hetu
	for _, r := range rows {
		codes = append(codes, r.Client)
		if !r.Owner.IsZero() {
			codes = append(codes, r.Owner)
		}
	}
	if people, err = client.PersonsOf(ctx, tx, keys, codes); err != nil {
		return nil, nil, err
	}
	found, err := db.New(tx).ClientsOfPersons(ctx, db.ClientsOfPersonsParams{OrganiserID: organiser, Persons: slices.Sorted(maps.Values(people))})
	if err != nil {
		return nil, nil, fmt.Errorf("finding the clients of %d rows: %w", len(rows), err)
	}
	clients = make(map[int64]int64, len(found))
	for _, c := range found {
		clients[c.PersonID] = c.ClientID
	}
	return people, clients, nil
}

// owned finds whose income it is among those who live with the client on the first day.
func (p *Planned) owned(h Household, person int64) fault.List {
	for _, m := range h.Members {
		if person != 0 && m.Person == person && m.Period.Contains(p.Period.From) {
			p.Member = m.ID
			return nil
		}
	}
	return fault.List{errNoMember}
}

// judge decides the rows of one client. Incomes that change are seen as they will be before the new ones are judged, so that a file may
// end an income and begin the next one.
func judge(h Household, rows []*Planned, today calendar.Date) {
	h.Items = slices.Clone(h.Items)
	first := map[string]int{}
	for _, p := range rows {
		if p.Period.From > today {
			p.Faults = append(p.Faults, errFuture.With("from", p.Period.From))
		}
		if len(p.Faults) > 0 {
			continue
		}
		key := fmt.Sprint(p.Member, "\x00", p.Kind, "\x00", p.Source, "\x00", p.Payer, "\x00", p.Period.From)
		if line, twice := first[key]; twice {
			p.Faults = append(p.Faults, errRowTwice.With("line", line))
			continue
		}
		first[key] = p.Line
		p.Outcome = WillAdd
		i := slices.IndexFunc(h.Items, func(i Item) bool { return i.same(p.Item) && i.Period.From == p.Period.From })
		if i < 0 {
			continue
		}
		p.before, p.ID, p.RowVersion = h.Items[i], h.Items[i].ID, h.Items[i].RowVersion
		if p.Outcome = WillChange; p.before.alike(p.Item) {
			p.Outcome = WillKeep
			continue
		}
		h.Items[i] = p.Item
	}
	for again := true; again; { // a refused change stays as it was, which may refuse another
		again = false
		for _, p := range rows {
			if p.Outcome != WillChange || len(p.Faults) > 0 {
				continue
			}
			if p.Faults = h.accept(p.Item, today); len(p.Faults) > 0 {
				i := slices.IndexFunc(h.Items, func(i Item) bool { return i.ID == p.ID })
				h.Items[i], again = p.before, true
			}
		}
	}
	for n, p := range rows {
		if p.Outcome != WillAdd || len(p.Faults) > 0 {
			continue
		}
		if p.Faults = h.accept(p.Item, today); len(p.Faults) == 0 {
			added := p.Item
			added.ID = -int64(n) - 1 // of this plan only: apart from its neighbours
			h.Items = append(h.Items, added)
		}
	}
}

// alike tells that a file says nothing new: what it leaves out of note and days of fetching and telling is not news.
func (i Item) alike(j Item) bool {
	return i.Cents == j.Cents && i.Per == j.Per && i.Period == j.Period
}

// Touched is a household whose income an import changed, and the earliest day from which.
type Touched struct {
	Household Household // as it is after the import
	From      calendar.Date
	Reported  calendar.Date // when the organiser was told; the earliest of the rows
}

// Receipt is what an import did.
type Receipt struct {
	Added, Changed, Kept, Refused int
	Touched                       []Touched // by number of the client
}

// Import does what Preview of the same rows would tell now: good rows go in, refused ones stay out and are named in the plan. The same rows
// again change nothing.
// Locks: clients.
func Import(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, rows []IncomeRow) (Receipt, Plan, error) {
	if err := by.May(access.IncomeEdit, organiser); err != nil {
		return Receipt{}, Plan{}, err
	}
	_, clients, err := met(ctx, tx, keys, organiser, rows)
	if err != nil {
		return Receipt{}, Plan{}, err
	}
	if _, err := db.New(tx).ClientsLock(ctx, db.ClientsLockParams{OrganiserID: organiser, Clients: slices.Sorted(maps.Values(clients))}); err != nil {
		return Receipt{}, Plan{}, fmt.Errorf("locking %d clients: %w", len(clients), err)
	}
	plan, err := Preview(ctx, tx, by, keys, organiser, rows)
	if err != nil {
		return Receipt{}, Plan{}, err
	}
	news := map[int64]*Touched{}
	// Changes first: an income that ends makes room for the next one.
	for _, outcome := range []Outcome{WillChange, WillAdd} {
		for _, p := range plan.Rows {
			if p.Outcome != outcome {
				continue
			}
			if err := plan.home[p.ClientID].write(ctx, tx, by, p.before, p.Item); err != nil {
				return Receipt{}, Plan{}, err
			}
			t, known := news[p.ClientID]
			if !known {
				t = &Touched{From: p.since(), Reported: p.ReportedOn}
				news[p.ClientID] = t
			}
			t.From, t.Reported = min(t.From, p.since()), min(t.Reported, p.ReportedOn)
		}
	}
	receipt := Receipt{Added: plan.Count(WillAdd), Changed: plan.Count(WillChange), Kept: plan.Count(WillKeep), Refused: plan.Count(WillRefuse)}
	receipt.Touched, err = after(ctx, tx, organiser, news)
	return receipt, plan, err
}

// since is from when the income is otherwise: an income that only ends or goes on is the same until the earlier of its last days.
func (p Planned) since() calendar.Date {
	if p.ID != 0 && p.before.Cents == p.Cents && p.before.Per == p.Per {
		return min(p.before.Period.To, p.Period.To)
	}
	return p.Period.From
}

func after(ctx context.Context, tx *postgres.Tx, organiser int32, news map[int64]*Touched) ([]Touched, error) {
	numbers := slices.Sorted(maps.Keys(news))
	home, err := whole(ctx, tx, organiser, numbers)
	if err != nil {
		return nil, err
	}
	list := make([]Touched, len(numbers))
	for i, n := range numbers {
		list[i] = *news[n]
		list[i].Household = home[n]
	}
	return list, nil
}

// Note leaves imported news of a household for a caseworker, in the list of changes that clients tell. News that waits already from as
// early a day is not left twice.
func Note(ctx context.Context, tx *postgres.Tx, by access.Actor, t Touched, origin Origin) error {
	h := t.Household
	if err := by.May(access.IncomeEdit, h.Organiser); err != nil {
		return err
	}
	q := db.New(tx)
	rows, err := q.Reports(ctx, db.ReportsParams{OrganiserID: h.Organiser, ClientID: h.Client})
	if err != nil {
		return fmt.Errorf("reading reports of client %d: %w", h.Client, err)
	}
	for _, r := range rows {
		if r.HandledAt == nil && Origin(r.Origin) != ToldByClient && r.ChangeFrom <= t.From {
			return nil
		}
	}
	_, err = q.ReportAdd(ctx, db.ReportAddParams{OrganiserID: h.Organiser, ClientID: h.Client, PersonID: h.Person, ChangeFrom: t.From, Words: "",
		ReportedOn: t.Reported, ReportedAt: tx.Now(), ReportedBy: by.Name, Origin: string(origin)})
	if err != nil {
		return fmt.Errorf("noting imported income of client %d: %w", h.Client, err)
	}
	return nil
}
