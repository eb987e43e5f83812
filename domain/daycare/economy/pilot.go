package economy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/economy/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on pilots in the audit.
const (
	ActPilotSaved   audit.Act = "daycare.pilot_saved"
	ActPilotDecided audit.Act = "daycare.pilot_decided"
)

var (
	errPilot        = fault.New(fault.NotFound, "ECO-027", "economy.pilot.unknown")
	errPilotName    = fault.New(fault.Invalid, "ECO-028", "economy.pilot.no_name").At("name")
	errPilotUnits   = fault.New(fault.Invalid, "ECO-029", "economy.pilot.no_units").At("units")
	errPilotDays    = fault.New(fault.Invalid, "ECO-030", "economy.pilot.days").At("base_to")
	errPilotTargets = fault.New(fault.Invalid, "ECO-031", "economy.pilot.no_targets").At("direction.waiting")
	errPilotStale   = fault.New(fault.Stale, "ECO-032", "economy.pilot.stale")
	errPilotVerdict = fault.New(fault.Invalid, "ECO-033", "economy.pilot.no_decision").At("decision")
	errPilotReason  = fault.New(fault.Invalid, "ECO-034", "economy.pilot.no_reason").At("reason")
	errPilotEarly   = fault.New(fault.Conflict, "ECO-035", "economy.pilot.early").At("decided_on")
)

// Aspect is what a pilot is judged by.
type Aspect string

// The aspects that the registers tell.
const (
	Waiting     Aspect = "waiting"     // days from the application to the place, on average
	FirstWish   Aspect = "first_wish"  // of those placed, how many got the unit that they wished for first
	PlaceCost   Aspect = "cost"        // what a weighted child-month costs the municipality
	OwnShare    Aspect = "own"         // what a family's own share is a child-month
	Providers   Aspect = "providers"   // with children on the last day
	Held        Aspect = "children"    // in voucher places on the last day
	Corrections Aspect = "corrections" // of a hundred rows of months
)

// Aspects lists them for a form.
func Aspects() []Aspect {
	return []Aspect{Waiting, FirstWish, PlaceCost, OwnShare, Providers, Held, Corrections}
}

// Measure tells how the figure of an aspect is counted; "" = euros.
func (a Aspect) Measure() Measure {
	switch a {
	case Waiting:
		return Days
	case FirstWish, Corrections:
		return Percent
	case Providers, Held:
		return Number
	}
	return ""
}

// Direction is which way a figure should go.
type Direction string

// The directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Target is what a pilot should reach in one aspect.
type Target struct {
	Aspect    Aspect      `json:"aspect"`
	Direction Direction   `json:"direction"`
	Value     *money.Rate `json:"value,omitempty"` // to be reached in the pilot; nil = only the direction counts
	Note      string      `json:"note,omitempty"`
}

// Plan is a pilot: its units against all the others, in its period against the one before.
type Plan struct {
	Units   []int64         `json:"units"`
	Period  calendar.Period `json:"period"`
	Base    calendar.Period `json:"base"` // with which it is compared
	Targets []Target        `json:"targets"`
}

// Pilot is a plan with what was decided of it. Result is as it stood on the decision.
type Pilot struct {
	ID         int64
	RowVersion int32
	Name       string
	Plan       Plan
	MadeAt     time.Time
	MadeBy     string
	Decision   string // "", go_on, change or stop
	DecidedOn  *calendar.Date
	Reason     string
	DecidedAt  *time.Time
	DecidedBy  string
	Result     []PilotRow
}

// Verdicts lists the decisions for a form.
func Verdicts() []string { return []string{"go_on", "change", "stop"} }

// PilotFigure is one figure of a group in a period, to two decimals. Nil = the registers do not tell it, or of too few children.
type PilotFigure = *money.Rate

// PilotRow is one aspect: the pilot's units and the others, before and in the pilot.
type PilotRow struct {
	Target
	Base         PilotFigure `json:"base"`
	Pilot        PilotFigure `json:"pilot"`
	OthersBase   PilotFigure `json:"others_base"`
	OthersPilot  PilotFigure `json:"others_pilot"`
	Difference   PilotFigure `json:"difference"` // how much more the pilot's units changed than the others did
	TargetGained *bool       `json:"gained"`     // nil = it cannot be told
}

func (p Plan) check(name string) error {
	var list fault.List
	if strings.TrimSpace(name) == "" {
		list = append(list, errPilotName)
	}
	if len(p.Units) == 0 {
		list = append(list, errPilotUnits)
	}
	if p.Period.Empty() || p.Base.Empty() || p.Base.To > p.Period.From {
		list = append(list, errPilotDays)
	}
	if len(p.Targets) == 0 || slices.ContainsFunc(p.Targets, func(t Target) bool {
		return !slices.Contains(Aspects(), t.Aspect) || t.Direction != Up && t.Direction != Down
	}) {
		list = append(list, errPilotTargets)
	}
	return list.Err()
}

