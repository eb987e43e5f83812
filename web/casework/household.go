package casework

import (
	"context"
	"html/template"
	"math"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/chart"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// householdPages registers the pages about a client's household and income.
func householdPages() []ui.PageSpec {
	return []ui.PageSpec{
		ui.Page("casework/household", householdView{}, sampleHousehold()), ui.Page("casework/household-member", memberView{}, memberView{ID: 1, Member: 2}),
		ui.Page("casework/household-income", incomeView{}, incomeView{ID: 1, Item: 2}), ui.Page("casework/household-consent", consentView{}),
		ui.Page("casework/household-withdraw", consentView{}), ui.Page("casework/household-proposals", proposalsView{}, sampleProposals()),
		ui.Page("casework/household-reports", reportsView{}),
		ui.Page("casework/income-import", incomeImportView{}, sampleIncomeImport()),
	}
}

func (p *Pages) householdRoutes(work ui.Routes) {
	work.Get("/income-reports", access.IncomeEdit, p.incomeReports)
	work.Large(fileBody).Form(incomeImportPath, access.IncomeEdit, p.incomeImport)
	const root = "/clients/{client}/household"
	client := work.About("client")
	client.Get(root, access.ClientIncome, p.household)
	client.Form(root+"/members/new", access.IncomeEdit, p.member)
	client.Form(root+"/members/{member}", access.IncomeEdit, p.member)
	client.Form(root+"/income/new", access.IncomeEdit, p.income)
	client.Form(root+"/income/{income}", access.IncomeEdit, p.income)
	client.Form(root+"/consents/new", access.IncomeEdit, p.consent)
	client.Form(root+"/consents/{consent}/withdraw", access.IncomeEdit, p.withdraw)
	client.Form(root+"/reports/{report}", access.IncomeEdit, p.proposals)
	client.Get(root+"/proposals", access.VoucherChange, p.proposals)
}

type householdView struct {
	ID       int64
	Name     string
	Form     *ui.Form
	Tiles    ui.Tiles
	Unknown  *ui.Inset
	Why      ui.Calculation
	Members  ui.Table
	Items    ui.Table
	Past     ui.Table
	Consents ui.Table
	Reports  ui.Table
	Chart    template.HTML
	Timeline ui.Table
	CanEdit  bool
	CanRead  bool // vouchers too
}

func sampleHousehold() householdView {
	one := ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}
	return householdView{ID: 1, Name: "x", Unknown: &ui.Inset{Strong: "x", Text: "y"}, Members: one, Items: one, Past: one, Consents: one, Reports: one, Timeline: one, CanEdit: true, CanRead: true}
}

// home reads the household with its client, for every page about it.
func (p *Pages) home(r *ui.Request) (h household.Household, c client.Client, err error) {
	number, err := r.PathID("client")
	if err != nil {
		return h, c, err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if c, err = client.Get(ctx, tx, r.Actor, r.Actor.Organiser, number); err != nil {
			return err
		}
		h, err = household.Of(ctx, tx, r.Actor, r.Actor.Organiser, number)
		return err
	})
	return h, c, err
}

