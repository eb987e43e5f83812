package settlement_test

import (
	"context"
	"errors"
	"testing"

	"seteli/core/fault/faulttest"
	"seteli/domain/ledger"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func TestHeldAndCarriedSumsComeAgain(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(3) // held, without account, negative
	hold(t, w, p[0], "Valvonta kesken")
	if _, err := w.Owner.Exec(t.Context(), "update provider set iban = null where provider_id = $1", p[1]); err != nil {
		t.Fatal(err)
	}
	w.Deliver(p[0], 500)
	w.Deliver(p[1], 700)
	w.Deliver(p[2], -900)
	first, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	list := w.Statements(first.No)
	if s := list[p[0]]; s.Disposition != settlement.Held || s.HoldCode != "PAY-04" || s.HoldReason != "Valvonta kesken" {
		t.Errorf("held: %+v", s)
	}
	if s := list[p[1]]; s.Disposition != settlement.Held || s.HoldCode != "PAY-01" {
		t.Errorf("without account: %+v", s)
	}
	if s := list[p[2]]; s.Disposition != settlement.Carried || s.Net != -900 {
		t.Errorf("negative: %+v", s)
	}
	if err := w.Approve(first.No); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, release(w, first.No), "PAY-017")
	hold(t, w, p[0], "")
	w.Deliver(p[2], 1000)
	second, err := w.Calculate(w.NextDay())
	if err != nil {
		t.Fatal(err)
	}
	list = w.Statements(second.No)
	if s := list[p[0]]; s.Disposition != settlement.Pay || s.Carried != 500 || s.Net != 500 || s.Lines != 0 {
		t.Errorf("released: %+v", s)
	}
	if s := list[p[1]]; s.Disposition != settlement.Held || s.Carried != 700 {
		t.Errorf("still without account: %+v", s)
	}
	if s := list[p[2]]; s.Disposition != settlement.Pay || s.Carried != -900 || s.Net != 100 {
		t.Errorf("netted: %+v", s)
	}
	w.Verified()
	if err := errors.Join(w.Approve(second.No), release(w, second.No), pay(w, second.No)); err != nil {
		t.Fatal(err)
	}
	key := ledger.Sealed{Provider: p[0], Period: 1}
	if got := states(w, key)[key]; got != settlement.PayeePaid {
		t.Errorf("the held delivery reads %q after its money left", got)
	}
	w.Verified()
}

func TestSupplierNumberIsDemandedWhenTheOrganiserSays(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Deliver(p[0], 500)
	main := access.Actor{Account: 5, Name: "Pirkko", Role: access.MainUser, Organiser: w.Org.ID}
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		faulttest.Want(t, settlement.DemandSupplierNumbers(ctx, tx, w.Preparer, w.Org.ID, true), "ACC-001")
		return settlement.DemandSupplierNumbers(ctx, tx, main, w.Org.ID, true)
	})
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	if s := w.Statements(run.No)[p[0]]; s.Disposition != settlement.Held || s.HoldCode != "PAY-08" {
		t.Errorf("%+v", s)
	}
}

func TestReturnedPaymentIsHeldUntilTheAccountChanges(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(2)
	w.Deliver(p[0], 500)
	w.Deliver(p[1], 600)
	run, err := w.Calculate("2026-11")
	if err := errors.Join(err, w.Approve(run.No), release(w, run.No), pay(w, run.No, p[0]), sendBack(w, run.No, p[0]), sendBack(w, run.No, p[1])); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, sendBack(w, run.No, p[0]), "PAY-018")
	w.Verified()
	second, err := w.Calculate(w.NextDay())
	if err != nil {
		t.Fatal(err)
	}
	if s := w.Statements(second.No)[p[0]]; s.Disposition != settlement.Held || s.HoldCode != "PAY-01" || s.Net != 500 {
		t.Errorf("to the same account: %+v", s)
	}
	if err := undo(w, second.No); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Owner.Exec(t.Context(), "update provider set iban = $2 where provider_id = $1", p[0], settlementtest.IBAN(777)); err != nil {
		t.Fatal(err)
	}
	third, err := w.Calculate(w.Slot())
	if err != nil {
		t.Fatal(err)
	}
	if s := w.Statements(third.No)[p[0]]; s.Disposition != settlement.Pay || s.Net != 500 {
		t.Errorf("to the new account: %+v", s)
	}
	w.Verified()
}

func TestUndoneRunFreesItsPeriodsAndSlot(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Deliver(p[0], 500)
	first, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	w.Deliver(p[0], 70)
	later, err := w.Calculate("2026-11-21")
	if err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, undo(w, first.No), "PAY-016")
	if err := errors.Join(undo(w, later.No), undo(w, first.No)); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, undo(w, first.No), "PAY-012")
	w.Verified()
	if got := states(w, ledger.Sealed{Provider: p[0], Period: 1}); len(got) != 0 {
		t.Errorf("after the undo: %v", got)
	}
	again, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	s := w.Statements(again.No)[p[0]]
	if s.Net != 570 || s.Lines != 2 || s.Number != "TAB-T2026-000003" {
		t.Errorf("the next run takes both periods: %+v", s)
	}
	w.Verified()
}
