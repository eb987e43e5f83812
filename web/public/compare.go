package public

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/offer"
	"seteli/web/ui"
)

// pageSize is how many units stand on a page of the comparison.
const pageSize = 20

// providersView is the comparison of a service's units.
type providersView struct {
	Form                        *ui.Form
	Organiser, Service          string
	OrganiserID                 int32
	ServiceID                   int64
	Value                       ui.Inset
	Contents, Languages, Areas  []ui.Option
	Folded                      bool // no filter is on: the filter folds on a phone
	Total                       int
	ByOwn                       bool
	SortNeutral, SortOwn, Clear string
	Chips                       []ui.Chip
	Hits                        []hitRow
	Hidden                      []hidden // what the form of the side-by-side page carries on
	Pages                       ui.Pages
	Rulebook, Calculator        string
	Mode                        catalogue.Mode
	Day                         calendar.Date
}

type hidden struct{ Name, Value string }

type hitRow struct {
	Unit                       int64
	Name, Company, Href, Place string
	Price                      *ui.Price
	Languages, Areas           string
}

// asked is the query of the comparison as read from the address.
type asked struct {
	query offer.Query
	own   bool // the value is the person's own voucher's
	typed bool
	unit  catalogue.Unit
}

// ask reads the query. A typed value wins over the own voucher's, and that over the rulebook's.
func (p *Pages) ask(r *ui.Request, x *offer.Index, s offer.Service) (asked, error) {
	f := r.Input()
	a := asked{query: offer.Query{Organiser: s.Organiser, Service: s.ID, Content: number(f.Value("content")), Area: f.Value("area"),
		Text: f.OptionalText("q"), ByOwn: f.Value("sort") == "own", Limit: pageSize}}
	a.query.Languages = r.URL.Query()["language"]
	if contents := s.Compared(x.Day); !slices.ContainsFunc(contents, func(c catalogue.Content) bool { return c.ID == a.query.Content }) && len(contents) > 0 {
		a.query.Content = contents[0].ID
	}
	if c, ok := s.Content(a.query.Content); ok {
		a.unit = c.Unit
	}
	if value, given := f.OptionalCents("value"); given {
		a.query.Value, a.typed = &value, true
	}
	month, given := f.OptionalQuantity("month")
	if given && month > 0 && month <= money.Units(10_000) {
		a.query.Month = month
	}
	if page := number(f.Value("page")); page > 1 && page < 10_000 {
		a.query.Offset = int(page-1) * pageSize
	}
	value, own, err := p.ownValue(r, s.Organiser, s.ID, a.query.Content)
	if err != nil {
		return a, err
	}
	if value != nil && !a.typed {
		a.query.Value, a.own = value, true
		if a.query.Month == 0 {
			a.query.Month = own
		}
	}
	return a, nil
}

func (p *Pages) providers(w http.ResponseWriter, r *ui.Request) error {
	x, s, o, err := p.named(r.Context(), r)
	if err != nil {
		return err
	}
	a, err := p.ask(r, x, s)
	if err != nil {
		return err
	}
	answer, ok := x.Search(a.query)
	if !ok {
		return errUnknown
	}
	v := providersView{Form: r.Input(), Organiser: o.Names.In(r.Lang), Service: s.Names.In(r.Lang), OrganiserID: s.Organiser, ServiceID: s.ID,
		Value: valueInset(r, a, answer), Total: answer.Total, ByOwn: a.query.ByOwn, Mode: s.Mode, Day: x.Day}
	if s.Rulebook != 0 {
		v.Rulebook = r.Path("/rulebooks/{organiser}/{service}", s.Organiser, s.ID)
	}
	if slices.ContainsFunc(s.Calculated(x.Day), func(c catalogue.Content) bool { return c.ID == a.query.Content }) {
		v.Calculator = r.Path("/calculator/{organiser}/{service}", s.Organiser, s.ID) + "?content=" + strconv.FormatInt(a.query.Content, 10)
	}
	v.filters(r, x, s, a)
	for _, h := range answer.Hits {
		v.Hits = append(v.Hits, hitOf(r, x, h, a, answer.Valued))
	}
	v.Pages = pagesOf(r, a.query.Offset, answer.Total)
	return r.Show(w, v.Form.Status(), "public/providers", v)
}

