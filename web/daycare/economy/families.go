package economy

import (
	"net/http"
	"strconv"

	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// familiesView tells what families pay today, by income, by family and by area, and what units ask.
type familiesView struct {
	Day     string
	Tiles   ui.Tiles
	Tenths  ui.Table
	Types   ui.Table
	Areas   ui.Table
	Prices  ui.Table
	File    string
	Unknown bool // some incomes are not known
}

type familyFigures struct {
	today economy.Today
	asked []economy.Asked
	names map[string]string
}

func (p *Pages) familyFigures(r *ui.Request) (f familyFigures, err error) {
	err = p.DB.Snapshot(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if f.today, err = economy.TodayOf(r.Context(), tx, r.Actor, r.Actor.Organiser, r.Today()); err != nil {
			return err
		}
		if f.asked, err = economy.AskedOn(r.Context(), tx, r.Actor, r.Actor.Organiser, r.Today()); err != nil {
			return err
		}
		f.names, err = namesOrNone(r.Context(), tx, r)
		return err
	})
	return f, err
}

func (p *Pages) families(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.familyFigures(r)
	if err != nil {
		return err
	}
	t := f.today
	v := familiesView{Day: r.Date(r.Today()), Tenths: sharesTable(r, "economy.shares.tenths", r.T("economy.band"), tenthName, t.Tenths), Types: sharesTable(r, "economy.shares.types", r.T("economy.shares.type"), typeName, t.Types),
		Areas: areaShares(r, t.Areas), Prices: askedTable(r, f), File: r.Path("/daycare/economy/families/file.csv")}
	if t.Children >= economy.Least {
		v.Tiles = ui.Tiles{{Label: r.T("economy.shares.children"), Figure: told(r, t.Children)},
			{Label: r.T("economy.shares.zero_tile"), Figure: told(r, t.Zero), Note: ofAll(r, t.Zero, t.Children)},
			{Label: r.T("economy.shares.above_tile"), Figure: told(r, t.Above), Note: ofAll(r, t.Above, t.Children)},
			{Label: r.T("economy.shares.mean_tile"), Figure: r.Cents(mean(t.Own, t.Children))}}
	}
	return r.Show(w, http.StatusOK, "economy/families", v)
}

// ofAll is a share in per cent; nothing where so few would be told.
func ofAll(r *ui.Request, n, of int) string {
	if told(r, n) != told(r, 0) && n < economy.Least {
		return ""
	}
	return r.T("economy.shares.of_all", "percent", money.Fraction(int64(n)*100, int64(of)).Shown(1))
}

func mean(sum money.Cents, n int) money.Cents {
	return money.HalfUpCent.Cents(sum.Exact().Times(money.Fraction(1, int64(max(n, 1)))))
}

// tenthName is a group by income, with its mean: the limits would be somebody's own.
func tenthName(r *ui.Request, list []economy.Share, i int) ui.Cell {
	s, groups := list[i], len(list)
	if list[groups-1].Known == 0 {
		groups--
	}
	switch {
	case s.Known == 0:
		return ui.Cell{Text: r.T("economy.shares.unknown")}
	case groups == 1:
		return ui.Cell{Text: r.T("economy.band.all"), Small: r.T("economy.shares.income", "sum", mean(s.Income, s.Known))}
	}
	c := ui.Cell{Text: r.T("economy.shares.group", "n", i+1, "of", groups), Small: r.T("economy.shares.income", "sum", mean(s.Income, s.Known))}
	if s.Unknown {
		c.Small += "; " + r.T("economy.band.unknown")
	}
	return c
}

func typeName(r *ui.Request, list []economy.Share, i int) ui.Cell {
	if list[i].Rest && len(list) == 1 { // nothing is told apart
		return ui.Cell{Text: r.T("economy.band.all")}
	}
	if list[i].Rest {
		return ui.Cell{Text: r.T("economy.shares.type.rest")}
	}
	return ui.Cell{Text: r.T("economy.shares.type." + list[i].Key)}
}

