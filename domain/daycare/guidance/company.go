package guidance

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// UnitProposal is a proposal as the unit's company sees it: the child's name and birth date, what is asked for and that support is
// needed, never the family's home nor its words.
type UnitProposal struct {
	Proposal
	ChildName string
	BirthDate calendar.Date
	Option    string
	Request   Request // without income, home, words and what is told of support
	Support   bool    // the family tells of a need of it: the unit asks the municipality
}

// OfProvider lists a company's proposals of all organisers, those that wait for it first, without saying whom they are about: see ChildrenNamed.
func OfProvider(ctx context.Context, tx *postgres.Tx, by access.Actor, most int) ([]Proposal, error) {
	if err := by.May(access.DaycareReport, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ProposalsOfProvider(ctx, db.ProposalsOfProviderParams{ProviderID: by.Provider, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("reading proposals: %w", err)
	}
	var list []Proposal
	for _, r := range rows {
		p := proposalFrom(r.OrganiserID, db.ProposalsOfRow{ProposalID: r.ProposalID, ApplicationID: r.ApplicationID, ChildID: r.ChildID, UnitID: r.UnitID, ProviderID: r.ProviderID, Way: r.Way,
			StartOn: r.StartOn, State: r.State, ProposedAt: r.ProposedAt, ProposedBy: r.ProposedBy, UnitDue: r.UnitDue, UnitAt: r.UnitAt, UnitBy: r.UnitBy, UnitWords: r.UnitWords,
			OfferedAt: r.OfferedAt, OfferedBy: r.OfferedBy, AnswerBy: r.AnswerBy, EndedAt: r.EndedAt, EndedBy: r.EndedBy, EndedWords: r.EndedWords, RowVersion: r.RowVersion, Name: r.Name})
		if by.SeesUnit(p.Unit) {
			list = append(list, p)
		}
	}
	return list, nil
}

// Named reads one proposal for the unit's company under the organiser's scope, and logs the reading. When the place went elsewhere, the
// child is no longer told of (GUI-021).
func Named(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (UnitProposal, error) {
	a, p, err := locked(ctx, tx, by, organiser, id)
	if err != nil {
		return UnitProposal{}, err
	}
	if by.Role.Side() != access.ProviderSide {
		return UnitProposal{}, errUnknown
	}
	if !p.Told() {
		return UnitProposal{}, errNoProposal
	}
	u := UnitProposal{Proposal: p, ChildName: a.Child, BirthDate: a.BirthDate, Option: a.Option, Request: Request{Start: a.Start, Hours: a.Hours, Shift: a.Shift, Language: a.Language, LanguageWords: a.LanguageWords},
		Support: a.Support != ""}
	return u, audit.Seen(ctx, tx, by, audit.View{Organiser: organiser, Person: a.Person, Client: a.Of.Child, Purpose: client.ForService, What: "daycare.proposal"})
}

// NamedChild is the child of a proposal: what a list tells the unit's company, never where the child lives.
type NamedChild struct {
	Name      string
	BirthDate calendar.Date
}

// ChildrenNamed tells the unit's company, under one organiser's scope, whom the proposals of a list are about, by proposal, and logs the
// reading of each child once. Proposals of other companies, of units that the reader does not see
// and those whose place went elsewhere are left out. Nothing is locked.
func ChildrenNamed(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, proposals []int64) (map[int64]NamedChild, error) {
	if err := by.May(access.DaycareReport, organiser); err != nil {
		return nil, err
	}
	if by.Role.Side() != access.ProviderSide {
		return nil, errUnknown
	}
	rows, err := db.New(tx).ProposedChildren(ctx, db.ProposedChildrenParams{OrganiserID: organiser, ProviderID: by.Provider, Proposals: proposals})
	if err != nil {
		return nil, fmt.Errorf("naming the children of %d proposals: %w", len(proposals), err)
	}
	named, seen := map[int64]NamedChild{}, map[int64]bool{}
	var views []audit.View
	for _, r := range rows {
		if !by.SeesUnit(r.UnitID) || !(Proposal{State: ProposalState(r.State)}).Told() {
			continue
		}
		named[r.ProposalID] = NamedChild{Name: strings.TrimSpace(r.FirstNames + " " + r.LastName), BirthDate: r.BirthDate}
		if !seen[r.ClientID] {
			seen[r.ClientID] = true
			views = append(views, audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForService, What: "daycare.proposal"})
		}
	}
	return named, audit.SeenMany(ctx, tx, by, views)
}
