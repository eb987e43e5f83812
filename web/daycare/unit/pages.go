// Package unit is the pages of a unit of early education: its children with what is paid for each, notices and absences, the prices that it
// asks, and the monthly statements that it approves or objects to before they are paid.
//
// A page reads a form, calls one use case and shows a page or redirects. It holds no rule: what may be told, and why not, the domain says.
// It shows the sums of a child's decision, never what they were made of.
package unit

import (
	"cmp"
	"context"
	"embed"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Home is the path of the first page.
const Home = "/care-units"

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Texts *i18n.Catalogue
}

// page is every page of this package: components above, at most one form, components below.
type page struct {
	Title, Caption, Lead string
	Top                  []ui.Component
	Ask                  string // which form; "" = none
	Form                 *ui.Form
	Units, Options       []ui.Option
	Version              string // of the place that the form changes
	Asks                 bool   // a price is asked, else a surcharge only
	PriceHint            string
	Warning              string
	Bottom               []ui.Component
	Links                []ui.Link
}

// Audience is the pages with their routes and navigation.
func (s *Pages) Audience() ui.Audience {
	samples := []page{{}}
	for _, ask := range []string{"", "children", "notice", "refill", "absence", "remove", "price", "approve", "object"} {
		samples = append(samples, page{Title: "x", Caption: "x", Lead: "x", Ask: ask, Asks: true, PriceHint: "x", Warning: "x", Units: []ui.Option{{Value: "1", Text: "x"}},
			Options: []ui.Option{{Value: "1", Text: "x"}}, Top: []ui.Component{ui.Inset{Text: "x"}}, Links: []ui.Link{{Text: "x", Href: "/"}}})
	}
	return ui.Audience{
		Name: "unit", Templates: templates, Routes: s.routes(),
		Nav:   []ui.NavItem{{Key: "daycareunit.nav", Path: Home, Right: access.DaycareReport}},
		Pages: []ui.PageSpec{ui.Page("unit/page", samples...)},
		States: map[string]ui.State{
			"care.statement.open": {Key: "daycareunit.state.open", Colour: "orange"}, "care.statement.objected": {Key: "daycareunit.state.objected", Colour: "purple"},
			"care.statement.approved": {Key: "daycareunit.state.approved", Colour: "green"}, "care.statement.silent": {Key: "daycareunit.state.silent", Colour: "teal"},
			"care.place.now": {Key: "daycareunit.place.now", Colour: "green"}, "care.place.coming": {Key: "daycareunit.place.coming", Colour: "blue"},
			"care.place.given_up": {Key: "daycareunit.place.given_up", Colour: "orange"}, "care.place.ended": {Key: "daycareunit.place.ended", Colour: "grey"},
			"care.row.waits": {Key: "daycareunit.row.waits", Colour: "purple"}, "care.row.answered": {Key: "daycareunit.row.answered", Colour: "green"},
		},
	}
}

func (s *Pages) routes() []ui.Route {
	const may = access.DaycareReport
	all := ui.NewRoutes(ui.Route{Side: access.ProviderSide})
	all.Get(Home, may, s.home)
	organiser := all.About("organiser")
	organiser.Clients().Get(Home+"/{organiser}/children", may, s.children)
	organiser.Get(Home+"/{organiser}/prices", may, s.prices)
	all.About("unit").Form(Home+"/{organiser}/prices/{unit}", may, s.price)
	organiser.Get(Home+"/{organiser}/statements", may, s.statements)
	const child, statement = Home + "/{organiser}/children/{placement}", Home + "/{organiser}/statements/{month}/{unit}"
	placement := all.Clients().About("placement")
	placement.Get(child, may, s.child)
	placement.Form(child+"/notice", may, s.notice)
	placement.Form(child+"/refilled", may, s.refilled)
	placement.Form(child+"/absence", may, s.absence)
	placement.Form(child+"/absences/{absence}/remove", may, s.removeAbsence)
	month := all.Clients().About("care_statement")
	month.Form(statement, may, s.statement)
	month.Get(statement+"/pdf", may, s.pdf)
	month.Get(statement+"/csv", may, s.csv)
	month.Form(statement+"/rows/{line}", may, s.object)
	return all.All()
}

func (s *Pages) show(w http.ResponseWriter, r *ui.Request, p page) error {
	status := http.StatusOK
	if p.Form != nil {
		status = p.Form.Status()
	} else {
		p.Form = r.Input()
	}
	return r.Show(w, status, "unit/page", p)
}

