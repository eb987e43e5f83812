package admission_test

import (
	"context"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/admission"
	"seteli/domain/admission/admissiontest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// expire runs the daily job and gives what ended and what was reminded of.
func expire(w *world) (ended, reminded int) {
	by := access.System("applications", w.Org.ID)
	w.Must(w.As(by, func(ctx context.Context, tx *postgres.Tx) (err error) {
		ended, reminded, err = admission.Expire(ctx, tx, by, w.Org.ID)
		return err
	}))
	return ended, reminded
}

func TestFixedTermApprovalIsRemindedOfAndThenEnds(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	owner := postgrestest.Owner(t, w.DB)
	told := func(topic string) (n int) {
		w.Must(owner.QueryRow(t.Context(), `select count(*) from outbox where topic = $1`, topic).Scan(&n))
		return n
	}
	if ended, reminded := expire(w); ended != 0 || reminded != 0 {
		t.Fatalf("an approval without an end: %d ended, %d reminded", ended, reminded)
	}
	to := admissiontest.Today + 200
	_, err := owner.Exec(t.Context(), `update approval set valid_to = $1`, to)
	w.Must(err)
	for _, c := range []struct {
		day                                calendar.Date
		ended, reminded, expiring, outcome int
	}{
		{to - admission.WarnDays - 1, 0, 0, 0, 0},
		{to - admission.WarnDays, 0, 1, 1, 0},
		{to - admission.WarnDays + 1, 0, 1, 1, 0}, // said again, told once
		{to - admission.ExpireDays, 1, 0, 1, 1},
		{to, 0, 0, 1, 1},
	} {
		w.Clock.Set(calendar.Noon(c.day).Now())
		ended, reminded := expire(w)
		if ended != c.ended || reminded != c.reminded || told(admission.TopicExpiring) != c.expiring || told(admission.TopicEnded) != c.outcome {
			t.Errorf("%d days before: %d ended, %d reminded; messages %d and %d", to-c.day, ended, reminded, told(admission.TopicExpiring), told(admission.TopicEnded))
		}
	}
	a := w.Approvals()[0]
	if a.EndKind != admission.Expired || a.Period.To != to || a.Status(to-1) != "valid" || a.Status(to) != "ended" {
		t.Errorf("%+v", a)
	}
}

func TestApprovalThatAnotherContinuesEndsInSilence(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	owner := postgrestest.Owner(t, w.DB)
	to := admissiontest.Today + 10
	_, err := owner.Exec(t.Context(), `update approval set valid_to = $1`, to)
	w.Must(err)
	_, err = owner.Exec(t.Context(), `insert into approval (organiser_id, provider_id, service_id, unit_id, application_id, decision_id, valid_from)
		select organiser_id, provider_id, service_id, unit_id, application_id, decision_id, $1 from approval`, to)
	w.Must(err)
	if ended, reminded := expire(w); ended != 0 || reminded != 0 {
		t.Errorf("before the change: %d ended, %d reminded", ended, reminded)
	}
	w.Clock.Set(calendar.Noon(to).Now())
	if ended, _ := expire(w); ended == 0 {
		t.Error("the old approval is still open after its last day")
	}
	var n int
	w.Must(owner.QueryRow(t.Context(), `select count(*) from outbox where topic like 'approval.%'`).Scan(&n))
	if n != 0 {
		t.Errorf("%d messages about a change that nobody notices", n)
	}
}
