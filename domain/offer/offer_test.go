package offer_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/offer"
	"seteli/domain/offer/offertest"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

func indexOf(t testing.TB, store *postgres.DB) (*offer.Board, *offer.Index) {
	t.Helper()
	b := offer.NewBoard(store)
	x, err := b.Index(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b, x
}

func count(t testing.TB, owner *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	if err := owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// sizes compares the number of hits with what SQL counts on the same data, filter by filter.
func sizes(t testing.TB, x *offer.Index, owner *pgxpool.Pool, organiser int32, service int64) {
	t.Helper()
	const from = `select count(*) from approval a join unit u on u.unit_id = a.unit_id join provider p on p.provider_id = u.provider_id
		where a.organiser_id = $1 and a.service_id = $2 and a.valid_from <= date '2026-11-21' and a.valid_to > date '2026-11-21'`
	for _, c := range []struct {
		name, where string
		query       offer.Query
	}{
		{"all", "", offer.Query{}},
		{"language", ` and 'sv' = any(u.languages)`, offer.Query{Languages: []string{"sv"}}},
		{"area", ` and ('008' = any(u.areas) or u.municipality = '008')`, offer.Query{Area: "008"}},
		{"text", ` and p.name ilike '%hoiva%'`, offer.Query{Text: "HOIVA"}},
		{"folded text", ` and p.name ilike '%äiti%'`, offer.Query{Text: "aiti"}},
		{"two words", ` and p.name || u.description_fi ilike '%pohjolan%' and p.name || u.description_fi ilike '%asioin%'`, offer.Query{Text: "Pohjolan asioin"}},
		{"all filters", ` and 'sv' = any(u.languages) and p.name ilike '%apu%'`, offer.Query{Text: "apu pohjolan", Languages: []string{"sv", "en"}}},
		{"nothing", ` and false`, offer.Query{Text: "olematon"}},
	} {
		q := c.query
		q.Organiser, q.Service = organiser, service
		for _, q.ByOwn = range []bool{false, true} {
			a, ok := x.Search(q)
			if want := count(t, owner, from+c.where, organiser, service); !ok || a.Total != want {
				t.Errorf("%s, by own %v: %d hits, SQL counts %d", c.name, q.ByOwn, a.Total, want)
			}
		}
	}
}

func TestSearchFindsWhatSQLFinds(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t)
	offertest.Nation(t, store, 3, 900)
	_, x := indexOf(t, store)
	owner := postgrestest.Owner(t, store)
	if count(t, owner, `select count(*) from approval where valid_to > date '2026-11-21'`) == count(t, owner, `select count(*) from approval`) {
		t.Fatal("no approval has ended: the world tests nothing")
	}
	sizes(t, x, owner, 2, 21)
}

func TestOwnShareIsThePriceAboveTheValue(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t)
	offertest.Nation(t, store, 1, 120)
	_, x := indexOf(t, store)
	typed := money.Cents(4000)
	for _, value := range []*money.Cents{nil, &typed} {
		a, _ := x.Search(offer.Query{Organiser: 1, Service: 11, Value: value, Month: money.Units(20), ByOwn: true, Limit: 500})
		want := money.Cents(3400)
		if value != nil {
			want = typed
		}
		if !a.Valued || a.Value != want || len(a.Hits) != a.Total {
			t.Fatalf("value %d of %d hits %d", a.Value, a.Total, len(a.Hits))
		}
		for i, h := range a.Hits {
			if h.Own != max(0, h.Price-want) || h.Month.Own != 20*h.Own || h.Month.Own+h.Month.Organiser != h.Month.Total {
				t.Errorf("unit %d: price %d, value %d, own %d, month %+v", h.Place.Unit, h.Price, want, h.Own, h.Month)
			}
			if i > 0 && h.Own < a.Hits[i-1].Own {
				t.Errorf("unit %d stands after a dearer one", h.Place.Unit)
			}
		}
	}
}

// Units that cost the client nothing are equal: among them the order is the day's, not the price's.
func TestCoveredUnitsKeepTheNeutralOrder(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t)
	offertest.Nation(t, store, 1, 120)
	_, x := indexOf(t, store)
	all := money.Cents(100_000)
	neutral, _ := x.Search(offer.Query{Organiser: 1, Service: 12, Limit: 500})
	own, _ := x.Search(offer.Query{Organiser: 1, Service: 12, Value: &all, ByOwn: true, Limit: 500})
	if !slices.Equal(units(neutral), units(own)) {
		t.Error("a value that covers every price changes the order")
	}
}

func units(a offer.Answer) []int64 {
	list := make([]int64, len(a.Hits))
	for i, h := range a.Hits {
		list[i] = h.Place.Unit
	}
	return list
}

