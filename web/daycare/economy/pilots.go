package economy

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// pilotsView lists pilots.
type pilotsView struct {
	MayEdit bool
	Table   ui.Table
}

// pilotEditView writes a plan.
type pilotEditView struct {
	Form    *ui.Form
	ID      int64 // 0 = a new one
	Units   []ui.Option
	Aspects []aspectRow
	Ways    []ui.Option
}

// aspectRow is what a pilot may be judged by, with the names of its fields.
type aspectRow struct{ Name, Unit, Direction, Target, Note string }

// pilotView is a pilot with its figures on one page that prints, and the decision.
type pilotView struct {
	Form     *ui.Form
	ID       int64
	Name     string
	Plan     ui.Summary
	Table    ui.Table
	Decision ui.Summary
	MayEdit  bool // somebody may still change it or decide of it
	Verdicts []ui.Option
	File     string
}

func (p *Pages) pilots(w http.ResponseWriter, r *ui.Request) error {
	var list []economy.Pilot
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = economy.Pilots(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	v := pilotsView{MayEdit: r.Actor.Can(access.BudgetEdit), Table: ui.Table{Caption: r.T("economy.pilot.title"), Quiet: true, Cards: true,
		Columns: []ui.Column{{Text: r.T("economy.name")}, {Text: r.T("economy.pilot.period")}, {Text: r.T("economy.pilot.units")}, {Text: r.T("economy.pilot.decision")}},
		Empty:   ui.Empty{Title: r.T("economy.pilot.empty"), Text: r.T("economy.pilot.empty_text")}}}
	for _, x := range list {
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: x.Name, Href: r.Path("/daycare/economy/pilots/{pilot}", x.ID), Small: x.MadeBy}, {Text: r.Period(x.Plan.Period)}, {Text: strconv.Itoa(len(x.Plan.Units))}, verdictCell(r, x)})
	}
	return r.Show(w, http.StatusOK, "economy/pilots", v)
}

func verdictCell(r *ui.Request, x economy.Pilot) ui.Cell {
	if x.Decision == "" {
		return ui.Cell{Text: "–"}
	}
	return ui.Cell{Text: r.T("economy.pilot.verdict." + x.Decision), Small: r.Date(*x.DecidedOn)}
}

// pilotEdit writes a new pilot or changes the plan of one.
func (p *Pages) pilotEdit(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := pilotEditView{Form: f}
	if f.Value("pilot") != "" {
		v.ID = f.ID("pilot")
	}
	var stands economy.Pilot
	var units []economy.PilotUnit
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if v.ID != 0 {
			if stands, err = economy.PilotOf(ctx, tx, r.Actor, r.Actor.Organiser, v.ID); err != nil {
				return err
			}
		}
		units, err = economy.PilotUnits(ctx, tx, r.Actor, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	var ids []string
	for _, u := range units {
		ids = append(ids, ui.Digits(u.ID))
		v.Units = append(v.Units, ui.Option{Value: ui.Digits(u.ID), Text: u.Name, Hint: u.Area})
	}
	v.Ways = []ui.Option{{Value: "", Text: r.T("economy.pilot.not_followed")}, {Value: string(economy.Up), Text: r.T("economy.pilot.up")}, {Value: string(economy.Down), Text: r.T("economy.pilot.down")}}
	for _, a := range economy.Aspects() {
		v.Aspects = append(v.Aspects, aspectRow{r.T("economy.pilot.aspect." + string(a)), aspectUnit(a), "direction." + string(a), "target." + string(a), "note." + string(a)})
	}
	if !f.Submitted() {
		fillPilot(f, stands)
		return r.Show(w, http.StatusOK, "economy/pilot-edit", v)
	}
	x := readPilot(f, ids)
	x.ID = v.ID
	if !f.Refused() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
			x.ID, err = economy.SavePilot(ctx, tx, r.Actor, r.Actor.Organiser, x)
			return err
		})
		if err == nil {
			return r.SeeOther(w, "/daycare/economy/pilots/"+ui.Digits(x.ID), "economy.pilot.saved")
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/pilot-edit", v)
}

