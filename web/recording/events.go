package recording

import (
	"bytes"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/organiser"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

var listStates = []string{"accepted", "review", "rejected", "refunded", "deleted"}

// filter reads the list's month and state from the address; what is not there is the present month and every state.
func filter(r *ui.Request) (calendar.Month, event.Filter) {
	q := r.URL.Query()
	month := calendar.MonthOf(r.Today())
	if m, err := ui.ParseMonth(q.Get("month")); err == nil {
		month = m
	}
	f := event.Filter{Provider: r.Actor.Provider, Period: month.Period(), Most: eventsPage + 1}
	for _, s := range listStates {
		if q.Get("state") == s {
			f.State = event.State(s)
		}
	}
	if d, err := calendar.ParseDate(q.Get("before")); err == nil {
		if _, err := fmt.Sscan(q.Get("id"), &f.BeforeID); err == nil {
			f.BeforeDate = d
		}
	}
	return month, f
}

// events lists a month: sums first, then what happened, each with its state and what can be done.
func (s *Pages) events(w http.ResponseWriter, r *ui.Request) error {
	month, f := filter(r)
	var list []event.Event
	var sums []event.Sum
	err := s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if list, err = event.OfProvider(r.Context(), tx, r.Actor, f); err != nil {
			return err
		}
		sums, err = event.Sums(r.Context(), tx, r.Actor, month.Period())
		return err
	})
	if err != nil {
		return err
	}
	more := len(list) > eventsPage
	list = list[:min(len(list), eventsPage)]
	n, err := s.name(r, list)
	if err != nil {
		return err
	}
	form := r.Input()
	form.Set("month", month)
	states := []ui.Option{{Value: "", Text: r.T("recording.events.all_states")}}
	for _, st := range listStates {
		states = append(states, ui.Option{Value: st, Text: r.T("event.state." + st)})
	}
	p := page{Title: r.T("recording.events.title", "month", month), Form: form, Get: true, Top: []ui.Component{tiles(r, sums)},
		Fields:  []field{{Kind: "input", Name: "month", Label: r.T("recording.month"), Hint: r.T("recording.month.hint"), Width: 10}, {Kind: "select", Name: "state", Label: r.T("recording.state"), Options: states}},
		Buttons: []act{{Key: "recording.filter", Kind: "secondary"}}, Bottom: []ui.Component{s.eventTable(r, list, n)}}
	address := r.Path("/events") + "?" + url.Values{"month": {month.String()}, "state": {string(f.State)}}.Encode()
	pages := ui.Pages{}
	if f.BeforeDate != 0 {
		pages.First = address
	}
	if more {
		last := list[len(list)-1]
		pages.Next = address + fmt.Sprintf("&before=%s&id=%d", last.Date, last.ID)
	}
	p.Bottom = append(p.Bottom, pages)
	query := "?" + url.Values{"month": {month.String()}, "state": {string(f.State)}}.Encode()
	p.Links = []ui.Link{{Text: r.T("recording.record.choose"), Href: r.Path("/reservations")},
		{Text: r.T("recording.export", "format", "CSV"), Href: r.Path("/events-export/{format}", "csv") + query}, {Text: r.T("recording.export", "format", "XLSX"), Href: r.Path("/events-export/{format}", "xlsx") + query}}
	if r.Actor.Can("event.import") {
		p.Links = append([]ui.Link{{Text: r.T("recording.import.title"), Href: r.Path("/import")}}, p.Links...)
	}
	return s.show(w, r, p)
}

func tiles(r *ui.Request, sums []event.Sum) ui.Tiles {
	var count, waiting int64
	var share, refunded money.Cents
	for _, s := range sums {
		switch s.State {
		case event.Accepted:
			count, share = count+s.Count, share+s.Share.Organiser
		case event.Review:
			waiting += s.Count
		case event.Refunded:
			refunded += s.Share.Organiser
		}
	}
	return ui.Tiles{{Label: r.T("recording.tile.accepted"), Figure: r.Cents(share), Note: r.T("recording.tile.events", "n", count)},
		{Label: r.T("recording.tile.review"), Figure: ui.Digits(waiting)}, {Label: r.T("recording.tile.refunded"), Figure: r.Cents(refunded)}}
}

func (s *Pages) eventTable(r *ui.Request, list []event.Event, n named) ui.Table {
	t := ui.Table{Caption: r.T("recording.nav.events"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("recording.date")}, {Text: r.T("recording.client")}, {Text: r.T("recording.content")},
		{Text: r.T("recording.quantity_column"), Numeric: true}, {Text: r.T("recording.organiser_share"), Numeric: true}, {Text: r.T("recording.state")}},
		Empty: ui.Empty{Title: r.T("recording.events.none"), Text: r.T("recording.events.none.text"), Links: []ui.Link{{Text: r.T("recording.nav.reservations"), Href: r.Path("/reservations")}}}}
	for _, e := range list {
		l := n.labels[e.ID]
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.Date(e.Date), Href: r.Path("/events/{organiser}/{event}", e.Organiser, e.ID), Hidden: l.Client}, {Text: l.Client, Small: printed(l.Number)},
			{Text: l.Content.In(r.Lang), Small: l.Unit}, {Text: quantityText(r, e, l), Numeric: true}, r.CentsCell(e.Share.Organiser), r.TagCell(n.state(e))})
	}
	return t
}

