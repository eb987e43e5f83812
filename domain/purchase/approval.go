package purchase

import (
	"context"
	"encoding/json"
	"fmt"

	"seteli/core/fault"
	"seteli/domain/admission"
	"seteli/domain/organiser"
	"seteli/domain/purchase/db"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// Handlers receive what happens to approvals, for job.DeliverOutbox: an order ends with the approval of its provider, and the
// caseworker's list shows that the client needs a new one. They come after those of domain/voucher, which end the reservations.
// A message that comes twice finds the order ended.
func Handlers(store *postgres.DB, means voucher.Means) map[string]job.Handler {
	return map[string]job.Handler{
		admission.TopicEnded: func(ctx context.Context, m postgres.Delivery) error {
			var told admission.EndedMessage
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			for _, id := range told.Approvals {
				if err := approvalEnded(ctx, store, means, m.Organiser, id); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// approvalEnded ends the orders that the approval carried, each in a transaction of its own.
func approvalEnded(ctx context.Context, store *postgres.DB, means voucher.Means, organiserID int32, approval int64) error {
	by := access.System("approval", organiserID)
	var rows []db.OrdersUnderRow
	err := store.Read(ctx, by, func(tx *postgres.Tx) (err error) {
		rows, err = db.New(tx).OrdersUnder(ctx, db.OrdersUnderParams{OrganiserID: organiserID, ApprovalID: approval})
		return err
	})
	if err != nil {
		return fmt.Errorf("reading orders of approval %d: %w", approval, err)
	}
	for _, r := range rows {
		err := store.Tenant(ctx, by, func(tx *postgres.Tx) error { return left(ctx, tx, by, means, r) })
		if err != nil {
			return fmt.Errorf("ending order %d with approval %d: %w", r.OrderID, approval, err)
		}
	}
	return nil
}

// left ends one order because its provider's approval ends. What nobody has confirmed is as if it had not been ordered; what runs is
// closed from the end of the approval, and days before stay payable. Locks: order, voucher, its balances.
func left(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, under db.OrdersUnderRow) error {
	q := db.New(tx)
	o, err := from(q.OrderLock(ctx, db.OrderLockParams{OrganiserID: by.Organiser, OrderID: under.OrderID}))
	if err != nil {
		return err
	}
	if o.State != Ordered && o.State != Confirmed {
		return nil // answered or ended meanwhile
	}
	org, err := organiser.Get(ctx, tx, by.Organiser)
	if err != nil {
		return err
	}
	reason := means.Texts.Text(org.Language(), "purchase.left."+under.EndKind, nil)
	if o.State == Ordered {
		err = voucher.Undo(ctx, tx, by, o.Organiser, o.Voucher, reason)
	} else {
		err = closeVoucher(ctx, tx, by, means, voucher.CloseInput{Organiser: o.Organiser, Voucher: o.Voucher, Day: max(under.ApprovedTo, under.ValidFrom),
			Why: voucher.Moved, Reason: reason})
	}
	if err != nil {
		return err
	}
	if o, err = settle(ctx, tx, by, o, Ended, o.Note); err != nil {
		return err
	}
	err = q.OrderEndWhy(ctx, db.OrderEndWhyParams{OrganiserID: o.Organiser, OrderID: o.ID, EndedWhy: under.EndKind, EndedFrom: &under.ApprovedTo})
	if err != nil {
		return fmt.Errorf("noting why it ended: %w", err)
	}
	if err := audit.Write(ctx, tx, by, ActEnded, o.Ref(), map[string]any{"voucher": o.Voucher, "why": under.EndKind, "from": under.ApprovedTo}); err != nil {
		return err
	}
	return tell(ctx, tx, o, TopicEnded)
}

// closeVoucher closes from the day, or from tomorrow when something was delivered on the very day on which the approval ended. A
// voucher that was closed before is left as it is.
func closeVoucher(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in voucher.CloseInput) error {
	_, err := voucher.Close(ctx, tx, by, means, in)
	if fault.CodeOf(err) == "VOU-007" {
		in.Day = max(in.Day, tx.Today()) + 1
		_, err = voucher.Close(ctx, tx, by, means, in)
	}
	if fault.CodeOf(err) == "VOU-003" {
		return nil
	}
	return err
}
