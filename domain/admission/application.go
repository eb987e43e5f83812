package admission

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts of the audit about applications.
const (
	ActStarted    audit.Act = "application.started"
	ActEdited     audit.Act = "application.edited"
	ActAttached   audit.Act = "application.attachment_added"
	ActDetached   audit.Act = "application.attachment_removed"
	ActRequested  audit.Act = "application.signature_asked"
	ActTakenBack  audit.Act = "application.taken_back"
	ActSigned     audit.Act = "application.signed"
	ActTaken      audit.Act = "application.taken"
	ActCompletion audit.Act = "application.completion_asked"
	ActDecided    audit.Act = "application.decided"
	ActWithdrawn  audit.Act = "application.withdrawn"
	ActLapsed     audit.Act = "application.lapsed"
	ActFileOpened audit.Act = "application.attachment_opened"
	subjectKind             = "application"
	providerSide            = "provider"
	organiserSide           = "organiser"
)

// Topics of the outbox; payloads are ids.
const (
	TopicSent       = "application.sent"
	TopicCompletion = "application.completion"
	TopicEnded      = "approval.ended"
	TopicExpiring   = "approval.expiring"
	TopicCheckDue   = "approval.check_due"
	TopicSuspended  = "approval.suspended"
	TopicResumed    = "approval.resumed"
	TopicPrice      = "price.decided"
)

// ApplicationMessage is the payload of TopicSent and TopicCompletion.
type ApplicationMessage struct {
	Application int64 `json:"application"`
}

var (
	errUnknown = fault.New(fault.NotFound, "ADM-003", "admission.unknown")
	errStale   = fault.New(fault.Stale, "ADM-004", "admission.changed")
	errNotOpen = fault.New(fault.Conflict, "ADM-005", "admission.not_open")
	errOneOpen = fault.New(fault.Conflict, "ADM-006", "admission.already_open")
)

// Application is one company's application to one service.
type Application struct {
	Organiser          int32
	ID                 int64
	Provider, Service  int64
	ServiceVersion     int
	Rulebook           *int64 // the accepted version
	RulebookAcceptedAt *time.Time
	RulebookAcceptedBy string
	BillingLevel       register.BillingLevel
	ContractNumber     string // purchased service: the framework agreement that the prices come from
	State              State
	CompleteParts      []Part
	CompleteBy         *calendar.Date // last day to complete
	Handler            string
	HandlerAccount     *int64
	CreatedAt          time.Time
	SentAt             *time.Time // of the first signature; the clocks run from it
	ChangedAt          time.Time
	Decision           *int64
	RowVersion         int32
}

// Ref names the application in the audit.
func (a Application) Ref() audit.Ref {
	return audit.Ref{Kind: subjectKind, ID: a.ID, Label: strconv.FormatInt(a.ID, 10)}
}

// Step is one change of state, for the timeline of both sides.
type Step struct {
	Number    int
	State     State
	At        time.Time
	ByAccount int64
	ByName    string
	BySide    string // provider or organiser
	Note      string
}

// StartInput begins an application.
type StartInput struct {
	Organiser         int32
	Provider, Service int64
}

// Start opens a draft. ADM-005 when the service takes no applications, ADM-006 when the company has one under way.
func Start(ctx context.Context, tx *postgres.Tx, by access.Actor, in StartInput) (Application, error) {
	if err := mayPrepare(by, access.ApplicationPrepare, in.Organiser, in.Provider); err != nil {
		return Application{}, err
	}
	q := db.New(tx)
	if _, err := q.ProviderQueue(ctx, in.Provider); err != nil {
		return Application{}, fmt.Errorf("queueing for provider %d: %w", in.Provider, err)
	}
	service, err := catalogue.ServiceAt(ctx, tx, in.Organiser, in.Service, tx.Today())
	if err != nil {
		return Application{}, err
	}
	if !service.Open {
		return Application{}, errNotOpen
	}
	open, err := q.OpenApplication(ctx, db.OpenApplicationParams{OrganiserID: in.Organiser, ProviderID: in.Provider, ServiceID: in.Service})
	if err != nil {
		return Application{}, fmt.Errorf("looking for an open application: %w", err)
	}
	if open > 0 {
		return Application{}, errOneOpen
	}
	company, err := register.Get(ctx, tx, in.Provider)
	if err != nil {
		return Application{}, err
	}
	id, err := q.ApplicationAdd(ctx, db.ApplicationAddParams{OrganiserID: in.Organiser, ProviderID: in.Provider, ServiceID: in.Service,
		ServiceVersion: int32(service.Version), BillingLevel: string(company.BillingLevel), CreatedAt: tx.Now()})
	if err != nil {
		return Application{}, fmt.Errorf("starting an application: %w", err)
	}
	a, err := one(ctx, tx, in.Organiser, id)
	if err != nil {
		return Application{}, err
	}
	if err := step(ctx, tx, by, a, ""); err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActStarted, a.Ref(), in)
}

// Key names an application and the version of it that the actor saw.
type Key struct {
	Organiser   int32
	Application int64
	RowVersion  int32
}

// mayPrepare is the right of the company's own people; for others the application does not exist.
func mayPrepare(by access.Actor, right access.Right, organiser int32, provider int64) error {
	if err := by.May(right, organiser); err != nil {
		return err
	}
	if by.Role.Side() == access.ProviderSide && by.Provider != provider {
		return errUnknown
	}
	return nil
}

