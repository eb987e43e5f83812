package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seteli/core/ident"
	"seteli/domain/client"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// OutsideKind says what another system's name is the name of.
type OutsideKind string

// What another system sends.
const (
	OutsidePlacement OutsideKind = "placement"
	OutsideNeed      OutsideKind = "need"
	OutsideShare     OutsideKind = "own_share"
)

// OutsideRow gives the number of the row that another system knows by a name; 0 when it has not been sent before.
func OutsideRow(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of, kind OutsideKind, name string) (child, row int64, err error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return 0, 0, err
	}
	r, err := db.New(tx).OutsideRow(ctx, db.OutsideRowParams{OrganiserID: of.Organiser, Kind: string(kind), OutsideID: name})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("looking for %s %q: %w", kind, name, err)
	}
	return r.ChildID, r.RowID, nil
}

// NoteOutside keeps by which name another system knows a row.
func NoteOutside(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of, kind OutsideKind, name string, row int64) error {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return err
	}
	err := db.New(tx).OutsideNote(ctx, db.OutsideNoteParams{OrganiserID: of.Organiser, Kind: string(kind), OutsideID: name, ChildID: of.Child, RowID: row, NotedAt: tx.Now(), NotedBy: by.Name})
	if err != nil {
		return fmt.Errorf("noting %s %q: %w", kind, name, err)
	}
	return nil
}

// ByIdentity gives the number of the client with an identity code; 0 when there is none.
func ByIdentity(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, code ident.Hetu) (int64, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return 0, err
	}
	index, err := client.Index(keys, code)
	if err != nil {
		return 0, err
	}
	id, err := db.New(tx).ClientByIndex(ctx, db.ClientByIndexParams{OrganiserID: organiser, IdentityIndex: index})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking for a client: %w", err)
	}
	return id, nil
}

// UnitNamed gives the number of the active unit of a name, an object identifier or a number; 0 when there is none or more than one.
func UnitNamed(ctx context.Context, tx *postgres.Tx, name string) (int64, error) {
	list, err := db.New(tx).UnitNamed(ctx, name)
	if err != nil {
		return 0, fmt.Errorf("looking for a unit: %w", err)
	}
	if len(list) != 1 {
		return 0, nil
	}
	return list[0], nil
}

// Options are the need options of the rules in force today, or of the first ones to come.
func Options(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]profile.Option, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	return rules.on(tx.Today()).Profile.Options, nil
}
