package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// A unit tells a change in time; a first price, the same price and what the municipality records need none.
func TestChangeOfPriceIsToldInTime(t *testing.T) {
	t.Parallel()
	n := bare(t)
	n.publish("oulu", func(p *profile.Profile) { p.PriceNoticeDays = 30 })
	today := calendar.Today(n.clock)
	tell := func(by access.Actor, from calendar.Date, over money.Cents) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			return store.TellPrice(n.t.Context(), tx, by, w.Organiser, store.Price{Unit: w.Unit, Option: "full_time", From: from, Over: over, Under: 2 * over})
		})
	}
	must(t, tell(n.provider, today, 110000)) // the first one
	must(t, tell(n.provider, today+5, 110000))
	for _, late := range []calendar.Date{today, today + 29} {
		err := tell(n.provider, late, 115000)
		faulttest.Want(t, err, "DAY-102")
		if one := fault.All(err)[0]; one.Values["earliest"] != today+30 || one.Values["n"] != 30 || one.Field != "from" {
			t.Errorf("%+v", one)
		}
	}
	must(t, tell(n.provider, today+30, 115000))
	faulttest.Want(t, tell(n.provider, today+29, 90000), "DAY-102") // a lower price is a change too
	must(t, tell(n.Staff, today+1, 120000))
}
