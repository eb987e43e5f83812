package event

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/event/db"
	"seteli/domain/ledger"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Label is what people call an event: the client, the voucher, the content, the places.
type Label struct {
	Client         string
	Number         string // of the voucher
	Code, Measure  string // of the content
	Content        i18n.Names
	Unit, Provider string
	Reservation    int64
}

// Labels names events that the actor has read, under the organiser's scope. The reading of the events was logged when they were listed;
// the provider sees only names of its own events.
func Labels(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, events []Event) (map[int64]Label, error) {
	right := access.ClientRead
	if by.Role.Side() == access.ProviderSide {
		right = access.ClientBasics
	}
	if err := by.May(right, organiser); err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(events))
	for _, e := range events {
		if e.Organiser == organiser && (by.Provider == 0 || e.Provider == by.Provider) {
			ids = append(ids, e.ID)
		}
	}
	rows, err := db.New(tx).LabelsOf(ctx, db.LabelsOfParams{OrganiserID: organiser, Events: ids})
	if err != nil {
		return nil, fmt.Errorf("naming %d events: %w", len(ids), err)
	}
	out := make(map[int64]Label, len(rows))
	for _, r := range rows {
		out[r.EventID] = Label{Client: r.LastName + " " + r.FirstNames, Number: r.Number, Code: r.Code, Measure: r.Unit,
			Content: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn}, Unit: r.UnitName, Provider: r.ProviderName, Reservation: r.ReservationID}
	}
	return out, nil
}

// OfNumber lists the events of the voucher with the number, newest first, for the checker; an unknown number is EVT-010.
func OfNumber(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, number ident.VoucherNumber, most int32) ([]Event, error) {
	if err := by.May(access.EventRead, organiser); err != nil {
		return nil, err
	}
	v, err := db.New(tx).VoucherOfNumber(ctx, db.VoucherOfNumberParams{OrganiserID: organiser, Number: number.String()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("finding a voucher by its number: %w", err)
	}
	return OfVoucher(ctx, tx, by, organiser, v.ClientID, v.VoucherID, most)
}

// Sum of a provider's events in one organiser and state.
type Sum struct {
	Organiser int32
	State     State
	Count     int64
	Share     money.Share
}

// Sums adds up a provider's events of a period by organiser and state, in one statement under the provider's scope. Nobody's data is shown.
func Sums(ctx context.Context, tx *postgres.Tx, by access.Actor, period calendar.Period) ([]Sum, error) {
	if err := by.May(access.EventRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).MonthSums(ctx, db.MonthSumsParams{ProviderID: by.Provider, FromDate: period.From, ToDate: period.To, Units: append([]int64{}, by.Units...)})
	if err != nil {
		return nil, fmt.Errorf("summing events of provider %d: %w", by.Provider, err)
	}
	out := make([]Sum, len(rows))
	for i, r := range rows {
		out[i] = Sum{r.OrganiserID, State(r.State), r.Events, money.Share{Total: money.Cents(r.TotalCents), Organiser: money.Cents(r.OrganiserCents), Own: money.Cents(r.OwnCents)}}
	}
	return out, nil
}

// Right is what a voucher's line grants; exactly one of Amount and Cents is set.
type Right struct {
	Line       int64
	Recurrence string
	Amount     *money.Quantity
	Cents      *money.Cents
	Total      *money.Quantity
}

// Left is what may still be recorded on the day, from balances that were read; one that nobody has used yet is whole.
func (r Right) Left(balances map[ledger.Key]ledger.Balance, day calendar.Date) (money.Quantity, money.Cents) {
	b, used := balances[ledger.Key{Line: r.Line, Bucket: bucketOf(r.Recurrence, day)}]
	if r.Cents != nil {
		if used {
			return 0, b.LeftCents()
		}
		return 0, *r.Cents
	}
	left := money.Quantity(0)
	switch {
	case used:
		left = b.Left()
	case r.Amount != nil:
		left = *r.Amount
	}
	if r.Total != nil && bucketOf(r.Recurrence, day) != ledger.Whole {
		whole := *r.Total
		if b, used := balances[ledger.Key{Line: r.Line, Bucket: ledger.Whole}]; used {
			whole = b.Left()
		}
		left = min(left, whole)
	}
	return left, 0
}
