package voucher

import (
	"context"
	"encoding/json"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/postgres"
)

// Recorded is what the recording of events needs to know of a voucher.
type Recorded struct {
	ID, Client, Person, Service int64
	Number, Mode                string
	Valid                       calendar.Period
	Closed                      bool
	ClosedFrom                  calendar.Date // first day that is closed; only when Closed
	Annulled                    bool          // never was: no day counts
	Rulebook                    int64
	OwnShareForbidden           bool
	BirthDate                   calendar.Date
	Lines                       []RecordedLine
	Pauses                      []calendar.Period
	Reservations                []RecordedReservation
}

// RecordedLine is one content of the voucher.
type RecordedLine struct {
	ID, Content   int64
	Code, Unit    string
	Recurrence    string
	Amount        *money.Quantity
	AmountCents   *money.Cents
	TotalQuantity *money.Quantity
	Values        []RecordedValue
}

// RecordedValue is the voucher's value per unit in a period.
type RecordedValue struct {
	Period calendar.Period
	Worth  rulebook.Worth
}

// RecordedReservation is a provider's right to deliver a line in a period.
type RecordedReservation struct {
	ID, Line, Provider, Unit int64
	Period                   calendar.Period
}

// ForRecording gives the vouchers with the numbers, by number, under a shared lock: a change of a voucher waits for the
// recording and the other way round. Five statements, however many vouchers. Unknown numbers are left out.
// Place in the order of locks: after period, before balance.
func ForRecording(ctx context.Context, tx *postgres.Tx, organiser int32, numbers []string, providers []int64) (map[string]*Recorded, error) {
	q := db.New(tx)
	rows, err := q.RecordingVouchers(ctx, db.RecordingVouchersParams{OrganiserID: organiser, Numbers: numbers})
	if err != nil {
		return nil, fmt.Errorf("reading %d vouchers: %w", len(numbers), err)
	}
	byNumber, byID, ids := make(map[string]*Recorded, len(rows)), make(map[int64]*Recorded, len(rows)), make([]int64, len(rows))
	for i, r := range rows {
		v := &Recorded{ID: r.VoucherID, Client: r.ClientID, Person: r.PersonID, Service: r.ServiceID, Number: r.Number, Mode: r.Mode,
			Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Closed: r.State == "closed", Rulebook: r.RulebookID,
			OwnShareForbidden: r.OwnShareForbidden, BirthDate: r.BirthDate}
		if r.ClosedFrom != nil {
			v.ClosedFrom = *r.ClosedFrom
		}
		v.Annulled = r.CloseReason != nil && Voucher{CloseReason: Reason(*r.CloseReason)}.never()
		byNumber[v.Number], byID[v.ID], ids[i] = v, v, v.ID
	}
	if len(ids) == 0 {
		return byNumber, nil
	}
	if err := recordedLines(ctx, q, organiser, ids, byID); err != nil {
		return nil, err
	}
	pauses, err := q.RecordingPauses(ctx, db.RecordingPausesParams{OrganiserID: organiser, Vouchers: ids})
	if err != nil {
		return nil, fmt.Errorf("reading pauses: %w", err)
	}
	for _, p := range pauses {
		v := byID[p.VoucherID]
		v.Pauses = append(v.Pauses, calendar.Period{From: p.PauseFrom, To: p.PauseTo})
	}
	reservations, err := q.RecordingReservations(ctx, db.RecordingReservationsParams{OrganiserID: organiser, Vouchers: ids, Providers: providers})
	if err != nil {
		return nil, fmt.Errorf("reading reservations: %w", err)
	}
	for _, r := range reservations {
		v := byID[r.VoucherID]
		v.Reservations = append(v.Reservations, RecordedReservation{r.ReservationID, r.LineID, r.ProviderID, r.UnitID, calendar.Period{From: r.ValidFrom, To: r.ValidTo}})
	}
	return byNumber, nil
}

func recordedLines(ctx context.Context, q *db.Queries, organiser int32, ids []int64, byID map[int64]*Recorded) error {
	values, err := q.RecordingValues(ctx, db.RecordingValuesParams{OrganiserID: organiser, Vouchers: ids})
	if err != nil {
		return fmt.Errorf("reading values: %w", err)
	}
	byLine := make(map[int64][]RecordedValue, len(values))
	for _, w := range values {
		one := RecordedValue{calendar.Period{From: w.ValidFrom, To: w.ValidTo}, rulebook.Worth{Value: w.ValueCents, Fee: w.FeeCents}}
		if w.Bands != nil {
			if err := json.Unmarshal(w.Bands, &one.Worth.Bands); err != nil {
				return fmt.Errorf("reading the values by time of day of line %d: %w", w.LineID, err)
			}
		}
		byLine[w.LineID] = append(byLine[w.LineID], one)
	}
	lines, err := q.RecordingLines(ctx, db.RecordingLinesParams{OrganiserID: organiser, Vouchers: ids})
	if err != nil {
		return fmt.Errorf("reading lines: %w", err)
	}
	for _, l := range lines {
		v := byID[l.VoucherID]
		v.Lines = append(v.Lines, RecordedLine{ID: l.LineID, Content: l.ContentID, Code: l.Code, Unit: l.Unit, Recurrence: l.Recurrence,
			Amount: l.AmountQuantity, AmountCents: l.AmountCents, TotalQuantity: l.TotalQuantity, Values: byLine[l.LineID]})
	}
	return nil
}

// Worths gives the values of a voucher's lines by line, for deliveries that are priced anew.
func Worths(ctx context.Context, tx *postgres.Tx, organiser int32, voucher int64) (map[int64][]RecordedValue, error) {
	v := &Recorded{ID: voucher}
	if err := recordedLines(ctx, db.New(tx), organiser, []int64{voucher}, map[int64]*Recorded{voucher: v}); err != nil {
		return nil, err
	}
	out := make(map[int64][]RecordedValue, len(v.Lines))
	for _, l := range v.Lines {
		out[l.ID] = l.Values
	}
	return out, nil
}
