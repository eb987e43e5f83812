package settlement_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/settlement"
	"seteli/domain/settlement/settlementtest"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

type world = settlementtest.World

func release(w *world, run int64) error {
	return w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		_, _, err := settlement.Release(ctx, tx, w.Approver(), w.Org.ID, run)
		return err
	})
}

func pay(w *world, run int64, providers ...int64) error {
	return w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := settlement.MarkPaid(ctx, tx, w.Preparer, settlement.PaidInput{Organiser: w.Org.ID, Run: run, Providers: providers})
		return err
	})
}

func sendBack(w *world, run, provider int64) error {
	return w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := settlement.Return(ctx, tx, w.Preparer, settlement.ReturnInput{Organiser: w.Org.ID, Run: run, Provider: provider, Reason: "AC04 tili suljettu"})
		return err
	})
}

func undo(w *world, run int64) error {
	return w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		_, err := settlement.Undo(ctx, tx, w.Approver(), settlement.UndoInput{Organiser: w.Org.ID, Run: run, Reason: "väärä päivä"})
		return err
	})
}

func hold(t *testing.T, w *world, provider int64, reason string) {
	t.Helper()
	_, err := w.Owner.Exec(t.Context(), `insert into supplier (organiser_id, provider_id, hold_reason, set_at, set_by) values ($1, $2, $3, now(), 'x')
		on conflict (organiser_id, provider_id) do update set hold_reason = excluded.hold_reason`, w.Org.ID, provider, reason)
	if err != nil {
		t.Fatal(err)
	}
}

func states(w *world, keys ...ledger.Sealed) (out map[ledger.Sealed]settlement.PayeeState) {
	w.T.Helper()
	w.Do(func(ctx context.Context, tx *postgres.Tx) (err error) {
		out, err = settlement.EventStates(ctx, tx, w.Org.ID, keys)
		return err
	})
	return out
}

func TestRunFromDeliveryToPaidEuro(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(2)
	w.Deliver(p[0], 10_000)
	w.Deliver(p[0], 2_550)
	w.Deliver(p[0], -550)
	w.Deliver(p[1], 1)
	first := ledger.Sealed{Provider: p[0], Period: 1}

	r, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	if r.Gross != 12_551 || r.Credit != 550 || r.Pay != 12_001 || r.Payees != 2 || r.Lines != 4 {
		t.Fatalf("run %+v", r)
	}
	s := w.Statements(r.No)[p[0]]
	if s.Number != "TAB-T2026-000001" || s.Net != 12_000 || s.Disposition != settlement.Pay || s.DueOn != calendar.Day(2026, time.December, 21) || s.Reference == "" {
		t.Errorf("statement %+v", s)
	}
	if got := states(w, first)[first]; got != settlement.PayeeCalculated {
		t.Errorf("after the calculation the period reads %q", got)
	}
	if err := w.Approve(r.No); err != nil {
		t.Fatal(err)
	}
	if got := states(w, first)[first]; got != settlement.PayeeSettled || !got.Credited() {
		t.Errorf("after the approval the period reads %q", got)
	}
	if err := release(w, r.No); err != nil {
		t.Fatal(err)
	}
	if err := pay(w, r.No, p[0]); err != nil {
		t.Fatal(err)
	}
	if got := states(w, first, ledger.Sealed{Provider: p[1], Period: 1}); got[first] != settlement.PayeePaid || got[ledger.Sealed{Provider: p[1], Period: 1}] != settlement.PayeeSettled {
		t.Errorf("after one payment: %v", got)
	}
	faulttest.Want(t, pay(w, r.No, p[0]), "PAY-018")
	if err := pay(w, r.No); err != nil {
		t.Fatal(err)
	}
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		r, err = settlement.Get(ctx, tx, w.Preparer, w.Org.ID, r.No)
		return err
	})
	if r.State != settlement.Paid || len(r.Steps) != 4 {
		t.Errorf("at the end the run is %s after %d steps", r.State, len(r.Steps))
	}
	w.Verified()
}

