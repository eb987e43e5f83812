package economy

import (
	"html/template"
	"net/http"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/chart"
	"seteli/web/ui"
)

// costsView compares the forms of arranging for one year.
type costsView struct {
	Year       int
	Years      []ui.Link
	MayEdit    bool
	Finding    string
	Table      ui.Table
	Chart      template.HTML
	Sources    ui.Table
	Bands      ui.Table
	Areas      ui.Table
	Investment ui.Calculation
	NoBuilding bool
	Risks      ui.Table
	File       string
}

type figures struct {
	year    calendar.Period
	sides   []economy.Side
	costs   []economy.Costs
	voucher economy.VoucherMonths
	today   economy.Today
	assumed economy.Assumptions
}

func (p *Pages) figures(r *ui.Request) (f figures, err error) {
	year, e := strconv.Atoi(r.URL.Query().Get("year"))
	if e != nil || year < 2000 || year > 2200 {
		year, _, _ = r.Today().Civil()
	}
	f.year = calendar.Period{From: calendar.Day(year, 1, 1), To: calendar.Day(year+1, 1, 1)}
	org := r.Actor.Organiser
	err = p.DB.Snapshot(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if f.costs, err = economy.List(r.Context(), tx, r.Actor, org); err != nil {
			return err
		}
		if f.assumed, err = economy.Assumed(r.Context(), tx, r.Actor, org); err != nil {
			return err
		}
		if f.voucher, err = economy.VoucherOf(r.Context(), tx, r.Actor, org, f.year); err != nil {
			return err
		}
		f.today, err = economy.TodayOf(r.Context(), tx, r.Actor, org, r.Today())
		return err
	})
	for _, c := range f.costs {
		if c.Period.Overlaps(f.year) {
			f.sides = append(f.sides, c.Side())
		}
	}
	if f.voucher.Rows > 0 {
		f.sides = append(f.sides, f.voucher.Side(f.year, f.assumed))
	}
	return f, err
}

func (f figures) of(form economy.Form) *economy.Side {
	for i := range f.sides {
		if f.sides[i].Form == form {
			return &f.sides[i]
		}
	}
	return nil
}

func (p *Pages) costs(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.figures(r)
	if err != nil {
		return err
	}
	year, _, _ := f.year.From.Civil()
	v := costsView{Year: year, MayEdit: r.Actor.Can(access.BudgetEdit), Table: costsTable(r, f), Sources: sourcesTable(r, f), Bands: sharesTable(r, f.today), Areas: areaShares(r, f.today.Areas), Risks: risksTable(r, f),
		File: r.Path("/daycare/economy/file.csv") + "?year=" + strconv.Itoa(year)}
	for _, y := range []int{year - 1, year + 1} {
		v.Years = append(v.Years, ui.Link{Text: strconv.Itoa(y), Href: r.Path("/daycare/economy") + "?year=" + strconv.Itoa(y)})
	}
	if own, voucher := f.of(economy.Own), f.of(economy.Voucher); own != nil && voucher != nil && own.Weighted != nil && voucher.Weighted != nil {
		d := *own.Weighted - *voucher.Weighted
		if v.Finding = r.T("economy.costs.cheaper", "sum", d); d < 0 {
			v.Finding = r.T("economy.costs.dearer", "sum", -d)
		}
	}
	v.Chart = costsChart(r, f, v.Finding)
	v.Investment, v.NoBuilding = building(r, f), f.assumed.PerPlace == 0
	return r.Show(w, http.StatusOK, "economy/costs", v)
}

func orDash(r *ui.Request, c *money.Cents) ui.Cell {
	if c == nil {
		return ui.Cell{Text: "–", Numeric: true}
	}
	return r.CentsCell(*c)
}

func costsTable(r *ui.Request, f figures) ui.Table {
	t := ui.Table{Caption: r.T("economy.costs.compare"), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("economy.costs.form")}},
		Empty: ui.Empty{Title: r.T("economy.costs.empty"), Text: r.T("economy.costs.empty_text")}}
	for _, key := range []string{"gross", "fees", "net", "months", "per_month", "weighted", "hour", "marginal"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.costs." + key), Numeric: true})
	}
	for _, s := range f.sides {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.form." + string(s.Form)), Small: r.Period(s.Period)}, r.CentsCell(s.Gross), r.CentsCell(-s.Fees), r.CentsCell(s.Net()),
			{Text: r.T("economy.number", "n", s.Months.Plain().Shown(1)), Numeric: true}, orDash(r, s.PerMonth), orDash(r, s.Weighted), orDash(r, s.PerHour), orDash(r, s.Marginal)})
	}
	return t
}

