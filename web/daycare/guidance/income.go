package guidance

import (
	"context"
	"net/http"
	"strings"

	"seteli/core/money"
	queue "seteli/domain/daycare/guidance"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type incomeView struct {
	Form    *ui.Form
	Name    string
	Told    ui.Summary
	Known   ui.Table
	Sums    []incomeSum
	Kinds   []ui.Option
	Answers []ui.Option
	Back    string
}

// incomeSum is the field of one earner.
type incomeSum struct{ Field, Name string }

// income records what the family told of its income with one confirmation, or answers why not.
func (p *Pages) income(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := incomeView{Form: f}
	var a queue.Application
	var page queue.IncomePage
	err := p.one(r, func(ctx context.Context, tx *postgres.Tx, found queue.Application) (err error) {
		a = found
		if !a.IncomeWaits() {
			return ui.ErrNoPage
		}
		from := a.Start
		if day, err := ui.ParseDate(f.Value("from")); err == nil {
			from = day
		}
		if page, err = queue.ToRecord(ctx, tx, r.Actor, a, from); err != nil {
			return err
		}
		papers, err := queue.Papers(ctx, tx, r.Actor, a)
		view.fill(r, a, page, papers)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		choice := f.Choice("choice", "yes", "no")
		var work func(context.Context, *postgres.Tx) error
		if choice == "no" {
			why := f.OptionalLongText("reason")
			work = func(ctx context.Context, tx *postgres.Tx) error {
				return queue.RefuseIncome(ctx, tx, r.Actor, a.Organiser, a.ID, why)
			}
		} else {
			in := queue.RecordInput{Organiser: a.Organiser, Application: a.ID, Kind: f.Value("kind"), From: f.Date("from"), Replace: f.Bool("replace"), Note: f.Value("note"), Sums: map[int64]money.Cents{}}
			for i, e := range page.Earners {
				in.Sums[e.Member] = f.Cents(view.Sums[i].Field)
			}
			work = func(ctx context.Context, tx *postgres.Tx) error { return queue.RecordIncome(ctx, tx, r.Actor, in) }
		}
		if !f.Refused() {
			err := r.Do(p.DB, work)
			if err == nil {
				return r.SeeOther(w, local(r, view.Back), "guidance.income."+choice+".done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "guidance/income", view)
}

func (v *incomeView) fill(r *ui.Request, a queue.Application, page queue.IncomePage, papers []queue.Paper) {
	f := v.Form
	v.Name, v.Back = a.Child, r.Path(oneApplication, a.ID)
	var names []string
	for _, x := range papers {
		names = append(names, x.Name)
	}
	v.Told = ui.Summary{Rows: []ui.Row{{Key: r.T("guidance.income.told"), Value: r.Cents(*a.Income), Small: r.T("guidance.income.told.small")}, {Key: r.T("guidance.start"), Value: r.Date(a.Start)}}}
	note := r.T("guidance.income.note", "id", ui.Digits(a.ID))
	if len(names) > 0 {
		v.Told.Rows = append(v.Told.Rows, ui.Row{Key: r.T("family.step.papers"), Value: strings.Join(names, ", ")})
		note += " " + r.T("guidance.income.note.papers", "names", strings.Join(names, ", "))
	}
	f.Set("note", note)
	f.Set("from", a.Start)
	f.Set("kind", "earned")
	for i, e := range page.Earners {
		field := "sum" + ui.Digits(i)
		v.Sums = append(v.Sums, incomeSum{field, r.T("guidance.income.sum_of", "name", e.Name)})
		if i == 0 {
			f.Set(field, *a.Income)
		} else {
			f.Set(field, money.Cents(0))
		}
	}
	for _, k := range page.Kinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: k.Code, Text: k.Names.In(r.Lang)})
	}
	v.Known = ui.Table{Caption: r.T("guidance.income.recorded"), Cards: true, Columns: []ui.Column{{Text: r.T("guidance.income.kind")}, {Text: r.T("guidance.income.amount"), Numeric: true}, {Text: r.T("guidance.income.days")}}}
	for _, x := range page.Known {
		kind := x.Kind
		for _, k := range page.Kinds {
			if k.Code == kind {
				kind = k.Names.In(r.Lang)
			}
		}
		v.Known.Rows = append(v.Known.Rows, []ui.Cell{{Text: kind, Small: x.Payer}, r.CentsCell(x.Cents), {Text: r.Date(x.Period.From)}})
	}
	v.Answers = []ui.Option{{Value: "yes", Text: r.T("guidance.income.yes"), Hint: r.T("guidance.income.yes.hint")}, {Value: "no", Text: r.T("guidance.income.no"), Hint: r.T("guidance.income.no.hint")}}
}
