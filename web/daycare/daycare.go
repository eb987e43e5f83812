// Package daycare shows caseworkers the children of early education with a voucher: who heads the family, places, needs, support and
// alterations, the decisions with why their sums are what they are, drafts to be sent, decisions to be ended, and what keeps days from
// being decided.
//
// It knows forms and pages. What a fee or a value is, and what follows from a change, domain/daycare says; a family's income is recorded
// on the household's own pages.
package daycare

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
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
	Keys  *secret.Keys
	Texts *i18n.Catalogue
}

const perPage = 25

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	table := ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}
	why := ui.Calculation{Caption: "x", Steps: []ui.Step{{Text: "x", Amount: "1"}}}
	return ui.Audience{
		Name: "daycare", Templates: templates, Roles: []access.Role{access.Caseworker, access.DecisionMaker},
		Nav:    []ui.NavItem{{Key: "daycarework.nav", Path: "/daycare", Right: access.DaycareDecide, Daycare: true}},
		Routes: p.routes(), States: states(),
		Pages: []ui.PageSpec{
			ui.Page("daycare/overview", overviewView{}, overviewView{Notes: []ui.Inset{{Strong: "x"}}}), ui.Page("daycare/children", childrenView{}, childrenView{Table: table}),
			ui.Page("daycare/child-new", childNewView{}), ui.Page("daycare/import", importView{What: "import"}, importView{What: "shares", Checked: true, Changes: table, Tiles: ui.Tiles{{Label: "x", Figure: "1"}}, Errors: table, Lacks: table}),
			ui.Page("daycare/child", childView{}, childView{ID: 1, Name: "x", Tasks: table, Drafts: table, Decisions: table, Heads: table, Placements: table, Needs: table, Supports: table, Alterations: table, Ready: table, Siblings: table, CanEdit: true}),
			ui.Page("daycare/fact", factView{}, factView{ID: 1, What: "placement", Row: 1}, factView{ID: 1, What: "head"}, factView{ID: 1, What: "support"}, factView{ID: 1, What: "alteration"}, factView{ID: 1, What: "need"}, factView{ID: 1, What: "ready"}),
			ui.Page("daycare/drafts", draftsView{}, draftsView{Table: table, Count: 1}), ui.Page("daycare/draft", draftView{}, draftView{ID: 1, Why: why, CanSend: true, CanIgnore: true, Child: 1}, draftView{ID: 1, CanIgnore: true}),
			ui.Page("daycare/decision", decisionView{}, decisionView{ID: 1, Child: 1, Why: why, CanEnd: true}),
			ui.Page("daycare/act", actView{}, actView{Day: true, Back: "/"}), ui.Page("daycare/sendings", sendingsView{}, sendingsView{Table: table}),
			ui.Page("daycare/sending-new", sendingNewView{}, sendingNewView{Drafts: []string{"1"}}),
			ui.Page("daycare/sending", sendingView{}, sendingView{ID: 1, Lines: table, Progress: &ui.Progress{Label: "x", Done: 1, Of: 2, Href: "x"}}),
			ui.Page("daycare/tasks", tasksView{}, tasksView{Table: table, Failed: table}), ui.Page("daycare/endings", endingsView{}, endingsView{Table: table}),
		},
	}
}

func states() map[string]ui.State {
	return map[string]ui.State{
		"daycare.draft": {Key: "daycarework.state.draft", Colour: "blue"}, "daycare.retroactive": {Key: "daycarework.state.retroactive", Colour: "orange"},
		"daycare.aside": {Key: "daycarework.state.aside", Colour: "grey"}, "daycare.later": {Key: "daycarework.state.later", Colour: "grey"}, "daycare.ordered": {Key: "daycarework.state.ordered", Colour: "purple"},
		"daycare.valid": {Key: "daycarework.state.valid", Colour: "green"}, "daycare.coming": {Key: "daycarework.state.coming", Colour: "blue"},
		"daycare.ended": {Key: "daycarework.state.ended", Colour: "grey"}, "daycare.annulled": {Key: "daycarework.state.annulled", Colour: "red"},
		"daycare.sent": {Key: "daycarework.state.sent", Colour: "green"}, "daycare.refused": {Key: "daycarework.state.refused", Colour: "red"},
		"daycare.queued": {Key: "daycarework.state.queued", Colour: "blue"}}
}

func (p *Pages) routes() []ui.Route {
	const may = access.DaycareDecide
	all := ui.NewRoutes(ui.Route{Side: access.OrganiserSide, ClientData: true})
	all.Get("/daycare", may, p.overview)
	all.Get("/daycare/children", may, p.children)
	all.Form("/daycare/children/new", may, p.childNew)
	child := all.About("daycare_child")
	child.Get("/daycare/children/{child}", may, p.child)
	for _, f := range facts {
		child.Form("/daycare/children/{child}/"+f.path+"/new", may, p.fact(f))
		child.Form("/daycare/children/{child}/"+f.path+"/{row}", may, p.fact(f))
	}
	all.Get("/daycare/drafts", may, p.drafts)
	draft := all.About("daycare_draft")
	draft.Get("/daycare/drafts/{draft}", may, p.draft)
	draft.Form("/daycare/drafts/{draft}/ignore", may, p.ignore)
	draft.Form("/daycare/drafts/{draft}/restore", may, p.restore)
	all.Get("/daycare/sendings", may, p.sendings)
	all.Form("/daycare/sendings/new", may, p.sendingNew)
	all.About("daycare_sending").Get("/daycare/sendings/{sending}", may, p.sending)
	decision := all.About("daycare_decision")
	decision.Get("/daycare/decisions/{decision}", may, p.decision)
	decision.Form("/daycare/decisions/{decision}/end", may, p.end)
	all.Get("/daycare/endings", may, p.endings)
	all.Get("/daycare/tasks", may, p.tasks)
	for _, k := range imports {
		all.Large(fileMax+1<<20).Form(k.path, may, p.importFile(k))
	}
	return all.All()
}

