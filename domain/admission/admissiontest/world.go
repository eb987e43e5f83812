// Package admissiontest makes the world that tests of applications happen in: one organiser with a service that takes
// applications, and one company with two units and its people. Everything is made through use cases.
// It is for tests only.
package admissiontest

import (
	"context"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

// World is one organiser, one service and one company.
type World struct {
	T        testing.TB
	DB       *postgres.DB
	Clock    *calendar.Fixed
	Texts    *i18n.Catalogue
	Keys     *secret.Keys
	Models   rulebook.Models
	Org      organiser.Organiser
	Service  catalogue.Service
	Book     rulebook.Rulebook
	Plan     catalogue.Slot // attachment of the company, without a last day
	Police   catalogue.Slot // insurance of each unit, with a last day
	Company  register.Provider
	Units    []register.Unit
	Main     access.Actor // the organiser's main user
	Handler  access.Actor
	Decider  access.Actor
	Signer   access.Actor // may sign for the company
	Office   access.Actor // the company's main user
	Preparer access.Actor
}

// Today is the day on which the world begins.
var Today = postgrestest.Today

// New makes the world in a database of its own.
func New(t testing.TB) *World {
	t.Helper()
	clock := calendar.Noon(Today)
	w := &World{T: t, DB: postgrestest.New(t, postgrestest.Clock(clock)), Clock: clock, Models: method.All()}
	var err error
	if w.Texts, err = i18n.Load(); err != nil {
		t.Fatal(err)
	}
	if w.Keys, err = secret.Generate(); err != nil {
		t.Fatal(err)
	}
	w.nation()
	w.staff()
	w.catalogue()
	w.company()
	return w
}

// Must ends the test on an error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// In runs a use case in the organiser's scope, as the faces do for both sides.
func (w *World) In(fn func(ctx context.Context, tx *postgres.Tx) error) error {
	return w.DB.Tenant(w.T.Context(), access.Within{Organiser: w.Org.ID}, func(tx *postgres.Tx) error { return fn(w.T.Context(), tx) })
}

// As reads in the actor's own scope.
func (w *World) As(by access.Actor, fn func(ctx context.Context, tx *postgres.Tx) error) error {
	return w.DB.Tenant(w.T.Context(), by, func(tx *postgres.Tx) error { return fn(w.T.Context(), tx) })
}

func (w *World) nation() {
	operator := access.Actor{Account: 1, Name: "Olli Operaattori", Role: access.Operator}
	w.Must(w.DB.National(w.T.Context(), func(tx *postgres.Tx) error {
		ctx := w.T.Context()
		err := organiser.SetMunicipalities(ctx, tx, operator, []organiser.Municipality{
			{Code: "564", Names: i18n.Names{Fi: "Oulu", Sv: "Uleåborg"}, County: "17", Language: "fi"},
			{Code: "853", Names: i18n.Names{Fi: "Turku", Sv: "Åbo"}, County: "03", Language: "fi-sv"}})
		if err != nil {
			return err
		}
		w.Org, err = organiser.Found(ctx, tx, operator, organiser.FoundInput{Prefix: "MTK", Kind: "municipality", BusinessID: "1234567-1",
			Settings: organiser.Settings{Names: i18n.Names{Fi: "Mallilan kaupunki", Sv: "Mallila stad", En: "City of Mallila"}, Email: "info@mallila.example",
				Phone: "02 123 4567", AddressLine: "Torikatu 1", Postcode: "99999", City: "Mallila", RegistryEmail: "kirjaamo@mallila.example",
				RectificationBody: i18n.Names{Fi: "sosiaali- ja terveyslautakunta", Sv: "social- och hälsovårdsnämnden", En: "the Social and Health Committee"},
				Rhythm:            "monthly", SettlementDay: 5, PaymentTermDays: 30, PayerName: "Mallilan kaupunki", PayerIBAN: "FI21 1234 5600 0007 85"}})
		return err
	}))
}

func (w *World) staff() {
	fresh := w.Clock.Now().Add(-time.Minute)
	organiserSide := func(account int64, name string, role access.Role) access.Actor {
		return access.Actor{Account: account, Name: name, Role: role, Organiser: w.Org.ID, SignedIn: fresh}
	}
	w.Main = organiserSide(10, "Pirkko Pääkäyttäjä", access.MainUser)
	w.Handler = organiserSide(11, "Heikki Hakemus", access.ApplicationHandler)
	w.Decider = organiserSide(12, "Päivi Päättäjä", access.DecisionMaker)
}

func (w *World) catalogue() {
	cap := money.Cents(6000)
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		class, err := catalogue.AddClass(ctx, tx, w.Main, catalogue.Class{Organiser: w.Org.ID, Names: i18n.Names{Fi: "Hoito- ja hoivapalvelut", Sv: "Vård och omsorg", En: "Care services"}})
		if err != nil {
			return err
		}
		area, err := catalogue.AddArea(ctx, tx, w.Main, catalogue.Area{Organiser: w.Org.ID, Class: class.ID, Names: i18n.Names{Fi: "Kotihoidon palvelut", Sv: "Hemvårdens tjänster", En: "Home care services"}})
		if err != nil {
			return err
		}
		w.Service, err = catalogue.AddService(ctx, tx, w.Main, catalogue.VersionInput{Organiser: w.Org.ID, Code: "kotihoito", AreaID: area.ID,
			ValidFrom: calendar.Day(2026, time.January, 1), Names: i18n.Names{Fi: "Tilapäinen kotihoito", Sv: "Tillfällig hemvård", En: "Temporary home care"},
			Descriptions: i18n.Names{Fi: "Apua kotiin.", Sv: "Hjälp hemma.", En: "Help at home."}, Mode: catalogue.Voucher, Open: true,
			LegalAct: "569/2009", LegalSection: "5 §", Contents: []catalogue.ContentInput{
				{Code: "arki", Unit: catalogue.Hour, Names: i18n.Names{Fi: "Arkipäivä", Sv: "Vardag", En: "Weekday"}, Position: 1, PriceCap: &cap},
				{Code: "kylvetys", Unit: catalogue.Visit, Names: i18n.Names{Fi: "Kylvetys", Sv: "Bad", En: "Bath"}, Position: 2}}})
		if err != nil {
			return err
		}
		if w.Plan, err = catalogue.AddSlot(ctx, tx, w.Main, catalogue.Slot{Organiser: w.Org.ID, Service: w.Service.ID, Level: "company", Required: true,
			Names: i18n.Names{Fi: "Omavalvontasuunnitelma", Sv: "Plan för egenkontroll", En: "Self-monitoring plan"}, Position: 1}); err != nil {
			return err
		}
		w.Police, err = catalogue.AddSlot(ctx, tx, w.Main, catalogue.Slot{Organiser: w.Org.ID, Service: w.Service.ID, Level: "unit", Required: true, Expires: true,
			Names: i18n.Names{Fi: "Vastuuvakuutus", Sv: "Ansvarsförsäkring", En: "Liability insurance"}, Position: 2})
		return err
	}))
	w.Book = w.Publish(calendar.Day(2026, time.January, 1))
}

