package guidance

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/client"
	queue "seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type unitsView struct {
	Form  *ui.Form
	Table ui.Table
}

// units shows how full each unit is on a day.
func (p *Pages) units(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("day", r.Today())
	view := unitsView{Form: f, Table: ui.Table{Caption: r.T("guidance.units"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("guidance.unit")}, {Text: r.T("guidance.under"), Numeric: true},
		{Text: r.T("guidance.over"), Numeric: true}, {Text: r.T("guidance.free"), Numeric: true}, {Text: r.T("guidance.waiting")}},
		Empty: ui.Empty{Title: r.T("guidance.units.none"), Text: r.T("guidance.units.none.text"), Links: []ui.Link{{Text: r.T("guidance.unit.add"), Href: r.Path("/guidance/units/new")}}}}}
	day := f.Date("day")
	if f.Refused() {
		return r.Show(w, f.Status(), "guidance/units", view)
	}
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := queue.Fillings(ctx, tx, r.Actor.Organiser, day, nil)
		for _, u := range list {
			have, taken := queue.PlacesOn(u.Places, day), queue.Taken(u.Taken, day)
			small := r.T("family.way." + string(u.Way))
			if !u.Listed {
				small += " · " + r.T("guidance.unlisted")
			}
			view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: u.Name, Small: small, Href: r.Path("/guidance/units/{unit}", u.ID)},
				{Text: r.T("guidance.of", "taken", taken.Under, "places", have.Under), Numeric: true}, {Text: r.T("guidance.of", "taken", taken.Over, "places", have.Over), Numeric: true},
				{Text: ui.Digits(max(0, have.Under-taken.Under) + max(0, have.Over-taken.Over)), Numeric: true}, {Text: r.T("guidance.waiting.show"), Hidden: u.Name, Href: r.Path("/guidance") + "?unit=" + ui.Digits(u.ID)}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "guidance/units", view)
}

type unitView struct {
	Form   *ui.Form
	ID     int64
	Name   string
	Ways   []ui.Option
	Kinds  []ui.Option
	Choose []ui.Option // units of the register, for a new one
	Places ui.Table
}

func (v *unitView) choices(r *ui.Request, rules store.Rules) {
	for _, way := range queue.Ways() {
		v.Ways = append(v.Ways, ui.Option{Value: string(way), Text: r.T("family.way." + string(way))})
	}
	seen := map[string]bool{}
	for _, o := range rules.Profile.Options {
		if !seen[o.PlacementType] {
			seen[o.PlacementType] = true
			v.Kinds = append(v.Kinds, ui.Option{Value: o.PlacementType, Text: kindName(r, rules.Profile, o.PlacementType)})
		}
	}
}

// kindName says a placement type by the needs that it has, because the rules name needs only.
func kindName(r *ui.Request, p profile.Profile, kind string) string {
	var names []string
	for _, o := range p.Options {
		if o.PlacementType == kind {
			names = append(names, o.Names.In(r.Lang))
		}
	}
	if len(names) > 3 {
		names = append(names[:3], "…")
	}
	return strings.Join(names, ", ")
}

func (p *Pages) unitAdd(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := unitView{Form: f}
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		rules, err := store.RulesOn(ctx, tx, r.Actor.Organiser, tx.Today())
		if err != nil {
			return err
		}
		view.choices(r, rules)
		list, err := queue.Candidates(ctx, tx, r.Actor, r.Actor.Organiser)
		for _, u := range list {
			view.Choose = append(view.Choose, ui.Option{Value: ui.Digits(u.ID), Text: u.Name + " (" + u.Company + ")"})
		}
		return err
	})
	if err != nil {
		return err
	}
	f.Set("listed", true)
	f.Set("way", string(queue.ByVoucher))
	if f.Submitted() {
		return p.unitSave(w, r, view, f.ID("unit"))
	}
	return r.Show(w, f.Status(), "guidance/unit", view)
}

