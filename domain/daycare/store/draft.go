package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts on drafts in the audit.
const (
	ActRegenerated audit.Act = "daycare.drafts_regenerated"
	ActIgnored     audit.Act = "daycare.draft_ignored"
)

// Regenerated tells what came of a regeneration.
type Regenerated struct {
	Children               int
	Kept, Created, Dropped int
	Endings, Gaps          int
}

func (r Regenerated) plus(o Regenerated) Regenerated {
	return Regenerated{r.Children + o.Children, r.Kept + o.Kept, r.Created + o.Created, r.Dropped + o.Dropped, r.Endings + o.Endings, r.Gaps + o.Gaps}
}

// Regenerate makes the drafts of the children's whole families anew from what is recorded now. What was sent and still holds makes no
// draft; a draft that is equal keeps its number and whether it was set aside. What cannot be decided is a gap: a task, never a guess.
// Locks: clients, in order of their numbers.
func Regenerate(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, children []int64) (Regenerated, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return Regenerated{}, err
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return Regenerated{}, err
	}
	marks, err := readMarks(ctx, tx, organiser)
	if err != nil {
		return Regenerated{}, err
	}
	p, err := families(ctx, tx, by, organiser, children)
	if err != nil {
		return Regenerated{}, err
	}
	slices.Sort(p.units)
	asked, err := loadPrices(ctx, tx, organiser, slices.Compact(p.units))
	if err != nil {
		return Regenerated{}, err
	}
	now, gaps, err := generate(p, rules, asked)
	if err != nil {
		return Regenerated{}, err
	}
	r := regeneration{ctx: ctx, tx: tx, q: db.New(tx), organiser: organiser, people: p, rules: rules}
	if err := r.compare(now); err != nil {
		return Regenerated{}, err
	}
	if err := r.write(gaps); err != nil {
		return Regenerated{}, err
	}
	if err := marks.done(ctx, tx, organiser, p.children); err != nil {
		return Regenerated{}, err
	}
	ref := audit.Ref{Kind: "organiser", ID: int64(organiser), Label: fmt.Sprint(organiser)}
	if len(p.children) == 1 {
		ref = Of{organiser, p.children[0]}.Ref()
	}
	return r.told, audit.Write(ctx, tx, by, ActRegenerated, ref, r.told)
}

// RegenerateAll does so for all children, a part of them in each transaction, and tells how far it has come.
func RegenerateAll(ctx context.Context, d *postgres.DB, by access.Actor, organiser int32, progress func(done, all int)) (Regenerated, error) {
	var parts [][]int64
	err := d.Read(ctx, by.In(organiser), func(tx *postgres.Tx) (err error) {
		if err = by.May(access.DaycareDecide, organiser); err == nil {
			parts, err = inParts(ctx, tx, organiser)
		}
		return err
	})
	if err != nil {
		return Regenerated{}, err
	}
	all, done := 0, 0
	for _, p := range parts {
		all += len(p)
	}
	var told Regenerated
	for _, ids := range parts {
		var one Regenerated
		err := d.Tenant(ctx, by.In(organiser), func(tx *postgres.Tx) (err error) {
			one, err = Regenerate(ctx, tx, by, organiser, ids)
			return err
		})
		if err != nil {
			return told, err
		}
		told, done = told.plus(one), done+len(ids)
		progress(done, all)
	}
	return told, nil
}

