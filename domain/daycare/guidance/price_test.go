package guidance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// What a guardian sees of the prices never changes with the income, the size or the relief of the home where the child lives, when that is
// not the guardian's own; the guardian of that home sees its own.
func TestPricesTellNothingOfAnotherHome(t *testing.T) {
	t.Parallel()
	n := open(t)
	c, adult, self := n.family(calendar.Day(2022, 3, 3))
	other := n.person(calendar.Day(1988, 1, 1), "Olli", false)
	n.guards(c, other)
	second, from := n.Self(other), calendar.Day(2026, 6, 8)
	ask := func(by access.Actor, home int64, income *money.Cents) (list []guidance.Choice) {
		n.Do(by, func(tx *postgres.Tx) (err error) {
			list, err = guidance.Prices(t.Context(), tx, by, guidance.PriceInput{Of: of(c), Home: home, From: from, Option: "full_time", Income: income})
			return err
		})
		return list
	}
	told := money.Cents(500000)
	if alone := ask(second, 0, nil); alone[0].Elsewhere {
		t.Error("a child without a recorded home is told to live elsewhere")
	}
	wished, known := ask(second, adult.ID, nil), ask(second, adult.ID, &told)
	if !wished[0].Elsewhere || !wished[0].Cost.Highest || !known[0].Elsewhere || known[0].Cost.Highest {
		t.Fatalf("by the application's home %+v, with an income %+v", wished[0], known[0])
	}
	n.staff(func(tx *postgres.Tx) error {
		_, err := store.SaveHead(t.Context(), tx, n.Staff, store.Head{Of: of(c), Saved: store.Saved{Period: calendar.Period{From: begin, To: calendar.Forever}}, Adult: adult.ID})
		return err
	})
	own := ask(self, 0, &told)
	n.income(adult, 450000)
	n.staff(func(tx *postgres.Tx) error {
		_, err := household.SaveMember(t.Context(), tx, n.Staff, n.Keys, household.MemberInput{Organiser: w.Organiser, Client: adult.ID, LastName: "Uusi", FirstNames: "Usko", BirthDate: calendar.Day(1987, 7, 7),
			Role: household.Spouse, Period: calendar.Period{From: begin, To: calendar.Forever}})
		return err
	})
	if diff := cmp.Diff(wished, ask(second, 0, nil)); diff != "" {
		t.Error("the highest fee changed with the other home:", diff)
	}
	if diff := cmp.Diff(known, ask(second, 0, &told)); diff != "" {
		t.Error("the estimate changed with the other home:", diff)
	}
	if now := ask(self, 0, &told); now[0].Elsewhere || now[0].Cost.Fee >= own[0].Cost.Fee {
		t.Errorf("the home itself pays %+v with a spouse, %+v without", now[0].Cost, own[0].Cost)
	}
}
