package decision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/decision/db"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Kind is what a decision is about; it decides which right reads it.
type Kind string

// Kinds of decisions.
const (
	Voucher    Kind = "voucher"
	Purchase   Kind = "purchase"
	Approval   Kind = "approval"
	Rejection  Kind = "rejection"
	Revocation Kind = "revocation"
	Exit       Kind = "exit"
	VoucherEnd Kind = "voucher_end"
	Price      Kind = "price"
	Refusal    Kind = "refusal"    // what a client asked for is not given
	Correction Kind = "correction" // of a clerical or a factual error in an earlier decision
	Annulment  Kind = "annulment"
	Place      Kind = "place" // in early education, by voucher or in a unit of the municipality's own or purchased
)

// Outcome is what was decided.
type Outcome string

// Outcomes of decisions.
const (
	Granted   Outcome = "granted"
	Approved  Outcome = "approved"
	Rejected  Outcome = "rejected"
	Revoked   Outcome = "revoked"
	Ended     Outcome = "ended"
	Annulled  Outcome = "annulled"
	Corrected Outcome = "corrected"
)

// MadeAct is the audit's name of a decision made.
const MadeAct audit.Act = "decision.made"

// TopicMade is the outbox topic of every decision; its payload is Made.
const TopicMade = "decision.made"

// Made is the payload of TopicMade: ids only, the notice reads the rest.
type Made struct {
	Decision int64 `json:"decision"`
}

var (
	errNoReasons = fault.New(fault.Invalid, "DEC-001", "decision.reasons_needed").At("reasons")
	errNoTitle   = fault.New(fault.Invalid, "DEC-002", "decision.office_needed").At("office")
	errUnknown   = fault.New(fault.NotFound, "DEC-003", "decision.unknown")
	errDraft     = fault.New(fault.Internal, "DEC-004", "decision.incomplete")
)

// Draft is a decision before it has a number.
type Draft struct {
	Kind                     Kind
	Outcome                  Outcome
	Field                    Field  // chooses the act by the day of the decision; "" = the act as given
	LegalAct, LegalSection   string // "569/2009", "4 §"
	Language                 i18n.Lang
	Reasons                  string // without reasons nothing is decided (434/2003, 45 §)
	MadeByTitle              string // office of who decides, printed under the name
	Client, Person, Provider *int64
	Service                  *int64       // that it is about; a delegation may be bound to services
	Amount                   *money.Cents // what it may cost the organiser at most; nil = no sum is decided
	SubjectKind              string
	SubjectID                int64
	SenderUnit               string   // service area of the organiser, may be empty
	Recipient                []string // name and postal address
	Title                    string
	Blocks                   func(number string) []document.Block // the letter's own part; the organiser's texts, appeal and signature follow by themselves
	Fields                   map[string]any                       // values of the kind's own fields in the organiser's texts (FieldsOf)
	Attachments              []document.Attachment
	Replaces                 *int64
	Ground                   Ground // of a correction
	Power                    *int64 // delegation by which a person decided what the program now carries out (MayMake); nil = looked for now
	HandedOver               bool   // given to the party as it is made: the letter then tells the last day of appeal
	Texts                    *i18n.Catalogue
}

// Decision is a decision as it was made.
type Decision struct {
	Organiser                int32
	ID                       int64
	Number                   string
	Kind                     Kind
	Outcome                  Outcome
	LegalAct, LegalSection   string
	Client, Person, Provider *int64
	Service                  *int64
	Amount                   *money.Cents
	SubjectKind              string
	SubjectID                int64
	Reasons                  string
	MadeOn                   calendar.Date
	MadeAt                   time.Time
	MadeByAccount            int64
	MadeBy, MadeByTitle      string
	Delegation               *int64 // row that gave the power
	Template                 *int64 // version of the organiser's own texts
	Terms                    Terms  // of appeal
	Ground                   Ground
	Language                 i18n.Lang
	Replaces                 *int64
	Document                 int64
}

// Ref names the decision in the audit.
func (d Decision) Ref() audit.Ref { return audit.Ref{Kind: "decision", ID: d.ID, Label: d.Number} }

