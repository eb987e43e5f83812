package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
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
	p := store.Price{Option: "full_time", From: start, Over: 110000, Under: 180000}
	for _, unit := range []int64{w.Unit, w.OtherUnit} {
		p.Unit = unit
		n.do(n.Staff, func(tx *postgres.Tx) error { return store.TellPrice(t.Context(), tx, n.Staff, w.Organiser, p) })
	}
	return n
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
	return run
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
		if len(tasks) != 1 || tasks[0].Reason != daycare.NoThresholds {
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

func TestRulesNeedASecondPersonAndPricesTheModel(t *testing.T) {
	t.Parallel()
	n := bare(t)
	p, err := profile.Load("tampere")
	must(t, err)
	in := store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: start, Profile: p}
	var r store.Rules
	n.do(n.main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, n.main, in)
		return err
	})
	try := func(by access.Actor, version int32) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			_, err := store.PublishRules(t.Context(), tx, by, w.Organiser, r.ID, version)
			return err
		})
	}
	faulttest.Want(t, try(n.main, r.RowVersion), "DAY-083")
	faulttest.Want(t, try(n.second, r.RowVersion+1), "DAY-071")
	faulttest.Want(t, n.Try(n.main, func(tx *postgres.Tx) error { _, err := store.DraftRules(t.Context(), tx, n.main, in); return err }), "DAY-099")
	must(t, try(n.second, r.RowVersion))
	tell := func(p store.Price) error {
		p.Unit, p.Option = w.Unit, "hours_of_nobody"
		return n.Try(n.provider, func(tx *postgres.Tx) error { return store.TellPrice(t.Context(), tx, n.provider, w.Organiser, p) })
	}
	today := calendar.Day(2026, 6, 29)
	opt := p.Options[0].Code
	model, _ := p.PriceModelOn(today)
	err = n.Try(n.provider, func(tx *postgres.Tx) error {
		return store.TellPrice(t.Context(), tx, n.provider, w.Organiser, store.Price{Unit: w.Unit, Option: opt, From: today - 1, Over: 1, Under: 1})
	})
	faulttest.Want(t, err, "DAY-097")
	err = tell(store.Price{From: today, Over: 1, Under: 1})
	faulttest.Want(t, err, "DAY-002")
	if model.Model.NeedsPrice() {
		err = n.Try(n.provider, func(tx *postgres.Tx) error {
			return store.TellPrice(t.Context(), tx, n.provider, w.Organiser, store.Price{Unit: w.Unit, Option: opt, From: today})
		})
		faulttest.Want(t, err, "DAY-005")
	}
	other := n.Recorder(w.OtherProvider)
	err = n.Try(other, func(tx *postgres.Tx) error {
		return store.TellPrice(t.Context(), tx, other, w.Organiser, store.Price{Unit: w.Unit, Option: opt, From: today, Over: 100, Under: 100})
	})
	faulttest.Want(t, err, "DAY-077")
}

func TestObjectedRowWaitsForItsAnswerAndSilenceApproves(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	var kids []client.Client
	for i := range 2 {
		child, _ := n.child(calendar.Day(2022, 3, 3)+calendar.Date(i), 450000)
		_, err := n.place(child, w.Unit, always)
		must(t, err)
		kids = append(kids, child)
	}
	n.regenerate(kids[0].ID, kids[1].ID)
	n.sendAll()
	must(t, n.close(month(1)))
	rows := n.rows(month(1), w.Unit)
	object := func(by access.Actor) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			return store.Object(t.Context(), tx, by, w.Organiser, rows[0].ID, "Lapsi aloitti vasta 7.1.")
		})
	}
	faulttest.Want(t, object(n.Recorder(w.OtherProvider)), "DAY-093")
	must(t, object(n.provider))
	faulttest.Want(t, object(n.provider), "DAY-095")
	must(t, n.approve(month(1), w.Unit))
	faulttest.Want(t, n.approve(month(1), w.Unit), "DAY-094")
	posted := func() int { return n.Count(`select count(*) from posting where source_kind = 8`) }
	if posted() != 1 {
		t.Errorf("%d postings while one row waits", posted())
	}
	answer := func() error {
		return n.Try(n.Staff, func(tx *postgres.Tx) error {
			return store.Answer(t.Context(), tx, n.Staff, w.Organiser, rows[0].ID, "Paikka on varattu 1.1. alkaen.")
		})
	}
	must(t, answer())
	faulttest.Want(t, answer(), "DAY-096")
	if posted() != 2 {
		t.Errorf("%d postings after the answer", posted())
	}
	must(t, n.close(month(2)))
	silent := func() (count int) {
		n.do(n.preparer, func(tx *postgres.Tx) (err error) {
			count, err = store.ApproveSilent(t.Context(), tx, n.preparer, w.Organiser)
			return err
		})
		return count
	}
	if silent() != 0 {
		t.Error("silence approved before its day")
	}
	n.clock.Set(n.clock.Now().AddDate(0, 0, 8))
	if silent() != 1 || posted() != 4 {
		t.Errorf("silence left %d postings", posted())
	}
}

