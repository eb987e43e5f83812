package guidance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Exported is a value decision for a municipality's own system of early education. The same decision and version never say anything
// else: a receiver keeps the highest version it has seen, so taking the same feed again changes nothing.
type Exported struct {
	Decision  int64
	Version   int // 0 as it was sent; one more for each end or annulment
	Number    string
	Child     int64
	Reference string // of the child in the municipality's client system
	Name      string
	Unit      int64
	UnitName  string
	State     string // sent, ended, annulled
	Period    calendar.Period
	Value     money.Cents
	OwnShare  money.Cents
	Payable   money.Cents
	ChangedAt time.Time
}

// Place is where a reader of the feed is: behind the decision that it read last. The zero one is before the first.
type Place struct {
	At       time.Time
	Decision int64
}

// Place is behind the decision.
func (x Exported) Place() Place { return Place{x.ChangedAt, x.Decision} }

// ExportInput asks for changes since a moment and behind a place, at most that many.
type ExportInput struct {
	Organiser int32
	Since     time.Time
	After     Place
	Most      int
}

// Export lists decisions in the order of their last change and tells whether there are more, and logs the reading. A reader that goes on
// from the place of the last one misses none and is told none twice unless it has changed: changes that a running transaction may still
// store before others are told when it is over.
func Export(ctx context.Context, tx *postgres.Tx, by access.Actor, in ExportInput) (list []Exported, more bool, err error) {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return nil, false, err
	}
	until, err := tx.Settled(ctx)
	if err != nil {
		return nil, false, err
	}
	rows, err := db.New(tx).DecisionsSince(ctx, db.DecisionsSinceParams{OrganiserID: in.Organiser, Since: in.Since, Until: until, AfterAt: in.After.At, AfterID: in.After.Decision, Most: int32(in.Most) + 1})
	if err != nil {
		return nil, false, fmt.Errorf("reading decisions: %w", err)
	}
	if more = len(rows) > in.Most; more {
		rows = rows[:in.Most]
	}
	list = make([]Exported, len(rows))
	views := make([]audit.View, len(rows))
	for i, r := range rows {
		x := Exported{Decision: r.ValueDecisionID, Version: int(r.Version), Number: r.Number, Child: r.ChildID, Reference: r.ExternalRef, Name: strings.TrimSpace(r.LastName + " " + r.FirstNames),
			Unit: r.UnitID, UnitName: r.UnitName, State: "sent", Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Value: r.ValueCents, OwnShare: r.OwnCents, Payable: r.PayableCents, ChangedAt: r.ChangedAt}
		switch {
		case x.Period.Empty():
			x.State = "annulled"
		case x.Version > 0:
			x.State = "ended"
		}
		list[i], views[i] = x, audit.View{Organiser: in.Organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare.export"}
	}
	return list, more, audit.SeenMany(ctx, tx, by, views)
}
