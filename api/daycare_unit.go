package api

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/feed"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/offering"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// CareUnitBody is a unit of early education with what it offers.
type CareUnitBody struct {
	Unit       int64            `json:"unit"`
	UnitOID    string           `json:"unit_oid,omitempty" doc:"Object identifier" example:"1.2.246.562.10.20000000041"`
	Name       string           `json:"name"`
	Provider   int64            `json:"provider"`
	Company    string           `json:"company"`
	Address    string           `json:"address_line,omitempty"`
	City       string           `json:"city,omitempty"`
	Way        string           `json:"way" enum:"own,purchased,voucher" doc:"How the organiser arranges a place"`
	About      string           `json:"about,omitempty" doc:"Languages, shift care and the like"`
	Listed     bool             `json:"listed" doc:"Families may wish for it"`
	Places     []CarePlacesBody `json:"places" doc:"How many places there are, from the asked day on"`
	FreeOn     *calendar.Date   `json:"free_on,omitempty" format:"date" doc:"The asked day; left out when the organiser does not follow the unit's places"`
	FreeUnder3 *int             `json:"free_under_3,omitempty" doc:"How many more children under three can begin on the day and stay to the end of the operating year"`
	FreeOver3  *int             `json:"free_over_3,omitempty" doc:"The same for children of three and older"`
	Prices     []CarePriceBody  `json:"prices" doc:"The price that holds on the asked day and those that come"`
}

// CarePlacesBody is how many places a unit has.
type CarePlacesBody struct {
	From   calendar.Date  `json:"from" format:"date"`
	To     *calendar.Date `json:"to,omitempty" format:"date" doc:"Last day; left out for the time being"`
	Under3 int            `json:"under_3" doc:"Places for children under three"`
	Over3  int            `json:"over_3" doc:"Places for children of three and older"`
}

// CarePriceBody is what a unit asks for a month; it holds until the next one of the option.
type CarePriceBody struct {
	Option         string        `json:"option" doc:"Service need in the organiser's rules" example:"full_time"`
	From           calendar.Date `json:"from" format:"date"`
	Over3Cents     money.Cents   `json:"over_3_cents" doc:"Children of three and older; 0 where the organiser's rules know surcharges only"`
	Under3Cents    money.Cents   `json:"under_3_cents"`
	SurchargeCents money.Cents   `json:"surcharge_cents"`
}

// CareUnitList is the units of an organiser by name.
type CareUnitList struct {
	Day   calendar.Date  `json:"day" format:"date"`
	Units []CareUnitBody `json:"units"`
}

// UnitPriceRow tells what a unit asks from a day on.
type UnitPriceRow struct {
	Unit           string        `json:"unit" minLength:"1" maxLength:"200" doc:"Object identifier, number or name of the unit" example:"41"`
	Option         string        `json:"option" minLength:"1" maxLength:"100" doc:"Service need in the organiser's rules, by code or name" example:"full_time"`
	From           calendar.Date `json:"from" doc:"First day" example:"2027-08-01"`
	Over3Cents     int64         `json:"over_3_cents,omitempty" doc:"In a month, for children of three and older"`
	Under3Cents    int64         `json:"under_3_cents,omitempty"`
	SurchargeCents int64         `json:"surcharge_cents,omitempty" doc:"Where the organiser's rules know surcharges only"`
}

// UnitPlacesRow tells how many places a unit has from a day on, until its next row.
type UnitPlacesRow struct {
	Unit   string        `json:"unit" minLength:"1" maxLength:"200" doc:"Object identifier, number or name of the unit" example:"41"`
	From   calendar.Date `json:"from" doc:"First day" example:"2027-08-01"`
	Under3 int           `json:"under_3" minimum:"0" maximum:"10000" doc:"Places for children under three"`
	Over3  int           `json:"over_3" minimum:"0" maximum:"10000"`
}

// UnitOfferBody is what units offer. Places are all that there are, not the free ones: those follow from the placements.
type UnitOfferBody struct {
	Prices []UnitPriceRow  `json:"prices,omitempty" nullable:"false" maxItems:"1000"`
	Places []UnitPlacesRow `json:"places,omitempty" nullable:"false" maxItems:"1000"`
}

