package voucher

import (
	"context"
	"fmt"
	"slices"

	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// AnswerInput is the client's answer: given by the client, or recorded by staff from a call, a letter or a meeting.
type AnswerInput struct {
	Organiser  int32
	Voucher    int64
	RowVersion int32 // 0 = whatever it is now
	Channel    Channel
	Note       string // why refused; may be empty: nobody has to explain
}

// mayAnswer: the client and a representative for their own voucher, staff who may change vouchers.
func mayAnswer(ctx context.Context, tx *postgres.Tx, by access.Actor, v Voucher, channel Channel) error {
	if by.Role.Side() == access.PersonSide {
		if err := by.May(access.VoucherAccept, v.Organiser); err != nil {
			return err
		}
		if v.Person != by.Person {
			return errUnknown
		}
		return nil
	}
	if err := by.May(access.VoucherChange, v.Organiser); err != nil {
		return err
	}
	if !slices.Contains(Channels(), channel) {
		return errChannel
	}
	return seesService(ctx, tx, by, v)
}

func answering(ctx context.Context, tx *postgres.Tx, by access.Actor, in *AnswerInput) (Voucher, error) {
	v, err := lock(ctx, tx, in.Organiser, in.Voucher)
	if err != nil {
		return Voucher{}, err
	}
	if by.Role.Side() == access.PersonSide {
		in.Channel = ByPortal
	}
	if err := mayAnswer(ctx, tx, by, v, in.Channel); err != nil {
		return Voucher{}, err
	}
	if in.RowVersion != 0 && in.RowVersion != v.RowVersion {
		return Voucher{}, errStale
	}
	if err := v.answerable(tx.Today()); err != nil {
		return Voucher{}, err
	}
	err = db.New(tx).VoucherAnswered(ctx, db.VoucherAnsweredParams{OrganiserID: v.Organiser, VoucherID: v.ID, AnsweredAt: new(tx.Now()),
		AnsweredBy: &by.Name, AnswerChannel: (*string)(&in.Channel)})
	if err != nil {
		return Voucher{}, fmt.Errorf("voucher %d: storing the answer: %w", v.ID, err)
	}
	v.Answer = &Answer{tx.Now(), by.Name, in.Channel}
	v.RowVersion++
	return v, nil
}

// Accept takes the voucher: a separate act of the client, after the information sheet (569/2009, 6 §; VOU-020 without it).
func Accept(ctx context.Context, tx *postgres.Tx, by access.Actor, in AnswerInput) (Voucher, error) {
	v, err := answering(ctx, tx, by, &in)
	if err != nil {
		return Voucher{}, err
	}
	if err := step(ctx, tx, by, v, ActAccepted, ""); err != nil {
		return Voucher{}, err
	}
	return v, audit.Write(ctx, tx, by, ActAccepted, v.Ref(), in)
}

// Refuse closes the voucher from its first day: the client is directed to another arrangement (569/2009, 6 §) and keeps the right
// to the service itself.
func Refuse(ctx context.Context, tx *postgres.Tx, by access.Actor, in AnswerInput) (Voucher, error) {
	v, err := answering(ctx, tx, by, &in)
	if err != nil {
		return Voucher{}, err
	}
	v.State, v.ClosedFrom, v.CloseReason = Closed, &v.Valid.From, Refused
	if err := saveState(ctx, tx, &v); err != nil {
		return Voucher{}, err
	}
	if err := step(ctx, tx, by, v, ActRefused, in.Note); err != nil {
		return Voucher{}, err
	}
	return v, audit.Write(ctx, tx, by, ActRefused, v.Ref(), in)
}

func saveState(ctx context.Context, tx *postgres.Tx, v *Voucher) error {
	p := db.VoucherStateParams{OrganiserID: v.Organiser, VoucherID: v.ID, State: string(v.State), ClosedFrom: v.ClosedFrom}
	if v.CloseReason != "" {
		p.CloseReason = (*string)(&v.CloseReason)
	}
	if err := db.New(tx).VoucherState(ctx, p); err != nil {
		return fmt.Errorf("voucher %d: storing state %s: %w", v.ID, v.State, err)
	}
	v.RowVersion++
	return nil
}
