package guidance_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func TestFamilyAppliesAcceptsAndHasItsDecision(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, adult, self := n.family(calendar.Day(2022, 3, 3))
	n.income(adult, 450000)
	start := calendar.Day(2026, 6, 8)
	a := n.applied(self, c, start, w.Unit, w.OtherUnit)
	if *a.Due != start || a.State != guidance.Sent {
		t.Fatalf("%s, due %s", a.State, *a.Due)
	}
	p, err := n.propose(a, w.Unit)
	must(t, err)
	must(t, n.unitSays(p, true, ""))
	n.staff(func(tx *postgres.Tx) (err error) {
		p, err = guidance.Offer(t.Context(), tx, n.Staff, guidance.OfferInput{Organiser: w.Organiser, Proposal: p.ID, RowVersion: 2, Office: "palveluohjaaja"})
		return err
	})
	if *p.AnswerBy != today+14 {
		t.Errorf("answer by %s", *p.AnswerBy)
	}
	must(t, n.answer(self, p, true, false))
	if got := n.get(self, a.ID); got.State != guidance.PlaceHeld || got.EndedAt == nil {
		t.Errorf("the application is %s", got.State)
	}
	var drafts []store.Draft
	n.staff(func(tx *postgres.Tx) (err error) {
		drafts, err = store.ListDrafts(t.Context(), tx, n.Staff, store.DraftFilter{Organiser: w.Organiser, Most: 10})
		return err
	})
	if len(drafts) != 1 || drafts[0].Period.From != start || drafts[0].Unit != w.Unit || drafts[0].Value != 96500 {
		t.Fatalf("drafts %+v", drafts)
	}
	var made []store.Decision
	n.clock.Set(calendar.Noon(start).Now())
	n.staff(func(tx *postgres.Tx) (err error) {
		made, err = store.Send(t.Context(), tx, n.Staff, n.Means.Texts, store.SendInput{Organiser: w.Organiser, Child: c.ID, Drafts: []int64{drafts[0].ID}, Office: "palveluohjaaja"})
		return err
	})
	n.Do(self, func(tx *postgres.Tx) error {
		_, d, why, err := guidance.Reasons(t.Context(), tx, self, of(c), made[0].ID)
		if err == nil && (d.Value != 96500 || len(why.Explanation) == 0) {
			t.Errorf("decision %+v without its reasons", d)
		}
		return err
	})
	stranger := n.Self(n.person(calendar.Day(1980, 1, 1), "Outo", false))
	faulttest.Want(t, n.Try(stranger, func(tx *postgres.Tx) error {
		_, _, _, err := guidance.Reasons(t.Context(), tx, stranger, of(c), made[0].ID)
		return err
	}), "GUI-003")
}

func TestDueDates(t *testing.T) {
	t.Parallel()
	sent := calendar.Day(2026, 2, 2)
	for _, c := range []struct {
		start  calendar.Date
		urgent bool
		want   calendar.Date
	}{
		{calendar.Day(2026, 3, 1), false, calendar.Day(2026, 6, 2)}, // too late for the wished day: four months hold
		{calendar.Day(2026, 8, 1), false, calendar.Day(2026, 8, 1)},
		{calendar.Day(2026, 2, 5), true, calendar.Day(2026, 2, 16)},
		{calendar.Day(2026, 3, 1), true, calendar.Day(2026, 3, 1)},
	} {
		if got := guidance.DueOn(sent, c.start, c.urgent); got != c.want {
			t.Errorf("start %s, urgent %v: due %s, want %s", c.start, c.urgent, got, c.want)
		}
	}
}

