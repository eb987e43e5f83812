package access

import (
	"slices"
	"time"

	"seteli/core/fault"
)

// Refusals of this package that others compare with.
var (
	ErrForbidden = fault.New(fault.Forbidden, "ACC-001", "access.forbidden")         // the role lacks the right, or it is another organiser's
	ErrSignIn    = fault.New(fault.Forbidden, "ACC-002", "access.sign_in_needed")    // nobody is signed in
	ErrStepUp    = fault.New(fault.Forbidden, "ACC-003", "access.sign_in_again")     // a sensitive act needs a fresh sign-in
	ErrSameHand  = fault.New(fault.Forbidden, "ACC-004", "access.two_people_needed") // the same person did the first half
)

// Actor is who acts in one request or job: an account in one role. The zero Actor is a visitor who may nothing.
type Actor struct {
	Account   int64
	Name      string
	Language  string // the account's choice: fi, sv or en; "" = none
	Mandate   int64
	Role      Role
	Organiser int32   // set on the organiser's side, and for jobs of one organiser
	Provider  int64   // set on the provider's side
	Person    int64   // the client whose matters these are; for a representative not the one who acts
	Teams     []int64 // empty = not bound to teams, except for a recorder, who then sees nothing
	Units     []int64 // provider's units; empty = all of the company
	APIKey    int64
	Scopes    []Right   // not nil: only these of the role's rights (key of a program, mandate of a representative)
	SignedIn  time.Time // when the person proved who they are; zero for programs
}

// Visitor reports that nobody is signed in.
func (a Actor) Visitor() bool { return a.Role == "" }

// Can answers from role and scopes alone, for showing or hiding. A write asks May.
func (a Actor) Can(right Right) bool {
	return RoleMay(a.Role, right) && (a.Scopes == nil || slices.Contains(a.Scopes, right))
}

// May refuses with ACC-001 unless the actor holds the right and, when organiser is not 0, may use it there:
// organiser staff and jobs only in their own organiser; providers and clients in any, since the use case checks whose
// approval, voucher or reservation it is; the operator in any.
func (a Actor) May(right Right, organiser int32) error {
	switch {
	case a.Visitor():
		return ErrSignIn
	case !a.Can(right):
		return ErrForbidden.With("right", string(right))
	case organiser == 0 || a.Organiser == organiser:
		return nil
	case a.Role.Side() == OrganiserSide, a.Role.Side() == ProgramSide && a.Organiser != 0:
		return ErrForbidden.With("right", string(right))
	case a.APIKey != 0 && a.Organiser != 0: // a key bound to one organiser stays there
		return ErrForbidden.With("right", string(right))
	}
	return nil
}

// freshFor is how long a sign-in counts as fresh for acts that need a step-up (ASVS 7.5.3).
const freshFor = 15 * time.Minute

// MayNow is May for acts that move money or an account: the sign-in must also be at most 15 minutes old. Programs never pass.
func (a Actor) MayNow(right Right, organiser int32, now time.Time) error {
	if err := a.May(right, organiser); err != nil {
		return err
	}
	if a.Role == SystemRole {
		return nil
	}
	if a.SignedIn.IsZero() || now.Sub(a.SignedIn) > freshFor {
		return ErrStepUp
	}
	return nil
}

// NotSame refuses with ACC-004 when the account did the first half of a two-person act; account 0 is nobody.
func (a Actor) NotSame(first int64) error {
	if first != 0 && a.Account == first {
		return ErrSameHand
	}
	return nil
}

// Scope tells which rows the actor reads: postgres sets it for the transaction.
func (a Actor) Scope() (organiser int32, provider, person int64) {
	switch a.Role.Side() {
	case OrganiserSide, ProgramSide:
		return a.Organiser, 0, 0
	case ProviderSide:
		return 0, a.Provider, 0
	case PersonSide:
		return 0, 0, a.Person
	}
	return 0, 0, 0
}

// Within is a bare scope; it fits postgres.Scoped.
type Within struct {
	Organiser        int32
	Provider, Person int64
}

// Scope gives the three numbers.
func (w Within) Scope() (organiser int32, provider, person int64) {
	return w.Organiser, w.Provider, w.Person
}

// In is the organiser's scope for a write of a provider or a client, after the use case has checked the right.
func (a Actor) In(organiser int32) Within { return Within{Organiser: organiser} }

// SeesService reports whether the actor's teams reach a service that belongs to the given teams.
// Unbound actors see all; a service without teams is seen by all but recorders.
func (a Actor) SeesService(serviceTeams []int64) bool {
	if len(a.Teams) == 0 {
		return a.Role != Recorder
	}
	if len(serviceTeams) == 0 {
		return a.Role != Recorder
	}
	return slices.ContainsFunc(serviceTeams, func(t int64) bool { return slices.Contains(a.Teams, t) })
}

// SeesTeam reports whether the team's clients are visible: a recorder's own teams, any team for the unbound.
func (a Actor) SeesTeam(team int64) bool {
	if len(a.Teams) == 0 {
		return a.Role != Recorder
	}
	return slices.Contains(a.Teams, team)
}

// SeesUnit reports whether the provider's unit is visible to the actor; the unbound see all units of the company.
func (a Actor) SeesUnit(unit int64) bool { return len(a.Units) == 0 || slices.Contains(a.Units, unit) }

// System is the actor of a job, named in the audit; organiser 0 for national jobs.
func System(name string, organiser int32) Actor {
	return Actor{Name: name, Role: SystemRole, Organiser: organiser}
}
