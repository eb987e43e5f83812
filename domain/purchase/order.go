package purchase

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/admission"
	"seteli/domain/client"
	"seteli/domain/organiser"
	"seteli/domain/purchase/db"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// State is where an order is on its way.
type State string

// States as stored.
const (
	Ordered   State = "ordered"
	Confirmed State = "confirmed"
	Declined  State = "declined"
	Ended     State = "ended"
)

// Kind is on what ground the provider was chosen.
type Kind string

// Kinds of orders.
const (
	Framework Kind = "framework" // from a framework agreement that was tendered
	Direct    Kind = "direct"    // direct award, with its ground (1397/2016, 110 §)
)

// Acts of this package in the audit.
const (
	ActOrdered   audit.Act = "order.made"
	ActConfirmed audit.Act = "order.confirmed"
	ActDeclined  audit.Act = "order.declined"
	ActEnded     audit.Act = "order.ended"
)

// Topics of the outbox.
const (
	TopicMade     = "order.made"
	TopicAnswered = "order.answered"
	TopicEnded    = "order.ended"
)

// Told is the payload of the topics.
type Told struct {
	Order    int64 `json:"order"`
	Provider int64 `json:"provider"`
}

var (
	errUnknown  = fault.New(fault.NotFound, "PUR-001", "purchase.unknown")
	errAnswered = fault.New(fault.Conflict, "PUR-002", "purchase.answered")
	errNoUnit   = fault.New(fault.Conflict, "PUR-003", "purchase.unit").At("unit")
	errGround   = fault.New(fault.Invalid, "PUR-004", "purchase.ground_needed").At("ground")
	errReason   = fault.New(fault.Invalid, "PUR-005", "purchase.reason_needed").At("reason")
	errTerms    = fault.New(fault.Invalid, "PUR-006", "purchase.terms").At("terms")
	errKind     = fault.New(fault.Invalid, "PUR-007", "purchase.kind").At("kind")
	errStale    = fault.New(fault.Stale, "PUR-008", "purchase.changed_meanwhile")
	errNotOpen  = fault.New(fault.Conflict, "PUR-009", "purchase.not_live")
)

// Order is an order of a purchased service.
type Order struct {
	Organiser      int32
	ID             int64
	Number         string
	Voucher        int64
	Provider, Unit int64
	Kind           Kind
	Contract       string
	Ground         string
	State          State
	OrderedAt      time.Time
	OrderedBy      string
	AnsweredAt     *time.Time
	AnsweredBy     string
	Note           string            // the provider's words
	EndedWhy       admission.EndKind // how the provider's approval ended when that ended the order; "" otherwise
	EndedFrom      calendar.Date     // then the first day without approval
	RowVersion     int32
}

// Ref names the order in the audit.
func (o Order) Ref() audit.Ref { return audit.Ref{Kind: "order", ID: o.ID, Label: o.Number} }

// OrderInput is what the caseworker orders. The grant's lines are what is bought; the values come from the contract.
type OrderInput struct {
	voucher.GrantInput
	Unit   int64
	Kind   Kind
	Ground string // of a direct award
}

// Make orders a purchased service: decision, voucher of mode purchased, order for the provider to answer. PUR-003 when the unit is not
// approved for the service or has no contract prices on the first day.
func Make(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in OrderInput) (Order, error) {
	offer, approval, err := Calculate(ctx, tx, by, means, in)
	if err != nil {
		return Order{}, err
	}
	v, err := voucher.Grant(ctx, tx, by, means, offer.Input)
	if err != nil {
		return Order{}, err
	}
	year, _, _ := tx.Today().Civil()
	n, err := organiser.NextNumber(ctx, tx, in.Organiser, "order", year)
	if err != nil {
		return Order{}, err
	}
	p := db.OrderAddParams{OrganiserID: in.Organiser, Number: fmt.Sprintf("%s/%d/T%d", offer.Organiser.Prefix, year, n), VoucherID: v.ID,
		ProviderID: approval.ProviderID, UnitID: in.Unit, Kind: string(in.Kind), ContractNumber: approval.ContractNumber, Ground: in.Ground,
		OrderedAt: tx.Now(), OrderedBy: by.Name}
	id, err := db.New(tx).OrderAdd(ctx, p)
	if err != nil {
		return Order{}, fmt.Errorf("ordering for voucher %d: %w", v.ID, err)
	}
	o, err := byID(ctx, tx, in.Organiser, id)
	if err != nil {
		return Order{}, err
	}
	if err := audit.Write(ctx, tx, by, ActOrdered, o.Ref(), map[string]any{"voucher": v.ID, "provider": o.Provider, "unit": o.Unit, "kind": o.Kind}); err != nil {
		return Order{}, err
	}
	return o, tell(ctx, tx, o, TopicMade)
}

