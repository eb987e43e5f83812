package onetime_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/onetime"
	"seteli/domain/rulebook/method"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/scene"
)

// world is a scene whose caseworker gives one-time vouchers of temporary home care, an hour of which is worth 33.00.
type world struct {
	*scene.World
	means voucher.Means
	n     int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{World: scene.New(t, "2026-11-21")}
	w.means = voucher.Means{Texts: w.Texts, Models: method.All(), Random: rand.Reader}
	return w
}

func (w *world) terms(count int) onetime.Terms {
	s := w.House.Services["TILAPAINEN"]
	return onetime.Terms{Organiser: w.Organiser(), Service: s.ID, Content: s.Contents[0].ID, Quantity: money.Units(1), Period: w.Valid(), Count: count,
		Contact: "Olga Haavanlehto, 020 000 0000", Reasons: "Asiakas tarvitsee avun kerran.", Office: "palveluohjaaja"}
}

func (w *world) tryGive(c client.Client, t onetime.Terms) (list []onetime.Slip, err error) {
	err = w.Do(func(tx *postgres.Tx) error {
		list, err = onetime.Give(w.T.Context(), tx, w.As(access.Caseworker), w.means, onetime.GiveInput{Terms: t, Client: c.ID, Channel: voucher.ByHand})
		return err
	})
	return list, err
}

func (w *world) give(t onetime.Terms) []onetime.Slip {
	w.T.Helper()
	list, err := w.tryGive(w.Client(), t)
	w.Must(err)
	return list
}

func (w *world) print(t onetime.Terms) (batch int64, err error) {
	err = w.Do(func(tx *postgres.Tx) error {
		batch, err = onetime.Print(w.T.Context(), tx, w.As(access.Caseworker), w.means, t)
		return err
	})
	return batch, err
}

func (w *world) list(in onetime.ListInput) (list []onetime.Slip) {
	w.T.Helper()
	in.Organiser = w.Organiser()
	if in.Most == 0 {
		in.Most = 100
	}
	w.Must(w.Do(func(tx *postgres.Tx) (err error) {
		list, err = onetime.List(w.T.Context(), tx, w.As(access.Caseworker), in)
		return err
	}))
	return list
}

func (w *world) name(s onetime.Slip, c client.Client) (out onetime.Slip, err error) {
	err = w.Do(func(tx *postgres.Tx) error {
		out, err = onetime.Name(w.T.Context(), tx, w.As(access.Caseworker), w.means, onetime.NameInput{Organiser: w.Organiser(), Slip: s.ID, Client: c.ID})
		return err
	})
	return out, err
}

func (w *world) annul(s onetime.Slip, reason string) (out onetime.Slip, err error) {
	err = w.Do(func(tx *postgres.Tx) error {
		out, err = onetime.Annul(w.T.Context(), tx, w.As(access.Caseworker), w.means, onetime.AnnulInput{Organiser: w.Organiser(), Slip: s.ID, Reason: reason, Office: "palveluohjaaja"})
		return err
	})
	return out, err
}

func (w *world) ask(s onetime.Slip) onetime.Ask {
	w.n++
	return onetime.Ask{Organiser: w.Organiser(), Number: s.Number, Unit: w.Company.Units[0].ID, Reference: fmt.Sprintf("kuitti-%d", w.n), Source: event.Page}
}

func (w *world) use(in onetime.Ask) (out onetime.Answer, err error) {
	err = w.Do(func(tx *postgres.Tx) error {
		out, err = onetime.UseOnce(w.T.Context(), tx, w.Company.Recorder, in)
		return err
	})
	return out, err
}

// verified fails when anything differs from its facts.
func (w *world) verified() {
	w.T.Helper()
	w.Must(w.Do(func(tx *postgres.Tx) error {
		ctx, org := w.T.Context(), w.Organiser()
		b, errB := ledger.Verify(ctx, tx, org)
		c, errC := event.Verify(ctx, tx, org)
		d, errD := settlement.Verify(ctx, tx, org)
		for _, list := range [][]ledger.Difference{b, c, d} {
			for _, one := range list {
				w.T.Error(one)
			}
		}
		return errors.Join(errB, errC, errD)
	}))
}

func want(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestASlipIsUsedOnceSettledAndPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.give(w.terms(1))[0]
	if s.State(w.Today()) != onetime.Valid || s.Value != 3300 || s.Client == 0 {
		t.Fatalf("given: %+v", s)
	}
	in := w.ask(s)
	a, err := w.use(in)
	w.Must(err)
	use := a.Slip.Use
	if use == nil || a.Slip.State(w.Today()) != onetime.Used || use.Name != w.Company.Units[0].Name || use.Day != w.Today() || use.Paid+use.Own != use.Total || use.Paid > s.Value {
		t.Fatalf("used: %+v", use)
	}
	again, err := w.use(in)
	if err != nil || !again.Repeated || again.Slip.Use.Event != use.Event {
		t.Errorf("the same reference gives %+v, %v", again, err)
	}
	_, err = w.use(w.ask(s))
	want(t, err, "ONE-004")
	w.verified()
	w.Move("2026-12-05")
	run, _ := w.Sent()
	if run.Pay != use.Paid {
		t.Errorf("the run pays %s, the slip %s", run.Pay, use.Paid)
	}
	w.verified()
}

