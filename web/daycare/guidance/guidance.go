// Package guidance is the placement guide's pages: the queue by due date with what each application waits for, one application with its
// acts, units with their places, families' changes, and who are a child's guardians.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what may be done, and why not, is told
// by the domain.
package guidance

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	queue "seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Texts *i18n.Catalogue
	Keys  *secret.Keys
}

// shown is how many rows a page of the queue has.
const shown = 25

const oneApplication = "/guidance/applications/{application}"

// Audience is the pages with their routes and navigation. The tags of applications are registered by the family's pages.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "guidance", Templates: templates, Roles: []access.Role{access.Caseworker, access.DecisionMaker},
		Nav:    []ui.NavItem{{Key: "guidance.nav", Path: "/guidance", Right: access.DaycareDecide}},
		Routes: p.routes(),
		Pages: []ui.PageSpec{
			ui.Page("guidance/queue", queueView{}), ui.Page("guidance/application", applicationView{}, sampleApplication()), ui.Page("guidance/propose", proposeView{}, proposeView{Units: []ui.Option{{Value: "1"}}}),
			ui.Page("guidance/act", actView{}, actView{Answers: []ui.Option{{Value: "1"}}, Reason: true}), ui.Page("guidance/consent", consentView{}), ui.Page("guidance/offer", offerView{}), ui.Page("guidance/income", incomeView{}, incomeView{Sums: []incomeSum{{"sum0", "x"}}}), ui.Page("guidance/units", unitsView{}),
			ui.Page("guidance/unit", unitView{}, unitView{ID: 1}), ui.Page("guidance/places", placesView{}, placesView{Row: 1}), ui.Page("guidance/changes", changesView{}),
			ui.Page("guidance/change", actView{}, actView{Answers: []ui.Option{{Value: "1"}}}), ui.Page("guidance/guardians", guardiansView{}), ui.Page("guidance/guardian-end", actView{}),
			ui.Page("guidance/find", findView{}, findView{Asking: true, Found: []ui.Option{{Value: "1", Text: "x"}}}), ui.Page("guidance/received", receivedView{Lead: &ui.Inset{Text: "x"}}, sampleReceived()),
			ui.Page("guidance/papers", papersView{}), ui.Page("guidance/handled", handledView{}, handledView{Tiles: ui.Tiles{{Label: "x", Figure: "1"}}}),
		},
	}
}

func (p *Pages) routes() []ui.Route {
	const may = access.DaycareDecide
	all := ui.NewRoutes(ui.Route{Side: access.OrganiserSide, ClientData: true})
	all.Get("/guidance", may, p.queue)
	application := all.About("place_application")
	application.Get(oneApplication, may, p.application)
	application.Post(oneApplication+"/take", may, p.take)
	application.Form(oneApplication+"/offer", may, p.offer)
	application.Form(oneApplication+"/income", may, p.income)
	application.Form(oneApplication+"/propose", may, p.propose)
	application.Form(oneApplication+"/unit-answer", may, p.unitAnswer)
	application.Form(oneApplication+"/family-answer", may, p.familyAnswer)
	application.Form(oneApplication+"/cancel", may, p.cancel)
	application.Form(oneApplication+"/withdraw", may, p.withdraw)
	application.Form(oneApplication+"/consent/{adult}", may, p.consent)
	application.Get(oneApplication+"/papers/{paper}", may, p.paper)
	application.Attachment().Form(oneApplication+"/papers", may, p.papers)
	all.Form("/guidance/received", may, p.find)
	client := all.About("client")
	client.Form(receivedFor, may, p.received)
	client.Form("/guidance/children/{client}", may, p.guardians)
	client.Form("/guidance/children/{client}/guardians/{guardian}", may, p.guardianEnd)
	all.Get("/guidance/units", may, p.units)
	all.Form("/guidance/units/new", may, p.unitAdd)
	all.Form("/guidance/units/{unit}", may, p.unit)
	all.Form("/guidance/units/{unit}/places", may, p.places)
	all.Form("/guidance/units/{unit}/places/{places}", may, p.places)
	all.Get("/guidance/statistics", may, p.handled)
	all.Get("/guidance/decisions.csv", may, p.decisions)
	all.Get("/guidance/changes", may, p.changes)
	all.Form("/guidance/changes/{change}", may, p.change)
	return all.All()
}

