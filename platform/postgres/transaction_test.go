package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/fault"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// counter makes a tenant table of the test's own: two rows of numbers per organiser.
func counterTable(t *testing.T, db *postgres.DB) {
	t.Helper()
	_, err := postgrestest.Owner(t, db).Exec(t.Context(), `
		create table counter (organiser_id int not null, counter_id int not null, n int not null, primary key (organiser_id, counter_id));
		alter table counter enable row level security; alter table counter force row level security;
		create policy owner_all on counter to seteli_owner using (true) with check (true);
		create policy organiser_scope on counter to seteli_app using (organiser_id = (select current_setting('seteli.organiser')::int))
			with check (organiser_id = (select current_setting('seteli.organiser')::int));
		grant select, insert, update (n) on counter to seteli_app;
		insert into counter select o, c, 0 from generate_series(1, 3) o, generate_series(1, 2) c`)
	if err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, faultValues(err))
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func faultValues(err error) map[string]any {
	if l := fault.All(err); len(l) > 0 {
		return l[0].Values
	}
	return nil
}

func seen(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.QueryRow(ctx, `select count(*) from counter`).Scan(&n)
	return n, err
}

func TestScopeShowsOneOrganiserOnly(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	ctx := t.Context()
	must(t, db.Tenant(ctx, organiser(2), func(tx *postgres.Tx) error {
		n, err := seen(ctx, tx)
		if n != 2 {
			t.Errorf("organiser 2 sees %d rows", n)
		}
		return err
	}))
	must(t, db.National(ctx, func(tx *postgres.Tx) error {
		n, err := seen(ctx, tx)
		if n != 0 {
			t.Errorf("no scope sees %d rows", n)
		}
		return err
	}))
	err := db.Tenant(ctx, organiser(2), func(tx *postgres.Tx) error {
		_, err := tx.Exec(ctx, `insert into counter (organiser_id, counter_id, n) values (3, 9, 0)`)
		return err
	})
	if postgres.SQLState(err) != "42501" {
		t.Errorf("writing a row of another organiser: %v", err)
	}
}

func TestForgottenScopeIsLoud(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	ctx := t.Context()
	pool, err := pgxpool.New(ctx, postgrestest.URL(t, db, postgres.App)+"&pool_max_conns=1")
	must(t, err)
	t.Cleanup(pool.Close)
	var n int
	if err := pool.QueryRow(ctx, `select count(*) from counter`).Scan(&n); postgres.SQLState(err) != "42704" {
		t.Errorf("fresh connection: %d rows, %v", n, err)
	}
	_, err = pool.Exec(ctx, `begin; set local seteli.organiser = '1'; select count(*) from counter; commit`)
	must(t, err)
	if err := pool.QueryRow(ctx, `select count(*) from counter`).Scan(&n); postgres.SQLState(err) != "22P02" {
		t.Errorf("used connection: %d rows, %v", n, err)
	}
}

// Every tenant table of the schema, asked as the program: loud without scope, empty with scope zero.
func TestEveryTenantTableIsClosedWithoutScope(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx := t.Context()
	readable := map[string]bool{}
	for _, name := range public {
		readable[name] = true
	}
	for _, table := range tenantTables(t, postgrestest.Owner(t, db)) {
		var n int
		err := db.Pool().QueryRow(ctx, "select count(*) from "+table).Scan(&n)
		if code := postgres.SQLState(err); !readable[table] && code != "42704" && code != "22P02" && code != "42501" {
			// An empty table does not evaluate its policy, so it may answer 0; the plan must still hold a scope.
			var plan string
			rows := column(t, postgrestest.Owner(t, db), `select qual from pg_policies where tablename = $1 and 'seteli_app' = any(roles) and qual is not null`, table)
			for _, q := range rows {
				plan += q
			}
			if err != nil || n != 0 || plan == "" {
				t.Errorf("%s without scope: %d rows, %v", table, n, err)
			}
		}
	}
}

