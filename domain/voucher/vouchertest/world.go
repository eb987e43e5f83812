// Package vouchertest arranges a small world for tests of packages that need vouchers: an invented organiser with a home-care service,
// a rulebook with flat values, a provider with an approved unit and prices, and people to act. Rows that earlier packages write are put
// in by the owner role, so that their use cases may change without these tests.
package vouchertest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
)

// Ids of the world's rows.
const (
	Organiser     int32 = 1
	Service       int64 = 11 // voucher, 34,00 € / hour and 27,00 € / visit
	FreeService   int64 = 12 // voucher, own share forbidden, 40,00 € / hour
	BoughtService int64 = 13 // purchased
	Hours         int64 = 21
	Visits        int64 = 22
	FreeHours     int64 = 23
	BoughtHours   int64 = 24
	Provider      int64 = 31
	OtherProvider int64 = 32
	Unit          int64 = 41 // approved for all services: 36,00 €/h, 25,00 €/visit, free 40,00, bought 31,00
	OtherUnit     int64 = 42 // approved for Service only: 34,00 €/h
	Team          int64 = 51
	Application   int64 = 61
	OtherApproval int64 = 62
)

// Today of the world's clock: 2026-11-21.
var Today = calendar.Day(2026, 11, 21)

// World is one test's database with people who act.
type World struct {
	T       testing.TB
	DB      *postgres.DB
	Owner   *pgxpool.Pool
	Keys    *secret.Keys
	Means   voucher.Means
	Aino    client.Client // of the organiser, speaks Finnish
	Staff   access.Actor  // caseworker
	Checker access.Actor  // may not change vouchers
}

// New makes the world.
func New(t testing.TB, opts ...postgrestest.Option) *World {
	t.Helper()
	db := postgrestest.New(t, opts...)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Generate()
	if err != nil {
		t.Fatal(err)
	}
	w := &World{T: t, DB: db, Owner: postgrestest.Owner(t, db), Keys: keys,
		Means:   voucher.Means{Texts: texts, Models: method.All(), Random: rand.Reader},
		Staff:   access.Actor{Account: 1, Name: "Sanna Ohjaaja", Role: access.Caseworker, Organiser: Organiser},
		Checker: access.Actor{Account: 2, Name: "Timo Tarkastaja", Role: access.EventChecker, Organiser: Organiser}}
	w.arrange()
	w.Aino = w.Client("010150-999K")
	return w
}

// Recorder is a person of the provider who reserves and records.
func (w *World) Recorder(provider int64) access.Actor {
	return access.Actor{Account: 5, Name: "Rauni Kirjaaja", Role: access.ServiceResponsible, Provider: provider}
}

// Self is the client signed in.
func (w *World) Self(c client.Client) access.Actor {
	return access.Actor{Account: 9, Name: c.Name(), Role: access.Client, Person: c.Person}
}

// Client adds a client by henkilötunnus.
func (w *World) Client(code string) client.Client {
	w.T.Helper()
	hetu, err := ident.ParseHetu(code)
	if err != nil {
		w.T.Fatal(err)
	}
	var c client.Client
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		c, err = client.Add(w.T.Context(), tx, w.Staff, w.Keys, client.AddInput{Organiser: Organiser, Identity: hetu, Details: client.Details{
			LastName: "Virtanen", FirstNames: "Aino", Language: i18n.FI, Municipality: "991", AddressLine: "Keksitie 1", Postcode: "99100", City: "Mallila"}})
		return err
	})
	return c
}

// Do runs a use case of an actor in the organiser's scope and fails the test on an error.
func (w *World) Do(by access.Actor, fn func(tx *postgres.Tx) error) {
	w.T.Helper()
	if err := w.Try(by, fn); err != nil {
		w.T.Fatal(err)
	}
}

// Try runs a use case of an actor in the organiser's scope.
func (w *World) Try(by access.Actor, fn func(tx *postgres.Tx) error) error {
	return w.DB.Tenant(w.T.Context(), by.In(Organiser), fn)
}

// Input is a grant of hours a month for a year.
func (w *World) Input(hours int64) voucher.GrantInput {
	q := money.Units(hours)
	return voucher.GrantInput{Organiser: Organiser, Client: w.Aino.ID, Service: Service,
		Period:  calendar.Period{From: calendar.Day(2026, 11, 1), To: calendar.Day(2027, 11, 1)},
		Lines:   []voucher.LineInput{{Content: Hours, Recurrence: voucher.Monthly, Amount: &q}},
		Contact: "Sanna Ohjaaja, 040 000 0000", Reasons: "Palvelun tarve on arvioitu kotikäynnillä.", Office: "palveluohjaaja"}
}

// Calculated tells what a grant would be.
func (w *World) Calculated(in voucher.GrantInput) (o voucher.Offer, err error) {
	w.T.Helper()
	err = w.Try(w.Staff, func(tx *postgres.Tx) (err error) {
		o, err = voucher.Calculate(w.T.Context(), tx, w.Staff, w.Means, in)
		return err
	})
	return o, err
}

