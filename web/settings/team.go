package settings

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"seteli/core/fault"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// teamView makes or edits a team with its members.
type teamView struct {
	Form    *ui.Form
	ID      int64 // 0 = a new team
	Members []ui.Option
}

func (p *Pages) team(w http.ResponseWriter, r *ui.Request) error {
	var team organiser.Team
	var staff []organiser.Staff
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if team, err = p.teamOf(ctx, tx, r); err != nil {
			return err
		}
		staff, err = organiser.StaffOf(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	v := teamView{Form: f, ID: team.ID}
	var allowed, chosen []string
	for _, s := range staff {
		if !s.Active {
			continue
		}
		allowed = append(allowed, ui.Digits(s.ID))
		v.Members = append(v.Members, ui.Option{Value: ui.Digits(s.ID), Text: s.Name, Hint: roleName(r, s.Role)})
		if slices.Contains(team.Members, s.ID) {
			chosen = append(chosen, ui.Digits(s.ID))
		}
	}
	if f.Submitted() {
		in := organiser.TeamInput{Organiser: r.Actor.Organiser, ID: team.ID, Name: f.Text("name"), Active: f.Bool("active")}
		if team.ID != 0 {
			in.RowVersion = f.Int("row_version", 1, 1_000_000)
		}
		members := numbers(f.Choices("members", allowed...))
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error { return saveTeam(ctx, tx, r, in, members) })
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/staff", "settings.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	f.Set("name", team.Name)
	f.Set("active", team.Active || team.ID == 0)
	f.Set("row_version", team.RowVersion)
	f.Set("members", chosen)
	return p.Site.Show(w, r, f.Status(), "settings/team", v)
}

// saveTeam is one transaction: the name is not saved without the members.
func saveTeam(ctx context.Context, tx *postgres.Tx, r *ui.Request, in organiser.TeamInput, members []int64) error {
	save := organiser.EditTeam
	if in.ID == 0 {
		save = organiser.AddTeam
	}
	team, err := save(ctx, tx, r.Actor, in)
	if err != nil {
		return err
	}
	_, err = organiser.SetMembers(ctx, tx, r.Actor, r.Actor.Organiser, team.ID, members)
	return err
}

func (p *Pages) teamOf(ctx context.Context, tx *postgres.Tx, r *ui.Request) (organiser.Team, error) {
	if r.PathValue("team") == "" {
		return organiser.Team{}, nil
	}
	wanted, err := r.PathID("team")
	if err != nil {
		return organiser.Team{}, err
	}
	teams, err := organiser.Teams(ctx, tx, r.Actor.Organiser)
	if err != nil {
		return organiser.Team{}, err
	}
	i := slices.IndexFunc(teams, func(t organiser.Team) bool { return t.ID == wanted })
	if i < 0 {
		return organiser.Team{}, organiser.ErrTeamUnknown
	}
	return teams[i], nil
}

// refuseUnknown puts "not found" on the form where the person typed whom they meant.
func refuseUnknown(f *ui.Form, err error) bool {
	return errors.Is(err, organiser.ErrStaffUnknown) && refuseFields(f, err, "email")
}

// refuseFields puts faults about the field on the form though their kind would lead to the error page.
func refuseFields(f *ui.Form, err error, field string) bool {
	taken := false
	for _, one := range fault.All(err) {
		if one.Field == field {
			f.Refuse(one)
			taken = true
		}
	}
	return taken
}