// Calculate tells what an order would be, without storing anything: for the form's live calculation.
func Calculate(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in OrderInput) (voucher.Offer, db.OrderableRow, error) {
	none := db.OrderableRow{}
	if err := by.May(access.OrderMake, in.Organiser); err != nil {
		return voucher.Offer{}, none, err
	}
	if in.Kind != Framework && in.Kind != Direct {
		return voucher.Offer{}, none, errKind
	}
	if in.Kind == Direct && strings.TrimSpace(in.Ground) == "" {
		return voucher.Offer{}, none, errGround
	}
	approvals, err := db.New(tx).Orderable(ctx, db.OrderableParams{OrganiserID: in.Organiser, ServiceID: in.Service, UnitID: in.Unit, Day: in.Period.From})
	if err != nil {
		return voucher.Offer{}, none, fmt.Errorf("looking for the approval of unit %d: %w", in.Unit, err)
	}
	if len(approvals) == 0 {
		return voucher.Offer{}, none, errNoUnit.With("day", in.Period.From)
	}
	values, err := contractValues(ctx, tx, in)
	if err != nil {
		return voucher.Offer{}, none, err
	}
	in.Ordered = &voucher.Ordered{Provider: approvals[0].ProviderID, Unit: in.Unit, Values: values}
	offer, err := voucher.Calculate(ctx, tx, by, means, in.GrantInput)
	return offer, approvals[0], err
}

// contractValues makes the value periods of each content from the approved prices of the unit. The price that holds last runs to the
// end of the order: a later price is a change of the contract and of the value.
func contractValues(ctx context.Context, tx *postgres.Tx, in OrderInput) (map[int64][]voucher.Value, error) {
	contents := make([]int64, len(in.Lines))
	for i, l := range in.Lines {
		contents[i] = l.Content
	}
	rows, err := db.New(tx).ContractPrices(ctx, db.ContractPricesParams{OrganiserID: in.Organiser, UnitID: in.Unit, Contents: contents,
		PeriodFrom: in.Period.From, PeriodTo: in.Period.To})
	if err != nil {
		return nil, fmt.Errorf("reading contract prices of unit %d: %w", in.Unit, err)
	}
	values := map[int64][]voucher.Value{}
	for _, r := range rows {
		p := calendar.Period{From: r.ValidFrom, To: r.ValidTo}.Meet(in.Period)
		values[r.ContentID] = append(values[r.ContentID], voucher.Value{Period: p, Cents: r.PriceCents,
			Explanation: rulebook.Explanation{{Key: "purchase.step.contract", Values: rulebook.Values{"price": r.PriceCents, "day": r.ValidFrom},
				Result: r.PriceCents, LegalRef: "1397/2016, 42 §", Sum: true}}})
	}
	return values, nil
}

func tell(ctx context.Context, tx *postgres.Tx, o Order, topic string) error {
	return tx.Outbox(ctx, postgres.Message{Organiser: o.Organiser, Topic: topic, Dedup: fmt.Sprintf("%s:%d", topic, o.ID), Payload: Told{o.ID, o.Provider}})
}

// AnswerInput is the provider's answer to an order.
type AnswerInput struct {
	Organiser  int32
	Order      int64
	RowVersion int32
	Terms      bool   // confirming: the order and the contract's terms hold
	Plan       string // when and how the service is given
	Note       string // declining: why
}

func answering(ctx context.Context, tx *postgres.Tx, by access.Actor, in AnswerInput) (Order, error) {
	if err := by.May(access.OrderConfirm, in.Organiser); err != nil {
		return Order{}, err
	}
	r, err := db.New(tx).OrderLock(ctx, db.OrderLockParams{OrganiserID: in.Organiser, OrderID: in.Order})
	o, err := from(r, err)
	switch {
	case err != nil:
		return Order{}, err
	case by.Role.Side() == access.ProviderSide && (o.Provider != by.Provider || !by.SeesUnit(o.Unit)):
		return Order{}, errUnknown
	case o.State != Ordered:
		return Order{}, errAnswered.With("by", o.AnsweredBy)
	case in.RowVersion != 0 && in.RowVersion != o.RowVersion:
		return Order{}, errStale
	}
	return o, nil
}

