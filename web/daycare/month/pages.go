// Package month is the pages of early education's months for those who pay them and those who answer for them: the preview and the close,
// statements with their states, what hinders a payment, objections that wait for an answer, and long absences that wait for a decision.
//
// A page reads a form, calls one use case and shows a page or redirects. It holds no rule. What a row pays is said by the same words as on
// the unit's own statement.
package month

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/daycare/unit"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

//go:embed templates/*.html
var templates embed.FS

// Home is the path of the months.
const Home = "/finance/daycare"

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Texts *i18n.Catalogue
}

// page is every page of this package: components above, at most one form, components below.
type page struct {
	Title, Caption, Lead string
	Top                  []ui.Component
	Ask                  string // which form; "" = none
	Form                 *ui.Form
	Options              []ui.Option
	Version              string
	Bottom               []ui.Component
	Links                []ui.Link
}

// Audience is the pages with their routes and navigation.
func (s *Pages) Audience() ui.Audience {
	samples := []page{{}}
	for _, ask := range []string{"close", "filter", "answer"} {
		samples = append(samples, page{Title: "x", Caption: "x", Lead: "x", Ask: ask, Options: []ui.Option{{Value: "1", Text: "x"}}, Top: []ui.Component{ui.Inset{Text: "x"}}, Links: []ui.Link{{Text: "x", Href: "/"}}})
	}
	return ui.Audience{Name: "month", Templates: templates, Routes: s.routes(), Pages: []ui.PageSpec{ui.Page("month/page", samples...)},
		Nav: []ui.NavItem{{Key: "daycaremonth.nav", Path: Home, Right: access.SettlementPreview, Daycare: true}, {Key: "daycaremonth.nav.objections", Path: "/daycare-objections", Right: access.DaycareDecide}}}
}

func (s *Pages) routes() []ui.Route {
	all := ui.NewRoutes(ui.Route{Side: access.OrganiserSide})
	all.Get(Home, access.SettlementPreview, s.months)
	all.Clients().Form(Home+"/close", access.SettlementPreview, s.close)
	all.Clients().Get("/daycare-objections", access.DaycareDecide, s.objections)
	all.Clients().About("care_row").Form("/daycare-objections/{line}", access.DaycareDecide, s.answer)
	all.Clients().Get("/daycare-absences", access.DaycareDecide, s.absences)
	statements := all.About("care_statement")
	statements.Get(Home+"/months/{month}", access.SettlementPreview, s.month)
	statements.Clients().Get(Home+"/months/{month}/rows.csv", access.SettlementPreview, s.file)
	statements.Clients().Get(Home+"/months/{month}/{unit}", access.SettlementPreview, s.statement)
	statements.Clients().Get(Home+"/months/{month}/{unit}/pdf", access.SettlementPreview, s.pdf)
	statements.Clients().Get(Home+"/months/{month}/{unit}/csv", access.SettlementPreview, s.csv)
	return all.All()
}

func (s *Pages) show(w http.ResponseWriter, r *ui.Request, p page) error {
	if p.Form == nil {
		p.Form = r.Input()
	}
	return r.Show(w, p.Form.Status(), "month/page", p)
}

func doubled(err error) bool { return fault.CodeOf(err) == "DAY-092" }

func noRules(err error) bool { return fault.CodeOf(err) == "DAY-081" }

func monthPath(m calendar.Month, more ...string) string {
	return Home + "/months/" + strings.Join(append([]string{m.String()}, more...), "/")
}

