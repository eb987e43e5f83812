package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"seteli/core/fault"
	"seteli/domain/admission/db"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts about the conditions of approval.
const (
	ActConfirmed audit.Act = "application.criteria_confirmed"
	ActJudged    audit.Act = "application.criteria_judged"
)

var (
	errMissingCriterion = fault.New(fault.Invalid, "ADM-038", "admission.missing.criterion").At(string(PartCriteria))
	errMissingEvidence  = fault.New(fault.Invalid, "ADM-039", "admission.missing.evidence").At(string(PartCriteria))
	errConfirmAll       = fault.New(fault.Invalid, "ADM-090", "admission.criteria.confirm")
	errEvidence         = fault.New(fault.Invalid, "ADM-091", "admission.criteria.evidence")
	errJudgeNote        = fault.New(fault.Invalid, "ADM-092", "admission.criteria.note")
	errJudgeUnknown     = fault.New(fault.Invalid, "ADM-093", "admission.criteria.unknown")
	errNotJudged        = fault.New(fault.Conflict, "ADM-094", "admission.criteria.not_judged")
	errNotMet           = fault.New(fault.Conflict, "ADM-095", "admission.criteria.not_met")
)

// Criterion is one condition of approval as it stands in an application: what the rulebook asks, what the company confirmed and how
// the handler judged it.
type Criterion struct {
	Number      int // its place in the rulebook version that binds
	Rule        rulebook.Criterion
	ConfirmedAt *time.Time // nil = the company has not confirmed it
	ConfirmedBy string
	Evidence    string // in words, or the name of the attachment
	Attachment  int64  // of the application; 0 = none
	Met         *bool  // nil = not judged
	Note        string // of who judged; always given when it is not met
	JudgedAt    *time.Time
	JudgedBy    string
}

// Unmet gives the conditions that were judged as not met, for a letter of refusal.
func (f Facts) Unmet() []Criterion {
	return slices.DeleteFunc(slices.Clone(f.Criteria), func(c Criterion) bool { return c.Met == nil || *c.Met })
}

// bound reads the rulebook version whose conditions bind: the one that was accepted, before that the one in force.
func (f *Facts) bound(ctx context.Context, tx *postgres.Tx) error {
	a := f.Application
	f.Bound = f.Rulebook
	if a.Rulebook != nil && *a.Rulebook != f.Rulebook.ID {
		book, err := rulebook.ByID(ctx, tx, a.Organiser, *a.Rulebook)
		if err != nil {
			return err
		}
		f.Bound = book
	}
	if len(f.Bound.Rules.Criteria) == 0 {
		return nil
	}
	rows, err := db.New(tx).CriteriaOf(ctx, db.CriteriaOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID, RulebookID: f.Bound.ID})
	if err != nil {
		return fmt.Errorf("reading the conditions of application %d: %w", a.ID, err)
	}
	for i, rule := range f.Bound.Rules.Criteria {
		c := Criterion{Number: i, Rule: rule}
		for _, r := range rows {
			if int(r.CriterionNo) == i {
				c.ConfirmedAt, c.ConfirmedBy, c.Evidence, c.Met, c.Note = r.ConfirmedAt, r.ConfirmedBy, r.Evidence, r.Met, r.Note
				c.JudgedAt, c.JudgedBy = r.JudgedAt, r.JudgedBy
				if r.AttachmentID != nil {
					c.Attachment = *r.AttachmentID
				}
			}
		}
		f.Criteria = append(f.Criteria, c)
	}
	return nil
}

// missingCriteria: each condition is confirmed, and a proof that it asks for is still there.
func (f Facts) missingCriteria() fault.List {
	var faults fault.List
	for _, c := range f.Criteria {
		gone := c.Attachment != 0 && !f.attached(c.Attachment)
		switch {
		case c.ConfirmedAt == nil:
			faults = append(faults, errMissingCriterion.With("criterion", c.Rule.Names))
		case c.Rule.Evidence && gone:
			faults = append(faults, errMissingEvidence.With("criterion", c.Rule.Names))
		}
	}
	return faults
}

func (f Facts) attached(id int64) bool {
	return slices.ContainsFunc(f.Attachments, func(a Attachment) bool { return a.ID == id })
}

// unmetForApproval tells each condition that keeps an approval away: not judged, or judged as not met.
func (f Facts) unmetForApproval() fault.List {
	var faults fault.List
	for _, c := range f.Criteria {
		switch {
		case c.Met == nil:
			faults = append(faults, errNotJudged.With("criterion", c.Rule.Names))
		case !*c.Met:
			faults = append(faults, errNotMet.With("criterion", c.Rule.Names))
		}
	}
	return faults
}

// Confirmation is the company's word that it fulfils one condition.
type Confirmation struct {
	Number     int
	Yes        bool
	Evidence   string // where the proof is found, in words
	Attachment int64  // the file of the application that proves it; 0 = none
}

