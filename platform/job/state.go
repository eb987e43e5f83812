package job

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/platform/postgres"
)

// Waiting is what has not left the outbox of one organiser (0 = national).
type Waiting struct {
	Topic   string
	Count   int64
	Oldest  time.Time
	Tries   int    // most tries of one message
	Failure string // code of the last failure, "" = none
}

// OutboxWaiting tells what waits, topic by topic, the oldest first. It runs in the organiser's scope.
func OutboxWaiting(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Waiting, error) {
	rows, err := tx.Query(ctx, `
		select topic, count(*), min(created_at), max(attempts), max(failure)
		from outbox where organiser_id = $1 and sent_at is null group by topic order by 3`, organiser)
	if err != nil {
		return nil, fmt.Errorf("reading what waits in the outbox: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Waiting])
	if err != nil {
		return nil, fmt.Errorf("reading what waits in the outbox: %w", err)
	}
	return list, nil
}

// Kept is how many jobs of a kind stand in a state.
type Kept struct {
	Kind, State string
	Count       int64
	Last        time.Time  // when the newest of them was queued
	Next        *time.Time // when the first of them is worked, of those that wait for their time
}

// Jobs counts the jobs of the queue by kind and state.
func Jobs(ctx context.Context, tx *postgres.Tx) ([]Kept, error) {
	rows, err := tx.Query(ctx, `select kind, state::text, count(*), max(created_at), min(scheduled_at) filter (where state in ('scheduled', 'retryable')) from river_job group by kind, state order by kind, state`)
	if err != nil {
		return nil, fmt.Errorf("counting jobs: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Kept])
	if err != nil {
		return nil, fmt.Errorf("counting jobs: %w", err)
	}
	return list, nil
}