// Granted gives a voucher of hours a month whose client has not answered.
func (w *World) Granted(hours int64) voucher.Voucher {
	w.T.Helper()
	return w.Grant(w.Input(hours))
}

// Grant grants.
func (w *World) Grant(in voucher.GrantInput) voucher.Voucher {
	w.T.Helper()
	var v voucher.Voucher
	w.Do(w.Staff, func(tx *postgres.Tx) (err error) {
		v, err = voucher.Grant(w.T.Context(), tx, w.Staff, w.Means, in)
		return err
	})
	return v
}

// Accepted gives a voucher that the client has taken after the information sheet.
func (w *World) Accepted(hours int64) voucher.Voucher {
	w.T.Helper()
	v := w.Granted(hours)
	w.Do(w.Staff, func(tx *postgres.Tx) (err error) {
		if _, err = voucher.GiveSheet(w.T.Context(), tx, w.Staff, w.Means, voucher.SheetInput{Organiser: Organiser, Voucher: v.ID, Channel: voucher.ByHand}); err != nil {
			return err
		}
		v, err = voucher.Accept(w.T.Context(), tx, w.Staff, voucher.AnswerInput{Organiser: Organiser, Voucher: v.ID, Channel: voucher.ByPhone})
		return err
	})
	return v
}

// Open gives an accepted voucher with a reservation of the world's unit.
func (w *World) Open(hours int64) (voucher.Voucher, voucher.Reservation) {
	w.T.Helper()
	v := w.Accepted(hours)
	var made []voucher.Reservation
	by := w.Recorder(Provider)
	w.Do(by, func(tx *postgres.Tx) (err error) {
		made, err = voucher.Reserve(w.T.Context(), tx, by, voucher.ReserveInput{Organiser: Organiser, Voucher: v.ID, Unit: Unit, From: v.Valid.From, Terms: true})
		return err
	})
	return v, made[0]
}

// Use puts a delivered and accepted quantity on a voucher's first line, as the recording of events leaves it in the ledger.
func (w *World) Use(v voucher.Voucher, hours int64, day calendar.Date) {
	w.T.Helper()
	w.Exec(`insert into period (organiser_id, provider_id, period_no, opened_at) values (1, $1, 1, now()) on conflict do nothing`, Provider)
	w.Exec(`insert into balance (organiser_id, line_id, bucket, limit_quantity, used_quantity) values (1, $1, $2, $3, $4)`,
		v.Lines[0].ID, calendar.MonthOf(day).Period().From, int64(*v.Lines[0].Amount), int64(money.Units(hours)))
	w.Exec(`insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket,
		service_date, source_kind, source_id, posted_at) values (1, $1, 1, 2, $2, 1, $2, 0, $3, $4, $5, 2, 1, now())`,
		Provider, v.Lines[0].ID, int64(money.Units(hours)), calendar.MonthOf(day).Period().From, day)
}

// Exec arranges by the owner role.
func (w *World) Exec(sql string, args ...any) {
	w.T.Helper()
	if _, err := w.Owner.Exec(context.WithoutCancel(w.T.Context()), sql, args...); err != nil {
		w.T.Fatalf("%v\n%s", err, sql)
	}
}

// Count asks the owner role for one number.
func (w *World) Count(sql string, args ...any) int {
	w.T.Helper()
	var n int
	if err := w.Owner.QueryRow(w.T.Context(), sql, args...).Scan(&n); err != nil {
		w.T.Fatal(err)
	}
	return n
}

func rules(values ...rulebook.FlatValue) []byte {
	r := rulebook.Default()
	r.Value = rulebook.Flat(values)
	raw, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return bytes.Clone(raw)
}

