// Package till is the pages of euro balances: the provider's till with what it has held and charged, the balance with its movements
// for the client and the caseworker, and granting and taking back.
//
// The till works on a phone and without JavaScript: number and sum in, a large answer out. Every form carries a reference of its own,
// so that a double click or the back button charges once. The package holds no rule: what is charged and why not is domain/purse's answer.
package till

import (
	"embed"
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
	all := ui.NewRoutes(ui.Route{ClientData: true})
	company, person, staff := all.On(access.ProviderSide), all.On(access.PersonSide), all.On(access.OrganiserSide)
	company.Form("/till", access.EventRecord, p.till)
	company.About("hold").Form("/till/{organiser}/{hold}", access.EventRecord, p.hold)
	person.About("voucher").Get("/my/vouchers/{organiser}/{voucher}/balance", access.VoucherRead, p.own)
	staff.Get("/purses", access.VoucherGrant, p.purses)
	staff.About("voucher").Get("/vouchers/{voucher}/balance", access.VoucherRead, p.staff)
	staff.About("voucher").Form("/vouchers/{voucher}/balance/take", access.VoucherChange, p.take)
	staff.About("client").Form("/clients/{client}/grant-balance", access.VoucherGrant, p.grant)
	return all.All()
}

// reason reads why; a blank is refused by the use case in its own words.
func reason(f *ui.Form) string { return strings.TrimSpace(f.OptionalText("reason")) }
