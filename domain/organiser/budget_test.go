package organiser_test

import (
	"context"
	"fmt"
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// service makes a service for a budget to be about.
func service(t *testing.T, db *postgres.DB, o organiser.Organiser, code string) int64 {
	t.Helper()
	by := mainUser(o, 2)
	var s catalogue.Service
	must(t, within(t, db, by, func(ctx context.Context, tx *postgres.Tx) error {
		class, err := catalogue.AddClass(ctx, tx, by, catalogue.Class{Organiser: o.ID, Names: i18n.Names{Fi: "Hoiva"}})
		if err != nil {
			return err
		}
		area, err := catalogue.AddArea(ctx, tx, by, catalogue.Area{Organiser: o.ID, Class: class.ID, Names: i18n.Names{Fi: "Koti"}})
		if err != nil {
			return err
		}
		s, err = catalogue.AddService(ctx, tx, by, catalogue.VersionInput{Organiser: o.ID, Code: code, AreaID: area.ID, ValidFrom: tx.Today(),
			Names: i18n.Names{Fi: code}, Mode: catalogue.Register, LegalAct: "569/2009"})
		return err
	}))
	return s.ID
}

func TestBudgetIsSetOncePerVersion(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	care := service(t, db, o, "kotihoito")
	set := func(in organiser.BudgetInput) error {
		by := mainUser(o, 2)
		in.Organiser = o.ID
		return within(t, db, by, func(ctx context.Context, tx *postgres.Tx) error { return organiser.SetBudget(ctx, tx, by, in) })
	}
	must(t, set(organiser.BudgetInput{Service: care, Year: 2026, Amount: 1_000_000_00}))
	faulttest.Want(t, set(organiser.BudgetInput{Service: care, Year: 2026, Amount: 5}), "ORG-002") // the page showed none
	must(t, set(organiser.BudgetInput{Service: care, Year: 2026, Amount: 1_200_000_00, RowVersion: 1}))
	faulttest.Want(t, set(organiser.BudgetInput{Service: care, Year: 2026, Amount: 5, RowVersion: 1}), "ORG-002")
	faulttest.WantField(t, set(organiser.BudgetInput{Service: care, Year: 2026, Amount: -1}), "ORG-013", "amount")
	faulttest.WantField(t, set(organiser.BudgetInput{Service: care, Year: 26}), "ORG-014", "year")
	faulttest.WantField(t, set(organiser.BudgetInput{Service: care + 1, Year: 2026}), "ORG-015", "service")
	must(t, within(t, db, mainUser(o, 2), func(ctx context.Context, tx *postgres.Tx) error {
		list, err := organiser.Budgets(ctx, tx, o.ID, 2026)
		if len(list) != 1 || list[0].Amount != 1_200_000_00 || list[0].RowVersion != 2 {
			t.Errorf("budgets %+v", list)
		}
		return err
	}))
}

func TestBudgetFileIsAllOrNothingAndRepeatable(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	care, bath := service(t, db, o, "kotihoito"), service(t, db, o, "kylvetys")
	by := mainUser(o, 2)
	imported := func(lines ...organiser.BudgetLine) (changed int, err error) {
		err = within(t, db, by, func(ctx context.Context, tx *postgres.Tx) (err error) {
			changed, err = organiser.ImportBudgets(ctx, tx, by, o.ID, "budjetti.csv", lines)
			return err
		})
		return changed, err
	}
	_, err := imported(organiser.BudgetLine{Row: 2, Service: care, Year: 2026, Amount: -1}, organiser.BudgetLine{Row: 3, Service: bath, Year: 1, Amount: 1},
		organiser.BudgetLine{Row: 4, Service: care, Year: 2026, Amount: 1})
	var got []string
	for _, f := range fault.All(err) {
		got = append(got, fmt.Sprint(f.Code, " row ", f.Values["row"]))
	}
	if want := "[ORG-013 row 2 ORG-014 row 3 ORG-022 row 4]"; fmt.Sprint(got) != want {
		t.Errorf("faults %v, want %s", got, want)
	}
	lines := []organiser.BudgetLine{{Row: 2, Service: care, Year: 2026, Amount: 100}, {Row: 3, Service: bath, Year: 2026, Amount: 200}}
	for _, want := range []int{2, 0} {
		if changed, err := imported(lines...); err != nil || changed != want {
			t.Fatalf("changed %d, want %d (%v)", changed, want, err)
		}
	}
	lines[1].Amount = 250
	must(t, within(t, db, by, func(ctx context.Context, tx *postgres.Tx) error {
		preview, err := organiser.PreviewBudgets(ctx, tx, by, o.ID, append(lines, organiser.BudgetLine{Row: 4, Service: care, Year: 2027, Amount: 0}))
		if err != nil || preview[0].Changes() || !preview[1].Changes() || *preview[1].Before != money.Cents(200) || preview[2].Before != nil || !preview[2].Changes() {
			t.Errorf("preview %+v (%v)", preview, err)
		}
		return err
	}))
	_, err = imported(organiser.BudgetLine{Row: 2, Service: bath + 1, Year: 2026, Amount: 1})
	faulttest.Want(t, err, "ORG-015")
}
