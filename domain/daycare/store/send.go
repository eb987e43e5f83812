package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts on value decisions in the audit.
const (
	ActSent  audit.Act = "daycare.decision_sent"
	ActEnded audit.Act = "daycare.decision_ended"
)

// SendInput names drafts to be sent as decisions, with the office of who decides them.
type SendInput struct {
	Organiser int32
	Drafts    []int64
	Child     int64 // whose drafts they are
	Reasons   string
	Office    string
}

// Send makes decisions of one child's drafts, in the order of their days, each with its letter. An effective decision that overlaps one
// gives way: what does not begin before it is annulled, an earlier one ends the day before. DAY-020 when one begins further ahead than the
// rules allow, DAY-086 when a draft is gone, DAY-087 when one is set aside.
// Locks: client, then the organiser's numbers.
func Send(ctx context.Context, tx *postgres.Tx, by access.Actor, texts *i18n.Catalogue, in SendInput) ([]Decision, error) {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return nil, err
	}
	of := Of{in.Organiser, in.Child}
	if _, err := lock(ctx, tx, of); err != nil {
		return nil, err
	}
	s := sending{of: of, by: by, q: db.New(tx), texts: texts, in: in}
	if err := s.load(ctx, tx); err != nil {
		return nil, err
	}
	var made []Decision
	for _, d := range s.chosen {
		one, err := s.send(ctx, tx, d)
		if err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	if err := s.q.DraftsDelete(ctx, db.DraftsDeleteParams{OrganiserID: in.Organiser, Drafts: in.Drafts}); err != nil {
		return nil, fmt.Errorf("dropping sent drafts: %w", err)
	}
	return made, nil
}

type sending struct {
	of        Of
	by        access.Actor
	q         *db.Queries
	texts     *i18n.Catalogue
	in        SendInput
	org       organiser.Organiser
	rules     inForce
	chosen    []db.DraftsOfRow
	effective []db.DecisionsOfRow
	child     client.Client
}

