// Package postgrestest gives each test its own real database: a clone of a template that all migrations have run on.
//
// The cluster is the one named by SETELI_TEST_DATABASE (an administrator's address), else a private one per test process,
// without flushes. Tests log in as seteli_app, so row-level security and grants are under test everywhere.
// It knows nothing of the field; worlds of people and vouchers are made by package scene.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/migrations"
	"seteli/platform/postgres"
)

// Today is the day on which tests happen unless they bring a clock.
var Today = calendar.Day(2026, time.November, 21)

type options struct{ clock calendar.Clock }

// Option changes the database of one test.
type Option func(*options)

// Clock replaces the clock that stands at noon of Today.
func Clock(c calendar.Clock) Option { return func(o *options) { o.clock = c } }

var names sync.Map // *postgres.DB → name of its database

// New gives a fresh, migrated, empty database, dropped at the end of the test; kept with SETELI_KEEP=1 when the test failed.
func New(t testing.TB, opts ...Option) *postgres.DB {
	t.Helper()
	o := options{clock: calendar.Noon(Today)}
	for _, opt := range opts {
		opt(&o)
	}
	s := shared(t)
	name := clone(t, s)
	db, err := postgres.Open(t.Context(), postgres.Config{URL: s.url(postgres.App, name), Clock: o.clock, MaxConnections: 16})
	if err != nil {
		t.Fatalf("opening test database %s: %v", name, err)
	}
	names.Store(db, name)
	t.Cleanup(func() { names.Delete(db); db.Close() })
	return db
}

// Owner is a pool as seteli_owner, which sees every row; for arranging and looking, not for the code under test.
func Owner(t testing.TB, db *postgres.DB) *pgxpool.Pool { return pool(t, db, postgres.Owner) }

// Admin is a pool as the superuser: for breaking what only a superuser can break.
func Admin(t testing.TB, db *postgres.DB) *pgxpool.Pool { return pool(t, db, postgres.Admin) }

// URL is the address of db for a role; for tests of programs that connect themselves.
func URL(t testing.TB, db *postgres.DB, role string) string {
	t.Helper()
	name, ok := names.Load(db)
	if !ok {
		t.Fatal("the database is not one of New")
	}
	return shared(t).url(role, name.(string))
}

func pool(t testing.TB, db *postgres.DB, role string) *pgxpool.Pool {
	t.Helper()
	p, err := pgxpool.New(t.Context(), URL(t, db, role))
	if err != nil {
		t.Fatalf("connecting as %s: %v", role, err)
	}
	t.Cleanup(p.Close)
	return p
}

// server is the cluster that this process's tests share.
type server struct {
	address  func(role, database string) string
	template string
}

func (s *server) url(role, database string) string { return s.address(role, database) }

var start = sync.OnceValues(func() (*server, error) { return open(context.Background()) })

func shared(t testing.TB) *server {
	t.Helper()
	s, err := start()
	if err != nil {
		t.Fatalf("starting the test cluster: %v", err)
	}
	return s
}

func open(ctx context.Context) (*server, error) {
	s := &server{}
	if given := os.Getenv("SETELI_TEST_DATABASE"); given != "" {
		u, err := url.Parse(given)
		if err != nil {
			return nil, errors.New("SETELI_TEST_DATABASE is not an address")
		}
		s.address = addressIn(*u)
	} else {
		cluster, err := privateCluster(ctx)
		if err != nil {
			return nil, err
		}
		s.address = cluster.URL
	}
	return s, s.prepare(ctx)
}

// testPassword is good enough for roles that exist on a test cluster only; every process must know it.
const testPassword = "only-for-tests"

// addressIn derives the addresses of our roles from an administrator's.
func addressIn(admin url.URL) func(role, database string) string {
	return func(role, database string) string {
		u := admin
		if role != postgres.Admin {
			u.User = url.UserPassword(role, testPassword)
		}
		u.Path = "/" + database
		return u.String()
	}
}

// prepare makes roles (on a given server) and the template, once for all processes that share the server.
func (s *server) prepare(ctx context.Context) error {
	list, err := postgres.ReadMigrations(migrations.Files)
	if err != nil {
		return err
	}
	s.template = "template_" + postgres.Fingerprint(list)
	admin, err := pgx.Connect(ctx, s.url(postgres.Admin, "postgres"))
	if err != nil {
		return fmt.Errorf("connecting to the test cluster: %w", err)
	}
	defer admin.Close(ctx) // ends the session, and with it the lock
	if _, err := admin.Exec(ctx, `select pg_advisory_lock(hashtext('seteli test template'))`); err != nil {
		return fmt.Errorf("waiting for the template: %w", err)
	}
	if os.Getenv("SETELI_TEST_DATABASE") != "" {
		known := map[string]string{postgres.Owner: testPassword, postgres.App: testPassword, postgres.Reader: testPassword}
		if err := postgres.Bootstrap(ctx, admin, known); err != nil {
			return err
		}
		if err := sweepDatabases(ctx, admin); err != nil {
			return err
		}
	}
	var ready bool
	if err := admin.QueryRow(ctx, `select exists (select from pg_database where datname = $1 and datistemplate)`, s.template).Scan(&ready); err != nil {
		return fmt.Errorf("looking for the template: %w", err)
	}
	if ready {
		return nil
	}
	return s.makeTemplate(ctx, admin)
}

// makeTemplate marks the database as template last: a half-made one is thrown away by the next process.
func (s *server) makeTemplate(ctx context.Context, admin *pgx.Conn) error {
	id := pgx.Identifier{s.template}.Sanitize()
	if _, err := admin.Exec(ctx, "drop database if exists "+id+" with (force)"); err != nil {
		return fmt.Errorf("clearing a half-made template: %w", err)
	}
	if err := postgres.CreateDatabase(ctx, admin, s.template); err != nil {
		return err
	}
	inside, err := pgx.Connect(ctx, s.url(postgres.Admin, s.template))
	if err != nil {
		return fmt.Errorf("connecting to the template: %w", err)
	}
	if err := errors.Join(postgres.AddExtensions(ctx, inside), inside.Close(ctx)); err != nil {
		return err
	}
	if _, err := postgres.Migrate(ctx, s.url(postgres.Owner, s.template), migrations.Files); err != nil {
		return err
	}
	if _, err := admin.Exec(ctx, "alter database "+id+" with is_template true allow_connections false"); err != nil {
		return fmt.Errorf("closing the template: %w", err)
	}
	return nil
}

// clone copies the template. The name carries the time, by which a later run sweeps what a killed one left.
func clone(t testing.TB, s *server) string {
	t.Helper()
	name := fmt.Sprintf("t_%d_%08x", time.Now().Unix(), rand.Uint32()) // real time: it names garbage, not the field's days
	admin := func(ctx context.Context, sql string) error {
		conn, err := pgx.Connect(ctx, s.url(postgres.Admin, "postgres"))
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, sql)
		return errors.Join(err, conn.Close(ctx))
	}
	// Rights on a database are not copied with it.
	err := admin(t.Context(), fmt.Sprintf("create database %s template %s strategy wal_log owner %s", name, s.template, postgres.Owner))
	if err != nil {
		t.Fatalf("cloning %s: %v", s.template, err)
	}
	t.Cleanup(func() {
		if t.Failed() && os.Getenv("SETELI_KEEP") == "1" {
			t.Logf("database kept: %s", s.url(postgres.Admin, name))
			return
		}
		if err := admin(context.Background(), "drop database if exists "+name+" with (force)"); err != nil {
			t.Errorf("dropping test database %s: %v", name, err)
		}
	})
	return name
}