// inParts gives all children in the order of their numbers, so many at once as one transaction takes.
func inParts(ctx context.Context, tx *postgres.Tx, organiser int32) ([][]int64, error) {
	const part = 400
	rows, err := db.New(tx).Children(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing children: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, c := range rows {
		ids[i] = c.ClientID
	}
	slices.Sort(ids)
	return slices.Collect(slices.Chunk(ids, part)), nil
}

// regeneration compares what should hold with what was sent and drafted, and collects what to write.
type regeneration struct {
	ctx       context.Context
	tx        *postgres.Tx
	q         *db.Queries
	organiser int32
	people    *people
	rules     inForce
	told      Regenerated
	add       db.DraftAddParams
	drop      []int64
	endings   db.EndingsAddParams
}

func (r *regeneration) compare(now map[string][]made) error {
	drafts, err := r.q.DraftsOf(r.ctx, db.DraftsOfParams{OrganiserID: r.organiser, Children: r.people.children})
	if err != nil {
		return fmt.Errorf("reading drafts: %w", err)
	}
	decisions, err := r.q.DecisionsOf(r.ctx, db.DecisionsOfParams{OrganiserID: r.organiser, Children: r.people.children})
	if err != nil {
		return fmt.Errorf("reading decisions: %w", err)
	}
	byChild := map[int64][]db.DraftsOfRow{}
	for _, d := range drafts {
		byChild[d.ChildID] = append(byChild[d.ChildID], d)
	}
	sent := map[int64][]db.DecisionsOfRow{}
	for _, d := range decisions {
		if d.ValidFrom < d.ValidTo {
			sent[d.ChildID] = append(sent[d.ChildID], d)
		}
	}
	r.add.OrganiserID, r.add.MadeAt = r.organiser, r.tx.Now()
	r.endings.OrganiserID, r.endings.FoundAt = r.organiser, r.tx.Now()
	for _, c := range r.people.children {
		if err := r.child(c, now[r.people.id(c)], byChild[c], sent[c]); err != nil {
			return err
		}
	}
	r.told.Children = len(r.people.children)
	return nil
}

// child compares one child. What stays of the sent decisions makes no draft.
func (r *regeneration) child(child int64, now []made, drafts []db.DraftsOfRow, sent []db.DecisionsOfRow) error {
	holdings := make([]daycare.Holding, len(now))
	for i, m := range now {
		holdings[i] = daycare.Holding{Period: m.Period, Basis: string(m.hash[:])}
	}
	effective := make([]daycare.SentHolding, len(sent))
	for i, s := range sent {
		effective[i] = daycare.SentHolding{ID: strconv.FormatInt(s.ValueDecisionID, 10), State: daycare.SentState,
			Holding: daycare.Holding{Period: period(s.ValidFrom, s.ValidTo), Basis: string(s.Sha256)}}
	}
	revised, fresh := daycare.Revise(effective, holdings)
	have := make([]daycare.DraftHolding, len(drafts))
	for i, d := range drafts {
		have[i] = daycare.DraftHolding{ID: strconv.FormatInt(d.DraftID, 10), Holding: daycare.Holding{Period: period(d.ValidFrom, d.ValidTo), Basis: string(d.Sha256)}}
	}
	kept, created, deleted := daycare.Regenerate(have, fresh)
	r.told.Kept, r.told.Created, r.told.Dropped = r.told.Kept+len(kept), r.told.Created+len(created), r.told.Dropped+len(deleted)
	for _, id := range deleted {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return fmt.Errorf("draft %q: %w", id, err)
		}
		r.drop = append(r.drop, n)
	}
	for _, h := range created {
		if err := r.create(child, h, now, sent); err != nil {
			return err
		}
	}
	r.ending(child, sent, revised, fresh)
	return nil
}

// ending keeps sent decisions whose last days should not hold and which no draft replaces.
func (r *regeneration) ending(child int64, sent []db.DecisionsOfRow, revised []daycare.SentHolding, fresh []daycare.Holding) {
	for i, s := range sent {
		to := revised[i].To
		if revised[i].State == daycare.Annulled {
			to = s.ValidFrom
		}
		gone := period(to, s.ValidTo)
		if gone.Empty() || slices.ContainsFunc(fresh, func(h daycare.Holding) bool { return h.Overlaps(gone) }) {
			continue
		}
		r.told.Endings++
		r.endings.Decisions, r.endings.Children, r.endings.Tos = append(r.endings.Decisions, s.ValueDecisionID), append(r.endings.Children, child), append(r.endings.Tos, to)
	}
}

func (r *regeneration) create(child int64, h daycare.Holding, now []made, sent []db.DecisionsOfRow) error {
	i := slices.IndexFunc(now, func(m made) bool { return string(m.hash[:]) == h.Basis && m.Contains(h.From) })
	if i < 0 {
		return fmt.Errorf("child %d: a draft from %s that nothing made", child, h.From)
	}
	m := now[i]
	steps, err := m.explain(r.tx.Today())
	if err != nil {
		return err
	}
	explanation, err := json.Marshal(steps)
	if err != nil {
		return fmt.Errorf("writing an explanation: %w", err)
	}
	differences, err := r.differences(m, h.From, now, sent)
	if err != nil {
		return err
	}
	unit, err := strconv.ParseInt(m.Draft.Unit, 10, 64)
	if err != nil {
		return fmt.Errorf("unit %q: %w", m.Draft.Unit, err)
	}
	a := &r.add
	a.Children, a.Persons = append(a.Children, child), append(a.Persons, r.people.clients[child].PersonID)
	a.Units, a.Providers = append(a.Units, unit), append(a.Providers, r.people.provider[unit])
	a.Froms, a.Tos = append(a.Froms, h.From), append(a.Tos, h.To)
	a.Vals, a.Owns, a.Payables = append(a.Vals, int64(m.Draft.Outcome.Value)), append(a.Owns, int64(m.Draft.Outcome.FinalOwnShare)), append(a.Payables, int64(m.Payable))
	a.Bases, a.Explanations, a.Hashes = append(a.Bases, string(m.raw)), append(a.Explanations, string(explanation)), append(a.Hashes, m.hash[:])
	a.Differences, a.Retro = append(a.Differences, strings.Join(differences, ",")), append(a.Retro, daycare.Sending{Today: r.tx.Today(), From: h.From}.Retroactive())
	return nil
}