func TestPreparerCannotApproveTheirOwnRun(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	w.Deliver(w.Payees(1)[0], 100)
	by := w.Approver()
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	try := func(by access.Actor) error {
		return w.Try(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := settlement.Approve(ctx, tx, by, w.Org.ID, run.No)
			return err
		})
	}
	same := by
	same.Account = w.Preparer.Account
	if err := try(same); fault.CodeOf(err) != "PAY-009" {
		t.Errorf("own run: %v", err)
	}
	stale := by
	stale.SignedIn = w.Clock.Now().Add(-time.Hour)
	faulttest.Want(t, try(stale), "ACC-003")
	faulttest.Want(t, try(w.Preparer), "ACC-001")
	if err := try(by); err != nil {
		t.Error(err)
	}
	faulttest.Want(t, try(by), "PAY-012")
}

func TestTakenSlotRefusesWithTheRun(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Deliver(p[0], 100)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	w.Deliver(p[0], 100)
	_, err = w.Calculate("2026-11")
	faulttest.WantField(t, err, "PAY-005", "key")
	if got := fault.All(err)[0].Values["run"]; got != run.No {
		t.Errorf("names run %v, want %d", got, run.No)
	}
	for key, code := range map[string]string{"2026-13": "PAY-014", "2026-11-31": "PAY-014", "joulukuu": "PAY-014", "2026-12": "PAY-020", "2026-11-22": "PAY-020", "2026-W48": "PAY-020"} {
		_, err := w.Calculate(key)
		faulttest.WantField(t, err, code, "key")
	}
	if _, err := w.Calculate("2026-11-21"); err != nil {
		t.Error(err)
	}
	_, err = w.Calculate("2026-W47")
	faulttest.Want(t, err, "PAY-013")
}

func TestPreviewLeavesNothingAndEqualsTheRun(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(3)
	for i, id := range p {
		w.Deliver(id, money.Cents(1000*i+1))
	}
	var seen settlement.Forecast
	w.Do(func(ctx context.Context, tx *postgres.Tx) (err error) {
		seen, err = settlement.Preview(ctx, tx, w.Preparer, settlement.CalculateInput{Organiser: w.Org.ID, Key: "2026-11"})
		return err
	})
	for _, table := range []string{"settlement_run", "statement", "statement_period", "payee_step", "number_series where series = 'statement'", "period where sealed_at is not null", "posting where source_kind = 5"} {
		var n int
		if err := w.Owner.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d rows after a preview, %v", table, n, err)
		}
	}
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seen.Run, run); diff != "" {
		t.Errorf("preview and run differ: %s", diff)
	}
}

// R15: one run per slot, whoever starts it how often.
func TestTwoRunsAtOnceMakeOne(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	for i, p := range w.Payees(5) {
		w.Deliver(p, money.Cents(100+i))
	}
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = w.Calculate("2026-11") })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			faulttest.Want(t, err, "PAY-005")
		}
	}
	if won != 1 {
		t.Errorf("%d runs won", won)
	}
	w.Verified()
}

