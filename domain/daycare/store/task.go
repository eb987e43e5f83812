package store

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Task is something that keeps days of a child without a decision, or a double record to look at.
type Task struct {
	Child     int64
	ChildName string
	Period    calendar.Period
	Reason    daycare.GapReason
}

// Tasks lists the gaps of children, all when none is named.
func Tasks(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, children []int64) ([]Task, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	if children == nil {
		children = []int64{}
	}
	rows, err := db.New(tx).GapList(ctx, db.GapListParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return nil, fmt.Errorf("listing tasks: %w", err)
	}
	list := make([]Task, len(rows))
	for i, r := range rows {
		list[i] = Task{r.ChildID, listName(r.LastName, r.FirstNames), period(r.ValidFrom, r.ValidTo), daycare.GapReason(r.Reason)}
	}
	return list, nil
}

// Ending is a sent decision that should end and that no draft replaces: the place ended.
type Ending struct {
	Decision  int64
	Child     int64
	ChildName string
	Period    calendar.Period // what should stay; empty = nothing
}

// Endings lists them by child.
func Endings(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Ending, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).EndingList(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing endings: %w", err)
	}
	list := make([]Ending, len(rows))
	for i, r := range rows {
		list[i] = Ending{r.ValueDecisionID, r.ChildID, listName(r.LastName, r.FirstNames), period(r.ValidFrom, r.ValidTo)}
	}
	return list, nil
}
