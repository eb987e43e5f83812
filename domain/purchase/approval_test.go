package purchase_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/purchase"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// leave announces that the provider stops providing the bought service after the day, and delivers the message as the program does.
func leave(t *testing.T, world *w.World, last calendar.Date) {
	t.Helper()
	by := access.Actor{Account: 6, Name: "Olavi Omistaja", Role: access.ProviderMainUser, Provider: w.Provider}
	world.Do(by, func(tx *postgres.Tx) error {
		_, err := admission.Exit(t.Context(), tx, by, admission.ExitInput{Organiser: w.Organiser, LastDay: last, Reason: "Toiminta loppuu.",
			Approvals: []admission.ApprovalKey{{Approval: w.Application + 20, RowVersion: 1}}})
		return err
	})
	for range 2 { // the process died before noting the first
		world.Exec(`update outbox set sent_at = null, next_at = created_at where topic = 'approval.ended'`)
		receivers := job.Join(voucher.Handlers(world.DB), purchase.Handlers(world.DB, world.Means))
		if _, err := job.DeliverOutbox(t.Context(), world.DB, []int32{w.Organiser}, receivers); err != nil {
			t.Fatal(err)
		}
	}
}

func waiting(t *testing.T, world *w.World) (list []purchase.Waiting) {
	t.Helper()
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		list, err = purchase.WorkList(t.Context(), tx, world.Staff, w.Organiser, 10)
		return err
	})
	return list
}

func state(t *testing.T, world *w.World, id int64) (v voucher.Voucher) {
	t.Helper()
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		v, err = voucher.Get(t.Context(), tx, world.Staff, w.Organiser, id)
		return err
	})
	return v
}

func TestOrderEndsWithTheApprovalAndWaitsForANewOne(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o, err := order(t, world, w.Unit)
	if err != nil {
		t.Fatal(err)
	}
	by := world.Recorder(w.Provider)
	if err := answer(t, world, by, func(tx *postgres.Tx) (purchase.Order, error) {
		return purchase.Confirm(t.Context(), tx, by, purchase.AnswerInput{Organiser: w.Organiser, Order: o.ID, Terms: true, Plan: "ma"})
	}); err != nil {
		t.Fatal(err)
	}
	leave(t, world, calendar.Day(2026, 12, 31))
	list := waiting(t, world)
	if len(list) != 1 || list[0].State != purchase.Ended || list[0].EndedWhy != admission.Exited || list[0].EndedFrom != calendar.Day(2027, 1, 1) {
		t.Fatalf("work list = %+v", list)
	}
	v := state(t, world, o.Voucher)
	if v.State != voucher.Closed || v.Usable().To != calendar.Day(2027, 1, 1) {
		t.Errorf("the voucher is %s until %s", v.State, v.Usable().To)
	}
	if n := world.Count(`select count(*) from reservation where valid_to = '2027-01-01' and end_reason = 'exit'`); n != 1 {
		t.Errorf("%d reservations end with it", n)
	}
	if n := world.Count(`select count(*) from outbox where topic = 'order.ended'`); n != 1 {
		t.Errorf("told %d times", n)
	}
	if _, err := order(t, world, w.Unit); err != nil { // until the end the same unit may still be ordered from
		t.Fatal(err)
	}
	for _, o := range waiting(t, world) {
		if o.State == purchase.Ended {
			t.Error("a new order leaves the old one on the list")
		}
	}
}

func TestUnansweredOrderIsWithdrawnWithTheApproval(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o, err := order(t, world, w.Unit)
	if err != nil {
		t.Fatal(err)
	}
	leave(t, world, w.Today)
	if v := state(t, world, o.Voucher); v.State != voucher.Closed || !v.Usable().Empty() {
		t.Errorf("the voucher is %s, usable %v", v.State, v.Usable())
	}
	if list := waiting(t, world); len(list) != 1 || list[0].State != purchase.Ended {
		t.Errorf("work list = %+v", list)
	}
}

func TestOrderThatEndsBeforeTheApprovalIsLeftAlone(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	if _, err := order(t, world, w.Unit); err != nil {
		t.Fatal(err)
	}
	leave(t, world, calendar.Day(2027, 10, 31))
	if n := world.Count(`select count(*) from purchase_order where state = 'ordered'`); n != 1 {
		t.Error("an order that needed nothing more was ended")
	}
}
