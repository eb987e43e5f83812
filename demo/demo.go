package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/organiser"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Options of a world.
type Options struct {
	Scale    string // Small or the name of a month of real size, see Scales
	Seed     uint64
	Issuer   string    // identity provider by whose names the people sign in
	Until    time.Time // the moment at which the history ends; the clock is left there
	Progress func(string)
}

// Small is the demo with a history of six months; the other scales are single months of a real size.
const Small = "demo"

// months of history before the one of Until.
const months = 5

// Result is what was built.
type Result struct {
	Organisers, Providers, Clients, Vouchers int
	Tally                                    Tally
	Paid                                     money.Cents // in payment files
	Took                                     time.Duration
	Runs                                     []Settled // of the months of real size
}

// world is the small demo while it is built.
type world struct {
	*Builder
	Options
	houses    map[string]House
	companies []Company
	rights    []Right
	vouchers  int // granted, also those that nobody uses
	later     []lateWave
	purses    []pursed
	nurseries map[string][]family // of early education, by house
	cast      []client.Client
	due       map[string]settlement.Run // sent and not yet paid, by house
	result    Result
}

// Build makes the small demo. The database must hold no organiser yet.
func Build(ctx context.Context, d Deps, o Options) (Result, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Scale != Small && o.Scale != "" {
		return buildScale(ctx, d, o)
	}
	first := calendar.MonthOf(calendar.DateOf(o.Until.In(calendar.Helsinki))) - months
	w := &world{Options: o, houses: map[string]House{}, nurseries: map[string][]family{}, due: map[string]settlement.Run{}}
	start := first.Period().From
	y, m, day := (start - 45).Civil()
	d.Clock.Set(time.Date(y, m, day, 9, 0, 0, 0, calendar.Helsinki))
	var err error
	if w.Builder, err = NewBuilder(ctx, d, o.Issuer, o.Seed); err != nil {
		return Result{}, err
	}
	for _, step := range []func(context.Context, calendar.Date) error{w.open, w.admit, w.begin} {
		if err := step(ctx, start); err != nil {
			return Result{}, err
		}
	}
	for m := first; m < first+months+1; m++ {
		if err := w.analyse(ctx); err != nil {
			return Result{}, err
		}
		if err := w.month(ctx, m); err != nil {
			return Result{}, fmt.Errorf("month %s: %w", m, err)
		}
	}
	if err := w.present(ctx); err != nil {
		return Result{}, fmt.Errorf("bringing the demo to today: %w", err)
	}
	if err := w.analyse(ctx); err != nil {
		return Result{}, err
	}
	w.Clock.Set(o.Until)
	w.result.Organisers, w.result.Providers, w.result.Vouchers = len(w.houses), len(w.companies), w.vouchers
	return w.result, nil
}

// reach moves the clock to an hour of a day and tells whether that moment lies in the history.
func (w *world) reach(day calendar.Date, hour int) bool {
	y, m, d := day.Civil()
	at := time.Date(y, m, d, hour, 0, 0, 0, calendar.Helsinki)
	if !at.Before(w.Until) {
		return false
	}
	if at.After(w.Clock.Now()) { // a clock never goes back
		w.Clock.Set(at)
	}
	return true
}

// today is the last day of the history.
func (w *world) today() calendar.Date { return calendar.DateOf(w.Until.In(calendar.Helsinki)) }

// prefixes gives the houses in a steady order.
func (w *world) prefixes() []string { return slices.Sorted(maps.Keys(w.houses)) }

func (w *world) open(ctx context.Context, start calendar.Date) error {
	for _, h := range houses {
		made, err := w.found(ctx, h, offersOf(h.prefix), start-45)
		if err != nil {
			return err
		}
		w.houses[h.prefix] = made
		if err := w.budgets(ctx, made); err != nil {
			return err
		}
	}
	w.Progress(fmt.Sprintf("%d organisers with services, rulebooks and staff", len(w.houses)))
	return nil
}

// budgets sets this year's budget of each service that grants: a round sum near what the demo will spend.
func (w *world) budgets(ctx context.Context, h House) error {
	sums := map[string]money.Cents{"KOTIHOITO": 38_000_000, "TILAPAINEN": 3_000_000, "HENKAPU": 24_000_000, "OMAISVAPAA": 7_000_000, "ANNOSJAKELU": 300_000,
		"KOTISALDO": 1_500_000, "TEHOSTETTU": 60_000_000, "YHTEISO": 300_000, "OSTO-ASUMINEN": 40_000_000, "JALKAHOITO": 150_000, "VAKA": 12_000_000, "KESATYO": 1_200_000, "PERHEET": 12_000_000, "TUKIPALVELU": 2_400_000}
	year, _, _ := w.today().Civil()
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		for _, code := range slices.Sorted(maps.Keys(h.Services)) {
			if sums[code] == 0 {
				continue
			}
			err := organiser.SetBudget(ctx, tx, h.As(access.MainUser), organiser.BudgetInput{Organiser: h.Organiser.ID, Service: h.Services[code].ID, Year: year, Amount: sums[code]})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// admit registers the companies and takes their applications to approval.
func (w *world) admit(ctx context.Context, start calendar.Date) error {
	w.reach(start-35, 10)
	for _, c := range companies {
		made, err := w.register(ctx, c)
		if err != nil {
			return err
		}
		w.companies = append(w.companies, made)
	}
	w.reach(start-25, 11)
	for i, c := range companies {
		for _, s := range c.services {
			h, o := w.service(s)
			if err := w.apply(ctx, h, w.companies[i], o, c.level, toApproved); err != nil {
				return err
			}
		}
	}
	w.Progress(fmt.Sprintf("%d providers approved", len(w.companies)))
	return w.openPurses(ctx)
}

// service finds "house/code".
func (w *world) service(s string) (House, offer) {
	prefix, code, _ := strings.Cut(s, "/")
	for _, o := range allOffers {
		if o.house == prefix && o.code == code {
			return w.houses[prefix], o
		}
	}
	return House{}, offer{}
}

// providers gives the companies that serve a service, as indexes.
func (w *world) providers(s string) (list []int) {
	for i, c := range companies {
		if slices.Contains(c.services, s) {
			list = append(list, i)
		}
	}
	return list
}

// present brings the last days: what waits for somebody in every queue.
func (w *world) present(ctx context.Context) error {
	for _, step := range []func(context.Context) error{w.newcomers, w.priceChanges, w.endings, w.waiting, w.thisMorning, w.review, w.nurseryToday, w.nurseryEconomy, w.guidanceToday} {
		if err := step(ctx); err != nil {
			return err
		}
		if err := w.deliver(ctx); err != nil {
			return err
		}
	}
	w.Progress("open applications, prices, vouchers, orders and reviews of today")
	return nil
}

func (b *Builder) deliver(ctx context.Context) error {
	if b.Deliver == nil {
		return nil
	}
	if err := b.Deliver(ctx); err != nil {
		return fmt.Errorf("delivering the outbox: %w", err)
	}
	return nil
}

func (b *Builder) analyse(ctx context.Context) error {
	if b.Analyse == nil {
		return nil
	}
	if err := b.Analyse(ctx); err != nil {
		return fmt.Errorf("gathering statistics: %w", err)
	}
	return nil
}

// contentsOf gives the contents of the right's service.
func (h House) contentsOf(o offer) []catalogue.Content { return h.Services[o.code].Contents }
