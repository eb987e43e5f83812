package guidance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/daycare/guidance/db"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ProposalState is where a proposal is on its way.
type ProposalState string

// States: proposed waits for the unit, confirmed for the guide's offer, offered for the family; the rest are ends.
const (
	Proposed        ProposalState = "proposed"
	Confirmed       ProposalState = "confirmed"
	OfferedToFamily ProposalState = "offered"
	Accepted        ProposalState = "accepted"
	RefusedByUnit   ProposalState = "refused"
	DeclinedOffer   ProposalState = "declined"
	Lapsed          ProposalState = "lapsed"
	Cancelled       ProposalState = "cancelled"
)

func (s ProposalState) live() bool { return s == Proposed || s == Confirmed || s == OfferedToFamily }

// Days in which a unit and a family answer.
const (
	unitDays   = 7
	familyDays = 14
)

// Acts on proposals in the audit.
const (
	ActProposed ProposalAct = "daycare.place_proposed"
	ActUnitSaid ProposalAct = "daycare.place_answered"
	ActOffered  ProposalAct = "daycare.place_offered"
	ActAccepted ProposalAct = "daycare.place_accepted"
	ActDeclined ProposalAct = "daycare.place_declined"
	ActLapsed   ProposalAct = "daycare.place_lapsed"
	ActUndone   ProposalAct = "daycare.place_cancelled"
)

// ProposalAct names what happened to a proposal.
type ProposalAct = audit.Act

// Topics of the outbox.
const (
	TopicApplied  = "daycare.applied"
	TopicProposed = "daycare.proposed"
	TopicOffered  = "daycare.offered"
	TopicLapsed   = "daycare.lapsed"
)

// Told is the payload of the topics.
type Told struct {
	Application int64 `json:"application"`
}

func tell(ctx context.Context, tx *postgres.Tx, a Application, topic string, about any) error {
	return tx.Outbox(ctx, postgres.Message{Organiser: a.Organiser, Topic: topic, Dedup: fmt.Sprintf("%d/%v", a.ID, about), Payload: Told{a.ID}})
}

// Proposal is a place in a unit for one application.
type Proposal struct {
	Organiser   int32
	ID          int64
	Application int64
	Child       int64
	Unit        int64
	UnitName    string
	Provider    int64
	Way         Way
	Start       calendar.Date
	State       ProposalState
	ProposedAt  time.Time
	ProposedBy  string
	UnitDue     calendar.Date
	UnitAt      *time.Time
	UnitBy      string
	UnitWords   string
	OfferedAt   *time.Time
	OfferedBy   string
	AnswerBy    *calendar.Date
	Decision    *int64
	Office      string // of who offered, as the decision prints it
	Reasons     string // for the decision; "" = the usual ones
	account     int64  // of who offered; 0 = offered before decisions were made of offers
	power       *int64 // delegation by which the place was offered
	EndedAt     *time.Time
	EndedBy     string
	EndedWords  string
	RowVersion  int32
}

// Ref names the proposal in the audit.
func (p Proposal) Ref() audit.Ref {
	return audit.Ref{Kind: "daycare_proposal", ID: p.ID, Label: fmt.Sprint(p.ID)}
}

// Told tells that the unit is still told whom the proposal is about: it waits for somebody, or the child has the place.
func (p Proposal) Told() bool { return p.State.live() || p.State == Accepted }

func proposalFrom(organiser int32, r db.ProposalsOfRow) Proposal {
	return Proposal{Organiser: organiser, ID: r.ProposalID, Application: r.ApplicationID, Child: r.ChildID, Unit: r.UnitID, UnitName: r.Name, Provider: r.ProviderID, Way: Way(r.Way),
		Start: r.StartOn, State: ProposalState(r.State), ProposedAt: r.ProposedAt, ProposedBy: r.ProposedBy, UnitDue: r.UnitDue, UnitAt: r.UnitAt, UnitBy: r.UnitBy, UnitWords: r.UnitWords,
		OfferedAt: r.OfferedAt, OfferedBy: r.OfferedBy, AnswerBy: r.AnswerBy, Decision: r.DecisionID, EndedAt: r.EndedAt, EndedBy: r.EndedBy, EndedWords: r.EndedWords, RowVersion: r.RowVersion,
		Office: r.OfferOffice, Reasons: r.OfferReasons, account: r.OfferAccount, power: r.OfferDelegation}
}

