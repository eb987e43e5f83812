package event

import (
	"cmp"
	"context"
	"fmt"

	"seteli/core/fault"
	"seteli/domain/event/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

const actRecorded = audit.Act("event.recorded")

var (
	errNothing  = fault.New(fault.Invalid, "EVT-001", "event.nothing_to_record")
	errTooMany  = fault.New(fault.Invalid, "EVT-002", "event.too_many_lines")
	errRaced    = fault.New(fault.Stale, "EVT-003", "event.reference_raced")
	errProvider = fault.New(fault.Forbidden, "EVT-004", "event.other_provider")
)

// MaxLines is the most lines that one batch takes.
const MaxLines = 100_000

// partLines is how many lines are written at once. A larger batch is judged and written part by part, so that what is on its way
// to the tables does not grow with the batch; its facts are read once and its balances written once.
const partLines = 2_000

// Record judges and stores what the senders hand in, in one transaction: accepted lines, and lines for review. Rejected
// lines are not stored; they stay with the sender with their findings. Up to 2,000 lines the number of statements does not depend on
// the number of lines; each further 2,000 take three more. The answers stand in the order of the submissions and their lines.
//
// Locks, in the house's order: the payees' open periods (shared), the vouchers (shared), the balances (exclusive, in key order).
func Record(ctx context.Context, tx *postgres.Tx, organiser int32, subs []Submission) ([][]Verdict, error) {
	l, err := load(ctx, tx, organiser, subs)
	if err != nil {
		return nil, err
	}
	w := newWriting(organiser, newJudging(subs, l.facts), l)
	for from := 0; from < len(w.places); from += partLines {
		to := min(from+partLines, len(w.places))
		w.judge(w.places[from:to])
		if err := w.part(ctx, tx, w.places[from:to], to == len(w.places)); err != nil {
			return nil, err
		}
	}
	return w.verdicts, nil
}

// Preview gives the verdicts that Record would give now, and stores nothing: the caller rolls its transaction back.
func Preview(ctx context.Context, tx *postgres.Tx, organiser int32, subs []Submission) ([][]Verdict, error) {
	l, err := load(ctx, tx, organiser, subs)
	if err != nil {
		return nil, err
	}
	return Judge(subs, l.facts), nil
}

// allowed refuses senders who may not record, and batches that are empty or too large.
func allowed(organiser int32, subs []Submission) error {
	n := 0
	for i := range subs {
		s := &subs[i]
		if err := s.By.May(access.EventRecord, organiser); err != nil {
			return err
		}
		if s.By.Provider != 0 && s.By.Provider != s.Provider {
			return errProvider
		}
		n += len(s.Lines)
	}
	switch {
	case n == 0:
		return errNothing
	case n > MaxLines:
		return errTooMany.With("n", n).With("max", MaxLines)
	}
	return nil
}

// numbers draws the events' numbers in one statement.
func numbers(ctx context.Context, tx *postgres.Tx, stored []storedLine) error {
	if len(stored) == 0 {
		return nil
	}
	ids, err := db.New(tx).EventNumbers(ctx, int32(len(stored)))
	if err != nil {
		return fmt.Errorf("drawing %d event numbers: %w", len(stored), err)
	}
	for i := range stored {
		stored[i].verdict.Event = ids[i]
	}
	return nil
}

// audit writes one row for each submission that stored something, with its own sender and request, in one statement.
func (w *writing) audit(ctx context.Context, tx *postgres.Tx) error {
	var entries []audit.Signed
	for s := range w.subs {
		if w.counts[s] == 0 {
			continue
		}
		sub := &w.subs[s]
		entries = append(entries, audit.Signed{By: sub.By, Request: cmp.Or(sub.Request, audit.Request(ctx)), Entry: audit.Entry{Subject: audit.Ref{Kind: "event", ID: w.first[s]},
			Detail: map[string]any{"batch": w.batches[s], "provider": sub.Provider, "source": sub.Source, "lines": len(sub.Lines), "stored": w.counts[s]}}})
	}
	return audit.WriteSigned(ctx, tx, actRecorded, entries)
}
