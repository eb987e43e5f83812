package store_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/economy"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

func (n *nursery) ofUnit(by access.Actor, placement int64) (c store.UnitChild) {
	n.t.Helper()
	n.do(by, func(tx *postgres.Tx) (err error) {
		c, err = store.ChildOfUnit(n.t.Context(), tx, by, w.Organiser, placement)
		return err
	})
	return c
}

// The family gives notice on 2 March and the child is in care until the 10th: the municipality of Tampere's rules pay the month from the
// notice, so the rest of March and 1 April, until the place is filled again.
func TestNoticeTimeIsPaidAsItsOwnRow(t *testing.T) {
	t.Parallel()
	n := open(t, "tampere")
	today := calendar.Day(2026, 6, 29)
	child, _ := n.child(calendar.Day(2021, 9, 9), 450000)
	placed, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	made := n.sendAll()[0]
	for m := range 3 {
		must(t, n.close(month(m+1)))
	}
	give := func(by access.Actor, on, last calendar.Date) error {
		version := n.ofUnit(n.Staff, placed.ID).RowVersion
		return n.Try(by, func(tx *postgres.Tx) error {
			return store.GiveNotice(t.Context(), tx, by, store.NoticeInput{Organiser: w.Organiser, Placement: placed.ID, RowVersion: version, On: on, Last: last})
		})
	}
	on, last := calendar.Day(2026, 3, 2), calendar.Day(2026, 3, 10)
	faulttest.Want(t, give(n.Recorder(w.OtherProvider), on, last), "DAY-140")
	faulttest.Want(t, give(n.provider, on, last), "DAY-142") // the unit tells it at once, or asks the municipality
	faulttest.Want(t, give(n.Staff, today+1, today+1), "DAY-142")
	faulttest.Want(t, give(n.Staff, on, on-1), "DAY-143")
	must(t, give(n.Staff, on, last))
	faulttest.Want(t, give(n.provider, today, today), "DAY-141")
	if c := n.ofUnit(n.provider, placed.ID); c.NoticePaid != period(last+1, calendar.Day(2026, 4, 2)) || c.Notice == nil || *c.Notice != on || c.Period.To != last+1 {
		t.Errorf("the unit sees %+v", c)
	}
	n.regenerate(child.ID)
	n.sendAll()
	must(t, n.close(month(4)))
	rows := n.rows(month(4), w.Unit)
	sum := money.Cents(0)
	var kinds []daycare.RowType
	for _, r := range rows {
		sum += r.Amount
		kinds = append(kinds, r.Type)
		if r.Notice != (r.Period.From >= last+1) && r.Type != daycare.Refund {
			t.Errorf("row %+v", r)
		}
	}
	// March was paid whole: it is taken back, care to the 10th (7 of 22 days) and notice after it (15) are put in its place, and April has 1 of 20 days.
	april := daycare.MonthShare(made.Payable, 1, 20)
	if sum != april || len(rows) != 4 || kinds[3] != daycare.NoticeRow || rows[3].Amount != april {
		t.Errorf("%v, %d, want %d: %+v", kinds, sum, april, rows)
	}
	refill := func(by access.Actor, from calendar.Date) error {
		version := n.ofUnit(n.Staff, placed.ID).RowVersion
		return n.Try(by, func(tx *postgres.Tx) error {
			return store.Refill(t.Context(), tx, by, w.Organiser, placed.ID, version, from)
		})
	}
	faulttest.Want(t, refill(n.provider, last), "DAY-144")
	must(t, refill(n.provider, calendar.Day(2026, 3, 16)))
	must(t, n.close(month(5)))
	sum = 0
	for _, r := range n.rows(month(5), w.Unit) {
		sum += r.Amount
		if !r.Notice {
			t.Errorf("row %+v", r)
		}
	}
	// Of the notice only 11.–15.3. is left: 3 of 22 days.
	if want := daycare.MonthShare(made.Payable, 3, 22) - daycare.MonthShare(made.Payable, 15, 22) - april; sum != want {
		t.Errorf("taken back %d, want %d", sum, want)
	}
	for m := range 5 {
		must(t, n.approve(month(m+1), w.Unit))
	}
	n.settle(made.Payable*2 + daycare.MonthShare(made.Payable, 7, 22) + daycare.MonthShare(made.Payable, 3, 22))
	// The notice, its refund and what came in its place are money without care: two months and 7 of 22 days of places.
	n.Do(n.main, func(tx *postgres.Tx) error {
		v, err := economy.VoucherOf(t.Context(), tx, n.main, w.Organiser, period(calendar.Day(2026, 1, 1), calendar.Day(2027, 1, 1)))
		if want := money.Whole(2).Plus(money.Fraction(7, 22)); err == nil && v.Months.Over.Cmp(want) != 0 {
			t.Errorf("%v months of places, want %v", v.Months.Over, want)
		}
		return err
	})
}

