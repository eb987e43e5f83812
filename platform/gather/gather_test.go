package gather_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seteli/platform/gather"
)

func TestWhatWaitsIsServedTogetherAndEachGetsItsOwn(t *testing.T) {
	t.Parallel()
	var batches atomic.Int32
	q := gather.New(128, func(_ context.Context, key string, batch []int) ([]int, error) {
		batches.Add(1)
		time.Sleep(20 * time.Millisecond)
		out := make([]int, len(batch))
		for i, n := range batch {
			out[i] = n * 10
		}
		return out, nil
	})
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if got, err := q.Do(t.Context(), "one", i); err != nil || got != i*10 {
				t.Errorf("%d was answered %d, %v", i, got, err)
			}
		})
	}
	all.Wait()
	if n := batches.Load(); n > 10 {
		t.Errorf("100 callers took %d batches", n)
	}
}

func TestABadInputFailsAlone(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	q := gather.New(128, func(_ context.Context, _ int, batch []int) ([]int, error) {
		time.Sleep(5 * time.Millisecond)
		for _, n := range batch {
			if n == 13 {
				return nil, wrong
			}
			if n == 14 {
				panic("fourteen")
			}
		}
		return batch, nil
	})
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			got, err := q.Do(t.Context(), 0, i)
			switch {
			case i == 13 && !errors.Is(err, wrong), i == 14 && err == nil, i != 13 && i != 14 && (err != nil || got != i):
				t.Errorf("%d was answered %d, %v", i, got, err)
			}
		})
	}
	all.Wait()
}

func TestACallerThatGoesAwayTakesNobodyWithIt(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	q := gather.New(128, func(ctx context.Context, _ int, batch []int) ([]int, error) {
		if batch[0] == 0 {
			close(begun)
			<-goOn
		}
		return batch, ctx.Err()
	})
	leaving, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { _, err := q.Do(leaving, 0, 0); gone <- err }()
	<-begun
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that left was told %v", err)
	}
	stays := make(chan error, 1)
	go func() { _, err := q.Do(t.Context(), 0, 1); stays <- err }()
	close(goOn)
	if err := <-stays; err != nil {
		t.Errorf("the caller that stayed was told %v", err)
	}
}
