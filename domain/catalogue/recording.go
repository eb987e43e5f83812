package catalogue

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue/db"
	"seteli/platform/postgres"
)

// ContentTerms is what a version of a content says of quantities and prices.
type ContentTerms struct {
	Period   calendar.Period // of the version; the last one that covers the day counts
	MaxDay   *money.Quantity // most units a day for one client
	PriceCap *money.Cents
}

// TermsForRecording gives every version of the contents, oldest first, in one statement.
func TermsForRecording(ctx context.Context, tx *postgres.Tx, organiser int32, contents []int64) (map[int64][]ContentTerms, error) {
	rows, err := db.New(tx).RecordingContents(ctx, db.RecordingContentsParams{OrganiserID: organiser, Contents: contents})
	if err != nil {
		return nil, fmt.Errorf("reading terms of %d contents: %w", len(contents), err)
	}
	out := make(map[int64][]ContentTerms, len(contents))
	for _, r := range rows {
		out[r.ContentID] = append(out[r.ContentID], ContentTerms{calendar.Period{From: r.ValidFrom, To: r.ValidTo}, r.MaxDayQuantity, r.PriceCapCents})
	}
	return out, nil
}
