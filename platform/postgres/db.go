package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
)

// Config says how the program reaches the store.
type Config struct {
	URL            string         // as seteli_app
	Clock          calendar.Clock // gives Tx.Now; required
	MaxConnections int32          // 0 = 20
}

// DB is the pool of the program's role, and the only way to a transaction.
type DB struct {
	pool     *pgxpool.Pool
	clock    calendar.Clock
	readOnly atomic.Bool
	running  sync.Map // goroutine → struct{}: who is inside a transaction
	counters counters
}

type counters struct{ transactions, queries, serialization, deadlock, lost, gaveUp atomic.Uint64 }

// Stats counts since Open.
type Stats struct {
	Transactions uint64 // committed
	Queries      uint64 // in committed transactions, without begin and commit
	// Retries by reason: 40001, 40P01, connection lost before commit.
	RetriedSerialization, RetriedDeadlock, RetriedLost uint64
	GaveUp                                             uint64 // PG-021
	ConnectionsInUse, ConnectionsOpen                  int32
}

// Open connects and refuses a server or a role on which the guarantees would not hold: a server older than 15, a database
// that does not fold Ä and Ö, a role that row-level security does not bind (superuser, BYPASSRLS, owner of a table).
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.Clock == nil {
		return nil, errors.New("opening the database: no clock given")
	}
	pc, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, ErrConnect.Because(errors.New("the database address cannot be read")) // pgx's own text may hold the password
	}
	pc.MaxConns = 20
	if cfg.MaxConnections > 0 {
		pc.MaxConns = cfg.MaxConnections
	}
	pc.ConnConfig.RuntimeParams["application_name"] = "seteli"
	pc.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, ErrConnect.Because(err)
	}
	db := &DB{pool: pool, clock: cfg.Clock}
	if err := db.check(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) check(ctx context.Context) error {
	var (
		version           int
		utf8, folds       bool
		role              string
		super, bypass     bool
		owned, memberOver int
	)
	err := db.pool.QueryRow(ctx, `
		select current_setting('server_version_num')::int / 10000,
		       current_setting('server_encoding') = 'UTF8',
		       to_tsvector('finnish', 'ÄITI') = to_tsvector('finnish', 'äiti'),
		       current_user, r.rolsuper, r.rolbypassrls,
		       (select count(*) from pg_class where relowner = r.oid and relkind in ('r', 'p', 'v', 'm')),
		       (select count(*) from pg_roles o where o.oid <> r.oid and (o.rolsuper or o.rolbypassrls or o.rolname = 'seteli_owner')
		          and pg_has_role(r.oid, o.oid, 'member'))
		from pg_roles r where r.rolname = current_user`).Scan(&version, &utf8, &folds, &role, &super, &bypass, &owned, &memberOver)
	switch {
	case err != nil:
		return ErrConnect.Because(err)
	case version < OldestMajor:
		return ErrOldServer.With("version", version).With("oldest", OldestMajor)
	case !utf8 || !folds:
		return ErrLocale
	case super || bypass || owned > 0 || memberOver > 0:
		return ErrPowerfulRole.With("role", role)
	}
	return nil
}

// Close waits for the connections in use and closes the pool.
func (db *DB) Close() { db.pool.Close() }

// Pool is for libraries that keep tables of their own without tenant rows (job queue, sessions).
// No scope is set on its connections, so a tenant table answers it with an error.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Clock is the clock the store was opened with.
func (db *DB) Clock() calendar.Clock { return db.clock }

// SetReadOnly refuses changes with PG-009 until it is taken back; reading goes on.
func (db *DB) SetReadOnly(on bool) { db.readOnly.Store(on) }

// ReadOnly tells whether changes are refused.
func (db *DB) ReadOnly() bool { return db.readOnly.Load() }

// Ping tells whether the store answers; for readiness checks.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.pool.Ping(ctx); err != nil {
		return ErrConnect.Because(fmt.Errorf("asking the store: %w", err))
	}
	return nil
}

// Stats gives the counters for metrics.
func (db *DB) Stats() Stats {
	pool, c := db.pool.Stat(), &db.counters
	return Stats{
		Transactions: c.transactions.Load(), Queries: c.queries.Load(),
		RetriedSerialization: c.serialization.Load(), RetriedDeadlock: c.deadlock.Load(), RetriedLost: c.lost.Load(),
		GaveUp: c.gaveUp.Load(), ConnectionsInUse: pool.AcquiredConns(), ConnectionsOpen: pool.TotalConns(),
	}
}
