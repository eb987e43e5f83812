package ledger_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

const day1, day2 = calendar.Date(20_000), calendar.Date(20_001)

// alone gives a database in which ledger stands by itself: the organisers, payees and lines that its numbers mean belong to other
// packages and need not be there.
func alone(t testing.TB) *postgres.DB {
	t.Helper()
	db := postgrestest.New(t)
	_, err := postgrestest.Owner(t, db).Exec(t.Context(), `
		alter table balance drop constraint balance_line;
		alter table period drop constraint period_organiser, drop constraint period_provider`)
	must(t, err)
	return db
}

// within runs fn in the organiser's scope.
func within(ctx context.Context, db *postgres.DB, organiser int32, fn func(*postgres.Tx) error) error {
	return db.Tenant(ctx, access.Within{Organiser: organiser}, fn)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// movement is one thing that a transaction does to a line: it sets a right, or takes from one day and the whole at once.
type movement struct {
	Grant bool
	Key   ledger.Key // of a use: the day's
	Q     money.Quantity
	C     money.Cents
}

// do is what a use case does with the ledger: lock, change, write, post the uses.
func do(ctx context.Context, tx *postgres.Tx, organiser int32, list []movement) error {
	var keys []ledger.Key
	for _, m := range list {
		keys = append(keys, m.Key, ledger.Key{Line: m.Key.Line, Bucket: ledger.Whole})
	}
	book, err := ledger.Lock(ctx, tx, organiser, keys)
	if err != nil {
		return err
	}
	var uses []ledger.Posting
	for i, m := range list {
		if m.Grant {
			book.Grant(m.Key, m.Q, m.C)
			continue
		}
		for _, k := range slices.Compact([]ledger.Key{m.Key, {Line: m.Key.Line, Bucket: ledger.Whole}}) {
			if err := book.Use(k, m.Q, m.C); err != nil {
				return err
			}
		}
		p := ledger.Posting{Debit: ledger.Used, DebitRef: m.Key.Line, Credit: ledger.Right, CreditRef: m.Key.Line, Amount: m.C, Quantity: m.Q,
			Bucket: m.Key.Bucket, ServiceDate: m.Key.Bucket, Source: ledger.FromEvent, SourceID: int64(i)}
		if m.Q < 0 || m.C < 0 {
			p.Amount, p.Quantity = -m.C, -m.Q
			p = p.Reversed(ledger.FromCorrection, int64(i), 1)
		}
		uses = append(uses, p)
	}
	if err := book.Write(ctx, tx); err != nil {
		return err
	}
	return ledger.Post(ctx, tx, organiser, uses)
}

// model is the naive ledger: a map, and the rule that nothing is used that was not granted.
type model map[ledger.Key]ledger.Balance

func (m model) after(list []movement) (model, bool) {
	next := maps.Clone(m)
	for _, v := range list {
		whole := ledger.Key{Line: v.Key.Line, Bucket: ledger.Whole}
		for _, k := range []ledger.Key{v.Key, whole} { // both are opened
			if _, open := next[k]; !open {
				next[k] = ledger.Balance{}
			}
		}
		if v.Grant {
			b := next[v.Key]
			b.Limit, b.LimitCents = v.Q, v.C
			next[v.Key] = b
			continue
		}
		for _, k := range slices.Compact([]ledger.Key{v.Key, whole}) {
			b := next[k]
			b.Used, b.UsedCents = b.Used+v.Q, b.UsedCents+v.C
			if next[k] = b; !sound(b) {
				return m, false
			}
		}
	}
	for _, b := range next { // a right may be narrowed for a moment, not beyond the transaction
		if !sound(b) {
			return m, false
		}
	}
	return next, true
}

func sound(b ledger.Balance) bool {
	return b.Used >= 0 && b.Used <= b.Limit && b.UsedCents >= 0 && b.UsedCents <= b.LimitCents
}

// Transactions of any grants, uses and returns leave what a map would hold, or nothing; and the postings tell the same.
func TestBalancesFollowTheNaiveModel(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	movements := rapid.Custom(func(t *rapid.T) movement {
		m := movement{Grant: rapid.Bool().Draw(t, "grant"), Key: ledger.Key{Line: int64(rapid.IntRange(1, 2).Draw(t, "line")),
			Bucket: rapid.SampledFrom([]calendar.Date{ledger.Whole, day1, day2}).Draw(t, "bucket")}}
		if m.Grant {
			m.Q, m.C = money.Quantity(rapid.IntRange(0, 9).Draw(t, "limit")), money.Cents(rapid.IntRange(0, 9).Draw(t, "limit cents"))
		} else {
			sign := rapid.SampledFrom([]int{1, 1, 1, -1}).Draw(t, "sign")
			m.Q, m.C = money.Quantity(sign*rapid.IntRange(0, 4).Draw(t, "quantity")), money.Cents(sign*rapid.IntRange(0, 4).Draw(t, "cents"))
		}
		return m
	})
	var organisers int32
	accepted, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		organisers++
		organiser, held := organisers, model{}
		for _, list := range rapid.SliceOfN(rapid.SliceOfN(movements, 1, 5), 1, 8).Draw(rt, "transactions") {
			next, ok := held.after(list)
			err := within(ctx, db, organiser, func(tx *postgres.Tx) error { return do(ctx, tx, organiser, list) })
			if ok != (err == nil) {
				rt.Fatalf("%+v on %+v: %v, the model says %v", list, held, err, ok)
			}
			if held = next; ok {
				accepted++
			} else {
				refused++
			}
		}
		if err := within(ctx, db, organiser, func(tx *postgres.Tx) error {
			got, err := ledger.Read(ctx, tx, organiser, []int64{1, 2})
			if diff := cmp.Diff(map[ledger.Key]ledger.Balance(held), got); err == nil && diff != "" {
				return fmt.Errorf("balances (-model +stored): %s", diff)
			}
			if err != nil {
				return err
			}
			found, err := ledger.Verify(ctx, tx, organiser)
			if err == nil && len(found) > 0 {
				return fmt.Errorf("verify: %v", found)
			}
			return err
		}); err != nil {
			rt.Fatal(err)
		}
	})
	if accepted < 30 || refused < 30 {
		t.Errorf("%d transactions were accepted and %d refused: the test looks at one side only", accepted, refused)
	}
}

