package daycare

import (
	"context"
	"net/http"

	"seteli/core/fault"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

var errNothingChosen = fault.New(fault.Invalid, "WEB-091", "daycarework.nothing_chosen").At("draft")

type sendingNewView struct {
	Form   *ui.Form
	Drafts []string // chosen on the list; none = all of the filter
	All    bool
	Filter map[string]string
	Tiles  ui.Tiles
	Empty  bool
	Office string // in which the person decided last
}

// sendingNew asks for the last word before drafts become decisions: those that were ticked on the list, or all of its filter.
func (p *Pages) sendingNew(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	q := draftFilter(r)
	q.Ignored, q.OnlySendable, q.After = false, true, 0
	v := sendingNewView{Form: f, All: f.Value("all") == "yes", Filter: map[string]string{}}
	for _, name := range []string{"unit", "difference", "time"} {
		v.Filter[name] = f.Value(name)
	}
	if !v.All {
		for _, id := range f.Choices("draft", r.Form["draft"]...) {
			if n := number(id); n > 0 {
				q.Drafts, v.Drafts = append(q.Drafts, n), append(v.Drafts, id)
			}
		}
	}
	if v.Empty = !v.All && len(q.Drafts) == 0; v.Empty {
		if f.Submitted() {
			f.Refuse(errNothingChosen)
		}
		return r.Show(w, f.Status(), "daycare/sending-new", v)
	}
	if f.Value("act") == "send" {
		in := store.OrderInput{DraftFilter: q, Reasons: f.OptionalLongText("reasons"), Office: f.Text("office")}
		if !f.Refused() {
			var id int64
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				id, err = store.Order(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/daycare/sendings/"+ui.Digits(id), "daycarework.sending.ordered")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	var sum store.DraftSum
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if sum, err = store.CountDrafts(ctx, tx, r.Actor, q); err != nil || f.Value("act") == "send" {
			return err
		}
		v.Office, err = decision.OfficeOf(ctx, tx, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	v.Tiles = ui.Tiles{{Label: r.T("daycarework.sending.count"), Figure: i18n.Int(r.Lang, int64(sum.Drafts))}, {Label: r.T("daycarework.sending.retroactive"), Figure: i18n.Int(r.Lang, int64(sum.Retroactive))},
		{Label: r.T("daycarework.sending.payable"), Figure: r.Cents(sum.Payable)}}
	return r.Show(w, f.Status(), "daycare/sending-new", v)
}

type sendingsView struct {
	Table ui.Table
}

// sendings lists the orders, the newest first.
func (p *Pages) sendings(w http.ResponseWriter, r *ui.Request) error {
	var list []store.Sending
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = store.Sendings(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	count := func(n int) ui.Cell { return ui.Cell{Text: i18n.Int(r.Lang, int64(n)), Numeric: true} }
	v := sendingsView{ui.Table{Caption: r.T("daycarework.sendings"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.ordered_at")}, {Text: r.T("daycarework.ordered_by")},
		{Text: r.T("daycarework.drafts"), Numeric: true}, {Text: r.T("daycarework.handled"), Numeric: true}, {Text: r.T("daycarework.refused"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("daycarework.sendings.none"), Text: r.T("daycarework.sendings.none.text"), Links: []ui.Link{{Text: r.T("daycarework.drafts.title"), Href: r.Path("/daycare/drafts")}}}}}
	for _, s := range list {
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, s.OrderedAt), Href: r.Path("/daycare/sendings/{sending}", s.ID)}, {Text: s.OrderedBy, Small: s.Office}, count(s.Drafts), count(s.Handled), count(s.Refused)})
	}
	return r.Show(w, http.StatusOK, "daycare/sendings", v)
}

type sendingView struct {
	ID       int64
	Tiles    ui.Tiles
	Progress *ui.Progress
	Facts    ui.Summary
	Lines    ui.Table
	Other    ui.Link // the refused only, or all
	Pages    ui.Pages
}

// sending shows how far an order has come and what became of each draft.
func (p *Pages) sending(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("sending")
	if err != nil {
		return err
	}
	f := r.Input()
	page := store.SendingPage{Refused: f.Value("only") == "refused", After: number(f.Value("after")), Most: perPage + 1}
	var s store.Sending
	var lines []store.SendingLine
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		s, lines, err = store.SendingOf(ctx, tx, r.Actor, r.Actor.Organiser, id, page)
		return err
	})
	if err != nil {
		return err
	}
	here, path := r.Path("/daycare/sendings/{sending}", id), "/daycare/sendings/"+ui.Digits(id)
	count := func(n int) string { return i18n.Int(r.Lang, int64(n)) }
	v := sendingView{ID: id, Tiles: ui.Tiles{{Label: r.T("daycarework.drafts"), Figure: count(s.Drafts)}, {Label: r.T("daycarework.state.sent"), Figure: count(s.Handled - s.Refused)},
		{Label: r.T("daycarework.refused"), Figure: count(s.Refused)}, {Label: r.T("daycarework.sending.payable"), Figure: r.Cents(s.Sent)}},
		Progress: &ui.Progress{Label: r.T("daycarework.sending.progress", "done", s.Handled, "all", s.Drafts), Done: s.Handled, Of: s.Drafts, Href: here, Finished: s.Handled == s.Drafts}}
	v.Facts = ui.Summary{Rows: []ui.Row{{Key: r.T("daycarework.ordered_by"), Value: s.OrderedBy + ", " + s.Office, Small: i18n.DateTime(r.Lang, s.OrderedAt)}}}
	if s.Reasons != "" {
		v.Facts.Rows = append(v.Facts.Rows, ui.Row{Key: r.T("daycarework.reasons"), Value: s.Reasons})
	}
	if v.Other = (ui.Link{Text: r.T("daycarework.sending.all"), Href: here}); !page.Refused {
		v.Other = ui.Link{Text: r.T("daycarework.sending.refused"), Href: here + "?only=refused"}
	}
	if len(lines) > perPage {
		lines = lines[:perPage]
		v.Pages.Next = pageAfter(r, path, lines[perPage-1].Draft, "only")
	}
	if page.After > 0 {
		v.Pages.First = pageAfter(r, path, 0, "only")
	}
	v.Lines = linesTable(r, lines)
	return r.Show(w, http.StatusOK, "daycare/sending", v)
}

func linesTable(r *ui.Request, lines []store.SendingLine) ui.Table {
	t := ui.Table{Caption: r.T("daycarework.sending.lines"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarework.child")}, {Text: r.T("daycarework.begins")}, {Text: r.T("daycarework.payable"), Numeric: true}, {Text: r.T("common.state")}},
		Empty: ui.Empty{Title: r.T("daycarework.sending.lines.none")}}
	for _, l := range lines {
		name, state := ui.Cell{Text: l.ChildName, Href: r.Path("/daycare/children/{child}", l.Child)}, r.TagCell("daycare.queued")
		switch {
		case l.Refusal != "":
			state = r.TagCell("daycare.refused")
			state.Small = r.Told(l.Told, l.Refusal)
		case l.HandledAt != nil:
			state = r.TagCell("daycare.sent")
			name.Href = r.Path("/daycare/decisions/{decision}", l.Draft)
		}
		t.Rows = append(t.Rows, []ui.Cell{name, {Text: r.Date(l.From)}, r.CentsCell(l.Payable), state})
	}
	return t
}