// household shows who lives with the client and what they live on, on the asked day.
func (p *Pages) household(w http.ResponseWriter, r *ui.Request) error {
	h, c, err := p.home(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("day", r.Today())
	day := r.Today()
	if asked, given := f.OptionalDate("day"); given {
		day = asked
	}
	s := h.At(day)
	view := householdView{ID: c.ID, Name: c.Name(), Form: f, CanEdit: r.Actor.Can(access.IncomeEdit), CanRead: r.Actor.Can(access.VoucherChange)}
	view.Tiles, view.Unknown = householdTiles(r, s, c, h)
	view.Why = voucherview.Calculation(r, p.Means.Texts, r.T("household.why", "day", day), s.Explanation())
	n := names{r, c, h}
	view.Members, view.Consents, view.Reports = n.members(day, view.CanEdit), n.consents(day, view.CanEdit), n.reports(view.CanEdit)
	view.Items, view.Past = n.items(s, day, view.CanEdit)
	view.Chart, view.Timeline = n.timeline(day)
	return r.Show(w, f.Status(), "casework/household", view)
}

// names knows how people and words of one household are written.
type names struct {
	r *ui.Request
	c client.Client
	h household.Household
}

func (n names) who(member int64) string {
	if m, ok := n.h.Member(member); ok {
		return m.Name()
	}
	return n.c.Name()
}

func householdTiles(r *ui.Request, s household.Snapshot, c client.Client, h household.Household) (ui.Tiles, *ui.Inset) {
	figure := r.T("household.not_known")
	var inset *ui.Inset
	if income := s.Income(); income != nil {
		figure = r.Cents(*income)
	} else {
		inset = &ui.Inset{Strong: r.T("household.missing"), Text: r.T("household.missing.text")}
		if s.Highest {
			inset = &ui.Inset{Strong: r.T("household.highest"), Text: r.T("household.highest.text")}
		}
		for _, p := range s.People {
			if p.Missing {
				inset.Text += " " + r.T("household.missing.who", "name", names{r, c, h}.who(p.Member))
			}
		}
	}
	tiles := ui.Tiles{{Label: r.T("household.income.month"), Figure: figure}, {Label: r.T("household.size"), Figure: i18n.Int(r.Lang, int64(s.Size()))}}
	if s.Savings != nil {
		tiles = append(tiles, ui.Tile{Label: r.T("household.savings"), Figure: r.Cents(*s.Savings)})
	}
	return tiles, inset
}

// period writes a period whose end may be open.
func period(r *ui.Request, p calendar.Period) string {
	if p.To >= calendar.Forever {
		return r.T("household.from_on", "from", p.From)
	}
	return r.Period(p)
}

func (n names) members(day calendar.Date, edit bool) ui.Table {
	r := n.r
	t := ui.Table{Caption: r.T("household.members"), Cards: true, Columns: []ui.Column{{Text: r.T("common.name")}, {Text: r.T("household.role")}, {Text: r.T("casework.birth_date")},
		{Text: r.T("household.time")}}, Empty: ui.Empty{Title: r.T("household.members.none"), Text: r.T("household.members.none.text")}}
	for _, m := range n.h.Members {
		name := ui.Cell{Text: m.Name()}
		if edit {
			name.Href = r.Path("/clients/{client}/household/members/{member}", n.h.Client, m.ID)
		}
		if !m.Period.Contains(day) {
			name.Small = r.T("household.not_on_day")
		}
		t.Rows = append(t.Rows, []ui.Cell{name, {Text: r.T("household.role." + string(m.Role))}, {Text: r.Date(m.BirthDate)}, {Text: period(r, m.Period)}})
	}
	return t
}

// items lists what holds on the day or later with what each makes in a month, and apart what has ended.
func (n names) items(s household.Snapshot, day calendar.Date, edit bool) (now, past ui.Table) {
	r := n.r
	columns := []ui.Column{{Text: r.T("household.kind")}, {Text: r.T("household.whose")}, {Text: r.T("household.amount"), Numeric: true}, {Text: r.T("household.in_month"), Numeric: true},
		{Text: r.T("household.time")}, {Text: r.T("household.source")}}
	now = ui.Table{Caption: r.T("household.items"), Cards: true, Columns: columns, Empty: ui.Empty{Title: r.T("household.items.none"), Text: r.T("household.items.none.text")}}
	past = ui.Table{Caption: r.T("household.items.past"), Cards: true, Columns: columns}
	rows := map[int64]household.Row{}
	for _, row := range s.Rows {
		rows[row.Item] = row
	}
	d := n.h.Definition(day)
	for _, i := range n.h.Items {
		kind := ui.Cell{Text: i.Kind, Small: i.Payer}
		if k, known := d.Kind(i.Kind); known {
			kind.Text = k.Names.In(r.Lang)
		}
		if edit {
			kind.Href = r.Path("/clients/{client}/household/income/{income}", n.h.Client, i.ID)
		}
		amount := ui.Cell{Text: r.Cents(i.Cents), Numeric: true}
		if per, known := d.Per(i.Per); known && d.Counts(i.Kind) {
			amount.Small = per.Names.In(r.Lang)
		}
		month := ui.Cell{Text: "–", Numeric: true}
		if row, holds := rows[i.ID]; holds {
			month = n.month(row)
		} else if i.Period.From > day {
			month.Small = r.T("household.standing.later")
		}
		source := ui.Cell{Text: r.T("household.source." + string(i.Source))}
		if i.FetchedOn != nil {
			source.Small = r.T("household.fetched", "day", *i.FetchedOn)
		}
		if i.ToldKind == "daycare_application" && r.Actor.Can(access.DaycareDecide) { // with its papers
			source.Href = r.Path("/guidance/applications/{application}", i.ToldID)
		}
		line := []ui.Cell{kind, {Text: n.who(i.Member)}, amount, month, {Text: period(r, i.Period)}, source}
		if i.Period.To <= day {
			past.Rows = append(past.Rows, line)
		} else {
			now.Rows = append(now.Rows, line)
		}
	}
	return now, past
}

// month tells what a row makes in a month, or why it makes nothing.
func (n names) month(row household.Row) ui.Cell {
	switch row.Standing {
	case household.Counted:
		return n.r.CentsCell(row.Month)
	default:
		return ui.Cell{Text: "–", Small: n.r.T("household.standing." + string(row.Standing)), Numeric: true}
	}
}

func (n names) consents(day calendar.Date, edit bool) ui.Table {
	r := n.r
	t := ui.Table{Caption: r.T("household.consents"), Cards: true, Columns: []ui.Column{{Text: r.T("household.consent")}, {Text: r.T("household.whose")}, {Text: r.T("household.consent.given")},
		{Text: r.T("household.consent.withdrawn")}}, Empty: ui.Empty{Title: r.T("household.consents.none"), Text: r.T("household.consents.none.text")}}
	for _, c := range n.h.Consents {
		end := ui.Cell{Text: "–"}
		switch {
		case c.Withdrawn != nil:
			end.Text = r.Date(*c.Withdrawn)
		case edit:
			end = ui.Cell{Text: r.T("household.withdraw"), Hidden: r.T("household.consent." + string(c.Kind)), Href: r.Path("/clients/{client}/household/consents/{consent}/withdraw", n.h.Client, c.ID)}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("household.consent." + string(c.Kind))}, {Text: n.who(c.Member)},
			{Text: r.Date(c.GivenOn), Small: r.T("household.channel." + c.Channel)}, end})
	}
	return t
}

