package event

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/event/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Event is a recorded event as lists and pages show it, in its present state.
type Event struct {
	Organiser                                                              int32
	ID                                                                     int64
	Provider, Unit, Person, Client, Voucher, VoucherLine, Content, Service int64
	Date                                                                   calendar.Date
	Start, End                                                             *time.Time
	Quantity, Accepted                                                     money.Quantity
	Price, Value                                                           money.Cents
	Share                                                                  money.Share
	State                                                                  State // accepted (also in part), review, rejected, deleted, refunded
	Partial                                                                bool
	Findings                                                               []Finding
	Period                                                                 int32 // payee's period of its last posting; 0 = none
	Step                                                                   int32
	ReasonCode, Reason                                                     string
	RecordedAt                                                             time.Time
	RecordedBy, Worker, Note, Reference                                    string
}

// PeriodKey names a payee's period: a face asks settlement for its state to tell Tilitetty and Maksettu.
type PeriodKey struct {
	Organiser int32
	Provider  int64
	Period    int32
}

// Key is the period of the event's last posting.
func (e Event) Key() PeriodKey { return PeriodKey{e.Organiser, e.Provider, e.Period} }

// Filter narrows a provider's list. Empty fields do not narrow.
type Filter struct {
	Provider   int64
	Organiser  int32
	Unit       int64
	Period     calendar.Period
	State      State
	BeforeDate calendar.Date // keyset: rows after this one in the list
	BeforeID   int64
	Most       int32
}

// OfProvider lists a provider's events, newest first, under the provider's scope. Every client on the list is logged as seen.
func OfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor, f Filter) ([]Event, error) {
	if err := by.May(access.EventRead, 0); err != nil {
		return nil, err
	}
	if f.BeforeDate == 0 {
		f.BeforeDate, f.BeforeID = calendar.Forever, 0
	}
	if f.Period.Empty() {
		f.Period = calendar.Period{From: 0, To: calendar.Forever}
	}
	rows, err := db.New(tx).EventsOfProvider(ctx, db.EventsOfProviderParams{ProviderID: f.Provider, Organiser: f.Organiser, Unit: f.Unit, Units: append([]int64{}, by.Units...), FromDate: f.Period.From, ToDate: f.Period.To,
		State: string(f.State), BeforeDate: f.BeforeDate, BeforeID: f.BeforeID, Most: f.Most})
	if err != nil {
		return nil, fmt.Errorf("listing events of provider %d: %w", f.Provider, err)
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		if out[i], err = eventOf(db.EventsOfVoucherRow(r)); err != nil {
			return nil, err
		}
	}
	return out, seen(ctx, tx, by, out)
}

// OfVoucher lists a voucher's events, newest first, under the organiser's scope.
func OfVoucher(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, client, voucher int64, most int32) ([]Event, error) {
	if err := by.May(access.EventRead, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).EventsOfVoucher(ctx, db.EventsOfVoucherParams{OrganiserID: organiser, ClientID: client, VoucherID: voucher, Most: most})
	if err != nil {
		return nil, fmt.Errorf("listing events of voucher %d: %w", voucher, err)
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		if out[i], err = eventOf(r); err != nil {
			return nil, err
		}
	}
	return out, seen(ctx, tx, by, out)
}

