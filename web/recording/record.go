package recording

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/event"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// reservation finds one of the provider's own, with its client and what is left on the day.
func (s *Pages) reservation(r *ui.Request, organiser int32, id int64, day calendar.Date) (reserved, error) {
	var list []voucher.Reservation
	err := s.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		list, err = voucher.OfProvider(r.Context(), tx, r.Actor, false, voucher.Cursor{Organiser: organiser, Reservation: id - 1}, 1)
		return err
	})
	if err != nil {
		return reserved{}, err
	}
	if len(list) == 0 || list[0].Organiser != organiser || list[0].ID != id {
		return reserved{}, ui.ErrNoPage
	}
	rows, err := s.served(r, list, day)
	if err != nil {
		return reserved{}, err
	}
	return rows[0], nil
}

// record is the form of one event: the client and the voucher are known, a day and an amount are asked.
func (s *Pages) record(w http.ResponseWriter, r *ui.Request) error {
	organiser, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	id, err := r.PathID("reservation")
	if err != nil {
		return err
	}
	x, err := s.reservation(r, organiser, id, r.Today())
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("date", r.Today())
	f.Set("reference", newReference())
	p := s.recordForm(r, x, f)
	if !f.Submitted() {
		return s.show(w, r, p)
	}
	line := readLine(f)
	line.Number, line.Content, line.Unit = x.Served.Number.String(), x.Content.Code, x.Unit
	if f.Refused() {
		return s.show(w, r, p)
	}
	verdicts, err := s.Desk.Record(r.Context(), organiser, event.Submission{By: r.Actor, Provider: r.Actor.Provider, Source: event.Page, Lines: []event.Line{line}})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(w, r, p)
	}
	v := verdicts[0]
	if v.State == event.Rejected {
		s.refuse(r, f, v)
		p.Top = put(p.Top, s.findings(r, v.Findings))
		return s.show(w, r, p)
	}
	return r.SeeOther(w, fmt.Sprintf("/events/%d/%d", organiser, v.Event), "recording.recorded."+string(v.State))
}

// formFields are where a finding's message stands on the form.
var formFields = map[string]string{"date": "date", "start": "start", "end": "end", "quantity": "quantity", "worker": "worker", "reference": "date"}

// refuse puts the rejecting findings of a verdict on the form, each on its field.
func (s *Pages) refuse(r *ui.Request, f *ui.Form, v event.Verdict) {
	for _, x := range v.Findings {
		if x.Severity() != event.ToReject {
			continue
		}
		wrong, remedy := s.findingText(r, x)
		one := errRejected.At(formFields[x.Field]).With("text", wrong).With("remedy", remedy)
		one.Code = x.Code // the published code of the check, as in files and in the API
		f.Refuse(one)
	}
}

func (s *Pages) recordForm(r *ui.Request, x reserved, f *ui.Form) page {
	p := page{Title: r.T("recording.record.title"), Caption: x.Served.Name, Form: f,
		Top: []ui.Component{ui.Summary{Rows: []ui.Row{{Key: r.T("recording.content"), Value: x.Content.Names.In(r.Lang), Small: x.Service.Names.In(r.Lang)},
			{Key: r.T("recording.number"), Value: x.Served.Number.Print()}, {Key: r.T("recording.left"), Value: x.Left}}}},
		Hidden: []hidden{{"reference", f.Value("reference")}}, Buttons: []act{{Key: "recording.record.go"}},
		Links: []ui.Link{{Text: r.T("recording.nav.reservations"), Href: r.Path("/reservations")}}}
	p.Fields = lineFields(r, string(x.Content.Unit))
	return p
}

// lineFields are the day and the amount; times instead of hours, worker and note may be left empty.
func lineFields(r *ui.Request, measure string) []field {
	fields := []field{{Kind: "date", Name: "date", Label: r.T("recording.date")}}
	quantity := field{Kind: "input", Name: "quantity", Label: r.T("recording.quantity", "unit", r.T("unit."+measure+".many")), Width: 5, Mode: "decimal"}
	if measure == "hour" {
		quantity.Hint, quantity.Optional = r.T("recording.quantity.hours"), true
		return append(fields, quantity, field{Kind: "input", Name: "start", Label: r.T("recording.start"), Width: 5, Optional: true},
			field{Kind: "input", Name: "end", Label: r.T("recording.end"), Width: 5, Optional: true}, field{Kind: "input", Name: "note", Label: r.T("recording.note"), Optional: true})
	}
	quantity.Hint, quantity.Optional = r.T("recording.quantity.one"), true
	return append(fields, quantity, field{Kind: "input", Name: "note", Label: r.T("recording.note"), Optional: true})
}

