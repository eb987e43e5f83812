package economy

import (
	"context"
	"net/http"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// partsView parts the year's voucher places by age, service need, area and month, beside own and purchased ones where those can be told.
type partsView struct {
	Year    int
	Years   []ui.Link
	Age     ui.Table
	Option  ui.Table
	Area    ui.Table
	Month   ui.Table
	File    string
	NoHours bool
}

type partFigures struct {
	figures
	parts economy.Parts
	names map[string]string
}

func (p *Pages) partFigures(r *ui.Request) (f partFigures, err error) {
	if f.figures, err = p.figures(r); err != nil {
		return f, err
	}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if f.parts, err = economy.PartsOf(ctx, tx, r.Actor, r.Actor.Organiser, f.year, f.assumed); err != nil {
			return err
		}
		f.names, err = namesOrNone(ctx, tx, r)
		return err
	})
	return f, err
}

func (p *Pages) parts(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.partFigures(r)
	if err != nil {
		return err
	}
	year, _ := yearOf(r)
	v := partsView{Year: year, Years: beside(r, "/daycare/economy/parts", year), Age: ageTable(r, f), Option: partsTable(r, f, "option", f.parts.Option), Area: partsTable(r, f, "area", f.parts.Area),
		Month: monthTable(r, f), NoHours: len(f.assumed.Hours) == 0, File: r.Path("/daycare/economy/parts/file.csv") + "?year=" + strconv.Itoa(year)}
	return r.Show(w, http.StatusOK, "economy/parts", v)
}

var partKeys = []string{"children_count", "costs.months", "costs.net", "costs.per_month", "costs.weighted", "costs.marginal", "costs.hour", "costs.ending_hour"}

func partName(r *ui.Request, f partFigures, way string, x economy.Part, of int) string {
	switch {
	case x.Rest && of == 1: // nothing is told apart
		return r.T("economy.band.all")
	case x.Rest && (way == "area"):
		return r.T("economy.area.rest")
	case x.Rest:
		return r.T("economy.parts.rest")
	case way == "option":
		return named(f.names, x.Key)
	case way == "area":
		return areaName(r, x.Key, false)
	case way == "age":
		return r.T("economy.parts.age." + x.Key)
	}
	day, err := calendar.ParseDate(x.Key)
	if err != nil {
		return x.Key
	}
	y, month := calendar.MonthOf(day).Civil()
	return r.T("economy.parts.month_name", "month", int(month), "year", ui.Digits(y))
}

// partsTable tells what voucher places cost by what they have in common.
func partsTable(r *ui.Request, f partFigures, way string, list []economy.Part) ui.Table {
	t := ui.Table{Caption: r.T("economy.parts.by_" + way), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("economy.parts." + way)}}, Empty: ui.Empty{Text: r.T("economy.parts.none")}}
	for _, key := range partKeys {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy." + key), Numeric: true})
	}
	for _, x := range list {
		s := x.Side
		t.Rows = append(t.Rows, []ui.Cell{{Text: partName(r, f, way, x, len(list))}, countCell(r, x.Children), {Text: r.T("economy.number", "n", s.Months.Plain().Shown(1)), Numeric: true}, r.CentsCell(s.Net()),
			orDash(r, s.PerMonth), orDash(r, s.Weighted), orDash(r, s.Marginal), orDash(r, s.PerHour), orDash(r, s.EndingHour)})
	}
	return t
}

// ageTable puts the month of a child of each age beside each other in all forms: own and purchased costs are parted by what a place of the
// age takes.
func ageTable(r *ui.Request, f partFigures) ui.Table {
	t := ui.Table{Caption: r.T("economy.parts.by_age"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.parts.age")}}, Empty: ui.Empty{Text: r.T("economy.parts.none")}}
	forms := []economy.Form{economy.Own, economy.Purchased, economy.Voucher}
	for _, form := range forms {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.form." + string(form)), Numeric: true})
	}
	any := false
	for _, age := range []string{"over", "under"} {
		row := []ui.Cell{{Text: r.T("economy.parts.age." + age)}}
		for _, form := range forms {
			average, marginal := f.byAge(form, age == "under")
			any = any || average != nil
			row = append(row, withEnding(r, average, marginal))
		}
		t.Rows = append(t.Rows, row)
	}
	if !any {
		t.Rows = nil
	}
	if f.voucher.Rows > 0 {
		t.Empty.Text = r.T("economy.parts.few")
	}
	return t
}

// byAge is the month of a child of an age in a form.
func (f partFigures) byAge(form economy.Form, under bool) (average, marginal *money.Cents) {
	if form == economy.Voucher {
		for _, x := range f.parts.Age {
			if !x.Rest && (x.Key == "under") == under {
				return x.Side.PerMonth, x.Side.MarginalMonth()
			}
		}
		return nil, nil
	}
	if s := f.of(form); s != nil {
		return s.OfAge(s.Weighted, under), s.OfAge(s.Marginal, under)
	}
	return nil, nil
}

// monthTable puts the voucher places of each month beside own places where their costs are entered month by month.
func monthTable(r *ui.Request, f partFigures) ui.Table {
	t := partsTable(r, f, "month", f.parts.Month)
	t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.parts.own_weighted"), Numeric: true})
	for i, x := range f.parts.Month {
		t.Rows[i] = append(t.Rows[i], orDash(r, f.ownIn(x)))
	}
	return t
}

// ownIn is the weighted month of an own place in the entered period that holds a month.
func (f partFigures) ownIn(x economy.Part) *money.Cents {
	day, err := calendar.ParseDate(x.Key)
	for _, c := range f.costs {
		if err == nil && c.Form == economy.Own && c.Period.Contains(day) {
			return c.Side().Weighted
		}
	}
	return nil
}

func (p *Pages) partsFile(w http.ResponseWriter, r *ui.Request) error {
	f, err := p.partFigures(r)
	if err != nil {
		return err
	}
	headings := []string{r.T("economy.file.part"), r.T("economy.file.row")}
	for _, key := range partKeys {
		headings = append(headings, r.T("economy."+key))
	}
	var rows [][]any
	for _, way := range []struct {
		name string
		list []economy.Part
	}{{"age", f.parts.Age}, {"option", f.parts.Option}, {"area", f.parts.Area}, {"month", f.parts.Month}} {
		for _, x := range way.list {
			s := x.Side
			rows = append(rows, []any{r.T("economy.parts.by_" + way.name), partName(r, f, way.name, x, len(way.list)), told(r, x.Children), figure(s.Months.Plain()), s.Net(), value(s.PerMonth), value(s.Weighted), value(s.Marginal), value(s.PerHour), value(s.EndingHour)})
		}
	}
	return ui.CSV(w, "varhaiskasvatus-kustannukset-tarkemmin.csv", headings, rows)
}
