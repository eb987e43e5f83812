// Package voucherview shows a voucher with the components of web/ui, the same for the caseworker and the client: lines with
// what is left, why the value is what it is, reservations, history. It reads nothing and holds no rule.
package voucherview

import (
	"fmt"
	"mime"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/event"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/web/ui"
)

// States are the tags of vouchers, reservations and orders.
func States() map[string]ui.State {
	states := map[string]ui.State{}
	for state, colour := range map[string]string{"waiting": "blue", "accepted": "teal", "open": "green", "paused": "orange", "ending": "orange",
		"ended": "grey", "closed.ended": "grey", "closed.used_up": "grey", "closed.refused": "grey", "closed.lapsed": "grey", "closed.annulled": "red",
		"closed.stopped": "grey", "closed.moved": "grey"} {
		states["voucher."+state] = ui.State{Key: "voucher.state." + state, Colour: colour}
	}
	for state, colour := range map[string]string{"coming": "blue", "valid": "green", "ending": "orange", "ended": "grey", "cancelled": "grey"} {
		states["reservation."+state] = ui.State{Key: "voucher.reservation." + state, Colour: colour}
	}
	for state, colour := range map[string]string{"ordered": "blue", "confirmed": "green", "declined": "red", "ended": "grey"} {
		states["order."+state] = ui.State{Key: "purchase.state." + state, Colour: colour}
	}
	return states
}

// Content gives name and unit of a line.
func Content(s catalogue.Service, l voucher.Line) catalogue.Content {
	c, _ := s.Content(l.Content)
	return c
}

// Lines lists contents with amount, value and what is left in the running day, week or month.
func Lines(r *ui.Request, texts *i18n.Catalogue, v voucher.Voucher, s catalogue.Service, left []voucher.Remaining, day calendar.Date) ui.Table {
	t := ui.Table{Caption: r.T("casework.lines"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.content")}, {Text: r.T("casework.amount")},
		{Text: r.T("casework.value"), Numeric: true}, {Text: r.T("casework.used"), Numeric: true}, {Text: r.T("casework.left"), Numeric: true}}}
	shown := Shown(v, day)
	for i, l := range v.Lines {
		c := Content(s, l)
		value, _ := l.ValueOn(shown)
		used, rest := r.Quantity(left[i].Used, string(c.Unit)), r.Quantity(left[i].Left(), string(c.Unit))
		if l.AmountCents != nil {
			used, rest = r.Cents(left[i].UsedCents), r.Cents(left[i].LeftCents())
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Names.In(r.Lang)}, {Text: voucher.AmountText(texts, r.Lang, l, c.Unit)},
			{Text: voucher.ValueText(texts, r.Lang, value.Cents, c.Unit), Numeric: true}, {Text: used, Numeric: true}, {Text: rest, Numeric: true}})
	}
	return t
}

// Shown is the day whose values are shown: today within the validity, otherwise its nearest day.
func Shown(v voucher.Voucher, day calendar.Date) calendar.Date {
	return min(max(day, v.Valid.From), v.Valid.Last())
}

// Why explains the value of each line, with the steps that were stored when it was decided.
func Why(r *ui.Request, texts *i18n.Catalogue, v voucher.Voucher, s catalogue.Service, day calendar.Date) []ui.Calculation {
	var list []ui.Calculation
	for _, l := range v.Lines {
		if value, ok := l.ValueOn(Shown(v, day)); ok {
			list = append(list, Calculation(r, texts, Content(s, l).Names.In(r.Lang), value.Explanation))
		}
	}
	return list
}

// Calculation renders one explanation.
func Calculation(r *ui.Request, texts *i18n.Catalogue, caption string, e rulebook.Explanation) ui.Calculation {
	c := ui.Calculation{Caption: caption}
	for _, line := range e.Lines(texts, r.Lang) {
		c.Steps = append(c.Steps, ui.Step{Text: line.Label, Formula: line.Formula, Source: line.Source, Amount: line.Amount, Sum: line.Sum})
	}
	return c
}

