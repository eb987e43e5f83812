// Package admission is the pages of becoming, being and ceasing to be a provider: the company's own data, units, users,
// applications, prices and exit; and the organiser's work list, completion, decision, price approval, suspension and revocation.
//
// A page reads a form, calls one use case and shows a page or redirects. It holds no rule: what may be done and why not
// is told by the domain.
package admission

import (
	"embed"
	"html/template"
	"net/http"
	"strconv"

	"seteli/domain/admission"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Deps is what the pages need.
type Deps struct {
	DB     *postgres.DB
	Texts  *i18n.Catalogue
	Keys   *secret.Keys
	Models rulebook.Models
}

// page is every page of this package but the letter: components above, at most one form, components below.
type page struct {
	Title, Caption, Lead string
	Top                  []ui.Component
	Texts                []string
	Form                 *ui.Form
	Hidden               []hidden
	Fields               []field
	Buttons              []act // none: the page has no form
	Files                bool
	Bottom               []ui.Component
	Links                []ui.Link
}

type hidden struct{ Name, Value string }

// field is one control; texts are ready, in the reader's language.
type field struct {
	Kind, Name, Label, Hint, Heading string
	Type, Mode                       string
	Width                            int
	Optional                         bool
	Options                          []ui.Option
}

// act is a button of the form.
type act struct{ Key, Kind, Name, Value, Text string }

// letterPage shows a stored letter as it was sent; its HTML was made by the letter renderer, which escapes every text.
type letterPage struct {
	Title, PDF string
	HTML       template.HTML
}

// Audiences are the pages of the company's people and of the organiser's handlers, with their navigation.
func Audiences(d Deps) []ui.Audience {
	states := map[string]ui.State{}
	colours := map[admission.State]string{admission.Draft: "grey", admission.AwaitingSignature: "orange", admission.Sent: "blue", admission.Handling: "blue",
		admission.Completing: "orange", admission.Approved: "green", admission.Rejected: "red", admission.Withdrawn: "grey", admission.Lapsed: "grey"}
	for s, colour := range colours {
		states["application."+string(s)] = ui.State{Key: "admission.web.state." + string(s), Colour: colour}
	}
	for s, colour := range map[string]string{"coming": "blue", "valid": "green", "suspended": "orange", "ended": "grey", "revoked": "red"} {
		states["approval."+s] = ui.State{Key: "admission.web.approval." + s, Colour: colour}
	}
	for s, colour := range map[string]string{"proposed": "blue", "approved": "green", "rejected": "red", "withdrawn": "grey"} {
		states["price."+s] = ui.State{Key: "admission.web.price." + s, Colour: colour}
	}
	for s, colour := range map[string]string{"open": "grey", "met": "green", "unmet": "red"} {
		states["criterion."+s] = ui.State{Key: "admission.web.criterion." + s, Colour: colour}
	}
	sample := page{Title: "x", Lead: "x", Texts: []string{"x"}, Hidden: []hidden{{"version", "1"}}, Files: true, Buttons: []act{{Key: "admission.web.save"}},
		Links: []ui.Link{{Text: "x", Href: "/"}}}
	for _, kind := range []string{"input", "date", "textarea", "select", "radios", "checkboxes", "tick", "upload"} {
		sample.Fields = append(sample.Fields, field{Kind: kind, Name: kind, Label: "x", Heading: "x", Options: []ui.Option{{Value: "1", Text: "x"}}})
	}
	return []ui.Audience{{
		Name: "admission", Templates: templates, Routes: Routes(d), States: states,
		Roles: []access.Role{access.Signatory, access.ProviderMainUser, access.ServiceResponsible, access.Preparer},
		Nav: []ui.NavItem{{Key: "admission.web.nav.applications", Path: "/applications", Right: access.ApplicationRead},
			{Key: "admission.web.nav.prices", Path: "/prices", Right: access.PricePropose},
			{Key: "admission.web.nav.company", Path: "/company", Right: access.RegisterEdit}},
		Pages: []ui.PageSpec{ui.Page("admission/page", page{Title: "x"}, sample), ui.Page("admission/letter", letterPage{Title: "x"})},
	}, {
		Name: "handling", Roles: []access.Role{access.ApplicationHandler, access.DecisionMaker}, Templates: embed.FS{},
		Nav: []ui.NavItem{{Key: "admission.web.nav.handling", Path: "/handling", Right: access.ApplicationHandle},
			{Key: "admission.web.nav.proposals", Path: "/handling/prices", Right: access.ApplicationHandle},
			{Key: "admission.web.nav.approvals", Path: "/handling/approvals", Right: access.ApplicationHandle},
			{Key: "admission.web.nav.checks", Path: "/handling/checks", Right: access.InspectionRecord}},
	}}
}

type site struct{ Deps }

// Routes are all routes of the package.
func Routes(d Deps) []ui.Route {
	s := site{d}
	all := ui.NewRoutes(ui.Route{})
	company := all.On(access.ProviderSide) // the organiser's staff read an application among those they handle
	const one = "/applications/{organiser}/{application}"
	company.Get("/applications", access.ApplicationRead, s.mine)
	company.Form("/applications/new", access.ApplicationPrepare, s.start)
	company.Form(one, access.ApplicationRead, s.tasks)
	company.Form(one+"/rulebook", access.ApplicationPrepare, s.rulebook)
	company.Form(one+"/criteria", access.ApplicationPrepare, s.criteria)
	company.Form(one+"/units", access.ApplicationPrepare, s.units)
	company.Form(one+"/billing", access.PricePropose, s.billing)
	company.Form(one+"/prices", access.PricePropose, s.prices)
	company.Attachment().Form(one+"/attachments", access.ApplicationPrepare, s.attachments)
	company.Form("/company", access.RegisterEdit, s.company)
	company.Form("/company/account", access.BankAccountEdit, s.account)
	company.Form("/company/units/new", access.RegisterEdit, s.unit)
	company.Form("/company/units/{unit}", access.RegisterEdit, s.unit)
	company.Form("/company/users", access.ProviderUserManage, s.users)
	company.Get("/prices", access.PricePropose, s.priceList)
	company.Form("/prices/{organiser}/{service}/{unit}/{content}", access.PricePropose, s.propose)
	company.Form("/exit/{organiser}/{service}", access.ProviderExit, s.exit)
	all.Get("/handling", access.ApplicationHandle, s.workList)
	all.Form("/handling/applications/{application}", access.ApplicationHandle, s.dossier)
	all.Form("/handling/applications/{application}/completion", access.ApplicationHandle, s.askMore)
	all.Form("/handling/applications/{application}/criteria", access.ApplicationHandle, s.judge)
	all.Form("/handling/applications/{application}/decision", access.ApplicationDecide, s.decide)
	all.Get("/handling/prices", access.ApplicationHandle, s.proposals)
	all.Form("/handling/prices/{price}", access.PriceApprove, s.decidePrice)
	all.Get("/handling/approvals", access.ApplicationHandle, s.approvals)
	all.Clients().Form("/handling/approvals/{approval}", access.ApprovalRevoke, s.approval) // names the clients whom an end touches
	all.Get("/handling/checks", access.InspectionRecord, s.checks)
	all.Form("/handling/checks/{check}", access.InspectionRecord, s.check)
	all.Get("/attachments/{organiser}/{attachment}", access.ApplicationRead, s.file)
	all.Get("/letters/{organiser}/{document}", access.ApplicationRead, s.letter)
	all.Get("/letters/{organiser}/{document}/pdf", access.ApplicationRead, s.letterFile)
	return all.All()
}

func show(w http.ResponseWriter, r *ui.Request, p page) error {
	p.Form = r.Input()
	for i, h := range p.Hidden {
		if h.Name == "version" && p.Form.Stale() {
			p.Hidden[i].Value = p.Form.Value(h.Name) // the present one: sent again, it is sent knowingly
		}
	}
	status := http.StatusOK
	if p.Form.Refused() && p.Form.Submitted() {
		status = http.StatusUnprocessableEntity
	}
	return r.Show(w, status, "admission/page", p)
}

// version is the row version that the person saw: of the form that was sent, otherwise the present one.
func version(f *ui.Form, now int32) []hidden {
	f.Set("version", strconv.Itoa(int(now)))
	return []hidden{{"version", f.Value("version")}}
}

func seen(f *ui.Form) int32 { return int32(f.Int("version", 1, 1<<30)) }

func save(key string) []act { return []act{{Key: key}} }