// A month paid twice over comes back: the provider's sum is below nothing, is carried, and the next months take it.
func TestNegativeSumIsCarriedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	made := n.sendAll()[0]
	must(t, n.close(month(1)))
	must(t, n.approve(month(1), w.Unit))
	n.settle(made.Payable)
	n.do(n.Staff, func(tx *postgres.Tx) error {
		return store.End(t.Context(), tx, n.Staff, store.EndInput{Organiser: w.Organiser, Child: child.ID, Decision: made.ID, To: start, Reason: "Lapsi ei aloittanut."})
	})
	must(t, n.close(month(2)))
	must(t, n.approve(month(2), w.Unit))
	var run settlement.Run
	n.do(n.preparer, func(tx *postgres.Tx) (err error) {
		run, err = settlement.Calculate(t.Context(), tx, n.preparer, settlement.CalculateInput{Organiser: w.Organiser, Key: "2026-05"})
		return err
	})
	if run.Pay != 0 || run.Credit != made.Payable {
		t.Errorf("run %+v", run)
	}
	if n.Count(`select count(*) from statement where disposition = 'carried' and net_cents < 0`) != 1 {
		t.Error("nothing is carried")
	}
}

func TestOrganisersAndProvidersSeeTheirOwnRows(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, head := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	n.sendAll()
	must(t, n.close(month(1)))
	count := func(s postgres.Scoped, table string) (c int) {
		t.Helper()
		must(t, n.DB.Read(t.Context(), s, func(tx *postgres.Tx) error {
			return tx.QueryRow(t.Context(), `select count(*) from `+table).Scan(&c)
		}))
		return c
	}
	stranger := access.Actor{Account: 99, Name: "Vieras", Role: access.Caseworker, Organiser: 2}
	for _, table := range []string{"daycare_child", "daycare_placement", "daycare_decision", "daycare_month_row", "daycare_decision_basis", "daycare_price", "daycare_head"} {
		if count(n.Staff, table) == 0 || count(stranger, table) != 0 {
			t.Errorf("%s: own %d, another organiser %d", table, count(n.Staff, table), count(stranger, table))
		}
	}
	for table, own := range map[string]bool{"daycare_placement": true, "daycare_decision": true, "daycare_month_row": true, "daycare_statement": true, "daycare_decision_basis": false, "daycare_child": false, "daycare_head": false} {
		if (count(n.provider, table) > 0) != own || count(n.Recorder(w.OtherProvider), table) > 0 && table != "daycare_price" {
			t.Errorf("%s: the provider sees %d, another %d", table, count(n.provider, table), count(n.Recorder(w.OtherProvider), table))
		}
	}
	if count(n.Self(child), "daycare_decision") != 1 || count(n.Self(head), "daycare_decision") != 0 {
		t.Error("a decision is for the child it is about")
	}
	if n.Count(`select count(*) from access_log where what = 'income'`) == 0 {
		t.Error("incomes were read and nobody noted it")
	}
	err = n.DB.Tenant(t.Context(), n.Staff, func(tx *postgres.Tx) error {
		_, err := tx.Exec(t.Context(), `update daycare_month_row set row_cents = 0`)
		return err
	})
	if err == nil {
		t.Error("the program can change a row of a closed month")
	}
}

// Whatever is entered, sent and closed in whatever order: in the end every closed month has been paid exactly what the last word on each
// day says, no day twice.
func TestAnySequenceOfChangesAndClosesPaysTheFinalTruth(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			walk(t, seed)
		})
	}
}

