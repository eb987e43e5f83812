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
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// State is where an application is on its way.
type State string

// States: a draft is the family's own; sent and handling wait for a place, offered for the family's answer; the rest are ends.
const (
	Draft     State = "draft"
	Sent      State = "sent"
	Handling  State = "handling"
	Offered   State = "offered"
	PlaceHeld State = "placed"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
)

// Open tells that the application still waits for something.
func (s State) Open() bool { return s == Draft || s == Sent || s == Handling || s == Offered }

// waiting tells that a place may be proposed for it.
func (s State) waiting() bool { return s == Sent || s == Handling }

// IncomeWay is how the family tells its income.
type IncomeWay string

// Ways of telling: a sum with papers, the highest fee instead, or the municipality fetches it from the income register.
const (
	IncomeTold    IncomeWay = "told"
	IncomeHighest IncomeWay = "highest"
	IncomeFetch   IncomeWay = "fetch"
)

// IncomeWays in the order of choosing.
func IncomeWays() []IncomeWay { return []IncomeWay{IncomeTold, IncomeFetch, IncomeHighest} }

// Acts on applications in the audit.
const (
	ActBegun     audit.Act = "daycare.application_begun"
	ActSaved     audit.Act = "daycare.application_saved"
	ActSent      audit.Act = "daycare.application_sent"
	ActConsented audit.Act = "daycare.application_consent"
	ActTaken     audit.Act = "daycare.application_taken"
	ActWithdrawn audit.Act = "daycare.application_withdrawn"
)

// Request is what a family asks for.
type Request struct {
	Start     calendar.Date
	Option    string         // need option of the rules
	Hours     money.Quantity // of care in a week
	Urgent    bool           // work or studies begin suddenly
	Reason    string         // then why
	Shift     bool           // evenings, nights or weekends
	Words     string
	Home      int64 // guardian of whose household the fee is
	IncomeWay IncomeWay
	Income    *money.Cents // of the household in a month, gross
	Units     []int64      // in the order of preference
}

// Application is one child's application.
type Application struct {
	store.Of
	ID        int64
	Person    int64 // the child
	Child     string
	BirthDate calendar.Date
	Protected bool // the child has a safety ban
	Applicant int64
	Kind      string
	Request
	State      State
	SentAt     *time.Time
	Due        *calendar.Date
	EndedAt    *time.Time
	EndedWhy   string
	ChangedAt  time.Time
	ChangedBy  string
	RowVersion int32
	Wishes     []Wish
	Consents   []Consent
	Proposals  []Proposal // the newest first
	Guardians  []Guardian // of today
}

// Ref names the application in the audit.
func (a Application) Ref() audit.Ref {
	return audit.Ref{Kind: "daycare_application", ID: a.ID, Label: fmt.Sprint(a.ID)}
}

// Wish is a unit that a family prefers, with its place in that unit's queue.
type Wish struct {
	Unit     int64
	Name     string
	Way      Way
	Position int
}

// Consent is what a guardian has answered to the other's application.
type Consent struct {
	Adult  int64
	Answer string // agreed, refused, not_needed
	Reason string
	At     time.Time
	By     string
}

// Answers of guardians.
const (
	Agreed    = "agreed"
	Refused   = "refused"
	NotNeeded = "not_needed"
)

// Missing are the guardians of today who have neither applied nor agreed, and of whom staff have not recorded that they need not.
func (a Application) Missing() (list []Guardian) {
	for _, g := range a.Guardians {
		i := slices.IndexFunc(a.Consents, func(c Consent) bool { return c.Adult == g.Adult })
		if g.Adult != a.Applicant && (i < 0 || a.Consents[i].Answer == Refused) {
			list = append(list, g)
		}
	}
	return list
}

// Live is the proposal that waits for somebody.
func (a Application) Live() (Proposal, bool) {
	for _, p := range a.Proposals {
		if p.State.live() {
			return p, true
		}
	}
	return Proposal{}, false
}

