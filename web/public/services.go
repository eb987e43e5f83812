package public

import (
	"cmp"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/offer"
	"seteli/domain/rulebook"
	"seteli/web/ui"
)

// servicesView is what the organisers of a municipality arrange.
type servicesView struct {
	Form           *ui.Form
	Municipalities []ui.Option
	Chosen         string // name of the municipality
	Groups         []serviceGroup
}

type serviceGroup struct {
	Organiser string
	Services  []serviceRow
}

type serviceRow struct {
	Name, Area, Description string
	Href, Rulebook          string
	Calculator              string
	Places                  int
	Mode                    string // text key of a word about how it is arranged; "" for a voucher
}

func (p *Pages) services(w http.ResponseWriter, r *ui.Request) error {
	x, err := p.Offers.Index(r.Context())
	if err != nil {
		return err
	}
	v := servicesView{Form: r.Input(), Municipalities: []ui.Option{{Text: r.T("public.services.everywhere")}}}
	var options []ui.Option
	for _, code := range x.Municipalities() {
		options = append(options, ui.Option{Value: code, Text: x.MunicipalityName(code, r.Lang)})
	}
	slices.SortFunc(options, func(a, b ui.Option) int { return cmp.Compare(a.Text, b.Text) })
	v.Municipalities = append(v.Municipalities, options...)
	code := v.Form.Value("municipality")
	if i := slices.IndexFunc(options, func(o ui.Option) bool { return o.Value == code }); i >= 0 {
		v.Chosen = options[i].Text
	} else {
		code = ""
	}
	at := map[int32]int{}
	for _, s := range x.Services(code) {
		i, known := at[s.Organiser]
		if !known {
			o, _ := x.Organiser(s.Organiser)
			i = len(v.Groups)
			at[s.Organiser] = i
			v.Groups = append(v.Groups, serviceGroup{Organiser: o.Names.In(r.Lang)})
		}
		v.Groups[i].Services = append(v.Groups[i].Services, rowOf(r, s, x.Day))
	}
	return r.Show(w, http.StatusOK, "public/services", v)
}

func rowOf(r *ui.Request, s offer.Service, day calendar.Date) serviceRow {
	row := serviceRow{Name: s.Names.In(r.Lang), Area: s.Area.In(r.Lang), Description: s.Descriptions.In(r.Lang), Places: s.Places,
		Href: r.Path("/providers?organiser={organiser}&service={service}", s.Organiser, s.ID)}
	if s.Rulebook != 0 {
		row.Rulebook = r.Path("/rulebooks/{organiser}/{service}", s.Organiser, s.ID)
	}
	if len(s.Calculated(day)) > 0 {
		row.Calculator = r.Path("/calculator/{organiser}/{service}", s.Organiser, s.ID)
	}
	if s.Mode != catalogue.Voucher {
		row.Mode = "public.mode." + string(s.Mode)
	}
	return row
}

func sampleServices() servicesView {
	return servicesView{Chosen: "x", Groups: []serviceGroup{{Organiser: "x", Services: []serviceRow{{Name: "x", Href: "x", Rulebook: "x", Calculator: "x", Places: 1, Mode: "public.mode.purchased"}}}}}
}

// unitView is a unit's page.
type unitView struct {
	Name, Company, BusinessID string
	Contact                   ui.Summary
	Description, Lang         string
	Services                  []unitService
}

type unitService struct {
	Name, Organiser string
	Compare         string // address of the comparison
	Rulebook        string
	Prices, Past    ui.Table
	Caption         string
}

func (p *Pages) unit(w http.ResponseWriter, r *ui.Request) error {
	x, err := p.Offers.Index(r.Context())
	if err != nil {
		return err
	}
	place, services, ok := x.Place(number(r.PathValue("unit")))
	if !ok {
		return errUnknown
	}
	history, err := p.Offers.PriceHistory(r.Context(), place.Unit)
	if err != nil {
		return err
	}
	v := unitView{Name: place.Name, Company: place.Company, BusinessID: place.BusinessID, Description: place.Descriptions.In(r.Lang), Contact: contact(r, x, place)}
	if v.Description == place.Descriptions.Fi && r.Lang != "fi" {
		v.Lang = "fi"
	}
	for _, s := range services {
		o, _ := x.Organiser(s.Organiser)
		one := unitService{Name: s.Names.In(r.Lang), Organiser: o.Names.In(r.Lang), Compare: r.Path("/providers?organiser={organiser}&service={service}", s.Organiser, s.ID),
			Prices: unitPrices(r, x, s, place.Unit), Past: pastPrices(r, s, history, x.Day)}
		if s.Rulebook != 0 {
			one.Rulebook = r.Path("/rulebooks/{organiser}/{service}", s.Organiser, s.ID)
		}
		v.Services = append(v.Services, one)
	}
	return r.Show(w, http.StatusOK, "public/unit", v)
}

