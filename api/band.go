package api

import (
	"context"

	"seteli/core/money"
	"seteli/domain/event"
	"seteli/platform/postgres"
)

// BandBody is the part of a delivery within a band of time by which it was priced.
type BandBody struct {
	Band       string         `json:"band" doc:"Code of the band in the rulebook" example:"evening"`
	Name       Texts          `json:"name"`
	Quantity   money.Quantity `json:"quantity"`
	PriceCents money.Cents    `json:"price_cents" doc:"Per unit of measure"`
	ValueCents money.Cents    `json:"value_cents"`
}

// eventName is an event by whose numbers it is.
type eventName struct {
	organiser int32
	event     int64
}

// bandsOf gives the parts of events in the order of time; an event whose price is the same at all times has none.
func bandsOf(ctx context.Context, tx *postgres.Tx, list []eventName) (map[eventName][]BandBody, error) {
	events := map[int32][]int64{}
	for _, e := range list {
		events[e.organiser] = append(events[e.organiser], e.event)
	}
	out := map[eventName][]BandBody{}
	for organiser, ids := range events {
		times, err := event.TimesOf(ctx, tx, organiser, ids)
		if err != nil {
			return nil, err
		}
		for id, parts := range times {
			for _, p := range parts {
				k := eventName{organiser, id}
				out[k] = append(out[k], BandBody{p.Band, texts(p.Called), p.Quantity, p.Price, p.Value})
			}
		}
	}
	return out, nil
}
