package casework

import (
	"context"
	"net/http"

	"seteli/core/money"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// raiseView raises a voucher's value for one client (569/2009, 8 §).
type raiseView struct {
	Form     *ui.Form
	ID       int64
	Number   string
	Contents []ui.Option
	Grounds  []ui.Option
	Forms    []ui.Option
}

func (p *Pages) raise(w http.ResponseWriter, r *ui.Request) error {
	v, s, err := p.open(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("version", ui.Digits(v.RowVersion))
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	view := raiseView{Form: f, ID: v.ID, Number: v.Number.Print(), Contents: []ui.Option{{Value: "", Text: r.T("casework.raise.every")}}}
	for _, l := range v.Lines {
		now := l.Values[len(l.Values)-1]
		view.Contents = append(view.Contents, ui.Option{Value: ui.Digits(l.Content), Text: r.T("casework.change.value", "content", voucherview.Content(s, l).Names.In(r.Lang), "now", now.Cents)})
	}
	for _, g := range voucher.Grounds() {
		view.Grounds = append(view.Grounds, ui.Option{Value: g, Text: r.T("casework.raise.ground." + g)})
	}
	forms := make([]string, 0, len(method.IncreaseForms()))
	for _, form := range method.IncreaseForms() {
		forms = append(forms, string(form))
		view.Forms = append(view.Forms, ui.Option{Value: string(form), Text: r.T("casework.raise.form." + string(form))})
	}
	in := voucher.RaiseInput{Organiser: v.Organiser, Voucher: v.ID}
	if f.Submitted() {
		in.RowVersion, in.Ground, in.Reason, in.Office = version(f), f.Choice("ground", voucher.Grounds()...), f.LongText("reason"), f.Text("office")
		in.Increase.Form = method.IncreaseForm(f.Choice("form", forms...))
		if in.Increase.Form == method.ByPercent {
			in.Increase.Pct = ui.Read(f, "amount", money.ParseRate)
		} else {
			in.Increase.Amount = f.Cents("amount")
		}
		if f.Value("content") != "" {
			in.Content = f.ID("content")
		}
		in.From = f.Date("from")
		if last, given := f.OptionalDate("to"); given {
			in.To = new(last + 1)
		}
	}
	return p.finish(w, r, "casework/raise", view, v, "casework.raised", func(ctx context.Context, tx *postgres.Tx) error {
		_, err := voucher.Raise(ctx, tx, r.Actor, p.Means, in)
		return err
	})
}