func (p Proposal) save(ctx context.Context, tx *postgres.Tx, by access.Actor, act audit.Act) error {
	n, err := db.New(tx).ProposalState(ctx, db.ProposalStateParams{OrganiserID: p.Organiser, ProposalID: p.ID, RowVersion: p.RowVersion, State: string(p.State), UnitAt: p.UnitAt, UnitBy: p.UnitBy,
		UnitWords: p.UnitWords, OfferedAt: p.OfferedAt, OfferedBy: p.OfferedBy, AnswerBy: p.AnswerBy, DecisionID: p.Decision, EndedAt: p.EndedAt, EndedBy: p.EndedBy, EndedWords: p.EndedWords,
		OfferOffice: p.Office, OfferReasons: p.Reasons, OfferAccount: p.account, OfferDelegation: p.power})
	if err := changed(n, err, "proposal", p.ID); err != nil {
		return err
	}
	return audit.Write(ctx, tx, by, act, p.Ref(), map[string]any{"application": p.Application, "unit": p.Unit, "state": p.State})
}

// end closes a proposal in its state.
func (p Proposal) end(ctx context.Context, tx *postgres.Tx, by access.Actor, words string) error {
	acts := map[ProposalState]audit.Act{Cancelled: ActUndone, Lapsed: ActLapsed, DeclinedOffer: ActDeclined, RefusedByUnit: ActUnitSaid, Accepted: ActAccepted}
	p.EndedAt, p.EndedBy, p.EndedWords = new(tx.Now()), by.Name, words
	return p.save(ctx, tx, by, acts[p.State])
}

// ProposeInput is a place for an application.
type ProposeInput struct {
	Organiser   int32
	Application int64
	RowVersion  int32
	Unit        int64
	Start       calendar.Date
}

// Propose asks a unit to take the child. GUI-016 while another guardian's consent is missing, GUI-018 when the unit has no free place on
// the day or on a later day that is promised already, GUI-019 when a voucher unit is not approved on the day, GUI-020 when another
// proposal waits.
// Locks: unit, then application.
func Propose(ctx context.Context, tx *postgres.Tx, by access.Actor, in ProposeInput) (Proposal, error) {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return Proposal{}, err
	}
	q := db.New(tx)
	unit, err := lockUnit(ctx, q, in.Organiser, in.Unit)
	if err != nil {
		return Proposal{}, err
	}
	a, err := open(ctx, tx, by, in.Organiser, in.Application)
	if err != nil {
		return Proposal{}, err
	}
	if err := in.may(ctx, tx, a, unit); err != nil {
		return Proposal{}, err
	}
	if err := in.fits(ctx, tx, a); err != nil {
		return Proposal{}, err
	}
	id, err := q.ProposalAdd(ctx, db.ProposalAddParams{OrganiserID: in.Organiser, ApplicationID: a.ID, ChildID: a.Of.Child, BirthDate: a.BirthDate, UnitID: in.Unit, ProviderID: unit.ProviderID,
		Way: unit.Way, StartOn: in.Start, ProposedAt: tx.Now(), ProposedBy: by.Name, UnitDue: tx.Today() + unitDays})
	if err != nil {
		return Proposal{}, mapped(fmt.Errorf("proposing unit %d for application %d: %w", in.Unit, a.ID, err))
	}
	a.State = Handling
	if a, err = a.move(ctx, tx, by, in.RowVersion, "proposed", unit.Name); err != nil {
		return Proposal{}, err
	}
	p := Proposal{Organiser: in.Organiser, ID: id, Application: a.ID, Unit: in.Unit, UnitName: unit.Name, Start: in.Start, State: Proposed, RowVersion: 1}
	if err := tell(ctx, tx, a, TopicProposed, id); err != nil {
		return Proposal{}, err
	}
	return p, audit.Write(ctx, tx, by, ActProposed, p.Ref(), map[string]any{"application": a.ID, "unit": in.Unit, "start": in.Start})
}