// own reads one event of the provider, with its words, states and steps.
func (s *Pages) own(r *ui.Request) (event.Event, named, []event.Step, error) {
	o, err := r.PathOrganiser()
	if err != nil {
		return event.Event{}, named{}, nil, err
	}
	id, err := r.PathID("event")
	if err != nil {
		return event.Event{}, named{}, nil, err
	}
	return s.read(r, o, id)
}

func (s *Pages) read(r *ui.Request, o int32, id int64) (e event.Event, n named, steps []event.Step, err error) {
	n = newNamed()
	err = s.DB.Tenant(r.Context(), r.Actor.In(o), func(tx *postgres.Tx) (err error) {
		if e, steps, err = event.Get(r.Context(), tx, r.Actor, o, id); err != nil {
			return err
		}
		if n.times, err = event.TimesOf(r.Context(), tx, o, []int64{e.ID}); err != nil {
			return err
		}
		return n.read(r.Context(), tx, r.Actor, o, []event.Event{e})
	})
	return e, n, steps, err
}

// event is the page of one: state, why this sum, findings, history, and what can be done and why not.
func (s *Pages) event(w http.ResponseWriter, r *ui.Request) error {
	e, n, steps, err := s.own(r)
	if err != nil {
		return err
	}
	var org organiser.Organiser
	if err := s.DB.National(r.Context(), func(tx *postgres.Tx) (err error) { org, err = organiser.Get(r.Context(), tx, e.Organiser); return err }); err != nil {
		return err
	}
	p := s.eventPage(r, e, n, steps)
	switch state := n.state(e); {
	case n.settled(e) && e.State == event.Accepted:
		p.Bottom = append(p.Bottom, ui.Inset{Text: r.T("recording.event.settled", "organiser", org.Names.In(r.Lang), "email", org.Email)})
	case state == "event.removed" || state == "event.credited" || e.State == event.Refunded:
		p.Bottom = append(p.Bottom, ui.Inset{Text: r.T("recording.event.ended")})
	case r.Actor.Can("event.edit"):
		if e.State == event.Accepted && org.Rhythm == "monthly" {
			p.Bottom = append(p.Bottom, ui.Inset{Text: r.T("recording.event.next_run", "day", org.SettlementDay)})
		}
		p.Links = append(p.Links, ui.Link{Text: r.T("recording.delete.title"), Href: r.Path("/events/{organiser}/{event}/delete", e.Organiser, e.ID)})
		if e.State == event.Accepted || e.State == event.Review {
			p.Links = append(p.Links, ui.Link{Text: r.T("recording.edit.title"), Href: r.Path("/events/{organiser}/{event}/edit", e.Organiser, e.ID)})
		}
	}
	p.Links = append(p.Links, ui.Link{Text: r.T("recording.nav.events"), Href: r.Path("/events")})
	return s.show(w, r, p)
}

func (s *Pages) eventPage(r *ui.Request, e event.Event, n named, steps []event.Step) page {
	l := n.labels[e.ID]
	rows := []ui.Row{{Key: r.T("recording.state"), Tag: r.Tag(n.state(e))}, {Key: r.T("recording.content"), Value: l.Content.In(r.Lang), Small: l.Unit + " · " + l.Provider},
		{Key: r.T("recording.number"), Value: printed(l.Number)}, {Key: r.T("recording.quantity_column"), Value: quantityText(r, e, l)}}
	if e.Start != nil && e.End != nil {
		rows = append(rows, ui.Row{Key: r.T("recording.times"), Value: clock(*e.Start) + "–" + clock(*e.End)})
	}
	for _, x := range [][2]string{{"recording.priced_by", event.TimesText(r.Lang, n.times[e.ID])}, {"recording.note", e.Note}, {"recording.worker", e.Worker}, {"recording.reason", e.Reason}} {
		if x[1] != "" {
			rows = append(rows, ui.Row{Key: r.T(x[0]), Value: x[1]})
		}
	}
	p := page{Title: r.T("recording.event.title", "date", e.Date), Caption: l.Client, Top: []ui.Component{ui.Summary{Rows: rows}}}
	p.Top = put(p.Top, s.findings(r, e.Findings))
	p.Bottom = []ui.Component{why(r, e, n.times[e.ID], l), timeline(r, e, steps, l)}
	return p
}

