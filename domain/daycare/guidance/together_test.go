package guidance_test

import (
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/daycare/guidance"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Two guardians answer one offer at the same moment: one answer stands, and the other is told whose it is and when it came.
func TestOneOfTwoAnswersToAnOfferStands(t *testing.T) {
	t.Parallel()
	for name, says := range map[string][2]bool{"both take it": {true, true}, "one takes it": {true, false}, "neither takes it": {false, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := open(t)
			c, _, self := n.family(calendar.Day(2022, 3, 3))
			other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
			n.guards(c, other)
			guardians := [2]access.Actor{self, n.Self(other)}
			a := n.applied(self, c, calendar.Day(2026, 6, 8), w.Unit)
			n.Do(guardians[1], func(tx *postgres.Tx) error {
				return guidance.Answer(t.Context(), tx, guardians[1], guidance.ConsentInput{Organiser: w.Organiser, ID: a.ID, Answer: guidance.Agreed})
			})
			p := n.offered(a, w.Unit)
			var errs [2]error
			var ready, done sync.WaitGroup
			ready.Add(2)
			for i, by := range guardians {
				var begun sync.Once
				done.Go(func() {
					errs[i] = n.Try(by, func(tx *postgres.Tx) error {
						begun.Do(func() { ready.Done(); ready.Wait() }) // both transactions have begun
						return guidance.AnswerOffer(t.Context(), tx, by, n.Means.Texts, guidance.FamilyAnswer{Organiser: w.Organiser, Proposal: p.ID, RowVersion: 3, Yes: says[i]})
					})
				})
			}
			done.Wait()
			won, lost := 0, 1
			if errs[0] != nil {
				won, lost = 1, 0
			}
			must(t, errs[won])
			faulttest.Want(t, errs[lost], "GUI-046")
			told := fault.All(errs[lost])[0].Values
			if told["who"] != guardians[won].Name || told["at"] == nil {
				t.Errorf("the other one is told %v", told)
			}
			places, decisions := 0, 0
			if says[won] {
				places, decisions = 1, 1
			}
			if got := n.Count(`select count(*) from daycare_placement`); got != places {
				t.Errorf("%d places", got)
			}
			if got := n.Count(`select count(*) from decision where kind = 'place'`); got != decisions {
				t.Errorf("%d decisions", got)
			}
			if got := n.get(self, a.ID).Proposals[0]; got.EndedBy != guardians[won].Name || (got.State == guidance.Accepted) != says[won] {
				t.Errorf("the proposal %+v", got)
			}
		})
	}
}
