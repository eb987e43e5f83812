package economy

import (
	"context"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/simulation"
	"seteli/domain/daycare/store"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// resultView is a question with its answer, on one page that can be printed.
type resultView struct {
	ID            int64
	Name          string
	State         string
	Question      ui.Summary
	Over          bool
	Progress      ui.Progress
	Failure       string
	Answer        string // in one sentence
	Tiles         ui.Tiles
	Months, Bands template.HTML
	Sums          ui.Table
	Families      ui.Table
	Payments      ui.Table
	Extent        ui.Summary // how great the changes of families are
	Areas         ui.Table
	Units         ui.Table
	Gaps          ui.Table
	Facts         ui.Summary
	CSV, XLSX     string
}

func sampleResult() resultView {
	return resultView{Over: true, Answer: "x", Sums: sampleTable(), Families: sampleTable(), Payments: sampleTable(), Areas: sampleTable(), Units: sampleTable(), Gaps: sampleTable(), Extent: ui.Summary{Rows: []ui.Row{{Key: "x"}}}, CSV: "x", XLSX: "x"}
}

func (p *Pages) one(r *ui.Request) (s simulation.Simulation, names map[string]string, steps []job.Step, err error) {
	id, err := r.PathID("simulation")
	if err != nil {
		return s, nil, nil, err
	}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := simulation.Get(ctx, tx, r.Actor, r.Actor.Organiser, id)
		if err != nil {
			return err
		}
		s = list[0]
		if names, err = optionNames(ctx, tx, r); err != nil || s.State.Over() {
			return err
		}
		steps, err = job.ProgressOf(ctx, tx, r.Actor.Organiser, s.Run())
		return err
	})
	return s, names, steps, err
}

// optionNames are the service needs of every version by their codes.
func optionNames(ctx context.Context, tx *postgres.Tx, r *ui.Request) (map[string]string, error) {
	t, err := store.TermsNow(ctx, tx, r.Actor, r.Actor.Organiser)
	names := map[string]string{}
	for _, v := range t.Rules {
		for _, o := range v.Profile.Options {
			names[o.Code] = o.Names.In(r.Lang)
		}
	}
	return names, err
}

// namesOrNone has no names without published rules.
func namesOrNone(ctx context.Context, tx *postgres.Tx, r *ui.Request) (map[string]string, error) {
	names, err := optionNames(ctx, tx, r)
	if fault.CodeOf(err) == noRules {
		err = nil
	}
	return names, err
}

func (p *Pages) result(w http.ResponseWriter, r *ui.Request) error {
	s, names, steps, err := p.one(r)
	if err != nil {
		return err
	}
	v := resultView{ID: s.ID, Name: s.Name, State: "simulation." + string(s.State), Question: question(r, s.Change, names), Over: s.State.Over(), Failure: s.Failure}
	if !v.Over {
		v.Progress = progress(r, s, steps)
		w.Header().Set("Refresh", "3")
	}
	if s.Result != nil && s.Change.Sweep != nil {
		return p.sweep(w, r, s, v)
	}
	if s.Result != nil {
		p.answer(r, &v, s)
	}
	return r.Show(w, http.StatusOK, "economy/result", v)
}

func progress(r *ui.Request, s simulation.Simulation, steps []job.Step) ui.Progress {
	x := ui.Progress{Label: r.T("economy.step.waiting"), Of: 100, Href: r.Path("/daycare/economy/simulations/{simulation}", s.ID)}
	if n := len(steps); n > 0 {
		last := steps[n-1]
		x.Label = r.T(last.Message)
		if last.Step == "decide" && last.Total > 0 {
			x.Done = int(last.Done * 100 / last.Total)
		}
	}
	return x
}

