package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// Income 4 500 € of two people: (4500 − limit of two) × 0.107; a rise from 1.2. found out in June is corrected to the cent.
func TestPlacementBecomesAPaidMonthAndALateIncomeIsCorrected(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, head := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	if told := n.regenerate(child.ID); told.Created == 0 || told.Gaps == 0 {
		t.Fatalf("told %+v: a draft, and a gap from August on", told)
	}
	first := n.sendAll()
	if len(first) != 1 || first[0].Value != 96500 || first[0].Period.From != start {
		t.Fatalf("decisions %+v", first)
	}
	own := first[0].OwnShare
	for m := 1; m <= 2; m++ {
		must(t, n.close(month(m)))
		must(t, n.approve(month(m), w.Unit))
	}
	faulttest.Want(t, n.close(month(4)), "DAY-090")
	items := n.household(head).Items
	n.income(head, 450000, calendar.Period{From: start, To: calendar.Day(2026, 2, 10)}, items[0].ID, items[0].RowVersion)
	n.income(head, 520000, calendar.Period{From: calendar.Day(2026, 2, 10), To: calendar.Forever}, 0, 0)
	n.regenerate(child.ID)
	drafts := n.drafts()
	if len(drafts) != 1 || !drafts[0].Retroactive || drafts[0].Period.From != calendar.Day(2026, 2, 10) || len(drafts[0].Differences) == 0 {
		t.Fatalf("drafts %+v", drafts)
	}
	second := n.sendAll()[0]
	if second.OwnShare <= own {
		t.Fatalf("own share %d, then %d", own, second.OwnShare)
	}
	must(t, n.close(month(3)))
	rows := n.rows(month(3), w.Unit)
	// February has 20 days of work, six of them before the 10th.
	before, after := daycare.MonthShare(96500-own, 6, 20), daycare.MonthShare(96500-second.OwnShare, 14, 20)
	want := []money.Cents{-(96500 - own), before, after, 96500 - second.OwnShare}
	if len(rows) != 4 {
		t.Fatalf("rows %+v", rows)
	}
	sum := map[money.Cents]int{}
	for _, r := range rows {
		sum[r.Amount]++
		if r.Type == daycare.Refund && r.Refunds == 0 {
			t.Errorf("refund %+v names nothing", r)
		}
	}
	for _, c := range want {
		if sum[c]--; sum[c] < 0 {
			t.Errorf("no row of %d among %+v", c, rows)
		}
	}
	must(t, n.approve(month(3), w.Unit))
	n.settle(3*96500 - 2*own - second.OwnShare - (96500 - own) + before + after)
}

func TestLetterTellsWhyTheSum(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	made := n.sendAll()[0]
	n.do(n.Staff, func(tx *postgres.Tx) error {
		d, err := decision.Get(t.Context(), tx, n.Staff, w.Organiser, made.Letter)
		if err != nil {
			return err
		}
		paper, err := decision.Document(t.Context(), tx, n.Staff, w.Organiser, d.Document)
		if err != nil {
			return err
		}
		for _, words := range []string{"Miksi juuri tämä summa?", "965,00", "1048/2025", "Omavastuu"} {
			if !contains(paper.Plain, words) {
				t.Errorf("the letter lacks %q:\n%s", words, paper.Plain)
			}
		}
		why, err := store.Reasons(t.Context(), tx, n.Staff, w.Organiser, made.ID)
		if err == nil && (len(why.Explanation) < 3 || why.Explanation[len(why.Explanation)-1].Result != made.Payable) {
			t.Errorf("explanation %+v", why.Explanation)
		}
		return err
	})
}

func contains(text, words string) bool {
	plain := func(s string) string {
		out := []rune(s)
		for i, r := range out {
			if r == '\u00a0' || r == '\n' || r == '\u202f' {
				out[i] = ' '
			}
		}
		return string(out)
	}
	a, b := plain(text), plain(words)
	for i := 0; i+len(b) <= len(a); i++ {
		if a[i:i+len(b)] == b {
			return true
		}
	}
	return false
}

func TestWrongFactsAreRefusedAndGapsAreTasks(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, head := n.child(calendar.Day(2022, 3, 3), -1)
	placed, err := n.place(child, w.Unit, always)
	must(t, err)
	if !placed.NoAccount {
		t.Error("nobody is told that the unit has no account")
	}
	_, err = n.place(child, w.OtherUnit, calendar.Period{From: calendar.Day(2026, 3, 1), To: calendar.Day(2026, 4, 1)})
	faulttest.Want(t, err, "DAY-073")
	_, err = n.place(head, w.Unit, always)
	faulttest.Want(t, err, "DAY-070")
	_, err = n.place(child, 999, always)
	faulttest.Want(t, err, "DAY-077")
	_, err = n.place(child, w.Unit, calendar.Period{From: start, To: start})
	faulttest.Want(t, err, "DAY-072")
	_, err = n.place(child, w.Unit, calendar.Period{From: calendar.Day(2035, 1, 1), To: calendar.Forever})
	faulttest.Want(t, err, "DAY-079")
	err = n.Try(n.Staff, func(tx *postgres.Tx) error {
		_, err := store.SaveHead(t.Context(), tx, n.Staff, store.Head{Of: store.Of{Organiser: w.Organiser, Child: child.ID}, Saved: store.Saved{Period: always}, Adult: child.ID})
		return err
	})
	faulttest.Want(t, err, "DAY-080")
	// Without an income the highest fee; after July the thresholds are not known: a task, never last year's fee.
	n.regenerate(child.ID)
	list := n.drafts()
	if len(list) != 1 || list[0].Period.To != calendar.Day(2026, 8, 1) || list[0].OwnShare != 31100 && list[0].OwnShare == 0 {
		t.Fatalf("drafts %+v", list)
	}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		tasks, err := store.Tasks(t.Context(), tx, n.Staff, w.Organiser, nil)
		if len(tasks) != 2 || tasks[0].Reason != store.NoIncome || tasks[1].Reason != daycare.NoThresholds {
			t.Errorf("tasks %+v", tasks)
		}
		return err
	})
	// A draft that was set aside stays aside while nothing changes.
	n.do(n.Staff, func(tx *postgres.Tx) error {
		return store.Ignore(t.Context(), tx, n.Staff, w.Organiser, list[0].ID, "Perhe muuttaa pois.")
	})
	n.regenerate(child.ID)
	if left := n.drafts(); len(left) != 0 {
		t.Errorf("set aside, and there again: %+v", left)
	}
	faulttest.Want(t, n.Try(n.Checker, func(tx *postgres.Tx) error {
		_, err := store.Regenerate(t.Context(), tx, n.Checker, w.Organiser, []int64{child.ID})
		return err
	}), "ACC-001")
}
