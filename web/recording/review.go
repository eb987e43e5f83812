package recording

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/catalogue"
	"seteli/domain/event"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// queue is what waits for the checker, oldest first, with the promised day; several can be accepted at once.
func (s *Pages) queue(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if f.Submitted() {
		n, err := s.acceptMany(r, f)
		if err == nil {
			return r.SeeOther(w, "/review", "recording.review.accepted_many", "n", n)
		}
		if !f.Take(err) {
			return err
		}
	}
	var list []event.Event
	var n named
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		after = 0 // the first page
	}
	o := r.Actor.Organiser
	err = s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		services, err := s.seen(r.Context(), tx, r)
		if err != nil {
			return err
		}
		if list, err = event.Queue(r.Context(), tx, r.Actor, o, services, after, eventsPage+1); err != nil {
			return err
		}
		n = newNamed()
		return n.read(r.Context(), tx, r.Actor, o, list)
	})
	if err != nil {
		return err
	}
	more := len(list) > eventsPage
	list = list[:min(len(list), eventsPage)]
	p := page{Title: r.T("recording.review.title"), Lead: r.T("recording.review.lead"), Form: f, Wide: true, Inside: []ui.Component{s.queueTable(r, list, n)}}
	if len(list) > 0 {
		p.Buttons = []act{{Key: "recording.review.accept_chosen"}}
	} else {
		p.Top, p.Inside = p.Inside, nil
	}
	if more {
		p.Bottom = []ui.Component{ui.Pages{Next: r.Path("/review") + fmt.Sprintf("?after=%d", list[len(list)-1].ID)}}
	}
	return s.show(w, r, p)
}

// seen are the services that the checker's teams reach; nil = all.
func (s *Pages) seen(ctx context.Context, tx *postgres.Tx, r *ui.Request) ([]int64, error) {
	if len(r.Actor.Teams) == 0 {
		return nil, nil
	}
	all, err := catalogue.Services(ctx, tx, r.Actor.Organiser, r.Today())
	if err != nil {
		return nil, err
	}
	ids := []int64{-1} // a team that reaches no service sees none
	for _, v := range all {
		if r.Actor.SeesService(v.Teams) {
			ids = append(ids, v.ID)
		}
	}
	return ids, nil
}

func (s *Pages) queueTable(r *ui.Request, list []event.Event, n named) ui.Table {
	t := ui.Table{Caption: r.T("recording.review.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("recording.client")}, {Text: r.T("recording.date")}, {Text: r.T("recording.content")},
		{Text: r.T("recording.quantity_column"), Numeric: true}, {Text: r.T("recording.organiser_share"), Numeric: true}, {Text: r.T("recording.review.why")}, {Text: r.T("recording.review.answer_by")}, {Text: r.T("recording.review.choose"), Hidden: true}},
		Empty: ui.Empty{Title: r.T("recording.review.none"), Text: r.T("recording.review.none.text")}}
	for _, e := range list {
		l := n.labels[e.ID]
		reason, code := r.T("recording.review.sent_back"), ""
		for _, x := range e.Findings {
			if x.Severity() == event.ToReview {
				reason, code = r.T("recording.review.cause."+x.Code), x.Code
			}
		}
		due, late := clockOf(e, r.Today())
		by := ui.Cell{Text: r.Date(due)}
		if late != "" {
			by.Tag = &ui.Tag{Text: r.T(late), Colour: "red"}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: l.Client, Href: r.Path("/review/{event}", e.ID), Hidden: r.Date(e.Date)}, {Text: r.Date(e.Date)}, {Text: l.Content.In(r.Lang), Small: l.Provider},
			{Text: quantityText(r, e, l), Numeric: true}, r.CentsCell(e.Share.Organiser), {Text: reason, Small: code}, by,
			{Tick: &ui.Tick{Name: "chosen", Value: fmt.Sprintf("%d-%d", e.ID, e.Step), Label: r.T("recording.review.choose_one", "client", l.Client, "date", e.Date)}}})
	}
	return t
}

