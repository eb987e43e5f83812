// Package settings is the organiser's main user's pages: services and their versions, rulebooks, teams and staff, the
// organiser's own settings, budgets and keys of programs.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what may be done, and
// why not, is told by the domain.
package settings

import (
	"embed"

	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/golden"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/caseview"
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
			ui.Page("settings/services", servicesView{}, servicesView{Daycare: true}), ui.Page("settings/hierarchy", hierarchyView{}),
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
	own := ui.NewRoutes(ui.Route{Side: access.OrganiserSide})
	own.Form("/settings/organiser", access.OrganiserEdit, p.organiser)
	own.Form("/settings/hierarchy", access.CatalogueEdit, p.hierarchy)
	own.Form("/settings/income", access.RulebookEdit, p.income)
	own.Form("/settings/budgets", access.BudgetEdit, p.budgets)
	own.Form("/settings/budgets/file", access.BudgetEdit, p.budgetFile)
	own.Get("/settings/services", access.CatalogueEdit, p.services)
	own.Form("/settings/services/new", access.CataloguePublish, p.serviceEdit)
	p.serviceRoutes(own.About("service"))
	own.Get("/settings/letters", access.DecisionTemplate, p.letters)
	own.Form("/settings/letters/{kind}", access.DecisionTemplate, p.letter)
	own.Form("/settings/letters/{kind}/preview", access.DecisionTemplate, p.letterPreview)
	own.Get("/settings/letters/{kind}/preview/pdf", access.DecisionTemplate, p.letterPDF)
	own.Get("/settings/delegations", access.OrganiserEdit, p.delegations)
	own.Form("/settings/delegations/new", access.OrganiserEdit, p.delegationAdd)
	own.Form("/settings/delegations/{delegation}/end", access.OrganiserEdit, p.delegationEnd)
	own.Get("/settings/staff", access.StaffManage, p.staff)
	own.Form("/settings/staff/new", access.StaffManage, p.staffAdd)
	own.Form("/settings/staff/{mandate}/end", access.StaffManage, p.staffEnd)
	own.Form("/settings/teams/new", access.OrganiserEdit, p.team)
	own.Form("/settings/teams/{team}", access.OrganiserEdit, p.team)
	keys := own.On(ui.EverySide) // of programs: they are also the companies'
	keys.Get("/settings/keys", access.APIKeyManage, p.keys)
	keys.Form("/settings/keys/new", access.APIKeyManage, p.keyAdd)
	keys.Form("/settings/keys/{key}/{act}", access.APIKeyManage, p.keyEnd)
	return own.All()
}

// serviceRoutes are the pages of one service and of its rules.
func (p *Pages) serviceRoutes(one ui.Routes) {
	const root = "/settings/services/{service}"
	one.Get(root, access.CatalogueEdit, p.service)
	one.Form(root+"/edit", access.CataloguePublish, p.serviceEdit)
	one.Form(root+"/teams", access.CatalogueEdit, p.serviceTeams)
	one.Form(root+"/attachments", access.CatalogueEdit, p.attachments)
	one.Form(root+"/rulebook", access.RulebookEdit, p.rulebook)
	one.Large(caseview.Largest+1<<20).Form(root+"/rulebook/trial", access.RulebookEdit, p.rulebookTrial)
	one.Form(root+"/rulebook/value", access.RulebookEdit, p.rulebookValue)
	one.Form(root+"/rulebook/fee", access.RulebookEdit, p.rulebookFee)
	one.Form(root+"/rulebook/purse", access.RulebookEdit, p.rulebookPurse)
	one.Form(root+"/rulebook/criteria", access.RulebookEdit, p.rulebookCriteria)
	one.Form(root+"/rulebook/publish", access.RulebookPublish, p.rulebookPublish)
	one.Get(root+"/rulebook/compare", access.RulebookPublish, p.rulebookCompare)
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
