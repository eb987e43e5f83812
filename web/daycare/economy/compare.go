package economy

import (
	"context"
	"html/template"
	"net/http"
	"strconv"

	"seteli/core/fault"
	"seteli/domain/daycare/simulation"
	"seteli/platform/postgres"
	"seteli/web/chart"
	"seteli/web/ui"
)

// compareView puts two to four answers side by side.
type compareView struct {
	Table ui.Table
	Chart template.HTML
	File  string
	Mixed bool // they were computed from different facts
}

const mostCompared = 4

var errCompare = fault.New(fault.Invalid, "ECO-001", "economy.compare.choose").At("id")

func (p *Pages) chosen(r *ui.Request) (list []simulation.Simulation, names map[string]string, err error) {
	var ids []int64
	for _, s := range r.URL.Query()["id"] {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil || id <= 0 {
			return nil, nil, ui.ErrNoPage
		}
		ids = append(ids, id)
	}
	if len(ids) < 2 || len(ids) > mostCompared {
		return nil, nil, errCompare.With("most", mostCompared)
	}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = simulation.Get(ctx, tx, r.Actor, r.Actor.Organiser, ids...); err != nil {
			return err
		}
		names, err = optionNames(ctx, tx, r)
		return err
	})
	for _, s := range list {
		if s.Result == nil || s.Change.Sweep != nil {
			return nil, nil, errCompare.With("most", mostCompared)
		}
	}
	return list, names, err
}

func (p *Pages) compare(w http.ResponseWriter, r *ui.Request) error {
	list, names, err := p.chosen(r)
	if err != nil {
		return err
	}
	v := compareView{Table: compareTable(r, list, names), Chart: compareChart(r, list), File: r.Path("/daycare/economy/simulations/compare/file.csv") + "?" + r.URL.RawQuery}
	for _, s := range list[1:] {
		v.Mixed = v.Mixed || s.Result.Snapshot != list[0].Result.Snapshot
	}
	return r.Show(w, http.StatusOK, "economy/compare", v)
}

// line is one row of the comparison.
type line struct {
	key  string
	text func(simulation.Simulation) string
}

func lines(r *ui.Request, names map[string]string) []line {
	return []line{
		{r.T("economy.question"), func(s simulation.Simulation) string {
			text := ""
			for i, q := range question(r, s.Change, names).Rows {
				if i > 0 {
					text += "; "
				}
				text += q.Key + " " + q.Value
			}
			return text
		}},
		{r.T("economy.sum.year") + ", " + r.T("economy.before"), func(s simulation.Simulation) string { return r.Cents(s.Result.Year.Before) }},
		{r.T("economy.sum.year") + ", " + r.T("economy.after"), func(s simulation.Simulation) string { return r.Cents(s.Result.Year.After) }},
		{r.T("economy.year_difference"), func(s simulation.Simulation) string { return signed(r, s.Result.Year.Difference()) }},
		{r.T("economy.sum.family") + ", " + r.T("economy.difference"), func(s simulation.Simulation) string { return signed(r, s.Result.Family.Difference()) }},
		{r.T("economy.sum.own") + ", " + r.T("economy.difference"), func(s simulation.Simulation) string { return signed(r, s.Result.Own.Difference()) }},
		{r.T("economy.tile.gain"), func(s simulation.Simulation) string { return told(r, s.Result.Families.Gain) }},
		{r.T("economy.tile.lose"), func(s simulation.Simulation) string { return told(r, s.Result.Families.Lose) }},
		{r.T("economy.families.same"), func(s simulation.Simulation) string { return told(r, s.Result.Families.Same) }},
		{r.T("economy.anew"), func(s simulation.Simulation) string { return ui.Digits(s.Result.Anew) }},
		{r.T("economy.snapshot_day"), func(s simulation.Simulation) string { return r.Date(s.Result.Day) }},
	}
}

func compareTable(r *ui.Request, list []simulation.Simulation, names map[string]string) ui.Table {
	t := ui.Table{Caption: r.T("economy.compare.title"), Quiet: true, Columns: []ui.Column{{Text: r.T("economy.sum")}}}
	for _, s := range list {
		t.Columns = append(t.Columns, ui.Column{Text: s.Name})
	}
	for _, l := range lines(r, names) {
		row := []ui.Cell{{Text: l.key}}
		for _, s := range list {
			row = append(row, ui.Cell{Text: l.text(s)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func compareChart(r *ui.Request, list []simulation.Simulation) template.HTML {
	c := chart.Chart{ID: "compare", Kind: chart.HorizontalBar, Title: r.T("economy.compare.finding", "name", dearest(list).Name), Sub: r.T("economy.compare.sub"),
		ShowTable: r.T("ui.chart.table"), Heading: r.T("economy.name"), Axis: axis(r)}
	s := chart.Series{Name: r.T("economy.sum.year")}
	for _, x := range list {
		c.Labels = append(c.Labels, x.Name)
		add(&s, r, x.Result.Year.After)
	}
	c.Series = []chart.Series{s}
	return c.HTML()
}

func dearest(list []simulation.Simulation) simulation.Simulation {
	most := list[0]
	for _, s := range list {
		if s.Result.Year.After > most.Result.Year.After {
			most = s
		}
	}
	return most
}

func (p *Pages) compareFile(w http.ResponseWriter, r *ui.Request) error {
	list, names, err := p.chosen(r)
	if err != nil {
		return err
	}
	headings := []string{r.T("economy.sum")}
	for _, s := range list {
		headings = append(headings, s.Name)
	}
	var rows [][]any
	for _, l := range lines(r, names) {
		row := []any{l.key}
		for _, s := range list {
			row = append(row, l.text(s))
		}
		rows = append(rows, row)
	}
	return ui.CSV(w, "vertailu.csv", headings, rows)
}
