package ledger_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// deliver posts what an accepted delivery posts, under the shared lock of its payee's period.
func deliver(ctx context.Context, db *postgres.DB, payee int64, cents money.Cents, source int64) error {
	return within(ctx, db, 1, func(tx *postgres.Tx) error {
		open, err := ledger.SharePeriods(ctx, tx, 1, []int64{payee})
		if err != nil {
			return err
		}
		return ledger.Post(ctx, tx, 1, []ledger.Posting{delivery(payee, open[payee], cents, source)})
	})
}

func delivery(payee int64, period int32, cents money.Cents, source int64) ledger.Posting {
	return ledger.Posting{Provider: payee, Period: period, Debit: ledger.Expense, DebitRef: 1, Credit: ledger.Payable, CreditRef: payee,
		Amount: cents, Quantity: 3000, ServiceDate: day1, Bucket: day1, Source: ledger.FromEvent, SourceID: source}
}

func sums(t testing.TB, db *postgres.DB, periods []ledger.Sealed) (out []ledger.Sum) {
	t.Helper()
	must(t, within(t.Context(), db, 1, func(tx *postgres.Tx) (err error) {
		out, err = ledger.Sums(t.Context(), tx, 1, periods)
		return err
	}))
	return out
}

// While four recorders go on, periods are sealed again and again. What a seal summed up in its own transaction is what the
// period holds for ever, and no posting is lost between two periods.
func TestNothingEntersAPeriodAfterItsSeal(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	payees := []int64{1, 2, 3}
	var wg sync.WaitGroup
	const each = 40
	for n := range int64(4) {
		wg.Go(func() {
			for i := range int64(each) {
				if err := deliver(ctx, db, payees[(n+i)%3], money.Cents(100+i), n*each+i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var sealed []ledger.Sealed
	var then []ledger.Sum
	seal := func(only []int64) {
		must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
			s, err := ledger.Seal(ctx, tx, 1, only)
			if err != nil {
				return err
			}
			u, err := ledger.Sums(ctx, tx, 1, s)
			sealed, then = append(sealed, s...), append(then, u...)
			return err
		}))
	}
	for sealing := true; sealing; {
		select {
		case <-done:
			sealing = false
		case <-time.After(5 * time.Millisecond):
		}
		seal(nil)
		seal([]int64{2})
	}
	if len(sealed) < 6 {
		t.Fatalf("only %d periods were sealed", len(sealed))
	}
	var lines int64
	var gross money.Cents
	for _, s := range then {
		lines, gross = lines+s.Lines, gross+s.Gross
	}
	if want := money.Cents(4 * (each*100 + each*(each-1)/2)); lines != 4*each || gross != want {
		t.Errorf("the seals saw %d postings of %s, want %d of %s", lines, gross, 4*each, want)
	}
	now := map[string]bool{}
	for _, p := range sealed { // one by one: Sums adds several periods of one payee
		for _, s := range sums(t, db, []ledger.Sealed{p}) {
			now[fmt.Sprintf("%d %d %s %x", s.Provider, s.Lines, s.Gross, s.LinesHash)] = true
		}
	}
	for _, s := range then {
		if !now[fmt.Sprintf("%d %d %s %x", s.Provider, s.Lines, s.Gross, s.LinesHash)] {
			t.Errorf("payee %d: a sealed period does not hold %d lines of %s any more", s.Provider, s.Lines, s.Gross)
		}
	}
	must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
		open, err := ledger.SharePeriods(ctx, tx, 1, payees)
		for payee, n := range open {
			for _, p := range []struct {
				no   int32
				want bool
			}{{n, false}, {n - 1, true}} {
				if is, err := ledger.IsSealed(ctx, tx, 1, ledger.Sealed{Provider: payee, Period: p.no}); err != nil || is != p.want {
					t.Errorf("payee %d, period %d: sealed %v, %v", payee, p.no, is, err)
				}
			}
		}
		return err
	}))
}

