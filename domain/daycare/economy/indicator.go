package economy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/economy/db"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Measure tells how a figure is counted.
type Measure string

// The measures.
const (
	Percent Measure = "percent"
	Number  Measure = "number"
	Days    Measure = "days"
)

// Limits are the figures from which a risk is watched and from which something has to be done.
type Limits struct{ Watch, Act int }

// Indicator is a figure that tells of a risk, read from the registers.
type Indicator struct {
	Risk    string
	Measure Measure
	Falls   bool // the fewer the worse
	Shipped Limits
	Figure  int            // whole; a percentage is rounded once, half up
	Known   bool           // the registers tell it
	Few     bool           // so few children that neither they nor their share are told
	Values  map[string]any // of the sentence that explains the figure
}

// The risks whose figures the registers tell, with limits of our own choice: a municipality sets its own.
var indicators = []Indicator{
	{Risk: "provider", Measure: Percent, Shipped: Limits{30, 50}},
	{Risk: "leaving", Measure: Percent, Shipped: Limits{10, 20}},
	{Risk: "cap", Measure: Percent, Shipped: Limits{80, 95}},
	{Risk: "above", Measure: Percent, Shipped: Limits{25, 50}},
	{Risk: "queue", Measure: Number, Shipped: Limits{1, 5}},
	{Risk: "prices", Measure: Percent, Shipped: Limits{10, 30}},
	{Risk: "thresholds", Measure: Days, Falls: true, Shipped: Limits{180, 60}},
	{Risk: "corrections", Measure: Percent, Shipped: Limits{5, 10}},
	{Risk: "empty", Measure: Percent, Shipped: Limits{10, 20}},
	{Risk: "concentration", Measure: Number, Shipped: Limits{2_500, 4_000}},
	{Risk: "area", Measure: Percent, Shipped: Limits{70, 90}},
	{Risk: "occupancy", Measure: Percent, Shipped: Limits{10, 25}},
	{Risk: "papers", Measure: Number, Shipped: Limits{1, 3}},
	{Risk: "selection", Measure: Percent, Shipped: Limits{5, 15}},
	{Risk: "claims", Measure: Number, Shipped: Limits{1, 5}},
	{Risk: "double", Measure: Number, Shipped: Limits{1, 5}},
	{Risk: "waiting", Measure: Days, Shipped: Limits{60, 120}},
}

// leavingDays is how far ahead places that end are counted.
const leavingDays = 90

// noRules is the code of an organiser without published rules of early education.
const noRules = "DAY-081"

// tell gives the figure n of all in per cent, or n itself where all is 0.
func (i *Indicator) tell(n, all int64, values map[string]any) {
	i.Values = values
	switch {
	case i.Measure != Percent:
		i.Figure, i.Known = int(n), true
	case all > 0:
		i.Figure, i.Known = int(money.HalfUpCent.Cents(money.Fraction(n, all))), true // hundredths are per cent
	}
}

