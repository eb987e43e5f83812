package month

import (
	"context"
	"net/http"
	"strconv"

	"seteli/core/calendar"
	"seteli/domain/daycare/store"
	"seteli/platform/postgres"
	"seteli/web/daycare/unit"
	"seteli/web/ui"
)

func (s *Pages) waiting(r *ui.Request) (list []store.OpenObjection, err error) {
	err = r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = store.OpenObjections(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	return list, err
}

// objections are the rows that units object to and that are not paid before an answer, the oldest first.
func (s *Pages) objections(w http.ResponseWriter, r *ui.Request) error {
	list, err := s.waiting(r)
	if err != nil {
		return err
	}
	shown, pages := unit.Within(r, list, r.Path("/daycare-objections")+"?")
	t := ui.Table{Caption: r.T("daycaremonth.objections"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycare.statement.column.child")}, {Text: r.T("daycareunit.unit")},
		{Text: r.T("daycare.statement.column.days")}, {Text: r.T("daycaremonth.objection")}, {Text: r.T("daycare.statement.column.amount"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("daycaremonth.objections.none"), Text: r.T("daycaremonth.objections.none.text")}}
	for _, x := range shown {
		t.Rows = append(t.Rows, []ui.Cell{{Text: x.ChildName, Href: r.Path("/daycare-objections/{line}", x.Row), Small: r.T("daycareunit.row", "row", x.Row)}, {Text: x.UnitName, Small: r.T("daycareunit.month", "month", x.Month)},
			{Text: r.Period(x.Period)}, {Text: x.Words, Small: x.MadeBy + ", " + r.Date(calendar.DateOf(x.MadeAt.In(calendar.Helsinki)))}, r.CentsCell(x.Amount)})
	}
	return s.show(w, r, page{Title: r.T("daycaremonth.objections"), Lead: r.T("daycaremonth.objections.lead"), Top: []ui.Component{t, pages},
		Links: []ui.Link{{Text: r.T("daycaremonth.absences"), Href: r.Path("/daycare-absences")}}})
}

// answer ends an objection with words; the row is then paid, and what was wrong is corrected by the next month.
func (s *Pages) answer(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("line")
	if err != nil {
		return err
	}
	list, err := s.waiting(r)
	if err != nil {
		return err
	}
	f := r.Input()
	for _, x := range list {
		if x.Row != id {
			continue
		}
		if f.Submitted() {
			words := f.LongText("words")
			if !f.Refused() {
				err := r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
					return store.Answer(ctx, tx, r.Actor, r.Actor.Organiser, id, words)
				})
				if err == nil {
					return r.SeeOther(w, "/daycare-objections", "daycaremonth.answer.done")
				}
				if !f.Take(err) {
					return err
				}
			}
		}
		row := store.Row{Type: x.Type, Notice: x.Notice}
		return s.show(w, r, page{Title: r.T("daycaremonth.answer.title"), Caption: x.UnitName + ", " + r.T("daycareunit.month", "month", x.Month), Lead: r.T("daycaremonth.answer.lead"), Form: f, Ask: "answer",
			Top: []ui.Component{ui.Summary{Rows: []ui.Row{{Key: r.T("daycare.statement.column.child"), Value: x.ChildName}, {Key: r.T("daycare.statement.column.days"), Value: r.Period(x.Period)},
				{Key: r.T("daycare.statement.column.what"), Value: r.T(row.KindKey())}, {Key: r.T("daycare.statement.column.amount"), Value: r.Cents(x.Amount)},
				{Key: r.T("daycaremonth.objection"), Value: x.Words, Small: x.MadeBy}}}},
			Links: []ui.Link{{Text: r.T("daycaremonth.objections.back"), Href: r.Path("/daycare-objections")}}})
	}
	return ui.ErrNoPage
}

// absences are the long ones that the rules let end a voucher; a person decides on the child's own page.
func (s *Pages) absences(w http.ResponseWriter, r *ui.Request) error {
	var list []store.UnitChild
	err := r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = store.LongAbsences(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	shown, pages := unit.Within(r, list, r.Path("/daycare-absences")+"?")
	t := ui.Table{Caption: r.T("daycaremonth.absences"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("daycare.statement.column.child")}, {Text: r.T("daycareunit.unit")}, {Text: r.T("daycaremonth.absent")},
		{Text: r.T("daycaremonth.absent.days"), Numeric: true}, {Text: r.T("daycaremonth.absent.over")}},
		Empty: ui.Empty{Title: r.T("daycaremonth.absences.none"), Text: r.T("daycaremonth.absences.none.text")}}
	for _, c := range shown {
		over := ui.Cell{Text: r.T("daycaremonth.absent.near")}
		if c.Absent.Over != nil {
			over.Text = r.Date(*c.Absent.Over)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Name, Small: r.Date(c.BirthDate)}, {Text: c.UnitName}, {Text: r.Period(c.Absent.Period)}, {Text: strconv.Itoa(c.Absent.Days), Numeric: true}, over})
	}
	return s.show(w, r, page{Title: r.T("daycaremonth.absences"), Lead: r.T("daycaremonth.absences.lead"), Top: []ui.Component{t, pages},
		Links: []ui.Link{{Text: r.T("daycaremonth.objections.back"), Href: r.Path("/daycare-objections")}}})
}
