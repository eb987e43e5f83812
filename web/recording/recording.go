// Package recording is the pages of what was delivered: the provider's reservations, recording, events and files; and the checker's
// review queue, refunds and returns.
//
// A page reads a form, calls one use case and shows a page or redirects. It holds no rule: what is accepted, and why not, is the
// verdict of domain/event. A form post is a submission of one line; it carries a reference of its own, so that a double click
// or the back button records once.
package recording

import (
	"context"
	"embed"
	"net/http"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Texts *i18n.Catalogue
	Desk  *event.Desk // one per process
}

// page is every page of this package: components above, at most one form, components below.
type page struct {
	Title, Caption, Lead string
	Top                  []ui.Component
	Texts                []string
	Form                 *ui.Form
	Hidden               []hidden
	Inside               []ui.Component // in the form, above its fields: tables with tick boxes
	Fields               []field
	Buttons              []act // none: the page has no form
	Get, Files, Wide     bool
	Bottom               []ui.Component
	Links                []ui.Link
}

type hidden struct{ Name, Value string }

// field is one control; texts are ready, in the reader's language.
type field struct {
	Kind, Name, Label, Hint, Mode string
	Width                         int
	Optional                      bool
	Options                       []ui.Option
}

// act is a button of the form.
type act struct{ Key, Kind, Name, Value, Text string }

var (
	errChosen   = fault.New(fault.Invalid, "REC-002", "recording.review.nothing_chosen")
	errNumber   = fault.New(fault.Invalid, "REC-003", "recording.reserve.number_unknown")
	errRejected = fault.New(fault.Invalid, "REC-005", "recording.rejected") // carries the text and remedy of a check
	errHalf     = fault.New(fault.Invalid, "REC-004", "recording.quantity_or_times")
)

// Audience is the pages of those who record and of those who check, with their navigation: everybody sees the entries of their rights.
func (s *Pages) Audience() ui.Audience {
	sample := page{Title: "x", Caption: "x", Lead: "x", Texts: []string{"x"}, Hidden: []hidden{{"a", "1"}}, Files: true, Buttons: []act{{Key: "recording.save"}, {Key: "recording.save", Text: "x"}},
		Links: []ui.Link{{Text: "x", Href: "/"}}, Top: []ui.Component{ui.Inset{Text: "x"}}, Inside: []ui.Component{ui.Warning{Text: "x"}}}
	for _, kind := range []string{"input", "date", "textarea", "select", "radios", "checkboxes", "tick", "upload"} {
		sample.Fields = append(sample.Fields, field{Kind: kind, Name: kind, Label: "x", Options: []ui.Option{{Value: "1", Text: "x"}}})
	}
	return ui.Audience{
		Name: "recording", Templates: templates, Routes: s.routes(),
		Roles: []access.Role{access.Signatory, access.ProviderMainUser, access.ServiceResponsible, access.Recorder, access.EventChecker},
		States: map[string]ui.State{"event.partial": {Key: "event.state.partial", Colour: "orange"}, "event.credited": {Key: "recording.state.credited", Colour: "grey"},
			"file.uploaded": {Key: "recording.file.state.uploaded", Colour: "blue"}, "file.confirmed": {Key: "recording.file.state.confirmed", Colour: "green"}, "file.dropped": {Key: "recording.file.state.dropped", Colour: "grey"}},
		Nav: []ui.NavItem{{Key: "recording.nav.reservations", Path: "/reservations", Right: access.EventRecord}, {Key: "recording.nav.events", Path: "/events", Right: access.EventRecord},
			{Key: "recording.nav.import", Path: "/import", Right: access.EventImport}, {Key: "recording.nav.review", Path: "/review", Right: access.EventReview}, {Key: "recording.nav.checked", Path: "/checked", Right: access.EventReview}},
		Pages: []ui.PageSpec{ui.Page("recording/page", page{Title: "x"}, sample)},
	}
}

func (s *Pages) routes() []ui.Route {
	company := ui.NewRoutes(ui.Route{Side: access.ProviderSide, ClientData: true})
	reservation, events, file := company.About("reservation"), company.About("event"), company.About("file")
	company.Get("/reservations", access.ReservationRead, s.reservations)
	company.Form("/reservations/new", access.ReservationMake, s.reserve)
	reservation.Form("/reservations/{organiser}/{reservation}/record", access.EventRecord, s.record)
	company.Get("/events", access.EventRead, s.events)
	company.Get("/events-export/{format}", access.EventRead, s.export)
	events.Get("/events/{organiser}/{event}", access.EventRead, s.event)
	events.Form("/events/{organiser}/{event}/edit", access.EventEdit, s.edit)
	events.Form("/events/{organiser}/{event}/delete", access.EventEdit, s.remove)
	company.Large(event.FileBytes+1<<20).Form("/import", access.EventImport, s.files)
	company.Get("/import-template/{format}", access.EventImport, s.template)
	file.Form("/import/{file}", access.EventImport, s.file)
	file.Get("/import/{file}/errors", access.EventImport, s.fileErrors)
	file.Get("/import/{file}/answers", access.EventImport, s.fileAnswers)
	company.On(access.OrganiserSide).Form("/review", access.EventReview, s.queue)
	company.On(access.OrganiserSide).Form("/checked", access.EventReview, s.checked)
	events = events.On(access.OrganiserSide)
	events.Form("/review/{event}", access.EventReview, s.decide)
	events.Form("/checked/{event}/refund", access.EventRefund, s.refund)
	events.Form("/checked/{event}/withdraw", access.EventRefund, s.withdraw)
	events.Form("/checked/{event}/return", access.EventReview, s.giveBack)
	return company.All()
}

