package guidance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// SaveInput is a draft as its form has it.
type SaveInput struct {
	Organiser  int32
	ID         int64
	RowVersion int32
	Request
}

// Save keeps a draft. What is missing is told when it is sent; what cannot be is refused at once: GUI-008 for a start that has passed,
// GUI-009 for an option that the rules lack, GUI-014 for an income that cannot be, GUI-030 for hours that a week does not have, GUI-011 for a unit that is not on the list or named twice, GUI-013 for a home that is no guardian's, GUI-051 to GUI-053 for an unknown language, another one without its name and words that are too long.
// Locks: application.
func Save(ctx context.Context, tx *postgres.Tx, by access.Actor, in SaveInput) (Application, error) {
	a, err := open(ctx, tx, by, in.Organiser, in.ID)
	if err != nil {
		return Application{}, err
	}
	if a.State != Draft || a.own(by) != nil {
		return Application{}, errNotOpen
	}
	switch {
	case a.Arrived != nil: // what came on paper has been checked as a whole
	case in.Start != a.Start && in.Start <= tx.Today(): // a draft may lie until its start has passed: then it is told when it is sent
		return Application{}, errStart.With("day", tx.Today()+1)
	case in.Hours == 0:
		return Application{}, errHours
	}
	in.Request = in.tidy()
	kind, err := in.check(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	q := db.New(tx)
	n, err := q.ApplicationEdit(ctx, db.ApplicationEditParams{OrganiserID: in.Organiser, ApplicationID: a.ID, RowVersion: in.RowVersion, HomeID: in.Home, StartOn: in.Start, Kind: kind,
		OptionCode: in.Option, HoursQuantity: in.Hours, Urgent: in.Urgent, Reason: in.Reason, Shift: in.Shift, Words: in.Words, Language: string(in.Language),
		LanguageWords: in.LanguageWords, Support: in.Support,
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

// check gives the placement type of the option, or everything in the request that cannot be.
func (in SaveInput) check(ctx context.Context, tx *postgres.Tx, a Application) (kind string, err error) {
	rules, err := store.RulesOn(ctx, tx, in.Organiser, in.Start)
	if err != nil {
		return "", fault.On(err, "start")
	}
	units, err := Units(ctx, tx, in.Organiser)
	if err != nil {
		return "", err
	}
	var wrong fault.List
	i := slices.IndexFunc(rules.Profile.Options, func(o profile.Option) bool { return o.Code == in.Option })
	if i < 0 {
		wrong = append(wrong, errOption)
	}
	if in.Hours < 0 || in.Hours > money.Units(168) {
		wrong = append(wrong, errHours)
	}
	if !slices.ContainsFunc(a.Guardians, func(g Guardian) bool { return g.Adult == in.Home }) {
		wrong = append(wrong, errHome)
	}
	if !slices.Contains(IncomeWays(), in.IncomeWay) || in.Income != nil && (*in.Income < 0 || *in.Income > 10_000_000_00) {
		wrong = append(wrong, errIncome)
	}
	wrong = append(wrong, in.need()...)
	if len(in.Units) > mostWishes {
		wrong = append(wrong, errWishes.With("most", mostWishes))
	}
	for n, id := range in.Units {
		listed := slices.ContainsFunc(units, func(u Unit) bool { return u.ID == id && u.Listed })
		if !listed || slices.Contains(in.Units[:n], id) {
			wrong = append(wrong, errWish.At(fmt.Sprintf("unit%d", n+1)))
		}
	}
	if wrong != nil {
		return "", wrong.Err()
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
	if err := a.complete(a.BirthDate, tx.Today()).Err(); err != nil {
		return Application{}, err
	}
	if err := a.agreeIncome(ctx, tx, by); err != nil {
		return Application{}, err
	}
	day, at, err := a.came(tx)
	if err != nil {
		return Application{}, err
	}
	a.SentAt, a.Due, a.State = &at, new(DueOn(day, a.Start, a.Urgent)), Sent
	if a, err = a.move(ctx, tx, by, rowVersion, a.step(), ""); err != nil {
		return Application{}, err
	}
	err = db.New(tx).ConsentAdd(ctx, db.ConsentAddParams{OrganiserID: organiser, ApplicationID: id, AdultID: a.Applicant, Answer: Agreed, At: tx.Now(), ByName: by.Name})
	if err != nil {
		return Application{}, fmt.Errorf("noting the applicant's consent: %w", err)
	}
	if err := tell(ctx, tx, a, TopicApplied, a.RowVersion); err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActSent, a.Ref(), map[string]any{"due": *a.Due, "urgent": a.Urgent, "channel": a.Channel, "arrived": day})
}

// complete lists what a request lacks before it can be sent.
func (r Request) complete(born, today calendar.Date) (wrong fault.List) {
	switch {
	case r.Start <= today:
		wrong = append(wrong, errStart.With("day", today+1))
	case r.Start < born || r.Start >= born.AddMonths(12*oldest):
		wrong = append(wrong, errAge)
	}
	if r.Urgent && r.Reason == "" {
		wrong = append(wrong, errReason)
	}
	if r.Hours == 0 {
		wrong = append(wrong, errHours)
	}
	if r.IncomeWay == IncomeTold && r.Income == nil {
		wrong = append(wrong, errIncome)
	}
	if len(r.Units) == 0 {
		wrong = append(wrong, errWishes.With("most", mostWishes))
	}
	return wrong
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
	day, _, err := a.came(tx)
	if err != nil {
		return err
	}
	_, err = household.Agree(ctx, tx, by, household.ConsentInput{Organiser: a.Organiser, Client: a.Home, Kind: kind, GivenOn: day, Channel: string(a.Channel)})
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
	if person && a.answer(in.Adult) == in.Answer {
		return nil // pressed twice
	}
	return a.consent(ctx, tx, by, in, in.Reason)
}

// consent writes a guardian's answer with its step in the history.
func (a Application) consent(ctx context.Context, tx *postgres.Tx, by access.Actor, in ConsentInput, words string) error {
	q := db.New(tx)
	err := q.ConsentAdd(ctx, db.ConsentAddParams{OrganiserID: in.Organiser, ApplicationID: a.ID, AdultID: in.Adult, Answer: in.Answer, Reason: in.Reason, At: tx.Now(), ByName: by.Name})
	if err != nil {
		return fmt.Errorf("noting a consent of application %d: %w", a.ID, err)
	}
	if err := q.StepAdd(ctx, db.StepAddParams{OrganiserID: in.Organiser, ApplicationID: a.ID, Act: "consent." + in.Answer, Words: words, At: tx.Now(), ByName: by.Name}); err != nil {
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
