package voucher

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/ledger"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// PauseInput rests a voucher over a period, e.g. a time in hospital.
type PauseInput struct {
	Organiser  int32
	Voucher    int64
	RowVersion int32
	Period     calendar.Period // an open end is calendar.Forever
	Reason     string
}

// Pause refuses days that have accepted deliveries (VOU-025) and overlapping pauses (VOU-024).
// Locks: voucher, its balances.
func Pause(ctx context.Context, tx *postgres.Tx, by access.Actor, in PauseInput) (Voucher, error) {
	v, err := changing(ctx, tx, by, access.VoucherChange, in.Organiser, in.Voucher, in.RowVersion)
	if err != nil {
		return Voucher{}, err
	}
	if in.Reason == "" {
		return Voucher{}, errReason
	}
	in.Period.To = min(in.Period.To, v.Valid.To)
	used, err := ledger.UsedOf(ctx, tx, v.Organiser, v.lineIDs())
	if err != nil {
		return Voucher{}, err
	}
	if err := v.paused(in.Period, used); err != nil {
		return Voucher{}, err
	}
	q := db.New(tx)
	err = q.PauseAdd(ctx, db.PauseAddParams{OrganiserID: v.Organiser, VoucherID: v.ID, PersonID: v.Person, PauseFrom: in.Period.From,
		PauseTo: in.Period.To, Reason: in.Reason})
	if err != nil {
		if c := postgres.ConstraintOf(err); c == "voucher_pause_pkey" || c == "voucher_pause_no_overlap" {
			return Voucher{}, errPauseOverlap.With("from", in.Period.From).With("to", in.Period.Last()).Because(err)
		}
		return Voucher{}, fmt.Errorf("voucher %d: pausing: %w", v.ID, err)
	}
	if err := touch(ctx, tx, by, &v, ActPaused, in.Reason); err != nil {
		return Voucher{}, err
	}
	v.Pauses = append(v.Pauses, Rest{in.Period, in.Reason})
	return v, audit.Write(ctx, tx, by, ActPaused, v.Ref(), in)
}

// ResumeInput ends the pause that holds Day, from Day on.
type ResumeInput struct {
	Organiser  int32
	Voucher    int64
	RowVersion int32
	Day        calendar.Date
}

// Resume lets the voucher be used again from a day. VOU-026 when it does not rest on the day before.
func Resume(ctx context.Context, tx *postgres.Tx, by access.Actor, in ResumeInput) (Voucher, error) {
	v, err := changing(ctx, tx, by, access.VoucherChange, in.Organiser, in.Voucher, in.RowVersion)
	if err != nil {
		return Voucher{}, err
	}
	for i, p := range v.Pauses {
		if in.Day <= p.Period.From || in.Day >= p.Period.To {
			continue
		}
		n, err := db.New(tx).PauseEnd(ctx, db.PauseEndParams{OrganiserID: v.Organiser, VoucherID: v.ID, PauseFrom: p.Period.From, PauseTo: in.Day})
		if err != nil || n == 0 {
			return Voucher{}, fmt.Errorf("voucher %d: resuming: %d rows, %w", v.ID, n, err)
		}
		v.Pauses[i].Period.To = in.Day
		if err := touch(ctx, tx, by, &v, ActResumed, ""); err != nil {
			return Voucher{}, err
		}
		return v, audit.Write(ctx, tx, by, ActResumed, v.Ref(), in)
	}
	return Voucher{}, errNotPaused.At("day")
}

// touch raises the version and notes the step, for changes in the voucher's other tables.
func touch(ctx context.Context, tx *postgres.Tx, by access.Actor, v *Voucher, act audit.Act, note string) error {
	if err := db.New(tx).VoucherTouch(ctx, db.VoucherTouchParams{OrganiserID: v.Organiser, VoucherID: v.ID}); err != nil {
		return fmt.Errorf("voucher %d: raising its version: %w", v.ID, err)
	}
	v.RowVersion++
	return step(ctx, tx, by, *v, act, note)
}

