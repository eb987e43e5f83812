package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

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
	"seteli/platform/postgres"
)

// Whatever is entered, given up, sent, closed and objected to in whatever order: in the end every closed month has been paid exactly what
// the last word on each day says, with the rest of notice times, no day twice.
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
	ready       []*money.Cents
	unit        []int64 // 0 = no place
}

func walk(t *testing.T, seed uint64) {
	n := bare(t)
	n.publish("oulu", func(p *profile.Profile) { p.NoticeMonths = 1 })
	n.price()
	r := rand.New(rand.NewPCG(seed, 1))
	const days = 181
	var all []*truth
	for i := range 3 {
		child, head := n.child(calendar.Day(2022, 3, 3)+calendar.Date(200*i), 450000)
		x := &truth{child: child, head: head, incomes: make([]money.Cents, days), ready: make([]*money.Cents, days), unit: make([]int64, days)}
		for d := range days {
			x.incomes[d] = 450000
		}
		all = append(all, x)
		n.movePlace(x, r.IntN(20), w.Unit)
	}
	closed := 0
	for range 40 {
		x := all[r.IntN(len(all))]
		from := r.IntN(days - 1)
		switch r.IntN(9) {
		case 0, 1: // an income from a day on
			n.moveIncome(x, from, money.Cents(300000+100*r.IntN(3000)))
		case 2: // the place begins, moves or ends
			unit := []int64{w.Unit, w.OtherUnit, 0}[r.IntN(3)]
			n.movePlace(x, from, unit)
		case 3, 4:
			n.regenerate(x.child.ID)
			n.sendAll()
		case 5:
			if closed < 6 {
				closed++
				must(t, n.close(month(closed)))
			}
		case 6, 7:
			n.giveUp(x, from, r.IntN(40), r.IntN(3) == 0)
		case 8: // the fee system sends its own
			n.sendReady(x, from, from+1+r.IntN(60), money.Cents(100*r.IntN(312)))
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
			n.objectAndApprove(by, month(m), unit, func() bool { return r.IntN(3) == 0 })
		}
	}
	n.payAll("2026-07")
	n.leave(all, seed)
	n.feeds()
	t.Logf("seed %d: %d rows of notice, %d refunds, %d objections", seed, n.Count(`select count(*) from daycare_month_row where notice`), n.Count(`select count(*) from daycare_month_row where kind = 'REFUND'`),
		n.Count(`select count(*) from daycare_objection`))
	if a, b := n.Count(`select coalesce(sum(row_cents), 0) from daycare_month_row`), n.Count(`select coalesce(sum(case when credit_kind = 11 then amount_cents else -amount_cents end), 0) from posting where source_kind = 8`); a != b {
		t.Errorf("rows of %d, postings of %d", a, b)
	}
}

// objectAndApprove objects to some rows, approves, and has every objection answered.
func (n *nursery) objectAndApprove(by access.Actor, m calendar.Month, unit int64, objects func() bool) {
	n.t.Helper()
	var objected []int64
	err := n.Try(by, func(tx *postgres.Tx) error {
		rows, err := store.Rows(n.t.Context(), tx, by, w.Organiser, m, unit)
		if err != nil {
			return err
		}
		for _, x := range rows {
			if !objects() {
				continue
			}
			if err := store.Object(n.t.Context(), tx, by, w.Organiser, x.ID, "Tarkistakaa."); err != nil {
				return err
			}
			objected = append(objected, x.ID)
		}
		return store.Approve(n.t.Context(), tx, by, w.Organiser, m, unit)
	})
	if err != nil {
		faulttest.Want(n.t, err, "DAY-093") // the unit had nothing in the month
		return
	}
	for _, id := range objected {
		n.do(n.Staff, func(tx *postgres.Tx) error {
			return store.Answer(n.t.Context(), tx, n.Staff, w.Organiser, id, "Tarkistettu.")
		})
	}
}

