package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Scoped is whoever acts, reduced to the three numbers that row-level security compares. 0 = none.
type Scoped interface {
	Scope() (organiser int32, provider, person int64)
}

// nation sees national tables only: every tenant policy compares with 0.
type nation struct{}

func (nation) Scope() (int32, int64, int64) { return 0, 0, 0 }

const (
	attempts   = 10
	firstPause = 5 * time.Millisecond
	longPause  = 500 * time.Millisecond
)

// Tenant runs fn in one READ COMMITTED transaction under the scope of s and commits when fn returns nil.
//
// On a serialization failure, a deadlock, or a connection lost before commit, fn is run again from the start, up to 10 times:
// nothing but the transaction may happen inside, everything else is an outbox row. Then PG-021 (stale).
// PG-022 when the answer to commit was lost: a call under Once can be repeated safely.
// A transaction inside another on the same goroutine is refused (PG-020): it would wait for its own locks.
func (db *DB) Tenant(ctx context.Context, s Scoped, fn func(*Tx) error) error {
	return db.write(ctx, "read committed", s, fn)
}

// TenantMoney is Tenant at SERIALIZABLE: for settlement, release of payments, and rules that read many rows before a write.
func (db *DB) TenantMoney(ctx context.Context, s Scoped, fn func(*Tx) error) error {
	return db.write(ctx, "serializable", s, fn)
}

// National changes national tables: the register, code lists, accounts. Tenant rows are out of reach.
func (db *DB) National(ctx context.Context, fn func(*Tx) error) error {
	return db.write(ctx, "read committed", nation{}, fn)
}

// Read runs fn in a read-only transaction; each statement sees what is committed when it starts.
func (db *DB) Read(ctx context.Context, s Scoped, fn func(*Tx) error) error {
	return db.run(ctx, "read committed read only", s, fn)
}

// Snapshot is Read when several statements must agree with each other: reports, exports.
func (db *DB) Snapshot(ctx context.Context, s Scoped, fn func(*Tx) error) error {
	return db.run(ctx, "repeatable read read only", s, fn)
}

// ReadNational is Read of national tables, before anybody has signed in.
func (db *DB) ReadNational(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, "read committed read only", nation{}, fn)
}

type unhurried struct{}

// Unhurried lifts the role's statement timeout in transactions begun under the returned context; for jobs only.
func Unhurried(ctx context.Context) context.Context { return context.WithValue(ctx, unhurried{}, true) }

func (db *DB) write(ctx context.Context, mode string, s Scoped, fn func(*Tx) error) error {
	if db.readOnly.Load() {
		return ErrDiskFull
	}
	return db.run(ctx, mode, s, fn)
}

// beginning is one round trip: begin and scope together. The numbers are formatted here, so nothing can be injected; SET LOCAL
// ends with the transaction, so a pooled connection cannot carry a scope to the next user.
func beginning(ctx context.Context, mode string, s Scoped) string {
	organiser, provider, person := s.Scope()
	sql := fmt.Sprintf("begin isolation level %s; set local seteli.organiser = '%d'; set local seteli.provider = '%d'; set local seteli.person = '%d'",
		mode, organiser, provider, person)
	if ctx.Value(unhurried{}) != nil {
		sql += "; set local statement_timeout = 0"
	}
	return sql
}

// run repeats attempts with full jitter: writers that collided once must not collide again in step.
func (db *DB) run(ctx context.Context, mode string, s Scoped, fn func(*Tx) error) error {
	self := goroutine()
	if _, inside := db.running.LoadOrStore(self, struct{}{}); inside {
		return ErrNested
	}
	defer db.running.Delete(self)
	begin := beginning(ctx, mode, s)
	for n := range attempts {
		again, err := db.attempt(ctx, begin, s, fn)
		if err == nil || !again || ctx.Err() != nil {
			return err
		}
		db.count(err)
		if n == attempts-1 {
			db.counters.gaveUp.Add(1)
			return ErrGaveUp.Because(err)
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(rand.N(min(longPause, firstPause<<n)) + 1):
		}
	}
	return nil // the loop always returns
}

func (db *DB) count(err error) {
	switch SQLState(err) {
	case "40001":
		db.counters.serialization.Add(1)
	case "40P01":
		db.counters.deadlock.Add(1)
	default:
		db.counters.lost.Add(1)
	}
}

// attempt runs fn once. again tells that nothing was done and that a repetition may succeed.
func (db *DB) attempt(ctx context.Context, begin string, s Scoped, fn func(*Tx) error) (again bool, err error) {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return false, ErrConnect.Because(err) // the pool has already tried; nobody gains by 10 more waits
	}
	defer conn.Release()
	pgtx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return lost(conn), fmt.Errorf("beginning a transaction: %w", err)
	}
	tx := &Tx{pgx: pgtx, now: db.clock.Now()}
	tx.organiser, _, _ = s.Scope()
	finished := false
	defer func() {
		tx.ended = true
		if finished {
			return
		}
		// Also after a panic in fn. The caller's context may be over, and an open transaction must not go back to the pool.
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if rb := pgtx.Rollback(clean); rb != nil && !errors.Is(rb, pgx.ErrTxClosed) && err != nil {
			err = errors.Join(err, rb) // the pool drops the connection
		}
	}()
	if err = fn(tx); err != nil {
		return contended(err) || lost(conn), err
	}
	finished = true
	if err = pgtx.Commit(ctx); err != nil {
		return contended(err), commitFault(err)
	}
	db.counters.transactions.Add(1)
	db.counters.queries.Add(uint64(tx.queries))
	return false, nil
}

// commitFault separates what the server refused from what we cannot know.
func commitFault(err error) error {
	if SQLState(err) != "" || errors.Is(err, pgx.ErrTxCommitRollback) {
		return fmt.Errorf("committing: %w", err)
	}
	return ErrUnknownCommit.Because(err)
}

func contended(err error) bool {
	code := SQLState(err)
	return code == "40001" || code == "40P01"
}

// lost tells that the connection broke; before commit was sent this means that the server rolled back.
func lost(conn *pgxpool.Conn) bool { return conn.Conn().IsClosed() }

// goroutine is the number of the running goroutine. fn gets no context that could carry a mark, and two goroutines may
// well share one; the goroutine is what would wait for itself. Costs a microsecond against a transaction's hundreds.
func goroutine() string {
	var buf [64]byte
	head := string(buf[:runtime.Stack(buf[:], false)])
	head, _, _ = strings.Cut(strings.TrimPrefix(head, "goroutine "), " ")
	return head
}
