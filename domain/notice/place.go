package notice

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/notice/db"
)

// Notices of placement guidance name neither the child nor a unit: where a child is, is told on the guardian's own pages only.

func (t *told) place(ctx context.Context) (db.PlaceFactsRow, receiver, error) {
	r, err := t.q.PlaceFacts(ctx, db.PlaceFactsParams{OrganiserID: t.org.ID, ApplicationID: t.Application})
	if err != nil {
		return r, receiver{}, fmt.Errorf("reading application %d: %w", t.Application, err)
	}
	return r, receiver{person: r.PersonID, email: r.Email, language: r.Language}, nil
}

// placeApplied asks the other guardians for their consent.
func placeApplied(ctx context.Context, t *told) error {
	r, _, err := t.place(ctx)
	if err != nil {
		return err
	}
	others, err := t.q.OtherGuardians(ctx, db.OtherGuardiansParams{OrganiserID: t.org.ID, ChildID: r.ChildID, ApplicantID: r.ApplicantID, Day: t.tx.Today()})
	if err != nil {
		return fmt.Errorf("reading guardians of application %d: %w", t.Application, err)
	}
	for _, o := range others {
		if err := t.tell(ctx, receiver{person: o.PersonID, email: o.Email, language: o.Language}, "place.consent", nil, o.ClientID); err != nil {
			return err
		}
	}
	return nil
}

// placeProposed asks the unit.
func placeProposed(ctx context.Context, t *told) error {
	r, _, err := t.place(ctx)
	if err != nil {
		return err
	}
	return t.tell(ctx, receiver{provider: r.ProviderID, email: r.UnitEmail, language: r.ProviderLanguage}, "place.proposed", map[string]any{"day": orToday(t, r.UnitDue)})
}

// placeOffered tells the family that there is an offer, and by when to answer.
func placeOffered(ctx context.Context, t *told) error {
	r, to, err := t.place(ctx)
	if err != nil {
		return err
	}
	return t.tell(ctx, to, "place.offered", map[string]any{"day": orToday(t, r.AnswerBy)})
}

// placeLapsed tells the family that nobody answered in time, and that it is still in the queue.
func placeLapsed(ctx context.Context, t *told) error {
	r, to, err := t.place(ctx)
	if err != nil {
		return err
	}
	return t.tell(ctx, to, "place.lapsed", map[string]any{"day": orToday(t, r.AnswerBy)})
}

// orToday is the day that a proposal is due; one is always there when these notices are written.
func orToday(t *told, day *calendar.Date) calendar.Date {
	if day == nil {
		return t.tx.Today()
	}
	return *day
}