// months is the first page: the next month, what hinders payments, and the closed months.
func (s *Pages) months(w http.ResponseWriter, r *ui.Request) error {
	o := r.Actor.Organiser
	var next store.NextMonth
	var closed []store.Month
	var statements []store.Statement
	var objections int
	var accounts []store.Accountless
	var debts []settlement.Debt
	var coming map[int64]bool
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if next, err = store.Next(ctx, tx, r.Actor, o); err != nil {
			return err
		}
		if closed, err = store.Months(ctx, tx, r.Actor, o); err != nil {
			return err
		}
		if statements, err = store.Statements(ctx, tx, r.Actor, o, 0); err != nil {
			return err
		}
		if objections, err = store.CountObjections(ctx, tx, r.Actor, o); err != nil {
			return err
		}
		if accounts, err = store.WithoutAccount(ctx, tx, r.Actor, o); err != nil {
			return err
		}
		if debts, err = settlement.Debts(ctx, tx, r.Actor, o); err != nil {
			return err
		}
		var ids []int64
		for _, d := range debts {
			ids = append(ids, d.Provider)
		}
		coming, err = store.Coming(ctx, tx, r.Actor, o, ids)
		return err
	})
	p := page{Title: r.T("daycaremonth.title"), Lead: r.T("daycaremonth.lead")}
	if noRules(err) {
		p.Top = []ui.Component{ui.Empty{Title: r.T("daycaremonth.none"), Text: r.T("daycaremonth.none.text")}}
		return s.show(w, r, p)
	}
	if err != nil {
		return err
	}
	p.Top = []ui.Component{nextSummary(r, next), tasks(r, statements, objections, len(accounts), len(debts))}
	if len(accounts) > 0 {
		p.Top = append(p.Top, accountTable(r, accounts))
	}
	if len(debts) > 0 {
		p.Top = append(p.Top, debtTable(r, debts, coming))
	}
	p.Top = append(p.Top, closedTable(r, closed, statements))
	p.Links = []ui.Link{{Text: r.T("finance.claims"), Href: r.Path("/finance/claims")}}
	return s.show(w, r, p)
}

func nextSummary(r *ui.Request, n store.NextMonth) ui.Summary {
	when := ui.Row{Key: r.T("daycaremonth.next.from"), Value: r.Date(n.From), Small: r.T("daycaremonth.next.by_person")}
	if n.ByItself {
		when.Small = r.T("daycaremonth.next.by_itself")
	}
	what := ui.Row{Key: r.T("daycaremonth.next"), Value: r.T("daycareunit.month", "month", n.Month), Actions: []ui.Action{{Text: r.T("daycaremonth.preview"), Href: r.Path(Home + "/close")}}}
	return ui.Summary{Rows: []ui.Row{what, when}}
}

func tasks(r *ui.Request, statements []store.Statement, objections, accounts, debts int) ui.TaskList {
	open := 0
	for _, s := range statements {
		if s.ApprovedAt == nil {
			open++
		}
	}
	one := func(key string, n int, href string) ui.Task {
		t := ui.Task{Text: r.T("daycaremonth.task." + key), Hint: r.T("daycaremonth.task." + key + ".hint"), Href: href, Status: r.T("daycaremonth.task.none"), Colour: "green"}
		if n > 0 {
			t.Status, t.Colour = strconv.Itoa(n), "orange"
		}
		return t
	}
	answers := ""
	if r.Actor.Can(access.DaycareDecide) {
		answers = r.Path("/daycare-objections")
	}
	waiting := ""
	if len(statements) > 0 {
		waiting = r.Path(monthPath(statements[0].Month))
	}
	return ui.TaskList{Title: r.T("daycaremonth.tasks"), Tasks: []ui.Task{one("statements", open, waiting), one("objections", objections, answers),
		one("accounts", accounts, ""), one("debts", debts, r.Path("/finance/claims"))}}
}

func accountTable(r *ui.Request, list []store.Accountless) ui.Table {
	t := ui.Table{ID: "accounts", Caption: r.T("daycaremonth.accounts"), Cards: true, Columns: []ui.Column{{Text: r.T("daycaremonth.company")}, {Text: r.T("daycareunit.unit")}, {Text: r.T("daycareunit.children"), Numeric: true}, {Text: r.T("daycaremonth.remedy")}}}
	for _, a := range list {
		t.Rows = append(t.Rows, []ui.Cell{{Text: a.Company}, {Text: a.UnitName}, {Text: strconv.Itoa(a.Children), Numeric: true}, {Text: r.T("daycaremonth.accounts.remedy")}})
	}
	return t
}

