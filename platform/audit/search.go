package audit

import (
	"context"
	"fmt"
	"time"

	"seteli/platform/audit/db"
	"seteli/platform/postgres"
)

// Query narrows a search of the audit. Empty fields do not narrow.
type Query struct {
	Act          string // the whole name or its beginning: "voucher.closed", "voucher."
	Actor        string // part of the name of who acted
	Subject      string // kind of thing, or part of its label
	Since, Until time.Time
	Before       int64 // rows older than this one; 0 = from the newest
	Limit        int32
}

// Search lists audit rows of one organiser (0 = national acts), newest first.
func Search(ctx context.Context, tx *postgres.Tx, organiser int32, q Query) ([]Row, error) {
	rows, err := db.New(tx).Search(ctx, db.SearchParams{OrganiserID: organiser, Act: q.Act, Actor: q.Actor, Subject: q.Subject,
		Since: q.Since, Until: q.Until, BeforeID: q.Before, Batch: q.Limit})
	if err != nil {
		return nil, fmt.Errorf("searching the audit of organiser %d: %w", organiser, err)
	}
	out := make([]Row, len(rows))
	for i, r := range rows {
		out[i] = Row(r)
	}
	return out, nil
}

// Acts lists the names of acts since a time.
func Acts(ctx context.Context, tx *postgres.Tx, organiser int32, since time.Time) ([]string, error) {
	acts, err := db.New(tx).Acts(ctx, db.ActsParams{OrganiserID: organiser, Since: since})
	if err != nil {
		return nil, fmt.Errorf("listing the acts of organiser %d: %w", organiser, err)
	}
	return acts, nil
}
