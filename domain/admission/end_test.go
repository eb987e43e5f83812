package admission_test

import (
	"context"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/admission/admissiontest"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

func TestRevocationTakesOffTheListFromItsDay(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	in := revoke(w)
	faulttest.Want(t, w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, _, err := admission.Revoke(ctx, tx, w.Handler, in)
		return err
	}), "ACC-001")
	do := func() error {
		return w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, _, err := admission.Revoke(ctx, tx, w.Decider, in)
			return err
		})
	}
	oneWins(t, together(do, do), "ADM-004")
	a := w.Approvals()[0]
	if a.EndKind != admission.Revoked || a.EndDecision == nil || a.Status(in.From-1) != "valid" || a.Status(in.From) != "revoked" {
		t.Fatalf("%+v", a)
	}
	var payload []byte
	w.Must(postgrestest.Owner(t, w.DB).QueryRow(t.Context(), "select payload from outbox where topic = $1", admission.TopicEnded).Scan(&payload))
	var m admission.EndedMessage
	w.Must(json.Unmarshal(payload, &m))
	if len(m.Approvals) != 1 || m.Approvals[0] != a.ID || m.Kind != admission.Revoked || m.From != in.From {
		t.Errorf("told to the later packages: %+v", m)
	}
}

func TestExitEndsAfterItsLastDay(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	a := w.Approvals()[0]
	exit := func(last calendar.Date, reason string) error {
		return w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Exit(ctx, tx, w.Office, admission.ExitInput{Organiser: w.Org.ID, LastDay: last, Reason: reason,
				Approvals: []admission.ApprovalKey{{Approval: a.ID, RowVersion: a.RowVersion}}})
			return err
		})
	}
	faulttest.Want(t, exit(admissiontest.Today-1, "Toiminta loppuu."), "ADM-071")
	faulttest.Want(t, exit(admissiontest.Today, ""), "ADM-070")
	w.Must(exit(admissiontest.Today, "Toiminta loppuu."))
	a = w.Approvals()[0]
	if a.Status(admissiontest.Today) != "valid" || a.Status(admissiontest.Today+1) != "ended" {
		t.Errorf("period %+v", a.Period)
	}
	faulttest.Want(t, exit(admissiontest.Today+5, "Myöhemmin."), "ADM-072")
}

func TestSuspensionHidesTheUnitWhileItLasts(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	a := w.Approvals()[0]
	from := admissiontest.Today + 3
	suspend := func(version int32) error {
		return w.In(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.Suspend(ctx, tx, w.Decider, admission.SuspendInput{Organiser: w.Org.ID, From: from, To: calendar.Forever,
				ApprovalKey: admission.ApprovalKey{Approval: a.ID, RowVersion: version}, Reason: "Valvonta on kesken."})
			return err
		})
	}
	w.Must(suspend(a.RowVersion))
	faulttest.Want(t, suspend(a.RowVersion), "ADM-004")
	faulttest.Want(t, suspend(a.RowVersion+1), "ADM-074")
	on := func(day calendar.Date) int {
		n := 0
		w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
			list, err := admission.ApprovalsAt(ctx, tx, w.Org.ID, w.Service.ID, day)
			n = len(list)
			return err
		}))
		return n
	}
	if on(from-1) != 1 || on(from) != 0 {
		t.Errorf("before %d, during %d", on(from-1), on(from))
	}
	w.Clock.Set(calendar.Noon(from + 5).Now())
	w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.Resume(ctx, tx, w.Decider, admission.ResumeInput{Organiser: w.Org.ID, From: from + 10,
			ApprovalKey: admission.ApprovalKey{Approval: a.ID, RowVersion: a.RowVersion + 1}})
		return err
	}))
	if on(from+9) != 0 || on(from+10) != 1 {
		t.Error("resumed on another day")
	}
}

