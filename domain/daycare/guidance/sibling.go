package guidance

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// SiblingPlace is where another child of the family has its place now or next.
type SiblingPlace struct {
	Child    int64
	Name     string
	Unit     int64
	UnitName string
	From     calendar.Date
}

// SiblingPlaces lists the other children of the application's guardians who have a place, the oldest first, and logs the reading of each.
// Only staff are told: a guardian may not know of the other's children.
func SiblingPlaces(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application) ([]SiblingPlace, error) {
	if err := by.May(access.DaycareDecide, a.Organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).SiblingPlaces(ctx, db.SiblingPlacesParams{OrganiserID: a.Organiser, ChildID: a.Of.Child, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("reading places of the siblings of child %d: %w", a.Of.Child, err)
	}
	list, views := make([]SiblingPlace, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = SiblingPlace{r.ClientID, strings.TrimSpace(r.FirstNames + " " + r.LastName), r.UnitID, r.UnitName, r.ValidFrom}
		views[i] = audit.View{Organiser: a.Organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "daycare"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}
