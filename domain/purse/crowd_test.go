package purse_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/purse"
	"seteli/domain/voucher"
)

// Sixty-four tills charge one balance at once: exactly the balance is spent, and not a cent more.
func TestSixtyFourAtOnceSpendExactlyTheBalance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, nil)
	other := purse.NewTill(w.DB) // a second process
	asks := make([]purse.Ask, 64)
	for i := range asks {
		asks[i] = w.ask(v, 250, i%2 == 0)
	}
	w.held(v, 1) // the company is let in
	var all sync.WaitGroup
	var mu sync.Mutex
	yes, no := 0, 0
	for i, a := range asks {
		all.Go(func() {
			till := w.till
			if i%4 == 3 {
				till = other
			}
			_, err := till.Authorise(t.Context(), w.Company.Recorder, w.Organiser(), a)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				yes++
			case fault.CodeOf(err) == "BAL-010":
				no++
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if yes != 39 || no != 25 { // 99.99 € / 2.50 € = 39
		t.Errorf("%d were let through, %d refused; want 39 and 25", yes, no)
	}
	if s := w.view(v).Sums; s.Held+s.Used != 39*250+1 || s.Left() != 249 {
		t.Errorf("held %s, used %s", s.Held, s.Used)
	}
	w.verified()
}

// step is one operation on a balance as the history's model knows it.
type step struct {
	op     string // hold, or back: what a capture or a release gives back
	amount money.Cents
}

// The histories of concurrent callers are those of one till after another.
func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const balance, workers, each = 3000, 8, 6
	v := w.purse(balance/100, nil)
	model := porcupine.Model{
		Init: func() any { return money.Cents(balance) },
		// Each worker ends only its own holds, so what a capture or release gives back is known by its input.
		Step: func(state, in, out any) (bool, any) {
			left, s, ok := state.(money.Cents), in.(step), out.(bool)
			switch s.op {
			case "hold":
				if ok {
					return left >= s.amount, left - s.amount
				}
				return left < s.amount, left
			default: // what goes back
				return ok, left + s.amount
			}
		},
	}
	w.bought(v, 0+1) // the company is let in
	var mu sync.Mutex
	history := []porcupine.Operation{{ClientId: 0, Input: step{op: "hold", amount: 1}, Output: true, Call: 0, Return: 1}}
	began := time.Now()
	var all sync.WaitGroup
	for worker := range workers {
		draw := rand.New(rand.NewPCG(7, uint64(worker)))
		asks := make([]purse.Ask, each)
		for i := range asks {
			asks[i] = w.ask(v, money.Cents(100+draw.IntN(500)), false)
		}
		all.Go(func() {
			note := func(s step, ok bool, call time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				history = append(history, porcupine.Operation{ClientId: worker + 1, Input: s, Output: ok, Call: int64(call) + 2, Return: int64(time.Since(began)) + 2})
			}
			for _, a := range asks {
				call := time.Since(began)
				got, err := w.try(a)
				if err != nil && fault.CodeOf(err) != "BAL-010" {
					t.Error(err)
					return
				}
				note(step{op: "hold", amount: *a.Amount}, err == nil, call)
				if err != nil {
					continue
				}
				call = time.Since(began)
				back := *a.Amount
				if draw.IntN(2) == 0 {
					part := *a.Amount / 2
					_, err = w.capture(got.Hold, &part)
					back -= part
				} else {
					_, err = w.release(got.Hold)
				}
				if err != nil {
					t.Error(err)
				}
				note(step{op: "back", amount: back}, err == nil, call)
			}
		})
	}
	all.Wait()
	if !porcupine.CheckOperations(model, history) {
		t.Error("the history is not that of one till after another")
	}
	w.verified()
}

// Whatever a till is asked, the balance stays exact: the model is a plain number.
func TestAnyOrderOfActsKeepsTheBalanceExact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	someone := w.Client()
	rapid.Check(t, func(r *rapid.T) {
		balance := money.Cents(rapid.Int64Range(1, 50).Draw(r, "euros") * 100)
		adds := rapid.Bool().Draw(r, "client adds")
		v := w.purseOf(someone, int64(balance/100), func(t *purse.Terms) { t.ClientAdds = adds })
		left, used := balance, money.Cents(0)
		var open []purse.Hold
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			if len(open) > 0 && rapid.Bool().Draw(r, "end") {
				h := open[0]
				open = open[1:]
				if rapid.Bool().Draw(r, "release") {
					w.Must(second(w.release(h)))
					left += h.Amount
					continue
				}
				a, err := w.capture(h, nil)
				w.Must(err)
				used += a.Hold.Taken
				left += h.Amount - a.Hold.Taken
				continue
			}
			ask := w.some(r, v)
			a, err := w.try(ask)
			if err != nil {
				if code := fault.CodeOf(err); code != "BAL-010" && code != "BAL-007" {
					r.Fatalf("%+v: %v", ask, err)
				}
				continue
			}
			h := a.Hold
			share := money.Split(h.Price, h.Value, h.Quantity)
			if h.Amount > left || h.Own() < 0 || !adds && h.Own() != 0 || share.Organiser != h.Amount {
				r.Fatalf("%s of %s with %s left: %+v", h.Amount, h.Total, left, h)
			}
			left -= h.Amount
			if ask.Capture {
				used += h.Taken
			} else {
				open = append(open, h)
			}
		}
		if s := w.view(v).Sums; s.Left() != left || s.Used != used || s.Granted != balance {
			r.Fatalf("left %s, used %s; the model says %s and %s", s.Left(), s.Used, left, used)
		}
	})
	w.verified()
}

func second[T any](_ T, err error) error { return err }

// some is a purchase of any kind: euros, hours by quantity or hours by sum.
func (w *world) some(r *rapid.T, v voucher.Voucher) purse.Ask {
	a := w.ask(v, 0, rapid.Bool().Draw(r, "capture"))
	a.Source, a.Reference = event.API, fmt.Sprintf("any-%d", w.n)
	switch rapid.IntRange(0, 2).Draw(r, "kind") {
	case 0:
		a.Amount = new(money.Cents(rapid.Int64Range(1, 4000).Draw(r, "cents")))
	case 1:
		a.Content, a.Amount, a.Quantity = w.hours(), nil, new(money.Quantity(rapid.Int64Range(1, 9000).Draw(r, "quantity")))
	default:
		a.Content, a.Amount = w.hours(), new(money.Cents(rapid.Int64Range(1, 4000).Draw(r, "cents")))
	}
	return a
}
