package economy

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// costView enters costs by hand or from a file.
type costView struct {
	Form   *ui.Form
	Forms  []ui.Option
	Faults *ui.Table
	File   bool
}

var amounts = []string{"staff", "premises", "meals", "materials", "administration", "central", "contract", "fees"}

func sums(c *economy.Costs) map[string]*money.Cents {
	return map[string]*money.Cents{"staff": &c.Staff, "premises": &c.Premises, "meals": &c.Meals, "materials": &c.Materials, "administration": &c.Administration, "central": &c.Central, "contract": &c.Contract, "fees": &c.Fees}
}

func costPage(r *ui.Request, f *ui.Form) costView {
	return costView{Form: f, Forms: []ui.Option{{Value: "own", Text: r.T("economy.form.own")}, {Value: "purchased", Text: r.T("economy.form.purchased")}}}
}

func (p *Pages) cost(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if f.Submitted() {
		c := economy.Costs{Form: economy.Form(f.Choice("form", "own", "purchased")), Over: f.Int("over_months", 0, 10_000_000), Under: f.Int("under_months", 0, 10_000_000), Hours: int64(f.Int("hours", 0, 1_000_000_000)),
			Ending: f.Int("ending", 0, 100), Source: f.Text("source"), SourceDate: f.Date("source_date"), RowVersion: int32(f.Int("row_version", 0, 1_000_000))}
		from, to := f.Month("from"), f.Month("to")
		c.Period = calendar.Period{From: from.Period().From, To: to.Period().To}
		for name, x := range sums(&c) {
			*x, _ = f.OptionalCents(name)
		}
		if f.Value("cost") != "" {
			c.ID = f.ID("cost")
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return economy.Save(ctx, tx, r.Actor, r.Actor.Organiser, c)
			})
			if err == nil {
				year, _ := from.Civil()
				return r.SeeOther(w, "/daycare/economy?year="+strconv.Itoa(year), "economy.cost.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
		return r.Show(w, f.Status(), "economy/cost", costPage(r, f))
	}
	f.Set("row_version", 0)
	if f.Value("cost") != "" {
		if err := p.fillCost(r, f); err != nil {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/cost", costPage(r, f))
}

func (p *Pages) fillCost(r *ui.Request, f *ui.Form) error {
	id := f.ID("cost")
	var list []economy.Costs
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = economy.List(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.ID != id {
			continue
		}
		for name, x := range sums(&c) {
			f.Set(name, *x)
		}
		for name, x := range map[string]any{"form": string(c.Form), "from": calendar.MonthOf(c.Period.From), "to": calendar.MonthOf(c.Period.Last()), "over_months": c.Over, "under_months": c.Under,
			"hours": int(c.Hours), "ending": c.Ending, "source": c.Source, "source_date": c.SourceDate} {
			f.Set(name, x)
		}
		f.Set("row_version", int(c.RowVersion))
		return nil
	}
	return ui.ErrNoPage
}

const largestFile = 1 << 20

var errFile = fault.New(fault.Invalid, "ECO-010", "economy.cost.file_faults").At("file")

// costFile takes costs from a file: all rows or none.
func (p *Pages) costFile(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := costView{Form: f, File: true}
	if f.Submitted() {
		file := f.File("file", largestFile)
		if !f.Refused() {
			list, err := readCosts(r, file)
			if err == nil {
				err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
					for _, c := range list {
						if err := economy.Save(ctx, tx, r.Actor, r.Actor.Organiser, c.Costs); err != nil {
							return inRow(err, c.row)
						}
					}
					return nil
				})
			}
			if err == nil {
				return r.SeeOther(w, "/daycare/economy", "economy.cost.imported", "n", len(list))
			}
			all := fault.All(err)
			if len(all) == 0 {
				return err
			}
			t := ui.Table{Caption: r.T("economy.cost.wrong"), Columns: []ui.Column{{Text: r.T("economy.cost.row"), Numeric: true}, {Text: r.T("economy.cost.column")}, {Text: r.T("economy.cost.what")}}}
			for _, one := range all {
				row := "–"
				if n, ok := one.Values["row"].(int); ok {
					row = strconv.Itoa(n)
				}
				column := one.Field
				if name, ok := one.Values["column"].(string); ok {
					column = name
				}
				t.Rows = append(t.Rows, []ui.Cell{{Text: row, Numeric: true}, {Text: column}, {Text: p.Words.Text(r.Lang, one.Key, one.Values)}})
			}
			f.Refuse(errFile.With("n", len(all)))
			v.Faults = &t
		}
	}
	return r.Show(w, f.Status(), "economy/cost", v)
}

func inRow(err error, row int) error {
	var list fault.List
	for _, one := range fault.All(err) {
		list = append(list, one.With("row", row))
	}
	if len(list) == 0 {
		return err
	}
	return list.Err()
}

type rowOfCosts struct {
	economy.Costs
	row int
}

// columns of the file; headings are those of the form in every language.
func columns(p func(string) []string) []sheet.Column {
	list := []sheet.Column{{Name: "form", Required: true}, {Name: "from", Required: true}, {Name: "to", Required: true}}
	for _, a := range amounts {
		list = append(list, sheet.Column{Name: a, Kind: sheet.Decimal})
	}
	list = append(list, sheet.Column{Name: "over_months", Kind: sheet.Decimal, Required: true}, sheet.Column{Name: "under_months", Kind: sheet.Decimal, Required: true}, sheet.Column{Name: "hours", Kind: sheet.Decimal},
		sheet.Column{Name: "ending", Kind: sheet.Decimal}, sheet.Column{Name: "source", Required: true}, sheet.Column{Name: "source_date", Kind: sheet.Date, Required: true})
	for i := range list {
		list[i].Synonyms = p("economy.cost." + list[i].Name)
	}
	return list
}

var errCell = fault.New(fault.Invalid, "ECO-011", "economy.cost.cell")

func readCosts(r *ui.Request, file ui.Upload) ([]rowOfCosts, error) {
	table, err := sheet.Open(file.Name, bytes.NewReader(file.Data), int64(len(file.Data)), sheet.Limits{Bytes: largestFile, Lines: 2000})
	if err != nil {
		return nil, err
	}
	cols := columns(func(key string) []string { return []string{r.T(key)} })
	match, err := table.Match(cols)
	if err != nil {
		return nil, err
	}
	var out []rowOfCosts
	var list fault.List
	for row := range match.Rows() {
		c := rowOfCosts{row: row.Number}
		bad := func(i int) { list = append(list, errCell.With("row", row.Number).With("column", cols[i].Synonyms[0])) }
		text := func(i int) string {
			if row.Cells[i].Damage != "" {
				bad(i)
			}
			return row.Cells[i].Value
		}
		whole := func(i int) int {
			s := text(i)
			if s == "" {
				return 0
			}
			n, err := strconv.Atoi(s)
			if err != nil {
				bad(i)
			}
			return n
		}
		switch text(0) {
		case "own", r.T("economy.form.own"):
			c.Form = economy.Own
		case "purchased", r.T("economy.form.purchased"):
			c.Form = economy.Purchased
		default:
			bad(0)
		}
		from, errFrom := ui.ParseMonth(text(1))
		to, errTo := ui.ParseMonth(text(2))
		if errFrom != nil {
			bad(1)
		}
		if errTo != nil {
			bad(2)
		}
		c.Period = calendar.Period{From: from.Period().From, To: to.Period().To}
		for k, name := range amounts {
			if s := text(3 + k); s != "" {
				x, err := money.ParseCents(s)
				if err != nil {
					bad(3 + k)
				}
				*sums(&c.Costs)[name] = x
			}
		}
		n := 3 + len(amounts)
		c.Over, c.Under, c.Hours, c.Ending, c.Source = whole(n), whole(n+1), int64(whole(n+2)), whole(n+3), text(n+4)
		day, err := calendar.ParseDate(text(n + 5))
		if err != nil {
			bad(n + 5)
		}
		c.SourceDate = day
		out = append(out, c)
	}
	return out, list.Err()
}