// UnitOfferAnswer tells what became of each row.
type UnitOfferAnswer struct {
	Added   int         `json:"added"`
	Changed int         `json:"changed"`
	Kept    int         `json:"kept"`
	Refused int         `json:"refused" doc:"Not stored: correct and send again"`
	Prices  []UnitTaken `json:"prices"`
	Places  []UnitTaken `json:"places"`
}

// UnitTaken is the outcome of one row, in its place.
type UnitTaken struct {
	Unit    string       `json:"unit"`
	Outcome string       `json:"outcome" enum:"added,changed,kept,refused"`
	Errors  []FieldError `json:"errors,omitempty" nullable:"false"`
}

func (a *API) daycareUnitOps() {
	register(a, Operation{ID: "list-care-units", Method: http.MethodGet, Path: "/daycare/{organiser}/units", Right: access.OfferRead},
		about{tag: "daycare", summary: "List units of early education with prices and free places", errors: []int{404},
			description: "Units that families may wish for, with prices, places and how many are free on a day. The organiser's own program sees also units that are not shown to families. No child is named."}, a.listCareUnits)
	taken := "Prices and places told apart by unit, option and day: the same rows again change nothing, and units that are not sent stay as they are. A row holds until the unit's next one. Good rows go in, refused ones stay out and are named with every error. Places are all the places of a unit; how many are free follows from the placements."
	register(a, Operation{ID: "put-care-units", Method: http.MethodPut, Path: "/daycare/units", Right: access.DaycareDecide, Sides: organiserSide},
		about{tag: "daycare", body: 2 << 20, errors: []int{400, 409, 413, 415}, summary: "Bring prices and places of units", description: taken + " A price is held against the organiser's price model."},
		func(ctx context.Context, c *call, in *struct {
			KeyHeader
			Body UnitOfferBody
		}) (*struct{ Body UnitOfferAnswer }, error) {
			return a.putCareUnits(ctx, c, c.actor.Organiser, in.IdempotencyKey, in.Body)
		})
	register(a, Operation{ID: "tell-care-units", Method: http.MethodPut, Path: "/daycare/{organiser}/units", Right: access.DaycareReport, Sides: []access.Side{access.ProviderSide}},
		about{tag: "daycare", body: 2 << 20, errors: []int{400, 404, 409, 413, 415}, summary: "Tell prices and places of the own units",
			description: taken + " A price is held against the organiser's price model and the notice time of a change. Places are told of units in which the organiser places children with vouchers."},
		func(ctx context.Context, c *call, in *struct {
			OrganiserPath
			KeyHeader
			Body UnitOfferBody
		}) (*struct{ Body UnitOfferAnswer }, error) {
			o, err := a.organiserOf(ctx, in.OrganiserPath)
			if err != nil {
				return nil, err
			}
			return a.putCareUnits(ctx, c, o.ID, in.IdempotencyKey, in.Body)
		})
}

// OrganiserPath names an organiser.
type OrganiserPath struct {
	Organiser string `path:"organiser" maxLength:"10" example:"TMP"`
}

func (a *API) organiserOf(ctx context.Context, in OrganiserPath) (organiser.Organiser, error) {
	o, ok, err := a.reach.prefix(ctx, in.Organiser)
	if err == nil && !ok {
		err = errNone
	}
	return o, err
}

func (a *API) listCareUnits(ctx context.Context, c *call, in *struct {
	OrganiserPath
	Day string `query:"day" format:"date" doc:"On which places are free and prices hold, at most a year back and five ahead; left out: today"`
}) (*struct{ Body CareUnitList }, error) {
	o, err := a.organiserOf(ctx, in.OrganiserPath)
	if err != nil {
		return nil, err
	}
	if c.actor.Organiser != 0 && c.actor.Organiser != o.ID {
		return nil, errNone
	}
	var day calendar.Date
	if in.Day != "" {
		if day, err = calendar.ParseDate(in.Day); err != nil {
			return nil, errValue.At("query:day").Because(err)
		}
	}
	out := &struct{ Body CareUnitList }{}
	return out, a.DB.Read(ctx, c.actor.In(o.ID), func(tx *postgres.Tx) error {
		switch today := tx.Today(); {
		case in.Day == "":
			day = today
		case day < today.AddMonths(-12), day > today.AddMonths(60): // farther nothing is recorded, and each year costs
			return errValue.At("query:day")
		}
		list, err := offering.On(ctx, tx, c.actor, o.ID, day)
		if err != nil {
			return err
		}
		out.Body = CareUnitList{Day: day, Units: make([]CareUnitBody, len(list))}
		for i, u := range list {
			out.Body.Units[i] = careUnitBody(u, day)
		}
		return nil
	})
}