// giveUp ends the place that holds on a day after some days more of care, and at times the place is taken by another child at once.
func (n *nursery) giveUp(x *truth, from, more int, refilled bool) {
	n.t.Helper()
	day := start + calendar.Date(from)
	var id int64
	var version int32
	var to calendar.Date
	err := n.Owner.QueryRow(n.t.Context(), `select placement_id, row_version, valid_to from daycare_placement
		where child_id = $1 and voided_at is null and valid_from <= $2 and valid_to > $2`, x.child.ID, day).Scan(&id, &version, &to)
	last := day + calendar.Date(more)
	if errors.Is(err, pgx.ErrNoRows) || last+1 >= to {
		return
	}
	must(n.t, err)
	n.do(n.Staff, func(tx *postgres.Tx) error {
		err := store.GiveNotice(n.t.Context(), tx, n.Staff, store.NoticeInput{Organiser: w.Organiser, Placement: id, RowVersion: version, On: day, Last: last})
		if err != nil || !refilled {
			return err
		}
		return store.Refill(n.t.Context(), tx, n.Staff, w.Organiser, id, version+1, last+4)
	})
	for d := int(last + 1 - start); d < len(x.unit) && d < int(to-start); d++ {
		x.unit[d] = 0
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

// sendReady takes out the ready own shares of the days and adds one.
func (n *nursery) sendReady(x *truth, from, to int, cents money.Cents) {
	n.t.Helper()
	p := calendar.Period{From: start + calendar.Date(from), To: start + calendar.Date(to)}
	save := func(s store.ReadyShare) {
		n.do(n.Staff, func(tx *postgres.Tx) error {
			_, err := store.SaveReadyShare(n.t.Context(), tx, n.Staff, s)
			return err
		})
	}
	var record store.Record
	of := store.Of{Organiser: w.Organiser, Child: x.child.ID}
	n.do(n.Staff, func(tx *postgres.Tx) (err error) {
		record, err = store.Get(n.t.Context(), tx, n.Staff, of)
		return err
	})
	mark := func(p calendar.Period, cents *money.Cents) {
		for d := range x.ready {
			if p.Contains(start + calendar.Date(d)) {
				x.ready[d] = cents
			}
		}
	}
	for _, old := range record.Ready {
		if old.Period.Overlaps(p) {
			old.Remove = true
			save(old)
			mark(old.Period, nil)
		}
	}
	save(store.ReadyShare{Of: of, Saved: store.Saved{Period: p}, Share: cents})
	mark(p, &cents)
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
		o, err := on.Decide(daycare.Moment{FamilySize: 2, Adults: []*money.Cents{&x.incomes[d]}, Ready: x.ready[d], Ordinal: 1, UnderThree: day < daycare.OverThreeFrom(x.child.BirthDate), Option: "full_time", Support: money.MustRate("1")})
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
		due += n.noticeOf(x, held, days)
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

// noticeOf goes through the days of a month one by one: a day without a decision is paid for the earliest notice whose time it is in.
func (n *nursery) noticeOf(x *truth, held []decided, days calendar.Period) (due money.Cents) {
	n.t.Helper()
	rows, err := n.Owner.Query(n.t.Context(), `select placement_id, unit_id, notice_on, valid_to, coalesce(refilled_on, '9999-12-31') from daycare_placement
		where child_id = $1 and voided_at is null and notice_on is not null order by notice_on, valid_to, unit_id`, x.child.ID)
	must(n.t, err)
	type left struct {
		id, unit          int64
		on, end, refilled calendar.Date
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l left, err error) {
		err = row.Scan(&l.id, &l.unit, &l.on, &l.end, &l.refilled)
		return l, err
	})
	must(n.t, err)
	on := func(day calendar.Date) *decided {
		for _, h := range held {
			if h.Contains(day) {
				return &h
			}
		}
		return nil
	}
	all := daycare.OperationalDays(days)
	for run, day := (left{}), days.From; day <= days.To; day++ { // a run of days of one notice is one row
		now := left{}
		if day < days.To && on(day) == nil {
			for _, l := range list {
				if d := on(l.end - 1); now.id == 0 && l.end <= day && day < l.on.AddMonths(1) && day < l.refilled && d != nil && d.unit == l.unit {
					now = l
				}
			}
		}
		if run.id != 0 && now.id != run.id {
			from := day - 1
			for from > days.From && from > run.end && on(from-1) == nil {
				from--
			}
			due += daycare.MonthShare(on(run.end-1).payable, daycare.OperationalDays(calendar.Period{From: from, To: day}), all)
		}
		run = now
	}
	return due
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