func (s *Pages) show(w http.ResponseWriter, r *ui.Request, p page) error {
	for i, h := range p.Hidden {
		if h.Name == "step" && p.Form.Stale() {
			p.Hidden[i].Value = p.Form.Value(h.Name) // the present one: sent again, it is sent knowingly
		}
	}
	return r.Show(w, p.Form.Status(), "recording/page", p)
}

// findingText is one finding as the reader reads it.
func (s *Pages) findingText(r *ui.Request, f event.Finding) (text, remedy string) {
	return s.Texts.Text(r.Lang, f.TextKey(), f.Args()), s.Texts.Text(r.Lang, f.TextKey()+".remedy", f.Args())
}

var severities = map[event.Severity]string{event.ToReject: "reject", event.ToReview: "review", event.Warn: "warn"}

// findings shows code, reason and remedy of each finding.
func (s *Pages) findings(r *ui.Request, fs []event.Finding) ui.Component {
	var rows []ui.Row
	for _, f := range fs {
		text, remedy := s.findingText(r, f)
		if own := f.TextKey() + ".organiser"; r.Actor.Organiser != 0 && s.Texts.Has(own) { // what the sender may not know, the checker must
			text = s.Texts.Text(r.Lang, own, f.Args())
		}
		if r.Actor.Organiser != 0 { // a remedy is written for the sender
			remedy = ""
		}
		rows = append(rows, ui.Row{Key: f.Code + " · " + r.T("check.severity."+severities[f.Severity()]), Value: text, Small: remedy})
	}
	if len(rows) == 0 {
		return nil
	}
	return ui.Summary{Title: r.T("recording.findings"), Rows: rows}
}

// put adds a component unless there is none.
func put(list []ui.Component, c ui.Component) []ui.Component {
	if c == nil {
		return list
	}
	return append(list, c)
}

// named are events of several organisers with their words and what settlement has made of them.
type named struct {
	labels map[int64]event.Label
	paid   map[event.PeriodKey]settlement.PayeeState
	times  map[int64][]event.Timed // of the event whose own page is shown
}

func newNamed() named {
	return named{map[int64]event.Label{}, map[event.PeriodKey]settlement.PayeeState{}, nil}
}

// name reads words and settlement states for events that were read already: one transaction an organiser.
func (s *Pages) name(r *ui.Request, events []event.Event) (named, error) {
	n := newNamed()
	by := map[int32][]event.Event{}
	for _, e := range events {
		by[e.Organiser] = append(by[e.Organiser], e)
	}
	for o, list := range by {
		err := s.DB.Read(r.Context(), r.Actor.In(o), func(tx *postgres.Tx) error { return n.read(r.Context(), tx, r.Actor, o, list) })
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (n named) read(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, list []event.Event) error {
	labels, err := event.Labels(ctx, tx, by, organiser, list)
	if err != nil {
		return err
	}
	for id, l := range labels {
		n.labels[id] = l
	}
	var keys []ledger.Sealed
	for _, e := range list {
		if e.Period > 0 {
			keys = append(keys, ledger.Sealed{Provider: e.Provider, Period: e.Period})
		}
	}
	states, err := settlement.EventStates(ctx, tx, organiser, keys)
	if err != nil {
		return err
	}
	for k, v := range states {
		n.paid[event.PeriodKey{Organiser: organiser, Provider: k.Provider, Period: k.Period}] = v
	}
	return nil
}

// state is the word of PSOP for the event's state.
func (n named) state(e event.Event) string {
	paid := n.paid[e.Key()]
	switch e.State {
	case event.Review:
		return "event.checking"
	case event.Rejected:
		return "event.rejected"
	case event.Deleted:
		return "event.removed"
	case event.Refunded:
		if paid.Credited() {
			return "event.credited"
		}
		return "event.awaiting_credit"
	}
	switch {
	case paid == settlement.PayeePaid:
		return "event.paid"
	case paid == settlement.PayeeSettled:
		return "event.settled"
	case e.Partial:
		return "event.partial"
	}
	return "event.approved"
}

// settled tells that the event can no longer be edited: it is in a run.
func (n named) settled(e event.Event) bool { return n.paid[e.Key()] != "" }

func quantityText(r *ui.Request, e event.Event, l event.Label) string {
	if e.Accepted != e.Quantity && e.State != event.Review {
		return r.Quantity(e.Accepted) + " / " + r.Quantity(e.Quantity, l.Measure)
	}
	return r.Quantity(e.Quantity, l.Measure)
}

func one(q money.Quantity) *money.Quantity { return &q }

// printed is a voucher's number as people read it.
func printed(number string) string {
	n, err := ident.ParseVoucherNumber(number)
	if err != nil {
		return number // as it stands in the row
	}
	return n.Print()
}
