package steering

import (
	"html/template"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/statistics"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/chart"
	"seteli/web/ui"
)

// dashboardView is the organiser's first page.
type dashboardView struct {
	Form             *ui.Form
	At               time.Time
	Month            calendar.Month
	Tiles            ui.Tiles
	Services         []ui.Option
	Table            ui.Table
	TableFile        string
	Budget, Waiting  template.HTML
	BudgetHidden     bool
	Few              bool
	Economy          bool // may weigh early education, on pages of their own
	Previous, Next   string
	PreviousM, NextM calendar.Month
}

// asked reads month and service from the address; this month when none or a wrong one is named.
func asked(r *ui.Request) (calendar.Month, int64) {
	m, err := calendar.ParseMonth(r.URL.Query().Get("month"))
	if err != nil {
		m = calendar.MonthOf(r.Today())
	}
	return m, number(r.URL.Query().Get("service"))
}

func (p *Pages) read(r *ui.Request) (m statistics.Month, y statistics.Spending, err error) {
	month, service := asked(r)
	year, _ := month.Civil()
	err = p.DB.Snapshot(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if m, err = statistics.Read(r.Context(), tx, r.Actor, r.Actor.Organiser, month); err != nil {
			return err
		}
		y, err = statistics.Year(r.Context(), tx, r.Actor, r.Actor.Organiser, year, service)
		return err
	})
	return m, y, err
}

func (p *Pages) dashboard(w http.ResponseWriter, r *ui.Request) error {
	m, y, err := p.read(r)
	if err != nil {
		return err
	}
	v := dashboardView{Form: r.Input(), At: m.At, Month: m.Month, Tiles: tiles(r, m), Table: table(r, m), BudgetHidden: y.Hidden,
		TableFile: r.Path("/steering/services.csv?month={month}", m.Month), PreviousM: m.Month - 1, NextM: m.Month + 1, Economy: r.Actor.Can(access.SimulationRun)}
	v.Services = []ui.Option{{Value: "", Text: r.T("steering.all_services")}}
	for _, s := range m.Services {
		v.Services = append(v.Services, ui.Option{Value: strconv.FormatInt(s.ID, 10), Text: s.Names.In(r.Lang)})
	}
	for _, l := range m.Lines {
		v.Few = v.Few || l.Few || l.Hidden
	}
	v.Previous = r.Path("/steering?month={month}", m.Month-1)
	if m.Month < calendar.MonthOf(r.Today()) {
		v.Next = r.Path("/steering?month={month}", m.Month+1)
	}
	if !y.Hidden && y.Spent != [12]money.Cents{} { // of nothing spent there is no finding
		v.Budget = budgetChart(r, y)
	}
	if m.InReview > 0 {
		v.Waiting = waitingChart(r, m)
	}
	return r.Show(w, http.StatusOK, "steering/dashboard", v)
}

func tiles(r *ui.Request, m statistics.Month) ui.Tiles {
	list := ui.Tiles{
		{Label: r.T("steering.tile.vouchers"), Figure: i18n.Int(r.Lang, m.Vouchers)},
		{Label: r.T("steering.tile.clients"), Figure: clients(r, m.Total)},
		{Label: r.T("steering.tile.events"), Figure: count(r, m.Total, m.Total.Events)},
	}
	if m.Total.CareDays > 0 {
		list = append(list, ui.Tile{Label: r.T("steering.tile.care"), Figure: count(r, m.Total, m.Total.CareDays)})
	}
	return append(list,
		ui.Tile{Label: r.T("steering.tile.euros"), Figure: euros(r, m.Total, m.Total.Organiser)},
		ui.Tile{Label: r.T("steering.tile.waiting"), Figure: i18n.Int(r.Lang, m.InReview)})
}

// clients writes a count of clients: "alle 5" when it may not be told, a dash when it is not known.
func clients(r *ui.Request, l statistics.Line) string {
	switch {
	case l.Few:
		return r.T("steering.few", "n", statistics.Least)
	case l.Hidden, l.Clients < 0:
		return "–"
	}
	return i18n.Int(r.Lang, l.Clients)
}

func count(r *ui.Request, l statistics.Line, n int64) string {
	if l.Hidden {
		return "–"
	}
	return i18n.Int(r.Lang, n)
}

func euros(r *ui.Request, l statistics.Line, c money.Cents) string {
	if l.Hidden {
		return "–"
	}
	return r.Cents(c)
}

