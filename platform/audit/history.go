package audit

import (
	"context"
	"fmt"

	"seteli/platform/audit/db"
	"seteli/platform/postgres"
)

// History gives what was done to one thing (Ref.Kind and Ref.ID), or to anything of the organiser for an empty Ref:
// newest first, at most limit rows, older than row before (0 = from the newest).
func History(ctx context.Context, tx *postgres.Tx, organiser int32, subject Ref, before int64, limit int32) ([]Row, error) {
	rows, err := db.New(tx).History(ctx, db.HistoryParams{
		OrganiserID: organiser, SubjectKind: subject.Kind, SubjectID: subject.ID, BeforeID: before, Batch: limit,
	})
	if err != nil {
		return nil, fmt.Errorf("reading the audit of organiser %d: %w", organiser, err)
	}
	out := make([]Row, len(rows))
	for i, r := range rows {
		out[i] = Row(r)
	}
	return out, nil
}
