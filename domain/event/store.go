package event

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"seteli/core/calendar"
	"seteli/domain/event/db"
	"seteli/domain/ledger"
	"seteli/platform/postgres"
)

// writing is one batch on its way into the tables.
type writing struct {
	*judging
	organiser int32
	periods   map[int64]int32
	book      *ledger.Book
	batches   []int64 // number of each submission's batch row; 0 until a line of it is stored
	counts    []int   // stored lines of each submission
	first     []int64 // number of the first of them
}

func newWriting(organiser int32, j *judging, l *loaded) *writing {
	n := len(j.subs)
	return &writing{judging: j, organiser: organiser, periods: l.periods, book: l.book, batches: make([]int64, n), counts: make([]int, n), first: make([]int64, n)}
}

type storedLine struct {
	sub       *Submission
	index     int // of the submission
	line      *Line
	verdict   *Verdict
	reference string
}

// part writes the lines of some places that have been judged: in two round trips, however many lines there are. The last part
// writes the balances and the audit too. A reference that another transaction stored meanwhile is a stale fault: the caller
// runs again and finds the first answer.
func (w *writing) part(ctx context.Context, tx *postgres.Tx, places []place, last bool) error {
	stored := w.taken(places)
	err := tx.Together(ctx,
		func(tx *postgres.Tx) error { return numbers(ctx, tx, stored) },
		func(tx *postgres.Tx) error { return w.batchRows(ctx, tx, stored) })
	if err != nil {
		return err
	}
	for i := range stored {
		s := &stored[i]
		if w.counts[s.index]++; w.first[s.index] == 0 {
			w.first[s.index] = s.verdict.Event
		}
	}
	for _, a := range w.run.again {
		a.answer.Event = a.first.Event
	}
	w.run.again = w.run.again[:0]
	postings, err := w.moves(stored)
	if err != nil {
		return err
	}
	writes := []func(*postgres.Tx) error{
		func(tx *postgres.Tx) error { return w.events(ctx, tx, stored) },
		func(tx *postgres.Tx) error { return w.addPieces(ctx, tx, stored) },
		func(tx *postgres.Tx) error { return ledger.Post(ctx, tx, w.organiser, postings) },
	}
	if last {
		writes = append(writes,
			func(tx *postgres.Tx) error { return w.book.Write(ctx, tx) },
			func(tx *postgres.Tx) error { return w.audit(ctx, tx) })
	}
	return tx.Together(ctx, writes...)
}

// taken gives the lines that are stored, in the order in which they were handed in. Lines without a reference get one.
func (w *writing) taken(places []place) []storedLine {
	places = slices.Clone(places)
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.sub, b.sub), cmp.Compare(a.line, b.line)) })
	stored := make([]storedLine, 0, len(places))
	for _, p := range places {
		v, l := w.verdict(p), w.line(p)
		if v.State != Rejected && !v.Repeated {
			stored = append(stored, storedLine{sub: &w.subs[p.sub], index: int(p.sub), line: l, verdict: v, reference: cmp.Or(l.Reference, uuid.NewString())})
		}
	}
	return stored
}

// events writes the events of stored lines.
func (w *writing) events(ctx context.Context, tx *postgres.Tx, stored []storedLine) error {
	if len(stored) == 0 {
		return nil
	}
	p := db.EventsInsertParams{OrganiserID: w.organiser, RecordedAt: tx.Now()}
	grow(&p, len(stored))
	for i := range stored {
		if err := w.add(&p, &stored[i]); err != nil {
			return err
		}
	}
	err := db.New(tx).EventsInsert(ctx, p)
	if postgres.ConstraintOf(err) == "event_reference_unique" {
		return errRaced.Because(err)
	}
	if err != nil {
		return fmt.Errorf("writing %d events: %w", len(stored), err)
	}
	return nil
}

// grow makes room once, so that a part does not copy its columns again and again.
func grow(p *db.EventsInsertParams, n int) {
	for _, c := range []*[]int64{&p.EventIds, &p.Providers, &p.Units, &p.Persons, &p.Clients, &p.Vouchers, &p.Lines, &p.Contents, &p.Services, &p.Reservations,
		&p.Quantities, &p.Accepteds, &p.Prices, &p.Values, &p.Totals, &p.OrganiserParts, &p.OwnShares, &p.Rulebooks, &p.Replaces, &p.Batches, &p.Accounts} {
		*c = make([]int64, 0, n)
	}
	for _, c := range []*[]string{&p.Verdicts, &p.Findings, &p.Notes, &p.Workers, &p.Refs, &p.Names} {
		*c = make([]string, 0, n)
	}
	p.Dates, p.Buckets = make([]calendar.Date, 0, n), make([]calendar.Date, 0, n)
	p.Starts, p.Ends = make([]time.Time, 0, n), make([]time.Time, 0, n)
	p.Hashes, p.Periods = make([][]byte, 0, n), make([]int32, 0, n)
}

