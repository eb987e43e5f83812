package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/store/db"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// Topics of work that follows a change of the rules, or is asked for on their pages.
const (
	topicRulesChanged = "daycare.rules_changed"
	topicEffectAsked  = "daycare.effect_asked"
)

// changedRules tells whose drafts are made anew: the organiser's, or the whole country's.
type changedRules struct {
	Country bool `json:"country"`
}

type askedEffect struct {
	Rules int64 `json:"rules"`
}

func rulesRun(id int64) string     { return fmt.Sprintf("daycare-rules-%d", id) }
func thresholdRun(id int64) string { return fmt.Sprintf("daycare-threshold-%d", id) }
func effectRun(id int64) string    { return fmt.Sprintf("daycare-effect-%d", id) }

func tellChanged(ctx context.Context, tx *postgres.Tx, run string, what changedRules) error {
	return tx.Outbox(ctx, postgres.Message{Organiser: tx.Organiser(), Topic: topicRulesChanged, Dedup: run, Payload: what})
}

// Handlers make all drafts anew after a change of the rules, and compute what a version would change. Either may run twice.
func Handlers(d *postgres.DB) map[string]job.Handler {
	return map[string]job.Handler{
		topicRulesChanged: func(ctx context.Context, m postgres.Delivery) error {
			var told changedRules
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			return regenerateAfter(ctx, d, m.Organiser, m.Dedup, told)
		},
		topicEffectAsked: func(ctx context.Context, m postgres.Delivery) error {
			var told askedEffect
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			return computeEffect(ctx, d, m.Organiser, told.Rules)
		},
	}
}