func TestNoPlaceIsProposedWithoutTheOtherGuardian(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, other)
	second := n.Self(other)
	a := n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit)
	_, err := n.propose(a, w.Unit)
	faulttest.Want(t, err, "GUI-016")
	answer := func(by access.Actor, in guidance.ConsentInput) error {
		in.Organiser, in.ID = w.Organiser, a.ID
		return n.Try(by, func(tx *postgres.Tx) error { return guidance.Answer(t.Context(), tx, by, in) })
	}
	faulttest.Want(t, answer(self, guidance.ConsentInput{Answer: guidance.Agreed}), "GUI-015") // the applicant's consent is the application
	faulttest.Want(t, answer(second, guidance.ConsentInput{Answer: guidance.NotNeeded, Reason: "x"}), "GUI-003")
	faulttest.Want(t, answer(second, guidance.ConsentInput{Answer: guidance.Refused}), "GUI-012")
	must(t, answer(second, guidance.ConsentInput{Answer: guidance.Refused, Reason: "Toivon toista yksikköä."}))
	_, err = n.propose(a, w.Unit)
	faulttest.Want(t, err, "GUI-016")
	n.staff(func(tx *postgres.Tx) error {
		list, more, err := guidance.Queue(t.Context(), tx, n.Staff, guidance.QueueFilter{Organiser: w.Organiser, Waits: guidance.ForConsent, Most: 25})
		if more || len(list) != 1 || list[0].Waits != guidance.ForConsent {
			t.Errorf("in the queue for consent: %+v", list)
		}
		return err
	})
	must(t, answer(second, guidance.ConsentInput{Answer: guidance.Agreed}))
	_, err = n.propose(a, w.Unit)
	must(t, err)
}

func TestStaffRecordWhyAConsentIsNotNeeded(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, other)
	a := n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit)
	in := guidance.ConsentInput{Organiser: w.Organiser, ID: a.ID, Adult: other.ID, Answer: guidance.NotNeeded}
	faulttest.Want(t, n.Try(n.Staff, func(tx *postgres.Tx) error { return guidance.Answer(t.Context(), tx, n.Staff, in) }), "GUI-012")
	in.Reason = "Ei tavoiteta; asia ei siedä viivytystä."
	n.staff(func(tx *postgres.Tx) error { return guidance.Answer(t.Context(), tx, n.Staff, in) })
	_, err := n.propose(a, w.Unit)
	must(t, err)
}

func TestOneOpenApplicationForAChild(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, other)
	a := n.draft(self, c, calendar.Day(2026, 6, 8), w.Unit)
	second := n.Self(other)
	again := func() error {
		return n.Try(second, func(tx *postgres.Tx) error { _, err := guidance.Begin(t.Context(), tx, second, of(c)); return err })
	}
	faulttest.Want(t, again(), "GUI-007")
	n.Do(self, func(tx *postgres.Tx) error {
		return guidance.Withdraw(t.Context(), tx, self, w.Organiser, a.ID, a.RowVersion, "")
	})
	must(t, again())
}

func TestAnOfferAnsweredTooLateHasLapsed(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	p := n.offered(n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit), w.Unit)
	n.clock.Set(calendar.Noon(*p.AnswerBy).Now())
	by := access.System("night", w.Organiser)
	lapse := func() (told int) {
		n.Do(by, func(tx *postgres.Tx) (err error) {
			told, err = guidance.LapseOffers(t.Context(), tx, by, w.Organiser)
			return err
		})
		return told
	}
	if got := lapse(); got != 0 {
		t.Fatalf("%d lapsed on the last day", got)
	}
	n.clock.Set(calendar.Noon(*p.AnswerBy + 1).Now())
	faulttest.Want(t, n.answer(self, p, true, false), "GUI-022")
	if got := lapse(); got != 1 {
		t.Fatalf("%d lapsed", got)
	}
	faulttest.Want(t, n.answer(self, p, true, false), "GUI-022")
	if a := n.get(self, p.Application); a.State != guidance.Handling {
		t.Errorf("the application is %s", a.State)
	}
	if n.Count(`select count(*) from daycare_placement`) != 0 {
		t.Error("a late answer placed the child")
	}
}