// Lead times (540/2018, 17 §): a place is applied for four months before; when work or studies begin suddenly, two weeks are enough.
const (
	leadMonths = 4
	leadDays   = 14
)

// DueOn is the last day on which the place must be known and ready: the day the child should start, or the end of the lead time when that
// comes later.
func DueOn(sent, start calendar.Date, urgent bool) calendar.Date {
	if urgent {
		return max(start, sent+leadDays)
	}
	return max(start, sent.AddMonths(leadMonths))
}

// mostWishes is how many units an application names.
const mostWishes = 5

// oldest is the age in years from which no place in early education begins.
const oldest = 9

// Begin opens a draft with what most families ask for. A guardian begins for a child of its own; staff for the guardian whom they serve.
// GUI-007 when the child has an open application.
// Locks: client.
func Begin(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of, applicant int64) (Application, error) {
	q := db.New(tx)
	c, err := lockChild(ctx, q, of)
	if err != nil {
		return Application{}, hidden(by, err)
	}
	all, err := guardians(ctx, q, of)
	if err != nil {
		return Application{}, err
	}
	if by.Role.Side() == access.PersonSide {
		if err := by.May(access.DaycareApply, of.Organiser); err != nil {
			return Application{}, err
		}
		g, err := asGuardian(tx, by, all)
		if err != nil {
			return Application{}, err
		}
		applicant = g.Adult
	} else if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return Application{}, err
	}
	if !slices.ContainsFunc(onDay(all, tx.Today()), func(g Guardian) bool { return g.Adult == applicant }) {
		return Application{}, errNoGuardian
	}
	start := tx.Today().AddMonths(leadMonths)
	rules, err := store.RulesOn(ctx, tx, of.Organiser, start)
	if err != nil {
		return Application{}, err
	}
	option := usual(rules.Profile)
	id, err := q.ApplicationAdd(ctx, db.ApplicationAddParams{OrganiserID: of.Organiser, ChildID: of.Child, PersonID: c.Person, ApplicantID: applicant, HomeID: applicant, StartOn: start,
		Kind: option.PlacementType, OptionCode: option.Code, HoursQuantity: money.Units(35), IncomeWay: string(IncomeTold), ChangedAt: tx.Now(), ChangedBy: by.Name})
	if err != nil {
		return Application{}, mapped(fmt.Errorf("beginning an application of child %d: %w", of.Child, err))
	}
	a, err := open(ctx, tx, by, of.Organiser, id)
	if err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActBegun, a.Ref(), map[string]any{"child": of.Child})
}

// hidden keeps from a person whether somebody else's child is known.
func hidden(by access.Actor, err error) error {
	if by.Role.Side() == access.PersonSide && errors.Is(err, errUnknown) {
		return errNoGuardian
	}
	return err
}

// usual is the need option that a form begins with: the default of the first placement type.
func usual(p profile.Profile) profile.Option {
	for _, o := range p.Options {
		if o.Default {
			return o
		}
	}
	return p.Options[0]
}

