package organiser

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/organiser/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts about staff in the audit.
const (
	ActStaffAdded = audit.Act("staff.added")
	ActStaffEnded = audit.Act("staff.ended")
)

// Staff is one person in one role of the organiser; the same person may hold several.
type Staff = access.Member

// StaffRoles lists the roles that an organiser's main user can give.
func StaffRoles() []access.Role {
	return slices.DeleteFunc(access.Roles(), func(r access.Role) bool { return r.Side() != access.OrganiserSide })
}

// StaffInput gives an account a role. Account is known, or found by name and e-mail among those who have signed in.
type StaffInput struct {
	Organiser   int32
	Account     int64
	Name, Email string
	Role        access.Role
	Valid       calendar.Period // zero = from today, open end
	Teams       []int64
}

// AddStaff gives a person a role in the organiser and puts them into teams. ORG-024 when nobody with the name and the
// e-mail has signed in yet: the person signs in once, then is given the role.
func AddStaff(ctx context.Context, tx *postgres.Tx, by access.Actor, in StaffInput) (Staff, error) {
	if err := by.May(access.StaffManage, in.Organiser); err != nil {
		return Staff{}, err
	}
	if in.Role.Side() != access.OrganiserSide {
		return Staff{}, errRole
	}
	a, err := account(ctx, tx, in)
	if err != nil {
		return Staff{}, err
	}
	if err := lock(ctx, tx, in.Organiser); err != nil {
		return Staff{}, err
	}
	m, err := access.Grant(ctx, tx, by, access.Mandate{Account: a.ID, Role: in.Role, Organiser: in.Organiser, Valid: in.Valid})
	if err != nil {
		return Staff{}, err
	}
	for _, team := range in.Teams {
		if _, err := lockTeam(ctx, tx, in.Organiser, team); err != nil {
			return Staff{}, err
		}
		_, err := db.New(tx).MemberAdd(ctx, db.MemberAddParams{OrganiserID: in.Organiser, TeamID: team, Mandates: []int64{m.ID}})
		if err != nil {
			return Staff{}, fmt.Errorf("adding mandate %d to team %d: %w", m.ID, team, err)
		}
	}
	if err := bindTeams(ctx, tx, by, in.Organiser, []int64{m.ID}); err != nil {
		return Staff{}, err
	}
	s := Staff{Mandate: m, Name: a.Name, Email: a.Email, AccountActive: a.Active}
	s.Teams = slices.Sorted(slices.Values(in.Teams))
	ref := audit.Ref{Kind: "mandate", ID: m.ID, Label: a.Name}
	return s, audit.Write(ctx, tx, by, ActStaffAdded, ref, map[string]any{"role": in.Role, "teams": s.Teams})
}

func account(ctx context.Context, tx *postgres.Tx, in StaffInput) (access.Account, error) {
	if in.Account != 0 {
		return access.AccountOf(ctx, tx, in.Account)
	}
	name, email := strings.TrimSpace(in.Name), strings.TrimSpace(in.Email)
	if name == "" {
		return access.Account{}, errRequired.At("name")
	}
	if email == "" {
		return access.Account{}, errRequired.At("email")
	}
	same, err := access.Accounts(ctx, tx, name, 50)
	if err != nil {
		return access.Account{}, err
	}
	for _, a := range same {
		if strings.EqualFold(a.Name, name) && strings.EqualFold(a.Email, email) {
			return a, nil
		}
	}
	return access.Account{}, ErrStaffUnknown.At("email")
}

// EndStaff ends one role of one person at once. ORG-016 when nobody else could manage the organiser's staff after it.
func EndStaff(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, mandate int64) error {
	if err := by.May(access.StaffManage, organiser); err != nil {
		return err
	}
	if err := lock(ctx, tx, organiser); err != nil { // two main users who end each other's role queue here
		return err
	}
	staff, err := StaffOf(ctx, tx, by, organiser)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(staff, func(s Staff) bool { return s.ID == mandate && s.Active })
	if i < 0 {
		return ErrStaffUnknown
	}
	if staff[i].Role == access.MainUser && !anotherMainUser(staff, staff[i], tx.Today()) {
		return errLastMain
	}
	m, err := access.End(ctx, tx, by, mandate)
	if err != nil {
		return err
	}
	ref := audit.Ref{Kind: "mandate", ID: mandate, Label: staff[i].Name}
	return audit.Write(ctx, tx, by, ActStaffEnded, ref, map[string]any{"role": m.Role})
}

// anotherMainUser reports that somebody else can manage the staff on the day.
func anotherMainUser(staff []Staff, leaving Staff, day calendar.Date) bool {
	return slices.ContainsFunc(staff, func(s Staff) bool {
		return s.ID != leaving.ID && s.Role == access.MainUser && s.Active && s.AccountActive && s.Valid.Contains(day)
	})
}

// StaffOf lists the organiser's staff, the active first; ended roles stay in the list for the record.
func StaffOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Staff, error) {
	if err := by.May(access.StaffManage, organiser); err != nil {
		return nil, err
	}
	return access.MembersOf(ctx, tx, organiser, 0)
}

// bindTeams copies the teams of the mandates from team_member, the organiser's own table, to the mandates that requests read.
func bindTeams(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, mandates []int64) error {
	rows, err := db.New(tx).MembersOfMandates(ctx, db.MembersOfMandatesParams{OrganiserID: organiser, Mandates: mandates})
	if err != nil {
		return fmt.Errorf("reading teams of staff: %w", err)
	}
	teams := map[int64][]int64{}
	for _, r := range rows {
		teams[r.MandateID] = r.Teams
	}
	for _, id := range mandates {
		m, err := access.MandateOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if !m.Active { // an ended role has no reach any more
			continue
		}
		if err := access.Reach(ctx, tx, by, id, teams[id], m.Units); err != nil {
			return err
		}
	}
	return nil
}