func version(f *ui.Form) int32 {
	n, err := strconv.ParseInt(f.Value("version"), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

// local is an address without its language, as SeeOther takes it.
func local(r *ui.Request, path string) string { return strings.TrimPrefix(path, "/"+string(r.Lang)) }

type queueView struct {
	Form    *ui.Form
	Tiles   ui.Tiles
	Waits   []ui.Option
	Units   []ui.Option
	Table   ui.Table
	Pages   ui.Pages
	Changes int
	Has     bool // another page
}

// queue lists the open applications by due date; what waits for the guide is what the page is opened for.
func (p *Pages) queue(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	filter := queue.QueueFilter{Organiser: r.Actor.Organiser, Most: shown, Urgent: f.Bool("urgent"), Late: f.Bool("late"), Transfers: f.Bool("transfers")}
	if waits := f.Value("waits"); slices.Contains(queue.Waiting(), waits) {
		filter.Waits = waits
	}
	filter.Unit, filter.After = number(f.Value("unit")), number(f.Value("after"))
	view := queueView{Form: f, Waits: []ui.Option{{Text: r.T("guidance.all")}}, Units: []ui.Option{{Text: r.T("guidance.all")}}}
	var list []queue.Queued
	var counts map[string]queue.Counted
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, view.Has, err = queue.Queue(ctx, tx, r.Actor, filter); err != nil {
			return err
		}
		if counts, err = queue.Counts(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		open, err := queue.OpenChanges(ctx, tx, r.Actor, r.Actor.Organiser, shown)
		if err != nil {
			return err
		}
		view.Changes = len(open)
		units, err := queue.Units(ctx, tx, r.Actor.Organiser)
		for _, u := range units {
			view.Units = append(view.Units, ui.Option{Value: ui.Digits(u.ID), Text: u.Name})
		}
		return err
	})
	if err != nil {
		return err
	}
	late := 0
	for _, waits := range queue.Waiting() {
		view.Tiles = append(view.Tiles, ui.Tile{Label: r.T("guidance.tile." + waits), Figure: ui.Digits(counts[waits].Waiting), Href: r.Path("/guidance") + "?waits=" + waits})
		view.Waits = append(view.Waits, ui.Option{Value: waits, Text: r.T("guidance.waits." + waits)})
		late += counts[waits].Late
	}
	view.Tiles = append(view.Tiles, ui.Tile{Label: r.T("guidance.late"), Figure: ui.Digits(late), Href: r.Path("/guidance") + "?late=yes"})
	view.Table = p.queueTable(r, list)
	if view.Has {
		view.Pages.Next = nextPage(r, list[len(list)-1].ID)
	}
	if filter.After != 0 {
		view.Pages.First = nextPage(r, 0)
	}
	return r.Show(w, http.StatusOK, "guidance/queue", view)
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// nextPage keeps the filters and continues after a row; 0 begins again.
func nextPage(r *ui.Request, after int64) string {
	q := url.Values{}
	for k, v := range r.URL.Query() {
		q[k] = v
	}
	q.Del("after")
	if after != 0 {
		q.Set("after", ui.Digits(after))
	}
	return r.Path("/guidance") + "?" + q.Encode()
}

func (p *Pages) queueTable(r *ui.Request, list []queue.Queued) ui.Table {
	t := ui.Table{Caption: r.T("guidance.queue"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("guidance.child")}, {Text: r.T("guidance.due")}, {Text: r.T("guidance.start")},
		{Text: r.T("guidance.waits")}, {Text: r.T("guidance.unit_wished")}}, Empty: ui.Empty{Title: r.T("guidance.queue.none"), Text: r.T("guidance.queue.none.text")}}
	for _, x := range list {
		marks := []string{r.T("family.born", "day", x.BirthDate)}
		for _, m := range []struct {
			on  bool
			key string
		}{{x.Urgent, "guidance.mark.urgent"}, {x.Transfer, "guidance.mark.transfer"}, {x.Shift, "guidance.mark.shift"}, {x.Language != "" && x.Language != queue.Finnish, "guidance.mark.language." + string(x.Language)}, {x.Support, "guidance.mark.support"},
			{x.Channel == queue.ByPhone, "guidance.mark.phone"}, {x.Channel == queue.ByLetter || x.Channel == queue.ByHand, "guidance.mark.paper"}} {
			if m.on {
				marks = append(marks, r.T(m.key))
			}
		}
		waits := ui.Cell{Text: r.T("guidance.waits." + x.Waits)}
		if x.Until != nil {
			waits.Small = r.T("guidance.until", "day", *x.Until)
			if *x.Until < r.Today() {
				waits.Small = r.T("guidance.until.late", "day", *x.Until)
			}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: x.Name, Small: strings.Join(marks, " · "), Href: r.Path(oneApplication, x.ID)}, {Text: r.Date(x.Due), Small: clock(r, x.Due)}, {Text: r.Date(x.Start)}, waits, {Text: x.Unit}})
	}
	return t
}

