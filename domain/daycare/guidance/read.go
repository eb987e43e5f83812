package guidance

import (
	"context"
	"fmt"
	"slices"
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

func contains(list []int64, id int64) bool { return slices.Contains(list, id) }

// whole reads everything of applications in a fixed number of queries.
func whole(ctx context.Context, tx *postgres.Tx, organiser int32, rows []db.ApplicationOfRow) ([]Application, error) {
	ids, children := make([]int64, len(rows)), make([]int64, len(rows))
	list, at := make([]Application, len(rows)), map[int64]*Application{}
	for i, r := range rows {
		ids[i], children[i] = r.ApplicationID, r.ChildID
		list[i] = Application{Of: store.Of{Organiser: organiser, Child: r.ChildID}, ID: r.ApplicationID, Person: r.PersonID, Applicant: r.ApplicantID, Kind: r.Kind,
			Request: Request{Start: r.StartOn, Option: r.OptionCode, Hours: r.HoursQuantity, Urgent: r.Urgent, Reason: r.Reason, Shift: r.Shift, Words: r.Words, Home: r.HomeID,
				Language: Language(r.Language), LanguageWords: r.LanguageWords, Support: r.Support,
				IncomeWay: IncomeWay(r.IncomeWay), Income: r.IncomeCents},
			Arrival: Arrival{Channel(r.Channel), r.ArrivedOn},
			Told:    ToldIncome{r.IncomeAt, r.IncomeBy, r.IncomeOutcome, r.IncomeAnswer},
			State:   State(r.State), SentAt: r.SentAt, Due: r.DueOn, EndedAt: r.EndedAt, EndedWhy: r.EndedWhy, ChangedAt: r.ChangedAt, ChangedBy: r.ChangedBy, RowVersion: r.RowVersion}
		at[r.ApplicationID] = &list[i]
	}
	if len(rows) == 0 {
		return list, nil
	}
	q := db.New(tx)
	if err := fillPeople(ctx, tx, q, organiser, list, children); err != nil {
		return nil, err
	}
	wishes, err := q.WishesOf(ctx, db.WishesOfParams{OrganiserID: organiser, Applications: ids})
	if err != nil {
		return nil, fmt.Errorf("reading wishes: %w", err)
	}
	for _, r := range wishes {
		a := at[r.ApplicationID]
		a.Wishes, a.Units = append(a.Wishes, Wish{r.UnitID, r.Name, Way(r.Way), int(r.Position)}), append(a.Units, r.UnitID)
	}
	consents, err := q.ConsentsOf(ctx, db.ConsentsOfParams{OrganiserID: organiser, Applications: ids})
	if err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	for _, r := range consents {
		a, c := at[r.ApplicationID], Consent{r.AdultID, r.Answer, r.Reason, r.At, r.ByName}
		a.Consents = append(slices.DeleteFunc(a.Consents, func(x Consent) bool { return x.Adult == c.Adult }), c) // the last one holds
	}
	proposals, err := q.ProposalsOf(ctx, db.ProposalsOfParams{OrganiserID: organiser, Applications: ids})
	if err != nil {
		return nil, fmt.Errorf("reading proposals: %w", err)
	}
	for _, r := range proposals {
		a := at[r.ApplicationID]
		a.Proposals = append(a.Proposals, proposalFrom(organiser, r))
	}
	return list, nil
}

func fillPeople(ctx context.Context, tx *postgres.Tx, q *db.Queries, organiser int32, list []Application, children []int64) error {
	named, err := q.ChildrenNamed(ctx, db.ChildrenNamedParams{OrganiserID: organiser, Clients: children})
	if err != nil {
		return fmt.Errorf("reading children: %w", err)
	}
	rows, err := q.GuardiansOf(ctx, db.GuardiansOfParams{OrganiserID: organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading guardians: %w", err)
	}
	for i := range list {
		a := &list[i]
		for _, r := range named {
			if r.ClientID == a.Of.Child {
				a.Child, a.BirthDate, a.Protected = strings.TrimSpace(r.FirstNames+" "+r.LastName), r.BirthDate, r.Protected
			}
		}
		for _, r := range rows {
			p := calendar.Period{From: r.ValidFrom, To: r.ValidTo}
			if r.ChildID == a.Of.Child && p.Contains(tx.Today()) {
				a.Guardians = append(a.Guardians, Guardian{Of: a.Of, Saved: store.Saved{ID: r.GuardianID, RowVersion: r.RowVersion, Period: p}, Adult: r.AdultID, Person: r.PersonID,
					Name: strings.TrimSpace(r.FirstNames + " " + r.LastName), Protected: r.Protected, Language: r.Language, Source: r.Source})
			}
		}
	}
	return nil
}

// Get reads an application for staff and for the child's guardians, and logs the reading. A guardian who did not apply is not shown what
// would tell where a protected child or its home is: see Veiled.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Application, error) {
	a, err := open(ctx, tx, by, organiser, id)
	if err != nil {
		return Application{}, err
	}
	purpose := client.ForCase
	if by.Role.Side() == access.PersonSide {
		a, purpose = a.veiled(by), client.ForSelf
		if a.State == Draft && a.own(by) != nil { // the other guardian's draft is its own
			return Application{}, errUnknown
		}
	}
	return a, audit.Seen(ctx, tx, by, audit.View{Organiser: organiser, Person: a.Person, Client: a.Of.Child, Purpose: purpose, What: "daycare.application"})
}

// Veiled tells that the viewer does not see units, home, words and income: another guardian of the child has a safety ban, or the child.
func (a Application) Veiled(person int64) bool {
	for _, g := range a.Guardians {
		if g.Person == person && (g.Adult == a.Applicant || g.Adult == a.Home && !a.Protected) {
			return false
		}
	}
	banned := a.Protected
	for _, g := range a.Guardians {
		banned = banned || g.Protected && g.Person != person
	}
	return banned
}

// veiled takes out what the other guardian's own is: income, need of support, words and reasons always, places when there is a safety ban.
func (a Application) veiled(by access.Actor) Application {
	if a.own(by) == nil {
		return a
	}
	a.Income, a.IncomeWay, a.Words, a.Support, a.Reason, a.Told = nil, "", "", "", "", ToldIncome{}
	if a.Veiled(by.Person) {
		a.Wishes, a.Units, a.Proposals, a.Home = nil, nil, nil, 0
	}
	return a
}

// Step is one line of an application's history.
type Step struct {
	Act, Words string
	At         time.Time
	By         string
}

// History lists the steps, the newest first, for whoever has read the application.
func History(ctx context.Context, tx *postgres.Tx, a Application) ([]Step, error) {
	rows, err := db.New(tx).StepsOf(ctx, db.StepsOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID})
	if err != nil {
		return nil, fmt.Errorf("reading the history of application %d: %w", a.ID, err)
	}
	list := make([]Step, len(rows))
	for i, r := range rows {
		list[i] = Step{r.Act, r.Words, r.At, r.ByName}
	}
	return list, nil
}

