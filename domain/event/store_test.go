package event_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/domain/ledger"
	"seteli/platform/postgres"
)

var (
	november = calendar.Day(2026, time.November, 10)
	hours    = func(n int64) *money.Quantity { q := money.Units(n); return &q }
)

func line(v eventtest.Voucher, ref string, d calendar.Date, q *money.Quantity) event.Line {
	return event.Line{Number: v.Number, Reference: ref, Date: d, Quantity: q}
}

// clean fails unless the ledger and the events agree with their facts.
func clean(t *testing.T, w *eventtest.World) {
	t.Helper()
	if d := differences(w); len(d) > 0 {
		t.Errorf("verify: %v", d)
	}
}

func differences(w *eventtest.World) (all []ledger.Difference) {
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		a, err := ledger.Verify(ctx, tx, w.Organiser)
		if err != nil {
			return err
		}
		b, err := event.Verify(ctx, tx, w.Organiser)
		all = append(a, b...)
		return err
	})
	return all
}

// decide takes the event's present step and applies the decision.
func decide(w *eventtest.World, id int64, fn func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error) error {
	return w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		e, _, err := event.Get(ctx, tx, w.Checker(1), w.Organiser, id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, event.Ref{Organiser: w.Organiser, Event: id, Step: e.Step})
	})
}

func get(t *testing.T, w *eventtest.World, id int64) event.Event {
	t.Helper()
	var e event.Event
	w.Within(func(ctx context.Context, tx *postgres.Tx) (err error) {
		e, _, err = event.Get(ctx, tx, w.Checker(1), w.Organiser, id)
		return err
	})
	return e
}

func payable(w *eventtest.World) (cents int64) {
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		return tx.QueryRow(ctx, `select coalesce(sum(case when credit_kind = 11 then amount_cents else -amount_cents end), 0)::bigint from posting where organiser_id = $1 and 11 in (credit_kind, debit_kind)`, w.Organiser).Scan(&cents)
	})
	return cents
}

func TestOneLineIsAcceptedAndPosted(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Record(line(w.Voucher(eventtest.Spec{}), "a", november, hours(2)))[0]
	if v.State != event.Accepted || v.Share != (money.Share{Total: 8400, Organiser: 7000, Own: 1400}) || v.Event == 0 {
		t.Fatalf("verdict %+v", v)
	}
	if got := payable(w); got != 7000 {
		t.Errorf("payable %d cents, want 7000", got)
	}
	clean(t, w)
}

// The rulebook's limit for late recording reaches the answer; the event counts all the same.
func TestLateRecordingIsToldAsTheRulebookSays(t *testing.T) {
	t.Parallel()
	for days, told := range map[int]bool{0: false, 10: true, 11: false} { // november is 11 days before the test's today
		w := eventtest.New(t)
		w.Exec(`update rulebook set rules = jsonb_set(rules::jsonb, '{prompt_days}', to_jsonb($1::int))`, days)
		v := w.Record(line(w.Voucher(eventtest.Spec{}), "a", november, hours(2)))[0]
		if v.State != event.Accepted || slices.Contains(v.Codes(), "TIM-12") != told {
			t.Errorf("limit %d: %s %v", days, v.State, v.Codes())
		}
		clean(t, w)
	}
}

// R4: the same reference gives the first answer, byte for byte; R5: other content is refused.
func TestReferenceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Amount: money.Units(3)})
	first := w.Record(line(v, "ref-1", november, hours(5)))[0]
	again := w.Record(line(v, "ref-1", november, hours(5)))[0]
	if !again.Repeated || first.Repeated {
		t.Fatalf("repeated: first %v, again %v", first.Repeated, again.Repeated)
	}
	again.Repeated = false
	if a, b := encoded(t, first), encoded(t, again); a != b {
		t.Errorf("answers differ:\n%s\n%s", a, b)
	}
	other := w.Record(line(v, "ref-1", november, hours(4)))[0]
	if other.State != event.Rejected || !slices.Equal(other.Codes(), []string{"COR-01"}) {
		t.Errorf("other content: %s %v", other.State, other.Codes())
	}
	if got := payable(w); got != 3*3500 {
		t.Errorf("payable %d cents", got)
	}
	clean(t, w)
}

