package store_test

import (
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// feeds reads the closed months as another system does, a few rows at a time: each row is told once, and those of a month and a unit sum to
// the unit's statement, and those of a month to the month, to the cent.
func (n *nursery) feeds() {
	n.t.Helper()
	type place struct {
		month calendar.Month
		unit  int64
	}
	sums, units, told, last := map[place]money.Cents{}, map[calendar.Month]money.Cents{}, 0, int64(0)
	closed := map[calendar.Month]store.Month{}
	n.do(n.preparer, func(tx *postgres.Tx) error {
		in := store.PostedInput{Organiser: w.Organiser, Most: 4}
		for more := true; more; {
			list, months, again, err := store.Posted(n.t.Context(), tx, n.preparer, in)
			if err != nil {
				return err
			}
			for _, r := range list {
				if r.ID <= last {
					n.t.Errorf("row %d after row %d", r.ID, last)
				}
				last = r.ID
				told++
				sums[place{r.Month, r.Unit}] += r.Amount
				units[r.Month] += r.Amount
			}
			for _, m := range months {
				closed[m.Month] = m
			}
			more, in.After = again, last
		}
		statements, err := store.Statements(n.t.Context(), tx, n.preparer, w.Organiser, 0)
		if err != nil {
			return err
		}
		for _, s := range statements {
			k := place{s.Month, s.Unit}
			if sum, ok := sums[k]; !ok || sum != s.Total {
				n.t.Errorf("%s, unit %d: rows of %d, a statement of %d", s.Month, s.Unit, sum, s.Total)
			}
			delete(sums, k)
		}
		return nil
	})
	if len(sums) != 0 {
		n.t.Errorf("rows without a statement: %v", sums)
	}
	for m, sum := range units {
		if closed[m].Total != sum {
			n.t.Errorf("%s: rows of %d, the month of %d", m, sum, closed[m].Total)
		}
	}
	if all := n.Count(`select count(*) from daycare_month_row`); told != all || all == 0 {
		n.t.Errorf("%d rows were told of %d", told, all)
	}
	for _, by := range []access.Actor{n.main, n.provider} {
		faulttest.Want(n.t, n.Try(by, func(tx *postgres.Tx) error {
			_, _, _, err := store.Posted(n.t.Context(), tx, by, store.PostedInput{Organiser: w.Organiser, Most: 1})
			return err
		}), "ACC-001")
	}
	if n.Count(`select count(*) from access_log where what = 'daycare.posted'`) == 0 {
		n.t.Error(fmt.Sprint("the reading of ", told, " rows stands in no log"))
	}
}
