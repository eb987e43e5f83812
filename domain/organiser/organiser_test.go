package organiser_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var operator = access.Actor{Account: 1, Name: "Olli Operaattori", Role: access.Operator}

func mainUser(o organiser.Organiser, account int64) access.Actor {
	return access.Actor{Account: account, Name: fmt.Sprint("Pirkko ", account), Role: access.MainUser, Organiser: o.ID}
}

func settings() organiser.Settings {
	return organiser.Settings{Names: i18n.Names{Fi: "Mallilan kaupunki", Sv: "Mallila stad"}, Email: "info@mallila.example", Phone: "02 123 4567",
		AddressLine: "Torikatu 1", Postcode: "99999", City: "Mallila", RegistryEmail: "kirjaamo@mallila.example",
		RectificationBody: i18n.Names{Fi: "Sosiaali- ja terveyslautakunta"}, Rhythm: "monthly", SettlementDay: 5, PaymentTermDays: 30,
		PayerName: "Mallilan kaupunki", PayerIBAN: "FI21 1234 5600 0007 85"}
}

// found makes an organiser of its own for a test.
func found(t *testing.T, db *postgres.DB, prefix, businessID string) organiser.Organiser {
	t.Helper()
	var o organiser.Organiser
	err := db.National(t.Context(), func(tx *postgres.Tx) (err error) {
		o, err = organiser.Found(t.Context(), tx, operator, organiser.FoundInput{Prefix: prefix, Kind: "municipality", BusinessID: businessID, Settings: settings()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func mallila(t *testing.T, db *postgres.DB) organiser.Organiser {
	return found(t, db, "MTK", "1234567-1")
}

func within(t *testing.T, db *postgres.DB, by access.Actor, fn func(ctx context.Context, tx *postgres.Tx) error) error {
	t.Helper()
	return db.Tenant(t.Context(), by, func(tx *postgres.Tx) error { return fn(t.Context(), tx) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// together runs the functions at once and gives their errors in order.
func together(fns ...func() error) []error {
	errs := make([]error, len(fns))
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() { errs[i] = fn() })
	}
	wg.Wait()
	return errs
}

// oneWins fails unless exactly one of the errors is nil and every other is the fault.
func oneWins(t *testing.T, errs []error, code string) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		faulttest.Want(t, err, code)
	}
	if won != 1 {
		t.Fatalf("%d of %d succeeded, want 1", won, len(errs))
	}
}

func TestFoundedOrganiserIsFoundByIdAndByPrefix(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	if o.PayerIBAN != "FI2112345600000785" || o.RowVersion != 1 || o.Names.In(i18n.SV) != "Mallila stad" || o.Names.In(i18n.EN) != "Mallilan kaupunki" {
		t.Fatalf("founded as %+v", o)
	}
	must(t, db.Read(t.Context(), access.Actor{}, func(tx *postgres.Tx) error {
		again, err := organiser.ByPrefix(t.Context(), tx, "MTK")
		if err == nil && !reflect.DeepEqual(again, o) {
			t.Errorf("by prefix %+v, want %+v", again, o)
		}
		all, err2 := organiser.All(t.Context(), tx)
		if err2 == nil && (len(all) != 1 || !reflect.DeepEqual(all[0], o)) {
			t.Errorf("all: %+v", all)
		}
		_, missing := organiser.Get(t.Context(), tx, o.ID+1)
		faulttest.Want(t, missing, "ORG-001")
		return err
	}))
}

func TestFoundingTellsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	in := organiser.FoundInput{Prefix: "mal", Kind: "village", BusinessID: "1234567-2", Settings: settings()}
	in.Names.Fi, in.Email, in.Postcode, in.Rhythm, in.SettlementDay, in.PaymentTermDays, in.PayerIBAN = " ", "x", "1", "weekly", 8, 91, "FI2112345600000786"
	err := db.National(t.Context(), func(tx *postgres.Tx) error {
		_, err := organiser.Found(t.Context(), tx, operator, in)
		return err
	})
	var fields []string
	for _, f := range fault.All(err) {
		fields = append(fields, f.Field)
	}
	want := []string{"name_fi", "email", "postcode", "settlement_day", "payment_term_days", "payer_iban", "prefix", "business_id", "kind"}
	if !slices.Equal(fields, want) {
		t.Fatalf("fields %v, want %v (%v)", fields, want, err)
	}
}

func TestPrefixAndBusinessIDBelongToOneOrganiser(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	mallila(t, db)
	for code, in := range map[string]organiser.FoundInput{
		"ORG-003": {Prefix: "MTK", Kind: "county", BusinessID: "7654321-2", Settings: settings()},
		"ORG-004": {Prefix: "TRS", Kind: "county", BusinessID: "1234567-1", Settings: settings()},
	} {
		err := db.National(t.Context(), func(tx *postgres.Tx) error {
			_, err := organiser.Found(t.Context(), tx, operator, in)
			return err
		})
		faulttest.Want(t, err, code)
	}
}

func TestOnlyTheOperatorFoundsAndOnlyTheOwnMainUserEdits(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o, other := mallila(t, db), found(t, db, "TRS", "7654321-2")
	err := db.National(t.Context(), func(tx *postgres.Tx) error {
		_, err := organiser.Found(t.Context(), tx, mainUser(o, 2), organiser.FoundInput{})
		return err
	})
	faulttest.Want(t, err, "ACC-001")
	stranger := mainUser(other, 3)
	err = within(t, db, stranger, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := organiser.Edit(ctx, tx, stranger, organiser.EditInput{Organiser: o.ID, RowVersion: 1, Settings: settings()})
		return err
	})
	faulttest.Want(t, err, "ACC-001")
}

func TestTwoMainUsersSavingAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	save := func(by access.Actor, day int) func() error {
		return func() error {
			return db.Tenant(context.Background(), by, func(tx *postgres.Tx) error {
				s := o.Settings()
				s.SettlementDay = day
				_, err := organiser.Edit(context.Background(), tx, by, organiser.EditInput{Organiser: o.ID, RowVersion: o.RowVersion, Settings: s})
				return err
			})
		}
	}
	errs := together(save(mainUser(o, 2), 6), save(mainUser(o, 3), 7))
	oneWins(t, errs, "ORG-002")
	must(t, within(t, db, mainUser(o, 2), func(ctx context.Context, tx *postgres.Tx) error {
		after, err := organiser.Get(ctx, tx, o.ID)
		want := 6
		if errs[0] != nil {
			want = 7
		}
		if after.SettlementDay != want || after.RowVersion != 2 {
			t.Errorf("settlement day %d version %d, want the winner's %d and 2", after.SettlementDay, after.RowVersion, want)
		}
		return err
	}))
}

func TestNumbersHaveNoGapsAndNoDoubles(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	o := mallila(t, db)
	const writers = 24
	got := make([]int64, writers)
	fns := make([]func() error, writers)
	for i := range fns {
		fns[i] = func() error {
			return db.Tenant(context.Background(), o2scope(o), func(tx *postgres.Tx) error {
				n, err := organiser.NextNumber(context.Background(), tx, o.ID, "decision", 2026)
				if err == nil && i%4 == 3 {
					return errRefused // rolled back: its number goes to the next
				}
				got[i] = n
				return err
			})
		}
	}
	for i, err := range together(fns...) {
		if (err != nil) != (i%4 == 3) {
			t.Fatalf("writer %d: %v", i, err)
		}
	}
	var numbers []int64
	for i, n := range got {
		if i%4 != 3 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != int64(i+1) {
			t.Fatalf("numbers %v are not 1…%d", numbers, len(numbers))
		}
	}
}

var errRefused = fault.New(fault.Conflict, "TEST", "test")

func o2scope(o organiser.Organiser) access.Actor { return access.System("test", o.ID) }

func TestMunicipalityIsServedWithinItsPeriodOnly(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	city, county := mallila(t, db), found(t, db, "HVT", "7654321-2")
	day := calendar.Day(2026, 11, 21)
	must(t, db.National(t.Context(), func(tx *postgres.Tx) error {
		ctx := t.Context()
		must(t, organiser.SetMunicipalities(ctx, tx, operator, []organiser.Municipality{
			{Code: "999", Names: i18n.Names{Fi: "Mallila", Sv: "Mallila"}, County: "01", Language: "fi-sv"}}))
		must(t, organiser.Serve(ctx, tx, operator, county.ID, "999", calendar.Period{From: day - 10, To: calendar.Forever}))
		must(t, organiser.Serve(ctx, tx, operator, city.ID, "999", calendar.Period{From: day, To: calendar.Forever}))
		faulttest.Want(t, organiser.Serve(ctx, tx, operator, city.ID, "999", calendar.Period{From: day - 5, To: day + 1}), "ORG-009")
		faulttest.Want(t, organiser.Serve(ctx, tx, operator, city.ID, "999", calendar.Period{From: day, To: day}), "ORG-021")
		must(t, organiser.EndServing(ctx, tx, operator, county.ID, "999", day+30))
		for d, want := range map[calendar.Date][]int32{day - 11: nil, day - 1: {county.ID}, day: {city.ID, county.ID}, day + 29: {city.ID, county.ID}, day + 30: {city.ID}} {
			got, err := organiser.ServedBy(ctx, tx, "999", d)
			slices.Sort(want)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("on %s served by %v, want %v (%v)", d, got, want, err)
			}
		}
		return nil
	}))
	err := db.National(t.Context(), func(tx *postgres.Tx) error {
		return organiser.Serve(t.Context(), tx, operator, city.ID, "998", calendar.Period{From: day, To: day + 1})
	})
	faulttest.Want(t, err, "ORG-020")
}
