package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

func (n *nursery) record(child client.Client) (r store.Record) {
	n.t.Helper()
	n.do(n.Staff, func(tx *postgres.Tx) (err error) {
		r, err = store.Get(n.t.Context(), tx, n.Staff, store.Of{Organiser: w.Organiser, Child: child.ID})
		return err
	})
	return r
}

// Need, support and a relief bear on value and own share; the record gives them back with what an edit needs, and an old form is refused.
func TestNeedSupportAndReliefBearOnTheDecisionAndAreReadBack(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 520000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	plain := n.drafts()[0]
	of := store.Of{Organiser: w.Organiser, Child: child.ID}
	half, twice := money.MustRate("50"), money.MustRate("1.1")
	n.do(n.Staff, func(tx *postgres.Tx) error {
		if _, err := store.SaveSupport(t.Context(), tx, n.Staff, store.Support{Of: of, Saved: store.Saved{Period: always}, Coefficient: twice}); err != nil {
			return err
		}
		if _, err := store.SaveNeed(t.Context(), tx, n.Staff, store.Need{Of: of, Saved: store.Saved{Period: always}, Option: "full_time"}); err != nil {
			return err
		}
		_, err := store.SaveAlteration(t.Context(), tx, n.Staff, store.Alteration{Of: of, Saved: store.Saved{Period: always}, Reason: "Elatuskyky on alentunut.",
			Alteration: daycare.Alteration{Type: daycare.Relief, Percent: &half}})
		return err
	})
	n.regenerate(child.ID)
	changed := n.drafts()[0]
	if changed.OwnShare*2 != plain.OwnShare || changed.Value <= plain.Value || changed.ID == plain.ID {
		t.Errorf("before %+v, after %+v", plain, changed)
	}
	n.sendAll()
	r := n.record(child)
	if len(r.Heads) != 1 || len(r.Placements) != 1 || len(r.Needs) != 1 || len(r.Supports) != 1 || len(r.Alterations) != 1 || len(r.Decisions) != 1 {
		t.Fatalf("record %+v", r)
	}
	if r.Alterations[0].Percent == nil || *r.Alterations[0].Percent != half || r.Decisions[0].OwnShare != changed.OwnShare || r.Placements[0].UnitName == "" {
		t.Errorf("record %+v", r)
	}
	edit := func(s store.Saved) error {
		return n.Try(n.Staff, func(tx *postgres.Tx) error {
			_, err := store.SaveNeed(t.Context(), tx, n.Staff, store.Need{Of: of, Saved: s, Option: "part_29_hours"})
			return err
		})
	}
	must(t, edit(r.Needs[0].Saved))
	faulttest.Want(t, edit(r.Needs[0].Saved), "DAY-071")
	faulttest.Want(t, edit(store.Saved{Period: always}), "DAY-075")
}

// Two who close the same month at once: one closes it, the other is told.
func TestMonthIsClosedOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	n.sendAll()
	answers := make(chan error, 2)
	for range 2 {
		go func() { answers <- n.close(month(1)) }()
	}
	closed := 0
	for range 2 {
		if err := <-answers; err == nil {
			closed++
		} else {
			code := fault.CodeOf(err)
			if code != "DAY-071" && code != "DAY-090" {
				t.Error(err)
			}
		}
	}
	if rows := n.Count(`select count(*) from daycare_month_row`); closed != 1 || rows != 1 {
		t.Errorf("closed %d times, %d rows", closed, rows)
	}
}

// Two who regenerate one child at once leave one draft.
func TestDraftsAreMadeOnce(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	done := make(chan error, 4)
	for range 4 {
		go func() {
			done <- n.Try(n.Staff, func(tx *postgres.Tx) error {
				_, err := store.Regenerate(t.Context(), tx, n.Staff, w.Organiser, []int64{child.ID})
				return err
			})
		}()
	}
	for range 4 {
		must(t, <-done)
	}
	if list := n.drafts(); len(list) != 1 {
		t.Errorf("%d drafts", len(list))
	}
}
