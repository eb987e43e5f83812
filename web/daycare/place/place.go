// Package place is the unit's side of placement guidance: the places that municipalities propose to it, and its answer to each.
//
// A page reads a form, calls one use case and shows a page or redirects. Who the child is, is shown to the company whose unit was asked,
// each reading with its row in the access log, and no more when the place went elsewhere.
package place

import (
	"context"
	"embed"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct{ DB *postgres.DB }

// most is how many proposals the list shows, those without an answer first.
const most = 100

const one = "/proposals-of-places/{organiser}/{proposal}"

// Audience is the pages with their routes and navigation. The tags of proposals are registered by the family's pages.
func (p *Pages) Audience() ui.Audience {
	all := ui.NewRoutes(ui.Route{Side: access.ProviderSide, ClientData: true})
	all.Get("/proposals-of-places", access.DaycareReport, p.list)
	all.About("place_proposal").Form(one, access.DaycareReport, p.proposal)
	return ui.Audience{
		Name: "place", Templates: templates, Routes: all.All(),
		Roles: []access.Role{access.Signatory, access.ProviderMainUser, access.ServiceResponsible, access.Recorder},
		Nav:   []ui.NavItem{{Key: "place.nav", Path: "/proposals-of-places", Right: access.DaycareReport}},
		Pages: []ui.PageSpec{ui.Page("place/list", listView{}), ui.Page("place/proposal", proposalView{}, proposalView{Open: true, Unit: "x"})},
	}
}

type listView struct{ Table ui.Table }

// list shows what municipalities have proposed, and for which child. Each municipality's children are read under its own scope.
func (p *Pages) list(w http.ResponseWriter, r *ui.Request) error {
	view := listView{ui.Table{Caption: r.T("place.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("guidance.child")}, {Text: r.T("guidance.unit")}, {Text: r.T("guidance.start")}, {Text: r.T("guidance.state")}, {Text: r.T("place.next")}},
		Empty: ui.Empty{Title: r.T("place.none"), Text: r.T("place.none.text")}}}
	var list []guidance.Proposal
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = guidance.OfProvider(ctx, tx, r.Actor, most)
		return err
	})
	if err != nil {
		return err
	}
	named, err := p.named(r, list)
	if err != nil {
		return err
	}
	for _, x := range list {
		child := ui.Cell{Text: r.T("place.untold")} // of a place that went elsewhere nothing more is shown
		if c, told := named[key{x.Organiser, x.ID}]; told {
			child = ui.Cell{Text: c.Name, Small: r.T("family.born", "day", c.BirthDate), Href: r.Path(one, x.Organiser, x.ID)}
		}
		view.Table.Rows = append(view.Table.Rows, []ui.Cell{child, {Text: x.UnitName, Small: i18n.DateTime(r.Lang, x.ProposedAt)}, {Text: r.Date(x.Start)},
			r.TagCell("daycare.proposal." + string(x.State)), clock(r, x)})
	}
	return r.Show(w, http.StatusOK, "place/list", view)
}

