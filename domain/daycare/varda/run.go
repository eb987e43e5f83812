package varda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"seteli/domain/client"
	"seteli/domain/daycare/store"
	"seteli/domain/daycare/varda/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Plan is what a run would do.
type Plan struct {
	Children []ChildPlan // with steps, with a lack, or with a trouble that is over; in the order of their numbers
	All      int         // children that were looked at

	troubled map[int64]bool // whose last report did not end well
}

// ChildPlan is what one child needs.
type ChildPlan struct {
	Child int64
	Name  string
	Steps []Step
	Lacks []Lack
}

// Steps counts the requests of a plan.
func (p Plan) Steps() (n int) {
	for _, c := range p.Children {
		n += len(c.Steps)
	}
	return n
}

// MakePlan compares what the warehouse should hold of every child with what it has taken.
func MakePlan(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (Plan, error) {
	s, err := SettingsOf(ctx, tx, by, organiser)
	if err != nil {
		return Plan{}, err
	}
	children, err := store.Reports(ctx, tx, by, organiser, nil)
	if err != nil {
		return Plan{}, err
	}
	rows, err := db.New(tx).Known(ctx, organiser)
	if err != nil {
		return Plan{}, fmt.Errorf("reading what the warehouse holds: %w", err)
	}
	known := map[int64][]Known{}
	for _, r := range rows {
		known[r.ChildID] = append(known[r.ChildID], Known{Kind(r.Kind), r.ObjectKey, r.ParentKey, r.Url, r.LastDay})
	}
	states, err := db.New(tx).StatesOf(ctx, organiser)
	if err != nil {
		return Plan{}, fmt.Errorf("reading how reports ended: %w", err)
	}
	p := Plan{All: len(children), troubled: map[int64]bool{}}
	for _, x := range states {
		p.troubled[x.ChildID] = x.State != Same
	}
	for _, c := range children {
		p.add(c.Child, c.Name, recordOf(c), s, known[c.Child])
		delete(known, c.Child)
	}
	for _, id := range slices.Sorted(maps.Keys(known)) { // every decision was annulled: what is there goes
		p.add(id, "", Record{Client: id}, s, known[id])
	}
	return p, nil
}

func (p *Plan) add(id int64, name string, r Record, s Settings, known []Known) {
	wanted, lacks := Wanted(r, s)
	c := ChildPlan{Child: id, Name: name, Lacks: lacks}
	if len(lacks) == 0 {
		c.Steps = Diff(wanted, known)
	}
	if len(c.Steps) > 0 || len(c.Lacks) > 0 || p.troubled[id] {
		p.Children = append(p.Children, c)
	}
}

func recordOf(c store.Reported) Record {
	r := Record{Client: c.Child}
	for _, d := range c.Decisions {
		r.Places = append(r.Places, Place{d.Period, d.Unit, d.Option})
		v := Value{Period: d.Period, Unit: d.Unit, Value: d.Value, OwnShare: d.OwnShare, Size: d.Size}
		if d.Head != 0 {
			v.Guardians = []int64{d.Head}
		}
		r.Values = append(r.Values, v)
	}
	return r
}

// Told is what came of a run.
type Told struct {
	Children, Sent, Refused, Lacking int
	Down                             bool // the warehouse did not answer: the rest waits for the next run
}

// Order asks for a run; one that waits or runs already is enough. It begins within a minute.
func Order(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) error {
	if err := mayRead(by, organiser); err != nil {
		return err
	}
	c, _, err := connection(ctx, tx, organiser)
	if err != nil {
		return err
	}
	if !c.Active {
		return ErrOff
	}
	waits, err := Waits(ctx, tx, organiser)
	if err != nil || waits {
		return err
	}
	q := db.New(tx)
	last, err := q.RunLast(ctx, organiser)
	if err != nil {
		return fmt.Errorf("reading the last run: %w", err)
	}
	err = q.RunOrder(ctx, db.RunOrderParams{OrganiserID: organiser, RunNo: last + 1, OrderedAt: tx.Now(), OrderedBy: by.Name})
	if postgres.ConstraintOf(err) == postgres.ConstraintVardaRunPkey {
		return errStale
	}
	if err != nil {
		return fmt.Errorf("ordering run %d: %w", last+1, err)
	}
	return audit.Write(ctx, tx, by, ActOrdered, audit.Ref{Kind: "varda_run", ID: int64(last + 1)}, nil)
}

// Waits tells whether a run was ordered that has not ended.
func Waits(ctx context.Context, tx *postgres.Tx, organiser int32) (bool, error) {
	list, err := db.New(tx).RunWaiting(ctx, organiser)
	if err != nil {
		return false, fmt.Errorf("reading ordered runs: %w", err)
	}
	return len(list) > 0, nil
}

// Run carries out the run that was ordered: it brings the warehouse up to date, child by child, and keeps each step as soon as it is
// accepted, so that a run that is cut off is gone on with. A refused child is a task and stops nobody else. ErrDown when the warehouse
// cannot be reached; the next run sends the rest. Nothing is done when no run waits.
func Run(ctx context.Context, d *postgres.DB, keys *secret.Keys, w Warehouse, by access.Actor, organiser int32, progress func(done, all int)) (Told, error) {
	r := run{d: d, keys: keys, w: w, by: by, organiser: organiser}
	var plan Plan
	err := r.in(ctx, func(tx *postgres.Tx) (err error) {
		if err = r.begin(ctx, tx); err != nil || r.no == 0 {
			return err
		}
		plan, err = MakePlan(ctx, tx, by, organiser)
		return err
	})
	if err != nil || r.no == 0 {
		return r.told, err
	}
	for i, c := range plan.Children {
		progress(i, len(plan.Children))
		if err = r.child(ctx, c); err != nil {
			break
		}
	}
	if err == nil {
		progress(len(plan.Children), len(plan.Children))
	}
	if ctx.Err() != nil { // the program ends: the run waits and is gone on with
		return r.told, err
	}
	r.told.Down = errors.Is(err, ErrDown)
	outcome := Done
	switch {
	case r.told.Down:
		outcome = Down
	case err != nil:
		outcome = Failed
	}
	return r.told, errors.Join(err, r.end(ctx, outcome))
}

// Outcomes of runs.
const (
	Done   = "done"
	Down   = "down"   // the warehouse did not answer; the next run sends the rest
	Failed = "failed" // by a fault of our own, which the log tells
)

type run struct {
	d         *postgres.DB
	keys      *secret.Keys
	w         Warehouse
	by        access.Actor
	organiser int32
	no        int32
	told      Told
}

func (r *run) in(ctx context.Context, fn func(*postgres.Tx) error) error {
	return r.d.Tenant(ctx, access.Within{Organiser: r.organiser}, fn)
}

func (r *run) begin(ctx context.Context, tx *postgres.Tx) error {
	q := db.New(tx)
	list, err := q.RunWaiting(ctx, r.organiser)
	if err != nil || len(list) == 0 {
		return err
	}
	r.no = list[0]
	return q.RunBegin(ctx, db.RunBeginParams{OrganiserID: r.organiser, RunNo: r.no, BeganAt: new(tx.Now())})
}

func (r *run) end(ctx context.Context, outcome string) error {
	return r.in(ctx, func(tx *postgres.Tx) error {
		err := db.New(tx).RunEnd(ctx, db.RunEndParams{OrganiserID: r.organiser, RunNo: r.no, EndedAt: new(tx.Now()), Children: int32(r.told.Children), Sent: int32(r.told.Sent),
			Refused: int32(r.told.Refused), Lacking: int32(r.told.Lacking), Outcome: outcome})
		if err != nil {
			return fmt.Errorf("ending run %d: %w", r.no, err)
		}
		return audit.Write(ctx, tx, r.by, ActRun, audit.Ref{Kind: "varda_run", ID: int64(r.no)}, r.told)
	})
}

// child takes the steps of one child. Only ErrDown, an end of ctx and faults of our own stop the run.
func (r *run) child(ctx context.Context, c ChildPlan) error {
	r.told.Children++
	if len(c.Lacks) > 0 {
		r.told.Lacking++
		codes := make([]Code, len(c.Lacks))
		for i, l := range c.Lacks {
			codes[i] = Code{Code: string(l)}
		}
		return r.ended(ctx, c.Child, Lacking, codes, 0)
	}
	people, err := r.people(ctx, c)
	if err != nil {
		return err
	}
	sent := 0
	for _, s := range c.Steps {
		if err = r.step(ctx, c.Child, s, people); err != nil {
			break
		}
		sent++
	}
	r.told.Sent += sent
	var no *Refusal
	if errors.As(err, &no) {
		r.told.Refused++
		return r.ended(ctx, c.Child, Refused, no.Codes, sent)
	}
	if err != nil {
		return err
	}
	return r.ended(ctx, c.Child, Same, nil, sent)
}

// people opens the names and identity codes that the steps need.
func (r *run) people(ctx context.Context, c ChildPlan) (map[int64]Human, error) {
	people := map[int64]Human{}
	for _, s := range c.Steps {
		if s.Act == Create && s.Object.Kind == Person {
			people[s.Object.Client] = Human{}
		}
		for _, g := range s.Object.Guardians {
			people[g] = Human{}
		}
	}
	if len(people) == 0 {
		return people, nil
	}
	err := r.in(ctx, func(tx *postgres.Tx) error {
		for id := range people {
			who, err := client.Load(ctx, tx, r.organiser, id)
			if err != nil {
				return err
			}
			code, err := client.Identity(ctx, tx, r.by, r.keys, r.organiser, id)
			if err != nil {
				return err
			}
			people[id] = Human{strings.TrimSpace(who.FirstNames), strings.TrimSpace(who.LastName), code}
		}
		return nil
	})
	return people, err
}

// step sends one request and keeps what it did. The address of the parent is what was kept of it before.
func (r *run) step(ctx context.Context, child int64, s Step, people map[int64]Human) error {
	switch s.Act {
	case Delete:
		if err := r.w.Delete(ctx, s.Known); err != nil {
			return err
		}
		return r.in(ctx, func(tx *postgres.Tx) error {
			return db.New(tx).ObjectDelete(ctx, db.ObjectDeleteParams{OrganiserID: r.organiser, ChildID: child, ObjectKey: s.Known.Key})
		})
	case End:
		if err := r.w.End(ctx, s.Known, s.Object.Last); err != nil {
			return err
		}
		return r.keep(ctx, child, s.Object, s.Known.URL)
	}
	parent, err := r.parent(ctx, child, s.Object)
	if err != nil {
		return err
	}
	url, err := r.w.Create(ctx, s.Object, parent, people)
	if err != nil {
		return err
	}
	return r.keep(ctx, child, s.Object, url)
}

func (r *run) parent(ctx context.Context, child int64, o Object) (url string, err error) {
	if o.Parent == "" {
		return "", nil
	}
	err = r.in(ctx, func(tx *postgres.Tx) error {
		rows, err := db.New(tx).KnownOf(ctx, db.KnownOfParams{OrganiserID: r.organiser, ChildID: child})
		if err != nil {
			return fmt.Errorf("reading what the warehouse holds of child %d: %w", child, err)
		}
		for _, k := range rows {
			if k.ObjectKey == o.Parent {
				url = k.Url
			}
		}
		return nil
	})
	if err == nil && url == "" {
		err = fmt.Errorf("child %d: the warehouse does not hold what %s hangs on", child, o.Key)
	}
	return url, err
}

func (r *run) keep(ctx context.Context, child int64, o Object, url string) error {
	return r.in(ctx, func(tx *postgres.Tx) error {
		return db.New(tx).ObjectSet(ctx, db.ObjectSetParams{OrganiserID: r.organiser, ChildID: child, ObjectKey: o.Key, Kind: string(o.Kind), ParentKey: o.Parent, Url: url, LastDay: o.Last, SentAt: tx.Now()})
	})
}

// States of a child's last report.
const (
	Same    = "same"    // the warehouse holds what it should
	Lacking = "lacking" // something is missing on our side; nothing was sent
	Refused = "refused"
)

// ended keeps how a child's report ended, with its row in the audit.
func (r *run) ended(ctx context.Context, child int64, state string, codes []Code, sent int) error {
	if codes == nil {
		codes = []Code{}
	}
	raw, err := json.Marshal(codes)
	if err != nil {
		return fmt.Errorf("codes of child %d: %w", child, err)
	}
	return r.in(ctx, func(tx *postgres.Tx) error {
		err := db.New(tx).ChildSet(ctx, db.ChildSetParams{OrganiserID: r.organiser, ChildID: child, State: state, Codes: string(raw), ReportedAt: tx.Now()})
		if err != nil {
			return fmt.Errorf("keeping the report of child %d: %w", child, err)
		}
		if sent == 0 && state == Lacking {
			return nil
		}
		return audit.Write(ctx, tx, r.by, ActReported, audit.Ref{Kind: "client", ID: child}, map[string]any{"state": state, "sent": sent})
	})
}
