package purse_test

import (
	"errors"
	"fmt"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/demo"
	"seteli/domain/client"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/purse"
	"seteli/domain/rulebook"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/scene"
)

// world is a scene whose organiser offers balances and whose company sells for them.
type world struct {
	*scene.World
	till *purse.Till
	n    int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{World: scene.New(t, "2026-11-21")}
	w.Must(w.OfferPurse(t.Context()))
	w.till = purse.NewTill(w.DB)
	return w
}

// purse gives a new client a balance in euros.
func (w *world) purse(euros int64, change func(*purse.Terms)) voucher.Voucher {
	w.T.Helper()
	return w.purseOf(w.Client(), euros, change)
}

func (w *world) purseOf(c client.Client, euros int64, change func(*purse.Terms)) voucher.Voucher {
	w.T.Helper()
	t := purse.Terms{Refill: purse.Never, LeftOver: rulebook.LeftExpires, HoldDays: 7, GraceDays: 14, BalanceShown: true}
	if change != nil {
		change(&t)
	}
	w.n++
	w.terms(rulebook.Purse{HoldDays: t.HoldDays, GraceDays: t.GraceDays, LeftOver: t.LeftOver, WholeUnits: t.WholeUnits, ClientAdds: t.ClientAdds, BalanceShown: t.BalanceShown})
	v, err := w.GrantPurse(w.T.Context(), w.House, c, w.Valid(), money.Cents(euros*100), t.Refill, t.RefillCents, w.n)
	w.Must(err)
	return v
}

// terms puts the terms of balances into the rulebook, as if they had been published so.
func (w *world) terms(p rulebook.Purse) {
	w.T.Helper()
	_, err := postgrestest.Owner(w.T, w.DB).Exec(w.T.Context(), `update rulebook set rules = jsonb_set(rules, '{purse}', $1) where service_id = $2`, p, w.House.Services[demo.PurseService].ID)
	w.Must(err)
}

// euros is the content counted in euros; hours is temporary home care, of another service.
func (w *world) euros() int64 { return w.House.Services[demo.PurseService].Contents[0].ID }
func (w *world) hours() int64 { return w.House.Services["TILAPAINEN"].Contents[0].ID }

// ask is a purchase in euros by the company's recorder.
func (w *world) ask(v voucher.Voucher, cents money.Cents, capture bool) purse.Ask {
	w.n++
	return purse.Ask{Number: v.Number.String(), Unit: w.Company.Units[0].ID, Content: w.euros(), Amount: &cents, Reference: fmt.Sprintf("kuitti-%d", w.n), Source: event.Page, Capture: capture}
}

func (w *world) try(a purse.Ask) (purse.Answer, error) {
	return w.till.Authorise(w.T.Context(), w.Company.Recorder, w.Organiser(), a)
}

func (w *world) held(v voucher.Voucher, cents money.Cents) purse.Hold {
	w.T.Helper()
	a, err := w.try(w.ask(v, cents, false))
	w.Must(err)
	return a.Hold
}

func (w *world) bought(v voucher.Voucher, cents money.Cents) purse.Hold {
	w.T.Helper()
	a, err := w.try(w.ask(v, cents, true))
	w.Must(err)
	return a.Hold
}

func (w *world) capture(h purse.Hold, cents *money.Cents) (purse.Answer, error) {
	return w.till.Capture(w.T.Context(), w.Company.Recorder, w.Organiser(), purse.End{Hold: h.ID, Amount: cents, Source: event.API})
}

func (w *world) release(h purse.Hold) (purse.Answer, error) {
	return w.till.Release(w.T.Context(), w.Company.Recorder, w.Organiser(), purse.End{Hold: h.ID, Reason: "Asiakas perui."})
}

func (w *world) view(v voucher.Voucher) purse.View {
	w.T.Helper()
	var out purse.View
	w.Must(w.Do(func(tx *postgres.Tx) (err error) {
		out, err = purse.Get(w.T.Context(), tx, w.As(access.Caseworker), w.Organiser(), v.ID)
		return err
	}))
	return out
}

// sums fails unless the balance stands as told, in euros.
func (w *world) sums(v voucher.Voucher, granted, held, used money.Cents) {
	w.T.Helper()
	s := w.view(v).Sums
	if s.Granted != granted || s.Held != held || s.Used != used {
		w.T.Errorf("granted %s, held %s, used %s; want %s, %s, %s", s.Granted, s.Held, s.Used, granted, held, used)
	}
}

