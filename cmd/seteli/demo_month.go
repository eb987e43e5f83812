package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/demo"
	"seteli/domain/payment"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// month builds a month of a real size in a directory of its own below the data directory, thrown away and built anew at each
// call, pays it, writes the payment files, reads them back and verifies. An error when anything does not hold.
func (c *demoCmd) month(ctx context.Context, s *Settings) error {
	own := *s
	own.DataDir = filepath.Join(s.DataDir, "scale-"+c.Scale)
	began := time.Now()
	say := since(began)
	if s.DatabaseURL == "" {
		if _, err := os.Stat(builtPath(&own)); err == nil {
			say("throwing away the month of an earlier call in " + own.DataDir)
			if err := discard(ctx, &own); err != nil {
				return err
			}
		}
	}
	clock := calendar.At(calendar.Wall{}.Now())
	a, err := open(ctx, &own, clock)
	if err != nil {
		return err
	}
	err = c.runMonth(ctx, a, clock, say)
	return errors.Join(err, a.close(context.WithoutCancel(ctx)))
}

func (c *demoCmd) runMonth(ctx context.Context, a *app, clock *calendar.Fixed, say func(string)) error {
	r, err := a.buildDemo(ctx, demo.Options{Scale: c.Scale, Seed: c.Seed, Issuer: a.demoIssuer(), Until: clock.Now(), Progress: say}, clock)
	if err != nil {
		return err
	}
	var count int
	var sum money.Cents
	for _, run := range r.Runs {
		path, err := a.writePayment(ctx, run)
		if err != nil {
			return err
		}
		n, total, err := readPayment(path)
		if err != nil {
			return err
		}
		if total != run.Tally.Organiser || n != run.File.Count {
			return fmt.Errorf("%s holds %d payments of %s €, but %s € were accepted for %d payees", path, n, total, run.Tally.Organiser, run.File.Count)
		}
		count, sum = count+n, sum+total
		say(fmt.Sprintf("payment file %s: %d payments, %s €", path, n, total))
	}
	fmt.Printf("accepted deliveries %s € = payment files %s € (%d payments, %s h)\n", r.Tally.Organiser, sum, count, r.Tally.Quantity)
	if sum != r.Tally.Organiser {
		return fmt.Errorf("the payment files hold %s €, accepted were %s €", sum, r.Tally.Organiser)
	}
	if err := a.verify(ctx, os.Stdout); err != nil {
		return err
	}
	say("all of it holds")
	return writeBuilt(a.set, built{Done: true, Issuer: a.demoIssuer(), Seed: c.Seed, At: clock.Now()})
}

// writePayment fetches the file of a run as its approver would and writes it below the data directory.
func (a *app) writePayment(ctx context.Context, run demo.Settled) (string, error) {
	var file payment.File
	err := a.db.Tenant(ctx, access.Within{Organiser: run.Organiser}, func(tx *postgres.Tx) (err error) {
		file, err = payment.ReadFile(ctx, tx, access.System("demo", run.Organiser), run.Organiser, run.Run.No)
		return err
	})
	if err != nil {
		return "", err
	}
	dir := filepath.Join(a.set.DataDir, "payments")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, run.FileName)
	return path, os.WriteFile(path, file.Bytes, 0o600)
}

// readPayment adds up the instructed amounts of a payment file as a bank would, without asking what wrote it.
func readPayment(path string) (count int, sum money.Cents, err error) {
	f, err := os.Open(path) //nolint:gosec // written by us a moment ago
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	d := xml.NewDecoder(f)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count, sum, nil
		}
		if err != nil {
			return 0, 0, fmt.Errorf("reading %s: %w", path, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "InstdAmt" {
			continue
		}
		var text string
		if err := d.DecodeElement(&text, &start); err != nil {
			return 0, 0, fmt.Errorf("reading %s: %w", path, err)
		}
		amount, err := money.ParseCents(text)
		if err != nil {
			return 0, 0, fmt.Errorf("%s: amount %q: %w", path, text, err)
		}
		count, sum = count+1, sum+amount
	}
}
