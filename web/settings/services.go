package settings

import (
	"context"
	"net/http"

	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// servicesView is the list of services in the order of the hierarchy.
type servicesView struct {
	Table   ui.Table
	Daycare bool // the organiser may have early education
	Classes int  // without classes and areas no service can be made
}

func (p *Pages) services(w http.ResponseWriter, r *ui.Request) error {
	var list []catalogue.Service
	var books map[int64]rulebook.Rulebook
	var areas []catalogue.Area
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today()); err != nil {
			return err
		}
		if areas, err = catalogue.Areas(ctx, tx, r.Actor.Organiser); err != nil {
			return err
		}
		books, err = rulebook.CurrentAll(ctx, tx, r.Actor.Organiser, tx.Today())
		return err
	})
	if err != nil {
		return err
	}
	return p.Site.Show(w, r, http.StatusOK, "settings/services", servicesView{Table: servicesTable(r, list, books), Daycare: !r.Tenant.County, Classes: len(areas)})
}

func servicesTable(r *ui.Request, list []catalogue.Service, books map[int64]rulebook.Rulebook) ui.Table {
	t := ui.Table{Caption: r.T("settings.services.caption"), Quiet: true, Cards: true,
		Columns: []ui.Column{{Text: r.T("settings.service")}, {Text: r.T("settings.area")}, {Text: r.T("settings.mode")},
			{Text: r.T("settings.version"), Numeric: true}, {Text: r.T("settings.rulebook")}},
		Empty: ui.Empty{Title: r.T("settings.services.empty"), Text: r.T("settings.services.empty_text"),
			Links: []ui.Link{{Text: r.T("settings.hierarchy.title"), Href: r.Path("/settings/hierarchy")}}}}
	for _, s := range list {
		book := ui.Cell{Tag: r.Tag("settings.missing")}
		if b, ok := books[s.ID]; ok {
			book = ui.Cell{Text: r.T("settings.rulebook.in_force", "version", b.Version, "day", b.ValidFrom)}
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: s.Names.In(r.Lang), Small: s.Code, Href: r.Path("/settings/services/{service}", s.ID)},
			{Text: s.Area.In(r.Lang), Small: s.Class.In(r.Lang)},
			{Text: r.T("settings.mode." + string(s.Mode)), Small: openText(r, s)},
			{Text: r.T("settings.version.n", "version", s.Version), Small: r.Date(s.ValidFrom), Numeric: true},
			book})
	}
	return t
}

func openText(r *ui.Request, s catalogue.Service) string {
	if s.Open {
		return r.T("settings.open.yes")
	}
	return r.T("settings.open.no")
}
