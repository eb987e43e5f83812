// Package casework is the caseworker's pages: the work list, clients one by one and by file, granting a voucher with a live
// calculation, the voucher with its history, orders of purchased services, changes of many vouchers at once.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what may be done, and why not,
// is told by the domain.
package casework

import (
	"embed"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

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
	var routes []ui.Route
	get := func(path string, right access.Right, handle func(http.ResponseWriter, *ui.Request) error) {
		routes = append(routes, ui.Route{Method: "GET", Path: path, Right: right, Handle: handle, ClientData: true})
	}
	form := func(path string, right access.Right, handle func(http.ResponseWriter, *ui.Request) error) {
		get(path, right, handle)
		routes = append(routes, ui.Route{Method: "POST", Path: path, Right: right, Handle: handle, ClientData: true})
	}
	get("/work", access.VoucherChange, p.work)
	get("/clients", access.ClientRead, p.clients)
	form("/clients/new", access.ClientEdit, p.clientAdd)
	form("/clients/import", access.ClientImport, p.clientImport)
	get("/clients/{client}", access.ClientRead, p.client)
	form("/clients/{client}/edit", access.ClientEdit, p.clientEdit)
	form("/clients/{client}/grant", access.VoucherGrant, p.grant)
	p.householdRoutes(get, form)
	p.decisionRoutes(get, form)
	p.bulkRoutes(get, form)
	get("/vouchers", access.VoucherRead, p.find)
	get("/vouchers/{voucher}", access.VoucherRead, p.voucher)
	get("/vouchers/{voucher}/paper", access.VoucherRead, p.paper)
	get("/vouchers/{voucher}/documents/{document}", access.DecisionRead, p.document)
	form("/vouchers/{voucher}/sheet", access.VoucherChange, p.sheet)
	form("/vouchers/{voucher}/answer", access.VoucherChange, p.answer)
	form("/vouchers/{voucher}/change", access.VoucherChange, p.change)
	form("/vouchers/{voucher}/raise", access.VoucherChange, p.raise)
	form("/vouchers/{voucher}/pause", access.VoucherChange, p.pause)
	form("/vouchers/{voucher}/resume", access.VoucherChange, p.resume)
	form("/vouchers/{voucher}/close", access.VoucherClose, p.close)
	form("/vouchers/{voucher}/annul", access.VoucherClose, p.annul)
	form("/vouchers/{voucher}/reserve", access.ReservationMake, p.reserve)
	form("/vouchers/{voucher}/reservations/{reservation}/end", access.ReservationEnd, p.reservationEnd)
	for i := range routes {
		routes[i].Side = access.OrganiserSide
		switch path := routes[i].Path; {
		case strings.HasPrefix(path, "/vouchers/{voucher}"):
			routes[i].Subject = "voucher"
		case strings.HasPrefix(path, "/clients/{client}"):
			routes[i].Subject = "client"
		case decisionSubject(path) != "":
			routes[i].Subject = decisionSubject(path)
		case strings.HasPrefix(path, "/changes/{bulk}"):
			routes[i].Subject = "bulk"
		case path == "/clients/import", path == incomeImportPath:
			routes[i].Body = 26 << 20
		}
	}
	return routes
}

// version is the row version that the form was made of.
func version(f *ui.Form) int32 {
	n, err := strconv.ParseInt(f.Value("version"), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
