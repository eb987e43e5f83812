package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/purse"
)

// benchPurse lets 64 tills charge one euro balance: over HTTP until it is spent, and the engine alone on a balance that lasts.
func benchPurse(ctx context.Context, s *settings) (err error) {
	w, err := newWorld(ctx, size{Organisers: 1, Providers: callers, Vouchers: 4 * callers, Hours: 1, Window: 30})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	const right = 10_000 // purchases of an hour that the balance is good for
	spent, lasting := callers, 4*callers
	if err := w.makePurse(ctx, spent, right); err != nil {
		return err
	}
	if err := w.makePurse(ctx, lasting, 1_000_000_000); err != nil {
		return err
	}
	if err := w.purseHTTP(ctx, spent, lasting, right); err != nil {
		return err
	}
	for _, engine := range []struct {
		name, note string
		capture    bool
	}{{"purse-engine", "holds/s of the engine, 64 callers on one balance; limit is the aim of a quiet machine", false}, {"purse-charge", "charges/s (hold, capture and event at once)", true}} {
		if _, err := w.purseEngine(ctx, lasting, engine.capture, time.Second/2); err != nil {
			return err
		}
		if err := w.exec(ctx, "analyze"); err != nil {
			return err
		}
		rate, err := w.purseEngine(ctx, lasting, engine.capture, time.Duration(s.Seconds)*time.Second)
		if err != nil {
			return err
		}
		bar(engine.name, rate, 8000, rate/8000, engine.note)
	}
	return nil
}

// makePurse turns a voucher of the world into a balance that is good for so many hours at its provider's price.
func (w *world) makePurse(ctx context.Context, voucher int, hours int64) error {
	for _, sql := range []string{
		"update voucher_line set recurrence = 'total', amount_quantity = null, amount_cents = $2 * (select price_cents from price where content_id = voucher_line.content_id and provider_id = $3) where line_id = $1",
		`insert into purse (organiser_id, voucher_id, line_id, person_id, client_id, refill, refill_cents, carries, hold_days, grace_days, client_adds, balance_shown, granted_at, granted_by)
		select organiser_id, voucher_id, line_id, person_id, voucher_id, 'none', 0, false, 7, 14, false, true, now(), 'x' from voucher_line where line_id = $1 and $2::bigint > 0 and $3::bigint > 0`,
		"insert into purse_content (organiser_id, voucher_id, content_id, service_id) select organiser_id, voucher_id, content_id, content_id from voucher_line where line_id = $1 and $2::bigint > 0 and $3::bigint > 0",
		"insert into balance (organiser_id, line_id, bucket, limit_cents) select organiser_id, line_id, date '1970-01-01', amount_cents from voucher_line where line_id = $1 and $2::bigint > 0 and $3::bigint > 0",
	} {
		if err := w.exec(ctx, sql, voucher, hours, w.providerOf(voucher)); err != nil {
			return err
		}
	}
	return nil
}

// purseEngine gives charges a second.
func (w *world) purseEngine(ctx context.Context, voucher int, capture bool, length time.Duration) (float64, error) {
	till := purse.NewTill(w.db)
	by := recorder(w.providerOf(voucher))
	var turn, done atomic.Int64
	began := now()
	group, ctx := errgroup.WithContext(ctx)
	for range crowd {
		group.Go(func() error {
			for now().Sub(began) < length {
				_, err := till.Authorise(ctx, by, 1, purse.Ask{Number: w.numbers[voucher-1], Quantity: new(money.Units(1)), Reference: fmt.Sprintf("e-%t-%d-%d", capture, length, turn.Add(1)), Source: event.API, Capture: capture})
				if err != nil {
					return err
				}
				done.Add(1)
			}
			return nil
		})
	}
	err := group.Wait()
	return float64(done.Load()) / now().Sub(began).Seconds(), err
}

// purseHTTP sends 64 tills until the balance is spent and beyond: exactly the balance is charged, every other answer is clean.
func (w *world) purseHTTP(ctx context.Context, spent, lasting, right int) (err error) {
	server, err := w.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	warmKey, err := w.key(ctx, w.providerOf(lasting))
	if err != nil {
		return err
	}
	key, err := w.key(ctx, w.providerOf(spent))
	if err != nil {
		return err
	}
	var accepted, empty, other, turn atomic.Int64
	var mu sync.Mutex
	var waits []float64
	run := func(key, name string, voucher, most int) error {
		turn.Store(0)
		group, ctx := errgroup.WithContext(ctx)
		for range crowd {
			group.Go(func() error {
				for {
					i := turn.Add(1)
					if i > int64(most) {
						return nil
					}
					sent := now()
					status, answer, err := server.postTo(ctx, "/purse-holds", key, fmt.Appendf(nil, `{"reference":"%s-%d","voucher":%q,"quantity":"1"}`, name, i, w.numbers[voucher-1]))
					if err != nil {
						return err
					}
					took := now().Sub(sent).Seconds()
					mu.Lock()
					waits = append(waits, took)
					mu.Unlock()
					switch {
					case status == http.StatusOK:
						accepted.Add(1)
					case status == http.StatusConflict && bytes.Contains(answer, []byte("BAL-010")):
						empty.Add(1)
					default:
						other.Add(1)
					}
				}
			})
		}
		return group.Wait()
	}
	// Connections are open, statistics (autovacuum makes them within seconds) and the plans of each of the 20 connections are made before
	// the crowd comes, as in a program that has been up for a while: a connection's first batch takes about 30 ms.
	if err := run(warmKey, "w", lasting, 2000); err != nil {
		return err
	}
	if err := w.exec(ctx, "analyze"); err != nil {
		return err
	}
	if err := run(warmKey, "v", lasting, 10_000); err != nil {
		return err
	}
	waits = nil
	accepted.Store(0)
	if err := run(key, "h", spent, right+right/2); err != nil {
		return err
	}
	p99 := percentile(waits, 0.99) * 1000
	bar("purse", p99, 25, p99/25, fmt.Sprintf("ms p99 over HTTP, 64 tills on one balance; p50 %.1f ms; good for %d: %d charged, %d refused, %d other", median(waits)*1000, right, accepted.Load(), empty.Load(), other.Load()))
	if accepted.Load() != int64(right) || other.Load() != 0 {
		return fmt.Errorf("of a balance good for %d exactly so many must be let through: %d, %d other", right, accepted.Load(), other.Load())
	}
	return nil
}
