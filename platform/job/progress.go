package job

import (
	"context"
	"fmt"

	"seteli/platform/access"
	"seteli/platform/job/db"
	"seteli/platform/postgres"
)

// Progress tells how far a long run is. It writes in transactions of its own, so that pages see it while the run's own
// transaction is open; call it between transactions, never inside one (postgres refuses that).
type Progress struct {
	store     *postgres.DB
	organiser int32
	run       string
}

// NewProgress names the run ("settlement-204"); organiser 0 = national.
func NewProgress(store *postgres.DB, organiser int32, run string) *Progress {
	return &Progress{store, organiser, run}
}

// Step notes that done of total are ready in a step; message is the key of a text. done = total ends the step.
func (p *Progress) Step(ctx context.Context, step string, done, total int64, message string) error {
	err := p.store.Tenant(ctx, access.System("progress", p.organiser), func(tx *postgres.Tx) error {
		row := db.ProgressSetParams{OrganiserID: p.organiser, Run: p.run, Step: step, Done: done, Total: total, Message: message, At: tx.Now()}
		if done >= total {
			now := tx.Now()
			row.FinishedAt = &now
		}
		return db.New(tx).ProgressSet(ctx, row)
	})
	if err != nil {
		return fmt.Errorf("noting the progress of %s: %w", p.run, err)
	}
	return nil
}

// Step is one line of a run's progress.
type Step = db.ProgressOfRow

// ProgressOf lists the steps of a run in the order in which they began.
func ProgressOf(ctx context.Context, tx *postgres.Tx, organiser int32, run string) ([]Step, error) {
	steps, err := db.New(tx).ProgressOf(ctx, db.ProgressOfParams{OrganiserID: organiser, Run: run})
	if err != nil {
		return nil, fmt.Errorf("reading the progress of %s: %w", run, err)
	}
	return steps, nil
}