func TestOfManyAtOnceExactlyOneUsesTheSlip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.give(w.terms(1))[0]
	var asks []onetime.Ask
	for range 8 {
		asks = append(asks, w.ask(s))
	}
	errs := make([]error, len(asks))
	var all sync.WaitGroup
	for i := range asks {
		all.Go(func() { _, errs[i] = w.use(asks[i]) })
	}
	all.Wait()
	used := 0
	for _, err := range errs {
		switch {
		case err == nil:
			used++
		case fault.CodeOf(err) != "ONE-004":
			t.Errorf("a loser hears %v", err)
		}
	}
	if used != 1 {
		t.Errorf("%d used the slip", used)
	}
	w.verified()
}

func TestASlipIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	later := w.terms(1)
	later.Period.From = w.Today() + 10
	early, annulled := w.give(later)[0], w.give(w.terms(1))[0]
	_, err := w.use(w.ask(early))
	want(t, err, "ONE-005")
	if _, err := w.annul(annulled, " "); fault.CodeOf(err) != "ONE-019" {
		t.Errorf("without a reason: %v", err)
	}
	gone, err := w.annul(annulled, "Asiakas ei tarvitse palvelua.")
	w.Must(err)
	if gone.State(w.Today()) != onetime.Annulled {
		t.Errorf("annulled: %s", gone.State(w.Today()))
	}
	_, err = w.use(w.ask(annulled))
	want(t, err, "ONE-007")
	s := w.give(w.terms(1))[0]
	ask := w.ask(s)
	ask.Day = new(w.Today() + 1)
	_, err = w.use(ask)
	want(t, err, "ONE-012")
	ask = w.ask(s)
	ask.Reference = ""
	_, err = w.use(ask)
	want(t, err, "ONE-011")
	ask = w.ask(s)
	ask.Unit = 999_999
	_, err = w.use(ask)
	want(t, err, "ONE-008")
	ask = w.ask(s)
	ask.Number, err = ident.NewVoucherNumber(s.Number.Prefix(), rand.Reader)
	w.Must(err)
	_, err = w.use(ask)
	want(t, err, "ONE-001")
	err = w.Do(func(tx *postgres.Tx) error {
		by := w.Company.Recorder
		by.Provider, by.Units = by.Provider+1000, nil
		_, err := onetime.UseOnce(t.Context(), tx, by, w.ask(s))
		return err
	})
	want(t, err, "ONE-001") // another company hears no more than for a number that nobody has
	err = w.Do(func(tx *postgres.Tx) error {
		_, err := onetime.UseOnce(t.Context(), tx, w.As(access.Caseworker), w.ask(s))
		return err
	})
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a caseworker uses a slip: %v", err)
	}
	w.At(s.Period.To, 12, 0)
	_, err = w.use(w.ask(s))
	want(t, err, "ONE-006")
	if s := w.list(onetime.ListInput{State: onetime.Expired, Number: s.Number}); len(s) != 1 {
		t.Errorf("the expired slip is listed %d times", len(s))
	}
}

func TestAPrintedSlipIsWorthNothingUntilItHasAClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	batch, err := w.print(w.terms(30))
	w.Must(err)
	list := w.list(onetime.ListInput{Batch: batch})
	if len(list) != 30 || list[0].State(w.Today()) != onetime.Unnamed || list[0].Value != 3300 {
		t.Fatalf("printed %d: %+v", len(list), list[0])
	}
	numbers := map[ident.VoucherNumber]bool{}
	for _, s := range list {
		numbers[s.Number] = true
	}
	if len(numbers) != 30 {
		t.Errorf("%d numbers for 30 slips", len(numbers))
	}
	_, err = w.use(w.ask(list[0]))
	want(t, err, "ONE-002")
	c := w.Client()
	s, err := w.name(list[0], c)
	w.Must(err)
	if s.Number != list[0].Number || s.Client != c.ID || s.State(w.Today()) != onetime.Valid {
		t.Errorf("named: %+v", s)
	}
	_, err = w.name(list[0], w.Client())
	want(t, err, "ONE-017")
	if _, err := w.use(w.ask(s)); err != nil {
		t.Errorf("using it: %v", err)
	}
	dropped, err := w.annul(list[1], "Tulostus epäonnistui.")
	w.Must(err)
	if dropped.State(w.Today()) != onetime.Annulled || dropped.DropReason == "" {
		t.Errorf("dropped: %+v", dropped)
	}
	_, err = w.name(list[1], c)
	want(t, err, "ONE-007")
	if _, err := w.annul(s, "Turha."); fault.CodeOf(err) != "ONE-003" {
		t.Errorf("annulling a used slip: %v", err)
	}
	for state, n := range map[onetime.State]int{onetime.Unnamed: 28, onetime.Used: 1, onetime.Annulled: 1, onetime.Valid: 0, "": 30} {
		if got := w.list(onetime.ListInput{Batch: batch, State: state}); len(got) != n {
			t.Errorf("%d slips are %q, want %d", len(got), state, n)
		}
	}
	w.verified()
}

