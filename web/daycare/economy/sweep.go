package economy

import (
	"html/template"
	"net/http"

	"seteli/core/money"
	"seteli/domain/daycare/simulation"
	"seteli/web/chart"
	"seteli/web/ui"
)

// sweepView is one question at many values of one figure, on one page that prints.
type sweepView struct {
	ID        int64
	Name      string
	Question  ui.Summary
	Answer    string // in one sentence
	Chart     template.HTML
	Table     ui.Table
	Facts     ui.Summary
	CSV, XLSX string
}

func (p *Pages) sweep(w http.ResponseWriter, r *ui.Request, s simulation.Simulation, v resultView) error {
	page := sweepView{ID: s.ID, Name: s.Name, Question: v.Question, Answer: sweepFinding(r, s), Chart: sweepChart(r, s), Table: sweepTable(r, s), Facts: facts(r, s),
		CSV: r.Path("/daycare/economy/simulations/{simulation}/file.csv", s.ID), XLSX: r.Path("/daycare/economy/simulations/{simulation}/file.xlsx", s.ID)}
	return r.Show(w, http.StatusOK, "economy/sweep", page)
}

// pointText is a value of a parameter with its unit.
func pointText(r *ui.Request, p simulation.Parameter, x money.Rate) string {
	if p.Euros() {
		return r.Cents(money.HalfUpCent.Cents(x.Exact()))
	}
	return r.T("economy.percent", "n", x)
}

// sweepFinding tells between what the municipality's cost moves.
func sweepFinding(r *ui.Request, s simulation.Simulation) string {
	list := s.Result.Points
	first, last := list[0], list[len(list)-1]
	return r.T("economy.sweep.finding", "from", pointText(r, s.Change.Sweep.Of, first.Value), "to", pointText(r, s.Change.Sweep.Of, last.Value),
		"low", signed(r, first.Year.Difference()), "high", signed(r, last.Year.Difference()))
}

func sweepChart(r *ui.Request, s simulation.Simulation) template.HTML {
	of := s.Change.Sweep.Of
	c := chart.Chart{ID: "sweep", Kind: chart.Line, Title: sweepFinding(r, s), Sub: r.T("economy.sweep.sub", "of", r.T("economy.sweep."+string(of))), ShowTable: r.T("ui.chart.table"),
		Heading: r.T("economy.sweep." + string(of)), Axis: axis(r)}
	town, families := chart.Series{Name: r.T("economy.sweep.town")}, chart.Series{Name: r.T("economy.sweep.families")}
	for _, x := range s.Result.Points {
		c.Labels = append(c.Labels, pointText(r, of, x.Value))
		add(&town, r, x.Year.Difference())
		add(&families, r, x.Family.Difference())
	}
	c.Series = []chart.Series{town, families}
	return c.HTML()
}

var sweepKeys = []string{"year", "year_change", "own", "family_change", "gain", "lose"}

func sweepTable(r *ui.Request, s simulation.Simulation) ui.Table {
	of := s.Change.Sweep.Of
	t := ui.Table{Caption: r.T("economy.sweep.table"), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("economy.sweep." + string(of))}}}
	for _, key := range sweepKeys {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.sweep.column." + key), Numeric: true})
	}
	again := r.Path("/daycare/economy/simulations/new") + "?copy=" + ui.Digits(s.ID) + "&at="
	for _, x := range s.Result.Points {
		t.Rows = append(t.Rows, []ui.Cell{{Text: pointText(r, of, x.Value), Href: again + x.Value.String(), Hidden: r.T("economy.sweep.closer")}, r.CentsCell(x.Year.After), signedCell(r, x.Year.Difference()), r.CentsCell(x.Own.After),
			signedCell(r, x.Family.Difference()), countCell(r, x.Families.Gain), countCell(r, x.Families.Lose)})
	}
	return t
}

// sweepRows are the points as lines of a file.
func sweepRows(r *ui.Request, s simulation.Simulation) ([]string, [][]any) {
	of := s.Change.Sweep.Of
	headings := []string{r.T("economy.sweep." + string(of))}
	for _, key := range sweepKeys {
		headings = append(headings, r.T("economy.sweep.column."+key))
	}
	var rows [][]any
	for _, x := range s.Result.Points {
		rows = append(rows, []any{pointText(r, of, x.Value), x.Year.After, x.Year.Difference(), x.Own.After, x.Family.Difference(), told(r, x.Families.Gain), told(r, x.Families.Lose)})
	}
	return headings, rows
}
