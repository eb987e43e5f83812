// Package operator is the national operator's pages: organisers with whom they serve and their first main users, the national list
// of municipalities, and the register of providers with who signs for
// each company, as long as no mandate service tells it.
//
// A page reads a form, calls one use case and shows a page or redirects. The operator sees no tenant's rows: an organiser itself,
// its main users and the companies are facts of the nation, and nothing here shows a client.
package operator

import (
	"context"
	"embed"
	"fmt"
	"net/http"

	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Texts *i18n.Catalogue
}

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	// Companies are public, their list is the operator's tool: others reach companies from what they do with them.
	all := ui.NewRoutes(ui.Route{})
	all.Get("/operator", access.OrganiserManage, p.list)
	all.Form("/operator/new", access.OrganiserManage, p.found)
	all.Get("/operator/{organiser}", access.OrganiserManage, p.one)
	all.Form("/operator/{organiser}/main-user", access.OrganiserManage, p.mainUser)
	all.Form("/operator/{organiser}/serves", access.OrganiserManage, p.serve)
	all.Form("/operator/{organiser}/serves/end", access.OrganiserManage, p.serveEnd)
	all.Get("/register", access.OrganiserManage, p.providers)
	all.Form("/register/new", access.OrganiserManage, p.providerAdd)
	all.Form("/register/{provider}", access.OrganiserManage, p.provider)
	all.Large(largestFile+64<<10).Form("/operator/municipalities", access.CatalogueNational, p.municipalities)
	return ui.Audience{
		Name: "operator", Templates: templates, Routes: all.All(), Roles: []access.Role{access.Operator},
		Nav: []ui.NavItem{{Key: "operator.nav.organisers", Path: "/operator", Right: access.OrganiserManage},
			{Key: "operator.nav.municipalities", Path: "/operator/municipalities", Right: access.CatalogueNational},
			{Key: "operator.nav.providers", Path: "/register", Right: access.OrganiserManage}},
		Pages: []ui.PageSpec{
			ui.Page("operator/list", listView{}), ui.Page("operator/one", oneView{}, oneView{ID: 1, Name: "x", NoMunicipalities: true, Serves: sample()}),
			ui.Page("operator/found", foundView{}), ui.Page("operator/main-user", mainUserView{}, mainUserView{Name: "x"}),
			ui.Page("operator/serves", serveView{}, serveView{Name: "x"}), ui.Page("operator/serves-end", serveEndView{}),
			ui.Page("operator/municipalities", municipalitiesView{}, municipalitiesView{Faults: &ui.Table{Caption: "x"}, Table: sample()}),
			ui.Page("operator/providers", providersView{}, providersView{Table: sample(), More: true}),
			ui.Page("operator/provider", providerView{}, providerView{Name: "x", Signatories: sample()}), ui.Page("operator/provider-add", providerAddView{}),
		},
	}
}

func sample() ui.Table {
	return ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}}
}

// named reads the organiser that the address names; what is none does not exist.
func (p *Pages) named(r *ui.Request) (o organiser.Organiser, err error) {
	id, err := r.PathOrganiser()
	if err != nil {
		return o, err
	}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		o, err = organiser.Get(ctx, tx, id)
		return err
	})
	return o, err
}

func address(o organiser.Organiser) string { return fmt.Sprintf("/operator/%d", o.ID) }

type listView struct{ Table ui.Table }

// list shows every organiser.
func (p *Pages) list(w http.ResponseWriter, r *ui.Request) error {
	var all []organiser.Organiser
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		all, err = organiser.All(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: r.T("operator.organisers"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("operator.organiser")}, {Text: r.T("operator.kind")},
		{Text: r.T("operator.prefix")}, {Text: r.T("operator.business_id")}}, Empty: ui.Empty{Title: r.T("operator.organisers.none"), Text: r.T("operator.organisers.none_text")}}
	for _, o := range all {
		t.Rows = append(t.Rows, []ui.Cell{{Text: o.Names.In(r.Lang), Href: r.Path("/operator/{organiser}", o.ID)}, {Text: r.T("operator.kind." + o.Kind)}, {Text: o.Prefix}, {Text: o.BusinessID}})
	}
	return r.Show(w, http.StatusOK, "operator/list", listView{t})
}
