package settings

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// serviceView is one service: what is in force, what is coming, and where each part is changed.
type serviceView struct {
	ID       int64
	Name     string
	Facts    ui.Summary
	Contents ui.Table
	Rulebook ui.Summary
	History  ui.Timeline
}

func (p *Pages) service(w http.ResponseWriter, r *ui.Request) error {
	service, err := r.PathID("service")
	if err != nil {
		return err
	}
	var versions []catalogue.Service
	var teams []organiser.Team
	var books []rulebook.Rulebook
	var draft bool
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if versions, err = catalogue.Versions(ctx, tx, r.Actor.Organiser, service); err != nil {
			return err
		}
		if teams, err = organiser.Teams(ctx, tx, r.Actor.Organiser); err != nil {
			return err
		}
		if books, err = rulebook.Versions(ctx, tx, r.Actor.Organiser, service); err != nil {
			return err
		}
		_, draft, err = rulebook.DraftOf(ctx, tx, r.Actor, r.Actor.Organiser, service)
		return err
	})
	if err != nil {
		return err
	}
	s := inForce(versions, r.Today())
	return p.Site.Show(w, r, http.StatusOK, "settings/service", serviceView{ID: service, Name: s.Names.In(r.Lang), Facts: serviceFacts(r, s, teams),
		Contents: contentsTable(r, s), Rulebook: rulebookFacts(r, s, books, draft), History: history(r, versions)})
}

// inForce is the version of today, or the first one that is coming.
func inForce(versions []catalogue.Service, today calendar.Date) catalogue.Service {
	i := slices.IndexFunc(versions, func(s catalogue.Service) bool { return s.ValidFrom <= today })
	if i < 0 {
		i = len(versions) - 1
	}
	return versions[i]
}

func serviceFacts(r *ui.Request, s catalogue.Service, teams []organiser.Team) ui.Summary {
	of := ""
	for _, t := range teams {
		if slices.Contains(s.Teams, t.ID) {
			if of != "" {
				of += ", "
			}
			of += t.Name
		}
	}
	if of == "" {
		of = r.T("settings.teams.all")
	}
	forbidden := r.T("settings.no")
	if s.OwnShareForbidden {
		forbidden = r.T("settings.yes")
	}
	change := func(what, path string) []ui.Action {
		return []ui.Action{{Text: r.T("settings.change"), Hidden: what, Href: r.Path(path, s.ID)}}
	}
	return ui.Summary{Rows: []ui.Row{
		{Key: r.T("settings.version"), Value: r.T("settings.version.n", "version", s.Version), Small: r.T("settings.from_day", "day", s.ValidFrom)},
		{Key: r.T("settings.area"), Value: s.Area.In(r.Lang), Small: s.Class.In(r.Lang)},
		{Key: r.T("settings.code"), Value: s.Code},
		{Key: r.T("settings.mode"), Value: r.T("settings.mode." + string(s.Mode)), Small: openText(r, s)},
		{Key: r.T("settings.own_share_forbidden"), Value: forbidden},
		{Key: r.T("settings.law"), Value: s.LegalAct, Small: s.LegalSection},
		{Key: r.T("settings.teams"), Value: of, Actions: change(r.T("settings.teams"), "/settings/services/{service}/teams")},
		{Key: r.T("settings.attachments"), Value: r.T("settings.attachments.hint"), Actions: change(r.T("settings.attachments"), "/settings/services/{service}/attachments")},
	}}
}

func contentsTable(r *ui.Request, s catalogue.Service) ui.Table {
	t := ui.Table{Caption: r.T("settings.contents"), Cards: true, Columns: []ui.Column{{Text: r.T("settings.content")}, {Text: r.T("settings.unit")},
		{Text: r.T("settings.price_cap"), Numeric: true}, {Text: r.T("settings.max_day"), Numeric: true}, {Text: r.T("settings.period")}},
		Empty: ui.Empty{Title: r.T("settings.contents.empty")}}
	for _, c := range s.Contents {
		most, cap := "–", "–"
		if c.PriceCap != nil {
			cap = r.Cents(*c.PriceCap)
		}
		if c.MaxDay != nil {
			most = r.Quantity(*c.MaxDay, string(c.Unit))
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Names.In(r.Lang), Small: c.Code}, {Text: r.T("unit." + string(c.Unit) + ".one")},
			{Text: cap, Numeric: true}, {Text: most, Numeric: true}, {Text: r.Period(c.Period)}})
	}
	return t
}

func rulebookFacts(r *ui.Request, s catalogue.Service, books []rulebook.Rulebook, draft bool) ui.Summary {
	row := ui.Row{Key: r.T("settings.rulebook"), Tag: r.Tag("settings.missing")}
	for _, b := range slices.Backward(books) {
		if b.ValidFrom <= r.Today() || row.Value == "" {
			row = ui.Row{Key: r.T("settings.rulebook"), Value: r.T("settings.rulebook.in_force", "version", b.Version, "day", b.ValidFrom)}
		}
	}
	edit := r.T("settings.rulebook.edit")
	if draft {
		edit = r.T("settings.rulebook.edit_draft")
	}
	row.Actions = []ui.Action{{Text: edit, Href: r.Path("/settings/services/{service}/rulebook", s.ID)}}
	rows := []ui.Row{row}
	if draft {
		rows = append(rows, ui.Row{Key: r.T("settings.rulebook.draft"), Tag: r.Tag("settings.draft"),
			Actions: []ui.Action{{Text: r.T("settings.rulebook.read"), Href: r.Path("/settings/services/{service}/rulebook/publish", s.ID)}}})
	}
	return ui.Summary{Rows: rows}
}

func history(r *ui.Request, versions []catalogue.Service) ui.Timeline {
	t := ui.Timeline{Title: r.T("settings.versions")}
	for i, s := range versions {
		what := r.T("settings.version.first")
		if i+1 < len(versions) {
			what = r.T("settings.version.changes", "n", len(catalogue.Changes(versions[i+1], s)))
		}
		t.Moments = append(t.Moments, ui.Moment{Title: r.T("settings.version.from", "version", s.Version, "day", s.ValidFrom), By: s.PublishedBy,
			When: r.Date(calendar.DateOf(s.PublishedAt.In(calendar.Helsinki))), Text: what, Open: s.ValidFrom > r.Today()})
	}
	return t
}
