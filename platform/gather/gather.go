// Package gather lets callers who want the same place at the same time be served together: what waits for a key is taken as one
// batch by one worker, and each caller gets its own answer. Sixty-four callers on one row of the database then queue in memory
// instead of on the row's lock, and share one commit.
//
// It knows nothing of what the work is. It must not import anything of the house but the vocabulary.
package gather

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// moment is how long a lane waits for as many as it has just answered: callers that got their answers at the same moment come back at
// the same moment, and one batch of all costs little more than one of the first few.
const moment = time.Millisecond

// Work does a batch for a key, all or nothing, and gives the answers in the order of the inputs.
type Work[K comparable, In, Out any] func(ctx context.Context, key K, batch []In) ([]Out, error)

// Queue gathers inputs by key. One per process; several processes are safe when the work's own locks decide.
type Queue[K comparable, In, Out any] struct {
	work Work[K, In, Out]
	most int

	mu    sync.Mutex
	lanes map[K]*lane[In, Out]
}

type lane[In, Out any] struct {
	waiting []*caller[In, Out]
	wanted  int           // while it waits for so many
	enough  chan struct{} // closed when they are there
}

type caller[In, Out any] struct {
	ctx    context.Context
	in     In
	answer chan answer[Out]
}

type answer[Out any] struct {
	out Out
	err error
}

// New gives a queue that takes at most so many inputs together.
func New[K comparable, In, Out any](most int, work Work[K, In, Out]) *Queue[K, In, Out] {
	return &Queue[K, In, Out]{work: work, most: most, lanes: map[K]*lane[In, Out]{}}
}

// Do hands in one input and waits for its answer. When ctx ends first the answer is lost and the result open: done or not, the
// caller asks again under its own reference. A batch that fails as a whole is done again one by one, so that nobody answers for
// another's input.
func (q *Queue[K, In, Out]) Do(ctx context.Context, key K, in In) (Out, error) {
	c := &caller[In, Out]{ctx: ctx, in: in, answer: make(chan answer[Out], 1)}
	q.mu.Lock()
	l, running := q.lanes[key]
	if !running {
		l = &lane[In, Out]{}
		q.lanes[key] = l
	}
	l.waiting = append(l.waiting, c)
	if l.wanted > 0 && len(l.waiting) >= l.wanted {
		l.wanted = 0
		close(l.enough)
	}
	q.mu.Unlock()
	if !running {
		go q.serve(key, l)
	}
	select {
	case a := <-c.answer:
		return a.out, a.err
	case <-ctx.Done():
		var none Out
		return none, ctx.Err()
	}
}

// serve takes batch after batch until nobody waits; then the lane goes.
func (q *Queue[K, In, Out]) serve(key K, l *lane[In, Out]) {
	for before := 0; ; {
		q.hold(l, before)
		q.mu.Lock()
		n := min(len(l.waiting), q.most)
		if n == 0 {
			delete(q.lanes, key)
			q.mu.Unlock()
			return
		}
		batch := append([]*caller[In, Out](nil), l.waiting[:n]...)
		l.waiting = append(l.waiting[:0], l.waiting[n:]...)
		q.mu.Unlock()
		q.batch(key, batch)
		before = n
	}
}

// hold waits a moment until as many wait as were answered before. A caller that is alone is never kept waiting.
func (q *Queue[K, In, Out]) hold(l *lane[In, Out], before int) {
	q.mu.Lock()
	if before < 2 || len(l.waiting) >= before {
		q.mu.Unlock()
		return
	}
	l.wanted, l.enough = before, make(chan struct{})
	enough := l.enough
	q.mu.Unlock()
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select {
	case <-enough:
	case <-timer.C:
	}
	q.mu.Lock()
	l.wanted = 0
	q.mu.Unlock()
}

func (q *Queue[K, In, Out]) batch(key K, batch []*caller[In, Out]) {
	if len(batch) > 1 {
		inputs := make([]In, len(batch))
		for i, c := range batch {
			inputs[i] = c.in
		}
		// The batch outlives any one caller: the others must not fall with one that went away.
		if out, err := q.guarded(context.WithoutCancel(batch[0].ctx), key, inputs); err == nil {
			for i, c := range batch {
				c.answer <- answer[Out]{out: out[i]}
			}
			return
		}
	}
	for _, c := range batch {
		out, err := q.guarded(context.WithoutCancel(c.ctx), key, []In{c.in})
		if err != nil {
			c.answer <- answer[Out]{err: err}
			continue
		}
		c.answer <- answer[Out]{out: out[0]}
	}
}

// guarded turns a panic of the work into an error: it runs on nobody's goroutine, where it would end the program.
func (q *Queue[K, In, Out]) guarded(ctx context.Context, key K, batch []In) (out []Out, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a batch of %d: panic: %v", len(batch), p)
		}
	}()
	out, err = q.work(ctx, key, batch)
	if err == nil && len(out) != len(batch) {
		err = fmt.Errorf("a batch of %d got %d answers", len(batch), len(out))
	}
	return out, err
}