// The connection goes back to the pool after success, error, cancellation and panic; the next user must meet no scope of the last.
func TestPooledConnectionsCarryNoScope(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rounds := 1500
	if testing.Short() {
		rounds = 200
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for range rounds {
				if err := interleave(t.Context(), db, r); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

var errOnPurpose = errors.New("on purpose")

func interleave(ctx context.Context, db *postgres.DB, r *rand.Rand) (err error) {
	who, end := int32(r.IntN(4)), r.IntN(5)
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() {
		if p := recover(); p != nil && p != errOnPurpose {
			panic(p)
		}
	}()
	err = db.Tenant(inner, organiser(who), func(tx *postgres.Tx) error {
		var rows, others int
		err := tx.QueryRow(inner, `select count(*), count(*) filter (where organiser_id <> $1) from counter`, who).Scan(&rows, &others)
		if err != nil {
			return err
		}
		if want := map[bool]int{true: 2, false: 0}[who > 0]; rows != want || others != 0 {
			return fmt.Errorf("organiser %d sees %d rows, %d of others", who, rows, others)
		}
		switch end {
		case 0:
			return errOnPurpose
		case 1:
			cancel()
			return inner.Err()
		case 2:
			panic(errOnPurpose)
		case 3:
			_, err := tx.Exec(inner, `select 1 / 0`)
			return errors.Join(errOnPurpose, err)
		}
		return nil
	})
	if errors.Is(err, errOnPurpose) || errors.Is(err, context.Canceled) {
		err = nil
	}
	if err != nil {
		return err
	}
	if r.IntN(4) > 0 {
		return nil
	}
	var n int
	code := postgres.SQLState(db.Pool().QueryRow(ctx, `select count(*) from counter`).Scan(&n))
	if code != "42704" && code != "22P02" {
		return fmt.Errorf("a pooled connection answered %d rows without scope (%s)", n, code)
	}
	return nil
}

// Two writers each read both rows and write one: only SERIALIZABLE sees the cycle, and the retry makes both right.
func TestMoneyTransactionsAreRetriedUntilSerial(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	ctx := t.Context()
	const writers, each = 4, 10
	var wg, allRead sync.WaitGroup
	allRead.Add(writers)
	for w := range writers {
		wg.Go(func() {
			first := true // in the first round nobody writes before all have read: a certain collision
			for range each {
				err := db.TenantMoney(ctx, organiser(1), func(tx *postgres.Tx) error {
					var sum int
					if err := tx.QueryRow(ctx, `select sum(n)::int from counter where organiser_id = 1`).Scan(&sum); err != nil {
						return err
					}
					if first {
						first = false
						allRead.Done()
						allRead.Wait()
					}
					_, err := tx.Exec(ctx, `update counter set n = n + 1 where organiser_id = 1 and counter_id = $1`, 1+w%2)
					return err
				})
				if err != nil && fault.CodeOf(err) != "PG-021" {
					t.Error(err)
				}
				if err != nil {
					t.Log("gave up once")
				}
			}
		})
	}
	wg.Wait()
	s := db.Stats()
	if s.RetriedSerialization == 0 {
		t.Error("nothing was retried: the test does not collide")
	}
	var sum int
	must(t, postgrestest.Owner(t, db).QueryRow(ctx, `select sum(n) from counter where organiser_id = 1`).Scan(&sum))
	if want := writers*each - int(s.GaveUp); sum != want {
		t.Errorf("sum %d, want %d (%+v)", sum, want, s)
	}
}

func TestEndlessContentionEndsAsStale(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	runs := 0
	err := db.Tenant(t.Context(), organiser(1), func(tx *postgres.Tx) error {
		runs++
		_, err := tx.Exec(t.Context(), `do $$ begin raise exception using errcode = '40001'; end $$`)
		return err
	})
	wantCode(t, err, "PG-021")
	if runs != 10 || db.Stats().GaveUp != 1 {
		t.Errorf("%d runs, %+v", runs, db.Stats())
	}
}

func TestDeadlockIsRetried(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	ctx := t.Context()
	var both sync.WaitGroup
	both.Add(2)
	var wg sync.WaitGroup
	for w := range 2 {
		first := true
		wg.Go(func() {
			err := db.Tenant(ctx, organiser(1), func(tx *postgres.Tx) error {
				for i := range 2 {
					if _, err := tx.Exec(ctx, `update counter set n = n + 1 where organiser_id = 1 and counter_id = $1`, 1+(w+i)%2); err != nil {
						return err
					}
					if first {
						first = false
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if db.Stats().RetriedDeadlock == 0 {
		t.Error("no deadlock was met")
	}
}

func TestLostConnectionBeforeCommitIsRetried(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	ctx, admin, runs := t.Context(), postgrestest.Admin(t, db), 0
	must(t, db.Tenant(ctx, organiser(1), func(tx *postgres.Tx) error {
		runs++
		var pid int
		if err := tx.QueryRow(ctx, `select pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		if runs == 1 {
			if _, err := admin.Exec(ctx, `select pg_terminate_backend($1, 5000)`, pid); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `update counter set n = n + 1 where organiser_id = 1 and counter_id = 1`)
		return err
	}))
	if runs != 2 || db.Stats().RetriedLost != 1 {
		t.Errorf("%d runs, %+v", runs, db.Stats())
	}
}

func TestErrorAndPanicLeaveNothing(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	ctx := t.Context()
	write := func(end func() error) error {
		return db.Tenant(ctx, organiser(1), func(tx *postgres.Tx) error {
			if _, err := tx.Exec(ctx, `update counter set n = 77 where organiser_id = 1`); err != nil {
				return err
			}
			return end()
		})
	}
	if err := write(func() error { return errOnPurpose }); !errors.Is(err, errOnPurpose) {
		t.Error(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = write(func() error { panic("on purpose") }) // does not return
	}()
	var n int
	must(t, postgrestest.Owner(t, db).QueryRow(ctx, `select max(n) from counter`).Scan(&n))
	if n != 0 {
		t.Errorf("n = %d", n)
	}
	if s := db.Stats(); s.ConnectionsInUse != 0 {
		t.Errorf("connections leaked: %+v", s)
	}
}

func TestSwallowedErrorDoesNotCommit(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := db.Tenant(t.Context(), organiser(1), func(tx *postgres.Tx) error {
		_, _ = tx.Exec(t.Context(), `select 1 / 0`) // the defect under test
		return nil
	})
	if err == nil {
		t.Error("a failed transaction was reported as committed")
	}
}

func TestReadCannotWrite(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	counterTable(t, db)
	ctx := t.Context()
	for _, read := range []func(context.Context, postgres.Scoped, func(*postgres.Tx) error) error{db.Read, db.Snapshot} {
		err := read(ctx, organiser(1), func(tx *postgres.Tx) error {
			_, err := tx.Exec(ctx, `update counter set n = 1 where organiser_id = 1`)
			return err
		})
		if postgres.SQLState(err) != "25006" {
			t.Error(err)
		}
	}
	db.SetReadOnly(true)
	wantCode(t, db.Tenant(ctx, organiser(1), func(*postgres.Tx) error { return nil }), "PG-009")
	must(t, db.Read(ctx, organiser(1), func(*postgres.Tx) error { return nil }))
}

func TestTransactionKnowsItsTimeAndQueries(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx := t.Context()
	var kept *postgres.Tx
	must(t, db.Tenant(ctx, organiser(1), func(tx *postgres.Tx) error {
		kept = tx
		if tx.Today() != postgrestest.Today || tx.Now().Hour() != 12 {
			t.Errorf("today %s, now %s", tx.Today(), tx.Now())
		}
		for range 3 {
			if _, err := tx.Exec(ctx, `select 1`); err != nil {
				return err
			}
		}
		if tx.QueryCount() != 3 {
			t.Errorf("%d queries", tx.QueryCount())
		}
		return nil
	}))
	if _, err := kept.Exec(ctx, `select 1`); err == nil {
		t.Error("a transaction works after its end")
	}
}

func TestPowerfulRolesAreRefused(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	for _, role := range []string{postgres.Admin, postgres.Owner} {
		_, err := postgres.Open(t.Context(), postgres.Config{URL: postgrestest.URL(t, db, role), Clock: db.Clock()})
		wantCode(t, err, "PG-010")
	}
}

func TestConstraintNameIsTold(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	ctx := t.Context()
	err := db.Tenant(ctx, organiser(1), func(tx *postgres.Tx) error {
		_, err := tx.Exec(ctx, `insert into once_key (organiser_id, realm, key, input_hash, created_at) values (1, 'a', 'b', 'short', $1)`, tx.Now())
		return err
	})
	if got := postgres.ConstraintOf(err); got != postgres.ConstraintOnceKeyHashIsSha256 {
		t.Errorf("%q: %v", got, err)
	}
	if got := postgres.ConstraintOf(errOnPurpose); got != "" {
		t.Errorf("%q", got)
	}
}
