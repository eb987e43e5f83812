package admission

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/domain/catalogue"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts of the audit about approvals.
const (
	ActSuspended audit.Act = "approval.suspended"
	ActResumed   audit.Act = "approval.resumed"
	ActRevoked   audit.Act = "approval.revoked"
	ActExited    audit.Act = "approval.exited"
)

var (
	errEndReason    = fault.New(fault.Invalid, "ADM-070", "admission.end.reason").At("reason")
	errEndDay       = fault.New(fault.Invalid, "ADM-071", "admission.end.day").At("day")
	errEnded        = fault.New(fault.Conflict, "ADM-072", "admission.end.ended")
	errMixed        = fault.New(fault.Invalid, "ADM-073", "admission.end.mixed").At("approvals")
	errSuspended    = fault.New(fault.Conflict, "ADM-074", "admission.suspend.already")
	errNotSuspended = fault.New(fault.Conflict, "ADM-075", "admission.suspend.not")
)

// EndedMessage is the payload of TopicEnded: what ended, how and from which day on. Packages after this one turn it
// into the list of clients under way, notices and ended reservations.
type EndedMessage struct {
	Approvals []int64       `json:"approvals"`
	Kind      EndKind       `json:"kind"`
	From      calendar.Date `json:"from"` // the first day without approval
}

// SuspendedMessage is the payload of TopicSuspended and TopicResumed: from which day the unit may not be chosen, or may again.
type SuspendedMessage struct {
	Approval int64         `json:"approval"`
	From     calendar.Date `json:"from"`
}

// SuspendInput keeps a unit from new choices and deliveries for a time.
type SuspendInput struct {
	Organiser int32
	ApprovalKey
	From   calendar.Date
	To     calendar.Date // the day after the last; calendar.Forever until lifted
	Reason string
}

// Suspend pauses an approval from today or later. ADM-074 when it is suspended in that time already.
func Suspend(ctx context.Context, tx *postgres.Tx, by access.Actor, in SuspendInput) (Approval, error) {
	if err := by.May(access.ApprovalRevoke, in.Organiser); err != nil {
		return Approval{}, err
	}
	list, err := lockApprovals(ctx, tx, by, in.Organiser, []ApprovalKey{in.ApprovalKey})
	if err != nil {
		return Approval{}, err
	}
	a := list[0]
	period := calendar.Period{From: in.From, To: in.To}
	switch {
	case strings.TrimSpace(in.Reason) == "":
		return Approval{}, errEndReason
	case in.From < tx.Today() || period.Empty():
		return Approval{}, errEndDay
	case in.From >= a.Period.To:
		return Approval{}, errEnded
	}
	q := db.New(tx)
	rows, err := q.SuspensionsOf(ctx, db.SuspensionsOfParams{OrganiserIds: []int32{a.Organiser}, ApprovalIds: []int64{a.ID}})
	if err != nil {
		return Approval{}, fmt.Errorf("reading suspensions of approval %d: %w", a.ID, err)
	}
	for _, s := range rows {
		if (calendar.Period{From: s.SuspendedFrom, To: s.SuspendedTo}).Overlaps(period) {
			return Approval{}, errSuspended
		}
	}
	err = q.SuspensionAdd(ctx, db.SuspensionAddParams{OrganiserID: a.Organiser, ApprovalID: a.ID, ProviderID: a.Provider, SuspendedFrom: in.From,
		SuspendedTo: in.To, Reason: strings.TrimSpace(in.Reason), NotifiedAt: tx.Now(), SetBy: by.Name})
	if err != nil {
		return Approval{}, fmt.Errorf("suspending approval %d: %w", a.ID, err)
	}
	a, err = touched(ctx, tx, by, a, ActSuspended, in)
	if err != nil {
		return Approval{}, err
	}
	return a, tx.Outbox(ctx, postgres.Message{Organiser: a.Organiser, Topic: TopicSuspended,
		Dedup: fmt.Sprintf("%s:%d:%d", TopicSuspended, a.ID, a.RowVersion), Payload: SuspendedMessage{a.ID, in.From}})
}

// ResumeInput lifts a suspension.
type ResumeInput struct {
	Organiser int32
	ApprovalKey
	From calendar.Date // the first day on which the unit may be chosen again
}