// Confirm takes the order: the contents are reserved for the unit by the organiser's order. Runs under the organiser's scope.
// Locks: order, voucher.
func Confirm(ctx context.Context, tx *postgres.Tx, by access.Actor, in AnswerInput) (Order, error) {
	o, err := answering(ctx, tx, by, in)
	if err != nil {
		return Order{}, err
	}
	if !in.Terms {
		return Order{}, errTerms
	}
	if o, err = settle(ctx, tx, by, o, Confirmed, in.Plan); err != nil {
		return Order{}, err
	}
	from, err := db.New(tx).OrderStart(ctx, db.OrderStartParams{OrganiserID: o.Organiser, VoucherID: o.Voucher})
	if err != nil {
		return Order{}, fmt.Errorf("order %d: reading its voucher: %w", o.ID, err)
	}
	if _, err := voucher.Reserve(ctx, tx, by, voucher.ReserveInput{Organiser: o.Organiser, Voucher: o.Voucher, Unit: o.Unit, From: from,
		Plan: in.Plan, Terms: true}); err != nil {
		return Order{}, err
	}
	if err := audit.Write(ctx, tx, by, ActConfirmed, o.Ref(), in); err != nil {
		return Order{}, err
	}
	return o, tell(ctx, tx, o, TopicAnswered)
}

// Decline refuses the order with a reason; its voucher is as if it had never been and the caseworker asks another provider.
// Locks: order, voucher.
func Decline(ctx context.Context, tx *postgres.Tx, by access.Actor, in AnswerInput) (Order, error) {
	o, err := answering(ctx, tx, by, in)
	if err != nil {
		return Order{}, err
	}
	if strings.TrimSpace(in.Note) == "" {
		return Order{}, errReason.At("note")
	}
	if o, err = settle(ctx, tx, by, o, Declined, in.Note); err != nil {
		return Order{}, err
	}
	if err := voucher.Undo(ctx, tx, by, o.Organiser, o.Voucher, in.Note); err != nil {
		return Order{}, err
	}
	if err := audit.Write(ctx, tx, by, ActDeclined, o.Ref(), in); err != nil {
		return Order{}, err
	}
	return o, tell(ctx, tx, o, TopicAnswered)
}

func settle(ctx context.Context, tx *postgres.Tx, by access.Actor, o Order, s State, note string) (Order, error) {
	n, err := db.New(tx).OrderState(ctx, db.OrderStateParams{OrganiserID: o.Organiser, OrderID: o.ID, RowVersion: o.RowVersion, State: string(s),
		AnsweredAt: new(tx.Now()), AnsweredBy: by.Name, AnswerNote: note})
	if err != nil {
		return Order{}, fmt.Errorf("order %d: storing state %s: %w", o.ID, s, err)
	}
	if n != 1 {
		return Order{}, errStale
	}
	o.State, o.AnsweredAt, o.AnsweredBy, o.Note, o.RowVersion = s, new(tx.Now()), by.Name, note, o.RowVersion+1
	return o, nil
}

// End closes an order and its voucher from a day, under the rules of voucher.Close; an order that waits for its answer is withdrawn
// by it. Locks: order, voucher, its balances.
func End(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in voucher.CloseInput) (Order, error) {
	return ending(ctx, tx, by, in.Organiser, in.Voucher, func() error {
		_, err := voucher.Close(ctx, tx, by, means, in)
		return err
	})
}

// Annul takes back an order that was made by mistake, under the rules of voucher.Annul. Locks: order, voucher, its balances.
func Annul(ctx context.Context, tx *postgres.Tx, by access.Actor, means voucher.Means, in voucher.AnnulInput) (Order, error) {
	return ending(ctx, tx, by, in.Organiser, in.Voucher, func() error {
		_, err := voucher.Annul(ctx, tx, by, means, in)
		return err
	})
}

func ending(ctx context.Context, tx *postgres.Tx, by access.Actor, organiserID int32, voucherID int64, end func() error) (Order, error) {
	if err := by.May(access.OrderMake, organiserID); err != nil {
		return Order{}, err
	}
	known, err := OfVoucher(ctx, tx, organiserID, voucherID)
	if err != nil {
		return Order{}, err
	}
	r, err := db.New(tx).OrderLock(ctx, db.OrderLockParams{OrganiserID: organiserID, OrderID: known.ID})
	o, err := from(r, err)
	if err != nil {
		return Order{}, err
	}
	if o.State != Confirmed && o.State != Ordered {
		return Order{}, errNotOpen
	}
	if err := end(); err != nil {
		return Order{}, err
	}
	note := o.Note
	if o, err = settle(ctx, tx, by, o, Ended, note); err != nil {
		return Order{}, err
	}
	if err := audit.Write(ctx, tx, by, ActEnded, o.Ref(), map[string]any{"voucher": voucherID}); err != nil {
		return Order{}, err
	}
	return o, tell(ctx, tx, o, TopicEnded)
}

