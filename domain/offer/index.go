package offer

import (
	"cmp"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
)

// Place is an approved unit as the public sees it.
type Place struct {
	Unit, Provider              int64
	Name, Company, BusinessID   string
	AddressLine, Postcode, City string
	Municipality                string   // three-digit code
	Languages                   []string // ISO 639-1 and sign
	Areas                       []string // municipality codes that it serves, its own among them
	Phone, Email, Website       string
	Opening                     string
	Descriptions                i18n.Names
	languages                   uint16
	number                      int // position in the word lists
}

// Full is the unit's name with its company's, which many small companies share.
func (p Place) Full() string {
	if p.Name == p.Company {
		return p.Name
	}
	return p.Name + ", " + p.Company
}

// Service is a service that providers have been approved for, or could be.
type Service struct {
	catalogue.Service
	Rulebook int64                 // version in force; 0 = none
	Book     rulebook.Rulebook     // that version itself
	Values   map[int64]money.Cents // per unit of a content, the same for everybody; empty when the value depends on the client
	Places   int                   // how many units are approved now
}

// Compared are the contents that can be compared by price, in the service's own order.
func (s Service) Compared(day calendar.Date) []catalogue.Content {
	list := slices.Clone(s.ContentsOn(day))
	slices.SortStableFunc(list, func(a, b catalogue.Content) int { return cmp.Compare(a.Position, b.Position) })
	return list
}

type serviceKey struct {
	organiser int32
	service   int64
}

// market is one service of one organiser with the units that may be chosen, in the day's neutral order.
type market struct {
	service Service
	places  []*Place
	prices  map[int64][]money.Cents // content → price by position in places; 0 = none
	cheap   map[int64][]int32       // content → positions with a price, by price, then neutral
	at      map[int64]int32         // unit → position
}

// Index is what is offered on one day. It is never changed after it is made, so any number of readers use it at once.
type Index struct {
	Day     calendar.Date
	BuiltAt time.Time // time of the data

	fingerprint string
	organisers  []organiser.Organiser
	serves      map[string][]int32
	names       map[string]i18n.Names // of municipalities by code
	markets     map[serviceKey]*market
	order       []serviceKey
	places      map[int64]*Place
	words       words
}

// facts are the rows that an index is made of.
type facts struct {
	day        calendar.Date
	organisers []organiser.Organiser
	serves     map[string][]int32
	names      map[string]i18n.Names
	services   []Service
	places     []Place
	approved   []approved
	prices     []price
}

type approved struct {
	organiser     int32
	service, unit int64
}

type price struct {
	organiser     int32
	unit, content int64
	cents         money.Cents
}

type priceKey struct {
	organiser     int32
	unit, content int64
}

// build makes the index: everything that a search would sort is sorted here, once a day.
func build(f facts) *Index {
	x := &Index{Day: f.day, organisers: f.organisers, serves: f.serves, names: f.names, markets: map[serviceKey]*market{}, places: make(map[int64]*Place, len(f.places))}
	for i := range f.places {
		p := &f.places[i]
		p.languages, p.number = languageMask(p.Languages), i
		if !slices.Contains(p.Areas, p.Municipality) {
			p.Areas = append(slices.Clone(p.Areas), p.Municipality)
		}
		x.places[p.Unit] = p
	}
	x.words = wordsOf(f.places)
	for _, s := range f.services {
		key := serviceKey{s.Organiser, s.ID}
		x.markets[key] = &market{service: s, prices: map[int64][]money.Cents{}, cheap: map[int64][]int32{}, at: map[int64]int32{}}
		x.order = append(x.order, key)
	}
	for _, a := range f.approved {
		m, p := x.markets[serviceKey{a.organiser, a.service}], x.places[a.unit]
		if m != nil && p != nil {
			m.places = append(m.places, p)
		}
	}
	prices := make(map[priceKey]money.Cents, len(f.prices))
	for _, p := range f.prices {
		prices[priceKey{p.organiser, p.unit, p.content}] = p.cents
	}
	for _, m := range x.markets {
		m.arrange(f.day, prices)
	}
	return x
}

