package purse_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/purse"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// tend does what the days do, until nothing is left to do.
func (w *world) tend() {
	w.T.Helper()
	for range 3 {
		w.Must(w.Do(func(tx *postgres.Tx) error {
			_, err := purse.Tend(w.T.Context(), tx, access.System("purse.tend", w.Organiser()), w.Organiser())
			return err
		}))
	}
}

func TestAHoldExpiresAndCannotBeCapturedAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, nil)
	h := w.held(v, 6000)
	w.Move("2026-11-27") // the last day of seven
	w.tend()
	w.sums(v, 10000, 6000, 0)
	w.Move("2026-11-28")
	_, err := w.capture(h, nil)
	want(t, err, "BAL-015")
	w.tend()
	w.sums(v, 10000, 0, 0)
	_, err = w.capture(h, nil)
	want(t, err, "BAL-015")
	w.verified()
}

func TestLateCaptureWithinGraceAndWhatIsLeftExpiresAfterIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, func(t *purse.Terms) { t.HoldDays, t.GraceDays = 30, 14 })
	w.At(v.Valid.Last(), 12, 0)
	early, late := w.held(v, 2000), w.held(v, 1000)
	w.At(v.Valid.To+13, 12, 0)
	w.tend()
	w.sums(v, 10000, 3000, 0)
	a, err := w.capture(early, nil)
	if err != nil || a.Hold.State != purse.Captured {
		t.Fatalf("captured on the last day of grace: %v", err)
	}
	w.At(v.Valid.To+14, 12, 0)
	_, err = w.capture(late, nil)
	want(t, err, "BAL-015")
	w.tend()
	w.sums(v, 2000, 0, 2000)
	if s := w.view(v).Sums; s.Given != 10000 || s.Expired != 8000 {
		t.Errorf("given %s, expired %s", s.Given, s.Expired)
	}
	w.verified()
}

func TestMonthlyRefillOnceEachMonthAndTheOldLapsesUnlessItCarries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	monthly := func(carries bool) func(*purse.Terms) {
		return func(t *purse.Terms) {
			if t.Refill, t.RefillCents = purse.Monthly, 5000; carries {
				t.LeftOver = rulebook.LeftCarries
			}
		}
	}
	carries, lapses := w.purse(50, monthly(true)), w.purse(50, monthly(false))
	w.tend() // this month's: the vouchers began in October
	w.sums(carries, 10000, 0, 0)
	w.sums(lapses, 5000, 0, 0)
	w.bought(lapses, 1000)
	w.held(lapses, 500)
	w.Move("2026-12-01")
	w.tend()
	w.tend()
	w.sums(carries, 15000, 0, 0)
	// The hold of November has expired: it goes back before the refill and lapses with the rest.
	w.sums(lapses, 6000, 0, 1000)
	w.verified()
}

func TestTakeBackLeavesWhatIsHeldAndUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, nil)
	w.bought(v, 2000)
	w.held(v, 3000)
	take := func(by access.Actor, amount *money.Cents, reason string) error {
		return w.Do(func(tx *postgres.Tx) error {
			_, err := purse.TakeBack(t.Context(), tx, by, purse.TakeBackInput{Organiser: w.Organiser(), Voucher: v.ID, Amount: amount, Reason: reason})
			return err
		})
	}
	by := w.As(access.Caseworker)
	want(t, take(by, nil, " "), "BAL-030")
	want(t, take(by, new(money.Cents(5001)), "Liikaa"), "BAL-029")
	want(t, take(w.Company.Recorder, nil, "Vieras"), "ACC-001")
	w.Must(take(by, new(money.Cents(1000)), "Tarve väheni."))
	w.sums(v, 9000, 3000, 2000)
	w.Must(take(by, nil, "Asiakas muutti."))
	w.sums(v, 5000, 3000, 2000)
	w.verified()
	_, err := w.try(w.ask(v, 1, false))
	want(t, err, "BAL-010")
}

