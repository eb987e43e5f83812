// Package finance is the pages of those who settle and pay: runs with preview, approval, payment file and payment, and the
// statements as payees and staff read them.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what may be done, and
// why not, is told by the domain.
package finance

import (
	"context"
	"embed"
	"strconv"

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
			{Key: "finance.claims", Path: "/finance/claims", Right: access.SettlementPreview},
			{Key: "finance.nav.statements", Path: "/statements", Right: access.SettlementRead},
		},
		Routes: p.routes(),
		Pages: []ui.PageSpec{
			ui.Page("finance/runs", runsView{}), ui.Page("finance/new", newView{}, newView{Seen: true, Table: ui.Table{Caption: "x"}}), ui.Page("finance/run", runView{}),
			ui.Page("finance/act", actView{Button: "finance.approve.button"}), ui.Page("finance/paid", paidView{}),
			ui.Page("finance/statements", statementsView{}), ui.Page("finance/statement", statementView{}),
			ui.Page("finance/suppliers", suppliersView{}), ui.Page("finance/supplier", supplierView{}),
			ui.Page("finance/claims", claimsView{}), ui.Page("finance/claimnew", claimNewView{}), ui.Page("finance/claim", claimView{}, claimView{Record: "/"}),
			ui.Page("finance/claimrecord", claimRecordView{}, claimRecordView{Kinds: []ui.Option{{Value: "repaid", Text: "x"}}}),
		},
		States: map[string]ui.State{
			"run.calculated": {Key: "finance.state.calculated", Colour: "blue"}, "run.approved": {Key: "finance.state.approved", Colour: "teal"},
			"run.sent": {Key: "finance.state.sent", Colour: "purple"}, "run.paid": {Key: "finance.state.paid", Colour: "green"},
			"run.undone": {Key: "finance.state.undone", Colour: "grey"},
			"payee.pay":  {Key: "finance.payee.pay", Colour: "blue"}, "payee.held": {Key: "finance.payee.held", Colour: "orange"},
			"payee.carried": {Key: "finance.payee.carried", Colour: "grey"}, "payee.paid": {Key: "finance.payee.paid", Colour: "green"},
			"payee.returned": {Key: "finance.payee.returned", Colour: "red"}, "payee.undone": {Key: "finance.payee.undone", Colour: "grey"},
			"claim.open": {Key: "finance.claim.open", Colour: "blue"}, "claim.late": {Key: "finance.claim.late", Colour: "red"}, "claim.repaid": {Key: "finance.claim.repaid", Colour: "green"},
			"claim.written_off": {Key: "finance.claim.written_off", Colour: "grey"}, "claim.withdrawn": {Key: "finance.claim.withdrawn", Colour: "grey"},
		},
	}
}

func (p *Pages) routes() []ui.Route {
	all := ui.NewRoutes(ui.Route{Side: access.OrganiserSide})
	runs := all.About("settlement_run")
	all.Get("/finance/runs", access.SettlementRead, p.runs)
	all.Form("/finance/runs/new", access.SettlementPreview, p.newRun)
	runs.Get("/finance/runs/{run}", access.SettlementRead, p.run)
	runs.Get("/finance/runs/{run}/payees", access.SettlementRead, p.payeesCSV)
	runs.Get("/finance/runs/{run}/payment-file", access.PaymentRead, p.download)
	runs.Form("/finance/runs/{run}/approve", access.SettlementApprove, p.approve)
	runs.Form("/finance/runs/{run}/release", access.SettlementRelease, p.release)
	runs.Form("/finance/runs/{run}/paid", access.PaymentMark, p.paid)
	runs.Form("/finance/runs/{run}/returned/{provider}", access.PaymentMark, p.returned)
	runs.Form("/finance/runs/{run}/undo", access.SettlementPreview, p.undo)
	all.Get("/finance/suppliers", access.SettlementPreview, p.suppliers)
	all.About("provider").Form("/finance/suppliers/{provider}", access.SettlementPrepare, p.supplier)
	all.Get("/finance/claims", access.SettlementPreview, p.claims)
	all.About("provider").Form("/finance/claims/new/{provider}", access.SettlementPrepare, p.claimNew)
	all.About("recovery_claim").Form("/recovery-claims/{organiser}/{claim}/record", access.PaymentMark, p.claimRecord)
	// Statements and claims are the organiser's and the company's.
	statements := all.On(ui.EverySide)
	statements.Get("/statements", access.SettlementRead, p.statements)
	statements = statements.Clients().About("statement")
	statements.Get("/statements/{organiser}/{run}/{provider}", access.SettlementRead, p.statement)
	statements.Get("/statements/{organiser}/{run}/{provider}/pdf", access.SettlementRead, p.statementPDF)
	statements.Get("/statements/{organiser}/{run}/{provider}/csv", access.SettlementRead, p.statementCSV)
	claims := all.On(ui.EverySide).About("recovery_claim")
	claims.Get("/recovery-claims/{organiser}/{claim}", access.SettlementRead, p.claim)
	claims.Get("/recovery-claims/{organiser}/{claim}/pdf", access.SettlementRead, p.claimPDF)
	return all.All()
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
