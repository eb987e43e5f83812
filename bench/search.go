package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/offer"
)

// searchLimit is the same question to PostgreSQL: units of a service by language, area and a word, with what the client pays.
const searchLimit = `
select u.unit_id, p.name, r.price_cents, greatest(0, r.price_cents - $5::bigint) as own, count(*) over () as total
from approval a
join unit u on u.unit_id = a.unit_id
join provider p on p.provider_id = u.provider_id
join price r on r.organiser_id = a.organiser_id and r.unit_id = a.unit_id and r.content_id = a.service_id and r.state = 'approved' and r.valid_from <= $6 and r.valid_to > $6
where a.organiser_id = $1 and a.service_id = $2 and a.valid_from <= $6 and a.valid_to > $6
  and ($3 = '' or $3 = any(u.languages)) and ($4 = '' or concat_ws(' ', p.name, u.name, u.city, u.description_fi) ilike '%' || $4 || '%')
order by own, u.unit_id limit 20`

// benchSearch asks the comparison of 30,000 providers and 120,000 offers as visitors do, and PostgreSQL the same; the sizes of
// the answers must agree.
func benchSearch(ctx context.Context, s *settings) (err error) {
	const organisers, providers = 24, 30_000
	w, err := newWorld(ctx, size{Organisers: organisers, Providers: providers, Vouchers: organisers, Hours: 40})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	if err := w.rest(ctx); err != nil {
		return err
	}
	runtime.GC()
	before, _ := memory(self)
	board := offer.NewBoard(w.db)
	built, err := timed(func() error { return board.Rebuild(ctx) })
	if err != nil {
		return err
	}
	index, err := board.Index(ctx)
	if err != nil {
		return err
	}
	runtime.GC()
	after, _ := memory(self)
	words, languages := []string{"", "", "kotihoiva", "äiti", "apu", "rusko"}, []string{"", "", "sv", "fi"}
	question := func(r *rand.Rand) offer.Query {
		org := int32(1 + r.IntN(organisers))
		value := money.Cents(2000 + r.IntN(2500))
		q := offer.Query{Organiser: org, Service: int64(org)*10 + int64(1+r.IntN(4)), Text: words[r.IntN(len(words))], Value: &value, ByOwn: true, Month: money.Units(20), Limit: 20}
		if l := languages[r.IntN(len(languages))]; l != "" {
			q.Languages = []string{l}
		}
		return q
	}
	sql := func(q offer.Query) (total int64, err error) {
		lang := ""
		if len(q.Languages) > 0 {
			lang = q.Languages[0]
		}
		rows, err := w.owner.Query(ctx, searchLimit, q.Organiser, q.Service, lang, q.Text, int64(*q.Value), calendar.Today(w.clock))
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		for rows.Next() {
			var unit, price, own int64
			var name string
			if err := rows.Scan(&unit, &name, &price, &own, &total); err != nil {
				return 0, err
			}
		}
		return total, rows.Err()
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		q := question(r)
		want, err := sql(q)
		if err != nil {
			return err
		}
		if a, ok := index.Search(q); !ok || int64(a.Total) != want {
			return fmt.Errorf("%+v: %d hits, SQL counts %d", q, a.Total, want)
		}
	}
	var waits []float64
	ours := func(round int) (float64, error) {
		r := rand.New(rand.NewPCG(uint64(round), 7))
		const n = 20_000
		took, err := timed(func() error {
			for range n {
				q := question(r)
				began := now()
				if _, ok := index.Search(q); !ok {
					return fmt.Errorf("%+v: no such service", q)
				}
				waits = append(waits, now().Sub(began).Seconds())
			}
			return nil
		})
		return n / took, err
	}
	limit := func(round int) (float64, error) {
		r := rand.New(rand.NewPCG(uint64(round), 7))
		const n = 200
		took, err := timed(func() error {
			for range n {
				if _, err := sql(question(r)); err != nil {
					return err
				}
			}
			return nil
		})
		return n / took, err
	}
	stop, err := s.profile("search")
	if err != nil {
		return err
	}
	p := pair{higher: true}
	if err := p.alternate(s.Pairs, ours, limit); err != nil {
		return err
	}
	stop()
	p.say("search", "searches/s with own share, one caller, 30,000 providers and 120,000 offers; limit: the same in SQL")
	p99 := percentile(waits, 0.99) * 1000
	bar("search-p99", p99, 5, p99/5, "ms server time; limit is the bar")
	note("index built in %.2f s, %.0f MB of memory more", built, after-before)
	return nil
}
