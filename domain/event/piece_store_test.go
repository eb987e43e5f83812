package event_test

import (
	"context"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/platform/postgres"
)

// evening makes the world's value depend on the time of day and gives a line over the limit of two bands.
func evening(t *testing.T, w *eventtest.World, v eventtest.Voucher, day calendar.Date) event.Line {
	t.Helper()
	w.Exec(`update rulebook set rules = jsonb_set(rules::jsonb, '{value}', '{"method":"time_band_table",
		"bands":[{"band":"day","kind":"weekday","from":"00:00","to":"24:00"},{"band":"evening","kind":"evening","from":"18:00","to":"22:00"}],
		"values":[{"content_id":1,"band":"day","value_cents":3600},{"content_id":1,"band":"evening","value_cents":4140}]}')`)
	w.Exec(`update voucher_value set value_cents = 3600, bands = '[{"band":"day","value_cents":3600},{"band":"evening","value_cents":4140}]'`)
	l := line(v, "e", day, hours(2))
	from, _, err := calendar.Instant(day, 17, 0)
	if err != nil {
		t.Fatal(err)
	}
	to := from.Add(2 * time.Hour)
	l.Start, l.End = &from, &to
	return l
}

func TestPartsOfADeliveryAreStoredCheckedAndTakenBack(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	l := evening(t, w, w.Voucher(eventtest.Spec{}), november)
	v := w.Record(l)[0]
	// 42.00 + 48.30 in all; 36.00 + 41.40 of it is the organiser's.
	if v.State != event.Accepted || v.Share != (money.Share{Total: 9030, Organiser: 7740, Own: 1290}) {
		t.Fatalf("%+v %v", v, v.Codes())
	}
	clean(t, w)
	var pieces []event.Piece
	w.Within(func(ctx context.Context, tx *postgres.Tx) (err error) {
		pieces, err = event.PiecesOf(ctx, tx, w.Organiser, v.Event)
		return err
	})
	if len(pieces) != 2 || pieces[0].Value != 3600 || pieces[1].Price != 4830 {
		t.Errorf("%+v", pieces)
	}
	err := decide(w, v.Event, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Return(ctx, tx, w.Checker(1), event.Decision{Ref: ref, Reason: "Aika tarkistetaan."})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = decide(w, v.Event, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Accept(ctx, tx, w.Checker(1), event.Decision{Ref: ref, Quantity: hours(1)})
	})
	if err != nil || payable(w) != 3600 {
		t.Errorf("the first hour costs 36.00: %d cents, %v", payable(w), err)
	}
	clean(t, w)
}

func TestVerifyFindsAChangedPart(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	w.Record(evening(t, w, w.Voucher(eventtest.Spec{}), november))
	clean(t, w)
	w.Exec(`update event_piece set value_cents = value_cents - 1 where piece_no = 1`)
	if len(differences(w)) == 0 {
		t.Error("nothing was found")
	}
}