// batchRows writes one row for each submission that stores its first line, in one statement.
func (w *writing) batchRows(ctx context.Context, tx *postgres.Tx, stored []storedLine) error {
	p := db.BatchesAddParams{OrganiserID: w.organiser, RecordedAt: tx.Now()}
	var which []int
	for i := range stored { // in the order of submissions
		s := stored[i].index
		if w.batches[s] != 0 || len(which) > 0 && which[len(which)-1] == s {
			continue
		}
		sub := stored[i].sub
		which = append(which, s)
		p.Providers, p.Sources, p.FileNames = append(p.Providers, sub.Provider), append(p.Sources, string(sub.Source)), append(p.FileNames, sub.FileName)
		p.FileHashes, p.LineCounts = append(p.FileHashes, sub.FileSHA256), append(p.LineCounts, int32(len(sub.Lines)))
		p.Accounts, p.Names = append(p.Accounts, sub.By.Account), append(p.Names, sub.By.Name)
	}
	if len(which) == 0 {
		return nil
	}
	ids, err := db.New(tx).BatchesAdd(ctx, p)
	if err != nil {
		return fmt.Errorf("writing %d batches: %w", len(which), err)
	}
	for i, s := range which {
		w.batches[s] = ids[i]
	}
	return nil
}

// add puts one event into the columns. What it does not have goes as epoch, 0 or "".
func (w *writing) add(p *db.EventsInsertParams, s *storedLine) error {
	v, l := s.verdict, s.line
	findings, err := marshalFindings(v.Findings)
	if err != nil {
		return err
	}
	period := int32(0)
	if v.State != Review {
		period = w.periods[s.sub.Provider]
	}
	p.EventIds, p.Providers, p.Units = append(p.EventIds, v.Event), append(p.Providers, s.sub.Provider), append(p.Units, v.Unit)
	p.Persons, p.Clients, p.Vouchers = append(p.Persons, v.Person), append(p.Clients, v.Client), append(p.Vouchers, v.Voucher)
	p.Lines, p.Contents, p.Services = append(p.Lines, v.VoucherLine), append(p.Contents, v.Content), append(p.Services, v.Service)
	p.Reservations, p.Rulebooks, p.Replaces = append(p.Reservations, v.Reservation), append(p.Rulebooks, v.Rulebook), append(p.Replaces, l.Replaces)
	p.Dates, p.Buckets = append(p.Dates, l.Date), append(p.Buckets, v.Bucket)
	p.Starts, p.Ends = append(p.Starts, orEpoch(l.Start)), append(p.Ends, orEpoch(l.End))
	p.Quantities, p.Accepteds = append(p.Quantities, int64(v.Quantity)), append(p.Accepteds, int64(v.Accepted))
	p.Prices, p.Values = append(p.Prices, int64(v.Price)), append(p.Values, int64(v.Value))
	p.Totals, p.OrganiserParts, p.OwnShares = append(p.Totals, int64(v.Share.Total)), append(p.OrganiserParts, int64(v.Share.Organiser)), append(p.OwnShares, int64(v.Share.Own))
	p.Verdicts, p.Findings, p.Periods = append(p.Verdicts, string(v.State)), append(p.Findings, string(findings)), append(p.Periods, period)
	p.Notes, p.Workers, p.Refs, p.Hashes = append(p.Notes, l.Note), append(p.Workers, l.Worker), append(p.Refs, s.reference), append(p.Hashes, v.hash)
	p.Batches, p.Accounts, p.Names = append(p.Batches, w.batches[s.index]), append(p.Accounts, s.sub.By.Account), append(p.Names, s.sub.By.Name)
	return nil
}

func orEpoch(t *time.Time) time.Time {
	if t == nil {
		return time.Unix(0, 0)
	}
	return *t
}

// moves takes from the balances what the accepted lines use, and gives the postings of what they use and cost.
func (w *writing) moves(stored []storedLine) ([]ledger.Posting, error) {
	postings := make([]ledger.Posting, 0, 2*len(stored))
	for i := range stored {
		s := &stored[i]
		if s.verdict.State == Review {
			continue
		}
		for _, x := range s.verdict.extend {
			if b := w.book.Balance(x.Key); x.Quantity > 0 {
				w.book.Grant(x.Key, b.Limit+x.Quantity, b.LimitCents)
			}
		}
		m := movement{Provider: s.sub.Provider, Period: w.periods[s.sub.Provider], Event: s.verdict.Event, Line: s.verdict.VoucherLine, Content: s.verdict.Content,
			Bucket: s.verdict.Bucket, Date: s.line.Date, Quantity: s.verdict.Accepted, Cents: s.verdict.Share.Organiser, Euro: s.verdict.Euro, whole: w.book}
		if err := m.use(); err != nil {
			return nil, err
		}
		postings = append(postings, m.postings(ledger.FromEvent, 0)...)
	}
	return postings, nil
}