func (p *Pages) unitSave(w http.ResponseWriter, r *ui.Request, view unitView, id int64) error {
	f := view.Form
	in := queue.UnitInput{Organiser: r.Actor.Organiser, Unit: queue.Unit{ID: id, Way: queue.Way(f.Choice("way", "own", "purchased", "voucher")), Kind: f.Value("kind"), Listed: f.Bool("listed"),
		About: f.OptionalText("about"), RowVersion: version(f)}}
	if !f.Refused() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error { return queue.SaveUnit(ctx, tx, r.Actor, in) })
		if err == nil {
			return r.SeeOther(w, local(r, r.Path("/guidance/units/{unit}", in.ID)), "guidance.unit.saved")
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), "guidance/unit", view)
}

// filling reads the unit of the address.
func (p *Pages) filling(r *ui.Request, fn func(ctx context.Context, tx *postgres.Tx, u queue.Filling) error) error {
	id, err := r.PathID("unit")
	if err != nil {
		return err
	}
	return r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := queue.Fillings(ctx, tx, r.Actor.Organiser, tx.Today(), []int64{id})
		if err != nil {
			return err
		}
		if len(list) != 1 {
			return ui.ErrNoPage
		}
		return fn(ctx, tx, list[0])
	})
}

func (p *Pages) unit(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := unitView{Form: f}
	err := p.filling(r, func(ctx context.Context, tx *postgres.Tx, u queue.Filling) error {
		rules, err := store.RulesOn(ctx, tx, r.Actor.Organiser, tx.Today())
		view.choices(r, rules)
		view.ID, view.Name = u.ID, u.Name
		f.Set("version", ui.Digits(u.RowVersion))
		f.Set("way", string(u.Way))
		f.Set("kind", u.Kind)
		f.Set("listed", u.Listed)
		f.Set("about", u.About)
		view.Places = ui.Table{Caption: r.T("guidance.places"), Cards: true, Columns: []ui.Column{{Text: r.T("guidance.days")}, {Text: r.T("guidance.under"), Numeric: true}, {Text: r.T("guidance.over"), Numeric: true}},
			Empty: ui.Empty{Title: r.T("guidance.places.none"), Text: r.T("guidance.places.none.text")}}
		for _, x := range u.Rows {
			view.Places.Rows = append(view.Places.Rows, []ui.Cell{{Text: days(r, x.Period), Href: r.Path("/guidance/units/{unit}/places/{places}", u.ID, x.ID)},
				{Text: ui.Digits(x.Under), Numeric: true}, {Text: ui.Digits(x.Over), Numeric: true}})
		}
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		return p.unitSave(w, r, view, view.ID)
	}
	return r.Show(w, f.Status(), "guidance/unit", view)
}

func days(r *ui.Request, p calendar.Period) string {
	if p.To == calendar.Forever {
		return r.T("family.from", "day", p.From)
	}
	return r.Period(p)
}

type placesView struct {
	Form *ui.Form
	Row  int64
	Name string
	Back string
}

// places adds or changes a row of places.
func (p *Pages) places(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := placesView{Form: f}
	in := queue.PlacesInput{Organiser: r.Actor.Organiser}
	err := p.filling(r, func(_ context.Context, tx *postgres.Tx, u queue.Filling) error {
		in.Unit, view.Name, view.Back = u.ID, u.Name, r.Path("/guidance/units/{unit}", u.ID)
		f.Set("from", tx.Today())
		if r.PathValue("places") == "" {
			return nil
		}
		id, err := r.PathID("places")
		i := slices.IndexFunc(u.Rows, func(x queue.PlacesRow) bool { return x.ID == id })
		if err != nil || i < 0 {
			return ui.ErrNoPage
		}
		row := u.Rows[i]
		in.ID, view.Row = row.ID, row.ID
		f.Set("version", ui.Digits(row.RowVersion))
		f.Set("from", row.Period.From)
		if row.Period.To != calendar.Forever {
			f.Set("to", row.Period.Last())
		}
		f.Set("under", ui.Digits(row.Under))
		f.Set("over", ui.Digits(row.Over))
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in.RowVersion, in.Period, in.Under, in.Over = version(f), readPeriod(f), f.Int("under", 0, 10_000), f.Int("over", 0, 10_000)
		in.Remove = f.Value("act") == "remove"
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := queue.SavePlaces(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, view.Back), "guidance.places.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "guidance/places", view)
}

// readPeriod reads first and last day; no last day = for the time being.
func readPeriod(f *ui.Form) calendar.Period {
	p := calendar.Period{From: f.Date("from"), To: calendar.Forever}
	if last, given := f.OptionalDate("to"); given {
		p.To = last + 1
	}
	return p
}

type guardiansView struct {
	Form   *ui.Form
	ID     int64
	Name   string
	Table  ui.Table
	Found  []ui.Option
	Asking bool
}

var errFound = fault.New(fault.Invalid, "GUI-040", "guidance.guardian.found").At("who")

// guardians lists a child's guardians and adds one, found by identity code or name among the clients.
func (p *Pages) guardians(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("client")
	if err != nil {
		return err
	}
	f := r.Input()
	view := guardiansView{Form: f, ID: id, Table: ui.Table{Caption: r.T("family.consents"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("family.consents.name")}, {Text: r.T("guidance.days")}, {Text: r.T("guidance.source")}},
		Empty: ui.Empty{Title: r.T("guidance.guardians.none"), Text: r.T("guidance.guardians.none.text")}}}
	in := queue.Guardian{Of: store.Of{Organiser: r.Actor.Organiser, Child: id}}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := client.Get(ctx, tx, r.Actor, r.Actor.Organiser, id)
		if err != nil {
			return err
		}
		view.Name = c.Name()
		f.Set("from", c.BirthDate)
		f.Set("source", r.T("guidance.source.default"))
		list, err := queue.Guardians(ctx, tx, r.Actor, in.Of)
		for _, g := range list {
			cell := ui.Cell{Text: g.Name, Href: r.Path("/guidance/children/{client}/guardians/{guardian}", id, g.ID)}
			if g.Protected {
				cell.Small = r.T("casework.banned")
			}
			view.Table.Rows = append(view.Table.Rows, []ui.Cell{cell, {Text: days(r, g.Period)}, {Text: g.Source}})
		}
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		if in.Adult, view.Found, err = p.pick(r, "adult", errFound); err != nil {
			return err
		}
		view.Asking = len(view.Found) > 0
		in.Period, in.Source = readPeriod(f), f.OptionalText("source")
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := queue.SaveGuardian(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, r.Path("/guidance/children/{client}", id)), "guidance.guardian.saved")
			}
			if !f.Take(fault.On(err, "who")) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "guidance/guardians", view)
}

