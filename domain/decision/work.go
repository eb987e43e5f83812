package decision

import (
	"context"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Work is what waits for somebody: proposals to be decided, decisions that have not been sent, appeals without an outcome.
type Work struct {
	Proposals []WaitingProposal
	NotSent   []WaitingDecision
	Appeals   []WaitingDecision // On is the day of the appeal
}

// WaitingProposal is a proposal on the work list.
type WaitingProposal struct {
	ID, Client, Service int64
	Person              int64
	Name                string // of the client, as in lists
	State               ProposalState
	Amount              *money.Cents
	PreparedBy          string
	Since               time.Time
	Due                 *calendar.Date // until when the client may answer
	Answered            *calendar.Date // the client's newest answer, while the proposal waits for the decision
}

// Ready tells that the proposal waits for the decision and not for the client.
func (w WaitingProposal) Ready(today calendar.Date) bool {
	return w.State == OpenProposal || w.Due != nil && *w.Due < today
}

// WaitingDecision is a decision on the work list.
type WaitingDecision struct {
	ID, Client   int64
	Person       int64
	Number, Name string
	Kind         Kind
	On           calendar.Date
	Note         string
}

// unsentDays is how far back the list looks for decisions without a delivery: what is older was made before deliveries were recorded
// or is beyond every limit.
const unsentDays = 90

// WorkList lists what waits, the oldest first, at most so many rows of each; of the services that the actor's teams see.
func WorkList(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, most int32) (Work, error) {
	if err := by.May(access.DecisionMake, org); err != nil {
		return Work{}, err
	}
	hidden, err := hiddenServices(ctx, tx, by, org)
	if err != nil {
		return Work{}, err
	}
	sees := func(service *int64) bool { return service == nil || !hidden[*service] }
	var w Work
	q := db.New(tx)
	proposals, err := q.ProposalsWaiting(ctx, db.ProposalsWaitingParams{OrganiserID: org, Most: most})
	if err != nil {
		return Work{}, fmt.Errorf("listing proposals of organiser %d: %w", org, err)
	}
	for _, r := range proposals {
		if sees(&r.ServiceID) {
			w.Proposals = append(w.Proposals, WaitingProposal{ID: r.ProposalID, Client: r.ClientID, Person: r.PersonID, Service: r.ServiceID, Name: r.LastName + " " + r.FirstNames, State: ProposalState(r.State),
				Amount: r.AmountCents, PreparedBy: r.PreparedBy, Since: r.ChangedAt, Due: r.DueOn, Answered: r.AnsweredOn})
		}
	}
	unsent, err := q.NotSent(ctx, db.NotSentParams{OrganiserID: org, Since: tx.Today() - unsentDays, Most: most})
	if err != nil {
		return Work{}, fmt.Errorf("listing decisions without a delivery: %w", err)
	}
	for _, r := range unsent {
		if sees(r.ServiceID) {
			w.NotSent = append(w.NotSent, WaitingDecision{ID: r.DecisionID, Client: *r.ClientID, Person: r.PersonID, Number: r.Number, Name: r.LastName + " " + r.FirstNames, Kind: Kind(r.Kind), On: r.MadeOn})
		}
	}
	appeals, err := q.OpenAppeals(ctx, db.OpenAppealsParams{OrganiserID: org, Most: most})
	if err != nil {
		return Work{}, fmt.Errorf("listing appeals: %w", err)
	}
	for _, r := range appeals {
		if sees(r.ServiceID) {
			w.Appeals = append(w.Appeals, WaitingDecision{ID: r.DecisionID, Client: *r.ClientID, Person: r.PersonID, Number: r.Number, Name: r.LastName + " " + r.FirstNames, Kind: Kind(r.Kind), On: r.Day, Note: r.Note})
		}
	}
	return w, w.log(ctx, tx, by, org)
}

// hiddenServices are the services of other teams.
func hiddenServices(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) (map[int64]bool, error) {
	services, err := catalogue.Services(ctx, tx, org, tx.Today())
	hidden := map[int64]bool{}
	for _, s := range services {
		hidden[s.ID] = !by.SeesService(s.Teams)
	}
	return hidden, err
}

// CountReady tells how many proposals wait for a decision and not for the client; it names nobody.
func CountReady(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) (int64, error) {
	if err := by.May(access.DecisionMake, org); err != nil {
		return 0, err
	}
	hidden, err := hiddenServices(ctx, tx, by, org)
	if err != nil {
		return 0, err
	}
	rows, err := db.New(tx).ProposalsReady(ctx, db.ProposalsReadyParams{OrganiserID: org, Today: tx.Today()})
	if err != nil {
		return 0, fmt.Errorf("counting proposals of organiser %d: %w", org, err)
	}
	var n int64
	for _, r := range rows {
		if !hidden[r.ServiceID] {
			n += r.Waiting
		}
	}
	return n, nil
}

// log notes that the names of these clients were shown.
func (w Work) log(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) error {
	seen := map[int64]int64{}
	for _, p := range w.Proposals {
		seen[p.Client] = p.Person
	}
	for _, list := range [][]WaitingDecision{w.NotSent, w.Appeals} {
		for _, d := range list {
			seen[d.Client] = d.Person
		}
	}
	views := make([]audit.View, 0, len(seen))
	for client, person := range seen {
		views = append(views, audit.View{Organiser: org, Client: client, Person: person, Purpose: "case.handling", What: "worklist"})
	}
	return audit.SeenMany(ctx, tx, by, views)
}
