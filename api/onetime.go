package api

import (
	"context"
	"errors"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/onetime"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// OneTimeAsk is what a till keys in when a client hands over a one-time voucher.
type OneTimeAsk struct {
	Reference   string         `json:"reference" minLength:"1" maxLength:"50" pattern:"^[A-Za-z0-9_-]+$" doc:"The sender's own name of the use, unique for ever. The same reference gives the first answer again." example:"receipt-20261121-0042"`
	Voucher     string         `json:"voucher" minLength:"1" maxLength:"40" doc:"Number that the client gave; dashes, spaces and case do not matter"`
	Unit        int64          `json:"unit,omitempty" minimum:"1" doc:"The provider's unit; left out: the only one that may give the service"`
	AmountCents *money.Cents   `json:"amount_cents,omitempty" minimum:"1" maximum:"10000000" doc:"Whole price in cents, for a content counted in euros; elsewhere the agreed price counts"`
	Date        *calendar.Date `json:"date,omitempty" format:"date" doc:"Day of the service; left out: today"`
	Note        string         `json:"note,omitempty" maxLength:"1000"`
}

// OneTimeBody is where and when a one-time voucher was used.
type OneTimeBody struct {
	Organiser  string        `json:"organiser" example:"TMP"`
	Event      string        `json:"event" doc:"Event that the use made; it is settled and paid like any other" example:"TMP-1842"`
	State      string        `json:"state" enum:"accepted,review" doc:"review: the organiser checks the event before it is paid"`
	Unit       int64         `json:"unit"`
	Date       calendar.Date `json:"date" format:"date"`
	ValueCents money.Cents   `json:"value_cents" doc:"What the voucher is worth"`
	TotalCents money.Cents   `json:"total_cents" doc:"Price"`
	PaidCents  money.Cents   `json:"paid_cents" doc:"Part that the organiser pays"`
	OwnCents   money.Cents   `json:"own_cents" doc:"Part that the client pays to the provider"`
	Repeated   bool          `json:"repeated,omitempty" doc:"The same was asked before; nothing more was used"`
}

type oneTimeOutput struct{ Body OneTimeBody }

func (a *API) oneTimeOps() {
	register(a, Operation{ID: "use-one-time-voucher", Method: http.MethodPost, Path: "/one-time-uses", Right: access.EventRecord, ClientData: true, Sides: provider},
		about{tag: "events", errors: []int{400, 404, 409}, summary: "Use a one-time voucher",
			description: "Reserves, records and so pays the voucher in one act, and answers at once: 404 for a number that the provider may not use, 409 when it was used before, is not valid on the day or was annulled."}, a.useOneTime)
}

func (a *API) useOneTime(ctx context.Context, c *call, in *struct{ Body OneTimeAsk }) (*oneTimeOutput, error) {
	number, org, err := a.leads(ctx, c, in.Body.Voucher)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	var answer onetime.Answer
	err = a.DB.Tenant(ctx, c.actor.In(org), func(tx *postgres.Tx) (err error) {
		answer, err = onetime.UseOnce(ctx, tx, c.actor, onetime.Ask{Organiser: org, Number: number, Unit: b.Unit, Amount: b.AmountCents, Day: b.Date, Reference: b.Reference, Note: b.Note, Source: event.API})
		return err
	})
	if err != nil {
		return nil, atTill(missing(err))
	}
	use := answer.Slip.Use
	out := OneTimeBody{Organiser: a.reach.organiser(org).Prefix, Event: a.reach.name(org, use.Event), State: "accepted", Unit: use.Unit, Date: use.Day, ValueCents: answer.Slip.Value,
		TotalCents: use.Total, PaidCents: use.Paid, OwnCents: use.Own, Repeated: answer.Repeated}
	if use.Review {
		out.State = "review"
	}
	return &oneTimeOutput{out}, nil
}

// atTill lets a refusal point at the field as the bodies of a till name it: the use cases name those of the pages.
func atTill(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	field, known := map[string]string{"number": "voucher", "amount": "amount_cents", "day": "date"}[f.Field]
	if !known {
		return err
	}
	return f.At(field).Because(err)
}
