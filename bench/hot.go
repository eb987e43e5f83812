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

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
)

// crowd is how many callers want the one voucher.
const crowd = 64

// benchHot lets 64 callers bill one voucher: over HTTP until its right is used up, and the engine alone on a right that lasts.
func benchHot(ctx context.Context, s *settings) (err error) {
	const hours = 12 // billed minute by minute
	w, err := newWorld(ctx, size{Organisers: 1, Providers: callers, Vouchers: 4 * callers, Hours: hours, Window: hotDays + 130})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	if err := w.limits(ctx); err != nil {
		return err
	}
	// The other half of the vouchers have a right that no run uses up.
	if err := w.exec(ctx, "update voucher_line set amount_quantity = 3000000000000, recurrence = 'total' where line_id > $1", 2*callers); err != nil {
		return err
	}
	if err := w.hotHTTP(ctx, hours*60); err != nil {
		return err
	}
	desk := event.NewDesk(w.db)
	number, provider := w.numbers[3*callers-1], w.providerOf(3*callers)
	var turn atomic.Int64
	p := pair{higher: true}
	ours := func(int) (float64, error) {
		began := now()
		length := time.Duration(s.Seconds) * time.Second
		var done atomic.Int64
		group, ctx := errgroup.WithContext(ctx)
		for range crowd {
			group.Go(func() error {
				for now().Sub(began) < length {
					i := turn.Add(1)
					q := money.Quantity(10 + i) // another quantity each time: the same again would be a duplicate
					line := event.Line{Reference: fmt.Sprint("e-", i), Number: number, Date: w.hotDay(i), Quantity: &q}
					v, err := desk.Record(ctx, 1, event.Submission{By: recorder(provider), Provider: provider, Source: event.API, Lines: []event.Line{line}})
					if err != nil {
						return err
					}
					if v[0].State != event.Accepted {
						return fmt.Errorf("engine: %s %v", v[0].State, v[0].Codes())
					}
					done.Add(1)
				}
				return nil
			})
		}
		err := group.Wait()
		return float64(done.Load()) / now().Sub(began).Seconds(), err
	}
	limit := func(int) (float64, error) {
		return w.pgbench(ctx, crowd/2, s.Seconds, fmt.Sprintf("select bench_hot('%s');\n", w.numbers[4*callers-1]))
	}
	stop, err := s.profile("hot")
	if err != nil {
		return err
	}
	if err := p.alternate(s.Pairs, ours, limit); err != nil {
		return err
	}
	stop()
	p.say("hot-engine", "events/s of the engine, 64 callers on one voucher; limit: stored function, pgbench 32 clients")
	bar("hot-engine-aim", median(p.ours), 8000, median(p.ours)/8000, "events/s; limit is the bar of a quiet machine")
	return nil
}

// hotDays spreads the hot voucher's events: no client has thousands of visits on one day.
const hotDays = 600

func (w *world) hotDay(i int64) calendar.Date {
	return calendar.Today(w.clock) - calendar.Date(i/crowd%hotDays)
}

// hotHTTP sends 64 callers until the right is used up and beyond: exactly the right is accepted, every other answer is clean.
func (w *world) hotHTTP(ctx context.Context, right int) error {
	server, err := w.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	const voucher = callers
	key, err := w.key(ctx, w.providerOf(voucher))
	if err != nil {
		return err
	}
	// Connections are open and plans are made before the crowd comes, as in a program that has been up for a while.
	var warm atomic.Int64
	if _, _, err := server.load(ctx, crowd, time.Second, func(int) (string, []byte, int) {
		i := warm.Add(1)
		return key, fmt.Appendf(nil, `{"lines":[{"client_reference":"w-%d","voucher":%q,"date":%q,"quantity":"%d.5"}]}`, i, w.numbers[4*callers-1], w.hotDay(i), i), http.StatusOK
	}); err != nil {
		return err
	}
	y, m, d := (calendar.Today(w.clock) - 1).Civil()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, calendar.Helsinki)
	var turn, accepted, usedUp, other atomic.Int64
	var mu sync.Mutex
	var waits []float64
	var strange string
	group, gctx := errgroup.WithContext(ctx)
	for range crowd {
		group.Go(func() error {
			for {
				i := turn.Add(1)
				if i > int64(right+right/2) {
					return nil
				}
				start := midnight.Add(time.Duration(i-1) * time.Minute)
				body := fmt.Appendf(nil, `{"lines":[{"client_reference":"h-%d","voucher":%q,"date":%q,"start":%q,"end":%q}]}`,
					i, w.numbers[voucher-1], calendar.Today(w.clock)-1, start.Format(time.RFC3339), start.Add(time.Minute).Format(time.RFC3339))
				sent := now()
				status, answer, err := server.post(gctx, key, body)
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
				case status == http.StatusUnprocessableEntity && bytes.Contains(answer, []byte(`"QTY-11"`)):
					usedUp.Add(1)
				default:
					other.Add(1)
					mu.Lock()
					strange = fmt.Sprintf("%d %s", status, answer[:min(300, len(answer))])
					mu.Unlock()
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	p99 := percentile(waits, 0.99) * 1000
	bar("hot", p99, 100, p99/100, fmt.Sprintf("ms p99 over HTTP, 64 callers on one voucher; limit is the bar (aim 25); p50 %.1f ms; right %d: %d accepted, %d used up, %d other", median(waits)*1000, right, accepted.Load(), usedUp.Load(), other.Load()))
	if accepted.Load() != int64(right) || other.Load() != 0 {
		return fmt.Errorf("of a right of %d exactly so many must be accepted and the rest refused as used up: %d, %d, %d other (%s)", right, accepted.Load(), usedUp.Load(), other.Load(), strange)
	}
	return nil
}
