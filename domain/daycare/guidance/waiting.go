package guidance

import (
	"context"
	"fmt"

	"seteli/domain/client"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Ask is what an application asks of one guardian now.
type Ask string

// What a guardian may be asked.
const (
	AskNothing Ask = ""
	AskSend    Ask = "draft"   // the guardian's own draft has not been sent
	AskConsent Ask = "consent" // the other guardian has applied
	AskAnswer  Ask = "offer"   // a place is offered
)

// Asks tells what the application asks of a guardian who may see it.
func (a Application) Asks(person int64) Ask {
	for _, g := range a.Guardians {
		if g.Person != person {
			continue
		}
		p, live := a.Live()
		switch {
		case a.State == Draft && g.Adult == a.Applicant:
			return AskSend
		case a.State == Draft:
			return AskNothing
		case live && p.State == OfferedToFamily && !a.Veiled(person):
			return AskAnswer
		case a.State.waiting() && g.Adult != a.Applicant && a.answer(g.Adult) == "":
			return AskConsent
		}
	}
	return AskNothing
}

// Asked is what one child's open application asks of a guardian. Nothing is logged when it asks nothing: the page then tells nothing
// of the child.
func Asked(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of) (Application, Ask, error) {
	if err := by.May(access.DaycareApply, of.Organiser); err != nil {
		return Application{}, AskNothing, err
	}
	rows, err := db.New(tx).ApplicationsOfChildren(ctx, db.ApplicationsOfChildrenParams{OrganiserID: of.Organiser, Children: []int64{of.Child}})
	if err != nil {
		return Application{}, AskNothing, fmt.Errorf("reading applications of child %d: %w", of.Child, err)
	}
	for _, r := range rows {
		if !State(r.State).Open() {
			continue
		}
		list, err := whole(ctx, tx, of.Organiser, []db.ApplicationOfRow{db.ApplicationOfRow(r)})
		if err != nil {
			return Application{}, AskNothing, err
		}
		a := list[0].veiled(by)
		ask := list[0].Asks(by.Person)
		if ask == AskNothing {
			return Application{}, ask, nil
		}
		return a, ask, audit.Seen(ctx, tx, by, audit.View{Organiser: of.Organiser, Person: a.Person, Client: of.Child, Purpose: client.ForSelf, What: "daycare.application"})
	}
	return Application{}, AskNothing, nil
}