func careUnitBody(u offering.Unit, day calendar.Date) CareUnitBody {
	b := CareUnitBody{Unit: u.ID, UnitOID: u.OID, Name: u.Name, Provider: u.Provider, Company: u.Company, Address: u.Address, City: u.City, Way: string(u.Way), About: u.About, Listed: u.Listed,
		Places: make([]CarePlacesBody, len(u.Places)), Prices: make([]CarePriceBody, len(u.Prices))}
	if u.Placed {
		b.FreeOn, b.FreeUnder3, b.FreeOver3 = &day, &u.Free.Under, &u.Free.Over
	}
	for i, p := range u.Places {
		b.Places[i] = CarePlacesBody{From: p.From, Under3: p.Under, Over3: p.Over}
		if p.To != calendar.Forever {
			b.Places[i].To = new(p.Last())
		}
	}
	for i, p := range u.Prices {
		b.Prices[i] = CarePriceBody{p.Option, p.From, p.Over, p.Under, p.Surcharge}
	}
	return b
}

func (a *API) putCareUnits(ctx context.Context, c *call, o int32, key string, body UnitOfferBody) (*struct{ Body UnitOfferAnswer }, error) {
	rows := make([]offering.Row, 0, len(body.Prices)+len(body.Places))
	for _, r := range body.Prices {
		rows = append(rows, offering.Row{Unit: r.Unit, Option: r.Option, From: r.From, Over: money.Cents(r.Over3Cents), Under: money.Cents(r.Under3Cents), Extra: money.Cents(r.SurchargeCents)})
	}
	for _, r := range body.Places {
		rows = append(rows, offering.Row{Unit: r.Unit, From: r.From, Places: guidance.Count{Under: r.Under3, Over: r.Over3}})
	}
	out := &struct{ Body UnitOfferAnswer }{}
	return out, a.DB.Tenant(ctx, c.actor.In(o), func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, key, body, func() (UnitOfferAnswer, error) {
			taken, err := offering.Take(ctx, tx, c.actor, o, rows)
			if err != nil {
				return UnitOfferAnswer{}, err
			}
			return a.unitsTaken(c, len(body.Prices), taken), nil
		})
		return err
	})
}

// unitFields are the fields of the rows by the domain's names of them.
var unitFields = map[string]map[string]string{
	"prices": {"over": "over_3_cents", "under": "under_3_cents", "surcharge": "surcharge_cents"},
	"places": {"over": "over_3", "under": "under_3"},
}

func (a *API) unitsTaken(c *call, prices int, taken []offering.Taken) UnitOfferAnswer {
	out := UnitOfferAnswer{Added: offering.Count(taken, feed.Added), Changed: offering.Count(taken, feed.Changed), Kept: offering.Count(taken, feed.Kept),
		Refused: offering.Count(taken, feed.Refused), Prices: []UnitTaken{}, Places: []UnitTaken{}}
	told := func(list string, i int, t offering.Taken) UnitTaken {
		faults := make(fault.List, len(t.Faults))
		for n, f := range t.Faults {
			if faults[n] = f; unitFields[list][f.Field] != "" {
				faults[n] = f.At(unitFields[list][f.Field])
			}
		}
		return UnitTaken{t.Unit, string(t.Outcome), a.rowErrors(c, list, i, faults)}
	}
	for i, t := range taken {
		if i < prices {
			out.Prices = append(out.Prices, told("prices", i, t))
		} else {
			out.Places = append(out.Places, told("places", i-prices, t))
		}
	}
	return out
}
