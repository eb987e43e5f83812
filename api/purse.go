package api

import (
	"context"
	"net/http"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/purse"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// HoldAsk is what a till keys in.
type HoldAsk struct {
	Reference   string          `json:"reference" minLength:"1" maxLength:"50" pattern:"^[A-Za-z0-9_-]+$" doc:"The sender's own name of the charge, unique for ever. The same reference with the same content gives the first answer again; with other content it is refused (BAL-011)." example:"receipt-20261121-0042"`
	Voucher     string          `json:"voucher" minLength:"1" maxLength:"40" doc:"Number that the client gave; dashes, spaces and case do not matter"`
	Unit        int64           `json:"unit,omitempty" minimum:"1" doc:"The provider's unit; left out: the only one that may sell the content"`
	Content     int64           `json:"content,omitempty" minimum:"1" doc:"Service content; left out: the only one that the provider may sell to this balance"`
	AmountCents *money.Cents    `json:"amount_cents,omitempty" minimum:"1" maximum:"10000000" doc:"Whole price in cents; with a content that is not counted in euros it must follow from the agreed price" example:"3500"`
	Quantity    *money.Quantity `json:"quantity,omitempty" pattern:"^[0-9]{1,6}([.][0-9]{1,3})?$" maxLength:"10" doc:"How much, in the unit of measure of the content; the price is then computed" example:"1.5"`
	Band        string          `json:"band,omitempty" maxLength:"100" doc:"When the service was given, where its price depends on the time of day (list-purse-choices); left out: now" example:"evening"`
	Capture     bool            `json:"capture,omitempty" doc:"true: the purchase is made at once; false: the sum is held until it is captured, released or expires"`
	Note        string          `json:"note,omitempty" maxLength:"1000"`
}

// HoldBody is a sum that was held of a balance, and what became of it.
type HoldBody struct {
	Hold           string         `json:"hold" example:"TMP-311"`
	Organiser      string         `json:"organiser" example:"TMP"`
	Reference      string         `json:"reference"`
	State          string         `json:"state" enum:"held,captured,released,expired,refunded"`
	Unit           int64          `json:"unit"`
	Content        int64          `json:"content"`
	Quantity       money.Quantity `json:"quantity"`
	PriceCents     money.Cents    `json:"price_cents" doc:"Agreed price of one unit"`
	TotalCents     money.Cents    `json:"total_cents" doc:"Whole price"`
	AmountCents    money.Cents    `json:"amount_cents" doc:"Part that the balance pays"`
	OwnCents       money.Cents    `json:"own_cents" doc:"Part that the client pays to the provider; 0 unless the terms of the balance allow it"`
	CapturedCents  money.Cents    `json:"captured_cents"`
	Event          string         `json:"event,omitempty" doc:"Event that the capture made" example:"TMP-1842"`
	HeldAt         time.Time      `json:"held_at"`
	ExpiresOn      calendar.Date  `json:"expires_on" format:"date" doc:"First day on which the hold is worth nothing"`
	RemainingCents *money.Cents   `json:"remaining_cents,omitempty" doc:"Left of the balance; only when its terms let the provider see it"`
	Repeated       bool           `json:"repeated,omitempty" doc:"The same was asked before; nothing more was taken"`
	Note           string         `json:"note,omitempty"`
	Band           string         `json:"band,omitempty" doc:"Band of time by which the price was made"`
}

// CaptureBody makes the purchase of a hold.
type CaptureBody struct {
	AmountCents *money.Cents    `json:"amount_cents,omitempty" minimum:"1" maximum:"10000000" doc:"At most what is held; the rest goes back. Left out: the whole"`
	Quantity    *money.Quantity `json:"quantity,omitempty" pattern:"^[0-9]{1,6}([.][0-9]{1,3})?$" maxLength:"10" doc:"Instead of the sum: how much was delivered"`
	Date        *calendar.Date  `json:"date,omitempty" format:"date" doc:"Day of the service; left out: today, or the last day of a voucher that has ended"`
}

// ReasonBody says why.
type ReasonBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

// HoldList is one page.
type HoldList struct {
	Holds []HoldBody `json:"holds"`
	Next  string     `json:"next,omitempty" doc:"Give it as before to get the next page"`
}

// PurseChoice is something that the provider may sell to a balance today.
type PurseChoice struct {
	Content    int64       `json:"content"`
	Code       string      `json:"code"`
	Name       Texts       `json:"name"`
	Measure    string      `json:"measure" enum:"hour,visit,day,week,month,piece,euro"`
	Unit       int64       `json:"unit"`
	PriceCents money.Cents `json:"price_cents" doc:"Agreed price of one unit of measure"`
	Bands      []PriceBand `json:"bands,omitempty" doc:"Prices by time of day; none when the price is the same at all times"`
}

// PriceBand is the price of one unit of measure within a band of time.
type PriceBand struct {
	Band       string      `json:"band"`
	Name       Texts       `json:"name"`
	PriceCents money.Cents `json:"price_cents"`
	Now        bool        `json:"now" doc:"The band that holds at this moment"`
}

// PurseChoices is all of it.
type PurseChoices struct {
	Choices []PurseChoice `json:"choices"`
}

type holdOutput struct{ Body HoldBody }

func (a *API) purseOps() {
	register(a, Operation{ID: "list-purse-choices", Method: http.MethodGet, Path: "/purses/{voucher}/choices", Right: access.EventRecord, ClientData: true, Sides: provider},
		about{tag: "purses", errors: []int{404}, summary: "What the provider may sell to a balance",
			description: "Approved and priced contents that the balance may be spent on. Tells neither the client nor the balance."}, a.purseChoices)
	register(a, Operation{ID: "make-purse-hold", Method: http.MethodPost, Path: "/purse-holds", Right: access.EventRecord, ClientData: true, Sides: provider},
		about{tag: "purses", errors: []int{400, 404, 409}, summary: "Charge a euro balance, or hold a sum of it",
			description: "Takes the sum from the balance at once, or answers why not: 404 for a number that the provider may not charge, 409 when the balance, its days or the content stand in the way. Held and used money never exceed what was granted."}, a.makeHold)
	register(a, Operation{ID: "list-purse-holds", Method: http.MethodGet, Path: "/purse-holds", Right: access.EventRead, ClientData: true, Sides: provider},
		about{tag: "purses", summary: "List the provider's charges and holds, newest first"}, a.listHolds)
	register(a, Operation{ID: "get-purse-hold", Method: http.MethodGet, Path: "/purse-holds/{hold}", Right: access.EventRead, ClientData: true, Sides: provider},
		about{tag: "purses", errors: []int{404}, summary: "One charge or hold"}, a.getHold)
	register(a, Operation{ID: "capture-purse-hold", Method: http.MethodPost, Path: "/purse-holds/{hold}/capture", Right: access.EventRecord, ClientData: true, Sides: provider},
		about{tag: "purses", errors: []int{400, 404, 409}, summary: "Make the purchase of a hold",
			description: "Wholly or in part; what is not taken goes back to the balance. It becomes an event that is settled and paid like any other. Again with the same sum it gives the first answer."}, a.captureHold)
	register(a, Operation{ID: "release-purse-hold", Method: http.MethodPost, Path: "/purse-holds/{hold}/release", Right: access.EventRecord, ClientData: true, Sides: provider},
		about{tag: "purses", errors: []int{400, 404, 409}, summary: "Give a hold back to the balance"}, a.releaseHold)
	register(a, Operation{ID: "refund-purse-hold", Method: http.MethodPost, Path: "/purse-holds/{hold}/refund", Right: access.EventEdit, ClientData: true, Sides: provider},
		about{tag: "purses", errors: []int{400, 404, 409}, summary: "Give a purchase back to the balance",
			description: "As long as it is not in a statement; after that the organiser refunds it (BAL-021)."}, a.refundHold)
}

func (a *API) holdBody(h purse.Hold) HoldBody {
	b := HoldBody{Hold: a.reach.name(h.Organiser, h.ID), Organiser: a.reach.organiser(h.Organiser).Prefix, Reference: h.Reference, State: string(h.State), Unit: h.Unit, Content: h.Content,
		Quantity: h.Quantity, PriceCents: h.Price, TotalCents: h.Total, AmountCents: h.Amount, OwnCents: h.Own(), CapturedCents: h.Taken, HeldAt: h.At.UTC(), ExpiresOn: h.ExpiresOn, Note: h.Note, Band: h.Band}
	if h.Event != 0 {
		b.Event = a.reach.name(h.Organiser, h.Event)
	}
	return b
}

func (a *API) answerBody(answer purse.Answer, err error) (*holdOutput, error) {
	if err != nil {
		return nil, atTill(missing(err))
	}
	b := a.holdBody(answer.Hold)
	b.RemainingCents, b.Repeated = answer.Left, answer.Repeated
	return &holdOutput{b}, nil
}

func (a *API) purseChoices(ctx context.Context, c *call, in *VoucherPath) (*struct{ Body PurseChoices }, error) {
	number, org, err := a.leads(ctx, c, in.Voucher)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body PurseChoices }{PurseChoices{Choices: []PurseChoice{}}}
	return out, a.DB.Tenant(ctx, c.actor.In(org), func(tx *postgres.Tx) error {
		list, err := purse.Choices(ctx, tx, c.actor, org, number.String())
		if err != nil {
			return missing(err)
		}
		for _, x := range list {
			var bands []PriceBand
			for _, t := range x.Times {
				bands = append(bands, PriceBand{t.Band, texts(t.Names), t.Price, t.Now})
			}
			out.Body.Choices = append(out.Body.Choices, PurseChoice{Bands: bands, Content: x.Content.ID, Code: x.Content.Code, Name: texts(x.Content.Names), Measure: x.Content.Unit, Unit: x.Unit, PriceCents: x.Price})
		}
		return nil
	})
}

