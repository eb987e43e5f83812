package guidance

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// FamilyAnswer is what a family says to an offer.
type FamilyAnswer struct {
	Organiser  int32
	Proposal   int64
	RowVersion int32
	Yes        bool
	Stay       bool // a declined offer: the application stays in the queue
	Words      string
}

// AnswerOffer takes the answer of a guardian of the child, or of staff who have it from one. A yes places the child from the offered day
// on, records the need and the home where none are, ends the place that it replaces, makes the decision on the place with its letter, and
// drafts the value decision. GUI-022 when the day to answer has passed: the offer lapses and the place is free again. GUI-046 tells who
// answered before.
// Locks: application, then the child and its family, then the organiser's numbers.
func AnswerOffer(ctx context.Context, tx *postgres.Tx, by access.Actor, texts *i18n.Catalogue, in FamilyAnswer) error {
	a, p, err := locked(ctx, tx, by, in.Organiser, in.Proposal)
	if err != nil {
		return err
	}
	switch {
	case by.Role.Side() == access.ProviderSide:
		return errUnknown
	case by.Role.Side() == access.PersonSide && a.Veiled(by.Person):
		return errNotOpen
	case p.State == Lapsed:
		return errLate.With("day", *p.AnswerBy)
	case p.State == Accepted, p.State == DeclinedOffer:
		return errAnswered.With("who", p.EndedBy).With("at", *p.EndedAt)
	case p.State != OfferedToFamily:
		return errNoProposal
	case tx.Today() > *p.AnswerBy:
		return errLate.With("day", *p.AnswerBy)
	}
	p.RowVersion = in.RowVersion
	if !in.Yes {
		return a.decline(ctx, tx, by, p, in)
	}
	p.State = Accepted
	left, err := a.place(ctx, tx, by, p)
	if err != nil {
		return err
	}
	if p.Decision, err = a.decide(ctx, tx, texts, p, by.Name, left); err != nil {
		return err
	}
	if err := p.end(ctx, tx, by, ""); err != nil {
		return err
	}
	a.State = PlaceHeld
	_, err = a.move(ctx, tx, by, a.RowVersion, "accepted", p.UnitName)
	return err
}

func (a Application) decline(ctx context.Context, tx *postgres.Tx, by access.Actor, p Proposal, in FamilyAnswer) error {
	words := strings.TrimSpace(in.Words)
	p.State = DeclinedOffer
	if err := p.end(ctx, tx, by, words); err != nil {
		return err
	}
	a.State = Declined
	if in.Stay {
		a.State = Handling
	}
	_, err := a.move(ctx, tx, by, a.RowVersion, "declined", words)
	return err
}

// place makes the accepted offer a placement, as the program: the guide decided it and the family took it. It tells the unit of the
// place that ends, if one does.
func (a Application) place(ctx context.Context, tx *postgres.Tx, who access.Actor, p Proposal) (left string, err error) {
	by := program(who, a.Organiser)
	record, err := store.Get(ctx, tx, by, a.Of)
	if err != nil {
		return "", err
	}
	from := calendar.Period{From: p.Start, To: calendar.Forever}
	for _, old := range record.Placements {
		if !old.Period.Overlaps(from) {
			continue
		}
		if old.Period.From >= p.Start {
			return "", errHasPlace.With("day", old.Period.From)
		}
		old.Of, old.Period.To, left = a.Of, p.Start, old.UnitName
		if _, err := store.SavePlacement(ctx, tx, by, old); err != nil {
			return "", err
		}
	}
	if _, err := store.SavePlacement(ctx, tx, by, store.Placement{Of: a.Of, Saved: store.Saved{Period: from}, Unit: p.Unit, Kind: a.Kind, Voucher: p.Way == ByVoucher}); err != nil {
		return "", err
	}
	if err := a.saveNeed(ctx, tx, by, record, from, a.Option); err != nil {
		return "", err
	}
	if err := a.saveHead(ctx, tx, by, record, p.Start); err != nil {
		return "", err
	}
	_, err = store.Regenerate(ctx, tx, by, a.Organiser, []int64{a.Of.Child})
	return left, err
}

// saveNeed ends the need that holds and begins the new one; equal needs go on.
func (a Application) saveNeed(ctx context.Context, tx *postgres.Tx, by access.Actor, record store.Record, from calendar.Period, option string) error {
	for _, old := range record.Needs {
		if !old.Period.Overlaps(from) {
			continue
		}
		if old.Option == option && old.Period.From <= from.From && old.Period.To == from.To {
			return nil
		}
		if old.Period.To = from.From; old.Period.Empty() {
			old.Period.To, old.Remove = old.Period.From+1, true
		}
		old.Of = a.Of
		if _, err := store.SaveNeed(ctx, tx, by, old); err != nil {
			return err
		}
	}
	_, err := store.SaveNeed(ctx, tx, by, store.Need{Of: a.Of, Saved: store.Saved{Period: from}, Option: option})
	return err
}

func (a Application) saveHead(ctx context.Context, tx *postgres.Tx, by access.Actor, record store.Record, from calendar.Date) error {
	period := calendar.Period{From: from, To: calendar.Forever}
	for _, h := range record.Heads {
		if h.Period.Contains(from) {
			return nil
		}
		if h.Period.From > from {
			period.To = min(period.To, h.Period.From)
		}
	}
	_, err := store.SaveHead(ctx, tx, by, store.Head{Of: a.Of, Saved: store.Saved{Period: period}, Adult: a.Home})
	return err
}

// LapseOffers ends the offers whose day to answer has passed: the place is free again, and the application waits for the guide with its
// due date. It tells how many.
// Locks: applications, in order of their numbers.
func LapseOffers(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return 0, err
	}
	late, err := db.New(tx).OffersLate(ctx, db.OffersLateParams{OrganiserID: organiser, Day: new(tx.Today())})
	if err != nil {
		return 0, fmt.Errorf("reading offers that nobody answered: %w", err)
	}
	for _, id := range late {
		a, err := open(ctx, tx, by, organiser, id)
		if err != nil {
			return 0, err
		}
		p, live := a.Live()
		if !live || p.State != OfferedToFamily {
			continue
		}
		p.State = Lapsed
		if err := p.end(ctx, tx, by, ""); err != nil {
			return 0, err
		}
		a.State = Handling
		if a, err = a.move(ctx, tx, by, a.RowVersion, "lapsed", p.UnitName); err != nil {
			return 0, err
		}
		if err := tell(ctx, tx, a, TopicLapsed, p.ID); err != nil {
			return 0, err
		}
	}
	return len(late), nil
}
