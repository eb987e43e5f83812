package operator

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

var (
	errNoSuch = fault.New(fault.Invalid, "OPR-002", "operator.serves.unknown").At("municipalities")
	errServed = fault.New(fault.Conflict, "OPR-003", "operator.serves.already").At("municipalities")
)

type serveView struct {
	Form *ui.Form
	Name string
}

// serve adds municipalities to those whom the organiser serves. A county serves twenty of them: they are written as a list of names or
// codes, and all or none are taken.
func (p *Pages) serve(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.named(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("valid_from", r.Today())
	if f.Submitted() {
		written, from := f.LongText("municipalities"), f.Date("valid_from")
		codes, err := p.codes(r, f, written)
		if err != nil {
			return err
		}
		if !f.Refused() {
			period := calendar.Period{From: from, To: calendar.Forever}
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				for _, m := range codes {
					if err := organiser.Serve(ctx, tx, r.Actor, o.ID, m.Code, period); err != nil {
						return aboutMunicipality(err, m.Names.In(r.Lang))
					}
				}
				return nil
			})
			if err == nil {
				return r.SeeOther(w, address(o), "operator.serves.done", "n", len(codes))
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "operator/serves", serveView{f, o.Names.In(r.Lang)})
}

// aboutMunicipality names the municipality that is served already: the form holds many.
func aboutMunicipality(err error, name string) error {
	if list := fault.All(err); len(list) == 1 && list[0].Kind == fault.Conflict {
		return errServed.With("name", name).Because(err)
	}
	return err
}

// codes finds the municipalities that were written, by code or by name in any language; each that is not there is named.
func (p *Pages) codes(r *ui.Request, f *ui.Form, written string) ([]organiser.Municipality, error) {
	var known []organiser.Municipality
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		known, err = organiser.Municipalities(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	codes, unknown := organiser.Named(known, written)
	for _, name := range unknown {
		f.Refuse(errNoSuch.With("name", name))
	}
	return codes, nil
}

type serveEndView struct {
	Form  *ui.Form
	Facts ui.Summary
	ID    int32
}

// serveEnd ends the service of a municipality, as a merger of municipalities does.
func (p *Pages) serveEnd(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.named(r)
	if err != nil {
		return err
	}
	f := r.Input()
	code := f.OptionalText("municipality")
	var serves []organiser.Served
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		serves, err = organiser.Serves(ctx, tx, o.ID)
		return err
	})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(serves, func(s organiser.Served) bool { return s.Municipality == code && s.Period.To == calendar.Forever })
	if i < 0 {
		return ui.ErrNoPage
	}
	if f.Submitted() {
		day := f.Date("last_day")
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return organiser.EndServing(ctx, tx, r.Actor, o.ID, code, day+1)
			})
			if err == nil {
				return r.SeeOther(w, address(o), "operator.serves.ended")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "operator/serves-end", serveEndView{Form: f, ID: o.ID, Facts: ui.Summary{Rows: []ui.Row{
		{Key: r.T("operator.organiser"), Value: o.Names.In(r.Lang)}, {Key: r.T("operator.municipality"), Value: serves[i].Names.In(r.Lang)},
		{Key: r.T("operator.period"), Value: r.Period(serves[i].Period)}}}})
}