// open reads an application for whoever may act on it: staff, and the guardians of the child. It is locked.
// Locks: application.
func open(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Application, error) {
	right := access.DaycareDecide
	if by.Role.Side() == access.PersonSide {
		right = access.DaycareApply
	}
	if err := by.May(right, organiser); err != nil {
		return Application{}, err
	}
	q := db.New(tx)
	row, err := q.ApplicationLock(ctx, db.ApplicationLockParams{OrganiserID: organiser, ApplicationID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Application{}, errUnknown
	}
	if err != nil {
		return Application{}, fmt.Errorf("locking application %d: %w", id, err)
	}
	list, err := whole(ctx, tx, organiser, []db.ApplicationOfRow{db.ApplicationOfRow(row)})
	if err != nil {
		return Application{}, err
	}
	if by.Role.Side() == access.PersonSide {
		if _, err := asGuardian(tx, by, list[0].Guardians); err != nil {
			return Application{}, err
		}
	}
	return list[0], nil
}

func noRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// own refuses a guardian who is not the applicant.
func (a Application) own(by access.Actor) error {
	if by.Role.Side() != access.PersonSide {
		return nil
	}
	for _, g := range a.Guardians {
		if g.Adult == a.Applicant && g.Person == by.Person {
			return nil
		}
	}
	return errNotOpen
}

// SaveInput is a draft as its form has it.
type SaveInput struct {
	Organiser  int32
	ID         int64
	RowVersion int32
	Request
}

// Save keeps a draft. What is missing is told when it is sent; what cannot be is refused at once: GUI-009 for an option that the rules
// lack, GUI-011 for a unit that is not on the list or named twice, GUI-013 for a home that is no guardian's.
// Locks: application.
func Save(ctx context.Context, tx *postgres.Tx, by access.Actor, in SaveInput) (Application, error) {
	a, err := open(ctx, tx, by, in.Organiser, in.ID)
	if err != nil {
		return Application{}, err
	}
	if a.State != Draft || a.own(by) != nil {
		return Application{}, errNotOpen
	}
	kind, err := in.check(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	q := db.New(tx)
	n, err := q.ApplicationEdit(ctx, db.ApplicationEditParams{OrganiserID: in.Organiser, ApplicationID: a.ID, RowVersion: in.RowVersion, HomeID: in.Home, StartOn: in.Start, Kind: kind,
		OptionCode: in.Option, HoursQuantity: in.Hours, Urgent: in.Urgent, Reason: strings.TrimSpace(in.Reason), Shift: in.Shift, Words: strings.TrimSpace(in.Words),
		IncomeWay: string(in.IncomeWay), IncomeCents: in.Income, ChangedAt: tx.Now(), ChangedBy: by.Name})
	if err := changed(n, err, "application", a.ID); err != nil {
		return Application{}, err
	}
	if err := q.WishDelete(ctx, db.WishDeleteParams{OrganiserID: in.Organiser, ApplicationID: a.ID}); err != nil {
		return Application{}, fmt.Errorf("replacing wishes of application %d: %w", a.ID, err)
	}
	ranks := make([]int32, len(in.Units))
	for i := range ranks {
		ranks[i] = int32(i) + 1
	}
	if err := q.WishAdd(ctx, db.WishAddParams{OrganiserID: in.Organiser, ApplicationID: a.ID, Ranks: ranks, Units: in.Units}); err != nil {
		return Application{}, fmt.Errorf("adding wishes of application %d: %w", a.ID, err)
	}
	if a, err = open(ctx, tx, by, in.Organiser, a.ID); err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActSaved, a.Ref(), map[string]any{"start": in.Start, "units": in.Units})
}

// check gives the placement type of the option.
func (in SaveInput) check(ctx context.Context, tx *postgres.Tx, a Application) (kind string, err error) {
	rules, err := store.RulesOn(ctx, tx, in.Organiser, in.Start)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(rules.Profile.Options, func(o profile.Option) bool { return o.Code == in.Option })
	switch {
	case i < 0:
		return "", errOption
	case !slices.ContainsFunc(a.Guardians, func(g Guardian) bool { return g.Adult == in.Home }):
		return "", errHome
	case !slices.Contains(IncomeWays(), in.IncomeWay) || in.Income != nil && (*in.Income < 0 || *in.Income > 10_000_000_00):
		return "", errIncome
	case in.Hours < 0 || in.Hours > money.Units(168):
		return "", errHours
	case len(in.Units) > mostWishes:
		return "", errWishes.With("most", mostWishes)
	}
	units, err := Units(ctx, tx, in.Organiser)
	if err != nil {
		return "", err
	}
	for n, id := range in.Units {
		listed := slices.ContainsFunc(units, func(u Unit) bool { return u.ID == id && u.Listed })
		if !listed || slices.Contains(in.Units[:n], id) {
			return "", errWish.At(fmt.Sprintf("unit%d", n+1))
		}
	}
	return rules.Profile.Options[i].PlacementType, nil
}

// Send puts a draft into the queue with its due date, and notes what the family agreed to of its income. GUI-008 for a start that has
// passed, GUI-010 without a wish, GUI-012 for an urgent one without its reason, GUI-014 without an income where it is told.
// The other guardians' consent is asked for, and no place is proposed before it.
// Locks: application, then clients.
func Send(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, rowVersion int32) (Application, error) {
	a, err := open(ctx, tx, by, organiser, id)
	if err != nil {
		return Application{}, err
	}
	if a.State != Draft || a.own(by) != nil {
		return Application{}, errNotOpen
	}
	if err := a.complete(tx.Today()); err != nil {
		return Application{}, err
	}
	if err := a.agreeIncome(ctx, tx, by); err != nil {
		return Application{}, err
	}
	now, due := tx.Now(), DueOn(tx.Today(), a.Start, a.Urgent)
	a.SentAt, a.Due, a.State = &now, &due, Sent
	if a, err = a.move(ctx, tx, by, rowVersion, "sent", ""); err != nil {
		return Application{}, err
	}
	err = db.New(tx).ConsentAdd(ctx, db.ConsentAddParams{OrganiserID: organiser, ApplicationID: id, AdultID: a.Applicant, Answer: Agreed, At: now, ByName: by.Name})
	if err != nil {
		return Application{}, fmt.Errorf("noting the applicant's consent: %w", err)
	}
	if err := tell(ctx, tx, a, TopicApplied, a.RowVersion); err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActSent, a.Ref(), map[string]any{"due": due, "urgent": a.Urgent})
}