func TestADeclinedOfferMayStayInTheQueue(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	p := n.offered(n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit), w.Unit)
	must(t, n.answer(self, p, false, true))
	if a := n.get(self, p.Application); a.State != guidance.Handling || a.Due == nil {
		t.Errorf("the application is %s", a.State)
	}
	faulttest.Want(t, n.answer(self, p, true, false), "GUI-046")
}

func TestAUnitRefusesWithAReason(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	a := n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit)
	p, err := n.propose(a, w.Unit)
	must(t, err)
	stranger := n.Recorder(w.OtherProvider)
	faulttest.Want(t, n.Try(stranger, func(tx *postgres.Tx) error {
		return guidance.AnswerProposal(t.Context(), tx, stranger, guidance.UnitAnswer{Organiser: w.Organiser, Proposal: p.ID, RowVersion: 1, Yes: true})
	}), "GUI-001")
	faulttest.Want(t, n.unitSays(p, false, " "), "GUI-012")
	must(t, n.unitSays(p, false, "Ryhmä siirtyy toiseen taloon."))
	got := n.get(n.Staff, a.ID)
	if _, live := got.Live(); live || got.State != guidance.Handling || got.Proposals[0].UnitWords == "" {
		t.Errorf("after the refusal %+v", got.Proposals)
	}
	faulttest.Want(t, n.unitSays(p, true, ""), "GUI-021")
	if _, err = n.propose(got, w.OtherUnit); err != nil {
		t.Error(err)
	}
}

func TestPricesOfOneFamily(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, adult, self := n.family(calendar.Day(2022, 3, 3))
	ask := func(income *money.Cents) (list []guidance.Choice) {
		n.Do(self, func(tx *postgres.Tx) (err error) {
			list, err = guidance.Prices(t.Context(), tx, self, guidance.PriceInput{Of: of(c), From: calendar.Day(2026, 6, 8), Option: "full_time", Income: income})
			return err
		})
		return list
	}
	unknown := ask(nil)
	if len(unknown) != 2 || !unknown[0].Cost.Highest || unknown[0].Free != 2 {
		t.Fatalf("without an income %+v", unknown)
	}
	n.income(adult, 450000)
	known := ask(nil)
	// One adult and a child: a family of two. Price 1 100 €, value 965 €.
	voucher, own := known[0].Cost, known[1].Cost
	if voucher.Highest || voucher.Fee >= unknown[0].Cost.Fee || own.Fee != voucher.Fee {
		t.Errorf("with an income %+v, own %+v", voucher, own)
	}
	if voucher.Value != 96500 || voucher.Price != 110000 || voucher.Family != 110000-voucher.Payable || voucher.Payable != 96500-voucher.Fee {
		t.Errorf("voucher place %+v", voucher)
	}
	zero := money.Cents(0)
	if free := ask(&zero)[1].Cost; free.Fee != 0 || free.Highest {
		t.Errorf("without earnings %+v", free)
	}
	if n.Count(`select count(*) from daycare_draft`) != 0 {
		t.Error("an estimate left a draft")
	}
}

