package settings

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// staffView is the teams and everybody who acts or has acted for the organiser.
type staffView struct{ Teams, Active, Past ui.Table }

func (p *Pages) staff(w http.ResponseWriter, r *ui.Request) error {
	var teams []organiser.Team
	var staff []organiser.Staff
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if teams, err = organiser.Teams(ctx, tx, r.Actor.Organiser); err != nil {
			return err
		}
		staff, err = organiser.StaffOf(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	v := staffView{Teams: teamsTable(r, teams)}
	v.Active = staffTable(r, r.T("settings.staff.active"), teams, staff, func(s organiser.Staff) bool { return s.Active && r.Today() < s.Valid.To })
	v.Past = staffTable(r, r.T("settings.staff.past"), teams, staff, func(s organiser.Staff) bool { return !s.Active || r.Today() >= s.Valid.To })
	return p.Site.Show(w, r, http.StatusOK, "settings/staff", v)
}

func teamsTable(r *ui.Request, teams []organiser.Team) ui.Table {
	t := ui.Table{Caption: r.T("settings.teams"), Cards: true, Columns: []ui.Column{{Text: r.T("settings.team")}, {Text: r.T("settings.members"), Numeric: true}, {Text: r.T("settings.state")}},
		Empty: ui.Empty{Title: r.T("settings.teams.empty"), Text: r.T("settings.teams.empty_text")}}
	for _, team := range teams {
		state := "settings.active"
		if !team.Active {
			state = "settings.passive"
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: team.Name, Href: r.Path("/settings/teams/{team}", team.ID)}, {Text: ui.Digits(int64(len(team.Members))), Numeric: true}, r.TagCell(state)})
	}
	return t
}

func staffTable(r *ui.Request, caption string, teams []organiser.Team, staff []organiser.Staff, in func(organiser.Staff) bool) ui.Table {
	t := ui.Table{Caption: caption, Cards: true, Columns: []ui.Column{{Text: r.T("settings.person")}, {Text: r.T("settings.role")}, {Text: r.T("settings.teams")},
		{Text: r.T("settings.period")}, {Text: r.T("settings.action"), Hidden: true}}, Empty: ui.Empty{Title: r.T("settings.staff.none")}}
	for _, s := range staff {
		if !in(s) {
			continue
		}
		var of []string
		for _, team := range teams {
			if slices.Contains(s.Teams, team.ID) {
				of = append(of, team.Name)
			}
		}
		end := ui.Cell{}
		if s.Active {
			end = ui.Cell{Text: r.T("settings.staff.end"), Hidden: s.Name + ", " + roleName(r, s.Role), Href: r.Path("/settings/staff/{mandate}/end", s.ID)}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: s.Name, Small: s.Email}, {Text: roleName(r, s.Role)}, {Text: strings.Join(of, ", ")}, {Text: r.Period(s.Valid)}, end})
	}
	return t
}

func roleName(r *ui.Request, role access.Role) string { return r.T("access.role." + string(role)) }

// staffAddView gives a person a role.
type staffAddView struct {
	Form         *ui.Form
	Roles, Teams []ui.Option
}

func (p *Pages) staffAdd(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := staffAddView{Form: f}
	var roles, teams []string
	for _, role := range organiser.StaffRoles() {
		roles = append(roles, string(role))
		v.Roles = append(v.Roles, ui.Option{Value: string(role), Text: roleName(r, role)})
	}
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := organiser.Teams(ctx, tx, r.Actor.Organiser)
		for _, t := range list {
			if t.Active {
				teams = append(teams, ui.Digits(t.ID))
				v.Teams = append(v.Teams, ui.Option{Value: ui.Digits(t.ID), Text: t.Name})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := organiser.StaffInput{Organiser: r.Actor.Organiser, Name: f.Text("name"), Email: f.Email("email"), Role: access.Role(f.Choice("role", roles...)),
			Teams: numbers(f.Choices("teams", teams...))}
		if from, given := f.OptionalDate("valid_from"); given {
			in.Valid = calendar.Period{From: from}
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := organiser.AddStaff(ctx, tx, r.Actor, in)
				return err
			})
			switch {
			case err == nil:
				return p.Site.SeeOther(w, r, "/settings/staff", "settings.saved")
			case refuseUnknown(f, err), f.Take(err):
			default:
				return err
			}
		}
	}
	return p.Site.Show(w, r, f.Status(), "settings/staff-add", v)
}

// staffEndView asks before a role is ended.
type staffEndView struct {
	Form  *ui.Form
	Facts ui.Summary
	ID    int64
}

func (p *Pages) staffEnd(w http.ResponseWriter, r *ui.Request) error {
	mandate, err := r.PathID("mandate")
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return organiser.EndStaff(ctx, tx, r.Actor, r.Actor.Organiser, mandate)
		})
		if err == nil {
			return p.Site.SeeOther(w, r, "/settings/staff", "settings.staff.ended")
		}
		if !f.Take(err) {
			return err
		}
	}
	var staff []organiser.Staff
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		staff, err = organiser.StaffOf(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(staff, func(s organiser.Staff) bool { return s.ID == mandate })
	if i < 0 {
		return organiser.ErrStaffUnknown
	}
	s := staff[i]
	return p.Site.Show(w, r, f.Status(), "settings/staff-end", staffEndView{Form: f, ID: mandate, Facts: ui.Summary{Rows: []ui.Row{
		{Key: r.T("settings.person"), Value: s.Name, Small: s.Email}, {Key: r.T("settings.role"), Value: roleName(r, s.Role)}, {Key: r.T("settings.period"), Value: r.Period(s.Valid)}}}})
}