func encoded(t *testing.T, v event.Verdict) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSameReferenceAtOnceIsOneEvent(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	desks := []*event.Desk{event.NewDesk(w.DB), event.NewDesk(w.DB)} // two processes
	ids, errs := make([]int64, 50), make([]error, 50)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			var got []event.Verdict
			got, errs[i] = desks[i%2].Record(t.Context(), w.Organiser, w.Submission(line(v, "same", november, hours(1))))
			if errs[i] == nil {
				ids[i] = got[0].Event
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	if u := slices.Compact(ids); len(u) != 1 || u[0] == 0 {
		t.Errorf("events %v, want one", u)
	}
	if got := payable(w); got != 3500 {
		t.Errorf("payable %d cents", got)
	}
	clean(t, w)
}

// R9: 64 callers want one hour each of a voucher that has twenty.
func TestCallersOnOneVoucherGetExactlyItsRight(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	desk := event.NewDesk(w.DB)
	verdicts := make([]event.Verdict, 64)
	var wg sync.WaitGroup
	for i := range verdicts {
		wg.Go(func() {
			l := line(v, fmt.Sprint("c", i), calendar.Day(2026, time.November, 1)+calendar.Date(i%20), hours(1))
			at, _, err := calendar.Instant(l.Date, 8+i/20, 0)
			if err != nil {
				t.Error(err)
				return
			}
			end := at.Add(time.Hour)
			l.Start, l.End = &at, &end
			got, err := desk.Record(t.Context(), w.Organiser, w.Submission(l))
			if err != nil {
				t.Error(err)
				return
			}
			verdicts[i] = got[0]
		})
	}
	wg.Wait()
	accepted := 0
	for _, v := range verdicts {
		switch {
		case v.State == event.Accepted:
			accepted++
		case v.State != event.Rejected || !slices.Equal(v.Codes(), []string{"QTY-11"}):
			t.Errorf("%s %v", v.State, v.Codes())
		}
	}
	if accepted != 20 {
		t.Errorf("%d accepted, want 20", accepted)
	}
	clean(t, w)
}

func TestQueriesDoNotGrowWithLines(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	vouchers := w.Vouchers(2000, eventtest.Spec{})
	count := func(vouchers []eventtest.Voucher, day calendar.Date) (n int) {
		lines := make([]event.Line, len(vouchers))
		for i, v := range vouchers {
			lines[i] = line(v, v.Number, day, hours(1))
		}
		w.Within(func(ctx context.Context, tx *postgres.Tx) error {
			before := tx.QueryCount()
			_, err := event.Record(ctx, tx, w.Organiser, []event.Submission{w.Submission(lines...)})
			n = tx.QueryCount() - before
			return err
		})
		return n
	}
	count(vouchers[:1], november) // opens the payee's period
	one, many := count(vouchers[1:2], november), count(vouchers[2:], november)
	if one != many {
		t.Errorf("%d statements for one line, %d for 2,000", one, many)
	}
	if one > 30 {
		t.Errorf("%d statements for one line", one)
	}
	clean(t, w)
}

func TestProviderRecordsOnlyForItself(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	s := w.Submission(line(w.Voucher(eventtest.Spec{}), "x", november, hours(1)))
	s.Provider = w.Other
	err := w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := event.Record(ctx, tx, w.Organiser, []event.Submission{s})
		return err
	})
	faulttest.Want(t, err, "EVT-004")
}

func TestDryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	desk := event.NewDesk(w.DB)
	got, err := desk.DryRun(t.Context(), w.Organiser, w.Submission(line(v, "", november, hours(2))))
	if err != nil || got[0].State != event.Accepted || got[0].Event != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	var rows int
	if err := w.Owner.QueryRow(t.Context(), `select (select count(*) from event) + (select count(*) from posting) + (select count(*) from balance)`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// inReview gives an event that another provider's overlapping event sent to review.
func inReview(t *testing.T, w *eventtest.World) int64 {
	t.Helper()
	v := w.Voucher(eventtest.Spec{Both: true})
	at := november.Time().Add(8 * time.Hour)
	end := at.Add(2 * time.Hour)
	l := event.Line{Number: v.Number, Date: november, Start: &at, End: &end}
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		by := w.Recorder()
		by.Provider = w.Other
		_, err := event.Record(ctx, tx, w.Organiser, []event.Submission{{By: by, Provider: w.Other, Source: event.API, Lines: []event.Line{l}}})
		return err
	})
	got := w.Record(l)[0]
	if got.State != event.Review || !slices.Equal(got.Codes(), []string{"TIM-10"}) {
		t.Fatalf("%s %v", got.State, got.Codes())
	}
	return got.Event
}