// Two books of the same balances in opposite order wait for each other in turn, never in a ring, and take exactly the right.
func TestTwoBooksAtOnceTakeExactlyTheRight(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	a, b := ledger.Key{Line: 1, Bucket: day1}, ledger.Key{Line: 2, Bucket: day1}
	grant := func(k ledger.Key) movement { return movement{Grant: true, Key: k, Q: 20, C: 20} }
	must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
		return do(ctx, tx, 1, []movement{grant(a), grant(b), grant(ledger.Key{Line: 1}), grant(ledger.Key{Line: 2})})
	}))
	var taken, refused atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		order := []movement{{Key: a, Q: 1, C: 1}, {Key: b, Q: 1, C: 1}}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		wg.Go(func() {
			for range 4 {
				runs := 0
				err := within(ctx, db, 1, func(tx *postgres.Tx) error { runs++; return do(ctx, tx, 1, order) })
				if err == nil {
					taken.Add(1)
				} else {
					faulttest.Want(t, err, "LED-001")
					refused.Add(1)
				}
				if runs != 1 {
					t.Errorf("run %d times: the books met in a ring", runs)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() != 20 || refused.Load() != 12 {
		t.Errorf("%d took and %d were refused, want 20 and 12", taken.Load(), refused.Load())
	}
	must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
		found, err := ledger.Verify(ctx, tx, 1)
		if len(found) > 0 {
			t.Errorf("verify: %v", found)
		}
		return err
	}))
}

