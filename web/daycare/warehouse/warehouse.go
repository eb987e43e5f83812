// Package warehouse is the pages about the national data warehouse of early education (Varda): what was sent and what it refused, for the
// caseworker; the connection, units and need options, for the main user.
//
// It holds no rule: what is sent and why not is told by domain/daycare/varda. The password of the connection is never shown.
package warehouse

import (
	"context"
	"embed"
	"net/http"
	"strings"

	"seteli/core/fault"
	"seteli/domain/daycare/store"
	"seteli/domain/daycare/varda"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB   *postgres.DB
	Keys *secret.Keys
}

const (
	root     = "/daycare/varda"
	settings = "/settings/varda"
)

// shown is how many tasks the page has: those that are mended leave it with the next run, and the rest come up.
const shown = 100

var errUnit = fault.New(fault.NotFound, "VRW-001", "varda.error.unit")

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "varda", Templates: templates, Roles: []access.Role{access.Caseworker, access.DecisionMaker, access.MainUser},
		Nav:    []ui.NavItem{{Key: "varda.nav", Path: root, Right: access.DaycareDecide}, {Key: "varda.nav.settings", Path: settings, Right: access.OrganiserEdit}},
		Routes: p.routes(),
		Pages: []ui.PageSpec{
			ui.Page("varda/overview", overviewView{}, overviewView{Off: true}, overviewView{Progress: &ui.Progress{Label: "x", Done: 1, Of: 2, Href: "x"}, Waits: true}, overviewView{Held: &ui.Inset{Text: "x"}, Order: "varda.order", More: true, All: 101}),
			ui.Page("varda/connection", connectionView{}, connectionView{Old: true, Held: &ui.Inset{Text: "x"}}), ui.Page("varda/unit", unitView{}), ui.Page("varda/options", optionsView{}, optionsView{Options: []optionField{{Code: "x", Name: "x"}}}),
		},
		States: map[string]ui.State{
			"varda.lacking": {Key: "varda.state.lacking", Colour: "orange"}, "varda.refused": {Key: "varda.state.refused", Colour: "red"},
			"varda.waits": {Key: "varda.state.waits", Colour: "grey"}, "varda.runs": {Key: "varda.state.runs", Colour: "blue"}, "varda.held": {Key: "varda.state.held", Colour: "orange"},
			"varda.done": {Key: "varda.state.done", Colour: "green"}, "varda.down": {Key: "varda.state.down", Colour: "red"}, "varda.failed": {Key: "varda.state.failed", Colour: "red"},
		},
	}
}

func (p *Pages) routes() []ui.Route {
	own := ui.NewRoutes(ui.Route{Side: access.OrganiserSide})
	own.Clients().Form(root, access.DaycareDecide, p.overview)
	own.Form(root+"/units/{unit}", access.DaycareDecide, p.unitTask)
	own.Form(settings, access.OrganiserEdit, p.connection)
	own.Form(settings+"/units/{unit}", access.OrganiserEdit, p.unit)
	own.Form(settings+"/options", access.OrganiserEdit, p.options)
	return own.All()
}

// overviewView is what was sent, and what is to be mended.
type overviewView struct {
	Off      bool // no connection, or it is switched off
	Waits    bool // a run was ordered that has not ended
	Progress *ui.Progress
	Held     *ui.Inset // the run waits for its next try: one task, however many children wait
	Order    string    // key of the button's text; "" = nothing can be ordered now
	Tasks    ui.Table
	All      int // children with a task; more than the table shows when More
	More     bool
	Runs     ui.Table
}