// question tells what was asked, in the order of the form.
func question(r *ui.Request, c simulation.Change, names map[string]string) ui.Summary {
	s := ui.Summary{Title: r.T("economy.question")}
	row := func(key, value string) {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("economy." + key), Value: value})
	}
	row("from_day", r.Date(c.From))
	if c.Values.Any() {
		which := r.T("economy.all_options")
		if len(c.Values.Options) > 0 {
			var list []string
			for _, code := range c.Values.Options {
				list = append(list, names[code])
			}
			which = strings.Join(list, ", ")
		}
		amount := ""
		if c.Values.Percent != nil {
			amount = percent(r, *c.Values.Percent)
		} else {
			amount = signed(r, *c.Values.Cents)
		}
		row("values", amount+": "+which)
	}
	for _, code := range slices.Sorted(maps.Keys(c.Coefficients)) {
		k := c.Coefficients[code]
		var list []string
		if k.Value != nil {
			list = append(list, r.T("economy.coefficient_value", "n", *k.Value))
		}
		if k.Fee != nil {
			list = append(list, r.T("economy.coefficient_fee", "n", *k.Fee))
		}
		row("coefficients", names[code]+": "+strings.Join(list, ", "))
	}
	if c.Model != "" {
		row("model", r.T("economy.model."+strings.ToLower(string(c.Model))))
	}
	if c.Cap != nil {
		row("cap", r.Cents(*c.Cap))
	}
	t := c.Thresholds
	if t.MaxFee != nil {
		row("max_fee", r.Cents(*t.MaxFee))
	}
	if t.MinFee != nil {
		row("min_fee", r.Cents(*t.MinFee))
	}
	if t.LimitPercent != nil {
		row("limit_percent", percent(r, *t.LimitPercent))
	}
	if t.Multiplier != nil {
		row("multiplier", r.T("economy.percent", "n", t.Multiplier.Exact().Times(money.Whole(100)).Shown(4)))
	}
	if c.Children != nil {
		row("children", percent(r, *c.Children))
	}
	if x := c.Sweep; x != nil {
		row("sweep", r.T("economy.sweep.range", "of", r.T("economy.sweep."+string(x.Of)), "from", pointText(r, x.Of, x.From), "to", pointText(r, x.Of, x.To), "step", pointText(r, x.Of, x.Step)))
	}
	row("prices", r.T("economy.prices."+string(c.Prices)))
	if c.Carry {
		row("carry", r.T("economy.yes"))
	}
	return s
}

// percent writes a change with its sign.
func percent(r *ui.Request, x money.Rate) string {
	text := r.T("economy.percent", "n", x)
	if x.Exact().Sign() > 0 {
		return "+" + text
	}
	return text
}

func (p *Pages) answer(r *ui.Request, v *resultView, s simulation.Simulation) {
	a := s.Result
	v.Answer = finding(r, *a)
	month := money.HalfUpCent.Cents(a.Year.Difference().Exact().Times(money.Fraction(1, 12)))
	v.Tiles = ui.Tiles{
		{Label: r.T("economy.tile.year"), Figure: signed(r, a.Year.Difference()), Note: r.T("economy.tile.month", "sum", signed(r, month))},
		{Label: r.T("economy.tile.gain"), Figure: told(r, a.Families.Gain), Note: r.T("economy.tile.of", "n", a.Families.All)},
		{Label: r.T("economy.tile.lose"), Figure: told(r, a.Families.Lose), Note: r.T("economy.tile.same", "n", told(r, a.Families.Same))},
		{Label: r.T("economy.tile.pay"), Figure: signed(r, a.Family.Difference()), Note: r.T("economy.tile.pay_note")},
	}
	v.Sums = sumsTable(r, *a)
	v.Months, v.Bands = monthsChart(r, *a), bandsChart(r, *a)
	v.Families, v.Payments = familiesTables(r, *a)
	v.Areas, v.Units, v.Gaps = areasTable(r, *a), unitsTable(r, *a), gapsTable(r, *a)
	v.Extent = extent(r, *a)
	v.Facts = facts(r, s)
	v.Facts.Rows = slices.Insert(v.Facts.Rows, 2, ui.Row{Key: r.T("economy.anew"), Value: i18n.Int(r.Lang, int64(a.Anew))})
	if a.Ready > 0 {
		v.Facts.Rows = append(v.Facts.Rows, ui.Row{Key: r.T("economy.ready"), Value: r.T("economy.ready.children", "n", told(r, a.Ready)), Small: r.T("economy.ready.text")})
	}
	v.CSV, v.XLSX = r.Path("/daycare/economy/simulations/{simulation}/file.csv", s.ID), r.Path("/daycare/economy/simulations/{simulation}/file.xlsx", s.ID)
}

