package statistics_test

import (
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/statistics"
	"seteli/platform/access"
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

var main = access.Actor{Account: 1, Name: "Pirkko", Role: access.MainUser, Organiser: 17}

func made(t *testing.T, opts ...postgrestest.Option) *postgres.DB {
	t.Helper()
	store := postgrestest.New(t, opts...)
	conn, err := postgrestest.Admin(t, store).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), world); err != nil {
		t.Fatal(err)
	}
	return store
}

func roll(t *testing.T, store *postgres.DB) int {
	t.Helper()
	n, err := statistics.RollAll(t.Context(), store, []int32{17, 18})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func october(t *testing.T, store *postgres.DB, by access.Actor) (m statistics.Month) {
	t.Helper()
	err := store.Read(t.Context(), by, func(tx *postgres.Tx) (err error) {
		m, err = statistics.Read(t.Context(), tx, by, 17, calendar.MonthOf(calendar.Day(2026, time.October, 1)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMonthCountsEachClientOnceAndKeepsTheEuros(t *testing.T) {
	t.Parallel()
	store := made(t)
	if n := roll(t, store); n != 1 {
		t.Fatalf("%d months written", n)
	}
	m := october(t, store, main)
	if len(m.Lines) != 2 || m.Total.Clients != 10 || m.Total.Events != 20 || m.Total.Organiser != 20*3400 || m.Total.Own != 20*600 || m.Total.Providers != 2 {
		t.Fatalf("total %+v of %d lines", m.Total, len(m.Lines))
	}
	if l := m.Lines[0]; l.Clients != 6 || l.Events != 12 || len(l.Units) != 1 || l.Units[0].Quantity != 12*3000 || l.Units[0].Unit != "hour" {
		t.Errorf("first service %+v", l)
	}
	if l := m.Lines[1]; !l.Few || l.Clients != 0 || l.Organiser != 8*3400 {
		t.Errorf("four clients are told: %+v", l)
	}
	if m.At.IsZero() {
		t.Error("no time of the data")
	}
}

func TestReaderOfStatisticsDoesNotSeeFiguresOfFew(t *testing.T) {
	t.Parallel()
	store := made(t)
	roll(t, store)
	m := october(t, store, access.Actor{Account: 2, Role: access.StatisticsReader, Organiser: 17})
	if !m.Lines[1].Hidden || !m.Lines[0].Hidden || m.Total.Organiser == 0 {
		t.Errorf("%+v %+v", m.Lines, m.Total)
	}
}

func TestTeamSeesItsServicesOnly(t *testing.T) {
	t.Parallel()
	store := made(t)
	roll(t, store)
	by := main
	by.Teams = []int64{2}
	m := october(t, store, by)
	if len(m.Lines) != 1 || m.Lines[0].Service != 3 || m.Total.Clients != -1 || m.Total.Organiser != 12*3400 {
		t.Errorf("%+v %+v", m.Lines, m.Total)
	}
}

func TestOnlyTheOwnOrganiserReads(t *testing.T) {
	t.Parallel()
	store := made(t)
	for _, by := range []access.Actor{{Account: 1, Role: access.MainUser, Organiser: 18}, {Account: 1, Role: access.Caseworker, Organiser: 17}, {Account: 1, Role: access.Signatory, Provider: 5}} {
		err := store.Read(t.Context(), by, func(tx *postgres.Tx) error {
			_, err := statistics.Read(t.Context(), tx, by, 17, calendar.MonthOf(postgrestest.Today))
			return err
		})
		faulttest.Want(t, err, "ACC-001")
	}
}

// What happens later to an event of an old month reaches that month, and only that month is written again.
func TestLateRefundReachesItsMonth(t *testing.T) {
	t.Parallel()
	store := made(t)
	roll(t, store)
	if n := roll(t, store); n != 0 {
		t.Fatalf("%d months written without news", n)
	}
	owner := postgrestest.Owner(t, store)
	for _, sql := range []string{
		`insert into event_step (organiser_id, event_id, step_no, provider_id, person_id, state, accepted_quantity, total_cents, organiser_cents, own_cents, period_no, at, by_account, by_name)
		 values (17, 100, 1, 5, 0, 'refunded', 3000, 4000, 3400, 600, 2, now(), 1, 'x')`,
		`insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
		 values (17, 5, 2, 2, 2, 1, 1, 3400, 3000, '2026-10-01', '2026-10-05', 1, 100, '2026-11-21 10:00Z')`,
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // a fresh posting is looked at again until no older one can appear
		if n := roll(t, store); n != 1 {
			t.Fatalf("%d months written", n)
		}
	}
	if m := october(t, store, main); m.Total.Organiser != 19*3400 || m.Lines[0].Events != 11 || m.Total.Clients != 10 {
		t.Errorf("after the refund %+v", m.Total)
	}
}

func TestYearStandsAgainstItsBudget(t *testing.T) {
	t.Parallel()
	store := made(t)
	roll(t, store)
	for service, want := range map[int64]struct{ budget, october int64 }{0: {150000, 20 * 3400}, 3: {100000, 12 * 3400}} {
		err := store.Read(t.Context(), main, func(tx *postgres.Tx) error {
			y, err := statistics.Year(t.Context(), tx, main, 17, 2026, service)
			if int64(y.Budget) != want.budget || int64(y.Spent[9]) != want.october || y.Through != 11 || y.Forecast.Months != 3 {
				t.Errorf("service %d: %+v", service, y)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	reader := access.Actor{Account: 2, Role: access.StatisticsReader, Organiser: 17}
	err := store.Read(t.Context(), reader, func(tx *postgres.Tx) error {
		y, err := statistics.Year(t.Context(), tx, reader, 17, 2026, 4)
		if !y.Hidden || y.Spent[9] != 0 {
			t.Errorf("a service of four clients is told: %+v", y)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPageReadsAConstantNumberOfQueries(t *testing.T) {
	t.Parallel()
	store := made(t)
	roll(t, store)
	err := store.Read(t.Context(), main, func(tx *postgres.Tx) error {
		if _, err := statistics.Read(t.Context(), tx, main, 17, calendar.MonthOf(postgrestest.Today)); err != nil {
			return err
		}
		if _, err := statistics.Year(t.Context(), tx, main, 17, 2026, 0); err != nil {
			return err
		}
		if n := tx.QueryCount(); n > 18 {
			t.Errorf("%d queries", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
