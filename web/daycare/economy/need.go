package economy

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/chart"
	"seteli/web/ui"
)

// needView compares the forecast of children with places, with and without private units, on one page that prints.
type needView struct {
	MayEdit bool
	Answer  string
	Chart   template.HTML
	Years   ui.Table
	Areas   ui.Table
	Facts   ui.Summary
	Without bool // no price of building and no rent: euros are left out
	Empty   bool // no places are recorded of the areas
	File    string
}

// needEditView writes the forecast: rows as they are copied from a spreadsheet.
type needEditView struct{ Form *ui.Form }

var errNeedCell = fault.New(fault.Invalid, "ECO-025", "economy.need.cell").At("rows")

type needFigures struct {
	forecast economy.Forecast
	assumed  economy.Assumptions
	rows     []economy.Need
	years    []economy.NeedYear
}

func (p *Pages) needFigures(r *ui.Request) (f needFigures, err error) {
	org := r.Actor.Organiser
	err = p.DB.Snapshot(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if f.forecast, err = economy.Foreseen(r.Context(), tx, r.Actor, org); err != nil {
			return err
		}
		if f.assumed, err = economy.Assumed(r.Context(), tx, r.Actor, org); err != nil {
			return err
		}
		places, err := economy.PlacesOf(r.Context(), tx, r.Actor, org, f.forecast)
		f.rows, f.years = economy.Needs(f.forecast, places, f.assumed)
		return err
	})
	return f, err
}

func (p *Pages) need(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.needFigures(r)
	if err != nil {
		return err
	}
	v := needView{MayEdit: r.Actor.Can(access.BudgetEdit), Years: needYears(r, f), Areas: needAreas(r, f), Without: f.assumed.PerPlace == 0 && f.assumed.Rent == 0, File: r.Path("/daycare/economy/need/file.csv")}
	if len(f.years) > 0 {
		v.Answer, v.Empty = needAnswer(r, f), true
		for _, y := range f.years {
			v.Empty = v.Empty && y.Own.Plus(y.Private).Sign() == 0
		}
		v.Chart = needChart(r, f, v.Answer)
		v.Facts = ui.Summary{Title: r.T("economy.facts"), Rows: []ui.Row{{Key: r.T("economy.need.forecast"), Value: f.forecast.Source, Small: r.Date(f.forecast.SourceDate) + ", " + f.forecast.EnteredBy}}}
		if f.assumed.Source != "" {
			v.Facts.Rows = append(v.Facts.Rows, ui.Row{Key: r.T("economy.assumption.title"), Value: f.assumed.Source, Small: r.Date(f.assumed.SourceDate) + ", " + f.assumed.EnteredBy})
		}
	}
	return r.Show(w, http.StatusOK, "economy/need", v)
}

// needAnswer tells how long places last, without and with those in private units.
func needAnswer(r *ui.Request, f needFigures) string {
	without := economy.LastsUntil(f.years, func(y economy.NeedYear) int { return y.Missing })
	with := economy.LastsUntil(f.years, func(y economy.NeedYear) int { return y.StillMissing })
	last := ui.Digits(f.years[len(f.years)-1].Year)
	switch {
	case without == 0:
		return r.T("economy.need.lasts", "year", last)
	case with == without:
		return r.T("economy.need.runs_out_both", "year", ui.Digits(with))
	case with == 0:
		return r.T("economy.need.lasts_with", "from", ui.Digits(without), "year", last)
	}
	return r.T("economy.need.runs_out", "from", ui.Digits(without), "year", ui.Digits(with))
}

