package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Together runs functions whose statements need nothing of each other, each with a Tx of its own over the same transaction.
// Statements that wait at the same time travel in one round trip and run one after another in the order of the functions, so
// locks that the first statements of two functions take are taken in that order. The first failure ends it and is returned.
//
// All statements run under the context given here. A function may not send batches of its own, and must have read its rows before it returns.
func (tx *Tx) Together(ctx context.Context, fns ...func(*Tx) error) error {
	if tx.ended {
		return errEnded
	}
	if tx.lane != nil || len(fns) == 1 { // inside another Together a round trip cannot be shared once more
		for _, fn := range fns {
			if err := fn(tx); err != nil {
				return err
			}
		}
		return nil
	}
	lanes := make([]*lane, len(fns))
	for i, fn := range fns {
		l := &lane{asked: make(chan *statement)}
		l.tx = &Tx{now: tx.now, organiser: tx.organiser, lane: l}
		lanes[i] = l
		go l.run(fn)
	}
	var failed failure
	for live := lanes; len(live) > 0; {
		var round []*statement
		var still []*lane
		for _, l := range live { // each one asks or is over
			if s, asks := <-l.asked; asks {
				round, still = append(round, s), append(still, l)
			}
		}
		if live = still; len(round) == 0 {
			break
		}
		failed = tx.travel(ctx, round, failed)
	}
	for _, l := range lanes {
		tx.queries += l.tx.queries
		if l.panicked != nil {
			panic(l.panicked) // on the caller's goroutine, where its handler is
		}
		if failed.err == nil {
			failed = failure{l.err, l}
		}
	}
	if failed.of != nil && failed.of.err != nil {
		return failed.of.err // what the function made of it
	}
	return failed.err
}

// failure is the first one, and the function whose statement or own words it was.
type failure struct {
	err error
	of  *lane
}

// travel sends the statements in one round trip and hands out their answers in order. After a failure nothing is sent any more.
func (tx *Tx) travel(ctx context.Context, round []*statement, failed failure) failure {
	if failed.err != nil {
		for _, s := range round {
			s.answer <- answer{err: failed.err}
		}
		return failed
	}
	note := func(err error, of *lane) {
		if failed.err == nil && err != nil {
			failed = failure{err, of}
		}
	}
	var batch pgx.Batch
	for _, s := range round {
		batch.Queue(s.sql, s.args...)
	}
	results := tx.pgx.SendBatch(ctx, &batch)
	for _, s := range round {
		var a answer
		if s.rows {
			var rows pgx.Rows
			if rows, a.err = results.Query(); a.err == nil {
				a.rows = &watched{Rows: rows, statement: s}
			}
		} else {
			a.tag, a.err = results.Exec()
		}
		note(a.err, s.of)
		s.answer <- a
		if a.rows != nil {
			<-s.read // the next answer lies behind these rows on the wire
			note(a.rows.Err(), s.of)
		}
	}
	note(results.Close(), nil)
	return failed
}

// lane is one function of a Together: its statements go to whoever sends them for all.
type lane struct {
	tx       *Tx
	asked    chan *statement // closed when the function is over
	open     *statement      // whose rows the function is reading
	err      error
	panicked any
}

type statement struct {
	of     *lane
	sql    string
	args   []any
	rows   bool
	answer chan answer
	read   chan struct{} // closed when the rows have been read
	closed bool
}

type answer struct {
	rows *watched
	tag  pgconn.CommandTag
	err  error
}

func (l *lane) run(fn func(*Tx) error) {
	defer func() {
		if p := recover(); p != nil {
			l.panicked = p
		}
		if l.open != nil {
			l.open.done()
		}
		l.tx.ended = true
		close(l.asked)
	}()
	l.err = fn(l.tx)
}

func (l *lane) ask(sql string, args []any, rows bool) answer {
	s := &statement{of: l, sql: sql, args: args, rows: rows, answer: make(chan answer, 1), read: make(chan struct{})}
	l.asked <- s
	a := <-s.answer
	if a.rows != nil {
		l.open = s
	}
	return a
}

func (l *lane) query(sql string, args []any) (pgx.Rows, error) {
	a := l.ask(sql, args, true)
	if a.err != nil {
		return nil, a.err
	}
	return a.rows, nil
}

func (s *statement) done() {
	if !s.closed {
		s.closed = true
		close(s.read)
	}
}

// watched tells when its rows have been read to their end.
type watched struct {
	pgx.Rows
	statement *statement
}

func (w *watched) Next() bool {
	more := w.Rows.Next()
	if !more {
		w.statement.done()
	}
	return more
}

func (w *watched) Close() {
	if !w.statement.closed {
		w.Rows.Close()
		w.statement.done()
	}
}

// one is the single row of a statement.
type one struct {
	rows pgx.Rows
	err  error
}

func (o one) Scan(into ...any) error {
	if o.err != nil {
		return o.err
	}
	defer o.rows.Close()
	if !o.rows.Next() {
		if err := o.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := o.rows.Scan(into...); err != nil {
		return err
	}
	o.rows.Close()
	return o.rows.Err()
}