func (p *Pages) overview(w http.ResponseWriter, r *ui.Request) error {
	if r.Input().Submitted() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return varda.Order(ctx, tx, r.Actor, r.Actor.Organiser)
		})
		if err != nil {
			return err
		}
		return r.SeeOther(w, root, "varda.ordered")
	}
	var v overviewView
	var tasks []varda.Trouble
	var runs []varda.Past
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := varda.ConnectionOf(ctx, tx, r.Actor, r.Actor.Organiser)
		if err != nil {
			return err
		}
		v.Off = !c.Active
		if tasks, v.All, err = varda.Troubles(ctx, tx, r.Actor, r.Actor.Organiser, shown); err != nil {
			return err
		}
		if runs, err = varda.Runs(ctx, tx, r.Actor, r.Actor.Organiser, 10); err != nil {
			return err
		}
		v.Held = held(r, runs)
		v.Waits = len(runs) > 0 && runs[0].EndedAt == nil && v.Held == nil
		if v.Waits && runs[0].BeganAt != nil {
			v.Progress, err = progress(ctx, tx, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case v.Off || v.Waits:
	case v.Held == nil:
		v.Order = "varda.order"
	case runs[0].Told.Held != varda.QuotaUsed:
		v.Order = "varda.order.again"
	}
	v.More = v.All > len(tasks)
	v.Tasks, v.Runs = tasksTable(r, tasks, runs), runsTable(r, runs)
	return r.Show(w, http.StatusOK, "varda/overview", v)
}

func progress(ctx context.Context, tx *postgres.Tx, r *ui.Request) (*ui.Progress, error) {
	steps, err := job.ProgressOf(ctx, tx, r.Actor.Organiser, "varda")
	if err != nil || len(steps) == 0 {
		return nil, err
	}
	s := steps[len(steps)-1]
	return &ui.Progress{Label: r.T("varda.progress", "done", s.Done, "of", s.Total), Done: int(s.Done), Of: int(s.Total), Href: r.Path(root)}, nil
}

// tasksTable says that all is well only when the newest run has ended: before that nothing is known of the children whom it has not reached.
func tasksTable(r *ui.Request, list []varda.Trouble, runs []varda.Past) ui.Table {
	t := ui.Table{Caption: r.T("varda.tasks"), Cards: true, Columns: []ui.Column{{Text: r.T("varda.task.child")}, {Text: r.T("varda.task.state")}, {Text: r.T("varda.task.why")}, {Text: r.T("varda.task.mend")}, {Text: r.T("varda.task.tried")}},
		Empty: ui.Empty{Title: r.T("varda.tasks.none"), Text: r.T("varda.tasks.none_text")}}
	switch {
	case len(runs) == 0:
		t.Empty = ui.Empty{Title: r.T("varda.tasks.unsent"), Text: r.T("varda.tasks.unsent_text")}
	case runs[0].EndedAt == nil:
		t.Empty = ui.Empty{Title: r.T("varda.tasks.underway"), Text: r.T("varda.tasks.underway_text")}
	}
	for _, x := range list {
		why, codes := ui.Cell{}, []string{}
		for i, c := range x.Codes {
			if i > 0 {
				why.Text += " "
			}
			why.Text += reasonOf(r, x.State, c)
			codes = append(codes, c.Code)
		}
		if x.State == varda.Refused {
			why.Small = r.T("varda.task.codes", "codes", strings.Join(codes, ", "))
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: x.Name, Href: r.Path("/daycare/children/{child}", x.Child)}, r.TagCell("varda." + x.State), why, mend(r, x),
			{Text: i18n.DateTime(r.Lang, x.ReportedAt), Small: r.T("varda.task.tries", "n", x.Tries)}})
	}
	return t
}

