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
	Form       *ui.Form // how many places the saving is asked for
	Saving     ui.Calculation
	Sources    ui.Table
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

// yearOf is the year that the address names, or the present one.
func yearOf(r *ui.Request) (year int, p calendar.Period) {
	year, err := strconv.Atoi(r.URL.Query().Get("year"))
	if err != nil || year < 2000 || year > 2200 {
		year, _, _ = r.Today().Civil()
	}
	return year, calendar.Period{From: calendar.Day(year, 1, 1), To: calendar.Day(year+1, 1, 1)}
}

// beside are the years before and after.
func beside(r *ui.Request, path string, year int) (list []ui.Link) {
	for _, y := range []int{year - 1, year + 1} {
		list = append(list, ui.Link{Text: strconv.Itoa(y), Href: r.Path(path) + "?year=" + strconv.Itoa(y)})
	}
	return list
}

func (p *Pages) figures(r *ui.Request) (f figures, err error) {
	_, f.year = yearOf(r)
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
	f.sides = economy.Sides(f.costs, f.year)
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
	v := costsView{Year: year, Years: beside(r, "/daycare/economy", year), MayEdit: r.Actor.Can(access.BudgetEdit), Form: r.Input(), Table: costsTable(r, f), Sources: sourcesTable(r, f), Risks: risksTable(r, f),
		File: r.Path("/daycare/economy/file.csv") + "?year=" + strconv.Itoa(year)}
	if own, voucher := f.of(economy.Own), f.of(economy.Voucher); own != nil && voucher != nil && own.Weighted != nil && voucher.Weighted != nil {
		d := *own.Weighted - *voucher.Weighted
		if v.Finding = r.T("economy.costs.cheaper", "sum", d); d < 0 {
			v.Finding = r.T("economy.costs.dearer", "sum", -d)
		}
	}
	v.Chart = costsChart(r, f, v.Finding)
	v.Saving = saving(r, f, v.Form)
	v.Investment, v.NoBuilding = building(r, f), f.assumed.PerPlace == 0
	return r.Show(w, http.StatusOK, "economy/costs", v)
}

func orDash(r *ui.Request, c *money.Cents) ui.Cell {
	if c == nil {
		return ui.Cell{Text: "–", Numeric: true}
	}
	return r.CentsCell(*c)
}

// withEnding is an average cost with the part of it that ends when the child moves.
func withEnding(r *ui.Request, average, ending *money.Cents) ui.Cell {
	c := orDash(r, average)
	if ending != nil {
		c.Small = r.T("economy.parts.ends", "sum", *ending)
	}
	return c
}

func costsTable(r *ui.Request, f figures) ui.Table {
	t := ui.Table{Caption: r.T("economy.costs.compare"), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("economy.costs.form")}},
		Empty: ui.Empty{Title: r.T("economy.costs.empty"), Text: r.T("economy.costs.empty_text")}}
	for _, key := range []string{"gross", "fees", "net", "months", "per_month", "weighted", "hour"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.costs." + key), Numeric: true})
	}
	for _, s := range f.sides {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.form." + string(s.Form)), Small: r.Period(s.Period)}, r.CentsCell(s.Gross), r.CentsCell(-s.Fees), r.CentsCell(s.Net()),
			{Text: r.T("economy.number", "n", s.Months.Plain().Shown(1)), Numeric: true}, orDash(r, s.PerMonth), withEnding(r, s.Weighted, s.Marginal), withEnding(r, s.PerHour, s.EndingHour)})
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
		t.Rows = append(t.Rows, []ui.Cell{cell, {Text: c.Source, Small: allocation(r, c)}, {Text: r.Date(c.SourceDate)}, {Text: c.EnteredBy}})
	}
	if f.voucher.Rows > 0 {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.form.voucher")}, {Text: r.T("economy.costs.closed_months")}, {Text: r.Date(r.Today())}, {Text: "–"}})
	}
	if f.assumed.Source != "" {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.assumption.title")}, {Text: f.assumed.Source}, {Text: r.Date(f.assumed.SourceDate)}, {Text: f.assumed.EnteredBy}})
	}
	return t
}

// allocation tells by what the share of the central administration was divided.
func allocation(r *ui.Request, c economy.Costs) string {
	switch {
	case c.Central == 0:
		return ""
	case c.Allocation == "":
		return r.T("economy.costs.no_allocation")
	}
	return r.T("economy.costs.allocation", "by", c.Allocation)
}

const (
	savedPlaces = 10
	mostPlaces  = 10_000
)

// saving shows what so many voucher places save instead of own ones, and what of the cost remains.
func saving(r *ui.Request, f figures, form *ui.Form) ui.Calculation {
	n := savedPlaces
	if form.Value("places") != "" {
		n = form.Int("places", 1, mostPlaces)
	} else {
		form.Set("places", n)
	}
	s, known := economy.SavingOf(n, f.of(economy.Own), f.of(economy.Voucher))
	if !known || form.Refused() {
		return ui.Calculation{}
	}
	own, voucher := f.of(economy.Own), f.of(economy.Voucher)
	formula := func(a, b *money.Cents) string { return r.T("economy.saving.formula", "n", n, "a", *a, "b", *b) }
	return ui.Calculation{Caption: r.T("economy.saving.caption", "n", n), Steps: []ui.Step{
		{Text: r.T("economy.saving.average"), Formula: formula(own.Weighted, voucher.Weighted), Amount: r.Cents(s.Average)},
		{Text: r.T("economy.saving.remains"), Formula: formula(own.Weighted, own.Marginal), Amount: r.Cents(-s.Remains)},
		{Text: r.T("economy.saving.real"), Formula: formula(own.Marginal, voucher.Weighted), Amount: r.Cents(s.Real), Sum: true},
		{Text: r.T("economy.saving.year"), Amount: r.Cents(12 * s.Real), Sum: true}}}
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
	headings := []string{r.T("economy.costs.form")}
	for _, key := range []string{"gross", "fees", "net", "months", "per_month", "weighted", "marginal", "hour", "ending_hour"} {
		headings = append(headings, r.T("economy.costs."+key))
	}
	var rows [][]any
	for _, s := range f.sides {
		rows = append(rows, []any{r.T("economy.form." + string(s.Form)), s.Gross, -s.Fees, s.Net(), figure(s.Months.Plain()), value(s.PerMonth), value(s.Weighted), value(s.Marginal), value(s.PerHour), value(s.EndingHour)})
	}
	return ui.CSV(w, "varhaiskasvatus-kustannukset.csv", headings, rows)
}

// value is a cell of a file; empty when the figure is not known.
func value(c *money.Cents) any {
	if c == nil {
		return nil
	}
	return *c
}

func figure(x money.Exact) sheet.Figure { return sheet.Figure(x.Shown(1).String()) }
