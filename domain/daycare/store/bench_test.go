package store_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// A municipality of many children: regeneration of all drafts, then six months closed, the last one with differences of a third of the
// children. SETELI_CHILDREN sets how many; 10 000 must be regenerated in five minutes and closed in thirty seconds.
func BenchmarkMunicipality(b *testing.B) {
	children := 1000
	if text := os.Getenv("SETELI_CHILDREN"); text != "" {
		n, err := strconv.Atoi(text)
		must(b, err)
		children = n
	}
	for b.Loop() {
		n := open(b, "oulu")
		n.crowd(children)
		timed := func(what string, fn func()) {
			before := time.Now()
			fn()
			b.ReportMetric(time.Since(before).Seconds(), what+"-s")
		}
		regenerate := func() {
			steps := 0
			told, err := store.RegenerateAll(b.Context(), n.DB, n.Staff, w.Organiser, func(int, int) { steps++ })
			must(b, err)
			if told.Children < children || steps == 0 {
				b.Fatalf("told %+v in %d steps", told, steps)
			}
		}
		timed("regenerate", regenerate)
		n.decideAll()
		for m := 1; m <= 5; m++ {
			timed("close", func() { must(b, n.close(month(m))) })
		}
		n.Exec(`update income_item set amount_cents = amount_cents + 50000 where client_id % 3 = 0`)
		timed("again", regenerate)
		n.decideAll()
		timed("close-with-differences", func() { must(b, n.close(month(6))) })
		timed("approve", func() { must(b, n.approve(month(6), w.Unit)) })
		b.ReportMetric(float64(n.Count(`select count(*) from daycare_month_row where month = '2026-06-01'`)), "rows")
	}
}

// crowd adds children by the owner role, each with a head, an income, a place and a sibling for every second one.
func (n *nursery) crowd(children int) {
	n.t.Helper()
	n.Exec(`with p as (insert into person (identity_index) select sha256(convert_to('child' || i, 'utf8')) from generate_series(1, $1::int) i returning person_id)
		insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
		select 1, person_id, 'Virtanen', 'Lapsi', date '2021-03-01' + (person_id % 1200)::int, '991', 'file', now() from p`, children)
	n.Exec(`with p as (insert into person (identity_index) select sha256(convert_to('adult' || i, 'utf8')) from generate_series(1, $1::int) i returning person_id)
		insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
		select 1, person_id, 'Virtanen', 'Aikuinen', date '1990-03-01', '991', 'file', now() from p`, (children+1)/2)
	n.Exec(`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) select 1, client_id, person_id, now(), 'Sanna Ohjaaja' from client where first_names = 'Lapsi'`)
	n.Exec(`insert into daycare_head (organiser_id, child_id, adult_id, valid_from, valid_to, added_at, added_by)
		select 1, c.client_id, a.client_id, '2026-01-01', '9999-12-31', now(), 'Sanna Ohjaaja'
		from (select client_id, (row_number() over (order by client_id) + 1) / 2 as n from client where first_names = 'Lapsi') c
		join (select client_id, row_number() over (order by client_id) as n from client where first_names = 'Aikuinen') a on a.n = c.n`)
	n.Exec(`insert into income_item (organiser_id, client_id, person_id, kind, amount_cents, per, valid_from, valid_to, source, payer, reported_on, added_at, added_by)
		select 1, client_id, person_id, 'earned', 300000 + client_id % 400 * 1000, 'month', '2026-01-01', '9999-12-31', 'client', 'Työ', '2026-01-01', now(), 'Sanna Ohjaaja' from client where first_names = 'Aikuinen'`)
	n.Exec(`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
		select 1, client_id, case when client_id % 2 = 0 then $1::bigint else $2::bigint end, case when client_id % 2 = 0 then $3::bigint else $4::bigint end, 'DAYCARE', true, '2026-01-01', '9999-12-31', now(), 'Sanna Ohjaaja'
		from client where first_names = 'Lapsi'`, w.Unit, w.OtherUnit, w.Provider, w.OtherProvider)
}

// decideAll makes decisions of all drafts without their letters, which are measured elsewhere: one letter stands for all.
func (n *nursery) decideAll() {
	n.t.Helper()
	if n.Count(`select count(*) from decision`) == 0 {
		d := n.drafts()[0]
		n.do(n.Staff, func(tx *postgres.Tx) error {
			_, err := store.Send(n.t.Context(), tx, n.Staff, n.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: d.Child, Drafts: []int64{d.ID}, Office: "palveluohjaaja"})
			return err
		})
	}
	n.Exec(`insert into daycare_decision_end (organiser_id, value_decision_id, end_no, provider_id, person_id, valid_to, reason, replaced_by, ended_at, ended_by)
		select o.organiser_id, o.value_decision_id, 1, o.provider_id, o.person_id, greatest(o.valid_from, d.valid_from), '', d.draft_id, now(), 'Sanna Ohjaaja'
		from daycare_decision o join lateral (select x.draft_id, x.valid_from from daycare_draft x where x.child_id = o.child_id and x.valid_from < o.valid_to order by x.valid_from limit 1) d on true
		where o.valid_to > d.valid_from and not exists (select 1 from daycare_decision_end e where e.value_decision_id = o.value_decision_id)`)
	n.Exec(`insert into daycare_decision (organiser_id, value_decision_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by)
		select organiser_id, draft_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, (select min(decision_id) from decision), now(), 'Sanna Ohjaaja' from daycare_draft`)
	n.Exec(`insert into daycare_decision_basis (organiser_id, value_decision_id, basis, explanation, differences) select organiser_id, draft_id, basis, explanation, differences from daycare_draft`)
	n.Exec(`delete from daycare_draft`)
}

// Sending many drafts with their letters, as the program's job does. 1 000 children.
func BenchmarkSending(b *testing.B) {
	for b.Loop() {
		n := open(b, "oulu")
		n.crowd(1000)
		_, err := store.RegenerateAll(b.Context(), n.DB, n.Staff, w.Organiser, func(int, int) {})
		must(b, err)
		drafts := n.Count(`select count(*) from daycare_draft`)
		for _, table := range []string{"document", "decision"} { // the world's own rows have numbers of their own
			n.Exec(`select setval(pg_get_serial_sequence('` + table + `', '` + table + `_id'), 100000)`)
		}
		before := time.Now()
		_, err = n.order(store.OrderInput{Office: "palveluohjaaja"})
		must(b, err)
		b.ReportMetric(time.Since(before).Seconds(), "order-s")
		before = time.Now()
		n.carry()
		b.ReportMetric(time.Since(before).Seconds(), "send-s")
		if sent := n.Count(`select count(*) from daycare_decision`); sent != drafts {
			b.Fatalf("%d sent of %d", sent, drafts)
		}
		b.ReportMetric(float64(drafts), "drafts")
	}
}
