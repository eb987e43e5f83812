package event

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/event/db"
	"seteli/domain/ledger"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on a recorded event.
const (
	actAccepted = audit.Act("event.accepted")
	actRejected = audit.Act("event.rejected")
	actReturned = audit.Act("event.returned")
	actDeleted  = audit.Act("event.deleted")
	actRefunded = audit.Act("event.refunded")
	actUnrefund = audit.Act("event.refund_withdrawn")
)

var (
	errUnknown   = fault.New(fault.NotFound, "EVT-010", "event.not_found")
	errState     = fault.New(fault.Conflict, "EVT-011", "event.state_forbids")
	errDecided   = fault.New(fault.Stale, "EVT-012", "event.decided_by_another")
	errSettled   = fault.New(fault.Conflict, "EVT-019", "event.settled")
	errUnsettled = fault.New(fault.Conflict, "EVT-013", "event.not_settled_yet")
	errReason    = fault.New(fault.Invalid, "EVT-014", "event.reason_needed")
	errCode      = fault.New(fault.Invalid, "EVT-015", "event.reason_code_unknown")
	errQuantity  = fault.New(fault.Invalid, "EVT-016", "event.quantity_outside")
	errClosedRun = fault.New(fault.Conflict, "EVT-017", "event.refund_settled")
)

// ReasonCodes are the reasons of a refund or a rejection; the explanation is mandatory beside them.
var ReasonCodes = []string{"wrong_client", "wrong_time", "wrong_quantity", "wrong_content", "wrong_price", "double", "not_delivered", "voucher_changed", "provider_request", "supervision", "other"}

// Ref names an event and the step that its reader saw: a decision on an older step is refused (EVT-012), nothing is lost.
type Ref struct {
	Organiser int32
	Event     int64
	Step      int32
}

// Decision is what a checker says about an event under review.
type Decision struct {
	Ref
	Quantity   *money.Quantity // how much is accepted; nil = all that was asked
	ReasonCode string
	Reason     string
}

// change is one step under the locks of its payee's period and its balances.
type change struct {
	tx      *postgres.Tx
	by      access.Actor
	at      db.EventOneRow
	period  int32 // the payee's open period now
	settled bool  // the event's own period is sealed
	pieces  []Piece
	book    *ledger.Book
	move    movement
}

// begin takes the locks in the house's order (period, balances), then reads the event: what it says holds until the commit.
func begin(ctx context.Context, tx *postgres.Tx, by access.Actor, ref Ref) (*change, error) {
	q := db.New(tx)
	at, err := q.EventOne(ctx, db.EventOneParams{OrganiserID: ref.Organiser, EventID: ref.Event})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("reading event %d: %w", ref.Event, err)
	}
	if by.Provider != 0 && by.Provider != at.ProviderID || !by.SeesUnit(at.UnitID) {
		return nil, errUnknown
	}
	open, err := ledger.SharePeriods(ctx, tx, ref.Organiser, []int64{at.ProviderID})
	if err != nil {
		return nil, err
	}
	line, err := q.LineOfEvent(ctx, db.LineOfEventParams{OrganiserID: ref.Organiser, LineID: at.LineID})
	if err != nil {
		return nil, fmt.Errorf("reading the voucher line of event %d: %w", ref.Event, err)
	}
	recorded := &voucher.RecordedLine{ID: line.LineID, Recurrence: line.Recurrence, Amount: line.AmountQuantity, AmountCents: line.AmountCents, TotalQuantity: line.TotalQuantity}
	keys := keysOf(recorded, at.ServiceDate)
	book, err := ledger.Lock(ctx, tx, ref.Organiser, keys)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		openRight(book, k, recorded)
	}
	if at, err = q.EventOne(ctx, db.EventOneParams{OrganiserID: ref.Organiser, EventID: ref.Event}); err != nil {
		return nil, fmt.Errorf("reading event %d again: %w", ref.Event, err)
	}
	if at.StepNo != ref.Step {
		return nil, errDecided.With("state", at.State)
	}
	c := &change{tx: tx, by: by, at: at, period: open[at.ProviderID], book: book}
	if c.pieces, err = PiecesOf(ctx, tx, ref.Organiser, ref.Event); err != nil {
		return nil, err
	}
	c.settled = at.PeriodNo != nil && *at.PeriodNo != c.period
	c.move = movement{Provider: at.ProviderID, Period: c.period, Event: at.EventID, Line: at.LineID, Content: at.ContentID, Bucket: at.Bucket, Date: at.ServiceDate,
		Quantity: at.AcceptedQuantity, Cents: at.OrganiserCents, Euro: line.AmountCents != nil, whole: book}
	return c, nil
}

