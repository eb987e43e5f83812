package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"seteli/core/calendar"
	daycare "seteli/domain/daycare/store"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/payment"
	"seteli/domain/purse"
	"seteli/domain/settlement"
	"seteli/domain/statistics"
	"seteli/migrations"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

type verifyCmd struct{}

// Run verifies beside a running program or alone; it writes nothing.
func (verifyCmd) Run(ctx context.Context, s *Settings) error {
	return beside(ctx, s, func(a *app) error { return a.verify(ctx, os.Stdout) })
}

// beside gives fn the database of a program that may be running: it neither migrates nor needs the keys.
func beside(ctx context.Context, s *Settings, fn func(*app) error) error {
	at := func(url string) error {
		a := &app{set: s, clock: calendar.Wall{}, log: slog.Default()}
		var err error
		if a.db, err = postgres.Open(ctx, postgres.Config{URL: url, Clock: a.clock}); err != nil {
			return err
		}
		defer a.db.Close()
		if err := a.db.CheckMigrated(ctx, migrations.Files); err != nil {
			return err
		}
		return fn(a)
	}
	if s.DatabaseURL != "" {
		return at(s.DatabaseURL)
	}
	return attached(ctx, s, func(cl *postgres.Cluster) error { return at(cl.URL(postgres.App, postgres.Database)) })
}

// errDiffers ends the program with status 1.
var errDiffers = errors.New("what is stored and what the facts say are not the same; nothing was changed")

// checks are what rebuilds itself from the facts, in the order of the spine. They run in one snapshot of one organiser.
var checks = []struct {
	name string
	run  func(context.Context, *postgres.Tx, int32) ([]ledger.Difference, error)
}{
	{"balances", ledger.Verify}, {"events", event.Verify}, {"purses", purse.Verify}, {"early education", daycare.Verify}, {"settlements", settlement.Verify}, {"payment files", payment.Verify},
	{"figures of months", statistics.Verify},
}

// verify rebuilds balances, events, purses, months of early education, settlements, payment files, the figures of months and the audit's hash chain of every organiser. It prints the first
// difference of each check with their number, and fails when there is any.
func (a *app) verify(ctx context.Context, out io.Writer) error {
	ctx = postgres.Unhurried(ctx)
	var all []organiser.Organiser
	err := a.db.ReadNational(ctx, func(tx *postgres.Tx) (err error) { all, err = organiser.All(ctx, tx); return err })
	if err != nil {
		return err
	}
	heads, err := a.heads()
	if err != nil {
		return err
	}
	began := time.Now()
	differences := 0
	for _, o := range append([]organiser.Organiser{{Prefix: "-"}}, all...) {
		n, err := a.verifyOne(ctx, out, o, heads[o.ID])
		if err != nil {
			return fmt.Errorf("verifying organiser %d: %w", o.ID, err)
		}
		differences += n
	}
	if _, err := fmt.Fprintf(out, "%d organisers verified in %s: %d differences\n", len(all), time.Since(began).Round(time.Millisecond), differences); err != nil {
		return err
	}
	if differences > 0 {
		return errDiffers
	}
	return nil
}

// verifyOne verifies one organiser; organiser 0 is the nation, which has an audit only.
func (a *app) verifyOne(ctx context.Context, out io.Writer, o organiser.Organiser, known *audit.Head) (n int, err error) {
	line := fmt.Sprintf("%-4s", o.Prefix)
	err = a.db.Snapshot(ctx, access.Within{Organiser: o.ID}, func(tx *postgres.Tx) error {
		n = 0
		for _, c := range checks {
			if o.ID == 0 {
				break
			}
			found, err := c.run(ctx, tx, o.ID)
			if err != nil {
				return err
			}
			if n += len(found); len(found) > 0 {
				line += fmt.Sprintf("\n  %s: %d differences, the first: %s\n ", c.name, len(found), found[0])
				continue
			}
			line += " " + c.name + " agree;"
		}
		head, err := audit.Verify(ctx, tx, o.ID, known)
		var damage *audit.Damage
		if errors.As(err, &damage) {
			n++
			line += "\n  " + damage.Error()
			return nil
		}
		line += fmt.Sprintf(" audit chain whole to %d", head.Position)
		return err
	})
	if err != nil {
		return n, err
	}
	_, err = fmt.Fprintln(out, line)
	return n, err
}
