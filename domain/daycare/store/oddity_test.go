package store_test

import (
	"slices"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// piece is a draft with what bears on its sums.
type piece struct {
	from, to   calendar.Date
	value, own money.Cents
	size, no   int
	head       string
}

// pieces are the drafts of a child by day, made anew.
func (n *nursery) pieces(child client.Client) (list []piece) {
	n.t.Helper()
	n.sweep()
	n.do(n.Staff, func(tx *postgres.Tx) error {
		drafts, err := store.ListDrafts(n.t.Context(), tx, n.Staff, store.DraftFilter{Organiser: w.Organiser, Child: child.ID, Most: 100})
		if err != nil {
			return err
		}
		for _, d := range drafts {
			_, why, err := store.ReadDraft(n.t.Context(), tx, n.Staff, w.Organiser, d.ID)
			if err != nil {
				return err
			}
			b := why.Basis.Draft
			list = append(list, piece{d.Period.From, d.Period.To, d.Value, d.OwnShare, b.FamilySize, b.Ordinal, b.Head})
		}
		return nil
	})
	return list
}

func (n *nursery) tasks(child client.Client) (list []store.Task) {
	n.t.Helper()
	n.do(n.Staff, func(tx *postgres.Tx) (err error) {
		list, err = store.Tasks(n.t.Context(), tx, n.Staff, w.Organiser, []int64{child.ID})
		return err
	})
	return list
}

// thresholds puts invented figures of the next year into force.
func (n *nursery) thresholds() {
	n.t.Helper()
	var d store.Threshold
	n.do(n.main, func(tx *postgres.Tx) (err error) {
		d, err = store.DraftThreshold(n.t.Context(), tx, n.main, store.ThresholdInput{Figures: august(calendar.Day(2026, 8, 1)), Source: "OKM 2026"})
		return err
	})
	n.do(n.second, func(tx *postgres.Tx) error {
		_, err := store.PublishThreshold(n.t.Context(), tx, n.second, d.ID, d.RowVersion)
		return err
	})
}

// The value of the older children begins on the third birthday when it is the first of a month, else on the first of the next month;
// who was born on 29 February turns three on 28 February.
func TestTheValueChangesAfterTheThirdBirthday(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	n.thresholds()
	const under, over money.Cents = 164100, 96500
	cases := []struct{ birth, changes calendar.Date }{
		{calendar.Day(2023, 3, 1), calendar.Day(2026, 3, 1)},
		{calendar.Day(2023, 3, 2), calendar.Day(2026, 4, 1)},
		{calendar.Day(2023, 2, 28), calendar.Day(2026, 3, 1)},
		{calendar.Day(2024, 2, 29), calendar.Day(2027, 3, 1)},
		{calendar.Day(2024, 3, 1), calendar.Day(2027, 3, 1)},
	}
	for _, c := range cases {
		child, _ := n.child(c.birth, 450000)
		_, err := n.place(child, w.Unit, period(start, calendar.Day(2027, 8, 1)))
		must(t, err)
		day := start
		for _, p := range n.pieces(child) {
			want := over
			if p.from < c.changes {
				want = under
			}
			if p.from != day || p.value != want || p.from < c.changes && p.to > c.changes {
				t.Errorf("born on %s: %+v", c.birth, p)
			}
			day = p.to
		}
		if day != calendar.Day(2027, 8, 1) {
			t.Errorf("born on %s: decided until %s", c.birth, day)
		}
	}
}

// A child that moves from one home to the other is on each day of the household of that day's head: its income, size and order.
func TestAChildOfTwoHomesFollowsTheHeadOfTheDay(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	moves := calendar.Day(2026, 4, 1)
	child, first := n.child(calendar.Day(2022, 3, 3), 450000)
	other, second := n.child(calendar.Day(2022, 9, 9), 700000) // lives in the second home all the time, and is younger
	of := store.Of{Organiser: w.Organiser, Child: child.ID}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		r, err := store.Get(t.Context(), tx, n.Staff, of)
		if err != nil {
			return err
		}
		h := r.Heads[0]
		h.Period.To = moves
		if _, err = store.SaveHead(t.Context(), tx, n.Staff, h); err == nil {
			_, err = store.SaveHead(t.Context(), tx, n.Staff, store.Head{Of: of, Saved: store.Saved{Period: period(moves, calendar.Forever)}, Adult: second.ID})
		}
		return err
	})
	for _, c := range []client.Client{child, other} {
		_, err := n.place(c, w.Unit, period(start, calendar.Day(2026, 8, 1)))
		must(t, err)
	}
	got := n.pieces(child)
	if len(got) != 2 || got[0].to != moves || got[1].from != moves || got[0].head == got[1].head {
		t.Fatalf("of the child: %+v", got)
	}
	// 0.107 × (4 500 − 4 066) = 46; in the second home 0.107 × (7 000 − 5 245) = 188, of which the second child pays 40 %.
	if got[0].own != 4600 || got[0].size != 2 || got[0].no != 1 || got[1].own != 7500 || got[1].size != 3 || got[1].no != 2 {
		t.Errorf("of the child: %+v", got)
	}
	if lives := n.pieces(other); len(lives) != 2 || lives[0].own != 31100 || lives[0].size != 2 || lives[1].from != moves || lives[1].own != 18800 || lives[1].size != 3 || lives[1].no != 1 {
		t.Errorf("of the one who lives there: %+v", lives)
	}
	item := n.household(first).Items[0]
	n.income(first, 1000000, always, item.ID, item.RowVersion) // what the first home earns bears on its own days only
	if now := n.pieces(child); len(now) != 2 || now[0].own != 31100 || now[1] != got[1] {
		t.Errorf("after the first home's income: %+v", now)
	}
}

