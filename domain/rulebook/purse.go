package rulebook

import (
	"context"
	"slices"

	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/platform/postgres"
)

// What happens to what is left of a euro balance.
const (
	LeftExpires = "expires"      // nothing is left after the grace days, nor after a month when it is filled monthly
	LeftCarries = "carries_over" // it stays when the balance is filled, and expires at the end
	LeftReturns = "returns"      // it goes back to the organiser, who sees it as returned
)

// LeftOvers lists them for forms.
func LeftOvers() []string { return []string{LeftExpires, LeftCarries, LeftReturns} }

// Purse are the terms of the euro balances of a service. They are copied to a balance when it is granted: a later version changes none
// that was granted before.
type Purse struct {
	Contents     []int64 `json:"contents,omitempty"` // that it may be spent on, of any of the organiser's voucher services; none = all of them
	HoldDays     int     `json:"hold_days"`          // a hold is worth nothing after so many days
	GraceDays    int     `json:"grace_days"`         // holds may be captured, and what is left stays, so many days after the voucher's end
	LeftOver     string  `json:"left_over"`
	WholeUnits   bool    `json:"whole_units,omitempty"`   // the balance pays whole units only; euros are not parted anyway
	ClientAdds   bool    `json:"client_adds,omitempty"`   // above the balance the client pays the rest to the provider; otherwise the purchase is refused
	BalanceShown bool    `json:"balance_shown,omitempty"` // a refusal for lack of balance tells the provider what is left
}

// mostPurseDays of a hold and of the grace.
const mostPurseDays = 90

// PurseTerms are the terms of the rules' balances; the usual ones where the rules give none.
func (r Rules) PurseTerms() Purse {
	if r.Purse != nil {
		return *r.Purse
	}
	return Purse{HoldDays: 7, GraceDays: 14, LeftOver: LeftExpires}
}

func (p *Purse) wrong() (list fault.List) {
	if p == nil {
		return nil
	}
	if p.HoldDays < 1 || p.HoldDays > mostPurseDays {
		list = append(list, errHoldDays)
	}
	if p.GraceDays < 0 || p.GraceDays > mostPurseDays {
		list = append(list, errHoldDays.At("purse_grace_days"))
	}
	if !slices.Contains(LeftOvers(), p.LeftOver) {
		list = append(list, errLeftOver)
	}
	return list
}

// checkPurse refuses contents that are of none of the organiser's voucher services on the first day, and a client's part in a service
// that must cost nothing.
func (in DraftInput) checkPurse(ctx context.Context, tx *postgres.Tx, s catalogue.Service) (fault.List, error) {
	p := in.Rules.Purse
	if p == nil {
		return nil, nil
	}
	var wrong fault.List
	if p.ClientAdds && s.OwnShareForbidden {
		wrong = append(wrong, errClientAdds)
	}
	if len(p.Contents) == 0 {
		return wrong, nil
	}
	services, err := catalogue.Services(ctx, tx, in.Organiser, in.ValidFrom)
	if err != nil {
		return nil, err
	}
	for _, id := range p.Contents {
		sold := slices.ContainsFunc(services, func(s catalogue.Service) bool {
			_, ok := s.Content(id)
			return ok && s.Mode == catalogue.Voucher
		})
		if !sold {
			return append(wrong, errPurseContent), nil
		}
	}
	return wrong, nil
}
