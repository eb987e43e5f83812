// Package onetime is the pages of vouchers that are used once: the organiser's list, giving, printing and annulling; the provider's
// page where a number is looked at and used; the client's own slip with its code.
//
// Every use carries a reference of its own, so that a double click or the back button uses once. The package holds no rule: what a slip
// is good for and why not is domain/onetime's answer.
package onetime

import (
	"context"
	"embed"
	"html/template"

	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/onetime"
	"seteli/domain/organiser"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB      *postgres.DB
	Means   voucher.Means
	Address string // of the service, printed with the code
}

var (
	errNumber = fault.New(fault.Invalid, "ONP-001", "onetime.page.number_unknown").At("number")
	errUnit   = fault.New(fault.Invalid, "ONP-002", "onetime.choose_unit").At("unit")
)

// pageSize is how many slips a list shows.
const pageSize = 25

// Audience is the pages with their navigation.
func (p *Pages) Audience() ui.Audience {
	states := map[string]ui.State{}
	for state, colour := range map[onetime.State]string{onetime.Unnamed: "blue", onetime.Valid: "green", onetime.Used: "grey", onetime.Expired: "grey", onetime.Annulled: "red"} {
		states["onetime."+string(state)] = ui.State{Key: "onetime.state." + string(state), Colour: colour}
	}
	return ui.Audience{
		Name: "onetime", Templates: templates, Routes: p.routes(), States: states,
		Roles: []access.Role{access.Caseworker, access.Signatory, access.ProviderMainUser, access.ServiceResponsible, access.Recorder},
		Nav:   []ui.NavItem{{Key: "onetime.nav", Path: "/onetime", Right: access.VoucherGrant}, {Key: "onetime.nav.use", Path: "/use", Right: access.EventRecord}},
		Pages: []ui.PageSpec{
			ui.Page("onetime/list", listView{}, listView{Batch: "/fi"}), ui.Page("onetime/make", makeView{}, sampleMake()), ui.Page("onetime/hand", handView{}),
			ui.Page("onetime/slip", slipView{State: "onetime.valid"}, sampleSlip()), ui.Page("onetime/annul", annulView{}, annulView{Named: true}), ui.Page("onetime/own", ownView{State: "onetime.valid"}),
			ui.Page("onetime/use", useView{}, sampleUse()), ui.Page("onetime/receipt", receiptView{State: "onetime.used"}, receiptView{State: "onetime.used", Review: true, Own: "1 €"}),
		},
	}
}

func (p *Pages) routes() []ui.Route {
	all := ui.NewRoutes(ui.Route{ClientData: true})
	company, person, staff := all.On(access.ProviderSide), all.On(access.PersonSide).About("slip"), all.On(access.OrganiserSide)
	staff.Get("/onetime", access.VoucherRead, p.list)
	staff.Form("/onetime/print", access.VoucherGrant, p.print)
	staff.About("batch").Get("/onetime/batches/{batch}/paper", access.VoucherGrant, p.batchPaper)
	slips := staff.About("slip")
	slips.Get("/onetime/{slip}", access.VoucherRead, p.slip)
	slips.Get("/onetime/{slip}/paper", access.VoucherRead, p.slipPaper)
	slips.Post("/onetime/{slip}/text", access.VoucherGrant, p.text)
	slips.Form("/onetime/{slip}/annul", access.VoucherClose, p.annul)
	staff.About("client").Form("/clients/{client}/grant-onetime", access.VoucherGrant, p.give)
	staff.About("client").Form("/clients/{client}/hand-onetime", access.VoucherGrant, p.hand)
	company.Form("/use", access.EventRecord, p.use)
	company.Get("/use/{number}", access.EventRecord, p.scanned)
	company.About("slip").Get("/use/{organiser}/{slip}", access.EventRecord, p.receipt)
	person.Get("/my/onetime/{organiser}/{slip}", access.VoucherRead, p.own)
	person.Get("/my/onetime/{organiser}/{slip}/paper", access.VoucherRead, p.ownPaper)
	return all.All()
}

// opened is a slip with what its paper and page say beside it.
type opened struct {
	onetime.Slip
	service catalogue.Service
	org     organiser.Organiser
	client  *client.Client
	unit    catalogue.Unit
	content i18n.Names
	texts   []onetime.Sent
}

// open reads a slip for whoever may see it.
func (p *Pages) open(r *ui.Request, org int32) (o opened, err error) {
	id, err := r.PathID("slip")
	if err != nil {
		return o, err
	}
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if o.Slip, err = onetime.Get(ctx, tx, r.Actor, org, id); err != nil {
			return err
		}
		if o.service, err = catalogue.ServiceAt(ctx, tx, org, o.Service, o.Period.From); err != nil {
			return err
		}
		c, _ := o.service.Content(o.Content)
		o.unit, o.content = c.Unit, c.Names
		if o.org, err = organiser.Get(ctx, tx, org); err != nil {
			return err
		}
		if o.Client == 0 || r.Actor.Role.Side() == access.ProviderSide {
			return nil
		}
		found, err := client.Load(ctx, tx, org, o.Client)
		if err != nil {
			return err
		}
		o.client = &found
		o.texts, err = onetime.TextsOf(ctx, tx, org, id)
		return err
	})
	return o, err
}

// letter is the slip as it is printed, in its client's language.
func (p *Pages) letter(r *ui.Request, o opened) document.Letter {
	lang := r.Lang
	if o.client != nil {
		lang = o.client.Language
	}
	return onetime.Paper(onetime.Sheet{Texts: p.Means.Texts, Lang: lang, Sender: o.org.Names.In(lang), Address: p.Address, Service: o.service, Client: o.client, Day: r.Today()}, []onetime.Slip{o.Slip})
}

// shown is the same as a part of a page.
func (p *Pages) shown(r *ui.Request, o opened) (template.HTML, error) {
	return document.Part(p.letter(r, o), p.Means.Texts)
}

// goodFor says content and amount: "Jalkojenhoidon käynti, 1 käynti".
func (o opened) goodFor(lang i18n.Lang) string {
	return o.content.In(lang) + onetime.Times(lang, o.Slip, o.unit)
}
