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

// Export lists the decisions that were sent or ended at the moment or after it, in the order of change, at most that many, and logs the
// reading.
func Export(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, since time.Time, most int) ([]Exported, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).DecisionsSince(ctx, db.DecisionsSinceParams{OrganiserID: organiser, Since: since, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	list, views := make([]Exported, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		x := Exported{Decision: r.ValueDecisionID, Version: int(r.Version), Number: r.Number, Child: r.ChildID, Reference: r.ExternalRef, Name: strings.TrimSpace(r.LastName + " " + r.FirstNames),
			Unit: r.UnitID, UnitName: r.UnitName, State: "sent", Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Value: r.ValueCents, OwnShare: r.OwnCents, Payable: r.PayableCents, ChangedAt: r.ChangedAt}
		switch {
		case x.Period.Empty():
			x.State = "annulled"
		case x.Version > 0:
			x.State = "ended"
		}
		list[i], views[i] = x, audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare.export"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}