// readLine reads the fields of one event.
func readLine(f *ui.Form) event.Line {
	l := event.Line{Date: f.Date("date"), Note: f.OptionalText("note"), Reference: f.Text("reference")}
	if q, ok := f.OptionalQuantity("quantity"); ok {
		l.Quantity = &q
	}
	l.Start, l.End = instant(f, "start", l.Date, nil), nil
	l.End = instant(f, "end", l.Date, l.Start)
	if (l.Start == nil) != (l.End == nil) && !f.Refused() {
		f.Refuse(errHalf.At("start"))
	}
	return l
}

// instant reads a time of day; one before the start is on the next day.
func instant(f *ui.Form, name string, day calendar.Date, start *time.Time) *time.Time {
	minutes, ok := ui.ReadOptional(f, name, ui.ParseTime)
	if !ok || day <= 0 {
		return nil
	}
	if start != nil {
		if s := start.In(calendar.Helsinki); minutes < s.Hour()*60+s.Minute() {
			day++
		}
	}
	at, _, err := calendar.Instant(day, minutes/60, minutes%60)
	if err != nil {
		for _, one := range fault.All(err) {
			f.Refuse(one.At(name))
		}
		return nil
	}
	return &at
}

// edit corrects an event that is not settled: the new version is judged like a new event, and a rejected one changes nothing.
func (s *Pages) edit(w http.ResponseWriter, r *ui.Request) error {
	e, n, _, err := s.own(r)
	if err != nil {
		return err
	}
	l := n.labels[e.ID]
	f := r.Input()
	f.Set("date", e.Date)
	f.Set("quantity", e.Quantity)
	f.Set("note", e.Note)
	f.Set("reference", newReference())
	f.Set("step", int(e.Step))
	if e.Start != nil && e.End != nil {
		f.Set("start", clock(*e.Start))
		f.Set("end", clock(*e.End))
		f.Set("quantity", "")
	}
	p := page{Title: r.T("recording.edit.title"), Caption: l.Client, Form: f, Lead: r.T("recording.edit.lead"), Fields: lineFields(r, l.Measure),
		Hidden: []hidden{{"reference", f.Value("reference")}, {"step", f.Value("step")}}, Buttons: []act{{Key: "recording.save"}},
		Links: []ui.Link{{Text: r.T("recording.back"), Href: r.Path("/events/{organiser}/{event}", e.Organiser, e.ID)}}}
	if !f.Submitted() {
		return s.show(w, r, p)
	}
	line := readLine(f)
	line.Number, line.Content, line.Unit, line.Worker = l.Number, l.Code, e.Unit, e.Worker
	step := f.Int("step", 0, 1<<20)
	if f.Refused() {
		return s.show(w, r, p)
	}
	var v event.Verdict
	err = s.DB.Tenant(r.Context(), r.Actor.In(e.Organiser), func(tx *postgres.Tx) (err error) {
		v, err = event.Edit(r.Context(), tx, r.Actor, event.Ref{Organiser: e.Organiser, Event: e.ID, Step: int32(step)}, line, event.Page)
		return err
	})
	var refused event.RejectedError
	switch {
	case errors.As(err, &refused):
		s.refuse(r, f, refused.Verdict)
		p.Top = put(p.Top, s.findings(r, refused.Verdict.Findings))
		return s.show(w, r, p)
	case err != nil:
		if !f.Take(err) {
			return err
		}
		return s.show(w, r, p)
	}
	return r.SeeOther(w, fmt.Sprintf("/events/%d/%d", e.Organiser, v.Event), "recording.recorded."+string(v.State))
}

func clock(t time.Time) string {
	t = t.In(calendar.Helsinki)
	return fmt.Sprintf("%d.%02d", t.Hour(), t.Minute())
}

// remove deletes an event of one's own that is not settled.
func (s *Pages) remove(w http.ResponseWriter, r *ui.Request) error {
	e, n, _, err := s.own(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("step", int(e.Step))
	p := page{Title: r.T("recording.delete.title"), Caption: n.labels[e.ID].Client, Form: f, Texts: []string{r.T("recording.delete.lead", "date", e.Date, "sum", e.Share.Organiser)},
		Hidden: []hidden{{"step", f.Value("step")}}, Fields: []field{{Kind: "input", Name: "reason", Label: r.T("recording.delete.reason"), Optional: true}},
		Buttons: []act{{Key: "recording.delete.go", Kind: "warning"}}, Links: []ui.Link{{Text: r.T("recording.back"), Href: r.Path("/events/{organiser}/{event}", e.Organiser, e.ID)}}}
	if !f.Submitted() {
		return s.show(w, r, p)
	}
	step, reason := f.Int("step", 0, 1<<20), f.OptionalText("reason")
	if f.Refused() {
		return s.show(w, r, p)
	}
	err = s.DB.Tenant(r.Context(), r.Actor.In(e.Organiser), func(tx *postgres.Tx) error {
		return event.Delete(r.Context(), tx, r.Actor, event.Decision{Ref: event.Ref{Organiser: e.Organiser, Event: e.ID, Step: int32(step)}, Reason: reason})
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(w, r, p)
	}
	return r.SeeOther(w, "/events", "recording.deleted")
}
