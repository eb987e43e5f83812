package store_test

import (
	"testing"

	"seteli/core/calendar"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func TestOrganisersAndProvidersSeeTheirOwnRows(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, head := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	n.sendAll()
	must(t, n.close(month(1)))
	count := func(s postgres.Scoped, table string) (c int) {
		t.Helper()
		must(t, n.DB.Read(t.Context(), s, func(tx *postgres.Tx) error {
			return tx.QueryRow(t.Context(), `select count(*) from `+table).Scan(&c)
		}))
		return c
	}
	stranger := access.Actor{Account: 99, Name: "Vieras", Role: access.Caseworker, Organiser: 2}
	for _, table := range []string{"daycare_child", "daycare_placement", "daycare_decision", "daycare_month_row", "daycare_decision_basis", "daycare_price", "daycare_head"} {
		if count(n.Staff, table) == 0 || count(stranger, table) != 0 {
			t.Errorf("%s: own %d, another organiser %d", table, count(n.Staff, table), count(stranger, table))
		}
	}
	for table, own := range map[string]bool{"daycare_placement": true, "daycare_decision": true, "daycare_month_row": true, "daycare_statement": true, "daycare_decision_basis": false, "daycare_child": false, "daycare_head": false} {
		if (count(n.provider, table) > 0) != own || count(n.Recorder(w.OtherProvider), table) > 0 && table != "daycare_price" {
			t.Errorf("%s: the provider sees %d, another %d", table, count(n.provider, table), count(n.Recorder(w.OtherProvider), table))
		}
	}
	if count(n.Self(child), "daycare_decision") != 1 || count(n.Self(head), "daycare_decision") != 0 {
		t.Error("a decision is for the child it is about")
	}
	if n.Count(`select count(*) from access_log where what = 'income'`) == 0 {
		t.Error("incomes were read and nobody noted it")
	}
	err = n.DB.Tenant(t.Context(), n.Staff, func(tx *postgres.Tx) error {
		_, err := tx.Exec(t.Context(), `update daycare_month_row set row_cents = 0`)
		return err
	})
	if err == nil {
		t.Error("the program can change a row of a closed month")
	}
}
