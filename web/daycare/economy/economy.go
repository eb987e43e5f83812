// Package economy is the pages on which a municipality weighs its early education: what own, purchased and voucher places cost, and what
// another value, coefficient, threshold, price model or number of children would change for the municipality and for families.
//
// Every figure is also a table and a file, and every page prints. The package computes nothing: domain/daycare/economy and
// domain/daycare/simulation do, and say what may be told apart.
package economy

import (
	"embed"
	"html/template"
	"iter"

	"seteli/core/money"
	"seteli/domain/daycare/simulation"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Words *i18n.Catalogue
}

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "economy", Templates: templates, Roles: []access.Role{access.MainUser, access.StatisticsReader},
		Nav:    []ui.NavItem{{Key: "economy.nav", Path: "/daycare/economy", Right: access.SimulationRun, Daycare: true}},
		Routes: p.routes(),
		Pages: []ui.PageSpec{
			ui.Page("economy/costs", costsView{}, costsView{Year: 2026, MayEdit: true, Finding: "x", NoBuilding: true, Table: sampleTable(), Sources: sampleTable(), Saving: ui.Calculation{Steps: []ui.Step{{Text: "x"}}}, Years: []ui.Link{{Text: "x", Href: "x"}}}),
			ui.Page("economy/parts", partsView{}, partsView{Year: 2026, NoHours: true, Years: []ui.Link{{Text: "x", Href: "x"}}}),
			ui.Page("economy/families", familiesView{}, familiesView{Types: sampleTable(), Areas: sampleTable()}),
			ui.Page("economy/need", needView{}, needView{MayEdit: true, Answer: "x", Without: true, Empty: true, Areas: sampleTable()}),
			ui.Page("economy/need-edit", needEditView{}),
			ui.Page("economy/cost", costView{}),
			ui.Page("economy/cost-file", costFileView{}, costFileView{Faults: new(sampleTable()), Preview: new(sampleTable())}, costFileView{Preview: new(sampleTable()), Lines: "x", Changes: 2}),
			ui.Page("economy/risks", risksView{}, risksView{MayEdit: true, Table: sampleTable(), Cannot: []string{"x"}}),
			ui.Page("economy/pilots", pilotsView{}, pilotsView{MayEdit: true, Table: sampleTable()}),
			ui.Page("economy/pilot-edit", pilotEditView{}, pilotEditView{ID: 1, Units: []ui.Option{{Value: "1", Text: "x"}}, Aspects: []aspectRow{{Name: "x", Unit: "economy.unit.euro"}, {Name: "y"}}}),
			ui.Page("economy/pilot", pilotView{}, pilotView{ID: 1, Name: "x", MayEdit: true, Decision: ui.Summary{Rows: []ui.Row{{Key: "x"}}}, Verdicts: []ui.Option{{Value: "stop", Text: "x"}}}),
			ui.Page("economy/course", courseView{}, courseView{Charts: []template.HTML{"x"}}),
			ui.Page("economy/risk", riskView{}, riskView{Name: "x", Course: "x", Months: true, Now: ui.Summary{Rows: []ui.Row{{Key: "x"}}}, History: sampleTable()}, riskView{Own: true, Levels: []ui.Option{{Value: "low", Text: "x"}}}),
			ui.Page("economy/assumptions", assumptionsView{}, assumptionsView{Rows: []coefficientRow{{Code: "x", Name: "x"}}}),
			ui.Page("economy/list", listView{}, listView{Table: sampleTable(), Compare: true}),
			ui.Page("economy/new", newView{}, newView{Lacks: &ui.Empty{Title: "x"}}, newView{Options: []ui.Option{{Value: "x", Text: "x"}}, Coefficients: []coefficientRow{{Code: "x", Name: "x"}}, Models: []ui.Option{{Value: "A", Text: "A"}}, Parameters: []ui.Option{{Value: "cap", Text: "x"}}}),
			ui.Page("economy/result", resultView{}, sampleResult()),
			ui.Page("economy/sweep", sweepView{}, sweepView{Answer: "x", Table: sampleTable(), CSV: "x"}),
			ui.Page("economy/compare", compareView{}, compareView{Table: sampleTable()}),
		},
		States: map[string]ui.State{
			"simulation.waiting": {Key: "economy.state.waiting", Colour: "grey"}, "simulation.running": {Key: "economy.state.running", Colour: "blue"},
			"simulation.done": {Key: "economy.state.done", Colour: "green"}, "simulation.failed": {Key: "economy.state.failed", Colour: "red"},
			"simulation.cancelled": {Key: "economy.state.cancelled", Colour: "grey"},
			"risk.act":             {Key: "economy.level.act", Colour: "red"}, "risk.watch": {Key: "economy.level.watch", Colour: "yellow"},
			"risk.low": {Key: "economy.level.low", Colour: "green"}, "risk.unknown": {Key: "economy.level.unknown", Colour: "grey"},
			"risk.closed": {Key: "economy.level.closed", Colour: "grey"},
		},
	}
}