func sourcesTable(r *ui.Request, f figures) ui.Table {
	t := ui.Table{Caption: r.T("economy.costs.sources"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.costs.form")}, {Text: r.T("economy.cost.source")}, {Text: r.T("economy.cost.source_date")}, {Text: r.T("economy.costs.entered")}}}
	for _, c := range f.costs {
		if !c.Period.Overlaps(f.year) {
			continue
		}
		cell := ui.Cell{Text: r.T("economy.form." + string(c.Form)), Small: r.Period(c.Period)}
		if r.Actor.Can(access.BudgetEdit) {
			cell.Href = r.Path("/daycare/economy/costs/new") + "?cost=" + ui.Digits(c.ID)
		}
		t.Rows = append(t.Rows, []ui.Cell{cell, {Text: c.Source}, {Text: r.Date(c.SourceDate)}, {Text: c.EnteredBy}})
	}
	if f.voucher.Rows > 0 {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.form.voucher")}, {Text: r.T("economy.costs.closed_months")}, {Text: r.Date(r.Today())}, {Text: "–"}})
	}
	if f.assumed.Source != "" {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.assumption.title")}, {Text: f.assumed.Source}, {Text: r.Date(f.assumed.SourceDate)}, {Text: f.assumed.EnteredBy}})
	}
	return t
}

func costsChart(r *ui.Request, f figures, finding string) template.HTML {
	if finding == "" {
		finding = r.T("economy.costs.compare")
	}
	c := chart.Chart{ID: "costs", Kind: chart.HorizontalBar, Title: finding, Sub: r.T("economy.costs.chart"), ShowTable: r.T("ui.chart.table"), Heading: r.T("economy.costs.form"), Axis: axis(r)}
	s := chart.Series{Name: r.T("economy.costs.weighted")}
	for _, x := range f.sides {
		if x.Weighted != nil {
			c.Labels = append(c.Labels, r.T("economy.form."+string(x.Form)))
			add(&s, r, *x.Weighted)
		}
	}
	c.Series = []chart.Series{s}
	return c.HTML()
}

// sharesTable tells what families pay by income today.
func sharesTable(r *ui.Request, t economy.Today) ui.Table {
	v := ui.Table{Caption: r.T("economy.shares"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.band")}}, Empty: ui.Empty{Text: r.T("economy.shares.none")}}
	for _, key := range []string{"children", "zero", "own", "family", "percent"} {
		v.Columns = append(v.Columns, ui.Column{Text: r.T("economy.shares." + key), Numeric: true})
	}
	for _, b := range t.Bands {
		if b.Children == 0 {
			continue
		}
		mean := func(sum money.Cents, n int) money.Cents {
			return money.HalfUpCent.Cents(sum.Exact().Times(money.Fraction(1, int64(max(n, 1)))))
		}
		percent := "–"
		if b.Known > 0 && b.Income > 0 {
			if share, err := mean(b.Family, b.Children).Exact().Over(mean(b.Income, b.Known).Exact()); err == nil {
				percent = r.T("economy.percent", "n", share.Times(money.Whole(100)).Shown(1))
			}
		}
		name := bandText(r, b.From, b.To)
		v.Rows = append(v.Rows, []ui.Cell{{Text: name}, countCell(r, b.Children), countCell(r, b.Zero), r.CentsCell(mean(b.Own, b.Children)), r.CentsCell(mean(b.Family, b.Children)), {Text: percent, Numeric: true}})
	}
	return v
}

// building shows how the avoided investment is computed.
func building(r *ui.Request, f figures) ui.Calculation {
	a := f.assumed
	if a.PerPlace == 0 {
		return ui.Calculation{}
	}
	i := a.Avoided(f.today.Children)
	return ui.Calculation{Caption: r.T("economy.building"), Steps: []ui.Step{
		{Text: r.T("economy.building.places"), Formula: r.T("economy.building.places_formula", "n", i.Places, "price", a.PerPlace), Source: a.Source, Amount: r.Cents(i.Avoided)},
		{Text: r.T("economy.building.year"), Formula: r.T("economy.building.formula", "sum", i.Avoided, "interest", a.Interest, "years", a.Years), Amount: r.Cents(i.Yearly), Sum: true}}}
}

func risksTable(r *ui.Request, f figures) ui.Table {
	t := ui.Table{Caption: r.T("economy.risks"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.risk")}, {Text: r.T("economy.risk.figure")}, {Text: r.T("economy.risk.effect"), Numeric: true}}, Empty: ui.Empty{Text: r.T("economy.shares.none")}}
	voucher := f.voucher.Side(f.year, f.assumed)
	for _, x := range economy.Risks(f.today, f.of(economy.Own), voucher, f.assumed) {
		var args []any
		for k, v := range x.Values {
			args = append(args, k, v)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T(x.Key)}, {Text: r.T(x.Key+".figure", args...)}, signedCell(r, x.Effect)})
	}
	return t
}

func (p *Pages) costsFile(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.figures(r)
	if err != nil {
		return err
	}
	var headings []string
	t := costsTable(r, f)
	for _, c := range t.Columns {
		headings = append(headings, c.Text)
	}
	var rows [][]any
	value := func(c *money.Cents) any {
		if c == nil {
			return nil
		}
		return *c
	}
	for _, s := range f.sides {
		rows = append(rows, []any{r.T("economy.form." + string(s.Form)), s.Gross, -s.Fees, s.Net(), sheet.Figure(s.Months.Plain().Shown(1).String()), value(s.PerMonth), value(s.Weighted), value(s.PerHour), value(s.Marginal)})
	}
	return ui.CSV(w, "varhaiskasvatus-kustannukset.csv", headings, rows)
}
