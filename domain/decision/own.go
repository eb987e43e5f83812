package decision

import (
	"context"
	"fmt"

	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// mostOwn is how many decisions a person's own list shows, the newest first.
const mostOwn = 200

// OfPerson lists a person's own decisions of every organiser, newest first. It runs in the person's own scope.
func OfPerson(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]Decision, error) {
	if err := by.May(access.DecisionRead, 0); err != nil {
		return nil, err
	}
	if by.Role.Side() != access.PersonSide || by.Person == 0 {
		return nil, errUnknown
	}
	rows, err := db.New(tx).DecisionsOfPerson(ctx, db.DecisionsOfPersonParams{PersonID: &by.Person, Most: mostOwn})
	if err != nil {
		return nil, fmt.Errorf("listing the decisions of person %d: %w", by.Person, err)
	}
	out := make([]Decision, len(rows))
	views := make([]audit.View, 0, 1)
	seen := map[int32]bool{}
	for i, r := range rows {
		out[i] = fromRow(r)
		if !seen[r.OrganiserID] {
			seen[r.OrganiserID] = true
			views = append(views, audit.View{Organiser: r.OrganiserID, Person: by.Person, Purpose: "own.data", What: "decision"})
		}
	}
	return out, audit.SeenMany(ctx, tx, by, views)
}
