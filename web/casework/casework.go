// Package casework is the caseworker's pages: the work list, clients one by one and by file, granting a voucher with a live
// calculation, the voucher with its history, orders of purchased services, changes of many vouchers at once.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what may be done, and why not,
// is told by the domain.
package casework

import (
	"embed"
	"maps"
	"slices"
	"strconv"

	"seteli/domain/voucher"
	"seteli/platform/access"
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
	Keys  *secret.Keys
	Means voucher.Means
}

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "casework", Templates: templates, Roles: []access.Role{access.Caseworker},
		Nav: []ui.NavItem{
			{Key: "casework.nav.work", Path: "/work", Right: access.VoucherChange},
			{Key: "casework.nav.clients", Path: "/clients", Right: access.ClientRead},
			{Key: "decision.nav", Path: "/decisions", Right: access.DecisionMake},
			{Key: "casework.nav.import", Path: "/clients/import", Right: access.ClientImport},
		},
		Routes: p.routes(), States: states(),
		Pages: append(slices.Concat(householdPages(), decisionPages(), bulkPages()), []ui.PageSpec{
			ui.Page("casework/work", workView{}), ui.Page("casework/clients", clientsView{}), ui.Page("casework/client", clientView{}, clientView{ID: 1, Daycare: true}),
			ui.Page("casework/client-edit", editView{}), ui.Page("casework/import", importView{}, sampleImport()),
			ui.Page("casework/services", servicesView{}), ui.Page("casework/grant", grantView{}, sampleGrant()),
			ui.Page("casework/voucher", voucherView{}, voucherView{ID: 1, Number: "MAA-2222-22222", State: "voucher.open", CanClose: true, CanAnswer: true, CanReserve: true, Paused: true}),
			ui.Page("casework/sheet", sheetView{}, sheetView{Contents: []feeRow{{Field: "fee-1", Text: "x"}}}), ui.Page("casework/answer", actView{}), ui.Page("casework/change", changeView{}, changeView{Balance: true}), ui.Page("casework/raise", raiseView{}),
			ui.Page("casework/pause", actView{}), ui.Page("casework/resume", actView{}), ui.Page("casework/close", actView{}), ui.Page("casework/annul", actView{}),
			ui.Page("casework/reserve", reserveView{}), ui.Page("casework/reservation-end", actView{}),
		}...),
	}
}

// states are the tags of what these pages show.
func states() map[string]ui.State {
	all := voucherview.States()
	maps.Copy(all, decisionStates())
	maps.Copy(all, bulkStates())
	return all
}

func (p *Pages) routes() []ui.Route {
	work := ui.NewRoutes(ui.Route{Side: access.OrganiserSide, ClientData: true})
	work.Get("/work", access.VoucherChange, p.work)
	work.Get("/clients", access.ClientRead, p.clients)
	work.Form("/clients/new", access.ClientEdit, p.clientAdd)
	work.Large(fileBody).Form("/clients/import", access.ClientImport, p.clientImport)
	client := work.About("client")
	client.Get("/clients/{client}", access.ClientRead, p.client)
	client.Form("/clients/{client}/edit", access.ClientEdit, p.clientEdit)
	client.Form("/clients/{client}/grant", access.VoucherGrant, p.grant)
	p.householdRoutes(work)
	p.decisionRoutes(work)
	p.bulkRoutes(work)
	work.Get("/vouchers", access.VoucherRead, p.find)
	const one = "/vouchers/{voucher}"
	voucher := work.About("voucher")
	voucher.Get(one, access.VoucherRead, p.voucher)
	voucher.Get(one+"/paper", access.VoucherRead, p.paper)
	voucher.Get(one+"/documents/{document}", access.DecisionRead, p.document)
	voucher.Form(one+"/sheet", access.VoucherChange, p.sheet)
	voucher.Form(one+"/answer", access.VoucherChange, p.answer)
	voucher.Form(one+"/change", access.VoucherChange, p.change)
	voucher.Form(one+"/raise", access.VoucherChange, p.raise)
	voucher.Form(one+"/pause", access.VoucherChange, p.pause)
	voucher.Form(one+"/resume", access.VoucherChange, p.resume)
	voucher.Form(one+"/close", access.VoucherClose, p.close)
	voucher.Form(one+"/annul", access.VoucherClose, p.annul)
	voucher.Form(one+"/reserve", access.ReservationMake, p.reserve)
	voucher.Form(one+"/reservations/{reservation}/end", access.ReservationEnd, p.reservationEnd)
	return work.All()
}

// version is the row version that the form was made of.
func version(f *ui.Form) int32 {
	n, err := strconv.ParseInt(f.Value("version"), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
