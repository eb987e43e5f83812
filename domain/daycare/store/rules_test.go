package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func TestRulesNeedASecondPersonAndPricesTheModel(t *testing.T) {
	t.Parallel()
	n := bare(t)
	p, err := profile.Load("tampere")
	must(t, err)
	in := store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: start, Profile: p}
	var r store.Rules
	n.do(n.main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, n.main, in)
		return err
	})
	try := func(by access.Actor, version int32) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			_, err := store.PublishRules(t.Context(), tx, by, w.Organiser, r.ID, version)
			return err
		})
	}
	faulttest.Want(t, try(n.main, r.RowVersion), "DAY-083")
	faulttest.Want(t, try(n.second, r.RowVersion+1), "DAY-071")
	faulttest.Want(t, n.Try(n.main, func(tx *postgres.Tx) error { _, err := store.DraftRules(t.Context(), tx, n.main, in); return err }), "DAY-099")
	must(t, try(n.second, r.RowVersion))
	tell := func(p store.Price) error {
		p.Unit, p.Option = w.Unit, "hours_of_nobody"
		return n.Try(n.provider, func(tx *postgres.Tx) error { return store.TellPrice(t.Context(), tx, n.provider, w.Organiser, p) })
	}
	today := calendar.Day(2026, 6, 29)
	opt := p.Options[0].Code
	model, _ := p.PriceModelOn(today)
	err = n.Try(n.provider, func(tx *postgres.Tx) error {
		return store.TellPrice(t.Context(), tx, n.provider, w.Organiser, store.Price{Unit: w.Unit, Option: opt, From: today - 1, Over: 1, Under: 1})
	})
	faulttest.Want(t, err, "DAY-097")
	err = tell(store.Price{From: today, Over: 1, Under: 1})
	faulttest.Want(t, err, "DAY-002")
	if model.Model.NeedsPrice() {
		err = n.Try(n.provider, func(tx *postgres.Tx) error {
			return store.TellPrice(t.Context(), tx, n.provider, w.Organiser, store.Price{Unit: w.Unit, Option: opt, From: today})
		})
		faulttest.Want(t, err, "DAY-005")
	}
	other := n.Recorder(w.OtherProvider)
	err = n.Try(other, func(tx *postgres.Tx) error {
		return store.TellPrice(t.Context(), tx, other, w.Organiser, store.Price{Unit: w.Unit, Option: opt, From: today, Over: 100, Under: 100})
	})
	faulttest.Want(t, err, "DAY-077")
}
