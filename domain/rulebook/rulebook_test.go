package rulebook_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var today = calendar.Day(2026, 11, 21) // where the test clock stands

// world has one organiser with one voucher service of one content, and two main users.
type world struct {
	t             testing.TB
	db            *postgres.DB
	org           int32
	pirkko, matti access.Actor
	service       catalogue.Service
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, db: postgrestest.New(t)}
	operator := access.Actor{Account: 1, Name: "Olli Operaattori", Role: access.Operator}
	must(t, w.db.National(t.Context(), func(tx *postgres.Tx) error {
		o, err := organiser.Found(t.Context(), tx, operator, organiser.FoundInput{Prefix: "MTK", Kind: "county", BusinessID: "1234567-1", Settings: organiser.Settings{
			Names: i18n.Names{Fi: "Mallilan hyvinvointialue"}, Email: "a@b.example", Phone: "1", AddressLine: "Tie 1", Postcode: "99999", City: "Mallila",
			RegistryEmail: "k@b.example", RectificationBody: i18n.Names{Fi: "Lautakunta"}, Rhythm: "monthly", SettlementDay: 5, PaymentTermDays: 30,
			PayerName: "Mallila", PayerIBAN: "FI2112345600000785"}})
		w.org = o.ID
		return err
	}))
	w.pirkko = access.Actor{Account: 2, Name: "Pirkko Pää", Role: access.MainUser, Organiser: w.org}
	w.matti = access.Actor{Account: 3, Name: "Matti Main", Role: access.MainUser, Organiser: w.org}
	must(t, w.as(w.pirkko, func(ctx context.Context, tx *postgres.Tx) error {
		class, err := catalogue.AddClass(ctx, tx, w.pirkko, catalogue.Class{Organiser: w.org, Names: i18n.Names{Fi: "Hoiva"}})
		if err != nil {
			return err
		}
		area, err := catalogue.AddArea(ctx, tx, w.pirkko, catalogue.Area{Organiser: w.org, Class: class.ID, Names: i18n.Names{Fi: "Koti"}})
		if err != nil {
			return err
		}
		w.service, err = catalogue.AddService(ctx, tx, w.pirkko, catalogue.VersionInput{Organiser: w.org, Code: "kotihoito", AreaID: area.ID, ValidFrom: today - 365,
			Names: i18n.Names{Fi: "Kotihoito"}, Mode: catalogue.Voucher, Open: true, LegalAct: "1301/2014",
			Contents: []catalogue.ContentInput{{Code: "hoito", Unit: catalogue.Hour, Names: i18n.Names{Fi: "Kotihoidon tunti"}}}})
		return err
	}))
	return w
}

func (w *world) as(by access.Actor, fn func(ctx context.Context, tx *postgres.Tx) error) error {
	return w.db.Tenant(context.Background(), by, func(tx *postgres.Tx) error { return fn(context.Background(), tx) })
}

func (w *world) input(from calendar.Date, value money.Cents) rulebook.DraftInput {
	r := rulebook.Default()
	r.Value = rulebook.Flat([]rulebook.FlatValue{{Content: w.service.Contents[0].ID, Value: value}})
	return rulebook.DraftInput{Organiser: w.org, Service: w.service.ID, ValidFrom: from, Texts: i18n.Names{Fi: "Yleinen osa"}, Rules: r}
}

func (w *world) draft(by access.Actor, in rulebook.DraftInput) (r rulebook.Rulebook, err error) {
	err = w.as(by, func(ctx context.Context, tx *postgres.Tx) (err error) {
		r, err = rulebook.Draft(ctx, tx, by, rulebook.BuiltIn(), in)
		return err
	})
	return r, err
}

func (w *world) publish(by access.Actor, r rulebook.Rulebook) error {
	return w.as(by, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := rulebook.Publish(ctx, tx, by, rulebook.BuiltIn(), rulebook.PublishInput{Organiser: w.org, ID: r.ID, RowVersion: r.RowVersion})
		return err
	})
}

