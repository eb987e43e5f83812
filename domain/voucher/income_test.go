package voucher_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func broughtPension(t *testing.T, euros int64) household.IncomeRow {
	t.Helper()
	aino, err := ident.ParseHetu("010150-999K")
	if err != nil {
		t.Fatal(err)
	}
	r := household.IncomeRow{Line: 2, Client: aino}
	r.Kind, r.Cents, r.Per, r.Source, r.Payer = "pension", money.Cents(euros*100), "month", household.FromKela, "Kela"
	r.Period = calendar.Period{From: calendar.Day(2026, 11, 1), To: calendar.Forever}
	return r
}

func TestImportedIncomeThatChangesAValueWaitsForACaseworker(t *testing.T) {
	t.Parallel()
	world := tapered(t)
	world.Grant(world.Input(20)) // nothing is known: the smallest value
	bring := func(euros int64) (receipt voucher.IncomeReceipt) {
		world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
			receipt, _, err = voucher.ImportIncome(t.Context(), tx, world.Staff, world.Means, world.Keys, w.Organiser, household.FromFile, []household.IncomeRow{broughtPension(t, euros)})
			return err
		})
		return receipt
	}
	if r := bring(1450); r.Added != 1 || r.Waiting != 1 {
		t.Fatalf("%+v", r)
	}
	if r := bring(1450); r.Kept != 1 || r.Waiting != 0 {
		t.Errorf("again: %+v", r)
	}
	if r := bring(1500); r.Changed != 1 || r.Waiting != 1 {
		t.Errorf("another amount: %+v", r)
	}
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		list, err := household.Unhandled(t.Context(), tx, world.Staff, w.Organiser, 10)
		if err != nil || len(list) != 1 || list[0].Origin != household.FromFile || list[0].From != calendar.Day(2026, 11, 1) {
			t.Errorf("%+v %v", list, err)
		}
		return err
	})
	if n := world.Count("select count(*) from voucher_value where valid_from > '2026-11-01'"); n != 0 {
		t.Errorf("%d values changed by themselves", n)
	}
	self := world.Self(world.Aino)
	world.Do(self, func(tx *postgres.Tx) error {
		h, err := household.Own(t.Context(), tx, self, w.Organiser)
		if err != nil || len(h.Reports) != 0 || len(h.Items) != 1 {
			t.Errorf("%+v %v", h, err)
		}
		return err
	})
}

func TestImportedIncomeThatChangesNoValueWaitsForNobody(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	world.Grant(world.Input(20)) // a flat value
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		receipt, _, err := voucher.ImportIncome(t.Context(), tx, world.Staff, world.Means, world.Keys, w.Organiser, household.FromFile, []household.IncomeRow{broughtPension(t, 1450)})
		if receipt.Added != 1 || receipt.Waiting != 0 {
			t.Errorf("%+v", receipt)
		}
		return err
	})
}
