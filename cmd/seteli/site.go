package main

import (
	"crypto/rand"
	"net/http"
	"strings"

	"seteli/api"
	"seteli/domain/daycare/profile"
	"seteli/domain/event"
	"seteli/domain/offer"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/integration/bank"
	"seteli/platform/access"
	"seteli/web/account"
	"seteli/web/admission"
	"seteli/web/apidoc"
	"seteli/web/casework"
	"seteli/web/citizen"
	daycarework "seteli/web/daycare"
	"seteli/web/daycare/economy"
	"seteli/web/daycare/family"
	"seteli/web/daycare/guidance"
	daycaremonth "seteli/web/daycare/month"
	"seteli/web/daycare/place"
	"seteli/web/daycare/rules"
	daycareunit "seteli/web/daycare/unit"
	"seteli/web/daycare/warehouse"
	"seteli/web/finance"
	"seteli/web/onetime"
	"seteli/web/operator"
	"seteli/web/orders"
	"seteli/web/public"
	"seteli/web/recording"
	"seteli/web/settings"
	"seteli/web/steering"
	"seteli/web/till"
	"seteli/web/ui"
)

// faces are everything that answers over HTTP, and what lives with it.
type faces struct {
	handler  http.Handler
	site     *ui.Site
	sessions *access.Sessions
	board    *offer.Board
	desk     *event.Desk
	till     *purse.Till
	programs *api.API
}

// faces wires pages and API. The navigation of each role is put together here, from what the packages offer.
func (a *app) faces() (*faces, error) {
	f := &faces{sessions: access.NewSessions(a.db, a.set.PublicURL), board: offer.NewBoard(a.db), desk: event.NewDesk(a.db), till: purse.NewTill(a.db)}
	models := profile.Models()
	identity, idp, err := a.identity()
	if err != nil {
		return nil, err
	}
	acc := &account.Pages{DB: a.db, Keys: a.keys, Sessions: f.sessions, Identity: identity, Landing: landing, Origin: a.set.PublicURL, Log: a.log}
	if a.set.demo {
		acc.Mailbox = letters{a.db}
	}
	financePages := &finance.Pages{DB: a.db, Writer: bank.Pain001{}, Words: a.texts}
	settingsPages := &settings.Pages{DB: a.db, Models: models, Words: a.texts, Cases: caseKinds()}
	audiences := []ui.Audience{
		(&public.Pages{DB: a.db, Offers: f.board, Models: models, Texts: a.texts}).Audience(),
		acc.Audience(),
		(&citizen.Pages{DB: a.db, Keys: a.keys, Texts: a.texts}).Audience(),
		(&casework.Pages{DB: a.db, Keys: a.keys, Means: voucher.Means{Texts: a.texts, Models: models, Random: rand.Reader}}).Audience(),
		(&daycarework.Pages{DB: a.db, Keys: a.keys, Texts: a.texts}).Audience(),
		settingsPages.Audience(),
		(&warehouse.Pages{DB: a.db, Keys: a.keys}).Audience(),
		(&rules.Pages{DB: a.db, Models: models, Words: a.texts, Cases: caseKinds()}).Audience(),
		(&recording.Pages{DB: a.db, Desk: f.desk, Texts: a.texts}).Audience(),
		(&till.Pages{DB: a.db, Till: f.till, Means: voucher.Means{Texts: a.texts, Models: models, Random: rand.Reader}}).Audience(),
		(&onetime.Pages{DB: a.db, Address: a.set.PublicURL, Means: voucher.Means{Texts: a.texts, Models: models, Random: rand.Reader}}).Audience(),
		(&orders.Pages{DB: a.db, Texts: a.texts}).Audience(),
		financePages.Audience(),
		(&daycareunit.Pages{DB: a.db, Texts: a.texts}).Audience(),
		(&daycaremonth.Pages{DB: a.db, Texts: a.texts}).Audience(),
		(&operator.Pages{DB: a.db, Texts: a.texts}).Audience(),
		(&family.Pages{DB: a.db, Texts: a.texts, Keys: a.keys}).Audience(),
		(&guidance.Pages{DB: a.db, Texts: a.texts, Keys: a.keys}).Audience(),
		(&place.Pages{DB: a.db}).Audience(),
		(&steering.Pages{DB: a.db, Words: a.texts, Keys: a.keys, Cluster: a.health()}).Audience(),
		(&economy.Pages{DB: a.db, Words: a.texts}).Audience(),
	}
	audiences = append(audiences, admission.Audiences(admission.Deps{DB: a.db, Texts: a.texts, Keys: a.keys, Models: models})...)
	programs := api.New(api.Deps{DB: a.db, Texts: a.texts, Keys: a.keys, Clock: a.clock, Desk: f.desk, Till: f.till, Board: f.board, Models: models, Random: rand.Reader, Log: a.log})
	f.programs = programs
	reference, err := referenceOf(programs)
	if err != nil {
		return nil, err
	}
	audiences = append(audiences, reference)
	if audiences, err = arrange(audiences); err != nil {
		return nil, err
	}
	f.site, err = ui.New(ui.Options{Texts: a.texts, Clock: a.clock, Sessions: account.NewFrame(acc, a.texts), Drafts: account.NewDrafts(acc), Log: a.log, Origin: origin(a.set.PublicURL)}, audiences...)
	if err != nil {
		return nil, err
	}
	settingsPages.Site, financePages.Site = f.site, f.site
	pages, err := f.site.Handler()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", programs.Handler())
	if idp != nil {
		mux.Handle(idpPath+"/", idp)
	}
	mux.Handle("/", pages)
	f.handler = mux
	return f, nil
}

// referenceOf gives the reference pages of the API, made of what the API itself publishes.
func referenceOf(programs *api.API) (ui.Audience, error) {
	r, err := programs.Reference()
	if err != nil {
		return ui.Audience{}, err
	}
	pages, err := apidoc.New(apidoc.Source(r))
	if err != nil {
		return ui.Audience{}, err
	}
	return pages.Audience(), nil
}

// origin is given to the guard of forms when people reach the service under another address than the one it listens on.
func origin(public string) string { return strings.TrimRight(public, "/") }