func (s *sending) load(ctx context.Context, tx *postgres.Tx) (err error) {
	if s.rules, err = published(ctx, tx, s.of.Organiser); err != nil {
		return err
	}
	if s.org, err = organiser.Get(ctx, tx, s.of.Organiser); err != nil {
		return err
	}
	if s.child, err = client.Load(ctx, tx, s.of.Organiser, s.of.Child); err != nil {
		return err
	}
	children := []int64{s.of.Child}
	drafts, err := s.q.DraftsOf(ctx, db.DraftsOfParams{OrganiserID: s.of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading drafts of child %d: %w", s.of.Child, err)
	}
	wanted := map[int64]bool{}
	for _, id := range s.in.Drafts {
		wanted[id] = true
	}
	for _, d := range drafts {
		if !wanted[d.DraftID] {
			continue
		}
		if d.IgnoredAt != nil {
			return errIgnored
		}
		s.chosen = append(s.chosen, d)
	}
	if len(s.chosen) != len(wanted) || len(wanted) == 0 {
		return errDraftGone
	}
	s.effective, err = s.q.DecisionsOf(ctx, db.DecisionsOfParams{OrganiserID: s.of.Organiser, Children: children})
	if err != nil {
		return fmt.Errorf("reading decisions of child %d: %w", s.of.Child, err)
	}
	return nil
}

func (s *sending) send(ctx context.Context, tx *postgres.Tx, d db.DraftsOfRow) (Decision, error) {
	ahead := s.rules.on(d.ValidFrom).Profile.MaxDaysAhead
	check := daycare.Sending{Today: tx.Today(), From: d.ValidFrom, Type: daycare.Normal, MaxAhead: &ahead}
	if err := check.Check(); err != nil {
		return Decision{}, err
	}
	draft, err := s.letter(ctx, tx, d)
	if err != nil {
		return Decision{}, err
	}
	letter, err := decision.Make(ctx, tx, s.by, s.org, draft)
	if err != nil {
		return Decision{}, err
	}
	for i := range s.effective {
		old := &s.effective[i]
		if p := period(old.ValidFrom, old.ValidTo); p.Empty() || !p.Overlaps(period(d.ValidFrom, d.ValidTo)) {
			continue
		}
		old.ValidTo = max(old.ValidFrom, d.ValidFrom)
		if err := s.end(ctx, tx, old.ValueDecisionID, old.ValidTo, letter.Number, &d.DraftID); err != nil {
			return Decision{}, err
		}
	}
	err = s.q.DecisionAdd(ctx, db.DecisionAddParams{OrganiserID: s.of.Organiser, ValueDecisionID: d.DraftID, ChildID: d.ChildID, PersonID: d.PersonID, UnitID: d.UnitID,
		ProviderID: d.ProviderID, ValidFrom: d.ValidFrom, ValidTo: d.ValidTo, ValueCents: d.ValueCents, OwnCents: d.OwnCents, PayableCents: d.PayableCents, Sha256: d.Sha256,
		DecisionID: letter.ID, SentAt: tx.Now(), SentBy: s.by.Name})
	if err == nil {
		err = s.q.BasisAdd(ctx, db.BasisAddParams{OrganiserID: s.of.Organiser, ValueDecisionID: d.DraftID, Basis: d.Basis, Explanation: d.Explanation, Differences: d.Differences})
	}
	if err != nil {
		return Decision{}, fmt.Errorf("storing value decision %d: %w", d.DraftID, err)
	}
	s.effective = append(s.effective, db.DecisionsOfRow{ValueDecisionID: d.DraftID, ValidFrom: d.ValidFrom, ValidTo: d.ValidTo})
	made := Decision{ID: d.DraftID, Child: d.ChildID, Unit: d.UnitID, Sent: period(d.ValidFrom, d.ValidTo), Period: period(d.ValidFrom, d.ValidTo), Value: d.ValueCents,
		OwnShare: d.OwnCents, Payable: d.PayableCents, Letter: letter.ID, SentAt: tx.Now(), SentBy: s.by.Name}
	return made, audit.Write(ctx, tx, s.by, ActSent, made.Ref(), map[string]any{"child": d.ChildID, "letter": letter.Number, "from": d.ValidFrom, "to": d.ValidTo, "sha256": fmt.Sprintf("%x", d.Sha256)})
}

func (s *sending) end(ctx context.Context, tx *postgres.Tx, id int64, to calendar.Date, reason string, by *int64) error {
	err := s.q.EndAdd(ctx, db.EndAddParams{OrganiserID: s.of.Organiser, ValueDecisionID: id, ValidTo: to, Reason: reason, ReplacedBy: by, EndedAt: tx.Now(), EndedBy: s.by.Name})
	if err != nil {
		return fmt.Errorf("ending decision %d: %w", id, err)
	}
	if err := s.q.EndingPassed(ctx, db.EndingPassedParams{OrganiserID: s.of.Organiser, ValueDecisionID: id, ValidTo: to}); err != nil {
		return fmt.Errorf("clearing the ending of decision %d: %w", id, err)
	}
	return audit.Write(ctx, tx, s.by, ActEnded, Decision{ID: id}.Ref(), map[string]any{"to": to, "replaced_by": by})
}

// EndInput ends a sent decision earlier than it was sent.
type EndInput struct {
	Organiser int32
	Child     int64
	Decision  int64
	To        calendar.Date // first day that it does not hold; on or before its start it is annulled
	Reason    string
}

// End shortens or annuls a decision. Days that were paid come back as refunds of the next month that is closed. A decision is never
// lengthened (DAY-089): a new one follows instead.
// Locks: client.
func End(ctx context.Context, tx *postgres.Tx, by access.Actor, in EndInput) error {
	if err := by.May(access.DaycareDecide, in.Organiser); err != nil {
		return err
	}
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		return errReason
	}
	of := Of{in.Organiser, in.Child}
	if _, err := lock(ctx, tx, of); err != nil {
		return err
	}
	s := sending{of: of, by: by, q: db.New(tx)}
	rows, err := s.q.DecisionsOf(ctx, db.DecisionsOfParams{OrganiserID: in.Organiser, Children: []int64{in.Child}})
	if err != nil {
		return fmt.Errorf("reading decisions of child %d: %w", in.Child, err)
	}
	for _, r := range rows {
		if r.ValueDecisionID != in.Decision {
			continue
		}
		to := max(in.To, r.ValidFrom)
		if to >= r.ValidTo {
			return errEndLater.With("day", r.ValidTo)
		}
		return s.end(ctx, tx, in.Decision, to, in.Reason, nil)
	}
	return errDecision
}

// Decision is a value decision that was sent.
type Decision struct {
	ID       int64
	Child    int64
	Unit     int64
	Sent     calendar.Period // as it was sent
	Period   calendar.Period // as it holds now; empty = annulled
	Value    money.Cents
	OwnShare money.Cents
	Payable  money.Cents // by the municipality for a whole month
	Letter   int64       // decision of the spine
	SentAt   time.Time
	SentBy   string
	EndedBy  string // why it ends earlier than it was sent
}

// Ref names the value decision in the audit.
func (d Decision) Ref() audit.Ref {
	return audit.Ref{Kind: "daycare_decision", ID: d.ID, Label: fmt.Sprint(d.ID)}
}

// Reasoned is a decision with what it was made of.
type Reasoned struct {
	Basis       Basis
	Explanation rulebook.Explanation
	Differences []daycare.Difference
}

// Reasons reads what a decision was made of, for a page whose own reading has been checked and logged.
func Reasons(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Reasoned, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return Reasoned{}, err
	}
	row, err := db.New(tx).BasisOf(ctx, db.BasisOfParams{OrganiserID: organiser, ValueDecisionID: id})
	if err != nil {
		return Reasoned{}, errDecision.Because(err)
	}
	return readReasons(id, row.Basis, row.Explanation, row.Differences)
}
