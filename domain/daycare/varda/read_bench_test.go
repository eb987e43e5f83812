package varda_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/domain/daycare/simulation/simulationtest"
	"seteli/domain/daycare/store"
	"seteli/domain/daycare/varda"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// The plan of a municipality of many children, three decisions each, with everything read from the database: once when the warehouse holds
// nothing, once when it holds all and a third of the children have a new sum. SETELI_CHILDREN sets how many; 10 000 must be planned in
// thirty seconds. The ratio is the limit's share for so many children over the slower of the two: above 1 is within it.
func BenchmarkPlanRead(b *testing.B) {
	children := 1000
	if text := os.Getenv("SETELI_CHILDREN"); text != "" {
		n, err := strconv.Atoi(text)
		must(b, err)
		children = n
	}
	n := decided(b, children)
	by := access.System("varda", w.Organiser)
	plan := func() (p varda.Plan, took time.Duration) {
		began := time.Now()
		must(b, n.DB.Tenant(b.Context(), by, func(tx *postgres.Tx) (err error) {
			p, err = varda.MakePlan(b.Context(), tx, by, w.Organiser)
			return err
		}))
		return p, time.Since(began)
	}
	for b.Loop() {
		n.Exec(`delete from varda_object`)
		p, first := plan()
		if p.All < children*9/10 || p.Steps() < 6*p.All {
			b.Fatalf("%d children, %d steps", p.All, p.Steps())
		}
		taken(b, n, p)
		n.Exec(`update daycare_decision set own_cents = own_cents + 100 where child_id % 3 = 0`)
		p, again := plan()
		if p.Steps() == 0 || len(p.Children) > children/3+1 {
			b.Fatalf("%d children of %d differ in %d steps", len(p.Children), p.All, p.Steps())
		}
		b.ReportMetric(first.Seconds(), "first-s")
		b.ReportMetric(again.Seconds(), "again-s")
		b.ReportMetric(30*float64(children)/10_000/max(first, again).Seconds(), "ratio")
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// decided is a municipality whose children have three value decisions each and that has told everything the warehouse asks.
func decided(b *testing.B, children int) *simulationtest.Town {
	n := simulationtest.New(b, "oulu", children)
	_, err := store.RegenerateAll(b.Context(), n.DB, n.Staff, w.Organiser, func(int, int) {})
	must(b, err)
	n.Do(n.Staff, func(tx *postgres.Tx) error { // one letter stands for all
		list, err := store.ListDrafts(b.Context(), tx, n.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 1})
		must(b, err)
		_, err = store.Send(b.Context(), tx, n.Staff, n.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: list[0].Child, Drafts: []int64{list[0].ID}, Office: "palveluohjaaja"})
		return err
	})
	n.Exec(`delete from daycare_decision_basis; delete from daycare_decision`)
	n.Exec(`with cut as (select d.*, k, greatest(valid_from, valid_from + 60 * k) as a, case when k < 2 then least(valid_to, valid_from + 60 * (k + 1)) else valid_to end as z from daycare_draft d cross join generate_series(0, 2) k),
		made as (insert into daycare_decision (organiser_id, value_decision_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by)
		select organiser_id, draft_id * 10 + k, child_id, person_id, unit_id, provider_id, a, z, value_cents + 1000 * k, own_cents, payable_cents, sha256, (select min(decision_id) from decision), now(), 'Sanna Ohjaaja' from cut where a < z returning value_decision_id)
		insert into daycare_decision_basis (organiser_id, value_decision_id, basis, explanation, differences)
		select d.organiser_id, m.value_decision_id, d.basis, d.explanation, d.differences from made m join daycare_draft d on d.draft_id = m.value_decision_id / 10`)
	n.Do(n.Main, func(tx *postgres.Tx) error {
		for unit, number := range map[int64]string{w.Unit: "1", w.OtherUnit: "2"} {
			if err := varda.SetUnit(b.Context(), tx, n.Main, w.Organiser, unit, varda.Unit{OID: "1.2.246.562.10.3111111111" + number, Producer: "1.2.246.562.10.2222222222" + number, Agreed: true}); err != nil {
				return err
			}
		}
		for _, option := range []string{"full_time", "part_20_hours"} {
			if err := varda.SetOption(b.Context(), tx, n.Main, w.Organiser, option, varda.Option{Hours: 300, Daily: true}); err != nil {
				return err
			}
		}
		return nil
	})
	return n
}

// taken records that the warehouse has accepted a plan.
func taken(b *testing.B, n *simulationtest.Town, p varda.Plan) {
	var children []int64
	var keys, kinds, parents []string
	var last []*calendar.Date
	for _, c := range p.Children {
		for _, s := range c.Steps {
			if s.Act != varda.Create {
				b.Fatalf("%s in an empty warehouse", s.Act)
			}
			children, keys, kinds = append(children, c.Child), append(keys, s.Object.Key), append(kinds, string(s.Object.Kind))
			parents, last = append(parents, s.Object.Parent), append(last, s.Object.Last)
		}
	}
	n.Exec(`insert into varda_object (organiser_id, child_id, object_key, kind, parent_key, url, last_day, sent_at)
		select 1, c, k, i, p, 'https://varda.example/api/v1/x/1/', l, now() from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::date[]) x(c, k, i, p, l)`, children, keys, kinds, parents, last)
}
