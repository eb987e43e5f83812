package ledger

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/money"
	"seteli/domain/ledger/db"
	"seteli/platform/postgres"
)

// SharePeriods locks the open periods of the payees against sealing, shared with everyone else who records, and gives their
// numbers; a payee without any gets its first. Place in the order of locks: after organiser, before provider and voucher.
func SharePeriods(ctx context.Context, tx *postgres.Tx, organiser int32, providers []int64) (map[int64]int32, error) {
	providers = slices.Compact(slices.Sorted(slices.Values(providers)))
	q := db.New(tx)
	open := make(map[int64]int32, len(providers))
	// A seal that commits while we wait for its lock leaves no open row for us to see in that statement: the next one sees it.
	for range 3 {
		rows, err := q.PeriodsOpen(ctx, db.PeriodsOpenParams{OrganiserID: organiser, Providers: providers})
		if err != nil {
			return nil, fmt.Errorf("sharing periods of %d payees: %w", len(providers), err)
		}
		for _, r := range rows {
			open[r.ProviderID] = r.PeriodNo
		}
		if len(open) == len(providers) {
			return open, nil
		}
		if err := q.PeriodsFirst(ctx, db.PeriodsFirstParams{OrganiserID: organiser, Providers: providers, Now: tx.Now()}); err != nil {
			return nil, fmt.Errorf("opening first periods: %w", err)
		}
	}
	return nil, fmt.Errorf("organiser %d: %d of %d payees have no open period", organiser, len(providers)-len(open), len(providers))
}

// Sealed is one payee's period that a run has closed.
type Sealed struct {
	Provider int64
	Period   int32
}

// Seal closes the open periods of the payees (all of the organiser's when providers is empty) and opens the next ones.
// Recording for them waits meanwhile. A sealed period never reopens.
func Seal(ctx context.Context, tx *postgres.Tx, organiser int32, providers []int64) ([]Sealed, error) {
	q := db.New(tx)
	if providers == nil {
		providers = []int64{}
	}
	rows, err := q.PeriodsToSeal(ctx, db.PeriodsToSealParams{OrganiserID: organiser, Providers: providers})
	if err != nil {
		return nil, fmt.Errorf("locking periods to seal: %w", err)
	}
	ids, numbers := make([]int64, len(rows)), make([]int32, len(rows))
	sealed := make([]Sealed, len(rows))
	for i, r := range rows {
		ids[i], numbers[i], sealed[i] = r.ProviderID, r.PeriodNo, Sealed{r.ProviderID, r.PeriodNo}
	}
	if err := q.PeriodsSeal(ctx, db.PeriodsSealParams{OrganiserID: organiser, Providers: ids, Now: tx.Now()}); err != nil {
		return nil, fmt.Errorf("sealing %d periods: %w", len(ids), err)
	}
	if err := q.PeriodsNext(ctx, db.PeriodsNextParams{OrganiserID: organiser, Providers: ids, Numbers: numbers, Now: tx.Now()}); err != nil {
		return nil, fmt.Errorf("opening next periods: %w", err)
	}
	return sealed, nil
}

// Sum is what the given periods of one payee hold: deliveries, corrections, and the hash of their postings in order.
type Sum struct {
	Provider  int64
	Lines     int64
	Gross     money.Cents // accepted deliveries
	Credit    money.Cents // corrections and refunds
	LinesHash []byte      // SHA-256 over the postings, in the order of their numbers
}

// Sums adds up periods in one statement; payees whose periods hold nothing are left out.
func Sums(ctx context.Context, tx *postgres.Tx, organiser int32, periods []Sealed) ([]Sum, error) {
	ids, numbers := make([]int64, len(periods)), make([]int32, len(periods))
	for i, s := range periods {
		ids[i], numbers[i] = s.Provider, s.Period
	}
	rows, err := db.New(tx).PeriodSums(ctx, db.PeriodSumsParams{OrganiserID: organiser, Providers: ids, Numbers: numbers})
	if err != nil {
		return nil, fmt.Errorf("summing %d periods: %w", len(periods), err)
	}
	out := make([]Sum, len(rows))
	for i, r := range rows {
		out[i] = Sum{r.ProviderID, r.LineCount, money.Cents(r.GrossCents), money.Cents(r.CreditCents), r.LinesHash}
	}
	return out, nil
}

// IsSealed tells whether a payee's period has been closed.
func IsSealed(ctx context.Context, tx *postgres.Tx, organiser int32, s Sealed) (bool, error) {
	sealed, err := db.New(tx).PeriodSealed(ctx, db.PeriodSealedParams{OrganiserID: organiser, ProviderID: s.Provider, PeriodNo: s.Period})
	if err != nil {
		return false, fmt.Errorf("reading period %d of payee %d: %w", s.Period, s.Provider, err)
	}
	return sealed, nil
}
