package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// sweep delivers what households tell and makes the marked drafts anew, as the program's jobs do.
func (n *nursery) sweep() store.Regenerated {
	n.t.Helper()
	_, err := job.DeliverOutbox(n.t.Context(), n.DB, []int32{w.Organiser}, job.Join(store.Handlers(n.DB), store.HouseholdHandlers(n.DB)))
	must(n.t, err)
	told, err := store.Sweep(n.t.Context(), n.DB, w.Organiser, func(int, int) {})
	must(n.t, err)
	return told
}

func (n *nursery) waiting() int { return n.Count(`select count(*) from daycare_waiting`) }

// Every change of what a draft is made of brings the draft of the whole family, without anybody asking for it, and once.
func TestEveryChangeBringsTheDraftsByItself(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, head := n.child(calendar.Day(2022, 3, 3), -1)
	younger, _ := n.child(calendar.Day(2023, 5, 5), -1)
	of := store.Of{Organiser: w.Organiser, Child: younger.ID}
	n.do(n.Staff, func(tx *postgres.Tx) error { // the same parent heads both
		r, err := store.Get(t.Context(), tx, n.Staff, of)
		if err != nil {
			return err
		}
		h := r.Heads[0]
		h.Remove = true
		if _, err = store.SaveHead(t.Context(), tx, n.Staff, h); err == nil {
			_, err = store.SaveHead(t.Context(), tx, n.Staff, store.Head{Of: of, Saved: store.Saved{Period: always}, Adult: head.ID})
		}
		return err
	})
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	if n.sweep(); len(n.drafts()) != 1 || n.waiting() != 0 {
		t.Fatalf("drafts %+v, %d wait", n.drafts(), n.waiting())
	}
	own := n.drafts()[0].OwnShare
	steps := []struct {
		what   string
		change func()
	}{
		{"income", func() { n.income(head, 750000, always, 0, 0) }},
		{"a sibling's place", func() { _, err := n.place(younger, w.OtherUnit, always); must(t, err) }},
		{"a member of the household", func() {
			n.do(n.Staff, func(tx *postgres.Tx) error {
				_, err := household.SaveMember(t.Context(), tx, n.Staff, n.Keys, household.MemberInput{Organiser: w.Organiser, Client: head.ID, LastName: "Keksitty", FirstNames: "Lapsi",
					BirthDate: calendar.Day(2012, 1, 1), Role: household.Child, Period: always})
				return err
			})
		}},
		{"a relief", func() {
			n.do(n.Staff, func(tx *postgres.Tx) error {
				_, err := store.SaveAlteration(t.Context(), tx, n.Staff, store.Alteration{Of: store.Of{Organiser: w.Organiser, Child: child.ID}, Saved: store.Saved{Period: always}, Reason: "Työttömyys.",
					Alteration: daycare.Alteration{Type: daycare.Relief, Amount: 1000}})
				return err
			})
		}},
	}
	for _, s := range steps {
		s.change()
		if n.sweep(); n.waiting() != 0 {
			t.Errorf("%s: %d still wait", s.what, n.waiting())
		}
		var now = own
		for _, d := range n.drafts() {
			if d.Child == child.ID {
				now = d.OwnShare
			}
		}
		if now == own {
			t.Errorf("%s did not change the draft", s.what)
		}
		own = now
	}
	if told := n.sweep(); told.Children != 0 {
		t.Errorf("nothing changed, and %+v", told)
	}
	// A price of the unit reaches those who have a place there, new rules everybody.
	n.do(n.Staff, func(tx *postgres.Tx) error {
		return store.TellPrice(t.Context(), tx, n.Staff, w.Organiser, store.Price{Unit: w.OtherUnit, Option: "full_time", From: calendar.Day(2026, 3, 1), Over: 50000, Under: 50000})
	})
	if n.waiting() != 1 {
		t.Errorf("%d wait for the price of one unit", n.waiting())
	}
	before := n.drafts()[0].ID
	n.publish("oulu", func(p *profile.Profile) { p.Options[0].FeeCoefficient = money.MustRate("0.9") })
	if n.sweep(); n.waiting() != 0 || n.drafts()[0].ID == before {
		t.Errorf("%d wait after new rules, draft %d as before", n.waiting(), before)
	}
}

