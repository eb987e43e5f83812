package unit

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// asking is what a unit's price pages are made of.
type asking struct {
	house organiser.Organiser
	terms store.UnitTerms
	units []store.UnitName
	told  []store.Price
}

func (s *Pages) asking(r *ui.Request) (a asking, err error) {
	err = s.at(r, func(ctx context.Context, tx *postgres.Tx, o organiser.Organiser) (err error) {
		a.house = o
		if a.terms, err = store.UnitTermsOn(ctx, tx, r.Actor, o.ID, tx.Today()); err != nil {
			return err
		}
		if a.units, err = store.UnitsToPrice(ctx, tx, r.Actor, o.ID); err != nil {
			return err
		}
		ids := []int64{}
		for _, u := range a.units {
			ids = append(ids, u.ID)
		}
		a.told, err = store.Prices(ctx, tx, r.Actor, o.ID, ids)
		return err
	})
	return a, err
}

// rule says in words what the municipality's price model lets a unit ask.
func (a asking) rule(r *ui.Request) string {
	cap := money.Cents(0)
	if a.terms.Cap != nil {
		cap = *a.terms.Cap
	}
	return r.T("daycareunit.model."+string(a.terms.Model), "cap", cap)
}

// notice says how early a change is told.
func (a asking) notice(r *ui.Request) ui.Inset {
	return ui.Inset{Text: r.T("daycareunit.price.notice", "n", a.terms.PriceNotice, "earliest", a.terms.PriceFrom)}
}

// prices shows by unit and need option what is asked now and from when, and what comes.
func (s *Pages) prices(w http.ResponseWriter, r *ui.Request) error {
	a, err := s.asking(r)
	if err != nil {
		return err
	}
	p := page{Title: r.T("daycareunit.prices"), Caption: a.house.Names.In(r.Lang), Lead: a.rule(r), Links: []ui.Link{{Text: r.T("daycareunit.back"), Href: r.Path(Home)}}}
	if a.terms.PriceNotice > 0 {
		p.Top = append(p.Top, a.notice(r))
	}
	for _, u := range a.units {
		p.Top = append(p.Top, a.table(r, u, a.terms.Options, r.Path(path(a.house.ID, "prices", ui.Digits(u.ID)))))
	}
	if len(a.units) == 0 {
		p.Top = []ui.Component{ui.Empty{Title: r.T("daycareunit.prices.none"), Text: r.T("daycareunit.prices.none.text")}}
	}
	return s.show(w, r, p)
}

func (a asking) table(r *ui.Request, u store.UnitName, options []store.Offered, href string) ui.Table {
	asks := a.terms.Model.NeedsPrice()
	t := ui.Table{Caption: u.Name, Cards: true, Columns: []ui.Column{{Text: r.T("daycareunit.option")}, {Text: r.T("daycareunit.price.from")}}}
	if asks {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("daycareunit.price.over"), Numeric: true}, ui.Column{Text: r.T("daycareunit.price.under"), Numeric: true})
	} else {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("daycareunit.price.surcharge"), Numeric: true})
	}
	for _, o := range options {
		first := ui.Cell{Text: o.Names.In(r.Lang), Small: r.T("daycareunit.price.values", "over", o.Over, "under", o.Under)}
		if href != "" {
			first.Href = href + "?option=" + o.Code
		}
		list := a.of(u.ID, o.Code)
		if len(list) == 0 {
			none := []ui.Cell{first, {Text: r.T("daycareunit.price.none")}, {Text: "–", Numeric: true}}
			if asks {
				none = append(none, ui.Cell{Text: "–", Numeric: true})
			}
			t.Rows = append(t.Rows, none)
		}
		for i, one := range list {
			row := []ui.Cell{first, {Text: r.Date(one.From)}}
			if i > 0 {
				row[0] = ui.Cell{Text: o.Names.In(r.Lang)}
			}
			if one.From > r.Today() {
				row[1].Small = r.T("daycareunit.price.coming")
			}
			if asks {
				row = append(row, r.CentsCell(one.Over), r.CentsCell(one.Under))
			} else {
				row = append(row, r.CentsCell(one.Surcharge))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// of gives the price that holds and those that come.
func (a asking) of(unit int64, option string) (list []store.Price) {
	for _, p := range a.told {
		if p.Unit != unit || p.Option != option {
			continue
		}
		list = append(list, p)
	}
	return list
}

// price tells a unit's price or surcharge from a day on; the domain holds it against the municipality's price model.
func (s *Pages) price(w http.ResponseWriter, r *ui.Request) error {
	a, err := s.asking(r)
	if err != nil {
		return err
	}
	id, err := r.PathID("unit")
	if err != nil {
		return err
	}
	i := slices.IndexFunc(a.units, func(u store.UnitName) bool { return u.ID == id })
	if i < 0 {
		return ui.ErrNoPage
	}
	f := r.Input()
	p := page{Title: r.T("daycareunit.price.new"), Caption: a.units[i].Name + ", " + a.house.Names.In(r.Lang), Ask: "price", Form: f, Asks: a.terms.Model.NeedsPrice(), PriceHint: a.rule(r),
		Links: []ui.Link{{Text: r.T("daycareunit.prices.back"), Href: r.Path(path(a.house.ID, "prices"))}}}
	var codes []string
	for _, o := range a.terms.Options {
		codes = append(codes, o.Code)
		p.Options = append(p.Options, ui.Option{Value: o.Code, Text: o.Names.In(r.Lang)})
	}
	f.Set("option", r.URL.Query().Get("option"))
	first := (calendar.MonthOf(r.Today()) + 1).Period().From
	if a.terms.PriceNotice > 0 {
		p.Top = []ui.Component{a.notice(r)}
		if first < a.terms.PriceFrom {
			first = (calendar.MonthOf(a.terms.PriceFrom-1) + 1).Period().From
		}
	}
	f.Set("from", first)
	if f.Submitted() {
		in := store.Price{Unit: id, Option: f.Choice("option", codes...), From: f.Date("from")}
		if p.Asks {
			in.Over, in.Under = f.Cents("over"), f.Cents("under")
		} else {
			in.Surcharge = f.Cents("surcharge")
		}
		if !f.Refused() {
			err := r.DoIn(s.DB, a.house.ID, func(ctx context.Context, tx *postgres.Tx) error {
				return store.TellPrice(ctx, tx, r.Actor, a.house.ID, in)
			})
			if err == nil {
				return r.SeeOther(w, path(a.house.ID, "prices"), "daycareunit.price.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	if o, ok := a.terms.Option(f.Value("option")); ok {
		p.Bottom = []ui.Component{a.table(r, a.units[i], []store.Offered{o}, "")}
	}
	return s.show(w, r, p)
}
