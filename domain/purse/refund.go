package purse

import (
	"context"
	"strings"

	"seteli/domain/event"
	"seteli/domain/purse/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Refund gives a captured purchase back to the balance, whole, as long as it is not in a statement: the provider's own act. After
// that the organiser refunds it (event.Refund), which gives it back to the balance in the same way (BAL-021).
// Locks: the payee's period, the balance.
func Refund(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, reason string) (Hold, error) {
	if err := by.May(access.EventEdit, organiser); err != nil {
		return Hold{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return Hold{}, errReason
	}
	h, err := holdOf(ctx, tx, by, organiser, id)
	if err != nil {
		return Hold{}, err
	}
	if h.State != Captured {
		return Hold{}, errNothing
	}
	step, err := db.New(tx).EventStep(ctx, db.EventStepParams{OrganiserID: organiser, EventID: h.Event})
	if err != nil {
		return Hold{}, err
	}
	switch {
	case step.State != string(event.Accepted):
		return Hold{}, errNothing
	case step.Sealed:
		return Hold{}, errRefund
	}
	err = event.Delete(ctx, tx, by, event.Decision{Ref: event.Ref{Organiser: organiser, Event: h.Event, Step: step.StepNo}, ReasonCode: "provider_request", Reason: reason})
	h.State, h.EndReason = Refunded, reason
	return h, err
}