func TestOrderIsTheSameOnOneDayAndAnotherOnTheNext(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(postgrestest.Today)
	store := postgrestest.New(t, postgrestest.Clock(clock))
	offertest.Nation(t, store, 1, 60)
	b, x := indexOf(t, store)
	q := offer.Query{Organiser: 1, Service: 11, Limit: 100}
	first, _ := x.Search(q)
	if err := b.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	x, _ = b.Index(t.Context())
	again, _ := x.Search(q)
	if !slices.Equal(units(first), units(again)) {
		t.Error("the order changed within the day")
	}
	clock.Set(clock.Now().Add(24 * time.Hour))
	x, err := b.Index(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next, _ := x.Search(q)
	if x.Day != postgrestest.Today+1 || slices.Equal(units(first), units(next)) {
		t.Errorf("on %s the order is that of %s", x.Day, postgrestest.Today)
	}
	if a, b := slices.Sorted(slices.Values(units(first))), slices.Sorted(slices.Values(units(next))); !slices.Equal(a, b) {
		t.Error("not the same units on the two days")
	}
}

func TestPagesHoldEachUnitOnce(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t)
	offertest.Nation(t, store, 1, 137)
	_, x := indexOf(t, store)
	for _, byOwn := range []bool{false, true} {
		seen := map[int64]bool{}
		var total int
		for offset := 0; ; offset += 20 {
			a, _ := x.Search(offer.Query{Organiser: 1, Service: 13, ByOwn: byOwn, Offset: offset, Limit: 20})
			total = a.Total
			if len(a.Hits) == 0 {
				break
			}
			for _, u := range units(a) {
				if seen[u] {
					t.Errorf("unit %d stands on two pages", u)
				}
				seen[u] = true
			}
		}
		if len(seen) != total || total < 100 {
			t.Errorf("%d units on the pages, %d counted", len(seen), total)
		}
	}
}

func TestChangesReachTheIndex(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t)
	offertest.Nation(t, store, 1, 30)
	b, x := indexOf(t, store)
	if again, err := b.Refresh(t.Context()); again || err != nil {
		t.Fatalf("rebuilt without a change: %v %v", again, err)
	}
	owner := postgrestest.Owner(t, store)
	before, _ := x.Search(offer.Query{Organiser: 1, Service: 11})
	for _, change := range []string{
		`insert into approval_suspension (organiser_id, approval_id, provider_id, suspended_from, reason, notified_at, set_by) select 1, approval_id, provider_id, '2026-11-01', 'x', now(), 'x' from approval where unit_id = 7 and service_id = 11`,
		`update unit set active = false, row_version = row_version + 1 where unit_id = 8`,
		`update approval set valid_to = '2026-11-20', row_version = row_version + 1 where unit_id = 9 and service_id = 11`,
		`update provider set ended_on = '2026-11-20', row_version = row_version + 1 where provider_id = 10`,
	} {
		if _, err := owner.Exec(context.Background(), change); err != nil {
			t.Fatal(err)
		}
		if again, err := b.Refresh(t.Context()); !again || err != nil {
			t.Fatalf("%s: rebuilt %v, error %v", change, again, err)
		}
	}
	x, _ = b.Index(t.Context())
	after, _ := x.Search(offer.Query{Organiser: 1, Service: 11, Limit: 100})
	if after.Total != before.Total-4 {
		t.Errorf("%d units before, %d after four were taken out", before.Total, after.Total)
	}
	for _, gone := range []int64{7, 8, 9, 10} {
		if slices.Contains(units(after), gone) {
			t.Errorf("unit %d is still offered", gone)
		}
	}
}

func TestSideBySideTakesFourInTheOrderNamed(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t)
	offertest.Nation(t, store, 1, 30)
	_, x := indexOf(t, store)
	a, ok := x.Side(offer.Query{Organiser: 1, Service: 11}, []int64{5, 5, 99999, 3, 12, 7, 8})
	if !ok || !slices.Equal(units(a), []int64{5, 3, 12, 7}) {
		t.Errorf("side by side %v", units(a))
	}
	if _, ok := x.Side(offer.Query{Organiser: 1, Service: 999}, []int64{5}); ok {
		t.Error("a service that does not exist was compared")
	}
}

func FuzzFind(f *testing.F) {
	store := postgrestest.New(f)
	offertest.Nation(f, store, 1, 20)
	_, x := indexOf(f, store)
	for _, s := range []string{"hoiva", "Äiti", "\n", "ﬁ", "a b c d e f g h i j", "\xff\xfe", "oy\n7"} {
		f.Add(s)
	}
	all, _ := x.Search(offer.Query{Organiser: 1, Service: 11})
	f.Fuzz(func(t *testing.T, text string) {
		if a, ok := x.Search(offer.Query{Organiser: 1, Service: 11, Text: text}); !ok || a.Total > all.Total {
			t.Errorf("%q finds %d of %d", text, a.Total, all.Total)
		}
	})
}

// BenchmarkSearch is the nation: 30,000 units and 120,000 offers, searched with own share, in turn with every filter.
// The worst market is one organiser that has them all.
func BenchmarkSearch(b *testing.B) {
	for _, organisers := range []int{23, 1} {
		b.Run(fmt.Sprintf("organisers=%d", organisers), func(b *testing.B) {
			store := postgrestest.New(b)
			offertest.Nation(b, store, organisers, 30_000)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, x := indexOf(b, store)
			took := time.Since(began)
			runtime.GC()
			runtime.ReadMemStats(&after)
			sizes(b, x, postgrestest.Owner(b, store), 1, 11)
			value := money.Cents(3600)
			queries := []offer.Query{
				{}, {ByOwn: true, Value: &value, Month: money.Units(20)}, {Text: "hoiva", ByOwn: true, Value: &value},
				{Languages: []string{"sv"}, Area: "008", ByOwn: true}, {Text: "kotihoiva 12", Languages: []string{"fi"}}, {Text: "ap", ByOwn: true}, {Offset: 600},
			}
			var times []time.Duration
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				q := queries[i%len(queries)]
				q.Organiser, q.Service = 1, 11
				start := time.Now()
				x.Search(q)
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(took.Seconds(), "build-s")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "index-MB")
		})
	}
}