func TestReviewIsAcceptedInPart(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	id := inReview(t, w)
	before := payable(w)
	err := decide(w, id, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Accept(ctx, tx, w.Checker(1), event.Decision{Ref: ref, Quantity: hours(1)})
	})
	if err != nil {
		t.Fatal(err)
	}
	e := get(t, w, id)
	if e.State != event.Accepted || !e.Partial || e.Share.Organiser != 3500 || payable(w)-before != 3500 {
		t.Errorf("%+v", e)
	}
	clean(t, w)
}

func TestReviewIsRejectedWithItsReason(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	id := inReview(t, w)
	before := payable(w)
	reject := func(d event.Decision) error {
		return decide(w, id, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
			d.Ref = ref
			return event.Reject(ctx, tx, w.Checker(1), d)
		})
	}
	faulttest.Want(t, reject(event.Decision{ReasonCode: "double"}), "EVT-014")
	faulttest.Want(t, reject(event.Decision{ReasonCode: "because", Reason: "x"}), "EVT-015")
	if err := reject(event.Decision{ReasonCode: "double", Reason: "Sama käynti on kirjattu jo toisen tuottajan toimesta."}); err != nil {
		t.Fatal(err)
	}
	if e := get(t, w, id); e.State != event.Rejected || e.ReasonCode != "double" || payable(w) != before {
		t.Errorf("%+v", e)
	}
	faulttest.Want(t, reject(event.Decision{ReasonCode: "double", Reason: "x"}), "EVT-011")
	clean(t, w)
}

func TestTwoCheckersAtOnceDecideOnce(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	id := inReview(t, w)
	ref := event.Ref{Organiser: w.Organiser, Event: id}
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = w.Try(func(ctx context.Context, tx *postgres.Tx) error {
				if i == 0 {
					return event.Accept(ctx, tx, w.Checker(1), event.Decision{Ref: ref})
				}
				return event.Reject(ctx, tx, w.Checker(2), event.Decision{Ref: ref, ReasonCode: "other", Reason: "x"})
			})
		})
	}
	wg.Wait()
	codes := []string{fault.CodeOf(errs[0]), fault.CodeOf(errs[1])}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{"", "EVT-012"}) {
		t.Errorf("errors %v", errs)
	}
	clean(t, w)
}

func TestReturnAndDeleteGiveTheRightBack(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Amount: money.Units(2)})
	id := w.Record(line(v, "a", november, hours(2)))[0].Event
	err := decide(w, id, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Return(ctx, tx, w.Checker(1), event.Decision{Ref: ref, Reason: "Tarkistetaan"})
	})
	if err != nil || get(t, w, id).State != event.Review || payable(w) != 0 {
		t.Fatalf("%v %d", err, payable(w))
	}
	err = decide(w, id, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Delete(ctx, tx, w.Recorder(), event.Decision{Ref: ref})
	})
	if err != nil || get(t, w, id).State != event.Deleted {
		t.Fatal(err)
	}
	if got := w.Record(line(v, "b", november, hours(2)))[0]; got.State != event.Accepted {
		t.Errorf("the right did not come back: %v", got.Codes())
	}
	clean(t, w)
}

