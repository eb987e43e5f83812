package reliability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// settle takes the organiser's month from calculation to the payment file, going on where an earlier process was killed.
func settle(ctx context.Context) error {
	db, err := open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	org := int32(number("SETELI_RELIABILITY_ORGANISER"))
	now := calendar.Noon(postgrestest.Today).Now()
	preparer := access.Actor{Account: 11, Name: "Vilma Valmistelija", Role: access.SettlementPreparer, Organiser: org, SignedIn: now}
	approver := access.Actor{Account: 12, Name: "Heikki Hyväksyjä", Role: access.SettlementApprover, Organiser: org, SignedIn: now}
	fmt.Println("settling")
	const run = 1
	steps := []struct {
		done error // the answer when it was done before the kill
		do   func(*postgres.Tx) error
	}{
		{settlement.ErrSlotTaken, func(tx *postgres.Tx) error {
			_, err := settlement.Calculate(ctx, tx, preparer, settlement.CalculateInput{Organiser: org, Key: tx.Today().String()})
			return err
		}},
		{settlement.ErrState, func(tx *postgres.Tx) error { _, err := settlement.Approve(ctx, tx, approver, org, run); return err }},
		{settlement.ErrState, func(tx *postgres.Tx) error {
			_, err := payment.MakeFile(ctx, tx, approver, bank.Pain001{}, org, run)
			return err
		}},
	}
	for i, s := range steps {
		err := db.Tenant(ctx, access.Within{Organiser: org}, s.do)
		if err != nil && !errors.Is(err, s.done) {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	_, err = fmt.Println("done")
	return err
}

// R14, R15: settlement and payment are killed at random moments, and two processes run at once. The file is that of an undisturbed run.
func TestKilledSettlementGoesOnToTheSameFile(t *testing.T) {
	const payees = 400
	month := func() *settlementtest.World {
		w := settlementtest.New(t)
		ids := w.Payees(payees)
		w.Do(func(ctx context.Context, tx *postgres.Tx) error {
			for i, id := range ids {
				for n := range 5 {
					if err := w.Post(ctx, tx, id, money.Cents(1000+37*i+n)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		return w
	}
	env := func(w *settlementtest.World) []string {
		return []string{fmt.Sprint("SETELI_RELIABILITY_ORGANISER=", w.Org.ID)}
	}
	file := func(w *settlementtest.World) (bytes []byte) {
		t.Helper()
		var n int
		if err := w.Owner.QueryRow(t.Context(), "select count(*), (array_agg(bytes))[1] from payment_file").Scan(&n, &bytes); err != nil {
			t.Fatal(err)
		}
		if n != 1 {
			t.Fatalf("%d payment files of one run", n)
		}
		return bytes
	}
	calm := month()
	c := start(t, "settle", postgrestest.URL(t, calm.DB, postgres.App), env(calm)...)
	began := time.Now()
	if c.line(t); c.line(t) != "done" {
		c.wait(t)
	}
	length := time.Since(began)
	want := file(calm)
	kills, finished := times(12, 200), 0
	r := seeded(t)
	for round := 0; kills > 0; round++ {
		w := month()
		url := postgrestest.URL(t, w.DB, postgres.App)
		for range 5 {
			a, b := start(t, "settle", url, env(w)...), start(t, "settle", url, env(w)...)
			a.line(t)
			b.line(t)
			time.Sleep(time.Duration(r.Float64() * math.Min(float64(length), float64(time.Second))))
			a.kill(t)
			b.kill(t)
			kills -= 2
		}
		a := start(t, "settle", url, env(w)...)
		if a.line(t); a.line(t) != "done" {
			a.wait(t)
			t.Fatalf("the run did not end: %s", a.errors)
		}
		a.wait(t)
		if got := file(w); !bytes.Equal(got, want) {
			t.Errorf("round %d: the file differs from that of the undisturbed run (%d and %d bytes)", round, len(got), len(want))
		}
		finished++
		whole(t, w.DB, w.Owner, w.Org.ID, eventless)
	}
	whole(t, calm.DB, calm.Owner, calm.Org.ID, eventless)
	t.Logf("%d months, an undisturbed one takes %v", finished, length)
}