func contact(r *ui.Request, x *offer.Index, p offer.Place) ui.Summary {
	var s ui.Summary
	add := func(key, value string, link *ui.Link) {
		if value != "" || link != nil {
			s.Rows = append(s.Rows, ui.Row{Key: r.T(key), Value: value, Link: link})
		}
	}
	add("public.unit.company", p.Company+" ("+p.BusinessID+")", nil)
	if p.AddressLine != "" {
		add("public.unit.address", p.AddressLine+", "+p.Postcode+" "+p.City, nil)
	}
	if p.Phone != "" {
		add("public.unit.phone", "", &ui.Link{Text: p.Phone, Href: "tel:" + ui.Dial(p.Phone)})
	}
	if p.Email != "" {
		add("public.unit.email", "", &ui.Link{Text: p.Email, Href: "mailto:" + p.Email})
	}
	add("public.unit.website", p.Website, nil)
	add("public.unit.opening", p.Opening, nil)
	add("public.languages", spokenWords(r, p.Languages), nil)
	add("public.unit.areas", areaWords(r, x, p.Areas), nil)
	return s
}

func unitPrices(r *ui.Request, x *offer.Index, s offer.Service, unit int64) ui.Table {
	t := ui.Table{Caption: r.T("public.unit.prices", "service", s.Names.In(r.Lang)), Cards: true,
		Columns: []ui.Column{{Text: r.T("public.content")}, {Text: r.T("public.price"), Numeric: true}, {Text: r.T("public.value"), Numeric: true}, {Text: r.T("public.own"), Numeric: true}},
		Empty:   ui.Empty{Text: r.T("public.unit.no_prices")}}
	for _, c := range s.Compared(x.Day) {
		price := x.PriceOf(s.Organiser, s.ID, unit, c.ID)
		if price == 0 {
			continue
		}
		value, valued := s.Values[c.ID]
		row := []ui.Cell{{Text: c.Names.In(r.Lang)}, {Text: per(r, price, c.Unit), Numeric: true}, {Text: r.T("public.value.by_decision"), Numeric: true}, {Text: "–", Numeric: true}}
		if valued {
			row[2].Text, row[3].Text = per(r, value, c.Unit), per(r, max(0, price-value), c.Unit)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func pastPrices(r *ui.Request, s offer.Service, history []offer.PastPrice, day calendar.Date) ui.Table {
	t := ui.Table{Caption: r.T("public.unit.history", "service", s.Names.In(r.Lang)), Quiet: true,
		Columns: []ui.Column{{Text: r.T("public.content")}, {Text: r.T("public.unit.valid")}, {Text: r.T("public.price"), Numeric: true}}}
	for _, h := range history {
		c, ok := s.Content(h.Content)
		if !ok || h.Organiser != s.Organiser {
			continue
		}
		cell := ui.Cell{Text: r.Period(h.Period)}
		if h.Period.From > day {
			cell.Small = r.T("public.unit.coming")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Names.In(r.Lang)}, cell, {Text: per(r, h.Price, c.Unit), Numeric: true}})
	}
	return t
}

func sampleUnit() unitView {
	table := ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}}
	return unitView{Name: "x", Company: "x", Description: "x", Services: []unitService{{Name: "x", Compare: "x", Rulebook: "x", Prices: table, Past: table}}}
}

func valuesTable(r *ui.Request, s offer.Service, b rulebook.Rulebook) ui.Table {
	t := ui.Table{Caption: r.T("public.rulebook.values"), Columns: []ui.Column{{Text: r.T("public.content")}, {Text: r.T("public.value"), Numeric: true}}}
	values, err := b.Rules.Value.FlatValues()
	if err != nil {
		return t // another model: the text tells how the value comes about
	}
	for _, v := range values {
		if c, ok := s.Content(v.Content); ok {
			t.Rows = append(t.Rows, []ui.Cell{{Text: c.Names.In(r.Lang)}, {Text: per(r, v.Value, c.Unit), Numeric: true}})
		}
	}
	return t
}

// per writes an amount for one unit: "8,50 €/h".
func per(r *ui.Request, c money.Cents, unit catalogue.Unit) string {
	if unit == catalogue.Euro {
		return r.Cents(c)
	}
	return r.Cents(c) + "/" + r.T("unit."+string(unit)+".short")
}
