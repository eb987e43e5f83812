// Package public is what anybody sees without signing in: the start page, services by municipality, the comparison of providers with what
// one pays oneself, a calculator for each service, a unit's page with its prices, rulebooks in every version, and who arranges services.
//
// Every page is a plain link that can be shared and works without script. Comparison and calculators answer from domain/offer; the package
// must not compute a price, and keeps nothing of what a visitor types. A signed-in client sees their own voucher's value in the comparison, and nothing else of their data is here.
package public

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/offer"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB     *postgres.DB
	Offers *offer.Board
	Models rulebook.Models // of the calculators
	Texts  *i18n.Catalogue
}

var (
	errUnknown = fault.New(fault.NotFound, "PUB-001", "public.unknown")
	errAmount  = fault.New(fault.Invalid, "PUB-002", "public.calculator.amount_range")
	errPrice   = fault.New(fault.Invalid, "PUB-003", "public.calculator.price_range")
)

// Audience is the pages with their routes, and the navigation of visitors.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "public", Templates: templates,
		Nav: []ui.NavItem{
			{Key: "public.nav.home", Path: "/"}, {Key: "public.nav.services", Path: "/services"},
			{Key: "public.nav.organisers", Path: "/organisers"}, {Key: "public.nav.sign_in", Path: "/sign-in"},
		},
		Routes: []ui.Route{
			{Method: "GET", Path: "/", Open: true, Handle: p.home},
			{Method: "GET", Path: "/services", Open: true, Handle: p.services},
			{Method: "GET", Path: "/providers", Open: true, Handle: p.providers},
			{Method: "GET", Path: "/providers/{unit}", Open: true, Handle: p.unit},
			{Method: "GET", Path: "/compare", Open: true, Handle: p.compare},
			{Method: "GET", Path: "/calculator/{organiser}/{service}", Open: true, Handle: p.calculator},
			{Method: "GET", Path: "/rulebooks/{organiser}/{service}", Open: true, Handle: p.rulebook},
			{Method: "GET", Path: "/organisers", Open: true, Handle: p.organisers},
			{Method: "GET", Path: "/feedback", Open: true, Handle: p.feedback},
		},
		Pages: []ui.PageSpec{
			ui.Page("public/home", homeView{}, homeView{SignedIn: true}), ui.Page("public/services", servicesView{}, sampleServices()),
			ui.Page("public/providers", providersView{}, sampleProviders()), ui.Page("public/compare", compareView{}, sampleCompare()),
			ui.Page("public/calculator", calculatorView{}, sampleCalculator()), ui.Page("public/unit", unitView{}, sampleUnit()), ui.Page("public/rulebook", rulebookView{}, rulebookView{Paragraphs: []string{"x"}, Criteria: []string{"x"}, Versions: []ui.Link{{Text: "1", Href: "x"}}}),
			ui.Page("public/organisers", organisersView{}, organisersView{Organisers: []organiserRow{{Name: "x"}}}), ui.Page("public/feedback", organisersView{}, organisersView{Organisers: []organiserRow{{Name: "x", Email: "a@b.example"}}}),
		},
	}
}

type homeView struct{ SignedIn bool }

func (p *Pages) home(w http.ResponseWriter, r *ui.Request) error {
	return r.Show(w, http.StatusOK, "public/home", homeView{SignedIn: r.SignedIn})
}

// organisersView lists who arranges services and how to reach them.
type organisersView struct{ Organisers []organiserRow }

type organiserRow struct{ Name, Phone, Email, Address, Municipalities string }

func (p *Pages) organisers(w http.ResponseWriter, r *ui.Request) error {
	return p.showOrganisers(w, r, "public/organisers")
}

func (p *Pages) feedback(w http.ResponseWriter, r *ui.Request) error {
	return p.showOrganisers(w, r, "public/feedback")
}

func (p *Pages) showOrganisers(w http.ResponseWriter, r *ui.Request, page string) error {
	x, err := p.Offers.Index(r.Context())
	if err != nil {
		return err
	}
	var v organisersView
	for _, o := range x.Organisers() {
		row := organiserRow{Name: o.Names.In(r.Lang), Phone: o.Phone, Email: o.Email, Address: o.AddressLine + ", " + o.Postcode + " " + o.City}
		for _, code := range x.Served(o.ID) {
			if row.Municipalities != "" {
				row.Municipalities += ", "
			}
			row.Municipalities += x.MunicipalityName(code, r.Lang)
		}
		v.Organisers = append(v.Organisers, row)
	}
	return r.Show(w, http.StatusOK, page, v)
}

