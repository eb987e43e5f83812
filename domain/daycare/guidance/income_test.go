package guidance_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// told is a sent application that tells an income.
func (n *town) told(cents money.Cents) (a guidance.Application, home int64, self access.Actor) {
	n.t.Helper()
	c, adult, self := n.family(calendar.Day(2022, 3, 3))
	a = n.draft(self, c, calendar.Day(2026, 6, 8), w.Unit)
	n.Do(self, func(tx *postgres.Tx) (err error) {
		r := a.Request
		r.IncomeWay, r.Income = guidance.IncomeTold, &cents
		a, err = guidance.Save(n.t.Context(), tx, self, guidance.SaveInput{Organiser: w.Organiser, ID: a.ID, RowVersion: a.RowVersion, Request: r})
		return err
	})
	a, err := n.send(self, a)
	must(n.t, err)
	return a, adult.ID, self
}

func (n *town) record(a guidance.Application, change func(*guidance.RecordInput)) error {
	in := guidance.RecordInput{Organiser: w.Organiser, Application: a.ID, Kind: "earned", From: a.Start, Sums: map[int64]money.Cents{0: *a.Income}, Note: "Liite: palkka.pdf"}
	if change != nil {
		change(&in)
	}
	return n.Try(n.Staff, func(tx *postgres.Tx) error { return guidance.RecordIncome(n.t.Context(), tx, n.Staff, in) })
}

func (n *town) items(home int64) (list []household.Item) {
	n.t.Helper()
	n.staff(func(tx *postgres.Tx) error {
		h, err := household.Of(n.t.Context(), tx, n.Staff, w.Organiser, home)
		list = h.Items
		return err
	})
	return list
}

// waiting is the told income that waits for a child.
func (n *town) waiting(by access.Actor, child int64) (list []guidance.IncomeWaiting) {
	n.t.Helper()
	n.Do(by, func(tx *postgres.Tx) (err error) {
		list, err = guidance.WaitingIncome(n.t.Context(), tx, by, w.Organiser, []int64{child})
		return err
	})
	return list
}

func TestToldIncomeIsRecordedOnce(t *testing.T) {
	t.Parallel()
	n := open(t)
	a, home, self := n.told(450000)
	faulttest.WantField(t, n.record(a, func(in *guidance.RecordInput) { in.Sums = nil }), "GUI-049", "sum0")
	if got := n.waiting(n.Staff, a.Of.Child); len(got) != 1 || got[0].Application != a.ID || got[0].Sent != today {
		t.Errorf("what waits: %+v", got)
	}
	must(t, n.record(a, nil))
	if got := n.waiting(n.Staff, a.Of.Child); len(got) != 0 {
		t.Errorf("recorded, and still waits: %+v", got)
	}
	items := n.items(home)
	if len(items) != 1 || items[0].Cents != 450000 || items[0].Source != household.FromClient || items[0].Period.From != a.Start || items[0].ReportedOn != today ||
		items[0].ToldKind != "daycare_application" || items[0].ToldID != a.ID {
		t.Fatalf("recorded %+v", items)
	}
	if n.Count(`select count(*) from outbox where topic = 'household.changed'`) == 0 {
		t.Error("nobody is told to compute the drafts again")
	}
	faulttest.Want(t, n.record(a, func(in *guidance.RecordInput) { in.Replace = true }), "GUI-048")
	faulttest.Want(t, n.Try(n.Staff, func(tx *postgres.Tx) error {
		return guidance.RefuseIncome(t.Context(), tx, n.Staff, w.Organiser, a.ID, "x")
	}), "GUI-048")
	faulttest.Want(t, n.Try(self, func(tx *postgres.Tx) error {
		return guidance.RefuseIncome(t.Context(), tx, self, w.Organiser, a.ID, "x")
	}), "ACC-001")
	if got := n.get(self, a.ID).Told; got.Outcome != guidance.IncomeRecorded || got.By != n.Staff.Name {
		t.Errorf("the family sees %+v", got)
	}
}

func TestToldIncomeIsNeverAddedToWhatIsRecorded(t *testing.T) {
	t.Parallel()
	n := open(t)
	a, home, _ := n.told(450000)
	n.staff(func(tx *postgres.Tx) error {
		_, err := household.SaveItem(t.Context(), tx, n.Staff, household.ItemInput{Organiser: w.Organiser, Client: home, Item: household.Item{Kind: "earned", Per: "month", Cents: 400000,
			Source: household.FromRegister, Period: calendar.Period{From: begin, To: calendar.Forever}, Payer: "Työ"}})
		return err
	})
	faulttest.WantField(t, n.record(a, nil), "GUI-047", "replace")
	must(t, n.record(a, func(in *guidance.RecordInput) { in.Replace = true }))
	items := n.items(home)
	if len(items) != 2 || items[0].Period.To != a.Start || items[1].Cents != 450000 {
		t.Errorf("recorded %+v", items)
	}
}

func TestRefusedIncomeTellsTheFamilyWhy(t *testing.T) {
	t.Parallel()
	n := open(t)
	a, home, self := n.told(450000)
	refuse := func(why string) error {
		return n.Try(n.Staff, func(tx *postgres.Tx) error {
			return guidance.RefuseIncome(t.Context(), tx, n.Staff, w.Organiser, a.ID, why)
		})
	}
	faulttest.Want(t, refuse(" "), "GUI-012")
	must(t, refuse("Liitä palkkalaskelma."))
	faulttest.Want(t, n.record(a, nil), "GUI-048")
	if got := n.get(self, a.ID).Told; got.Outcome != guidance.IncomeRefused || got.Answer != "Liitä palkkalaskelma." || len(n.items(home)) != 0 {
		t.Errorf("the family sees %+v", got)
	}
}