func TestAbsencesAreToldByTheUnitAndALongOneIsSeen(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu") // more than 60 days without June to August
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	placed, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	n.sendAll()
	tell := func(by access.Actor, kind store.AbsenceKind, from, last calendar.Date) error {
		return n.Try(by, func(tx *postgres.Tx) error {
			return store.TellAbsence(t.Context(), tx, by, w.Organiser, placed.ID, kind, period(from, last+1))
		})
	}
	faulttest.Want(t, tell(n.Recorder(w.OtherProvider), store.Sick, start, start), "DAY-140")
	faulttest.Want(t, tell(n.provider, "tired", start, start), "DAY-146")
	faulttest.Want(t, tell(n.provider, store.Sick, start-9, start), "DAY-145")
	faulttest.Want(t, tell(n.provider, store.Sick, start+5, start+3), "DAY-145")
	must(t, tell(n.provider, store.Leave, calendar.Day(2026, 3, 20), calendar.Day(2026, 6, 5)))
	faulttest.Want(t, tell(n.provider, store.Sick, calendar.Day(2026, 3, 30), calendar.Day(2026, 3, 30)), "DAY-147")
	c := n.ofUnit(n.provider, placed.ID)
	if len(c.Absences) != 1 || c.Absent.Days != 73 || c.Absent.Over == nil || *c.Absent.Over != calendar.Day(2026, 5, 19) {
		t.Errorf("%+v, over %v", c, c.Absent.Over)
	}
	if d := c.Decision; d == nil || d.Price != 110000 || d.Family != 110000-d.Payable || d.Payable != d.Value-d.OwnShare {
		t.Errorf("the unit sees the decision %+v", c.Decision)
	}
	long := func() (list []store.UnitChild) {
		n.do(n.Staff, func(tx *postgres.Tx) (err error) {
			list, err = store.LongAbsences(t.Context(), tx, n.Staff, w.Organiser)
			return err
		})
		return list
	}
	if list := long(); len(list) != 1 || list[0].Child != child.ID {
		t.Errorf("long absences %+v", list)
	}
	remove := func() error {
		return n.Try(n.provider, func(tx *postgres.Tx) error {
			return store.RemoveAbsence(t.Context(), tx, n.provider, w.Organiser, placed.ID, c.Absences[0].ID)
		})
	}
	must(t, remove())
	faulttest.Want(t, remove(), "DAY-148")
	if len(long()) != 0 {
		t.Error("a removed absence counts")
	}
}

func TestTheProgramClosesMonthsOnlyWhereTheRulesSayAndSeesUnitsWithoutAccount(t *testing.T) {
	t.Parallel()
	n := open(t, "oulu")
	child, _ := n.child(calendar.Day(2022, 3, 3), 450000)
	_, err := n.place(child, w.Unit, always)
	must(t, err)
	n.regenerate(child.ID)
	n.sendAll()
	system := access.System("daycare", w.Organiser)
	due := func() (count int) {
		for more := true; more; {
			n.do(system, func(tx *postgres.Tx) (err error) {
				more, err = store.CloseDue(t.Context(), tx, system, w.Organiser)
				return err
			})
			if more {
				count++
			}
		}
		return count
	}
	if done := due(); done != 0 {
		t.Errorf("closed %d against the rules", done)
	}
	n.publish("oulu", func(p *profile.Profile) { p.CloseByItself = true })
	if done := due(); done != 6 || due() != 0 { // 29 June: the day of June has come
		t.Errorf("closed %d", done)
	}
	n.Exec(`update provider set iban = null, iban_holder = ''`)
	n.do(n.preparer, func(tx *postgres.Tx) error {
		list, err := store.WithoutAccount(t.Context(), tx, n.preparer, w.Organiser)
		if err == nil && (len(list) != 1 || list[0].Unit != w.Unit || list[0].Children != 1) {
			t.Errorf("units without account: %+v", list)
		}
		return err
	})
}
