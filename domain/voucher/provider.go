package voucher

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Cursor is the last reservation of the page before.
type Cursor struct {
	Organiser   int32
	Reservation int64
}

// OfProvider lists the provider's reservations over all organisers, under the provider's scope, without their clients: who is
// served is read per organiser with Served.
func OfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor, onlyValid bool, after Cursor, limit int32) ([]Reservation, error) {
	if err := by.May(access.ReservationRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ReservationsOfProvider(ctx, db.ReservationsOfProviderParams{ProviderID: by.Provider, OnlyValid: onlyValid,
		Today: tx.Today(), Units: append([]int64{}, by.Units...), AfterOrganiser: after.Organiser, AfterReservation: after.Reservation, Batch: limit})
	if err != nil {
		return nil, fmt.Errorf("listing reservations of provider %d: %w", by.Provider, err)
	}
	out := make([]Reservation, len(rows))
	for i, r := range rows {
		out[i] = Reservation{Organiser: r.OrganiserID, ID: r.ReservationID, Voucher: r.VoucherID, Line: r.LineID, Client: r.ClientID, Person: r.PersonID,
			Provider: r.ProviderID, Unit: r.UnitID, UnitName: r.UnitName, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo},
			Cancelled: r.State == "cancelled", Plan: r.Plan, MadeBy: r.MadeBy, MadeBySide: r.MadeBySide, EndReason: r.EndReason,
			EndedBy: r.EndedBy, RowVersion: r.RowVersion}
	}
	return out, nil
}

// ServedClient is what a provider sees of a reservation: the client's name and the right.
type ServedClient struct {
	Reservation, Voucher, Line, Client, Service, Content int64
	Number                                               ident.VoucherNumber
	Name                                                 string
	BirthDate                                            calendar.Date
	Language                                             i18n.Lang
	Valid                                                calendar.Period // of the voucher, its closing counted
	Recurrence                                           Recurrence
	Amount                                               *money.Quantity
	AmountCents                                          *money.Cents
	Total                                                *money.Quantity
}

// Served tells who is behind the provider's reservations in one organiser, under that organiser's scope; one statement and one log
// statement, however many.
func Served(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, reservations []int64) (map[int64]ServedClient, error) {
	if err := by.May(access.ClientBasics, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ReservedAt(ctx, db.ReservedAtParams{OrganiserID: organiser, ProviderID: by.Provider, ReservationIds: reservations})
	if err != nil {
		return nil, fmt.Errorf("reading clients of %d reservations: %w", len(reservations), err)
	}
	out, views := make(map[int64]ServedClient, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		number, err := ident.ParseVoucherNumber(r.Number)
		if err != nil {
			return nil, fmt.Errorf("voucher %d: stored number: %w", r.VoucherID, err)
		}
		valid := calendar.Period{From: r.VoucherFrom, To: r.VoucherTo}
		if r.ClosedFrom != nil {
			valid.To = min(valid.To, *r.ClosedFrom)
		}
		out[r.ReservationID] = ServedClient{Reservation: r.ReservationID, Voucher: r.VoucherID, Line: r.LineID, Client: r.ClientID, Service: r.ServiceID,
			Content: r.ContentID, Number: number, Name: r.LastName + " " + r.FirstNames, BirthDate: r.BirthDate, Language: i18n.Lang(r.Language),
			Valid: valid, Recurrence: Recurrence(r.Recurrence), Amount: r.AmountQuantity, AmountCents: r.AmountCents, Total: r.TotalQuantity}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForService, What: "reservation"}
	}
	return out, audit.SeenMany(ctx, tx, by, views)
}
