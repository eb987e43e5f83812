package purse

import (
	"context"
	"fmt"
	"sync"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/purse/db"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Where the value of a service depends on the time of day, its agreed price does too (doc/decisions/0012). A charge is priced by the band
// that holds when it is made, or by the one that the provider names: a visit is often keyed in after it.

// books keeps the value rules of published rulebooks, which never change, for the charges of a process.
type books struct {
	mu   sync.RWMutex
	kept map[bookKey]rulebook.Value
}

type bookKey struct {
	organiser int32
	id        int64
}

// mostBooks bounds what is kept; a program meets a few hundred.
const mostBooks = 2000

func newBooks() *books { return &books{kept: map[bookKey]rulebook.Value{}} }

// of gives the value rules of the versions, reading those that were not met before.
func (b *books) of(ctx context.Context, tx *postgres.Tx, organiser int32, ids []int64) (map[int64]rulebook.Value, error) {
	out := make(map[int64]rulebook.Value, len(ids))
	var fresh []int64
	b.mu.RLock()
	for _, id := range ids {
		v, known := b.kept[bookKey{organiser, id}]
		if out[id] = v; !known {
			fresh = append(fresh, id)
		}
	}
	b.mu.RUnlock()
	if len(fresh) == 0 {
		return out, nil
	}
	read, err := rulebook.ByIDs(ctx, tx, organiser, fresh)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) > mostBooks {
		clear(b.kept)
	}
	for id, book := range read {
		out[id], b.kept[bookKey{organiser, id}] = book.Rules.Value, book.Rules.Value
	}
	return out, nil
}

// inForce reads which rulebooks are in force today for what the balances may be spent on.
func (f *facts) inForce(ctx context.Context, tx *postgres.Tx, organiser int32) error {
	rows, err := db.New(tx).BooksOn(ctx, db.BooksOnParams{OrganiserID: organiser, Vouchers: f.ids(), Day: f.today})
	if err != nil {
		return fmt.Errorf("reading rulebooks of what balances may be spent on: %w", err)
	}
	f.books = map[int64]int64{}
	for _, r := range rows {
		f.books[r.ServiceID] = r.RulebookID
	}
	return nil
}

// priceBands finds by which bands of time the prices of what may be sold follow the time of day.
func (f *facts) priceBands(ctx context.Context, tx *postgres.Tx, organiser int32, known *books) error {
	ids := make([]int64, 0, len(f.books))
	for _, id := range f.books {
		ids = append(ids, id)
	}
	values, err := known.of(ctx, tx, organiser, ids)
	if err != nil {
		return err
	}
	f.bands = map[int64][]method.PriceBand{}
	for _, s := range f.sellable {
		if _, done := f.bands[s.content]; done {
			continue
		}
		if f.bands[s.content], err = method.PriceBands(values[f.books[s.service]], s.content); err != nil {
			return fmt.Errorf("bands of content %d: %w", s.content, err)
		}
	}
	return nil
}

// priceOf is the price of a unit at the moment or within the named band, and the band's name; the agreed price where it is the same at
// all times.
func (f *facts) priceOf(s sold, band string, now time.Time) (money.Cents, string, error) {
	bands := f.bands[s.content]
	if len(bands) == 0 {
		if band != "" {
			return 0, "", errBand
		}
		return s.price, "", nil
	}
	if band != "" {
		for _, b := range bands {
			if b.Name == band {
				return b.At(s.price), b.Name, nil
			}
		}
		return 0, "", errBand
	}
	if b, holds := method.BandAt(bands, now); holds {
		return b.At(s.price), b.Name, nil
	}
	return s.price, "", nil
}

// TimePrice is the price of a unit within a band of time.
type TimePrice struct {
	Band  string
	Names i18n.Names
	Price money.Cents
	Now   bool // the band that holds at this moment
}

// times lists the prices of what is sold by band, each band once.
func (f *facts) times(s sold, now time.Time) (out []TimePrice) {
	holding, _ := method.BandAt(f.bands[s.content], now)
	seen := map[string]bool{}
	for _, b := range f.bands[s.content] {
		if !seen[b.Name] {
			seen[b.Name] = true
			out = append(out, TimePrice{b.Name, b.Called, b.At(s.price), b.Name == holding.Name})
		}
	}
	return out
}

// BandNames tells in words by which band of time each hold was priced; holds whose price is the same at all times are not in it. For pages
// whose own reading has been checked. A rulebook never changes after its publication, so the day of the charge finds the words it had.
func BandNames(ctx context.Context, tx *postgres.Tx, organiser int32, holds []Hold) (map[int64]i18n.Names, error) {
	out := map[int64]i18n.Names{}
	read := map[[2]int64][]method.PriceBand{} // by content and day of the charge
	for _, h := range holds {
		if h.Band == "" {
			continue
		}
		day := calendar.DateOf(h.At)
		key := [2]int64{h.Content, int64(day)}
		bands, known := read[key]
		if !known {
			book, err := rulebook.Current(ctx, tx, organiser, h.Service, day)
			if err != nil {
				return nil, fmt.Errorf("bands of hold %d: %w", h.ID, err)
			}
			if bands, err = method.PriceBands(book.Rules.Value, h.Content); err != nil {
				return nil, fmt.Errorf("bands of hold %d: %w", h.ID, err)
			}
			read[key] = bands
		}
		for _, b := range bands {
			if b.Name == h.Band {
				out[h.ID] = b.Called
			}
		}
	}
	return out, nil
}
