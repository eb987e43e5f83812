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
	Unit       Placed // where the first code is mended that is mended at a unit; number and name only, zero when there is none
}

// ofUnit are the lacks and codes that are mended at the unit of what was refused, or with its producer.
var ofUnit = map[string]bool{string(NoUnit): true, string(NoAgreement): true, "PT010": true, "MI019": true, "VS005": true, "VS006": true}

// unit of the first such code; 0 when there is none.
func (t Trouble) unit() int64 {
	for _, c := range t.Codes {
		if ofUnit[c.Code] && c.Unit != 0 {
			return c.Unit
		}
	}
	return 0
}

// Troubles lists the first of them by name, tells how many they are in all, and logs the reading.
func Troubles(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, most int) (list []Trouble, all int, err error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, 0, err
	}
	rows, err := db.New(tx).Troubles(ctx, db.TroublesParams{OrganiserID: organiser, Most: int32(most)})
	if err != nil {
		return nil, 0, fmt.Errorf("listing children whom the warehouse refused: %w", err)
	}
	list, views := make([]Trouble, len(rows)), make([]audit.View, len(rows))
	units := make([]int64, len(rows))
	for i, r := range rows {
		list[i] = Trouble{Child: r.ChildID, Name: strings.TrimSpace(r.LastName + " " + r.FirstNames), State: r.State, Tries: int(r.Tries), ReportedAt: r.ReportedAt}
		if err := json.Unmarshal([]byte(r.Codes), &list[i].Codes); err != nil {
			return nil, 0, fmt.Errorf("codes of child %d: %w", r.ChildID, err)
		}
		all, units[i] = int(r.AllOfThem), list[i].unit()
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare"}
	}
	names, err := db.New(tx).TroubleUnits(ctx, units)
	if err != nil {
		return nil, 0, fmt.Errorf("reading units of children whom the warehouse refused: %w", err)
	}
	for _, n := range names {
		for i, id := range units {
			if id == n.UnitID {
				list[i].Unit = Placed{ID: id, Name: n.Name}
			}
		}
	}
	return list, all, audit.SeenMany(ctx, tx, by, views)
}

// Nightly is the name of the program that orders the run of the night.
const Nightly = "varda"

// Past is a run that was ordered.
type Past struct {
	No        int
	OrderedAt time.Time
	OrderedBy string
	BeganAt   *time.Time // nil = it waits
	EndedAt   *time.Time // nil = it runs, is held, or was cut off and will go on
	Outcome   string     // Done, once it has ended; Down or Failed of runs of earlier editions
	Told      Told       // with why it is held and when it goes on
	HeldSince time.Time  // when it is held
	Tries     int        // in a row that were held for the same reason
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
		list[i] = Past{No: int(r.RunNo), OrderedAt: r.OrderedAt, OrderedBy: r.OrderedBy, BeganAt: r.BeganAt, EndedAt: r.EndedAt, Outcome: r.Outcome, Tries: int(r.Tries),
			Told: Told{Children: int(r.Children), Sent: int(r.Sent), Refused: int(r.Refused), Lacking: int(r.Lacking)}}
		if r.NextAt != nil && r.HeldSince != nil { // not while it goes on
			list[i].HeldSince, list[i].Told.Held, list[i].Told.Next = *r.HeldSince, Hold(r.Held), *r.NextAt
		}
	}
	return list, nil
}
