package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/domain/notice/db"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// TopicMail is the outbox topic of a notice that leaves by e-mail; its payload is Posted.
const TopicMail = "notice.mail"

// Posted is the payload of TopicMail.
type Posted struct {
	Notice int64 `json:"notice"`
}

// Notice is what one receiver is told: a provider, a person, or, without both, the organiser itself.
type Notice struct {
	Organiser        int32
	Kind, Dedup      string // told once for each dedup
	Provider, Person int64
	Email            string // "" = only on the receiver's own list
	Language         i18n.Lang
	Subject, Body    string
}

// Tell keeps the notice and queues its e-mail, in the caller's transaction and the organiser's scope. Told again with the same dedup
// it does nothing.
func Tell(ctx context.Context, tx *postgres.Tx, n Notice) error {
	id, err := db.New(tx).NoticeAdd(ctx, db.NoticeAddParams{OrganiserID: n.Organiser, Kind: n.Kind, Dedup: n.Dedup, ProviderID: orNull(n.Provider),
		PersonID: orNull(n.Person), Email: n.Email, Language: string(n.Language), Subject: n.Subject, Body: n.Body, CreatedAt: tx.Now()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // told before
	}
	if err != nil {
		return fmt.Errorf("keeping notice %s: %w", n.Dedup, err)
	}
	if n.Email == "" {
		return nil
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: n.Organiser, Topic: TopicMail, Dedup: fmt.Sprintf("notice:%d", id), Payload: Posted{id}})
}

// Kept is a notice on the receiver's list.
type Kept struct {
	Organiser     int32
	ID            int64
	Kind          string
	Subject, Body string
	Language      i18n.Lang
	At            time.Time
}

// Own lists the actor's own notices, newest first, older than before (0 = from the newest): a provider's and a person's over all
// organisers, staff's those of their organiser.
func Own(ctx context.Context, tx *postgres.Tx, by access.Actor, before int64, most int32) ([]Kept, error) {
	if err := by.May(access.NoticeRead, 0); err != nil {
		return nil, err
	}
	q := db.New(tx)
	var rows []db.OfPersonRow
	var err error
	switch by.Role.Side() {
	case access.PersonSide:
		rows, err = q.OfPerson(ctx, db.OfPersonParams{PersonID: &by.Person, BeforeID: before, Batch: most})
	case access.ProviderSide:
		var list []db.OfProviderRow
		list, err = q.OfProvider(ctx, db.OfProviderParams{ProviderID: &by.Provider, BeforeID: before, Batch: most})
		for _, r := range list {
			rows = append(rows, db.OfPersonRow(r))
		}
	case access.OrganiserSide:
		var list []db.OfOrganiserRow
		list, err = q.OfOrganiser(ctx, db.OfOrganiserParams{OrganiserID: by.Organiser, BeforeID: before, Batch: most})
		for _, r := range list {
			rows = append(rows, db.OfPersonRow(r))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listing notices: %w", err)
	}
	out := make([]Kept, len(rows))
	for i, r := range rows {
		out[i] = Kept{r.OrganiserID, r.NoticeID, r.Kind, r.Subject, r.Body, i18n.Lang(r.Language), r.CreatedAt}
	}
	return out, nil
}

func orNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

func value(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}