func TestEditIsAllOrNothing(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Amount: money.Units(3)})
	id := w.Record(line(v, "a", november, hours(2)))[0].Event
	edit := func(l event.Line) (got event.Verdict, err error) {
		err = decide(w, id, func(ctx context.Context, tx *postgres.Tx, ref event.Ref) (err error) {
			got, err = event.Edit(ctx, tx, w.Recorder(), ref, l, event.Page)
			return err
		})
		return got, err
	}
	_, err := edit(line(v, "b", calendar.Day(2027, 1, 1), hours(1)))
	faulttest.Want(t, err, "EVT-018")
	var refused event.RejectedError
	if !errors.As(err, &refused) || !slices.Contains(refused.Verdict.Codes(), "TIM-02") {
		t.Errorf("findings are lost: %v", err)
	}
	if e := get(t, w, id); e.State != event.Accepted || payable(w) != 7000 {
		t.Errorf("a rejected edit changed the event: %+v", e)
	}
	got, err := edit(line(v, "b", november, hours(3)))
	if err != nil || got.State != event.Accepted || payable(w) != 3*3500 || get(t, w, id).State != event.Deleted {
		t.Errorf("%v %+v", err, got)
	}
	clean(t, w)
}

func seal(w *eventtest.World) {
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := ledger.Seal(ctx, tx, w.Organiser, nil)
		return err
	})
}

func TestSettledEventIsRefundedNotDeleted(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{Amount: money.Units(2)})
	id := w.Record(line(v, "a", november, hours(2)))[0].Event
	refund := func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Refund(ctx, tx, w.Checker(1), event.Decision{Ref: ref, ReasonCode: "not_delivered", Reason: "Käyntiä ei ollut"})
	}
	withdraw := func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.WithdrawRefund(ctx, tx, w.Checker(1), event.Decision{Ref: ref})
	}
	remove := func(ctx context.Context, tx *postgres.Tx, ref event.Ref) error {
		return event.Delete(ctx, tx, w.Recorder(), event.Decision{Ref: ref})
	}
	faulttest.Want(t, decide(w, id, refund), "EVT-013")
	seal(w)
	faulttest.Want(t, decide(w, id, remove), "EVT-019")
	if err := decide(w, id, refund); err != nil {
		t.Fatal(err)
	}
	if payable(w) != 0 || get(t, w, id).State != event.Refunded {
		t.Error("the refund did not take the sum back")
	}
	if err := decide(w, id, withdraw); err != nil {
		t.Fatal(err)
	}
	if payable(w) != 7000 {
		t.Error("the withdrawal did not give the sum back")
	}
	faulttest.Want(t, decide(w, id, remove), "EVT-019") // settled it stays
	if err := decide(w, id, refund); err != nil {
		t.Fatal(err)
	}
	seal(w)
	faulttest.Want(t, decide(w, id, withdraw), "EVT-017")
	clean(t, w)
}

func TestVerifyFindsAPlantedDifference(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]string{
		"sum of an event":        `update event set organiser_cents = organiser_cents - 1, own_cents = own_cents + 1`,
		"balance":                `update balance set used_quantity = used_quantity + 3000`,
		"posting taken away":     `delete from posting where credit_kind = 11`,
		"right never posted":     `update posting set amount_cents = amount_cents, quantity = quantity + 1 where credit_kind = 1 and debit_kind = 3`,
		"state without movement": `insert into event_step (organiser_id, event_id, step_no, provider_id, person_id, state, accepted_quantity, total_cents, organiser_cents, own_cents, at, by_account, by_name) select organiser_id, event_id, 1, provider_id, person_id, 'deleted', 0, 0, 0, 0, now(), 1, '' from event`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := eventtest.New(t)
			w.Record(line(w.Voucher(eventtest.Spec{}), "a", november, hours(2)))
			clean(t, w)
			w.Exec(plant)
			if len(differences(w)) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

func TestQueueHoldsWhatWaitsAndLogsTheReading(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	id := inReview(t, w)
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		q, err := event.Queue(ctx, tx, w.Checker(1), w.Organiser, nil, 0, 10)
		if err != nil || len(q) != 1 || q[0].ID != id {
			t.Errorf("%+v, %v", q, err)
		}
		ages, err := event.Ages(ctx, tx, w.Organiser)
		if err == nil && (len(ages) != 1 || ages[0].Count != 1 || ages[0].Day != calendar.Day(2026, 11, 21)) {
			t.Errorf("ages %+v", ages)
		}
		return err
	})
	var n int
	if err := w.Owner.QueryRow(t.Context(), `select count(*) from access_log where what = 'events' and purpose = 'case.handling'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d readings logged, %v", n, err)
	}
	if strings.Contains(fmt.Sprint(get(t, w, id).Findings), "Tammi") {
		t.Error("the other provider is named")
	}
}