// Resume ends the suspension that runs on the day. ADM-075 when none does.
func Resume(ctx context.Context, tx *postgres.Tx, by access.Actor, in ResumeInput) (Approval, error) {
	if err := by.May(access.ApprovalRevoke, in.Organiser); err != nil {
		return Approval{}, err
	}
	list, err := lockApprovals(ctx, tx, by, in.Organiser, []ApprovalKey{in.ApprovalKey})
	if err != nil {
		return Approval{}, err
	}
	if in.From < tx.Today() {
		return Approval{}, errEndDay
	}
	n, err := db.New(tx).SuspensionEnd(ctx, db.SuspensionEndParams{OrganiserID: in.Organiser, ApprovalID: in.Approval, SuspendedTo: in.From})
	if err != nil {
		return Approval{}, fmt.Errorf("lifting the suspension of approval %d: %w", in.Approval, err)
	}
	if n == 0 {
		return Approval{}, errNotSuspended
	}
	a, err := touched(ctx, tx, by, list[0], ActResumed, in)
	if err != nil {
		return Approval{}, err
	}
	return a, tx.Outbox(ctx, postgres.Message{Organiser: a.Organiser, Topic: TopicResumed,
		Dedup: fmt.Sprintf("%s:%d:%d", TopicResumed, a.ID, a.RowVersion), Payload: SuspendedMessage{a.ID, in.From}})
}

func touched(ctx context.Context, tx *postgres.Tx, by access.Actor, a Approval, act audit.Act, detail any) (Approval, error) {
	if err := db.New(tx).ApprovalTouch(ctx, db.ApprovalTouchParams{OrganiserID: a.Organiser, ApprovalID: a.ID}); err != nil {
		return Approval{}, fmt.Errorf("changing approval %d: %w", a.ID, err)
	}
	a, err := approvalNow(ctx, tx, a.Organiser, a.ID)
	if err != nil {
		return Approval{}, err
	}
	return a, audit.Write(ctx, tx, by, act, a.Ref(), detail)
}

// RevokeInput takes a provider's units off the list of one service.
type RevokeInput struct {
	Organiser int32
	Approvals []ApprovalKey
	From      calendar.Date // the first day without approval, today or later
	Reasons   string
	Office    string
	Texts     *i18n.Catalogue `json:"-"`
}

// Revoke ends approvals of one company in one service by a decision with its letter (569/2009, 4 §).
func Revoke(ctx context.Context, tx *postgres.Tx, by access.Actor, in RevokeInput) ([]Approval, decision.Decision, error) {
	none := decision.Decision{}
	if err := by.May(access.ApprovalRevoke, in.Organiser); err != nil {
		return nil, none, err
	}
	list, err := lockApprovals(ctx, tx, by, in.Organiser, in.Approvals)
	if err != nil {
		return nil, none, err
	}
	if err := mayEnd(list, in.From, in.Reasons, tx.Today()); err != nil {
		return nil, none, err
	}
	facts, err := endFacts(ctx, tx, list)
	if err != nil {
		return nil, none, err
	}
	org, err := organiser.Get(ctx, tx, in.Organiser)
	if err != nil {
		return nil, none, err
	}
	l := letter{texts: in.Texts, lang: facts.Company.Language, org: org}
	made, err := decision.Make(ctx, tx, by, org, decision.Draft{Kind: decision.Revocation, Outcome: decision.Revoked, LegalAct: facts.Service.LegalAct,
		LegalSection: facts.Service.LegalSection, Language: l.lang, Reasons: strings.TrimSpace(in.Reasons), MadeByTitle: strings.TrimSpace(in.Office),
		Provider: &facts.Company.ID, SubjectKind: "approval", SubjectID: list[0].ID, SenderUnit: facts.Service.Area.In(l.lang),
		Recipient: facts.Company.Address(), Title: l.say("admission.letter.revocation.title", nil), Blocks: l.revocation(facts, in), Texts: in.Texts})
	if err != nil {
		return nil, none, err
	}
	ended, err := end(ctx, tx, by, list, ending{Revoked, in.From, strings.TrimSpace(in.Reasons), &made.ID, ActRevoked})
	return ended, made, err
}

