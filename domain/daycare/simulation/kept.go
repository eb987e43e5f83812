package simulation

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/simulation/db"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// Acts on simulations in the audit.
const (
	ActAsked     audit.Act = "daycare.simulation_asked"
	ActCancelled audit.Act = "daycare.simulation_cancelled"
	ActAnswered  audit.Act = "daycare.simulation_answered"
)

// topic brings a question to who computes it.
const topic = "daycare.simulation"

// State is where a question stands.
type State string

// The states.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Over tells that nothing more happens.
func (s State) Over() bool { return s == Done || s == Failed || s == Cancelled }

// Simulation is a question with its answer.
type Simulation struct {
	Organiser  int32
	ID         int64
	Name       string
	Change     Change
	State      State
	MadeAt     time.Time
	MadeBy     string
	StartedAt  *time.Time
	FinishedAt *time.Time
	Failure    string  // code
	Result     *Result // of a done one
}

// Run names the progress of the computation.
func (s Simulation) Run() string { return runOf(s.ID) }

func runOf(id int64) string { return fmt.Sprintf("daycare-simulation-%d", id) }

func (s Simulation) ref() audit.Ref {
	return audit.Ref{Kind: "daycare_simulation", ID: s.ID, Label: s.Name}
}

const longestName = 120

// Ask keeps a question and has it computed. SIM-001 to SIM-021 when it contradicts itself or the rules; the terms of the day are checked at
// once, so that nobody waits for a refusal.
func Ask(ctx context.Context, tx *postgres.Tx, by access.Actor, organiserID int32, name string, c Change) (int64, error) {
	if err := by.May(access.SimulationRun, organiserID); err != nil {
		return 0, err
	}
	var list fault.List
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > longestName {
		list = append(list, errName.With("most", longestName))
	}
	t, err := store.TermsNow(ctx, tx, by, organiserID)
	if err != nil {
		return 0, err
	}
	_, _, _, err = c.applied(tx.Today(), t)
	if all := fault.All(err); len(all) > 0 {
		list = append(list, all...)
	} else if err != nil {
		return 0, err
	}
	if err := list.Err(); err != nil {
		return 0, err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return 0, fmt.Errorf("writing a change: %w", err)
	}
	id, err := db.New(tx).SimulationAdd(ctx, db.SimulationAddParams{OrganiserID: organiserID, Name: name, Change: string(raw), MadeAt: tx.Now(), MadeBy: by.Name})
	if err != nil {
		return 0, fmt.Errorf("keeping a question: %w", err)
	}
	err = tx.Outbox(ctx, postgres.Message{Organiser: organiserID, Topic: topic, Dedup: fmt.Sprintf("%s:%d", topic, id), Payload: asked{id}})
	if err != nil {
		return 0, err
	}
	return id, audit.Write(ctx, tx, by, ActAsked, Simulation{ID: id, Name: name}.ref(), c)
}

type asked struct {
	Simulation int64 `json:"simulation"`
}