// verified fails when anything differs from its facts.
func (w *world) verified() {
	w.T.Helper()
	w.Must(w.Do(func(tx *postgres.Tx) error {
		ctx, org := w.T.Context(), w.Organiser()
		a, errA := purse.Verify(ctx, tx, org)
		b, errB := ledger.Verify(ctx, tx, org)
		c, errC := event.Verify(ctx, tx, org)
		d, errD := settlement.Verify(ctx, tx, org)
		for _, list := range [][]ledger.Difference{a, b, c, d} {
			for _, one := range list {
				w.T.Error(one)
			}
		}
		return errors.Join(errA, errB, errC, errD)
	}))
}

func want(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestHoldCaptureReleaseAndRefundMoveTheBalance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, nil)
	w.sums(v, 10000, 0, 0)
	h := w.held(v, 4000)
	w.sums(v, 10000, 4000, 0)
	w.verified()
	if a, err := w.capture(h, new(money.Cents(2500))); err != nil || a.Hold.State != purse.Captured || a.Hold.Event == 0 || *a.Left != 7500 {
		t.Fatalf("captured %+v, %v", a, err)
	}
	w.sums(v, 10000, 0, 2500)
	second := w.held(v, 7500)
	w.sums(v, 10000, 7500, 2500)
	_, err := w.try(w.ask(v, 1, false))
	want(t, err, "BAL-010")
	if _, err := w.release(second); err != nil {
		t.Fatal(err)
	}
	w.sums(v, 10000, 0, 2500)
	bought := w.bought(v, 7500)
	w.sums(v, 10000, 0, 10000)
	w.verified()
	w.Must(w.Do(func(tx *postgres.Tx) error {
		_, err := purse.Refund(t.Context(), tx, w.Company.MainUser, w.Organiser(), bought.ID, "Asiakas palautti.")
		return err
	}))
	w.sums(v, 10000, 0, 2500)
	w.verified()
	kinds := ""
	for _, m := range w.view(v).Movements {
		kinds += m.Kind + " "
	}
	if kinds != "refunded released captured granted " {
		t.Errorf("the history says %s", kinds)
	}
}

func TestACaptureIsSettledPaidAndRefundedLikeAnyEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(300, nil)
	h := w.bought(v, 12_345)
	hours := w.ask(v, 0, true)
	hours.Content, hours.Amount, hours.Quantity = w.hours(), nil, new(money.Units(2))
	a, err := w.try(hours)
	w.Must(err)
	w.Move("2026-12-05")
	run, file := w.Sent()
	if run.Pay != 12_345+a.Hold.Taken || file.Total != run.Pay {
		t.Errorf("the run pays %s, the file %s, the captures are %s and %s", run.Pay, file.Total, h.Taken, a.Hold.Taken)
	}
	w.verified()
	err = w.Do(func(tx *postgres.Tx) error {
		_, err := purse.Refund(t.Context(), tx, w.Company.MainUser, w.Organiser(), h.ID, "Asiakas palautti.")
		return err
	})
	want(t, err, "BAL-021")
	w.Must(w.Do(func(tx *postgres.Tx) error {
		return event.Refund(t.Context(), tx, w.As(access.EventChecker), event.Decision{Ref: event.Ref{Organiser: w.Organiser(), Event: h.Event}, ReasonCode: "not_delivered", Reason: "Palvelua ei annettu."})
	}))
	w.sums(v, 30_000, 0, a.Hold.Taken)
	w.verified()
}

