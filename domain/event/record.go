package event

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"seteli/core/fault"
	"seteli/domain/event/db"
	"seteli/domain/ledger"
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

// Record judges and stores what the senders hand in, in one transaction: accepted lines, and lines for review. Rejected
// lines are not stored; they stay with the sender with their findings. The number of queries does not depend on the number
// of lines. The answers stand in the order of the submissions and their lines.
//
// Locks, in the house's order: the payees' open periods (shared), the vouchers (shared), the balances (exclusive, in key order).
func Record(ctx context.Context, tx *postgres.Tx, organiser int32, subs []Submission) ([][]Verdict, error) {
	verdicts, book, periods, err := judge(ctx, tx, organiser, subs)
	if err != nil {
		return nil, err
	}
	w := &writing{organiser: organiser, subs: subs, verdicts: verdicts, periods: periods, book: book}
	if err := w.number(ctx, tx); err != nil {
		return nil, err
	}
	if err := w.events(ctx, tx); err != nil {
		return nil, err
	}
	if err := w.moves(ctx, tx); err != nil {
		return nil, err
	}
	return verdicts, w.audit(ctx, tx)
}

// Preview gives the verdicts that Record would give now, and stores nothing: the caller rolls its transaction back.
func Preview(ctx context.Context, tx *postgres.Tx, organiser int32, subs []Submission) ([][]Verdict, error) {
	verdicts, _, _, err := judge(ctx, tx, organiser, subs)
	return verdicts, err
}

func judge(ctx context.Context, tx *postgres.Tx, organiser int32, subs []Submission) ([][]Verdict, *ledger.Book, map[int64]int32, error) {
	n := 0
	providers := make([]int64, len(subs))
	for i := range subs {
		s := &subs[i]
		if err := s.By.May(access.EventRecord, organiser); err != nil {
			return nil, nil, nil, err
		}
		if s.By.Provider != 0 && s.By.Provider != s.Provider {
			return nil, nil, nil, errProvider
		}
		n += len(s.Lines)
		providers[i] = s.Provider
	}
	switch {
	case n == 0:
		return nil, nil, nil, errNothing
	case n > MaxLines:
		return nil, nil, nil, errTooMany.With("n", n).With("max", MaxLines)
	}
	periods, err := ledger.SharePeriods(ctx, tx, organiser, providers)
	if err != nil {
		return nil, nil, nil, err
	}
	facts, book, err := load(ctx, tx, organiser, subs)
	if err != nil {
		return nil, nil, nil, err
	}
	return Judge(subs, facts), book, periods, nil
}

// number draws the events' numbers in one statement and makes references for lines that came without.
func (w *writing) number(ctx context.Context, tx *postgres.Tx) error {
	for s := range w.verdicts {
		for l := range w.verdicts[s] {
			if v := &w.verdicts[s][l]; v.State != Rejected && !v.Repeated {
				w.stored = append(w.stored, storedLine{sub: &w.subs[s], index: s, line: &w.subs[s].Lines[l], verdict: v})
			}
		}
	}
	if len(w.stored) == 0 {
		return nil
	}
	ids, err := db.New(tx).EventNumbers(ctx, int32(len(w.stored)))
	if err != nil {
		return fmt.Errorf("drawing %d event numbers: %w", len(w.stored), err)
	}
	for i := range w.stored {
		w.stored[i].verdict.Event = ids[i]
		if w.stored[i].reference = w.stored[i].line.Reference; w.stored[i].reference == "" {
			w.stored[i].reference = uuid.NewString()
		}
	}
	// A line that repeats another one of the same batch answers with that one's number.
	first := make(map[referenceKey]int64, len(w.stored))
	for i := range w.stored {
		first[referenceKey{w.stored[i].sub.Provider, w.stored[i].reference}] = w.stored[i].verdict.Event
	}
	for s := range w.verdicts {
		for l := range w.verdicts[s] {
			if v := &w.verdicts[s][l]; v.Repeated && v.Event == 0 {
				v.Event = first[referenceKey{w.subs[s].Provider, w.subs[s].Lines[l].Reference}]
			}
		}
	}
	return nil
}

// audit writes one row for each submission that stored something, with its own sender and request, in one statement.
func (w *writing) audit(ctx context.Context, tx *postgres.Tx) error {
	counts := make([]int, len(w.subs))
	first := make([]int64, len(w.subs))
	for i := range w.stored {
		if counts[w.stored[i].index]++; first[w.stored[i].index] == 0 {
			first[w.stored[i].index] = w.stored[i].verdict.Event
		}
	}
	var entries []audit.Signed
	for s := range w.subs {
		if counts[s] == 0 {
			continue
		}
		sub := &w.subs[s]
		entries = append(entries, audit.Signed{By: sub.By, Request: cmp.Or(sub.Request, audit.Request(ctx)), Entry: audit.Entry{Subject: audit.Ref{Kind: "event", ID: first[s]},
			Detail: map[string]any{"batch": w.batches[s], "provider": sub.Provider, "source": sub.Source, "lines": len(sub.Lines), "stored": counts[s]}}})
	}
	return audit.WriteSigned(ctx, tx, actRecorded, entries)
}
