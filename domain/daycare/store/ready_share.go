package store

import (
	"context"
	"fmt"

	"seteli/core/money"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActReadySaved is the act on a ready own share in the audit.
const ActReadySaved audit.Act = "daycare.ready_share_saved"

// ReadyShare is a child's own share of a month as the municipality's own fee system has decided it. Siblings, part time and reductions are
// in it; on its days nothing is computed.
type ReadyShare struct {
	Of
	Saved
	Share money.Cents
}

// SaveReadyShare adds or changes a ready own share. DAY-122 when another holds on one of the days, DAY-124 below zero, DAY-123 above the
// highest fee of its first day (1503/2016, 8 §; not asked for days before the first rules or the first thresholds).
// Locks: client.
func SaveReadyShare(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReadyShare) (int64, error) {
	if _, err := open(ctx, tx, by, in.Of, in.Saved); err != nil {
		return 0, err
	}
	if err := in.judge(ctx, tx); err != nil {
		return 0, err
	}
	q, err := db.New(tx), error(nil)
	if in.ID == 0 {
		in.ID, err = q.ReadyShareAdd(ctx, db.ReadyShareAddParams{OrganiserID: in.Organiser, ChildID: in.Child, ShareCents: in.Share, ValidFrom: in.Period.From, ValidTo: in.Period.To,
			AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return 0, mapped(fmt.Errorf("adding a ready own share of child %d: %w", in.Child, err))
		}
	} else {
		n, err := q.ReadyShareEdit(ctx, db.ReadyShareEditParams{OrganiserID: in.Organiser, ChildID: in.Child, ShareID: in.ID, RowVersion: in.RowVersion, ShareCents: in.Share,
			ValidFrom: in.Period.From, ValidTo: in.Period.To, VoidedAt: in.voided(tx)})
		if err := edited(n, err, "ready own share", in.ID); err != nil {
			return 0, err
		}
	}
	return in.ID, in.saved(ctx, tx, by, ActReadySaved, in.detail(map[string]any{"share_cents": in.Share}))
}

func (in ReadyShare) judge(ctx context.Context, tx *postgres.Tx) error {
	switch {
	case in.Remove:
		return nil
	case in.Share < 0:
		return errReadyNegative
	}
	rules, err := published(ctx, tx, in.Organiser)
	if err != nil {
		return err
	}
	for _, t := range rules.on(in.Period.From).set.Thresholds {
		if t.Contains(in.Period.From) && in.Share > t.MaxFee {
			return errReadyHigh.With("amount", in.Share).With("most", t.MaxFee)
		}
	}
	return nil
}