func TestAClosedBalanceCapturesWhatWasHeldBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, nil)
	h := w.held(v, 3000)
	day := w.Today() + 1
	w.Must(w.Do(func(tx *postgres.Tx) error {
		_, err := voucher.Close(t.Context(), tx, w.As(access.Caseworker), voucher.Means{Texts: w.Texts, Models: w.Models}, voucher.CloseInput{Organiser: w.Organiser(), Voucher: v.ID, Day: day,
			Why: voucher.EndedReason, Reason: "Muutto."})
		return err
	}))
	w.At(day+2, 12, 0)
	_, err := w.try(w.ask(v, 100, true))
	want(t, err, "BAL-002")
	a, err := w.capture(h, nil)
	w.Must(err)
	w.At(day+calendar.Date(14), 12, 0)
	w.tend()
	w.sums(v, 3000, 0, 3000)
	if a.Hold.Taken != 3000 {
		t.Errorf("captured %s", a.Hold.Taken)
	}
	w.verified()
}

func TestWhatIsLeftReturnsToTheOrganiserWhenTheRulebookSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, func(t *purse.Terms) { t.LeftOver, t.GraceDays = rulebook.LeftReturns, 0 })
	w.bought(v, 2000)
	w.Move(w.Valid().To.String())
	w.tend()
	if s := w.view(v).Sums; s.Returned != 8000 || s.Expired != 0 || s.Left() != 0 {
		t.Errorf("returned %s, expired %s, left %s", s.Returned, s.Expired, s.Left())
	}
	w.verified()
}

func TestPriceFollowsTheTimeOfDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	price := w.banded()
	v := w.purse(500, nil)
	ask := func(band string) purse.Hold {
		a, err := w.try(purse.Ask{Number: v.Number.String(), Unit: w.Company.Units[0].ID, Content: w.hours(), Quantity: new(money.Units(1)), Band: band, Reference: "aika-" + band, Source: event.Page, Capture: true})
		w.Must(err)
		return a.Hold
	}
	saturday := money.HalfUpCent.Cents(price.Exact().Times(money.Fraction(3, 2))) // 21.11.2026 is a Saturday
	if h := ask(""); h.Price != saturday || h.Band != "saturday" || h.Amount != saturday {
		t.Errorf("now: %s in %q, want %s", h.Price, h.Band, saturday)
	}
	if h := ask("weekday"); h.Price != price || h.Band != "weekday" {
		t.Errorf("yesterday's visit: %s in %q, want %s", h.Price, h.Band, price)
	}
	said := map[string]money.Cents{} // the client's page says by which time each was priced
	for _, m := range w.view(v).Movements {
		if m.Hold != nil {
			said[m.Band.Fi] = m.Hold.Price
		}
	}
	if len(said) != 2 || said["Arki"] != price || said["Lauantai"] != saturday {
		t.Errorf("the movements say %v", said)
	}
	_, err := w.try(purse.Ask{Number: v.Number.String(), Unit: w.Company.Units[0].ID, Content: w.hours(), Quantity: new(money.Units(1)), Band: "moonlight", Reference: "x", Source: event.Page})
	want(t, err, "BAL-035")
	w.verified()
}

func TestWholeUnitsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100, func(t *purse.Terms) { t.WholeUnits, t.ClientAdds = true, true })
	ask := func(q money.Quantity, n string) (purse.Hold, error) {
		a, err := w.try(purse.Ask{Number: v.Number.String(), Unit: w.Company.Units[0].ID, Content: w.hours(), Quantity: &q, Reference: n, Source: event.Page, Capture: true})
		return a.Hold, err
	}
	_, err := ask(money.Units(1)+money.PerUnit/2, "puolikas")
	want(t, err, "BAL-034")
	h, err := ask(money.Units(10), "paljon")
	w.Must(err)
	if h.Quantity%money.PerUnit != 0 || h.Amount != h.Price.Times(h.Quantity) || h.Amount > 10000 || h.Amount+h.Price <= 10000 || h.Own() != h.Price.Times(money.Units(10))-h.Amount {
		t.Errorf("%+v", h)
	}
	w.verified()
}