func debtTable(r *ui.Request, list []settlement.Debt, coming map[int64]bool) ui.Table {
	t := ui.Table{ID: "debts", Caption: r.T("daycaremonth.debts"), Cards: true, Columns: []ui.Column{{Text: r.T("daycaremonth.company")}, {Text: r.T("daycaremonth.debts.amount"), Numeric: true}, {Text: r.T("daycaremonth.remedy")}}}
	for _, d := range list {
		remedy := ui.Cell{Text: r.T("daycaremonth.debts.carried")}
		if !coming[d.Provider] {
			remedy.Text = r.T("daycaremonth.debts.claim")
			if r.Actor.Can(access.SettlementPrepare) {
				remedy = ui.Cell{Text: r.T("finance.claim.make"), Href: r.Path("/finance/claims/new/{provider}", d.Provider), Small: remedy.Text}
			}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: d.Name}, r.CentsCell(d.Amount), remedy})
	}
	return t
}

func closedTable(r *ui.Request, closed []store.Month, statements []store.Statement) ui.Table {
	t := ui.Table{Caption: r.T("daycaremonth.closed"), Cards: true, Columns: []ui.Column{{Text: r.T("daycare.statement.column.month")}, {Text: r.T("daycaremonth.rows"), Numeric: true},
		{Text: r.T("daycaremonth.approved"), Numeric: true}, {Text: r.T("daycare.statement.column.amount"), Numeric: true}, {Text: r.T("daycaremonth.closed.by")}},
		Empty: ui.Empty{Title: r.T("daycaremonth.closed.none"), Text: r.T("daycaremonth.closed.none.text")}}
	for _, m := range closed {
		all, approved := 0, 0
		for _, s := range statements {
			if s.Month == m.Month {
				all++
				if s.ApprovedAt != nil {
					approved++
				}
			}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("daycareunit.month", "month", m.Month), Href: r.Path(monthPath(m.Month))}, {Text: strconv.Itoa(m.Rows), Numeric: true},
			{Text: r.T("daycaremonth.approved.of", "n", approved, "of", all), Numeric: true}, r.CentsCell(m.Total), {Text: m.ClosedBy, Small: r.Date(calendar.DateOf(m.ClosedAt.In(calendar.Helsinki)))}})
	}
	return t
}

// close shows what closing the next month would post, corrections by name, and closes it on POST.
func (s *Pages) close(w http.ResponseWriter, r *ui.Request) error {
	o, f := r.Actor.Organiser, r.Input()
	if f.Submitted() {
		m := f.Month("month")
		if !f.Refused() {
			err := r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := store.Close(ctx, tx, r.Actor, o, m)
				return err
			})
			if err == nil {
				return r.SeeOther(w, monthPath(m), "daycaremonth.close.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	var next store.NextMonth
	var units []store.UnitTotal
	var differences []store.Difference
	err := r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if next, err = store.Next(ctx, tx, r.Actor, o); err != nil {
			return err
		}
		list, rows, err := store.PreviewUnits(ctx, tx, r.Actor, o, next.Month)
		if err != nil {
			return err
		}
		units = list
		differences, err = store.Differences(ctx, tx, r.Actor, o, rows)
		return err
	})
	if noRules(err) {
		return ui.ErrNoPage
	}
	if err != nil && !f.Take(err) {
		return err
	}
	var doubles []store.Double
	if doubled(err) {
		failed := r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
			doubles, err = store.Doubles(ctx, tx, r.Actor, o)
			return err
		})
		if failed != nil {
			return failed
		}
	}
	p := page{Title: r.T("daycaremonth.preview.title", "month", next.Month), Lead: r.T("daycaremonth.preview.lead"), Form: f, Version: next.Month.String(),
		Links: []ui.Link{{Text: r.T("daycaremonth.back"), Href: r.Path(Home)}}}
	p.Top = []ui.Component{previewTable(r, units)}
	if len(differences) > 0 {
		shown, pages := unit.Within(r, differences, r.Path(Home+"/close")+"?")
		p.Bottom = []ui.Component{differenceTable(r, shown), pages}
	}
	switch {
	case len(doubles) > 0:
		p.Top = []ui.Component{doubleTable(r, doubles)}
	case err != nil: // what hinders it stands in the error summary
	case !next.Open:
		p.Top = append([]ui.Component{ui.Inset{Text: r.T("daycaremonth.preview.early", "day", next.From)}}, p.Top...)
	case r.Actor.Can(access.SettlementPrepare):
		p.Ask = "close"
		p.Top = append(p.Top, ui.Inset{Text: r.T("daycaremonth.close.text", "day", next.AnswerBy)})
	}
	return s.show(w, r, p)
}