// clockOf is the promised day of the answer, and the word for its having passed.
func clockOf(e event.Event, today calendar.Date) (due calendar.Date, late string) {
	from := calendar.DateOf(e.RecordedAt.In(calendar.Helsinki))
	due = calendar.AddBankDays(from, event.ReviewDays)
	switch {
	case today > calendar.AddBankDays(from, event.FinalDays):
		return due, "recording.review.final_passed"
	case today > due:
		return due, "recording.review.late"
	}
	return due, ""
}

// acceptMany accepts the ticked events wholly, all or none: each was seen on the list with its step. A tick that does not belong
// to what the checker's teams see is refused.
func (s *Pages) acceptMany(r *ui.Request, f *ui.Form) (int, error) {
	var refs []event.Ref
	for _, v := range r.PostForm["chosen"] {
		id, step, ok := strings.Cut(v, "-")
		n, err := strconv.ParseInt(id, 10, 64)
		m, err2 := strconv.ParseInt(step, 10, 32)
		if !ok || err != nil || err2 != nil {
			return 0, errChosen
		}
		refs = append(refs, event.Ref{Organiser: r.Actor.Organiser, Event: n, Step: int32(m)})
	}
	if len(refs) == 0 {
		return 0, errChosen
	}
	return len(refs), s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error {
		for _, ref := range refs {
			if err := s.reach(r, tx, ref.Event); err != nil {
				return err
			}
			if err := event.Accept(r.Context(), tx, r.Actor, event.Decision{Ref: ref}); err != nil {
				return err
			}
		}
		return nil
	})
}

// reach refuses an event of a service that the checker's teams do not see, as if it were not there.
func (s *Pages) reach(r *ui.Request, tx *postgres.Tx, id int64) error {
	services, err := s.seen(r.Context(), tx, r)
	if err != nil || services == nil {
		return err
	}
	e, _, err := event.Get(r.Context(), tx, r.Actor, r.Actor.Organiser, id)
	if err != nil {
		return err
	}
	for _, v := range services {
		if v == e.Service {
			return nil
		}
	}
	return ui.ErrNoPage
}

// looked is one event of the checker's organiser, with the page that shows it.
func (s *Pages) looked(r *ui.Request) (event.Event, named, page, error) {
	id, err := r.PathID("event")
	if err != nil {
		return event.Event{}, named{}, page{}, err
	}
	err = s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error { return s.reach(r, tx, id) })
	if err != nil {
		return event.Event{}, named{}, page{}, err
	}
	e, n, steps, err := s.read(r, r.Actor.Organiser, id)
	if err != nil {
		return e, n, page{}, err
	}
	p := s.eventPage(r, e, n, steps)
	p.Form = r.Input()
	p.Form.Set("step", int(e.Step))
	p.Hidden = []hidden{{"step", p.Form.Value("step")}}
	return e, n, p, nil
}

func reasons(r *ui.Request) []ui.Option {
	o := []ui.Option{{Value: "", Text: r.T("recording.choose")}}
	for _, c := range event.ReasonCodes {
		o = append(o, ui.Option{Value: c, Text: r.T("event.reason." + c)})
	}
	return o
}

func reasonFields(r *ui.Request) []field {
	return []field{{Kind: "select", Name: "reason_code", Label: r.T("recording.reason_code"), Options: reasons(r)},
		{Kind: "textarea", Name: "reason", Label: r.T("recording.reason"), Hint: r.T("recording.reason.hint")}}
}