// A mark set while drafts are computed is not lost; who cannot be computed stays among the tasks and holds nobody up.
func TestMarksAreNotLostAndAFailureHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	good, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	bad, _ := n.child(calendar.Day(2022, 4, 4), 450000)
	n.sweep() // the rules' own run is over
	for _, c := range []int64{good.ID, bad.ID} {
		n.Exec(`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
			values (1, $1, $2, $3, 'DAYCARE', true, '2026-01-01', '9999-12-31', now(), 'Sanna')`, c, w.Unit, w.Provider)
	}
	n.Exec(`insert into daycare_support (organiser_id, child_id, coefficient, valid_from, valid_to, added_at, added_by) values (1, $1, 'puolet', '2026-01-01', '9999-12-31', now(), 'Sanna')`, bad.ID)
	system := access.System("test", w.Organiser)
	everybody := func() {
		n.do(system, func(tx *postgres.Tx) error { _, err := store.MarkAll(t.Context(), tx, system, w.Organiser); return err })
	}
	everybody()
	n.sweep()
	if list := n.drafts(); len(list) != 1 || list[0].Child != good.ID {
		t.Errorf("drafts %+v", list)
	}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		list, err := store.Failures(t.Context(), tx, n.Staff, w.Organiser)
		if len(list) != 1 || list[0].Child != bad.ID || list[0].Code == "" {
			t.Errorf("failures %+v", list)
		}
		return err
	})
	n.Exec(`update daycare_support set coefficient = '1.5'`)
	everybody()
	if n.sweep(); len(n.drafts()) != 2 || n.waiting() != 0 {
		t.Errorf("drafts %+v, %d wait", n.drafts(), n.waiting())
	}
	faulttest.Want(t, n.Try(n.Staff, func(tx *postgres.Tx) error {
		_, err := store.MarkAll(t.Context(), tx, n.Staff, w.Organiser)
		return err
	}), "ACC-001")
	n.do(n.Staff, func(tx *postgres.Tx) error { // the change comes while the drafts are computed
		_, err := store.SaveNeed(t.Context(), tx, n.Staff, store.Need{Of: store.Of{Organiser: w.Organiser, Child: good.ID}, Saved: store.Saved{Period: always}, Option: "full_time"})
		return err
	})
	n.do(n.Staff, func(tx *postgres.Tx) error {
		if _, err := store.Regenerate(t.Context(), tx, n.Staff, w.Organiser, []int64{good.ID}); err != nil {
			return err
		}
		_, err := store.SaveNeed(t.Context(), tx, n.Staff, store.Need{Of: store.Of{Organiser: w.Organiser, Child: bad.ID}, Saved: store.Saved{Period: always}, Option: "full_time"})
		return err
	})
	if n.waiting() != 1 {
		t.Errorf("%d wait", n.waiting())
	}
}

// New rules make everybody's drafts anew although one child's cannot be made: that one is a task, and the page sees the run as done.
func TestNewRulesReachEverybodyInSpiteOfOneBrokenChild(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	var children []client.Client
	for i := range 3 {
		c, _ := n.child(calendar.Day(2022, 3, 3)+calendar.Date(i), 450000)
		_, err := n.place(c, w.Unit, always)
		must(t, err)
		children = append(children, c)
	}
	n.sweep()
	bad := children[0] // the lowest number: it comes first
	n.Exec(`insert into daycare_support (organiser_id, child_id, coefficient, valid_from, valid_to, added_at, added_by) values (1, $1, 'puolet', '2026-01-01', '9999-12-31', now(), 'Sanna')`, bad.ID)
	before := map[int64]money.Cents{}
	for _, d := range n.drafts() {
		before[d.Child] = d.OwnShare
	}
	n.publish("oulu", func(p *profile.Profile) { p.Options[0].FeeCoefficient = money.MustRate("0.5") })
	n.told()
	if left := n.Count(`select count(*) from outbox where topic = 'daycare.rules_changed' and sent_at is null`); left != 0 {
		t.Errorf("%d messages wait for another try", left)
	}
	changed := 0
	for _, d := range n.drafts() {
		if d.OwnShare != before[d.Child] {
			changed++
		}
	}
	if changed != 2 {
		t.Errorf("%d drafts follow the new rules: %+v, before %v", changed, n.drafts(), before)
	}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		list, err := store.Failures(t.Context(), tx, n.Staff, w.Organiser)
		if len(list) != 1 || list[0].Child != bad.ID {
			t.Errorf("failures %+v", list)
		}
		return err
	})
	n.do(n.main, func(tx *postgres.Tx) error {
		all, err := store.RulesVersions(t.Context(), tx, n.main, w.Organiser)
		must(t, err)
		step, begun, err := store.RulesProgress(t.Context(), tx, n.main, w.Organiser, all[0].ID)
		if !begun || step.FinishedAt == nil || step.Done != 3 || step.Total != 3 {
			t.Errorf("progress %+v, %v", step, begun)
		}
		return err
	})
}
