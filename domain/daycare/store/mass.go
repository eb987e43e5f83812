package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// ActOrdered is the audit's name of an order to send many drafts.
const ActOrdered audit.Act = "daycare.sending_ordered"

// topicSending carries some drafts of an order.
const topicSending = "daycare.sending"

// sendingPart is how many drafts one message carries: well within the time for which a worker has it.
const sendingPart = 50

type sendingMessage struct {
	Sending int64   `json:"sending"`
	Drafts  []int64 `json:"drafts"`
}

// OrderInput orders drafts to be sent: those of the filter, which may name them.
type OrderInput struct {
	DraftFilter // Ignored, After and Most are not looked at: only those that wait are sent, and all of them
	Reasons     string
	Office      string
}

// Order queues drafts to be sent as decisions in the name of who orders it, each in a transaction of its own. A draft that another order
// has is left to it. DAY-086 when none is left, DEC-002 without the office.
func Order(ctx context.Context, tx *postgres.Tx, by access.Actor, in OrderInput) (int64, error) {
	for _, right := range []access.Right{access.DaycareDecide, access.DecisionMake} {
		if err := by.May(right, in.Organiser); err != nil {
			return 0, err
		}
	}
	in.Reasons, in.Office = strings.TrimSpace(in.Reasons), strings.TrimSpace(in.Office)
	if in.Office == "" {
		return 0, errOffice
	}
	if in.Drafts == nil {
		in.Drafts = []int64{}
	}
	_, soon, err := sendableNow(ctx, tx, in.Organiser)
	if err != nil {
		return 0, err
	}
	q := db.New(tx)
	id, err := q.SendingAdd(ctx, db.SendingAddParams{OrganiserID: in.Organiser, Reasons: in.Reasons, Office: in.Office, OrderedAt: tx.Now(), OrderedByAccount: by.Account,
		OrderedBy: by.Name, OrderedRole: string(by.Role)})
	if err != nil {
		return 0, fmt.Errorf("ordering a sending: %w", err)
	}
	drafts, err := q.SendingLinesAdd(ctx, db.SendingLinesAddParams{OrganiserID: in.Organiser, SendingID: id, Difference: string(in.Difference), Unit: in.Unit,
		OnlyRetroactive: in.OnlyRetroactive, MonthStart: monthStart(tx), Later: !in.OnlySendable, SoonFroms: soon.froms, SoonTos: soon.tos, Drafts: in.Drafts})
	if err != nil {
		return 0, fmt.Errorf("ordering a sending: %w", err)
	}
	if len(drafts) == 0 {
		return 0, errDraftGone
	}
	for from := 0; from < len(drafts); from += sendingPart {
		part := drafts[from:min(from+sendingPart, len(drafts))]
		err := tx.Outbox(ctx, postgres.Message{Organiser: in.Organiser, Topic: topicSending, Dedup: fmt.Sprintf("%s:%d:%d", topicSending, id, part[0]), Payload: sendingMessage{id, part}})
		if err != nil {
			return 0, err
		}
	}
	return id, audit.Write(ctx, tx, by, ActOrdered, audit.Ref{Kind: "daycare_sending", ID: id, Label: fmt.Sprint(id)}, map[string]any{"drafts": len(drafts), "office": in.Office})
}

// SendingHandlers carry orders out, for job.DeliverOutbox. A message that comes twice sends what is left.
func SendingHandlers(d *postgres.DB, texts *i18n.Catalogue) map[string]job.Handler {
	return map[string]job.Handler{topicSending: func(ctx context.Context, m postgres.Delivery) error {
		var told sendingMessage
		if err := json.Unmarshal(m.Payload, &told); err != nil {
			return fmt.Errorf("reading message %s: %w", m.Dedup, err)
		}
		return sendPart(ctx, d, texts, m.Organiser, told)
	}}
}