// A delivery whose transaction is open while the run seals is in the run or in the next period, never lost between them.
func TestDeliveryInFlightIsInTheRun(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Deliver(p[0], 100)
	inside, finish := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := w.Try(func(ctx context.Context, tx *postgres.Tx) error {
			if err := w.Post(ctx, tx, p[0], 11); err != nil {
				return err
			}
			close(inside)
			<-finish
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-inside
	var run settlement.Run
	wg.Go(func() {
		var err error
		if run, err = w.Calculate("2026-11"); err != nil {
			t.Error(err)
		}
	})
	for waiting := 0; waiting == 0; { // until the seal waits for the recorder
		if err := w.Owner.QueryRow(t.Context(), "select count(*) from pg_locks l join pg_database d on d.oid = l.database or l.database is null where not granted and d.datname = current_database()").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	close(finish)
	wg.Wait()
	if run.Gross != 111 {
		t.Errorf("the run holds %s", run.Gross)
	}
	w.Verified()
}

func TestRunInASnapshotIsRefused(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	w.Deliver(w.Payees(1)[0], 100)
	err := w.DB.TenantMoney(t.Context(), w.Preparer, func(tx *postgres.Tx) error {
		_, err := settlement.Calculate(t.Context(), tx, w.Preparer, settlement.CalculateInput{Organiser: w.Org.ID, Key: "2026-11"})
		return err
	})
	faulttest.Want(t, err, "PAY-019")
}

// R16: what comes after the seal stands in the next run; the closed statement keeps its hash.
func TestLateDeliveryAndRefundComeInTheNextRun(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Deliver(p[0], 1000)
	first, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	before := w.Statements(first.No)[p[0]]
	w.Deliver(p[0], 300)
	w.Deliver(p[0], -1000)
	if err := w.Approve(first.No); err != nil {
		t.Fatalf("the late lines touched the sealed run: %v", err)
	}
	second, err := w.Calculate(w.NextDay())
	if err != nil {
		t.Fatal(err)
	}
	if after := w.Statements(first.No)[p[0]]; string(after.Hash) != string(before.Hash) || after.Net != 1000 {
		t.Error("the closed statement has changed")
	}
	if s := w.Statements(second.No)[p[0]]; s.Lines != 2 || s.Net != -700 || s.Disposition != settlement.Carried {
		t.Errorf("the next statement: %+v", s)
	}
	w.Verified()
}

func TestTamperedLedgerStopsTheApproval(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Deliver(p[0], 1000)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Owner.Exec(t.Context(), "update posting set amount_cents = amount_cents + 1 where source_kind = 2"); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, w.Approve(run.No), "PAY-010")
	w.Do(func(ctx context.Context, tx *postgres.Tx) error {
		found, err := settlement.Verify(ctx, tx, w.Org.ID)
		if len(found) != 1 {
			t.Errorf("found only %v", found)
		}
		return err
	})
}

// The second person's proof is line by line: a change that keeps every sum stops the approval too.
func TestLinesThatKeepTheirSumAndDifferStopTheApproval(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(1)
	w.Deliver(p[0], 1000)
	w.Deliver(p[0], 2000)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Owner.Exec(t.Context(), "update posting set amount_cents = 3000 - amount_cents where source_kind = 2 and provider_id <> 0"); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, w.Approve(run.No), "PAY-010")
}

// What leaves is what was approved: a statement that was changed after the approval stops the release.
func TestStatementChangedAfterApprovalStopsTheRelease(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(2)
	w.Deliver(p[0], 1000)
	w.Deliver(p[1], 2000)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Approve(run.No); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Owner.Exec(t.Context(), "update statement set gross_cents = gross_cents + 100, net_cents = net_cents + 100 where provider_id = $1", p[0]); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, w.Try(func(ctx context.Context, tx *postgres.Tx) error {
		_, _, err := settlement.Release(ctx, tx, w.Approver(), w.Org.ID, run.No)
		return err
	}), "PAY-010")
}

func TestProviderSeesOwnApprovedStatementsOnly(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	p := w.Payees(2)
	w.Deliver(p[0], 1000)
	w.Deliver(p[1], 2000)
	run, err := w.Calculate("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	by := access.Actor{Account: 20, Name: "Saara Signatääri", Role: access.Signatory, Provider: p[0]}
	read := func(provider int64) (n int, err error) {
		err = w.DB.Read(t.Context(), by, func(tx *postgres.Tx) error {
			list, err := settlement.StatementsOfProvider(t.Context(), tx, by, 0, by.Provider, 10)
			n = len(list)
			if err != nil {
				return err
			}
			_, err = settlement.OneStatement(t.Context(), tx, by, w.Org.ID, run.No, provider)
			return err
		})
		return n, err
	}
	n, err := read(p[0])
	if n != 0 {
		t.Error("a statement is seen before its approval")
	}
	faulttest.Want(t, err, "PAY-011")
	if err := w.Approve(run.No); err != nil {
		t.Fatal(err)
	}
	if n, err := read(p[0]); n != 1 || err != nil {
		t.Errorf("%d statements, %v", n, err)
	}
	_, err = read(p[1])
	faulttest.Want(t, err, "PAY-011")
}

func TestQueriesDoNotGrowWithPayees(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	count := func(n int, key string) (queries int) {
		for _, p := range w.Payees(n) {
			w.Deliver(p, 100)
		}
		w.Do(func(ctx context.Context, tx *postgres.Tx) error {
			_, err := settlement.Calculate(ctx, tx, w.Preparer, settlement.CalculateInput{Organiser: w.Org.ID, Key: key})
			queries = tx.QueryCount()
			return err
		})
		return queries
	}
	if few, many := count(2, "2026-11"), count(150, "2026-11-21"); few != many {
		t.Errorf("%d queries for 2 payees, %d for 150", few, many)
	}
}

func has(err error, code string) bool { return fault.CodeOf(err) == code }