func (p *Pages) routes() []ui.Route {
	const root, ask = "/daycare/economy", "/daycare/economy/simulations"
	all := ui.NewRoutes(ui.Route{Side: access.OrganiserSide})
	all.Get(root, access.SimulationRun, p.costs)
	all.Get(root+"/file.csv", access.SimulationRun, p.costsFile)
	all.Get(root+"/parts", access.SimulationRun, p.parts)
	all.Get(root+"/parts/file.csv", access.SimulationRun, p.partsFile)
	all.Get(root+"/families", access.SimulationRun, p.families)
	all.Get(root+"/families/file.csv", access.SimulationRun, p.familiesFile)
	all.Get(root+"/need", access.SimulationRun, p.need)
	all.Get(root+"/need/file.csv", access.SimulationRun, p.needFile)
	all.Form(root+"/need/edit", access.BudgetEdit, p.needEdit)
	all.Form(root+"/costs/new", access.BudgetEdit, p.cost)
	all.Form(root+"/costs/file", access.BudgetEdit, p.costFile)
	all.Form(root+"/assumptions", access.BudgetEdit, p.assumptions)
	all.Get(root+"/risks", access.SimulationRun, p.risks)
	all.Get(root+"/risks/file.csv", access.SimulationRun, p.risksFile)
	all.Get(root+"/risks/months", access.SimulationRun, p.course)
	all.Get(root+"/risks/months/file.csv", access.SimulationRun, p.courseFile)
	all.Form(root+"/risks/{risk}", access.BudgetEdit, p.risk)
	all.Get(root+"/pilots", access.SimulationRun, p.pilots)
	all.Form(root+"/pilots/edit", access.BudgetEdit, p.pilotEdit)
	all.Get(root+"/pilots/{pilot}", access.SimulationRun, p.pilot)
	all.Get(root+"/pilots/{pilot}/file.csv", access.SimulationRun, p.pilotFile)
	all.Post(root+"/pilots/{pilot}/decision", access.BudgetEdit, p.pilotDecide)
	all.Get(ask, access.SimulationRun, p.list)
	all.Form(ask+"/new", access.SimulationRun, p.ask)
	all.Get(ask+"/compare", access.SimulationRun, p.compare)
	all.Get(ask+"/compare/file.csv", access.SimulationRun, p.compareFile)
	all.Get(ask+"/{simulation}", access.SimulationRun, p.result)
	all.Get(ask+"/{simulation}/file.csv", access.SimulationRun, p.resultCSV)
	all.Get(ask+"/{simulation}/file.xlsx", access.SimulationRun, p.resultXLSX)
	all.Post(ask+"/{simulation}/cancel", access.SimulationRun, p.cancel)
	return all.All()
}

func sampleTable() ui.Table {
	return ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}}
}

// signed writes a difference with its sign.
func signed(r *ui.Request, c money.Cents) string {
	if c > 0 {
		return "+" + r.Cents(c)
	}
	return r.Cents(c)
}

func signedCell(r *ui.Request, c money.Cents) ui.Cell {
	return ui.Cell{Text: signed(r, c), Numeric: true}
}

// told writes a number of families: "alle 5" where somebody could be recognised.
func told(r *ui.Request, n int) string {
	if simulation.Few(n) {
		return r.T("economy.few", "n", simulation.Least)
	}
	return i18n.Int(r.Lang, int64(n))
}

func countCell(r *ui.Request, n int) ui.Cell { return ui.Cell{Text: told(r, n), Numeric: true} }

// euro is for drawing only; the texts beside the picture carry the cents.
func euro(c money.Cents) float64 { return float64(c) / 100 }

func each(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