func TestABanHidesWhereTheChildIs(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, adult := n.person(calendar.Day(2022, 3, 3), "Lumi", true), n.person(calendar.Day(1990, 5, 5), "Eeva", true)
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, adult)
	n.guards(c, other)
	self, second := n.Self(adult), n.Self(other)
	a := n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit)
	if got := n.get(second, a.ID); len(got.Wishes) != 0 || got.Home != 0 || got.IncomeWay != "" || len(got.Proposals) != 0 {
		t.Errorf("the other guardian sees %+v", got)
	}
	if got := n.get(self, a.ID); len(got.Wishes) != 1 {
		t.Error("the applicant does not see its own wishes")
	}
	n.staff(func(tx *postgres.Tx) error {
		return guidance.Answer(t.Context(), tx, n.Staff, guidance.ConsentInput{Organiser: w.Organiser, ID: a.ID, Adult: other.ID, Answer: guidance.NotNeeded, Reason: "Turvakielto."})
	})
	p := n.offered(a, w.Unit)
	faulttest.Want(t, n.answer(second, p, false, false), "GUI-015")
	must(t, n.answer(self, p, true, false))
	n.Do(second, func(tx *postgres.Tx) error {
		f, err := guidance.FamilyOf(t.Context(), tx, second, of(c))
		if !f.Veiled || len(f.Placements) != 0 || len(f.Decisions) != 0 {
			t.Errorf("the other guardian sees %+v", f)
		}
		return err
	})
	n.Do(self, func(tx *postgres.Tx) error {
		f, err := guidance.FamilyOf(t.Context(), tx, self, of(c))
		if f.Veiled || len(f.Placements) != 1 {
			t.Errorf("the home sees %+v", f)
		}
		return err
	})
}

func TestATransferEndsTheOldPlaceAndANoticeTheNew(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	must(t, n.answer(self, n.offered(n.applied(self, c, calendar.Day(2026, 2, 16), w.Unit), w.Unit), true, false))
	move := calendar.Day(2026, 8, 3)
	a := n.applied(self, c, move, w.OtherUnit)
	n.clock.Set(calendar.Noon(calendar.Day(2026, 3, 2)).Now())
	n.staff(func(tx *postgres.Tx) error {
		list, _, err := guidance.Queue(t.Context(), tx, n.Staff, guidance.QueueFilter{Organiser: w.Organiser, Transfers: true, Most: 25})
		if len(list) != 1 || !list[0].Transfer {
			t.Errorf("transfers %+v", list)
		}
		return err
	})
	must(t, n.answer(self, n.offered(a, w.OtherUnit), true, false))
	f := n.familyOf(self, of(c))
	if len(f.Placements) != 2 || f.Placements[0].Period.To != move || f.Placements[1].Unit != w.OtherUnit || f.Placements[1].Voucher {
		t.Fatalf("placements %+v", f.Placements)
	}
	notice := func(last calendar.Date) error {
		return n.Try(self, func(tx *postgres.Tx) error {
			return guidance.GiveNotice(t.Context(), tx, self, guidance.NoticeInput{Of: of(c), Last: last})
		})
	}
	faulttest.Want(t, notice(calendar.Day(2026, 3, 1)), "GUI-025")
	must(t, notice(calendar.Day(2026, 12, 31)))
	if f = n.familyOf(self, of(c)); f.Placements[1].Period.To != calendar.Day(2027, 1, 1) || f.Placements[1].Notice == nil {
		t.Errorf("after the notice %+v", f.Placements[1])
	}
}

func (n *town) familyOf(by access.Actor, o store.Of) (f guidance.Family) {
	n.t.Helper()
	n.Do(by, func(tx *postgres.Tx) (err error) {
		f, err = guidance.FamilyOf(n.t.Context(), tx, by, o)
		return err
	})
	return f
}

func TestAChangeOfNeedHoldsWhenStaffRecordIt(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	must(t, n.answer(self, n.offered(n.applied(self, c, calendar.Day(2026, 2, 16), w.Unit), w.Unit), true, false))
	from := calendar.Day(2026, 5, 1)
	n.Do(self, func(tx *postgres.Tx) error {
		return guidance.TellNeed(t.Context(), tx, self, of(c), guidance.NeedChange{From: from, Option: "part_20_hours"})
	})
	var open []guidance.NeedChange
	n.staff(func(tx *postgres.Tx) (err error) {
		open, err = guidance.OpenChanges(t.Context(), tx, n.Staff, w.Organiser, 25)
		return err
	})
	if len(open) != 1 || open[0].Name != "Virtanen Lumi" {
		t.Fatalf("open changes %+v", open)
	}
	handle := func(yes bool) error {
		return n.Try(n.Staff, func(tx *postgres.Tx) error {
			return guidance.HandleChange(t.Context(), tx, n.Staff, w.Organiser, open[0].ID, yes, "")
		})
	}
	faulttest.Want(t, handle(false), "GUI-012")
	must(t, handle(true))
	faulttest.Want(t, handle(true), "GUI-027")
	f := n.familyOf(self, of(c))
	if len(f.Needs) != 2 || f.Needs[1].Option != "part_20_hours" || f.Needs[1].Period.From != from || f.Changes[0].Outcome != "done" {
		t.Errorf("needs %+v, changes %+v", f.Needs, f.Changes)
	}
}

