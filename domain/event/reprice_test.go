package event_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
)

// revalued gives the voucher another value from a day on, and tells it.
func revalued(t *testing.T, w *eventtest.World, v eventtest.Voucher, value money.Cents, from calendar.Date) {
	t.Helper()
	w.Exec(fmt.Sprintf(`update voucher_value set value_cents = %d`, int64(value)))
	raw, err := json.Marshal(voucher.Revalued{Voucher: v.ID, Client: v.Client, From: from})
	if err != nil {
		t.Fatal(err)
	}
	handle := event.Handlers(w.DB)[voucher.TopicRevalued]
	for range 2 { // a message that comes twice changes nothing more
		if err := handle(t.Context(), postgres.Delivery{Organiser: w.Organiser, Payload: raw}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestValueThatChangedBackInTimePostsOnlyTheDifference(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	before := w.Record(line(v, "a", november-10, hours(2)))[0].Event
	settled := w.Record(line(v, "b", november, hours(2)))[0].Event
	seal(w)
	open := w.Record(line(v, "c", november+1, hours(1)))[0].Event
	if payable(w) != 17_500 {
		t.Fatalf("payable %d", payable(w))
	}
	revalued(t, w, v, 30_00, november) // 35.00 → 30.00; the price is 42.00
	if payable(w) != 17_500-2*5_00-5_00 {
		t.Errorf("payable %d after the value fell", payable(w))
	}
	clean(t, w)
	for id, want := range map[int64]money.Share{before: {Total: 8400, Organiser: 7000, Own: 1400}, settled: {Total: 8400, Organiser: 6000, Own: 2400}, open: {Total: 4200, Organiser: 3000, Own: 1200}} {
		e := get(t, w, id)
		if e.Share != want || e.State != event.Accepted {
			t.Errorf("event %d: %s %+v, want %+v", id, e.State, e.Share, want)
		}
		if e.Reason != "" { // providers read it, and the grounds of a value tell of income
			t.Errorf("event %d tells %q", id, e.Reason)
		}
	}
	revalued(t, w, v, 40_00, november) // more than before
	if payable(w) != 7_000+2*40_00+40_00 {
		t.Errorf("payable %d after the value rose", payable(w))
	}
	clean(t, w)
	err := decide(w, settled, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Refund(ctx, tx, w.Checker(1), event.Decision{Ref: ref, ReasonCode: "not_delivered", Reason: "Käyntiä ei ollut."})
	})
	if err != nil || payable(w) != 7_000+40_00 {
		t.Errorf("a settled event whose value changed is refunded with what was paid for it: %d, %v", payable(w), err)
	}
	clean(t, w)
}

func TestBalanceOfEurosPaysARiseAsFarAsItReaches(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Content: eventtest.Euro, Recurrence: "total", Cents: 75_00, Value: 30_00})
	id := w.Record(line(v, "a", november, hours(2)))[0].Event // 60.00 of 75.00
	revalued(t, w, v, 40_00, november)                        // 80.00 would be more than there is
	if e := get(t, w, id); e.Share.Organiser != 75_00 || e.Share.Own != 9_00 || payable(w) != 75_00 {
		t.Errorf("%+v, payable %d", e.Share, payable(w))
	}
	clean(t, w)
}