// sendPart sends the drafts of a message one by one, in the name of who ordered it. A draft that is refused stays among the drafts, and
// the order says why; anything else, such as a full disk, is tried again with the message.
func sendPart(ctx context.Context, d *postgres.DB, texts *i18n.Catalogue, organiser int32, told sendingMessage) error {
	var order db.SendingsRow
	var open []db.SendingOpenRow
	err := d.Read(ctx, access.Within{Organiser: organiser}, func(tx *postgres.Tx) error {
		q := db.New(tx)
		all, err := q.Sendings(ctx, db.SendingsParams{OrganiserID: organiser, Sending: told.Sending})
		if err != nil || len(all) != 1 {
			return errors.Join(err, fmt.Errorf("order %d: %d rows", told.Sending, len(all)))
		}
		order = all[0]
		open, err = q.SendingOpen(ctx, db.SendingOpenParams{OrganiserID: organiser, SendingID: told.Sending, Drafts: told.Drafts})
		return err
	})
	if len(open) == 0 || err != nil {
		return err
	}
	by := access.Actor{Account: order.OrderedByAccount, Name: order.OrderedBy, Role: access.Role(order.OrderedRole), Organiser: organiser}
	for _, line := range open {
		handle := func(refusal error, tx *postgres.Tx) (bool, error) {
			why, err := i18n.Tell(refusal).Stored()
			if err != nil {
				return false, err
			}
			n, err := db.New(tx).SendingHandled(ctx, db.SendingHandledParams{OrganiserID: organiser, SendingID: told.Sending, DraftID: line.DraftID, Refusal: fault.CodeOf(refusal),
				Told: why, HandledAt: new(tx.Now())})
			return n == 1, err
		}
		err := d.Tenant(ctx, by, func(tx *postgres.Tx) error {
			first, err := handle(nil, tx)
			if err != nil || !first { // another worker had the message too
				return err
			}
			_, err = Send(ctx, tx, by, texts, SendInput{Organiser: organiser, Drafts: []int64{line.DraftID}, Child: line.ChildID, Reasons: order.Reasons, Office: order.Office})
			return err
		})
		if refusal := refusalOf(err); refusal != nil {
			err = d.Tenant(ctx, by, func(tx *postgres.Tx) error { _, err := handle(refusal, tx); return err })
		}
		if err != nil {
			return fmt.Errorf("order %d: sending draft %d: %w", told.Sending, line.DraftID, err)
		}
	}
	return nil
}

// refusalOf gives the refusal that trying again does not mend; nil for anything else.
func refusalOf(err error) error {
	if errors.Is(err, postgres.ErrGaveUp) { // too many at once: its turn comes again
		return nil
	}
	for _, f := range fault.All(err) {
		switch f.Kind {
		case fault.Invalid, fault.NotFound, fault.Conflict, fault.Forbidden, fault.Stale:
			return f
		}
	}
	return nil
}

// Sending is an order to send drafts, with how far it has come.
type Sending struct {
	ID                       int64
	Reasons, Office          string
	OrderedAt                time.Time
	OrderedBy                string
	Drafts, Handled, Refused int
	Sent                     money.Cents // what the municipality pays a month by the decisions that were sent
}

// SendingLine is what became of one draft of an order.
type SendingLine struct {
	Draft     int64 // also the number of the decision, when it was sent
	Child     int64
	ChildName string
	From      calendar.Date
	Payable   money.Cents
	Refusal   string    // fault code; "" = sent, or its turn has not come
	Told      i18n.Told // its message; nothing with a line of an older program
	HandledAt *time.Time
}

// Sendings lists the orders, the newest first.
func Sendings(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Sending, error) {
	return sendings(ctx, tx, by, organiser, 0)
}

func sendings(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) ([]Sending, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Sendings(ctx, db.SendingsParams{OrganiserID: organiser, Sending: id})
	if err != nil {
		return nil, fmt.Errorf("listing orders: %w", err)
	}
	list := make([]Sending, len(rows))
	for i, r := range rows {
		list[i] = Sending{r.SendingID, r.Reasons, r.Office, r.OrderedAt, r.OrderedBy, int(r.Drafts), int(r.Handled), int(r.Refused), money.Cents(r.SentCents)}
	}
	return list, nil
}

// SendingPage says which lines of an order are shown.
type SendingPage struct {
	Refused bool // only these
	After   int64
	Most    int
}

// SendingOf reads one order with a page of its lines, and logs the reading.
func SendingOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, page SendingPage) (Sending, []SendingLine, error) {
	all, err := sendings(ctx, tx, by, organiser, id)
	if err != nil {
		return Sending{}, nil, err
	}
	if len(all) != 1 || id == 0 {
		return Sending{}, nil, errSending
	}
	rows, err := db.New(tx).SendingLines(ctx, db.SendingLinesParams{OrganiserID: organiser, SendingID: id, Refused: page.Refused, After: page.After, Most: int32(page.Most)})
	if err != nil {
		return Sending{}, nil, fmt.Errorf("reading order %d: %w", id, err)
	}
	lines, views := make([]SendingLine, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		why, err := i18n.ReadTold(r.RefusalTold)
		if err != nil {
			return Sending{}, nil, fmt.Errorf("order %d, draft %d: %w", id, r.DraftID, err)
		}
		lines[i] = SendingLine{r.DraftID, r.ChildID, listName(r.LastName, r.FirstNames), r.ValidFrom, r.PayableCents, r.Refusal, why, r.HandledAt}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare"}
	}
	return all[0], lines, audit.SeenMany(ctx, tx, by, views)
}
