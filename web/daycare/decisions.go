package daycare

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/daycare/store"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type decisionView struct {
	ID      int64
	Child   int64
	Name    string
	State   string
	Summary ui.Summary
	Why     ui.Calculation
	CanEnd  bool
	Letter  string
}

func (p *Pages) oneDecision(r *ui.Request) (record store.Record, d store.Decision, why store.Reasoned, names words, err error) {
	id, err := r.PathID("decision")
	if err != nil {
		return record, d, why, names, err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if record, d, why, err = store.ReadDecision(ctx, tx, r.Actor, r.Actor.Organiser, id); err != nil {
			return err
		}
		names, err = wordsOf(ctx, tx, r)
		return err
	})
	return record, d, why, names, err
}

// decision shows a value decision that was sent, with why its sums are what they are.
func (p *Pages) decision(w http.ResponseWriter, r *ui.Request) error {
	record, d, why, names, err := p.oneDecision(r)
	if err != nil {
		return err
	}
	v := decisionView{ID: d.ID, Child: d.Child, Name: record.Name, State: decisionState(d, r.Today()), CanEnd: !d.Period.Empty(), Letter: r.Path("/decisions/{decision}", d.Letter)}
	v.Summary = ui.Summary{Rows: []ui.Row{{Key: r.T("daycarework.time"), Value: period(r, d.Sent)}}}
	if d.Period != d.Sent {
		row := ui.Row{Key: r.T("daycarework.holds"), Value: r.T("daycarework.state.annulled"), Small: d.EndedBy}
		if !d.Period.Empty() {
			row.Value = period(r, d.Period)
		}
		v.Summary.Rows = append(v.Summary.Rows, row)
	}
	v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T("daycarework.value"), Value: r.Cents(d.Value)}, ui.Row{Key: r.T("daycarework.own_share"), Value: r.Cents(d.OwnShare)},
		ui.Row{Key: r.T("daycarework.payable"), Value: r.Cents(d.Payable)}, ui.Row{Key: r.T("daycarework.changes"), Value: differenceList(r, why.Differences)})
	v.Summary.Rows = append(v.Summary.Rows, basisRows(r, names, why)...)
	v.Summary.Rows = append(v.Summary.Rows, ui.Row{Key: r.T("daycarework.sent_by"), Value: d.SentBy, Small: i18n.DateTime(r.Lang, d.SentAt)})
	v.Why = voucherview.Calculation(r, p.Texts, r.T("daycarework.why"), why.Explanation)
	return r.Show(w, http.StatusOK, "daycare/decision", v)
}

// end shortens or annuls a decision.
func (p *Pages) end(w http.ResponseWriter, r *ui.Request) error {
	record, d, _, _, err := p.oneDecision(r)
	if err != nil {
		return err
	}
	f := r.Input()
	v := actView{Form: f, Title: r.T("daycarework.end"), Name: record.Name, Lead: r.T("daycarework.end.lead"), Day: true, Reason: true, Button: "daycarework.end", Kind: "warning",
		Back: r.Path("/daycare/decisions/{decision}", d.ID)}
	if f.Value("last") == "" && !f.Submitted() {
		p.proposeEnd(r, d, f)
	}
	v.Summary = ui.Summary{Rows: []ui.Row{{Key: r.T("daycarework.time"), Value: period(r, d.Period)}, {Key: r.T("daycarework.payable"), Value: r.Cents(d.Payable)}}}
	if f.Submitted() {
		last := f.Date("last")
		why := f.LongText("reason")
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				in := store.EndInput{Organiser: r.Actor.Organiser, Child: d.Child, Decision: d.ID, To: last + 1, Reason: why}
				if err := store.End(ctx, tx, r.Actor, in); err != nil {
					return renamed(err, "to", "last")
				}
				_, err := store.Regenerate(ctx, tx, r.Actor, r.Actor.Organiser, []int64{d.Child})
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/daycare/children/"+ui.Digits(d.Child), "daycarework.end.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "daycare/act", v)
}

// proposeEnd fills in the last day that follows from what is recorded.
func (p *Pages) proposeEnd(r *ui.Request, d store.Decision, f *ui.Form) {
	var list []store.Ending
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = store.Endings(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return // a proposal only
	}
	for _, e := range list {
		if e.Decision == d.ID {
			f.Set("last", max(e.Period.To, e.Period.From)-1)
			f.Set("reason", r.T("daycarework.end.reason"))
		}
	}
}

type endingsView struct {
	Table ui.Table
}

// endings lists decisions that should end because the place did.
func (p *Pages) endings(w http.ResponseWriter, r *ui.Request) error {
	var list []store.Ending
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = store.Endings(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	v := endingsView{Table: ui.Table{Caption: r.T("daycarework.endings"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.child")}, {Text: r.T("daycarework.stays")}, {Text: r.T("common.action")}},
		Empty: ui.Empty{Title: r.T("daycarework.endings.none"), Text: r.T("daycarework.endings.none.text")}}}
	for _, e := range list {
		stays := r.T("daycarework.stays.nothing")
		if !e.Period.Empty() {
			stays = r.Period(calendar.Period{From: e.Period.From, To: e.Period.To})
		}
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: e.ChildName, Href: r.Path("/daycare/children/{child}", e.Child)}, {Text: stays},
			{Text: r.T("daycarework.end"), Hidden: e.ChildName, Href: r.Path("/daycare/decisions/{decision}/end", e.Decision)}})
	}
	return r.Show(w, http.StatusOK, "daycare/endings", v)
}

type tasksView struct {
	Table  ui.Table
	Failed ui.Table
	More   bool
}

// mostTasks is how many tasks stand on the page; the oldest names first, the rest behind the filter of the children's list.
const mostTasks = 200

// tasks lists what keeps days from being decided, each with where it is mended.
func (p *Pages) tasks(w http.ResponseWriter, r *ui.Request) error {
	var list []store.Task
	var failed []store.Failed
	heads := map[int64]int64{}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = store.Tasks(ctx, tx, r.Actor, r.Actor.Organiser, nil); err != nil {
			return err
		}
		if failed, err = store.Failures(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		heads, err = store.HeadsOn(ctx, tx, r.Actor, r.Actor.Organiser, tx.Today())
		return err
	})
	if err != nil {
		return err
	}
	v := tasksView{More: len(list) > mostTasks, Table: ui.Table{Caption: r.T("daycarework.tasks.caption"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.child")}, {Text: r.T("daycarework.task")},
		{Text: r.T("daycarework.time")}, {Text: r.T("daycarework.remedy")}}, Empty: ui.Empty{Title: r.T("daycarework.tasks.none"), Text: r.T("daycarework.tasks.none.text")}}}
	v.Failed = ui.Table{Caption: r.T("daycarework.failed"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.child")}, {Text: r.T("daycarework.task")}}}
	for _, x := range list[:min(len(list), mostTasks)] {
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: x.ChildName, Href: r.Path("/daycare/children/{child}", x.Child)}, {Text: r.T(x.Reason.Key())}, {Text: period(r, x.Period)}, remedy(r, x, heads[x.Child])})
	}
	for _, x := range failed {
		v.Failed.Rows = append(v.Failed.Rows, []ui.Cell{{Text: x.ChildName, Href: r.Path("/daycare/children/{child}", x.Child)}, {Text: r.T("daycarework.failed.text", "code", x.Code), Small: i18n.DateTime(r.Lang, x.Since)}})
	}
	return r.Show(w, http.StatusOK, "daycare/tasks", v)
}