func (a Application) complete(today calendar.Date) error {
	switch {
	case a.Start <= today:
		return errStart.With("day", today+1)
	case a.Start < a.BirthDate || a.Start >= a.BirthDate.AddMonths(12*oldest):
		return errAge
	case len(a.Wishes) == 0:
		return errWishes.With("most", mostWishes)
	case a.Urgent && a.Reason == "":
		return errReason
	case a.IncomeWay == IncomeTold && a.Income == nil:
		return errIncome
	case a.Hours <= 0:
		return errHours
	}
	return nil
}

// agreeIncome notes the consent that the family gives with its application; one that is in force already stays.
func (a Application) agreeIncome(ctx context.Context, tx *postgres.Tx, who access.Actor) error {
	kinds := map[IncomeWay]household.ConsentKind{IncomeHighest: household.HighestFee, IncomeFetch: household.MayFetch}
	kind, consents := kinds[a.IncomeWay]
	if !consents {
		return nil
	}
	by := program(who, a.Organiser)
	h, err := household.Of(ctx, tx, by, a.Organiser, a.Home)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(h.Consents, func(c household.Consent) bool { return c.Member == 0 && c.Kind == kind && c.Withdrawn == nil }) {
		return nil
	}
	_, err = household.Agree(ctx, tx, by, household.ConsentInput{Organiser: a.Organiser, Client: a.Home, Kind: kind, GivenOn: tx.Today(), Channel: "page"})
	return err
}

// move saves the state and writes a step of the history.
func (a Application) move(ctx context.Context, tx *postgres.Tx, by access.Actor, rowVersion int32, act, words string) (Application, error) {
	q := db.New(tx)
	if !a.State.Open() && a.EndedAt == nil {
		a.EndedAt = new(tx.Now())
	}
	n, err := q.ApplicationState(ctx, db.ApplicationStateParams{OrganiserID: a.Organiser, ApplicationID: a.ID, RowVersion: rowVersion, State: string(a.State), SentAt: a.SentAt, DueOn: a.Due,
		EndedAt: a.EndedAt, EndedWhy: a.EndedWhy, ChangedAt: tx.Now(), ChangedBy: by.Name})
	if err := changed(n, err, "application", a.ID); err != nil {
		return Application{}, err
	}
	a.RowVersion = rowVersion + 1
	err = q.StepAdd(ctx, db.StepAddParams{OrganiserID: a.Organiser, ApplicationID: a.ID, Act: act, Words: words, At: tx.Now(), ByName: by.Name})
	if err != nil {
		return Application{}, fmt.Errorf("writing a step of application %d: %w", a.ID, err)
	}
	return a, nil
}

