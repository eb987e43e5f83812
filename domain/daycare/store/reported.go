package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Reported is what is told of a voucher child to other authorities: the decisions that hold, and no income.
type Reported struct {
	Child     int64
	Name      string
	Birth     calendar.Date
	Decisions []ReportedDecision // by day
}

// ReportedDecision is a value decision that holds, with the days that it holds now.
type ReportedDecision struct {
	calendar.Period
	Decision int64
	Unit     int64
	Option   string
	Kind     string      // of the place
	Value    money.Cents // before the own share
	OwnShare money.Cents
	Size     int // of the family

	// Guardians are clients with an identity code: the head and the partner whose fee it is, in so far as they are recorded as the child's
	// guardians on a day of the decision; where neither is, the child's head on its first day. At most two; empty without a head.
	Guardians []int64
}

// reportedPart bounds what one query reads of bases.
const reportedPart = 1000

// Reports reads the holding decisions of children, all of the organiser's when none is named, and logs the reading.
func Reports(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, children []int64) ([]Reported, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	q := db.New(tx)
	rows, err := q.DecisionsOf(ctx, db.DecisionsOfParams{OrganiserID: organiser, Children: append([]int64{}, children...)}) // empty, never null
	if err != nil {
		return nil, fmt.Errorf("reading decisions to report: %w", err)
	}
	of := map[int64]*Reported{}
	var ids []int64
	for _, r := range rows {
		p := period(r.ValidFrom, r.ValidTo)
		if p.Empty() {
			continue
		}
		c := of[r.ChildID]
		if c == nil {
			c = &Reported{Child: r.ChildID}
			of[r.ChildID], ids = c, append(ids, r.ChildID)
		}
		c.Decisions = append(c.Decisions, ReportedDecision{Period: p, Decision: r.ValueDecisionID, Unit: r.UnitID, Value: r.ValueCents, OwnShare: r.OwnCents})
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, reportedPart) {
		if err := fill(ctx, q, organiser, part, of); err != nil {
			return nil, err
		}
	}
	return told(ctx, tx, by, organiser, ids, of)
}

// fill adds names, heads and what decisions were made of.
func fill(ctx context.Context, q *db.Queries, organiser int32, ids []int64, of map[int64]*Reported) error {
	bases, err := q.BasesHolding(ctx, db.BasesHoldingParams{OrganiserID: organiser, Children: ids})
	if err != nil {
		return fmt.Errorf("reading what decisions were made of: %w", err)
	}
	made := make(map[int64]Basis, len(bases))
	for _, b := range bases {
		var basis Basis
		if err := json.Unmarshal([]byte(b.Basis), &basis); err != nil {
			return fmt.Errorf("value decision %d: %w", b.ValueDecisionID, err)
		}
		made[b.ValueDecisionID] = basis
	}
	heads, err := q.HeadsOfChildren(ctx, db.HeadsOfChildrenParams{OrganiserID: organiser, Children: ids})
	if err != nil {
		return fmt.Errorf("reading heads: %w", err)
	}
	headsOf := map[int64][]db.HeadsOfChildrenRow{}
	for _, h := range heads {
		headsOf[h.ChildID] = append(headsOf[h.ChildID], h)
	}
	guardians, err := q.GuardiansReported(ctx, db.GuardiansReportedParams{OrganiserID: organiser, Children: ids})
	if err != nil {
		return fmt.Errorf("reading guardians: %w", err)
	}
	guardiansOf := map[int64][]db.GuardiansReportedRow{}
	for _, g := range guardians {
		guardiansOf[g.ChildID] = append(guardiansOf[g.ChildID], g)
	}
	for _, id := range ids {
		c := of[id]
		for i := range c.Decisions {
			d := &c.Decisions[i]
			d.Guardians = paying(made[d.Decision], d.Period, guardiansOf[id])
			d.Option, d.Kind, d.Size = made[d.Decision].Draft.Option, made[d.Decision].Draft.PlacementType, made[d.Decision].Draft.FamilySize
			for _, h := range headsOf[id] {
				if len(d.Guardians) == 0 && h.ValidFrom <= d.From && d.From < h.ValidTo {
					d.Guardians = []int64{h.AdultID}
				}
			}
		}
		slices.SortFunc(c.Decisions, func(a, b ReportedDecision) int { return int(a.From - b.From) })
	}
	return nil
}

// paying gives the guardians of a child, on some day of a decision, who live in the household whose fee it tells.
func paying(b Basis, p calendar.Period, guardians []db.GuardiansReportedRow) (list []int64) {
	for _, g := range guardians {
		who := personID(g.PersonID)
		if (who == b.Draft.Head || who == b.Draft.Partner) && p.Overlaps(period(g.ValidFrom, g.ValidTo)) && !slices.Contains(list, g.AdultID) {
			list = append(list, g.AdultID)
		}
	}
	return list
}

// told adds names and logs that the children were read.
func told(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, ids []int64, of map[int64]*Reported) ([]Reported, error) {
	people, err := db.New(tx).PeopleNamed(ctx, db.PeopleNamedParams{OrganiserID: organiser, Clients: ids})
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	list, views := make([]Reported, 0, len(ids)), make([]audit.View, 0, len(ids))
	for _, p := range people {
		c := of[p.ClientID]
		c.Name, c.Birth = strings.TrimSpace(p.LastName+" "+p.FirstNames), p.BirthDate
		list = append(list, *c)
		views = append(views, audit.View{Organiser: organiser, Person: p.PersonID, Client: p.ClientID, Purpose: client.ForCase, What: "daycare"})
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}
