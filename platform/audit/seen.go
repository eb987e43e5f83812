package audit

import (
	"context"
	"fmt"
	"time"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit/db"
	"seteli/platform/postgres"
)

// View is one reading of one client's data.
type View struct {
	Organiser int32  // whose client; 0 = the organiser of the transaction
	Person    int64  // the person, 0 for a client company
	Client    int64  // the organiser's client row, 0 when not known
	Purpose   string // why: a short stable word that the faces translate ("case.handling", "own.data")
	What      string // which data ("voucher", "income")
}

// errUnlogged: a reading that cannot be logged does not happen.
var errUnlogged = fault.New(fault.Internal, "AUD-001", "audit.unlogged")

// Seen logs one reading, in the transaction that reads. An error must end the reading without an answer.
func Seen(ctx context.Context, tx *postgres.Tx, by access.Actor, view View) error {
	return SeenMany(ctx, tx, by, []View{view})
}

// SeenMany logs the readings of a list with one statement.
func SeenMany(ctx context.Context, tx *postgres.Tx, by access.Actor, views []View) error {
	if len(views) == 0 {
		return nil
	}
	scope := tx.Organiser()
	row := db.AccessLogAddParams{
		At: tx.Now(), Account: orNull(by.Account), Name: by.Name, Role: string(by.Role), OnBehalf: onBehalf(by),
		ProviderID: orNull(by.Provider), RequestID: Request(ctx),
	}
	for _, v := range views {
		if v.Organiser == 0 {
			v.Organiser = scope
		}
		if v.Organiser == 0 || v.Purpose == "" || v.What == "" || v.Person == 0 && v.Client == 0 {
			return errUnlogged.Because(fmt.Errorf("a reading without organiser, client, purpose or object: %+v", v))
		}
		row.OrganiserIds = append(row.OrganiserIds, v.Organiser)
		row.PersonIds = append(row.PersonIds, v.Person)
		row.ClientIds = append(row.ClientIds, v.Client)
		row.Purposes = append(row.Purposes, v.Purpose)
		row.Whats = append(row.Whats, v.What)
	}
	if err := db.New(tx).AccessLogAdd(ctx, row); err != nil {
		return errUnlogged.Because(fmt.Errorf("logging the reading: %w", err))
	}
	return nil
}

// Reading is one row of the access log.
type Reading = db.AccessLog

// ReadingsOfClient answers who has read an organiser's client within [since, until), newest first, at most limit rows.
func ReadingsOfClient(ctx context.Context, tx *postgres.Tx, organiser int32, client int64, since, until time.Time, limit int32) ([]Reading, error) {
	rows, err := db.New(tx).SeenOfClient(ctx, db.SeenOfClientParams{OrganiserID: organiser, ClientID: &client, Since: since, Until: until, Batch: limit})
	if err != nil {
		return nil, fmt.Errorf("reading the access log of client %d: %w", client, err)
	}
	return rows, nil
}

// ReadingsOfPerson is the client's own view over all organisers, under the person's scope.
func ReadingsOfPerson(ctx context.Context, tx *postgres.Tx, person int64, since, until time.Time, limit int32) ([]Reading, error) {
	rows, err := db.New(tx).SeenOfPerson(ctx, db.SeenOfPersonParams{PersonID: &person, Since: since, Until: until, Batch: limit})
	if err != nil {
		return nil, fmt.Errorf("reading the access log of a person: %w", err)
	}
	return rows, nil
}
