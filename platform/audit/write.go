package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"seteli/platform/access"
	"seteli/platform/audit/db"
	"seteli/platform/postgres"
)

// Act is the name of what was done, "voucher.closed". The package that does the act declares it; names never change.
type Act string

// Ref names the thing an act is about; Label is what a reader recognises it by (a number or a name of a company,
// never an identity code).
type Ref struct {
	Kind  string
	ID    int64
	Label string
}

// Entry is one row of a batch.
type Entry struct {
	Subject Ref
	Detail  any
}

type requestKey struct{}

// WithRequest puts the request's id into the context; rows and log lines carry it.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// Request gives the id that WithRequest put, "" outside a request.
func Request(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// Write adds one audit row in the act's own transaction, to the organiser in whose scope it runs (0 = a national act).
// detail becomes JSON: the input of the act and what it changed, never an identity code.
func Write(ctx context.Context, tx *postgres.Tx, by access.Actor, act Act, subject Ref, detail any) error {
	return WriteMany(ctx, tx, by, act, []Entry{{subject, detail}})
}

// WriteMany adds a row per entry with one statement.
func WriteMany(ctx context.Context, tx *postgres.Tx, by access.Actor, act Act, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	organiser := tx.Organiser()
	row := db.AuditAddParams{
		OrganiserID: organiser, At: tx.Now(), ActorAccount: orNull(by.Account), ActorName: by.Name, Role: string(by.Role),
		OnBehalf: onBehalf(by), Act: string(act), RequestID: Request(ctx),
		SubjectKinds: make([]string, len(entries)), SubjectIds: make([]int64, len(entries)),
		SubjectLabels: make([]string, len(entries)), Details: make([]string, len(entries)),
	}
	for i, e := range entries {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("auditing %s of %s %d: %w", act, e.Subject.Kind, e.Subject.ID, err)
		}
		row.SubjectKinds[i], row.SubjectIds[i], row.SubjectLabels[i] = e.Subject.Kind, e.Subject.ID, e.Subject.Label
		row.Details[i] = string(detail)
	}
	if err := db.New(tx).AuditAdd(ctx, row); err != nil {
		return fmt.Errorf("auditing %s: %w", act, err)
	}
	return nil
}

// Signed is an entry with its own actor and request.
type Signed struct {
	By      access.Actor
	Request string
	Entry
}

// WriteSigned adds the rows of several actors with one statement: for work that was gathered from many callers.
func WriteSigned(ctx context.Context, tx *postgres.Tx, act Act, entries []Signed) error {
	if len(entries) == 0 {
		return nil
	}
	row := db.AuditAddManyParams{OrganiserID: tx.Organiser(), At: tx.Now(), Act: string(act)}
	for _, e := range entries {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("auditing %s of %s %d: %w", act, e.Subject.Kind, e.Subject.ID, err)
		}
		behalf := int64(0)
		if p := onBehalf(e.By); p != nil {
			behalf = *p
		}
		row.ActorAccounts, row.ActorNames = append(row.ActorAccounts, e.By.Account), append(row.ActorNames, e.By.Name)
		row.Roles, row.OnBehalfs = append(row.Roles, string(e.By.Role)), append(row.OnBehalfs, behalf)
		row.SubjectKinds, row.SubjectIds = append(row.SubjectKinds, e.Subject.Kind), append(row.SubjectIds, e.Subject.ID)
		row.SubjectLabels, row.Details = append(row.SubjectLabels, e.Subject.Label), append(row.Details, string(detail))
		row.RequestIds = append(row.RequestIds, e.Request)
	}
	if err := db.New(tx).AuditAddMany(ctx, row); err != nil {
		return fmt.Errorf("auditing %s: %w", act, err)
	}
	return nil
}

// onBehalf is the person a representative acts for; a client acts for themself.
func onBehalf(by access.Actor) *int64 {
	if by.Role != access.Representative {
		return nil
	}
	return orNull(by.Person)
}

func orNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
