package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

var (
	errNoParts    = fault.New(fault.Invalid, "ADM-040", "admission.completion.parts").At("parts")
	errCompleteBy = fault.New(fault.Invalid, "ADM-041", "admission.completion.day").At("complete_by")
	errNoteNeeded = fault.New(fault.Invalid, "ADM-042", "admission.completion.note").At("note")
)

// longestCompletion is how many days a completion may take at most: the decision itself is due in three months.
const longestCompletion = 90

// Take makes the actor the handler of a sent application.
func Take(ctx context.Context, tx *postgres.Tx, by access.Actor, key Key) (Application, error) {
	a, err := lock(ctx, tx, by, access.ApplicationHandle, key)
	if err != nil {
		return Application{}, err
	}
	if a.State, err = a.State.after(take); err != nil {
		return Application{}, err
	}
	account := by.Account
	a.Handler, a.HandlerAccount = by.Name, &account
	return moved(ctx, tx, by, a, ActTaken, "", key)
}

// AskInput returns an application for completion.
type AskInput struct {
	Key
	Parts []Part
	By    calendar.Date // last day to complete; after it the application lapses
	Note  string        // what is missing and why, in words for the applicant
}

// AskMore opens the asked parts, and only them, to the company until a day. Asked again while it is being completed,
// it changes the parts and the day.
func AskMore(ctx context.Context, tx *postgres.Tx, by access.Actor, in AskInput) (Application, error) {
	a, err := lock(ctx, tx, by, access.ApplicationHandle, in.Key)
	if err != nil {
		return Application{}, err
	}
	m := askMore
	if a.State == Completing {
		m = extend
	}
	if a.State, err = a.State.after(m); err != nil {
		return Application{}, err
	}
	if err := in.check(tx.Today()); err != nil {
		return Application{}, err
	}
	a.CompleteParts, a.CompleteBy = in.Parts, &in.By
	a, err = moved(ctx, tx, by, a, ActCompletion, strings.TrimSpace(in.Note), in)
	if err != nil {
		return Application{}, err
	}
	return a, tx.Outbox(ctx, postgres.Message{Organiser: a.Organiser, Topic: TopicCompletion,
		Dedup: fmt.Sprintf("%s:%d:%d", TopicCompletion, a.ID, a.RowVersion), Payload: ApplicationMessage{a.ID}})
}

func (in AskInput) check(today calendar.Date) error {
	var faults fault.List
	if len(in.Parts) == 0 || slices.ContainsFunc(in.Parts, func(p Part) bool { return !slices.Contains(Parts(), p) }) {
		faults = append(faults, errNoParts)
	}
	if in.By <= today || in.By > today+calendar.Date(longestCompletion) {
		faults = append(faults, errCompleteBy.With("days", longestCompletion))
	}
	if strings.TrimSpace(in.Note) == "" {
		faults = append(faults, errNoteNeeded)
	}
	return faults.Err()
}

// LapseOverdue ends the applications whose day of completion has passed; a daily job of each organiser.
// It gives the ids of what lapsed.
func LapseOverdue(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]int64, error) {
	ids, err := db.New(tx).Overdue(ctx, db.OverdueParams{OrganiserID: organiser, Day: ptr(tx.Today())})
	if err != nil {
		return nil, fmt.Errorf("looking for overdue applications: %w", err)
	}
	var lapsed []int64
	for _, id := range ids {
		a, err := one(ctx, tx, organiser, id)
		if err != nil {
			return nil, err
		}
		a, err = lock(ctx, tx, by, access.ApplicationHandle, Key{organiser, id, a.RowVersion})
		if fault.KindOf(err) == fault.Stale {
			continue // completed or extended at this moment; the next day looks again
		}
		if err != nil {
			return nil, err
		}
		if a.State, err = a.State.after(lapse); err != nil {
			continue
		}
		if _, err := moved(ctx, tx, by, a, ActLapsed, "", map[string]any{"complete_by": a.CompleteBy}); err != nil {
			return nil, err
		}
		lapsed = append(lapsed, id)
	}
	return lapsed, nil
}

func ptr[T any](v T) *T { return &v }