// ConsentInput is a guardian's answer, or the reason why staff go on without it.
type ConsentInput struct {
	Organiser int32
	ID        int64
	Adult     int64 // staff only: whose consent is recorded
	Answer    string
	Reason    string
}

// Answer takes a guardian's answer to the other's application. Staff record a consent that they have on paper, or that it is not needed,
// with the reason (GUI-012).
// Locks: application.
func Answer(ctx context.Context, tx *postgres.Tx, by access.Actor, in ConsentInput) error {
	a, err := open(ctx, tx, by, in.Organiser, in.ID)
	if err != nil {
		return err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	person := by.Role.Side() == access.PersonSide
	if person {
		g, err := asGuardian(tx, by, a.Guardians)
		if err != nil {
			return err
		}
		in.Adult = g.Adult
	}
	known := []string{Agreed, Refused}
	if !person {
		known = []string{Agreed, NotNeeded}
	}
	switch {
	case !a.State.Open() || a.State == Draft || a.State == Offered || in.Adult == a.Applicant:
		return errNotOpen
	case !slices.Contains(known, in.Answer), !slices.ContainsFunc(a.Guardians, func(g Guardian) bool { return g.Adult == in.Adult }):
		return errNoGuardian
	case in.Answer != Agreed && in.Reason == "", !person && in.Reason == "":
		return errReason
	}
	q := db.New(tx)
	err = q.ConsentAdd(ctx, db.ConsentAddParams{OrganiserID: in.Organiser, ApplicationID: a.ID, AdultID: in.Adult, Answer: in.Answer, Reason: in.Reason, At: tx.Now(), ByName: by.Name})
	if err != nil {
		return fmt.Errorf("noting a consent of application %d: %w", a.ID, err)
	}
	if err := q.StepAdd(ctx, db.StepAddParams{OrganiserID: in.Organiser, ApplicationID: a.ID, Act: "consent." + in.Answer, Words: in.Reason, At: tx.Now(), ByName: by.Name}); err != nil {
		return fmt.Errorf("writing a step of application %d: %w", a.ID, err)
	}
	return audit.Write(ctx, tx, by, ActConsented, a.Ref(), map[string]any{"adult": in.Adult, "answer": in.Answer})
}

// Take is a guide's beginning with an application.
// Locks: application.
func Take(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, rowVersion int32) error {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return err
	}
	a, err := open(ctx, tx, by, organiser, id)
	if err != nil {
		return err
	}
	if a.State != Sent {
		return errNotOpen
	}
	a.State = Handling
	if _, err := a.move(ctx, tx, by, rowVersion, "taken", ""); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActTaken, a.Ref(), nil)
}

// Withdraw ends an application before the child has the place; a proposal or offer that waits ends with it. Staff tell why (GUI-012).
// Locks: application.
func Withdraw(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, rowVersion int32, why string) error {
	a, err := open(ctx, tx, by, organiser, id)
	if err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	if !a.State.Open() || a.own(by) != nil {
		return errNotOpen
	}
	if by.Role.Side() != access.PersonSide && why == "" {
		return errReason
	}
	if p, live := a.Live(); live {
		p.State = Cancelled
		if err := p.end(ctx, tx, by, why); err != nil {
			return err
		}
	}
	a.State, a.EndedWhy = Withdrawn, why
	if _, err := a.move(ctx, tx, by, rowVersion, "withdrawn", why); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, ActWithdrawn, a.Ref(), nil)
}
