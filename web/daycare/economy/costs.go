package economy

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/domain/daycare/store"
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
	v := costsView{Year: year, MayEdit: r.Actor.Can(access.BudgetEdit), Table: costsTable(r, f), Sources: sourcesTable(r, f), Bands: sharesTable(r, f.today), Risks: risksTable(r, f),
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
	t := ui.Table{Caption: r.T("economy.costs.compare"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.costs.form")}},
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
	return csv(w, "varhaiskasvatus-kustannukset.csv", headings, rows)
}

// costView enters costs by hand or from a file.
type costView struct {
	Form   *ui.Form
	Forms  []ui.Option
	Faults *ui.Table
	File   bool
}

var amounts = []string{"staff", "premises", "meals", "materials", "administration", "central", "contract", "fees"}

func sums(c *economy.Costs) map[string]*money.Cents {
	return map[string]*money.Cents{"staff": &c.Staff, "premises": &c.Premises, "meals": &c.Meals, "materials": &c.Materials, "administration": &c.Administration, "central": &c.Central, "contract": &c.Contract, "fees": &c.Fees}
}

func costPage(r *ui.Request, f *ui.Form) costView {
	return costView{Form: f, Forms: []ui.Option{{Value: "own", Text: r.T("economy.form.own")}, {Value: "purchased", Text: r.T("economy.form.purchased")}}}
}

func (p *Pages) cost(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if f.Submitted() {
		c := economy.Costs{Form: economy.Form(f.Choice("form", "own", "purchased")), Over: f.Int("over_months", 0, 10_000_000), Under: f.Int("under_months", 0, 10_000_000), Hours: int64(f.Int("hours", 0, 1_000_000_000)),
			Ending: f.Int("ending", 0, 100), Source: f.Text("source"), SourceDate: f.Date("source_date"), RowVersion: int32(f.Int("row_version", 0, 1_000_000))}
		from, to := f.Month("from"), f.Month("to")
		c.Period = calendar.Period{From: from.Period().From, To: to.Period().To}
		for name, x := range sums(&c) {
			*x, _ = f.OptionalCents(name)
		}
		if f.Value("cost") != "" {
			c.ID = f.ID("cost")
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return economy.Save(ctx, tx, r.Actor, r.Actor.Organiser, c)
			})
			if err == nil {
				year, _ := from.Civil()
				return r.SeeOther(w, "/daycare/economy?year="+strconv.Itoa(year), "economy.cost.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
		return r.Show(w, f.Status(), "economy/cost", costPage(r, f))
	}
	f.Set("row_version", 0)
	if f.Value("cost") != "" {
		if err := p.fillCost(r, f); err != nil {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/cost", costPage(r, f))
}

func (p *Pages) fillCost(r *ui.Request, f *ui.Form) error {
	id := f.ID("cost")
	var list []economy.Costs
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = economy.List(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.ID != id {
			continue
		}
		for name, x := range sums(&c) {
			f.Set(name, *x)
		}
		for name, x := range map[string]any{"form": string(c.Form), "from": calendar.MonthOf(c.Period.From), "to": calendar.MonthOf(c.Period.Last()), "over_months": c.Over, "under_months": c.Under,
			"hours": int(c.Hours), "ending": c.Ending, "source": c.Source, "source_date": c.SourceDate} {
			f.Set(name, x)
		}
		f.Set("row_version", int(c.RowVersion))
		return nil
	}
	return ui.ErrNoPage
}

const largestFile = 1 << 20

var errFile = fault.New(fault.Invalid, "ECO-010", "economy.cost.file_faults").At("file")

// costFile takes costs from a file: all rows or none.
func (p *Pages) costFile(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := costView{Form: f, File: true}
	if f.Submitted() {
		file := f.File("file", largestFile)
		if !f.Refused() {
			list, err := readCosts(r, file)
			if err == nil {
				err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
					for _, c := range list {
						if err := economy.Save(ctx, tx, r.Actor, r.Actor.Organiser, c.Costs); err != nil {
							return inRow(err, c.row)
						}
					}
					return nil
				})
			}
			if err == nil {
				return r.SeeOther(w, "/daycare/economy", "economy.cost.imported", "n", len(list))
			}
			all := fault.All(err)
			if len(all) == 0 {
				return err
			}
			t := ui.Table{Caption: r.T("economy.cost.wrong"), Columns: []ui.Column{{Text: r.T("economy.cost.row"), Numeric: true}, {Text: r.T("economy.cost.column")}, {Text: r.T("economy.cost.what")}}}
			for _, one := range all {
				row := "–"
				if n, ok := one.Values["row"].(int); ok {
					row = strconv.Itoa(n)
				}
				column := one.Field
				if name, ok := one.Values["column"].(string); ok {
					column = name
				}
				t.Rows = append(t.Rows, []ui.Cell{{Text: row, Numeric: true}, {Text: column}, {Text: p.Words.Text(r.Lang, one.Key, one.Values)}})
			}
			f.Refuse(errFile.With("n", len(all)))
			v.Faults = &t
		}
	}
	return r.Show(w, f.Status(), "economy/cost", v)
}

func inRow(err error, row int) error {
	var list fault.List
	for _, one := range fault.All(err) {
		list = append(list, one.With("row", row))
	}
	if len(list) == 0 {
		return err
	}
	return list.Err()
}

type rowOfCosts struct {
	economy.Costs
	row int
}

// columns of the file; headings are those of the form in every language.
func columns(p func(string) []string) []sheet.Column {
	list := []sheet.Column{{Name: "form", Required: true}, {Name: "from", Required: true}, {Name: "to", Required: true}}
	for _, a := range amounts {
		list = append(list, sheet.Column{Name: a, Kind: sheet.Decimal})
	}
	list = append(list, sheet.Column{Name: "over_months", Kind: sheet.Decimal, Required: true}, sheet.Column{Name: "under_months", Kind: sheet.Decimal, Required: true}, sheet.Column{Name: "hours", Kind: sheet.Decimal},
		sheet.Column{Name: "ending", Kind: sheet.Decimal}, sheet.Column{Name: "source", Required: true}, sheet.Column{Name: "source_date", Kind: sheet.Date, Required: true})
	for i := range list {
		list[i].Synonyms = p("economy.cost." + list[i].Name)
	}
	return list
}

var errCell = fault.New(fault.Invalid, "ECO-011", "economy.cost.cell")

func readCosts(r *ui.Request, file ui.Upload) ([]rowOfCosts, error) {
	table, err := sheet.Open(file.Name, bytes.NewReader(file.Data), int64(len(file.Data)), sheet.Limits{Bytes: largestFile, Lines: 2000})
	if err != nil {
		return nil, err
	}
	cols := columns(func(key string) []string { return []string{r.T(key)} })
	match, err := table.Match(cols)
	if err != nil {
		return nil, err
	}
	var out []rowOfCosts
	var list fault.List
	for row := range match.Rows() {
		c := rowOfCosts{row: row.Number}
		bad := func(i int) { list = append(list, errCell.With("row", row.Number).With("column", cols[i].Synonyms[0])) }
		text := func(i int) string {
			if row.Cells[i].Damage != "" {
				bad(i)
			}
			return row.Cells[i].Value
		}
		whole := func(i int) int {
			s := text(i)
			if s == "" {
				return 0
			}
			n, err := strconv.Atoi(s)
			if err != nil {
				bad(i)
			}
			return n
		}
		switch text(0) {
		case "own", r.T("economy.form.own"):
			c.Form = economy.Own
		case "purchased", r.T("economy.form.purchased"):
			c.Form = economy.Purchased
		default:
			bad(0)
		}
		from, errFrom := ui.ParseMonth(text(1))
		to, errTo := ui.ParseMonth(text(2))
		if errFrom != nil {
			bad(1)
		}
		if errTo != nil {
			bad(2)
		}
		c.Period = calendar.Period{From: from.Period().From, To: to.Period().To}
		for k, name := range amounts {
			if s := text(3 + k); s != "" {
				x, err := money.ParseCents(s)
				if err != nil {
					bad(3 + k)
				}
				*sums(&c.Costs)[name] = x
			}
		}
		n := 3 + len(amounts)
		c.Over, c.Under, c.Hours, c.Ending, c.Source = whole(n), whole(n+1), int64(whole(n+2)), whole(n+3), text(n+4)
		day, err := calendar.ParseDate(text(n + 5))
		if err != nil {
			bad(n + 5)
		}
		c.SourceDate = day
		out = append(out, c)
	}
	return out, list.Err()
}

// assumptionsView is what no register knows.
type assumptionsView struct {
	Form *ui.Form
	Rows []coefficientRow // service needs with the field of their hours
}

func (p *Pages) assumptions(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	var now economy.Assumptions
	var terms store.Terms
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if now, err = economy.Assumed(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		terms, err = store.TermsNow(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	v := assumptionsView{Form: f}
	for _, o := range terms.Rules[len(terms.Rules)-1].Profile.Options {
		v.Rows = append(v.Rows, coefficientRow{Code: o.Code, Name: o.Names.In(r.Lang)})
	}
	if !f.Submitted() {
		fillAssumptions(f, now)
		return r.Show(w, http.StatusOK, "economy/assumptions", v)
	}
	a := economy.Assumptions{Hours: map[string]money.Quantity{}, Source: f.Text("source"), SourceDate: f.Date("source_date"), Years: f.Int("years", 0, 60)}
	a.Administration, _ = f.OptionalCents("administration")
	a.PerPlace, _ = f.OptionalCents("per_place")
	if x := optionalRate(f, "interest"); x != nil {
		a.Interest = *x
	}
	if f.Value("places") != "" {
		a.Places = f.Int("places", 0, 100_000)
	}
	if f.Value("missing") != "" {
		a.Missing = new(f.Int("missing", 0, 100_000))
	}
	for _, row := range v.Rows {
		if h, given := f.OptionalQuantity("hours." + row.Code); given {
			a.Hours[row.Code] = h
		}
	}
	if !f.Refused() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return economy.Assume(ctx, tx, r.Actor, r.Actor.Organiser, a)
		})
		if err == nil {
			return r.SeeOther(w, "/daycare/economy", "economy.assumption.saved")
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/assumptions", v)
}

func fillAssumptions(f *ui.Form, a economy.Assumptions) {
	if a.Source == "" {
		return
	}
	for name, x := range map[string]any{"source": a.Source, "source_date": a.SourceDate, "administration": a.Administration, "per_place": a.PerPlace, "interest": a.Interest, "years": a.Years} {
		f.Set(name, x)
	}
	if a.Places > 0 {
		f.Set("places", a.Places)
	}
	if a.Missing != nil {
		f.Set("missing", *a.Missing)
	}
	for code, h := range a.Hours {
		f.Set("hours."+code, h)
	}
}
