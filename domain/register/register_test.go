package register_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/ident"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var system = access.System("sign-in", 0)

type world struct {
	t       *testing.T
	db      *postgres.DB
	company register.Provider
	office  access.Actor
}

func (w *world) in(fn func(ctx context.Context, tx *postgres.Tx) error) error {
	return w.db.National(w.t.Context(), func(tx *postgres.Tx) error { return fn(w.t.Context(), tx) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := calendar.Noon(postgrestest.Today)
	w := &world{t: t, db: postgrestest.New(t, postgrestest.Clock(clock))}
	w.must(w.in(func(ctx context.Context, tx *postgres.Tx) (err error) {
		if err := organiser.SetMunicipalities(ctx, tx, access.Actor{Role: access.Operator}, []organiser.Municipality{
			{Code: "564", Names: i18n.Names{Fi: "Oulu", Sv: "Uleåborg"}, County: "17", Language: "fi"}}); err != nil {
			return err
		}
		w.company, err = register.Add(ctx, tx, system, add(t, "2345678-0", "Kotihoiva Aava Oy"))
		return err
	}))
	w.office = access.Actor{Account: 5, Name: "Teppo Toimisto", Role: access.ProviderMainUser, Provider: w.company.ID, SignedIn: clock.Now().Add(-time.Minute)}
	return w
}

func add(t *testing.T, id, name string) register.AddInput {
	t.Helper()
	b, err := ident.ParseBusinessID(id)
	if err != nil {
		t.Fatal(err)
	}
	return register.AddInput{BusinessID: b, Contact: register.Contact{Name: name, Language: "fi"}}
}

func unit() register.Profile {
	return register.Profile{Name: "Aava Keskusta", Municipality: "564", Languages: []string{"fi", "sign"}, Active: true}
}

func TestACompanyIsInTheRegisterOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	faulttest.WantField(t, w.in(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := register.Add(ctx, tx, system, add(t, "2345678-0", "Sama yritys"))
		return err
	}), "REG-002", "business_id")
}

func TestOfTwoEditorsTheSecondMustLookAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, city := range []string{"Mallila", "Toisala"} {
		wg.Go(func() {
			errs[i] = w.in(func(ctx context.Context, tx *postgres.Tx) error {
				_, err := register.Edit(ctx, tx, w.office, register.EditInput{Provider: w.company.ID, RowVersion: w.company.RowVersion,
					Contact: register.Contact{Name: "Kotihoiva Aava Oy", City: city, Language: "fi"}})
				return err
			})
		})
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || fault.CodeOf(errs[0])+fault.CodeOf(errs[1]) != "REG-004" {
		t.Fatalf("%v, %v", errs[0], errs[1])
	}
}

func TestEveryFaultOfAUnitIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := register.Profile{Municipality: "Oulu", Email: "aava", Postcode: "123", Website: "javascript:alert(1)", Languages: []string{"tlh"}, Areas: []string{"1"}}
	err := w.in(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := register.AddUnit(ctx, tx, w.office, register.AddUnitInput{Provider: w.company.ID, Profile: p})
		return err
	})
	if got := len(fault.All(err)); got != 7 {
		t.Errorf("%d faults: %v", got, err)
	}
	p = unit()
	p.Municipality = "999"
	faulttest.WantField(t, w.in(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := register.AddUnit(ctx, tx, w.office, register.AddUnitInput{Provider: w.company.ID, Profile: p})
		return err
	}), "REG-022", "municipality")
}

func TestAnotherCompanyCannotBeEdited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := w.office
	stranger.Provider++
	faulttest.Want(t, w.in(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := register.AddUnit(ctx, tx, stranger, register.AddUnitInput{Provider: w.company.ID, Profile: unit()})
		return err
	}), "REG-001")
}

func TestTheAccountIsChangedOnlyWithAFreshSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	iban, err := ident.ParseIBAN("FI2112345600000785")
	w.must(err)
	set := func(by access.Actor, holder string) error {
		return w.in(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := register.SetBilling(ctx, tx, by, register.BillingInput{Provider: w.company.ID, RowVersion: w.company.RowVersion,
				Level: register.ByCompany, IBAN: iban, Holder: holder})
			return err
		})
	}
	tired := w.office
	tired.SignedIn = tired.SignedIn.Add(-time.Hour)
	faulttest.Want(t, set(tired, "Aava"), "ACC-003")
	preparer := w.office
	preparer.Role = access.Preparer
	faulttest.Want(t, set(preparer, "Aava"), "ACC-001")
	faulttest.Want(t, set(w.office, ""), "REG-006")
	w.must(set(w.office, "Kotihoiva Aava Oy"))
}

func TestUsersAreGivenRolesAndMadePassive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mandate access.Mandate
	w.must(w.in(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := access.SignIn(ctx, tx, access.Account{Issuer: "test", Subject: "1", Name: "Kirsi Kirjaaja", Email: "kirsi@aava.example"})
		return err
	}))
	give := func(role access.Role, email string) error {
		return w.in(func(ctx context.Context, tx *postgres.Tx) (err error) {
			mandate, err = register.AddUser(ctx, tx, w.office, register.UserInput{Provider: w.company.ID, Name: "Kirsi Kirjaaja", Email: email, Role: role})
			return err
		})
	}
	faulttest.Want(t, give(access.Signatory, "kirsi@aava.example"), "REG-040")
	faulttest.Want(t, give(access.Recorder, "joku@aava.example"), "REG-044")
	w.must(give(access.Recorder, "Kirsi@aava.example"))
	given := mandate
	faulttest.Want(t, give(access.Recorder, "kirsi@aava.example"), "REG-043")
	w.must(w.in(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := register.Passivate(ctx, tx, w.office, register.PassivateInput{Provider: w.company.ID, Mandate: given.ID})
		return err
	}))
	w.must(w.in(func(ctx context.Context, tx *postgres.Tx) error {
		users, err := register.Users(ctx, tx, w.office, w.company.ID)
		if len(users) != 1 || users[0].Active || users[0].Name != "Kirsi Kirjaaja" {
			t.Errorf("%+v", users)
		}
		return err
	}))
}

func TestOnlyTheOperatorNamesWhoSigns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(w.in(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := access.SignIn(ctx, tx, access.Account{Issuer: "https://id.example", Subject: "saku", Name: "Saku Saarni", Email: "saku@aava.example"})
		return err
	}))
	name := func(by access.Actor) error {
		return w.in(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := register.NameSignatory(ctx, tx, by, register.UserInput{Provider: w.company.ID, Name: "saku saarni", Email: "saku@aava.example"})
			return err
		})
	}
	for code, by := range map[string]access.Actor{"ACC-001": w.office, "ACC-007": {Account: 7, Role: access.DecisionMaker, Organiser: 1}} {
		faulttest.Want(t, name(by), code)
	}
	operator := access.Actor{Account: 8, Name: "Ylermi Ylläpito", Role: access.Operator}
	w.must(name(operator))
	faulttest.WantField(t, name(operator), "REG-043", "email")
}