// readPilot reads a plan; the periods are whole days, both ends told.
func readPilot(f *ui.Form, units []string) economy.Pilot {
	x := economy.Pilot{Name: f.Text("name"), RowVersion: int32(f.Int("row_version", 0, 1_000_000))}
	for _, id := range f.Choices("units", units...) {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			x.Plan.Units = append(x.Plan.Units, n)
		}
	}
	x.Plan.Period = calendar.Period{From: f.Date("from"), To: f.Date("to") + 1}
	x.Plan.Base = calendar.Period{From: f.Date("base_from"), To: f.Date("base_to") + 1}
	for _, a := range economy.Aspects() {
		way := f.Value("direction." + string(a))
		if way == "" {
			continue
		}
		x.Plan.Targets = append(x.Plan.Targets, economy.Target{Aspect: a, Direction: economy.Direction(way), Value: optionalRate(f, "target."+string(a)), Note: f.OptionalText("note." + string(a))})
	}
	return x
}

func fillPilot(f *ui.Form, x economy.Pilot) {
	f.Set("row_version", int(x.RowVersion))
	if x.ID == 0 {
		return
	}
	f.Set("name", x.Name)
	var units []string
	for _, id := range x.Plan.Units {
		units = append(units, ui.Digits(id))
	}
	f.Set("units", units)
	for name, day := range map[string]calendar.Date{"from": x.Plan.Period.From, "to": x.Plan.Period.Last(), "base_from": x.Plan.Base.From, "base_to": x.Plan.Base.Last()} {
		f.Set(name, day)
	}
	for _, t := range x.Plan.Targets {
		f.Set("direction."+string(t.Aspect), string(t.Direction))
		f.Set("note."+string(t.Aspect), t.Note)
		if t.Value != nil {
			f.Set("target."+string(t.Aspect), *t.Value)
		}
	}
}

// aspectUnit is the key of what a target is counted in; "" = pieces.
func aspectUnit(a economy.Aspect) string {
	switch a.Measure() {
	case economy.Percent:
		return "economy.unit.percent"
	case economy.Days:
		return "economy.pilot.days_unit"
	case economy.Number:
		return ""
	}
	return "economy.unit.euro"
}

// readsPilot reads a pilot with its figures: those of the decision, or those of today.
func (p *Pages) readsPilot(r *ui.Request) (x economy.Pilot, units []economy.PilotUnit, err error) {
	id, err := r.PathID("pilot")
	if err != nil {
		return x, nil, err
	}
	err = p.DB.Snapshot(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if x, err = economy.PilotOf(r.Context(), tx, r.Actor, r.Actor.Organiser, id); err != nil {
			return err
		}
		if units, err = economy.PilotUnits(r.Context(), tx, r.Actor, r.Actor.Organiser); err != nil || x.Decision != "" {
			return err
		}
		x.Result, err = economy.Measured(r.Context(), tx, r.Actor, r.Actor.Organiser, x.Plan)
		return err
	})
	return x, units, err
}

func (p *Pages) pilot(w http.ResponseWriter, r *ui.Request) error {
	x, units, err := p.readsPilot(r)
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "economy/pilot", pilotPage(r, r.Input(), x, units))
}

func pilotPage(r *ui.Request, f *ui.Form, x economy.Pilot, units []economy.PilotUnit) pilotView {
	v := pilotView{Form: f, ID: x.ID, Name: x.Name, Table: pilotTable(r, x), MayEdit: r.Actor.Can(access.BudgetEdit) && x.Decision == "", File: r.Path("/daycare/economy/pilots/{pilot}/file.csv", x.ID)}
	names := ""
	for _, u := range units {
		if slices.Contains(x.Plan.Units, u.ID) {
			if names != "" {
				names += ", "
			}
			names += u.Name
		}
	}
	v.Plan = ui.Summary{Title: r.T("economy.pilot.plan"), Rows: []ui.Row{{Key: r.T("economy.pilot.units"), Value: names, Small: r.T("economy.pilot.compared", "n", len(units)-len(x.Plan.Units))},
		{Key: r.T("economy.pilot.period"), Value: r.Period(x.Plan.Period)}, {Key: r.T("economy.pilot.base"), Value: r.Period(x.Plan.Base)}}}
	if x.Decision != "" {
		v.Decision = ui.Summary{Title: r.T("economy.pilot.decision"), Rows: []ui.Row{{Key: r.T("economy.pilot.decision"), Value: r.T("economy.pilot.verdict." + x.Decision), Small: r.Date(*x.DecidedOn)},
			{Key: r.T("economy.pilot.reason"), Value: x.Reason}, {Key: r.T("economy.register.written"), Value: r.T("economy.at", "at", *x.DecidedAt), Small: x.DecidedBy}}}
	}
	for _, verdict := range economy.Verdicts() {
		v.Verdicts = append(v.Verdicts, ui.Option{Value: verdict, Text: r.T("economy.pilot.verdict." + verdict)})
	}
	f.Set("row_version", int(x.RowVersion))
	return v
}

