package decision

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on delegations in the audit.
const (
	ActDelegated       audit.Act = "delegation.added"
	ActDelegationEnded audit.Act = "delegation.ended"
)

var (
	errNotDelegated = fault.New(fault.Forbidden, "DEC-010", "decision.not_delegated")
	errNobody       = fault.New(fault.Forbidden, "DEC-011", "decision.nobody_delegated")
	errOffice       = fault.New(fault.Invalid, "DEC-012", "decision.delegation.office_needed").At("office")
	errLimits       = fault.New(fault.Invalid, "DEC-013", "decision.delegation.period").At("valid_to")
	errDelegation   = fault.New(fault.NotFound, "DEC-016", "decision.delegation.unknown")
	errEnded        = fault.New(fault.Stale, "DEC-017", "decision.delegation.ended_already")
)

// BeyondPower tells that a decision was refused only because it is not the actor's to make: what was prepared can be saved as a proposal.
func BeyondPower(err error) bool {
	code := fault.CodeOf(err)
	return code == errNotDelegated.Code || code == errNobody.Code
}

// Delegation gives power to decide. What is empty does not bind: no account and no role = everybody who has the right.
type Delegation struct {
	Organiser   int32
	ID          int64
	Office      string // who, in the organiser's own words; told to whoever may not decide
	Account     *int64
	AccountName string
	Role        access.Role
	Kind        Kind
	Service     *int64
	Limit       *money.Cents // greatest sum of one decision
	Valid       calendar.Period
	Founding    bool // the row with which an organiser begins: everybody with the right may decide everything
	AddedBy     string
	AddedAt     time.Time
	EndedBy     string
}

// Ref names the delegation in the audit.
func (d Delegation) Ref() audit.Ref { return audit.Ref{Kind: "delegation", ID: d.ID, Label: d.Office} }

// reaches tells that the delegation holds for what is decided on a day, whoever decides it.
func (d Delegation) reaches(kind Kind, service *int64, amount *money.Cents, day calendar.Date) bool {
	return d.Valid.Contains(day) && (d.Kind == "" || d.Kind == kind) &&
		(d.Service == nil || service != nil && *service == *d.Service) &&
		(d.Limit == nil || amount == nil || *amount <= *d.Limit)
}

func (d Delegation) holds(by access.Actor) bool {
	return (d.Account == nil || *d.Account == by.Account) && (d.Role == "" || d.Role == by.Role)
}

// who names those who may decide; "" for a row without a name.
func (d Delegation) who() string {
	if d.AccountName == "" || d.Office == "" {
		return d.Office + d.AccountName
	}
	return d.Office + " (" + d.AccountName + ")"
}

// authority finds the delegation by which the actor decides. DEC-010 names who may decide instead, DEC-011 when nobody may.
// A job carries out what people have decided and needs no delegation.
func authority(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, draft Draft) (*int64, error) {
	if by.Role == access.SystemRole {
		return draft.Power, nil
	}
	list, err := delegations(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	return chosen(list, by, draft, tx.Today())
}

// chosen is the rule itself: the first row that reaches the decision and holds for the actor.
func chosen(list []Delegation, by access.Actor, draft Draft, day calendar.Date) (*int64, error) {
	var others []string
	for _, d := range list {
		switch {
		case !d.reaches(draft.Kind, draft.Service, draft.Amount, day):
		case d.holds(by):
			return &d.ID, nil
		default:
			others = append(others, d.who())
		}
	}
	if len(others) == 0 {
		return nil, errNobody
	}
	slices.Sort(others)
	return nil, errNotDelegated.With("who", strings.Join(slices.Compact(others), ", "))
}

// delegations reads all rows of the organiser. An organiser that has never had any begins with the founding row.
func delegations(ctx context.Context, tx *postgres.Tx, org int32) ([]Delegation, error) {
	q := db.New(tx)
	rows, err := q.Delegations(ctx, org)
	if err == nil && len(rows) == 0 {
		if _, err = q.DelegationFound(ctx, db.DelegationFoundParams{OrganiserID: org, AddedAt: tx.Now()}); err == nil {
			rows, err = q.Delegations(ctx, org)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the delegations of organiser %d: %w", org, err)
	}
	list := make([]Delegation, len(rows))
	for i, r := range rows {
		list[i] = Delegation{Organiser: r.OrganiserID, ID: r.DelegationID, Office: r.Office, Account: r.AccountID, AccountName: r.AccountName,
			Role: access.Role(r.Role), Kind: Kind(r.Kind), Service: r.ServiceID, Limit: r.LimitCents,
			Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Founding: r.Founding, AddedBy: r.AddedBy, AddedAt: r.AddedAt}
		if r.EndedBy != nil {
			list[i].EndedBy = *r.EndedBy
		}
	}
	return list, nil
}

// Delegations lists who may decide what, the valid first; ended rows stay for the record.
func Delegations(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32) ([]Delegation, error) {
	if err := by.May(access.OrganiserEdit, org); err != nil {
		return nil, err
	}
	return delegations(ctx, tx, org)
}

// Delegate adds power from a day. Power is never widened by ending a row, so rows are added and ended, never edited.
func Delegate(ctx context.Context, tx *postgres.Tx, by access.Actor, d Delegation) (Delegation, error) {
	if err := by.May(access.OrganiserEdit, d.Organiser); err != nil {
		return Delegation{}, err
	}
	var wrong fault.List
	if d.Office = strings.TrimSpace(d.Office); d.Office == "" {
		wrong = append(wrong, errOffice)
	}
	if d.Valid.Empty() {
		wrong = append(wrong, errLimits)
	}
	if err := wrong.Err(); err != nil {
		return Delegation{}, err
	}
	if _, err := delegations(ctx, tx, d.Organiser); err != nil { // the founding row comes first
		return Delegation{}, err
	}
	id, err := db.New(tx).DelegationAdd(ctx, db.DelegationAddParams{OrganiserID: d.Organiser, Office: d.Office, AccountID: d.Account, AccountName: d.AccountName,
		Role: string(d.Role), Kind: string(d.Kind), ServiceID: d.Service, LimitCents: d.Limit, ValidFrom: d.Valid.From, ValidTo: d.Valid.To,
		AddedByAccount: by.Account, AddedBy: by.Name, AddedAt: tx.Now()})
	if err != nil {
		return Delegation{}, fmt.Errorf("adding a delegation of organiser %d: %w", d.Organiser, err)
	}
	d.ID, d.AddedBy, d.AddedAt = id, by.Name, tx.Now()
	return d, audit.Write(ctx, tx, by, ActDelegated, d.Ref(), d)
}

// EndDelegation ends power from a day, which may not lie in the past: what was decided by it stands. DEC-017 when it has ended already.
func EndDelegation(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64, day calendar.Date) error {
	if err := by.May(access.OrganiserEdit, org); err != nil {
		return err
	}
	if day < tx.Today() {
		return errLimits.At("day")
	}
	list, err := delegations(ctx, tx, org)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(d Delegation) bool { return d.ID == id })
	if i < 0 {
		return errDelegation
	}
	n, err := db.New(tx).DelegationEnd(ctx, db.DelegationEndParams{OrganiserID: org, DelegationID: id, ValidTo: max(day, list[i].Valid.From), EndedBy: &by.Name, EndedAt: new(tx.Now())})
	if err != nil {
		return fmt.Errorf("ending delegation %d: %w", id, err)
	}
	if n == 0 {
		return errEnded
	}
	return audit.Write(ctx, tx, by, ActDelegationEnded, list[i].Ref(), map[string]any{"day": day})
}
