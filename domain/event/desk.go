package event

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Desk gathers what waits for one organiser and records it together: one transaction, one set of queries, and each caller
// gets its own answer. Sixty-four callers on one voucher then queue in memory instead of on the balance row.
//
// A desk is one per process; several processes are safe, because the locks of Record decide. A batch that fails as a whole
// is recorded again one by one, so that nobody answers for another's line.
type Desk struct {
	db *postgres.DB

	mu     sync.Mutex
	queues map[int32]*queue
}

// NewDesk gives a desk over the database.
func NewDesk(db *postgres.DB) *Desk { return &Desk{db: db, queues: map[int32]*queue{}} }

// gathered is the most submissions that are recorded together.
const gathered = 128

// gathering is how long a desk waits for as many as it has just answered: senders that got their answers at the same moment come
// back at the same moment, and one batch of all costs little more than one of the first few.
const gathering = time.Millisecond

type queue struct {
	waiting []*waiting
	running bool
	wanted  int           // while the desk waits for so many
	enough  chan struct{} // closed when they are there
}

type waiting struct {
	ctx    context.Context
	sub    Submission
	answer chan answer
}

type answer struct {
	verdicts []Verdict
	err      error
}

// Record hands one submission to the desk and waits for its verdicts. When the caller's context ends first, the answer is
// lost and the result open: the same references give the first answer again.
func (d *Desk) Record(ctx context.Context, organiser int32, sub Submission) ([]Verdict, error) {
	if len(sub.Lines) > gathered { // a file has the transaction to itself
		return d.alone(ctx, organiser, sub)
	}
	sub.Request = cmp.Or(sub.Request, audit.Request(ctx)) // what is gathered runs under another's context
	w := &waiting{ctx: ctx, sub: sub, answer: make(chan answer, 1)}
	d.mu.Lock()
	q := d.queues[organiser]
	if q == nil {
		q = &queue{}
		d.queues[organiser] = q
	}
	q.waiting = append(q.waiting, w)
	if q.wanted > 0 && len(q.waiting) >= q.wanted {
		q.wanted = 0
		close(q.enough)
	}
	if !q.running {
		q.running = true
		go d.work(organiser, q)
	}
	d.mu.Unlock()
	select {
	case a := <-w.answer:
		return a.verdicts, a.err
	case <-ctx.Done():
		return nil, errGone.Because(ctx.Err())
	}
}

var errGone = fault.New(fault.Unavailable, "EVT-020", "event.answer_lost")

// work records batch after batch until nobody waits.
func (d *Desk) work(organiser int32, q *queue) {
	for before := 0; ; {
		d.gather(q, before)
		d.mu.Lock()
		n := min(len(q.waiting), gathered)
		if n == 0 {
			q.running = false
			d.mu.Unlock()
			return
		}
		batch := append([]*waiting(nil), q.waiting[:n]...)
		q.waiting = append(q.waiting[:0], q.waiting[n:]...)
		d.mu.Unlock()
		d.batch(organiser, batch)
		before = n
	}
}

// gather waits a moment until as many wait as were answered before. A sender that is alone is never kept waiting.
func (d *Desk) gather(q *queue, before int) {
	d.mu.Lock()
	if before < 2 || len(q.waiting) >= before {
		d.mu.Unlock()
		return
	}
	q.wanted, q.enough = before, make(chan struct{})
	enough := q.enough
	d.mu.Unlock()
	timer := time.NewTimer(gathering)
	defer timer.Stop()
	select {
	case <-enough:
	case <-timer.C:
	}
	d.mu.Lock()
	q.wanted = 0
	d.mu.Unlock()
}

func (d *Desk) batch(organiser int32, batch []*waiting) {
	if len(batch) > 1 {
		subs := make([]Submission, len(batch))
		for i, w := range batch {
			subs[i] = w.sub
		}
		// The batch outlives any one caller: the others' lines must not fall with a caller that went away.
		verdicts, err := d.together(context.WithoutCancel(batch[0].ctx), organiser, subs)
		if err == nil {
			for i, w := range batch {
				w.answer <- answer{verdicts: verdicts[i]}
			}
			return
		}
	}
	for _, w := range batch {
		verdicts, err := d.alone(context.WithoutCancel(w.ctx), organiser, w.sub)
		w.answer <- answer{verdicts, err}
	}
}

func (d *Desk) alone(ctx context.Context, organiser int32, sub Submission) ([]Verdict, error) {
	verdicts, err := d.together(ctx, organiser, []Submission{sub})
	if err != nil {
		return nil, err
	}
	return verdicts[0], nil
}

// together records in one transaction. A reference that somebody stored in the same moment is found at the next try.
func (d *Desk) together(ctx context.Context, organiser int32, subs []Submission) (verdicts [][]Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("recording %d submissions: panic: %v", len(subs), p)
		}
	}()
	for range 5 {
		err = d.db.Tenant(ctx, access.Within{Organiser: organiser}, func(tx *postgres.Tx) (err error) {
			verdicts, err = Record(ctx, tx, organiser, subs)
			return err
		})
		if !errors.Is(err, errRaced) {
			return verdicts, err
		}
	}
	return nil, err
}

// DryRun gives the verdicts that Record would give now and stores nothing ("could I bill this?").
func (d *Desk) DryRun(ctx context.Context, organiser int32, sub Submission) ([]Verdict, error) {
	var verdicts [][]Verdict
	err := d.db.Tenant(ctx, access.Within{Organiser: organiser}, func(tx *postgres.Tx) (err error) {
		if verdicts, err = Preview(ctx, tx, organiser, []Submission{sub}); err != nil {
			return err
		}
		return errDry
	})
	if !errors.Is(err, errDry) {
		return nil, err
	}
	return verdicts[0], nil
}

// errDry rolls a dry run back.
var errDry = errors.New("dry run")