// pilotFigure writes a figure of an aspect.
func pilotFigure(r *ui.Request, a economy.Aspect, x economy.PilotFigure) string {
	if x == nil {
		return "–"
	}
	switch a.Measure() {
	case economy.Percent:
		return r.T("economy.percent", "n", *x)
	case economy.Days:
		return r.T("economy.pilot.days_of", "n", *x)
	case economy.Number:
		return r.T("economy.number", "n", *x)
	}
	return r.Cents(money.HalfUpCent.Cents(x.Exact()))
}

func targetText(r *ui.Request, t economy.Target) string {
	if t.Value == nil {
		return r.T("economy.pilot." + string(t.Direction))
	}
	return r.T("economy.pilot.target_"+string(t.Direction), "value", pilotFigure(r, t.Aspect, t.Value))
}

func gained(r *ui.Request, x economy.PilotRow) string {
	switch {
	case x.TargetGained == nil:
		return r.T("economy.level.unknown")
	case *x.TargetGained:
		return r.T("economy.pilot.gained")
	}
	return r.T("economy.pilot.not_gained")
}

var pilotKeys = []string{"aspect", "base", "pilot", "others_base", "others_pilot", "difference", "target", "note"}

// pilotTable has each aspect before and in the pilot, beside the others.
func pilotTable(r *ui.Request, x economy.Pilot) ui.Table {
	t := ui.Table{Caption: r.T("economy.pilot.result"), Cards: true, Dense: true}
	for i, key := range pilotKeys {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.pilot.column." + key), Numeric: i > 0 && i < 6})
	}
	for _, row := range x.Result {
		cells := []ui.Cell{{Text: r.T("economy.pilot.aspect." + string(row.Aspect))}}
		for _, figure := range []economy.PilotFigure{row.Base, row.Pilot, row.OthersBase, row.OthersPilot, row.Difference} {
			cells = append(cells, ui.Cell{Text: pilotFigure(r, row.Aspect, figure), Numeric: true})
		}
		t.Rows = append(t.Rows, append(cells, ui.Cell{Text: gained(r, row), Small: targetText(r, row.Target)}, ui.Cell{Text: dash(row.Note)}))
	}
	return t
}

func (p *Pages) pilotDecide(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	x, units, err := p.readsPilot(r)
	if err != nil {
		return err
	}
	given := economy.Pilot{ID: x.ID, RowVersion: int32(f.Int("row_version", 0, 1_000_000)), Decision: f.Choice("decision", economy.Verdicts()...), Reason: f.LongText("reason")}
	day := f.Date("decided_on")
	given.DecidedOn = &day
	if !f.Refused() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return economy.DecidePilot(ctx, tx, r.Actor, r.Actor.Organiser, given)
		})
		if err == nil {
			return r.SeeOther(w, "/daycare/economy/pilots/"+ui.Digits(x.ID), "economy.pilot.decided")
		}
		if !f.Take(err) {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/pilot", pilotPage(r, f, x, units))
}

func (p *Pages) pilotFile(w http.ResponseWriter, r *ui.Request) error {
	x, _, err := p.readsPilot(r)
	if err != nil {
		return err
	}
	var headings []string
	for _, key := range pilotKeys {
		headings = append(headings, r.T("economy.pilot.column."+key))
	}
	headings = append(headings, r.T("economy.pilot.column.gained"))
	var rows [][]any
	for _, row := range x.Result {
		line := []any{r.T("economy.pilot.aspect." + string(row.Aspect))}
		for _, figure := range []economy.PilotFigure{row.Base, row.Pilot, row.OthersBase, row.OthersPilot, row.Difference} {
			line = append(line, pilotFigure(r, row.Aspect, figure))
		}
		rows = append(rows, append(line, targetText(r, row.Target), row.Note, gained(r, row)))
	}
	return ui.CSV(w, "kokeilu-"+ui.Digits(x.ID)+".csv", headings, rows)
}
