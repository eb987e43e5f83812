package varda

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
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
	Unit       Placed // of the child that the codes bear on; the zero one when they bear on none
}

// ofUnit are the lacks and codes that are mended at a unit or with its producer.
var ofUnit = map[string]func(Unit) bool{
	string(NoUnit):      func(u Unit) bool { return u.OID == "" || u.Producer == "" },
	string(NoAgreement): func(u Unit) bool { return !u.Agreed },
	"PT010":             anyUnit, "MI019": anyUnit, "VS005": anyUnit, "VS006": anyUnit,
}

func anyUnit(Unit) bool { return true }

// bearsOn finds the child's newest unit of which the first such code may be true.
func (t Trouble) bearsOn(units []Placed) Placed {
	for _, c := range t.Codes {
		may, is := ofUnit[c.Code]
		for i := len(units) - 1; is && i >= 0; i-- {
			if may(units[i].Unit) {
				return units[i]
			}
		}
	}
	return Placed{}
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
	children, views := make([]int64, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		children[i], all = r.ChildID, int(r.AllOfThem)
	}
	units, err := unitsOf(ctx, tx, organiser, children)
	if err != nil {
		return nil, 0, err
	}
	list = make([]Trouble, len(rows))
	for i, r := range rows {
		list[i] = Trouble{Child: r.ChildID, Name: strings.TrimSpace(r.LastName + " " + r.FirstNames), State: r.State, Tries: int(r.Tries), ReportedAt: r.ReportedAt}
		if err := json.Unmarshal([]byte(r.Codes), &list[i].Codes); err != nil {
			return nil, 0, fmt.Errorf("codes of child %d: %w", r.ChildID, err)
		}
		list[i].Unit = list[i].bearsOn(units[r.ChildID])
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare"}
	}
	return list, all, audit.SeenMany(ctx, tx, by, views)
}

// unitsOf reads the units of children, with what is recorded of them for the warehouse, in the order of the places.
func unitsOf(ctx context.Context, tx *postgres.Tx, organiser int32, children []int64) (map[int64][]Placed, error) {
	rows, err := db.New(tx).TroubleUnits(ctx, db.TroubleUnitsParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return nil, fmt.Errorf("reading units of children whom the warehouse refused: %w", err)
	}
	list := map[int64][]Placed{}
	for _, r := range rows {
		list[r.ChildID] = append(list[r.ChildID], Placed{Unit: Unit{r.UnitOid, r.ProducerOid, r.Agreed}, ID: r.UnitID, Name: r.Name})
	}
	return list, nil
}

// Nightly is the name of the program that orders the run of the night.
const Nightly = "varda"

// NightHour and NightMinute are when the run of the night begins, of Finnish time.
const NightHour, NightMinute = 22, 30

// NextNight is when the next run of the night begins.
func NextNight(now time.Time) (time.Time, error) {
	day := calendar.DateOf(now.In(calendar.Helsinki))
	for {
		at, _, err := calendar.Instant(day, NightHour, NightMinute)
		if err != nil || at.After(now) {
			return at, err
		}
		day++
	}
}

// SilentSince tells since which run the warehouse has not answered, of runs with the newest first; false when the last one that ended
// was answered.
func SilentSince(runs []Past) (since time.Time, silent bool) {
	for _, r := range runs {
		switch {
		case r.EndedAt == nil:
			continue
		case r.Outcome != Down:
			return since, silent
		}
		since, silent = *r.EndedAt, true
	}
	return since, silent
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