// lock reads the application for a change: the second of two who saw the same version gets ADM-004.
func lock(ctx context.Context, tx *postgres.Tx, by access.Actor, right access.Right, key Key) (Application, error) {
	if err := by.May(right, key.Organiser); err != nil {
		return Application{}, err
	}
	r, err := db.New(tx).ApplicationLock(ctx, db.ApplicationLockParams{OrganiserID: key.Organiser, ApplicationID: key.Application})
	if errors.Is(err, pgx.ErrNoRows) {
		return Application{}, errUnknown
	}
	if err != nil {
		return Application{}, fmt.Errorf("locking application %d: %w", key.Application, err)
	}
	a := fromRow(r)
	if by.Role.Side() == access.ProviderSide && by.Provider != a.Provider {
		return Application{}, errUnknown
	}
	if by.Role.Side() == access.OrganiserSide {
		if err := seesService(ctx, tx, by, a.Organiser, a.Service); err != nil {
			return Application{}, err
		}
	}
	if a.RowVersion != key.RowVersion {
		return Application{}, errStale
	}
	return a, nil
}

// seesService hides what belongs to other teams of the organiser.
func seesService(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, service int64) error {
	s, err := serviceOf(ctx, tx, organiser, service)
	if err != nil {
		return err
	}
	if !by.SeesService(s.Teams) {
		return errUnknown
	}
	return nil
}

// serviceOf gives the service as it is today, or as it begins when it is still to come.
func serviceOf(ctx context.Context, tx *postgres.Tx, organiser int32, service int64) (catalogue.Service, error) {
	s, err := catalogue.ServiceAt(ctx, tx, organiser, service, tx.Today())
	if !errors.Is(err, catalogue.ErrNotOnDay) {
		return s, err
	}
	versions, err := catalogue.Versions(ctx, tx, organiser, service)
	if err != nil {
		return catalogue.Service{}, err
	}
	return versions[len(versions)-1], nil
}

// save writes the changed application and gives it with its new version.
func save(ctx context.Context, tx *postgres.Tx, a Application) (Application, error) {
	parts := make([]string, len(a.CompleteParts))
	for i, p := range a.CompleteParts {
		parts[i] = string(p)
	}
	err := db.New(tx).ApplicationSave(ctx, db.ApplicationSaveParams{OrganiserID: a.Organiser, ApplicationID: a.ID, RulebookID: a.Rulebook,
		RulebookAcceptedAt: a.RulebookAcceptedAt, RulebookAcceptedBy: orNull(a.RulebookAcceptedBy), BillingLevel: string(a.BillingLevel),
		ContractNumber: a.ContractNumber, State: string(a.State), CompleteParts: parts, CompleteBy: a.CompleteBy, Handler: a.Handler,
		HandlerAccount: a.HandlerAccount, SentAt: a.SentAt, ChangedAt: tx.Now(), DecisionID: a.Decision, ServiceVersion: int32(a.ServiceVersion)})
	if err != nil {
		return Application{}, fmt.Errorf("saving application %d: %w", a.ID, err)
	}
	a.ChangedAt, a.RowVersion = tx.Now(), a.RowVersion+1
	return a, nil
}

// step adds the state to the timeline.
func step(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application, note string) error {
	side := organiserSide
	if by.Role.Side() == access.ProviderSide {
		side = providerSide
	}
	err := db.New(tx).StepAdd(ctx, db.StepAddParams{OrganiserID: a.Organiser, ApplicationID: a.ID, ProviderID: a.Provider, State: string(a.State),
		At: tx.Now(), ByAccount: by.Account, ByName: by.Name, BySide: side, Note: note})
	if err != nil {
		return fmt.Errorf("adding a step to application %d: %w", a.ID, err)
	}
	return nil
}

// moved saves a change of state with its step and audit row.
func moved(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application, act audit.Act, note string, detail any) (Application, error) {
	a, err := save(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	if err := step(ctx, tx, by, a, note); err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, act, a.Ref(), detail)
}

func one(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Application, error) {
	r, err := db.New(tx).ApplicationGet(ctx, db.ApplicationGetParams{OrganiserID: organiser, ApplicationID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Application{}, errUnknown
	}
	if err != nil {
		return Application{}, fmt.Errorf("reading application %d: %w", id, err)
	}
	return fromRow(r), nil
}

func fromRow(r db.Application) Application {
	a := Application{Organiser: r.OrganiserID, ID: r.ApplicationID, Provider: r.ProviderID, Service: r.ServiceID,
		ServiceVersion: int(r.ServiceVersion), Rulebook: r.RulebookID, RulebookAcceptedAt: r.RulebookAcceptedAt,
		BillingLevel: register.BillingLevel(r.BillingLevel), ContractNumber: r.ContractNumber, State: State(r.State), CompleteBy: r.CompleteBy,
		Handler: r.Handler, HandlerAccount: r.HandlerAccount, CreatedAt: r.CreatedAt, SentAt: r.SentAt, ChangedAt: r.ChangedAt,
		Decision: r.DecisionID, RowVersion: r.RowVersion}
	if r.RulebookAcceptedBy != nil {
		a.RulebookAcceptedBy = *r.RulebookAcceptedBy
	}
	for _, p := range r.CompleteParts {
		a.CompleteParts = append(a.CompleteParts, Part(p))
	}
	return a
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
