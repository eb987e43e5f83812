package guidance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on what families tell, in the audit.
const (
	ActNotice        audit.Act = "daycare.notice_given"
	ActChangeTold    audit.Act = "daycare.need_change_told"
	ActChangeHandled audit.Act = "daycare.need_change_handled"
)

// Ward is a child of the signed-in guardian in one organiser.
type Ward struct {
	Organiser int32
	Child     int64
	Adult     int64 // the guardian's own number of client
}

// Wards lists the children of whom the signed-in person is a guardian today, in all organisers, under the person's own scope.
func Wards(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]Ward, error) {
	if err := by.May(access.DaycareApply, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).GuardiansOfPerson(ctx, db.GuardiansOfPersonParams{PersonID: by.Person, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("reading whose guardian the person is: %w", err)
	}
	list := make([]Ward, len(rows))
	for i, r := range rows {
		list[i] = Ward{r.OrganiserID, r.ChildID, r.AdultID}
	}
	return list, nil
}

// Family is what a guardian sees of one child.
type Family struct {
	store.Of
	Name         string
	BirthDate    calendar.Date
	Self         Guardian
	Others       []Guardian // names only
	Veiled       bool       // a safety ban: where the child is, is not told here
	Placements   []store.Placement
	Needs        []store.Need
	Decisions    []store.Decision // those whose fee is of the viewer's own home
	Apart        bool             // there are others: they tell the income and the address of a home that is not the viewer's
	Applications []Application    // the newest first
	Changes      []NeedChange
}

// FamilyOf reads it for a guardian (GUI-003 for anybody else), and logs the reading.
// Locks: client.
func FamilyOf(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of) (Family, error) {
	f, err := family(ctx, tx, by, of)
	if err != nil {
		return Family{}, err
	}
	q := db.New(tx)
	record, err := store.Get(ctx, tx, program(by, of.Organiser), of)
	if err != nil {
		return Family{}, err
	}
	rows, err := q.ApplicationsOfChildren(ctx, db.ApplicationsOfChildrenParams{OrganiserID: of.Organiser, Children: []int64{of.Child}})
	if err != nil {
		return Family{}, fmt.Errorf("reading applications of child %d: %w", of.Child, err)
	}
	same := make([]db.ApplicationOfRow, len(rows))
	for i, r := range rows {
		same[i] = db.ApplicationOfRow(r)
	}
	applications, err := whole(ctx, tx, of.Organiser, same)
	if err != nil {
		return Family{}, err
	}
	for _, a := range applications {
		if a.State != Draft || a.own(by) == nil { // another guardian's draft is its own
			f.Applications = append(f.Applications, a.veiled(by))
		}
	}
	if !f.Veiled {
		f.Placements, f.Needs = record.Placements, record.Needs
		if err = f.decisions(ctx, tx, by, record); err != nil {
			return Family{}, err
		}
		if f.Changes, err = changes(ctx, q, of); err != nil {
			return Family{}, err
		}
	}
	return f, audit.Seen(ctx, tx, by, audit.View{Organiser: of.Organiser, Person: record.Person, Client: of.Child, Purpose: client.ForSelf, What: "daycare"})
}

// family finds the guardian and tells whether a safety ban hides where the child is: it does when the child or another guardian has one,
// unless the fee is of the viewer's own household.
func family(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of) (Family, error) {
	if err := by.May(access.DaycareApply, of.Organiser); err != nil {
		return Family{}, err
	}
	q := db.New(tx)
	c, err := lockChild(ctx, q, of)
	if err != nil {
		return Family{}, hidden(by, err)
	}
	all, err := guardians(ctx, q, of)
	if err != nil {
		return Family{}, err
	}
	self, err := asGuardian(tx, by, all)
	if err != nil {
		return Family{}, err
	}
	f := Family{Of: of, Name: c.Name, BirthDate: c.BirthDate, Self: self}
	banned := c.Protected
	for _, g := range onDay(all, tx.Today()) {
		if g.Adult != self.Adult {
			banned = banned || g.Protected
			f.Others = append(f.Others, Guardian{Adult: g.Adult, Name: g.Name})
		}
	}
	if banned {
		home, err := f.home(ctx, tx, by)
		if err != nil {
			return Family{}, err
		}
		f.Veiled = !home
	}
	return f, nil
}

// home tells whether the child's fee is of the viewer's household, today or next: the child lives there.
func (f Family) home(ctx context.Context, tx *postgres.Tx, who access.Actor) (bool, error) {
	record, err := store.Get(ctx, tx, program(who, f.Organiser), f.Of)
	if err != nil {
		return false, err
	}
	for _, h := range record.Heads {
		if h.Period.To > tx.Today() {
			return h.Adult == f.Self.Adult, nil
		}
	}
	return len(f.Others) == 0, nil
}

// decisions leaves the value decisions whose fee is of the viewer's own household: what another home earns and where it is stands in them.
func (f *Family) decisions(ctx context.Context, tx *postgres.Tx, by access.Actor, record store.Record) error {
	for _, d := range record.Decisions {
		day := d.Period.From
		if d.Period.Empty() {
			day = d.Sent.From
		}
		apart, err := f.apart(ctx, tx, by, record, 0, day)
		if err != nil {
			return err
		}
		if f.Apart = f.Apart || apart; !apart {
			f.Decisions = append(f.Decisions, d)
		}
	}
	return nil
}

// Reasons reads what a value decision of a guardian's child was made of, with the child.
func Reasons(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of, decision int64) (Family, store.Decision, store.Reasoned, error) {
	f, err := FamilyOf(ctx, tx, by, of)
	if err != nil {
		return Family{}, store.Decision{}, store.Reasoned{}, err
	}
	for _, d := range f.Decisions {
		if d.ID == decision {
			why, err := store.Reasons(ctx, tx, program(by, of.Organiser), of.Organiser, decision)
			return f, d, why, err
		}
	}
	return Family{}, store.Decision{}, store.Reasoned{}, errUnknown
}

// NoticeInput ends a child's place.
type NoticeInput struct {
	store.Of
	Last calendar.Date // of the place
}

// EarliestEnd is the first day that may be a place's last after a notice on a day: the notice time of the rules, in whole months.
func EarliestEnd(rules store.Rules, day calendar.Date) calendar.Date {
	return day.AddMonths(rules.Profile.NoticeMonths)
}

// GiveNotice is a guardian's notice of the place that the child has today or later. GUI-025 when the last day is before the notice time
// ends, GUI-026 when there is no place to end. What follows of it is drafted at once.
// Locks: client, then the family.
func GiveNotice(ctx context.Context, tx *postgres.Tx, by access.Actor, in NoticeInput) error {
	f, err := family(ctx, tx, by, in.Of)
	if err != nil {
		return err
	}
	rules, err := store.RulesOn(ctx, tx, in.Organiser, tx.Today())
	if err != nil {
		return err
	}
	earliest := EarliestEnd(rules, tx.Today())
	if in.Last < earliest {
		return errNotice.With("day", earliest)
	}
	as := program(by, in.Organiser)
	record, err := store.Get(ctx, tx, as, in.Of)
	if err != nil || f.Veiled {
		return errNoPlace.Because(err)
	}
	for _, p := range record.Placements {
		if !p.Period.Contains(in.Last) || p.Period.To <= tx.Today() {
			continue
		}
		p.Of, p.Period.To, p.Notice = in.Of, in.Last+1, new(tx.Today())
		if _, err := store.SavePlacement(ctx, tx, as, p); err != nil {
			return err
		}
		if _, err := store.Regenerate(ctx, tx, as, in.Organiser, []int64{in.Child}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, by, ActNotice, in.Ref(), map[string]any{"last": in.Last, "unit": p.Unit})
	}
	return errNoPlace.At("last")
}

// NeedChange is a need that a family asks for.
type NeedChange struct {
	ID        int64
	Child     int64
	Person    int64  // read only, as the name: of a list of staff
	Name      string // of the child
	From      calendar.Date
	Option    string
	Words     string
	ToldAt    time.Time
	ToldBy    string
	HandledAt *time.Time
	HandledBy string
	Outcome   string // done, refused
	Answer    string
}

// TellNeed takes a guardian's wish of another need from a day on; it holds when staff have recorded it.
// Locks: client.
func TellNeed(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of, change NeedChange) error {
	f, err := family(ctx, tx, by, of)
	if err != nil {
		return err
	}
	rules, err := store.RulesOn(ctx, tx, of.Organiser, change.From)
	if err != nil {
		return err
	}
	known := false
	for _, o := range rules.Profile.Options {
		known = known || o.Code == change.Option
	}
	switch {
	case !known:
		return errOption
	case change.From <= tx.Today():
		return errStart.At("from").With("day", tx.Today()+1)
	}
	q := db.New(tx)
	told, err := changes(ctx, q, of)
	if err != nil {
		return err
	}
	for _, x := range told {
		if x.HandledAt == nil && x.From == change.From && x.Option == change.Option && x.Words == strings.TrimSpace(change.Words) {
			return nil // pressed twice
		}
	}
	id, err := q.ChangeAdd(ctx, db.ChangeAddParams{OrganiserID: of.Organiser, ChildID: of.Child, AdultID: f.Self.Adult, FromOn: change.From, OptionCode: change.Option,
		Words: strings.TrimSpace(change.Words), ToldAt: tx.Now(), ToldBy: by.Name})
	if err != nil {
		return fmt.Errorf("noting a change of child %d: %w", of.Child, err)
	}
	return audit.Write(ctx, tx, by, ActChangeTold, of.Ref(), map[string]any{"change": id, "from": change.From, "option": change.Option})
}

func changes(ctx context.Context, q *db.Queries, of store.Of) ([]NeedChange, error) {
	rows, err := q.ChangesOf(ctx, db.ChangesOfParams{OrganiserID: of.Organiser, Children: []int64{of.Child}})
	if err != nil {
		return nil, fmt.Errorf("reading changes of child %d: %w", of.Child, err)
	}
	list := make([]NeedChange, len(rows))
	for i, r := range rows {
		list[i] = NeedChange{ID: r.ChangeID, Child: r.ChildID, From: r.FromOn, Option: r.OptionCode, Words: r.Words, ToldAt: r.ToldAt, ToldBy: r.ToldBy, HandledAt: r.HandledAt,
			HandledBy: r.HandledBy, Outcome: r.Outcome, Answer: r.Answer}
	}
	return list, nil
}

// OpenChanges lists what waits for staff, the oldest first, and logs the reading.
func OpenChanges(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, most int) ([]NeedChange, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ChangesOpen(ctx, db.ChangesOpenParams{OrganiserID: organiser, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("reading changes: %w", err)
	}
	list, views := make([]NeedChange, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = NeedChange{ID: r.ChangeID, Child: r.ChildID, Person: r.PersonID, Name: strings.TrimSpace(r.LastName + " " + r.FirstNames), From: r.FromOn, Option: r.OptionCode, Words: r.Words,
			ToldAt: r.ToldAt, ToldBy: r.ToldBy}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare.change"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// HandleChange records the need that a family asked for and drafts what follows, or answers why not (GUI-012). GUI-027 when somebody has
// handled it.
// Locks: client, then the family.
func HandleChange(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, yes bool, answer string) error {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return err
	}
	q := db.New(tx)
	row, err := q.ChangeLock(ctx, db.ChangeLockParams{OrganiserID: organiser, ChangeID: id})
	switch {
	case noRows(err):
		return errUnknown
	case err != nil:
		return fmt.Errorf("locking change %d: %w", id, err)
	case row.HandledAt != nil:
		return errHandled
	}
	of, outcome := store.Of{Organiser: organiser, Child: row.ChildID}, "done"
	if answer = strings.TrimSpace(answer); !yes {
		outcome = "refused"
		if answer == "" {
			return errReason.At("answer")
		}
	} else {
		record, err := store.Get(ctx, tx, by, of)
		if err != nil {
			return err
		}
		if err := (Application{Of: of}).saveNeed(ctx, tx, by, record, calendar.Period{From: row.FromOn, To: calendar.Forever}, row.OptionCode); err != nil {
			return err
		}
		if _, err := store.Regenerate(ctx, tx, by, organiser, []int64{row.ChildID}); err != nil {
			return err
		}
	}
	if err := q.ChangeHandle(ctx, db.ChangeHandleParams{OrganiserID: organiser, ChangeID: id, HandledAt: tx.Now(), HandledBy: by.Name, Outcome: outcome, Answer: answer}); err != nil {
		return fmt.Errorf("handling change %d: %w", id, err)
	}
	return audit.Write(ctx, tx, by, ActChangeHandled, of.Ref(), map[string]any{"change": id, "outcome": outcome})
}