// ChangeInput gives new values from a day, or a new last day, or both.
type ChangeInput struct {
	Organiser  int32
	Voucher    int64
	RowVersion int32
	From       calendar.Date         // first day of the new values
	Values     map[int64]money.Cents // by content; absent = stays. Empty with Recompute = the rulebook's value on From
	Recompute  bool
	Facts      *rulebook.Facts // of the household; nil = as it is recorded for From, where the values depend on it
	ValidTo    *calendar.Date  // new first day after the validity
	Reason     string
	Office     string // of who decides on the new value; printed in the decision
}

// TopicRevalued tells that a voucher has a new value from a day on.
const TopicRevalued = "voucher.revalued"

// Revalued is the payload of TopicRevalued. It does not say why: the grounds tell of the client's income or family, and what it leads to
// stands in the events that providers read.
type Revalued struct {
	Voucher int64         `json:"voucher"`
	Client  int64         `json:"client"`
	From    calendar.Date `json:"from"`
}

// Change makes a new version of the voucher: a value period that begins on a day, and a later or an earlier end. What was before
// stays as it was. An amount is changed by closing the voucher (moved) and granting another. VOU-069 when a value is given to a euro
// balance: it is worth the euros on it.
// Locks: voucher, its balances.
func Change(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, in ChangeInput) (Voucher, error) {
	v, err := changing(ctx, tx, by, access.VoucherChange, in.Organiser, in.Voucher, in.RowVersion)
	if err != nil {
		return Voucher{}, err
	}
	switch {
	case v.State == Closed:
		return Voucher{}, errClosed.With("day", *v.ClosedFrom)
	case strings.TrimSpace(in.Reason) == "":
		return Voucher{}, errReason
	case len(in.Values) == 0 && !in.Recompute && (in.ValidTo == nil || *in.ValidTo == v.Valid.To):
		return Voucher{}, errSame
	}
	if in.ValidTo != nil && *in.ValidTo != v.Valid.To {
		if err := move(ctx, tx, by, &v, *in.ValidTo, in.Reason); err != nil {
			return Voucher{}, err
		}
	}
	if len(in.Values) > 0 || in.Recompute {
		if err := hasValue(ctx, tx, v); err != nil {
			return Voucher{}, err
		}
		if err := revalue(ctx, tx, by, means, &v, in); err != nil {
			return Voucher{}, err
		}
		if err := decideValue(ctx, tx, by, means, v, in); err != nil {
			return Voucher{}, err
		}
	}
	if err := touch(ctx, tx, by, &v, ActChanged, in.Reason); err != nil {
		return Voucher{}, err
	}
	return v, audit.Write(ctx, tx, by, ActChanged, v.Ref(), in)
}

// hasValue refuses a euro balance, of which everything that was bought is worth what was taken for it.
func hasValue(ctx context.Context, tx *postgres.Tx, v Voucher) error {
	purse, err := db.New(tx).IsPurse(ctx, db.IsPurseParams{OrganiserID: v.Organiser, VoucherID: v.ID})
	if err != nil {
		return fmt.Errorf("voucher %d: asking whether it is a euro balance: %w", v.ID, err)
	}
	if purse {
		return errPurseValue
	}
	return nil
}

// decideValue makes the client's decision on the new value and lets what was delivered since be priced anew.
func decideValue(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, v Voucher, in ChangeInput) error {
	if strings.TrimSpace(in.Office) == "" {
		return errOffice
	}
	_, err := changeDecision(ctx, tx, by, means, v, change{Kind: Revalue, From: in.From, Reason: in.Reason, Office: in.Office})
	if err != nil || in.From > tx.Today() {
		return err
	}
	return tx.Outbox(ctx, postgres.Message{Organiser: v.Organiser, Topic: TopicRevalued, Dedup: fmt.Sprintf("%s:%d:%d", TopicRevalued, v.ID, v.RowVersion),
		Payload: Revalued{v.ID, v.Client, in.From}})
}

