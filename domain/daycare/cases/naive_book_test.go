package cases_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
)

// nDecision is a sent decision whose days are inclusive counts from naiveDay; to −1 is open.
type nDecision struct {
	id, child, unit string
	from, to        int
	value, own      int64
	annulled        bool
}

const openDay = 100000

func (d nDecision) end() int {
	if d.to == -1 {
		return openDay
	}
	return d.to
}

type nRow struct {
	Type  string `json:"type"`
	Child string `json:"child"`
	Unit  string `json:"unit"`
	From  string `json:"from"`
	To    string `json:"to"`
	Value int64  `json:"voucher_value_cents"`
	Own   int64  `json:"final_own_share_cents"`
	Cents int64  `json:"amount_cents"`
}

func (r nRow) same(o nRow) bool {
	return r.Child == o.Child && r.Unit == o.Unit && r.From == o.From && r.To == o.To && r.Cents == o.Cents
}

// open tells by the list of the page whether daycare is open on a day; the holidays of 2022 are written out.
func open(d calendar.Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	return !slices.Contains([]string{"2022-01-06", "2022-04-15", "2022-04-18", "2022-05-26", "2022-06-24", "2022-12-06", "2022-12-26"}, d.String())
}

func nMonthDays(m int) (first, last int) {
	return int(calendar.Day(2022, time.Month(m), 1) - naiveDay), int(calendar.Day(2022, time.Month(m+1), 1)-naiveDay) - 1
}

func openDays(from, to int) int64 {
	n := int64(0)
	for d := from; d <= to; d++ {
		if open(naiveDay + calendar.Date(d)) {
			n++
		}
	}
	return n
}

func nDue(decisions []*nDecision, m int) (rows []nRow) {
	first, last := nMonthDays(m)
	for _, d := range decisions {
		from, to := max(first, d.from), min(last, d.end())
		if d.annulled || from > to {
			continue
		}
		amount := rC(times(whole(d.value-d.own), big.NewRat(openDays(from, to), openDays(first, last))))
		rows = append(rows, nRow{"", d.child, d.unit, iso(from), iso(to), d.value, d.own, amount})
	}
	return rows
}

// nBook is the page's settlement statement: months 1–12 of 2022.
type nBook struct {
	decisions []*nDecision
	closed    map[int][]nRow
	order     []int // of closing
}

func (b *nBook) standing(m int) []nRow {
	var rows []nRow
	for _, closed := range b.order {
		for _, r := range b.closed[closed] {
			if r.From[:7] != fmt.Sprintf("2022-%02d", m) {
				continue
			}
			if r.Type != "REFUND" {
				rows = append(rows, r)
				continue
			}
			taken := r
			taken.Cents = -r.Cents
			i := slices.IndexFunc(rows, func(x nRow) bool { return x.same(taken) && x.Value == r.Value && x.Own == r.Own })
			rows = slices.Delete(rows, i, i+1)
		}
	}
	return rows
}

func (b *nBook) statement(m int) []nRow {
	if rows, ok := b.closed[m]; ok {
		return rows
	}
	rows := []nRow{}
	for _, r := range nDue(b.decisions, m) {
		r.Type = "ORIGINAL"
		rows = append(rows, r)
	}
	_, before := b.closed[m-1]
	if len(b.closed) == 0 || before {
		for q := 1; q < m; q++ {
			due := nDue(b.decisions, q)
			for _, s := range b.standing(q) {
				if i := slices.IndexFunc(due, s.same); i >= 0 {
					due = slices.Delete(due, i, i+1)
					continue
				}
				s.Type, s.Cents = "REFUND", -s.Cents
				rows = append(rows, s)
			}
			for _, d := range due {
				d.Type = "CORRECTION"
				rows = append(rows, d)
			}
		}
	}
	order := map[string]int{"REFUND": 1, "CORRECTION": 2, "ORIGINAL": 3}
	slices.SortStableFunc(rows, func(x, y nRow) int {
		return cmp.Or(cmp.Compare(x.Child, y.Child), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To), cmp.Compare(order[x.Type], order[y.Type]), cmp.Compare(x.Unit, y.Unit))
	})
	return rows
}

func (b *nBook) send(d nDecision) {
	for _, old := range b.decisions {
		if old.child != d.child || old.annulled || old.from > old.end() || old.from > d.end() || d.from > old.end() {
			continue
		}
		if d.from <= old.from {
			old.annulled = true
		} else {
			old.to = d.from - 1
		}
	}
	b.decisions = append(b.decisions, &d)
}

func month(m int) string { return fmt.Sprintf("2022-%02d", m) }

