package postgres

import (
	"context"
	"fmt"
	"time"
)

// RetentionDays is how long first answers to requests and messages that have left are kept. A program that repeats a request
// later than that is answered by the facts: the same event reference, a form's row version. The database itself refuses to
// delete anything younger than 30 days.
const RetentionDays = 90

// Swept counts what a sweep has deleted.
type Swept struct{ Keys, Messages int64 }

// Sweep deletes the organiser's (0 = national) keys of requests that were made, and messages that left, before the instant.
// Messages that have not left stay however old they are. The transaction must be under the organiser's scope.
func Sweep(ctx context.Context, tx *Tx, organiser int32, before time.Time) (s Swept, err error) {
	keys, err := tx.Exec(ctx, `delete from once_key where organiser_id = $1 and created_at < $2`, organiser, before)
	if err != nil {
		return s, fmt.Errorf("deleting old keys of requests: %w", err)
	}
	messages, err := tx.Exec(ctx, `delete from outbox where organiser_id = $1 and sent_at < $2`, organiser, before)
	if err != nil {
		return s, fmt.Errorf("deleting old messages: %w", err)
	}
	return Swept{keys.RowsAffected(), messages.RowsAffected()}, nil
}
