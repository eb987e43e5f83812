package ledger

import (
	"context"
	"fmt"

	"seteli/domain/ledger/db"
	"seteli/platform/postgres"
)

// Post writes the postings in one statement, however many there are. (COPY is refused under row-level security.)
func Post(ctx context.Context, tx *postgres.Tx, organiser int32, postings []Posting) error {
	if len(postings) == 0 {
		return nil
	}
	a := db.PostingsInsertParams{OrganiserID: organiser, Now: tx.Now()}
	for i := range postings {
		p := &postings[i]
		a.Providers, a.Periods = append(a.Providers, p.Provider), append(a.Periods, p.Period)
		a.DebitKinds, a.DebitRefs = append(a.DebitKinds, p.Debit), append(a.DebitRefs, p.DebitRef)
		a.CreditKinds, a.CreditRefs = append(a.CreditKinds, p.Credit), append(a.CreditRefs, p.CreditRef)
		a.Amounts, a.Quantities = append(a.Amounts, int64(p.Amount)), append(a.Quantities, int64(p.Quantity))
		a.Buckets, a.ServiceDates = append(a.Buckets, p.Bucket), append(a.ServiceDates, p.ServiceDate)
		a.SourceKinds, a.SourceIds, a.SourceSteps = append(a.SourceKinds, p.Source), append(a.SourceIds, p.SourceID), append(a.SourceSteps, p.SourceStep)
	}
	if err := db.New(tx).PostingsInsert(ctx, a); err != nil {
		return fmt.Errorf("writing %d postings: %w", len(postings), err)
	}
	return nil
}