// Pilots lists the pilots, the newest first.
func Pilots(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Pilot, error) {
	return pilots(ctx, tx, by, organiser, 0)
}

// PilotOf reads one; ECO-027 when there is none.
func PilotOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Pilot, error) {
	list, err := pilots(ctx, tx, by, organiser, id)
	if err == nil && len(list) == 0 {
		err = errPilot
	}
	if err != nil {
		return Pilot{}, err
	}
	return list[0], nil
}

func pilots(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) ([]Pilot, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Pilots(ctx, db.PilotsParams{OrganiserID: organiser, PilotID: id})
	if err != nil {
		return nil, fmt.Errorf("reading pilots: %w", err)
	}
	list := make([]Pilot, len(rows))
	for i, r := range rows {
		p := Pilot{ID: r.PilotID, RowVersion: r.RowVersion, Name: r.Name, MadeAt: r.MadeAt, MadeBy: r.MadeBy, Decision: r.Decision, DecidedOn: r.DecidedOn, Reason: r.Reason, DecidedAt: r.DecidedAt, DecidedBy: r.DecidedBy}
		if err := json.Unmarshal([]byte(r.Plan), &p.Plan); err != nil {
			return nil, fmt.Errorf("plan of pilot %d: %w", p.ID, err)
		}
		if r.Result != nil {
			if err := json.Unmarshal([]byte(*r.Result), &p.Result); err != nil {
				return nil, fmt.Errorf("result of pilot %d: %w", p.ID, err)
			}
		}
		list[i] = p
	}
	return list, nil
}

// SavePilot adds a pilot or changes its plan, the main user's right of budgets. ECO-028 to ECO-031 when it cannot be, ECO-032 when somebody
// changed it or decided of it.
func SavePilot(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, p Pilot) (int64, error) {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return 0, err
	}
	if err := p.Plan.check(p.Name); err != nil {
		return 0, err
	}
	raw, err := json.Marshal(p.Plan)
	if err != nil {
		return 0, fmt.Errorf("writing a plan: %w", err)
	}
	q := db.New(tx)
	if p.ID == 0 {
		p.ID, err = q.PilotAdd(ctx, db.PilotAddParams{OrganiserID: organiser, Name: p.Name, Plan: string(raw), MadeAt: tx.Now(), MadeBy: by.Name})
	} else {
		var n int64
		n, err = q.PilotChange(ctx, db.PilotChangeParams{OrganiserID: organiser, PilotID: p.ID, RowVersion: p.RowVersion, Name: p.Name, Plan: string(raw)})
		if err == nil && n == 0 {
			return 0, errPilotStale
		}
	}
	if err != nil {
		return 0, fmt.Errorf("keeping pilot %d: %w", p.ID, err)
	}
	return p.ID, audit.Write(ctx, tx, by, ActPilotSaved, p.ref(), p.Plan)
}

func (p Pilot) ref() audit.Ref { return audit.Ref{Kind: "daycare_pilot", ID: p.ID, Label: p.Name} }

// DecidePilot records what was decided, with the figures of the day. ECO-033 to ECO-035 when it cannot be: a pilot is decided when it is
// over. ECO-032 when somebody was first.
func DecidePilot(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, p Pilot) error {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return err
	}
	stands, err := PilotOf(ctx, tx, by, organiser, p.ID)
	if err != nil {
		return err
	}
	var list fault.List
	if !slices.Contains(Verdicts(), p.Decision) {
		list = append(list, errPilotVerdict)
	}
	if strings.TrimSpace(p.Reason) == "" {
		list = append(list, errPilotReason)
	}
	if p.DecidedOn == nil || *p.DecidedOn < stands.Plan.Period.To || tx.Today() < stands.Plan.Period.To {
		list = append(list, errPilotEarly.With("day", stands.Plan.Period.To))
	}
	if err := list.Err(); err != nil {
		return err
	}
	result, err := Measured(ctx, tx, by, organiser, stands.Plan)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("writing the result of pilot %d: %w", p.ID, err)
	}
	n, err := db.New(tx).PilotDecide(ctx, db.PilotDecideParams{OrganiserID: organiser, PilotID: p.ID, RowVersion: p.RowVersion, Decision: p.Decision, DecidedOn: *p.DecidedOn, Reason: p.Reason, Result: string(raw), DecidedAt: tx.Now(), DecidedBy: by.Name})
	if err != nil {
		return fmt.Errorf("deciding of pilot %d: %w", p.ID, err)
	}
	if n == 0 {
		return errPilotStale
	}
	return audit.Write(ctx, tx, by, ActPilotDecided, stands.ref(), map[string]any{"decision": p.Decision, "day": *p.DecidedOn, "reason": p.Reason})
}

