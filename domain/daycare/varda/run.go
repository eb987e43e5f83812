package varda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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

	wanted []Object // what the steps lead to
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
		c.wanted, c.Steps = wanted, Diff(wanted, known)
	}
	if len(c.Steps) > 0 || len(c.Lacks) > 0 || p.troubled[id] {
		p.Children = append(p.Children, c)
	}
}

func recordOf(c store.Reported) Record {
	r := Record{Client: c.Child}
	for _, d := range c.Decisions {
		r.Places = append(r.Places, Place{d.Period, d.Unit, d.Option, d.Kind})
		r.Values = append(r.Values, Value{Period: d.Period, Unit: d.Unit, Kind: d.Kind, Value: d.Value, OwnShare: d.OwnShare, Size: d.Size, Guardians: d.Guardians})
	}
	return r
}

// Told is what came of a run until now.
type Told struct {
	Children, Sent, Refused, Lacking int
	Held                             Hold      // the rest waits; "" = the run has ended
	Next                             time.Time // when it goes on
}

// Order asks for a run; one that waits or runs already is enough, and one that waits for its next try goes on. It begins within a minute.
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
	q := db.New(tx)
	waiting, err := q.RunWaiting(ctx, organiser)
	if err != nil {
		return fmt.Errorf("reading ordered runs: %w", err)
	}
	if len(waiting) > 0 {
		return forward(ctx, tx, by, organiser, waiting[0])
	}
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

// forward lets a run that is held go on at once. A quota that is used stays used until the night.
func forward(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, r db.RunWaitingRow) error {
	if r.NextAt == nil || Hold(r.Held) == QuotaUsed {
		return nil
	}
	if err := db.New(tx).RunForward(ctx, db.RunForwardParams{OrganiserID: organiser, RunNo: r.RunNo}); err != nil {
		return fmt.Errorf("bringing run %d forward: %w", r.RunNo, err)
	}
	return audit.Write(ctx, tx, by, ActOrdered, audit.Ref{Kind: "varda_run", ID: int64(r.RunNo)}, nil)
}

// Due tells whether a run that was ordered is to be begun or gone on with now.
func Due(ctx context.Context, tx *postgres.Tx, organiser int32) (bool, error) {
	due, err := db.New(tx).RunDue(ctx, db.RunDueParams{OrganiserID: organiser, Now: new(tx.Now())})
	if err != nil {
		return false, fmt.Errorf("reading ordered runs: %w", err)
	}
	return due, nil
}

// Run carries out the run that was ordered: it brings the warehouse up to date, child by child, and keeps each step as soon as it is
// accepted, so that a run that is cut off is gone on with. A refused child is a task and stops nobody else. Where the warehouse does not
// answer or the quota is used, the run is held and told when it goes on; a fault of our own holds it too and is returned. Nothing is done
// when no run waits.
func Run(ctx context.Context, d *postgres.DB, keys *secret.Keys, w Warehouse, by access.Actor, organiser int32, progress func(done, all int)) (Told, error) {
	r := run{d: d, keys: keys, w: w, by: by, organiser: organiser}
	var plan Plan
	err := r.in(ctx, func(tx *postgres.Tx) (err error) {
		if err = r.begin(ctx, tx); err != nil || r.was.RunNo == 0 {
			return err
		}
		plan, err = MakePlan(ctx, tx, by, organiser)
		return err
	})
	if r.was.RunNo == 0 {
		return r.told, err
	}
	for i, c := range plan.Children {
		if err != nil {
			break
		}
		progress(i, len(plan.Children))
		err = r.child(ctx, c)
	}
	switch {
	case ctx.Err() != nil: // the program ends: the run waits and is gone on with
		return r.told, err
	case err != nil:
		return r.told, r.hold(ctx, err)
	}
	progress(len(plan.Children), len(plan.Children))
	return r.told, r.end(ctx)
}

// Outcomes of runs. Runs of earlier editions ended also when they were stopped.
const (
	Done   = "done"
	Down   = "down"   // the warehouse did not answer
	Failed = "failed" // by a fault of our own
)

type run struct {
	d         *postgres.DB
	keys      *secret.Keys
	w         Warehouse
	by        access.Actor
	organiser int32
	was       db.RunWaitingRow // as it was when it was begun or gone on with; zero when none waits
	told      Told
	quota     quota
}

func (r *run) in(ctx context.Context, fn func(*postgres.Tx) error) error {
	return r.d.Tenant(ctx, access.Within{Organiser: r.organiser}, fn)
}