// Publish puts a rulebook version into force from a day: values 33 and 27 euros, notice of 30 days for prices, and the conditions of approval.
func (w *World) Publish(from calendar.Date, criteria ...rulebook.Criterion) rulebook.Rulebook {
	w.T.Helper()
	rules := rulebook.Default()
	rules.Value = rulebook.Flat([]rulebook.FlatValue{{Content: w.Service.Contents[0].ID, Value: 3300}, {Content: w.Service.Contents[1].ID, Value: 2700}})
	rules.Criteria = criteria
	var book rulebook.Rulebook
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		draft, err := rulebook.Draft(ctx, tx, w.Main, w.Models, rulebook.DraftInput{Organiser: w.Org.ID, Service: w.Service.ID, ValidFrom: from,
			Texts: i18n.Names{Fi: "Tuottaja noudattaa sääntökirjaa.\n\nPalvelu kirjataan viipymättä.", Sv: "Producenten följer regelboken.", En: "The provider follows the rulebook."}, Rules: rules})
		if err != nil {
			return err
		}
		book, err = rulebook.Publish(ctx, tx, w.Decider, w.Models, rulebook.PublishInput{Organiser: w.Org.ID, ID: draft.ID, RowVersion: draft.RowVersion})
		return err
	}))
	return book
}

