package daycare

import "seteli/core/calendar"

// DecisionType is the kind of a value decision; a relief always goes out by hand.
type DecisionType string

// The types.
const (
	Normal               DecisionType = "NORMAL"
	ReliefAccepted       DecisionType = "RELIEF_ACCEPTED"
	ReliefPartlyAccepted DecisionType = "RELIEF_PARTLY_ACCEPTED"
	ReliefRejected       DecisionType = "RELIEF_REJECTED"
)

// DecisionState is where a value decision stands.
type DecisionState string

// The states of a value decision.
const (
	DraftState       DecisionState = "DRAFT"
	Ignored          DecisionState = "IGNORED"
	WaitingForManual DecisionState = "WAITING_FOR_MANUAL_SENDING"
	SentState        DecisionState = "SENT"
	Annulled         DecisionState = "ANNULLED"
)

// Recipient is what delivery needs to know of the head of the family.
type Recipient struct{ HasIdentityCode, HasAddress, ManualDelivery bool }

// Sending is a draft about to be sent.
type Sending struct {
	Today, From calendar.Date
	Type        DecisionType
	Recipient   Recipient
	MaxAhead    *int // days before the start from which a decision may be sent; nil = no limit
}

// Check refuses a decision that begins too far ahead (DAY-020).
func (s Sending) Check() error {
	if s.MaxAhead != nil && s.From > s.Today+calendar.Date(*s.MaxAhead) {
		return errTooFar.With("first", s.From-calendar.Date(*s.MaxAhead))
	}
	return nil
}

// State is the state after sending: delivered, or waiting for a person to deliver it and mark it sent.
func (s Sending) State() DecisionState {
	if s.Type != Normal || !s.Recipient.HasIdentityCode || !s.Recipient.HasAddress || s.Recipient.ManualDelivery {
		return WaitingForManual
	}
	return SentState
}

// Retroactive tells whether the decision begins before the month in which it is sent.
func (s Sending) Retroactive() bool { return s.From < calendar.MonthOf(s.Today).Period().From }
