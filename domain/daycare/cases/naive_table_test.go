package cases_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type nPayment struct {
	ID     string `json:"id"`
	Unit   string `json:"unit"`
	Month  string `json:"month"`
	Cents  int64  `json:"amount_cents"`
	Status string `json:"status"`
	Number *int   `json:"number"`
}

type nSum struct {
	Unit  string `json:"unit"`
	Month string `json:"month,omitempty"`
	Cents int64  `json:"amount_cents"`
}

var (
	anyUnit  = rapid.SampledFrom([]string{"U1", "U2", "U3"})
	anyMonth = rapid.SampledFrom([]string{"2022-01", "2022-02", "2022-03"})
)

// nCreate makes the drafts as the page tells, unit by unit.
func nCreate(closed []string, totals []nSum, payments []nPayment, carried []nSum) map[string]any {
	if len(closed) == 0 {
		return map[string]any{"error": "no_closed_month"}
	}
	month := slices.Max(closed)
	left, out := []nPayment{}, []nSum{}
	for _, p := range payments {
		if p.Month != month || p.Status != "DRAFT" {
			left = append(left, p)
		}
	}
	for _, unit := range []string{"U1", "U2", "U3"} {
		if slices.ContainsFunc(left, func(p nPayment) bool { return p.Unit == unit && p.Month == month }) {
			continue
		}
		sum := int64(0)
		for _, s := range totals {
			if s.Unit == unit && s.Month == month {
				sum += s.Cents
			}
		}
		for _, s := range carried {
			if s.Unit == unit {
				sum += s.Cents
			}
		}
		if sum > 0 {
			left = append(left, nPayment{"", unit, month, sum, "DRAFT", nil})
		}
		if sum < 0 {
			out = append(out, nSum{unit, "", sum})
		}
	}
	last := map[string]string{"2022-01": "2022-01-31", "2022-02": "2022-02-28", "2022-03": "2022-03-31"}
	return map[string]any{"error": nil, "payments": left, "carried": out, "from": month + "-01", "to": last[month]}
}

// nMove confirms, reverts, sends or deletes.
func nMove(action string, payments []nPayment, selected, bank []string, next int) map[string]any {
	from := map[string]string{"confirm": "DRAFT", "revert": "CONFIRMED", "send": "CONFIRMED", "delete": "DRAFT"}[action]
	left, blocked := []nPayment{}, []string{}
	for _, p := range payments {
		if !slices.Contains(selected, p.ID) {
			left = append(left, p)
			continue
		}
		if p.Status != from {
			return map[string]any{"error": map[string]string{"DRAFT": "not_draft", "CONFIRMED": "not_confirmed"}[from]}
		}
		switch action {
		case "confirm":
			p.Status = "CONFIRMED"
		case "revert":
			p.Status = "DRAFT"
		case "delete":
			continue
		case "send":
			if !slices.Contains(bank, p.Unit) {
				blocked = append(blocked, p.Unit)
				break
			}
			number := next
			p.Status, p.Number = "SENT", &number
			next++
		}
		left = append(left, p)
	}
	want := map[string]any{"error": nil, "payments": left}
	if action == "send" {
		want["blocked"] = blocked
	}
	return want
}

func TestPaymentsAgreeWithThePage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		action := rapid.SampledFrom([]string{"create_drafts", "create_drafts", "confirm", "revert", "send", "delete"}).Draw(t, "action")
		closed := rapid.SliceOfNDistinct(anyMonth, 0, 3, rapid.ID[string]).Draw(t, "closed")
		var payments []nPayment
		taken := map[string]bool{}
		for i := range rapid.IntRange(0, 5).Draw(t, "payments") {
			p := nPayment{fmt.Sprint("P", i), anyUnit.Draw(t, "unit"), anyMonth.Draw(t, "month"), rapid.Int64Range(1, 900).Draw(t, "cents"),
				rapid.SampledFrom([]string{"DRAFT", "DRAFT", "CONFIRMED", "CONFIRMED", "SENT"}).Draw(t, "status"), nil}
			// One payment of a unit and month, and one month of a unit in a sending: more is not said.
			if key := p.Unit + p.Month; taken[key] || action == "send" && taken[p.Unit] {
				continue
			} else {
				taken[key], taken[p.Unit] = true, true
			}
			payments = append(payments, p)
		}
		var totals, carried []nSum
		for range rapid.IntRange(0, 5).Draw(t, "totals") {
			totals = append(totals, nSum{anyUnit.Draw(t, "unit"), anyMonth.Draw(t, "month"), rapid.Int64Range(-500, 900).Draw(t, "cents")})
		}
		for range rapid.IntRange(0, 2).Draw(t, "carried") {
			carried = append(carried, nSum{anyUnit.Draw(t, "unit"), "", rapid.Int64Range(-500, 0).Draw(t, "cents")})
		}
		var selected []string
		for _, p := range payments {
			if rapid.Bool().Draw(t, "selected") {
				selected = append(selected, p.ID)
			}
		}
		bank, next := rapid.SliceOfNDistinct(anyUnit, 0, 3, rapid.ID[string]).Draw(t, "bank"), rapid.IntRange(1, 99).Draw(t, "next")
		want := nCreate(closed, totals, payments, carried)
		if action != "create_drafts" {
			want = nMove(action, payments, selected, bank, next)
		}
		if list, ok := want["payments"].([]nPayment); ok {
			slices.SortStableFunc(list, func(a, b nPayment) int { return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Unit, b.Unit)) })
		}
		agree(t, "payment_batch", map[string]any{"action": action, "closed_months": closed, "unit_totals": totals, "payments": payments, "select": selected, "units_with_bank_details": bank},
			map[string]any{"next_number": next, "carried_in": carried}, want)
	})
}

