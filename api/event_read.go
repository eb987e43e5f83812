package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/settlement"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// EventBody is a recorded event in its present state.
type EventBody struct {
	Event           string         `json:"event" example:"TMP-1842"`
	Organiser       string         `json:"organiser" example:"TMP"`
	ClientReference string         `json:"client_reference"`
	Service         int64          `json:"service"`
	Content         int64          `json:"content"`
	Provider        int64          `json:"provider"`
	Unit            int64          `json:"unit"`
	Date            calendar.Date  `json:"date" format:"date"`
	Start           *time.Time     `json:"start,omitempty"`
	End             *time.Time     `json:"end,omitempty"`
	Quantity        money.Quantity `json:"quantity"`
	Accepted        money.Quantity `json:"accepted_quantity"`
	PriceCents      money.Cents    `json:"price_cents"`
	ValueCents      money.Cents    `json:"value_cents"`
	Bands           []BandBody     `json:"bands,omitempty" nullable:"false" doc:"Parts by time of day; left out when the price is the same at all times"`
	TotalCents      money.Cents    `json:"total_cents"`
	OrganiserCents  money.Cents    `json:"organiser_cents"`
	OwnCents        money.Cents    `json:"own_cents"`
	State           string         `json:"state" enum:"accepted,review,rejected,deleted,refunded"`
	Payment         string         `json:"payment" enum:"open,calculated,settled,paid,returned,undone" doc:"Where the settlement of its last posting is; settled = Tilitetty, paid = Maksettu. A refund waits while it is open."`
	ReasonCode      string         `json:"reason_code,omitempty"`
	Reason          string         `json:"reason,omitempty" doc:"Why it was rejected, refunded or deleted"`
	Worker          string         `json:"worker,omitempty"`
	Note            string         `json:"note,omitempty"`
	RecordedAt      time.Time      `json:"recorded_at"`
	Findings        []FindingBody  `json:"findings"`
}

// EventList is one page, newest day first.
type EventList struct {
	Events []EventBody `json:"events"`
	Next   string      `json:"next,omitempty" doc:"Give it as before to get the next page; none = this was the last"`
}

// StepBody is something that happened to an event after its recording.
type StepBody struct {
	State      string         `json:"state"`
	Accepted   money.Quantity `json:"accepted_quantity"`
	At         time.Time      `json:"at"`
	ReasonCode string         `json:"reason_code,omitempty"`
	Reason     string         `json:"reason,omitempty"`
}

// EventWhole is one event with its history.
type EventWhole struct {
	EventBody
	Step  int32      `json:"step" doc:"Number of its last step; given back when it is deleted, so that nobody deletes what has changed"`
	Steps []StepBody `json:"steps"`
}

