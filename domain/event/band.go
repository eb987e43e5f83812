package event

import (
	"context"
	"errors"
	"fmt"

	"seteli/domain/event/db"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Timed is a part of a delivery with what people call its band of time.
type Timed struct {
	Piece
	Called i18n.Names // empty where no published rulebook names the band
}

// TimesOf tells by which bands of time the events were priced, in the order of time; events whose price is the same at all times are
// not in it. For pages and letters whose own reading has been checked: it says nothing of a person.
func TimesOf(ctx context.Context, tx *postgres.Tx, organiser int32, events []int64) (map[int64][]Timed, error) {
	rows, err := db.New(tx).BandsOfEvents(ctx, db.BandsOfEventsParams{OrganiserID: organiser, Events: events})
	if err != nil {
		return nil, fmt.Errorf("reading the bands of %d events: %w", len(events), err)
	}
	out := map[int64][]Timed{}
	if len(rows) == 0 {
		return out, nil
	}
	ids := map[int64]bool{}
	for _, r := range rows {
		ids[r.RulebookID] = true
	}
	words, err := bandWords(ctx, tx, organiser, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		called, err := words.of(ctx, tx, r)
		if err != nil {
			return nil, fmt.Errorf("bands of event %d: %w", r.EventID, err)
		}
		out[r.EventID] = append(out[r.EventID], Timed{Piece{r.Band, r.Quantity, r.PriceCents, r.ValueCents}, called})
	}
	return out, nil
}

// bandBooks are the rulebooks of the events, and what was in force on the day for services that another service's balance paid.
type bandBooks struct {
	organiser int32
	books     map[int64]rulebook.Rulebook
	current   map[[2]int64]map[string]i18n.Names // by service and day
}

func bandWords(ctx context.Context, tx *postgres.Tx, organiser int32, ids map[int64]bool) (*bandBooks, error) {
	list := make([]int64, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	books, err := rulebook.ByIDs(ctx, tx, organiser, list)
	return &bandBooks{organiser, books, map[[2]int64]map[string]i18n.Names{}}, err
}

// of gives the words of a part's band. A purchase of a euro balance stands under the rulebook of the balance: its price followed the
// rulebook of the service that was bought.
func (b *bandBooks) of(ctx context.Context, tx *postgres.Tx, r db.BandsOfEventsRow) (i18n.Names, error) {
	if book, ok := b.books[r.RulebookID]; ok && book.Service == r.ServiceID {
		names, err := method.BandNames(book.Rules.Value)
		if called, known := names[r.Band]; known || err != nil {
			return called, err
		}
	}
	key := [2]int64{r.ServiceID, int64(r.ServiceDate)}
	if _, read := b.current[key]; !read {
		book, err := rulebook.Current(ctx, tx, b.organiser, r.ServiceID, r.ServiceDate)
		if err != nil && !errors.Is(err, rulebook.ErrUnknown) {
			return i18n.Names{}, err
		}
		if b.current[key], err = method.BandNames(book.Rules.Value); err != nil {
			return i18n.Names{}, err
		}
	}
	return b.current[key][r.Band], nil
}

// TimesText says the bands in words, each once and in the order of time; "" where there are none.
func TimesText(lang i18n.Lang, times []Timed) string {
	var out string
	said := map[string]bool{}
	for _, t := range times {
		word := t.Called.In(lang)
		if word == "" || said[word] {
			continue
		}
		if said[word] = true; out != "" {
			out += ", "
		}
		out += word
	}
	return out
}
