package voucher

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/client/household"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Proposal is a line of a voucher whose value would be another one with what is now known of the client's household.
type Proposal struct {
	Voucher     Voucher
	Line        Line
	From        calendar.Date // first day of the new value
	Now, New    Value
	Against     bool           // the new value is worse for the client
	NotEntitled bool           // the client would not get the voucher; New holds the explanation
	Wrong       *fault.Fault   // the value cannot be computed with what is known
	Facts       rulebook.Facts // what the new value is computed from
}

// Proposals lists the open vouchers of a household whose value depends on income, with the value that each would have, and from which day
// (household.Change). It changes nothing: a caseworker looks at each and changes it or lets it be.
func Proposals(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, h household.Household, news household.Change) ([]Proposal, error) {
	if err := by.May(access.VoucherChange, h.Organiser); err != nil {
		return nil, err
	}
	vouchers, err := OfClient(ctx, tx, by, h.Organiser, h.Client)
	if err != nil {
		return nil, err
	}
	var list []Proposal
	for _, v := range vouchers {
		if v.Mode != "voucher" || v.State == Closed {
			continue
		}
		for _, l := range v.Lines {
			p, found, err := propose(ctx, tx, means, h, v, l, news)
			if err != nil {
				return nil, fmt.Errorf("voucher %d: proposing a value: %w", v.ID, err)
			}
			if found {
				list = append(list, p)
			}
		}
	}
	return list, nil
}

// propose computes the line's value in the client's favour first; a worse one is computed again from the day from which a worse one may
// hold.
func propose(ctx context.Context, tx *postgres.Tx, means Means, h household.Household, v Voucher, l Line, news household.Change) (Proposal, bool, error) {
	p := Proposal{Voucher: v, Line: l}
	for _, p.Against = range []bool{false, true} {
		news.Against = p.Against
		// A value begins after the one before it; what began later than the news was computed with it or is changed by hand.
		p.From = max(news.Earliest(), l.Values[len(l.Values)-1].Period.From+1)
		if p.From >= v.Usable().To {
			return p, false, nil
		}
		p.Now = l.Values[len(l.Values)-1]
		book, err := rulebook.Current(ctx, tx, v.Organiser, v.Service, p.From)
		if fault.KindOf(err) == fault.NotFound {
			return p, false, nil
		}
		if err != nil {
			return p, false, err
		}
		p.Facts = renewed(p.Now.Facts, h.At(p.From).Facts())
		if needs, err := means.Models.Needs(book, l.Content); err != nil || !needs.Household {
			return p, false, err
		}
		p.New, err = compute(means, book, &p.Facts, l.Content, calendar.Period{From: p.From, To: v.Valid.To}, false)
		p.NotEntitled = fault.CodeOf(err) == errNotEntitled.Code
		if wrong := fault.All(err); len(wrong) > 0 && !p.NotEntitled {
			p.Wrong = wrong[0]
			return p, true, nil
		}
		if err != nil && !p.NotEntitled {
			return p, false, err
		}
		if !p.NotEntitled && p.New.Worth().Same(p.Now.Worth()) {
			return p, false, nil
		}
		if !p.NotEntitled && !p.New.worse(p.Now) {
			p.Against = false
			return p, true, nil
		}
	}
	return p, true, nil
}

// worse tells that some unit would be worth less to the client.
func (v Value) worse(w Value) bool {
	if v.Cents < w.Cents || v.Fee != nil && (w.Fee == nil || *v.Fee > *w.Fee) {
		return true
	}
	for i := range min(len(v.Bands), len(w.Bands)) {
		if v.Bands[i].Value < w.Bands[i].Value {
			return true
		}
	}
	return false
}

// renewed are the old facts with the household's own ones new: hours, price and what the decision maker set stay.
func renewed(old *rulebook.Facts, household rulebook.Facts) rulebook.Facts {
	if old == nil {
		return household
	}
	f := *old
	f.Household, f.Income, f.Savings, f.Client, f.Spouse = household.Household, household.Income, household.Savings, household.Client, household.Spouse
	return f
}
