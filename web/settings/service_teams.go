package settings

import (
	"context"
	"net/http"
	"strconv"

	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// serviceTeamsView chooses the teams that a service belongs to.
type serviceTeamsView struct {
	Form    *ui.Form
	Service int64
	Name    string
	Teams   []ui.Option
}

func (p *Pages) serviceTeams(w http.ResponseWriter, r *ui.Request) error {
	service, err := r.PathID("service")
	if err != nil {
		return err
	}
	f := r.Input()
	v := serviceTeamsView{Form: f, Service: service}
	var allowed, chosen []string
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		versions, err := catalogue.Versions(ctx, tx, r.Actor.Organiser, service)
		if err != nil {
			return err
		}
		v.Name = versions[0].Names.In(r.Lang)
		for _, t := range versions[0].Teams {
			chosen = append(chosen, ui.Digits(t))
		}
		teams, err := organiser.Teams(ctx, tx, r.Actor.Organiser)
		for _, t := range teams {
			allowed = append(allowed, ui.Digits(t.ID))
			v.Teams = append(v.Teams, ui.Option{Value: ui.Digits(t.ID), Text: t.Name})
		}
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		teams := numbers(f.Choices("teams", allowed...))
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return catalogue.SetTeams(ctx, tx, r.Actor, r.Actor.Organiser, service, teams)
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(service), "settings.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	f.Set("teams", chosen)
	return p.Site.Show(w, r, f.Status(), "settings/service-teams", v)
}

// numbers reads the values of ticked boxes, which Choices has already compared with the allowed ones.
func numbers(values []string) []int64 {
	var list []int64
	for _, s := range values {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			list = append(list, n)
		}
	}
	return list
}