func needChart(r *ui.Request, f needFigures, title string) template.HTML {
	c := chart.Chart{ID: "need", Kind: chart.Line, Title: title, Sub: r.T("economy.need.sub"), ShowTable: r.T("ui.chart.table"), Heading: r.T("economy.need.year"), Axis: axis(r)}
	places, own, all := chart.Series{Name: r.T("economy.need.places")}, chart.Series{Name: r.T("economy.need.own")}, chart.Series{Name: r.T("economy.need.all")}
	put := func(s *chart.Series, x money.Exact) {
		n := money.HalfUpEuro.Cents(x) / 100 // whole places
		s.Values, s.Texts = append(s.Values, float64(n)), append(s.Texts, i18n.Int(r.Lang, int64(n)))
	}
	for _, y := range f.years {
		c.Labels = append(c.Labels, ui.Digits(y.Year))
		put(&places, y.Places)
		put(&own, y.Own)
		put(&all, y.Own.Plus(y.Private))
	}
	c.Series = []chart.Series{places, own, all}
	return c.HTML()
}

var needKeys = []string{"places", "own", "private", "missing", "still_missing", "avoided", "annuity", "rent"}

func needColumns(r *ui.Request, first ...string) (list []ui.Column) {
	for _, key := range first {
		list = append(list, ui.Column{Text: r.T("economy.need." + key)})
	}
	for _, key := range needKeys {
		list = append(list, ui.Column{Text: r.T("economy.need." + key), Numeric: true})
	}
	return list
}

func needCells(r *ui.Request, a economy.Assumptions, places, own, private money.Exact, missing, still int, i economy.Investment, rent money.Cents) []ui.Cell {
	number := func(x money.Exact) ui.Cell {
		return ui.Cell{Text: r.T("economy.number", "n", x.Shown(1)), Numeric: true}
	}
	euros := func(known bool, c money.Cents) ui.Cell {
		if !known {
			return ui.Cell{Text: "–", Numeric: true}
		}
		return r.CentsCell(c)
	}
	return []ui.Cell{number(places), number(own), number(private), {Text: i18n.Int(r.Lang, int64(missing)), Numeric: true}, {Text: i18n.Int(r.Lang, int64(still)), Numeric: true},
		euros(a.PerPlace > 0, i.Avoided), euros(a.PerPlace > 0 && a.Years > 0, i.Yearly), euros(a.Rent > 0, rent)}
}

func needYears(r *ui.Request, f needFigures) ui.Table {
	t := ui.Table{Caption: r.T("economy.need.years"), Cards: true, Dense: true, Columns: needColumns(r, "year"), Empty: ui.Empty{Title: r.T("economy.need.empty"), Text: r.T("economy.need.empty_text")}}
	for _, y := range f.years {
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: ui.Digits(y.Year)}}, needCells(r, f.assumed, y.Places, y.Own, y.Private, y.Missing, y.StillMissing, y.Avoided, y.Rent)...))
	}
	return t
}

func needAreas(r *ui.Request, f needFigures) ui.Table {
	t := ui.Table{Caption: r.T("economy.need.areas"), Cards: true, Dense: true, Columns: needColumns(r, "area", "year")}
	for _, n := range f.rows {
		if n.Area != "" {
			t.Rows = append(t.Rows, append([]ui.Cell{{Text: n.Area}, {Text: ui.Digits(n.Year)}}, needCells(r, f.assumed, n.Places, n.Own, n.Private, n.Missing, n.StillMissing, n.Avoided, n.Rent)...))
		}
	}
	return t
}

func (p *Pages) needFile(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.needFigures(r)
	if err != nil {
		return err
	}
	headings := []string{r.T("economy.need.area"), r.T("economy.need.year"), r.T("economy.need.over"), r.T("economy.need.over_percent"), r.T("economy.need.under"), r.T("economy.need.under_percent")}
	for _, key := range needKeys {
		headings = append(headings, r.T("economy.need."+key))
	}
	var rows [][]any
	for _, n := range f.rows {
		row := []any{n.Area, n.Year, n.Over, sheet.Figure(n.OverCoverage.String()), n.Under, sheet.Figure(n.UnderCoverage.String()), figure(n.Places), figure(n.Own), figure(n.Private), n.Missing, n.StillMissing, nil, nil, nil}
		if f.assumed.PerPlace > 0 {
			row[11], row[12] = n.Avoided.Avoided, n.Avoided.Yearly
		}
		if f.assumed.Rent > 0 {
			row[13] = n.Rent
		}
		rows = append(rows, row)
	}
	return ui.CSV(w, "varhaiskasvatus-tarve.csv", headings, rows)
}

