package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/domain/client/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Query is what staff look for. Text is an identity code, a birth date (1.2.1950), the client system's reference or the beginning
// of a name, "last first"; one field, as people think.
type Query struct {
	Organiser int32
	Text      string
	After     Cursor
	Limit     int32 // at most 100; 25 when 0
}

// Cursor is the last row of the page before.
type Cursor struct {
	LastName, FirstNames string
	ID                   int64
}

// Search finds clients and logs that the actor saw them, with one statement for the list. An empty question is refused
// (CLI-008): a list of everybody is nobody's work.
func Search(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, q Query) ([]Client, error) {
	if err := by.May(access.ClientRead, q.Organiser); err != nil {
		return nil, err
	}
	text := strings.Join(strings.Fields(q.Text), " ")
	if text == "" {
		return nil, errNothing
	}
	if q.Limit <= 0 || q.Limit > 100 {
		q.Limit = 25
	}
	var found []db.Client
	var err error
	if code, parseErr := ident.ParseHetu(text); parseErr == nil {
		found, err = byIdentity(ctx, tx, keys, q.Organiser, code)
	} else {
		found, err = db.New(tx).ClientSearch(ctx, params(q, text))
	}
	if err != nil {
		return nil, fmt.Errorf("searching clients: %w", err)
	}
	out := make([]Client, len(found))
	views := make([]audit.View, len(found))
	for i, r := range found {
		out[i] = fromRow(r)
		views[i] = audit.View{Organiser: q.Organiser, Person: r.PersonID, Client: r.ClientID, Purpose: ForSearch, What: "client.list"}
	}
	return out, audit.SeenMany(ctx, tx, by, views)
}

func params(q Query, text string) db.ClientSearchParams {
	p := db.ClientSearchParams{OrganiserID: q.Organiser, Batch: q.Limit,
		AfterLast: strings.ToLower(q.After.LastName), AfterFirst: strings.ToLower(q.After.FirstNames), AfterID: q.After.ID}
	switch day, err := calendar.Read(text); {
	case err == nil:
		p.Born = &day
	case strings.ContainsAny(text, "0123456789"):
		p.ExternalRef = text
	default:
		last, first, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(text, ",", "")), " ")
		p.LastName, p.FirstName = likeSafe(last), likeSafe(first)
	}
	return p
}

// likeSafe keeps what people type from being read as a pattern.
func likeSafe(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

func byIdentity(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, organiser int32, code ident.Hetu) ([]db.Client, error) {
	index, err := Index(keys, code)
	if err != nil {
		return nil, err
	}
	q := db.New(tx)
	person, err := q.PersonFind(ctx, index)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	row, err := q.ClientByPerson(ctx, db.ClientByPersonParams{OrganiserID: organiser, PersonID: person})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return []db.Client{row}, err
}

func sortedNames(names []string) []string {
	slices.Sort(names)
	return names
}
