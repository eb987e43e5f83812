package voucher

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActRaised is written when a voucher's value was raised for one client.
const ActRaised audit.Act = "voucher.raised"

// Grounds on which a value is raised (569/2009, 8 §).
const (
	Livelihood  = "livelihood"  // the livelihood of the client or the family would be endangered
	Maintenance = "maintenance" // the client's duty to maintain others
	Welfare     = "welfare"     // another reason of welfare
)

// Grounds lists them in the order of a form.
func Grounds() []string { return []string{Livelihood, Maintenance, Welfare} }

var (
	errGround      = fault.New(fault.Invalid, "VOU-065", "voucher.raise.ground").At("ground")
	errRaisePeriod = fault.New(fault.Invalid, "VOU-066", "voucher.raise.period").At("to")
	errRaised      = fault.New(fault.Conflict, "VOU-067", "voucher.raise.twice").At("from")
	errRaiseNone   = fault.New(fault.Invalid, "VOU-068", "voucher.raise.content").At("content")
)

// RaiseInput raises the value of one content, or of all, over a period.
type RaiseInput struct {
	Organiser  int32
	Voucher    int64
	RowVersion int32
	Content    int64 // 0 = every content
	Ground     string
	Increase   method.Increase
	From       calendar.Date
	To         *calendar.Date // first day without the increase; nil = to the end of the validity
	Reason     string         // of this client, printed in the decision
	Office     string         // of who decides
}

// Raise makes the client's value higher from a day on and, after the last day, lets the value go on that would have been without it.
// What was before stays. The increase is kept with what the value was computed from, so that an index change keeps it. The client gets a
// decision of its own; what was delivered since the first day is priced anew. A balance in euros is not raised but granted more.
// VOU-066 when the period is outside the last value, VOU-067 when the value is raised already.
// Locks: voucher.
func Raise(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in RaiseInput) (Voucher, error) {
	v, err := changing(ctx, tx, by, access.VoucherChange, in.Organiser, in.Voucher, in.RowVersion)
	if err != nil {
		return Voucher{}, err
	}
	period, err := in.check(v)
	if err != nil {
		return Voucher{}, err
	}
	book, err := rulebook.Current(ctx, tx, v.Organiser, v.Service, in.From)
	if err != nil {
		return Voucher{}, err
	}
	raised := 0
	for i, l := range v.Lines {
		if in.Content != 0 && l.Content != in.Content || l.AmountCents != nil {
			continue
		}
		next, err := in.values(l.Values[len(l.Values)-1], period, book)
		if err != nil {
			return Voucher{}, err
		}
		q := db.New(tx)
		if err := endValue(ctx, q, v.Organiser, l.ID, l.Values[len(l.Values)-1].Period.From, period.From); err != nil {
			return Voucher{}, err
		}
		for _, one := range next {
			if err := addValue(ctx, q, v.Organiser, l.ID, v.Person, one); err != nil {
				return Voucher{}, err
			}
		}
		v.Lines[i].Values[len(l.Values)-1].Period.To = period.From
		v.Lines[i].Values = append(v.Lines[i].Values, next...)
		raised++
	}
	if raised == 0 {
		return Voucher{}, errRaiseNone
	}
	if err := in.decide(ctx, tx, by, means, v, period); err != nil {
		return Voucher{}, err
	}
	if err := touch(ctx, tx, by, &v, ActRaised, in.Reason); err != nil {
		return Voucher{}, err
	}
	return v, audit.Write(ctx, tx, by, ActRaised, v.Ref(), in)
}

// check gives the period of the increase within the voucher.
func (in RaiseInput) check(v Voucher) (calendar.Period, error) {
	if v.State == Closed {
		return calendar.Period{}, errClosed.With("day", *v.ClosedFrom)
	}
	var faults fault.List
	if !slices.Contains(Grounds(), in.Ground) {
		faults = append(faults, errGround)
	}
	if strings.TrimSpace(in.Reason) == "" {
		faults = append(faults, errReason)
	}
	if strings.TrimSpace(in.Office) == "" {
		faults = append(faults, errOffice)
	}
	p := calendar.Period{From: in.From, To: v.Valid.To}
	if in.To != nil {
		p.To = *in.To
	}
	if p.To <= p.From || p.To > v.Valid.To {
		faults = append(faults, errRaisePeriod.With("period", v.Valid))
	}
	return p, faults.Err()
}

// values gives the raised value, and after its last day the one that goes on without the increase.
func (in RaiseInput) values(last Value, p calendar.Period, book rulebook.Rulebook) ([]Value, error) {
	switch {
	case last.Facts != nil && last.Facts.Increase != nil:
		return nil, errRaised.With("day", last.Period.From)
	case p.From <= last.Period.From:
		return nil, errValueDay.With("day", last.Period.From)
	}
	facts := rulebook.Facts{}
	if last.Facts != nil {
		facts = *last.Facts
	}
	facts.Increase = &rulebook.Increase{Ground: in.Ground, Form: string(in.Increase.Form), Amount: in.Increase.Amount, Pct: in.Increase.Pct}
	result, err := in.Increase.Apply(last.result(), book.Rules.Rounding)
	if err != nil {
		return nil, err
	}
	raised := valueOf(result, &facts, p)
	if p.To == last.Period.To {
		return []Value{raised}, nil
	}
	after := last
	after.Period = calendar.Period{From: p.To, To: last.Period.To}
	return []Value{raised, after}, nil
}

// result is a kept value as a model gave it.
func (v Value) result() rulebook.ValueResult {
	r := rulebook.ValueResult{Value: v.Cents, Bands: v.Bands, Explanation: v.Explanation}
	if v.Fee != nil {
		r.ByPrice, r.Fee = true, *v.Fee
	}
	return r
}

func valueOf(r rulebook.ValueResult, facts *rulebook.Facts, p calendar.Period) Value {
	w := r.Worth()
	return Value{Period: p, Cents: w.Value, Fee: w.Fee, Bands: w.Bands, Facts: facts, Explanation: r.Explanation}
}

// increased applies the increase that a decision gave, when a value is computed anew.
func increased(r rulebook.ValueResult, facts *rulebook.Facts, book rulebook.Rulebook) (rulebook.ValueResult, error) {
	if facts == nil || facts.Increase == nil || r.NoVoucher {
		return r, nil
	}
	i := *facts.Increase
	out, err := method.Increase{Form: method.IncreaseForm(i.Form), Amount: i.Amount, Pct: i.Pct}.Apply(r, book.Rules.Rounding)
	if err != nil && i.Form == string(method.NewValue) {
		return r, nil // the rulebook's own value has grown past the one that was decided
	}
	return out, err
}

// decide makes the client's decision and lets what was delivered since be priced anew.
func (in RaiseInput) decide(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, v Voucher, p calendar.Period) error {
	_, err := changeDecision(ctx, tx, by, means, v, change{Kind: raise, From: in.From, Last: p.Last(), Ground: in.Ground, Reason: in.Reason, Office: in.Office})
	if err != nil || in.From > tx.Today() {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: v.Organiser, Topic: TopicRevalued, Dedup: fmt.Sprintf("%s:%d:%d", TopicRevalued, v.ID, v.RowVersion),
		Payload: Revalued{v.ID, v.Client, in.From}})
}