// filters fills the choices of the form, the links of the order, and the active filters.
func (v *providersView) filters(r *ui.Request, x *offer.Index, s offer.Service, a asked) {
	for _, c := range s.Compared(x.Day) {
		v.Contents = append(v.Contents, ui.Option{Value: strconv.FormatInt(c.ID, 10), Text: c.Names.In(r.Lang)})
	}
	v.Form.Set("content", strconv.FormatInt(a.query.Content, 10))
	areas, languages := x.Areas(s.Organiser, s.ID)
	for _, l := range languages {
		v.Languages = append(v.Languages, ui.Option{Value: l, Text: r.T("public.spoken." + l)})
	}
	v.Areas = []ui.Option{{Text: r.T("public.area.any")}}
	for _, code := range areas {
		v.Areas = append(v.Areas, ui.Option{Value: code, Text: x.MunicipalityName(code, r.Lang)})
	}
	slices.SortFunc(v.Areas[1:], func(a, b ui.Option) int { return strings.Compare(a.Text, b.Text) })
	v.SortNeutral, v.SortOwn = with(r, "sort", ""), with(r, "sort", "own")
	v.Clear = r.Path("/providers?organiser={organiser}&service={service}", s.Organiser, s.ID)
	for _, l := range a.query.Languages {
		if slices.Contains(languages, l) {
			v.Chips = append(v.Chips, ui.Chip{Text: r.T("public.spoken." + l), Href: without(r, "language", l)})
		}
	}
	if a.query.Area != "" {
		v.Chips = append(v.Chips, ui.Chip{Text: x.MunicipalityName(a.query.Area, r.Lang), Href: with(r, "area", "")})
	}
	if a.query.Text != "" {
		v.Chips = append(v.Chips, ui.Chip{Text: a.query.Text, Href: with(r, "q", "")})
	}
	v.Folded = len(v.Chips) == 0 && !v.Form.Refused()
	for _, name := range []string{"organiser", "service", "content", "value", "month"} {
		if value := r.URL.Query().Get(name); value != "" {
			v.Hidden = append(v.Hidden, hidden{name, value})
		}
	}
}

// with is this page's address with one value changed ("" = without it), from the first page on.
func with(r *ui.Request, name, value string) string {
	q := r.URL.Query()
	q.Del("page")
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	return r.URL.Path + "?" + q.Encode()
}

func without(r *ui.Request, name, value string) string {
	q := r.URL.Query()
	q.Del("page")
	q[name] = slices.DeleteFunc(q[name], func(s string) bool { return s == value })
	return r.URL.Path + "?" + q.Encode()
}

func pagesOf(r *ui.Request, offset, total int) (p ui.Pages) {
	page := offset/pageSize + 1
	if page > 1 {
		p.Previous = with(r, "", "") + "&page=" + strconv.Itoa(page-1)
	}
	if offset+pageSize < total {
		p.Next = with(r, "", "") + "&page=" + strconv.Itoa(page+1)
	}
	if total > pageSize {
		p.Summary = r.T("public.page", "from", offset+1, "to", min(offset+pageSize, total), "n", total)
	}
	return p
}

// valueInset says which value the own shares are counted with.
func valueInset(r *ui.Request, a asked, answer offer.Answer) ui.Inset {
	key := "rulebook"
	switch {
	case !answer.Valued:
		return ui.Inset{Strong: r.T("public.value.none"), Text: r.T("public.value.none_text")}
	case a.typed:
		key = "typed"
	case a.own:
		key = "own"
	}
	return ui.Inset{Strong: r.T("public.value."+key, "value", per(r, answer.Value, a.unit)), Text: r.T("public.value." + key + "_text")}
}

func hitOf(r *ui.Request, x *offer.Index, h offer.Hit, a asked, valued bool) hitRow {
	row := hitRow{Unit: h.Place.Unit, Name: h.Place.Name, Company: h.Place.Company, Href: r.Path("/providers/{unit}", h.Place.Unit),
		Place: x.MunicipalityName(h.Place.Municipality, r.Lang), Languages: spokenWords(r, h.Place.Languages), Areas: areaWords(r, x, h.Place.Areas)}
	if h.Price > 0 {
		row.Price = priceOf(r, h, a, valued)
	}
	return row
}

// priceOf puts what one pays oneself first; without a value the price stands alone.
func priceOf(r *ui.Request, h offer.Hit, a asked, valued bool) *ui.Price {
	if !valued {
		return &ui.Price{Label: r.T("public.price"), Figure: per(r, h.Price, a.unit)}
	}
	p := &ui.Price{Label: r.T("public.own"), Figure: per(r, h.Own, a.unit), Others: []ui.PricePart{
		{Label: r.T("public.price"), Figure: per(r, h.Price, a.unit)}, {Label: r.T("public.value"), Figure: per(r, -min(h.Price, h.Value), a.unit)}}}
	if h.Own == 0 {
		p.Figure = r.T("public.own.nothing")
	} else if a.query.Month > 0 {
		p.Note = r.T("public.own.month", "amount", h.Month.Own, "units", r.Quantity(a.query.Month, string(a.unit)))
	}
	return p
}

