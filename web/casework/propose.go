package casework

import (
	"context"
	"strconv"

	"seteli/domain/decision"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// proposed fills the form of a grant from the proposal that the address names; 0 when it names none.
func (p *Pages) proposed(r *ui.Request, f *ui.Form) (int64, error) {
	number, err := strconv.ParseInt(f.Value("proposal"), 10, 64)
	if err != nil {
		return 0, nil //nolint:nilerr // no proposal is named: an ordinary grant
	}
	var g voucher.ProposedGrant
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		g, err = voucher.Proposed(ctx, tx, r.Actor, r.Actor.Organiser, number)
		return err
	})
	if err != nil {
		return 0, err
	}
	f.Set("version", ui.Digits(g.RowVersion))
	f.Set("valid_from", g.Grant.Period.From)
	f.Set("valid_to", g.Grant.Period.Last())
	f.Set("contact", g.Contact)
	f.Set("reasons", g.Reasons)
	f.Set("office", g.Office)
	if g.Grant.Asked.Fee != nil {
		f.Set("own_fee", *g.Grant.Asked.Fee)
	}
	f.Set("column", g.Grant.Asked.Column)
	for _, l := range g.Grant.Lines {
		f.Set("need-"+ui.Digits(l.Content), l.Need)
		if l.Individual != nil {
			f.Set("individual-"+ui.Digits(l.Content), *l.Individual)
		}
		f.Set("recurrence-"+ui.Digits(l.Content), string(l.Recurrence))
		switch {
		case l.Amount != nil:
			f.Set(voucher.Field(l.Content), *l.Amount)
		case l.AmountCents != nil:
			f.Set(voucher.Field(l.Content), *l.AmountCents)
		}
		if l.Total != nil {
			f.Set("total-"+ui.Digits(l.Content), *l.Total)
		}
	}
	return number, nil
}

// propose saves the form as a proposal and answers which.
func (p *Pages) propose(r *ui.Request, f *ui.Form, proposal int64, in voucher.GrantInput) (saved int64, err error) {
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		g, err := voucher.ProposeGrant(ctx, tx, r.Actor, p.Means, in, decision.DecideInput{Organiser: in.Organiser, Proposal: proposal, RowVersion: version(f)})
		saved = g.ID
		return err
	})
	return saved, err
}
