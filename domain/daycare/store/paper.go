package store

import (
	"context"
	"io"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
)

// Paper is a statement as the unit keeps it, in one language.
type Paper struct {
	Texts     *i18n.Catalogue
	Lang      i18n.Lang
	Sender    string // the municipality
	Company   string // of the unit
	Statement Statement
	Rows      []Row
}

// ReadPaper reads a unit's statement of a month with its rows, for whoever may read them; the reading is logged.
func ReadPaper(ctx context.Context, tx *postgres.Tx, by access.Actor, o organiser.Organiser, texts *i18n.Catalogue, lang i18n.Lang, m calendar.Month, unit int64) (p Paper, err error) {
	p = Paper{Texts: texts, Lang: lang, Sender: o.Names.In(lang)}
	if p.Statement, err = OneStatement(ctx, tx, by, o.ID, m, unit); err != nil {
		return p, err
	}
	if p.Rows, err = Rows(ctx, tx, by, o.ID, m, unit); err != nil {
		return p, err
	}
	company, err := register.Get(ctx, tx, p.Statement.Provider)
	p.Company = company.Name
	return p, err
}

func (p Paper) say(key string, pairs ...any) string {
	values := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i].(string)] = pairs[i+1]
	}
	return p.Texts.Text(p.Lang, key, values)
}

// KindKey names the text of what a row is.
func (r Row) KindKey() string { return kindKey(r.Type, r.Notice) }

func kindKey(t daycare.RowType, notice bool) string {
	key := map[daycare.RowType]string{daycare.Original: "original", daycare.NoticeRow: "notice", daycare.Refund: "refund", daycare.Correction: "correction"}[t]
	if notice && t != daycare.NoticeRow {
		key += "_notice"
	}
	return "daycare.row." + key
}

// Why tells in words how a row's amount comes about.
func (p Paper) Why(r Row) string {
	values := []any{"days", r.Days, "of", r.MonthDays, "value", r.Value, "own", r.OwnShare, "row", r.Refunds, "month", i18n.Month(p.Lang, calendar.MonthOf(r.Period.From))}
	switch {
	case r.Type == daycare.Refund:
		return p.say("daycare.row.why.refund", values...)
	case r.Days == r.MonthDays:
		return p.say("daycare.row.why.whole", values...) + p.byPrice(r)
	}
	return p.say("daycare.row.why.part", values...) + p.byPrice(r)
}

// byPrice says that the price of the place has the last word, where it has: then the sum is not the value less the own share.
func (p Paper) byPrice(r Row) string {
	if r.Amount == daycare.MonthShare(max(0, r.Value-r.OwnShare), r.Days, r.MonthDays) {
		return ""
	}
	return " " + p.say("daycare.row.why.price")
}

// Sums are the parts of a statement's total, by what the rows are.
func Sums(rows []Row) (month, notice, corrections money.Cents) {
	for _, r := range rows {
		switch r.Type {
		case daycare.Original:
			month += r.Amount
		case daycare.NoticeRow:
			notice += r.Amount
		default:
			corrections += r.Amount
		}
	}
	return month, notice, corrections
}

// Letter is the statement on paper: what it comes to, until when it can be answered, and every row with its ground.
func (p Paper) Letter() document.Letter {
	s := p.Statement
	month, notice, corrections := Sums(p.Rows)
	sum := func(key string, c money.Cents, last bool) document.TraceLine {
		return document.TraceLine{Label: p.say(key), Amount: i18n.Cents(p.Lang, c), Sum: last}
	}
	table := document.Table{Caption: p.say("daycare.statement.rows")}
	for i, key := range []string{"row", "child", "days", "what", "amount"} {
		table.Columns = append(table.Columns, document.Column{Title: p.say("daycare.statement.column." + key), Numeric: i == 4})
	}
	for _, r := range p.Rows {
		what := document.Cell{Text: p.say(r.KindKey()), Notes: []string{p.Why(r)}}
		if r.Objection != "" {
			what.Notes = append(what.Notes, p.say("daycare.statement.objected", "words", r.Objection))
		}
		if r.Answer != "" {
			what.Notes = append(what.Notes, p.say("daycare.statement.answered", "words", r.Answer))
		}
		table.Rows = append(table.Rows, document.Row{Cells: []document.Cell{{Text: text(r.ID)}, {Text: r.ChildName}, {Text: i18n.Period(p.Lang, r.Period)}, what, {Text: i18n.Cents(p.Lang, r.Amount)}}})
	}
	return document.Letter{Lang: p.Lang, Title: p.say("daycare.statement.title", "month", i18n.Month(p.Lang, s.Month)), Sender: p.Sender, Recipient: []string{p.Company, s.UnitName},
		Date: s.Closed, Number: p.Number(), Blocks: []document.Block{
			document.Summary{Paragraphs: []document.Paragraph{document.Plain(p.State())}},
			document.Trace{Caption: p.say("daycare.statement.sum"), Lines: []document.TraceLine{sum("daycare.statement.sum.month", month, false),
				sum("daycare.statement.sum.notice", notice, false), sum("daycare.statement.sum.corrections", corrections, false), sum("daycare.statement.sum.total", s.Total, true)}},
			document.Heading{Level: 2, Text: p.say("daycare.statement.rows")}, table, document.Plain(p.say("daycare.statement.paid_by_run"))}}
}

// Number names the statement on paper and in file names.
func (p Paper) Number() string { return p.Statement.Month.String() + "-" + text(p.Statement.Unit) }

// State tells where the statement stands, and what follows when nobody answers.
func (p Paper) State() string {
	s := p.Statement
	switch {
	case s.ApprovedAt == nil:
		return p.say("daycare.statement.state.open", "day", s.AnswerBy)
	case s.Silent:
		return p.say("daycare.statement.state.silent", "day", calendar.DateOf(s.ApprovedAt.In(calendar.Helsinki)))
	}
	return p.say("daycare.statement.state.approved", "who", s.ApprovedBy, "day", calendar.DateOf(s.ApprovedAt.In(calendar.Helsinki)))
}

// WriteCSV writes the rows as a table that spreadsheets open.
func (p Paper) WriteCSV(w io.Writer) error {
	var headings []string
	for _, key := range []string{"month", "unit", "row", "child", "from", "to", "what", "days_paid", "days_of", "value", "own", "amount", "refunds", "objection", "answer"} {
		headings = append(headings, p.say("daycare.statement.column."+key))
	}
	return sheet.WriteCSV(w, headings, func(yield func([]any, error) bool) {
		for _, r := range p.Rows {
			refunds := any(nil)
			if r.Refunds != 0 {
				refunds = r.Refunds
			}
			row := []any{p.Statement.Month.String(), p.Statement.UnitName, r.ID, r.ChildName, r.Period.From, r.Period.Last(), p.say(r.KindKey()), int64(r.Days), int64(r.MonthDays),
				r.Value, r.OwnShare, r.Amount, refunds, r.Objection, r.Answer}
			if !yield(row, nil) {
				return
			}
		}
	})
}