// What stands decides: an event that is deleted makes the slip whole again.
func TestADeletedUseMakesTheSlipWholeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.give(w.terms(1))[0]
	a, err := w.use(w.ask(s))
	w.Must(err)
	w.Must(w.Do(func(tx *postgres.Tx) error {
		return event.Delete(t.Context(), tx, w.Company.MainUser, event.Decision{Ref: event.Ref{Organiser: w.Organiser(), Event: a.Slip.Use.Event}, ReasonCode: "wrong_client", Reason: "Väärä seteli."})
	}))
	if got := w.list(onetime.ListInput{Number: s.Number})[0]; got.State(w.Today()) != onetime.Valid {
		t.Errorf("after the deletion it is %s", got.State(w.Today()))
	}
	again, err := w.use(w.ask(s))
	if err != nil || again.Slip.Use.Event == a.Slip.Use.Event {
		t.Errorf("using it again: %+v, %v", again.Slip.Use, err)
	}
	w.verified()
}

func TestASlipInEurosPaysAtMostItsValue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Must(w.OfferPurse(t.Context()))
	terms := w.terms(2)
	s := w.House.Services["KOTISALDO"]
	terms.Service, terms.Content, terms.Quantity, terms.Period.From = s.ID, s.Contents[0].ID, money.Units(50), w.Today()
	list := w.give(terms)
	for i, c := range []struct{ price, paid money.Cents }{{7_200, 5_000}, {1_234, 1_234}} {
		ask := w.ask(list[i])
		_, err := w.use(ask)
		want(t, err, "ONE-009")
		ask.Amount = &c.price
		a, err := w.use(ask)
		if err != nil || a.Slip.Value != 5000 || a.Slip.Use.Paid != c.paid {
			t.Errorf("a price of %s pays %+v (%v), want %s", c.price, a.Slip.Use, err, c.paid)
		}
	}
	w.verified()
}

func TestSlipsThatCannotBeMadeAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for code, change := range map[string]func(*onetime.Terms){
		"ONE-014": func(t *onetime.Terms) { t.Count = 0 },
		"ONE-015": func(t *onetime.Terms) { t.Quantity = -1 },
		"ONE-022": func(t *onetime.Terms) { t.Contact = " " },
		"ONE-024": func(t *onetime.Terms) { t.Reasons = "" },
		"VOU-004": func(t *onetime.Terms) { t.Period.To = t.Period.From },
		"VOU-013": func(t *onetime.Terms) { t.Content = 999_999 },
		"VOU-005": func(t *onetime.Terms) { t.Period.To = t.Period.From.AddMonths(30) },
	} {
		terms := w.terms(1)
		change(&terms)
		_, err := w.print(terms)
		want(t, err, code)
		_, err = w.tryGive(w.Client(), terms)
		want(t, err, code)
	}
	for _, n := range []int{onetime.MostPrinted + 1, -3} {
		_, err := w.print(w.terms(n))
		want(t, err, "ONE-014")
	}
	_, err := w.tryGive(w.Client(), w.terms(onetime.MostGiven+1))
	want(t, err, "ONE-014")
	err = w.Do(func(tx *postgres.Tx) error {
		_, err := onetime.Print(t.Context(), tx, w.As(access.EventChecker), w.means, w.terms(1))
		return err
	})
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an event checker prints slips: %v", err)
	}
	err = w.Do(func(tx *postgres.Tx) error {
		_, err := onetime.Get(t.Context(), tx, w.As(access.Caseworker), w.Organiser(), 999_999)
		return err
	})
	want(t, err, "ONE-013")
}

func TestAProviderLooksBeforeItUses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.give(w.terms(1))[0]
	look := func(n ident.VoucherNumber, day *calendar.Date) (l onetime.Look, err error) {
		err = w.Do(func(tx *postgres.Tx) error {
			l, err = onetime.LookAt(t.Context(), tx, w.Company.Recorder, w.Organiser(), n, day)
			return err
		})
		return l, err
	}
	l, err := look(s.Number, nil)
	if err != nil || len(l.Choices) == 0 || l.Slip.ClientName != "" || l.Choices[0].Paid+l.Choices[0].Own != l.Choices[0].Price || l.Choices[0].Price == 0 {
		t.Fatalf("%+v, %v", l, err)
	}
	if a, err := w.use(w.ask(s)); err != nil || a.Slip.Use.Paid != l.Choices[0].Paid || a.Slip.Use.Own != l.Choices[0].Own {
		t.Errorf("used %+v (%v), told %+v", a.Slip.Use, err, l.Choices[0])
	}
	_, err = look(s.Number, nil)
	want(t, err, "ONE-004")
	_, err = look(ident.VoucherNumber{}, nil)
	want(t, err, "ONE-001")
}
