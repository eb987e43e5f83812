package voucher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
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

// Own is what the client pays of one unit that costs price.
func (v Value) Own(price money.Cents) money.Cents { return max(0, price-v.At(price)) }

// Asked is what the value method needs beyond the household's own records: typed by who grants.
type Asked struct {
	Fee    *money.Cents // the client's own part of one unit, decided elsewhere
	Column string       // column of the value table
}

// facts gathers what the values of the offer depend on; nil when they depend on nothing of the client. The household is read as it is
// recorded for the first day; keep stores it as it was for the decision.
func (o Offer) facts(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, keep bool) (*rulebook.Facts, error) {
	var needs rulebook.Needs
	asked := false
	for _, l := range o.Input.Lines {
		n, err := means.Models.Needs(o.Rulebook, l.Content)
		if err != nil {
			return nil, err
		}
		needs.Household = needs.Household || n.Household
		asked = asked || n.Fee || n.Individual || n.Household || len(n.Choices)+len(n.Columns) > 0
	}
	if !asked {
		return nil, nil
	}
	f := rulebook.Facts{}
	if needs.Household {
		read, kept, err := o.household(ctx, tx, by, keep)
		if err != nil {
			return nil, err
		}
		f, f.Snapshot = read.Facts(), kept
	}
	f.Fee, f.Column = o.Input.Asked.Fee, o.Input.Asked.Column
	return &f, nil
}

func (o Offer) household(ctx context.Context, tx *postgres.Tx, by access.Actor, keep bool) (household.Snapshot, int64, error) {
	if keep {
		s, kept, err := household.Keep(ctx, tx, by, o.Input.Organiser, o.Input.Client, o.Input.Period.From)
		return s, kept.ID, err
	}
	h, err := household.Of(ctx, tx, by, o.Input.Organiser, o.Input.Client)
	return h.At(o.Input.Period.From), 0, err
}

// of gives the facts of one line.
func (l LineInput) of(f *rulebook.Facts) *rulebook.Facts {
	if f == nil {
		return nil
	}
	one := *f
	one.Individual, one.Need = l.Individual, l.Need
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
	if result, err = increased(result, facts, book); err != nil {
		return Value{}, err
	}
	v := valueOf(result, facts, p)
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
