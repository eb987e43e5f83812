package warehouse

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/money"
	"seteli/domain/daycare/varda"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// connectionView is the connection with the units and need options beside it.
type connectionView struct {
	Form  *ui.Form
	Old   bool      // a password is kept
	Held  *ui.Inset // the warehouse does not take the user or the password
	Units ui.Table
}

func (p *Pages) connection(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	var old varda.Connection
	var units []varda.Placed
	var runs []varda.Past
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if old, err = varda.ConnectionOf(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		if runs, err = varda.Runs(ctx, tx, r.Actor, r.Actor.Organiser, 1); err != nil {
			return err
		}
		units, err = varda.PlacedUnits(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		c := varda.Connection{Address: f.OptionalText("address"), Source: f.OptionalText("source"), Owner: f.OptionalText("owner"), User: f.OptionalText("user"), Active: f.Bool("active"),
			RowVersion: int32(f.Int("row_version", 0, 1_000_000))}
		if f.Value("daily_most") != "" {
			c.DailyMost = f.Int("daily_most", 1, 1_000_000)
		}
		password := ""
		if f.Value("password") != "" {
			password = f.Password("password")
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return varda.SetConnection(ctx, tx, r.Actor, p.Keys, r.Actor.Organiser, c, password)
			})
			if err == nil {
				return r.SeeOther(w, settings, "varda.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	f.Set("address", old.Address)
	f.Set("source", old.Source)
	f.Set("owner", old.Owner)
	f.Set("user", old.User)
	f.Set("active", old.Active)
	f.Set("row_version", old.RowVersion)
	if old.DailyMost > 0 {
		f.Set("daily_most", old.DailyMost)
	}
	v := connectionView{Form: f, Old: old.RowVersion > 0, Units: unitsTable(r, units)}
	if len(runs) > 0 && runs[0].Told.Held == varda.KeyRefuse {
		v.Held = held(r, runs)
	}
	return r.Show(w, f.Status(), "varda/connection", v)
}

func unitsTable(r *ui.Request, list []varda.Placed) ui.Table {
	t := ui.Table{Caption: r.T("varda.units"), Cards: true, Columns: []ui.Column{{Text: r.T("varda.unit.name")}, {Text: r.T("varda.unit.oid")}, {Text: r.T("varda.unit.producer")}, {Text: r.T("varda.unit.agreed")}},
		Empty: ui.Empty{Title: r.T("varda.units.none"), Text: r.T("varda.units.none_text")}}
	for _, u := range list {
		agreed := r.T("varda.no")
		if u.Agreed {
			agreed = r.T("varda.yes")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: u.Name, Href: r.Path(settings + "/units/" + ui.Digits(u.ID))}, {Text: orDash(u.OID)}, {Text: orDash(u.Producer)}, {Text: agreed}})
	}
	return t
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

type unitView struct {
	Form *ui.Form
	Name string
	Back string
}

// unit is the page of a unit for the main user, who comes from the settings.
func (p *Pages) unit(w http.ResponseWriter, r *ui.Request) error { return p.unitFrom(w, r, settings) }

// unitTask is the same page for whoever has the task of a refused child.
func (p *Pages) unitTask(w http.ResponseWriter, r *ui.Request) error { return p.unitFrom(w, r, root) }

func (p *Pages) unitFrom(w http.ResponseWriter, r *ui.Request, back string) error {
	id, err := r.PathID("unit")
	if err != nil {
		return err
	}
	var unit varda.Placed
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := varda.PlacedUnits(ctx, tx, r.Actor, r.Actor.Organiser)
		for _, u := range list {
			if u.ID == id {
				unit = u
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if unit.ID == 0 {
		return errUnit
	}
	f := r.Input()
	if f.Submitted() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return varda.SetUnit(ctx, tx, r.Actor, r.Actor.Organiser, id, varda.Unit{OID: f.OptionalText("unit_oid"), Producer: f.OptionalText("producer_oid"), Agreed: f.Bool("agreed")})
		})
		if err == nil {
			return r.SeeOther(w, back, "varda.saved")
		}
		if !f.Take(err) {
			return err
		}
	}
	f.Set("unit_oid", unit.OID)
	f.Set("producer_oid", unit.Producer)
	f.Set("agreed", unit.Agreed)
	return r.Show(w, f.Status(), "varda/unit", unitView{Form: f, Name: unit.Name, Back: r.Path(back)})
}

// optionsView is the weekly hours of every need option on one form.
type optionsView struct {
	Form    *ui.Form
	Options []optionField
}

type optionField struct {
	Form       *ui.Form
	Code, Name string
}

// Hours is the name of the field of an option's hours, Daily of its tick.
func (o optionField) Hours() string { return "hours." + o.Code }

// Shift is the name of the tick that care is given in shifts.
func (o optionField) Shift() string { return "shift." + o.Code }

// Daily is the name of the tick that care is given on every day that the unit is open.
func (o optionField) Daily() string { return "daily." + o.Code }

func (p *Pages) options(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	var list []optionField
	var known varda.Settings
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = needOptions(ctx, tx, r); err != nil {
			return err
		}
		known, err = varda.SettingsOf(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		chosen := map[string]varda.Option{}
		for _, o := range list {
			if hours, told := f.OptionalQuantity(o.Hours()); told { // an empty one is left as it is
				chosen[o.Code] = varda.Option{Hours: tenths(hours), Daily: f.Bool(o.Daily()), Shift: f.Bool(o.Shift())}
			}
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				for _, o := range list {
					c, told := chosen[o.Code]
					if !told || known.Options[o.Code] == c {
						continue
					}
					if err := varda.SetOption(ctx, tx, r.Actor, r.Actor.Organiser, o.Code, c); err != nil {
						return err
					}
				}
				return nil
			})
			if err == nil {
				return r.SeeOther(w, settings, "varda.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	for i, o := range list {
		list[i].Form = f
		if k, ok := known.Options[o.Code]; ok {
			f.Set(o.Hours(), hoursText(k.Hours, r.T("varda.decimal")))
			f.Set(o.Daily(), k.Daily)
			f.Set(o.Shift(), k.Shift)
		}
	}
	return r.Show(w, f.Status(), "varda/options", optionsView{f, list})
}

// tenths of an hour, the nearest: quantities are thirds of thousandths.
func tenths(q money.Quantity) varda.Tenths {
	return varda.Tenths((q*10 + money.Units(1)/2) / money.Units(1))
}

func hoursText(t varda.Tenths, decimal string) string {
	whole := strconv.Itoa(int(t / 10))
	if t%10 == 0 {
		return whole
	}
	return strings.Join([]string{whole, strconv.Itoa(int(t % 10))}, decimal)
}