// Indicators reads the figures of today.
func Indicators(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Indicator, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	list := slices.Clone(indicators)
	of := map[string]*Indicator{}
	for i := range list {
		of[list[i].Risk] = &list[i]
	}
	for _, read := range []func(context.Context, *postgres.Tx, access.Actor, int32, map[string]*Indicator) error{fromDecisions, fromPlaces, fromTerms, fromMonths, fromMarket, fromChildren} {
		if err := read(ctx, tx, by, organiser, of); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func fromDecisions(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, of map[string]*Indicator) error {
	t, err := TodayOf(ctx, tx, by, organiser, tx.Today())
	if err != nil || t.Children == 0 {
		return err
	}
	name, err := db.New(tx).ProviderName(ctx, t.Provider)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("reading provider %d: %w", t.Provider, err)
	}
	of["provider"].tell(int64(t.Largest), int64(t.Children), map[string]any{"provider": name, "n": t.Largest, "of": t.Children})
	of["above"].tell(int64(t.Above), int64(t.Children), map[string]any{"n": t.Above, "of": t.Children})
	of["provider"].Few, of["above"].Few = few(int64(t.Largest)), few(int64(t.Above))
	return nil
}

func few(n int64) bool { return n > 0 && n < Least }

func fromPlaces(ctx context.Context, tx *postgres.Tx, _ access.Actor, organiser int32, of map[string]*Indicator) error {
	q, today := db.New(tx), tx.Today()
	ending, err := q.PlacesEnding(ctx, db.PlacesEndingParams{OrganiserID: organiser, Day: today, Until: today + leavingDays})
	if err != nil {
		return fmt.Errorf("reading places that end: %w", err)
	}
	of["leaving"].tell(ending.Leaving, ending.Children, map[string]any{"n": ending.Leaving, "of": ending.Children, "day": today + leavingDays})
	of["leaving"].Few = few(ending.Leaving)
	queue, err := q.Queue(ctx, db.QueueParams{OrganiserID: organiser, Day: today})
	if err != nil {
		return fmt.Errorf("reading the queue: %w", err)
	}
	of["queue"].tell(queue.Overdue, 0, map[string]any{"n": queue.Overdue, "of": queue.Waiting})
	own, err := q.OwnPlaces(ctx, db.OwnPlacesParams{OrganiserID: organiser, Day: today})
	if err != nil {
		return fmt.Errorf("reading own places: %w", err)
	}
	if own.Children > 0 { // without children recorded in own units every place would seem empty
		free := max(0, own.Places-own.Children)
		of["empty"].tell(free, own.Places, map[string]any{"n": free, "of": own.Places})
	}
	return nil
}

// fromTerms reads what prices and rules tell: surcharges beside their cap, rises that are told, and how far fees are known.
func fromTerms(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, of map[string]*Indicator) error {
	today := tx.Today()
	p, err := db.New(tx).PricesTold(ctx, db.PricesToldParams{OrganiserID: organiser, Day: today})
	if err != nil {
		return fmt.Errorf("reading prices: %w", err)
	}
	of["prices"].tell(p.Rising, p.Units, map[string]any{"n": p.Rising, "of": p.Units})
	terms, err := store.TermsNow(ctx, tx, by, organiser)
	if fault.CodeOf(err) == noRules {
		return nil
	}
	if err != nil {
		return err
	}
	now := terms.Rules[0]
	for _, r := range terms.Rules {
		if r.ValidFrom <= today {
			now = r
		}
	}
	if m, ok := now.Profile.PriceModelOn(today); ok && m.Cap != nil && *m.Cap > 0 && p.Prices > 0 {
		mean := money.HalfUpCent.Cents(money.Cents(p.Surcharges).Exact().Times(money.Fraction(1, p.Prices)))
		of["cap"].tell(p.Surcharges, int64(*m.Cap)*p.Prices, map[string]any{"mean": mean, "cap": *m.Cap})
	}
	rows := now.Profile.Thresholds
	if len(rows) == 0 {
		rows = terms.National
	}
	until := knownUntil(rows, today)
	of["thresholds"].tell(int64(min(until, today.AddMonths(120))-today), 0, map[string]any{"day": until - 1, "open": until >= calendar.Forever})
	return nil
}

// knownUntil is the first day from today on without complete thresholds.
func knownUntil(rows []profile.Thresholds, today calendar.Date) calendar.Date {
	until := today
	for again := true; again; {
		again = false
		for _, t := range rows {
			if p := t.Days.Period(); t.Complete() && p.From <= until && p.To > until {
				until, again = p.To, true
			}
		}
	}
	return until
}

func fromMonths(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, of map[string]*Indicator) error {
	today := tx.Today()
	v, err := VoucherOf(ctx, tx, by, organiser, calendar.Period{From: today.AddMonths(-12), To: today})
	if err != nil {
		return err
	}
	of["corrections"].tell(int64(v.Corrections), int64(v.Rows), map[string]any{"n": v.Corrections, "of": v.Rows})
	return nil
}