// begin takes the run that waits, with what it has told until now: children whom the warehouse refused are tried again.
func (r *run) begin(ctx context.Context, tx *postgres.Tx) error {
	q := db.New(tx)
	list, err := q.RunWaiting(ctx, r.organiser)
	if err != nil || len(list) == 0 {
		return err
	}
	c, _, err := connection(ctx, tx, r.organiser)
	if err != nil {
		return err
	}
	r.was, r.quota.most = list[0], c.DailyMost
	r.told = Told{Children: int(r.was.Children - r.was.Refused - r.was.Lacking), Sent: int(r.was.Sent)}
	if err := r.quota.begun(ctx, tx, r.organiser, r.was); err != nil {
		return err
	}
	return q.RunBegin(ctx, db.RunBeginParams{OrganiserID: r.organiser, RunNo: r.was.RunNo, BeganAt: new(tx.Now())})
}

// count keeps what the run has told until now.
func (r *run) count(ctx context.Context, tx *postgres.Tx) error {
	err := db.New(tx).RunCount(ctx, db.RunCountParams{OrganiserID: r.organiser, RunNo: r.was.RunNo, Children: int32(r.told.Children), Sent: int32(r.told.Sent),
		Refused: int32(r.told.Refused), Lacking: int32(r.told.Lacking), DayAt: &r.quota.from, DaySent: int32(r.quota.own)})
	if err != nil {
		return fmt.Errorf("counting run %d: %w", r.was.RunNo, err)
	}
	return nil
}

func (r *run) end(ctx context.Context) error {
	return r.in(ctx, func(tx *postgres.Tx) error {
		if err := r.count(ctx, tx); err != nil {
			return err
		}
		if err := db.New(tx).RunEnd(ctx, db.RunEndParams{OrganiserID: r.organiser, RunNo: r.was.RunNo, EndedAt: new(tx.Now())}); err != nil {
			return fmt.Errorf("ending run %d: %w", r.was.RunNo, err)
		}
		return audit.Write(ctx, tx, r.by, ActRun, audit.Ref{Kind: "varda_run", ID: int64(r.was.RunNo)}, r.told)
	})
}

// child takes the steps of one child. Only what stops everybody stops the run: a warehouse that takes nothing now, an end of ctx, faults of our own.
func (r *run) child(ctx context.Context, c ChildPlan) error {
	if len(c.Lacks) > 0 {
		codes := make([]Code, len(c.Lacks))
		for i, l := range c.Lacks {
			codes[i] = Code{Code: string(l.Why), Unit: l.Unit}
		}
		return r.ended(ctx, c.Child, Lacking, codes, 0)
	}
	sent := 0
	for heals := 0; ; heals++ {
		at, n, err := r.steps(ctx, c)
		sent += n
		var no *Refusal
		switch {
		case err == nil:
			return r.ended(ctx, c.Child, Same, nil, sent)
		case !errors.As(err, &no):
			return err
		}
		healed := false
		if heals < len(order) && no.parentLost(at) {
			if c.Steps, healed, err = r.anew(ctx, c, at.Object.Parent, no); err != nil {
				return err
			}
		}
		if !healed {
			return r.ended(ctx, c.Child, Refused, no.about(at.Object.At), sent)
		}
	}
}

// steps takes the steps of a child until one is not taken, and gives that one and how many were taken.
func (r *run) steps(ctx context.Context, c ChildPlan) (at Step, sent int, err error) {
	people, err := r.people(ctx, c)
	if err != nil {
		return at, 0, err
	}
	for _, at = range c.Steps {
		if err = r.step(ctx, c.Child, at, people); err != nil {
			return at, sent, err
		}
		sent++
		r.told.Sent++
	}
	return at, sent, nil
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
	if err := r.quota.take(r.d.Clock().Now()); err != nil {
		return err
	}
	switch s.Act {
	case Delete:
		if err := r.w.Delete(ctx, s.Known); err != nil {
			return err
		}
		return r.forget(ctx, child, s.Known)
	case End:
		err := r.w.End(ctx, s.Known, s.Object.Last)
		if err == nil {
			return r.keep(ctx, child, s.Object, s.Known.URL)
		}
		if !errors.Is(err, ErrGone) {
			return err
		}
		if err := r.forget(ctx, child, s.Known); err != nil { // somebody took it away there: it is made anew
			return err
		}
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

func (r *run) forget(ctx context.Context, child int64, k Known) error {
	return r.in(ctx, func(tx *postgres.Tx) error {
		return db.New(tx).ObjectDelete(ctx, db.ObjectDeleteParams{OrganiserID: r.organiser, ChildID: child, ObjectKey: k.Key})
	})
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
	r.told.Children++
	switch state {
	case Lacking:
		r.told.Lacking++
	case Refused:
		r.told.Refused++
	}
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
		if err := r.count(ctx, tx); err != nil {
			return err
		}
		if sent == 0 && state == Lacking {
			return nil
		}
		return audit.Write(ctx, tx, r.by, ActReported, audit.Ref{Kind: "client", ID: child}, map[string]any{"state": state, "sent": sent})
	})
}
