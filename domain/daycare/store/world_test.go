package store_test

import (
	"fmt"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/ledger"
	"seteli/domain/settlement"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// nursery is the world's organiser as a municipality of early education, on 2026-06-29.
type nursery struct {
	*w.World
	t        testing.TB
	clock    *calendar.Fixed
	main     access.Actor
	second   access.Actor
	preparer access.Actor
	approver access.Actor
	provider access.Actor
	n        int
}

var (
	start  = calendar.Day(2026, 1, 1)
	always = calendar.Period{From: start, To: calendar.Forever}
)

func bare(t testing.TB) *nursery {
	clock := calendar.Noon(calendar.Day(2026, 6, 29))
	n := &nursery{World: w.New(t, postgrestest.Clock(clock)), t: t, clock: clock}
	actor := func(account int64, name string, role access.Role) access.Actor {
		return access.Actor{Account: account, Name: name, Role: role, Organiser: w.Organiser}
	}
	n.main, n.second = actor(21, "Päivi Pihlajavuo", access.MainUser), actor(22, "Matti Metsola", access.MainUser)
	n.preparer, n.approver = actor(23, "Vilma Valmistelija", access.SettlementPreparer), actor(24, "Heikki Hyväksyjä", access.SettlementApprover)
	n.provider = n.Recorder(w.Provider)
	return n
}

// open is a municipality on a shipped profile with a price for the world's two units.
func open(t testing.TB, name string) *nursery {
	n := bare(t)
	n.publish(name, nil)
	n.price()
	return n
}

func (n *nursery) price() {
	n.t.Helper()
	p := store.Price{Option: "full_time", From: start, Over: 110000, Under: 180000}
	for _, unit := range []int64{w.Unit, w.OtherUnit} {
		p.Unit = unit
		n.do(n.Staff, func(tx *postgres.Tx) error { return store.TellPrice(n.t.Context(), tx, n.Staff, w.Organiser, p) })
	}
}

func (n *nursery) do(by access.Actor, fn func(*postgres.Tx) error) {
	n.t.Helper()
	n.Do(by, fn)
}

func (n *nursery) publish(name string, change func(*profile.Profile)) {
	n.t.Helper()
	p, err := profile.Load(name)
	if err != nil {
		n.t.Fatal(err)
	}
	if change != nil {
		change(&p)
	}
	var r store.Rules
	n.do(n.main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(n.t.Context(), tx, n.main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: start, Profile: p})
		return err
	})
	n.do(n.second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(n.t.Context(), tx, n.second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
}

// hetu makes an invented identity code of the day.
func (n *nursery) hetu(birth calendar.Date) string {
	n.n++
	year, month, day := birth.Civil()
	number := fmt.Sprintf("%02d%02d%02d%d", day, month, year%100, 900+n.n%100)
	var digits int
	fmt.Sscan("1"+number, &digits)
	digits -= 1_000_000_000
	sign := "-"
	if year >= 2000 {
		sign = "A"
	}
	return number[:6] + sign + number[6:] + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[digits%31])
}

// child adds a child with a head of its own household and an income.
func (n *nursery) child(birth calendar.Date, income money.Cents) (child, head client.Client) {
	n.t.Helper()
	head = n.Client(n.hetu(calendar.Day(1990, 5, 5) + calendar.Date(n.n)))
	child = n.Client(n.hetu(birth))
	n.do(n.Staff, func(tx *postgres.Tx) error {
		of := store.Of{Organiser: w.Organiser, Child: child.ID}
		if err := store.AddChild(n.t.Context(), tx, n.Staff, of); err != nil {
			return err
		}
		_, err := store.SaveHead(n.t.Context(), tx, n.Staff, store.Head{Of: of, Saved: store.Saved{Period: always}, Adult: head.ID})
		return err
	})
	if income >= 0 {
		n.income(head, income, always, 0, 0)
	}
	return child, head
}

// income records an income, or changes the one with the id.
func (n *nursery) income(head client.Client, cents money.Cents, p calendar.Period, id int64, version int32) household.Household {
	n.t.Helper()
	var h household.Household
	n.do(n.Staff, func(tx *postgres.Tx) (err error) {
		h, err = household.SaveItem(n.t.Context(), tx, n.Staff, household.ItemInput{Organiser: w.Organiser, Client: head.ID, Item: household.Item{ID: id, RowVersion: version,
			Kind: "earned", Per: "month", Cents: cents, Source: household.FromClient, Period: p, Payer: fmt.Sprint("Työ ", p.From)}})
		return err
	})
	return h
}

func (n *nursery) place(child client.Client, unit int64, p calendar.Period) (store.Placed, error) {
	var placed store.Placed
	err := n.Try(n.Staff, func(tx *postgres.Tx) (err error) {
		placed, err = store.SavePlacement(n.t.Context(), tx, n.Staff, store.Placement{Of: store.Of{Organiser: w.Organiser, Child: child.ID}, Saved: store.Saved{Period: p}, Unit: unit,
			Kind: "DAYCARE", Voucher: true})
		return err
	})
	return placed, err
}

