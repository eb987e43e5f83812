package household

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Many reads the households of clients in a fixed number of queries, for a computation over whole families, and logs each of them
// as Of does. Reports are left out: no value hangs on them. A number that is no client of the organiser is missing from the answer.
func Many(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clients []int64) (map[int64]Household, error) {
	out, err := many(ctx, tx, by, organiser, clients)
	if err != nil {
		return nil, err
	}
	return out, seen(ctx, tx, by, out)
}

// seen logs that the actor saw the income of these households.
func seen(ctx context.Context, tx *postgres.Tx, by access.Actor, all map[int64]Household) error {
	views := make([]audit.View, 0, len(all))
	for _, h := range all {
		views = append(views, audit.View{Organiser: h.Organiser, Person: h.Person, Client: h.Client, Purpose: client.ForCase, What: "income"})
	}
	slices.SortFunc(views, func(a, b audit.View) int { return cmp.Compare(a.Client, b.Client) })
	return audit.SeenMany(ctx, tx, by, views)
}

// ManyForSums is Many for a computation of the program itself that shows nobody's household to anybody, only sums over many: nobody has
// read anything, so nothing is logged and a read-only transaction will do. A person is refused.
func ManyForSums(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clients []int64) (map[int64]Household, error) {
	if by.Role != access.SystemRole {
		return nil, access.ErrForbidden
	}
	return many(ctx, tx, by, organiser, clients)
}

func many(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clients []int64) (map[int64]Household, error) {
	if err := by.May(access.ClientIncome, organiser); err != nil {
		return nil, err
	}
	if by.Role.Side() == access.PersonSide {
		return nil, errUnknown
	}
	return whole(ctx, tx, organiser, clients)
}

func whole(ctx context.Context, tx *postgres.Tx, organiser int32, clients []int64) (map[int64]Household, error) {
	definitions, err := Definitions(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	q := db.New(tx)
	rows, err := q.ClientsOf(ctx, db.ClientsOfParams{OrganiserID: organiser, Clients: clients})
	if err != nil {
		return nil, fmt.Errorf("reading households of %d clients: %w", len(clients), err)
	}
	all := make(map[int64]*Household, len(rows))
	for _, r := range rows {
		all[r.ClientID] = &Household{Organiser: organiser, Client: r.ClientID, Person: r.PersonID, BirthDate: r.BirthDate, Definitions: definitions}
	}
	if err := fill(ctx, q, organiser, clients, all); err != nil {
		return nil, err
	}
	out := make(map[int64]Household, len(all))
	for id, h := range all {
		out[id] = *h
	}
	return out, nil
}

func fill(ctx context.Context, q *db.Queries, organiser int32, clients []int64, all map[int64]*Household) error {
	members, err := q.MembersOf(ctx, db.MembersOfParams{OrganiserID: organiser, Clients: clients})
	if err != nil {
		return fmt.Errorf("reading members of %d households: %w", len(clients), err)
	}
	for _, m := range members {
		h := all[m.ClientID]
		h.Members = append(h.Members, Member{ID: m.MemberID, LastName: m.LastName, FirstNames: m.FirstNames, BirthDate: m.BirthDate, Role: Role(m.Role),
			Period: calendar.Period{From: m.ValidFrom, To: m.ValidTo}, HasIdentity: m.MemberPersonID != nil, Person: orZero(m.MemberPersonID), RowVersion: m.RowVersion})
	}
	items, err := q.ItemsOf(ctx, db.ItemsOfParams{OrganiserID: organiser, Clients: clients})
	if err != nil {
		return fmt.Errorf("reading income of %d households: %w", len(clients), err)
	}
	for _, i := range items {
		h := all[i.ClientID]
		h.Items = append(h.Items, Item{ID: i.IncomeID, Member: orZero(i.MemberID), Kind: i.Kind, Cents: i.AmountCents, Per: i.Per,
			Period: calendar.Period{From: i.ValidFrom, To: i.ValidTo}, Source: Source(i.Source), FetchedOn: i.FetchedOn, Payer: i.Payer, Note: i.Note,
			ReportedOn: i.ReportedOn, AddedBy: i.AddedBy, RowVersion: i.RowVersion})
	}
	consents, err := q.ConsentsOf(ctx, db.ConsentsOfParams{OrganiserID: organiser, Clients: clients})
	if err != nil {
		return fmt.Errorf("reading consents of %d households: %w", len(clients), err)
	}
	for _, c := range consents {
		h := all[c.ClientID]
		h.Consents = append(h.Consents, Consent{ID: c.ConsentID, Member: orZero(c.MemberID), Kind: ConsentKind(c.Kind), GivenOn: c.GivenOn,
			Withdrawn: c.WithdrawnOn, Channel: c.Channel, NotedBy: c.NotedBy})
	}
	return nil
}
