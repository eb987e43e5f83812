package cases_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func drawSpan(t *rapid.T) span {
	s := span{from: rapid.IntRange(0, 140).Draw(t, "from"), to: -1}
	if rapid.Bool().Draw(t, "ends") {
		s.to = s.from + rapid.IntRange(0, 70).Draw(t, "days")
	}
	return s
}

// closed ends an open span within the days that are looked at: a place without an end would reach the children's 18th birthdays.
func closed(s span) span {
	if s.to == -1 {
		s.to = horizon - 1
	}
	return s
}

var (
	childIDs = []string{"C1", "C2", "C3", "C4"}
	adultIDs = []string{"A1", "A2", "A3"}
	// Births around the switch of age and around the 18th birthday within the days that are drawn.
	births = []string{"2019-03-01", "2019-03-02", "2019-04-30", "2019-12-31", "2004-05-10", "2004-02-29", "2020-02-29", "2018-06-01", "2019-03-02"}
)

func drawWorld(t *rapid.T) *world {
	w := &world{table: anyRounding.Draw(t, "table"), decision: anyRounding.Draw(t, "decision"), options: map[string]map[string]any{
		"full":    {"placement_type": "DAYCARE", "default": true, "fee_coefficient": "1.00", "value_coefficient": "1.00"},
		"part":    {"placement_type": "DAYCARE", "default": false, "fee_coefficient": "0.60", "value_coefficient": "0.55"},
		"free":    {"placement_type": "PRESCHOOL", "default": true, "fee_coefficient": "0.00", "value_coefficient": "0.00"},
		"club":    {"placement_type": "CLUB", "default": true, "fee_coefficient": "0.5", "value_coefficient": "0.3"},
		"nowhere": {"placement_type": "OTHER", "default": false, "fee_coefficient": "1", "value_coefficient": "1"}}}
	ids := childIDs[:rapid.IntRange(1, 4).Draw(t, "children")]
	for _, id := range ids {
		w.children = append(w.children, nChild{id, rapid.SampledFrom(births).Draw(t, "birth"), rapid.SampledFrom([]string{"", "", "010119A901X"}).Draw(t, "code")})
		// Sure facts for most children, so that decisions come about.
		w.heads = append(w.heads, nLink{id, rapid.SampledFrom(adultIDs).Draw(t, "head"), span{rapid.IntRange(0, 30).Draw(t, "head from"), -1}})
		w.placements = append(w.placements, nPlacement{id, "U1", rapid.SampledFrom([]string{"DAYCARE", "DAYCARE", "DAYCARE", "CLUB", "PRESCHOOL", "OTHER", "TEMPORARY_DAYCARE"}).Draw(t, "type"),
			rapid.SampledFrom([]bool{true, true, false}).Draw(t, "voucher"), closed(drawSpan(t))})
	}
	if rapid.Bool().Draw(t, "a couple") {
		w.partners = append(w.partners, nLink{"A1", "A2", span{rapid.IntRange(0, 60).Draw(t, "together from"), -1}})
	}
	child, adult := rapid.SampledFrom(ids), rapid.SampledFrom(adultIDs)
	for range rapid.IntRange(0, 7).Draw(t, "more") {
		switch s := drawSpan(t); rapid.IntRange(0, 6).Draw(t, "list") {
		case 0:
			w.placements = append(w.placements, nPlacement{child.Draw(t, "child"), "U2", "DAYCARE", rapid.Bool().Draw(t, "voucher"), closed(s)})
		case 1:
			w.needs = append(w.needs, nLink{child.Draw(t, "child"), rapid.SampledFrom([]string{"full", "part", "free"}).Draw(t, "option"), s})
		case 2, 3:
			person := adult.Draw(t, "person")
			if rapid.IntRange(0, 3).Draw(t, "of a child") == 0 {
				person = child.Draw(t, "child")
			}
			w.incomes = append(w.incomes, nIncome{person, fmt.Sprint("I", len(w.incomes)), rapid.SampledFrom([]string{"INCOME", "INCOME", "INCOMPLETE", "MAX_FEE_ACCEPTED"}).Draw(t, "effect"), rapid.Int64Range(0, 600000).Draw(t, "total"), s})
		case 4:
			w.alterations = append(w.alterations, nAltered{child.Draw(t, "child"), anyAlteration.Draw(t, "alteration"), s})
		case 5:
			w.assistance = append(w.assistance, nLink{child.Draw(t, "child"), rapid.SampledFrom([]string{"1.5", "2", "1.0001"}).Draw(t, "coefficient"), s})
		case 6:
			a, b := adult.Draw(t, "one"), adult.Draw(t, "other")
			if a != b {
				w.partners = append(w.partners, nLink{a, b, s})
			}
		}
	}
	w.rules(t)
	return w
}

func (w *world) rules(t *rapid.T) {
	change, values := rapid.IntRange(1, 150).Draw(t, "thresholds change"), rapid.IntRange(1, 150).Draw(t, "values change")
	for _, s := range []span{{0, change - 1}, {change, -1}} {
		w.thresholds = append(w.thresholds, struct {
			nThresholds
			span
		}{anyThresholds.Draw(t, "thresholds"), s})
	}
	last := -1
	if rapid.IntRange(0, 3).Draw(t, "values end") == 0 {
		last = values + 40
	}
	for i, s := range []span{{0, values - 1}, {values, last}} {
		w.bases = append(w.bases, struct {
			over, under int64
			span
		}{int64(87000 + 1033*i), int64(134850 + 2100*i), s})
	}
}