// needEdit writes the forecast anew. The rows are as a spreadsheet program copies them, so that nobody types them twice.
func (p *Pages) needEdit(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if !f.Submitted() {
		now, err := p.needFigures(r)
		if err != nil {
			return err
		}
		f.Set("rows", p.needText(r, now.forecast))
		if now.forecast.Source != "" {
			f.Set("source", now.forecast.Source)
			f.Set("source_date", now.forecast.SourceDate)
		}
		return r.Show(w, http.StatusOK, "economy/need-edit", needEditView{f})
	}
	forecast := economy.Forecast{Source: f.Text("source"), SourceDate: f.Date("source_date")}
	if text := f.LongText("rows"); text != "" {
		rows, err := p.readNeeds(r, text)
		if forecast.Rows = rows; err != nil && !f.Take(err) {
			return err
		}
	}
	if !f.Refused() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return economy.Foresee(ctx, tx, r.Actor, r.Actor.Organiser, forecast)
		})
		if err == nil {
			return r.SeeOther(w, "/daycare/economy/need", "economy.need.saved")
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/need-edit", needEditView{f})
}

var needFields = []string{"area", "year", "over", "over_percent", "under", "under_percent"}

// needText is the rows of a forecast under their headings.
func (p *Pages) needText(r *ui.Request, f economy.Forecast) string {
	var b strings.Builder
	for i, name := range needFields {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(r.T("economy.need." + name))
	}
	for _, n := range f.Rows {
		b.WriteString("\n" + strings.Join([]string{n.Area, strconv.Itoa(n.Year), strconv.Itoa(n.Over), r.T("economy.number", "n", n.OverCoverage), strconv.Itoa(n.Under), r.T("economy.number", "n", n.UnderCoverage)}, ";"))
	}
	return b.String()
}

// readNeeds reads rows with their headings; the number of a row in a refusal is counted below the headings.
func (p *Pages) readNeeds(r *ui.Request, text string) (out []economy.NeedRow, err error) {
	table, err := sheet.Open("rows.csv", bytes.NewReader([]byte(text)), int64(len(text)), sheet.Limits{})
	if err != nil {
		return nil, err
	}
	columns := make([]sheet.Column, len(needFields))
	for i, name := range needFields {
		columns[i] = sheet.Column{Name: name, Required: name != "area", Kind: sheet.Decimal}
		if name == "area" {
			columns[i].Kind = sheet.Text
		}
		for _, lang := range i18n.Langs {
			columns[i].Synonyms = append(columns[i].Synonyms, p.Words.Text(lang, "economy.need."+name, nil))
		}
	}
	match, err := table.Match(columns)
	if err != nil {
		return nil, err
	}
	var list fault.List
	for row := range match.Rows() {
		n := economy.NeedRow{Area: row.Cells[0].Value}
		bad := func(i int) {
			list = append(list, errNeedCell.With("row", len(out)+1).With("column", r.T("economy.need."+needFields[i])))
		}
		for i, whole := range []*int{1: &n.Year, 2: &n.Over, 4: &n.Under} {
			if whole == nil {
				continue
			}
			x, err := strconv.Atoi(row.Cells[i].Value)
			if *whole = x; err != nil {
				bad(i)
			}
		}
		for i, percent := range []*money.Rate{3: &n.OverCoverage, 5: &n.UnderCoverage} {
			if percent == nil {
				continue
			}
			x, err := parseRate(row.Cells[i].Value)
			if *percent = x; err != nil {
				bad(i)
			}
		}
		out = append(out, n)
	}
	return out, list.Err()
}