// differences compares a draft with what holds the day before it, or else with what was sent for its first day. None without either.
func (r *regeneration) differences(m made, from calendar.Date, now []made, sent []db.DecisionsOfRow) ([]string, error) {
	before, found := Basis{}, false
	for _, day := range []calendar.Date{from, from - 1} {
		if i := slices.IndexFunc(sent, func(s db.DecisionsOfRow) bool { return period(s.ValidFrom, s.ValidTo).Contains(day) }); i >= 0 && !found {
			raw, err := r.q.BasisOf(r.ctx, db.BasisOfParams{OrganiserID: r.organiser, ValueDecisionID: sent[i].ValueDecisionID})
			if err != nil {
				return nil, fmt.Errorf("reading the basis of decision %d: %w", sent[i].ValueDecisionID, err)
			}
			if err := json.Unmarshal([]byte(raw.Basis), &before); err != nil {
				return nil, fmt.Errorf("basis of decision %d: %w", sent[i].ValueDecisionID, err)
			}
			found = true
		}
	}
	if i := slices.IndexFunc(now, func(o made) bool { return o.To == from }); !found && i >= 0 {
		before, found = now[i].Basis, true
	}
	if !found {
		return nil, nil
	}
	var list []string
	for _, d := range differencesOf(before, m.Basis) {
		list = append(list, string(d))
	}
	return list, nil
}

// farAhead is beyond what is a task today: an open place's days after the 18th birthday become one when they come near.
const farAhead = 400

func (r *regeneration) write(gaps []daycare.Gap) error {
	if len(r.drop) > 0 {
		if err := r.q.DraftsDelete(r.ctx, db.DraftsDeleteParams{OrganiserID: r.organiser, Drafts: r.drop}); err != nil {
			return fmt.Errorf("dropping %d drafts: %w", len(r.drop), err)
		}
	}
	if len(r.add.Children) > 0 {
		if err := r.q.DraftAdd(r.ctx, r.add); err != nil {
			return fmt.Errorf("adding %d drafts: %w", len(r.add.Children), err)
		}
	}
	of := r.people.children
	if err := r.q.EndingsDelete(r.ctx, db.EndingsDeleteParams{OrganiserID: r.organiser, Children: of}); err != nil {
		return fmt.Errorf("clearing endings: %w", err)
	}
	if err := r.q.EndingsAdd(r.ctx, r.endings); err != nil {
		return fmt.Errorf("keeping endings: %w", err)
	}
	if err := r.q.GapsDelete(r.ctx, db.GapsDeleteParams{OrganiserID: r.organiser, Children: of}); err != nil {
		return fmt.Errorf("clearing gaps: %w", err)
	}
	a := db.GapsAddParams{OrganiserID: r.organiser, FoundAt: r.tx.Now()}
	for _, g := range gaps {
		if child, ok := r.people.person[g.Child]; ok && g.From < r.tx.Today()+farAhead {
			a.Children, a.Froms, a.Tos, a.Reasons = append(a.Children, child), append(a.Froms, g.From), append(a.Tos, g.To), append(a.Reasons, string(g.Reason))
		}
	}
	r.told.Gaps = len(a.Children)
	if err := r.q.GapsAdd(r.ctx, a); err != nil {
		return fmt.Errorf("keeping gaps: %w", err)
	}
	return nil
}

// Ignore sets a draft aside with a reason, or takes it back among those that wait when the reason is empty. It stays aside until what it
// is made of changes. DAY-086 when it is not there any more or stands so already.
func Ignore(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, draft int64, reason string) error {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return err
	}
	a := db.DraftIgnoreParams{OrganiserID: organiser, DraftID: draft, IgnoredReason: strings.TrimSpace(reason)}
	if a.IgnoredReason != "" {
		now := tx.Now()
		a.IgnoredAt, a.IgnoredBy = &now, by.Name
	}
	n, err := db.New(tx).DraftIgnore(ctx, a)
	if err != nil {
		return fmt.Errorf("setting draft %d aside: %w", draft, err)
	}
	if n == 0 {
		return errDraftGone
	}
	return audit.Write(ctx, tx, by, ActIgnored, audit.Ref{Kind: "daycare_draft", ID: draft, Label: fmt.Sprint(draft)}, map[string]any{"reason": a.IgnoredReason})
}
