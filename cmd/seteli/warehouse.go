package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"seteli/core/calendar"
	"seteli/demo"
	daycare "seteli/domain/daycare/varda"
	"seteli/integration/varda"
	"seteli/integration/varda/standin"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// The national data warehouse of early education gets what differs once a night, and when somebody orders it. At its pace the first report
// of a city takes a day: each municipality's run is a job of its own.
type (
	vardaTickArgs  struct{}
	vardaNightArgs struct{}
	vardaRunArgs   struct{ Organiser int32 }
)

func (vardaTickArgs) Kind() string  { return "varda.tick" }
func (vardaNightArgs) Kind() string { return "varda.night" }
func (vardaRunArgs) Kind() string   { return "varda.run" }

// longestTurn is how long a run sends in one turn; the next turn goes on at once where it was. After a crash the run stands still no longer
// than that.
const longestTurn = time.Hour

func (a *app) reportsDaycare(q *job.Queue) error {
	err := errors.Join(
		job.Register(q, time.Minute, func(ctx context.Context, _ vardaTickArgs) error { return a.vardaTick(ctx, q, false) }),
		job.Register(q, 10*time.Minute, func(ctx context.Context, _ vardaNightArgs) error { return a.vardaTick(ctx, q, true) }),
		job.Register(q, longestTurn, func(ctx context.Context, in vardaRunArgs) error { return a.vardaRun(ctx, in.Organiser) }))
	q.Every(30*time.Second, vardaTickArgs{})
	q.Daily(daycare.NightHour, daycare.NightMinute, vardaNightArgs{})
	return err
}

// vardaTick queues the runs that are due; at night it orders one for each municipality with a connection.
func (a *app) vardaTick(ctx context.Context, q *job.Queue, night bool) error {
	ids, err := a.organisers(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids[1:] {
		by := access.System(daycare.Nightly, id)
		err := a.db.Tenant(ctx, by, func(tx *postgres.Tx) error {
			if night {
				if err := daycare.Order(ctx, tx, by, id); err != nil && !errors.Is(err, daycare.ErrOff) {
					return err
				}
			}
			due, err := daycare.Due(ctx, tx, id)
			if err != nil || !due {
				return err
			}
			_, err = q.Enqueue(ctx, tx, vardaRunArgs{id}, job.Forward(), job.Tries(1)) // what fails is begun again by a later tick
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("organiser %d: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

func (a *app) vardaRun(ctx context.Context, organiser int32) error {
	by := access.System("varda", organiser)
	var c daycare.Connection
	var password string
	err := a.db.Tenant(ctx, by, func(tx *postgres.Tx) (err error) {
		c, password, err = daycare.Opened(ctx, tx, a.keys, organiser)
		return err
	})
	if errors.Is(err, daycare.ErrOff) { // switched off after the order: the run waits until it is switched on, and the tick begins it then
		return nil
	}
	if err != nil {
		return err
	}
	w, err := a.warehouse(c, password)
	if err != nil {
		return err
	}
	progress := job.NewProgress(a.db, organiser, "varda")
	told, err := daycare.Run(ctx, a.db, a.keys, w, by, organiser, func(done, all int) {
		if err := progress.Step(ctx, "varda", int64(done), int64(all), ""); err != nil {
			a.log.Warn("progress of the report to the warehouse", "error", err)
		}
	})
	a.log.Info("report to the warehouse of early education", "organiser", organiser, "children", told.Children, "sent", told.Sent, "refused", told.Refused, "lacking", told.Lacking, "held", told.Held)
	switch {
	case ctx.Err() != nil: // the program ends, or the turn; the run goes on where it was
		return job.Later(0)
	case err == nil && told.Held != "": // told on the page; the run goes on by itself
		return job.Later(told.Next.Sub(a.clock.Now()))
	}
	return err
}

// warehouse connects as the municipality; in a demo with the stand-in in the program.
func (a *app) warehouse(c daycare.Connection, password string) (daycare.Warehouse, error) {
	cfg := varda.Config{Base: c.Address, User: c.User, Password: password, Source: c.Source, Owner: c.Owner}
	if a.set.demo {
		s, err := a.varda()
		if err != nil {
			return nil, err
		}
		cfg.HTTP, cfg.Pace = s.HTTP(), 50
	}
	return varda.New(cfg)
}

// vardaStandIn makes the demo's warehouse; it keeps what it holds in the data directory.
func (a *app) vardaStandIn() (*standin.Server, error) {
	return standin.New(standin.Config{User: demo.VardaUser, Password: demo.VardaPassword, Producer: demo.ProducerOf, Agreed: demo.Agreed, MaxFee: 33_500,
		Today: func() calendar.Date { return calendar.Today(a.clock) }, File: filepath.Join(a.set.DataDir, "varda-demo.json")})
}
