package offer

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/offer/db"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Board keeps the present index of one process. Safe for concurrent use.
type Board struct {
	store   *postgres.DB
	current atomic.Pointer[Index]
	making  sync.Mutex // one at a time makes a new index; readers go on with the old one
}

// NewBoard makes an empty board; the first reader fills it.
func NewBoard(store *postgres.DB) *Board { return &Board{store: store} }

// nobody reads what everybody may read.
var nobody = access.Within{}

// Index gives what is offered today, made at the first call and when the day has changed.
func (b *Board) Index(ctx context.Context) (*Index, error) {
	if x := b.current.Load(); x != nil && x.Day == calendar.Today(b.store.Clock()) {
		return x, nil
	}
	if err := b.Rebuild(ctx); err != nil {
		return nil, err
	}
	return b.current.Load(), nil
}

// Refresh makes a new index when something in the database has changed since the present one.
func (b *Board) Refresh(ctx context.Context) (rebuilt bool, err error) {
	x := b.current.Load()
	if x == nil || x.Day != calendar.Today(b.store.Clock()) {
		return true, b.Rebuild(ctx)
	}
	var now string
	err = b.store.Read(ctx, nobody, func(tx *postgres.Tx) (err error) {
		now, err = db.New(tx).Fingerprint(ctx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("looking for changes of the offers: %w", err)
	}
	if now == x.fingerprint {
		return false, nil
	}
	return true, b.Rebuild(ctx)
}

// Watch refreshes until ctx ends. A failure is logged and tried again: the old index goes on serving.
func (b *Board) Watch(ctx context.Context, every time.Duration, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := b.Refresh(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "offers not refreshed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Rebuild makes a new index from the database now.
func (b *Board) Rebuild(ctx context.Context) error {
	b.making.Lock()
	defer b.making.Unlock()
	var (
		f     facts
		print string
		at    time.Time
	)
	err := b.store.Snapshot(ctx, nobody, func(tx *postgres.Tx) (err error) {
		at = tx.Now()
		if print, err = db.New(tx).Fingerprint(ctx); err != nil {
			return err
		}
		f, err = load(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the offers: %w", err)
	}
	x := build(f)
	x.fingerprint, x.BuiltAt = print, at
	b.current.Store(x)
	return nil
}

// load reads everything that the index holds: six queries, and four for each organiser.
func load(ctx context.Context, tx *postgres.Tx) (facts, error) {
	f := facts{day: tx.Today(), serves: map[string][]int32{}}
	q := db.New(tx)
	places, err := q.Places(ctx, &f.day)
	if err != nil {
		return f, fmt.Errorf("places: %w", err)
	}
	f.places = make([]Place, len(places))
	for i, r := range places {
		f.places[i] = Place{Unit: r.UnitID, Provider: r.ProviderID, Name: r.Name, Company: r.Company, BusinessID: r.BusinessID,
			AddressLine: r.AddressLine, Postcode: r.Postcode, City: r.City, Municipality: r.Municipality, Languages: r.Languages, Areas: r.Areas,
			Phone: r.Phone, Email: r.Email, Website: r.Website, Opening: r.Opening,
			Descriptions: i18n.Names{Fi: r.DescriptionFi, Sv: r.DescriptionSv, En: r.DescriptionEn}}
	}
	units, err := q.Approved(ctx, f.day)
	if err != nil {
		return f, fmt.Errorf("approvals: %w", err)
	}
	for _, r := range units {
		f.approved = append(f.approved, approved{r.OrganiserID, r.ServiceID, r.UnitID})
	}
	prices, err := q.PricesOn(ctx, f.day)
	if err != nil {
		return f, fmt.Errorf("prices: %w", err)
	}
	for _, r := range prices {
		f.prices = append(f.prices, price{r.OrganiserID, r.UnitID, r.ContentID, r.PriceCents})
	}
	served, err := q.Served(ctx, f.day)
	if err != nil {
		return f, fmt.Errorf("municipalities: %w", err)
	}
	for _, r := range served {
		f.serves[r.Municipality] = append(f.serves[r.Municipality], r.OrganiserID)
	}
	codes, err := organiser.Municipalities(ctx, tx)
	if err != nil {
		return f, err
	}
	f.names = make(map[string]i18n.Names, len(codes))
	for _, m := range codes {
		f.names[m.Code] = m.Names
	}
	return f, f.loadServices(ctx, tx)
}

func (f *facts) loadServices(ctx context.Context, tx *postgres.Tx) (err error) {
	if f.organisers, err = organiser.All(ctx, tx); err != nil {
		return err
	}
	for _, o := range f.organisers {
		services, err := catalogue.Services(ctx, tx, o.ID, f.day)
		if err != nil {
			return err
		}
		books, err := rulebook.CurrentAll(ctx, tx, o.ID, f.day)
		if err != nil {
			return err
		}
		for _, s := range services {
			one := Service{Service: s, Values: map[int64]money.Cents{}}
			if book, ok := books[s.ID]; ok {
				one.Rulebook, one.Book = book.ID, book
				values, err := book.Rules.Value.FlatValues()
				if err != nil {
					return err
				}
				for _, v := range values {
					one.Values[v.Content] = v.Value
				}
			}
			f.services = append(f.services, one)
		}
	}
	return nil
}

// PastPrice is an approved price of a unit in its period.
type PastPrice struct {
	Organiser int32
	Content   int64
	Price     money.Cents
	Period    calendar.Period
}

// PriceHistory lists a unit's approved prices, past, present and coming, newest first for each content. Public (569/2009, 4 §).
func (b *Board) PriceHistory(ctx context.Context, unit int64) ([]PastPrice, error) {
	var list []PastPrice
	err := b.store.Read(ctx, nobody, func(tx *postgres.Tx) error {
		rows, err := db.New(tx).PriceHistory(ctx, unit)
		for _, r := range rows {
			list = append(list, PastPrice{r.OrganiserID, r.ContentID, r.PriceCents, calendar.Period{From: r.ValidFrom, To: r.ValidTo}})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the price history of unit %d: %w", unit, err)
	}
	return list, nil
}
