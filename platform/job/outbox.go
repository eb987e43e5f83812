package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Handler delivers one message to the outside. It may get the same message again (same Dedup) and must make that harmless.
// An error of kind Invalid or Conflict is logged with its code and tried again like the others: nothing is dropped silently.
type Handler func(ctx context.Context, m postgres.Delivery) error

const (
	claimLimit = 50
	lease      = 5 * time.Minute // a worker that died loses its messages after this
	firstWait  = 10 * time.Second
	longWait   = time.Hour
)

// DeliverOutbox delivers what is due for these organisers (0 = national), topic by topic, until nothing is due, and
// tells how many messages left. Failures are given back with a growing wait; they do not stop the others and are
// joined in the error.
func DeliverOutbox(ctx context.Context, store *postgres.DB, organisers []int32, handlers map[string]Handler) (delivered int, err error) {
	topics := make([]string, 0, len(handlers))
	for t := range handlers {
		topics = append(topics, t)
	}
	slices.Sort(topics)
	var failed []error
	for _, organiser := range organisers {
		for _, topic := range topics {
			n, err := deliverTopic(ctx, store, organiser, topic, handlers[topic])
			delivered += n
			if err != nil {
				failed = append(failed, err)
			}
			if ctx.Err() != nil {
				return delivered, errors.Join(append(failed, ctx.Err())...)
			}
		}
	}
	return delivered, errors.Join(failed...)
}

func deliverTopic(ctx context.Context, store *postgres.DB, organiser int32, topic string, handle Handler) (int, error) {
	var (
		by        = access.System("outbox", organiser)
		delivered int
		failed    []error
	)
	for {
		var claimed []postgres.Delivery
		err := store.Tenant(ctx, by, func(tx *postgres.Tx) (err error) {
			claimed, err = tx.OutboxClaim(ctx, topic, claimLimit, lease)
			return err
		})
		if err != nil {
			return delivered, errors.Join(append(failed, err)...)
		}
		if len(claimed) == 0 {
			return delivered, errors.Join(failed...)
		}
		for _, m := range claimed {
			sendErr := handle(ctx, m) // outside any transaction
			err := store.Tenant(ctx, by, func(tx *postgres.Tx) error {
				if sendErr != nil {
					return tx.OutboxFailed(ctx, m, reason(sendErr), tx.Now().Add(wait(m.Attempt)))
				}
				_, err := tx.OutboxSent(ctx, m) // late: the receiver sees the same Dedup twice
				return err
			})
			if err != nil {
				return delivered, errors.Join(append(failed, err)...)
			}
			if sendErr != nil {
				failed = append(failed, fmt.Errorf("delivering %s %d of organiser %d, try %d: %w", topic, m.ID, organiser, m.Attempt, sendErr))
				continue
			}
			delivered++
		}
	}
}

// reason keeps codes only: texts of outside systems may hold personal data.
func reason(err error) string {
	if code := fault.CodeOf(err); code != "" {
		return code
	}
	return "failed"
}

// wait doubles from 10 s to an hour.
func wait(attempt int) time.Duration {
	return min(longWait, firstWait<<min(max(attempt-1, 0), 12))
}
