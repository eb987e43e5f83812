package api

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// ReserveBody reserves contents of a voucher for one of the sender's units.
type ReserveBody struct {
	Voucher  string        `json:"voucher" minLength:"1" maxLength:"40" doc:"Number that the client gave"`
	Unit     int64         `json:"unit" minimum:"1" doc:"The provider's unit"`
	Contents []int64       `json:"contents,omitempty" maxItems:"20" doc:"Left out: all that the unit has a price for"`
	From     calendar.Date `json:"from" format:"date"`
	Plan     string        `json:"plan,omitempty" maxLength:"2000" doc:"When and how the service is given"`
	Terms    bool          `json:"terms" doc:"The terms and the contract between client and provider are accepted"`
}

// ReservationBody is a unit's right to serve one content of a voucher.
type ReservationBody struct {
	Reservation string        `json:"reservation" example:"TMP-55"`
	Organiser   string        `json:"organiser" example:"TMP"`
	Unit        int64         `json:"unit"`
	From        calendar.Date `json:"from" format:"date"`
	To          calendar.Date `json:"to" format:"date" doc:"Day after the last one"`
	Cancelled   bool          `json:"cancelled"`
	RowVersion  int32         `json:"row_version"`
	Served      *ServedBody   `json:"served,omitempty" doc:"Who is served; in lists only"`
	Plan        string        `json:"plan,omitempty"`
}

// ServedBody is what a provider sees of the client behind a reservation.
type ServedBody struct {
	Voucher     string          `json:"voucher"`
	Service     int64           `json:"service"`
	Content     int64           `json:"content"`
	Name        string          `json:"name"`
	BirthDate   calendar.Date   `json:"birth_date" format:"date"`
	Language    string          `json:"language" enum:"fi,sv,en"`
	Recurrence  string          `json:"recurrence" enum:"day,week,month,quarter,total"`
	Amount      *money.Quantity `json:"amount,omitempty"`
	AmountCents *money.Cents    `json:"amount_cents,omitempty"`
}

