package event

import (
	"context"
	"fmt"

	"seteli/domain/event/db"
	"seteli/domain/ledger"
	"seteli/platform/postgres"
)

// Verify recomputes the sums of every event from its price, value and quantity, and compares every event's present state with
// what the ledger holds for it.
func Verify(ctx context.Context, tx *postgres.Tx, organiser int32) ([]ledger.Difference, error) {
	q := db.New(tx)
	var out []ledger.Difference
	sums, err := q.SumDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("recomputing events: %w", err)
	}
	for _, r := range sums {
		out = append(out, ledger.Difference{What: fmt.Sprintf("event %d", r.EventID),
			Stored: fmt.Sprintf("total %d, organiser %d, own share %d cents", r.TotalCents, r.OrganiserCents, r.OwnCents),
			Facts:  fmt.Sprintf("price %d, value %d cents, quantity %s", r.PriceCents, r.ValueCents, r.AcceptedQuantity)})
	}
	parts, err := q.PieceDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("recomputing events in parts: %w", err)
	}
	for _, r := range parts {
		out = append(out, ledger.Difference{What: fmt.Sprintf("event %d in parts", r.EventID),
			Stored: fmt.Sprintf("total %d, organiser %d, own share %d cents", r.TotalCents, r.OrganiserCents, r.OwnCents),
			Facts:  fmt.Sprintf("total %d, organiser %d cents for quantity %s", r.Total, r.Organiser, r.AcceptedQuantity)})
	}
	states, err := q.StateDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("comparing events with the ledger: %w", err)
	}
	for _, r := range states {
		out = append(out, ledger.Difference{What: fmt.Sprintf("postings of event %d (%s)", r.EventID, r.State),
			Stored: fmt.Sprintf("%d cents", r.PostedCents), Facts: fmt.Sprintf("%d cents", r.OrganiserCents)})
	}
	waiting, err := q.ReviewDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("comparing the review queue with the events: %w", err)
	}
	for _, r := range waiting {
		d := ledger.Difference{What: fmt.Sprintf("review queue, event %d", r.EventID), Stored: "does not wait", Facts: "waits"}
		if r.Listed {
			d.Stored, d.Facts = d.Facts, d.Stored
		}
		out = append(out, d)
	}
	return out, nil
}