// doubleTable leads to the children whose decisions hinder the close; who may not end decisions sees the names.
func doubleTable(r *ui.Request, list []store.Double) ui.Table {
	t := ui.Table{ID: "doubles", Caption: r.T("daycaremonth.doubles"), Cards: true, Columns: []ui.Column{{Text: r.T("daycare.statement.column.child")}, {Text: r.T("daycaremonth.remedy")}}}
	for _, d := range list {
		child, remedy := ui.Cell{Text: d.Name}, ui.Cell{Text: r.T("daycaremonth.doubles.ask")}
		if r.Actor.Can(access.DaycareDecide) {
			child.Href, remedy.Text = r.Path("/daycare/children/{child}", d.Child), r.T("daycaremonth.doubles.remedy")
		}
		t.Rows = append(t.Rows, []ui.Cell{child, remedy})
	}
	return t
}

func previewTable(r *ui.Request, units []store.UnitTotal) ui.Table {
	t := ui.Table{Caption: r.T("daycaremonth.preview.units"), Cards: true, Columns: []ui.Column{{Text: r.T("daycareunit.unit")}, {Text: r.T("daycareunit.children"), Numeric: true},
		{Text: r.T("daycare.statement.sum.month"), Numeric: true}, {Text: r.T("daycare.statement.sum.notice"), Numeric: true}, {Text: r.T("daycare.statement.sum.corrections"), Numeric: true},
		{Text: r.T("daycare.statement.sum.total"), Numeric: true}}, Empty: ui.Empty{Title: r.T("daycaremonth.preview.none"), Text: r.T("daycaremonth.preview.none.text")}}
	var all store.UnitTotal
	for _, u := range units {
		corrections := r.CentsCell(u.Corrections)
		if u.Corrected > 0 {
			corrections.Small = r.T("daycaremonth.rows.count", "n", u.Corrected)
		}
		total := r.CentsCell(u.Total)
		if u.Total < 0 {
			total.Small = r.T("daycaremonth.preview.negative")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: u.UnitName, Small: u.Provider}, {Text: strconv.Itoa(u.Children), Numeric: true}, r.CentsCell(u.Original), r.CentsCell(u.Notice), corrections, total})
		all.Children, all.Original, all.Notice = all.Children+u.Children, all.Original+u.Original, all.Notice+u.Notice
		all.Corrections, all.Total = all.Corrections+u.Corrections, all.Total+u.Total
	}
	if len(units) > 0 {
		t.Foot = []ui.Cell{{Text: r.T("daycare.statement.sum.total")}, {Text: strconv.Itoa(all.Children), Numeric: true}, r.CentsCell(all.Original), r.CentsCell(all.Notice), r.CentsCell(all.Corrections), r.CentsCell(all.Total)}
	}
	return t
}

func differenceTable(r *ui.Request, list []store.Difference) ui.Table {
	t := ui.Table{Caption: r.T("daycaremonth.differences"), Cards: true, Columns: []ui.Column{{Text: r.T("daycare.statement.column.child")}, {Text: r.T("daycareunit.unit")},
		{Text: r.T("daycare.statement.column.days")}, {Text: r.T("daycare.statement.column.what")}, {Text: r.T("daycare.statement.column.amount"), Numeric: true}}}
	for _, d := range list {
		what := ui.Cell{Text: r.T(d.KindKey())}
		if d.Refunds != 0 {
			what.Small = r.T("daycaremonth.differences.takes", "row", d.Refunds)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: d.ChildName}, {Text: d.UnitName}, {Text: r.Period(d.Period)}, what, r.CentsCell(d.Amount)})
	}
	return t
}