func (n names) reports(edit bool) ui.Table {
	r := n.r
	t := ui.Table{Caption: r.T("household.reports"), Cards: true, Columns: []ui.Column{{Text: r.T("household.reported")}, {Text: r.T("household.words")}, {Text: r.T("household.change.from")}, {Text: r.T("common.state")}}}
	for _, one := range n.h.Reports {
		first := ui.Cell{Text: r.Date(one.ReportedOn), Small: one.ReportedBy}
		state := ui.Cell{Text: r.T("household.report.open")}
		if one.HandledAt != nil {
			state = ui.Cell{Text: r.T("household.report.handled"), Small: one.HandledBy}
		} else if edit {
			first.Href = r.Path("/clients/{client}/household/reports/{report}", n.h.Client, one.ID)
		}
		words := one.Words
		if one.Origin != household.ToldByClient {
			words = r.T("household.origin." + string(one.Origin))
		}
		t.Rows = append(t.Rows, []ui.Cell{first, {Text: words}, {Text: r.Date(one.From)}, state})
	}
	return t
}

// Months of the picture before and after the asked day.
const monthsBefore, monthsAfter = 12, 6

// timeline draws the income month by month, on the first day of each, and tells the same as spans in which nothing changes.
func (n names) timeline(day calendar.Date) (template.HTML, ui.Table) {
	r := n.r
	first := calendar.MonthOf(day.AddMonths(-monthsBefore)).Period().From
	last := first.AddMonths(monthsBefore + monthsAfter + 1)
	t := ui.Table{Caption: r.T("household.timeline"), Cards: true, Columns: []ui.Column{{Text: r.T("household.time")}, {Text: r.T("household.size"), Numeric: true},
		{Text: r.T("household.income.month"), Numeric: true}, {Text: r.T("household.savings"), Numeric: true}}}
	for _, span := range n.h.Timeline(calendar.Period{From: first, To: last}) {
		income, savings := ui.Cell{Text: r.T("household.not_known"), Numeric: true}, ui.Cell{Text: "–", Numeric: true}
		if known := span.Income(); known != nil {
			income = r.CentsCell(*known)
		}
		if span.Savings != nil {
			savings = r.CentsCell(*span.Savings)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.Period(span.Period), Href: r.Path("/clients/{client}/household?day={day}", n.h.Client, span.Period.From)},
			{Text: i18n.Int(r.Lang, int64(span.Size())), Numeric: true}, income, savings})
	}
	if len(n.h.Items) == 0 {
		return "", t
	}
	c := chart.Chart{ID: "income", Kind: chart.Bar, Title: r.T("household.chart"), Sub: r.T("household.chart.sub"), ShowTable: r.T("ui.chart.table"), Heading: r.T("household.time"),
		Axis: func(v float64) string { return i18n.Int(r.Lang, int64(math.Round(v))) }}
	bars := chart.Series{Name: r.T("household.income.month")}
	for at := first; at < last; at = at.AddMonths(1) {
		c.Labels = append(c.Labels, i18n.Month(r.Lang, calendar.MonthOf(at)))
		if income := n.h.At(at).Income(); income != nil {
			bars.Values, bars.Texts = append(bars.Values, euros(*income)), append(bars.Texts, r.Cents(*income))
		} else {
			bars.Values, bars.Texts = append(bars.Values, math.NaN()), append(bars.Texts, r.T("household.not_known"))
		}
	}
	c.Series = []chart.Series{bars}
	return c.HTML(), t
}

// euros is only for drawing.
func euros(c money.Cents) float64 { return float64(c) / 100 }
