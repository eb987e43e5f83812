package statistics_test

import (
	"slices"
	"testing"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/statistics"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// nursery is service 5 with the rows of October as they are once they are posted: child 1 the whole month, child 2 ten days and the rest
// after notice, child 11 taken back in November for another unit, child 12 taken back for good.
const nursery = `
set session_replication_role = replica;
insert into service (organiser_id, service_id, area_id, code, last_version, created_at) values (17, 5, 1, 'P', 1, now());
insert into service_version (organiser_id, service_id, version, valid_from, name_fi, name_sv, name_en, description_fi, description_sv, description_en, mode, open_for_applications, legal_act, legal_section, published_at, published_by)
  values (17, 5, 1, '2020-01-01', 'Palvelu P', '', '', '', '', '', 'voucher', true, 'x', 'x', now(), 'x');
insert into content (organiser_id, content_id, service_id, code, unit, created_at) values (17, 51, 5, 'K', 'month', now());
insert into daycare_month_row (organiser_id, row_id, month, kind, child_id, person_id, unit_id, provider_id, value_decision_id, valid_from, valid_to, days, month_days, value_cents, own_cents, row_cents, refunds_row, notice) values
  (17, 1, '2026-10-01', 'ORIGINAL', 1, 1, 51, 5, 1, '2026-10-01', '2026-11-01', 21, 21, 48000, 8000, 40000, null, false),
  (17, 2, '2026-10-01', 'ORIGINAL', 2, 2, 51, 5, 2, '2026-10-01', '2026-10-15', 10, 21, 48000, 8000, 19048, null, false),
  (17, 3, '2026-10-01', 'NOTICE', 2, 2, 51, 5, 2, '2026-10-15', '2026-11-01', 11, 21, 48000, 8000, 20952, null, true),
  (17, 4, '2026-10-01', 'ORIGINAL', 11, 11, 51, 5, 3, '2026-10-01', '2026-11-01', 21, 21, 98800, 28800, 70000, null, false),
  (17, 5, '2026-10-01', 'ORIGINAL', 12, 12, 51, 5, 4, '2026-10-01', '2026-11-01', 21, 21, 98800, 28800, 70000, null, false),
  (17, 6, '2026-11-01', 'REFUND', 11, 11, 51, 5, 3, '2026-10-01', '2026-11-01', 21, 21, 98800, 28800, -70000, 4, false),
  (17, 7, '2026-11-01', 'CORRECTION', 11, 11, 61, 6, 5, '2026-10-01', '2026-11-01', 21, 21, 80000, 0, 80000, null, false),
  (17, 8, '2026-11-01', 'REFUND', 12, 12, 51, 5, 4, '2026-10-01', '2026-11-01', 21, 21, 98800, 28800, -70000, 5, false);
insert into posting (organiser_id, provider_id, period_no, debit_kind, debit_ref, credit_kind, credit_ref, amount_cents, quantity, bucket, service_date, source_kind, source_id, posted_at)
  select 17, provider_id, 1, case when row_cents > 0 then 10 else 11 end, case when row_cents > 0 then 51 else provider_id end, case when row_cents > 0 then 11 else 10 end, case when row_cents > 0 then provider_id else 51 end,
    abs(row_cents), days * 3000 / month_days, '1970-01-01', valid_from, 8, row_id, '2026-11-20' from daycare_month_row;
set session_replication_role = default;`

// decisions of which one holds today: the second ended before, the third begins later.
const decisions = `
insert into daycare_decision (organiser_id, value_decision_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by)
  select 17, i, i, i, 51, 5, case i when 3 then date '2030-01-01' else date '2026-08-01' end, '9999-12-31', 48000, 8000, 40000, '\x00', i, now(), 'x' from generate_series(1, 3) i;
insert into daycare_decision_end (organiser_id, value_decision_id, end_no, provider_id, person_id, valid_to, reason, ended_at, ended_by) values (17, 2, 1, 5, 2, '2026-10-15', 'NOTICE', now(), 'x');`

func withNursery(t *testing.T) *postgres.DB {
	t.Helper()
	store := made(t)
	conn, err := postgrestest.Admin(t, store).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), nursery); err != nil {
		t.Fatal(err)
	}
	return store
}

