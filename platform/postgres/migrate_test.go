package postgres_test

import (
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"seteli/migrations"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// blank gives an empty database and its owner's address.
func blank(t *testing.T) string {
	t.Helper()
	db := postgrestest.New(t)
	url := postgrestest.URL(t, db, postgres.Owner)
	admin := postgrestest.Admin(t, db)
	_, err := admin.Exec(t.Context(), `drop schema public cascade; create schema public authorization seteli_owner`)
	must(t, err)
	return url
}

func files(pairs ...string) fstest.MapFS {
	set := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		set[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return set
}

func number(t *testing.T, url, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	must(t, errors.Join(conn.QueryRow(t.Context(), sql).Scan(&n), conn.Close(t.Context())))
	return n
}

func TestMigrationsRunOnceInOrder(t *testing.T) {
	t.Parallel()
	url := blank(t)
	set := files("0001_a.sql", "create table a (n int not null)", "0002_b.sql", "insert into a values (1)",
		"0003_c.sql", "-- no-transaction\ncreate index concurrently if not exists a_n on a (n)")
	for i, want := range []int{3, 0} {
		ran, err := postgres.Migrate(t.Context(), url, set)
		must(t, err)
		if len(ran) != want {
			t.Errorf("run %d ran %v", i, ran)
		}
	}
	more := maps.Clone(set)
	more["0004_d.sql"] = &fstest.MapFile{Data: []byte("insert into a values (2)")}
	_, err := postgres.Migrate(t.Context(), url, more)
	must(t, err)
	if n := number(t, url, `select sum(n)::int from a`); n != 3 {
		t.Errorf("sum %d", n)
	}
	_, err = postgres.Migrate(t.Context(), url, set)
	wantCode(t, err, "PG-032") // the database is newer than this program
}

func TestEditedMigrationIsRefused(t *testing.T) {
	t.Parallel()
	url := blank(t)
	_, err := postgres.Migrate(t.Context(), url, files("0001_a.sql", "create table a (n int)"))
	must(t, err)
	_, err = postgres.Migrate(t.Context(), url, files("0001_a.sql", "create table a (n bigint)"))
	wantCode(t, err, "PG-031")
}

func TestAssertionsStopAMigrationWhole(t *testing.T) {
	t.Parallel()
	url := blank(t)
	base := []string{"0001_a.sql", "create table a (n int); insert into a values (1), (-1)", "0002_b.sql", "update a set n = n * 10"}
	_, err := postgres.Migrate(t.Context(), url, files(append(base, "0002_b.before.sql", "select 1 where false; select n from a where n < 0")...))
	wantCode(t, err, "PG-033")
	_, err = postgres.Migrate(t.Context(), url, files(append(base, "0002_b.after.sql", "select n from a where n < 0")...))
	wantCode(t, err, "PG-033")
	if n := number(t, url, `select max(n) from a`); n != 1 {
		t.Errorf("a stopped migration changed rows: %d", n)
	}
	_, err = postgres.Migrate(t.Context(), url, files(base...))
	must(t, err)
}

func TestFailedMigrationLeavesNothing(t *testing.T) {
	t.Parallel()
	url := blank(t)
	_, err := postgres.Migrate(t.Context(), url, files("0001_a.sql", "create table a (n int); select 1 / 0"))
	wantCode(t, err, "PG-034")
	if n := number(t, url, `select count(*)::int from pg_tables where tablename = 'a'`); n != 0 {
		t.Error("the table is there")
	}
}

func TestOddMigrationSetsAreRefused(t *testing.T) {
	t.Parallel()
	for _, set := range []fstest.MapFS{
		files("0001_a.sql", "", "0001_b.sql", ""),
		files("1_a.sql", ""),
		files("0001.sql", ""),
		files("0001_a.sql", "", "0002_b.before.sql", ""),
	} {
		_, err := postgres.ReadMigrations(set)
		wantCode(t, err, "PG-030")
	}
}

func TestTwoMigratorsAtOnceRunEachFileOnce(t *testing.T) {
	t.Parallel()
	url := blank(t)
	var pairs []string
	for i := range 8 {
		pairs = append(pairs, fmt.Sprintf("%04d_step.sql", i+1), "create table if not exists a (n int); insert into a values (1)")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := postgres.Migrate(t.Context(), url, files(pairs...)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := number(t, url, `select count(*)::int from a`); n != 8 {
		t.Errorf("%d rows", n)
	}
}

// A long reader holds the table for longer than lock_timeout: the migration steps back and tries again.
func TestMigrationWaitsPolitelyForALock(t *testing.T) {
	t.Parallel()
	url := blank(t)
	_, err := postgres.Migrate(t.Context(), url, files("0001_a.sql", "create table a (n int)"))
	must(t, err)
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	_, err = conn.Exec(t.Context(), `begin; lock table a in access share mode`)
	must(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := conn.Exec(t.Context(), `select pg_sleep(2.6); commit`)
		done <- errors.Join(err, conn.Close(t.Context()))
	}()
	_, err = postgres.Migrate(t.Context(), url, files("0001_a.sql", "create table a (n int)", "0002_b.sql", "alter table a add column m int"))
	must(t, err)
	must(t, <-done)
}

// A transaction holds the second table and then wants the first, which the migration holds: the migration waited first, so it is the
// one that PostgreSQL rolls back, and it comes to its end in its next attempt.
func TestMigrationOfTwoTablesOutlivesADeadlock(t *testing.T) {
	t.Parallel()
	url := blank(t)
	_, err := postgres.Migrate(t.Context(), url, files("0001_a.sql", "create table a (n int); create table b (n int)"))
	must(t, err)
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	_, err = conn.Exec(t.Context(), `begin; lock table b in access share mode`)
	must(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := conn.Exec(t.Context(), `
			do $$ begin while not exists (select from pg_locks where relation = 'b'::regclass and not granted) loop perform pg_sleep(0.02); end loop; end $$;
			lock table a in access share mode; commit`)
		done <- errors.Join(err, conn.Close(t.Context()))
	}()
	_, err = postgres.Migrate(t.Context(), url, files("0001_a.sql", "create table a (n int); create table b (n int)",
		"0002_c.sql", "alter table a add column m int; alter table b add column m int"))
	must(t, err)
	must(t, <-done)
}

func TestProgramRefusesAnOldSchema(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	must(t, db.CheckMigrated(t.Context(), migrations.Files))
	_, err := postgrestest.Owner(t, db).Exec(t.Context(), `delete from migration where number = (select max(number) from migration)`)
	must(t, err)
	wantCode(t, db.CheckMigrated(t.Context(), migrations.Files), "PG-035")
}
