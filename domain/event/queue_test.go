package event_test

import (
	"context"
	"testing"

	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/platform/postgres"
)

// waiting gives the ids in the review queue.
func waiting(w *eventtest.World) (ids []int64) {
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		q, err := event.Queue(ctx, tx, w.Checker(1), w.Organiser, nil, 0, 10)
		for _, e := range q {
			ids = append(ids, e.ID)
		}
		return err
	})
	return ids
}

func TestQueueFollowsEachDecision(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	id := inReview(t, w)
	for _, step := range []struct {
		name string
		do   func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error
		wait bool
	}{
		{"accepted", func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
			return event.Accept(ctx, tx, w.Checker(1), event.Decision{Ref: ref})
		}, false},
		{"returned", func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
			return event.Return(ctx, tx, w.Checker(1), event.Decision{Ref: ref, Reason: "Tarkistetaan"})
		}, true},
		{"rejected", func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
			return event.Reject(ctx, tx, w.Checker(1), event.Decision{Ref: ref, ReasonCode: "other", Reason: "x"})
		}, false},
	} {
		if err := decide(w, id, step.do); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := waiting(w); (len(got) == 1 && got[0] == id) != step.wait || len(got) > 1 {
			t.Errorf("after %s the queue is %v", step.name, got)
		}
		clean(t, w)
	}
}

func TestVerifyComparesTheQueueWithTheEvents(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]string{
		"one forgotten": `delete from event_review`,
		"one too many":  `insert into event_review (organiser_id, event_id, service_id) select organiser_id, event_id, service_id from event on conflict do nothing`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := eventtest.New(t)
			inReview(t, w)
			w.Record(line(w.Voucher(eventtest.Spec{}), "a", november+1, hours(2)))
			clean(t, w)
			w.Exec(plant)
			if len(differences(w)) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}
