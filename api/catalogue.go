package api

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/offer"
	"seteli/platform/i18n"
)

// OrganiserBody is who arranges services.
type OrganiserBody struct {
	Organiser  string `json:"organiser" doc:"First letters of its voucher numbers" example:"TMP"`
	Name       Texts  `json:"name"`
	BusinessID string `json:"business_id"`
	Kind       string `json:"kind"`
}

// OrganiserList is all of them.
type OrganiserList struct {
	Organisers []OrganiserBody `json:"organisers"`
}

// ServiceBody is one service as it is today.
type ServiceBody struct {
	Organiser   string        `json:"organiser"`
	Service     int64         `json:"service"`
	Code        string        `json:"code"`
	Name        Texts         `json:"name"`
	Description Texts         `json:"description"`
	Area        Texts         `json:"area"`
	Mode        string        `json:"mode" enum:"voucher,purchased,licence,register"`
	Open        bool          `json:"open" doc:"Providers may apply"`
	Providers   int           `json:"providers" doc:"How many units are approved now"`
	Contents    []ContentBody `json:"contents"`
}

// ContentBody is what is priced, granted and recorded.
type ContentBody struct {
	Content    int64           `json:"content"`
	Code       string          `json:"code"`
	Name       Texts           `json:"name"`
	Unit       string          `json:"unit" enum:"hour,visit,day,week,month,piece,euro"`
	From       calendar.Date   `json:"from" format:"date"`
	To         calendar.Date   `json:"to" format:"date" doc:"Day after the last one"`
	ValueCents *money.Cents    `json:"value_cents,omitempty" doc:"Value per unit, when it is the same for everybody"`
	CapCents   *money.Cents    `json:"price_cap_cents,omitempty"`
	MaxDay     *money.Quantity `json:"max_day,omitempty" doc:"Most units a day for one client"`
}

// ServiceList is the services of an organiser, or of all.
type ServiceList struct {
	Services []ServiceBody `json:"services"`
}

// ProviderBody is an approved unit with its price for the compared content.
type ProviderBody struct {
	Unit         int64        `json:"unit"`
	Provider     int64        `json:"provider"`
	Name         string       `json:"name"`
	Company      string       `json:"company"`
	BusinessID   string       `json:"business_id"`
	AddressLine  string       `json:"address_line"`
	Postcode     string       `json:"postcode"`
	City         string       `json:"city"`
	Municipality string       `json:"municipality"`
	Areas        []string     `json:"areas" doc:"Municipalities that it serves"`
	Languages    []string     `json:"languages"`
	Phone        string       `json:"phone"`
	Email        string       `json:"email"`
	Website      string       `json:"website"`
	PriceCents   *money.Cents `json:"price_cents,omitempty" doc:"Per unit of the content"`
	OwnCents     *money.Cents `json:"own_cents,omitempty" doc:"What the client pays per unit, when a value is known"`
}

// ProviderList is one page of a comparison.
type ProviderList struct {
	Content    int64          `json:"content" doc:"Whose prices are compared"`
	ValueCents *money.Cents   `json:"value_cents,omitempty"`
	Total      int            `json:"total"`
	Providers  []ProviderBody `json:"providers"`
}

// PriceBody is one agreed price in force.
type PriceBody struct {
	Unit       int64       `json:"unit"`
	Provider   int64       `json:"provider"`
	Content    int64       `json:"content"`
	PriceCents money.Cents `json:"price_cents"`
}

// PriceList is the prices of a service today.
type PriceList struct {
	Prices []PriceBody `json:"prices"`
}

// ServicePath names a service.
type ServicePath struct {
	Organiser string `path:"organiser" maxLength:"10" example:"TMP"`
	Service   int64  `path:"service" minimum:"1"`
}

func (a *API) catalogueOps() {
	get := func(id, path string) Operation {
		return Operation{ID: id, Method: http.MethodGet, Path: path, Open: true}
	}
	register(a, get("list-organisers", "/organisers"), about{tag: "services", summary: "Who arranges services"}, a.organisers)
	register(a, get("list-services", "/services"), about{tag: "services", summary: "Services and their contents", errors: []int{404}}, a.services)
	register(a, get("list-providers", "/services/{organiser}/{service}/providers"), about{tag: "services", summary: "Approved providers of a service with their prices", errors: []int{404},
		description: "The public comparison: neutral order of the day, or by what the client pays."}, a.providers)
	register(a, get("list-prices", "/services/{organiser}/{service}/prices"), about{tag: "services", summary: "Every agreed price of a service today", errors: []int{404}}, a.prices)
}

func (a *API) organisers(ctx context.Context, _ *call, _ *struct{}) (*struct{ Body OrganiserList }, error) {
	x, err := a.Board.Index(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body OrganiserList }{OrganiserList{Organisers: []OrganiserBody{}}}
	for _, o := range x.Organisers() {
		out.Body.Organisers = append(out.Body.Organisers, OrganiserBody{o.Prefix, texts(o.Names), o.BusinessID, o.Kind})
	}
	return out, nil
}

func texts(n i18n.Names) Texts { return Texts{n.In(i18n.FI), n.In(i18n.SV), n.In(i18n.EN)} }

