package voucher

import (
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/voucher/db"
	"seteli/platform/audit"
)

// State is where a voucher is on its way.
type State string

// States as stored.
const (
	Granted State = "granted"
	Open    State = "open"
	Closed  State = "closed"
)

// Reason is why a voucher was closed.
type Reason string

// Reasons of closing.
const (
	EndedReason Reason = "ended"    // the need or the validity ended
	UsedUp      Reason = "used_up"  // nothing is left
	Refused     Reason = "refused"  // the client did not want it
	AnnulReason Reason = "annulled" // given by mistake; never was
	Stopped     Reason = "stopped"  // the organiser ended it against the client's wish: a decision
	Moved       Reason = "moved"    // another voucher takes its place
	Lapsed      Reason = "lapsed"   // the client did not answer in time
)

// Recurrence is what the amount of a line counts.
type Recurrence string

// Recurrences.
const (
	Daily     Recurrence = "day"
	Weekly    Recurrence = "week"
	Monthly   Recurrence = "month"
	Quarterly Recurrence = "quarter"
	Total     Recurrence = "total"
)

// Channel is how a sheet was given or an answer came.
type Channel string

// Channels.
const (
	ByPortal Channel = "portal" // the client, signed in
	ByLetter Channel = "letter"
	ByPhone  Channel = "phone"
	ByHand   Channel = "hand" // at a visit or in the office
)

// Channels lists those that staff may record.
func Channels() []Channel { return []Channel{ByPortal, ByLetter, ByPhone, ByHand} }

// Line is one content of the voucher. Exactly one of Amount and AmountCents is set: units, or a balance of euros.
type Line struct {
	ID, Content int64
	Recurrence  Recurrence
	Amount      *money.Quantity // in each day, week or month, or in the whole validity
	AmountCents *money.Cents
	Total       *money.Quantity // most in the whole validity, when the amount recurs
	Values      []Value         // in order of time, without gaps over the validity
}

// ValueOn gives the value on a day; false outside every value period.
func (l Line) ValueOn(day calendar.Date) (Value, bool) {
	for _, v := range l.Values {
		if v.Period.Contains(day) {
			return v, true
		}
	}
	return Value{}, false
}

// Rest is a time when the voucher rests, e.g. in hospital.
type Rest struct {
	Period calendar.Period
	Reason string
}

// Sheet tells that the information sheet was given (569/2009, 6 §).
type Sheet struct {
	Document int64
	GivenAt  time.Time
	Channel  Channel
}

// Answer is the client's own: taken or refused.
type Answer struct {
	At      time.Time
	By      string
	Channel Channel
}

// Voucher is the whole of a voucher but its balances and reservations.
type Voucher struct {
	Organiser         int32
	ID                int64
	Number            ident.VoucherNumber
	Client, Person    int64
	Service           int64
	Mode              string // voucher, purchased, licence
	Provider          *int64 // purchased: whom the order names
	Valid             calendar.Period
	State             State
	ClosedFrom        *calendar.Date
	CloseReason       Reason
	Rulebook          int64
	OwnShareForbidden bool
	Decision          *int64
	Sheet             *Sheet
	Answer            *Answer
	GrantedAt         time.Time
	GrantedBy         string
	Contact           string // who gives advice: name, phone
	RowVersion        int32
	Lines             []Line
	Pauses            []Rest
}

// Ref names the voucher in the audit.
func (v Voucher) Ref() audit.Ref {
	return audit.Ref{Kind: "voucher", ID: v.ID, Label: v.Number.Print()}
}

// Usable is the part of the validity in which service may be given; empty when the voucher was annulled or refused.
func (v Voucher) Usable() calendar.Period {
	switch {
	case v.never():
		return calendar.Period{From: v.Valid.From, To: v.Valid.From}
	case v.ClosedFrom != nil:
		return v.Valid.Meet(calendar.Period{From: v.Valid.From, To: *v.ClosedFrom})
	}
	return v.Valid
}

// Accepted tells that the client has taken the voucher. An order needs no acceptance: it carries out a decision.
func (v Voucher) Accepted() bool {
	return v.Mode == "purchased" || v.Answer != nil && v.CloseReason != Refused
}

// never tells that no day of the voucher ever counted.
func (v Voucher) never() bool {
	return v.CloseReason == AnnulReason || v.CloseReason == Refused || v.CloseReason == Lapsed
}

// Shown is the state that people see on a day: "waiting" (for the client's answer), "accepted", "open", "paused", "ending" (closed from a
// later day), "ended" (validity is over) or "closed.<reason>".
func (v Voucher) Shown(day calendar.Date) string {
	switch {
	case v.State == Closed && !v.never() && day < *v.ClosedFrom:
		return "ending"
	case v.State == Closed:
		return "closed." + string(v.CloseReason)
	case day >= v.Valid.To:
		return "ended"
	}
	for _, p := range v.Pauses {
		if p.Period.Contains(day) {
			return "paused"
		}
	}
	switch {
	case v.State == Open:
		return "open"
	case v.Accepted():
		return "accepted"
	}
	return "waiting"
}

// Line of a content; false when the voucher has none.
func (v Voucher) Line(content int64) (Line, bool) {
	for _, l := range v.Lines {
		if l.Content == content {
			return l, true
		}
	}
	return Line{}, false
}

func (v Voucher) lineIDs() []int64 {
	ids := make([]int64, len(v.Lines))
	for i, l := range v.Lines {
		ids[i] = l.ID
	}
	return ids
}

func fromRow(r db.Voucher) (Voucher, error) {
	number, err := ident.ParseVoucherNumber(r.Number)
	if err != nil {
		return Voucher{}, fmt.Errorf("voucher %d: stored number: %w", r.VoucherID, err)
	}
	v := Voucher{Organiser: r.OrganiserID, ID: r.VoucherID, Number: number, Client: r.ClientID, Person: r.PersonID, Service: r.ServiceID,
		Mode: r.Mode, Provider: r.ProviderID, Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, State: State(r.State),
		ClosedFrom: r.ClosedFrom, Rulebook: r.RulebookID, OwnShareForbidden: r.OwnShareForbidden, Decision: r.DecisionID,
		Contact: r.Contact, RowVersion: r.RowVersion}
	if r.CloseReason != nil {
		v.CloseReason = Reason(*r.CloseReason)
	}
	if r.GrantedAt != nil && r.GrantedBy != nil {
		v.GrantedAt, v.GrantedBy = *r.GrantedAt, *r.GrantedBy
	}
	if r.SheetDocumentID != nil && r.SheetGivenAt != nil && r.SheetChannel != nil {
		v.Sheet = &Sheet{*r.SheetDocumentID, *r.SheetGivenAt, Channel(*r.SheetChannel)}
	}
	if r.AnsweredAt != nil && r.AnsweredBy != nil && r.AnswerChannel != nil {
		v.Answer = &Answer{*r.AnsweredAt, *r.AnsweredBy, Channel(*r.AnswerChannel)}
	}
	return v, nil
}
