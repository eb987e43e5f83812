// Package eventtest builds a small world for tests of recording: one organiser, one service with contents, one provider that is
// approved with prices, and as many vouchers as a test wants. Rows are written by the owner, in sets, so that a hundred thousand
// vouchers cost no more than one. It is for tests only.
package eventtest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// World is what the builder made.
type World struct {
	DB        *postgres.DB
	Owner     *pgxpool.Pool
	Organiser int32
	Prefix    string
	Service   int64
	Rulebook  int64
	Provider  int64
	Unit      int64
	Other     int64 // a second provider, approved with the same prices
	OtherUnit int64
	Contents  map[string]int64 // by code
	t         testing.TB
	serial    int
}

// Price is the agreed price of every content, Value the value of every voucher, per unit.
const (
	Price = money.Cents(42_00)
	Value = money.Cents(35_00)
)

// Content codes; their units are hour, visit, day, month and euro.
const (
	Hour  = "KH"
	Visit = "KK"
	Day   = "KP"
	Month = "KM"
	Euro  = "KE"
)

// Day0 is the first day of validity of everything.
var Day0 = calendar.Day(2026, 1, 1)

// Rules of the rulebook that New writes: 60 days of window, overruns are cut, no tolerance.
const Rules = `{"value":{"method":"flat","values":[]},"rounding":"half_up_cent","tolerance":{"percent":"0","step_quantity":"1","auto_approve":false},"overrun_allowed":false,"recording_days":60,"prompt_days":0,"price_notice_days":30,"price_months":[]}`

// New makes the world in a database of its own, at noon of 21.11.2026.
func New(t testing.TB, opts ...postgrestest.Option) *World {
	t.Helper()
	db := postgrestest.New(t, opts...)
	return On(t, db, postgrestest.Owner(t, db))
}

// On makes the world in a given empty database, for tests that keep a cluster of their own.
func On(t testing.TB, db *postgres.DB, owner *pgxpool.Pool) *World {
	t.Helper()
	w := &World{DB: db, Owner: owner, Prefix: "TMP", Contents: map[string]int64{}, t: t}
	w.Organiser = int32(w.id(`insert into organiser (voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city, registry_email, rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, created_at)
		values ('TMP', 'municipality', 'Temppulan kunta', 'Temppula kommun', 'Temppula', '1234567-1', '', '', '', '', '', '', '', '', '', 'Temppulan kunta', 'FI2112345600000785', now()) returning organiser_id`))
	w.exec(`insert into municipality (code, name_fi, name_sv, county, language) values ('900', 'Temppula', 'Temppula', '90', 'fi') on conflict do nothing`)
	class := w.id(`insert into service_class (organiser_id, name_fi, name_sv, name_en) values ($1, 'Koti', 'Hem', 'Home') returning class_id`, w.Organiser)
	area := w.id(`insert into service_area (organiser_id, class_id, name_fi, name_sv, name_en) values ($1, $2, 'Kotihoito', 'Hemvård', 'Home care') returning area_id`, w.Organiser, class)
	w.Service = w.id(`insert into service (organiser_id, area_id, code, last_version, created_at) values ($1, $2, 'KOTI', 1, now()) returning service_id`, w.Organiser, area)
	w.exec(`insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en, mode, open_for_applications, legal_act, legal_section, published_at, published_by)
		values ($1, $2, 1, $3, 'Kotihoito', 'Hemvård', 'Home care', '', '', '', 'voucher', true, '569/2009', '6', now(), 'Testi')`, w.Organiser, w.Service, Day0)
	for _, c := range []struct{ code, unit string }{{Hour, "hour"}, {Visit, "visit"}, {Day, "day"}, {Month, "month"}, {Euro, "hour"}} {
		id := w.id(`insert into content (organiser_id, service_id, code, unit, created_at) values ($1, $2, $3, $4, now()) returning content_id`, w.Organiser, w.Service, c.code, c.unit)
		w.exec(`insert into content_version (organiser_id, content_id, version, valid_from, name_fi, name_sv, name_en) values ($1, $2, 1, $3, $4, $4, $4)`, w.Organiser, id, Day0, c.code)
		w.Contents[c.code] = id
	}
	w.Rulebook = w.id(`insert into rulebook (organiser_id, service_id, version, valid_from, text_fi, text_sv, text_en, rules, prepared_by_account, prepared_by, prepared_at, published_by_account, published_by, published_at)
		values ($1, $2, 1, $3, '', '', '', $4, 1, 'A', now(), 2, 'B', now()) returning rulebook_id`, w.Organiser, w.Service, Day0, Rules)
	w.Provider, w.Unit = w.provider("7654321-4", "Kotiapu Käpy Oy")
	w.Other, w.OtherUnit = w.provider("2345678-5", "Hoiva Tammi Oy")
	return w
}

