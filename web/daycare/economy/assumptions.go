package economy

import (
	"context"
	"net/http"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/domain/daycare/store"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// assumptionsView is what no register knows.
type assumptionsView struct {
	Form *ui.Form
	Rows []coefficientRow // service needs with the field of their hours
}

func (p *Pages) assumptions(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	var now economy.Assumptions
	var terms store.Terms
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if now, err = economy.Assumed(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		terms, err = store.TermsNow(ctx, tx, r.Actor, r.Actor.Organiser)
		if fault.CodeOf(err) == noRules { // what is asked of service needs is left out
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	v := assumptionsView{Form: f}
	if n := len(terms.Rules); n > 0 {
		for _, o := range terms.Rules[n-1].Profile.Options {
			v.Rows = append(v.Rows, coefficientRow{Code: o.Code, Name: o.Names.In(r.Lang)})
		}
	}
	if !f.Submitted() {
		fillAssumptions(f, now)
		return r.Show(w, http.StatusOK, "economy/assumptions", v)
	}
	a := economy.Assumptions{Hours: map[string]money.Quantity{}, Source: f.Text("source"), SourceDate: f.Date("source_date"), Years: f.Int("years", 0, 60)}
	a.Administration, _ = f.OptionalCents("administration")
	a.PerPlace, _ = f.OptionalCents("per_place")
	a.Rent, _ = f.OptionalCents("rent")
	if x := optionalRate(f, "interest"); x != nil {
		a.Interest = *x
	}
	if f.Value("places") != "" {
		a.Places = f.Int("places", 0, 100_000)
	}
	if f.Value("missing") != "" {
		a.Missing = new(f.Int("missing", 0, 100_000))
	}
	for _, row := range v.Rows {
		if h, given := f.OptionalQuantity("hours." + row.Code); given {
			a.Hours[row.Code] = h
		}
	}
	if !f.Refused() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return economy.Assume(ctx, tx, r.Actor, r.Actor.Organiser, a)
		})
		if err == nil {
			return r.SeeOther(w, "/daycare/economy", "economy.assumption.saved")
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/assumptions", v)
}

func fillAssumptions(f *ui.Form, a economy.Assumptions) {
	if a.Source == "" {
		return
	}
	for name, x := range map[string]any{"source": a.Source, "source_date": a.SourceDate, "administration": a.Administration, "per_place": a.PerPlace, "rent": a.Rent, "interest": a.Interest, "years": a.Years} {
		f.Set(name, x)
	}
	if a.Places > 0 {
		f.Set("places", a.Places)
	}
	if a.Missing != nil {
		f.Set("missing", *a.Missing)
	}
	for code, h := range a.Hours {
		f.Set("hours."+code, h)
	}
}
