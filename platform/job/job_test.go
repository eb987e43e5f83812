package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

type count struct {
	N int `json:"n"`
}

func (count) Kind() string { return "test.count" }

func queue(t *testing.T) (*postgres.DB, *job.Queue) {
	t.Helper()
	store := postgrestest.New(t)
	if err := job.Migrate(t.Context(), postgrestest.Owner(t, store)); err != nil {
		t.Fatal(err)
	}
	q, err := job.New(store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return store, q
}

func start(t *testing.T, q *job.Queue) {
	t.Helper()
	if err := q.Start(context.WithoutCancel(t.Context()), 2); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestJobRunsOnlyIfItsTransactionCommits(t *testing.T) {
	t.Parallel()
	store, q := queue(t)
	ran := make(chan int, 10)
	if err := job.Register(q, time.Minute, func(_ context.Context, c count) error { ran <- c.N; return nil }); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the use case failed")
	err := store.Tenant(t.Context(), access.Within{Organiser: 17}, func(tx *postgres.Tx) error {
		if _, err := q.Enqueue(t.Context(), tx, count{1}); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	err = store.Tenant(t.Context(), access.Within{Organiser: 17}, func(tx *postgres.Tx) error {
		for i, want := range []bool{true, false} { // the second is the first
			if queued, err := q.Enqueue(t.Context(), tx, count{2}, job.Unique()); err != nil || queued != want {
				t.Errorf("try %d: queued %v, %v", i, queued, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	start(t, q)
	select {
	case n := <-ran:
		if n != 2 {
			t.Fatalf("ran job %d", n)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the job never ran")
	}
	select {
	case n := <-ran:
		t.Fatalf("ran job %d as well", n)
	case <-time.After(300 * time.Millisecond):
	}
}

func TestPeriodicJobRunsAfterStart(t *testing.T) {
	t.Parallel()
	_, q := queue(t)
	ran := make(chan struct{}, 10)
	if err := job.Register(q, time.Minute, func(context.Context, count) error { ran <- struct{}{}; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := job.Register(q, 0, func(context.Context, count) error { return nil }); err == nil {
		t.Error("one kind was registered twice")
	}
	q.Every(time.Hour, count{1})
	start(t, q)
	select {
	case <-ran:
	case <-time.After(30 * time.Second):
		t.Fatal("the periodic job never ran")
	}
}

func TestOutboxIsDeliveredAtLeastOnceAndInOrderPerStream(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(calendar.Day(2026, 11, 21))
	store := postgrestest.New(t, postgrestest.Clock(clock))
	for organiser := int32(17); organiser <= 18; organiser++ {
		err := store.Tenant(t.Context(), access.Within{Organiser: organiser}, func(tx *postgres.Tx) error {
			for i := range 70 { // more than one claim
				m := postgres.Message{Organiser: organiser, Topic: "notice", Dedup: fmt.Sprint(i), Stream: fmt.Sprint("s", i%2), Payload: i}
				if err := tx.Outbox(t.Context(), m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var (
		mu   sync.Mutex
		got  = map[string][]string{}
		down atomic.Bool
	)
	down.Store(true)
	handlers := map[string]job.Handler{"notice": func(_ context.Context, m postgres.Delivery) error {
		if down.Load() && m.Stream == "s1" {
			return errors.New("receiver is down")
		}
		mu.Lock()
		defer mu.Unlock()
		stream := fmt.Sprint(m.Organiser, m.Stream)
		got[stream] = append(got[stream], m.Dedup)
		return nil
	}}
	n, err := job.DeliverOutbox(t.Context(), store, []int32{17, 18}, handlers)
	if err == nil || n != 70 {
		t.Fatalf("delivered %d while one stream was down, error %v", n, err)
	}
	if n, err := job.DeliverOutbox(t.Context(), store, []int32{17, 18}, handlers); n != 0 || err != nil {
		t.Fatalf("tried again before its time: %d, %v", n, err)
	}
	down.Store(false)
	clock.Set(clock.Now().Add(11 * time.Second))
	if n, err := job.DeliverOutbox(t.Context(), store, []int32{17, 18}, handlers); n != 70 || err != nil {
		t.Fatalf("delivered %d after the receiver came back, %v", n, err)
	}
	for stream, list := range got {
		if len(list) != 35 {
			t.Errorf("stream %s got %d messages of 35", stream, len(list))
		}
		first := 0
		if stream[len(stream)-1] == '1' {
			first = 1
		}
		for i, d := range list {
			if d != fmt.Sprint(first+2*i) {
				t.Fatalf("stream %s is out of order at %d: %s", stream, i, d)
			}
		}
	}
}

func TestProgressIsSeenByItsOrganiserOnly(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t)
	p := job.NewProgress(store, 17, "settlement-4")
	for done := int64(0); done <= 10; done += 5 {
		if err := p.Step(t.Context(), "events", done, 10, "job.progress.events"); err != nil {
			t.Fatal(err)
		}
	}
	for organiser, want := range map[int32]int{17: 1, 18: 0} {
		err := store.Read(t.Context(), access.Within{Organiser: organiser}, func(tx *postgres.Tx) error {
			steps, err := job.ProgressOf(t.Context(), tx, 17, "settlement-4")
			if len(steps) != want {
				t.Errorf("organiser %d sees %d steps", organiser, len(steps))
			}
			if want == 1 && (steps[0].Done != 10 || steps[0].FinishedAt == nil) {
				t.Errorf("step is %+v", steps[0])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A job that puts itself off stands in the queue with its time, is not queued twice, and runs at once when it is brought forward.
func TestJobThatIsPutOffWaitsOrIsBroughtForward(t *testing.T) {
	t.Parallel()
	store, q := queue(t)
	ran := make(chan struct{}, 10)
	tries := 0
	if err := job.Register(q, time.Minute, func(context.Context, count) error {
		tries++
		ran <- struct{}{}
		if tries == 1 {
			return job.Later(4 * time.Hour)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	q.Every(time.Hour, count{1})
	start(t, q)
	wait := func() {
		t.Helper()
		select {
		case <-ran:
		case <-time.After(20 * time.Second):
			t.Fatal("the job never ran")
		}
	}
	wait()
	enqueue := func(how job.Option) {
		t.Helper()
		err := store.Tenant(t.Context(), access.Within{Organiser: 17}, func(tx *postgres.Tx) error {
			queued, err := q.Enqueue(t.Context(), tx, count{1}, how)
			if queued {
				t.Error("a second one was queued")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	kept := func(state string) *time.Time {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			var list []job.Kept
			if err := store.ReadNational(t.Context(), func(tx *postgres.Tx) (err error) { list, err = job.Jobs(t.Context(), tx); return err }); err != nil {
				t.Fatal(err)
			}
			if len(list) == 1 && list[0].State == state {
				return list[0].Next
			}
		}
		t.Fatalf("the job never was %s", state)
		return nil
	}
	if next := kept("scheduled"); next == nil || time.Until(*next) < 3*time.Hour {
		t.Errorf("the next try is at %v", next)
	}
	enqueue(job.Unique())
	kept("scheduled")
	enqueue(job.Forward())
	wait()
	if next := kept("completed"); next != nil {
		t.Errorf("a finished job has a next try at %v", next)
	}
}

// A process that was killed leaves its job as running. The next one takes it up when the job's own time has passed, so that it does not stand
// in the way of its like.
func TestJobOfAKilledProcessIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	store, q := queue(t)
	ran := make(chan int, 10)
	if err := job.Register(q, 3*time.Minute, func(_ context.Context, c count) error { ran <- c.N; return nil }); err != nil {
		t.Fatal(err)
	}
	err := store.Tenant(t.Context(), access.Within{Organiser: 17}, func(tx *postgres.Tx) error {
		for n := range 2 {
			if _, err := q.Enqueue(t.Context(), tx, count{n}, job.Unique()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := postgrestest.Owner(t, store)
	for n, minutes := range []int{1, 4} { // one may be at work still
		_, err := owner.Exec(t.Context(), `update river_job set state = 'running', attempt = 1, attempted_at = now() - make_interval(mins => $1), attempted_by = '{killed}' where (args->>'n')::int = $2`, minutes, n)
		if err != nil {
			t.Fatal(err)
		}
	}
	start(t, q)
	select {
	case n := <-ran:
		if n != 1 {
			t.Errorf("ran job %d, which may be at work still", n)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the job was never taken up again")
	}
}