func byID(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Order, error) {
	return from(db.New(tx).OrderByID(ctx, db.OrderByIDParams{OrganiserID: organiser, OrderID: id}))
}

func from(r db.PurchaseOrder, err error) (Order, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return Order{}, errUnknown
	}
	if err != nil {
		return Order{}, fmt.Errorf("reading an order: %w", err)
	}
	return Order{Organiser: r.OrganiserID, ID: r.OrderID, Number: r.Number, Voucher: r.VoucherID, Provider: r.ProviderID, Unit: r.UnitID,
		Kind: Kind(r.Kind), Contract: r.ContractNumber, Ground: r.Ground, State: State(r.State), OrderedAt: r.OrderedAt, OrderedBy: r.OrderedBy,
		AnsweredAt: r.AnsweredAt, AnsweredBy: r.AnsweredBy, Note: r.AnswerNote, EndedWhy: admission.EndKind(r.EndedWhy), EndedFrom: dayOf(r.EndedFrom),
		RowVersion: r.RowVersion}, nil
}

func dayOf(d *calendar.Date) calendar.Date {
	if d == nil {
		return 0
	}
	return *d
}

// Get reads an order for its organiser's staff or its provider.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Order, error) {
	if err := by.May(access.OrderRead, organiser); err != nil {
		return Order{}, err
	}
	o, err := byID(ctx, tx, organiser, id)
	if err == nil && by.Role.Side() == access.ProviderSide && (o.Provider != by.Provider || !by.SeesUnit(o.Unit)) {
		return Order{}, errUnknown
	}
	return o, err
}

// OfVoucher gives the order of a purchased voucher for a page whose own reading has been checked and logged.
func OfVoucher(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Order, error) {
	return from(db.New(tx).OrderOfVoucher(ctx, db.OrderOfVoucherParams{OrganiserID: organiser, VoucherID: id}))
}

// OfProvider lists a provider's orders, those that wait for an answer first, under the provider's scope.
func OfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor, limit int32) ([]Order, error) {
	if err := by.May(access.OrderRead, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).OrdersOfProvider(ctx, db.OrdersOfProviderParams{ProviderID: by.Provider, Batch: limit})
	if err != nil {
		return nil, fmt.Errorf("listing orders of provider %d: %w", by.Provider, err)
	}
	var out []Order
	for _, r := range rows {
		o, err := from(r, nil)
		if err != nil {
			return nil, err
		}
		if by.SeesUnit(o.Unit) {
			out = append(out, o)
		}
	}
	return out, nil
}

// Waiting is an order of the caseworker's work list: unanswered, declined within the last two weeks, or ended with its provider's
// approval while the client has no new one, for at most a quarter of a year.
type Waiting struct {
	Order
	Client       int64
	ListName     string
	Service      int64
	ProviderName string
}

const (
	declinedFor = 14 * 24 * time.Hour
	endedFor    = 90 // days
)

// WorkList lists orders that wait for somebody, the oldest first.
func WorkList(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, limit int32) ([]Waiting, error) {
	if err := by.May(access.OrderMake, organiser); err != nil {
		return nil, err
	}
	sees, err := voucher.SeenServices(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	p := db.OrdersWaitingParams{OrganiserID: organiser, DeclinedSince: tx.Now().Add(-declinedFor), EndedSince: tx.Today() - endedFor, Batch: limit}
	for id := range sees {
		p.Services = append(p.Services, id)
	}
	rows, err := db.New(tx).OrdersWaiting(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("listing waiting orders: %w", err)
	}
	out, views := make([]Waiting, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		out[i] = Waiting{Order: Order{Organiser: r.OrganiserID, ID: r.OrderID, Number: r.Number, Voucher: r.VoucherID, Provider: r.ProviderID, Unit: r.UnitID,
			State: State(r.State), OrderedAt: r.OrderedAt, AnsweredAt: r.AnsweredAt, Note: r.AnswerNote,
			EndedWhy: admission.EndKind(r.EndedWhy), EndedFrom: dayOf(r.EndedFrom)}, Client: r.ClientID,
			ListName: r.LastName + " " + r.FirstNames, Service: r.ServiceID, ProviderName: r.ProviderName}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "worklist"}
	}
	return out, audit.SeenMany(ctx, tx, by, views)
}