func (a *API) makeHold(ctx context.Context, c *call, in *struct{ Body HoldAsk }) (*holdOutput, error) {
	number, org, err := a.leads(ctx, c, in.Body.Voucher)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	return a.answerBody(a.Till.Authorise(ctx, c.actor, org, purse.Ask{Number: number.String(), Unit: b.Unit, Content: b.Content, Quantity: b.Quantity, Amount: b.AmountCents, Band: b.Band,
		Reference: b.Reference, Note: b.Note, Source: event.API, Capture: b.Capture}))
}

func (a *API) listHolds(ctx context.Context, c *call, in *struct {
	Open   bool  `query:"open" default:"false" doc:"Only those that wait for a capture"`
	Before int64 `query:"before" minimum:"1" doc:"next of the page before"`
	Limit  int32 `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*struct{ Body HoldList }, error) {
	var list []purse.Hold
	err := a.DB.Read(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		list, err = purse.OfProvider(ctx, tx, c.actor, purse.ListInput{OnlyOpen: in.Open, Before: in.Before, Most: in.Limit})
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &struct{ Body HoldList }{HoldList{Holds: make([]HoldBody, len(list))}}
	for i, h := range list {
		out.Body.Holds[i] = a.holdBody(h)
	}
	if n := len(list); n > 0 && n == int(in.Limit) {
		out.Body.Next = digits(list[n-1].ID)
	}
	return out, nil
}

// HoldPath names a hold.
type HoldPath struct {
	Hold string `path:"hold" maxLength:"80" example:"TMP-311"`
}

func (a *API) getHold(ctx context.Context, c *call, in *HoldPath) (*holdOutput, error) {
	o, ids, err := a.reach.parse(ctx, in.Hold, 1)
	if err != nil {
		return nil, err
	}
	var h purse.Hold
	err = a.DB.Read(ctx, c.actor.In(o.ID), func(tx *postgres.Tx) (err error) {
		h, err = purse.One(ctx, tx, c.actor, o.ID, ids[0])
		return err
	})
	return a.answerBody(purse.Answer{Hold: h}, err)
}

func (a *API) captureHold(ctx context.Context, c *call, in *struct {
	HoldPath
	Body CaptureBody
}) (*holdOutput, error) {
	o, ids, err := a.reach.parse(ctx, in.Hold, 1)
	if err != nil {
		return nil, err
	}
	return a.answerBody(a.Till.Capture(ctx, c.actor, o.ID, purse.End{Hold: ids[0], Amount: in.Body.AmountCents, Quantity: in.Body.Quantity, Day: in.Body.Date, Source: event.API}))
}

func (a *API) releaseHold(ctx context.Context, c *call, in *struct {
	HoldPath
	Body ReasonBody
}) (*holdOutput, error) {
	o, ids, err := a.reach.parse(ctx, in.Hold, 1)
	if err != nil {
		return nil, err
	}
	return a.answerBody(a.Till.Release(ctx, c.actor, o.ID, purse.End{Hold: ids[0], Reason: in.Body.Reason, Source: event.API}))
}

func (a *API) refundHold(ctx context.Context, c *call, in *struct {
	HoldPath
	Body ReasonBody
}) (*holdOutput, error) {
	o, ids, err := a.reach.parse(ctx, in.Hold, 1)
	if err != nil {
		return nil, err
	}
	var h purse.Hold
	err = a.DB.Tenant(ctx, c.actor.In(o.ID), func(tx *postgres.Tx) (err error) {
		h, err = purse.Refund(ctx, tx, c.actor, o.ID, ids[0], in.Body.Reason)
		return err
	})
	return a.answerBody(purse.Answer{Hold: h}, err)
}