// facts tell from what an answer was computed.
func facts(r *ui.Request, s simulation.Simulation) ui.Summary {
	at := s.MadeAt
	if s.FinishedAt != nil {
		at = *s.FinishedAt
	}
	return ui.Summary{Title: r.T("economy.facts"), Rows: []ui.Row{
		{Key: r.T("economy.computed"), Value: r.T("economy.at", "at", at), Small: s.MadeBy},
		{Key: r.T("economy.snapshot_day"), Value: r.Date(s.Result.Day), Small: r.T("economy.snapshot_children", "n", s.Result.Children)},
		{Key: r.T("economy.hash"), Value: s.Result.Snapshot[:16], Small: r.T("economy.hash_why")}}}
}

// finding is the answer in one sentence.
func finding(r *ui.Request, a simulation.Result) string {
	switch d := a.Year.Difference(); {
	case d > 0:
		return r.T("economy.finding.costs", "sum", d)
	case d < 0:
		return r.T("economy.finding.saves", "sum", -d)
	}
	return r.T("economy.finding.same")
}

// sumRows are the year's sums and the budget, for the page, the file and the comparison alike.
func sumRows(r *ui.Request, a simulation.Result) (keys []string, pairs []simulation.Pair) {
	add := func(key string, p simulation.Pair, args ...any) {
		keys, pairs = append(keys, r.T("economy.sum."+key, args...)), append(pairs, p)
	}
	add("year", a.Year)
	if a.Budget != nil {
		add("calendar", a.Budget.Cost, "year", ui.Digits(a.Budget.Year))
		if a.Budget.Amount > 0 {
			add("budget", simulation.Pair{Before: a.Budget.Amount - a.Budget.Cost.Before, After: a.Budget.Amount - a.Budget.Cost.After}, "budget", a.Budget.Amount)
		}
	}
	add("own", a.Own)
	add("above", simulation.Pair{Before: a.Family.Before - a.Own.Before, After: a.Family.After - a.Own.After})
	add("family", a.Family)
	return keys, pairs
}

func pairColumns(r *ui.Request, first string) []ui.Column {
	return []ui.Column{{Text: first}, {Text: r.T("economy.before"), Numeric: true}, {Text: r.T("economy.after"), Numeric: true}, {Text: r.T("economy.difference"), Numeric: true}}
}

func pairCells(r *ui.Request, p simulation.Pair) []ui.Cell {
	return []ui.Cell{r.CentsCell(p.Before), r.CentsCell(p.After), signedCell(r, p.Difference())}
}

