package event

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

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

var eventColumns = []string{"organiser_id", "event_id", "provider_id", "unit_id", "person_id", "client_id", "voucher_id", "line_id", "content_id", "service_id", "reservation_id",
	"service_date", "started_at", "ended_at", "quantity", "accepted_quantity", "price_cents", "value_cents", "total_cents", "organiser_cents", "own_cents", "bucket",
	"verdict", "findings", "period_no", "rulebook_id", "note", "worker", "client_reference", "content_hash", "replaces_id", "batch_id", "recorded_at", "recorded_by_account", "recorded_by"}

// events writes the batches and their events. A reference that another transaction stored meanwhile is a stale fault: the
// caller runs again and finds the first answer.
func (w *writing) events(ctx context.Context, tx *postgres.Tx) error {
	if err := w.batchRows(ctx, tx); err != nil {
		return err
	}
	rows := make([][]any, len(w.stored))
	for i := range w.stored {
		row, err := w.row(tx, &w.stored[i])
		if err != nil {
			return err
		}
		rows[i] = row
	}
	err := insertEvents(ctx, tx, rows)
	if postgres.ConstraintOf(err) == "event_reference_unique" {
		return errRaced.Because(err)
	}
	return err
}

func insertEvents(ctx context.Context, tx *postgres.Tx, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if len(rows) > 1 {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"event"}, eventColumns, pgx.CopyFromRows(rows)); err != nil {
			return fmt.Errorf("copying %d events: %w", len(rows), err)
		}
		return nil
	}
	if _, err := tx.Exec(ctx, insertEvent, rows[0]...); err != nil { // one row is quicker than COPY, which asks for the columns first
		return fmt.Errorf("writing an event: %w", err)
	}
	return nil
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

var insertEvent = func() string {
	columns, places := "", ""
	for i, c := range eventColumns {
		if i > 0 {
			columns, places = columns+", ", places+", "
		}
		columns, places = columns+c, fmt.Sprintf("%s$%d", places, i+1)
	}
	return "insert into event (" + columns + ") values (" + places + ")"
}()

func (w *writing) row(tx *postgres.Tx, s *storedLine) ([]any, error) {
	v, l := s.verdict, s.line
	findings, err := marshalFindings(v.Findings)
	if err != nil {
		return nil, err
	}
	var period *int32
	if v.State != Review {
		p := w.periods[s.sub.Provider]
		period = &p
	}
	var replaces *int64
	if l.Replaces != 0 {
		replaces = &l.Replaces
	}
	return []any{w.organiser, v.Event, s.sub.Provider, v.Unit, v.Person, v.Client, v.Voucher, v.VoucherLine, v.Content, v.Service, v.Reservation,
		l.Date, l.Start, l.End, int64(v.Quantity), int64(v.Accepted), int64(v.Price), int64(v.Value), int64(v.Share.Total), int64(v.Share.Organiser), int64(v.Share.Own), v.Bucket,
		string(v.State), findings, period, v.Rulebook, l.Note, l.Worker, s.reference, v.hash, replaces, w.batches[s.index], tx.Now(), s.sub.By.Account, s.sub.By.Name}, nil
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