func regenerateAfter(ctx context.Context, d *postgres.DB, of int32, run string, told changedRules) error {
	organisers := []int32{of}
	if told.Country {
		organisers = nil
		err := d.ReadNational(ctx, func(tx *postgres.Tx) error {
			all, err := organiser.All(ctx, tx)
			for _, o := range all {
				organisers = append(organisers, o.ID)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	var failed []error
	for _, id := range organisers { // what is wrong with one does not hold up the others
		failed = append(failed, regenerateOne(ctx, d, id, run))
	}
	return errors.Join(failed...)
}

func regenerateOne(ctx context.Context, d *postgres.DB, id int32, run string) error {
	by := access.System("daycare.rules", id)
	var all int
	err := d.Read(ctx, by, func(tx *postgres.Tx) error {
		children, err := db.New(tx).Children(ctx, id)
		all = len(children)
		return err
	})
	if err != nil || all == 0 {
		return err
	}
	p := job.NewProgress(d, id, run)
	var noted error
	err = d.Tenant(ctx, by, func(tx *postgres.Tx) error {
		_, err := MarkAll(ctx, tx, by, id)
		return err
	})
	if err != nil {
		return err
	}
	told, err := Sweep(ctx, d, id, func(done, all int) { // who fails is among the tasks and holds up nobody
		noted = errors.Join(noted, p.Step(ctx, "drafts", int64(done), int64(all), "daycare.run.drafts"))
	})
	if err != nil {
		return fmt.Errorf("making the drafts of organiser %d anew, %d children done: %w", id, told.Children, err)
	}
	return errors.Join(noted, p.Step(ctx, "drafts", int64(all), int64(all), "daycare.run.drafts")) // the nightly sweep may have been first
}

// RulesProgress tells how far the drafts of a published version are made anew; false when it has not begun.
func RulesProgress(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, rules int64) (job.Step, bool, error) {
	return runOf(ctx, tx, by, organiser, rulesRun(rules))
}

// EffectProgress tells how far the computing of a version's effect is.
func EffectProgress(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, rules int64) (job.Step, bool, error) {
	return runOf(ctx, tx, by, organiser, effectRun(rules))
}

func runOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, run string) (job.Step, bool, error) {
	if err := by.May(access.RulebookRead, organiser); err != nil {
		return job.Step{}, false, err
	}
	steps, err := job.ProgressOf(ctx, tx, organiser, run)
	if err != nil || len(steps) == 0 {
		return job.Step{}, false, err
	}
	return steps[len(steps)-1], true, nil
}

// Effect is what a version of the rules changes for the children who have a voucher on a day: of a whole month, compared with the rules
// in force. It says nothing of anybody.
type Effect struct {
	Day         calendar.Date  `json:"day"`
	Children    int            `json:"children"` // with a voucher under either
	Value       Change         `json:"value"`    // of the voucher
	OwnShare    Change         `json:"own_share"`
	Payable     Change         `json:"payable"` // by the municipality
	Lost        int            `json:"lost"`    // no decision is possible any more
	Gained      int            `json:"gained"`
	ByOption    []OptionEffect `json:"by_option"`
	RowVersion  int32          `json:"-"` // of the rules that it was computed of
	ComputedAt  time.Time      `json:"-"`
	NoRulesNow  bool           `json:"no_rules_now"` // there is nothing to compare with
	GapsBefore  int            `json:"gaps_before"`
	GapsBehind  int            `json:"gaps_behind"`
	optionIndex map[string]int
}

// Change counts children whose sum changes, and the sums of all.
type Change struct {
	Raised  int         `json:"raised"`
	Lowered int         `json:"lowered"`
	Before  money.Cents `json:"before_cents"`
	After   money.Cents `json:"after_cents"`
	Most    money.Cents `json:"most_cents"`  // greatest rise
	Least   money.Cents `json:"least_cents"` // greatest fall, negative
}

func (c *Change) add(before, after money.Cents) {
	c.Before, c.After = c.Before+before, c.After+after
	switch d := after - before; {
	case d > 0:
		c.Raised, c.Most = c.Raised+1, max(c.Most, d)
	case d < 0:
		c.Lowered, c.Least = c.Lowered+1, min(c.Least, d)
	}
}

// OptionEffect is the effect on the children of one need option under the new rules.
type OptionEffect struct {
	Option   string `json:"option"`
	Children int    `json:"children"`
	Payable  Change `json:"payable"`
	OwnShare Change `json:"own_share"`
}

// AskEffect queues the computing of what a version would change.
func AskEffect(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, rules int64) error {
	if err := by.May(access.RulebookEdit, organiser); err != nil {
		return err
	}
	r, err := oneRules(ctx, tx, organiser, rules)
	if err != nil {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: organiser, Topic: topicEffectAsked, Dedup: fmt.Sprintf("%s:%d:%d", effectRun(rules), r.RowVersion, tx.Now().UnixMilli()),
		Payload: askedEffect{rules}})
}

// EffectOf reads what was computed last; false when nothing was.
func EffectOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, rules int64) (e Effect, found bool, err error) {
	if err := by.May(access.RulebookRead, organiser); err != nil {
		return e, false, err
	}
	row, err := db.New(tx).RulesEffect(ctx, db.RulesEffectParams{OrganiserID: organiser, RulesID: rules})
	if errors.Is(err, pgx.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("reading the effect of rules %d: %w", rules, err)
	}
	if err := json.Unmarshal(row.Effect, &e); err != nil {
		return e, false, fmt.Errorf("reading the effect of rules %d: %w", rules, err)
	}
	e.RowVersion, e.ComputedAt = row.RulesRowVersion, row.ComputedAt
	return e, true, nil
}

// computeEffect computes and keeps it: the production engine decides the children of one snapshot twice, by the rules without the version
// and by those with it.
func computeEffect(ctx context.Context, d *postgres.DB, organiser int32, id int64) error {
	by := access.System("daycare.effect", organiser)
	var after Rules
	var list []Rules
	var s *Snapshot
	e := Effect{optionIndex: map[string]int{}}
	err := d.Read(ctx, by, func(tx *postgres.Tx) (err error) {
		if after, err = oneRules(ctx, tx, organiser, id); err != nil {
			return err
		}
		if list, err = allRules(ctx, tx, organiser); err != nil {
			return err
		}
		s, err = TakeSnapshot(ctx, tx, by, organiser)
		if e.NoRulesNow = errors.Is(err, errNoRules); e.NoRulesNow { // the first version: there is nothing to compare with
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	e.Day = after.ValidFrom
	p := job.NewProgress(d, organiser, effectRun(id))
	if !e.NoRulesNow {
		if err := e.addAll(ctx, s, p, besides(list, after, false), besides(list, after, true)); err != nil {
			return fmt.Errorf("the effect of rules %d: %w", id, err)
		}
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("writing the effect of rules %d: %w", id, err)
	}
	err = d.Tenant(ctx, by, func(tx *postgres.Tx) error {
		return db.New(tx).RulesEffectPut(ctx, db.RulesEffectPutParams{OrganiserID: organiser, RulesID: id, RulesRowVersion: after.RowVersion, ComputedAt: tx.Now(), Effect: raw})
	})
	if err != nil {
		return fmt.Errorf("keeping the effect of rules %d: %w", id, err)
	}
	return p.Step(ctx, "children", 1, 1, "daycare.run.effect") // the end is told when the result is there
}

func (e *Effect) addAll(ctx context.Context, s *Snapshot, p *job.Progress, before, behind []Rules) error {
	old, changed := s.Terms(), s.Terms()
	old.Rules, changed.Rules = before, behind
	for part := range s.Parts() {
		then, gapsThen, err := s.Decide(part, old)
		if err != nil {
			return err
		}
		now, gapsNow, err := s.Decide(part, changed)
		if err != nil {
			return err
		}
		a, b := e.onDay(then), e.onDay(now)
		for _, h := range now {
			if _, have := a[h.Child]; !have {
				a[h.Child] = nil
			}
		}
		for _, child := range slices.Sorted(maps.Keys(a)) {
			e.compare(a[child], b[child])
		}
		e.GapsBefore, e.GapsBehind = e.GapsBefore+e.gaps(gapsThen), e.GapsBehind+e.gaps(gapsNow)
		if err := p.Step(ctx, "children", int64(part), int64(s.Parts()), "daycare.run.effect"); err != nil {
			return err
		}
	}
	return nil
}

// besides are the published versions by first day, without a version or with it.
func besides(list []Rules, after Rules, with bool) []Rules {
	out := slices.DeleteFunc(slices.Clone(list), func(r Rules) bool { return r.PublishedAt == nil || r.ID == after.ID })
	slices.Reverse(out)
	if !with {
		return out
	}
	i := slices.IndexFunc(out, func(r Rules) bool { return r.ValidFrom > after.ValidFrom })
	if i < 0 {
		i = len(out)
	}
	return slices.Insert(out, i, after)
}

// onDay gives the decision of each child on the day.
func (e *Effect) onDay(list []Holding) map[int64]*Holding {
	out := map[int64]*Holding{}
	for i := range list {
		if list[i].Contains(e.Day) {
			out[list[i].Child] = &list[i]
		}
	}
	return out
}

// gaps counts those that leave the day without a decision.
func (e *Effect) gaps(list []Task) (n int) {
	for _, t := range list {
		if t.Period.Contains(e.Day) && !t.Reason.Decides() {
			n++
		}
	}
	return n
}

func (e *Effect) compare(then, now *Holding) {
	switch {
	case then == nil && now == nil:
		return
	case now == nil:
		e.Lost++
	case then == nil:
		e.Gained++
	}
	e.Children++
	if then == nil || now == nil {
		return
	}
	e.Value.add(then.Basis.Draft.Outcome.Value, now.Basis.Draft.Outcome.Value)
	e.OwnShare.add(then.Basis.Draft.Outcome.FinalOwnShare, now.Basis.Draft.Outcome.FinalOwnShare)
	e.Payable.add(then.Payable, now.Payable)
	option := now.Basis.Draft.Option
	i, known := e.optionIndex[option]
	if !known {
		i = len(e.ByOption)
		e.optionIndex[option] = i
		e.ByOption = append(e.ByOption, OptionEffect{Option: option})
	}
	o := &e.ByOption[i]
	o.Children++
	o.Payable.add(then.Payable, now.Payable)
	o.OwnShare.add(then.Basis.Draft.Outcome.FinalOwnShare, now.Basis.Draft.Outcome.FinalOwnShare)
}
