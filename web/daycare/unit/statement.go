package unit

import (
	"context"
	"net/http"

	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

func statementPath(s store.Statement, more ...string) string {
	return path(s.Organiser, append([]string{"statements", s.Month.String(), ui.Digits(s.Unit)}, more...)...)
}

// StateOf is the tag of a statement.
func StateOf(s store.Statement) string {
	switch {
	case s.ApprovedAt == nil:
		return "care.statement.open"
	case s.Open > 0:
		return "care.statement.objected"
	case s.Silent:
		return "care.statement.silent"
	}
	return "care.statement.approved"
}

func statementTable(r *ui.Request, caption string, list []store.Statement) ui.Table {
	t := ui.Table{Caption: caption, Cards: true, Columns: []ui.Column{{Text: r.T("daycare.statement.column.month")}, {Text: r.T("daycareunit.unit")}, {Text: r.T("daycareunit.state")},
		{Text: r.T("daycareunit.statement.answer_by")}, {Text: r.T("daycare.statement.column.amount"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("daycareunit.statements.none"), Text: r.T("daycareunit.statements.none.text")}}
	for _, s := range list {
		by := ui.Cell{Text: "–"}
		if s.ApprovedAt == nil {
			by.Text = r.Date(s.AnswerBy)
		}
		st := r.TagCell(StateOf(s))
		if s.Open > 0 && s.ApprovedAt == nil {
			st.Small = r.T("daycareunit.statement.objections", "n", s.Open)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("daycareunit.month", "month", s.Month), Href: r.Path(statementPath(s)), Hidden: s.UnitName}, {Text: s.UnitName}, st, by, r.CentsCell(s.Total)})
	}
	return t
}

// statements lists the statements of a municipality, the newest first.
func (s *Pages) statements(w http.ResponseWriter, r *ui.Request) error {
	var list []store.Statement
	var house organiser.Organiser
	err := s.at(r, func(ctx context.Context, tx *postgres.Tx, o organiser.Organiser) (err error) {
		house = o
		if _, err = store.UnitTermsOn(ctx, tx, r.Actor, o.ID, tx.Today()); err != nil {
			return err
		}
		list, err = store.Statements(ctx, tx, r.Actor, o.ID, 0)
		return err
	})
	if err != nil {
		return err
	}
	shown, pages := Within(r, list, r.Path(path(house.ID, "statements"))+"?")
	return s.show(w, r, page{Title: r.T("daycareunit.statements"), Caption: house.Names.In(r.Lang), Lead: r.T("daycareunit.statements.lead"),
		Top: []ui.Component{statementTable(r, r.T("daycareunit.statements"), shown), pages}, Links: []ui.Link{{Text: r.T("daycareunit.back"), Href: r.Path(Home)}}})
}

// paper reads the statement of the address with its rows.
func (s *Pages) paper(r *ui.Request) (p store.Paper, err error) {
	m, err := month(r)
	if err != nil {
		return p, err
	}
	id, err := r.PathID("unit")
	if err != nil {
		return p, err
	}
	err = s.at(r, func(ctx context.Context, tx *postgres.Tx, o organiser.Organiser) (err error) {
		p, err = store.ReadPaper(ctx, tx, r.Actor, o, s.Texts, r.Lang, m, id)
		return err
	})
	return p, err
}

// statement is one statement row by row. While it is open, each row can be objected to and the whole approved.
func (s *Pages) statement(w http.ResponseWriter, r *ui.Request) error {
	p, err := s.paper(r)
	if err != nil {
		return err
	}
	st, f := p.Statement, r.Input()
	if f.Submitted() {
		err := r.DoIn(s.DB, st.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
			return store.Approve(ctx, tx, r.Actor, st.Organiser, st.Month, st.Unit)
		})
		if err == nil {
			return r.SeeOther(w, statementPath(st), "daycareunit.statement.approved")
		}
		if !f.Take(err) {
			return hidden(err)
		}
	}
	v := page{Title: r.T("daycareunit.statement.title", "month", st.Month), Caption: st.UnitName + ", " + p.Sender, Form: f,
		Top: []ui.Component{ui.Inset{Text: p.State()}, SumOf(r, p)},
		Bottom: []ui.Component{RowTable(r, p, func(x store.Row) string {
			if st.ApprovedAt != nil || x.Objection != "" {
				return ""
			}
			return r.Path(statementPath(st, "rows", ui.Digits(x.ID)))
		})},
		Links: []ui.Link{{Text: r.T("daycareunit.statement.pdf"), Href: r.Path(statementPath(st, "pdf"))}, {Text: r.T("daycareunit.statement.csv"), Href: r.Path(statementPath(st, "csv"))},
			{Text: r.T("daycareunit.statements.back"), Href: r.Path(path(st.Organiser, "statements"))}}}
	if st.ApprovedAt == nil {
		v.Ask, v.Warning = "approve", r.T("daycareunit.statement.approve.text")
		if st.Open > 0 {
			v.Warning = r.T("daycareunit.statement.approve.objected", "n", st.Open)
		}
	}
	return s.show(w, r, v)
}