// A sibling who is only a member of the household makes the family larger. It is among the siblings of the fee once its place is
// recorded, wherever that is and whoever pays for it; the household does not grow twice.
func TestASiblingElsewhereCountsInTheSizeAndWithAPlaceInTheOrder(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	until := calendar.Day(2026, 8, 1)
	child, head := n.child(calendar.Day(2021, 3, 3), 700000)
	_, err := n.place(child, w.Unit, period(start, until))
	must(t, err)
	if got := n.pieces(child); len(got) != 1 || got[0].own != 31100 || got[0].size != 2 {
		t.Fatalf("alone: %+v", got)
	}
	birth := calendar.Day(2023, 6, 6)
	n.do(n.Staff, func(tx *postgres.Tx) error {
		_, err := household.SaveMember(t.Context(), tx, n.Staff, n.Keys, household.MemberInput{Organiser: w.Organiser, Client: head.ID, LastName: "Keksitty", FirstNames: "Sisko", BirthDate: birth,
			Role: household.Child, Period: always})
		return err
	})
	if got := n.pieces(child); len(got) != 1 || got[0].own != 18800 || got[0].size != 3 || got[0].no != 1 {
		t.Errorf("with a sibling in the household: %+v", got)
	}
	only := func() (list []store.MemberOnly) {
		n.do(n.Staff, func(tx *postgres.Tx) (err error) {
			list, err = store.MembersOnly(t.Context(), tx, n.Staff, store.Of{Organiser: w.Organiser, Child: child.ID})
			return err
		})
		return list
	}
	if got := only(); len(got) != 1 || got[0].BirthDate != birth || got[0].Adult != head.ID {
		t.Errorf("whose place should be asked for: %+v", got)
	}
	sibling := n.Client(n.hetu(birth))
	of := store.Of{Organiser: w.Organiser, Child: sibling.ID}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		if err := store.AddChild(t.Context(), tx, n.Staff, of); err != nil {
			return err
		}
		if _, err := store.SaveHead(t.Context(), tx, n.Staff, store.Head{Of: of, Saved: store.Saved{Period: always}, Adult: head.ID}); err != nil {
			return err
		}
		_, err := store.SavePlacement(t.Context(), tx, n.Staff, store.Placement{Of: of, Saved: store.Saved{Period: period(start, until)}, Unit: w.OtherUnit, Kind: "DAYCARE"})
		return err
	})
	if got := n.pieces(child); len(got) != 1 || got[0].own != 7500 || got[0].size != 3 || got[0].no != 2 {
		t.Errorf("with a sibling whose place another municipality pays: %+v", got)
	}
	if got := only(); len(got) != 0 {
		t.Errorf("a sibling with a place is still asked for: %+v", got)
	}
	if got := n.pieces(sibling); len(got) != 0 {
		t.Errorf("a decision on a place without a voucher: %+v", got)
	}
}