func TestWhatAnApplicationMustHave(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, _, self := n.family(calendar.Day(2022, 3, 3))
	a := n.draft(self, c, calendar.Day(2026, 6, 8))
	save := func(change func(*guidance.Request)) error {
		r := a.Request
		change(&r)
		return n.Try(self, func(tx *postgres.Tx) error {
			got, err := guidance.Save(t.Context(), tx, self, guidance.SaveInput{Organiser: w.Organiser, ID: a.ID, RowVersion: a.RowVersion, Request: r})
			if err == nil {
				a = got
			}
			return err
		})
	}
	send := func() error { _, err := n.send(self, a); return err }
	faulttest.Want(t, send(), "GUI-010")
	faulttest.Want(t, save(func(r *guidance.Request) { r.Units = []int64{w.Unit, w.Unit} }), "GUI-011")
	faulttest.Want(t, save(func(r *guidance.Request) { r.Units = []int64{999} }), "GUI-011")
	faulttest.Want(t, save(func(r *guidance.Request) { r.Option = "none" }), "GUI-009")
	faulttest.Want(t, save(func(r *guidance.Request) { r.Home = c.ID }), "GUI-013")
	must(t, save(func(r *guidance.Request) { r.Units, r.Urgent, r.Start = []int64{w.Unit}, true, today+30 }))
	faulttest.Want(t, send(), "GUI-012")
	must(t, save(func(r *guidance.Request) { r.Reason, r.IncomeWay = "Uusi työ alkaa.", guidance.IncomeTold }))
	faulttest.Want(t, send(), "GUI-014")
	must(t, save(func(r *guidance.Request) { r.Income = new(money.Cents(300000)) }))
	faulttest.Want(t, save(func(r *guidance.Request) { r.Start = today }), "GUI-008")
	faulttest.Want(t, save(func(r *guidance.Request) { r.Hours = 0 }), "GUI-030")
	n.clock.Set(calendar.Noon(today + 40).Now()) // the draft lay until its start had passed
	must(t, save(func(r *guidance.Request) { r.Words = "Odotimme." }))
	faulttest.Want(t, send(), "GUI-008")
	n.clock.Set(calendar.Noon(today).Now())
	must(t, save(func(r *guidance.Request) { r.Start = calendar.Day(2031, 6, 1) }))
	faulttest.Want(t, send(), "GUI-029")
	must(t, save(func(r *guidance.Request) { r.Start = today + 30 }))
	must(t, send())
	faulttest.Want(t, send(), "GUI-015")
}

func TestPositionInAUnitsQueue(t *testing.T) {
	t.Parallel()
	n := open(t)
	first, _, self := n.family(calendar.Day(2022, 3, 3))
	a := n.applied(self, first, calendar.Day(2026, 8, 3), w.Unit)
	second, _, other := n.family(calendar.Day(2022, 4, 4))
	b := n.applied(other, second, calendar.Day(2026, 9, 1), w.Unit, w.OtherUnit)
	if got := n.get(self, a.ID).Wishes[0].Position; got != 1 {
		t.Errorf("the earlier one is number %d", got)
	}
	wishes := n.get(other, b.ID).Wishes
	if wishes[0].Position != 2 || wishes[1].Position != 1 {
		t.Errorf("the later one %+v", wishes)
	}
}