// ReservationList is one page.
type ReservationList struct {
	Reservations []ReservationBody `json:"reservations"`
	Next         string            `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *API) reservationOps() {
	register(a, Operation{ID: "list-reservations", Method: http.MethodGet, Path: "/reservations", Right: access.ReservationRead, ClientData: true, Sides: provider},
		about{tag: "reservations", summary: "List the provider's reservations and who is served"}, a.listReservations)
	register(a, Operation{ID: "make-reservation", Method: http.MethodPost, Path: "/reservations", Right: access.ReservationMake, ClientData: true, Sides: provider},
		about{tag: "reservations", errors: []int{400, 404, 409}, summary: "Reserve a voucher by its number"}, a.reserve)
	register(a, Operation{ID: "end-reservation", Method: http.MethodPost, Path: "/reservations/{reservation}/end", Right: access.ReservationEnd, ClientData: true, Sides: provider},
		about{tag: "reservations", errors: []int{400, 404, 409}, summary: "End a reservation from a day on"}, a.endReservation)
}

func (a *API) reservationBody(r voucher.Reservation) ReservationBody {
	return ReservationBody{Reservation: a.reach.name(r.Organiser, r.ID), Organiser: a.reach.organiser(r.Organiser).Prefix, Unit: r.Unit, From: r.Period.From, To: r.Period.To,
		Cancelled: r.Cancelled, RowVersion: r.RowVersion, Plan: r.Plan}
}

func (a *API) listReservations(ctx context.Context, c *call, in *struct {
	Valid bool   `query:"valid" default:"true" doc:"Only those in force or coming"`
	After string `query:"after" maxLength:"80" doc:"next of the page before"`
	Limit int32  `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*struct{ Body ReservationList }, error) {
	var after voucher.Cursor
	if in.After != "" {
		o, ids, err := a.reach.parse(ctx, in.After, 1)
		if err != nil {
			return nil, errValue.At("query:after").Because(err)
		}
		after = voucher.Cursor{Organiser: o.ID, Reservation: ids[0]}
	}
	var list []voucher.Reservation
	err := a.DB.Read(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		list, err = voucher.OfProvider(ctx, tx, c.actor, in.Valid, after, in.Limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	served, err := a.served(ctx, c, list)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body ReservationList }{ReservationList{Reservations: make([]ReservationBody, len(list))}}
	for i, r := range list {
		b := a.reservationBody(r)
		if s, ok := served[[2]int64{int64(r.Organiser), r.ID}]; ok {
			b.Served = &ServedBody{Voucher: s.Number.String(), Service: s.Service, Content: s.Content, Name: s.Name, BirthDate: s.BirthDate, Language: string(s.Language),
				Recurrence: string(s.Recurrence), Amount: s.Amount, AmountCents: s.AmountCents}
		}
		out.Body.Reservations[i] = b
	}
	if n := len(list); n > 0 && n == int(in.Limit) {
		out.Body.Next = out.Body.Reservations[n-1].Reservation
	}
	return out, nil
}

// served reads who is behind the reservations: one statement for each organiser, under its scope, each reading logged.
func (a *API) served(ctx context.Context, c *call, list []voucher.Reservation) (map[[2]int64]voucher.ServedClient, error) {
	of := map[int32][]int64{}
	for _, r := range list {
		of[r.Organiser] = append(of[r.Organiser], r.ID)
	}
	out := map[[2]int64]voucher.ServedClient{}
	for _, org := range slices.Sorted(maps.Keys(of)) {
		err := a.DB.Tenant(ctx, c.actor.In(org), func(tx *postgres.Tx) error {
			found, err := voucher.Served(ctx, tx, c.actor, org, of[org])
			for id, s := range found {
				out[[2]int64{int64(org), id}] = s
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *API) reserve(ctx context.Context, c *call, in *struct {
	KeyHeader
	Body ReserveBody
}) (*struct{ Body ReservationList }, error) {
	number, org, err := a.leads(ctx, c, in.Body.Voucher)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body ReservationList }{}
	return out, a.DB.Tenant(ctx, c.actor.In(org), func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, in.Body, func() (ReservationList, error) {
			v, _, err := voucher.ByNumber(ctx, tx, c.actor, org, number)
			if err != nil {
				return ReservationList{}, unknownNumber(err)
			}
			made, err := voucher.Reserve(ctx, tx, c.actor, voucher.ReserveInput{Organiser: org, Voucher: v.ID, Unit: in.Body.Unit, Contents: in.Body.Contents,
				From: in.Body.From, Plan: in.Body.Plan, Terms: in.Body.Terms})
			if err != nil {
				return ReservationList{}, err
			}
			list := ReservationList{Reservations: make([]ReservationBody, len(made))}
			for i, r := range made {
				list.Reservations[i] = a.reservationBody(r)
			}
			return list, nil
		})
		return err
	})
}

// EndBody ends a reservation.
type EndBody struct {
	Day        calendar.Date `json:"day" format:"date" doc:"First day without the reservation"`
	Reason     string        `json:"reason" minLength:"1" maxLength:"1000"`
	RowVersion int32         `json:"row_version" minimum:"1"`
}

func (a *API) endReservation(ctx context.Context, c *call, in *struct {
	Reservation string `path:"reservation" maxLength:"80" example:"TMP-55"`
	KeyHeader
	Body EndBody
}) (*struct{ Body ReservationBody }, error) {
	o, ids, err := a.reach.parse(ctx, in.Reservation, 1)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body ReservationBody }{}
	return out, a.DB.Tenant(ctx, c.actor.In(o.ID), func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, []any{in.Reservation, in.Body}, func() (ReservationBody, error) {
			r, err := voucher.EndReservation(ctx, tx, c.actor, voucher.EndInput{Organiser: o.ID, Reservation: ids[0], RowVersion: in.Body.RowVersion, Day: in.Body.Day, Reason: in.Body.Reason})
			if err != nil {
				return ReservationBody{}, missing(err)
			}
			return a.reservationBody(r), nil
		})
		return err
	})
}
