package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActChecked is written when a condition of an approved unit was checked again.
const ActChecked audit.Act = "approval.checked"

// CheckDays is how many days before its day a check comes to the list.
const CheckDays = 60

var (
	errCheckUnknown = fault.New(fault.NotFound, "ADM-096", "admission.check.unknown")
	errCheckNote    = fault.New(fault.Invalid, "ADM-097", "admission.check.note").At("note")
)

// Check is a condition of an approved unit that is to be checked again by a day.
type Check struct {
	ID                int64
	Approval          int64
	Provider, Service int64
	Unit              int64
	DueOn             calendar.Date
	Rule              rulebook.Criterion
	rulebook          int64
	number            int
}

// planChecks writes when the conditions of a new approval are checked for the first time.
func planChecks(ctx context.Context, q *db.Queries, a Approval, book rulebook.Rulebook) error {
	p := db.CheckAddParams{OrganiserID: a.Organiser, ApprovalID: a.ID, ProviderID: a.Provider, ServiceID: a.Service, RulebookID: book.ID}
	for i, c := range book.Rules.Criteria {
		if c.Recheck == 0 {
			continue
		}
		if due := a.Period.From.AddMonths(c.Recheck); due < a.Period.To {
			p.Numbers, p.Dues = append(p.Numbers, int32(i)), append(p.Dues, due)
		}
	}
	if len(p.Numbers) == 0 {
		return nil
	}
	if err := q.CheckAdd(ctx, p); err != nil {
		return fmt.Errorf("planning the checks of approval %d: %w", a.ID, err)
	}
	return nil
}

// DueChecks lists the checks of approvals in force that are due within CheckDays, the most urgent first, of the services that the
// actor's teams see. Three queries, however many.
func DueChecks(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Check, error) {
	if err := by.May(access.InspectionRecord, organiser); err != nil {
		return nil, err
	}
	return checks(ctx, tx, by, organiser, 0, tx.Today()+CheckDays)
}

func checks(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, until calendar.Date) ([]Check, error) {
	rows, err := db.New(tx).ChecksDue(ctx, db.ChecksDueParams{OrganiserID: organiser, Today: tx.Today(), Until: until, CheckID: id})
	if err != nil {
		return nil, fmt.Errorf("reading due checks: %w", err)
	}
	services, err := catalogue.Services(ctx, tx, organiser, tx.Today())
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.RulebookID)
	}
	books, err := rulebook.ByIDs(ctx, tx, organiser, ids)
	if err != nil {
		return nil, err
	}
	var list []Check
	for _, r := range rows {
		if i := slices.IndexFunc(services, func(s catalogue.Service) bool { return s.ID == r.ServiceID }); i >= 0 && !by.SeesService(services[i].Teams) {
			continue
		}
		criteria := books[r.RulebookID].Rules.Criteria
		if int(r.CriterionNo) >= len(criteria) {
			return nil, fmt.Errorf("check %d: rulebook %d has no condition %d", r.CheckID, r.RulebookID, r.CriterionNo)
		}
		list = append(list, Check{ID: r.CheckID, Approval: r.ApprovalID, Provider: r.ProviderID, Service: r.ServiceID, Unit: r.UnitID, DueOn: r.DueOn,
			Rule: criteria[r.CriterionNo], rulebook: r.RulebookID, number: int(r.CriterionNo)})
	}
	return list, nil
}

// CheckMessage is the payload of TopicCheckDue.
type CheckMessage struct {
	Check int64 `json:"check"`
}

// RemindChecks tells company and organiser of each check that comes to the list, once; a daily job. It gives how many are open.
func RemindChecks(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int, error) {
	if err := by.May(access.ApprovalRevoke, organiser); err != nil {
		return 0, err
	}
	ids, err := db.New(tx).ChecksOpen(ctx, db.ChecksOpenParams{OrganiserID: organiser, Today: tx.Today(), Until: tx.Today() + CheckDays})
	if err != nil {
		return 0, fmt.Errorf("looking for due checks: %w", err)
	}
	for _, id := range ids {
		err := tx.Outbox(ctx, postgres.Message{Organiser: organiser, Topic: TopicCheckDue, Dedup: fmt.Sprintf("%s:%d", TopicCheckDue, id), Payload: CheckMessage{id}})
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// CheckOf gives one open check. ADM-096 when there is none, or when it has been recorded.
func CheckOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Check, error) {
	if err := by.May(access.InspectionRecord, organiser); err != nil {
		return Check{}, err
	}
	list, err := checks(ctx, tx, by, organiser, id, calendar.Forever)
	if err != nil {
		return Check{}, err
	}
	if id == 0 || len(list) == 0 {
		return Check{}, errCheckUnknown
	}
	return list[0], nil
}

// CheckInput records a check.
type CheckInput struct {
	Organiser int32
	Check     int64
	Met       bool
	Note      string // what was found; required when the condition is not met any more
}

// RecordCheck keeps what was found and plans the next check, counted from today. A condition that is not met any more ends nothing by
// itself: suspension and revocation are decisions of their own (569/2009, 5 §), and the next check comes all the same.
func RecordCheck(ctx context.Context, tx *postgres.Tx, by access.Actor, in CheckInput) error {
	c, err := CheckOf(ctx, tx, by, in.Organiser, in.Check)
	if err != nil {
		return err
	}
	in.Note = strings.TrimSpace(in.Note)
	if !in.Met && in.Note == "" {
		return errCheckNote
	}
	q := db.New(tx)
	n, err := q.CheckDone(ctx, db.CheckDoneParams{OrganiserID: in.Organiser, CheckID: in.Check, Met: &in.Met, Note: in.Note, DoneAt: new(tx.Now()),
		DoneByAccount: &by.Account, DoneBy: by.Name})
	if err != nil {
		return fmt.Errorf("recording check %d: %w", in.Check, err)
	}
	if n != 1 {
		return errStale
	}
	err = q.CheckAdd(ctx, db.CheckAddParams{OrganiserID: in.Organiser, ApprovalID: c.Approval, ProviderID: c.Provider, ServiceID: c.Service, RulebookID: c.rulebook,
		Numbers: []int32{int32(c.number)}, Dues: []calendar.Date{tx.Today().AddMonths(c.Rule.Recheck)}})
	if err != nil {
		return fmt.Errorf("planning the check after check %d: %w", in.Check, err)
	}
	return audit.Write(ctx, tx, by, ActChecked, audit.Ref{Kind: "approval", ID: c.Approval}, in)
}