// why shows the sum line by line, as the ledger has it.
func why(r *ui.Request, e event.Event, times []event.Timed, l event.Label) ui.Calculation {
	var whole, organiser []string
	rule, parts := r.T("recording.why.organiser.rule", "price", e.Price, "value", e.Value), accepted(e, times)
	for _, p := range parts {
		q := r.Quantity(p.Quantity, l.Measure) + " × "
		price, share := q+r.Cents(p.Price), q+r.Cents(min(p.Price, p.Value))
		if len(parts) > 1 { // each part is rounded by itself, so its sum is told
			sums := money.Split(p.Price, p.Value, p.Quantity)
			price, share = r.Cents(sums.Total)+" ("+price+")", r.Cents(sums.Organiser)+" ("+share+")"
		}
		whole, organiser = append(whole, price), append(organiser, share)
	}
	if len(times) > 1 {
		rule = r.T("recording.why.organiser.by_time")
	}
	return ui.Calculation{Caption: r.T("recording.why"), Steps: []ui.Step{
		{Text: r.T("recording.why.total"), Formula: strings.Join(whole, " + "), Amount: r.Cents(e.Share.Total)},
		{Text: r.T("recording.why.organiser"), Formula: strings.Join(organiser, " + "), Source: rule, Amount: r.Cents(e.Share.Organiser)},
		{Text: r.T("recording.why.own"), Formula: r.Cents(e.Share.Total) + " − " + r.Cents(e.Share.Organiser), Amount: r.Cents(e.Share.Own), Sum: true}}}
}

// accepted are the parts of what was accepted, the first units in the order of time; one where the price is the same at all times.
func accepted(e event.Event, times []event.Timed) []event.Piece {
	var out []event.Piece
	left := e.Accepted
	for _, t := range times {
		if t.Quantity = min(left, t.Quantity); t.Quantity > 0 {
			left -= t.Quantity
			out = append(out, t.Piece)
		}
	}
	if len(out) == 0 {
		return []event.Piece{{Quantity: e.Accepted, Price: e.Price, Value: e.Value}}
	}
	return out
}

func timeline(r *ui.Request, e event.Event, steps []event.Step, l event.Label) ui.Timeline {
	t := ui.Timeline{Title: r.T("recording.history")}
	for i := len(steps) - 1; i >= 0; i-- {
		st := steps[i]
		words := st.Reason
		if st.ReasonCode != "" {
			words = r.T("event.reason."+st.ReasonCode) + ". " + words
		}
		if st.State == event.Accepted {
			words = r.Quantity(st.Accepted, l.Measure) + " · " + r.Cents(st.Share.Organiser) + " " + words
		}
		t.Moments = append(t.Moments, ui.Moment{Title: r.T("event.state." + string(st.State)), By: st.By, When: i18n.DateTime(r.Lang, st.At), Text: words})
	}
	t.Moments = append(t.Moments, ui.Moment{Title: r.T("recording.history.recorded"), By: e.RecordedBy, When: i18n.DateTime(r.Lang, e.RecordedAt)})
	return t
}

// mostExported is the largest export; a longer list is asked by the month.
const mostExported = 100_000

// export writes the list of the month as it is filtered, for a spreadsheet. Formulas are guarded by the writer.
func (s *Pages) export(w http.ResponseWriter, r *ui.Request) error {
	format := sheet.Format(r.PathValue("format"))
	if format != sheet.CSV && format != sheet.XLSX {
		return ui.ErrNoPage
	}
	month, f := filter(r)
	f.Most, f.BeforeDate, f.BeforeID = mostExported, 0, 0
	var list []event.Event
	err := s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		list, err = event.OfProvider(r.Context(), tx, r.Actor, f)
		return err
	})
	if err != nil {
		return err
	}
	n, err := s.name(r, list)
	if err != nil {
		return err
	}
	var headings []string
	for _, c := range []string{"date", "client", "number", "content", "unit", "quantity", "accepted", "price", "organiser_share", "own_share", "state", "reference", "note", "event"} {
		headings = append(headings, r.T("event.file.column."+c))
	}
	var rows iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
		for _, e := range list {
			l := n.labels[e.ID]
			if !yield([]any{e.Date, l.Client, printed(l.Number), l.Content.In(r.Lang), l.Unit, sheet.Figure(e.Quantity.String()), sheet.Figure(e.Accepted.String()), e.Price,
				e.Share.Organiser, e.Share.Own, r.Tag(n.state(e)).Text, e.Reference, e.Note, e.ID}, nil) {
				return
			}
		}
	}
	return send(w, r, format, "tapahtumat-"+month.String(), func(out *bytes.Buffer) error {
		if format == sheet.XLSX {
			return sheet.WriteXLSX(out, r.T("event.file.sheet"), headings, rows)
		}
		return sheet.WriteCSV(out, headings, rows)
	})
}

// send answers with a file; it is made whole first, so that a fault is an error page and not half a file.
func send(w http.ResponseWriter, r *ui.Request, format sheet.Format, name string, write func(*bytes.Buffer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return err
	}
	media := "text/csv; charset=utf-8"
	if format == sheet.XLSX {
		media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+string(format)+`"`)
	_, err := out.WriteTo(w)
	return err
}