// end writes the step, the movement's postings and the balances, and the audit row.
func (c *change) end(ctx context.Context, state State, share money.Share, q money.Quantity, period *int32, d Decision, postings []ledger.Posting, act audit.Act) error {
	step := c.at.StepNo + 1
	err := db.New(c.tx).StepAdd(ctx, db.StepAddParams{OrganiserID: d.Organiser, EventID: c.at.EventID, StepNo: step, ProviderID: c.at.ProviderID, PersonID: c.at.PersonID,
		State: string(state), AcceptedQuantity: q, TotalCents: share.Total, OrganiserCents: share.Organiser, OwnCents: share.Own, PeriodNo: period,
		ReasonCode: d.ReasonCode, Reason: d.Reason, At: c.tx.Now(), ByAccount: c.by.Account, ByName: c.by.Name})
	if postgres.ConstraintOf(err) == "event_step_pkey" {
		return errDecided.With("state", c.at.State).Because(err)
	}
	if err != nil {
		return fmt.Errorf("writing step %d of event %d: %w", step, c.at.EventID, err)
	}
	if err := c.book.Write(ctx, c.tx); err != nil {
		return err
	}
	if err := ledger.Post(ctx, c.tx, d.Organiser, postings); err != nil {
		return err
	}
	return audit.Write(ctx, c.tx, c.by, act, audit.Ref{Kind: "event", ID: c.at.EventID}, map[string]any{
		"from": c.at.State, "to": state, "quantity": q, "organiser_cents": share.Organiser, "reason_code": d.ReasonCode, "reason": d.Reason})
}

func (d Decision) reasoned() error {
	if d.Reason == "" {
		return errReason.At("reason")
	}
	for _, c := range ReasonCodes {
		if c == d.ReasonCode {
			return nil
		}
	}
	return errCode.At("reason_code")
}

// Accept takes an event out of review, wholly or in part. A part above what is left widens the right by the excess: the
// checker's decision is visible in the ledger as its own posting.
func Accept(ctx context.Context, tx *postgres.Tx, by access.Actor, d Decision) error {
	if err := by.May(access.EventReview, d.Organiser); err != nil {
		return err
	}
	c, err := begin(ctx, tx, by, d.Ref)
	if err != nil {
		return err
	}
	if c.at.State != string(Review) {
		return errState.With("state", c.at.State)
	}
	q := c.at.Quantity
	if d.Quantity != nil {
		q = *d.Quantity
	}
	if q <= 0 || q > c.at.Quantity {
		return errQuantity.At("quantity").With("max", c.at.Quantity)
	}
	share := shareOf(c.at.PriceCents, c.at.ValueCents, c.pieces, q)
	c.move.Quantity, c.move.Cents = q, share.Organiser
	c.widen()
	if err := c.move.use(); err != nil {
		return err
	}
	step := c.at.StepNo + 1
	if err := c.end(ctx, Accepted, share, q, &c.period, d, c.move.postings(ledger.FromEvent, step), actAccepted); err != nil {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: d.Organiser, Topic: "event.reviewed", Dedup: dedup(c.at.EventID, step), Payload: told{c.at.EventID, step}})
}

// widen grants what the accepted quantity takes beyond what is left.
func (c *change) widen() {
	q, cents := c.move.used()
	for _, k := range []ledger.Key{{Line: c.move.Line, Bucket: c.move.Bucket}, {Line: c.move.Line, Bucket: ledger.Whole}} {
		if !c.book.Holds(k) {
			continue
		}
		b := c.book.Balance(k)
		if b.Used+q > b.Limit || b.UsedCents+cents > b.LimitCents {
			c.book.Grant(k, max(b.Limit, b.Used+q), max(b.LimitCents, b.UsedCents+cents))
		}
	}
}

// Reject ends a review against the provider, with a reason that it is told.
func Reject(ctx context.Context, tx *postgres.Tx, by access.Actor, d Decision) error {
	if err := by.May(access.EventReview, d.Organiser); err != nil {
		return err
	}
	if err := d.reasoned(); err != nil {
		return err
	}
	c, err := begin(ctx, tx, by, d.Ref)
	if err != nil {
		return err
	}
	if c.at.State != string(Review) {
		return errState.With("state", c.at.State)
	}
	step := c.at.StepNo + 1
	if err := c.end(ctx, Rejected, money.Share{}, 0, nil, d, nil, actRejected); err != nil {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: d.Organiser, Topic: "event.reviewed", Dedup: dedup(c.at.EventID, step), Payload: told{c.at.EventID, step}})
}

// Return sends an accepted event that is not settled back to review.
func Return(ctx context.Context, tx *postgres.Tx, by access.Actor, d Decision) error {
	if err := by.May(access.EventReview, d.Organiser); err != nil {
		return err
	}
	if d.Reason == "" {
		return errReason.At("reason")
	}
	c, err := begin(ctx, tx, by, d.Ref)
	if err != nil {
		return err
	}
	postings, err := c.takeBack(ledger.FromCorrection)
	if err != nil {
		return err
	}
	share := shareOf(c.at.PriceCents, c.at.ValueCents, c.pieces, c.at.Quantity)
	return c.end(ctx, Review, share, c.at.Quantity, nil, d, postings, actReturned)
}

// takeBack gives the right back and reverses the cost, in the payee's open period. Only an accepted event that is not settled.
func (c *change) takeBack(source int16) ([]ledger.Posting, error) {
	switch {
	case c.at.State != string(Accepted):
		return nil, errState.With("state", c.at.State)
	case c.settled:
		return nil, errSettled
	}
	if err := c.move.giveBack(); err != nil {
		return nil, err
	}
	return c.move.reversal(source, c.at.StepNo+1), nil
}