// ConfirmInput confirms every condition at once. Rulebook is the version that was read.
type ConfirmInput struct {
	Key
	Rulebook int64
	Answers  []Confirmation
}

// FieldOfCriterion names the form field of a condition: confirm-0, evidence-0, attachment-0, met-0, note-0.
func FieldOfCriterion(what string, number int) string { return fmt.Sprintf("%s-%d", what, number) }

// ConfirmCriteria keeps the company's confirmations. Each condition is confirmed by itself (ADM-090), one that asks for a proof names
// it (ADM-091). ADM-010 when another rulebook version binds than the one that was read.
func ConfirmCriteria(ctx context.Context, tx *postgres.Tx, by access.Actor, in ConfirmInput) (Application, error) {
	a, err := editable(ctx, tx, by, access.ApplicationPrepare, in.Key, PartCriteria)
	if err != nil {
		return Application{}, err
	}
	f, err := factsOf(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	if f.Bound.ID != in.Rulebook {
		return Application{}, errOldRulebook
	}
	add := db.CriteriaConfirmParams{OrganiserID: a.Organiser, ApplicationID: a.ID, RulebookID: f.Bound.ID, ProviderID: a.Provider, ConfirmedAt: new(tx.Now()), ConfirmedBy: by.Name}
	var faults fault.List
	for _, c := range f.Criteria {
		i := slices.IndexFunc(in.Answers, func(x Confirmation) bool { return x.Number == c.Number })
		if i < 0 || !in.Answers[i].Yes {
			faults = append(faults, errConfirmAll.At(FieldOfCriterion("confirm", c.Number)).With("criterion", c.Rule.Names))
			continue
		}
		answer := in.Answers[i]
		answer.Evidence = strings.TrimSpace(answer.Evidence)
		if answer.Attachment != 0 && !f.attached(answer.Attachment) || c.Rule.Evidence && answer.Attachment == 0 && answer.Evidence == "" {
			faults = append(faults, errEvidence.At(FieldOfCriterion("evidence", c.Number)).With("criterion", c.Rule.Names))
			continue
		}
		add.Numbers, add.Evidences, add.Attachments = append(add.Numbers, int32(c.Number)), append(add.Evidences, answer.Evidence), append(add.Attachments, answer.Attachment)
	}
	if err := faults.Err(); err != nil {
		return Application{}, err
	}
	if err := db.New(tx).CriteriaConfirm(ctx, add); err != nil {
		return Application{}, fmt.Errorf("confirming the conditions of application %d: %w", a.ID, err)
	}
	if a, err = save(ctx, tx, a); err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActConfirmed, a.Ref(), map[string]any{"rulebook": f.Bound.ID, "criteria": len(f.Criteria)})
}

// Judgement is how the handler sees one condition.
type Judgement struct {
	Number int
	Met    bool
	Note   string // required when it is not met: the refusal names it
}

// JudgeInput judges some or all conditions.
type JudgeInput struct {
	Key
	Judgements []Judgement
}

// JudgeCriteria keeps the handler's judgement while the application is being handled; it may be changed until the decision.
func JudgeCriteria(ctx context.Context, tx *postgres.Tx, by access.Actor, in JudgeInput) (Application, error) {
	a, err := lock(ctx, tx, by, access.ApplicationHandle, in.Key)
	if err != nil {
		return Application{}, err
	}
	if a.State != Handling {
		return Application{}, errMove.With("state", string(a.State))
	}
	f, err := factsOf(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	set := db.CriteriaJudgeParams{OrganiserID: a.Organiser, ApplicationID: a.ID, RulebookID: f.Bound.ID, ProviderID: a.Provider, JudgedAt: new(tx.Now()),
		JudgedByAccount: &by.Account, JudgedBy: by.Name}
	var faults fault.List
	for _, j := range in.Judgements {
		j.Note = strings.TrimSpace(j.Note)
		switch {
		case j.Number < 0 || j.Number >= len(f.Criteria) || slices.Contains(set.Numbers, int32(j.Number)):
			faults = append(faults, errJudgeUnknown)
		case !j.Met && j.Note == "":
			faults = append(faults, errJudgeNote.At(FieldOfCriterion("note", j.Number)).With("criterion", f.Criteria[j.Number].Rule.Names))
		default:
			set.Numbers, set.Mets, set.Notes = append(set.Numbers, int32(j.Number)), append(set.Mets, j.Met), append(set.Notes, j.Note)
		}
	}
	if err := faults.Err(); err != nil {
		return Application{}, err
	}
	if err := db.New(tx).CriteriaJudge(ctx, set); err != nil {
		return Application{}, fmt.Errorf("judging the conditions of application %d: %w", a.ID, err)
	}
	if a, err = save(ctx, tx, a); err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActJudged, a.Ref(), in.Judgements)
}
