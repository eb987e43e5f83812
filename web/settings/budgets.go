package settings

import (
	"context"
	"net/http"
	"strconv"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// budgetsView is the budgets of a year, one field per service.
type budgetsView struct {
	Form  *ui.Form
	Year  int
	Rows  []budgetRow
	Total money.Cents
	Years []ui.Link
}

// budgetRow is one service's budget.
type budgetRow struct {
	Service      int64
	Name, Source string
	RowVersion   int
	Before       *money.Cents
}

// Field names the field of the amount, Version the hidden field beside it.
func (b budgetRow) Field() string { return "amount." + ui.Digits(b.Service) }

// Version names the hidden field that tells which budget the page showed.
func (b budgetRow) Version() string { return "version." + ui.Digits(b.Service) }

func sampleBudgets() budgetsView {
	return budgetsView{Year: 2026, Rows: []budgetRow{{Service: 1, Name: "Kotihoito"}}, Years: []ui.Link{{Text: "2027", Href: "?year=2027"}}}
}

func (p *Pages) budgets(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	year, err := strconv.Atoi(f.Value("year"))
	if err != nil || year < 2000 || year > 2200 {
		year, _, _ = r.Today().Civil()
	}
	rows, total, err := p.budgetRows(r, year)
	if err != nil {
		return err
	}
	if f.Submitted() {
		changed := readBudgets(r, f, rows, year)
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				for _, in := range changed {
					if err := organiser.SetBudget(ctx, tx, r.Actor, in); err != nil {
						return err
					}
				}
				return nil
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/budgets?year="+strconv.Itoa(year), "settings.budgets.saved", "n", len(changed))
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	v := budgetsView{Form: f, Year: year, Rows: rows, Total: total}
	for _, y := range []int{year - 1, year + 1} {
		v.Years = append(v.Years, ui.Link{Text: strconv.Itoa(y), Href: r.Path("/settings/budgets") + "?year=" + strconv.Itoa(y)})
	}
	for _, row := range rows {
		if row.Before != nil {
			f.Set(row.Field(), *row.Before)
		}
		f.Set(row.Version(), row.RowVersion)
	}
	return p.Site.Show(w, r, f.Status(), "settings/budgets", v)
}

func (p *Pages) budgetRows(r *ui.Request, year int) (rows []budgetRow, total money.Cents, err error) {
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		if err != nil {
			return err
		}
		budgets, err := organiser.Budgets(ctx, tx, r.Actor.Organiser, year)
		if err != nil {
			return err
		}
		of := map[int64]organiser.Budget{}
		for _, b := range budgets {
			of[b.Service] = b
			total += b.Amount
		}
		for _, s := range services {
			row := budgetRow{Service: s.ID, Name: s.Names.In(r.Lang)}
			if b, ok := of[s.ID]; ok {
				row.Before, row.RowVersion, row.Source = &b.Amount, b.RowVersion, r.T("settings.budgets.set_by", "who", b.SetBy)
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, total, err
}

// readBudgets gives the budgets that were changed on the page; an emptied field leaves the budget as it is.
func readBudgets(r *ui.Request, f *ui.Form, rows []budgetRow, year int) (changed []organiser.BudgetInput) {
	for _, row := range rows {
		amount, given := f.OptionalCents(row.Field())
		if !given || row.Before != nil && *row.Before == amount {
			continue
		}
		version := f.Int(row.Version(), 0, 1_000_000)
		changed = append(changed, organiser.BudgetInput{Organiser: r.Actor.Organiser, Service: row.Service, Year: year, Amount: amount, RowVersion: version})
	}
	return changed
}