// Two first books at once: neither knows the row yet, and still one waits for the other.
func TestFirstBooksOfABalanceWaitForEachOther(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := within(ctx, db, 1, func(tx *postgres.Tx) error {
				book, err := ledger.Lock(ctx, tx, 1, []ledger.Key{{Line: 9, Bucket: day1}})
				if err != nil {
					return err
				}
				now := book.Balance(ledger.Key{Line: 9, Bucket: day1})
				book.Grant(ledger.Key{Line: 9, Bucket: day1}, now.Limit+1, now.LimitCents+1)
				return book.Write(ctx, tx)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
		got, err := ledger.Read(ctx, tx, 1, []int64{9})
		if b := got[ledger.Key{Line: 9, Bucket: day1}]; b.Limit != 8 || b.LimitCents != 8 || b.Left() != 8 || b.LeftCents() != 8 {
			t.Errorf("balance %+v, want 8 granted", b)
		}
		return err
	}))
}

func TestUseOfWhatIsNotLockedIsADefect(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	err := within(ctx, db, 1, func(tx *postgres.Tx) error {
		book, err := ledger.Lock(ctx, tx, 1, []ledger.Key{{Line: 1, Bucket: day1}})
		if err != nil {
			return err
		}
		if !book.Holds(ledger.Key{Line: 1, Bucket: day1}) || book.Holds(ledger.Key{Line: 1, Bucket: day2}) {
			t.Error("the book does not know what it holds")
		}
		return book.Use(ledger.Key{Line: 1, Bucket: day2}, 0, 0)
	})
	faulttest.Want(t, err, "LED-001")
}

// A right that moves leaves a posting of each move; one that is set to what it is leaves none.
func TestGrantsPostTheDifference(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	k := ledger.Key{Line: 1, Bucket: day1}
	for _, limit := range []money.Quantity{10, 10, 4, 7} {
		must(t, within(ctx, db, 1, func(tx *postgres.Tx) error { return do(ctx, tx, 1, []movement{{Grant: true, Key: k, Q: limit}}) }))
	}
	var moves string
	must(t, postgrestest.Owner(t, db).QueryRow(ctx, `select string_agg(debit_kind || '<' || credit_kind || ' ' || quantity, ', ' order by posting_id) from posting`).Scan(&moves))
	if want := "3<1 10, 1<3 6, 3<1 3"; moves != want {
		t.Errorf("posted %s, want %s", moves, want)
	}
}

func TestStatementsDoNotGrowWithBalances(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	count := func(n int64) (queries int) {
		must(t, within(ctx, db, int32(n), func(tx *postgres.Tx) error {
			var list []movement
			for line := range n {
				list = append(list, movement{Grant: true, Key: ledger.Key{Line: line + 1, Bucket: day1}, Q: 3})
			}
			err := do(ctx, tx, int32(n), list)
			queries = tx.QueryCount()
			return err
		}))
		return queries
	}
	if few, many := count(1), count(500); few != many {
		t.Errorf("%d statements for one balance, %d for 500", few, many)
	}
}

// A line's use is the sum of its days; the whole-validity balance counts the same again and stands in only where it is alone.
func TestUsedOfCountsEachUseOnce(t *testing.T) {
	t.Parallel()
	db, ctx := alone(t), t.Context()
	grant := func(line int64, d calendar.Date) movement {
		return movement{Grant: true, Key: ledger.Key{Line: line, Bucket: d}, Q: 10, C: 10}
	}
	must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
		return do(ctx, tx, 1, []movement{grant(1, ledger.Whole), grant(1, day1), grant(1, day2), grant(2, ledger.Whole), grant(3, ledger.Whole),
			{Key: ledger.Key{Line: 1, Bucket: day2}, Q: 3, C: 1}, {Key: ledger.Key{Line: 1, Bucket: day1}, Q: 2, C: 1}, {Key: ledger.Key{Line: 2}, Q: 4}})
	}))
	must(t, within(ctx, db, 1, func(tx *postgres.Tx) error {
		got, err := ledger.UsedOf(ctx, tx, 1, []int64{1, 2, 3, 4})
		d2, d0 := day2, ledger.Whole
		want := map[int64]ledger.Use{1: {Quantity: 5, Cents: 2, LastDate: &d2}, 2: {Quantity: 4, LastDate: &d0}, 3: {}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("used (-want +got):\n%s", diff)
		}
		return err
	}))
}