type nValueRow struct {
	ID     string  `json:"id"`
	Option string  `json:"option"`
	From   string  `json:"from"`
	To     *string `json:"to"`
	Cents  int64   `json:"value_cents"`
}

// nEdit edits rows of counted days; the rows of an option are in order and without gaps.
func nEdit(rows []valueSpan, op string, id string, row valueSpan) (string, []valueSpan) {
	of := func(option string) (list []int) {
		for i, r := range rows {
			if r.option == option {
				list = append(list, i)
			}
		}
		return list
	}
	rows = slices.Clone(rows)
	if op == "insert" {
		if row.option != "x" && row.option != "y" {
			return "unknown_option", nil
		}
		if list := of(row.option); len(list) > 0 {
			latest := &rows[list[len(list)-1]]
			switch {
			case row.from <= latest.from:
				return "starts_before_latest", nil
			case latest.to != -1 && row.from > latest.to+1:
				return "gap", nil
			}
			latest.to = row.from - 1
		}
		return "", append(rows, row)
	}
	i := slices.IndexFunc(rows, func(r valueSpan) bool { return r.id == id })
	if i < 0 {
		return "not_found", nil
	}
	list := of(rows[i].option)
	if list[len(list)-1] != i {
		return "not_latest", nil
	}
	if op == "delete" {
		if len(list) > 1 {
			rows[list[len(list)-2]].to = -1
		}
		return "", slices.Delete(rows, i, i+1)
	}
	if len(list) > 1 {
		previous := &rows[list[len(list)-2]]
		if row.from <= previous.from {
			return "starts_before_latest", nil
		}
		previous.to = row.from - 1
	}
	row.option = rows[i].option
	rows[i] = row
	return "", rows
}

type valueSpan struct {
	id, option string
	cents      int64
	span
}

func (v valueSpan) row() nValueRow {
	return nValueRow{v.id, v.option, iso(v.from), until(v.to), v.cents}
}

func TestValueTableEditsAgreeWithThePage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rows []valueSpan
		for _, option := range []string{"x", "y"} {
			day := rapid.IntRange(0, 10).Draw(t, "first")
			n := rapid.IntRange(0, 3).Draw(t, "rows")
			for i := range n {
				length := rapid.IntRange(0, 10).Draw(t, "days")
				v := valueSpan{fmt.Sprint(option, i), option, rapid.Int64Range(1, 9).Draw(t, "cents"), span{day, day + length}}
				if i == n-1 && rapid.Bool().Draw(t, "open") {
					v.to = -1
				}
				day += length + 1
				rows = append(rows, v)
			}
		}
		op := rapid.SampledFrom([]string{"insert", "update", "delete"}).Draw(t, "op")
		id := rapid.SampledFrom([]string{"x0", "x1", "x2", "y0", "y1", "z9"}).Draw(t, "id")
		option := id[:1]
		row := valueSpan{id, option, 77, span{rapid.IntRange(0, 45).Draw(t, "from"), -1}}
		if op == "insert" {
			row.id = "new"
		}
		if rapid.Bool().Draw(t, "ends") {
			row.to = row.from + rapid.IntRange(0, 9).Draw(t, "days")
		}
		operation := map[string]any{"op": op}
		if op != "insert" {
			operation["id"] = id
		}
		if op != "delete" {
			operation["row"] = row.row()
		}
		in := []nValueRow{}
		for _, r := range rows {
			in = append(in, r.row())
		}
		code, edited := nEdit(rows, op, id, row)
		want := map[string]any{"error": code}
		if code == "" {
			slices.SortFunc(edited, func(a, b valueSpan) int { return cmp.Or(cmp.Compare(a.option, b.option), cmp.Compare(a.from, b.from)) })
			out := []nValueRow{}
			for _, r := range edited {
				out = append(out, r.row())
			}
			want = map[string]any{"error": nil, "rows": out}
		}
		// The order in which the rows stand in the case does not matter.
		in = rapid.Permutation(in).Draw(t, "order")
		agree(t, "value_table_edit", map[string]any{"options": []string{"x", "y"}, "rows": in, "operation": operation}, map[string]any{}, want)
	})
}