// Reservations lists who serves the voucher; end gives the address of the page that ends one, "" = it cannot be ended.
func Reservations(r *ui.Request, v voucher.Voucher, s catalogue.Service, list []voucher.Reservation, day calendar.Date, end func(voucher.Reservation) string) ui.Table {
	t := ui.Table{Caption: r.T("casework.reservations"), Cards: true, Empty: noneReserved(r),
		Columns: []ui.Column{{Text: r.T("casework.provider")}, {Text: r.T("casework.content")}, {Text: r.T("casework.valid")}, {Text: r.T("common.state")},
			{Text: r.T("common.action"), Hidden: true}}}
	for _, x := range list {
		state := x.Shown(day, v.Usable())
		act := ui.Cell{}
		if href := end(x); href != "" && (state == "valid" || state == "coming" || state == "ending") {
			act = ui.Cell{Text: r.T("casework.reservation.end"), Href: href, Hidden: x.UnitName}
		}
		c, _ := s.Content(x.Content)
		t.Rows = append(t.Rows, []ui.Cell{{Text: x.UnitName, Small: x.ProviderName}, {Text: c.Names.In(r.Lang)}, {Text: r.Period(x.Period)},
			r.TagCell("reservation." + state), act})
	}
	return t
}

// History is the voucher's timeline, newest first.
func History(r *ui.Request, steps []voucher.Step) ui.Timeline {
	t := ui.Timeline{Title: r.T("casework.history")}
	for _, s := range steps {
		note := s.Note
		if s.Act == voucher.ActSheet && note != "" {
			note = r.T("voucher.channel." + note)
		}
		t.Moments = append(t.Moments, ui.Moment{Title: r.T("voucher.act." + string(s.Act)), By: s.By, When: i18n.DateTime(r.Lang, s.At), Text: note})
	}
	return t
}

// PDF answers with a letter; the browser shows it and offers to save it under the name.
func PDF(w http.ResponseWriter, name string, data []byte) error {
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("sending %s: %w", name, err)
	}
	return nil
}

// noneReserved says the next step to the one who reads: the client chooses, the caseworker helps.
func noneReserved(r *ui.Request) ui.Empty {
	if r.Actor.Role.Side() == access.PersonSide {
		return ui.Empty{Title: r.T("citizen.reservations.none"), Text: r.T("citizen.reservations.none.text")}
	}
	return ui.Empty{Title: r.T("casework.reservations.none"), Text: r.T("casework.reservations.none.text")}
}

// Events lists delivered services with their shares, newest first.
func Events(r *ui.Request, s catalogue.Service, events []event.Event) ui.Table {
	caption, own, empty := r.T("casework.events"), r.T("casework.events.own"), ui.Empty{Title: r.T("citizen.events.none")}
	if r.Actor.Role.Side() == access.PersonSide {
		caption, own, empty.Text = r.T("citizen.events"), r.T("citizen.own"), r.T("citizen.events.none.text")
	}
	t := ui.Table{Caption: caption, Cards: true, Columns: []ui.Column{{Text: r.T("common.date")}, {Text: r.T("casework.content")}, {Text: r.T("casework.amount"), Numeric: true},
		{Text: r.T("citizen.paid"), Numeric: true}, {Text: own, Numeric: true}, {Text: r.T("common.state")}}, Empty: empty}
	for _, e := range events {
		c, _ := s.Content(e.Content)
		name, amount := c.Names.In(r.Lang), r.Quantity(e.Accepted, string(c.Unit))
		if c.ID == 0 { // bought with a euro balance, of another service: its own page tells what
			name, amount = r.T("purse.bought"), ""
		}
		state := "event.state." + string(e.State)
		if e.Partial && e.State == "accepted" {
			state = "event.state.partial"
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.Date(e.Date)}, {Text: name}, {Text: amount, Numeric: true},
			r.CentsCell(e.Share.Organiser), r.CentsCell(e.Share.Own), {Text: r.T(state)}})
	}
	return t
}
