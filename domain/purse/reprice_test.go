package purse_test

import (
	"encoding/json"
	"testing"

	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// A balance pays what was taken of it. The value of its own line is that of one euro; whatever is done to it, an hour of home care that was
// bought with the balance stays worth what the client and the provider saw at the till.
func TestPurchasesOfABalanceAreNeverPricedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(500, nil)
	euros := w.bought(v, 2000)
	a, err := w.try(purse.Ask{Number: v.Number.String(), Unit: w.Company.Units[0].ID, Content: w.hours(), Quantity: new(money.Units(2)), Reference: "kotihoito", Source: event.Page, Capture: true})
	w.Must(err)
	spent := euros.Taken + a.Hold.Taken
	w.sums(v, 50000, 0, spent)

	change := voucher.ChangeInput{Organiser: w.Organiser(), Voucher: v.ID, From: w.Today() - 5, Values: map[int64]money.Cents{w.euros(): 50}, Reason: "Arvo laskettiin väärin.", Office: "Palvelujohtaja"}
	err = w.Do(func(tx *postgres.Tx) error {
		_, err := voucher.Change(t.Context(), tx, w.As(access.Caseworker), voucher.Means{Texts: w.Texts, Models: w.Models}, change)
		return err
	})
	want(t, err, "VOU-069")

	// Not even when such a value stands: what tells of it is heard and changes nothing.
	_, err = postgrestest.Owner(t, w.DB).Exec(t.Context(), `update voucher_value set value_cents = 50 where line_id = $1`, v.Lines[0].ID)
	w.Must(err)
	told, err := json.Marshal(voucher.Revalued{Voucher: v.ID, Client: v.Client, From: change.From})
	w.Must(err)
	w.Must(event.Handlers(w.DB)[voucher.TopicRevalued](t.Context(), postgres.Delivery{Organiser: w.Organiser(), Payload: told}))
	w.sums(v, 50000, 0, spent)
	w.verified()
}
