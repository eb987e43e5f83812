package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/platform/access/db"
	"seteli/platform/postgres"
)

// MandateOf reads one mandate, ended or not; ACC-006 when there is none.
func MandateOf(ctx context.Context, tx *postgres.Tx, id int64) (Mandate, error) {
	r, err := db.New(tx).MandateGet(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Mandate{}, ErrNoMandate
	}
	if err != nil {
		return Mandate{}, fmt.Errorf("reading mandate %d: %w", id, err)
	}
	return mandateFrom(db.MandatesOfAccountRow(r)), nil
}

// MandatesOf lists what the account can act as on the transaction's day.
func MandatesOf(ctx context.Context, tx *postgres.Tx, account int64) ([]Mandate, error) {
	rows, err := db.New(tx).MandatesOfAccount(ctx, db.MandatesOfAccountParams{AccountID: account, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("listing the mandates of account %d: %w", account, err)
	}
	out := make([]Mandate, len(rows))
	for i, r := range rows {
		out[i] = mandateFrom(r)
	}
	return out, nil
}

func mandateFrom(r db.MandatesOfAccountRow) Mandate {
	return Mandate{
		ID: r.MandateID, Account: r.AccountID, Role: Role(r.Role), Organiser: value(r.OrganiserID), Provider: value(r.ProviderID),
		Person: value(r.PersonID), Teams: r.Teams, Units: r.Units, Rights: rights(r.Rights),
		Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Active: r.Active,
	}
}

// Member is a line of the list of an organiser's staff or a provider's users.
type Member struct {
	Mandate
	Name, Email   string
	AccountActive bool
}

// MembersOf lists all mandates of one organiser or one provider (the other is 0), active first; ended ones are kept for the record.
func MembersOf(ctx context.Context, tx *postgres.Tx, organiser int32, provider int64) ([]Member, error) {
	rows, err := db.New(tx).Staff(ctx, db.StaffParams{OrganiserID: orNull(organiser), ProviderID: orNull(provider)})
	if err != nil {
		return nil, fmt.Errorf("listing staff: %w", err)
	}
	out := make([]Member, len(rows))
	for i, r := range rows {
		out[i] = Member{
			Mandate: Mandate{
				ID: r.MandateID, Account: r.AccountID, Role: Role(r.Role), Organiser: value(r.OrganiserID), Provider: value(r.ProviderID),
				Teams: r.Teams, Units: r.Units, Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Active: r.Active,
			},
			Name: r.Name, Email: r.Email, AccountActive: r.AccountActive,
		}
	}
	return out, nil
}

// Holders lists who holds a role of no organiser, provider or person on the transaction's day, by name.
func Holders(ctx context.Context, tx *postgres.Tx, role Role) ([]Member, error) {
	rows, err := db.New(tx).Holders(ctx, db.HoldersParams{Role: string(role), Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("listing who is %s: %w", role, err)
	}
	out := make([]Member, len(rows))
	for i, r := range rows {
		out[i] = Member{Mandate: Mandate{ID: r.MandateID, Account: r.AccountID, Role: Role(r.Role), Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Active: r.Active},
			Name: r.Name, Email: r.Email, AccountActive: r.AccountActive}
	}
	return out, nil
}

// In the tables null means none; here 0 does.
func orNull[T int32 | int64](id T) *T {
	if id == 0 {
		return nil
	}
	return &id
}

func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

func ptr[T any](v T) *T { return &v }

func notNil(ids []int64) []int64 {
	if ids == nil {
		return []int64{}
	}
	return ids
}

// names and rights keep nil apart from empty: nil is "all of the role", empty is "nothing".
func names(rs []Right) []string {
	if rs == nil {
		return nil
	}
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = string(r)
	}
	return out
}

func rights(ns []string) []Right {
	if ns == nil {
		return nil
	}
	out := make([]Right, len(ns))
	for i, n := range ns {
		out[i] = Right(n)
	}
	return out
}