func (in ProposeInput) may(ctx context.Context, tx *postgres.Tx, a Application, unit db.UnitLockRow) error {
	_, live := a.Live()
	switch missing := a.Missing(); {
	case live:
		return errProposed
	case !a.State.waiting():
		return errNotOpen
	case len(missing) > 0:
		return errConsent.With("name", missing[0].Name)
	case in.Start <= tx.Today():
		return errStart.With("day", tx.Today()+1)
	case in.Start < a.BirthDate || in.Start >= a.BirthDate.AddMonths(12*oldest):
		return errAge
	}
	if Way(unit.Way) != ByVoucher {
		return nil
	}
	rules, err := store.RulesOn(ctx, tx, in.Organiser, in.Start)
	if err != nil {
		return err
	}
	if _, err := admission.ApprovalOf(ctx, tx, in.Organiser, rules.Service, in.Unit, in.Start); err != nil {
		return errNotApproved.With("day", in.Start).Because(err)
	}
	return nil
}

// fits refuses where the unit is full.
func (in ProposeInput) fits(ctx context.Context, tx *postgres.Tx, a Application) error {
	list, err := Fillings(ctx, tx, in.Organiser, in.Start, []int64{in.Unit})
	if err != nil {
		return err
	}
	if free, day := Free(list[0].Places, list[0].Taken, a.BirthDate, in.Start); free < 1 {
		return errFull.With("unit", list[0].Name).With("day", day)
	}
	return nil
}

// locked reads a proposal with its application for a change.
// Locks: application.
func locked(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Application, Proposal, error) {
	r, err := db.New(tx).ProposalOf(ctx, db.ProposalOfParams{OrganiserID: organiser, ProposalID: id})
	if noRows(err) {
		return Application{}, Proposal{}, errUnknown
	}
	if err != nil {
		return Application{}, Proposal{}, fmt.Errorf("reading proposal %d: %w", id, err)
	}
	as := by
	if by.Role.Side() == access.ProviderSide {
		if err := by.May(access.DaycareReport, organiser); err != nil {
			return Application{}, Proposal{}, err
		}
		if r.ProviderID != by.Provider || !by.SeesUnit(r.UnitID) {
			return Application{}, Proposal{}, errUnknown
		}
		as = program(by, organiser)
	}
	a, err := open(ctx, tx, as, organiser, r.ApplicationID)
	if err != nil {
		return Application{}, Proposal{}, err
	}
	for _, p := range a.Proposals {
		if p.ID == id {
			return a, p, nil
		}
	}
	return Application{}, Proposal{}, errUnknown
}

// UnitAnswer is what a unit says to a proposal.
type UnitAnswer struct {
	Organiser  int32
	Proposal   int64
	RowVersion int32
	Yes        bool
	Words      string // why not
}

