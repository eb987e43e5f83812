package voucher

import (
	"context"
	"fmt"

	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActLapsed is a voucher that nobody answered in time.
const ActLapsed audit.Act = "voucher.lapsed"

// TopicLapsed tells that a voucher lapsed without an answer; its payload names the voucher.
const TopicLapsed = "voucher.lapsed"

// lapseStep is how many vouchers lapse in a night at most; the rest wait for the next one.
const lapseStep = 2000

// LapseUnanswered closes the vouchers whose client did not answer in the rulebook's time, as if they had never been; a daily job of
// each organiser. The client keeps the right to the service and can be granted another voucher, and is told so (TopicLapsed). It tells how many lapsed.
func LapseUnanswered(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	if err := by.May(access.VoucherClose, organiser); err != nil {
		return 0, err
	}
	ids, err := db.New(tx).VouchersUnanswered(ctx, db.VouchersUnansweredParams{OrganiserID: organiser, Today: tx.Today(), Most: lapseStep})
	if err != nil {
		return 0, fmt.Errorf("looking for unanswered vouchers: %w", err)
	}
	n := 0
	for _, id := range ids {
		v, err := lock(ctx, tx, organiser, id)
		if err != nil {
			return n, err
		}
		if v.State != Granted || v.Answer != nil { // answered or closed at this moment
			continue
		}
		v.State, v.ClosedFrom, v.CloseReason = Closed, &v.Valid.From, Lapsed
		if err := saveState(ctx, tx, &v); err != nil {
			return n, err
		}
		if err := step(ctx, tx, by, v, ActLapsed, ""); err != nil {
			return n, err
		}
		if err := audit.Write(ctx, tx, by, ActLapsed, v.Ref(), nil); err != nil {
			return n, err
		}
		err = tx.Outbox(ctx, postgres.Message{Organiser: organiser, Topic: TopicLapsed, Dedup: fmt.Sprintf("%s:%d", TopicLapsed, v.ID), Payload: map[string]int64{"voucher": v.ID}})
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
