// Package settings is the organiser's main user's pages: services and their versions, rulebooks, teams and staff, the
// organiser's own settings, budgets and keys of programs.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what may be done, and
// why not, is told by the domain.
package settings

import (
	"embed"
	"net/http"
	"strings"

	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/golden"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need. Site is set when the site has been built from the audiences.
type Pages struct {
	DB     *postgres.DB
	Models rulebook.Models
	Words  *i18n.Catalogue
	Cases  golden.Kinds // kinds of golden cases that a draft is tried with, beside those that ask the draft itself
	Site   *ui.Site
}

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "settings", Templates: templates, Roles: []access.Role{access.MainUser},
		Nav: []ui.NavItem{
			{Key: "settings.nav.services", Path: "/settings/services", Right: access.CatalogueEdit},
			{Key: "settings.nav.staff", Path: "/settings/staff", Right: access.StaffManage},
			{Key: "settings.nav.budgets", Path: "/settings/budgets", Right: access.BudgetRead},
			{Key: "settings.nav.organiser", Path: "/settings/organiser", Right: access.OrganiserEdit},
			{Key: "settings.nav.keys", Path: "/settings/keys", Right: access.APIKeyManage},
		},
		Routes: p.routes(),
		Pages: []ui.PageSpec{
			ui.Page("settings/services", servicesView{}), ui.Page("settings/hierarchy", hierarchyView{}),
			ui.Page("settings/service", serviceView{}), ui.Page("settings/service-edit", editView{}, sampleEdit()),
			ui.Page("settings/service-teams", serviceTeamsView{}), ui.Page("settings/attachments", attachmentsView{}),
			ui.Page("settings/organiser", organiserView{}), ui.Page("settings/income", definitionView{}, sampleDefinition()), ui.Page("settings/staff", staffView{}),
			ui.Page("settings/rulebook", rulebookView{}, sampleRulebook()), ui.Page("settings/rulebook-value", valueView{}, sampleValue()), ui.Page("settings/rulebook-trial", trialView{}, sampleTrial()), ui.Page("settings/rulebook-publish", publishView{}),
			ui.Page("settings/rulebook-criteria", criteriaView{}, sampleCriteria()), ui.Page("settings/rulebook-purse", purseView{}, samplePurse()), ui.Page("settings/rulebook-compare", compareView{}, sampleCompare()),
			ui.Page("settings/staff-add", staffAddView{}), ui.Page("settings/staff-end", staffEndView{}), ui.Page("settings/team", teamView{}),
			ui.Page("settings/budgets", budgetsView{}, sampleBudgets()), ui.Page("settings/budget-file", budgetFileView{}),
			ui.Page("settings/letters", lettersView{}), ui.Page("settings/letter", letterView{}, sampleLetter()),
			ui.Page("settings/letter-preview", previewView{}, previewView{Kind: "all", Langs: []ui.Link{{Text: "x", Href: "/fi"}}}),
			ui.Page("settings/delegations", delegationsView{}), ui.Page("settings/delegation-add", delegationAddView{}),
			ui.Page("settings/delegation-end", delegationEndView{}),
			ui.Page("settings/keys", keysView{}), ui.Page("settings/key-add", keyAddView{}), ui.Page("settings/key-end", keyEndView{}),
		},
		States: map[string]ui.State{
			"settings.active":    {Key: "settings.state.active", Colour: "green"},
			"settings.passive":   {Key: "settings.state.passive", Colour: "grey"},
			"settings.coming":    {Key: "settings.state.coming", Colour: "blue"},
			"settings.past":      {Key: "settings.state.past", Colour: "grey"},
			"settings.draft":     {Key: "settings.state.draft", Colour: "orange"},
			"settings.published": {Key: "settings.state.published", Colour: "green"},
			"settings.missing":   {Key: "settings.state.missing", Colour: "red"},
		},
	}
}

