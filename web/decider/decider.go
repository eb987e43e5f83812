// Package decider offers on the form of a decision the office in which its maker decided last. It stores nothing of its own: the decisions
// themselves tell it.
package decider

import (
	"context"

	"seteli/domain/decision"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// Office fills the field "office" of a form that is opened; what is typed wins.
func Office(r *ui.Request, db *postgres.DB, f *ui.Form) error {
	if f.Submitted() {
		return nil
	}
	return r.Read(db, func(ctx context.Context, tx *postgres.Tx) error {
		office, err := decision.OfficeOf(ctx, tx, r.Actor)
		f.Set("office", office)
		return err
	})
}