func (w *World) provider(businessID, name string) (provider, unit int64) {
	w.t.Helper()
	provider = w.id(`insert into provider (business_id, name, created_at) values ($1, $2, now()) returning provider_id`, businessID, name)
	unit = w.id(`insert into unit (provider_id, name, municipality, external_id, created_at) values ($1, $2, '900', 'TP-1', now()) returning unit_id`, provider, name)
	document := w.id(`insert into document (organiser_id, kind, title, media, sha256, bytes, provider_id, created_at) values ($1, 'decision', 'Päätös', 'text/plain', '\x00', '\x00', $2, now()) returning document_id`, w.Organiser, provider)
	decision := w.id(`insert into decision (organiser_id, number, kind, legal_act, legal_section, provider_id, subject_kind, subject_id, outcome, reasons, made_on, made_at, made_by_account, made_by, made_by_title, language, document_id)
		values ($1, $2, 'approval', '569/2009', '5', $3, 'application', 1, 'approved', '', $4, now(), 1, 'A', 'B', 'fi', $5) returning decision_id`, w.Organiser, fmt.Sprint("T/", provider), provider, Day0, document)
	application := w.id(`insert into application (organiser_id, provider_id, service_id, service_version, state, created_at, changed_at) values ($1, $2, $3, 1, 'approved', now(), now()) returning application_id`, w.Organiser, provider, w.Service)
	w.exec(`insert into approval (organiser_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from) values ($1, $2, $3, $4, $5, $6, $7)`, w.Organiser, provider, w.Service, unit, application, decision, Day0)
	w.exec(`insert into price (organiser_id, provider_id, unit_id, content_id, price_cents, valid_from, state, proposed_at, proposed_by) select $1, $2, $3, content_id, $4, $5, 'approved', now(), 'A' from content where organiser_id = $1`,
		w.Organiser, provider, unit, int64(Price), Day0)
	return provider, unit
}

// Spec of vouchers. Zero values: 20 hours a month of the hour content, the whole of 2026–2027, reserved to Provider.
type Spec struct {
	Content    string
	Recurrence string
	Amount     money.Quantity
	Cents      money.Cents // a euro balance instead of an amount
	Total      money.Quantity
	Value      money.Cents
	Both       bool // reserved to Other too
}

// Voucher is one made voucher.
type Voucher struct {
	Number           string
	ID, Line, Client int64
}

// Voucher makes one.
func (w *World) Voucher(s Spec) Voucher { return w.Vouchers(1, s)[0] }

// Vouchers makes n vouchers of n clients, in six statements.
func (w *World) Vouchers(n int, s Spec) []Voucher {
	w.t.Helper()
	if s.Content == "" {
		s.Content = Hour
	}
	if s.Recurrence == "" {
		s.Recurrence = "month"
	}
	if s.Amount == 0 && s.Cents == 0 {
		s.Amount = money.Units(20)
	}
	if s.Value == 0 {
		s.Value = Value
	}
	numbers, persons := make([]string, n), make([]int64, n)
	for i := range numbers {
		w.serial++
		numbers[i] = number(w.t, w.Prefix, w.serial)
	}
	w.rows(persons, `insert into person (identity_index) select null from generate_series(1, $1::int) returning person_id`, n)
	clients, vouchers, lines := make([]int64, n), make([]int64, n), make([]int64, n)
	w.rows(clients, `insert into client (organiser_id, person_id, last_name, first_names, birth_date, municipality, source, created_at) select $1, p, 'Testinen', 'Aada ' || p, '1944-05-06', '900', 'page', now() from unnest($2::bigint[]) p order by p returning client_id`, w.Organiser, persons)
	w.rows(vouchers, `insert into voucher (organiser_id, number, client_id, person_id, service_id, mode, valid_from, valid_to, state, rulebook_id, own_share_forbidden)
		select $1, t.number, t.client, t.person, $5, 'voucher', $6, $6::date + 730, 'open', $7, false from unnest($2::text[], $3::bigint[], $4::bigint[]) with ordinality as t(number, client, person, n) order by t.n returning voucher_id`,
		w.Organiser, numbers, clients, persons, w.Service, Day0, w.Rulebook)
	w.rows(lines, `insert into voucher_line (organiser_id, voucher_id, person_id, content_id, recurrence, amount_quantity, amount_cents, total_quantity)
		select $1, t.voucher, t.person, $4, $5, nullif($6::bigint, 0), nullif($7::bigint, 0), nullif($8::bigint, 0) from unnest($2::bigint[], $3::bigint[]) with ordinality as t(voucher, person, n) order by t.n returning line_id`,
		w.Organiser, vouchers, persons, w.Contents[s.Content], s.Recurrence, int64(s.Amount), int64(s.Cents), int64(s.Total))
	w.exec(`insert into voucher_value (organiser_id, line_id, person_id, valid_from, valid_to, value_cents, explanation) select $1, t.line, t.person, $4, $4::date + 730, $5, '[]' from unnest($2::bigint[], $3::bigint[]) as t(line, person)`,
		w.Organiser, lines, persons, Day0, int64(s.Value))
	w.reserve(vouchers, lines, persons, clients, w.Provider, w.Unit)
	if s.Both {
		w.reserve(vouchers, lines, persons, clients, w.Other, w.OtherUnit)
	}
	if n >= 1000 { // as autovacuum does in the program: without statistics the plans are made for empty tables
		w.exec(`analyze`)
	}
	out := make([]Voucher, n)
	for i := range out {
		out[i] = Voucher{numbers[i], vouchers[i], lines[i], clients[i]}
	}
	return out
}