type truth struct {
	child, head client.Client
	incomes     []money.Cents // by day of the half-year
	unit        []int64       // 0 = no place
	placement   int64
	version     int32
}

func walk(t *testing.T, seed uint64) {
	n := open(t, "oulu")
	r := rand.New(rand.NewPCG(seed, 1))
	const days = 181
	var all []*truth
	for i := range 3 {
		child, head := n.child(calendar.Day(2022, 3, 3)+calendar.Date(200*i), 450000)
		x := &truth{child: child, head: head, incomes: make([]money.Cents, days), unit: make([]int64, days)}
		for d := range days {
			x.incomes[d] = 450000
		}
		all = append(all, x)
	}
	closed := 0
	for range 25 {
		x := all[r.IntN(len(all))]
		from := r.IntN(days - 1)
		switch r.IntN(5) {
		case 0, 1: // an income from a day on
			n.moveIncome(x, from, money.Cents(300000+100*r.IntN(3000)))
		case 2: // the place begins, moves or ends
			unit := []int64{w.Unit, w.OtherUnit, 0}[r.IntN(3)]
			n.movePlace(x, from, unit)
		case 3:
			n.regenerate(x.child.ID)
			n.sendAll()
		case 4:
			if closed < 6 {
				closed++
				must(t, n.close(month(closed)))
			}
		}
	}
	for _, x := range all {
		n.regenerate(x.child.ID)
	}
	n.sendAll()
	n.clock.Set(n.clock.Now().AddDate(0, 1, 0))
	for closed < 7 { // July takes the last differences
		closed++
		must(t, n.close(month(closed)))
	}
	for _, x := range all {
		n.check(x, seed)
	}
	for m := 1; m <= 7; m++ {
		for _, unit := range []int64{w.Unit, w.OtherUnit} {
			by := n.provider
			if unit == w.OtherUnit {
				by = n.Recorder(w.OtherProvider)
			}
			err := n.Try(by, func(tx *postgres.Tx) error { return store.Approve(t.Context(), tx, by, w.Organiser, month(m), unit) })
			if err != nil {
				faulttest.Want(t, err, "DAY-093") // the unit had nothing in the month
			}
		}
	}
	if a, b := n.Count(`select coalesce(sum(row_cents), 0) from daycare_month_row`), n.Count(`select coalesce(sum(case when credit_kind = 11 then amount_cents else -amount_cents end), 0) from posting where source_kind = 8`); a != b {
		t.Errorf("rows of %d, postings of %d", a, b)
	}
}

func (n *nursery) moveIncome(x *truth, from int, cents money.Cents) {
	n.t.Helper()
	day := start + calendar.Date(from)
	for _, i := range n.household(x.head).Items {
		switch {
		case i.Period.From >= day:
			n.do(n.Staff, func(tx *postgres.Tx) error {
				return household.RemoveItem(n.t.Context(), tx, n.Staff, household.RemoveInput{Organiser: w.Organiser, Client: x.head.ID, ID: i.ID, RowVersion: i.RowVersion})
			})
		case i.Period.To > day:
			n.income(x.head, i.Cents, calendar.Period{From: i.Period.From, To: day}, i.ID, i.RowVersion)
		}
	}
	n.income(x.head, cents, calendar.Period{From: day, To: calendar.Forever}, 0, 0)
	for d := from; d < len(x.incomes); d++ {
		x.incomes[d] = cents
	}
}