// List lists questions, the newest first, from before the number on; 0 = from the newest.
func List(ctx context.Context, tx *postgres.Tx, by access.Actor, organiserID int32, before int64, most int) ([]Simulation, error) {
	if err := by.May(access.SimulationRun, organiserID); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).SimulationList(ctx, db.SimulationListParams{OrganiserID: organiserID, Before: before, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("listing simulations: %w", err)
	}
	list := make([]Simulation, len(rows))
	for i, r := range rows {
		if list[i], err = simulationOf(organiserID, db.SimulationGetRow(r)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Get reads questions by their numbers, in that order; SIM-017 when one is not there.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiserID int32, ids ...int64) ([]Simulation, error) {
	if err := by.May(access.SimulationRun, organiserID); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).SimulationGet(ctx, db.SimulationGetParams{OrganiserID: organiserID, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("reading simulations: %w", err)
	}
	found := map[int64]Simulation{}
	for _, r := range rows {
		if found[r.SimulationID], err = simulationOf(organiserID, r); err != nil {
			return nil, err
		}
	}
	list := make([]Simulation, 0, len(ids))
	for _, id := range ids {
		s, ok := found[id]
		if !ok {
			return nil, errUnknown
		}
		list = append(list, s)
	}
	return list, nil
}

func simulationOf(organiserID int32, r db.SimulationGetRow) (Simulation, error) {
	s := Simulation{Organiser: organiserID, ID: r.SimulationID, Name: r.Name, State: State(r.State), MadeAt: r.MadeAt, MadeBy: r.MadeBy, StartedAt: r.StartedAt,
		FinishedAt: r.FinishedAt, Failure: r.Failure}
	if err := json.Unmarshal([]byte(r.Change), &s.Change); err != nil {
		return s, fmt.Errorf("question of simulation %d: %w", r.SimulationID, err)
	}
	if r.Result != nil {
		s.Result = new(Result)
		if err := json.Unmarshal([]byte(*r.Result), s.Result); err != nil {
			return s, fmt.Errorf("result of simulation %d: %w", r.SimulationID, err)
		}
	}
	return s, nil
}

// Cancel ends a computation that has not finished; one that has is left as it is.
func Cancel(ctx context.Context, tx *postgres.Tx, by access.Actor, organiserID int32, id int64) error {
	list, err := Get(ctx, tx, by, organiserID, id)
	if err != nil {
		return err
	}
	n, err := db.New(tx).SimulationCancel(ctx, db.SimulationCancelParams{OrganiserID: organiserID, SimulationID: id, FinishedAt: tx.Now()})
	if err != nil {
		return fmt.Errorf("cancelling simulation %d: %w", id, err)
	}
	if n == 0 {
		return nil
	}
	return audit.Write(ctx, tx, by, ActCancelled, list[0].ref(), nil)
}

// Handlers compute questions, for job.DeliverOutbox. A message that comes twice finds an answer and does nothing.
func Handlers(d *postgres.DB) map[string]job.Handler {
	return map[string]job.Handler{topic: func(ctx context.Context, m postgres.Delivery) error {
		var told asked
		if err := json.Unmarshal(m.Payload, &told); err != nil {
			return fmt.Errorf("reading message %s: %w", m.Dedup, err)
		}
		return Answer(ctx, d, m.Organiser, told.Simulation)
	}}
}

// errStopped ends a computation that somebody cancelled.
var errStopped = errors.New("the simulation was cancelled")

// Answer computes a question and keeps the result. The snapshot is read in one transaction; the computation holds none. A process that
// dies leaves the question to be computed anew from the start, which gives the same answer on the same facts.
func Answer(ctx context.Context, d *postgres.DB, organiserID int32, id int64) error {
	by := access.System("daycare simulation", organiserID)
	var s Simulation
	err := d.Tenant(ctx, by, func(tx *postgres.Tx) error {
		list, err := Get(ctx, tx, by, organiserID, id)
		if err != nil || list[0].State.Over() {
			return err
		}
		s = list[0]
		_, err = db.New(tx).SimulationStart(ctx, db.SimulationStartParams{OrganiserID: organiserID, SimulationID: id, StartedAt: tx.Now()})
		return err
	})
	if err != nil || s.ID == 0 {
		return err
	}
	result, err := s.compute(ctx, d, by)
	switch {
	case errors.Is(err, errStopped):
		return nil
	case fault.KindOf(err) == fault.Invalid || fault.KindOf(err) == fault.Conflict: // the rules have changed since the question was put
		return s.fail(ctx, d, by, err)
	case err != nil:
		return fmt.Errorf("simulation %d: %w", id, err)
	}
	return s.finish(ctx, d, by, result)
}

func (s Simulation) compute(ctx context.Context, d *postgres.DB, by access.Actor) (Result, error) {
	progress := job.NewProgress(d, s.Organiser, s.Run())
	if err := progress.Step(ctx, "read", 0, 1, "economy.step.read"); err != nil {
		return Result{}, err
	}
	var snapshot *store.Snapshot
	var budget *Budget
	err := d.Snapshot(postgres.Unhurried(ctx), by, func(tx *postgres.Tx) (err error) {
		if snapshot, err = store.TakeSnapshot(ctx, tx, by, s.Organiser); err == nil {
			budget, err = budgetOf(ctx, tx, s.Organiser, snapshot, s.Change.From)
		}
		return err
	})
	if err != nil {
		return Result{}, err
	}
	if err := progress.Step(ctx, "read", 1, 1, "economy.step.read"); err != nil {
		return Result{}, err
	}
	r, err := Compute(snapshot, s.Change, func(done, all int) error {
		if err := progress.Step(ctx, "decide", int64(done), int64(all), "economy.step.decide"); err != nil {
			return err
		}
		return s.goesOn(ctx, d, by)
	})
	if err != nil {
		return Result{}, err
	}
	if s.Change.Sweep != nil { // a budget is compared with one answer
		return r, nil
	}
	for _, m := range r.Months {
		if y, _ := m.Month.Civil(); y == budget.Year {
			budget.Cost = budget.Cost.plus(m.Pair)
		}
	}
	r.Budget = budget
	return r, nil
}

func (s Simulation) goesOn(ctx context.Context, d *postgres.DB, by access.Actor) error {
	return d.Read(ctx, by, func(tx *postgres.Tx) error {
		running, err := db.New(tx).SimulationRunning(ctx, db.SimulationRunningParams{OrganiserID: s.Organiser, SimulationID: s.ID})
		if err == nil && !running {
			err = errStopped
		}
		return err
	})
}

// budgetOf is the budget of the service under which the months are booked, for the calendar year of the change.
func budgetOf(ctx context.Context, tx *postgres.Tx, organiserID int32, s *store.Snapshot, from calendar.Date) (*Budget, error) {
	year, _, _ := from.Civil()
	b := &Budget{Year: year, Service: on(s.Terms().Rules, from).Service}
	list, err := organiser.Budgets(ctx, tx, organiserID, year)
	for _, x := range list {
		if x.Service == b.Service {
			b.Amount = x.Amount
		}
	}
	return b, err
}

func (s Simulation) finish(ctx context.Context, d *postgres.DB, by access.Actor, r Result) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing the result of simulation %d: %w", s.ID, err)
	}
	hash, err := hex.DecodeString(r.Snapshot)
	if err != nil {
		return fmt.Errorf("hash of simulation %d: %w", s.ID, err)
	}
	return d.Tenant(ctx, by, func(tx *postgres.Tx) error {
		n, err := db.New(tx).SimulationFinish(ctx, db.SimulationFinishParams{OrganiserID: s.Organiser, SimulationID: s.ID, FinishedAt: tx.Now(), SnapshotSha256: hash, Result: string(raw)})
		if err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, by, ActAnswered, s.ref(), map[string]any{"snapshot": r.Snapshot, "children": r.Children})
	})
}

func (s Simulation) fail(ctx context.Context, d *postgres.DB, by access.Actor, why error) error {
	return d.Tenant(ctx, by, func(tx *postgres.Tx) error {
		_, err := db.New(tx).SimulationFail(ctx, db.SimulationFailParams{OrganiserID: s.Organiser, SimulationID: s.ID, FinishedAt: tx.Now(), Failure: fault.CodeOf(why)})
		return err
	})
}