func (w *World) company() {
	w.Must(w.DB.National(w.T.Context(), func(tx *postgres.Tx) error {
		ctx := w.T.Context()
		id, err := ident.ParseBusinessID("2345678-0")
		if err != nil {
			return err
		}
		if w.Company, err = register.Add(ctx, tx, access.System("sign-in", 0), register.AddInput{BusinessID: id, Contact: register.Contact{Name: "Kotihoiva Aava Oy",
			Email: "toimisto@aava.example", AddressLine: "Rantatie 2", Postcode: "99998", City: "Mallila", Language: "fi"}}); err != nil {
			return err
		}
		fresh := w.Clock.Now().Add(-time.Minute)
		person := func(account int64, name string, role access.Role) access.Actor {
			return access.Actor{Account: account, Name: name, Role: role, Provider: w.Company.ID, SignedIn: fresh}
		}
		w.Signer = person(20, "Nina Nimenkirjoittaja", access.Signatory)
		w.Office = person(21, "Teppo Toimisto", access.ProviderMainUser)
		w.Preparer = person(22, "Veera Valmistelija", access.Preparer)
		account, err := ident.ParseIBAN("FI2112345600000785")
		if err != nil {
			return err
		}
		if w.Company, err = register.SetBilling(ctx, tx, w.Office, register.BillingInput{Provider: w.Company.ID, RowVersion: w.Company.RowVersion,
			Level: register.ByCompany, IBAN: account, Holder: "Kotihoiva Aava Oy"}); err != nil {
			return err
		}
		for _, name := range []string{"Aava Keskusta", "Aava Ranta"} {
			u, err := register.AddUnit(ctx, tx, w.Office, register.AddUnitInput{Provider: w.Company.ID, Profile: register.Profile{Name: name,
				AddressLine: "Rantatie 2", Postcode: "99998", City: "Mallila", Municipality: "564", Languages: []string{"fi", "sv"}, Active: true}})
			if err != nil {
				return err
			}
			w.Units = append(w.Units, u)
		}
		return nil
	}))
}

// PDF is the smallest file that passes for a PDF.
var PDF = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 3\ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n")

// Started is a new draft.
func (w *World) Started() admission.Application {
	w.T.Helper()
	var a admission.Application
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		a, err = admission.Start(ctx, tx, w.Office, admission.StartInput{Organiser: w.Org.ID, Provider: w.Company.ID, Service: w.Service.ID})
		return err
	}))
	return a
}

// Key names the application as it is now.
func Key(a admission.Application) admission.Key {
	return admission.Key{Organiser: a.Organiser, Application: a.ID, RowVersion: a.RowVersion}
}

// Price is a price of one content in one unit from a day on.
func (w *World) Price(unit, content int, cents money.Cents, from calendar.Date) admission.PriceLine {
	return admission.PriceLine{Unit: w.Units[unit].ID, Content: w.Service.Contents[content].ID, Price: cents, From: from, VATCode: "exempt"}
}

// Filled is a draft of the first unit with everything that is asked, ready to be signed.
func (w *World) Filled() admission.Application {
	w.T.Helper()
	a := w.Started()
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		if a, err = admission.AcceptRulebook(ctx, tx, w.Office, admission.AcceptInput{Key: Key(a), Rulebook: w.Book.ID}); err != nil {
			return err
		}
		if a, err = admission.ChooseUnits(ctx, tx, w.Office, admission.UnitsInput{Key: Key(a), Units: []int64{w.Units[0].ID}}); err != nil {
			return err
		}
		a, err = admission.SetPrices(ctx, tx, w.Office, admission.PricesInput{Key: Key(a), Models: w.Models,
			Prices: []admission.PriceLine{w.Price(0, 0, 4200, tx.Today()), w.Price(0, 1, 3000, tx.Today())}})
		if err != nil {
			return err
		}
		until := tx.Today() + 400
		for _, in := range []admission.AttachmentInput{{Slot: w.Plan.ID}, {Slot: w.Police.ID, Unit: w.Units[0].ID, ExpiresOn: &until}} {
			in.Key, in.Name, in.Data, in.Keys = Key(a), "asiakirja.pdf", PDF, w.Keys
			if _, err = admission.AddAttachment(ctx, tx, w.Office, in); err != nil {
				return err
			}
			a.RowVersion++
		}
		return nil
	}))
	return a
}

// Handled is a signed application that the handler has taken.
func (w *World) Handled() admission.Application {
	w.T.Helper()
	a := w.Filled()
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		if a, err = admission.Sign(ctx, tx, w.Signer, Key(a)); err != nil {
			return err
		}
		a, err = admission.Take(ctx, tx, w.Handler, Key(a))
		return err
	}))
	return a
}

// Decision is an approval from today until further notice.
func (w *World) Decision(a admission.Application) admission.DecideInput {
	return admission.DecideInput{Key: Key(a), Approve: true, Reasons: "Yritys täyttää sääntökirjan ehdot.", Office: "palvelupäällikkö",
		ValidFrom: Today, ValidTo: calendar.Forever, Texts: w.Texts}
}

// Approved is the company's approved application with its decision.
func (w *World) Approved() (admission.Application, decision.Decision) {
	w.T.Helper()
	a := w.Handled()
	var d decision.Decision
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		a, d, err = admission.Decide(ctx, tx, w.Decider, w.Decision(a))
		return err
	}))
	return a, d
}

// Approvals gives the company's approvals as they are now.
func (w *World) Approvals() []admission.Approval {
	w.T.Helper()
	var list []admission.Approval
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = admission.Approvals(ctx, tx, w.Decider, w.Org.ID, w.Company.ID, 0)
		return err
	}))
	return list
}
