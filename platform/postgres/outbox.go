package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Message is something to do outside the store after commit: a letter, a call, a file.
type Message struct {
	Organiser int32  // 0 = national
	Topic     string // who delivers it: "notice", "payment.bank"
	Dedup     string // same topic and dedup = the same message, written once; the receiver's deduplication id
	Stream    string // messages of one stream are delivered in the order of writing; "" = no order
	Payload   any    // stored as JSON; identifiers only, no personal data
}

// Outbox writes the message in this transaction: it leaves if and only if the rest commits.
// A second message with the same topic and dedup is silently the first.
func (tx *Tx) Outbox(ctx context.Context, m Message) error {
	if m.Topic == "" || m.Dedup == "" {
		return errors.New("writing to the outbox: topic and dedup are required")
	}
	payload, err := json.Marshal(m.Payload)
	if err != nil {
		return fmt.Errorf("writing %s to the outbox: %w", m.Topic, err)
	}
	_, err = tx.Exec(ctx, `
		insert into outbox (organiser_id, topic, dedup, stream, payload, created_at, next_at)
		values ($1, $2, $3, $4, $5, $6, $6) on conflict (organiser_id, topic, dedup) do nothing`,
		m.Organiser, m.Topic, m.Dedup, m.Stream, payload, tx.Now())
	if err != nil {
		return fmt.Errorf("writing %s to the outbox: %w", m.Topic, err)
	}
	return nil
}

// Delivery is a message that this worker may deliver until the lease ends.
type Delivery struct {
	Organiser int32
	ID        int64
	Topic     string
	Dedup     string
	Stream    string
	Payload   []byte
	Attempt   int // 1 at first; also the fencing number of this lease
	CreatedAt time.Time
}

// OutboxClaim leases due messages of the transaction's organiser, oldest first; of a stream only its oldest unsent one.
// Commit, deliver outside any transaction, then OutboxSent or OutboxFailed. A worker that dies leaves its messages
// to the next after the lease: delivery is at least once, with the same Dedup.
func (tx *Tx) OutboxClaim(ctx context.Context, topic string, limit int, lease time.Duration) ([]Delivery, error) {
	rows, err := tx.Query(ctx, `
		update outbox set attempts = attempts + 1, next_at = $4
		where organiser_id = $1 and outbox_id = any(array(
			select o.outbox_id from outbox o
			where o.organiser_id = $1 and o.topic = $2 and o.sent_at is null and o.next_at <= $3
			  and (o.stream = '' or not exists (
				select from outbox e where e.organiser_id = $1 and e.topic = $2 and e.stream = o.stream
				and e.sent_at is null and e.outbox_id < o.outbox_id))
			order by o.outbox_id limit $5 for update skip locked))
		returning organiser_id, outbox_id, topic, dedup, stream, payload, attempts, created_at`,
		tx.organiser, topic, tx.now, tx.now.Add(lease), limit)
	if err != nil {
		return nil, fmt.Errorf("claiming messages of %s: %w", topic, err)
	}
	claimed, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Delivery])
	if err != nil {
		return nil, fmt.Errorf("claiming messages of %s: %w", topic, err)
	}
	return claimed, nil
}

// OutboxSent ends a message. Late is true when the lease was over and another worker has it: the receiver got it twice.
func (tx *Tx) OutboxSent(ctx context.Context, d Delivery) (late bool, err error) {
	tag, err := tx.Exec(ctx, `
		update outbox set sent_at = $4, failure = '' where organiser_id = $1 and outbox_id = $2 and attempts = $3 and sent_at is null`,
		d.Organiser, d.ID, d.Attempt, tx.now)
	if err != nil {
		return false, fmt.Errorf("ending message %d: %w", d.ID, err)
	}
	return tag.RowsAffected() == 0, nil
}

// OutboxFailed gives the message back for another try at next. why is a code or a short technical text without personal data.
func (tx *Tx) OutboxFailed(ctx context.Context, d Delivery, why string, next time.Time) error {
	_, err := tx.Exec(ctx, `
		update outbox set failure = $4, next_at = $5 where organiser_id = $1 and outbox_id = $2 and attempts = $3 and sent_at is null`,
		d.Organiser, d.ID, d.Attempt, why, next)
	if err != nil {
		return fmt.Errorf("giving message %d back: %w", d.ID, err)
	}
	return nil
}