// mend leads to where the first of a child's troubles is mended; the settings are the main user's.
func mend(r *ui.Request, x varda.Trouble) ui.Cell {
	cell := func(key, path string) ui.Cell {
		return ui.Cell{Text: r.T(key), Href: path, Hidden: x.Name}
	}
	if x.Unit.ID != 0 {
		return ui.Cell{Text: x.Unit.Name, Small: r.T("varda.mend.unit"), Href: r.Path(root+"/units/{unit}", x.Unit.ID)}
	}
	code := ""
	if len(x.Codes) > 0 {
		code = x.Codes[0].Code
	}
	switch code {
	case string(varda.NoOption), "PE003", "PE007":
		return ui.Cell{Text: r.T("varda.mend.settings"), Small: r.T("varda.mend.main_user")}
	case "MA003":
		return cell("varda.mend.guardians", r.Path("/guidance/children/{client}", x.Child))
	case "HE001", "HE017", "HE018":
		return cell("varda.mend.client", r.Path("/clients/{client}", x.Child))
	}
	return cell("varda.mend.child", r.Path("/daycare/children/{child}", x.Child))
}

// held tells why the newest run waits and when it goes on by itself.
func held(r *ui.Request, runs []varda.Past) *ui.Inset {
	if len(runs) == 0 || runs[0].Told.Held == "" {
		return nil
	}
	x := runs[0]
	key := "varda.held." + string(x.Told.Held)
	return &ui.Inset{Strong: r.T(key), Text: r.T(key+".text", "since", i18n.DateTime(r.Lang, x.HeldSince), "next", i18n.DateTime(r.Lang, x.Told.Next), "n", x.Tries)}
}

// explained are the warehouse's codes that we tell in our own words with the remedy; the others stand with the warehouse's words.
var explained = map[string]bool{"GE008": true, "MA001": true, "MA003": true, "MA004": true, "MA005": true, "MA006": true, "MA007": true, "MA008": true, "MA009": true, "MA015": true, "MA016": true, "MA020": true,
	"MA021": true, "PT010": true, "MI019": true, "VP011": true, "VP013": true, "VS005": true, "VS006": true, "HE001": true, "HE017": true, "HE018": true, "PE003": true, "PE007": true}

func reasonOf(r *ui.Request, state string, c varda.Code) string {
	switch {
	case state == varda.Lacking:
		return r.T("varda.lack." + c.Code)
	case explained[c.Code]:
		return r.T("varda.code." + c.Code)
	case c.Words != "":
		return r.T("varda.code.other", "code", c.Code, "field", c.Field, "words", c.Words)
	}
	return r.T("varda.code.bare", "code", c.Code)
}

func runsTable(r *ui.Request, list []varda.Past) ui.Table {
	t := ui.Table{Caption: r.T("varda.runs"), Cards: true, Columns: []ui.Column{{Text: r.T("varda.run.ordered")}, {Text: r.T("varda.run.state")}, {Text: r.T("varda.run.children"), Numeric: true},
		{Text: r.T("varda.run.sent"), Numeric: true}, {Text: r.T("varda.run.refused"), Numeric: true}, {Text: r.T("varda.run.lacking"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("varda.runs.none"), Text: r.T("varda.runs.none_text")}}
	number := func(n int) ui.Cell { return ui.Cell{Text: r.T("varda.number", "n", n), Numeric: true} }
	for _, x := range list {
		state := "varda." + x.Outcome
		switch {
		case x.Told.Held != "":
			state = "varda.held"
		case x.BeganAt == nil:
			state = "varda.waits"
		case x.EndedAt == nil:
			state = "varda.runs"
		}
		by := x.OrderedBy
		if by == varda.Nightly {
			by = r.T("varda.run.night")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, x.OrderedAt), Small: by}, r.TagCell(state), number(x.Told.Children), number(x.Told.Sent), number(x.Told.Refused), number(x.Told.Lacking)})
	}
	return t
}

// needOptions are those of the newest published rules; none before there are rules.
func needOptions(ctx context.Context, tx *postgres.Tx, r *ui.Request) (list []optionField, err error) {
	versions, err := store.RulesVersions(ctx, tx, r.Actor, r.Actor.Organiser)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		if v.PublishedAt == nil {
			continue
		}
		for _, o := range v.Profile.Options {
			list = append(list, optionField{Code: o.Code, Name: o.Names.In(r.Lang)})
		}
		return list, nil
	}
	return nil, nil
}
