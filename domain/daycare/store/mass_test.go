package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// carry delivers the orders as the program's job does.
func (n *nursery) carry() {
	n.t.Helper()
	_, err := job.DeliverOutbox(n.t.Context(), n.DB, []int32{w.Organiser}, store.SendingHandlers(n.DB, n.Means.Texts))
	must(n.t, err)
}

func (n *nursery) order(in store.OrderInput) (id int64, err error) {
	in.Organiser = w.Organiser
	err = n.Try(n.Staff, func(tx *postgres.Tx) (err error) {
		id, err = store.Order(n.t.Context(), tx, n.Staff, in)
		return err
	})
	return id, err
}

// Many drafts are sent in the name of who ordered it; one that is refused says why and stays, one that is sent twice is sent once.
func TestManyDraftsAreSentAndTheRefusedSayWhy(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	for i := range 4 {
		child, _ := n.child(calendar.Day(2022, 3, 3)+calendar.Date(i), 450000)
		from := start
		if i == 3 {
			from = calendar.Day(2026, 12, 1) // too far ahead
		}
		_, err := n.place(child, w.Unit, calendar.Period{From: from, To: calendar.Day(2027, 1, 1)})
		must(t, err)
	}
	n.sweep()
	drafts := n.drafts()
	if len(drafts) < 3 {
		t.Fatalf("drafts %+v", drafts)
	}
	_, err := n.order(store.OrderInput{Reasons: "Hinnasto on muuttunut."})
	faulttest.Want(t, err, "DAY-100")
	n.do(n.Staff, func(tx *postgres.Tx) error {
		return store.Ignore(t.Context(), tx, n.Staff, w.Organiser, drafts[0].ID, "Odotetaan tuloja.")
	})
	id, err := n.order(store.OrderInput{Office: "palveluohjaaja"})
	must(t, err)
	_, err = n.order(store.OrderInput{Office: "palveluohjaaja"})
	faulttest.Want(t, err, "DAY-086") // the first order has them
	// While the order waits, one of the drafts is made anew: its line says that it is gone.
	n.Exec(`delete from daycare_draft where draft_id = $1`, drafts[1].ID)
	n.carry()
	n.Exec(`update outbox set sent_at = null, next_at = now() - interval '1 day' where topic = 'daycare.sending'`)
	n.carry()
	n.do(n.Staff, func(tx *postgres.Tx) error {
		s, lines, err := store.SendingOf(t.Context(), tx, n.Staff, w.Organiser, id, store.SendingPage{Most: 10})
		if s.Drafts != len(drafts)-1 || s.Handled != s.Drafts || s.Refused != 1 || len(lines) != s.Drafts || s.Sent == 0 {
			t.Errorf("order %+v, lines %+v", s, lines)
		}
		_, refused, err2 := store.SendingOf(t.Context(), tx, n.Staff, w.Organiser, id, store.SendingPage{Refused: true, Most: 10})
		if len(refused) != 1 || refused[0].Refusal != "DAY-086" || refused[0].Told.Key != "daycare.draft.gone" || refused[0].Draft != drafts[1].ID {
			t.Errorf("refused %+v", refused)
		}
		must(t, err2)
		return err
	})
	if sent, letters := n.Count(`select count(*) from daycare_decision`), n.Count(`select count(*) from decision where subject_kind = 'daycare_decision' and made_by = $1`, n.Staff.Name); sent != len(drafts)-2 || letters != sent {
		t.Errorf("%d sent with %d letters of %d drafts", sent, letters, len(drafts))
	}
	faulttest.Want(t, n.Try(n.Checker, func(tx *postgres.Tx) error {
		_, err := store.Sendings(t.Context(), tx, n.Checker, w.Organiser)
		return err
	}), "ACC-001")
}

// Drafts that begin further ahead than the rules allow are neither counted among the work nor ordered, and say when their day comes.
func TestOnlyWhatCanBeSentTodayIsCountedAndOrdered(t *testing.T) {
	t.Parallel()
	n := bare(t)
	n.publish("oulu", func(p *profile.Profile) { p.MaxDaysAhead = 10 })
	n.price()
	today := calendar.Day(2026, 6, 29)
	begins := []calendar.Date{start, today + 10, today + 11}
	for i, from := range begins {
		child, _ := n.child(calendar.Day(2022, 3, 3)+calendar.Date(i), 450000)
		_, err := n.place(child, w.Unit, calendar.Period{From: from, To: calendar.Day(2026, 8, 1)})
		must(t, err)
	}
	n.sweep()
	all := n.drafts()
	if len(all) != 3 {
		t.Fatalf("drafts %+v", all)
	}
	for _, d := range all {
		if d.SendFrom != d.Period.From-10 {
			t.Errorf("a draft from %s may be sent from %s", d.Period.From, d.SendFrom)
		}
	}
	f := store.DraftFilter{Organiser: w.Organiser, OnlySendable: true, Most: 10}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		list, err := store.ListDrafts(t.Context(), tx, n.Staff, f)
		must(t, err)
		if len(list) != 2 || list[0].Period.From > today+10 || list[1].Period.From > today+10 {
			t.Errorf("can be sent: %+v", list)
		}
		sum, err := store.CountDrafts(t.Context(), tx, n.Staff, f)
		must(t, err)
		work, err := store.Work(t.Context(), tx, n.Staff, w.Organiser)
		if sum.Drafts != 2 || work.Drafts != 2 {
			t.Errorf("%d counted, %d among the work", sum.Drafts, work.Drafts)
		}
		return err
	})
	id, err := n.order(store.OrderInput{DraftFilter: f, Office: "palveluohjaaja"})
	must(t, err)
	n.carry()
	n.do(n.Staff, func(tx *postgres.Tx) error {
		s, _, err := store.SendingOf(t.Context(), tx, n.Staff, w.Organiser, id, store.SendingPage{Most: 10})
		if s.Drafts != 2 || s.Handled != 2 || s.Refused != 0 {
			t.Errorf("order %+v", s)
		}
		return err
	})
	if left := n.drafts(); len(left) != 1 || left[0].Period.From != today+11 {
		t.Errorf("left %+v", left)
	}
}
