package event

import (
	"context"
	"fmt"
	"sort"

	"seteli/core/money"
	"seteli/domain/event/db"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/postgres"
)

// Piece is the part of a delivery within one band of time. Its price follows its value: where a Sunday is worth twice a weekday,
// a provider's agreed price is doubled too (doc/decisions/0012).
type Piece struct {
	Band         string
	Quantity     money.Quantity
	Price, Value money.Cents // per unit
}

// pieces parts a delivery at the limits of its bands. Elapsed minutes count: a night at the change to summer time is an hour shorter.
func (c *claim) pieces(worth rulebook.Worth) []Piece {
	var out []Piece
	for _, p := range method.Split(c.terms.Bands, *c.line.Start, *c.line.End) {
		value := worth.In(p.Band)
		out = append(out, Piece{p.Band, money.Minutes(int64(p.Minutes)), method.Following(c.verdict.Price, value, worth.Value), value})
	}
	return out
}

// shareOf divides the first q units of a delivery between organiser and client. Each piece is rounded by itself.
func shareOf(price, value money.Cents, pieces []Piece, q money.Quantity) money.Share {
	if len(pieces) == 0 {
		return money.Split(price, value, q)
	}
	var sum money.Share
	for _, p := range pieces {
		part := money.Split(p.Price, p.Value, min(q, p.Quantity))
		sum.Total, sum.Organiser, sum.Own = sum.Total+part.Total, sum.Organiser+part.Organiser, sum.Own+part.Own
		if q -= min(q, p.Quantity); q == 0 {
			break
		}
	}
	return sum
}

// fitting is the greatest part of a delivery, at most q, whose organiser's part is within left.
func fitting(price, value money.Cents, pieces []Piece, q money.Quantity, left money.Cents) money.Quantity {
	if left <= 0 {
		return 0
	}
	// The organiser's part never falls when the quantity grows: the first quantity that is too much is searched for.
	return money.Quantity(sort.Search(int(q), func(n int) bool {
		return shareOf(price, value, pieces, money.Quantity(n+1)).Organiser > left
	}))
}

// addPieces stores the parts of the deliveries that have any.
func (w *writing) addPieces(ctx context.Context, tx *postgres.Tx, stored []storedLine) error {
	p := db.PiecesAddParams{OrganiserID: w.organiser}
	for i := range stored {
		s := &stored[i]
		for n, piece := range s.verdict.Pieces {
			p.EventIds, p.Numbers = append(p.EventIds, s.verdict.Event), append(p.Numbers, int16(n))
			p.Providers, p.Persons = append(p.Providers, s.sub.Provider), append(p.Persons, s.verdict.Person)
			p.Bands, p.Quantities = append(p.Bands, piece.Band), append(p.Quantities, int64(piece.Quantity))
			p.Prices, p.Values = append(p.Prices, int64(piece.Price)), append(p.Values, int64(piece.Value))
		}
	}
	if len(p.EventIds) == 0 {
		return nil
	}
	if err := db.New(tx).PiecesAdd(ctx, p); err != nil {
		return fmt.Errorf("writing %d parts of events: %w", len(p.EventIds), err)
	}
	return nil
}

// PiecesOf gives the parts of one event in the order of time; none when its value is the same at all times.
func PiecesOf(ctx context.Context, tx *postgres.Tx, organiser int32, event int64) ([]Piece, error) {
	rows, err := db.New(tx).PiecesOf(ctx, db.PiecesOfParams{OrganiserID: organiser, EventID: event})
	if err != nil {
		return nil, fmt.Errorf("reading the parts of event %d: %w", event, err)
	}
	out := make([]Piece, len(rows))
	for i, r := range rows {
		out[i] = Piece{r.Band, r.Quantity, r.PriceCents, r.ValueCents}
	}
	return out, nil
}
