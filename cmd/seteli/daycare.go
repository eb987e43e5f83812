package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seteli/domain/daycare/economy"
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
	daycareRisksArgs struct{}
)

func (daycareSweepArgs) Kind() string { return "daycare.sweep" }
func (daycareNightArgs) Kind() string { return "daycare.night" }

func (daycareRisksArgs) Kind() string { return "daycare.risks" }

// sweepsDaycare registers both, and that the figures of risks are written down, which happens once a month and asks in between.
func (a *app) sweepsDaycare(q *job.Queue) error {
	err := errors.Join(
		job.Register(q, time.Hour, func(ctx context.Context, _ daycareSweepArgs) error { return a.sweepDaycare(ctx, false) }),
		job.Register(q, 2*time.Hour, func(ctx context.Context, _ daycareNightArgs) error { return a.sweepDaycare(ctx, true) }),
		job.Register(q, time.Hour, func(ctx context.Context, _ daycareRisksArgs) error {
			ids, err := a.organisers(ctx)
			if err != nil {
				return err
			}
			kept, err := economy.KeepMonths(postgres.Unhurried(ctx), a.db, ids[1:])
			if kept > 0 {
				a.log.Info("daycare risks", "organisers", kept)
			}
			return err
		}))
	q.Every(10*time.Second, daycareSweepArgs{})
	q.Daily(3, 30, daycareNightArgs{})
	q.Every(6*time.Hour, daycareRisksArgs{})
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
