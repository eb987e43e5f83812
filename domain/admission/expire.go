package admission

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/admission/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActExpired is written when an approval for a fixed time has run out.
const ActExpired audit.Act = "approval.expired"

// An approval for a fixed time runs out by itself. Company and organiser hear of it while there is time to apply and decide again;
// clients hear when no new approval is in sight, while there is still time to choose another provider.
const (
	WarnDays   = 60 // days before the end: company and organiser are reminded
	ExpireDays = 14 // days before the end: it is taken as final, and reservations end with it
)

// ExpiringMessage is the payload of TopicExpiring.
type ExpiringMessage struct {
	Approval int64         `json:"approval"`
	From     calendar.Date `json:"from"` // the first day without approval
}

// Expire ends the approvals of an organiser that run out within ExpireDays and reminds of those that do within WarnDays; a daily job.
// One that a later approval of the same unit continues ends in silence. It gives how many ended and how many were reminded of.
func Expire(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (ended, reminded int, err error) {
	if err := by.May(access.ApprovalRevoke, organiser); err != nil {
		return 0, 0, err
	}
	today := tx.Today()
	rows, err := db.New(tx).ApprovalsRunningOut(ctx, db.ApprovalsRunningOutParams{OrganiserID: organiser, Until: today + WarnDays})
	if err != nil {
		return 0, 0, fmt.Errorf("looking for approvals that run out: %w", err)
	}
	for _, r := range rows {
		a, err := approvalNow(ctx, tx, organiser, r.ApprovalID)
		if err != nil {
			return 0, 0, err
		}
		switch {
		case r.Continued && a.Period.To > today:
			continue
		case r.Continued:
			_, err = closeApprovals(ctx, tx, by, []Approval{a}, ending{kind: Expired, from: a.Period.To, act: ActExpired})
			ended++
		case a.Period.To <= today+ExpireDays:
			_, err = end(ctx, tx, by, []Approval{a}, ending{kind: Expired, from: a.Period.To, act: ActExpired})
			ended++
		default:
			err = tx.Outbox(ctx, postgres.Message{Organiser: organiser, Topic: TopicExpiring,
				Dedup: fmt.Sprintf("%s:%d:%s", TopicExpiring, a.ID, a.Period.To), Payload: ExpiringMessage{a.ID, a.Period.To}})
			reminded++
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return ended, reminded, nil
}
