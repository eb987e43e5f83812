package voucher

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// CloseInput ends a voucher from Day on.
type CloseInput struct {
	Organiser  int32
	Voucher    int64
	RowVersion int32
	Day        calendar.Date // first closed day
	Why        Reason        // ended, used_up, stopped or moved
	Reason     string        // grounds, in words
	Consent    string        // the providers' consent to shorten into days that have deliveries: who and when
	Office     string        // of who decides; needed when Why is stopped
}

// changing locks a voucher for staff and checks right, team and that the form showed its present version.
func changing(ctx context.Context, tx *postgres.Tx, by access.Actor, right access.Right, organiser int32, id int64, version int32) (Voucher, error) {
	if err := by.May(right, organiser); err != nil {
		return Voucher{}, err
	}
	v, err := lock(ctx, tx, organiser, id)
	if err != nil {
		return Voucher{}, err
	}
	if err := seesService(ctx, tx, by, v); err != nil {
		return Voucher{}, err
	}
	if version != 0 && version != v.RowVersion {
		return Voucher{}, errStale
	}
	return v, nil
}

// Close ends the voucher from a day on; days before stay payable. VOU-007 when accepted deliveries stand on or after the day and
// no provider's consent is told. Against the client's wish (stopped) it is a decision with reasons and appeal.
// Locks: voucher, its balances, and for a decision the number series.
func Close(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in CloseInput) (Voucher, error) {
	v, err := changing(ctx, tx, by, access.VoucherClose, in.Organiser, in.Voucher, in.RowVersion)
	if err != nil {
		return Voucher{}, err
	}
	used, err := ledger.UsedOf(ctx, tx, v.Organiser, v.lineIDs())
	if err != nil {
		return Voucher{}, err
	}
	switch in.Why {
	case EndedReason, UsedUp, Stopped, Moved:
	default:
		return Voucher{}, errReason.At("why")
	}
	closed, err := v.closedFrom(in.Day, in.Why, in.Reason, in.Consent, used)
	if err != nil {
		return Voucher{}, err
	}
	if err := finish(ctx, tx, by, &closed, in.Reason); err != nil {
		return Voucher{}, err
	}
	if err := step(ctx, tx, by, closed, ActClosed, in.Reason); err != nil {
		return Voucher{}, err
	}
	if in.Why == Stopped {
		if err := endDecision(ctx, tx, by, means, &closed, decision.Ended, in.Reason, in.Office); err != nil {
			return Voucher{}, err
		}
	}
	return closed, audit.Write(ctx, tx, by, ActClosed, closed.Ref(), in)
}

// AnnulInput takes back a voucher that was given by mistake.
type AnnulInput struct {
	Organiser  int32
	Voucher    int64
	RowVersion int32
	Reason     string
	Office     string
}

// Annul makes the voucher as if it had never been, by a decision. With accepted deliveries it is refused (VOU-009): close it
// from a day instead.
func Annul(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in AnnulInput) (Voucher, error) {
	v, err := changing(ctx, tx, by, access.VoucherClose, in.Organiser, in.Voucher, in.RowVersion)
	if err != nil {
		return Voucher{}, err
	}
	used, err := ledger.UsedOf(ctx, tx, v.Organiser, v.lineIDs())
	if err != nil {
		return Voucher{}, err
	}
	gone, err := v.annulled(in.Reason, used)
	if err != nil {
		return Voucher{}, err
	}
	if err := finish(ctx, tx, by, &gone, in.Reason); err != nil {
		return Voucher{}, err
	}
	if err := step(ctx, tx, by, gone, ActAnnulled, in.Reason); err != nil {
		return Voucher{}, err
	}
	if err := endDecision(ctx, tx, by, means, &gone, decision.Annulled, in.Reason, in.Office); err != nil {
		return Voucher{}, err
	}
	return gone, audit.Write(ctx, tx, by, ActAnnulled, gone.Ref(), in)
}

// Undo annuls the voucher of an order that its provider declined: the client never had the service and nothing is decided anew.
// It is part of a use case that has checked its right. Locks: voucher, its balances.
func Undo(ctx context.Context, tx *postgres.Tx, by access.Actor, organiserID int32, id int64, reason string) error {
	v, err := lock(ctx, tx, organiserID, id)
	if err != nil {
		return err
	}
	used, err := ledger.UsedOf(ctx, tx, v.Organiser, v.lineIDs())
	if err != nil {
		return err
	}
	gone, err := v.annulled(reason, used)
	if err != nil {
		return err
	}
	if err := finish(ctx, tx, by, &gone, reason); err != nil {
		return err
	}
	return step(ctx, tx, by, gone, ActAnnulled, reason)
}

// finish stores the closed voucher and ends its reservations on the same day; their providers are told.
func finish(ctx context.Context, tx *postgres.Tx, by access.Actor, v *Voucher, reason string) error {
	if err := saveState(ctx, tx, v); err != nil {
		return err
	}
	cut, err := db.New(tx).ReservationsCut(ctx, db.ReservationsCutParams{OrganiserID: v.Organiser, VoucherID: v.ID, Day: *v.ClosedFrom,
		EndReason: string(v.CloseReason), EndedBy: by.Name})
	if err != nil {
		return fmt.Errorf("voucher %d: ending its reservations: %w", v.ID, err)
	}
	for _, r := range cut {
		if err := tellEnded(ctx, tx, v.Organiser, Reserved{Reservation: r.ReservationID, Provider: r.ProviderID}); err != nil {
			return err
		}
	}
	return nil
}

// Reserved is the payload of the topics about reservations.
type Reserved struct {
	Reservation int64  `json:"reservation"`
	Provider    int64  `json:"provider"`
	Why         string `json:"why,omitempty"` // "expired", "exit" or "revoked" when the provider's approval ended, otherwise ""
}

func tellEnded(ctx context.Context, tx *postgres.Tx, organiser int32, r Reserved) error {
	return tx.Outbox(ctx, postgres.Message{Organiser: organiser, Topic: "reservation.ended",
		Dedup: fmt.Sprintf("reservation.ended:%d:%d", r.Reservation, tx.Now().UnixMicro()), Payload: r})
}

func endDecision(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, v *Voucher, outcome decision.Outcome, reason, office string) error {
	org, err := organiser.Get(ctx, tx, v.Organiser)
	if err != nil {
		return err
	}
	c, err := client.Load(ctx, tx, v.Organiser, v.Client)
	if err != nil {
		return err
	}
	draft, err := endLetter(ctx, tx, means.Texts, *v, c, outcome, reason)
	if err != nil {
		return err
	}
	draft.MadeByTitle = office
	if _, err = decision.Make(ctx, tx, by, org, draft); err != nil {
		return err
	}
	return nil
}