// arrange puts the places in the day's neutral order and, for each content, in the order of price.
func (m *market) arrange(day calendar.Date, prices map[priceKey]money.Cents) {
	slices.SortFunc(m.places, func(a, b *Place) int {
		return cmp.Or(cmp.Compare(lot(day, a.Unit), lot(day, b.Unit)), cmp.Compare(a.Unit, b.Unit))
	})
	m.places = slices.CompactFunc(m.places, func(a, b *Place) bool { return a.Unit == b.Unit })
	m.service.Places = len(m.places)
	for i, p := range m.places {
		m.at[p.Unit] = int32(i)
	}
	for _, c := range m.service.Contents {
		if !c.Period.Contains(day) {
			continue
		}
		list, cheap := make([]money.Cents, len(m.places)), make([]int32, 0, len(m.places))
		for i, p := range m.places {
			if list[i] = prices[priceKey{m.service.Organiser, p.Unit, c.ID}]; list[i] > 0 {
				cheap = append(cheap, int32(i))
			}
		}
		slices.SortStableFunc(cheap, func(a, b int32) int { return cmp.Compare(list[a], list[b]) })
		m.prices[c.ID], m.cheap[c.ID] = list, cheap
	}
}

// lot draws the place of a unit in the day's order: mixed so that neighbours of one day are strangers on the next
// (the finaliser of SplitMix64).
func lot(day calendar.Date, unit int64) uint64 {
	z := uint64(unit) + uint64(day)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Organisers lists who arranges services.
func (x *Index) Organisers() []organiser.Organiser { return x.organisers }

// Organiser gives one of them.
func (x *Index) Organiser(id int32) (organiser.Organiser, bool) {
	i := slices.IndexFunc(x.organisers, func(o organiser.Organiser) bool { return o.ID == id })
	if i < 0 {
		return organiser.Organiser{}, false
	}
	return x.organisers[i], true
}

// Services lists what the organisers of a municipality arrange, in their own order; all services for "".
func (x *Index) Services(municipality string) []Service {
	var list []Service
	for _, key := range x.order {
		if municipality == "" || slices.Contains(x.serves[municipality], key.organiser) {
			list = append(list, x.markets[key].service)
		}
	}
	return list
}

// Service gives one service.
func (x *Index) Service(organiser int32, service int64) (Service, bool) {
	m := x.markets[serviceKey{organiser, service}]
	if m == nil {
		return Service{}, false
	}
	return m.service, true
}

// Place gives a unit, and the services that it has been approved for.
func (x *Index) Place(unit int64) (Place, []Service, bool) {
	p := x.places[unit]
	if p == nil {
		return Place{}, nil, false
	}
	var services []Service
	for _, key := range x.order {
		if m := x.markets[key]; m != nil {
			if _, there := m.at[unit]; there {
				services = append(services, m.service)
			}
		}
	}
	return *p, services, len(services) > 0
}

// Municipalities are the codes of those whom some organiser serves.
func (x *Index) Municipalities() []string {
	codes := make([]string, 0, len(x.serves))
	for code := range x.serves {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Areas are the municipalities that the service's units serve, and Languages what is spoken in them: the filters that find something.
func (x *Index) Areas(organiser int32, service int64) (areas, languages []string) {
	m := x.markets[serviceKey{organiser, service}]
	if m == nil {
		return nil, nil
	}
	seen, spoken := map[string]bool{}, uint16(0)
	for _, p := range m.places {
		for _, a := range p.Areas {
			seen[a] = true
		}
		spoken |= p.languages
	}
	for a := range seen {
		areas = append(areas, a)
	}
	slices.Sort(areas)
	return areas, languagesIn(spoken)
}

// MunicipalityName is the name of a municipality, its code when it is not on the national list.
func (x *Index) MunicipalityName(code string, lang i18n.Lang) string {
	if n, ok := x.names[code]; ok {
		return n.In(lang)
	}
	return code
}

// Served lists the municipalities that an organiser serves, by code.
func (x *Index) Served(organiser int32) []string {
	var codes []string
	for code, list := range x.serves {
		if slices.Contains(list, organiser) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}
