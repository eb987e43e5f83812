package ledger

import (
	"context"
	"fmt"

	"seteli/domain/ledger/db"
	"seteli/platform/postgres"
)

// Difference is one disagreement between what is stored and what the facts say.
type Difference struct {
	What   string // table and key
	Stored string
	Facts  string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: stored %s, facts say %s", d.What, d.Stored, d.Facts)
}

// Verify rebuilds every balance of the organiser from the postings and reports where they disagree, and postings that
// entered a period after it was sealed.
func Verify(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Difference, error) {
	q := db.New(tx)
	rows, err := q.BalanceDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("replaying balances: %w", err)
	}
	var out []Difference
	for _, r := range rows {
		out = append(out, Difference{
			What:   fmt.Sprintf("balance of line %d, bucket %s", r.LineID, r.Bucket),
			Stored: fmt.Sprintf("used %s (%d cents) of %s", r.UsedQuantity, r.UsedCents, r.LimitQuantity),
			Facts:  fmt.Sprintf("used %d parts (%d cents) of %d parts", r.ReplayedQuantity, r.ReplayedCents, r.ReplayedLimitQuantity)})
	}
	orphans, err := q.UsesWithoutBalance(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("looking for uses without a balance: %w", err)
	}
	if orphans > 0 {
		out = append(out, Difference{"balances", "missing", fmt.Sprintf("%d postings use a right that has no balance", orphans)})
	}
	late, err := q.PostingsInClosedPeriods(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("looking for postings in sealed periods: %w", err)
	}
	if late > 0 {
		out = append(out, Difference{"sealed periods", "closed", fmt.Sprintf("%d postings came after the seal", late)})
	}
	return out, nil
}
