package steering

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

const (
	perPage  = 50
	longest  = 366     // days of one search
	mostRows = 100_000 // of one export
)

// auditView is the search of what has been done.
type auditView struct {
	Form   *ui.Form
	Acts   []ui.Option
	Table  ui.Table
	Pages  ui.Pages
	Export string
}

// auditQuery reads the search; the last thirty days when none are named.
func auditQuery(r *ui.Request) audit.Query {
	f := r.Input()
	today := r.Today()
	f.Set("since", today-30)
	f.Set("until", today)
	since, until := f.Date("since"), f.Date("until")
	if !f.Refused() && (until < since || until-since > longest) {
		f.Refuse(errSpan.With("days", longest))
	}
	return audit.Query{Act: f.Value("act"), Actor: f.OptionalText("actor"), Subject: f.OptionalText("subject"), Since: midnight(since), Until: midnight(until + 1),
		Before: number(f.Value("before")), Limit: perPage + 1}
}

// midnight is the beginning of a day in Finland.
func midnight(d calendar.Date) time.Time {
	y, m, day := d.Civil()
	return time.Date(y, m, day, 0, 0, 0, 0, calendar.Helsinki)
}

func (p *Pages) audit(w http.ResponseWriter, r *ui.Request) error {
	q := auditQuery(r)
	v := auditView{Form: r.Input(), Acts: []ui.Option{{Text: r.T("steering.audit.any")}}}
	if v.Form.Refused() {
		return r.Show(w, http.StatusUnprocessableEntity, "steering/audit", v)
	}
	var rows []audit.Row
	err := p.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		acts, err := audit.Acts(r.Context(), tx, r.Actor.Organiser, q.Since)
		if err != nil {
			return err
		}
		for _, a := range acts {
			v.Acts = append(v.Acts, ui.Option{Value: a, Text: p.word(r, "audit.act.", a)})
		}
		slices.SortFunc(v.Acts[1:], func(a, b ui.Option) int { return cmp.Compare(a.Text, b.Text) })
		rows, err = audit.Search(r.Context(), tx, r.Actor.Organiser, q)
		return err
	})
	if err != nil {
		return err
	}
	query := r.URL.Query()
	query.Del("before")
	v.Export = r.Path("/audit/export.csv") + "?" + query.Encode()
	if q.Before > 0 {
		v.Pages.First = r.URL.Path + "?" + query.Encode()
	}
	if len(rows) > perPage {
		rows = rows[:perPage]
		query.Set("before", strconv.FormatInt(rows[perPage-1].AuditID, 10))
		v.Pages.Next = r.URL.Path + "?" + query.Encode()
	}
	v.Table = p.auditTable(r, rows)
	return r.Show(w, http.StatusOK, "steering/audit", v)
}

func (p *Pages) auditTable(r *ui.Request, rows []audit.Row) ui.Table {
	t := ui.Table{Caption: r.T("steering.audit.caption"), Quiet: true, Dense: true, Cards: true, Empty: ui.Empty{Title: r.T("steering.audit.none"), Text: r.T("steering.audit.none_text")}}
	for _, key := range []string{"at", "actor", "act", "subject", "detail"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("steering.audit." + key)})
	}
	for _, a := range rows {
		t.Rows = append(t.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, a.At)}, {Text: a.ActorName, Small: roleText(r, a.Role)}, {Text: p.word(r, "audit.act.", a.Act)},
			{Text: a.SubjectLabel, Small: p.word(r, "audit.kind.", a.SubjectKind)}, detailCell(r, a.Detail)})
	}
	return t
}

// word is what an act, a thing or a job is called; the code itself when it has no word.
func (p *Pages) word(r *ui.Request, begin, code string) string {
	if code == "" || !p.Words.Has(begin+code) {
		return code
	}
	return r.T(begin + code)
}

// detailCell shows the reason that a person gave; everything that was kept opens under it.
func detailCell(r *ui.Request, detail string) ui.Cell {
	if detail == "" || detail == "null" || detail == "{}" {
		return ui.Cell{}
	}
	var said struct{ Reason string } // "Reason" and "reason": names of fields match in either case
	c := ui.Cell{More: &ui.Details{Summary: r.T("steering.audit.whole"), Text: detail}}
	if json.Unmarshal([]byte(detail), &said) == nil { // a detail of another shape has no reason to show
		c.Text = said.Reason
	}
	return c
}