func TestFirstPeriodOpensOnceForTwoRecorders(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	var wg sync.WaitGroup
	for i := range int64(8) {
		wg.Go(func() {
			if err := deliver(ctx, db, 7, 100, i); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := sums(t, db, []ledger.Sealed{{Provider: 7, Period: 1}}); len(got) != 1 || got[0].Lines != 8 || got[0].Gross != 800 {
		t.Errorf("first period %+v", got)
	}
}

// Sums count deliveries and corrections, not rights, settlements or other periods; the hash is over the postings as documented.
func TestSumsAndHashAreThoseOfThePostings(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	a := delivery(1, 1, 500, 11)
	moved := ledger.Posting{Provider: 1, Period: 1, Debit: ledger.Payable, DebitRef: 1, Credit: ledger.Settled, CreditRef: 1, Amount: 400, ServiceDate: day1, Source: ledger.FromSettlement, SourceID: 1}
	right := ledger.Posting{Debit: ledger.Grantor, DebitRef: 5, Credit: ledger.Right, CreditRef: 5, Quantity: 3000, Amount: 700, ServiceDate: day1, Source: ledger.FromGrant, SourceID: 5}
	must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
		return ledger.Post(ctx, tx, 1, []ledger.Posting{a, delivery(1, 1, 250, 12), delivery(1, 2, 9999, 13), delivery(2, 1, 1, 14), moved, right,
			a.Reversed(ledger.FromCorrection, 11, 1), delivery(1, 1, 30, 15).Reversed(ledger.FromRefund, 15, 2)})
	}))
	rows, err := postgrestest.Owner(t, db).Query(ctx, `
		select posting_id, debit_kind, credit_kind, amount_cents, source_kind, source_id, source_step from posting
		where provider_id = 1 and period_no = 1 and source_kind <> 5 order by posting_id`)
	must(t, err)
	var text []string
	for rows.Next() {
		v, err := rows.Values()
		must(t, err)
		text = append(text, strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", "|"), "[]"))
	}
	must(t, rows.Err())
	hash := sha256.Sum256([]byte(strings.Join(text, "\n")))
	got := sums(t, db, []ledger.Sealed{{Provider: 1, Period: 1}, {Provider: 3, Period: 1}})
	want := []ledger.Sum{{Provider: 1, Lines: 4, Gross: 750, Credit: 530, LinesHash: hash[:]}}
	if diff := cmp.Diff(want, got); diff != "" || len(text) != 4 {
		t.Errorf("sums over\n%s\n(-want +got):\n%s", strings.Join(text, "\n"), diff)
	}
	_, err = postgrestest.Owner(t, db).Exec(ctx, `update posting set amount_cents = amount_cents + 1 where posting_id = (select min(posting_id) from posting)`)
	must(t, err)
	if again := sums(t, db, []ledger.Sealed{{Provider: 1, Period: 1}}); bytes.Equal(again[0].LinesHash, hash[:]) {
		t.Error("a changed amount leaves the hash as it was")
	}
}

// A movement and its reversal leave every account where it was, and the reversal of a reversal is the movement.
func TestReversalUndoesEveryAccount(t *testing.T) {
	t.Parallel()
	kinds := []int16{ledger.Right, ledger.Used, ledger.Grantor, ledger.Expense, ledger.Payable, ledger.Settled, ledger.Carried, ledger.Bank}
	rapid.Check(t, func(t *rapid.T) {
		p := ledger.Posting{Provider: rapid.Int64Range(0, 9).Draw(t, "provider"), Period: rapid.Int32Range(0, 9).Draw(t, "period"),
			Debit: rapid.SampledFrom(kinds).Draw(t, "debit"), DebitRef: rapid.Int64Range(1, 3).Draw(t, "debit ref"),
			Credit: rapid.SampledFrom(kinds).Draw(t, "credit"), CreditRef: rapid.Int64Range(1, 3).Draw(t, "credit ref"),
			Amount: money.Cents(rapid.Int64Range(0, 1e6).Draw(t, "cents")), Quantity: money.Quantity(rapid.Int64Range(0, 1e6).Draw(t, "quantity")),
			Bucket: day1, ServiceDate: day2, Source: ledger.FromEvent, SourceID: 4, SourceStep: 1}
		type account struct {
			kind int16
			ref  int64
		}
		cents, parts := map[account]money.Cents{}, map[account]money.Quantity{}
		back := p.Reversed(ledger.FromCorrection, 4, 2)
		for _, m := range []ledger.Posting{p, back} {
			cents[account{m.Debit, m.DebitRef}] += m.Amount
			cents[account{m.Credit, m.CreditRef}] -= m.Amount
			parts[account{m.Debit, m.DebitRef}] += m.Quantity
			parts[account{m.Credit, m.CreditRef}] -= m.Quantity
		}
		for a := range cents {
			if cents[a] != 0 || parts[a] != 0 {
				t.Fatalf("%+v and its reversal leave %s and %d parts on %+v", p, cents[a], parts[a], a)
			}
		}
		if back.Amount < 0 || back.Quantity < 0 || back.Reversed(p.Source, p.SourceID, p.SourceStep) != p {
			t.Fatalf("%+v reversed is %+v", p, back)
		}
	})
}

// Verify is not blind: each kind of damage that only a superuser can do is named.
func TestVerifyNamesWhatDoesNotAgree(t *testing.T) {
	t.Parallel()
	for damage, c := range map[string]struct{ sql, want string }{
		"use":          {`update balance set used_quantity = used_quantity - 1 where bucket <> '1970-01-01'`, "balance of line 1, bucket 2024-10-04"},
		"right":        {`update balance set limit_cents = limit_cents + 1 where bucket = '1970-01-01'`, "balance of line 1, bucket 1970-01-01"},
		"posting gone": {`delete from posting where debit_kind = 2`, "balance of line 1"},
		"balance gone": {`delete from balance`, "use a right that has no balance"},
		"late posting": {`update posting set posted_at = posted_at + interval '1 second' where credit_kind = 11`, "1 postings came after the seal"},
	} {
		t.Run(damage, func(t *testing.T) {
			t.Parallel()
			db, ctx := alone(t), t.Context()
			must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
				return do(ctx, tx, 1, []movement{{Grant: true, Key: ledger.Key{Line: 1}, Q: 9, C: 9}, {Grant: true, Key: ledger.Key{Line: 1, Bucket: day1}, Q: 9, C: 9},
					{Key: ledger.Key{Line: 1, Bucket: day1}, Q: 3, C: 3}})
			}))
			must(t, deliver(ctx, db, 1, 100, 1))
			must(t, within(ctx, db, 1, func(tx *postgres.Tx) error { _, err := ledger.Seal(ctx, tx, 1, nil); return err }))
			verify := func() (found []string) {
				must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
					list, err := ledger.Verify(ctx, tx, 1)
					for _, d := range list {
						found = append(found, d.String())
					}
					return err
				}))
				return found
			}
			if before := verify(); len(before) > 0 {
				t.Fatalf("undamaged: %v", before)
			}
			_, err := postgrestest.Owner(t, db).Exec(ctx, c.sql)
			must(t, err)
			if after := verify(); !slices.ContainsFunc(after, func(s string) bool { return strings.Contains(s, c.want) }) {
				t.Errorf("found %q, want one with %q", after, c.want)
			}
		})
	}
}
