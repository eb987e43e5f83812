package event

import (
	"context"
	"encoding/json"
	"fmt"

	"seteli/core/money"
	"seteli/domain/event/db"
	"seteli/domain/ledger"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

const actRepriced audit.Act = "event.repriced"

// repriceStep is how many events one transaction prices anew.
const repriceStep = 200

// Handlers receive what happens to vouchers, for job.DeliverOutbox. A value that changed back in time is applied to what was delivered
// since. A message that comes twice finds nothing to change.
func Handlers(store *postgres.DB) map[string]job.Handler {
	return map[string]job.Handler{
		voucher.TopicRevalued: func(ctx context.Context, m postgres.Delivery) error {
			var told voucher.Revalued
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			return reprice(ctx, store, m.Organiser, told)
		},
	}
}

// reprice prices the accepted deliveries of a voucher anew from a day on. What was settled stays settled: only the difference is posted, in
// the payee's open period, so that the next statement pays or nets it (rules of retroactive values, 734/1992 10j §).
func reprice(ctx context.Context, store *postgres.DB, organiser int32, told voucher.Revalued) error {
	by := access.System("voucher.revalued", organiser)
	after := int64(0)
	for {
		n := 0
		err := store.Tenant(ctx, by, func(tx *postgres.Tx) error {
			worths, err := voucher.Worths(ctx, tx, organiser, told.Voucher)
			if err != nil {
				return err
			}
			ids, err := db.New(tx).EventsSince(ctx, db.EventsSinceParams{OrganiserID: organiser, ClientID: told.Client, VoucherID: told.Voucher, FromDate: told.From, After: after, Most: repriceStep})
			if err != nil {
				return fmt.Errorf("voucher %d: reading what was delivered since %s: %w", told.Voucher, told.From, err)
			}
			for _, id := range ids {
				if err := repriceOne(ctx, tx, by, Ref{Organiser: organiser, Event: id.EventID, Step: id.StepNo}, worths); err != nil {
					return err
				}
				after = id.EventID
			}
			n = len(ids)
			return nil
		})
		if err != nil || n < repriceStep {
			return err
		}
	}
}

// repriceOne posts the difference of one event. A euro balance pays a rise only as far as it reaches; the client pays the rest.
func repriceOne(ctx context.Context, tx *postgres.Tx, by access.Actor, ref Ref, worths map[int64][]voucher.RecordedValue) error {
	c, err := begin(ctx, tx, by, ref)
	if err != nil {
		return err
	}
	if c.at.State != string(Accepted) {
		return nil
	}
	var worth *rulebook.Worth
	for _, w := range worths[c.at.LineID] {
		if w.Period.Contains(c.at.ServiceDate) {
			worth = &w.Worth
		}
	}
	if worth == nil {
		return nil
	}
	value, pieces := worth.At(c.at.PriceCents), make([]Piece, len(c.pieces))
	for i, p := range c.pieces {
		pieces[i] = Piece{p.Band, p.Quantity, p.Price, worth.In(p.Band)}
	}
	share := shareOf(c.at.PriceCents, value, pieces, c.at.AcceptedQuantity)
	delta := share.Organiser - c.at.OrganiserCents
	if c.move.Euro && delta > 0 {
		left := c.book.Balance(ledger.Key{Line: c.move.Line, Bucket: c.move.Bucket}).LeftCents()
		delta = min(delta, max(0, left))
	}
	if delta == 0 {
		return nil
	}
	share.Organiser = c.at.OrganiserCents + delta
	share.Total, share.Own = c.at.TotalCents, c.at.TotalCents-share.Organiser
	postings, err := c.difference(delta)
	if err != nil {
		return err
	}
	return c.end(ctx, Accepted, share, c.at.AcceptedQuantity, c.at.PeriodNo, Decision{Ref: ref, ReasonCode: "value_changed"}, postings, actRepriced)
}

// difference moves money without units: more is owed to the payee, or less, and a euro balance is used by as much.
func (c *change) difference(delta money.Cents) ([]ledger.Posting, error) {
	m := c.move
	m.Quantity, m.Cents = 0, max(delta, -delta)
	if delta > 0 {
		if err := m.use(); err != nil {
			return nil, err
		}
	} else if err := m.giveBack(); err != nil {
		return nil, err
	}
	step := c.at.StepNo + 1
	list := m.postings(ledger.FromCorrection, step)
	if delta < 0 {
		list = m.reversal(ledger.FromCorrection, step)
	}
	if !m.Euro { // the right counts units, which do not change
		list = list[1:]
	}
	return list, nil
}