func TestTheTillRefusesWithReasonsThatThePersonUnderstands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(50, func(t *purse.Terms) { t.BalanceShown = false })
	change := func(f func(*purse.Ask)) error {
		a := w.ask(v, 1000, true)
		f(&a)
		_, err := w.try(a)
		return err
	}
	ordinary := w.Voucher(scene.Temporary(8))
	want(t, change(func(a *purse.Ask) { a.Number = "KSRXXXXXXXXX" }), "BAL-001")
	want(t, change(func(a *purse.Ask) { a.Number = ordinary.Number.String() }), "BAL-001")
	want(t, change(func(a *purse.Ask) { a.Content = w.House.Services["KOTIHOITO"].Contents[0].ID }), "BAL-004")
	want(t, change(func(a *purse.Ask) { a.Unit = 99 }), "BAL-005")
	want(t, change(func(a *purse.Ask) { a.Amount = new(money.Cents(0)) }), "BAL-006")
	want(t, change(func(a *purse.Ask) { a.Amount = new(money.Cents(-1)) }), "BAL-006")
	want(t, change(func(a *purse.Ask) { a.Amount = nil }), "BAL-006")
	want(t, change(func(a *purse.Ask) { a.Amount = new(money.Cents(5001)) }), "BAL-009")
	want(t, change(func(a *purse.Ask) { a.Content, a.Amount = w.hours(), new(money.Cents(1001)) }), "BAL-007")
	want(t, change(func(a *purse.Ask) {
		a.Content, a.Quantity, a.Amount = w.hours(), new(money.Units(1)), new(money.Cents(1001))
	}), "BAL-008")
	want(t, change(func(a *purse.Ask) { a.Content, a.Unit = 0, w.Company.Units[0].ID }), "BAL-018")
	want(t, change(func(a *purse.Ask) { a.Reference = "" }), "BAL-033")
	_, err := w.till.Authorise(t.Context(), w.As(access.Caseworker), w.Organiser(), w.ask(v, 1000, true))
	want(t, err, "ACC-001")
	foreign := w.Company.Recorder
	foreign.Provider = 77
	_, err = w.till.Authorise(t.Context(), foreign, w.Organiser(), w.ask(v, 1000, false))
	want(t, err, "BAL-001")
	w.sums(v, 5000, 0, 0)
	if n := len(w.view(v).Movements); n != 1 {
		t.Errorf("refusals left %d movements", n-1)
	}
	w.Must(w.Do(func(tx *postgres.Tx) error {
		_, err := voucher.Pause(t.Context(), tx, w.As(access.Caseworker), voucher.PauseInput{Organiser: w.Organiser(), Voucher: v.ID, Period: calendar.Period{From: w.Today(), To: w.Today() + 3}, Reason: "Sairaalassa"})
		return err
	}))
	want(t, change(func(*purse.Ask) {}), "BAL-003")
	w.At(v.Valid.To, 12, 0)
	want(t, change(func(*purse.Ask) {}), "BAL-002")
}

func TestAnUnacceptedBalanceCannotBeCharged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := purse.GrantInput{Organiser: w.Organiser(), Client: w.Client().ID, Service: w.House.Services[demo.PurseService].ID, Period: w.Valid(), Balance: 5000,
		Contents: []int64{w.euros()}, Contact: "Neuvonta 020 000 0000", Reasons: "Tarve arvioitu.", Office: "palveluohjaaja"}
	var v voucher.Voucher
	w.Must(w.Do(func(tx *postgres.Tx) (err error) {
		v, _, err = purse.Grant(t.Context(), tx, w.As(access.Caseworker), voucher.Means{Texts: w.Texts, Models: w.Models, Random: zeros{}}, in)
		return err
	}))
	_, err := w.try(w.ask(v, 1000, true))
	want(t, err, "BAL-020")
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestARepeatGetsTheFirstAnswerAndOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, nil)
	a := w.ask(v, 3000, false)
	first, err := w.try(a)
	w.Must(err)
	again, err := w.try(a)
	if err != nil || !again.Repeated || again.Hold.ID != first.Hold.ID {
		t.Errorf("the repeat got %+v, %v", again, err)
	}
	a.Amount = new(money.Cents(3001))
	_, err = w.try(a)
	want(t, err, "BAL-011")
	one, err := w.capture(first.Hold, nil)
	w.Must(err)
	two, err := w.capture(first.Hold, nil)
	if err != nil || !two.Repeated || two.Hold.Event != one.Hold.Event {
		t.Errorf("the second capture got %+v, %v", two, err)
	}
	_, err = w.capture(first.Hold, new(money.Cents(1000)))
	want(t, err, "BAL-013")
	_, err = w.release(first.Hold)
	want(t, err, "BAL-013")
	w.sums(v, 10000, 0, 3000)
	gone := w.held(v, 1000)
	_, err = w.release(gone)
	w.Must(err)
	_, err = w.capture(gone, nil)
	want(t, err, "BAL-014")
	_, err = w.capture(purse.Hold{ID: 9_999_999}, nil)
	want(t, err, "BAL-012")
	_, err = w.capture(w.held(v, 1000), new(money.Cents(1001)))
	want(t, err, "BAL-016")
	w.verified()
}