// named tells whom the proposals are about.
func (p *Pages) named(r *ui.Request, list []guidance.Proposal) (map[key]guidance.NamedChild, error) {
	of := map[int32][]int64{}
	for _, x := range list {
		if x.Told() {
			of[x.Organiser] = append(of[x.Organiser], x.ID)
		}
	}
	named := map[key]guidance.NamedChild{}
	for _, org := range slices.Sorted(maps.Keys(of)) {
		err := r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
			children, err := guidance.ChildrenNamed(ctx, tx, r.Actor, org, of[org])
			for id, c := range children {
				named[key{org, id}] = c
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return named, nil
}

// key of a proposal: its number is the organiser's own.
type key struct {
	organiser int32
	proposal  int64
}

// clock tells who answers next, and by when.
func clock(r *ui.Request, x guidance.Proposal) ui.Cell {
	switch {
	case x.State == guidance.Proposed && x.UnitDue < r.Today():
		return ui.Cell{Text: r.T("place.clock.unit", "day", x.UnitDue), Small: r.T("place.late")}
	case x.State == guidance.Proposed:
		return ui.Cell{Text: r.T("place.clock.unit", "day", x.UnitDue)}
	case x.State == guidance.Confirmed:
		return ui.Cell{Text: r.T("place.clock.offer")}
	case x.State == guidance.OfferedToFamily:
		return ui.Cell{Text: r.T("place.clock.family", "day", *x.AnswerBy)}
	case x.EndedAt != nil:
		return ui.Cell{Text: r.T("place.clock.ended", "day", calendar.DateOf(x.EndedAt.In(calendar.Helsinki)))}
	}
	return ui.Cell{Text: "–"}
}

type proposalView struct {
	Form    *ui.Form
	Unit    string
	Summary ui.Summary
	Options []ui.Option
	Open    bool
	Due     string
}

// proposal shows one child to the unit that was asked, and takes the answer.
func (p *Pages) proposal(w http.ResponseWriter, r *ui.Request) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	id, err := r.PathID("proposal")
	if err != nil {
		return err
	}
	f := r.Input()
	view := proposalView{Form: f, Options: []ui.Option{{Value: "yes", Text: r.T("place.yes"), Hint: r.T("place.yes.hint")}, {Value: "no", Text: r.T("place.no"), Hint: r.T("place.no.hint")}}}
	var x guidance.UnitProposal
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if x, err = guidance.Named(ctx, tx, r.Actor, org, id); err != nil {
			return err
		}
		o, err := organiser.Get(ctx, tx, org)
		if err != nil {
			return err
		}
		rules, err := store.RulesOn(ctx, tx, org, x.Start)
		view.fill(r, x, o.Names.In(r.Lang), rules)
		return err
	})
	if err != nil {
		return err
	}
	f.Set("version", ui.Digits(x.RowVersion))
	if f.Submitted() {
		in := guidance.UnitAnswer{Organiser: org, Proposal: id, Yes: f.Choice("answer", "yes", "no") == "yes", Words: f.OptionalLongText("reason")}
		version, err := strconv.ParseInt(f.Value("version"), 10, 32)
		if in.RowVersion = int32(version); err != nil {
			in.RowVersion = 0
		}
		if !f.Refused() {
			err := r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error { return guidance.AnswerProposal(ctx, tx, r.Actor, in) })
			if err == nil {
				return r.SeeOther(w, "/proposals-of-places", "place.answered")
			}
			if !f.Take(err) {
				return err
			}
		}
		view.Open = true
	}
	return r.Show(w, f.Status(), "place/proposal", view)
}

func (v *proposalView) fill(r *ui.Request, x guidance.UnitProposal, sender string, rules store.Rules) {
	v.Unit, v.Open = x.UnitName, x.State == guidance.Proposed
	v.Due = r.T("place.due.text", "day", x.UnitDue)
	need := x.Option
	for _, o := range rules.Profile.Options {
		if o.Code == x.Option {
			need = o.Names.In(r.Lang)
		}
	}
	v.Summary.Rows = []ui.Row{{Key: r.T("guidance.state"), Tag: r.Tag("daycare.proposal." + string(x.State))}, {Key: r.T("place.next"), Value: clock(r, x.Proposal).Text}, {Key: r.T("guidance.child"), Value: x.ChildName, Small: r.T("family.born", "day", x.BirthDate)},
		{Key: r.T("guidance.start"), Value: r.Date(x.Start)}, {Key: r.T("family.application.option"), Value: need, Small: r.T("family.application.hours", "hours", x.Request.Hours)}}
	if x.Request.Shift {
		v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T("family.application.shift"), Value: r.T("family.yes")})
	}
	if l := x.Request.Language; l != "" {
		v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T("family.application.language"), Value: r.T("family.language." + string(l)), Small: x.Request.LanguageWords})
	}
	if x.Support {
		v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T("family.application.support"), Value: r.T("place.support")})
	}
	v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T("place.municipality"), Value: sender, Small: x.ProposedBy})
}
