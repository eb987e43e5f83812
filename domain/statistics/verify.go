package statistics

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/statistics/db"
	"seteli/platform/postgres"
)

// Verify compares the organiser's part of each rolled up month, content and provider with the cost that the ledger holds, to the cent.
// Months that fresh postings have touched are about to be written again and are not compared. At most 20 differences are given.
func Verify(ctx context.Context, tx *postgres.Tx, organiser int32) ([]ledger.Difference, error) {
	rows, err := db.New(tx).MonthDifferences(ctx, db.MonthDifferencesParams{OrganiserID: organiser, Edition: edition})
	if err != nil {
		return nil, fmt.Errorf("comparing the months' figures with the ledger: %w", err)
	}
	var out []ledger.Difference
	for _, r := range rows {
		out = append(out, ledger.Difference{What: fmt.Sprintf("figures of %s, content %d, provider %d", calendar.MonthOf(r.Month), r.ContentID, r.ProviderID),
			Stored: money.Cents(r.StoredCents).String(), Facts: money.Cents(r.PostedCents).String()})
	}
	return out, nil
}
