package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/client/household"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// mark notes that the drafts of children are to be made anew: the next sweep makes them, or a page that does not want to wait.
func mark(ctx context.Context, tx *postgres.Tx, organiser int32, children ...int64) error {
	if len(children) == 0 {
		return nil
	}
	if err := db.New(tx).WaitingMark(ctx, db.WaitingMarkParams{OrganiserID: organiser, Children: children, MarkedAt: tx.Now()}); err != nil {
		return fmt.Errorf("marking %d children: %w", len(children), err)
	}
	return nil
}

// markUnit marks the children with a place in a unit on or after a day.
func markUnit(ctx context.Context, tx *postgres.Tx, organiser int32, unit int64, day calendar.Date) error {
	if err := db.New(tx).WaitingMarkUnit(ctx, db.WaitingMarkUnitParams{OrganiserID: organiser, UnitID: unit, MarkedAt: tx.Now(), Day: day}); err != nil {
		return fmt.Errorf("marking the children of unit %d: %w", unit, err)
	}
	return nil
}

// MarkAll notes that all drafts of an organiser are to be made anew, for what changes everybody's: rules, fee thresholds, a new day.
func MarkAll(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	if by.Role != access.SystemRole {
		if err := by.May(access.RulebookPublish, organiser); err != nil {
			return 0, err
		}
	}
	n, err := db.New(tx).WaitingMarkAll(ctx, db.WaitingMarkAllParams{OrganiserID: organiser, MarkedAt: tx.Now()})
	if err != nil {
		return 0, fmt.Errorf("marking all children: %w", err)
	}
	return int(n), nil
}

// sweepPart is how many marked children one transaction makes drafts for.
const sweepPart = 200

// sweeper names the job in the audit.
const sweeper = "daycare.sweep"

// Sweep makes the drafts of marked children anew, a part of them in each transaction, until none waits. Where a part fails each child is
// tried alone: who fails then stays marked with the fault's code, for the list of tasks, until something of the child changes or
// everybody is marked. Nothing is done for an organiser without rules.
func Sweep(ctx context.Context, d *postgres.DB, organiser int32, progress func(done, all int)) (Regenerated, error) {
	by := access.System(sweeper, organiser)
	var told Regenerated
	for {
		var next []int64
		var left int
		err := d.Read(ctx, by, func(tx *postgres.Tx) (err error) {
			q := db.New(tx)
			if next, err = q.WaitingNext(ctx, db.WaitingNextParams{OrganiserID: organiser, Most: sweepPart}); err != nil || len(next) == 0 {
				return err
			}
			count, err := q.WaitingCount(ctx, organiser)
			left = int(count.Waiting)
			return err
		})
		if err != nil || len(next) == 0 {
			return told, err
		}
		one, err := sweepPartOf(ctx, d, by, organiser, next)
		if fault.CodeOf(err) == errNoRules.Code {
			return told, nil // they stay marked until there are rules
		}
		if err != nil {
			return told, err
		}
		told = told.plus(one)
		progress(told.Children, told.Children+max(0, left-len(next)))
	}
}

func sweepPartOf(ctx context.Context, d *postgres.DB, by access.Actor, organiser int32, children []int64) (told Regenerated, err error) {
	again := func(list []int64) (one Regenerated, err error) {
		err = d.Tenant(ctx, by, func(tx *postgres.Tx) (err error) {
			one, err = Regenerate(ctx, tx, by, organiser, list)
			return err
		})
		return one, err
	}
	if told, err = again(children); err == nil || len(children) == 0 || ctx.Err() != nil || fault.CodeOf(err) == errNoRules.Code {
		return told, err
	}
	for _, child := range children {
		one, err := again([]int64{child})
		if ctx.Err() != nil {
			return told, ctx.Err()
		}
		if err != nil {
			code := fault.CodeOf(err)
			if code == "" {
				code = "internal"
			}
			err = d.Tenant(ctx, by, func(tx *postgres.Tx) error {
				return db.New(tx).WaitingFailed(ctx, db.WaitingFailedParams{OrganiserID: organiser, ChildID: child, Failure: code})
			})
		}
		if err != nil {
			return told, err
		}
		told = told.plus(one)
	}
	return told, nil
}