type listInput struct {
	From      string `query:"from" format:"date" doc:"First day"`
	To        string `query:"to" format:"date" doc:"Day after the last one"`
	State     string `query:"state" enum:"accepted,review,rejected,deleted,refunded"`
	Organiser string `query:"organiser" maxLength:"10" doc:"Prefix of one organiser (providers); left out: all"`
	Voucher   string `query:"voucher" maxLength:"40" doc:"Voucher number; needed by an organiser's key"`
	Before    string `query:"before" maxLength:"60" doc:"next of the page before"`
	Limit     int32  `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// EventPath names an event. It is exported, as all that is embedded in an input: the library passes over what is not.
type EventPath struct {
	Event string `path:"event" maxLength:"80" doc:"Number of the event" example:"TMP-1842"`
}

func (a *API) eventReadOps() {
	register(a, Operation{ID: "list-events", Method: http.MethodGet, Path: "/events", Right: access.EventRead, ClientData: true},
		about{tag: "events", summary: "List recorded events", description: "A provider's own events in all organisers, or the events of one voucher for its organiser. Each client is noted as read in the access log."}, a.listEvents)
	register(a, Operation{ID: "get-event", Method: http.MethodGet, Path: "/events/{event}", Right: access.EventRead, ClientData: true},
		about{tag: "events", errors: []int{404}, summary: "Read one event with its history"},
		func(ctx context.Context, c *call, in *EventPath) (*struct{ Body EventWhole }, error) {
			e, err := a.getEvent(ctx, c, in.Event)
			return &struct{ Body EventWhole }{e}, err
		})
	register(a, Operation{ID: "delete-event", Method: http.MethodDelete, Path: "/events/{event}", Right: access.EventEdit, Sides: provider},
		about{tag: "events", errors: []int{404, 409}, summary: "Delete an event that is not settled", description: "The row and the reason stay in the history; the used amount is given back. A settled event is refunded by the organiser instead (COR-09)."},
		func(ctx context.Context, c *call, in *struct {
			EventPath
			Step   int32  `query:"step" minimum:"0" doc:"step of the event as you last read it; an event that has changed since is not deleted (EVT-012)"`
			Reason string `query:"reason" minLength:"1" maxLength:"500" required:"true"`
		}) (*struct{}, error) {
			o, id, err := a.reach.parse(ctx, in.Event, 1)
			if err != nil {
				return nil, err
			}
			return nil, a.DB.Tenant(ctx, c.actor.In(o.ID), func(tx *postgres.Tx) error {
				return missing(event.Delete(ctx, tx, c.actor, event.Decision{Ref: event.Ref{Organiser: o.ID, Event: id[0], Step: in.Step}, ReasonCode: "provider_request", Reason: in.Reason}))
			})
		})
}

func (a *API) listEvents(ctx context.Context, c *call, in *listInput) (*struct{ Body EventList }, error) {
	f := event.Filter{Provider: c.actor.Provider, State: event.State(in.State), Most: in.Limit}
	var err error
	if f.Period, err = periodOf(in.From, in.To); err != nil {
		return nil, err
	}
	if f.BeforeDate, f.BeforeID, err = cursorOf(in.Before); err != nil {
		return nil, err
	}
	if in.Organiser != "" {
		o, ok, err := a.reach.prefix(ctx, in.Organiser)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, errNone.At("query:organiser")
		}
		f.Organiser = o.ID
	}
	out := &struct{ Body EventList }{EventList{Events: []EventBody{}}}
	err = a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) error {
		var list []event.Event
		if c.actor.Role.Side() == access.ProviderSide {
			list, err = event.OfProvider(ctx, tx, c.actor, f)
		} else {
			list, err = ofVoucher(ctx, tx, c, in)
		}
		if err != nil {
			return err
		}
		if out.Body.Events, err = a.eventBodies(ctx, tx, c, list); err != nil {
			return err
		}
		if n := len(list); n > 0 && n == int(in.Limit) && c.actor.Role.Side() == access.ProviderSide {
			out.Body.Next = list[n-1].Date.String() + "." + digits(list[n-1].ID)
		}
		return nil
	})
	return out, err
}

func ofVoucher(ctx context.Context, tx *postgres.Tx, c *call, in *listInput) ([]event.Event, error) {
	if in.Voucher == "" {
		return nil, errRequired.At("query:voucher")
	}
	number, err := ident.ParseVoucherNumber(in.Voucher)
	if err != nil {
		return nil, errNone.At("query:voucher")
	}
	v, err := voucher.Find(ctx, tx, c.actor, c.actor.Organiser, number)
	if err != nil {
		return nil, err
	}
	return event.OfVoucher(ctx, tx, c.actor, v.Organiser, v.Client, v.ID, in.Limit)
}

func (a *API) getEvent(ctx context.Context, c *call, name string) (EventWhole, error) {
	o, id, err := a.reach.parse(ctx, name, 1)
	if err != nil {
		return EventWhole{}, err
	}
	var out EventWhole
	err = a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) error {
		if c.actor.Role.Side() == access.OrganiserSide && c.actor.Organiser != o.ID {
			return errNone // another's is as if it were not there
		}
		e, steps, err := event.Get(ctx, tx, c.actor, o.ID, id[0])
		if err != nil {
			return missing(err)
		}
		bodies, err := a.eventBodies(ctx, tx, c, []event.Event{e})
		if err != nil {
			return err
		}
		out = EventWhole{EventBody: bodies[0], Step: e.Step, Steps: make([]StepBody, len(steps))}
		for i, s := range steps {
			out.Steps[i] = StepBody{State: string(s.State), Accepted: s.Accepted, At: s.At, ReasonCode: s.ReasonCode, Reason: s.Reason}
		}
		return nil
	})
	return out, err
}

// missing makes one answer of everything that is not there: what never was, and what is another's.
func missing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return errNone.Because(err)
	}
	return err
}

func (a *API) eventBodies(ctx context.Context, tx *postgres.Tx, c *call, list []event.Event) ([]EventBody, error) {
	payments, err := paymentsOf(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	names := make([]eventName, len(list))
	for i, e := range list {
		names[i] = eventName{e.Organiser, e.ID}
	}
	bands, err := bandsOf(ctx, tx, names)
	if err != nil {
		return nil, err
	}
	out := make([]EventBody, len(list))
	for i, e := range list {
		o := a.reach.organiser(e.Organiser)
		out[i] = EventBody{Event: o.Prefix + "-" + digits(e.ID), Organiser: o.Prefix, ClientReference: e.Reference, Service: e.Service, Content: e.Content, Provider: e.Provider,
			Unit: e.Unit, Date: e.Date, Start: utc(e.Start), End: utc(e.End), Quantity: e.Quantity, Accepted: e.Accepted, PriceCents: e.Price, ValueCents: e.Value, Bands: bands[names[i]],
			TotalCents: e.Share.Total, OrganiserCents: e.Share.Organiser, OwnCents: e.Share.Own, State: string(e.State), Payment: payments[i],
			ReasonCode: e.ReasonCode, Reason: e.Reason, Worker: e.Worker, Note: e.Note, RecordedAt: e.RecordedAt.UTC(), Findings: make([]FindingBody, len(e.Findings))}
		for j, f := range e.Findings {
			out[i].Findings[j] = a.finding(c.lang, f)
		}
	}
	return out, nil
}

// paymentsOf tells where the settlement of each event is: one statement for each organiser.
func paymentsOf(ctx context.Context, tx *postgres.Tx, list []event.Event) ([]string, error) {
	keys := map[int32][]ledger.Sealed{}
	for _, e := range list {
		if e.Period != 0 {
			keys[e.Organiser] = append(keys[e.Organiser], ledger.Sealed{Provider: e.Provider, Period: e.Period})
		}
	}
	states := map[int32]map[ledger.Sealed]settlement.PayeeState{}
	for org, k := range keys {
		var err error
		if states[org], err = settlement.EventStates(ctx, tx, org, k); err != nil {
			return nil, err
		}
	}
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = "open"
		if s := states[e.Organiser][ledger.Sealed{Provider: e.Provider, Period: e.Period}]; s != "" {
			out[i] = string(s)
		}
	}
	return out, nil
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func periodOf(from, to string) (calendar.Period, error) {
	p := calendar.Period{From: 0, To: calendar.Forever}
	var err error
	if from != "" {
		if p.From, err = calendar.ParseDate(from); err != nil {
			return p, fault.On(err, "query:from")
		}
	}
	if to != "" {
		if p.To, err = calendar.ParseDate(to); err != nil {
			return p, fault.On(err, "query:to")
		}
	}
	return p, nil
}

// cursorOf reads the next of a page: the day and number of its last event.
func cursorOf(s string) (calendar.Date, int64, error) {
	if s == "" {
		return 0, 0, nil
	}
	day, number, _ := strings.Cut(s, ".")
	d, err := calendar.ParseDate(day)
	if err != nil {
		return 0, 0, errValue.At("query:before").Because(err)
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, 0, errValue.At("query:before").Because(err)
	}
	return d, id, nil
}
