package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	daycare "seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// Drafts of early education's value decisions follow what is recorded: soon after each change, and once a night for everybody, since days
// pass without anybody recording them.
type (
	daycareSweepArgs struct{}
	daycareNightArgs struct{}
)

func (daycareSweepArgs) Kind() string { return "daycare.sweep" }
func (daycareNightArgs) Kind() string { return "daycare.night" }

// sweepsDaycare registers both.
func (a *app) sweepsDaycare(q *job.Queue) error {
	err := errors.Join(
		job.Register(q, time.Hour, func(ctx context.Context, _ daycareSweepArgs) error { return a.sweepDaycare(ctx, false) }),
		job.Register(q, 2*time.Hour, func(ctx context.Context, _ daycareNightArgs) error { return a.sweepDaycare(ctx, true) }))
	q.Every(10*time.Second, daycareSweepArgs{})
	q.Daily(3, 30, daycareNightArgs{})
	return err
}

// sweepDaycare makes waiting drafts of every organiser anew, after marking everybody when all is asked for. What is wrong with one
// organiser does not hold up the others.
func (a *app) sweepDaycare(ctx context.Context, all bool) error {
	ids, err := a.organisers(ctx)
	if err != nil {
		return err
	}
	ctx = postgres.Unhurried(ctx)
	var failed []error
	for _, id := range ids[1:] {
		if err := a.sweepDaycareOf(ctx, id, all); err != nil {
			failed = append(failed, fmt.Errorf("organiser %d: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

func (a *app) sweepDaycareOf(ctx context.Context, organiser int32, all bool) error {
	by := access.System("daycare.night", organiser)
	if all {
		err := a.db.Tenant(ctx, by, func(tx *postgres.Tx) error { _, err := daycare.MarkAll(ctx, tx, by, organiser); return err })
		if err != nil {
			return err
		}
	}
	told, err := daycare.Sweep(ctx, a.db, organiser, func(int, int) {})
	if told.Children > 0 {
		a.log.Info("daycare drafts", "organiser", organiser, "children", told.Children, "created", told.Created, "dropped", told.Dropped, "gaps", told.Gaps)
	}
	return err
}