func (w *World) reserve(vouchers, lines, persons, clients []int64, provider, unit int64) {
	w.t.Helper()
	w.exec(`insert into reservation (organiser_id, voucher_id, line_id, person_id, client_id, provider_id, unit_id, valid_from, valid_to, state, made_by, made_by_side, made_at, terms_accepted)
		select $1, t.voucher, t.line, t.person, t.client, $6, $7, $8, $8::date + 730, 'valid', 'A', 'provider', now(), true from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as t(voucher, line, person, client)`,
		w.Organiser, vouchers, lines, persons, clients, provider, unit, Day0)
}

// number gives the n-th voucher number: valid, the same in every run.
func number(t testing.TB, prefix string, n int) string {
	t.Helper()
	random := make([]byte, 8)
	for i := range random {
		random[i] = byte(n % 31)
		n /= 31
	}
	v, err := ident.NewVoucherNumber(prefix, bytes.NewReader(random))
	if err != nil {
		t.Fatal(err)
	}
	return v.String()
}

// Recorder is a person who records for the provider.
func (w *World) Recorder() access.Actor {
	return access.Actor{Account: 11, Name: "Kirsi Kirjaaja", Mandate: 11, Role: access.ServiceResponsible, Provider: w.Provider}
}

// Checker is the n-th checker of the organiser.
func (w *World) Checker(n int64) access.Actor {
	return access.Actor{Account: 20 + n, Name: fmt.Sprint("Tarkastaja ", n), Mandate: 20 + n, Role: access.EventChecker, Organiser: w.Organiser}
}

// Submission of the provider's lines.
func (w *World) Submission(lines ...event.Line) event.Submission {
	return event.Submission{By: w.Recorder(), Provider: w.Provider, Source: event.API, Lines: lines}
}

// Record records lines of the provider in one transaction.
func (w *World) Record(lines ...event.Line) []event.Verdict {
	w.t.Helper()
	var out [][]event.Verdict
	w.Within(func(ctx context.Context, tx *postgres.Tx) (err error) {
		out, err = event.Record(ctx, tx, w.Organiser, []event.Submission{w.Submission(lines...)})
		return err
	})
	return out[0]
}

// Within runs fn in the organiser's scope and fails the test on an error.
func (w *World) Within(fn func(ctx context.Context, tx *postgres.Tx) error) {
	w.t.Helper()
	if err := w.Try(fn); err != nil {
		w.t.Fatal(err)
	}
}

// Try runs fn in the organiser's scope.
func (w *World) Try(fn func(ctx context.Context, tx *postgres.Tx) error) error {
	ctx := context.Background()
	return w.DB.Tenant(ctx, access.Within{Organiser: w.Organiser}, func(tx *postgres.Tx) error { return fn(ctx, tx) })
}

// Exec runs a statement as the owner.
func (w *World) Exec(sql string, args ...any) { w.t.Helper(); w.exec(sql, args...) }

func (w *World) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.Owner.Exec(context.Background(), sql, args...); err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
}

func (w *World) id(sql string, args ...any) (id int64) {
	w.t.Helper()
	if err := w.Owner.QueryRow(context.Background(), sql, args...).Scan(&id); err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
	return id
}

func (w *World) rows(into []int64, sql string, args ...any) {
	w.t.Helper()
	rows, err := w.Owner.Query(context.Background(), sql, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		if err := rows.Scan(&into[i]); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
}
