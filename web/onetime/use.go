package onetime

import (
	"context"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/event"
	"seteli/domain/onetime"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type useView struct {
	Form     *ui.Form
	Refused  bool
	Why      []string    // the refusal, said large above the form
	Looked   *ui.Summary // what the slip is good for
	Units    []ui.Option // where it may be used, when there is a choice
	ByAmount bool        // the price is asked
}

func sampleUse() useView {
	return useView{Refused: true, Why: []string{"x"}, Looked: &ui.Summary{Rows: []ui.Row{{Key: "x", Value: "x"}}}, Units: []ui.Option{{Value: "1", Text: "x"}}, ByAmount: true}
}

// use takes a number: one press tells what the slip is good for, the next uses it.
func (p *Pages) use(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if !f.Submitted() {
		f.Set("reference", uuid.NewString())
		f.Set("day", r.Today())
	}
	view := useView{Form: f}
	if f.Submitted() {
		slip, err := p.used(r, f, &view)
		switch {
		case err == nil && !f.Refused() && slip != nil:
			return r.SeeOther(w, "/use/"+ui.Digits(slip.Organiser)+"/"+ui.Digits(slip.ID), "")
		case err != nil && !refused(r, f, &view, err):
			return err
		}
	}
	return r.Show(w, f.Status(), "onetime/use", view)
}

// scanned is where the code of the paper leads: the same page with the number filled in and looked at.
func (p *Pages) scanned(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("reference", uuid.NewString())
	f.Set("day", r.Today())
	f.Set("number", r.PathValue("number"))
	view := useView{Form: f}
	n, err := number(r.PathValue("number"))
	if err == nil {
		err = p.look(r, n, nil, &view)
	}
	if err != nil && !refused(r, f, &view, err) {
		return err
	}
	return r.Show(w, f.Status(), "onetime/use", view)
}

// atNumber puts a fault of a number at its field.
func atNumber(err error) error { return fault.On(err, "number") }

// refused puts a refusal on the page: large, and at its field. False for what is not about this slip.
func refused(r *ui.Request, f *ui.Form, view *useView, err error) bool {
	if !f.Take(err) {
		return false
	}
	if fault.CodeOf(err) == "ONP-002" { // several units could be meant: nothing went wrong
		return true
	}
	view.Refused = true
	for _, one := range fault.All(err) {
		args := make([]any, 0, 2*len(one.Values))
		for name, value := range one.Values {
			args = append(args, name, value)
		}
		view.Why = append(view.Why, r.T(one.Key, args...))
	}
	return true
}

// used reads the form, looks at the slip and uses it when that button was pressed; no slip when it was only looked at.
func (p *Pages) used(r *ui.Request, f *ui.Form, view *useView) (*onetime.Slip, error) {
	n, err := number(f.Text("number"))
	day := f.Date("day")
	amount, hasAmount := f.OptionalCents("amount")
	ask := onetime.Ask{Number: n, Day: &day, Reference: f.Text("reference"), Note: f.OptionalText("note"), Source: event.Page}
	if f.Refused() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if hasAmount {
		ask.Amount = &amount
	}
	org, err := p.organiser(r, n)
	if err != nil {
		return nil, err
	}
	ask.Organiser = org
	if f.Value("act") != "use" {
		return nil, p.look(r, n, &day, view)
	}
	if unit := f.Value("unit"); unit != "" {
		if ask.Unit, err = strconv.ParseInt(unit, 10, 64); err != nil {
			return nil, errUnit
		}
	}
	var answer onetime.Answer
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		answer, err = onetime.UseOnce(ctx, tx, r.Actor, ask)
		return err
	})
	if err == nil {
		return &answer.Slip, nil
	}
	if code := fault.CodeOf(err); code == "ONE-008" || code == "ONE-009" { // the questions that the first look would have asked
		if err := p.look(r, n, &day, view); err != nil {
			return nil, err
		}
		if code == "ONE-008" {
			return nil, errUnit
		}
	}
	return nil, err
}

// organiser finds whose the number is. A number that leads nowhere is told like one that is not the company's to use.
func (p *Pages) organiser(r *ui.Request, n ident.VoucherNumber) (int32, error) {
	var org organiser.Organiser
	err := p.DB.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		org, err = organiser.ByPrefix(r.Context(), tx, n.Prefix())
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return 0, errNumber.Because(err)
	}
	return org.ID, err
}

// look puts on the page what the slip is good for.
func (p *Pages) look(r *ui.Request, n ident.VoucherNumber, day *calendar.Date, view *useView) error {
	org, err := p.organiser(r, n)
	if err != nil {
		return err
	}
	var l onetime.Look
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		l, err = onetime.LookAt(ctx, tx, r.Actor, org, n, day)
		return err
	})
	if fault.CodeOf(err) == "ONE-001" {
		return errNumber.Because(err)
	}
	if err != nil {
		return err
	}
	s := ui.Summary{Rows: []ui.Row{{Key: r.T("onetime.service"), Value: l.Service.In(r.Lang)}, {Key: r.T("onetime.good_for"), Value: l.Content.In(r.Lang) + onetime.Times(r.Lang, l.Slip, l.Unit)},
		{Key: r.T("onetime.value"), Value: r.Cents(l.Slip.Value)}, {Key: r.T("onetime.valid"), Value: r.Period(l.Slip.Period)}}}
	view.ByAmount = l.ByAmount
	for _, c := range l.Choices {
		pays := ""
		if !l.ByAmount {
			pays = r.T("onetime.pays", "price", c.Price, "paid", c.Paid, "own", c.Own)
		}
		if len(l.Choices) == 1 && pays != "" {
			s.Rows = append(s.Rows, ui.Row{Key: r.T("onetime.price"), Value: r.Cents(c.Price), Small: pays})
		}
		view.Units = append(view.Units, ui.Option{Value: ui.Digits(c.Unit), Text: c.Name, Hint: pays})
	}
	if len(view.Units) == 1 {
		view.Units = nil
	}
	view.Looked = &s
	return nil
}

type receiptView struct {
	Number, State, Paid, Own string // Own "" = the client pays nothing
	Review                   bool
	Summary                  ui.Summary
}

// receipt is the answer large.
func (p *Pages) receipt(w http.ResponseWriter, r *ui.Request) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	o, err := p.open(r, org)
	if err != nil {
		return err
	}
	view := receiptView{Number: o.Number.Print(), State: "onetime." + string(o.State(r.Today())), Paid: r.Cents(o.Use.Paid), Review: o.Use.Review, Summary: p.summary(r, o)}
	if o.Use.Own > 0 {
		view.Own = r.Cents(o.Use.Own)
	}
	return r.Show(w, http.StatusOK, "onetime/receipt", view)
}