func units(r *ui.Request, l statistics.Line) string {
	if l.Hidden {
		return "–"
	}
	var list []string
	for _, a := range l.Units {
		list = append(list, r.Quantity(a.Quantity, string(a.Unit)))
	}
	if l.CareDays > 0 {
		list = append(list, r.T("steering.care", "n", l.CareDays))
	}
	return strings.Join(list, ", ")
}

func table(r *ui.Request, m statistics.Month) ui.Table {
	t := ui.Table{Caption: r.T("steering.table.caption", "month", m.Month), Cards: true, Empty: ui.Empty{Title: r.T("steering.table.none"), Text: r.T("steering.table.none_text")}}
	for _, key := range []string{"service", "clients", "units", "providers", "euros", "own"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("steering.table." + key), Numeric: key != "service"})
	}
	for _, l := range m.Lines {
		t.Rows = append(t.Rows, lineCells(r, l, l.Names.In(r.Lang)))
	}
	if len(t.Rows) > 0 {
		t.Foot = lineCells(r, m.Total, r.T("steering.table.total"))
		t.Foot[2].Text = ""
	}
	return t
}

func lineCells(r *ui.Request, l statistics.Line, name string) []ui.Cell {
	return []ui.Cell{{Text: name}, {Text: clients(r, l), Numeric: true}, {Text: units(r, l), Numeric: true}, {Text: count(r, l, l.Providers), Numeric: true},
		{Text: euros(r, l, l.Organiser), Numeric: true}, {Text: euros(r, l, l.Own), Numeric: true}}
}

// euro is for drawing only; the texts beside the picture carry the cents.
func euro(c money.Cents) float64 { return float64(c) / 100 }

// budgetChart draws what is spent, the forecast (dashed) and the budget as an even line, all from the beginning of the year.
func budgetChart(r *ui.Request, y statistics.Spending) template.HTML {
	spent, foreseen := y.Cumulative()
	c := chart.Chart{ID: "budget", Kind: chart.Line, Title: budgetFinding(r, y), Sub: r.T("steering.budget.sub", "year", strconv.Itoa(y.Year), "at", y.At),
		Desc: r.T("steering.budget.desc"), ShowTable: r.T("ui.chart.table"), GetCSV: r.T("ui.chart.csv"), Heading: r.T("steering.month"),
		CSV:  r.Path("/steering/spending.csv?month={month}&service={service}", firstMonth(y.Year), number(r.URL.Query().Get("service"))),
		Axis: func(v float64) string { return i18n.Int(r.Lang, int64(math.Round(v))) }}
	one, two, three := chart.Series{Name: r.T("steering.budget.spent")}, chart.Series{Name: r.T("steering.budget.forecast")}, chart.Series{Name: r.T("steering.budget.budget")}
	add := func(s *chart.Series, there bool, sum money.Cents) {
		if !there {
			s.Values, s.Texts = append(s.Values, math.NaN()), append(s.Texts, "–")
			return
		}
		s.Values, s.Texts = append(s.Values, euro(sum)), append(s.Texts, r.Cents(sum))
	}
	at := func(list []money.Cents, m int) money.Cents {
		if m < 0 || m >= len(list) {
			return 0
		}
		return list[m]
	}
	for m := range 12 {
		c.Labels = append(c.Labels, strconv.Itoa(m+1))
		add(&one, m < y.Through, at(spent, m))
		add(&two, len(foreseen) > 0 && m >= y.Through-1, at(foreseen, m))
		add(&three, y.Budget > 0, y.Budget*money.Cents(m+1)/12) // drawn only: an even share of the year
	}
	c.Series = []chart.Series{one}
	if len(foreseen) > 0 {
		c.Series = append(c.Series, two)
	}
	if y.Budget > 0 {
		c.Series = append(c.Series, three)
	}
	return c.HTML()
}

func firstMonth(year int) calendar.Month {
	return calendar.MonthOf(calendar.Day(year, time.January, 1))
}

// budgetFinding is the title: what the picture shows, in words.
func budgetFinding(r *ui.Request, y statistics.Spending) string {
	total := y.Forecast.Total
	if y.Forecast.Months == 0 {
		total = 0
		for _, c := range y.Spent {
			total += c
		}
		switch {
		case y.Budget == 0:
			return r.T("steering.finding.spent", "amount", total)
		case total > y.Budget:
			return r.T("steering.finding.spent_over", "amount", total-y.Budget)
		}
		return r.T("steering.finding.spent_under", "amount", y.Budget-total)
	}
	switch {
	case y.Budget == 0:
		return r.T("steering.finding.forecast", "amount", total)
	case total > y.Budget:
		return r.T("steering.finding.over", "amount", total-y.Budget)
	}
	return r.T("steering.finding.under", "amount", y.Budget-total)
}