// inForce drafts by one and publishes by the other.
func (w *world) inForce(from calendar.Date, value money.Cents) rulebook.Rulebook {
	w.t.Helper()
	r, err := w.draft(w.pirkko, w.input(from, value))
	must(w.t, err)
	must(w.t, w.publish(w.matti, r))
	return r
}

func (w *world) valueOn(day calendar.Date) (value money.Cents) {
	w.t.Helper()
	must(w.t, w.as(w.matti, func(ctx context.Context, tx *postgres.Tx) error {
		r, err := rulebook.Current(ctx, tx, w.org, w.service.ID, day)
		if err != nil {
			return err
		}
		v, err := rulebook.BuiltIn().Value(r, rulebook.ValueInput{Content: w.service.Contents[0].ID, Day: day})
		value = v.Value
		return err
	}))
	return value
}

func TestRulebookIsPublishedBySomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.draft(w.pirkko, w.input(today, 3300))
	must(t, err)
	faulttest.Want(t, w.publish(w.pirkko, r), "RUL-015")
	handler := access.Actor{Account: 4, Name: "Hilla", Role: access.ApplicationHandler, Organiser: w.org}
	faulttest.Want(t, w.publish(handler, r), "ACC-001")
	must(t, w.publish(w.matti, r))
	if got := w.valueOn(today); got != 3300 {
		t.Errorf("value %d", got)
	}
}

func TestDatabaseItselfHoldsFourEyes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.draft(w.pirkko, w.input(today, 3300))
	must(t, err)
	err = w.as(w.pirkko, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := tx.Exec(ctx, `update rulebook set published_by_account = $1, published_by = 'x', published_at = now() where rulebook_id = $2`, w.pirkko.Account, r.ID)
		return err
	})
	if got := postgres.ConstraintOf(err); got != postgres.ConstraintRulebookFourEyes {
		t.Errorf("constraint %q of %v", got, err)
	}
}

func TestPublishedRulebookCannotBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.inForce(today, 3300)
	in := w.input(today, 9900)
	in.ID, in.RowVersion = r.ID, r.RowVersion
	_, err := w.draft(w.pirkko, in)
	faulttest.Want(t, err, "RUL-014")
	faulttest.Want(t, w.publish(w.matti, r), "RUL-014")
	must(t, w.as(w.pirkko, func(ctx context.Context, tx *postgres.Tx) error {
		tag, err := tx.Exec(ctx, `update rulebook set rules = '{}' where organiser_id = $1`, w.org)
		if tag.RowsAffected() != 0 {
			t.Errorf("the program's role changed %d published rows", tag.RowsAffected())
		}
		return err
	}))
}

func TestDraftIsSeenByItsOrganiserOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inForce(today, 3300)
	r, err := w.draft(w.pirkko, w.input(today+10, 3500))
	must(t, err)
	must(t, w.as(w.matti, func(ctx context.Context, tx *postgres.Tx) error {
		seen, found, err := rulebook.DraftOf(ctx, tx, w.matti, w.org, w.service.ID)
		if !found || seen.ID != r.ID || seen.Version != 2 {
			t.Errorf("own main user sees %+v", seen)
		}
		return err
	}))
	for name, scope := range map[string]access.Within{"public": {}, "provider": {Provider: 3}, "another organiser": {Organiser: w.org + 1}} {
		must(t, w.db.Read(t.Context(), scope, func(tx *postgres.Tx) error {
			_, err := rulebook.ByID(t.Context(), tx, w.org, r.ID)
			faulttest.Want(t, err, "RUL-001")
			list, err := rulebook.Versions(t.Context(), tx, w.org, w.service.ID)
			if len(list) != 1 || list[0].Version != 1 {
				t.Errorf("%s sees %d versions", name, len(list))
			}
			return err
		}))
	}
}

