package daycare_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/daycare"
)

var january = calendar.MonthOf(calendar.Day(2024, time.January, 1))

// change draws one change of the decisions that keeps them apart, as the database's guard does.
func change(t *rapid.T, book *daycare.Book, n int) {
	first := january.Period().From
	effective := book.Effective()
	if len(effective) > 0 && rapid.IntRange(0, 3).Draw(t, "change an old one") == 0 {
		d := rapid.SampledFrom(effective).Draw(t, "decision")
		if rapid.Bool().Draw(t, "annul") {
			must(t, book.Annul(d.ID))
			return
		}
		to := d.From + calendar.Date(rapid.IntRange(0, 300).Draw(t, "new length"))
		for _, o := range effective {
			if o.ID != d.ID && o.Child == d.Child && o.From >= d.From {
				to = min(to, o.From)
			}
		}
		must(t, book.SetEnd(d.ID, to))
		return
	}
	from := first + calendar.Date(rapid.IntRange(0, 330).Draw(t, "from"))
	d := daycare.SentDecision{ID: fmt.Sprint("D", n), Child: rapid.SampledFrom([]string{"C1", "C2", "C3"}).Draw(t, "child"), Unit: rapid.SampledFrom([]string{"U1", "U2"}).Draw(t, "unit"),
		Period: calendar.Period{From: from, To: calendar.Forever}, Payable: money.Cents(rapid.Int64Range(0, 200000).Draw(t, "payable"))}
	if rapid.Bool().Draw(t, "ends") {
		d.To = from + calendar.Date(rapid.IntRange(1, 200).Draw(t, "length"))
	}
	book.Send(d)
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever is changed and closed in whatever order: what was paid for a month in all is what the decisions say in the end,
// no day of a child is paid twice, and each refund takes one standing entry back.
func TestWhatWasPaidIsInTheEndWhatIsDue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var book daycare.Book
		next := january
		for n := range rapid.IntRange(1, 25).Draw(t, "steps") {
			if next < january+12 && rapid.IntRange(0, 2).Draw(t, "close") == 0 {
				book.Close(next)
				next++
				continue
			}
			change(t, &book, n)
		}
		if double := book.Overlapping(); len(double) > 0 {
			t.Fatalf("the changes let decisions of %v overlap", double)
		}
		book.Close(next) // takes everything that changed after the last close
		posted := map[int]daycare.StatementRow{}
		paid := map[string]money.Cents{}
		for m := january; m <= next; m++ {
			for _, r := range book.Statement(m) {
				posted[r.Entry] = r
				paid[r.Child+" "+r.Unit+" "+r.Month().String()] += r.Amount
			}
		}
		standing := takeBack(t, posted)
		due := map[string]money.Cents{}
		for m := january; m <= next; m++ {
			for _, d := range book.Effective() {
				days := d.Meet(m.Period())
				if days.Empty() {
					continue
				}
				due[d.Child+" "+d.Unit+" "+m.String()] += daycare.MonthShare(d.Payable, daycare.OperationalDays(days), daycare.OperationalDays(m.Period()))
			}
		}
		for key := range paid {
			if paid[key] != due[key] {
				t.Fatalf("%s: paid %d, due %d", key, paid[key], due[key])
			}
		}
		for key := range due {
			if _, ok := paid[key]; !ok && due[key] != 0 {
				t.Fatalf("%s: %d was never paid", key, due[key])
			}
		}
		for i, a := range standing {
			for _, b := range standing[i+1:] {
				if a.Child == b.Child && a.Overlaps(b.Period) {
					t.Fatalf("days paid twice: %+v and %+v", a, b)
				}
			}
		}
	})
}

// takeBack checks each refund and gives the entries that stand.
func takeBack(t *rapid.T, posted map[int]daycare.StatementRow) []daycare.StatementRow {
	taken := map[int]bool{}
	for _, r := range posted {
		if r.Type != daycare.Refund {
			continue
		}
		of, ok := posted[r.Refunds]
		if !ok || taken[r.Refunds] || of.Type == daycare.Refund || of.Amount != -r.Amount || of.Child != r.Child || of.Unit != r.Unit || of.Period != r.Period {
			t.Fatalf("refund %+v takes back %+v", r, of)
		}
		taken[r.Refunds] = true
	}
	var standing []daycare.StatementRow
	for _, r := range posted {
		if r.Type != daycare.Refund && !taken[r.Entry] {
			standing = append(standing, r)
		}
	}
	return standing
}

func TestOverlapMadeByALaterEndIsTold(t *testing.T) {
	t.Parallel()
	var book daycare.Book
	first := january.Period().From
	book.Send(daycare.SentDecision{ID: "D1", Child: "C1", Period: calendar.Period{From: first, To: first + 40}})
	book.Send(daycare.SentDecision{ID: "D2", Child: "C1", Period: calendar.Period{From: first + 40, To: calendar.Forever}})
	if got := book.Overlapping(); got != nil {
		t.Errorf("overlapping: %v", got)
	}
	if err := book.SetEnd("D1", first+41); err != nil {
		t.Fatal(err)
	}
	if got := book.Overlapping(); !slices.Equal(got, []string{"C1"}) {
		t.Errorf("overlapping: %v", got)
	}
	faulttest.Want(t, book.Annul("D9"), "DAY-030")
	faulttest.Want(t, book.SetEnd("D9", first), "DAY-030")
}

// large is a municipality of n children with a correction for each tenth of them.
func large(n int) *daycare.Book {
	var book daycare.Book
	first := january.Period().From
	for i := range n {
		book.Send(daycare.SentDecision{ID: fmt.Sprint("D", i), Child: fmt.Sprint("C", i), Unit: fmt.Sprint("U", i%100),
			Period: calendar.Period{From: first + calendar.Date(i%60), To: calendar.Forever}, Payable: money.Cents(90000 + i)})
	}
	for m := january; m < january+12; m++ {
		book.Close(m)
	}
	for i := 0; i < n; i += 10 {
		book.Send(daycare.SentDecision{ID: fmt.Sprint("E", i), Child: fmt.Sprint("C", i), Unit: fmt.Sprint("U", i%100),
			Period: calendar.Period{From: first + 15, To: calendar.Forever}, Payable: money.Cents(80000 + i)})
	}
	return &book
}

// A month's statement of 10,000 children compares the twelve closed months before it.
func BenchmarkStatementOf10000Children(b *testing.B) {
	book := large(10_000)
	for b.Loop() {
		if rows := book.Statement(january + 12); len(rows) < 10_000 {
			b.Fatal(len(rows))
		}
	}
}