// AnswerProposal takes the unit's answer, from the unit's company or from staff who have it by telephone. A refusal tells why (GUI-012),
// and the application waits for the guide again. The unit may answer after its day, as long as nobody has taken the proposal back.
// Locks: application.
func AnswerProposal(ctx context.Context, tx *postgres.Tx, by access.Actor, in UnitAnswer) error {
	a, p, err := locked(ctx, tx, by, in.Organiser, in.Proposal)
	if err != nil {
		return err
	}
	in.Words = strings.TrimSpace(in.Words)
	switch {
	case by.Role.Side() == access.PersonSide:
		return errUnknown
	case p.State != Proposed:
		return errNoProposal
	case !in.Yes && in.Words == "":
		return errReason
	}
	p.RowVersion, p.UnitAt, p.UnitBy, p.UnitWords = in.RowVersion, new(tx.Now()), by.Name, in.Words
	act, words := "confirmed", p.UnitName
	if in.Yes {
		p.State = Confirmed
		err = p.save(ctx, tx, by, ActUnitSaid)
	} else {
		p.State, act, words = RefusedByUnit, "refused", p.UnitName+": "+in.Words
		err = p.end(ctx, tx, by, in.Words)
	}
	if err != nil {
		return err
	}
	_, err = a.move(ctx, tx, by, a.RowVersion, act, words)
	return err
}

// CancelProposal takes back a proposal or an offer that nobody has answered yet, with the reason.
// Locks: application.
func CancelProposal(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, rowVersion int32, why string) error {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return err
	}
	a, p, err := locked(ctx, tx, by, organiser, id)
	if err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return errReason
	}
	if !p.State.live() {
		return errNoProposal
	}
	p.State, p.RowVersion = Cancelled, rowVersion
	if err := p.end(ctx, tx, by, why); err != nil {
		return err
	}
	a.State = Handling
	_, err = a.move(ctx, tx, by, a.RowVersion, "cancelled", p.UnitName+": "+why)
	return err
}

// OfferInput offers a confirmed place. The decision of an accepted offer has the office and the reasons; without reasons the usual ones.
type OfferInput struct {
	Organiser  int32
	Proposal   int64
	RowVersion int32
	Office     string
	Reasons    string
}

// OfficeOf is the office in which the actor offered a place last, or else decided anything; "" when it never has.
func OfficeOf(ctx context.Context, tx *postgres.Tx, by access.Actor) (string, error) {
	office, err := db.New(tx).LastOffice(ctx, db.LastOfficeParams{OrganiserID: by.Organiser, AccountID: by.Account})
	if noRows(err) {
		return decision.OfficeOf(ctx, tx, by)
	}
	if err != nil {
		return "", fmt.Errorf("reading the last office of account %d: %w", by.Account, err)
	}
	return office, nil
}

// Offer offers the family the place that the unit has confirmed, to be answered within two weeks. Whoever offers decides: an accepted
// offer becomes a decision in that name, so it must be theirs to make (DEC-010, DEC-011), and the office is told (GUI-045).
// Locks: application.
func Offer(ctx context.Context, tx *postgres.Tx, by access.Actor, in OfferInput) (Proposal, error) {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return Proposal{}, err
	}
	a, p, err := locked(ctx, tx, by, in.Organiser, in.Proposal)
	if err != nil {
		return Proposal{}, err
	}
	if p.State != Confirmed {
		return Proposal{}, errNoProposal
	}
	if p.Office, p.Reasons = strings.TrimSpace(in.Office), strings.TrimSpace(in.Reasons); p.Office == "" {
		return Proposal{}, errOffice
	}
	about, err := p.about(ctx, tx)
	if err != nil {
		return Proposal{}, err
	}
	if p.power, err = decision.MayMake(ctx, tx, by, in.Organiser, about); err != nil {
		return Proposal{}, err
	}
	p.account = by.Account
	p.State, p.RowVersion, p.OfferedAt, p.OfferedBy, p.AnswerBy = OfferedToFamily, in.RowVersion, new(tx.Now()), by.Name, new(tx.Today()+familyDays)
	if err := p.save(ctx, tx, by, ActOffered); err != nil {
		return Proposal{}, err
	}
	a.State = Offered
	if a, err = a.move(ctx, tx, by, a.RowVersion, "offered", p.UnitName); err != nil {
		return Proposal{}, err
	}
	return p, tell(ctx, tx, a, TopicOffered, p.ID)
}