func spokenWords(r *ui.Request, codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = r.T("public.spoken." + c)
	}
	return strings.Join(words, ", ")
}

// areaWords names the first municipalities and counts the rest.
func areaWords(r *ui.Request, x *offer.Index, codes []string) string {
	const most = 6
	var words []string
	for i, c := range codes {
		if i == most {
			words = append(words, r.T("public.area.more", "n", len(codes)-most))
			break
		}
		words = append(words, x.MunicipalityName(c, r.Lang))
	}
	return strings.Join(words, ", ")
}

// compareView puts up to four units side by side.
type compareView struct {
	Service, Organiser, Back string
	Value                    ui.Inset
	Table                    ui.Table
	Alone                    bool // fewer than two were chosen
}

func (p *Pages) compare(w http.ResponseWriter, r *ui.Request) error {
	x, s, o, err := p.named(r.Context(), r)
	if err != nil {
		return err
	}
	a, err := p.ask(r, x, s)
	if err != nil {
		return err
	}
	var units []int64
	for _, u := range r.URL.Query()["compare"] {
		units = append(units, number(u))
	}
	answer, ok := x.Side(a.query, units)
	if !ok {
		return errUnknown
	}
	q := r.URL.Query()
	q.Del("compare")
	v := compareView{Service: s.Names.In(r.Lang), Organiser: o.Names.In(r.Lang), Value: valueInset(r, a, answer), Alone: len(answer.Hits) < 2,
		Back: r.Path("/providers") + "?" + q.Encode(), Table: sideTable(r, x, a, answer)}
	return r.Show(w, http.StatusOK, "public/compare", v)
}

func sideTable(r *ui.Request, x *offer.Index, a asked, answer offer.Answer) ui.Table {
	t := ui.Table{Caption: r.T("public.compare.caption"), Quiet: true, Columns: []ui.Column{{Text: r.T("public.compare.property"), Hidden: true}}}
	row := func(key string, cell func(offer.Hit) ui.Cell) {
		cells := []ui.Cell{{Text: r.T(key)}}
		for _, h := range answer.Hits {
			cells = append(cells, cell(h))
		}
		t.Rows = append(t.Rows, cells)
	}
	for _, h := range answer.Hits {
		t.Columns = append(t.Columns, ui.Column{Text: h.Place.Full()})
	}
	if len(answer.Hits) == 0 {
		return t
	}
	amount := func(c money.Cents, h offer.Hit) ui.Cell {
		if h.Price == 0 {
			return ui.Cell{Text: "–"}
		}
		return ui.Cell{Text: per(r, c, a.unit)}
	}
	if answer.Valued {
		row("public.own", func(h offer.Hit) ui.Cell { return amount(h.Own, h) })
		if a.query.Month > 0 {
			row("public.compare.month", func(h offer.Hit) ui.Cell {
				return ui.Cell{Text: r.Cents(h.Month.Own), Small: r.Quantity(a.query.Month, string(a.unit))}
			})
		}
	}
	row("public.price", func(h offer.Hit) ui.Cell { return amount(h.Price, h) })
	row("public.languages", func(h offer.Hit) ui.Cell { return ui.Cell{Text: spokenWords(r, h.Place.Languages)} })
	row("public.unit.areas", func(h offer.Hit) ui.Cell { return ui.Cell{Text: areaWords(r, x, h.Place.Areas)} })
	row("public.unit.opening", func(h offer.Hit) ui.Cell { return ui.Cell{Text: h.Place.Opening} })
	row("public.unit.phone", func(h offer.Hit) ui.Cell { return ui.Cell{Text: h.Place.Phone} })
	row("public.compare.page", func(h offer.Hit) ui.Cell {
		return ui.Cell{Text: r.T("public.compare.open"), Hidden: h.Place.Name, Href: r.Path("/providers/{unit}", h.Place.Unit)}
	})
	return t
}

// paragraphs parts a text at its empty lines.
func paragraphs(text string) []string {
	var list []string
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return list
}

func sampleProviders() providersView {
	return providersView{Service: "x", Total: 1, SortNeutral: "x", SortOwn: "x", Clear: "x", Rulebook: "x", Calculator: "x", Chips: []ui.Chip{{Text: "x", Href: "y"}}, Hidden: []hidden{{"a", "b"}},
		Languages: []ui.Option{{Value: "fi", Text: "x"}}, Hits: []hitRow{{Unit: 1, Name: "x", Href: "x", Price: &ui.Price{Label: "x", Figure: "y"}}, {Unit: 2, Name: "y", Href: "y"}}}
}

func sampleCompare() compareView {
	return compareView{Service: "x", Back: "x", Alone: true, Table: ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}}}
}