// period writes a period whose end may be open.
func period(r *ui.Request, p calendar.Period) string {
	if p.To >= calendar.Forever {
		return r.T("daycarework.from_on", "from", p.From)
	}
	return r.Period(p)
}

// words are the municipality's own names of need options and types of places.
type words struct {
	options []ui.Option
	kinds   []ui.Option
	name    map[string]string
}

// wordsOf reads them from the rules in force today, with those of other versions for what was recorded by them.
func wordsOf(ctx context.Context, tx *postgres.Tx, r *ui.Request) (words, error) {
	all, err := store.RulesVersions(ctx, tx, r.Actor, r.Actor.Organiser)
	if err != nil {
		return words{}, err
	}
	w := words{name: map[string]string{}}
	current := -1
	for i, v := range all { // the newest first
		if v.PublishedAt != nil && (current < 0 || all[current].ValidFrom > tx.Today()) {
			current = i
		}
	}
	for i, v := range all {
		for _, o := range v.Profile.Options {
			if _, known := w.name[o.Code]; !known || i == current {
				w.name[o.Code] = o.Names.In(r.Lang)
			}
			if i != current {
				continue
			}
			w.options = append(w.options, ui.Option{Value: o.Code, Text: o.Names.In(r.Lang), Hint: kind(r, o.PlacementType)})
			if !slices.ContainsFunc(w.kinds, func(k ui.Option) bool { return k.Value == o.PlacementType }) {
				w.kinds = append(w.kinds, ui.Option{Value: o.PlacementType, Text: kind(r, o.PlacementType)})
			}
		}
	}
	return w, nil
}

func (w words) option(code string) string {
	if name, known := w.name[code]; known {
		return name
	}
	return code
}

// knownKinds are the types of places that have a name of their own.
var knownKinds = []string{"CLUB", "DAYCARE", "DAYCARE_FIVE_YEAR_OLDS", "DAYCARE_PART_TIME", "DAYCARE_PART_TIME_FIVE_YEAR_OLDS", "PRESCHOOL", "PRESCHOOL_DAYCARE"}

func kind(r *ui.Request, code string) string {
	if slices.Contains(knownKinds, code) {
		return r.T("daycarework.kind." + strings.ToLower(code))
	}
	return code
}

// number reads the row after which a page begins; what nobody wrote down is the beginning.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func version(f *ui.Form) int32 { return int32(number(f.Value("version"))) }

// setUp tells that the municipality has no published rules: nothing can be decided yet.
func setUp(err error) bool { return fault.CodeOf(err) == "DAY-081" }

type overviewView struct {
	Tiles ui.Tiles
	Notes []ui.Inset
}

// overview tells what waits.
func (p *Pages) overview(w http.ResponseWriter, r *ui.Request) error {
	var n store.Counts
	var published bool
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if n, err = store.Work(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		all, err := store.RulesVersions(ctx, tx, r.Actor, r.Actor.Organiser)
		published = slices.ContainsFunc(all, func(v store.Rules) bool { return v.PublishedAt != nil })
		return err
	})
	if err != nil {
		return err
	}
	tile := func(key string, count int, path string) ui.Tile {
		return ui.Tile{Label: r.T("daycarework.tile." + key), Figure: i18n.Int(r.Lang, int64(count)), Href: r.Path("/daycare") + path}
	}
	v := overviewView{Tiles: ui.Tiles{tile("children", n.Children, "/children"), tile("drafts", n.Drafts, "/drafts"), tile("tasks", n.Tasks+n.Failed, "/tasks"), tile("endings", n.Endings, "/endings")}}
	if n.Aside > 0 {
		v.Tiles = append(v.Tiles, tile("aside", n.Aside, "/drafts?aside=yes"))
	}
	if n.Unsent > 0 {
		v.Tiles = append(v.Tiles, tile("unsent", n.Unsent, "/sendings"))
	}
	if !published {
		v.Notes = append(v.Notes, ui.Inset{Strong: r.T("daycarework.no_rules"), Text: r.T("daycarework.no_rules.text")})
	} else if n.Waiting > 0 {
		v.Notes = append(v.Notes, ui.Inset{Strong: r.T("daycarework.waiting", "n", n.Waiting), Text: r.T("daycarework.waiting.text")})
	}
	return r.Show(w, http.StatusOK, "daycare/overview", v)
}