// Delete removes an event of the provider's own that is not settled. The row and the reason stay in the history.
func Delete(ctx context.Context, tx *postgres.Tx, by access.Actor, d Decision) error {
	if err := by.May(access.EventEdit, d.Organiser); err != nil {
		return err
	}
	c, err := begin(ctx, tx, by, d.Ref)
	if err != nil {
		return err
	}
	return c.delete(ctx, d)
}

func (c *change) delete(ctx context.Context, d Decision) error {
	if c.at.State == string(Review) || c.at.State == string(Rejected) {
		return c.end(ctx, Deleted, money.Share{}, 0, nil, d, nil, actDeleted)
	}
	postings, err := c.takeBack(ledger.FromCorrection)
	if err != nil {
		return err
	}
	return c.end(ctx, Deleted, money.Share{}, 0, &c.period, d, postings, actDeleted)
}

// Refund takes back a settled event (hyvitys): reason code and explanation are mandatory, the provider is told, and the sum is
// netted in the payee's next run. The closed period does not change.
func Refund(ctx context.Context, tx *postgres.Tx, by access.Actor, d Decision) error {
	if err := by.May(access.EventRefund, d.Organiser); err != nil {
		return err
	}
	if err := d.reasoned(); err != nil {
		return err
	}
	c, err := begin(ctx, tx, by, d.Ref)
	if err != nil {
		return err
	}
	switch {
	case c.at.State != string(Accepted):
		return errState.With("state", c.at.State)
	case !c.settled:
		return errUnsettled
	}
	if err := c.move.giveBack(); err != nil {
		return err
	}
	step := c.at.StepNo + 1
	share := money.Share{Total: c.at.TotalCents, Organiser: c.at.OrganiserCents, Own: c.at.OwnCents}
	if err := c.end(ctx, Refunded, share, c.at.AcceptedQuantity, &c.period, d, c.move.reversal(ledger.FromRefund, step), actRefunded); err != nil {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: d.Organiser, Topic: "event.refunded", Dedup: dedup(c.at.EventID, step), Payload: told{c.at.EventID, step}})
}

// WithdrawRefund takes a refund back while it waits for the next run.
func WithdrawRefund(ctx context.Context, tx *postgres.Tx, by access.Actor, d Decision) error {
	if err := by.May(access.EventRefund, d.Organiser); err != nil {
		return err
	}
	c, err := begin(ctx, tx, by, d.Ref)
	if err != nil {
		return err
	}
	switch {
	case c.at.State != string(Refunded):
		return errState.With("state", c.at.State)
	case c.settled:
		return errClosedRun
	}
	c.widen()
	if err := c.move.use(); err != nil {
		return err
	}
	share := money.Share{Total: c.at.TotalCents, Organiser: c.at.OrganiserCents, Own: c.at.OwnCents}
	postings := c.move.postings(ledger.FromRefund, c.at.StepNo+1)
	// The event stands again in the period that it was settled in: it must not become open to deletion.
	accepted, err := db.New(tx).AcceptedPeriod(ctx, db.AcceptedPeriodParams{OrganiserID: d.Organiser, EventID: d.Event})
	if err != nil {
		return fmt.Errorf("finding the period of event %d: %w", d.Event, err)
	}
	return c.end(ctx, Accepted, share, c.at.AcceptedQuantity, &accepted, d, postings, actUnrefund)
}

// told is the outbox payload: numbers only.
type told struct {
	Event int64 `json:"event"`
	Step  int32 `json:"step"`
}

func dedup(event int64, step int32) string { return fmt.Sprintf("event-%d-%d", event, step) }

// Edit corrects an event that is not settled: the old one is deleted and the new version is judged, in one transaction. When
// the new version is rejected nothing changes and its findings are the answer.
func Edit(ctx context.Context, tx *postgres.Tx, by access.Actor, ref Ref, line Line, source Source) (Verdict, error) {
	if err := by.May(access.EventEdit, ref.Organiser); err != nil {
		return Verdict{}, err
	}
	c, err := begin(ctx, tx, by, ref)
	if err != nil {
		return Verdict{}, err
	}
	if err := c.delete(ctx, Decision{Ref: ref, Reason: "edited"}); err != nil {
		return Verdict{}, err
	}
	line.Replaces = ref.Event
	verdicts, err := Record(ctx, tx, ref.Organiser, []Submission{{By: by, Provider: c.at.ProviderID, Source: source, Lines: []Line{line}}})
	if err != nil {
		return Verdict{}, err
	}
	if v := verdicts[0][0]; v.State == Rejected {
		return v, errRefused.Because(RejectedError{v})
	}
	return verdicts[0][0], nil
}

var errRefused = fault.New(fault.Invalid, "EVT-018", "event.new_version_rejected")

// RejectedError carries the verdict of a new version that was rejected, through the rollback of its transaction.
type RejectedError struct{ Verdict Verdict }

func (e RejectedError) Error() string { return fmt.Sprintf("rejected: %v", e.Verdict.Codes()) }
