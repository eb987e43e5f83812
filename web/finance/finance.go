// Package finance is the pages of those who settle and pay: runs with preview, approval, payment file and payment, and the
// statements as payees and staff read them.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what may be done, and
// why not, is told by the domain.
package finance

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"strings"

	"seteli/domain/payment"
	"seteli/domain/settlement"
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
	Words  *i18n.Catalogue
	Writer payment.FileWriter
	Site   *ui.Site
}

// Audience is the pages with their routes and navigation. Providers come to /statements from their own navigation.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "finance", Templates: templates, Roles: []access.Role{access.SettlementPreparer, access.SettlementApprover},
		Nav: []ui.NavItem{
			{Key: "finance.nav.runs", Path: "/finance/runs", Right: access.SettlementRead},
			{Key: "finance.nav.new", Path: "/finance/runs/new", Right: access.SettlementPreview},
			{Key: "finance.nav.statements", Path: "/statements", Right: access.SettlementRead},
		},
		Routes: p.routes(),
		Pages: []ui.PageSpec{
			ui.Page("finance/runs", runsView{}), ui.Page("finance/new", newView{}, newView{Seen: true, Table: ui.Table{Caption: "x"}}), ui.Page("finance/run", runView{}),
			ui.Page("finance/act", actView{Button: "finance.approve.button"}), ui.Page("finance/paid", paidView{}),
			ui.Page("finance/statements", statementsView{}), ui.Page("finance/statement", statementView{}),
			ui.Page("finance/suppliers", suppliersView{}), ui.Page("finance/supplier", supplierView{}),
		},
		States: map[string]ui.State{
			"run.calculated": {Key: "finance.state.calculated", Colour: "blue"}, "run.approved": {Key: "finance.state.approved", Colour: "teal"},
			"run.sent": {Key: "finance.state.sent", Colour: "purple"}, "run.paid": {Key: "finance.state.paid", Colour: "green"},
			"run.undone": {Key: "finance.state.undone", Colour: "grey"},
			"payee.pay":  {Key: "finance.payee.pay", Colour: "blue"}, "payee.held": {Key: "finance.payee.held", Colour: "orange"},
			"payee.carried": {Key: "finance.payee.carried", Colour: "grey"}, "payee.paid": {Key: "finance.payee.paid", Colour: "green"},
			"payee.returned": {Key: "finance.payee.returned", Colour: "red"}, "payee.undone": {Key: "finance.payee.undone", Colour: "grey"},
		},
	}
}

func (p *Pages) routes() []ui.Route {
	get := func(path string, right access.Right, handle func(http.ResponseWriter, *ui.Request) error) ui.Route {
		return ui.Route{Method: "GET", Path: path, Right: right, Handle: handle}
	}
	routes := []ui.Route{
		get("/finance/runs", access.SettlementRead, p.runs),
		get("/finance/runs/{run}", access.SettlementRead, p.run),
		get("/finance/runs/{run}/payees", access.SettlementRead, p.payeesCSV),
		get("/finance/runs/{run}/payment-file", access.PaymentRead, p.download),
		get("/statements", access.SettlementRead, p.statements),
		get("/statements/{organiser}/{run}/{provider}", access.SettlementRead, p.statement),
		get("/statements/{organiser}/{run}/{provider}/pdf", access.SettlementRead, p.statementPDF),
		get("/statements/{organiser}/{run}/{provider}/csv", access.SettlementRead, p.statementCSV),
	}
	form := func(path string, right access.Right, handle func(http.ResponseWriter, *ui.Request) error) {
		routes = append(routes, get(path, right, handle), ui.Route{Method: "POST", Path: path, Right: right, Handle: handle})
	}
	routes = append(routes, get("/finance/suppliers", access.SettlementPreview, p.suppliers))
	form("/finance/suppliers/{provider}", access.SettlementPrepare, p.supplier)
	form("/finance/runs/new", access.SettlementPreview, p.newRun)
	form("/finance/runs/{run}/approve", access.SettlementApprove, p.approve)
	form("/finance/runs/{run}/release", access.SettlementRelease, p.release)
	form("/finance/runs/{run}/paid", access.PaymentMark, p.paid)
	form("/finance/runs/{run}/returned/{provider}", access.PaymentMark, p.returned)
	form("/finance/runs/{run}/undo", access.SettlementPreview, p.undo)
	for i := range routes {
		if strings.HasPrefix(routes[i].Path, "/finance") {
			routes[i].Side = access.OrganiserSide
		}
		switch routes[i].Path {
		case "/finance/runs", "/finance/runs/new", "/finance/suppliers", "/statements":
		case "/finance/suppliers/{provider}":
			routes[i].Subject = "provider"
		case "/statements/{organiser}/{run}/{provider}", "/statements/{organiser}/{run}/{provider}/csv", "/statements/{organiser}/{run}/{provider}/pdf":
			routes[i].Subject, routes[i].ClientData = "statement", true
		default:
			routes[i].Subject = "settlement_run"
		}
	}
	return routes
}

// staff refuses whoever is not on an organiser's side: runs as a whole are the organiser's.
func staff(r *ui.Request) error {
	if r.Actor.Organiser == 0 || r.Actor.Role.Side() != access.OrganiserSide {
		return access.ErrForbidden
	}
	return nil
}

func (p *Pages) oneRun(r *ui.Request) (run settlement.Run, err error) {
	if err := staff(r); err != nil {
		return run, err
	}
	no, err := r.PathID("run")
	if err != nil {
		return run, err
	}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		run, err = settlement.Get(ctx, tx, r.Actor, r.Actor.Organiser, no)
		return err
	})
	return run, err
}

func runPath(run int64) string { return "/finance/runs/" + strconv.FormatInt(run, 10) }

// payeeState is the tag of a statement: what became of it, else what is to become.
func payeeState(s settlement.Statement) string {
	switch s.State {
	case settlement.PayeePaid, settlement.PayeeReturned, settlement.PayeeUndone:
		return "payee." + string(s.State)
	}
	if s.Disposition == "" {
		return ""
	}
	return "payee." + string(s.Disposition)
}
