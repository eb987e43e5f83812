package event_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// A company leaves: what it gave up to its last day is recorded and paid, also afterwards; a day later nothing is.
func TestDaysBeforeAProviderLeavesStayPayable(t *testing.T) {
	t.Parallel()
	clock := calendar.At(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	w := eventtest.New(t, postgrestest.Clock(clock))
	last := postgrestest.Today
	one, two := w.Voucher(eventtest.Spec{}), w.Voucher(eventtest.Spec{})
	office := access.Actor{Account: 6, Name: "Olavi Omistaja", Role: access.ProviderMainUser, Provider: w.Provider}
	w.Within(func(ctx context.Context, tx *postgres.Tx) error {
		list, err := admission.Approvals(ctx, tx, office, w.Organiser, w.Provider, w.Service)
		if err != nil {
			return err
		}
		_, err = admission.Exit(ctx, tx, office, admission.ExitInput{Organiser: w.Organiser, LastDay: last, Reason: "Toiminta loppuu.",
			Approvals: []admission.ApprovalKey{{Approval: list[0].ID, RowVersion: list[0].RowVersion}}})
		return err
	})
	if _, err := job.DeliverOutbox(t.Context(), w.DB, []int32{w.Organiser}, voucher.Handlers(w.DB)); err != nil {
		t.Fatal(err)
	}
	clock.Set(clock.Now().AddDate(0, 0, 5))
	for i, v := range []eventtest.Voucher{one, two} {
		if got := w.Record(line(v, "last"+v.Number, last-calendar.Date(i), hours(2)))[0]; got.State != event.Accepted {
			t.Errorf("day %s: %s %v", last-calendar.Date(i), got.State, got.Codes())
		}
		got := w.Record(line(v, "after"+v.Number, last+1, hours(2)))[0]
		if got.State != event.Rejected || !slices.Contains(got.Codes(), "REL-03") || !slices.Contains(got.Codes(), "REL-06") {
			t.Errorf("the day after: %s %v", got.State, got.Codes())
		}
	}
	if got := payable(w); got != 2*7000 {
		t.Errorf("payable %d cents", got)
	}
	clean(t, w)
}
