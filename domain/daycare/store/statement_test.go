package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/client"
	"seteli/domain/daycare/store"
	"seteli/domain/settlement"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func TestObjectedRowWaitsForItsAnswerAndSilenceApproves(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	var kids []client.Client
	for i := range 2 {
		child, _ := n.child(calendar.Day(2022, 3, 3)+calendar.Date(i), 450000)
		_, err := n.place(child, w.Unit, always)
		must(t, err)
		kids = append(kids, child)
	}
	n.regenerate(kids[0].ID, kids[1].ID)
	n.sendAll()
	must(t, n.close(month(1)))
	rows := n.rows(month(1), w.Unit)
	object := func(by access.Actor) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			return store.Object(t.Context(), tx, by, w.Organiser, rows[0].ID, "Lapsi aloitti vasta 7.1.")
		})
	}
	faulttest.Want(t, object(n.Recorder(w.OtherProvider)), "DAY-093")
	must(t, object(n.provider))
	faulttest.Want(t, object(n.provider), "DAY-095")
	must(t, n.approve(month(1), w.Unit))
	faulttest.Want(t, n.approve(month(1), w.Unit), "DAY-094")
	posted := func() int { return n.Count(`select count(*) from posting where source_kind = 8`) }
	if posted() != 1 {
		t.Errorf("%d postings while one row waits", posted())
	}
	answer := func() error {
		return n.Try(n.Staff, func(tx *postgres.Tx) error {
			return store.Answer(t.Context(), tx, n.Staff, w.Organiser, rows[0].ID, "Paikka on varattu 1.1. alkaen.")
		})
	}
	must(t, answer())
	faulttest.Want(t, answer(), "DAY-096")
	if posted() != 2 {
		t.Errorf("%d postings after the answer", posted())
	}
	must(t, n.close(month(2)))
	silent := func() (count int) {
		n.do(n.preparer, func(tx *postgres.Tx) (err error) {
			count, err = store.ApproveSilent(t.Context(), tx, n.preparer, w.Organiser)
			return err
		})
		return count
	}
	if silent() != 0 {
		t.Error("silence approved before its day")
	}
	n.clock.Set(n.clock.Now().AddDate(0, 0, 8))
	if silent() != 1 || posted() != 4 {
		t.Errorf("silence left %d postings", posted())
	}
}

// A month paid twice over comes back: the provider's sum is below nothing, is carried, and the next months take it.
func TestNegativeSumIsCarriedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	made := n.sendAll()[0]
	must(t, n.close(month(1)))
	must(t, n.approve(month(1), w.Unit))
	n.settle(made.Payable)
	n.do(n.Staff, func(tx *postgres.Tx) error {
		return store.End(t.Context(), tx, n.Staff, store.EndInput{Organiser: w.Organiser, Child: child.ID, Decision: made.ID, To: start, Reason: "Lapsi ei aloittanut."})
	})
	must(t, n.close(month(2)))
	must(t, n.approve(month(2), w.Unit))
	var run settlement.Run
	n.do(n.preparer, func(tx *postgres.Tx) (err error) {
		run, err = settlement.Calculate(t.Context(), tx, n.preparer, settlement.CalculateInput{Organiser: w.Organiser, Key: "2026-05"})
		return err
	})
	if run.Pay != 0 || run.Credit != made.Payable {
		t.Errorf("run %+v", run)
	}
	if n.Count(`select count(*) from statement where disposition = 'carried' and net_cents < 0`) != 1 {
		t.Error("nothing is carried")
	}
}