func (w *World) arrange() {
	w.T.Helper()
	w.Exec(`insert into municipality (code, name_fi, name_sv, county, language) values ('991', 'Mallila', 'Mallila', 'Keksitty', 'fi')`)
	w.Exec(`insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city,
		registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, demo, created_at)
		values (1, 'MAA', 'county', 'Mallilan hyvinvointialue', 'Mallila välfärdsområde', 'Mallila county', '1234567-1', 'a@mallila.example', '040 000', 'Aluetie 1', '99100', 'Mallila',
		'kirjaamo@mallila.example', 'yksilöasioiden jaosto', 'individsektionen', 'individual affairs committee', 'Mallila', 'FI2112345600000785', true, now())`)
	w.Exec(`insert into service_class (organiser_id, class_id, name_fi, name_sv, name_en) values (1, 1, 'Hoito ja hoiva', 'Vård och omsorg', 'Care')`)
	w.Exec(`insert into service_area (organiser_id, area_id, class_id, name_fi, name_sv, name_en) values (1, 1, 1, 'Kotihoito', 'Hemvård', 'Home care')`)
	w.Exec(`insert into team (organiser_id, team_id, name) values (1, $1, 'Kotihoidon tiimi')`, Team)
	w.service(Service, "kotihoito", "voucher", false, "Kotihoito", [2]any{Hours, "hour"}, [2]any{Visits, "visit"})
	w.service(FreeService, "avustaja", "voucher", true, "Henkilökohtainen apu", [2]any{FreeHours, "hour"})
	w.service(BoughtService, "ostettu", "purchased", false, "Ostettu kotihoito", [2]any{BoughtHours, "hour"})
	for i, p := range []int64{Provider, OtherProvider} {
		w.Exec(`insert into provider (provider_id, business_id, name, created_at) values ($1, $2, $3, now())`, p, []string{"7654321-2", "2345678-0"}[i], []string{"Hoiva Keksitty Oy", "Toinen Keksitty Oy"}[i])
		w.Exec(`insert into unit (unit_id, provider_id, name, municipality, city, created_at) values ($1, $2, $3, '991', 'Mallila', now())`, []int64{Unit, OtherUnit}[i], p, []string{"Hoiva Keskusta", "Toinen Ranta"}[i])
	}
	w.rulebook(1, Service, rules(rulebook.FlatValue{Content: Hours, Value: 3400}, rulebook.FlatValue{Content: Visits, Value: 2700}))
	w.rulebook(2, FreeService, rules(rulebook.FlatValue{Content: FreeHours, Value: 4000}))
	w.rulebook(3, BoughtService, rules())
	w.approve(Application, Service, Provider, Unit, map[int64]int64{Hours: 3600, Visits: 2500})
	w.approve(Application+10, FreeService, Provider, Unit, map[int64]int64{FreeHours: 4000})
	w.approve(Application+20, BoughtService, Provider, Unit, map[int64]int64{BoughtHours: 3100})
	w.approve(OtherApproval, Service, OtherProvider, OtherUnit, map[int64]int64{Hours: 3400})
}

func (w *World) service(id int64, code, mode string, free bool, name string, contents ...[2]any) {
	w.T.Helper()
	w.Exec(`insert into service (organiser_id, service_id, area_id, code, last_version, created_at) values (1, $1, 1, $2, 1, now())`, id, code)
	w.Exec(`insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en,
		mode, open_for_applications, own_share_forbidden, legal_act, legal_section, published_at, published_by)
		values (1, $1, 1, '2026-01-01', $2, $2, $2, '', '', '', $3, true, $4, '1301/2014', '19 a §', now(), 'x')`, id, name, mode, free)
	for i, c := range contents {
		w.Exec(`insert into content (organiser_id, content_id, service_id, code, unit, created_at) values (1, $1, $2, $3, $4, now())`, c[0], id, fmt.Sprintf("%s-%d", code, i), c[1])
		w.Exec(`insert into content_version (organiser_id, content_id, version, valid_from, name_fi, name_sv, name_en, position)
			values (1, $1, 1, '2026-01-01', $2, $2, $2, $3)`, c[0], fmt.Sprintf("%s %s", name, c[1]), i)
	}
	w.Exec(`insert into service_team (organiser_id, service_id, team_id) values (1, $1, $2)`, id, Team)
}

func (w *World) rulebook(id, service int64, rules []byte) {
	w.T.Helper()
	w.Exec(`insert into rulebook (organiser_id, rulebook_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at,
		published_by_account, published_by, published_at) values (1, $1, $2, 1, '2026-01-01', 'Sääntökirja', 'Regelbok', 'Rulebook', $3, 1, 'a', now(), 2, 'b', now())`, id, service, rules)
}

func (w *World) approve(id, service, provider, unit int64, prices map[int64]int64) {
	w.T.Helper()
	w.Exec(`insert into document (organiser_id, document_id, kind, title, media, sha256, bytes, provider_id, created_at) values (1, $1, 'decision', 'x', 'application/pdf', '\x00', '\x00', $2, now())`, id, provider)
	w.Exec(`insert into decision (organiser_id, decision_id, number, kind, legal_act, legal_section, provider_id, subject_kind, subject_id, outcome, reasons, made_on, made_at,
		made_by_account, made_by, made_by_title, language, document_id) values (1, $1, $2, 'approval', '569/2009', '5 §', $3, 'application', $1, 'approved', 'x', '2026-01-02', now(), 9, 'x', 'x', 'fi', $1)`,
		id, fmt.Sprintf("X/%d", id), provider)
	w.Exec(`insert into application (organiser_id, application_id, provider_id, service_id, service_version, state, created_at, changed_at) values (1, $1, $2, $3, 1, 'approved', now(), now())`, id, provider, service)
	w.Exec(`insert into approval (organiser_id, approval_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from, contract_number)
		values (1, $1, $2, $3, $4, $1, $1, '2026-01-02', 'S-1')`, id, provider, service, unit)
	for content, cents := range prices {
		w.Exec(`insert into price (organiser_id, provider_id, unit_id, content_id, price_cents, valid_from, state, proposed_at, proposed_by)
			values (1, $1, $2, $3, $4, '2026-01-02', 'approved', now(), 'x')`, provider, unit, content, cents)
	}
}