// Make numbers the decision, writes its letter in one language and stores both as they are sent. The number is
// taken as late as possible: its row queues all deciders of the organiser until commit.
// DEC-001 without reasons, DEC-002 without the office of the decider, DEC-010 or DEC-011 when it is not the actor's to decide,
// DEC-014 when what it corrects or annuls was corrected or annulled already.
func Make(ctx context.Context, tx *postgres.Tx, by access.Actor, org organiser.Organiser, draft Draft) (Decision, error) {
	if err := by.May(access.DecisionMake, org.ID); err != nil {
		return Decision{}, err
	}
	if err := draft.check(); err != nil {
		return Decision{}, err
	}
	power, err := authority(ctx, tx, by, org.ID, draft)
	if err != nil {
		return Decision{}, err
	}
	law, err := draft.basis(tx.Today())
	if err != nil {
		return Decision{}, err
	}
	draft.LegalAct = law.Act
	template, err := inForce(ctx, tx, org.ID, draft.Kind, tx.Today())
	if err != nil {
		return Decision{}, err
	}
	w := writing{draft: draft, org: org, decider: by.Name, day: tx.Today(), template: template, terms: template.terms(law.Terms)}
	return w.store(ctx, tx, by, power)
}

// MayMake tells by which delegation the actor may decide what a draft is about, before there is a letter: kind, service and amount are
// looked at. DEC-010 or DEC-011 when it is not the actor's to decide.
func MayMake(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, draft Draft) (*int64, error) {
	if err := by.May(access.DecisionMake, org); err != nil {
		return nil, err
	}
	return authority(ctx, tx, by, org, draft)
}

// store takes the number, renders the letter and adds the rows.
func (w writing) store(ctx context.Context, tx *postgres.Tx, by access.Actor, power *int64) (Decision, error) {
	draft := w.draft
	if err := w.check(); err != nil {
		return Decision{}, err
	}
	year, _, _ := w.day.Civil()
	n, err := organiser.NextNumber(ctx, tx, w.org.ID, "decision", year)
	if err != nil {
		return Decision{}, err
	}
	w.number = fmt.Sprintf("%s/%d/%d", w.org.Prefix, year, n)
	paper, err := StoreDocument(ctx, tx, DocumentInput{Organiser: w.org.ID, Kind: DecisionLetter, Letter: w.letter(), Texts: draft.Texts,
		Client: draft.Client, Person: draft.Person, Provider: draft.Provider})
	if err != nil {
		return Decision{}, err
	}
	id, err := db.New(tx).DecisionAdd(ctx, db.DecisionAddParams{
		OrganiserID: w.org.ID, Number: w.number, Kind: string(draft.Kind), LegalAct: draft.LegalAct, LegalSection: draft.LegalSection,
		ClientID: draft.Client, PersonID: draft.Person, ProviderID: draft.Provider, SubjectKind: draft.SubjectKind, SubjectID: draft.SubjectID,
		Outcome: string(draft.Outcome), Reasons: draft.Reasons, MadeOn: w.day, MadeAt: tx.Now(), MadeByAccount: by.Account,
		MadeBy: by.Name, MadeByTitle: draft.MadeByTitle, Language: string(draft.Language), ReplacesID: draft.Replaces, DocumentID: paper,
		ServiceID: draft.Service, AmountCents: draft.Amount, DelegationID: power, TemplateID: w.template.id(), Ground: string(draft.Ground),
		AppealDays: int32(w.terms.Days), LetterDays: int32(w.terms.Letter), ElectronicDays: int32(w.terms.Electronic)})
	if err != nil {
		return Decision{}, fmt.Errorf("storing decision %s: %w", w.number, err)
	}
	made, err := one(ctx, tx, w.org.ID, id)
	if err != nil {
		return Decision{}, err
	}
	if err := made.note(ctx, tx, by, draft.HandedOver); err != nil {
		return Decision{}, err
	}
	if err := audit.Write(ctx, tx, by, MadeAct, made.Ref(), map[string]any{"kind": draft.Kind, "outcome": draft.Outcome,
		"subject": draft.SubjectKind, "subject_id": draft.SubjectID, "document": paper, "delegation": power}); err != nil {
		return Decision{}, err
	}
	return made, tx.Outbox(ctx, postgres.Message{Organiser: w.org.ID, Topic: TopicMade, Dedup: fmt.Sprintf("decision.made:%d", id), Payload: Made{id}})
}