// at reads under the scope of the organiser of the address, whose name comes along. Where the provider has nothing to do, there is no page.
func (s *Pages) at(r *ui.Request, work func(ctx context.Context, tx *postgres.Tx, o organiser.Organiser) error) error {
	id, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	var known []int32
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		known, err = store.Organisers(ctx, tx, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	if !slices.Contains(known, id) {
		return ui.ErrNoPage
	}
	return r.DoIn(s.DB, id, func(ctx context.Context, tx *postgres.Tx) error {
		o, err := organiser.Get(ctx, tx, id)
		if err != nil {
			return ui.ErrNoPage
		}
		takes, err := store.TakesPart(ctx, tx, r.Actor, id)
		if err != nil || !takes {
			return cmp.Or(err, error(ui.ErrNoPage))
		}
		return hidden(work(ctx, tx, o))
	})
}

// hidden makes a municipality without early education, and what is another provider's, pages that are not there.
func hidden(err error) error {
	switch fault.CodeOf(err) {
	case "DAY-081", "DAY-093", "DAY-140":
		return ui.ErrNoPage
	}
	return err
}

func path(o int32, parts ...string) string {
	return Home + "/" + ui.Digits(o) + "/" + strings.Join(parts, "/")
}

// house is one municipality as the home page shows it.
type house struct {
	organiser.Organiser
	statements []store.Statement
	children   int
}

// houses reads the municipalities that the provider is in early education with, by name.
func (s *Pages) houses(r *ui.Request) ([]house, error) {
	var ids []int32
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		ids, err = store.Organisers(ctx, tx, r.Actor)
		return err
	})
	if err != nil {
		return nil, err
	}
	var list []house
	for _, id := range ids {
		err := r.DoIn(s.DB, id, func(ctx context.Context, tx *postgres.Tx) (err error) {
			if takes, err := store.TakesPart(ctx, tx, r.Actor, id); err != nil || !takes {
				return err
			}
			var h house
			if h.Organiser, err = organiser.Get(ctx, tx, id); err != nil {
				return err
			}
			if h.statements, err = store.Statements(ctx, tx, r.Actor, id, 0); err != nil {
				return err
			}
			children, err := store.OfProvider(ctx, tx, r.Actor, id)
			h.children = len(children)
			list = append(list, h)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b house) int { return strings.Compare(a.Names.In(r.Lang), b.Names.In(r.Lang)) })
	return list, nil
}

// home tells what waits for the provider, by municipality.
func (s *Pages) home(w http.ResponseWriter, r *ui.Request) error {
	list, err := s.houses(r)
	if err != nil {
		return err
	}
	p := page{Title: r.T("daycareunit.title"), Lead: r.T("daycareunit.lead")}
	for _, h := range list {
		var open []store.Statement
		for _, x := range h.statements {
			if x.ApprovedAt == nil {
				open = append(open, x)
			}
		}
		p.Top = append(p.Top, ui.Summary{Title: h.Names.In(r.Lang), Rows: []ui.Row{
			{Key: r.T("daycareunit.children"), Link: &ui.Link{Text: r.T("daycareunit.children.count", "n", h.children), Href: r.Path(path(h.ID, "children"))}},
			{Key: r.T("daycareunit.prices"), Link: &ui.Link{Text: r.T("daycareunit.prices.see"), Href: r.Path(path(h.ID, "prices"))}},
			{Key: r.T("daycareunit.statements"), Link: &ui.Link{Text: r.T("daycareunit.statements.count", "n", len(h.statements)), Href: r.Path(path(h.ID, "statements"))}}}})
		if len(open) > 0 {
			p.Top = append(p.Top, statementTable(r, r.T("daycareunit.statements.waiting", "house", h.Names.In(r.Lang)), open))
		}
	}
	if len(p.Top) == 0 {
		p.Top = []ui.Component{ui.Empty{Title: r.T("daycareunit.none"), Text: r.T("daycareunit.none.text"), Links: []ui.Link{{Text: r.T("daycareunit.none.link"), Href: r.Path("/services")}}}}
	}
	return s.show(w, r, p)
}

// Within reads the number of a page and cuts the list to it.
func Within[T any](r *ui.Request, list []T, here string) ([]T, ui.Pages) {
	const size = 25
	n := 1
	if got := r.Input().Value("page"); got != "" {
		for i := range (len(list) + size - 1) / size {
			if got == ui.Digits(i+1) {
				n = i + 1
			}
		}
	}
	from, to := (n-1)*size, min(n*size, len(list))
	var p ui.Pages
	if len(list) > size {
		p.Summary = r.T("daycareunit.page", "from", from+1, "to", to, "of", len(list))
		if n > 1 {
			p.Previous = here + "page=" + ui.Digits(n-1)
		}
		if to < len(list) {
			p.Next = here + "page=" + ui.Digits(n+1)
		}
	}
	return list[from:to], p
}

func month(r *ui.Request) (calendar.Month, error) {
	m, err := ui.ParseMonth(r.PathValue("month"))
	if err != nil {
		return 0, ui.ErrNoPage
	}
	return m, nil
}