// rulebookView is one version of a service's rulebook.
type rulebookView struct {
	Service, Organiser string
	Version            int
	From               calendar.Date
	Lang               string // of the text, when it is not the page's
	Paragraphs         []string
	Criteria           []string // what a provider fulfils before it is approved
	Values             ui.Table
	Versions           []ui.Link
}

func (p *Pages) rulebook(w http.ResponseWriter, r *ui.Request) error {
	org, service := number(r.PathValue("organiser")), number(r.PathValue("service"))
	x, err := p.Offers.Index(r.Context())
	if err != nil {
		return err
	}
	s, ok := x.Service(int32(org), service)
	if !ok {
		return errUnknown
	}
	var versions []rulebook.Rulebook
	err = p.DB.Read(r.Context(), access.Within{}, func(tx *postgres.Tx) (err error) {
		versions, err = rulebook.Versions(r.Context(), tx, int32(org), service)
		return err
	})
	if err != nil {
		return err
	}
	v, ok := rulebookPage(r, x, s, versions)
	if !ok {
		return errUnknown
	}
	return r.Show(w, http.StatusOK, "public/rulebook", v)
}

// rulebookPage shows the asked version, else the one in force, else the newest.
func rulebookPage(r *ui.Request, x *offer.Index, s offer.Service, versions []rulebook.Rulebook) (rulebookView, bool) {
	v := rulebookView{Service: s.Names.In(r.Lang)}
	if o, ok := x.Organiser(s.Organiser); ok {
		v.Organiser = o.Names.In(r.Lang)
	}
	asked := int(number(r.URL.Query().Get("version")))
	shown := -1
	for i, b := range versions {
		v.Versions = append(v.Versions, ui.Link{Text: r.T("public.rulebook.version", "n", b.Version, "day", b.ValidFrom),
			Href: r.Path("/rulebooks/{organiser}/{service}?version={version}", s.Organiser, s.ID, b.Version)})
		if asked == b.Version || asked == 0 && (b.ID == s.Rulebook || s.Rulebook == 0 && i == 0) {
			shown = i
		}
	}
	if shown < 0 {
		return v, false
	}
	b := versions[shown]
	v.Version, v.From = b.Version, b.ValidFrom
	text := b.Texts.In(r.Lang)
	if b.Texts.Fi == text && r.Lang != "fi" {
		v.Lang = "fi"
	}
	v.Paragraphs = paragraphs(text)
	for _, c := range b.Rules.Criteria {
		v.Criteria = append(v.Criteria, c.Line(r.Lang, r.T))
	}
	v.Values = valuesTable(r, s, b)
	return v, true
}

// ownValue finds the value of the person's own voucher for the content, and how many units a month it grants.
func (p *Pages) ownValue(r *ui.Request, org int32, service, content int64) (value *money.Cents, month money.Quantity, err error) {
	if !r.SignedIn || r.Actor.Person == 0 || !r.Actor.Can(access.VoucherAccept) {
		return nil, 0, nil
	}
	var own []voucher.Voucher
	var books map[int64]rulebook.Rulebook
	err = p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if own, err = voucher.Own(r.Context(), tx, r.Actor); err != nil {
			return err
		}
		own = slices.DeleteFunc(own, func(v voucher.Voucher) bool { return v.Organiser != org || v.Service != service })
		ids := make([]int64, len(own))
		for i, v := range own {
			ids[i] = v.Rulebook
		}
		books, err = rulebook.ByIDs(r.Context(), tx, org, ids)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	for _, v := range own {
		if v.State == voucher.Closed || !v.Valid.Contains(r.Today()) {
			continue
		}
		for _, line := range v.Lines {
			if line.Content != content {
				continue
			}
			if on, ok := line.ValueOn(r.Today()); ok {
				return &on.Cents, voucher.OwnShareOf(books[v.Rulebook].Rules, line, 0, v.Valid, r.Today()).Month, nil
			}
		}
	}
	return nil, 0, nil
}

// index and service of a page that names them in its query.
func (p *Pages) named(ctx context.Context, r *ui.Request) (*offer.Index, offer.Service, organiser.Organiser, error) {
	x, err := p.Offers.Index(ctx)
	if err != nil {
		return nil, offer.Service{}, organiser.Organiser{}, err
	}
	q := r.URL.Query()
	s, ok := x.Service(int32(number(q.Get("organiser"))), number(q.Get("service")))
	o, there := x.Organiser(s.Organiser)
	if !ok || !there {
		return nil, offer.Service{}, organiser.Organiser{}, errUnknown
	}
	return x, s, o, nil
}

// number reads a number from an address; what is none is 0, which names nothing.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