// SumOf shows what a statement's total is made of.
func SumOf(r *ui.Request, p store.Paper) ui.Calculation {
	m, notice, corrections := store.Sums(p.Rows)
	return ui.Calculation{Caption: r.T("daycare.statement.sum"), Steps: []ui.Step{{Text: r.T("daycare.statement.sum.month"), Amount: r.Cents(m)},
		{Text: r.T("daycare.statement.sum.notice"), Amount: r.Cents(notice)}, {Text: r.T("daycare.statement.sum.corrections"), Amount: r.Cents(corrections)},
		{Text: r.T("daycare.statement.sum.total"), Amount: r.Cents(p.Statement.Total), Sum: true}}}
}

// RowTable shows the rows with their words; objectTo gives the address at which a row can be objected to, "" where it cannot.
func RowTable(r *ui.Request, p store.Paper, objectTo func(store.Row) string) ui.Table {
	t := ui.Table{Caption: r.T("daycare.statement.rows"), Cards: true, Columns: []ui.Column{{Text: r.T("daycare.statement.column.child")}, {Text: r.T("daycare.statement.column.days")},
		{Text: r.T("daycare.statement.column.what")}, {Text: r.T("daycare.statement.column.amount"), Numeric: true}, {Text: r.T("daycareunit.object.column")}}}
	for _, x := range p.Rows {
		word := ui.Cell{Text: "–"}
		switch {
		case x.Answer != "":
			word = ui.Cell{Tag: r.Tag("care.row.answered"), Small: r.T("daycare.statement.objected", "words", x.Objection) + " " + r.T("daycare.statement.answered", "words", x.Answer)}
		case x.Objection != "":
			word = ui.Cell{Tag: r.Tag("care.row.waits"), Small: r.T("daycare.statement.objected", "words", x.Objection)}
		case objectTo(x) != "":
			word = ui.Cell{Text: r.T("daycareunit.object.link"), Hidden: r.T("daycareunit.object.row", "row", x.ID, "child", x.ChildName), Href: objectTo(x)}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: x.ChildName, Small: r.T("daycareunit.row", "row", x.ID)}, {Text: r.Period(x.Period)}, {Text: r.T(x.KindKey()), Small: p.Why(x)}, r.CentsCell(x.Amount), word})
	}
	return t
}

// object tells the municipality that a row is wrong; the row waits for its answer, the rest is paid.
func (s *Pages) object(w http.ResponseWriter, r *ui.Request) error {
	p, err := s.paper(r)
	if err != nil {
		return err
	}
	id, err := r.PathID("line")
	if err != nil {
		return err
	}
	st, f := p.Statement, r.Input()
	for _, x := range p.Rows {
		if x.ID != id {
			continue
		}
		if f.Submitted() {
			words := f.LongText("words")
			if !f.Refused() {
				err := r.DoIn(s.DB, st.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
					return store.Object(ctx, tx, r.Actor, st.Organiser, id, words)
				})
				if err == nil {
					return r.SeeOther(w, statementPath(st), "daycareunit.object.done")
				}
				if !f.Take(err) {
					return hidden(err)
				}
			}
		}
		return s.show(w, r, page{Title: r.T("daycareunit.object.title"), Caption: st.UnitName + ", " + r.T("daycareunit.month", "month", st.Month), Lead: r.T("daycareunit.object.lead"), Form: f, Ask: "object",
			Top: []ui.Component{ui.Summary{Rows: []ui.Row{{Key: r.T("daycare.statement.column.child"), Value: x.ChildName}, {Key: r.T("daycare.statement.column.days"), Value: r.Period(x.Period)},
				{Key: r.T("daycare.statement.column.what"), Value: r.T(x.KindKey()), Small: p.Why(x)}, {Key: r.T("daycare.statement.column.amount"), Value: r.Cents(x.Amount)}}}},
			Links: []ui.Link{{Text: r.T("daycareunit.statement.back"), Href: r.Path(statementPath(st))}}})
	}
	return ui.ErrNoPage
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
	return CSV(w, p)
}

// CSV answers with a statement's rows.
func CSV(w http.ResponseWriter, p store.Paper) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.Number()+`.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	return p.WriteCSV(w)
}
