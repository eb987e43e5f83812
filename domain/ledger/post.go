package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seteli/domain/ledger/db"
	"seteli/platform/postgres"
)

// copyFrom is the number of rows from which COPY is quicker than one insert from arrays.
const copyFrom = 200

var postingColumns = []string{"organiser_id", "provider_id", "period_no", "debit_kind", "debit_ref", "credit_kind", "credit_ref",
	"amount_cents", "quantity", "bucket", "service_date", "source_kind", "source_id", "source_step", "posted_at"}

// Post writes the postings in one statement, however many there are.
func Post(ctx context.Context, tx *postgres.Tx, organiser int32, postings []Posting) error {
	if len(postings) == 0 {
		return nil
	}
	if len(postings) < copyFrom {
		return insert(ctx, tx, organiser, postings)
	}
	now := tx.Now()
	n, err := tx.CopyFrom(ctx, pgx.Identifier{"posting"}, postingColumns, pgx.CopyFromSlice(len(postings), func(i int) ([]any, error) {
		p := &postings[i]
		return []any{organiser, p.Provider, p.Period, p.Debit, p.DebitRef, p.Credit, p.CreditRef,
			int64(p.Amount), int64(p.Quantity), p.Bucket, p.ServiceDate, p.Source, p.SourceID, p.SourceStep, now}, nil
	}))
	if err != nil {
		return fmt.Errorf("copying %d postings: %w", len(postings), err)
	}
	if int(n) != len(postings) {
		return fmt.Errorf("copying postings: %d of %d rows written", n, len(postings))
	}
	return nil
}

func insert(ctx context.Context, tx *postgres.Tx, organiser int32, postings []Posting) error {
	a := db.PostingsInsertParams{OrganiserID: organiser, Now: tx.Now()}
	for _, p := range postings {
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
