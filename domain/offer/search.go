package offer

import (
	"slices"

	"seteli/core/money"
	"seteli/domain/register"
)

// Query is what somebody looks for. Empty filters do not narrow.
type Query struct {
	Organiser int32
	Service   int64
	Content   int64        // compared by its price; 0 = the first of the service
	Languages []string     // speaks at least one of them
	Area      string       // serves this municipality
	Text      string       // every word is found in name, company, place or description
	Value     *money.Cents // per unit of the content; nil = the rulebook's
	Month     money.Quantity
	ByOwn     bool // by what the client pays, cheapest first; otherwise neutral
	Offset    int
	Limit     int
}

// Hit is one unit of the answer.
type Hit struct {
	Place Place
	Price money.Cents // of the compared content; 0 = none told
	Value money.Cents // used for Own; 0 = none known
	Own   money.Cents // what the client pays per unit
	Month money.Share // of Query.Month units
}

// Answer is one page of hits. Total counts all.
type Answer struct {
	Service Service
	Content int64
	Value   money.Cents
	Valued  bool // a value was known: without one the own share is not told
	Total   int
	Hits    []Hit
}

// terms are a query prepared for one market.
type terms struct {
	m       *market
	content int64
	value   money.Cents
	valued  bool
	month   money.Quantity
	spoken  uint16
	area    string
	found   []uint64 // places that hold every word; nil = no text asked
}

// Search answers from memory. ok is false when the organiser has no such service. The cost grows with the units of the service and
// nothing is sorted: the orders are ready.
func (x *Index) Search(q Query) (answer Answer, ok bool) {
	t, ok := x.terms(q)
	if !ok {
		return Answer{}, false
	}
	if q.Limit <= 0 {
		q.Limit = 20
	}
	a := Answer{Service: t.m.service, Content: t.content, Value: t.value, Valued: t.valued}
	take := func(i int32) {
		if a.Total >= q.Offset && len(a.Hits) < q.Limit {
			a.Hits = append(a.Hits, t.hit(i))
		}
		a.Total++
	}
	if !q.ByOwn || t.content == 0 {
		for i := range t.m.places {
			if t.fits(t.m.places[i]) {
				take(int32(i))
			}
		}
		return a, true
	}
	t.byOwn(take)
	return a, true
}

// byOwn walks by what the client pays. Units whose price the value covers all cost the same, nothing: they keep the neutral order.
func (t terms) byOwn(take func(int32)) {
	prices := t.m.prices[t.content]
	covered := func(i int) bool { return prices[i] > 0 && prices[i] <= t.value }
	if t.value > 0 {
		for i, p := range t.m.places {
			if covered(i) && t.fits(p) {
				take(int32(i))
			}
		}
	}
	for _, i := range t.m.cheap[t.content] {
		if !covered(int(i)) && t.fits(t.m.places[i]) {
			take(i)
		}
	}
	for i, p := range t.m.places {
		if prices[i] == 0 && t.fits(p) {
			take(int32(i))
		}
	}
}

func (x *Index) terms(q Query) (terms, bool) {
	m := x.markets[serviceKey{q.Organiser, q.Service}]
	if m == nil {
		return terms{}, false
	}
	t := terms{m: m, content: q.Content, month: q.Month, spoken: languageMask(q.Languages), area: q.Area}
	if _, known := m.prices[t.content]; !known {
		t.content = 0
		if all := m.service.Compared(x.Day); len(all) > 0 {
			t.content = all[0].ID
		}
	}
	t.value, t.valued = m.service.Values[t.content]
	if q.Value != nil {
		t.value, t.valued = *q.Value, true
	}
	t.found = x.words.find(q.Text)
	return t, true
}

func (t terms) fits(p *Place) bool {
	return (t.spoken == 0 || p.languages&t.spoken != 0) &&
		(t.found == nil || t.found[p.number>>6]&(1<<(p.number&63)) != 0) &&
		(t.area == "" || slices.Contains(p.Areas, t.area))
}

func (t terms) hit(i int32) Hit {
	h := Hit{Place: *t.m.places[i]}
	if list := t.m.prices[t.content]; list != nil {
		h.Price = list[i]
	}
	if h.Price > 0 && t.valued {
		h.Value, h.Own = t.value, max(0, h.Price-t.value)
		if t.month > 0 {
			h.Month = money.Split(h.Price, t.value, t.month)
		}
	}
	return h
}

// MostCompared is how many units stand side by side.
const MostCompared = 4

// Side gives the named units side by side, in the order they were named; unknown ones and those beyond MostCompared are left out.
func (x *Index) Side(q Query, units []int64) (Answer, bool) {
	t, ok := x.terms(q)
	if !ok {
		return Answer{}, false
	}
	a := Answer{Service: t.m.service, Content: t.content, Value: t.value, Valued: t.valued}
	for _, u := range units {
		i, there := t.m.at[u]
		if there && len(a.Hits) < MostCompared && !slices.ContainsFunc(a.Hits, func(h Hit) bool { return h.Place.Unit == u }) {
			a.Hits = append(a.Hits, t.hit(i))
		}
	}
	a.Total = len(a.Hits)
	return a, true
}

// PriceOf gives the price of a unit's content now; 0 = none.
func (x *Index) PriceOf(organiser int32, service, unit, content int64) money.Cents {
	m := x.markets[serviceKey{organiser, service}]
	if m == nil {
		return 0
	}
	i, there := m.at[unit]
	if list := m.prices[content]; there && list != nil {
		return list[i]
	}
	return 0
}

var spoken = register.Spoken()

// languageMask has one bit for each service language; unknown ones have none.
func languageMask(codes []string) (mask uint16) {
	for _, c := range codes {
		if i := slices.Index(spoken, c); i >= 0 {
			mask |= 1 << i
		}
	}
	return mask
}

func languagesIn(mask uint16) (codes []string) {
	for i, c := range spoken {
		if mask&(1<<i) != 0 {
			codes = append(codes, c)
		}
	}
	return codes
}
