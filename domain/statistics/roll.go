package statistics

import (
	"context"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/domain/statistics/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// settled is how old a posting is before it counts as rolled up for good: ids are given out before commit, so one with a smaller id may
// still appear. No transaction lives that long.
const settled = 10 * time.Minute

// edition is what the roll-ups count, as this program knows it; raise it when they count something else or more. Months that an older
// program wrote are then all written anew.
const edition = 1 // early education's closed months too

// Roll writes the months anew that postings have touched since the last time, all months the first time. Safe to repeat; a second one
// for the same organiser waits for the first. It tells how many months were written.
func Roll(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	if err := by.May(access.StatisticsRead, organiser); err != nil {
		return 0, err
	}
	q := db.New(tx)
	if err := q.StateAdd(ctx, db.StateAddParams{OrganiserID: organiser, RolledAt: tx.Now()}); err != nil {
		return 0, fmt.Errorf("beginning the roll-up of organiser %d: %w", organiser, err)
	}
	state, err := q.StateLock(ctx, organiser)
	if err != nil {
		return 0, fmt.Errorf("locking the roll-up of organiser %d: %w", organiser, err)
	}
	if state.Edition != edition {
		state.LastPostingID = 0
	}
	months, err := q.MonthsTouched(ctx, db.MonthsTouchedParams{OrganiserID: organiser, AfterPostingID: state.LastPostingID})
	if err != nil {
		return 0, fmt.Errorf("finding the months to roll up: %w", err)
	}
	through, err := q.SettledThrough(ctx, db.SettledThroughParams{OrganiserID: organiser, AfterPostingID: state.LastPostingID, Until: tx.Now().Add(-settled)})
	if err != nil {
		return 0, fmt.Errorf("finding how far to roll up: %w", err)
	}
	for _, month := range months {
		if err := write(ctx, q, organiser, month); err != nil {
			return 0, fmt.Errorf("rolling up %s of organiser %d: %w", month, organiser, err)
		}
	}
	err = q.StateSet(ctx, db.StateSetParams{OrganiserID: organiser, LastPostingID: through, RolledAt: tx.Now(), Edition: edition})
	if err != nil {
		return 0, fmt.Errorf("noting the roll-up of organiser %d: %w", organiser, err)
	}
	return len(months), nil
}

func write(ctx context.Context, q *db.Queries, organiser int32, month calendar.Date) error {
	next := calendar.MonthOf(month).Period().To
	if err := q.MonthClear(ctx, db.MonthClearParams{OrganiserID: organiser, Month: month}); err != nil {
		return err
	}
	if err := q.ClientClear(ctx, db.ClientClearParams{OrganiserID: organiser, Month: month}); err != nil {
		return err
	}
	if err := q.MonthFill(ctx, db.MonthFillParams{OrganiserID: organiser, Month: month, NextMonth: next}); err != nil {
		return err
	}
	return q.ClientFill(ctx, db.ClientFillParams{OrganiserID: organiser, Month: month, NextMonth: next})
}

// RollAll rolls up each organiser in a transaction of its own; a job calls it. One that fails does not stop the others.
func RollAll(ctx context.Context, store *postgres.DB, organisers []int32) (months int, err error) {
	var failed error
	for _, o := range organisers {
		by := access.System("statistics", o)
		err := store.Tenant(postgres.Unhurried(ctx), by, func(tx *postgres.Tx) error {
			n, err := Roll(ctx, tx, by, o)
			months += n
			return err
		})
		if err != nil && failed == nil {
			failed = err
		}
	}
	return months, failed
}
