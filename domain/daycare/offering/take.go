package offering

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/feed"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Row is a price of a unit, or its places, from a day on: until the next such row of the unit.
type Row struct {
	Line   int    // as people count it in the file; 0 outside files
	Unit   string // object identifier, number or name
	From   calendar.Date
	Option string // need option by code or name; "" = places
	Over   money.Cents
	Under  money.Cents
	Extra  money.Cents // surcharge
	Places guidance.Count
}

// Taken is a row with what became of it.
type Taken struct {
	Row
	Outcome feed.Outcome
	Faults  fault.List
}

// Count tells how many rows have the outcome.
func Count(list []Taken, o feed.Outcome) (n int) {
	for _, t := range list {
		if t.Outcome == o {
			n++
		}
	}
	return n
}

// Refusals of this package.
var (
	errUnit  = fault.New(fault.Invalid, "DAY-150", "daycare.offering.unit").At("unit")
	errTwice = fault.New(fault.Invalid, "DAY-151", "daycare.offering.twice").At("from")
	errPast  = fault.New(fault.Invalid, "DAY-152", "daycare.offering.past").At("from")
)

// Take records the rows one after the other; a refused one leaves nothing behind and holds up no other. A price is the unit's own word: a
// company's is held against the notice time of a change, the municipality's program may bring any day's. Nothing is taken out: a unit that is
// not told of stays as it is. A dry run is Take in a transaction that is rolled back.
func Take(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, rows []Row) ([]Taken, error) {
	t, err := begin(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	out, seen := make([]Taken, len(rows)), map[string]bool{}
	for i, row := range rows {
		out[i] = Taken{Row: row, Outcome: feed.Refused}
		outcome := feed.Refused
		faults, err := feed.Attempt(ctx, tx, func() (err error) {
			outcome, err = t.one(ctx, row, seen)
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case len(faults) > 0:
			out[i].Faults = faults
		default:
			out[i].Outcome = outcome
		}
	}
	return out, nil
}

// taking is what stands when the rows come, kept up with them.
type taking struct {
	tx        *postgres.Tx
	by        access.Actor
	organiser int32
	options   []store.Offered
	units     map[string]int64 // by number, name and object identifier, in small letters; 0 = several have the name
	places    map[int64][]guidance.PlacesRow
	prices    map[priceOf][]store.Price // by day
}

type priceOf struct {
	unit   int64
	option string
}

func begin(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (*taking, error) {
	terms, err := store.UnitTermsOn(ctx, tx, by, organiser, tx.Today())
	if err != nil {
		return nil, err
	}
	t := &taking{tx: tx, by: by, organiser: organiser, options: terms.Options, units: map[string]int64{}, places: map[int64][]guidance.PlacesRow{}, prices: map[priceOf][]store.Price{}}
	fillings, err := guidance.Fillings(ctx, tx, organiser, tx.Today(), nil)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, f := range fillings {
		if by.Provider == 0 || f.Provider == by.Provider {
			names[f.ID], t.places[f.ID] = f.Name, f.Rows
		}
	}
	known, err := t.pricing(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range known {
		names[u.ID] = u.Name
	}
	ids := make([]int64, 0, len(names))
	for id, name := range names {
		ids = append(ids, id)
		t.name(name, id)
		t.name(strconv.FormatInt(id, 10), id)
	}
	oids, err := store.UnitOIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for id, oid := range oids {
		t.name(oid, id)
	}
	told, err := store.PricesAsked(ctx, tx, organiser, ids)
	for _, p := range told {
		k := priceOf{p.Unit, p.Option}
		t.prices[k] = append(t.prices[k], p)
	}
	return t, err
}

// pricing lists the units besides the municipality's own list that may ask a price: a company's approved ones, and those that have told one.
func (t *taking) pricing(ctx context.Context) (list []store.UnitName, err error) {
	if t.by.Provider != 0 {
		return store.UnitsToPrice(ctx, t.tx, t.by, t.organiser)
	}
	known, err := store.UnitsPriced(ctx, t.tx, t.organiser)
	for _, k := range known {
		list = append(list, store.UnitName{ID: k.ID, Name: k.Name})
	}
	return list, err
}

func (t *taking) name(name string, id int64) {
	name = strings.ToLower(name)
	if old, taken := t.units[name]; taken && old != id {
		id = 0
	}
	t.units[name] = id
}

func (t *taking) one(ctx context.Context, row Row, seen map[string]bool) (feed.Outcome, error) {
	name := strings.TrimSpace(row.Unit)
	unit := t.units[strings.ToLower(name)]
	if unit == 0 {
		return "", errUnit.With("unit", name)
	}
	option := strings.TrimSpace(row.Option)
	if option != "" {
		i := slices.IndexFunc(t.options, func(o store.Offered) bool {
			return o.Code == option || strings.EqualFold(o.Names.Fi, option) || strings.EqualFold(o.Names.Sv, option) || strings.EqualFold(o.Names.En, option)
		})
		if i < 0 {
			return "", fault.On(daycare.UnknownOption(option), "option")
		}
		option = t.options[i].Code
	}
	k := strconv.FormatInt(unit, 10) + " " + option + " " + row.From.String()
	if seen[k] {
		return "", errTwice
	}
	seen[k] = true
	if option == "" {
		return t.placed(ctx, unit, row)
	}
	return t.priced(ctx, store.Price{Unit: unit, Option: option, From: row.From, Over: row.Over, Under: row.Under, Surcharge: row.Extra})
}

// priced tells a price unless the unit has told it of the day already. One that is told of another day is kept beside it even when it is the
// same: a change of the earlier one must not reach past it.
func (t *taking) priced(ctx context.Context, p store.Price) (feed.Outcome, error) {
	k := priceOf{p.Unit, p.Option}
	list := t.prices[k]
	outcome, at := feed.Added, len(list)
	for i, x := range list {
		if x == p {
			return feed.Kept, nil
		}
		if x.From >= p.From {
			if at = i; x.From == p.From {
				outcome = feed.Changed
			}
			break
		}
	}
	if err := store.TellPrice(ctx, t.tx, t.by, t.organiser, p); err != nil {
		return "", err
	}
	if outcome == feed.Changed {
		list[at] = p
	} else {
		list = slices.Insert(list, at, p)
	}
	t.prices[k] = list
	return outcome, nil
}

// placed sets a unit's places from a day on, until its next row: the row that holds on the day ends there.
func (t *taking) placed(ctx context.Context, unit int64, row Row) (feed.Outcome, error) {
	rows := t.places[unit]
	in := guidance.PlacesInput{Organiser: t.organiser, Unit: unit, Under: row.Places.Under, Over: row.Places.Over}
	in.Period = calendar.Period{From: row.From, To: calendar.Forever}
	now := slices.IndexFunc(rows, func(x guidance.PlacesRow) bool { return x.Period.Contains(row.From) })
	if err := row.Places.Check(); err != nil {
		return "", err
	}
	begins := now >= 0 && rows[now].Period.From == row.From
	switch {
	case begins && rows[now].Count == row.Places:
		return feed.Kept, nil
	case t.by.Provider != 0 && row.From < t.tx.Today():
		return "", errPast.With("today", t.tx.Today())
	case begins:
		in.Saved = rows[now].Saved
		if _, err := guidance.SavePlaces(ctx, t.tx, t.by, in); err != nil {
			return "", err
		}
		rows[now].Count = row.Places
		rows[now].RowVersion++
		return feed.Changed, nil
	case now >= 0:
		in.Period.To = rows[now].Period.To
		before := in
		before.Saved, before.Under, before.Over = rows[now].Saved, rows[now].Under, rows[now].Over
		before.Period.To = row.From
		if _, err := guidance.SavePlaces(ctx, t.tx, t.by, before); err != nil {
			return "", err
		}
	default:
		for _, x := range rows {
			if x.Period.From > row.From {
				in.Period.To = min(in.Period.To, x.Period.From)
			}
		}
	}
	id, err := guidance.SavePlaces(ctx, t.tx, t.by, in)
	if err != nil {
		return "", err
	}
	if now >= 0 {
		rows[now].Period.To = row.From
		rows[now].RowVersion++
	}
	rows = append(rows, guidance.PlacesRow{Saved: store.Saved{ID: id, RowVersion: 1, Period: in.Period}, Count: row.Places})
	slices.SortFunc(rows, func(a, b guidance.PlacesRow) int { return cmp.Compare(a.Period.From, b.Period.From) })
	t.places[unit] = rows
	return feed.Added, nil
}
