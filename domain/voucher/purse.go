package voucher

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// AttachInput names a payee that is about to take money from a euro balance for the first time, or to whom a one-time voucher is handed.
type AttachInput struct {
	Organiser      int32
	Voucher, Line  int64 // Line 0 = the only one
	Provider, Unit int64
	Day            *calendar.Date // the one day of a one-time voucher; nil = from today to the voucher's end
}

// Attach makes the reservation that lets a payee charge a euro balance or take a one-time voucher: handing over the number at the till is
// the client's choice of provider. It is part of a use case that has checked approval and price (packages purse and onetime); a
// reservation that covers the day is left as it is. Locks: voucher.
func Attach(ctx context.Context, tx *postgres.Tx, by access.Actor, in AttachInput) error {
	v, err := lock(ctx, tx, in.Organiser, in.Voucher)
	if err != nil {
		return err
	}
	from, to := tx.Today(), v.Usable().To
	if in.Day != nil {
		from, to = *in.Day, *in.Day+1
	}
	if in.Line == 0 {
		in.Line = v.Lines[0].ID
	}
	if err := v.reservable(ReserveInput{From: from, Terms: true}); err != nil {
		return err
	}
	present, err := Reservations(ctx, tx, v)
	if err != nil {
		return err
	}
	for _, r := range present {
		if r.Line == in.Line && r.Provider == in.Provider && !r.Cancelled && r.Period.Contains(from) {
			return nil
		}
	}
	period := calendar.Period{From: from, To: to}
	for _, r := range present { // one that begins later than today keeps its days
		if r.Line == in.Line && r.Provider == in.Provider && !r.Cancelled && r.Period.From > period.From {
			period.To = min(period.To, r.Period.From)
		}
	}
	_, err = db.New(tx).ReservationAdd(ctx, db.ReservationAddParams{OrganiserID: v.Organiser, VoucherID: v.ID, LineID: in.Line, PersonID: v.Person, ClientID: v.Client,
		ProviderID: in.Provider, UnitID: in.Unit, ValidFrom: period.From, ValidTo: period.To, MadeBy: by.Name, MadeBySide: "provider", MadeAt: tx.Now()})
	if err != nil {
		return fmt.Errorf("voucher %d: letting provider %d charge it: %w", v.ID, in.Provider, err)
	}
	if v.State == Granted {
		v.State = Open
		if err := saveState(ctx, tx, &v); err != nil {
			return err
		}
	}
	if err := step(ctx, tx, by, v, ActReserved, ""); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActReserved, v.Ref(), in)
}