func (w *world) inputs() (inputs, parameters map[string]any) {
	lists := map[string][]map[string]any{}
	add := func(list string, s span, m map[string]any) { lists[list] = append(lists[list], s.into(m)) }
	for _, c := range w.children {
		m := map[string]any{"id": c.id, "birth_date": c.birth, "identity_code": nil}
		if c.code != "" {
			m["identity_code"] = c.code
		}
		lists["children"] = append(lists["children"], m)
	}
	for _, l := range w.heads {
		add("heads", l.span, map[string]any{"child": l.a, "adult": l.b})
	}
	for _, l := range w.partners {
		add("partners", l.span, map[string]any{"adults": []string{l.a, l.b}})
	}
	for _, p := range w.placements {
		add("placements", p.span, map[string]any{"child": p.child, "unit": p.unit, "placement_type": p.kind, "voucher": p.voucher})
	}
	for _, l := range w.needs {
		add("service_needs", l.span, map[string]any{"child": l.a, "option": l.b})
	}
	for _, i := range w.incomes {
		add("incomes", i.span, map[string]any{"person": i.person, "income_id": i.id, "effect": i.effect, "total_cents": i.total})
	}
	for _, a := range w.alterations {
		add("alterations", a.span, map[string]any{"child": a.child, "type": a.Type, "pct": a.Pct, "amount_cents": a.Amount})
	}
	for _, l := range w.assistance {
		add("assistance", l.span, map[string]any{"child": l.a, "coefficient": l.b})
	}
	inputs = map[string]any{}
	for name, list := range lists {
		inputs[name] = list
	}
	thresholds, bases := []any{}, []any{}
	for _, th := range w.thresholds {
		n := th.nThresholds
		n.From, n.To = iso(th.from), until(th.to)
		thresholds = append(thresholds, n)
	}
	for _, b := range w.bases {
		bases = append(bases, b.into(map[string]any{"base_value_cents": b.over, "base_value_under_3_cents": b.under}))
	}
	return inputs, map[string]any{"thresholds": thresholds, "base_values": bases, "options": w.options, "table_rounding": w.table, "decision_rounding": w.decision}
}

func TestDecisionPeriodsAgreeWithThePageDayByDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		// A grown-up gets no decision; the page leaves that open.
		for i, p := range w.placements {
			if c := first(w.children, func(c nChild) bool { return c.id == p.child }); c.birth < "2010" {
				w.placements[i].voucher = false
			}
		}
		inputs, parameters := w.inputs()
		agree(t, "decision_periods", inputs, parameters, map[string]any{"decisions": w.decisions()})
	})
}

type nHolding struct {
	id, basis string
	span
}

func (h nHolding) row() map[string]any {
	m := h.into(map[string]any{"basis": h.basis})
	if h.id != "" {
		m["id"] = h.id
	}
	return m
}

func TestRevisionsAgreeWithThePageDayByDay(t *testing.T) {
	t.Parallel()
	const last = 60
	basis := rapid.SampledFrom([]string{"a", "b"})
	rapid.Check(t, func(t *rapid.T) {
		var sent, now []nHolding
		draw := func(prefix string) (list []nHolding) {
			day := 0
			for i := range rapid.IntRange(0, 4).Draw(t, "n") {
				day += rapid.IntRange(0, 5).Draw(t, "gap")
				h := nHolding{fmt.Sprint(prefix, i), basis.Draw(t, "basis"), span{day, day + rapid.IntRange(0, 9).Draw(t, "days")}}
				day = h.to + 1
				list = append(list, h)
			}
			if n := len(list); n > 0 && rapid.Bool().Draw(t, "open") {
				list[n-1].to = -1
			}
			return list
		}
		sent, now = draw("D"), draw("")
		should := func(day int) string {
			if h := first(now, func(h nHolding) bool { return h.on(day) }); h != nil {
				return h.basis
			}
			return ""
		}
		covered := map[int]bool{}
		rows, fresh := []map[string]any{}, []map[string]any{}
		for _, s := range sent {
			row := map[string]any{"id": s.id, "status": "SENT", "from": iso(s.from), "to": until(s.to)}
			for day := s.from; day <= last && s.on(day); day++ {
				if should(day) != s.basis {
					row["to"] = iso(day - 1)
					if day == s.from {
						row["status"], row["to"] = "ANNULLED", until(s.to)
					}
					break
				}
				covered[day] = true
			}
			rows = append(rows, row)
		}
		var open *nHolding
		for day := 0; day <= last+1; day++ {
			b := should(day)
			if day > last || covered[day] {
				b = ""
			}
			if open != nil && open.basis != b {
				open.to = day - 1
				if open.to == last {
					open.to = -1
				}
				fresh = append(fresh, open.row())
				open = nil
			}
			if open == nil && b != "" {
				open = &nHolding{"", b, span{day, 0}}
			}
		}
		in := map[string]any{"sent": []any{}, "basis": []any{}}
		for _, s := range sent {
			in["sent"] = append(in["sent"].([]any), s.row())
		}
		for _, h := range now {
			h.id = ""
			in["basis"] = append(in["basis"].([]any), h.row())
		}
		agree(t, "decision_revision", in, map[string]any{}, map[string]any{"sent": rows, "new": fresh})
	})
}