// Days that the rules leave open are tasks, each with its own reason; days around them are decided.
func TestDaysThatTheRulesLeaveOpenAreTasks(t *testing.T) {
	t.Parallel()
	n := bare(t)
	begins, hole, goesOn := calendar.Day(2026, 2, 1), calendar.Day(2026, 4, 1), calendar.Day(2026, 5, 1)
	p, err := profile.Load("oulu")
	must(t, err)
	last := hole - 1
	for _, list := range []*[]profile.Value{&p.BaseValues, &p.Values} {
		for i, v := range *list {
			if v.To == nil {
				(*list)[i].To, v.From = &last, goesOn
				*list = append(*list, v)
			}
		}
	}
	var r store.Rules
	n.do(n.main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, n.main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: begins, Profile: p})
		return err
	})
	n.do(n.second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, n.second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	n.price()
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err = n.place(child, w.Unit, always)
	must(t, err)
	got := n.pieces(child)
	july := calendar.Day(2026, 8, 1) // the country's figures end
	if len(got) != 2 || got[0].from != begins || got[0].to != hole || got[1].from != goesOn || got[1].to != july {
		t.Errorf("drafts %+v", got)
	}
	want := map[daycare.GapReason]calendar.Period{store.NoRules: period(start, begins), daycare.NoBaseValue: period(hole, goesOn), daycare.NoThresholds: period(july, calendar.Forever)}
	tasks := n.tasks(child)
	for _, x := range tasks {
		if w := want[x.Reason]; w.From != x.Period.From || x.Reason != daycare.NoThresholds && w.To != x.Period.To {
			t.Errorf("task %+v, want %v", x, w)
		}
		delete(want, x.Reason)
	}
	if len(want) != 0 {
		t.Errorf("no task of %v among %+v", want, tasks)
	}
}

// Where the own share is above the value the municipality pays nothing, never less, and the decision and a task say so.
func TestAValueBelowTheOwnSharePaysNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	n := bare(t)
	n.publish("oulu", func(p *profile.Profile) {
		for i := range p.Values {
			p.Values[i].OverThree, p.Values[i].UnderThree = 20000, 20000
		}
	})
	n.price()
	child, _ := n.child(calendar.Day(2022, 3, 3), 900000)
	_, err := n.place(child, w.Unit, period(start, calendar.Day(2026, 8, 1)))
	must(t, err)
	n.sweep()
	list := n.drafts()
	if len(list) != 1 || list[0].Value != 20000 || list[0].OwnShare != 31100 || list[0].Payable != 0 {
		t.Fatalf("drafts %+v", list)
	}
	tasks := n.tasks(child)
	if len(tasks) != 1 || tasks[0].Reason != daycare.OwnShareAbove || tasks[0].Period != list[0].Period {
		t.Errorf("tasks %+v", tasks)
	}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		_, why, err := store.ReadDraft(t.Context(), tx, n.Staff, w.Organiser, list[0].ID)
		if last := why.Explanation[len(why.Explanation)-1]; last.Key != "daycare.step.paid_none" || last.Result != money.Cents(0) {
			t.Errorf("the last step is %+v", last)
		}
		return err
	})
	n.sendAll()
	must(t, n.close(month(1)))
	if rows := n.rows(month(1), w.Unit); len(rows) > 0 && slices.ContainsFunc(rows, func(r store.Row) bool { return r.Amount != 0 }) {
		t.Errorf("rows %+v", rows)
	}
}

// A child born in 2020 starts school on 1.8.2027: an open place is asked nothing after it, one with a later end of its own is.
func TestOpenPlaceEndsWhenSchoolBegins(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	last := func(p calendar.Period) (to calendar.Date) {
		child, _ := n.child(calendar.Day(2020, 5, 5)+calendar.Date(n.n), 450000)
		_, err := n.place(child, w.Unit, p)
		must(t, err)
		n.regenerate(child.ID)
		for _, d := range n.drafts() {
			if d.Child == child.ID {
				to = max(to, d.Period.To)
			}
		}
		n.do(n.Staff, func(tx *postgres.Tx) error {
			tasks, err := store.Tasks(t.Context(), tx, n.Staff, w.Organiser, []int64{child.ID})
			for _, x := range tasks {
				to = max(to, x.Period.To)
			}
			return err
		})
		return to
	}
	if got := last(always); got != calendar.Day(2027, 8, 1) {
		t.Errorf("an open place lasts until %s", got)
	}
	if p := (calendar.Period{From: start, To: calendar.Day(2028, 8, 1)}); last(p) != p.To {
		t.Error("a place with an end of its own is cut")
	}
}
