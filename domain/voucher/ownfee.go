package voucher

import (
	"context"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client/household"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// ownFee is what a month of the organiser's own service for the same need would cost the client, by the rulebook.
type ownFee struct {
	rulebook.OwnFee
	Units money.Quantity // of the month
}

// ownFees computes the fee of the own service for each content that the rulebook compares with it (569/2009, 6 §). The facts are those that
// the value was computed from, where it has any; otherwise the household as it is recorded.
func ownFees(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, v Voucher, s catalogue.Service, book rulebook.Rulebook, day calendar.Date) (map[int64]ownFee, error) {
	out := map[int64]ownFee{}
	needs, err := means.Models.OwnFeeNeeds(book)
	if err != nil {
		return nil, err
	}
	var recorded *rulebook.Facts
	for _, l := range v.Lines {
		c, _ := s.Content(l.Content)
		if !method.Compares(book.Rules, c.Unit) {
			continue
		}
		facts := rulebook.Facts{}
		value, known := l.ValueOn(day)
		switch {
		case known && value.Facts != nil && (value.Facts.Household > 0 || value.Facts.Client != nil):
			facts = *value.Facts
		case needs.Household || needs.NetIncome:
			if recorded == nil {
				h, err := household.Of(ctx, tx, by, v.Organiser, v.Client)
				if err != nil {
					return nil, err
				}
				recorded = new(h.At(day).Facts())
			}
			facts = *recorded
		}
		month := estimateMonth(book.Rules, l, v.Valid)
		fee, err := means.Models.OwnFee(book, facts, month.Exact())
		if err != nil {
			return nil, err
		}
		out[l.Content] = ownFee{fee, month}
	}
	return out, nil
}