// decide is the checker's page of one event under review: accept wholly or in part, or reject with a reason. What is settled or
// accepted already offers what can still be done.
func (s *Pages) decide(w http.ResponseWriter, r *ui.Request) error {
	e, n, p, err := s.looked(r)
	if err != nil {
		return err
	}
	if e.State != event.Review && !p.Form.Submitted() {
		p.Links = append(s.possible(r, e, n), ui.Link{Text: r.T("recording.nav.checked"), Href: r.Path("/checked")})
		return s.show(w, r, p)
	}
	l := n.labels[e.ID]
	p.Fields = append([]field{{Kind: "radios", Name: "decision", Label: r.T("recording.review.decision"), Options: []ui.Option{{Value: "accept", Text: r.T("recording.review.accept")},
		{Value: "partly", Text: r.T("recording.review.partly")}, {Value: "reject", Text: r.T("recording.review.reject")}}},
		{Kind: "input", Name: "quantity", Label: r.T("recording.review.quantity", "unit", r.T("unit."+l.Measure+".many")), Hint: r.T("recording.review.quantity.hint"), Width: 5, Optional: true}}, reasonFields(r)...)
	for i := range p.Fields[2:] {
		p.Fields[2+i].Optional = true
	}
	p.Buttons = []act{{Key: "recording.review.go"}}
	p.Links = []ui.Link{{Text: r.T("recording.review.title"), Href: r.Path("/review")}}
	if !p.Form.Submitted() {
		others, err := s.others(r, e)
		if err != nil {
			return err
		}
		p.Bottom = append(p.Bottom, others)
		return s.show(w, r, p)
	}
	choice := p.Form.Choice("decision", "accept", "partly", "reject")
	return s.apply(w, r, p, e, "/review", "recording.review.done", func(ctx context.Context, tx *postgres.Tx, d event.Decision) error {
		switch choice {
		case "partly":
			d.Quantity = one(p.Form.Quantity("quantity"))
			if p.Form.Refused() {
				return p.Form.Err()
			}
			return event.Accept(ctx, tx, r.Actor, d)
		case "reject":
			return event.Reject(ctx, tx, r.Actor, d)
		}
		return event.Accept(ctx, tx, r.Actor, d)
	})
}

// others are the voucher's other events, which the decision is compared with.
func (s *Pages) others(r *ui.Request, e event.Event) (ui.Table, error) {
	n, o := newNamed(), r.Actor.Organiser
	var list []event.Event
	err := s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if list, err = event.OfVoucher(r.Context(), tx, r.Actor, o, e.Client, e.Voucher, pageSize); err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(x event.Event) bool { return x.ID == e.ID })
		return n.read(r.Context(), tx, r.Actor, o, list)
	})
	return s.checkedTable(r, list, n, "recording.review.others"), err
}

// checkedTable is the list of events with links to the checker's pages and the provider's name.
func (s *Pages) checkedTable(r *ui.Request, list []event.Event, n named, caption string) ui.Table {
	t := s.eventTable(r, list, n)
	t.Caption, t.Quiet = r.T(caption), false
	for i, e := range list {
		l := n.labels[e.ID]
		t.Rows[i][0].Href = r.Path("/review/{event}", e.ID)
		t.Rows[i][2].Small = l.Provider
		if e.Start != nil && e.End != nil {
			t.Rows[i][0].Small = clock(*e.Start) + "–" + clock(*e.End)
		}
	}
	t.Empty = ui.Empty{Title: r.T("recording.events.none")}
	return t
}

// apply reads step and reason, runs the act and answers; a refused form comes back with everything typed.
func (s *Pages) apply(w http.ResponseWriter, r *ui.Request, p page, e event.Event, next, flash string, fn func(context.Context, *postgres.Tx, event.Decision) error) error {
	f := p.Form
	d := event.Decision{Ref: event.Ref{Organiser: e.Organiser, Event: e.ID, Step: int32(f.Int("step", 0, 1<<20))}, ReasonCode: f.OptionalText("reason_code"), Reason: f.OptionalLongText("reason")}
	if f.Refused() {
		return s.show(w, r, p)
	}
	err := s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error { return fn(r.Context(), tx, d) })
	switch {
	case err == nil:
		return r.SeeOther(w, next, flash)
	case f.Refused(): // the reading of a field refused already
		return s.show(w, r, p)
	case !f.Take(err):
		return err
	}
	return s.show(w, r, p)
}