func roleText(r *ui.Request, role string) string {
	if role == "" {
		return ""
	}
	return r.T("access.role." + role)
}

// auditFile exports what the search finds, whole details included; the export itself is an act.
func (p *Pages) auditFile(w http.ResponseWriter, r *ui.Request) error {
	q := auditQuery(r)
	if f := r.Input(); f.Refused() {
		return f.Err()
	}
	q.Before, q.Limit = 0, mostRows
	var rows []audit.Row
	err := p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if rows, err = audit.Search(r.Context(), tx, r.Actor.Organiser, q); err != nil {
			return err
		}
		return audit.Write(r.Context(), tx, r.Actor, ActExported, audit.Ref{Kind: "audit", ID: int64(len(rows)), Label: q.Since.Format(time.DateOnly)},
			map[string]any{"act": q.Act, "subject": q.Subject, "rows": len(rows)})
	})
	if err != nil {
		return err
	}
	table := make([][]any, len(rows))
	for i, a := range rows {
		table[i] = []any{a.AuditID, a.At.In(calendar.Helsinki).Format("2006-01-02 15:04:05"), a.ActorName, a.Role, a.Act, a.SubjectKind, a.SubjectID, a.SubjectLabel, a.Detail, a.RequestID}
	}
	return ui.CSV(w, "loki.csv", []string{"id", r.T("steering.audit.at"), r.T("steering.audit.actor"), r.T("steering.audit.role"), r.T("steering.audit.act"),
		r.T("steering.audit.subject"), "subject_id", r.T("steering.audit.label"), r.T("steering.audit.detail"), "request"}, table)
}

// accessView finds the client whose access log is asked for. The question is sent by POST: a name or an identity code stays out of addresses.
type accessView struct {
	Form    *ui.Form
	Asked   bool
	Clients ui.Table
}

func (p *Pages) accessSearch(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := accessView{Form: f, Asked: f.Submitted()}
	if !v.Asked {
		return r.Show(w, http.StatusOK, "steering/access", v)
	}
	text := f.Text("q")
	if f.Refused() {
		return r.Show(w, http.StatusUnprocessableEntity, "steering/access", v)
	}
	var found []client.Client
	err := p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		found, err = client.Search(r.Context(), tx, r.Actor, p.Keys, client.Query{Organiser: r.Actor.Organiser, Text: text})
		return err
	})
	if err != nil && !f.Take(err) {
		return err
	}
	v.Clients = ui.Table{Caption: r.T("steering.access.found"), Columns: []ui.Column{{Text: r.T("steering.access.name")}, {Text: r.T("steering.access.born")}},
		Empty: ui.Empty{Title: r.T("steering.access.nobody"), Text: r.T("steering.access.nobody_text")}}
	for _, c := range found {
		v.Clients.Rows = append(v.Clients.Rows, []ui.Cell{{Text: c.Name(), Href: r.Path("/access-log/{client}", c.ID)}, {Text: r.Date(c.BirthDate)}})
	}
	return r.Show(w, f.Status(), "steering/access", v)
}

// accessOfView is who has read a client's data (703/2023, 11 §).
type accessOfView struct {
	Name  string
	Table ui.Table
}

// kept is how far back the log is shown: its retention time.
const keptYears = 12

func (p *Pages) accessOf(w http.ResponseWriter, r *ui.Request) error {
	var (
		c    client.Client
		rows []audit.Reading
	)
	err := p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if err = r.Actor.May(access.AccessLogRead, r.Actor.Organiser); err != nil {
			return err
		}
		if c, err = client.Get(r.Context(), tx, r.Actor, r.Actor.Organiser, number(r.PathValue("client"))); err != nil {
			return err
		}
		rows, err = audit.ReadingsOfClient(r.Context(), tx, r.Actor.Organiser, c.ID, tx.Now().AddDate(-keptYears, 0, 0), tx.Now().Add(time.Second), 500)
		return err
	})
	if err != nil {
		return err
	}
	v := accessOfView{Name: c.Name(), Table: ui.Table{Caption: r.T("steering.access.readings"), Quiet: true, Dense: true, Cards: true}}
	for _, key := range []string{"at", "who", "purpose", "what"} {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Text: r.T("steering.access." + key)})
	}
	for _, one := range rows {
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, one.At)}, {Text: one.Name, Small: roleText(r, one.Role)}, {Text: one.Purpose}, {Text: one.What}})
	}
	return r.Show(w, http.StatusOK, "steering/access-of", v)
}
