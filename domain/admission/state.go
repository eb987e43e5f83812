package admission

import (
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
)

// State is where an application is.
type State string

// States of an application, as in the drawing of doc.go.
const (
	Draft             State = "draft"
	AwaitingSignature State = "awaiting_signature"
	Sent              State = "sent"
	Handling          State = "handling"
	Completing        State = "completing"
	Approved          State = "approved"
	Rejected          State = "rejected"
	Withdrawn         State = "withdrawn"
	Lapsed            State = "lapsed"
)

// States lists them in the order of a filter.
func States() []State {
	return []State{Draft, AwaitingSignature, Sent, Handling, Completing, Approved, Rejected, Withdrawn, Lapsed}
}

// move is one arrow of the drawing.
type move string

const (
	request  move = "request"
	takeBack move = "take_back"
	sign     move = "sign"
	take     move = "take"
	askMore  move = "ask_more"
	extend   move = "extend"
	approve  move = "approve"
	reject   move = "reject"
	withdraw move = "withdraw"
	lapse    move = "lapse"
)

// moves is the drawing as a table. What is not in it is refused.
var moves = map[move]map[State]State{
	request:  {Draft: AwaitingSignature},
	takeBack: {AwaitingSignature: Draft},
	sign:     {Draft: Sent, AwaitingSignature: Sent, Completing: Handling},
	take:     {Sent: Handling},
	askMore:  {Handling: Completing},
	extend:   {Completing: Completing},
	approve:  {Handling: Approved},
	reject:   {Handling: Rejected},
	withdraw: {Draft: Withdrawn, AwaitingSignature: Withdrawn, Sent: Withdrawn, Handling: Withdrawn, Completing: Withdrawn},
	lapse:    {Completing: Lapsed},
}

var errMove = fault.New(fault.Conflict, "ADM-001", "admission.not_in_this_state")

// after gives the state that follows; ADM-001 when the drawing has no such arrow.
func (s State) after(m move) (State, error) {
	next, ok := moves[m][s]
	if !ok {
		return s, errMove.With("state", string(s))
	}
	return next, nil
}

// Live tells that the application still waits for somebody.
func (s State) Live() bool {
	return slices.Contains([]State{Draft, AwaitingSignature, Sent, Handling, Completing}, s)
}

// Part is a part of the application that a handler can ask to complete.
type Part string

// Parts in the order in which they are filled.
const (
	PartRulebook    Part = "rulebook"
	PartCriteria    Part = "criteria"
	PartUnits       Part = "units"
	PartBilling     Part = "billing"
	PartPrices      Part = "prices"
	PartAttachments Part = "attachments"
)

// Parts lists every part.
func Parts() []Part {
	return []Part{PartRulebook, PartCriteria, PartUnits, PartBilling, PartPrices, PartAttachments}
}

var errClosed = fault.New(fault.Conflict, "ADM-002", "admission.part_closed")

// open tells whether the provider may change the part now: all of a draft, and of a returned application what was asked.
func (a Application) open(p Part) error {
	if a.State == Draft || a.State == Completing && slices.Contains(a.CompleteParts, p) {
		return nil
	}
	return errClosed.With("part", string(p))
}

// Open is open as a question, for pages.
func (a Application) Open(p Part) bool { return a.open(p) == nil }

// Clock shows both sides how long the answer may take. Taken up within one month of sending and decided within
// three; the days of waiting for a completion do not stop it.
type Clock struct {
	SentOn, TakeUpBy, DecideBy calendar.Date
	Running                    bool // sent and not yet decided
	TakeUpLate, DecideLate     bool
	DaysLeft                   int // to the next of the two days; negative when late
}

// ClockOn tells the clock on a day.
func (a Application) ClockOn(day calendar.Date) Clock {
	if a.SentAt == nil {
		return Clock{}
	}
	sent := calendar.DateOf(a.SentAt.In(calendar.Helsinki))
	c := Clock{SentOn: sent, TakeUpBy: sent.AddMonths(1), DecideBy: sent.AddMonths(3),
		Running: a.State == Sent || a.State == Handling || a.State == Completing}
	if !c.Running {
		return c
	}
	next := c.DecideBy
	if a.State == Sent {
		next = c.TakeUpBy
		c.TakeUpLate = day > c.TakeUpBy
	}
	c.DecideLate = day > c.DecideBy
	c.DaysLeft = int(next - day)
	return c
}