// shareKeys leave out who pays nothing: their number is told of all, and told of groups too it would give away what few children are hidden.
var shareKeys = []string{"children", "value", "own", "family", "percent"}

// sharesTable tells what families pay a month for a child.
func sharesTable(r *ui.Request, caption, first string, name func(*ui.Request, []economy.Share, int) ui.Cell, list []economy.Share) ui.Table {
	v := ui.Table{Caption: r.T(caption), Cards: true, Dense: true, Columns: []ui.Column{{Text: first}}, Empty: ui.Empty{Text: r.T("economy.shares.none")}}
	for _, key := range shareKeys {
		v.Columns = append(v.Columns, ui.Column{Text: r.T("economy.shares." + key), Numeric: true})
	}
	for i, s := range list {
		v.Rows = append(v.Rows, []ui.Cell{name(r, list, i), countCell(r, s.Children), r.CentsCell(mean(s.Value, s.Children)), r.CentsCell(mean(s.Own, s.Children)),
			r.CentsCell(mean(s.Family, s.Children)), {Text: ofIncome(r, s), Numeric: true}})
	}
	return v
}

// ofIncome is what a family pays for a child out of its income.
func ofIncome(r *ui.Request, s economy.Share) string {
	if s.Known == 0 || s.Income <= 0 {
		return "–"
	}
	share, err := mean(s.Family, s.Children).Exact().Over(mean(s.Income, s.Known).Exact())
	if err != nil {
		return "–"
	}
	return r.T("economy.percent", "n", share.Times(money.Whole(100)).Shown(1))
}

// askedTable tells how prices part between units.
func askedTable(r *ui.Request, f familyFigures) ui.Table {
	t := ui.Table{Caption: r.T("economy.asked_prices"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.parts.option")}, {Text: r.T("economy.asked_prices.units"), Numeric: true}}, Empty: ui.Empty{Text: r.T("economy.register.prices.unknown")}}
	for _, key := range []string{"over", "under", "surcharge"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.asked_prices." + key), Numeric: true})
	}
	spread := func(s economy.Spread) ui.Cell {
		if s.N == 0 {
			return ui.Cell{Text: "–", Numeric: true}
		}
		return ui.Cell{Text: r.Cents(s.Median), Small: r.T("economy.asked_prices.spread", "low", s.Lowest, "high", s.Highest), Numeric: true}
	}
	for _, a := range f.asked {
		t.Rows = append(t.Rows, []ui.Cell{{Text: named(f.names, a.Option)}, {Text: strconv.Itoa(a.Units), Numeric: true}, spread(a.Over), spread(a.Under), spread(a.Surcharge)})
	}
	return t
}

func (p *Pages) familiesFile(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.familyFigures(r)
	if err != nil {
		return err
	}
	headings := []string{r.T("economy.file.part"), r.T("economy.file.row")}
	for _, key := range shareKeys {
		headings = append(headings, r.T("economy.shares."+key))
	}
	var rows [][]any
	add := func(part string, name func(*ui.Request, []economy.Share, int) ui.Cell, list []economy.Share) {
		for i, s := range list {
			c := name(r, list, i)
			rows = append(rows, []any{r.T(part), c.Text + suffix(c.Small), told(r, s.Children), mean(s.Value, s.Children), mean(s.Own, s.Children), mean(s.Family, s.Children), ofIncome(r, s)})
		}
	}
	add("economy.shares.tenths", tenthName, f.today.Tenths)
	add("economy.shares.types", typeName, f.today.Types)
	for _, a := range f.today.Areas {
		rows = append(rows, []any{r.T("economy.shares.areas"), areaName(r, a.Name, a.Rest), told(r, a.Children), nil, mean(a.Own, a.Children), mean(a.Family, a.Children), nil})
	}
	return ui.CSV(w, "varhaiskasvatus-perheiden-maksut.csv", headings, rows)
}

func suffix(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// named is a service need by its code; one that no version of the rules knows keeps its code.
func named(names map[string]string, code string) string {
	if name := names[code]; name != "" {
		return name
	}
	return dash(code)
}