// QueueFilter narrows the queue.
type QueueFilter struct {
	Organiser int32
	Waits     string // for whom: guide, consent, unit, offer, family
	Urgent    bool
	Late      bool
	Transfers bool
	Unit      int64 // that is wished for
	After     int64 // application that the page before ended with
	Most      int
}

// For whom an application waits.
const (
	ForGuide   = "guide"
	ForConsent = "consent"
	ForUnit    = "unit"
	ForOffer   = "offer"
	ForFamily  = "family"
)

// Waiting lists them in the order of the way.
func Waiting() []string { return []string{ForGuide, ForConsent, ForUnit, ForOffer, ForFamily} }

// Queued is an application in the queue.
type Queued struct {
	ID, Child int64
	Name      string
	BirthDate calendar.Date
	Start     calendar.Date
	Urgent    bool
	Shift     bool
	Language  Language
	Support   bool // the family tells of a need of it
	Channel   Channel
	Transfer  bool // the child has a place today
	State     State
	Due       calendar.Date
	Waits     string
	Until     *calendar.Date // by which the unit or the family answers
	Unit      string         // proposed, or wished for first
}

// Queue lists the open applications by due date, tells whether there are more, and logs the reading.
func Queue(ctx context.Context, tx *postgres.Tx, by access.Actor, f QueueFilter) (list []Queued, more bool, err error) {
	if err := by.May(access.DaycareDecide, f.Organiser); err != nil {
		return nil, false, err
	}
	rows, err := db.New(tx).Queue(ctx, db.QueueParams{OrganiserID: f.Organiser, Today: tx.Today(), Waits: f.Waits, OnlyUrgent: f.Urgent, OnlyLate: f.Late, UnitID: f.Unit,
		OnlyTransfers: f.Transfers, After: f.After, Most: int32(f.Most) + 1})
	if err != nil {
		return nil, false, fmt.Errorf("reading the queue: %w", err)
	}
	if more = len(rows) > f.Most; more {
		rows = rows[:f.Most]
	}
	list = make([]Queued, len(rows))
	views := make([]audit.View, len(rows))
	for i, r := range rows {
		q := Queued{ID: r.ApplicationID, Child: r.ChildID, Name: strings.TrimSpace(r.LastName + " " + r.FirstNames), BirthDate: r.BirthDate, Start: r.StartOn, Urgent: r.Urgent,
			Shift: r.Shift, Language: Language(r.Language), Support: r.Support, Channel: Channel(r.Channel), Transfer: r.Placed, State: State(r.State), Waits: ForGuide, Unit: r.FirstWish}
		if r.DueOn != nil {
			q.Due = *r.DueOn
		}
		switch {
		case r.ProposalState == string(Proposed):
			q.Waits, q.Until, q.Unit = ForUnit, r.UnitDue, r.ProposedUnit
		case r.ProposalState == string(Confirmed):
			q.Waits, q.Unit = ForOffer, r.ProposedUnit
		case r.ProposalState == string(OfferedToFamily):
			q.Waits, q.Until, q.Unit = ForFamily, r.AnswerBy, r.ProposedUnit
		case r.ConsentMissing:
			q.Waits = ForConsent
		}
		list[i] = q
		views[i] = audit.View{Organiser: f.Organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare.queue"}
	}
	return list, more, audit.SeenMany(ctx, tx, by, views)
}

// Counted is how many wait for one, and how many of them are late.
type Counted struct{ Waiting, Late int }

// Counts tells for whom how many wait; it names nobody.
func Counts(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (map[string]Counted, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Waits(ctx, db.WaitsParams{OrganiserID: organiser, Today: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("counting the queue: %w", err)
	}
	out := map[string]Counted{}
	for _, r := range rows {
		out[r.Waits] = Counted{int(r.Waiting), int(r.Late)}
	}
	return out, nil
}