func (d Draft) check() error {
	var faults fault.List
	if d.Reasons == "" {
		faults = append(faults, errNoReasons)
	}
	if d.MadeByTitle == "" {
		faults = append(faults, errNoTitle)
	}
	if d.Texts == nil || d.Blocks == nil || d.LegalAct == "" || d.SubjectKind == "" {
		faults = append(faults, errDraft)
	}
	if d.Client != nil && !slices.Contains(ClientKinds(), d.Kind) { // the list of clients' decisions could not be narrowed to it
		faults = append(faults, errDraft)
	}
	return faults.Err()
}

// Get reads a decision that the actor may see: a client's own, the provider's own, or the organiser's.
// A decision about a client leaves a row in the access log.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64) (Decision, error) {
	d, err := one(ctx, tx, org, id)
	if err != nil {
		return Decision{}, err
	}
	if err := mayRead(by, org, DecisionLetter, d.Client, d.Person, d.Provider); err != nil {
		return Decision{}, err
	}
	return d, logReading(ctx, tx, by, org, d.Client, d.Person, "decision")
}

// Of lists the decisions about one thing, newest first, for a page whose own reading has been checked and logged.
func Of(ctx context.Context, tx *postgres.Tx, org int32, subjectKind string, subject int64) ([]Decision, error) {
	rows, err := db.New(tx).DecisionsOf(ctx, db.DecisionsOfParams{OrganiserID: org, SubjectKind: subjectKind, SubjectID: subject})
	if err != nil {
		return nil, fmt.Errorf("listing decisions of %s %d: %w", subjectKind, subject, err)
	}
	out := make([]Decision, len(rows))
	for i, r := range rows {
		out[i] = fromRow(r)
	}
	return out, nil
}

func one(ctx context.Context, tx *postgres.Tx, org int32, id int64) (Decision, error) {
	r, err := db.New(tx).DecisionGet(ctx, db.DecisionGetParams{OrganiserID: org, DecisionID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Decision{}, errUnknown
	}
	if err != nil {
		return Decision{}, fmt.Errorf("reading decision %d: %w", id, err)
	}
	return fromRow(r), nil
}

func fromRow(r db.Decision) Decision {
	return Decision{Organiser: r.OrganiserID, ID: r.DecisionID, Number: r.Number, Kind: Kind(r.Kind), Outcome: Outcome(r.Outcome),
		LegalAct: r.LegalAct, LegalSection: r.LegalSection, Client: r.ClientID, Person: r.PersonID, Provider: r.ProviderID,
		SubjectKind: r.SubjectKind, SubjectID: r.SubjectID, Reasons: r.Reasons, MadeOn: r.MadeOn, MadeAt: r.MadeAt,
		MadeByAccount: r.MadeByAccount, MadeBy: r.MadeBy, MadeByTitle: r.MadeByTitle, Language: i18n.Lang(r.Language),
		Replaces: r.ReplacesID, Document: r.DocumentID, Service: r.ServiceID, Amount: r.AmountCents, Delegation: r.DelegationID, Template: r.TemplateID,
		Ground: Ground(r.Ground), Terms: Terms{int(r.AppealDays), int(r.LetterDays), int(r.ElectronicDays)}}
}

// OfficeOf is the office in which the actor decided last in its own organiser, "" when it never has.
func OfficeOf(ctx context.Context, tx *postgres.Tx, by access.Actor) (string, error) {
	office, err := db.New(tx).LastOffice(ctx, db.LastOfficeParams{OrganiserID: by.Organiser, AccountID: by.Account})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("reading the last office of account %d: %w", by.Account, err)
	}
	return office, nil
}