// seenMarks are the marks that stood before a computation read anything.
type seenMarks map[int64]int64

func readMarks(ctx context.Context, tx *postgres.Tx, organiser int32) (seenMarks, error) {
	rows, err := db.New(tx).WaitingMarks(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("reading marks: %w", err)
	}
	seen := seenMarks{}
	for _, r := range rows {
		seen[r.ChildID] = r.MarkNo
	}
	return seen, nil
}

// done takes away the marks of children that were seen. One that was set since then stays.
func (s seenMarks) done(ctx context.Context, tx *postgres.Tx, organiser int32, children []int64) error {
	p := db.WaitingDoneParams{OrganiserID: organiser}
	for _, c := range children {
		if no, marked := s[c]; marked {
			p.Children, p.Marks = append(p.Children, c), append(p.Marks, no)
		}
	}
	if len(p.Children) == 0 {
		return nil
	}
	if err := db.New(tx).WaitingDone(ctx, p); err != nil {
		return fmt.Errorf("taking away %d marks: %w", len(p.Children), err)
	}
	return nil
}

// HouseholdHandlers receive what happens to households, for job.DeliverOutbox: every child whose fee may hang on it is marked. A message that comes
// twice marks twice, which is the same.
func HouseholdHandlers(d *postgres.DB) map[string]job.Handler {
	return map[string]job.Handler{household.TopicChanged: func(ctx context.Context, m postgres.Delivery) error {
		var told household.Changed
		if err := json.Unmarshal(m.Payload, &told); err != nil {
			return fmt.Errorf("reading message %s: %w", m.Dedup, err)
		}
		by := access.System(sweeper, m.Organiser)
		return d.Tenant(ctx, by, func(tx *postgres.Tx) error {
			if told.Client == 0 {
				_, err := MarkAll(ctx, tx, by, m.Organiser)
				return err
			}
			near, err := db.New(tx).ChildrenNear(ctx, db.ChildrenNearParams{OrganiserID: m.Organiser, ClientID: told.Client})
			if err != nil {
				return fmt.Errorf("looking for children near client %d: %w", told.Client, err)
			}
			return mark(ctx, tx, m.Organiser, near...)
		})
	}}
}

// Failed is a child whose drafts could not be made.
type Failed struct {
	Child     int64
	ChildName string
	Code      string
	Since     time.Time
}

// Failures lists them by name.
func Failures(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Failed, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).WaitingOfFailed(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing failures: %w", err)
	}
	list := make([]Failed, len(rows))
	for i, r := range rows {
		list[i] = Failed{r.ChildID, strings.TrimSpace(r.LastName + " " + r.FirstNames), r.Failure, r.MarkedAt}
	}
	return list, nil
}

// Counts are the figures of a caseworker's first page.
type Counts struct {
	Children, Drafts, Aside, Endings, Tasks int // of drafts those that may be sent today
	Unsent                                  int // drafts of orders whose turn has not come
	Waiting, Failed                         int // children whose drafts are to be made anew, and those who failed
}

// Work counts what waits.
func Work(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (Counts, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return Counts{}, err
	}
	q := db.New(tx)
	_, soon, err := sendableNow(ctx, tx, organiser)
	if err != nil {
		return Counts{}, err
	}
	n, err := q.WorkCounts(ctx, db.WorkCountsParams{OrganiserID: organiser, SoonFroms: soon.froms, SoonTos: soon.tos})
	if err != nil {
		return Counts{}, fmt.Errorf("counting work: %w", err)
	}
	waiting, err := q.WaitingCount(ctx, organiser)
	if err != nil {
		return Counts{}, fmt.Errorf("counting what waits: %w", err)
	}
	return Counts{Children: int(n.Children), Drafts: int(n.Drafts), Aside: int(n.Aside), Endings: int(n.Endings), Tasks: int(n.Tasks), Unsent: int(n.Unsent),
		Waiting: int(waiting.Waiting), Failed: int(waiting.Failed)}, nil
}
