package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

var (
	errReasons   = fault.New(fault.Invalid, "ADM-060", "admission.decide.reasons").At("reasons")
	errValidFrom = fault.New(fault.Invalid, "ADM-061", "admission.decide.valid_from").At("valid_from")
	errValidTo   = fault.New(fault.Invalid, "ADM-062", "admission.decide.valid_to").At("valid_to")
	errNotWhole  = fault.New(fault.Conflict, "ADM-063", "admission.decide.not_whole")
)

// DecideInput approves or rejects an application.
type DecideInput struct {
	Key
	Approve    bool
	Reasons    string
	Office     string          // of the decision maker, printed under the name
	ValidFrom  calendar.Date   // approval: the first day, today or later
	ValidTo    calendar.Date   // approval: the day after the last; calendar.Forever until further notice
	Conditions string          // approval: what is required beyond the rulebook
	Texts      *i18n.Catalogue `json:"-"`
}

// Decide makes the decision with its letter. An approval opens each unit that was not yet approved and brings the
// prices of the application into force. Only a decision maker; the handler prepares.
func Decide(ctx context.Context, tx *postgres.Tx, by access.Actor, in DecideInput) (Application, decision.Decision, error) {
	none := decision.Decision{}
	a, err := lock(ctx, tx, by, access.ApplicationDecide, in.Key)
	if err != nil {
		return Application{}, none, err
	}
	m := reject
	if in.Approve {
		m = approve
	}
	if a.State, err = a.State.after(m); err != nil {
		return Application{}, none, err
	}
	if err := in.check(tx.Today()); err != nil {
		return Application{}, none, err
	}
	facts, err := factsOf(ctx, tx, a)
	if err != nil {
		return Application{}, none, err
	}
	if missing := facts.missingForApproval(); in.Approve && len(missing) > 0 {
		return Application{}, none, append(fault.List{errNotWhole}, missing...).Err()
	}
	if unmet := facts.unmetForApproval(); in.Approve && len(unmet) > 0 {
		return Application{}, none, unmet.Err()
	}
	made, err := in.make(ctx, tx, by, facts)
	if err != nil {
		return Application{}, none, err
	}
	if in.Approve {
		if err := in.enact(ctx, tx, by, facts, made.ID); err != nil {
			return Application{}, none, err
		}
	}
	a.Decision = &made.ID
	a, err = moved(ctx, tx, by, a, ActDecided, "", map[string]any{"approve": in.Approve, "decision": made.Number,
		"valid_from": in.ValidFrom, "valid_to": in.ValidTo, "conditions": in.Conditions})
	return a, made, err
}

func (in DecideInput) check(today calendar.Date) error {
	var faults fault.List
	if strings.TrimSpace(in.Reasons) == "" {
		faults = append(faults, errReasons)
	}
	if in.Approve && in.ValidFrom < today {
		faults = append(faults, errValidFrom)
	}
	if in.Approve && in.ValidTo <= in.ValidFrom {
		faults = append(faults, errValidTo)
	}
	return faults.Err()
}

// missingForApproval is Missing without the rulebook's newest version: the applicant accepted the one in force when
// it signed, and that binds.
func (f Facts) missingForApproval() fault.List {
	return slices.DeleteFunc(f.Missing(), func(one *fault.Fault) bool {
		return one.Code == errMissingRulebook.Code && f.Application.Rulebook != nil
	})
}

func (in DecideInput) make(ctx context.Context, tx *postgres.Tx, by access.Actor, f Facts) (decision.Decision, error) {
	org, err := organiser.Get(ctx, tx, in.Organiser)
	if err != nil {
		return decision.Decision{}, err
	}
	l := letter{texts: in.Texts, lang: f.Company.Language, org: org}
	draft := decision.Draft{Kind: decision.Rejection, Outcome: decision.Rejected, LegalAct: f.Service.LegalAct, LegalSection: f.Service.LegalSection,
		Language: l.lang, Reasons: strings.TrimSpace(in.Reasons), MadeByTitle: strings.TrimSpace(in.Office), Provider: &f.Company.ID,
		SubjectKind: subjectKind, SubjectID: f.Application.ID, SenderUnit: f.Service.Area.In(l.lang), Recipient: f.Company.Address(),
		Title: l.say("admission.letter.rejection.title", nil), Blocks: l.rejection(f, in.Reasons), Texts: in.Texts}
	if in.Approve {
		draft.Kind, draft.Outcome = decision.Approval, decision.Approved
		draft.Title, draft.Blocks = l.say("admission.letter.approval.title", nil), l.approval(f, in)
	}
	return decision.Make(ctx, tx, by, org, draft)
}

// enact opens the approvals and brings the prices into force.
func (in DecideInput) enact(ctx context.Context, tx *postgres.Tx, by access.Actor, f Facts, made int64) error {
	q := db.New(tx)
	a := f.Application
	var units []int64
	for _, u := range f.Units {
		units = append(units, u.ID)
	}
	rows, err := q.ApprovalsOfUnits(ctx, db.ApprovalsOfUnitsParams{OrganiserID: a.Organiser, ServiceID: a.Service, UnitIds: units, Day: in.ValidFrom})
	if err != nil {
		return fmt.Errorf("reading approvals of the units: %w", err)
	}
	standing := approvals(rows)
	period := calendar.Period{From: in.ValidFrom, To: in.ValidTo}
	for _, unit := range units {
		if slices.ContainsFunc(standing, func(s Approval) bool { return s.Unit == unit && s.Period.Overlaps(period) }) {
			continue // approved already by an earlier decision, which stays in force
		}
		id, err := q.ApprovalAdd(ctx, db.ApprovalAddParams{OrganiserID: a.Organiser, ProviderID: a.Provider, ServiceID: a.Service, UnitID: unit,
			ApplicationID: a.ID, DecisionID: made, ValidFrom: in.ValidFrom, ValidTo: in.ValidTo, ContractNumber: a.ContractNumber, Conditions: in.Conditions})
		if err != nil {
			return fmt.Errorf("approving unit %d: %w", unit, err)
		}
		if err := planChecks(ctx, q, Approval{Organiser: a.Organiser, ID: id, Provider: a.Provider, Service: a.Service, Period: period}, f.Bound); err != nil {
			return err
		}
	}
	for _, p := range f.Prices {
		p.From = max(p.From, in.ValidFrom)
		if err := adopt(ctx, tx, by, a.Organiser, a.Provider, p); err != nil {
			return err
		}
	}
	return nil
}
