// Package till is the pages of euro balances: the provider's till with what it has held and charged, the balance with its movements
// for the client and the caseworker, and granting and taking back.
//
// The till works on a phone and without JavaScript: number and sum in, a large answer out. Every form carries a reference of its own,
// so that a double click or the back button charges once. The package holds no rule: what is charged and why not is domain/purse's answer.
package till

import (
	"embed"
	"net/http"
	"strings"

	"seteli/core/fault"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Till  *purse.Till // one per process
	Means voucher.Means
}

var (
	errNumber = fault.New(fault.Invalid, "TIL-002", "till.number_unknown").At("number")
	errSum    = fault.New(fault.Invalid, "TIL-003", "till.sum_or_quantity").At("amount")
)

// Audience is the pages with their navigation.
func (p *Pages) Audience() ui.Audience {
	states := map[string]ui.State{}
	for state, colour := range map[purse.State]string{purse.Held: "blue", purse.Captured: "green", purse.Released: "grey", purse.Expired: "grey", purse.Refunded: "orange"} {
		states["purse."+string(state)] = ui.State{Key: "purse.kind." + string(state), Colour: colour}
	}
	return ui.Audience{
		Name: "till", Templates: templates, Routes: p.routes(), States: states,
		Roles: []access.Role{access.Signatory, access.ProviderMainUser, access.ServiceResponsible, access.Recorder, access.Caseworker},
		Nav:   []ui.NavItem{{Key: "till.nav", Path: "/till", Right: access.EventRecord}, {Key: "till.nav.purses", Path: "/purses", Right: access.VoucherGrant}},
		Pages: []ui.PageSpec{
			ui.Page("till/till", tillView{}, sampleTill()), ui.Page("till/hold", holdView{State: "purse.held"}, sampleHold()), ui.Page("till/balance", balanceView{State: "voucher.open"}, sampleBalance()),
			ui.Page("till/take", takeView{}), ui.Page("till/grant", grantView{}, sampleGrant()), ui.Page("till/purses", pursesView{}),
		},
	}
}

func (p *Pages) routes() []ui.Route {
	var routes []ui.Route
	get := func(side access.Side, path, subject string, right access.Right, handle func(http.ResponseWriter, *ui.Request) error) {
		routes = append(routes, ui.Route{Method: "GET", Path: path, Right: right, Side: side, Handle: handle, ClientData: true, Subject: subject})
	}
	form := func(side access.Side, path, subject string, right access.Right, handle func(http.ResponseWriter, *ui.Request) error) {
		get(side, path, subject, right, handle)
		routes = append(routes, ui.Route{Method: "POST", Path: path, Right: right, Side: side, Handle: handle, ClientData: true, Subject: subject})
	}
	form(access.ProviderSide, "/till", "", access.EventRecord, p.till)
	form(access.ProviderSide, "/till/{organiser}/{hold}", "hold", access.EventRecord, p.hold)
	get(access.PersonSide, "/my/vouchers/{organiser}/{voucher}/balance", "voucher", access.VoucherRead, p.own)
	get(access.OrganiserSide, "/purses", "", access.VoucherGrant, p.purses)
	get(access.OrganiserSide, "/vouchers/{voucher}/balance", "voucher", access.VoucherRead, p.staff)
	form(access.OrganiserSide, "/vouchers/{voucher}/balance/take", "voucher", access.VoucherChange, p.take)
	form(access.OrganiserSide, "/clients/{client}/grant-balance", "client", access.VoucherGrant, p.grant)
	return routes
}

// reason reads why; a blank is refused by the use case in its own words.
func reason(f *ui.Form) string { return strings.TrimSpace(f.OptionalText("reason")) }