// move sets the end of the validity. A later end carries the last value on; an earlier one is a close by another name and so keeps
// its rule about accepted deliveries.
func move(ctx context.Context, tx *postgres.Tx, by access.Actor, v *Voucher, to calendar.Date, reason string) error {
	p := calendar.Period{From: v.Valid.From, To: to}
	if err := checkPeriod(p); err != nil {
		return err
	}
	q := db.New(tx)
	if to < v.Valid.To {
		used, err := ledger.UsedOf(ctx, tx, v.Organiser, v.lineIDs())
		if err != nil {
			return err
		}
		if last, any := lastUse(used); any && last >= to && inUse(used) {
			return errEventsAfter.With("day", last).At("valid_to")
		}
		if _, err := q.ReservationsCut(ctx, db.ReservationsCutParams{OrganiserID: v.Organiser, VoucherID: v.ID, Day: to, EndReason: reason, EndedBy: by.Name}); err != nil {
			return fmt.Errorf("voucher %d: shortening its reservations: %w", v.ID, err)
		}
	}
	for _, l := range v.Lines {
		last := l.Values[len(l.Values)-1]
		if to <= last.Period.From {
			return errValueDay.With("day", last.Period.From).At("valid_to")
		}
		if err := endValue(ctx, q, v.Organiser, l.ID, last.Period.From, to); err != nil {
			return err
		}
		l.Values[len(l.Values)-1].Period.To = to
	}
	if err := q.VoucherExtend(ctx, db.VoucherExtendParams{OrganiserID: v.Organiser, VoucherID: v.ID, ValidTo: to}); err != nil {
		return fmt.Errorf("voucher %d: moving its end: %w", v.ID, err)
	}
	v.RowVersion++
	v.Valid = p
	return nil
}

func endValue(ctx context.Context, q *db.Queries, organiser int32, line int64, from, to calendar.Date) error {
	n, err := q.ValueEnd(ctx, db.ValueEndParams{OrganiserID: organiser, LineID: line, ValidFrom: from, ValidTo: to})
	if err != nil || n != 1 {
		return fmt.Errorf("line %d: ending the value from %s: %d rows, %w", line, from, n, err)
	}
	return nil
}

// factsOf gives what the next value is computed from: what is known of the household now, with what was given for the last value.
func (in ChangeInput) factsOf(last Value) *rulebook.Facts {
	if in.Facts == nil {
		return last.Facts
	}
	f := renewed(last.Facts, *in.Facts)
	f.Snapshot = in.Facts.Snapshot
	return &f
}

// householdOn keeps the household as it is recorded for the day when the values depend on it; nil when they do not.
func householdOn(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, book rulebook.Rulebook, v Voucher, day calendar.Date) (*rulebook.Facts, error) {
	for _, l := range v.Lines {
		needs, err := means.Models.Needs(book, l.Content)
		if err != nil {
			return nil, err
		}
		if !needs.Household {
			continue
		}
		s, kept, err := household.Keep(ctx, tx, by, v.Organiser, v.Client, day)
		if err != nil {
			return nil, err
		}
		f := s.Facts()
		f.Snapshot = kept.ID
		return &f, nil
	}
	return nil, nil
}

// revalue ends the last value of each changed line on From and begins the new one.
func revalue(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, v *Voucher, in ChangeInput) error {
	book, err := rulebook.Current(ctx, tx, v.Organiser, v.Service, in.From)
	if err != nil {
		return err
	}
	if in.Recompute && in.Facts == nil {
		if in.Facts, err = householdOn(ctx, tx, by, means, book, *v, in.From); err != nil {
			return err
		}
	}
	q := db.New(tx)
	for i, l := range v.Lines {
		cents, typed := in.Values[l.Content]
		if !typed && !in.Recompute {
			continue
		}
		last := l.Values[len(l.Values)-1]
		if in.From <= last.Period.From || in.From >= v.Valid.To {
			return errValueDay.With("day", last.Period.From)
		}
		next := Value{Period: calendar.Period{From: in.From, To: v.Valid.To}, Cents: cents}
		if typed {
			next.Explanation = rulebook.Explanation{{Key: "voucher.explain.individual", Result: cents, LegalRef: "569/2009, 7 §", RuleVersion: book.Version}}
		} else if next, err = compute(means, book, in.factsOf(last), l.Content, next.Period, false); err != nil {
			return fault.On(err, Field(l.Content))
		}
		if err := endValue(ctx, q, v.Organiser, l.ID, last.Period.From, in.From); err != nil {
			return err
		}
		if err := addValue(ctx, q, v.Organiser, l.ID, v.Person, next); err != nil {
			return err
		}
		v.Lines[i].Values[len(l.Values)-1].Period.To = in.From
		v.Lines[i].Values = append(v.Lines[i].Values, next)
	}
	return nil
}
