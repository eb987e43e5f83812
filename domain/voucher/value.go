package voucher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
)

// Value is the voucher's value per unit in a period, with the explanation of how it came about.
type Value struct {
	Period      calendar.Period
	Cents       money.Cents          // with Fee the most that a unit can be worth
	Fee         *money.Cents         // the value follows the provider's price: this much less than the price
	Bands       []rulebook.BandValue // by time of day; empty = Cents at all times
	Facts       *rulebook.Facts      // what it was computed from; nil = it depends on nothing that is known of the client
	Explanation rulebook.Explanation
}

// Worth is what one unit is worth, as a delivery is judged by it.
func (v Value) Worth() rulebook.Worth {
	return rulebook.Worth{Value: v.Cents, Fee: v.Fee, Bands: v.Bands}
}

// At is the value of one unit that costs price.
func (v Value) At(price money.Cents) money.Cents { return v.Worth().At(price) }

// Facts are what is known of the client at a grant. A snapshot of the household gives them; Typed are a caseworker's own.
type Facts struct {
	Client rulebook.Facts
	Given  bool // false = nothing was asked, the value depends on nothing
}

// of gives the facts of one line.
func (f Facts) of(in LineInput) *rulebook.Facts {
	if !f.Given && in.Individual == nil && in.Need == "" {
		return nil
	}
	one := f.Client
	one.Individual, one.Need = in.Individual, in.Need
	return &one
}

// compute asks the rulebook for the value of one unit over a period. VOU-046 when the client is not entitled to a voucher: a
// refusal is a decision of its own, with its reasons.
// quiet leaves the explanation out, where many values are only compared.
func compute(means Means, book rulebook.Rulebook, facts *rulebook.Facts, content int64, p calendar.Period, quiet bool) (Value, error) {
	in := rulebook.ValueInput{Content: content, Day: p.From, Quiet: quiet}
	if facts != nil {
		in.Facts = *facts
	}
	result, err := means.Models.Value(book, in)
	if err != nil {
		return Value{}, err
	}
	w := result.Worth()
	v := Value{Period: p, Cents: w.Value, Fee: w.Fee, Bands: w.Bands, Facts: facts, Explanation: result.Explanation}
	if result.NoVoucher {
		return v, errNotEntitled
	}
	return v, nil
}

func valueFromRow(r db.ValuesOfRow) (Value, error) {
	v := Value{Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Cents: r.ValueCents, Fee: r.FeeCents}
	for _, part := range []struct {
		raw  []byte
		into any
	}{{r.Explanation, &v.Explanation}, {r.Bands, &v.Bands}, {r.Facts, &v.Facts}} {
		if part.raw == nil {
			continue
		}
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return Value{}, fmt.Errorf("reading the value of line %d: %w", r.LineID, err)
		}
	}
	return v, nil
}

func addValue(ctx context.Context, q *db.Queries, organiser int32, line, person int64, v Value) error {
	p, err := v.row(organiser, line, person)
	if err != nil {
		return err
	}
	if err := q.ValueAdd(ctx, p); err != nil {
		return errors.Join(fmt.Errorf("line %d: adding the value from %s", line, v.Period.From), err)
	}
	return nil
}

// row is the value as it is stored.
func (v Value) row(organiser int32, line, person int64) (db.ValueAddParams, error) {
	if v.Cents < 0 {
		return db.ValueAddParams{}, errValueNegative
	}
	p := db.ValueAddParams{OrganiserID: organiser, LineID: line, PersonID: person, ValidFrom: v.Period.From, ValidTo: v.Period.To,
		ValueCents: v.Cents, FeeCents: v.Fee}
	var err error
	if p.Explanation, err = json.Marshal(v.Explanation); err != nil {
		return p, fmt.Errorf("line %d: writing the explanation: %w", line, err)
	}
	if v.Facts != nil {
		if p.Facts, err = json.Marshal(v.Facts); err != nil {
			return p, fmt.Errorf("line %d: writing what the value was computed from: %w", line, err)
		}
	}
	if len(v.Bands) > 0 {
		if p.Bands, err = json.Marshal(v.Bands); err != nil {
			return p, fmt.Errorf("line %d: writing the values by time of day: %w", line, err)
		}
	}
	return p, nil
}
