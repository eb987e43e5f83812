package purse

import (
	"context"
	"fmt"

	"seteli/domain/ledger"
	"seteli/domain/purse/db"
	"seteli/platform/postgres"
)

// Verify rebuilds every balance from its facts: the right from the moves, the use from live holds and standing captures; and compares
// every capture with its event.
func Verify(ctx context.Context, tx *postgres.Tx, organiser int32) ([]ledger.Difference, error) {
	q := db.New(tx)
	rows, err := q.BalanceDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("rebuilding purses: %w", err)
	}
	var out []ledger.Difference
	for _, r := range rows {
		out = append(out, ledger.Difference{What: fmt.Sprintf("purse of voucher %d", r.VoucherID),
			Stored: fmt.Sprintf("right %d, held and used %d cents", r.LimitCents, r.UsedCents), Facts: fmt.Sprintf("moved %d, held and captured %d cents", r.MovedCents, r.TakenCents)})
	}
	captures, err := q.CaptureDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("comparing captures with their events: %w", err)
	}
	for _, r := range captures {
		out = append(out, ledger.Difference{What: fmt.Sprintf("capture of hold %d", r.HoldID),
			Stored: fmt.Sprintf("%d cents", r.CapturedCents), Facts: fmt.Sprintf("its event has %d cents", r.OrganiserCents)})
	}
	return out, nil
}