func (a *API) services(ctx context.Context, _ *call, in *struct {
	Organiser    string `query:"organiser" maxLength:"10" doc:"Prefix of one organiser"`
	Municipality string `query:"municipality" maxLength:"3" pattern:"^[0-9]{3}$" doc:"What is arranged for the people of a municipality"`
}) (*struct{ Body ServiceList }, error) {
	x, err := a.Board.Index(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body ServiceList }{ServiceList{Services: []ServiceBody{}}}
	for _, s := range x.Services(in.Municipality) {
		o, _ := x.Organiser(s.Organiser)
		if in.Organiser == "" || in.Organiser == o.Prefix {
			out.Body.Services = append(out.Body.Services, serviceBody(o.Prefix, s))
		}
	}
	return out, nil
}

func serviceBody(prefix string, s offer.Service) ServiceBody {
	b := ServiceBody{Organiser: prefix, Service: s.ID, Code: s.Code, Name: texts(s.Names), Description: texts(s.Descriptions), Area: texts(s.Area), Mode: string(s.Mode),
		Open: s.Open, Providers: s.Places, Contents: make([]ContentBody, len(s.Contents))}
	for i, c := range s.Contents {
		b.Contents[i] = contentBody(c, s.Values)
	}
	return b
}

func contentBody(c catalogue.Content, values map[int64]money.Cents) ContentBody {
	b := ContentBody{Content: c.ID, Code: c.Code, Name: texts(c.Names), Unit: string(c.Unit), From: c.Period.From, To: c.Period.To, CapCents: c.PriceCap, MaxDay: c.MaxDay}
	if v, ok := values[c.ID]; ok {
		b.ValueCents = &v
	}
	return b
}

// found gives the service of a path from the board.
func (a *API) found(ctx context.Context, in ServicePath) (*offer.Index, offer.Service, error) {
	x, err := a.Board.Index(ctx)
	if err != nil {
		return nil, offer.Service{}, err
	}
	for _, o := range x.Organisers() {
		if o.Prefix == in.Organiser {
			if s, ok := x.Service(o.ID, in.Service); ok {
				return x, s, nil
			}
		}
	}
	return nil, offer.Service{}, errNone
}

func (a *API) providers(ctx context.Context, _ *call, in *struct {
	ServicePath
	Content    int64       `query:"content" minimum:"1" doc:"Compared by its price; left out: the first of the service"`
	Language   []string    `query:"language" maxItems:"10" doc:"Speaks at least one of them"`
	Area       string      `query:"area" maxLength:"3" pattern:"^[0-9]{3}$" doc:"Serves this municipality"`
	Text       string      `query:"text" maxLength:"100"`
	ValueCents money.Cents `query:"value_cents" minimum:"-1" maximum:"100000000" default:"-1" doc:"Value of a voucher per unit; left out: the same for everybody, when there is one"`
	ByOwn      bool        `query:"by_own" doc:"By what the client pays, cheapest first; otherwise a neutral order that changes daily"`
	Offset     int         `query:"offset" minimum:"0" maximum:"100000"`
	Limit      int         `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*struct{ Body ProviderList }, error) {
	x, s, err := a.found(ctx, in.ServicePath)
	if err != nil {
		return nil, err
	}
	q := offer.Query{Organiser: s.Organiser, Service: s.ID, Content: in.Content, Languages: in.Language, Area: in.Area, Text: in.Text, ByOwn: in.ByOwn, Offset: in.Offset, Limit: in.Limit}
	if in.ValueCents >= 0 {
		q.Value = &in.ValueCents
	}
	found, ok := x.Search(q)
	if !ok {
		return nil, errNone
	}
	out := &struct{ Body ProviderList }{ProviderList{Content: found.Content, Total: found.Total, Providers: make([]ProviderBody, len(found.Hits))}}
	if found.Valued {
		out.Body.ValueCents = &found.Value
	}
	for i, h := range found.Hits {
		out.Body.Providers[i] = providerBody(h, found.Valued)
	}
	return out, nil
}

func providerBody(h offer.Hit, valued bool) ProviderBody {
	p := h.Place
	b := ProviderBody{Unit: p.Unit, Provider: p.Provider, Name: p.Name, Company: p.Company, BusinessID: p.BusinessID, AddressLine: p.AddressLine, Postcode: p.Postcode,
		City: p.City, Municipality: p.Municipality, Areas: append([]string{}, p.Areas...), Languages: append([]string{}, p.Languages...), Phone: p.Phone, Email: p.Email, Website: p.Website}
	if h.Price > 0 {
		b.PriceCents = &h.Price
		if valued {
			b.OwnCents = &h.Own
		}
	}
	return b
}

func (a *API) prices(ctx context.Context, _ *call, in *ServicePath) (*struct{ Body PriceList }, error) {
	x, s, err := a.found(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body PriceList }{PriceList{Prices: []PriceBody{}}}
	for _, c := range s.ContentsOn(x.Day) {
		for offset := 0; ; {
			found, _ := x.Search(offer.Query{Organiser: s.Organiser, Service: s.ID, Content: c.ID, Offset: offset, Limit: 500})
			for _, h := range found.Hits {
				if h.Price > 0 {
					out.Body.Prices = append(out.Body.Prices, PriceBody{h.Place.Unit, h.Place.Provider, c.ID, h.Price})
				}
			}
			if offset += len(found.Hits); len(found.Hits) == 0 || offset >= found.Total {
				break
			}
		}
	}
	return out, nil
}