// guardianEnd ends a guardianship, or takes out one that was recorded by mistake.
func (p *Pages) guardianEnd(w http.ResponseWriter, r *ui.Request) error {
	child, err := r.PathID("client")
	if err != nil {
		return err
	}
	id, err := r.PathID("guardian")
	if err != nil {
		return err
	}
	f := r.Input()
	v := actView{Form: f, Title: r.T("guidance.guardian.end"), Back: r.Path("/guidance/children/{client}", child), Button: r.T("common.save")}
	var g queue.Guardian
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := queue.Guardians(ctx, tx, r.Actor, store.Of{Organiser: r.Actor.Organiser, Child: child})
		i := slices.IndexFunc(list, func(x queue.Guardian) bool { return x.ID == id })
		if err != nil {
			return err
		}
		if i < 0 {
			return ui.ErrNoPage
		}
		g = list[i]
		v.Name = g.Name
		f.Set("version", ui.Digits(g.RowVersion))
		f.Set("last", tx.Today())
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		if g.Remove = f.Value("act") == "remove"; !g.Remove {
			g.Period.To = f.Date("last") + 1
		}
	}
	return p.act(w, r, &v, "guidance/guardian-end", func(ctx context.Context, tx *postgres.Tx) error {
		g.RowVersion = version(f)
		_, err := queue.SaveGuardian(ctx, tx, r.Actor, g)
		return err
	}, "guidance.guardian.saved")
}