// possible are the acts on an event that is not under review.
func (s *Pages) possible(r *ui.Request, e event.Event, n named) []ui.Link {
	var links []ui.Link
	add := func(key, path string) { links = append(links, ui.Link{Text: r.T(key), Href: r.Path(path, e.ID)}) }
	switch {
	case e.State == event.Refunded && !n.paid[e.Key()].Credited():
		add("recording.withdraw.title", "/checked/{event}/withdraw")
	case e.State == event.Accepted && n.settled(e):
		add("recording.refund.title", "/checked/{event}/refund")
	case e.State == event.Accepted:
		add("recording.return.title", "/checked/{event}/return")
	}
	return links
}

// checked finds a voucher's events by its number, for refunds and returns.
func (s *Pages) checked(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	p := page{Title: r.T("recording.checked.title"), Lead: r.T("recording.checked.lead"), Form: f,
		Fields: []field{{Kind: "input", Name: "number", Label: r.T("recording.number"), Width: 20}}, Buttons: []act{{Key: "recording.checked.find"}}}
	if !f.Submitted() {
		return s.show(w, r, p)
	}
	no := ui.Read(f, "number", ident.ParseVoucherNumber)
	if f.Refused() {
		return s.show(w, r, p)
	}
	var list []event.Event
	n := newNamed()
	o := r.Actor.Organiser
	err := s.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if list, err = event.OfNumber(r.Context(), tx, r.Actor, o, no, 500); err != nil {
			return err
		}
		services, err := s.seen(r.Context(), tx, r)
		if err != nil {
			return err
		}
		list = visible(list, services)
		return n.read(r.Context(), tx, r.Actor, o, list)
	})
	if fault.KindOf(err) == fault.NotFound {
		f.Refuse(errNumber.At("number"))
		return s.show(w, r, p)
	}
	if err != nil {
		return err
	}
	p.Bottom = []ui.Component{s.checkedTable(r, list, n, "recording.nav.events")}
	return s.show(w, r, p)
}

func visible(list []event.Event, services []int64) []event.Event {
	if services == nil {
		return list
	}
	var out []event.Event
	for _, e := range list {
		for _, v := range services {
			if e.Service == v {
				out = append(out, e)
			}
		}
	}
	return out
}

// refund takes a settled event back: reason and explanation are told to the provider, the sum is netted in its next run.
func (s *Pages) refund(w http.ResponseWriter, r *ui.Request) error {
	return s.step(w, r, "recording.refund", true, func(ctx context.Context, tx *postgres.Tx, d event.Decision) error {
		return event.Refund(ctx, tx, r.Actor, d)
	})
}

// withdraw takes a refund back while it waits for its run.
func (s *Pages) withdraw(w http.ResponseWriter, r *ui.Request) error {
	return s.step(w, r, "recording.withdraw", false, func(ctx context.Context, tx *postgres.Tx, d event.Decision) error {
		return event.WithdrawRefund(ctx, tx, r.Actor, d)
	})
}

// giveBack sends an accepted event that is not settled back to review.
func (s *Pages) giveBack(w http.ResponseWriter, r *ui.Request) error {
	return s.step(w, r, "recording.return", true, func(ctx context.Context, tx *postgres.Tx, d event.Decision) error {
		return event.Return(ctx, tx, r.Actor, d)
	})
}

func (s *Pages) step(w http.ResponseWriter, r *ui.Request, key string, reasoned bool, fn func(context.Context, *postgres.Tx, event.Decision) error) error {
	e, _, p, err := s.looked(r)
	if err != nil {
		return err
	}
	p.Title, p.Lead = r.T(key+".title"), r.T(key+".lead", "sum", e.Share.Organiser)
	if reasoned {
		p.Fields = reasonFields(r)
	}
	p.Buttons = []act{{Key: key + ".go", Kind: "warning"}}
	p.Links = []ui.Link{{Text: r.T("recording.back"), Href: r.Path("/review/{event}", e.ID)}}
	if !p.Form.Submitted() {
		return s.show(w, r, p)
	}
	return s.apply(w, r, p, e, "/review/"+ui.Digits(e.ID), key+".done", fn)
}
