package guidance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/money"
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
	Start         calendar.Date
	Option        string         // need option of the rules
	Hours         money.Quantity // of care in a week
	Urgent        bool           // work or studies begin suddenly
	Reason        string         // then why
	Shift         bool           // evenings, nights or weekends
	Words         string
	Language      Language // of early education
	LanguageWords string   // which one, when it is another
	Support       string   // that the child needs, in the family's own words; not for the unit
	Home          int64    // guardian of whose household the fee is
	IncomeWay     IncomeWay
	Income        *money.Cents // of the household in a month, gross
	Units         []int64      // in the order of preference
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
	Arrival
	State      State
	SentAt     *time.Time
	Due        *calendar.Date
	EndedAt    *time.Time
	EndedWhy   string
	ChangedAt  time.Time
	ChangedBy  string
	RowVersion int32
	Told       ToldIncome
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

// answer is what a guardian has answered last, "" = nothing.
func (a Application) answer(adult int64) string {
	for _, c := range a.Consents {
		if c.Adult == adult {
			return c.Answer
		}
	}
	return ""
}

// Opposes gives the guardian who has refused the consent, if one has.
func (a Application) Opposes() (Guardian, bool) {
	for _, g := range a.Missing() {
		if a.answer(g.Adult) == Refused {
			return g, true
		}
	}
	return Guardian{}, false
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

// Begin opens a guardian's draft for a child of its own with what most families ask for; staff who serve a guardian use Receive.
// GUI-007 when the child has an open application.
// Locks: client.
func Begin(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of) (Application, error) {
	return begin(ctx, tx, by, of, 0, Arrival{Channel: OnPage})
}

func begin(ctx context.Context, tx *postgres.Tx, by access.Actor, of store.Of, applicant int64, came Arrival) (Application, error) {
	q := db.New(tx)
	c, err := lockChild(ctx, q, of)
	if err != nil {
		return Application{}, hidden(by, err)
	}
	all, err := guardians(ctx, q, of)
	if err != nil {
		return Application{}, err
	}
	if came.Channel == OnPage {
		if err := by.May(access.DaycareApply, of.Organiser); err != nil {
			return Application{}, err
		}
		g, err := asGuardian(tx, by, all)
		if err != nil {
			return Application{}, err
		}
		applicant = g.Adult
	}
	today := onDay(all, tx.Today())
	i := slices.IndexFunc(today, func(g Guardian) bool { return g.Adult == applicant })
	if i < 0 {
		return Application{}, errApplicant
	}
	start := tx.Today().AddMonths(leadMonths)
	rules, err := store.RulesOn(ctx, tx, of.Organiser, start)
	if err != nil {
		return Application{}, err
	}
	option := usual(rules.Profile)
	id, err := q.ApplicationAdd(ctx, db.ApplicationAddParams{OrganiserID: of.Organiser, ChildID: of.Child, PersonID: c.Person, ApplicantID: applicant, HomeID: applicant, StartOn: start,
		Kind: option.PlacementType, OptionCode: option.Code, HoursQuantity: money.Units(35), Language: string(languageOf(today[i].Language)), IncomeWay: string(IncomeTold), Channel: string(came.Channel), ArrivedOn: came.Arrived, ChangedAt: tx.Now(), ChangedBy: by.Name})
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