func (n *nursery) regenerate(children ...int64) (told store.Regenerated) {
	n.t.Helper()
	n.do(n.Staff, func(tx *postgres.Tx) (err error) {
		told, err = store.Regenerate(n.t.Context(), tx, n.Staff, w.Organiser, children)
		return err
	})
	return told
}

func (n *nursery) drafts() (list []store.Draft) {
	n.t.Helper()
	n.do(n.Staff, func(tx *postgres.Tx) (err error) {
		list, err = store.ListDrafts(n.t.Context(), tx, n.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 1000})
		return err
	})
	return list
}

// sendAll sends every draft and ends what should end.
func (n *nursery) sendAll() (made []store.Decision) {
	n.t.Helper()
	for _, d := range n.drafts() {
		n.do(n.Staff, func(tx *postgres.Tx) error {
			one, err := store.Send(n.t.Context(), tx, n.Staff, n.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: d.Child, Drafts: []int64{d.ID}, Office: "palveluohjaaja"})
			made = append(made, one...)
			return err
		})
	}
	n.do(n.Staff, func(tx *postgres.Tx) error {
		list, err := store.Endings(n.t.Context(), tx, n.Staff, w.Organiser)
		if err != nil {
			return err
		}
		for _, e := range list {
			err := store.End(n.t.Context(), tx, n.Staff, store.EndInput{Organiser: w.Organiser, Child: e.Child, Decision: e.Decision, To: e.Period.To, Reason: "Paikka päättyi."})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return made
}

func month(m int) calendar.Month {
	return calendar.MonthOf(calendar.Day(2026, 1, 1)) + calendar.Month(m-1)
}

func (n *nursery) close(m calendar.Month) error {
	return n.Try(n.preparer, func(tx *postgres.Tx) error {
		_, err := store.Close(n.t.Context(), tx, n.preparer, w.Organiser, m)
		return err
	})
}

func (n *nursery) rows(m calendar.Month, unit int64) (list []store.Row) {
	n.t.Helper()
	n.do(n.preparer, func(tx *postgres.Tx) (err error) {
		list, err = store.Rows(n.t.Context(), tx, n.preparer, w.Organiser, m, unit)
		return err
	})
	return list
}

func (n *nursery) approve(m calendar.Month, unit int64) error {
	return n.Try(n.provider, func(tx *postgres.Tx) error {
		return store.Approve(n.t.Context(), tx, n.provider, w.Organiser, m, unit)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (n *nursery) household(head client.Client) (h household.Household) {
	n.t.Helper()
	n.do(n.Staff, func(tx *postgres.Tx) (err error) {
		h, err = household.Of(n.t.Context(), tx, n.Staff, w.Organiser, head.ID)
		return err
	})
	return h
}

// settle runs the settlement of the organiser and compares what it pays; every replay agrees.
func (n *nursery) settle(want money.Cents) settlement.Run {
	n.t.Helper()
	n.Exec(`update provider set iban = 'FI2112345600000785', iban_holder = 'Hoiva Keksitty Oy'`)
	var run settlement.Run
	n.do(n.preparer, func(tx *postgres.Tx) (err error) {
		if run, err = settlement.Calculate(n.t.Context(), tx, n.preparer, settlement.CalculateInput{Organiser: w.Organiser, Key: "2026-06"}); err != nil {
			return err
		}
		lines, err := settlement.Lines(n.t.Context(), tx, n.preparer, w.Organiser, run.No, w.Provider)
		if err != nil {
			return err
		}
		var sum money.Cents
		for _, l := range lines {
			sum += l.Amount
		}
		if sum != run.Gross-run.Credit || int64(len(lines)) != run.Lines {
			n.t.Errorf("%d lines of %d, run of %d lines and %d", len(lines), sum, run.Lines, run.Gross-run.Credit)
		}
		return nil
	})
	if run.Pay != want {
		n.t.Errorf("the run pays %d, want %d", run.Pay, want)
	}
	n.verified()
	return run
}

// verified replays the months, the ledger and the settlement: all agree.
func (n *nursery) verified() {
	n.t.Helper()
	n.do(n.preparer, func(tx *postgres.Tx) error {
		for _, verify := range []func() ([]ledger.Difference, error){
			func() ([]ledger.Difference, error) { return store.Verify(n.t.Context(), tx, w.Organiser) },
			func() ([]ledger.Difference, error) { return ledger.Verify(n.t.Context(), tx, w.Organiser) },
			func() ([]ledger.Difference, error) { return settlement.Verify(n.t.Context(), tx, w.Organiser) },
		} {
			if list, err := verify(); err != nil || len(list) > 0 {
				n.t.Errorf("%v, %v", list, err)
			}
		}
		return nil
	})
}

func period(from, to calendar.Date) calendar.Period { return calendar.Period{From: from, To: to} }
