package varda

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"seteli/domain/client"
	"seteli/domain/daycare/varda/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Trouble is a child whom the warehouse does not hold as we do: a task for the caseworker.
type Trouble struct {
	Child      int64
	Name       string
	State      string // Lacking or Refused
	Codes      []Code // of the warehouse, or our lacks without a field
	Tries      int    // reports that ended so
	ReportedAt time.Time
}

// Troubles lists them by name and logs the reading.
func Troubles(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Trouble, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Troubles(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing children whom the warehouse refused: %w", err)
	}
	list, views := make([]Trouble, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = Trouble{Child: r.ChildID, Name: strings.TrimSpace(r.LastName + " " + r.FirstNames), State: r.State, Tries: int(r.Tries), ReportedAt: r.ReportedAt}
		if err := json.Unmarshal([]byte(r.Codes), &list[i].Codes); err != nil {
			return nil, fmt.Errorf("codes of child %d: %w", r.ChildID, err)
		}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// Past is a run that was ordered.
type Past struct {
	No        int
	OrderedAt time.Time
	OrderedBy string
	BeganAt   *time.Time // nil = it waits
	EndedAt   *time.Time // nil = it runs, or was cut off and will go on
	Outcome   string     // Done, Down or Failed, once it has ended
	Told      Told
}

// Runs lists the newest runs.
func Runs(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, most int) ([]Past, error) {
	if err := mayRead(by, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Runs(ctx, db.RunsParams{OrganiserID: organiser, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("listing runs to the warehouse: %w", err)
	}
	list := make([]Past, len(rows))
	for i, r := range rows {
		list[i] = Past{No: int(r.RunNo), OrderedAt: r.OrderedAt, OrderedBy: r.OrderedBy, BeganAt: r.BeganAt, EndedAt: r.EndedAt, Outcome: r.Outcome,
			Told: Told{int(r.Children), int(r.Sent), int(r.Refused), int(r.Lacking), r.Outcome == Down}}
	}
	return list, nil
}
