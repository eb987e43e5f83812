package economy_test

import (
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/store"
	"seteli/domain/ledger"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// sends makes the drafts and sends those that have begun.
func (d *desk) sends() {
	d.t.Helper()
	ctx := d.t.Context()
	_, err := store.RegenerateAll(ctx, d.DB, d.Staff, w.Organiser, func(int, int) {})
	must(d.t, err)
	d.Do(d.Staff, func(tx *postgres.Tx) error {
		list, err := store.ListDrafts(ctx, tx, d.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 500})
		if err != nil {
			return err
		}
		of := map[int64][]int64{}
		for _, x := range list {
			if x.Period.From <= calendar.Day(2026, 6, 29) { // later ones are too far ahead to be sent
				of[x.Child] = append(of[x.Child], x.ID)
			}
		}
		for child, drafts := range of {
			if _, err := store.Send(ctx, tx, d.Staff, d.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: child, Drafts: drafts, Office: "palveluohjaaja"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// closes closes a month, and the providers approve their statements, which brings the rows to the ledger.
func (d *desk) closes(m calendar.Month) {
	d.t.Helper()
	ctx := d.t.Context()
	preparer := access.Actor{Account: 23, Name: "Pekka Pennitön", Role: access.SettlementPreparer, Organiser: w.Organiser}
	d.Do(preparer, func(tx *postgres.Tx) error {
		_, err := store.Close(ctx, tx, preparer, w.Organiser, m)
		return err
	})
	for unit, provider := range map[int64]int64{w.Unit: w.Provider, w.OtherUnit: w.OtherProvider} {
		by := d.Recorder(provider)
		must(d.t, d.DB.Tenant(ctx, by.In(w.Organiser), func(tx *postgres.Tx) error { return store.Approve(ctx, tx, by, w.Organiser, m, unit) }))
	}
}

// What the page of economics says of voucher places is what the ledger holds, to the cent: closed months with a correction taken in.
func TestThePageSaysOfVoucherPlacesWhatTheLedgerHolds(t *testing.T) {
	t.Parallel()
	d := open(t, 20)
	d.sends()
	for m := calendar.MonthOf(calendar.Day(2026, 1, 1)); m <= calendar.MonthOf(calendar.Day(2026, 5, 1)); m++ {
		d.closes(m)
	}
	before := d.expense()
	d.Exec(`update income_item set amount_cents = 100000`) // everybody's income was less: months that are closed are corrected
	d.sends()
	d.closes(calendar.MonthOf(calendar.Day(2026, 6, 1)))
	spent := d.expense()
	if before <= 0 || spent <= before || d.Count(`select count(*) from daycare_month_row where kind = 'REFUND'`) == 0 {
		t.Fatalf("%d, then %d in the ledger, without a correction", before, spent)
	}
	child := money.Cents(d.Count(`select round(sum(row_cents) / sum(case kind when 'REFUND' then -days else days end::numeric / nullif(month_days, 0)))::int from daycare_month_row`))
	page := d.get("/fi/daycare/economy?year=2026")
	d.wants(page, "Palvelusetelipaikka", say(spent), say(child))
	d.wants(d.get("/fi/daycare/economy/file.csv?year=2026"), "Palvelusetelipaikka;"+plain(spent)+";0,00;"+plain(spent)+";")
	d.wants(page, "Omat osuudet alueittain tänään")
	own := money.Cents(d.Count(`select coalesce(sum(own_cents), 0)::int * 12 from daycare_decision d
		where valid_from <= '2026-06-29' and valid_to > '2026-06-29' and not exists (select 1 from daycare_decision_end e where e.value_decision_id = d.value_decision_id and e.valid_to <= '2026-06-29')`))
	d.wants(page, "Omat osuudet vuodessa "+say(own))
	rows := d.Count(`select count(*) from daycare_month_row`)
	d.wants(d.get("/fi/daycare/economy/risks"), i18n.Int(i18n.FI, int64(d.Count(`select count(*) from daycare_month_row where kind = 'CORRECTION'`)))+" korjausta "+i18n.Int(i18n.FI, int64(rows))+" tilitysrivistä")
}

// expense is what the ledger holds of early education.
func (d *desk) expense() money.Cents {
	return money.Cents(d.Count(`select coalesce(sum(case when debit_kind = $1 then amount_cents else -amount_cents end), 0)::int from posting where source_kind = $2`, ledger.Expense, ledger.FromMonth))
}

func say(c money.Cents) string   { return strings.ReplaceAll(i18n.Cents(i18n.FI, c), "\u00a0", " ") }
func plain(c money.Cents) string { return strings.Replace(c.String(), ".", ",", 1) }