// Measured is the figures of a plan today: each aspect of the pilot's units and of the others, before and in the pilot.
func Measured(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, p Plan) ([]PilotRow, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	var of [4]map[Aspect]PilotFigure
	for i, x := range []struct {
		inside bool
		period calendar.Period
	}{{true, p.Base}, {true, p.Period}, {false, p.Base}, {false, p.Period}} {
		var err error
		if of[i], err = groupFigures(ctx, tx, organiser, p.Units, x.inside, x.period); err != nil {
			return nil, err
		}
	}
	rows := make([]PilotRow, len(p.Targets))
	for i, t := range p.Targets {
		r := PilotRow{Target: t, Base: of[0][t.Aspect], Pilot: of[1][t.Aspect], OthersBase: of[2][t.Aspect], OthersPilot: of[3][t.Aspect]}
		r.judge()
		rows[i] = r
	}
	return rows, nil
}

// judge compares: a target is a figure to be reached, or else the pilot's units have to go the way more than the others.
func (r *PilotRow) judge() {
	if r.Base != nil && r.Pilot != nil && r.OthersBase != nil && r.OthersPilot != nil {
		d := r.Pilot.Exact().Minus(r.Base.Exact()).Minus(r.OthersPilot.Exact().Minus(r.OthersBase.Exact()))
		r.Difference = new(d.Shown(2))
	}
	sign := 1
	if r.Direction == Down {
		sign = -1
	}
	switch {
	case r.Value != nil && r.Pilot != nil:
		r.TargetGained = new(sign*r.Pilot.Exact().Cmp(r.Value.Exact()) >= 0)
	case r.Value == nil && r.Difference != nil:
		r.TargetGained = new(sign*r.Difference.Exact().Sign() > 0)
	}
}

// groupFigures are the figures of a group in a period; of fewer than five children or families none is told.
func groupFigures(ctx context.Context, tx *postgres.Tx, organiser int32, units []int64, inside bool, p calendar.Period) (map[Aspect]PilotFigure, error) {
	q, out := db.New(tx), map[Aspect]PilotFigure{}
	tell := func(a Aspect, sum, by money.Exact) {
		if x, err := sum.Over(by); err == nil {
			out[a] = new(x.Shown(2))
		}
	}
	months, err := q.GroupMonths(ctx, db.GroupMonthsParams{OrganiserID: organiser, FromDay: p.From, ToDay: p.To, Units: units, Inside: inside})
	if err != nil {
		return nil, fmt.Errorf("reading months of a pilot: %w", err)
	}
	children, err := q.GroupChildren(ctx, db.GroupChildrenParams{OrganiserID: organiser, FromDay: p.From, ToDay: p.To, Units: units, Inside: inside})
	if err != nil {
		return nil, fmt.Errorf("reading children of a pilot: %w", err)
	}
	v, own, rows, corrections := VoucherMonths{ByOption: map[string]money.Exact{}}, money.Exact{}, int64(0), int64(0)
	for _, m := range months {
		v.add("", m.UnderThree, m.Days, int64(m.MonthDays), money.Cents(m.PaidCents))
		own, rows, corrections = own.Plus(money.Fraction(m.OwnDayCents, 100*int64(max(1, m.MonthDays)))), rows+m.RowCount, corrections+m.Corrections
	}
	if children >= Least {
		tell(PlaceCost, v.Paid.Exact(), v.Months.Weighted())
		tell(OwnShare, own, v.Months.Plain())
		tell(Corrections, money.Whole(100*corrections), money.Whole(rows))
	}
	placed, err := q.GroupPlaced(ctx, db.GroupPlacedParams{OrganiserID: organiser, FromDay: p.From, ToDay: p.To, Units: units, Inside: inside})
	if err != nil {
		return nil, fmt.Errorf("reading places given in a pilot: %w", err)
	}
	if placed.Placed >= Least {
		tell(Waiting, money.Whole(placed.Days), money.Whole(placed.Placed))
		tell(FirstWish, money.Whole(100*placed.First), money.Whole(placed.Placed))
	}
	if last := p.To - 1; last <= tx.Today() { // of days to come nothing is known
		held, err := q.GroupHeld(ctx, db.GroupHeldParams{OrganiserID: organiser, Day: last, Units: units, Inside: inside})
		if err != nil {
			return nil, fmt.Errorf("reading places of a pilot: %w", err)
		}
		tell(Providers, money.Whole(held.Providers), money.Whole(1))
		if held.Children == 0 || held.Children >= Least {
			tell(Held, money.Whole(held.Children), money.Whole(1))
		}
	}
	return out, nil
}

// PilotUnit is a unit that a pilot may have.
type PilotUnit struct {
	ID         int64
	Name, Area string
}

// PilotUnits lists units with voucher children, by area.
func PilotUnits(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]PilotUnit, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).PilotUnits(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("reading units: %w", err)
	}
	list := make([]PilotUnit, len(rows))
	for i, r := range rows {
		list[i] = PilotUnit{ID: r.UnitID, Name: r.Name, Area: strings.TrimSpace(r.Postcode + " " + r.City)}
	}
	return list, nil
}
