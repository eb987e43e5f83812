package purchase_test

import (
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/purchase"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func order(t *testing.T, world *w.World, unit int64) (purchase.Order, error) {
	t.Helper()
	in := purchase.OrderInput{GrantInput: world.Input(8), Unit: unit, Kind: purchase.Framework}
	in.Service, in.Lines[0].Content = w.BoughtService, w.BoughtHours
	var o purchase.Order
	err := world.Try(world.Staff, func(tx *postgres.Tx) (err error) {
		o, err = purchase.Make(t.Context(), tx, world.Staff, world.Means, in)
		return err
	})
	return o, err
}

func answer(t *testing.T, world *w.World, by access.Actor, do func(tx *postgres.Tx) (purchase.Order, error)) error {
	t.Helper()
	return world.Try(by, func(tx *postgres.Tx) error { _, err := do(tx); return err })
}

func TestConfirmedOrderReservesAtTheContractPrice(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o, err := order(t, world, w.Unit)
	if err != nil {
		t.Fatal(err)
	}
	in := purchase.AnswerInput{Organiser: w.Organiser, Order: o.ID, Terms: true, Plan: "ma ja to"}
	confirm := func(by access.Actor) error {
		return answer(t, world, by, func(tx *postgres.Tx) (purchase.Order, error) { return purchase.Confirm(t.Context(), tx, by, in) })
	}
	faulttest.Want(t, confirm(world.Recorder(w.OtherProvider)), "PUR-001")
	if err := confirm(world.Recorder(w.Provider)); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, confirm(world.Recorder(w.Provider)), "PUR-002")
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		v, err := voucher.Get(t.Context(), tx, world.Staff, w.Organiser, o.Voucher)
		if err != nil {
			return err
		}
		if v.State != voucher.Open || !v.OwnShareForbidden || v.Lines[0].Values[0].Cents != 3100 {
			t.Errorf("voucher = %+v", v)
		}
		return nil
	})
	if n := world.Count(`select count(*) from reservation where provider_id = $1 and plan = 'ma ja to'`, w.Provider); n != 1 {
		t.Fatalf("reservations: %d", n)
	}
	if missing := world.Means.Texts.Missing(); len(missing) > 0 {
		t.Fatalf("texts missing: %v", missing)
	}
}

func TestDeclinedOrderLeavesNoRight(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o, err := order(t, world, w.Unit)
	if err != nil {
		t.Fatal(err)
	}
	by := world.Recorder(w.Provider)
	decline := func(note string) error {
		return answer(t, world, by, func(tx *postgres.Tx) (purchase.Order, error) {
			return purchase.Decline(t.Context(), tx, by, purchase.AnswerInput{Organiser: w.Organiser, Order: o.ID, Note: note})
		})
	}
	faulttest.WantField(t, decline(" "), "PUR-005", "note")
	if err := decline("ei vapaita työntekijöitä"); err != nil {
		t.Fatal(err)
	}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		v, err := voucher.Get(t.Context(), tx, world.Staff, w.Organiser, o.Voucher)
		if err == nil && !v.Usable().Empty() {
			t.Errorf("usable = %v", v.Usable())
		}
		list, listErr := purchase.WorkList(t.Context(), tx, world.Staff, w.Organiser, 10)
		if len(list) != 1 || list[0].State != purchase.Declined {
			t.Errorf("work list = %+v", list)
		}
		return listErr
	})
}

func TestOrderNeedsAnApprovedUnit(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	_, err := order(t, world, w.OtherUnit)
	if fault.CodeOf(err) != "PUR-003" {
		t.Fatal(err)
	}
}

func TestEndedOrderCannotBeConfirmedAnyMore(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o, err := order(t, world, w.Unit)
	if err != nil {
		t.Fatal(err)
	}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := purchase.End(t.Context(), tx, world.Staff, world.Means, voucher.CloseInput{Organiser: w.Organiser, Voucher: o.Voucher, Day: w.Today,
			Why: voucher.EndedReason, Reason: "tarve päättyi"})
		return err
	})
	by := world.Recorder(w.Provider)
	err = answer(t, world, by, func(tx *postgres.Tx) (purchase.Order, error) {
		return purchase.Confirm(t.Context(), tx, by, purchase.AnswerInput{Organiser: w.Organiser, Order: o.ID, Terms: true})
	})
	faulttest.Want(t, err, "PUR-002")
}