func waitingChart(r *ui.Request, m statistics.Month) template.HTML {
	late := int64(0)
	s := chart.Series{Name: r.T("steering.waiting.events")}
	c := chart.Chart{ID: "waiting", Kind: chart.Bar, Sub: r.T("steering.waiting.sub"), ShowTable: r.T("ui.chart.table"), GetCSV: r.T("ui.chart.csv"),
		Heading: r.T("steering.waiting.age"), CSV: r.Path("/steering/waiting.csv"), Axis: whole(r)}
	for _, a := range m.Waiting {
		c.Labels = append(c.Labels, ageText(r, a))
		s.Values, s.Texts = append(s.Values, float64(a.Count)), append(s.Texts, i18n.Int(r.Lang, a.Count))
		if a.From > 7 {
			late += a.Count
		}
	}
	c.Series = []chart.Series{s}
	c.Title = r.T("steering.waiting.fresh", "n", m.InReview)
	if late > 0 {
		c.Title = r.T("steering.waiting.late", "n", late)
	}
	return c.HTML()
}

// whole writes counts on the axis; between them the line stands without a figure.
func whole(r *ui.Request) func(float64) string {
	return func(v float64) string {
		if v != math.Trunc(v) {
			return ""
		}
		return i18n.Int(r.Lang, int64(v))
	}
}

func ageText(r *ui.Request, a statistics.Age) string {
	if a.To == 0 {
		return r.T("steering.waiting.over", "days", a.From-1)
	}
	return r.T("steering.waiting.between", "from", a.From, "to", a.To)
}

func sampleDashboard() dashboardView {
	return dashboardView{Table: sampleTable(), TableFile: "x", Previous: "x", Next: "x", Few: true, BudgetHidden: true, At: time.Unix(1, 0),
		Services: []ui.Option{{Value: "1", Text: "x"}, {Value: "2", Text: "y"}}}
}

func (p *Pages) servicesFile(w http.ResponseWriter, r *ui.Request) error {
	m, _, err := p.read(r)
	if err != nil {
		return err
	}
	var headings []string
	for _, key := range []string{"month", "service", "clients", "events", "units", "providers", "euros", "own", "care"} {
		headings = append(headings, r.T("steering.file."+key))
	}
	var rows [][]any
	for _, l := range m.Lines {
		if l.Hidden {
			rows = append(rows, []any{m.Month.String(), l.Names.In(r.Lang), clients(r, l), nil, nil, nil, nil, nil, nil})
			continue
		}
		var told any = l.Clients
		if l.Few {
			told = clients(r, l)
		}
		rows = append(rows, []any{m.Month.String(), l.Names.In(r.Lang), told, l.Events, units(r, l), l.Providers, l.Organiser, l.Own, l.CareDays})
	}
	return ui.CSV(w, "palvelut-"+m.Month.String()+".csv", headings, rows)
}

func (p *Pages) spendingFile(w http.ResponseWriter, r *ui.Request) error {
	_, y, err := p.read(r)
	if err != nil {
		return err
	}
	if y.Hidden {
		return errUnknown
	}
	spent, foreseen := y.Cumulative()
	var rows [][]any
	for m := range 12 {
		row := []any{(firstMonth(y.Year) + calendar.Month(m)).String(), nil, nil, nil, y.Budget}
		if m < y.Through {
			row[1], row[2] = y.Spent[m], spent[m]
		}
		if len(foreseen) > 0 && m >= y.Through-1 {
			row[3] = foreseen[m]
		}
		rows = append(rows, row)
	}
	return ui.CSV(w, "menot-"+strconv.Itoa(y.Year)+".csv", []string{r.T("steering.file.month"), r.T("steering.file.spent"), r.T("steering.file.cumulative"), r.T("steering.file.forecast"), r.T("steering.file.budget")}, rows)
}

func (p *Pages) waitingFile(w http.ResponseWriter, r *ui.Request) error {
	m, _, err := p.read(r)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, a := range m.Waiting {
		rows = append(rows, []any{ageText(r, a), a.Count})
	}
	return ui.CSV(w, "tarkastusjono.csv", []string{r.T("steering.waiting.age"), r.T("steering.waiting.events")}, rows)
}
