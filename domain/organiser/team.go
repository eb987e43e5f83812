package organiser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/domain/organiser/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Team bounds what its members see: the services that belong to it and their clients.
type Team struct {
	Organiser  int32
	ID         int64
	Name       string
	Active     bool
	Members    []int64 // mandates
	RowVersion int
}

// Ref names the team in the audit.
func (t Team) Ref() audit.Ref { return audit.Ref{Kind: "team", ID: t.ID, Label: t.Name} }

// TeamInput is a team as its form gives it; ID 0 and RowVersion 0 in AddTeam.
type TeamInput struct {
	Organiser  int32
	ID         int64
	Name       string
	Active     bool
	RowVersion int
}

// AddTeam makes an empty active team.
func AddTeam(ctx context.Context, tx *postgres.Tx, by access.Actor, in TeamInput) (Team, error) {
	if err := by.May(access.OrganiserEdit, in.Organiser); err != nil {
		return Team{}, err
	}
	name := strings.TrimSpace(in.Name)
	if name == "" {
		return Team{}, errRequired.At("name")
	}
	id, err := db.New(tx).TeamInsert(ctx, db.TeamInsertParams{OrganiserID: in.Organiser, Name: name})
	if postgres.ConstraintOf(err) == postgres.ConstraintTeamNameUnique {
		return Team{}, errTeamName.Because(err)
	}
	if err != nil {
		return Team{}, fmt.Errorf("adding a team: %w", err)
	}
	t := Team{Organiser: in.Organiser, ID: id, Name: name, Active: true, RowVersion: 1}
	return t, audit.Write(ctx, tx, by, ActTeamAdded, t.Ref(), map[string]any{"name": name})
}

// EditTeam renames a team, passivates it or takes it back into use. Teams are never deleted: services and audit name them.
func EditTeam(ctx context.Context, tx *postgres.Tx, by access.Actor, in TeamInput) (Team, error) {
	if err := by.May(access.OrganiserEdit, in.Organiser); err != nil {
		return Team{}, err
	}
	name := strings.TrimSpace(in.Name)
	if name == "" {
		return Team{}, errRequired.At("name")
	}
	n, err := db.New(tx).TeamUpdate(ctx, db.TeamUpdateParams{OrganiserID: in.Organiser, TeamID: in.ID, Name: name, Active: in.Active, RowVersion: int32(in.RowVersion)})
	if postgres.ConstraintOf(err) == postgres.ConstraintTeamNameUnique {
		return Team{}, errTeamName.Because(err)
	}
	if err != nil {
		return Team{}, fmt.Errorf("editing team %d: %w", in.ID, err)
	}
	if n == 0 {
		if _, err := lockTeam(ctx, tx, in.Organiser, in.ID); err != nil {
			return Team{}, err
		}
		return Team{}, ErrStale
	}
	t := Team{Organiser: in.Organiser, ID: in.ID, Name: name, Active: in.Active, RowVersion: in.RowVersion + 1}
	return t, audit.Write(ctx, tx, by, ActTeamEdited, t.Ref(), map[string]any{"name": name, "active": in.Active})
}

// SetMembers makes the mandates the team's members, all others leave it. Mandates must be of the organiser's staff.
func SetMembers(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, team int64, mandates []int64) (Team, error) {
	if err := by.May(access.StaffManage, organiser); err != nil {
		return Team{}, err
	}
	t, err := lockTeam(ctx, tx, organiser, team)
	if err != nil {
		return Team{}, err
	}
	staff, err := StaffOf(ctx, tx, by, organiser)
	if err != nil {
		return Team{}, err
	}
	for _, m := range mandates {
		if !slices.ContainsFunc(staff, func(s Staff) bool { return s.ID == m }) {
			return Team{}, errMember
		}
	}
	changed, err := writeMembers(ctx, tx, organiser, team, mandates)
	if err != nil {
		return Team{}, err
	}
	if err := bindTeams(ctx, tx, by, organiser, changed); err != nil {
		return Team{}, err
	}
	t.Members = slices.Sorted(slices.Values(mandates))
	return t, audit.Write(ctx, tx, by, ActTeamMembers, t.Ref(), map[string]any{"mandates": t.Members})
}

// writeMembers gives the mandates whose membership changed.
func writeMembers(ctx context.Context, tx *postgres.Tx, organiser int32, team int64, mandates []int64) ([]int64, error) {
	if mandates == nil {
		mandates = []int64{}
	}
	q := db.New(tx)
	gone, err := q.MemberDeleteOthers(ctx, db.MemberDeleteOthersParams{OrganiserID: organiser, TeamID: team, Mandates: mandates})
	if err != nil {
		return nil, fmt.Errorf("removing members of team %d: %w", team, err)
	}
	came, err := q.MemberAdd(ctx, db.MemberAddParams{OrganiserID: organiser, TeamID: team, Mandates: mandates})
	if err != nil {
		return nil, fmt.Errorf("adding members of team %d: %w", team, err)
	}
	return append(gone, came...), nil
}

// Teams lists the organiser's teams, the active first.
func Teams(ctx context.Context, tx *postgres.Tx, organiser int32) ([]Team, error) {
	rows, err := db.New(tx).TeamList(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing teams: %w", err)
	}
	teams := make([]Team, len(rows))
	for i, r := range rows {
		teams[i] = Team{Organiser: organiser, ID: r.TeamID, Name: r.Name, Active: r.Active, Members: r.Members, RowVersion: int(r.RowVersion)}
	}
	return teams, nil
}

func lockTeam(ctx context.Context, tx *postgres.Tx, organiser int32, team int64) (Team, error) {
	r, err := db.New(tx).TeamLock(ctx, db.TeamLockParams{OrganiserID: organiser, TeamID: team})
	if errors.Is(err, pgx.ErrNoRows) {
		return Team{}, ErrTeamUnknown
	}
	if err != nil {
		return Team{}, fmt.Errorf("locking team %d: %w", team, err)
	}
	return Team{Organiser: organiser, ID: team, Name: r.Name, Active: r.Active, RowVersion: int(r.RowVersion)}, nil
}
