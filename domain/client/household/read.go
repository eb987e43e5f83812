package household

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

func text(n int64) string { return strconv.FormatInt(n, 10) }

// Of reads a client's household for staff, and logs that the actor saw the income. Another organiser's client is as unknown as none
// (HOU-001).
func Of(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clientID int64) (Household, error) {
	if err := by.May(access.ClientIncome, organiser); err != nil {
		return Household{}, err
	}
	if by.Role.Side() == access.PersonSide {
		return Household{}, errUnknown // a client asks Own
	}
	row, err := db.New(tx).ClientOf(ctx, db.ClientOfParams{OrganiserID: organiser, ClientID: clientID})
	if err != nil {
		return Household{}, unknown(err, clientID)
	}
	h, err := load(ctx, tx, organiser, row.ClientID, row.PersonID, row.BirthDate)
	if err != nil {
		return Household{}, err
	}
	return h, audit.Seen(ctx, tx, by, audit.View{Organiser: organiser, Person: h.Person, Client: h.Client, Purpose: client.ForCase, What: "income"})
}

// Own reads what an organiser has recorded of the signed-in client's own income. Other people of the household are left out: their income
// is their data. HOU-001 when the person is no client of the organiser.
func Own(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (Household, error) {
	h, err := own(ctx, tx, by, access.ClientIncome, organiser)
	if err != nil {
		return Household{}, err
	}
	h.Members = nil
	items := h.Items
	h.Items = nil
	for _, i := range items {
		if i.Member == 0 {
			h.Items = append(h.Items, i)
		}
	}
	h.Reports = slices.DeleteFunc(h.Reports, func(r Report) bool { return r.Origin != ToldByClient })
	consents := h.Consents
	h.Consents = nil
	for _, c := range consents {
		if c.Member == 0 {
			h.Consents = append(h.Consents, c)
		}
	}
	return h, audit.Seen(ctx, tx, by, audit.View{Organiser: organiser, Person: h.Person, Client: h.Client, Purpose: client.ForSelf, What: "income"})
}

func own(ctx context.Context, tx *postgres.Tx, by access.Actor, right access.Right, organiser int32) (Household, error) {
	if err := by.May(right, organiser); err != nil {
		return Household{}, err
	}
	if by.Role.Side() != access.PersonSide || by.Person == 0 {
		return Household{}, errUnknown
	}
	q := db.New(tx)
	id, err := q.ClientOfPerson(ctx, db.ClientOfPersonParams{OrganiserID: organiser, PersonID: by.Person})
	if err != nil {
		return Household{}, unknown(err, id)
	}
	row, err := q.ClientOf(ctx, db.ClientOfParams{OrganiserID: organiser, ClientID: id})
	if err != nil {
		return Household{}, unknown(err, id)
	}
	return load(ctx, tx, organiser, row.ClientID, row.PersonID, row.BirthDate)
}

func unknown(err error, id int64) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return errUnknown
	}
	return fmt.Errorf("reading the household of client %d: %w", id, err)
}

// open checks the right, locks the client and reads the household: the beginning of every change. The other kind of lock on a client is
// the client's own edit.
func open(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clientID int64) (Household, error) {
	if err := by.May(access.IncomeEdit, organiser); err != nil {
		return Household{}, err
	}
	row, err := db.New(tx).ClientLock(ctx, db.ClientLockParams{OrganiserID: organiser, ClientID: clientID})
	if err != nil {
		return Household{}, unknown(err, clientID)
	}
	return load(ctx, tx, organiser, row.ClientID, row.PersonID, row.BirthDate)
}

func load(ctx context.Context, tx *postgres.Tx, organiser int32, clientID, person int64, birth calendar.Date) (Household, error) {
	h := Household{Organiser: organiser, Client: clientID, Person: person, BirthDate: birth}
	q := db.New(tx)
	members, err := q.Members(ctx, db.MembersParams{OrganiserID: organiser, ClientID: clientID})
	if err != nil {
		return Household{}, unknown(err, clientID)
	}
	for _, m := range members {
		h.Members = append(h.Members, Member{ID: m.MemberID, LastName: m.LastName, FirstNames: m.FirstNames, BirthDate: m.BirthDate, Role: Role(m.Role),
			Period: calendar.Period{From: m.ValidFrom, To: m.ValidTo}, HasIdentity: m.MemberPersonID != nil, Person: orZero(m.MemberPersonID), RowVersion: m.RowVersion})
	}
	items, err := q.Items(ctx, db.ItemsParams{OrganiserID: organiser, ClientID: clientID})
	if err != nil {
		return Household{}, unknown(err, clientID)
	}
	for _, i := range items {
		h.Items = append(h.Items, Item{ID: i.IncomeID, Member: orZero(i.MemberID), Kind: i.Kind, Cents: i.AmountCents, Per: i.Per,
			Period: calendar.Period{From: i.ValidFrom, To: i.ValidTo}, Source: Source(i.Source), FetchedOn: i.FetchedOn, Payer: i.Payer, Note: i.Note,
			ReportedOn: i.ReportedOn, AddedBy: i.AddedBy, RowVersion: i.RowVersion, ToldKind: i.ToldKind, ToldID: i.ToldID})
	}
	consents, err := q.Consents(ctx, db.ConsentsParams{OrganiserID: organiser, ClientID: clientID})
	if err != nil {
		return Household{}, unknown(err, clientID)
	}
	for _, c := range consents {
		h.Consents = append(h.Consents, Consent{ID: c.ConsentID, Member: orZero(c.MemberID), Kind: ConsentKind(c.Kind), GivenOn: c.GivenOn,
			Withdrawn: c.WithdrawnOn, Channel: c.Channel, NotedBy: c.NotedBy})
	}
	reports, err := q.Reports(ctx, db.ReportsParams{OrganiserID: organiser, ClientID: clientID})
	if err != nil {
		return Household{}, unknown(err, clientID)
	}
	for _, r := range reports {
		h.Reports = append(h.Reports, Report{ID: r.ReportID, Origin: Origin(r.Origin), From: r.ChangeFrom, Words: r.Words, ReportedOn: r.ReportedOn, ReportedBy: r.ReportedBy,
			HandledAt: r.HandledAt, HandledBy: r.HandledBy})
	}
	h.Definitions, err = Definitions(ctx, tx, organiser)
	return h, err
}

// Definitions gives the organiser's definitions of income, oldest first.
func Definitions(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Definition, error) {
	rows, err := db.New(tx).Definitions(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("reading definitions of income: %w", err)
	}
	list := make([]Definition, len(rows))
	for i, r := range rows {
		if list[i], err = ReadDefinition(r.Content); err != nil {
			return nil, fmt.Errorf("definition of income from %s: %w", r.ValidFrom, err)
		}
		list[i].From = r.ValidFrom
	}
	return list, nil
}

func orZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

func orNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
