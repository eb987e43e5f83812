package statistics_test

import (
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/domain/statistics"
	"seteli/domain/statistics/statisticstest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var main = access.Actor{Account: 1, Name: "Pirkko", Role: access.MainUser, Organiser: 17}

func made(t *testing.T, opts ...postgrestest.Option) *postgres.DB {
	t.Helper()
	store := postgrestest.New(t, opts...)
	statisticstest.World(t, store)
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