// What was taken back in a later month is taken out of the month of the days; a child of two services is one client in all.
func TestMonthHoldsWhatEarlyEducationPosted(t *testing.T) {
	t.Parallel()
	store := withNursery(t)
	if n := roll(t, store); n != 1 {
		t.Fatalf("%d months written: the rows closed in November are October's days", n)
	}
	m := october(t, store, main)
	i := slices.IndexFunc(m.Lines, func(l statistics.Line) bool { return l.Service == 5 })
	if i < 0 {
		t.Fatalf("no early education in %+v", m.Lines)
	}
	l := m.Lines[i]
	if l.Organiser != 160000 || l.Own != 8000+3810+4190 || l.CareDays != 52 || l.Events != 0 || l.Providers != 2 || !l.Few {
		t.Errorf("early education %+v", l)
	}
	if want := []statistics.Amount{{Unit: catalogue.Month, Quantity: 7429}}; !slices.Equal(l.Units, want) { // 1 + 10/21 + 1 months
		t.Errorf("units %+v", l.Units)
	}
	if m.Total.Clients != 11 || m.Total.Organiser != 20*3400+160000 || m.Total.CareDays != 52 || m.Total.Events != 20 {
		t.Errorf("total %+v", m.Total)
	}
	var clients, row int64
	owner := postgrestest.Owner(t, store)
	if err := owner.QueryRow(t.Context(), "select client_count from statistic_client where organiser_id = 17 and service_id = 5").Scan(&clients); err != nil || clients != 3 {
		t.Errorf("%d children: %v", clients, err)
	}
	if err := owner.QueryRow(t.Context(), "select total_cents - organiser_cents - own_cents + organiser_cents from statistic_month where organiser_id = 17 and content_id = 51 and provider_id = 6").Scan(&row); err != nil || row != 80000 {
		t.Errorf("the other provider got %d: %v", row, err)
	}
}

func TestYearHoldsWhatEarlyEducationPosted(t *testing.T) {
	t.Parallel()
	store := withNursery(t)
	roll(t, store)
	err := store.Read(t.Context(), main, func(tx *postgres.Tx) error {
		y, err := statistics.Year(t.Context(), tx, main, 17, 2026, 5)
		if y.Spent[9] != money.Cents(160000) || y.Spent[10] != 0 {
			t.Errorf("%+v", y.Spent)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Months that an older program wrote count less than this one does: they are written anew although no posting has touched them.
func TestMonthsOfAnOlderProgramAreWrittenAnew(t *testing.T) {
	t.Parallel()
	store := withNursery(t)
	roll(t, store)
	if n := roll(t, store); n != 0 {
		t.Fatalf("%d months written without news", n)
	}
	owner := postgrestest.Owner(t, store)
	for _, sql := range []string{"delete from statistic_month where content_id = 51", "update statistic_state set edition = 0"} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if n := roll(t, store); n != 1 {
		t.Fatalf("%d months written", n)
	}
	if m := october(t, store, main); m.Total.CareDays != 52 {
		t.Errorf("%+v", m.Total)
	}
}

// In early education the voucher is the decision on its value: one that holds today counts under the service of the rules of today.
func TestDecisionsOfEarlyEducationCountAsVouchers(t *testing.T) {
	t.Parallel()
	store := withNursery(t)
	before := october(t, store, main).Vouchers
	conn, err := postgrestest.Admin(t, store).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), `set session_replication_role = replica;
		insert into daycare_rules (organiser_id, service_id, content_id, valid_from, profile, sha256, prepared_at, prepared_by_account, prepared_by, published_at, published_by_account, published_by)
		  values (17, 5, 51, '2026-01-01', '{}', '\x00', now(), 1, 'x', now(), 2, 'y');
		`+decisions+`
		set session_replication_role = default`); err != nil {
		t.Fatal(err)
	}
	if n := october(t, store, main).Vouchers - before; n != 1 {
		t.Errorf("%d decisions hold", n)
	}
	team := main
	team.Teams = []int64{2}
	if _, err := conn.Exec(t.Context(), "set session_replication_role = replica; insert into service_team values (17, 5, 1); set session_replication_role = default"); err != nil {
		t.Fatal(err)
	}
	if n := october(t, store, team).Vouchers; n != 0 {
		t.Errorf("a team of another service sees %d", n)
	}
}
