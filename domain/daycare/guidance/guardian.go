package guidance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on guardians in the audit.
const ActGuardianSaved audit.Act = "daycare.guardian_saved"

// Guardian is an adult who may apply and answer for a child.
type Guardian struct {
	store.Of
	store.Saved
	Adult     int64 // client
	Person    int64 // read only
	Name      string
	Protected bool   // read only: a safety ban
	Language  string // read only: in which the municipality writes to the adult
	Source    string // where the municipality knows it from
}

// SaveGuardian adds or changes a guardian and takes the child among the children of early education. GUI-004 when the adult is no client of
// age, GUI-005 when the adult is the child's guardian on one of the days already. The population register comes through its own port later.
// Locks: client.
func SaveGuardian(ctx context.Context, tx *postgres.Tx, by access.Actor, in Guardian) (int64, error) {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return 0, err
	}
	if in.Period.Empty() {
		return 0, errPeriod
	}
	if err := store.AddChild(ctx, tx, by, in.Of); err != nil {
		return 0, err
	}
	q := db.New(tx)
	if _, err := lockChild(ctx, q, in.Of); err != nil {
		return 0, err
	}
	adults, err := q.ChildrenNamed(ctx, db.ChildrenNamedParams{OrganiserID: in.Organiser, Clients: []int64{in.Adult}})
	if err != nil {
		return 0, fmt.Errorf("reading adult %d: %w", in.Adult, err)
	}
	if len(adults) != 1 || in.Adult == in.Child || max(in.Period.From, tx.Today()) < daycare.GrownFrom(adults[0].BirthDate) {
		return 0, errGuardian
	}
	in.Source = strings.TrimSpace(in.Source)
	if in.ID == 0 {
		in.ID, err = q.GuardianAdd(ctx, db.GuardianAddParams{OrganiserID: in.Organiser, ChildID: in.Child, AdultID: in.Adult, ValidFrom: in.Period.From, ValidTo: in.Period.To, Source: in.Source,
			AddedAt: tx.Now(), AddedBy: by.Name})
		if err != nil {
			return 0, mapped(fmt.Errorf("adding a guardian of child %d: %w", in.Child, err))
		}
	} else {
		n, err := q.GuardianEdit(ctx, db.GuardianEditParams{OrganiserID: in.Organiser, ChildID: in.Child, GuardianID: in.ID, RowVersion: in.RowVersion, ValidFrom: in.Period.From,
			ValidTo: in.Period.To, Source: in.Source, VoidedAt: voided(tx, in.Remove)})
		if err := changed(n, err, "guardian", in.ID); err != nil {
			return 0, err
		}
	}
	return in.ID, audit.Write(ctx, tx, by, ActGuardianSaved, in.Ref(), map[string]any{"id": in.ID, "adult": in.Adult, "from": in.Period.From, "to": in.Period.To, "removed": in.Remove})
}

func voided(tx *postgres.Tx, remove bool) *time.Time {
	if !remove {
		return nil
	}
	return new(tx.Now())
}

// Guardians lists a child's guardians for staff and logs the reading of the child and of them.
func Guardians(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of) ([]Guardian, error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return nil, err
	}
	who, err := client.Load(ctx, tx, of.Organiser, of.Child)
	if err != nil {
		return nil, err
	}
	list, err := guardians(ctx, db.New(tx), of)
	if err != nil {
		return nil, err
	}
	views := []audit.View{{Organiser: of.Organiser, Person: who.Person, Client: who.ID, Purpose: client.ForCase, What: "guardians"}}
	for _, g := range list {
		views = append(views, audit.View{Organiser: of.Organiser, Person: g.Person, Client: g.Adult, Purpose: client.ForCase, What: "guardians"})
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

func guardians(ctx context.Context, q *db.Queries, of store.Of) ([]Guardian, error) {
	rows, err := q.GuardiansOf(ctx, db.GuardiansOfParams{OrganiserID: of.Organiser, Children: []int64{of.Child}})
	if err != nil {
		return nil, fmt.Errorf("reading guardians of child %d: %w", of.Child, err)
	}
	list := make([]Guardian, len(rows))
	for i, r := range rows {
		list[i] = Guardian{Of: of, Saved: store.Saved{ID: r.GuardianID, RowVersion: r.RowVersion, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}}, Adult: r.AdultID, Person: r.PersonID,
			Name: strings.TrimSpace(r.FirstNames + " " + r.LastName), Protected: r.Protected, Language: r.Language, Source: r.Source}
	}
	return list, nil
}

// onDay leaves the guardians of a day.
func onDay(list []Guardian, day calendar.Date) []Guardian {
	return slices.DeleteFunc(slices.Clone(list), func(g Guardian) bool { return !g.Period.Contains(day) })
}

// child is a locked child.
type child struct {
	store.Of
	Person    int64
	Name      string
	BirthDate calendar.Date
	Protected bool
}

func lockChild(ctx context.Context, q *db.Queries, of store.Of) (child, error) {
	r, err := q.ChildOf(ctx, db.ChildOfParams{OrganiserID: of.Organiser, ClientID: of.Child})
	if errors.Is(err, pgx.ErrNoRows) {
		return child{}, errUnknown
	}
	if err != nil {
		return child{}, fmt.Errorf("locking child %d: %w", of.Child, err)
	}
	return child{of, r.PersonID, strings.TrimSpace(r.FirstNames + " " + r.LastName), r.BirthDate, r.Protected}, nil
}

// asGuardian finds the signed-in person among the child's guardians of today; to anybody else the child is unknown (GUI-003).
func asGuardian(tx *postgres.Tx, by access.Actor, all []Guardian) (Guardian, error) {
	for _, g := range onDay(all, tx.Today()) {
		if by.Role.Side() == access.PersonSide && by.Person != 0 && g.Person == by.Person {
			return g, nil
		}
	}
	return Guardian{}, errNoGuardian
}

// program is the actor of what follows from a person's act by the municipality's own rules: the placement of an accepted offer, the
// estimate of a fee. The person's own right is checked first, and it is the person's name that the records show.
func program(by access.Actor, organiser int32) access.Actor {
	return access.System(by.Name, organiser)
}
