package offering_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/feed"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/offering"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var begin = calendar.Day(2026, 1, 1)

func open(t *testing.T) *w.World {
	n := w.New(t, postgrestest.Clock(calendar.Noon(calendar.Day(2026, 2, 2))))
	main, second := access.Actor{Account: 21, Name: "Päivi Pihlajavuo", Role: access.MainUser, Organiser: w.Organiser}, access.Actor{Account: 22, Name: "Matti Metsola", Role: access.MainUser, Organiser: w.Organiser}
	p, err := profile.Load("oulu")
	if err != nil {
		t.Fatal(err)
	}
	var r store.Rules
	n.Do(main, func(tx *postgres.Tx) (err error) {
		r, err = store.DraftRules(t.Context(), tx, main, store.RulesInput{Organiser: w.Organiser, Service: w.Service, Content: w.Hours, ValidFrom: begin, Profile: p})
		return err
	})
	n.Do(second, func(tx *postgres.Tx) error {
		_, err := store.PublishRules(t.Context(), tx, second, w.Organiser, r.ID, r.RowVersion)
		return err
	})
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		return guidance.SaveUnit(t.Context(), tx, n.Staff, guidance.UnitInput{Organiser: w.Organiser, Unit: guidance.Unit{ID: w.Unit, Way: guidance.ByVoucher, Kind: "DAYCARE", Listed: true}})
	})
	return n
}

// Rows in any order, in one sending or in many, leave each day with the places of the latest row that begins on it or before it, and none
// before the first; of two rows of one day the one that came later holds. The same rows again change nothing.
func TestPlacesHoldUntilTheNextRow(t *testing.T) {
	t.Parallel()
	n := open(t)
	r := rand.New(rand.NewPCG(7, 1))
	const days = 60
	truth := map[calendar.Date]guidance.Count{} // of the days on which a row begins
	take := func(rows ...offering.Row) (taken []offering.Taken) {
		n.Do(n.Staff, func(tx *postgres.Tx) (err error) {
			taken, err = offering.Take(t.Context(), tx, n.Staff, w.Organiser, rows)
			return err
		})
		return taken
	}
	for range 12 {
		var rows []offering.Row
		used := map[calendar.Date]bool{}
		for range 1 + r.IntN(4) {
			row := offering.Row{Unit: fmt.Sprint(w.Unit), From: begin + calendar.Date(r.IntN(days)), Places: guidance.Count{Under: r.IntN(4), Over: r.IntN(4)}}
			if used[row.From] {
				continue
			}
			used[row.From] = true
			truth[row.From] = row.Places
			rows = append(rows, row)
		}
		for _, x := range take(rows...) {
			if x.Outcome == feed.Refused {
				t.Fatalf("%+v", x)
			}
		}
	}
	var places []guidance.Places
	n.Do(n.Staff, func(tx *postgres.Tx) error {
		list, err := offering.On(t.Context(), tx, n.Staff, w.Organiser, begin)
		if err == nil {
			places = list[0].Places
		}
		return err
	})
	want := guidance.Count{}
	var again []offering.Row
	for d := begin; d < begin+days+30; d++ {
		if c, ok := truth[d]; ok {
			want = c
			again = append(again, offering.Row{Unit: "hoiva keskusta", From: d, Places: c})
		}
		if got := guidance.PlacesOn(places, d); got != want {
			t.Errorf("%s: %+v, want %+v", d, got, want)
		}
	}
	if list := take(again...); offering.Count(list, feed.Kept) != len(again) || len(again) < 10 {
		t.Errorf("%d rows again: %+v", len(again), list)
	}
}