func (p *Pages) routes() []ui.Route {
	form := func(path string, right access.Right, handle func(http.ResponseWriter, *ui.Request) error) []ui.Route {
		return []ui.Route{{Method: "GET", Path: path, Right: right, Handle: handle}, {Method: "POST", Path: path, Right: right, Handle: handle}}
	}
	routes := []ui.Route{
		{Method: "GET", Path: "/settings/services", Right: access.CatalogueEdit, Handle: p.services},
		{Method: "GET", Path: "/settings/services/{service}", Right: access.CatalogueEdit, Handle: p.service, Subject: "service"},
		{Method: "GET", Path: "/settings/staff", Right: access.StaffManage, Handle: p.staff},
		{Method: "GET", Path: "/settings/keys", Right: access.APIKeyManage, Handle: p.keys},
	}
	routes = append(routes, form("/settings/hierarchy", access.CatalogueEdit, p.hierarchy)...)
	routes = append(routes, form("/settings/services/new", access.CataloguePublish, p.serviceEdit)...)
	routes = append(routes, form("/settings/services/{service}/edit", access.CataloguePublish, p.serviceEdit)...)
	routes = append(routes, form("/settings/services/{service}/teams", access.CatalogueEdit, p.serviceTeams)...)
	routes = append(routes, form("/settings/services/{service}/attachments", access.CatalogueEdit, p.attachments)...)
	routes = append(routes, form("/settings/services/{service}/rulebook", access.RulebookEdit, p.rulebook)...)
	routes = append(routes, form("/settings/services/{service}/rulebook/trial", access.RulebookEdit, p.rulebookTrial)...)
	routes = append(routes, form("/settings/services/{service}/rulebook/value", access.RulebookEdit, p.rulebookValue)...)
	routes = append(routes, form("/settings/services/{service}/rulebook/fee", access.RulebookEdit, p.rulebookFee)...)
	routes = append(routes, form("/settings/services/{service}/rulebook/purse", access.RulebookEdit, p.rulebookPurse)...)
	routes = append(routes, form("/settings/services/{service}/rulebook/criteria", access.RulebookEdit, p.rulebookCriteria)...)
	routes = append(routes, form("/settings/services/{service}/rulebook/publish", access.RulebookPublish, p.rulebookPublish)...)
	routes = append(routes, ui.Route{Method: "GET", Path: "/settings/services/{service}/rulebook/compare", Right: access.RulebookPublish, Handle: p.rulebookCompare})
	routes = append(routes, form("/settings/organiser", access.OrganiserEdit, p.organiser)...)
	routes = append(routes, ui.Route{Method: "GET", Path: "/settings/letters", Right: access.DecisionTemplate, Handle: p.letters},
		ui.Route{Method: "GET", Path: "/settings/letters/{kind}/preview/pdf", Right: access.DecisionTemplate, Handle: p.letterPDF},
		ui.Route{Method: "GET", Path: "/settings/delegations", Right: access.OrganiserEdit, Handle: p.delegations})
	routes = append(routes, form("/settings/letters/{kind}", access.DecisionTemplate, p.letter)...)
	routes = append(routes, form("/settings/letters/{kind}/preview", access.DecisionTemplate, p.letterPreview)...)
	routes = append(routes, form("/settings/delegations/new", access.OrganiserEdit, p.delegationAdd)...)
	routes = append(routes, form("/settings/delegations/{delegation}/end", access.OrganiserEdit, p.delegationEnd)...)
	routes = append(routes, form("/settings/income", access.RulebookEdit, p.income)...)
	routes = append(routes, form("/settings/staff/new", access.StaffManage, p.staffAdd)...)
	routes = append(routes, form("/settings/staff/{mandate}/end", access.StaffManage, p.staffEnd)...)
	routes = append(routes, form("/settings/teams/new", access.OrganiserEdit, p.team)...)
	routes = append(routes, form("/settings/teams/{team}", access.OrganiserEdit, p.team)...)
	routes = append(routes, form("/settings/budgets", access.BudgetEdit, p.budgets)...)
	routes = append(routes, form("/settings/budgets/file", access.BudgetEdit, p.budgetFile)...)
	routes = append(routes, form("/settings/keys/new", access.APIKeyManage, p.keyAdd)...)
	routes = append(routes, form("/settings/keys/{key}/{act}", access.APIKeyManage, p.keyEnd)...)
	for i := range routes {
		if !strings.HasPrefix(routes[i].Path, "/settings/keys") { // keys of programs are also the companies'
			routes[i].Side = access.OrganiserSide
		}
		if strings.Contains(routes[i].Path, "{service}") {
			routes[i].Subject = "service"
		}
	}
	return routes
}

func names(f *ui.Form, prefix string) i18n.Names {
	return i18n.Names{Fi: f.Text(prefix + "_fi"), Sv: f.OptionalText(prefix + "_sv"), En: f.OptionalText(prefix + "_en")}
}

func setNames(f *ui.Form, prefix string, n i18n.Names) {
	f.Set(prefix+"_fi", n.Fi)
	f.Set(prefix+"_sv", n.Sv)
	f.Set(prefix+"_en", n.En)
}

func unitOptions(r *ui.Request) []ui.Option {
	var list []ui.Option
	for _, u := range catalogue.Units() {
		list = append(list, ui.Option{Value: string(u), Text: r.T("unit." + string(u) + ".one")})
	}
	return list
}
