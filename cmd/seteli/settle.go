package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/organiser"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

type settleCmd struct {
	List      settleListCmd      `cmd:"" help:"The organiser's runs."`
	Preview   settlePreviewCmd   `cmd:"" help:"What a run would pay now; nothing is stored."`
	Calculate settleCalculateCmd `cmd:"" help:"Make the run of a slot. A person approves it on the page."`
}

// of names the organiser by the prefix of its voucher numbers, as people know it.
type of struct {
	Organiser string `arg:"" help:"Prefix of the organiser's voucher numbers, e.g. KSR."`
}

func (o of) find(ctx context.Context, a *app) (org organiser.Organiser, err error) {
	err = a.db.ReadNational(ctx, func(tx *postgres.Tx) error {
		org, err = organiser.ByPrefix(ctx, tx, o.Organiser)
		return err
	})
	return org, err
}

type settleListCmd struct{ of }

// Run lists the runs.
func (c *settleListCmd) Run(ctx context.Context, s *Settings) error {
	return with(ctx, s, func(a *app) error {
		org, err := c.find(ctx, a)
		if err != nil {
			return err
		}
		by := access.System("seteli settle list", org.ID)
		return a.db.Read(ctx, by, func(tx *postgres.Tx) error {
			runs, err := settlement.List(ctx, tx, by, org.ID, 100)
			for _, r := range runs {
				fmt.Printf("%6d  %-10s  %-10s  %6d payees  %8d lines  %15s €\n", r.No, r.Key, r.State, r.Payees, r.Lines, r.Pay)
			}
			return err
		})
	})
}

type settlePreviewCmd struct {
	of
	Slot string `help:"Calendar slot, e.g. 2026-12 or 2026-12-15; the present one when empty."`
}

// Run previews.
func (c *settlePreviewCmd) Run(ctx context.Context, s *Settings) error {
	return with(ctx, s, func(a *app) error {
		org, err := c.find(ctx, a)
		if err != nil {
			return err
		}
		by := access.System("seteli settle preview", org.ID)
		return a.db.Tenant(ctx, by, func(tx *postgres.Tx) error {
			f, err := settlement.Preview(ctx, tx, by, settlement.CalculateInput{Organiser: org.ID, Key: slot(org, c.Slot, tx.Today())})
			if err != nil {
				return err
			}
			fmt.Printf("slot %s: %d payees, %d lines, %s € to pay; nothing stored\n", f.Run.Key, f.Run.Payees, f.Run.Lines, f.Run.Pay)
			return nil
		})
	})
}

func slot(org organiser.Organiser, wish string, today calendar.Date) string {
	if wish != "" {
		return wish
	}
	return settlement.SlotFor(org, today)
}

type settleCalculateCmd struct {
	of
	Slot string `help:"Calendar slot, e.g. 2026-12 or 2026-12-15; the present one when empty."`
}

// Run makes the run.
func (c *settleCalculateCmd) Run(ctx context.Context, s *Settings) error {
	return with(ctx, s, func(a *app) error {
		org, err := c.find(ctx, a)
		if err != nil {
			return err
		}
		run, err := a.calculate(ctx, org, c.Slot)
		if err != nil {
			return err
		}
		fmt.Printf("run %d of slot %s: %d payees, %d lines, %s €. Another person approves it on the page of the run, where it can also be undone.\n", run.No, run.Key, run.Payees, run.Lines, run.Pay)
		return nil
	})
}

func (a *app) calculate(ctx context.Context, org organiser.Organiser, wish string) (run settlement.Run, err error) {
	by := access.System("settlement day", org.ID)
	err = a.db.Tenant(ctx, by, func(tx *postgres.Tx) error {
		run, err = settlement.Calculate(ctx, tx, by, settlement.CalculateInput{Organiser: org.ID, Key: slot(org, wish, tx.Today())})
		return err
	})
	return run, err
}

type settlementDayArgs struct{}

func (settlementDayArgs) Kind() string { return "settlement.day" }

// settlementDay prepares the run of every organiser whose day has come. A person approves it; a slot that has its run stays as it is.
func (a *app) settlementDay(ctx context.Context, _ settlementDayArgs) error {
	var all []organiser.Organiser
	err := a.db.ReadNational(ctx, func(tx *postgres.Tx) (err error) {
		all, err = organiser.All(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	today := calendar.Today(a.clock)
	var failed []error
	for _, org := range all {
		if !due(org, today) {
			continue
		}
		run, err := a.calculate(postgres.Unhurried(ctx), org, "")
		switch kind := fault.KindOf(err); {
		case err == nil:
			a.log.Info("settlement prepared", "organiser", org.ID, "run", run.No, "payees", run.Payees)
		case kind == fault.Conflict || kind == fault.Invalid: // the slot has its run, or there is nothing to settle
			a.log.Info("settlement not needed", "organiser", org.ID, "code", fault.CodeOf(err))
		default:
			failed = append(failed, fmt.Errorf("organiser %d: %w", org.ID, err))
		}
	}
	return errors.Join(failed...)
}

// due tells whether the organiser's settlement day is today, or the day fell on a closed day and today is the next bank day.
func due(org organiser.Organiser, today calendar.Date) bool {
	switch org.Rhythm {
	case "daily":
		return calendar.BankDay(today)
	case "weekly":
		return int(today.Weekday()+6)%7+1 == org.SettlementDay
	}
	day := calendar.MonthOf(today).Period().From + calendar.Date(org.SettlementDay) - 1
	return calendar.NextBankDay(day) == today
}

// settles registers the job of the settlement day.
func (a *app) settles(q *job.Queue) error {
	err := job.Register(q, time.Hour, a.settlementDay)
	q.Daily(6, 0, settlementDayArgs{})
	return err
}