func sumsTable(r *ui.Request, a simulation.Result) ui.Table {
	t := ui.Table{Caption: r.T("economy.sums"), Cards: true, Columns: pairColumns(r, r.T("economy.sum"))}
	keys, pairs := sumRows(r, a)
	for i, p := range pairs {
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: keys[i]}}, pairCells(r, p)...))
	}
	for i, c := range []simulation.Count{a.Zero, a.Highest} {
		cells := []ui.Cell{{Text: r.T([]string{"economy.sum.zero", "economy.sum.highest"}[i])}, countCell(r, c.Before), countCell(r, c.After), {Text: "–", Numeric: true}}
		if !simulation.Few(c.Before) && !simulation.Few(c.After) {
			cells[3].Text = i18n.Int(r.Lang, int64(c.After-c.Before))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

func bandName(r *ui.Request, b simulation.Band) string {
	text := bandText(r, b.From, b.To)
	if b.Unknown && b.From > 0 {
		text += " " + r.T("economy.band.unknown")
	}
	return text
}

// bandText is an income band; to 0 = no upper end.
func bandText(r *ui.Request, from, to money.Cents) string {
	switch {
	case from == 0 && to == 0:
		return r.T("economy.band.all")
	case to == 0:
		return r.T("economy.band.over", "from", from)
	case from == 0:
		return r.T("economy.band.under", "to", to)
	}
	return r.T("economy.band.between", "from", from, "to", to)
}

// perMonth is a family's sum of a month on average.
func perMonth(c money.Cents, families int) money.Cents {
	if families == 0 {
		return 0
	}
	return money.HalfUpCent.Cents(c.Exact().Times(money.Fraction(1, int64(12*families))))
}

// familiesTables tell who gains and loses, and what families pay, by income.
func familiesTables(r *ui.Request, a simulation.Result) (who, pays ui.Table) {
	table := func(caption string, keys ...string) ui.Table {
		t := ui.Table{Caption: r.T(caption), Cards: true, Columns: []ui.Column{{Text: r.T("economy.band")}}, Empty: ui.Empty{Text: r.T("economy.families_none")}}
		for _, key := range keys {
			t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.families." + key), Numeric: true})
		}
		return t
	}
	who = table("economy.families", "all", "gain", "same", "lose", "change")
	pays = table("economy.payments", "pay_before", "pay_after", "own_before", "own_after")
	row := func(name string, f simulation.Families, own, pay simulation.Pair) (one, two []ui.Cell) {
		month := func(c money.Cents) ui.Cell { return r.CentsCell(perMonth(c, f.All)) }
		return []ui.Cell{{Text: name}, countCell(r, f.All), countCell(r, f.Gain), countCell(r, f.Same), countCell(r, f.Lose), signedCell(r, perMonth(pay.Difference(), f.All))},
			[]ui.Cell{{Text: name}, month(pay.Before), month(pay.After), month(own.Before), month(own.After)}
	}
	for _, b := range a.Bands {
		if b.All > 0 {
			one, two := row(bandName(r, b), b.Families, b.Own, b.Family)
			who.Rows, pays.Rows = append(who.Rows, one), append(pays.Rows, two)
		}
	}
	if len(who.Rows) > 1 {
		who.Foot, pays.Foot = row(r.T("economy.total"), a.Families, a.Own, a.Family)
	}
	return who, pays
}

// extent tells of families that pay less and of those that pay more how much it is; of few families nothing.
func extent(r *ui.Request, a simulation.Result) ui.Summary {
	s := ui.Summary{Title: r.T("economy.extent")}
	for _, x := range []struct {
		key string
		e   *simulation.Extent
	}{{"gain", a.Gain}, {"lose", a.Lose}} {
		if x.e != nil {
			s.Rows = append(s.Rows, ui.Row{Key: r.T("economy.families." + x.key), Value: r.T("economy.extent.median", "sum", signed(r, x.e.Median)), Small: r.T("economy.extent.most", "sum", signed(r, x.e.Most))})
		}
	}
	return s
}

const mostUnits = 25

func unitsTable(r *ui.Request, a simulation.Result) ui.Table {
	t := ui.Table{Caption: r.T("economy.units", "n", mostUnits), Cards: true, Columns: []ui.Column{{Text: r.T("economy.unit")}, {Text: r.T("economy.children_count"), Numeric: true},
		{Text: r.T("economy.unit.paid_before"), Numeric: true}, {Text: r.T("economy.unit.paid_after"), Numeric: true}, {Text: r.T("economy.unit.income"), Numeric: true}}}
	for i, u := range simulation.ByCost(a.Units) {
		if i == mostUnits {
			break
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: u.Name}, countCell(r, u.Children), r.CentsCell(u.Municipality.Before), r.CentsCell(u.Municipality.After),
			signedCell(r, u.Municipality.Difference()+u.Family.Difference())})
	}
	return t
}

func gapsTable(r *ui.Request, a simulation.Result) ui.Table {
	t := ui.Table{Caption: r.T("economy.gaps"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.gap")}, {Text: r.T("economy.before"), Numeric: true}, {Text: r.T("economy.after"), Numeric: true}}}
	for _, g := range a.Gaps {
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T(g.Reason.Key())}, {Text: i18n.Int(r.Lang, int64(g.Before)), Numeric: true}, {Text: i18n.Int(r.Lang, int64(g.After)), Numeric: true}})
	}
	return t
}