// propose asks for a price of the first content in the first unit.
func propose(w *world, cents money.Cents, from calendar.Date) (admission.Price, error) {
	var p admission.Price
	err := w.In(func(ctx context.Context, tx *postgres.Tx) (err error) {
		p, err = admission.ProposePrice(ctx, tx, w.Office, admission.ProposeInput{Organiser: w.Org.ID, Service: w.Service.ID,
			PriceLine: w.Price(0, 0, cents, from), Models: w.Models})
		return err
	})
	return p, err
}

func decidePrice(w *world, p admission.Price, yes bool, reason string) error {
	return w.In(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := admission.DecidePrice(ctx, tx, w.Decider, admission.DecidePriceInput{Organiser: w.Org.ID, Price: p.ID, RowVersion: p.RowVersion, Approve: yes, Reason: reason})
		return err
	})
}

func TestANewPriceKeepsItsNoticeCapAndOrder(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	first := admissiontest.Today + 30 // the rulebook's notice
	refused := func(cents money.Cents, from calendar.Date, code string) {
		t.Helper()
		_, err := propose(w, cents, from)
		faulttest.Want(t, err, code)
	}
	refused(4500, first-1, "ADM-081")
	refused(6001, first, "RUL-018")
	refused(0, first, "RUL-020")
	refused(4200, first, "ADM-088")
	p, err := propose(w, 4500, first)
	w.Must(err)
	refused(4600, first, "ADM-082")
	faulttest.Want(t, decidePrice(w, p, false, ""), "ADM-085")
	oneWins(t, together(
		func() error { return decidePrice(w, p, true, "") },
		func() error { return decidePrice(w, p, false, "Liian kallis.") }), "ADM-084")
}

func TestAnApprovedPriceEndsTheOneBefore(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	from := admissiontest.Today + 40
	p, err := propose(w, 4500, from)
	w.Must(err)
	w.Must(decidePrice(w, p, true, ""))
	_, err = propose(w, 4700, from)
	faulttest.Want(t, err, "ADM-083")
	for day, want := range map[calendar.Date]money.Cents{from - 1: 4200, from: 4500} {
		w.Must(w.In(func(ctx context.Context, tx *postgres.Tx) error {
			list, err := admission.PricesAt(ctx, tx, w.Org.ID, []int64{w.Units[0].ID}, day)
			if len(list) != 2 || list[0].Price != want {
				t.Errorf("on %s: %+v", day, list)
			}
			return err
		}))
	}
}

func TestALateApprovalOfAPriceIsRefused(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	p, err := propose(w, 4500, admissiontest.Today+30)
	w.Must(err)
	w.Clock.Set(calendar.Noon(admissiontest.Today + 31).Now())
	faulttest.Want(t, decidePrice(w, p, true, ""), "ADM-086")
}

// The price list of a unit never has two prices for one day, nor a day without one after the first, whatever is
// proposed and decided in whatever order. Checked against the store, not against the code.
func TestPriceListHasOnePriceForEachDay(t *testing.T) {
	t.Parallel()
	w := admissiontest.New(t)
	w.Approved()
	owner := postgrestest.Owner(t, w.DB)
	rapid.Check(t, func(r *rapid.T) {
		from := admissiontest.Today + calendar.Date(rapid.IntRange(25, 90).Draw(r, "from"))
		p, err := propose(w, money.Cents(rapid.IntRange(1, 6000).Draw(r, "cents")), from)
		if err != nil && fault.KindOf(err) == fault.Internal {
			r.Fatal(err)
		}
		if err == nil {
			if err := decidePrice(w, p, rapid.Bool().Draw(r, "approve"), "Perustelu."); err != nil {
				r.Fatal(err)
			}
		}
		var bad int
		if err := owner.QueryRow(t.Context(), `with list as (select valid_from, valid_to, lead(valid_from) over (order by valid_from) as next
			from price where unit_id = $1 and content_id = $2 and state = 'approved')
			select count(*) from list where valid_to <> coalesce(next, '9999-12-31')`, w.Units[0].ID, w.Service.Contents[0].ID).Scan(&bad); err != nil {
			r.Fatal(err)
		}
		if bad != 0 {
			r.Fatalf("%d gaps or overlaps in the list", bad)
		}
	})
}
