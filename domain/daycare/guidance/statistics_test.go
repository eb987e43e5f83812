package guidance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// Three families: one takes the place in its first wish after the unit has said no once, one declines, one came on paper and waits.
func TestGuidanceCountsWhatBecameOfItsApplications(t *testing.T) {
	t.Parallel()
	n := open(t)
	start := calendar.Day(2026, 6, 8)
	taken, _, self := n.family(calendar.Day(2022, 3, 3))
	a := n.applied(self, taken, start, w.Unit)
	p, err := n.propose(a, w.Unit)
	must(t, err)
	must(t, n.unitSays(p, false, "Ryhmä on täynnä."))
	n.clock.Set(calendar.Noon(today + 3).Now())
	must(t, n.answer(self, n.offered(n.get(n.Staff, a.ID), w.Unit), true, false))
	n.sibling(a)
	declined, _, other := n.family(calendar.Day(2022, 6, 6))
	b := n.applied(other, declined, start, w.OtherUnit, w.Unit)
	n.clock.Set(calendar.Noon(today + 12).Now())
	must(t, n.answer(other, n.offered(b, w.Unit), false, false))
	c, adult, _ := n.family(calendar.Day(2022, 9, 9))
	_, err = n.receive(n.paper(guidance.ReceiveInput{Of: of(c), Applicant: adult.ID}))
	must(t, err)

	in := func(from, to calendar.Date) (h guidance.Handled) {
		n.staff(func(tx *postgres.Tx) (err error) {
			h, err = guidance.HandledIn(t.Context(), tx, n.Staff, w.Organiser, calendar.Period{From: from, To: to})
			return err
		})
		return h
	}
	got := in(today-30, today+30)
	if len(got.Units) != 1 {
		t.Fatalf("units: %+v", got.Units)
	}
	got.Units[0].Name = ""
	want := guidance.Handled{Came: 3, Offered: 2, InTime: 2, MedianDays: 3, MostDays: 9, Placed: 1, FirstWish: 1,
		Units: []guidance.HandledUnit{{Unit: w.Unit, Proposed: 3, Answered: 3, Refused: 1, Offered: 2, Accepted: 1, Declined: 1}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	if got := in(today-30, today); got.Came != 1 || got.Offered != 0 || got.Units != nil { // the letter came before it was written down
		t.Errorf("before today: %+v", got)
	}
}

// sibling looks at the child's new place from the application of a younger child of one guardian; a child of nobody in the family is none.
func (n *town) sibling(placed guidance.Application) {
	n.t.Helper()
	younger := n.person(calendar.Day(2024, 4, 4), "Pikku", false)
	n.guards(younger, client.Client{ID: placed.Applicant})
	stranger, _, _ := n.family(calendar.Day(2023, 4, 4))
	for child, want := range map[int64]int{younger.ID: 1, stranger.ID: 0} {
		n.staff(func(tx *postgres.Tx) error {
			list, err := guidance.SiblingPlaces(n.t.Context(), tx, n.Staff, guidance.Application{Of: store.Of{Organiser: w.Organiser, Child: child}})
			if len(list) != want || want == 1 && (list[0].Unit != w.Unit || list[0].Child != placed.Of.Child) {
				n.t.Errorf("siblings of %d: %+v", child, list)
			}
			return err
		})
	}
}
