package guidance

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	queue "seteli/domain/daycare/guidance"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type handledView struct {
	Form  *ui.Form
	Tiles ui.Tiles
	Table ui.Table
}

// handled shows how guidance has done: from the application to the offer, the wish that came true, who said no.
func (p *Pages) handled(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("from", r.Today().AddMonths(-12))
	f.Set("to", r.Today())
	view := handledView{Form: f}
	period := calendar.Period{From: f.Date("from"), To: f.Date("to") + 1}
	if f.Refused() {
		return r.Show(w, f.Status(), "guidance/handled", view)
	}
	var h queue.Handled
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		h, err = queue.HandledIn(ctx, tx, r.Actor, r.Actor.Organiser, period)
		return err
	})
	if f.Take(err) {
		return r.Show(w, f.Status(), "guidance/handled", view)
	}
	if err != nil {
		return err
	}
	view.Tiles = ui.Tiles{
		{Label: r.T("guidance.handled.came"), Figure: ui.Digits(h.Came)},
		{Label: r.T("guidance.handled.offered"), Figure: part(r, h.Offered, h.Came), Note: share(r, h.Offered, h.Came)},
		{Label: r.T("guidance.handled.time"), Figure: daysOr(r, h.MedianDays, h.Offered), Note: longest(r, h)},
		{Label: r.T("guidance.handled.in_time"), Figure: part(r, h.InTime, h.Offered), Note: r.T("guidance.handled.late", "n", h.Late)},
		{Label: r.T("guidance.handled.placed"), Figure: ui.Digits(h.Placed)},
		{Label: r.T("guidance.handled.first"), Figure: part(r, h.FirstWish, h.Placed), Note: share(r, h.FirstWish, h.Placed)},
		{Label: r.T("guidance.handled.other"), Figure: part(r, h.OtherWish, h.Placed)},
	}
	view.Table = ui.Table{Caption: r.T("guidance.handled.units"), Cards: true, Columns: []ui.Column{{Text: r.T("guidance.unit")}, {Text: r.T("guidance.handled.proposed"), Numeric: true},
		{Text: r.T("guidance.handled.refused"), Numeric: true}, {Text: r.T("guidance.handled.answer"), Numeric: true}, {Text: r.T("guidance.handled.offers"), Numeric: true},
		{Text: r.T("guidance.handled.accepted"), Numeric: true}, {Text: r.T("guidance.handled.declined"), Numeric: true}, {Text: r.T("guidance.handled.lapsed"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("guidance.handled.none")}}
	count := func(n int) ui.Cell { return ui.Cell{Text: ui.Digits(n), Numeric: true} }
	for _, u := range h.Units {
		answer := ui.Cell{Text: "–", Numeric: true}
		if u.Answered > 0 {
			answer = count(u.AnswerDays)
		}
		view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: u.Name, Href: r.Path("/guidance/units/{unit}", u.Unit)}, count(u.Proposed), count(u.Refused), answer, count(u.Offered),
			count(u.Accepted), count(u.Declined), count(u.Lapsed)})
	}
	return r.Show(w, http.StatusOK, "guidance/handled", view)
}

// part is so many of so many, a dash of nothing.
func part(r *ui.Request, n, of int) string {
	if of == 0 {
		return "–"
	}
	return r.T("guidance.of", "taken", n, "places", of)
}

// share is a part of a whole in whole per cents, "" of nothing.
func share(r *ui.Request, part, whole int) string {
	if whole == 0 {
		return ""
	}
	return r.T("guidance.handled.share", "pct", (100*part+whole/2)/whole)
}

func daysOr(r *ui.Request, days, of int) string {
	if of == 0 {
		return "–"
	}
	return r.T("guidance.handled.days", "n", days)
}

func longest(r *ui.Request, h queue.Handled) string {
	if h.Offered == 0 {
		return ""
	}
	return r.T("guidance.handled.longest", "n", h.MostDays)
}
