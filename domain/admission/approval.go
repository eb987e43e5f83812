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
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// EndKind is why an approval ended.
type EndKind string

// Ways in which an approval ends.
const (
	Expired EndKind = "expired"
	Exited  EndKind = "exit"    // the provider's own wish
	Revoked EndKind = "revoked" // the organiser's decision
)

var errNoApproval = fault.New(fault.NotFound, "ADM-050", "admission.approval.unknown")

// Approval lets one unit of a provider provide one service to the organiser's clients in a period.
type Approval struct {
	Organiser               int32
	ID                      int64
	Provider, Service, Unit int64
	Application, Decision   int64
	Period                  calendar.Period
	ContractNumber          string
	Conditions              string
	EndKind                 EndKind // "" while nothing has ended it
	EndReason               string
	EndDecision             *int64
	RowVersion              int32
	Suspensions             []Suspension // filled by lists for pages, oldest first
}

// Suspension keeps clients from choosing a unit for a time.
type Suspension struct {
	Period     calendar.Period
	Reason     string
	NotifiedAt time.Time
	SetBy      string
}

// Ref names the approval in the audit.
func (a Approval) Ref() audit.Ref {
	return audit.Ref{Kind: "approval", ID: a.ID, Label: strconv.FormatInt(a.ID, 10)}
}

// Status is how an approval stands on a day: coming, valid, suspended, ended or revoked.
func (a Approval) Status(day calendar.Date) string {
	switch {
	case day >= a.Period.To && a.EndKind == Revoked:
		return "revoked"
	case day >= a.Period.To:
		return "ended"
	case day < a.Period.From:
		return "coming"
	}
	for _, s := range a.Suspensions {
		if s.Period.Contains(day) {
			return "suspended"
		}
	}
	return "valid"
}

// ApprovalsAt gives what may be chosen and reserved on a day: valid and not suspended. service 0 = every service.
// Public (569/2009, 4 §). One query.
func ApprovalsAt(ctx context.Context, tx *postgres.Tx, organiser int32, service int64, day calendar.Date) ([]Approval, error) {
	rows, err := db.New(tx).ApprovalsAt(ctx, db.ApprovalsAtParams{OrganiserID: organiser, ServiceID: service, Day: day})
	if err != nil {
		return nil, fmt.Errorf("reading approvals on %s: %w", day, err)
	}
	return approvals(rows), nil
}

// ApprovalOf gives the approval under which a unit may provide the service on a day; ADM-050 when there is none.
func ApprovalOf(ctx context.Context, tx *postgres.Tx, organiser int32, service, unit int64, day calendar.Date) (Approval, error) {
	all, err := ApprovalsAt(ctx, tx, organiser, service, day)
	if err != nil {
		return Approval{}, err
	}
	for _, a := range all {
		if a.Unit == unit {
			return a, nil
		}
	}
	return Approval{}, errNoApproval
}

// Approvals lists approvals with their suspensions, ended ones too, for pages: of the actor's own company in all
// organisers, or of one organiser. provider and service 0 = all.
func Approvals(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, provider, service int64) ([]Approval, error) {
	if err := by.May(access.ApplicationRead, organiser); err != nil {
		return nil, err
	}
	if by.Role.Side() == access.ProviderSide {
		provider = by.Provider
	}
	q := db.New(tx)
	rows, err := q.ApprovalsList(ctx, db.ApprovalsListParams{OrganiserID: organiser, ProviderID: provider, ServiceID: service})
	if err != nil {
		return nil, fmt.Errorf("listing approvals: %w", err)
	}
	list := approvals(rows)
	want := db.SuspensionsOfParams{}
	at := map[int64]int{}
	for i, a := range list {
		want.OrganiserIds, want.ApprovalIds = append(want.OrganiserIds, a.Organiser), append(want.ApprovalIds, a.ID)
		at[a.ID] = i
	}
	pauses, err := q.SuspensionsOf(ctx, want)
	if err != nil {
		return nil, fmt.Errorf("listing suspensions: %w", err)
	}
	for _, s := range pauses {
		a := &list[at[s.ApprovalID]]
		a.Suspensions = append(a.Suspensions, Suspension{calendar.Period{From: s.SuspendedFrom, To: s.SuspendedTo}, s.Reason, s.NotifiedAt, s.SetBy})
	}
	return list, nil
}

func approvals(rows []db.Approval) []Approval {
	out := make([]Approval, len(rows))
	for i, r := range rows {
		out[i] = approvalFrom(r)
	}
	return out
}

func approvalFrom(r db.Approval) Approval {
	a := Approval{Organiser: r.OrganiserID, ID: r.ApprovalID, Provider: r.ProviderID, Service: r.ServiceID, Unit: r.UnitID,
		Application: r.ApplicationID, Decision: r.DecisionID, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo},
		ContractNumber: r.ContractNumber, Conditions: r.Conditions, EndReason: r.EndReason, EndDecision: r.EndDecisionID, RowVersion: r.RowVersion}
	if r.EndKind != nil {
		a.EndKind = EndKind(*r.EndKind)
	}
	return a
}

// ApprovalKey names an approval and the version of it that the actor saw.
type ApprovalKey struct {
	Approval   int64
	RowVersion int32
}

// lockApprovals reads approvals for a change, in the order of their ids. All must be of one organiser, seen by the
// actor and unchanged since.
func lockApprovals(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, keys []ApprovalKey) ([]Approval, error) {
	version := map[int64]int32{}
	ids := make([]int64, len(keys))
	for i, k := range keys {
		ids[i], version[k.Approval] = k.Approval, k.RowVersion
	}
	rows, err := db.New(tx).ApprovalsLock(ctx, db.ApprovalsLockParams{OrganiserID: organiser, ApprovalIds: ids})
	if err != nil {
		return nil, fmt.Errorf("locking approvals: %w", err)
	}
	if len(rows) != len(version) || len(rows) == 0 {
		return nil, errNoApproval
	}
	list := approvals(rows)
	for _, a := range list {
		if by.Role.Side() == access.ProviderSide && (a.Provider != by.Provider || !by.SeesUnit(a.Unit)) {
			return nil, errNoApproval
		}
		if a.RowVersion != version[a.ID] {
			return nil, errStale
		}
	}
	if by.Role.Side() == access.OrganiserSide {
		if err := seesService(ctx, tx, by, organiser, list[0].Service); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// approvalNow reads one approval without a lock, for the answer of a change.
func approvalNow(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Approval, error) {
	r, err := db.New(tx).ApprovalGet(ctx, db.ApprovalGetParams{OrganiserID: organiser, ApprovalID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Approval{}, errNoApproval
	}
	if err != nil {
		return Approval{}, fmt.Errorf("reading approval %d: %w", id, err)
	}
	return approvalFrom(r), nil
}
