// Package simulationtest is a municipality with children in early education for tests of what-if questions and of the pages on them.
package simulationtest

import (
	"encoding/json"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/simulation"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// Town is the world's organiser with children in early education, on 2026-06-29.
type Town struct {
	*w.World
	t            testing.TB
	Main, Second access.Actor // main users
}

var start = calendar.Day(2026, 1, 1)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// New has a shipped profile whose thresholds go on, and a price for each of two units.
func New(t testing.TB, name string, children int) *Town {
	n := &Town{World: w.New(t, postgrestest.Clock(calendar.Noon(calendar.Day(2026, 6, 29)))), t: t}
	actor := func(account int64, name string) access.Actor {
		return access.Actor{Account: account, Name: name, Role: access.MainUser, Organiser: w.Organiser}
	}
	n.Main, n.Second = actor(21, "Päivi Pihlajavuo"), actor(22, "Matti Metsola")
	p, err := profile.Load(name)
	must(t, err)
	national, err := profile.National()
	must(t, err)
	for i := range national {
		if x := &national[i]; !x.Complete() && i > 0 {
			x.Limits, x.Increase = national[i-1].Limits, national[i-1].Increase
		}
	}
	p.Thresholds = national
	n.Publish(p, start)
	for i, unit := range []int64{w.Unit, w.OtherUnit} {
		for _, option := range []string{"full_time", "part_20_hours"} {
			n.Tell(store.Price{Unit: unit, Option: option, From: start, Over: money.Cents(104_000 + 6_000*i), Under: money.Cents(170_000 + 10_000*i)})
		}
	}
	n.crowd(children)
	return n
}

// Publish publishes rules from a day on.
func (n *Town) Publish(p profile.Profile, from calendar.Date) {
	n.t.Helper()
	var r store.Rules
	n.Do(n.Main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(n.t.Context(), tx, n.Main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: from, Profile: p})
		return err
	})
	n.Do(n.Second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(n.t.Context(), tx, n.Second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
}

// Tell takes a price.
func (n *Town) Tell(p store.Price) {
	n.t.Helper()
	n.Do(n.Staff, func(tx *postgres.Tx) error { return store.TellPrice(n.t.Context(), tx, n.Staff, w.Organiser, p) })
}

// crowd adds children by the owner role: two to a head, incomes of many sizes, every fifth part time, some place ending or beginning in a month.
func (n *Town) crowd(children int) {
	n.t.Helper()
	n.Exec(`with p as (insert into person (identity_index) select sha256(convert_to('child' || i, 'utf8')) from generate_series(1, $1::int) i returning person_id)
		insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
		select 1, person_id, 'Virtanen', 'Lapsi', date '2021-03-01' + (person_id * 37 % 1500)::int, '991', 'file', now() from p`, children)
	n.Exec(`with p as (insert into person (identity_index) select sha256(convert_to('adult' || i, 'utf8')) from generate_series(1, $1::int) i returning person_id)
		insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at)
		select 1, person_id, 'Virtanen', 'Aikuinen', date '1990-03-01', '991', 'file', now() from p`, (children+1)/2)
	n.Exec(`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) select 1, client_id, person_id, now(), 'Sanna Ohjaaja' from client where first_names = 'Lapsi'`)
	n.Exec(`insert into daycare_head (organiser_id, child_id, adult_id, valid_from, valid_to, added_at, added_by)
		select 1, c.client_id, a.client_id, '2026-01-01', '9999-12-31', now(), 'Sanna Ohjaaja'
		from (select client_id, (row_number() over (order by client_id) + 1) / 2 as n from client where first_names = 'Lapsi') c
		join (select client_id, row_number() over (order by client_id) as n from client where first_names = 'Aikuinen') a on a.n = c.n`)
	n.Exec(`insert into income_item (organiser_id, client_id, person_id, kind, amount_cents, per, valid_from, valid_to, source, payer, reported_on, added_at, added_by)
		select 1, client_id, person_id, 'earned', 200000 + client_id * 7919 % 900 * 1000, 'month', '2026-01-01', '9999-12-31', 'client', 'Työ', '2026-01-01', now(), 'Sanna Ohjaaja'
		from client where first_names = 'Aikuinen' and client_id % 9 <> 0`)
	n.Exec(`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
		select 1, client_id, case when client_id % 2 = 0 then $1::bigint else $2::bigint end, case when client_id % 2 = 0 then $3::bigint else $4::bigint end, 'DAYCARE', true,
			case when client_id % 11 = 0 then date '2027-02-09' else date '2026-01-01' end, case when client_id % 7 = 0 then date '2027-04-19' else date '9999-12-31' end, now(), 'Sanna Ohjaaja'
		from client where first_names = 'Lapsi'`, w.Unit, w.OtherUnit, w.Provider, w.OtherProvider)
	n.Exec(`insert into daycare_need (organiser_id, child_id, option_code, valid_from, valid_to, added_at, added_by)
		select 1, client_id, 'part_20_hours', '2026-01-01', '9999-12-31', now(), 'Sanna Ohjaaja' from client where first_names = 'Lapsi' and client_id % 5 = 0`)
	n.Exec(`insert into daycare_ready_share (organiser_id, child_id, share_cents, valid_from, valid_to, added_at, added_by)
		select 1, client_id, 15000, '2026-06-01', '2027-04-01', now(), 'Sanna Ohjaaja' from client where first_names = 'Lapsi' and client_id % 17 = 0`)
	n.Exec(`insert into daycare_support (organiser_id, child_id, coefficient, capacity, valid_from, valid_to, added_at, added_by)
		select 1, client_id, '1.5', '1.5', '2026-09-01', '9999-12-31', now(), 'Sanna Ohjaaja' from client where first_names = 'Lapsi' and client_id % 13 = 0`)
}

// Snapshot reads a snapshot.
func (n *Town) Snapshot() (s *store.Snapshot) {
	n.t.Helper()
	by := access.System("test", w.Organiser)
	must(n.t, n.DB.Snapshot(n.t.Context(), by, func(tx *postgres.Tx) (err error) {
		s, err = store.TakeSnapshot(n.t.Context(), tx, by, w.Organiser)
		return err
	}))
	return s
}

// Compute answers a question.
func (n *Town) Compute(c simulation.Change) simulation.Result {
	n.t.Helper()
	r, err := simulation.Compute(n.Snapshot(), c, func(int, int) error { return nil })
	must(n.t, err)
	return r
}

// Decided is what a real regeneration has drafted: what the months cost, and what families pay in a year.
func (n *Town) Decided(months []simulation.MonthCost, year calendar.Period) (cost []money.Cents, own, family money.Cents) {
	n.t.Helper()
	_, err := store.RegenerateAll(n.t.Context(), n.DB, n.Staff, w.Organiser, func(int, int) {})
	must(n.t, err)
	rows, err := n.Owner.Query(n.t.Context(), `select child_id::text, unit_id::text, valid_from, valid_to, value_cents, own_cents, payable_cents, basis from daycare_draft`)
	must(n.t, err)
	defer rows.Close()
	var drafts []daycare.SentDecision
	families := map[string]money.Cents{}
	for rows.Next() {
		var d daycare.SentDecision
		var raw string
		must(n.t, rows.Scan(&d.Child, &d.Unit, &d.From, &d.To, (*int64)(&d.Value), (*int64)(&d.OwnShare), (*int64)(&d.Payable), &raw))
		var b store.Basis
		must(n.t, json.Unmarshal([]byte(raw), &b))
		d.ID = d.Child + d.From.String()
		families[d.ID] = b.Family
		drafts = append(drafts, d)
	}
	must(n.t, rows.Err())
	for _, m := range months {
		var sum money.Cents
		for _, r := range daycare.Due(drafts, m.Month) {
			sum += r.Amount
			if year.Contains(r.From) {
				own += daycare.MonthShare(r.OwnShare, r.Days, r.MonthDays)
				family += daycare.MonthShare(families[r.Decision], r.Days, r.MonthDays)
			}
		}
		cost = append(cost, sum)
	}
	return cost, own, family
}