// OfPerson lists the client's own events over all organisers, under the person's scope. voucher 0 = all.
func OfPerson(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, voucher int64, most int32) ([]Event, error) {
	if err := by.May(access.EventRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).EventsOfPerson(ctx, db.EventsOfPersonParams{PersonID: by.Person, Organiser: organiser, Voucher: voucher, Most: most})
	if err != nil {
		return nil, fmt.Errorf("listing a person's events: %w", err)
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		if out[i], err = eventOf(db.EventsOfVoucherRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Queue is the review queue, oldest first, of the services that the checker's teams see (empty = all).
func Queue(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, services []int64, after int64, most int32) ([]Event, error) {
	if err := by.May(access.EventReview, organiser); err != nil {
		return nil, err
	}
	if services == nil {
		services = []int64{}
	}
	rows, err := db.New(tx).ReviewQueue(ctx, db.ReviewQueueParams{OrganiserID: organiser, Services: services, AfterID: after, Most: most})
	if err != nil {
		return nil, fmt.Errorf("listing the review queue: %w", err)
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		if out[i], err = eventOf(db.EventsOfVoucherRow(r)); err != nil {
			return nil, err
		}
	}
	return out, seen(ctx, tx, by, out)
}

// Get gives one event with its steps, under the organiser's or the provider's scope.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Event, []Step, error) {
	if err := by.May(access.EventRead, organiser); err != nil {
		return Event{}, nil, err
	}
	q := db.New(tx)
	r, err := q.EventOne(ctx, db.EventOneParams{OrganiserID: organiser, EventID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Event{}, nil, errUnknown
	}
	if err != nil {
		return Event{}, nil, fmt.Errorf("reading event %d: %w", id, err)
	}
	if by.Provider != 0 && by.Provider != r.ProviderID || by.Person != 0 && by.Person != r.PersonID || !by.SeesUnit(r.UnitID) {
		return Event{}, nil, errUnknown
	}
	e, err := eventOf(db.EventsOfVoucherRow{OrganiserID: r.OrganiserID, EventID: r.EventID, ProviderID: r.ProviderID, UnitID: r.UnitID, PersonID: r.PersonID, ClientID: r.ClientID,
		VoucherID: r.VoucherID, LineID: r.LineID, ContentID: r.ContentID, ServiceID: r.ServiceID, ServiceDate: r.ServiceDate, StartedAt: r.StartedAt, EndedAt: r.EndedAt,
		Quantity: r.Quantity, AcceptedQuantity: r.AcceptedQuantity, PriceCents: r.PriceCents, ValueCents: r.ValueCents, TotalCents: r.TotalCents, OrganiserCents: r.OrganiserCents,
		OwnCents: r.OwnCents, Verdict: r.Verdict, Findings: r.Findings, PeriodNo: r.PeriodNo, State: r.State, ReasonCode: r.ReasonCode, Reason: r.Reason,
		RecordedAt: r.RecordedAt, RecordedBy: r.RecordedBy, Worker: r.Worker, Note: r.Note, ClientReference: r.ClientReference})
	if err != nil {
		return Event{}, nil, err
	}
	e.Step = r.StepNo
	steps, err := stepsOf(ctx, q, organiser, id)
	if err != nil {
		return Event{}, nil, err
	}
	return e, steps, seen(ctx, tx, by, []Event{e})
}

// Step is what happened to an event after its recording.
type Step struct {
	State              State
	Accepted           money.Quantity
	Share              money.Share
	ReasonCode, Reason string
	At                 time.Time
	By                 string
}

func stepsOf(ctx context.Context, q *db.Queries, organiser int32, id int64) ([]Step, error) {
	rows, err := q.StepsOf(ctx, db.StepsOfParams{OrganiserID: organiser, EventID: id})
	if err != nil {
		return nil, fmt.Errorf("reading steps of event %d: %w", id, err)
	}
	out := make([]Step, len(rows))
	for i, r := range rows {
		out[i] = Step{State(r.State), r.AcceptedQuantity, money.Share{Total: r.TotalCents, Organiser: r.OrganiserCents, Own: r.OwnCents}, r.ReasonCode, r.Reason, r.At, r.ByName}
	}
	return out, nil
}

func eventOf(r db.EventsOfVoucherRow) (Event, error) {
	findings, err := UnmarshalFindings(r.Findings)
	if err != nil {
		return Event{}, fmt.Errorf("event %d: %w", r.EventID, err)
	}
	e := Event{Organiser: r.OrganiserID, ID: r.EventID, Provider: r.ProviderID, Unit: r.UnitID, Person: r.PersonID, Client: r.ClientID, Voucher: r.VoucherID, VoucherLine: r.LineID,
		Content: r.ContentID, Service: r.ServiceID, Date: r.ServiceDate, Start: r.StartedAt, End: r.EndedAt, Quantity: r.Quantity, Accepted: r.AcceptedQuantity,
		Price: r.PriceCents, Value: r.ValueCents, Share: money.Share{Total: r.TotalCents, Organiser: r.OrganiserCents, Own: r.OwnCents},
		State: State(r.State), Findings: findings, ReasonCode: r.ReasonCode, Reason: r.Reason, RecordedAt: r.RecordedAt, RecordedBy: r.RecordedBy,
		Worker: r.Worker, Note: r.Note, Reference: r.ClientReference}
	e.Partial = e.State == Accepted && e.Accepted < e.Quantity
	if r.PeriodNo != nil {
		e.Period = *r.PeriodNo
	}
	return e, nil
}

// seen logs that each client on the list was read, once.
func seen(ctx context.Context, tx *postgres.Tx, by access.Actor, events []Event) error {
	if by.Role == access.SystemRole {
		return nil
	}
	purpose := client.ForCase
	switch by.Role.Side() {
	case access.ProviderSide:
		purpose = client.ForService
	case access.PersonSide:
		purpose = client.ForSelf
	}
	type who struct {
		organiser int32
		client    int64
	}
	done := map[who]bool{}
	var views []audit.View
	for _, e := range events {
		k := who{e.Organiser, e.Client}
		if done[k] {
			continue
		}
		done[k] = true
		views = append(views, audit.View{Organiser: e.Organiser, Person: e.Person, Client: e.Client, Purpose: purpose, What: "events"})
	}
	return audit.SeenMany(ctx, tx, by, views)
}

// Waiting counts the events in review by the day of recording, for the dashboard.
type Waiting struct {
	Day   calendar.Date
	Count int64
}

// Ages gives the review queue by the day of recording, oldest first.
func Ages(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Waiting, error) {
	rows, err := db.New(tx).ReviewAges(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("counting the review queue: %w", err)
	}
	out := make([]Waiting, len(rows))
	for i, r := range rows {
		out[i] = Waiting{r.Day, r.Waiting}
	}
	return out, nil
}

// StatementLine is one posting of a payee's period with the event behind it: a delivery, or a correction (negative).
type StatementLine struct {
	Posting                                         int64
	Amount                                          money.Cents // of the organiser; negative for corrections and refunds
	Refund, Correction                              bool
	Event                                           int64
	Date                                            calendar.Date
	Client, Person, Voucher, Content, Service, Unit int64
	Quantity                                        money.Quantity
	Price, Value                                    money.Cents
	Note, Reference, ReasonCode                     string
}

// LinesOfPeriods gives the lines of a payee's periods in the order of their postings. The caller logs the reading where it is
// shown to a person.
func LinesOfPeriods(ctx context.Context, tx *postgres.Tx, organiser int32, provider int64, periods []int32) ([]StatementLine, error) {
	rows, err := db.New(tx).EventsOfPeriod(ctx, db.EventsOfPeriodParams{OrganiserID: organiser, ProviderID: provider, Periods: periods})
	if err != nil {
		return nil, fmt.Errorf("reading the lines of payee %d: %w", provider, err)
	}
	out := make([]StatementLine, len(rows))
	for i, r := range rows {
		l := StatementLine{Posting: r.PostingID, Amount: r.AmountCents, Refund: r.SourceKind == 4, Correction: r.SourceKind == 3, Event: r.EventID, Date: r.ServiceDate,
			Client: r.ClientID, Person: r.PersonID, Voucher: r.VoucherID, Content: r.ContentID, Service: r.ServiceID, Unit: r.UnitID,
			Quantity: r.AcceptedQuantity, Price: r.PriceCents, Value: r.ValueCents, Note: r.Note, Reference: r.ClientReference, ReasonCode: r.ReasonCode}
		if r.DebitKind == 11 {
			l.Amount = -l.Amount
		}
		out[i] = l
	}
	return out, nil
}