func (p *Pages) finished(r *ui.Request) (simulation.Simulation, map[string]string, error) {
	s, names, _, err := p.one(r)
	if err == nil && s.Result == nil {
		err = ui.ErrNoPage
	}
	return s, names, err
}

// fileRows are the whole answer as lines of one table.
func fileRows(r *ui.Request, s simulation.Simulation, names map[string]string) ([]string, [][]any) {
	if s.Change.Sweep != nil {
		return sweepRows(r, s)
	}
	a := s.Result
	headings := []string{r.T("economy.file.part"), r.T("economy.file.row"), r.T("economy.before"), r.T("economy.after"), r.T("economy.difference")}
	var rows [][]any
	for _, q := range question(r, s.Change, names).Rows {
		rows = append(rows, []any{r.T("economy.question"), q.Key + ": " + q.Value, nil, nil, nil})
	}
	pair := func(part, row string, p simulation.Pair) {
		rows = append(rows, []any{part, row, p.Before, p.After, p.Difference()})
	}
	keys, pairs := sumRows(r, *a)
	for i, p := range pairs {
		pair(r.T("economy.sums"), keys[i], p)
	}
	for _, m := range a.Months {
		pair(r.T("economy.months"), m.Month.String(), m.Pair)
	}
	for _, b := range a.Bands {
		if b.All == 0 {
			continue
		}
		part := r.T("economy.families") + ": " + bandName(r, b)
		rows = append(rows, []any{part, r.T("economy.families.all"), told(r, b.All), nil, nil}, []any{part, r.T("economy.families.gain"), nil, told(r, b.Gain), nil},
			[]any{part, r.T("economy.families.same"), nil, told(r, b.Same), nil}, []any{part, r.T("economy.families.lose"), nil, told(r, b.Lose), nil})
		pair(part, r.T("economy.sum.own"), b.Own)
		pair(part, r.T("economy.sum.family"), b.Family)
	}
	for _, x := range a.Areas {
		part := r.T("economy.areas") + ": " + areaName(r, x.Name, x.Rest)
		rows = append(rows, []any{part, r.T("economy.families.all"), told(r, x.All), nil, nil}, []any{part, r.T("economy.families.gain"), nil, told(r, x.Gain), nil}, []any{part, r.T("economy.families.lose"), nil, told(r, x.Lose), nil})
		pair(part, r.T("economy.sum.year"), x.Municipality)
		pair(part, r.T("economy.sum.own"), x.Own)
		pair(part, r.T("economy.sum.family"), x.Family)
	}
	for _, x := range extent(r, *a).Rows {
		rows = append(rows, []any{r.T("economy.extent"), x.Key + ": " + x.Value + ", " + x.Small, nil, nil, nil})
	}
	for _, u := range simulation.ByCost(a.Units) {
		pair(r.T("economy.file.unit"), u.Name, u.Municipality)
	}
	rows = append(rows, []any{r.T("economy.facts"), r.T("economy.snapshot_day") + ": " + r.Date(a.Day), nil, nil, nil}, []any{r.T("economy.facts"), r.T("economy.hash") + ": " + a.Snapshot, nil, nil, nil})
	return headings, rows
}

func (p *Pages) resultCSV(w http.ResponseWriter, r *ui.Request) error {
	s, names, err := p.finished(r)
	if err != nil {
		return err
	}
	headings, rows := fileRows(r, s, names)
	return ui.CSV(w, "laskelma-"+ui.Digits(s.ID)+".csv", headings, rows)
}

func (p *Pages) resultXLSX(w http.ResponseWriter, r *ui.Request) error {
	s, names, err := p.finished(r)
	if err != nil {
		return err
	}
	headings, rows := fileRows(r, s, names)
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="laskelma-`+ui.Digits(s.ID)+`.xlsx"`)
	w.Header().Set("Cache-Control", "no-store")
	return sheet.WriteXLSX(w, r.T("economy.file.sheet"), headings, each(rows))
}
