package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"seteli/core/calendar"
)

// Tx is one transaction under one scope. It has the methods that generated queries want, and counts them.
// It is used by one goroutine, and ends with the function it was given to.
type Tx struct {
	pgx       pgx.Tx
	now       time.Time
	organiser int32
	queries   int
	ended     bool
	lane      *lane // of a function of Together; nil elsewhere
}

var errEnded = errors.New("a transaction was used after its function returned")

// Now is the clock's instant when the transaction began; all of it happens at one time.
func (tx *Tx) Now() time.Time { return tx.now }

// Today is the civil date in Finland when the transaction began.
func (tx *Tx) Today() calendar.Date { return calendar.DateOf(tx.now.In(calendar.Helsinki)) }

// Settled is the moment before which no running transaction can store anything more with its Now: the beginning of the oldest one, or
// this one's Now when there is none. A feed that tells changes in the order of their moments up to it leaves none behind. It must be
// asked before the rows are read, and not in a Snapshot.
func (tx *Tx) Settled(ctx context.Context) (time.Time, error) {
	var micros int64
	err := tx.QueryRow(ctx, `select coalesce(max((extract(epoch from clock_timestamp() - xact_start) * 1000000)::bigint) + 1, 0)
		from pg_stat_activity where datname = current_database() and usename = session_user and pid <> pg_backend_pid()`).Scan(&micros)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading running transactions: %w", err)
	}
	return tx.now.Add(-time.Duration(micros) * time.Microsecond), nil
}

// Organiser is the organiser scope of the transaction, 0 when there is none.
func (tx *Tx) Organiser() int32 { return tx.organiser }

// QueryCount is the number of statements so far; each statement of a batch counts. Tests assert that it does not grow with rows.
func (tx *Tx) QueryCount() int { return tx.queries }

// Exec runs a statement without rows.
func (tx *Tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if tx.ended {
		return pgconn.CommandTag{}, errEnded
	}
	tx.queries++
	if tx.lane != nil {
		a := tx.lane.ask(sql, args, false)
		return a.tag, a.err
	}
	return tx.pgx.Exec(ctx, sql, args...)
}

// Query runs a statement with rows.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if tx.ended {
		return nil, errEnded
	}
	tx.queries++
	if tx.lane != nil {
		return tx.lane.query(sql, args)
	}
	return tx.pgx.Query(ctx, sql, args...)
}

// QueryRow runs a statement with one row.
func (tx *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	tx.queries++
	if tx.lane != nil {
		rows, err := tx.lane.query(sql, args)
		return one{rows, err}
	}
	return tx.pgx.QueryRow(ctx, sql, args...) // after the end pgx answers ErrTxClosed
}

// SendBatch sends several statements in one round trip.
func (tx *Tx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	tx.queries += b.Len()
	return tx.pgx.SendBatch(ctx, b)
}

// Raw is for libraries that write their own rows into this transaction (the job queue). Not for queries of ours: they would not be counted.
func (tx *Tx) Raw() pgx.Tx { return tx.pgx }
