// Package statisticstest fills a test database with a small month that statistics can be checked on by hand.
package statisticstest

import (
	"testing"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// world: organiser 17 has two services; in October six clients of service 3 with 2 events each, four of service 4. Facts are written as they
// are after recording; foreign keys are off meanwhile.
const world = `
set session_replication_role = replica;
insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city, registry_email,
  rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, created_at)
  select i, 'M' || chr(48 + i), 'municipality', 'Mallila', '', '', i::text, 'x', 'x', 'x', 'x', 'x', 'x', 'x', '', '', 'x', 'x', now() from generate_series(17, 18) i;
insert into service_class values (17, 1, 'A', '', '', 0);
insert into service_area values (17, 1, 1, 'A', '', '', 0);
insert into service (organiser_id, service_id, area_id, code, last_version, created_at) values (17, 3, 1, 'K', 1, now()), (17, 4, 1, 'S', 1, now());
insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en, mode, open_for_applications, legal_act, legal_section, published_at, published_by)
  select 17, service_id, 1, '2020-01-01', 'Palvelu ' || code, '', '', '', '', '', 'voucher', true, 'x', 'x', now(), 'x' from service;
insert into content (organiser_id, content_id, service_id, code, unit, created_at) values (17, 31, 3, 'T', 'hour', now()), (17, 41, 4, 'V', 'visit', now());
insert into event (organiser_id, event_id, provider_id, unit_id, person_id, client_id, voucher_id, line_id, content_id, service_id, reservation_id, service_date, quantity, accepted_quantity, price_cents, value_cents,
  total_cents, organiser_cents, own_cents, bucket, verdict, period_no, rulebook_id, client_reference, content_hash, batch_id, recorded_at, recorded_by_account, recorded_by)
  select 17, 100 + i, 5 + i % 2, 51, i / 2, i / 2, i, 1, case when i < 12 then 31 else 41 end, case when i < 12 then 3 else 4 end, 6, '2026-10-05', 3000, 3000, 4000, 3400, 4000, 3400, 600, '2026-10-01', 'accepted', 1, 1, 'R' || i, '\x00', 1, now(), 1, 'x'
  from generate_series(0, 19) i;
insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
  select 17, provider_id, 1, 1, 1, 2, 2, organiser_cents, quantity, bucket, service_date, 1, event_id, '2026-10-05' from event;
insert into budget (organiser_id, service_id, year, amount_cents, source, set_at, set_by) values (17, 3, 2026, 100000, 'page', now(), 'x'), (17, 4, 2026, 50000, 'page', now(), 'x'), (17, 3, 2027, 1, 'page', now(), 'x');
insert into team (organiser_id, team_id, name) values (17, 1, 'Koti');
insert into service_team values (17, 4, 1);
set session_replication_role = default;`

// World fills the database: organiser 17 of which the comment above tells, and 18, which has nothing.
func World(t testing.TB, store *postgres.DB) {
	t.Helper()
	conn, err := postgrestest.Admin(t, store).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), world); err != nil {
		t.Fatal(err)
	}
}