// history draws changes and closes, keeps the page's book beside, and gives the events as a case has them.
func history(t *rapid.T, book *nBook, inOrder bool) []map[string]any {
	var events []map[string]any
	next := 1
	for i := range rapid.IntRange(1, 14).Draw(t, "events") {
		switch rapid.SampledFrom([]string{"send", "send", "send", "close", "close", "end", "annul"}).Draw(t, "event") {
		case "send":
			d := nDecision{id: fmt.Sprint("D", i), child: rapid.SampledFrom([]string{"C1", "C2"}).Draw(t, "child"), unit: rapid.SampledFrom([]string{"U1", "U2"}).Draw(t, "unit"),
				from: rapid.IntRange(0, 200).Draw(t, "from"), to: -1, value: rapid.SampledFrom([]int64{87000, 86000, 148333}).Draw(t, "value"), own: rapid.SampledFrom([]int64{0, 10000, 28800, 90000}).Draw(t, "own")}
			if rapid.Bool().Draw(t, "ends") {
				d.to = d.from + rapid.IntRange(0, 100).Draw(t, "days")
			}
			book.send(d)
			events = append(events, map[string]any{"event": "send", "decision": map[string]any{"id": d.id, "child": d.child, "unit": d.unit,
				"from": iso(d.from), "to": until(d.to), "voucher_value_cents": d.value, "final_own_share_cents": d.own}})
		case "close":
			m := next
			if !inOrder {
				m = rapid.IntRange(1, 8).Draw(t, "month")
			} else if next > 11 {
				continue
			}
			next++
			if _, done := book.closed[m]; !done {
				book.closed[m] = book.statement(m)
				book.order = append(book.order, m)
			}
			events = append(events, map[string]any{"event": "close_month", "month": month(m)})
		default:
			if len(book.decisions) == 0 {
				continue
			}
			d := rapid.SampledFrom(book.decisions).Draw(t, "decision")
			if rapid.Bool().Draw(t, "annul") {
				d.annulled = true
				events = append(events, map[string]any{"event": "annul", "decision": d.id})
				continue
			}
			to := d.from + rapid.IntRange(-2, 150).Draw(t, "new end")
			// An end that reaches into another decision of the child would be paid twice; the product refuses to close then.
			if inOrder && slices.ContainsFunc(book.decisions, func(o *nDecision) bool {
				return o != d && o.child == d.child && !o.annulled && o.from <= to && d.from <= o.end() && o.from <= o.end()
			}) {
				continue
			}
			if to = max(to, 0); to == d.to {
				continue
			}
			d.to = to
			events = append(events, map[string]any{"event": "set_end", "decision": d.id, "to": iso(to)})
		}
	}
	return events
}

func TestStatementsAgreeWithThePage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		book := &nBook{closed: map[int][]nRow{}}
		events := history(t, book, rapid.Bool().Draw(t, "in order"))
		var asked, want []map[string]any
		for m := 1; m <= 9; m++ {
			rows := book.statement(m)
			q := map[string]any{"month": month(m), "unit": nil, "only_months": nil}
			if rapid.Bool().Draw(t, "one unit") {
				q["unit"] = "U1"
				rows = slices.DeleteFunc(slices.Clone(rows), func(r nRow) bool { return r.Unit != "U1" })
			}
			if rapid.Bool().Draw(t, "some months") {
				only := []string{month(m), month(max(1, m-2))}
				q["only_months"] = only
				rows = slices.DeleteFunc(slices.Clone(rows), func(r nRow) bool { return !slices.Contains(only, r.From[:7]) })
			}
			total := int64(0)
			for _, r := range rows {
				total += r.Cents
			}
			asked = append(asked, q)
			want = append(want, map[string]any{"rows": append([]nRow{}, rows...), "total_cents": total})
		}
		agree(t, "settlement_statement", map[string]any{"events": events, "statements": asked}, map[string]any{}, map[string]any{"statements": want})
	})
}

func TestCancelledRowsAgreeWithThePage(t *testing.T) {
	t.Parallel()
	type row struct {
		Child string `json:"child"`
		Unit  string `json:"unit"`
		From  string `json:"from"`
		To    string `json:"to"`
		Type  string `json:"type"`
		Cents int64  `json:"amount_cents"`
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := make([]row, rapid.IntRange(0, 9).Draw(t, "n"))
		for i := range rows {
			from := rapid.IntRange(0, 1).Draw(t, "from")
			rows[i] = row{rapid.SampledFrom([]string{"C1", "C2"}).Draw(t, "child"), rapid.SampledFrom([]string{"U1", "U2"}).Draw(t, "unit"), iso(from), iso(from + 10),
				rapid.SampledFrom([]string{"REFUND", "CORRECTION", "ORIGINAL"}).Draw(t, "type"), rapid.SampledFrom([]int64{-500, 500, 300, -300, 0}).Draw(t, "amount")}
		}
		gone := map[int]bool{}
		var order []int
		for _, kind := range []string{"REFUND", "CORRECTION"} {
			for i, r := range rows {
				if r.Type == kind {
					order = append(order, i)
				}
			}
		}
		for n, i := range order {
			for _, j := range order[n+1:] {
				a, b := rows[i], rows[j]
				if !gone[i] && !gone[j] && a.Child == b.Child && a.Unit == b.Unit && a.From == b.From && a.To == b.To && a.Cents == -b.Cents {
					gone[i], gone[j] = true, true
				}
			}
		}
		left := []row{}
		for i, r := range rows {
			if !gone[i] {
				left = append(left, r)
			}
		}
		agree(t, "cancel_rows", map[string]any{"rows": rows}, map[string]any{}, map[string]any{"rows": left})
	})
}
