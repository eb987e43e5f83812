package purse_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"seteli/core/money"
	"seteli/domain/decision"
	"seteli/domain/event"
	"seteli/domain/purse"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// banded lets the value of an hour of temporary home care, and so its price, be half as much again on a Saturday. It gives the price of
// a working day at the company's first unit.
func (w *world) banded() (price money.Cents) {
	w.T.Helper()
	owner := postgrestest.Owner(w.T, w.DB)
	_, err := owner.Exec(w.T.Context(), `update rulebook set rules = jsonb_set(rules, '{value}', $1) where service_id = $2`,
		json.RawMessage(fmt.Sprintf(`{"method":"time_band_table","bands":[{"band":"weekday","kind":"weekday","from":"00:00","to":"24:00","multiplier":"1","fi":"Arki"},
		{"band":"saturday","kind":"saturday","from":"00:00","to":"24:00","multiplier":"1.5","fi":"Lauantai"}],"values":[{"content_id":%d,"value_cents":2000}]}`, w.hours())), w.House.Services["TILAPAINEN"].ID)
	w.Must(err)
	w.Must(owner.QueryRow(w.T.Context(), `select price_cents from price where content_id = $1 and unit_id = $2`, w.hours(), w.Company.Units[0].ID).Scan(&price))
	return price
}

// times reads by which times the events were priced.
func (w *world) times(events ...int64) map[int64][]event.Timed {
	w.T.Helper()
	var out map[int64][]event.Timed
	w.Must(w.Do(func(tx *postgres.Tx) (err error) {
		out, err = event.TimesOf(w.T.Context(), tx, w.Organiser(), events)
		return err
	}))
	return out
}

func TestTheTimeThatAPurchaseWasPricedByReachesItsEventAndTheStatement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	price := w.banded()
	v := w.purse(500, nil)
	buy := func(reference, band string, capture bool) purse.Hold {
		a, err := w.try(purse.Ask{Number: v.Number.String(), Unit: w.Company.Units[0].ID, Content: w.hours(), Quantity: new(money.Units(2)), Band: band, Reference: reference, Source: event.Page, Capture: capture})
		w.Must(err)
		return a.Hold
	}
	charged, held, plain := buy("heti", "", true), buy("varaus", "weekday", false), w.bought(v, 2000)
	a, err := w.till.Capture(t.Context(), w.Company.Recorder, w.Organiser(), purse.End{Hold: held.ID, Quantity: new(money.Units(1)), Source: event.API}) // an hour of the two was given
	w.Must(err)
	times := w.times(charged.Event, a.Hold.Event, plain.Event)
	for _, c := range []struct {
		what     string
		of       int64
		called   string
		quantity money.Quantity
		price    money.Cents
	}{
		{"charged at once on a Saturday", charged.Event, "Lauantai", money.Units(2), money.HalfUpCent.Cents(price.Exact().Times(money.Fraction(3, 2)))},
		{"captured in part, of a working day", a.Hold.Event, "Arki", money.Units(1), price},
	} {
		parts := times[c.of]
		if len(parts) != 1 || parts[0].Called.Fi != c.called || parts[0].Quantity != c.quantity || parts[0].Price != c.price {
			t.Errorf("%s: %+v", c.what, parts)
		}
	}
	if said, banded := times[plain.Event]; banded {
		t.Errorf("euros have no time of day: %+v", said)
	}
	w.verified()

	// What tells of a new value changes nothing, however the price came about.
	spent := charged.Taken + a.Hold.Taken + plain.Taken
	told, err := json.Marshal(voucher.Revalued{Voucher: v.ID, Client: v.Client, From: w.Today() - 5})
	w.Must(err)
	w.Must(event.Handlers(w.DB)[voucher.TopicRevalued](t.Context(), postgres.Delivery{Organiser: w.Organiser(), Payload: told}))
	w.sums(v, 50000, 0, spent)

	// A refund takes back what the time made of the price.
	w.Must(w.Do(func(tx *postgres.Tx) error {
		_, err := purse.Refund(t.Context(), tx, w.Company.MainUser, w.Organiser(), charged.ID, "Asiakas palautti.")
		return err
	}))
	w.sums(v, 50000, 0, spent-charged.Taken)
	w.verified()

	w.Move("2026-12-04")
	run, _ := w.Sent()
	var said []string
	w.Must(w.Do(func(tx *postgres.Tx) error {
		list, err := settlement.Lines(t.Context(), tx, w.As(access.SettlementPreparer), w.Organiser(), run.No, w.Company.Provider.ID)
		for _, l := range list {
			said = append(said, fmt.Sprintf("%s %s %s", l.Kind, l.Amount, event.TimesText("fi", l.Times)))
		}
		return err
	}))
	for _, want := range []string{fmt.Sprintf("delivery %s Lauantai", charged.Taken), fmt.Sprintf("correction %s Lauantai", -charged.Taken),
		fmt.Sprintf("delivery %s Arki", a.Hold.Taken), fmt.Sprintf("delivery %s ", plain.Taken)} {
		if !slices.Contains(said, want) {
			t.Errorf("the statement lacks %q: %q", want, said)
		}
	}
	_, err = settlement.MakeLetters(t.Context(), w.DB, w.Texts, w.Organiser(), run.No)
	w.Must(err)
	by := w.Company.MainUser
	w.Must(w.DB.Read(t.Context(), by, func(tx *postgres.Tx) error {
		s, err := settlement.OneStatement(t.Context(), tx, by, w.Organiser(), run.No, w.Company.Provider.ID)
		if err != nil {
			return err
		}
		paper, err := decision.Document(t.Context(), tx, by, w.Organiser(), s.Document)
		if !strings.Contains(paper.Plain, "Lauantai") || !strings.Contains(paper.Plain, "Arki") {
			t.Errorf("the letter does not say by which times:\n%s", paper.Plain)
		}
		return err
	}))
}