// ExitInput announces that a company stops providing.
type ExitInput struct {
	Organiser int32
	Approvals []ApprovalKey
	LastDay   calendar.Date // the last day of providing, today or later
	Reason    string
}

// Exit ends approvals by the company's own wish. The organiser must then take it off the list (569/2009, 4 §), which
// follows by itself from the day after LastDay.
func Exit(ctx context.Context, tx *postgres.Tx, by access.Actor, in ExitInput) ([]Approval, error) {
	if err := by.May(access.ProviderExit, in.Organiser); err != nil {
		return nil, err
	}
	list, err := lockApprovals(ctx, tx, by, in.Organiser, in.Approvals)
	if err != nil {
		return nil, err
	}
	if err := mayEnd(list, in.LastDay+1, in.Reason, tx.Today()+1); err != nil {
		return nil, err
	}
	return end(ctx, tx, by, list, ending{Exited, in.LastDay + 1, strings.TrimSpace(in.Reason), nil, ActExited})
}

// mayEnd: one company and one service at a time, with a reason, not in the past, and earlier than any end set before.
func mayEnd(list []Approval, from calendar.Date, reason string, earliest calendar.Date) error {
	var faults fault.List
	if strings.TrimSpace(reason) == "" {
		faults = append(faults, errEndReason)
	}
	if from < earliest {
		faults = append(faults, errEndDay)
	}
	for _, a := range list {
		if a.Provider != list[0].Provider || a.Service != list[0].Service {
			return append(faults, errMixed).Err()
		}
		if a.Period.To <= from {
			return append(faults, errEnded.With("day", a.Period.To-1)).Err()
		}
	}
	return faults.Err()
}

// ending is how, from which day and why approvals end.
type ending struct {
	kind   EndKind
	from   calendar.Date // the first day without approval
	reason string
	made   *int64 // the decision behind it
	act    audit.Act
}

// end ends approvals and tells the packages that follow.
func end(ctx context.Context, tx *postgres.Tx, by access.Actor, list []Approval, e ending) ([]Approval, error) {
	list, err := closeApprovals(ctx, tx, by, list, e)
	if err != nil {
		return nil, err
	}
	message := EndedMessage{Kind: e.kind, From: e.from}
	for _, a := range list {
		message.Approvals = append(message.Approvals, a.ID)
	}
	first := list[0]
	return list, tx.Outbox(ctx, postgres.Message{Organiser: first.Organiser, Topic: TopicEnded,
		Dedup: fmt.Sprintf("%s:%d:%d", TopicEnded, first.ID, first.RowVersion), Payload: message})
}

func closeApprovals(ctx context.Context, tx *postgres.Tx, by access.Actor, list []Approval, e ending) ([]Approval, error) {
	q := db.New(tx)
	entries := make([]audit.Entry, len(list))
	for i, a := range list {
		entries[i] = audit.Entry{Subject: a.Ref(), Detail: map[string]any{"from": e.from, "reason": e.reason}}
		err := q.ApprovalEnd(ctx, db.ApprovalEndParams{OrganiserID: a.Organiser, ApprovalIds: []int64{a.ID}, ValidTo: max(e.from, a.Period.From),
			EndKind: ptr(string(e.kind)), EndReason: e.reason, EndDecisionID: e.made})
		if err != nil {
			return nil, fmt.Errorf("ending approval %d: %w", a.ID, err)
		}
		if list[i], err = approvalNow(ctx, tx, a.Organiser, a.ID); err != nil {
			return nil, err
		}
	}
	return list, audit.WriteMany(ctx, tx, by, e.act, entries)
}

// endFacts gathers what the letter of a revocation tells.
func endFacts(ctx context.Context, tx *postgres.Tx, list []Approval) (Facts, error) {
	f := Facts{Day: tx.Today()}
	var err error
	if f.Company, err = register.Get(ctx, tx, list[0].Provider); err != nil {
		return Facts{}, err
	}
	var service catalogue.Service
	if service, err = serviceOf(ctx, tx, list[0].Organiser, list[0].Service); err != nil {
		return Facts{}, err
	}
	f.Service = service
	var units []int64
	for _, a := range list {
		units = append(units, a.Unit)
	}
	f.Units, err = register.UnitsByID(ctx, tx, units)
	return f, err
}