// month lists the statements of a closed month with their states.
func (s *Pages) month(w http.ResponseWriter, r *ui.Request) error {
	m, err := ui.ParseMonth(r.PathValue("month"))
	if err != nil {
		return ui.ErrNoPage
	}
	var list []store.Statement
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = store.Statements(ctx, tx, r.Actor, r.Actor.Organiser, m)
		return err
	})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ui.ErrNoPage
	}
	f := r.Input()
	p := page{Title: r.T("daycaremonth.month.title", "month", m), Ask: "filter", Form: f, Options: []ui.Option{{Text: r.T("daycareunit.filter.all")}},
		Links: []ui.Link{{Text: r.T("daycaremonth.month.file"), Href: r.Path(monthPath(m, "rows.csv"))}, {Text: r.T("daycaremonth.back"), Href: r.Path(Home)}}}
	for _, x := range []string{"open", "objected", "approved", "silent"} {
		p.Options = append(p.Options, ui.Option{Value: x, Text: r.T("daycareunit.state." + x)})
	}
	var kept []store.Statement
	for _, one := range list {
		if want := f.Value("state"); want == "" || unit.StateOf(one) == "care.statement."+want {
			kept = append(kept, one)
		}
	}
	here := r.Path(monthPath(m)) + "?"
	if want := f.Value("state"); want != "" {
		here += "state=" + want + "&"
	}
	shown, pages := unit.Within(r, kept, here)
	t := ui.Table{Caption: r.T("daycareunit.statements"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycareunit.unit")}, {Text: r.T("daycareunit.state")}, {Text: r.T("daycareunit.statement.answer_by")},
		{Text: r.T("daycaremonth.rows"), Numeric: true}, {Text: r.T("daycaremonth.posted"), Numeric: true}, {Text: r.T("daycare.statement.column.amount"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("daycaremonth.month.none"), Text: r.T("daycaremonth.month.none.text")}}
	for _, one := range shown {
		state := r.TagCell(unit.StateOf(one))
		if one.Open > 0 {
			state.Small = r.T("daycareunit.statement.objections", "n", one.Open)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: one.UnitName, Href: r.Path(monthPath(m, ui.Digits(one.Unit)))}, state, {Text: r.Date(one.AnswerBy)}, {Text: strconv.Itoa(one.Rows), Numeric: true},
			{Text: strconv.Itoa(one.Posted), Numeric: true}, r.CentsCell(one.Total)})
	}
	p.Bottom = []ui.Component{t, pages}
	return s.show(w, r, p)
}

// paper reads a unit's statement of the address.
func (s *Pages) paper(r *ui.Request) (p store.Paper, err error) {
	m, err := ui.ParseMonth(r.PathValue("month"))
	if err != nil {
		return p, ui.ErrNoPage
	}
	id, err := r.PathID("unit")
	if err != nil {
		return p, err
	}
	err = r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		o, err := organiser.Get(ctx, tx, r.Actor.Organiser)
		if err != nil {
			return err
		}
		p, err = store.ReadPaper(ctx, tx, r.Actor, o, s.Texts, r.Lang, m, id)
		return err
	})
	return p, err
}

func (s *Pages) statement(w http.ResponseWriter, r *ui.Request) error {
	p, err := s.paper(r)
	if err != nil {
		return err
	}
	st := p.Statement
	here := monthPath(st.Month, ui.Digits(st.Unit))
	return s.show(w, r, page{Title: r.T("daycareunit.statement.title", "month", st.Month), Caption: st.UnitName + ", " + p.Company,
		Top: []ui.Component{ui.Inset{Text: p.State()}, unit.SumOf(r, p), unit.RowTable(r, p, func(store.Row) string { return "" })},
		Links: []ui.Link{{Text: r.T("daycareunit.statement.pdf"), Href: r.Path(here + "/pdf")}, {Text: r.T("daycareunit.statement.csv"), Href: r.Path(here + "/csv")},
			{Text: r.T("daycaremonth.month.back"), Href: r.Path(monthPath(st.Month))}}})
}

func (s *Pages) pdf(w http.ResponseWriter, r *ui.Request) error {
	p, err := s.paper(r)
	if err != nil {
		return err
	}
	file, err := document.PDF(p.Letter(), s.Texts)
	if err != nil {
		return err
	}
	return voucherview.PDF(w, p.Number()+".pdf", file)
}

func (s *Pages) csv(w http.ResponseWriter, r *ui.Request) error {
	p, err := s.paper(r)
	if err != nil {
		return err
	}
	return unit.CSV(w, p)
}
