// Package citizen is the client's own pages: my vouchers, one voucher with what is left and why its value is what it is, the information
// sheet and the answer, choosing and leaving a provider, letters, and who has seen my data.
//
// One thing per page, amounts first, the paper route said aloud. The package holds no rule. Pages of one voucher run under its
// organiser's scope, because balances and prices are the organiser's rows; that the voucher is the person's own is checked by the domain.
package citizen

import (
	"context"
	"embed"
	"slices"

	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Keys  *secret.Keys // seal the files that clients send
	Texts *i18n.Catalogue
}

// Audience is the pages with their routes and navigation. The tags of vouchers are registered by the caseworker's pages.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "citizen", Templates: templates, Roles: []access.Role{access.Client, access.Representative},
		Nav: []ui.NavItem{
			{Key: "citizen.nav.vouchers", Path: "/my", Right: access.VoucherRead},
			{Key: "household.own.title", Path: "/my/income", Right: access.IncomeReport},
			{Key: "citizen.nav.readings", Path: "/my/readings", Right: access.AccessLogOwnRead},
		},
		Routes: p.routes(), States: hearingStates(),
		Pages: append(slices.Concat(incomePages(), hearingPages()), []ui.PageSpec{
			ui.Page("citizen/vouchers", vouchersView{}, vouchersView{Asked: []*ui.Inset{{Text: "x"}}, Children: []*ui.Inset{{Text: "x"}}}), ui.Page("citizen/voucher", voucherView{}, sampleVoucher()),
			ui.Page("citizen/answer", answerView{}), ui.Page("citizen/choose", chooseView{}, chooseView{Units: []ui.Option{{Value: "1", Text: "x"}}}),
			ui.Page("citizen/end", endView{}), ui.Page("citizen/letter", letterView{}),
			ui.Page("citizen/decisions", ownDecisionsView{}, ownDecisionsView{Hearings: &ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}}), ui.Page("citizen/decision", ownDecisionView{}, ownDecisionView{Newer: &ui.Inset{Text: "x"}, Deadline: &ui.Inset{Text: "x"}}), ui.Page("citizen/readings", readingsView{}),
		}...),
	}
}

func (p *Pages) routes() []ui.Route {
	// Staff look at a voucher on their own pages, as staff.
	my := ui.NewRoutes(ui.Route{Side: access.PersonSide, ClientData: true})
	my.Get("/my", access.VoucherAccept, p.vouchers)
	my.Get("/my/readings", access.AccessLogOwnRead, p.readings)
	my.Get("/my/income", access.IncomeReport, p.income)
	my.Form("/my/income/report", access.IncomeReport, p.incomeReport)
	my.Get("/my/decisions", access.DecisionRead, p.decisions)
	decisions := my.About("decision")
	decisions.Get("/my/decisions/{organiser}/{decision}", access.DecisionRead, p.decision)
	decisions.Get("/my/decisions/{organiser}/{decision}/pdf", access.DecisionRead, p.decisionPDF)
	p.hearingRoutes(my.About("proposal"))
	const own = "/my/vouchers/{organiser}/{voucher}"
	vouchers := my.About("voucher")
	vouchers.Get(own, access.VoucherRead, p.voucher)
	vouchers.Form(own+"/answer", access.VoucherAccept, p.answer)
	vouchers.Form(own+"/choose", access.ReservationMake, p.choose)
	vouchers.Form(own+"/reservations/{reservation}/end", access.ReservationEnd, p.end)
	vouchers.Get(own+"/letters/{document}", access.DecisionRead, p.letter)
	vouchers.Get(own+"/letters/{document}/pdf", access.DecisionRead, p.pdf)
	return my.All()
}

// own is one voucher of the person with what its pages show beside it.
type own struct {
	voucher.Voucher
	Service   catalogue.Service
	Organiser organiser.Organiser
}

func (o own) path(tail string) string {
	return "/my/vouchers/" + ui.Digits(o.Voucher.Organiser) + "/" + ui.Digits(o.ID) + tail
}

// do runs fn under the voucher's organiser's scope, after the voucher has been read as the person's own.
func (p *Pages) do(r *ui.Request, fn func(ctx context.Context, tx *postgres.Tx, o own) error) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	number, err := r.PathID("voucher")
	if err != nil {
		return err
	}
	return p.DB.Tenant(r.Context(), r.Actor.In(org), func(tx *postgres.Tx) error {
		var o own
		var err error
		if o.Voucher, err = voucher.Get(r.Context(), tx, r.Actor, org, number); err != nil {
			return err
		}
		if o.Service, err = catalogue.ServiceAt(r.Context(), tx, org, o.Voucher.Service, voucherview.Shown(o.Voucher, tx.Today())); err != nil {
			return err
		}
		if o.Organiser, err = organiser.Get(r.Context(), tx, org); err != nil {
			return err
		}
		return fn(r.Context(), tx, o)
	})
}
