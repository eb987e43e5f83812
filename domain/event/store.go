package event

import (
	"context"
	"fmt"
	"time"

	"seteli/core/calendar"
	"seteli/domain/event/db"
	"seteli/domain/ledger"
	"seteli/platform/postgres"
)

// writing is one batch on its way into the tables.
type writing struct {
	organiser int32
	subs      []Submission
	verdicts  [][]Verdict
	periods   map[int64]int32
	book      *ledger.Book
	batches   []int64
	stored    []storedLine
}

type storedLine struct {
	sub       *Submission
	index     int // of the submission
	line      *Line
	verdict   *Verdict
	reference string
}

// events writes the batches and their events. A reference that another transaction stored meanwhile is a stale fault: the
// caller runs again and finds the first answer.
func (w *writing) events(ctx context.Context, tx *postgres.Tx) error {
	if err := w.batchRows(ctx, tx); err != nil {
		return err
	}
	if len(w.stored) == 0 {
		return nil
	}
	p := db.EventsInsertParams{OrganiserID: w.organiser, RecordedAt: tx.Now()}
	grow(&p, len(w.stored))
	for i := range w.stored {
		if err := w.add(&p, &w.stored[i]); err != nil {
			return err
		}
	}
	err := db.New(tx).EventsInsert(ctx, p)
	if postgres.ConstraintOf(err) == "event_reference_unique" {
		return errRaced.Because(err)
	}
	if err != nil {
		return fmt.Errorf("writing %d events: %w", len(w.stored), err)
	}
	return nil
}

// grow makes room once, so that a file of a hundred thousand lines does not copy its columns again and again.
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

// batchRows writes one row for each submission that stores something, in one statement.
func (w *writing) batchRows(ctx context.Context, tx *postgres.Tx) error {
	w.batches = make([]int64, len(w.subs))
	has := make([]bool, len(w.subs))
	for i := range w.stored {
		has[w.stored[i].index] = true
	}
	p := db.BatchesAddParams{OrganiserID: w.organiser, RecordedAt: tx.Now()}
	var which []int
	for s := range w.subs {
		if !has[s] {
			continue
		}
		sub := &w.subs[s]
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

// moves posts what the accepted lines use and cost, and writes the balances once.
func (w *writing) moves(ctx context.Context, tx *postgres.Tx) error {
	var postings []ledger.Posting
	for i := range w.stored {
		s := &w.stored[i]
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
			return err
		}
		postings = append(postings, m.postings(ledger.FromEvent, 0)...)
	}
	if err := w.book.Write(ctx, tx); err != nil {
		return err
	}
	return ledger.Post(ctx, tx, w.organiser, postings)
}