func TestEachDayHasTheRulebookThatHasBegun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inForce(today-100, 3000) // the first may begin in the past: nobody was judged by another
	w.inForce(today, 3300)
	w.inForce(today+30, 3600)
	w.inForce(today+30, 3700) // the same first day: the later version counts
	for day, want := range map[calendar.Date]money.Cents{today - 100: 3000, today - 1: 3000, today: 3300, today + 29: 3300, today + 30: 3700, today + 3000: 3700} {
		if got := w.valueOn(day); got != want {
			t.Errorf("on %s %d, want %d", day, got, want)
		}
	}
	must(t, w.as(w.matti, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := rulebook.Current(ctx, tx, w.org, w.service.ID, today-101)
		faulttest.Want(t, err, "RUL-001")
		all, err := rulebook.CurrentAll(ctx, tx, w.org, today)
		if len(all) != 1 || all[w.service.ID].Version != 2 {
			t.Errorf("current of all services: %+v", all)
		}
		return err
	}))
	for from, code := range map[calendar.Date]string{today - 1: "RUL-016", today + 29: "RUL-017"} {
		in := w.input(from, 1)
		if draft, found := w.draftNow(); found {
			in.ID, in.RowVersion = draft.ID, draft.RowVersion
		}
		r, err := w.draft(w.pirkko, in)
		must(t, err)
		faulttest.WantField(t, w.publish(w.matti, r), code, "valid_from")
	}
}

func (w *world) draftNow() (r rulebook.Rulebook, found bool) {
	w.t.Helper()
	must(w.t, w.as(w.pirkko, func(ctx context.Context, tx *postgres.Tx) (err error) {
		r, found, err = rulebook.DraftOf(ctx, tx, w.pirkko, w.org, w.service.ID)
		return err
	}))
	return r, found
}

func TestDraftFitsTheServiceOfItsFirstDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	content := w.service.Contents[0].ID
	in := w.input(today, 3300)
	in.Texts.Fi = ""
	in.Rules.Value = rulebook.Flat([]rulebook.FlatValue{{Content: content, Value: 0}})
	_, err := w.draft(w.pirkko, in)
	if got := fmt.Sprint(err); got != "RUL-013 rulebook.required (text_fi); RUL-006 rulebook.value.not_positive (value."+fmt.Sprint(content)+")" {
		t.Error(got)
	}
	in = w.input(today, 3300)
	in.Rules.Value = rulebook.Flat(nil)
	_, err = w.draft(w.pirkko, in)
	faulttest.WantField(t, err, "RUL-005", fmt.Sprint("value.", content))
	in.Rules.Value = rulebook.Flat([]rulebook.FlatValue{{Content: content, Value: 1}, {Content: content + 1, Value: 1}})
	_, err = w.draft(w.pirkko, in)
	faulttest.WantField(t, err, "RUL-007", fmt.Sprint("value.", content+1))
	_, err = w.draft(w.pirkko, w.input(today-400, 3300))
	faulttest.WantField(t, err, "CAT-023", "valid_from")
}

func TestEditorsAndPublisherOfOneDraftDoNotOverrunEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, by := range []access.Actor{w.pirkko, w.matti} { // both begin the first draft at once
		wg.Go(func() { _, errs[i] = w.draft(by, w.input(today, money.Cents(3000+i))) })
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("both or none began the draft: %v", errs)
	}
	for _, err := range errs {
		if err != nil {
			faulttest.Want(t, err, "RUL-002")
		}
	}
	r, _ := w.draftNow()
	in := w.input(today, 4000)
	in.ID, in.RowVersion = r.ID, r.RowVersion
	saved, err := w.draft(w.pirkko, in)
	must(t, err)
	_, err = w.draft(w.matti, in) // read before Pirkko saved
	faulttest.Want(t, err, "RUL-002")
	faulttest.Want(t, w.publish(w.matti, r), "RUL-002") // would publish what he has not read
	must(t, w.publish(w.matti, saved))
}
