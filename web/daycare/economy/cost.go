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

// costView enters costs by hand.
type costView struct {
	Form  *ui.Form
	Forms []ui.Option
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
			Ending: f.Int("ending", 0, 100), Allocation: f.OptionalText("allocation"), Source: f.Text("source"), SourceDate: f.Date("source_date"), RowVersion: int32(f.Int("row_version", 0, 1_000_000))}
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
			"hours": int(c.Hours), "ending": c.Ending, "allocation": c.Allocation, "source": c.Source, "source_date": c.SourceDate} {
			f.Set(name, x)
		}
		f.Set("row_version", int(c.RowVersion))
		return nil
	}
	return ui.ErrNoPage
}