func (n *nursery) movePlace(x *truth, from int, unit int64) {
	n.t.Helper()
	day := start + calendar.Date(from)
	rows, err := n.Owner.Query(n.t.Context(), `select placement_id, row_version, unit_id, valid_from, valid_to from daycare_placement where child_id = $1 and voided_at is null and valid_to > $2`, x.child.ID, day)
	must(n.t, err)
	type row struct {
		id      int64
		version int32
		unit    int64
		p       calendar.Period
	}
	var list []row
	for rows.Next() {
		var r row
		must(n.t, rows.Scan(&r.id, &r.version, &r.unit, &r.p.From, &r.p.To))
		list = append(list, r)
	}
	for _, r := range list {
		s := store.Saved{ID: r.id, RowVersion: r.version, Period: calendar.Period{From: r.p.From, To: day}}
		if r.p.From >= day {
			s.Period, s.Remove = r.p, true
		}
		n.do(n.Staff, func(tx *postgres.Tx) error {
			_, err := store.SavePlacement(n.t.Context(), tx, n.Staff, store.Placement{Of: store.Of{Organiser: w.Organiser, Child: x.child.ID}, Saved: s, Unit: r.unit, Kind: "DAYCARE", Voucher: true})
			return err
		})
	}
	if unit != 0 {
		_, err := n.place(x.child, unit, calendar.Period{From: day, To: calendar.Forever})
		must(n.t, err)
	}
	for d := from; d < len(x.unit); d++ {
		x.unit[d] = unit
	}
}

// check recomputes what holds on every day from the days alone, by the thresholds and values of the profile and nothing that the store
// keeps, and what the months must have paid from the decisions that hold.
func (n *nursery) check(x *truth, seed uint64) {
	n.t.Helper()
	p, err := profile.Load("oulu")
	must(n.t, err)
	national, err := profile.National()
	must(n.t, err)
	rules := p.Rules(national)
	payable := func(day calendar.Date) (int64, money.Cents) {
		d := int(day - start)
		if x.unit[d] == 0 {
			return 0, 0
		}
		on, reason := rules.On(day)
		if reason != "" {
			n.t.Fatal(reason)
		}
		o, err := on.Decide(daycare.Moment{FamilySize: 2, Adults: []*money.Cents{&x.incomes[d]}, Ordinal: 1, UnderThree: day < daycare.OverThreeFrom(x.child.BirthDate), Option: "full_time", Support: money.MustRate("1")})
		must(n.t, err)
		return x.unit[d], max(0, o.Value-o.FinalOwnShare)
	}
	held := n.held(x.child.ID)
	for m := 1; m <= 6; m++ {
		days := month(m).Period()
		var due money.Cents
		for day := days.From; day < days.To; day++ {
			unit, cents := payable(day)
			var found []decided
			for _, h := range held {
				if h.Contains(day) {
					found = append(found, h)
				}
			}
			if unit == 0 && len(found) != 0 || unit != 0 && (len(found) != 1 || found[0].unit != unit || found[0].payable != cents) {
				n.t.Fatalf("seed %d, child %d, %s: unit %d and %d cents, decided %+v", seed, x.child.ID, day, unit, cents, found)
			}
		}
		for _, h := range held {
			due += daycare.MonthShare(h.payable, daycare.OperationalDays(h.Meet(days)), daycare.OperationalDays(days))
		}
		paid := n.Count(`select coalesce(sum(row_cents), 0) from daycare_month_row where child_id = $1 and valid_from >= $2 and valid_from < $3`, x.child.ID, days.From, days.To)
		if int(due) != paid {
			n.t.Errorf("seed %d, child %d, %s: paid %d, the truth is %d", seed, x.child.ID, month(m), paid, due)
		}
	}
	twice := n.Count(`with standing as (select * from daycare_month_row r where kind <> 'REFUND' and not exists (select 1 from daycare_month_row y where y.organiser_id = r.organiser_id and y.refunds_row = r.row_id))
		select count(*) from standing a join standing b on a.child_id = b.child_id and a.row_id < b.row_id and daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)`)
	if twice != 0 {
		n.t.Errorf("seed %d: %d days stand twice", seed, twice)
	}
}

// decided is an effective decision.
type decided struct {
	calendar.Period
	unit    int64
	payable money.Cents
}

func (n *nursery) held(child int64) (list []decided) {
	n.t.Helper()
	rows, err := n.Owner.Query(n.t.Context(), `select d.unit_id, d.payable_cents, d.valid_from, coalesce((select e.valid_to from daycare_decision_end e
		where e.value_decision_id = d.value_decision_id order by e.end_no desc limit 1), d.valid_to) from daycare_decision d where d.child_id = $1`, child)
	must(n.t, err)
	defer rows.Close()
	for rows.Next() {
		var d decided
		must(n.t, rows.Scan(&d.unit, &d.payable, &d.From, &d.To))
		if !d.Empty() {
			list = append(list, d)
		}
	}
	must(n.t, rows.Err())
	return list
}
