package economy

import (
	"context"
	"slices"
	"time"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

var (
	errTwice = fault.New(fault.Invalid, "ECO-012", "economy.cost.twice").At("from")
	errMoved = fault.New(fault.Stale, "ECO-013", "economy.cost.moved")
)

// Line is costs with their line of a file. ID and RowVersion name what they would replace.
type Line struct {
	Row int
	Costs
}

// LineChange is what a line would do; Before is nil when it adds.
type LineChange struct {
	Line
	Before *Costs
}

// Changes tells that the line is not what stands already.
func (c LineChange) Changes() bool { return c.Before == nil || c.figures() != c.Before.figures() }

// figures are costs without who entered them and when.
func (c Costs) figures() Costs {
	c.ID, c.RowVersion, c.EnteredAt, c.EnteredBy = 0, 0, time.Time{}, ""
	return c
}

// Preview tells what lines would do and writes nothing: a line of the same form and months as standing costs replaces them. The faults
// have their line in "row": ECO-002 to ECO-006, and ECO-012 where two lines are of the same months.
func Preview(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, lines []Line) (changes []LineChange, faults fault.List, err error) {
	if err := by.May(access.BudgetEdit, organiser); err != nil {
		return nil, nil, err
	}
	standing, err := List(ctx, tx, by, organiser)
	if err != nil {
		return nil, nil, err
	}
	for i, l := range lines {
		c, wrong := LineChange{Line: l}, fault.All(l.check())
		for _, s := range standing {
			switch {
			case s.Form == l.Form && s.Period == l.Period:
				c.Before, c.ID, c.RowVersion = new(s), s.ID, s.RowVersion
			case s.Form == l.Form && s.Period.Overlaps(l.Period):
				wrong = append(wrong, errOverlap)
			}
		}
		twice := slices.IndexFunc(lines[:i], func(o Line) bool { return o.Form == l.Form && o.Period.Overlaps(l.Period) })
		if twice >= 0 {
			wrong = append(wrong, errTwice.With("other", lines[twice].Row))
		}
		for _, one := range wrong {
			faults = append(faults, one.With("row", l.Row))
		}
		if len(wrong) == 0 {
			changes = append(changes, c)
		}
	}
	return changes, faults, nil
}

// Take writes the lines of a preview, all or none, and tells how many changed something. ECO-013 when the costs are no longer what the
// preview compared with.
func Take(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, lines []Line) (int, error) {
	changes, faults, err := Preview(ctx, tx, by, organiser, lines)
	if err != nil {
		return 0, err
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	n := 0
	for i, c := range changes {
		if c.ID != lines[i].ID || c.RowVersion != lines[i].RowVersion {
			return 0, errMoved
		}
		if !c.Changes() {
			continue
		}
		if err := Save(ctx, tx, by, organiser, c.Costs); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}
