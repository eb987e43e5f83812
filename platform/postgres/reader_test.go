package postgres_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// figures are two organisers with a month of one service each, and a count of clients that is too small to show.
const figures = `
set session_replication_role = replica;
insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city, registry_email,
  rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, created_at)
  select n, chr(64 + n) || 'KK', 'municipality', 'Mallila ' || n, 'Mallila', 'Mallila', '1234567-' || n, 'a', '1', 'Tie 1', '99999', 'Mallila', 'k', 'x', '', '', 'x', 'x', now() from generate_series(1, 2) n;
insert into provider (provider_id, business_id, name, email, iban, created_at) values (5, '2345678-0', 'Kotihoiva Aava Oy', 'x@aava.example', 'FI99', now());
insert into service (organiser_id, service_id, area_id, code, last_version, created_at) select n, 3, 1, 'kotihoito', 1, now() from generate_series(1, 2) n;
insert into content (organiser_id, content_id, service_id, code, unit, created_at) select n, 31, 3, 'T', 'hour', now() from generate_series(1, 2) n;
insert into statistic_month (organiser_id, month, service_id, content_id, provider_id, event_count, quantity, total_cents, organiser_cents, own_cents)
  select n, '2026-10-01', 3, 31, 5, 40 + n, 120000, 160000, 130000, 30000 from generate_series(1, 2) n;
insert into statistic_client (organiser_id, month, service_id, client_count) values (1, '2026-10-01', 0, 12), (1, '2026-10-01', 3, 4);
set session_replication_role = origin;`

func TestReaderSeesTheFiguresOfOneOrganiserAndNoPerson(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	_, err := postgrestest.Admin(t, db).Exec(t.Context(), figures)
	must(t, err)
	conn, err := pgx.Connect(t.Context(), postgrestest.URL(t, db, postgres.Reader))
	must(t, err)
	defer conn.Close(t.Context())
	ask := func(sql string) string {
		t.Helper()
		rows, err := conn.Query(t.Context(), sql)
		must(t, err)
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		return strings.Join(list, ",")
	}
	if _, err := conn.Exec(t.Context(), `select event_count from statistic_month`); err == nil {
		t.Error("without an organiser the reader gets an answer instead of an error")
	}
	_, err = conn.Exec(t.Context(), `set seteli.organiser = 2`)
	must(t, err)
	if got := ask(`select organiser || ' ' || provider || ' ' || service_code || ' ' || event_count from report_month`); got != "Mallila 2 Kotihoiva Aava Oy kotihoito 42" {
		t.Errorf("the month reads %q", got)
	}
	_, err = conn.Exec(t.Context(), `set seteli.organiser = 1`)
	must(t, err)
	if got := ask(`select service_id || ':' || client_count from statistic_client`); got != "0:12" {
		t.Errorf("clients are counted as %q: fewer than five are not shown", got)
	}
	for _, sql := range []string{`select last_name from client`, `select service_date from event`, `select name from account`, `select iban from provider`, `select detail from audit`,
		`update statistic_month set event_count = 0`} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("the reader may: %s", sql)
		}
	}
}