// clock tells how far a due date is.
func clock(r *ui.Request, due calendar.Date) string {
	switch days := int(due - r.Today()); {
	case days < 0:
		return r.T("guidance.clock.late", "n", -days)
	case days == 0:
		return r.T("guidance.clock.today")
	default:
		return r.T("guidance.clock.left", "n", days)
	}
}

type changesView struct{ Table ui.Table }

// changes lists the needs that families ask for.
func (p *Pages) changes(w http.ResponseWriter, r *ui.Request) error {
	view := changesView{ui.Table{Caption: r.T("guidance.changes"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("guidance.child")}, {Text: r.T("family.need.now")}, {Text: r.T("family.change.from")},
		{Text: r.T("guidance.told")}}, Empty: ui.Empty{Title: r.T("guidance.changes.none")}}}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := queue.OpenChanges(ctx, tx, r.Actor, r.Actor.Organiser, shown)
		if err != nil || len(list) == 0 {
			return err
		}
		rules, err := store.RulesOn(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, c := range list {
			view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: c.Name, Href: r.Path("/guidance/changes/{change}", c.ID)}, {Text: optionName(r, rules, c.Option)}, {Text: r.Date(c.From)},
				{Text: c.ToldBy, Small: c.Words}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "guidance/changes", view)
}

func optionName(r *ui.Request, rules store.Rules, code string) string {
	for _, o := range rules.Profile.Options {
		if o.Code == code {
			return o.Names.In(r.Lang)
		}
	}
	return code
}

// change records what a family asks for, or answers why not.
func (p *Pages) change(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("change")
	if err != nil {
		return err
	}
	f := r.Input()
	view := actView{Form: f, Title: r.T("guidance.change"), Back: r.Path("/guidance/changes"), Field: "answer", Label: r.T("guidance.change.answer"), Button: r.T("common.save"), Reason: true,
		Answers: []ui.Option{{Value: "yes", Text: r.T("guidance.change.yes"), Hint: r.T("guidance.change.yes.hint")}, {Value: "no", Text: r.T("guidance.change.no")}}}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := queue.OpenChanges(ctx, tx, r.Actor, r.Actor.Organiser, 1000)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(c queue.NeedChange) bool { return c.ID == id })
		if i < 0 {
			return ui.ErrNoPage
		}
		rules, err := store.RulesOn(ctx, tx, r.Actor.Organiser, list[i].From)
		view.Name, view.Lead = list[i].Name, r.T("guidance.change.lead", "option", optionName(r, rules, list[i].Option), "day", list[i].From)
		view.Words = list[i].Words
		return err
	})
	if err != nil {
		return err
	}
	return p.act(w, r, &view, "guidance/change", func(ctx context.Context, tx *postgres.Tx) error {
		return queue.HandleChange(ctx, tx, r.Actor, r.Actor.Organiser, id, view.Choice == "yes", view.Text)
	}, "guidance.change.done")
}
