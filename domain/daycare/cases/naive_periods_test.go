package cases_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// span is a period of counted days, inclusive; to −1 is open.
type span struct{ from, to int }

func (s span) on(day int) bool { return s.from <= day && (s.to == -1 || day <= s.to) }

func (s span) into(m map[string]any) map[string]any {
	m["from"], m["to"] = iso(s.from), until(s.to)
	return m
}

type (
	nChild     struct{ id, birth, code string }
	nPlacement struct {
		child, unit, kind string
		voucher           bool
		span
	}
	nLink struct {
		a, b string
		span
	}
	nIncome struct {
		person, id, effect string
		total              int64
		span
	}
	nAltered struct {
		child string
		nAlteration
		span
	}
)

// world are the facts and rules of a random municipality.
type world struct {
	children    []nChild
	heads       []nLink // child, adult
	partners    []nLink
	placements  []nPlacement
	needs       []nLink // child, option
	incomes     []nIncome
	alterations []nAltered
	assistance  []nLink // child, coefficient
	thresholds  []struct {
		nThresholds
		span
	}
	bases []struct {
		over, under int64
		span
	}
	options         map[string]map[string]any
	table, decision nRounding
}

const horizon = 220 // no placement reaches it

func first[T any](list []T, is func(T) bool) *T {
	for i := range list {
		if is(list[i]) {
			return &list[i]
		}
	}
	return nil
}

func civil(s string) (y, m, d int) {
	if _, err := fmt.Sscanf(s, "%d-%d-%d", &y, &m, &d); err != nil {
		panic(err)
	}
	return y, m, d
}

// birthday as text, so that no date arithmetic of the product is used; 29.2. becomes 28.2. (no such year is a leap year here).
func birthday(birth string, years int) string {
	y, m, d := civil(birth)
	if y += years; m == 2 && d == 29 && y%4 != 0 {
		d = 28
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

func over3(birth string) string {
	third := birthday(birth, 3)
	if strings.HasSuffix(birth, "-01") {
		return third
	}
	y, m, _ := civil(third)
	if m++; m == 13 {
		y, m = y+1, 1
	}
	return fmt.Sprintf("%04d-%02d-01", y, m)
}

// nDay is a child's decision of one day.
type nDay struct {
	head, partner, unit, kind, option     string
	size                                  int
	missing                               bool
	base, value, baseOwn, pct, own, final int64
	incomes                               []string // sorted, each once
	childIncome                           string
	alterations                           []string // sorted
	limit, maxFee, minFee                 int64
	multiplier, second, later             string
}

func (w *world) headed(adult string, day int) (list []nChild) {
	for _, c := range w.children {
		if first(w.heads, func(l nLink) bool { return l.a == c.id && l.b == adult && l.on(day) }) != nil && iso(day) < birthday(c.birth, 18) {
			list = append(list, c)
		}
	}
	return list
}

func youngest(list []nChild) (birth string) {
	for _, c := range list {
		birth = max(birth, c.birth)
	}
	return birth
}

func (w *world) income(person string, day int) (key string, total *int64) {
	i := first(w.incomes, func(i nIncome) bool { return i.person == person && i.on(day) })
	if i == nil {
		return "", nil
	}
	if i.effect != "INCOME" {
		return i.id, nil
	}
	return fmt.Sprint(i.id, " ", i.total), &i.total
}

// day decides as the page tells, step by step; nil = no decision.
func (w *world) day(c nChild, day int) *nDay {
	place := first(w.placements, func(p nPlacement) bool { return p.child == c.id && p.voucher && p.on(day) })
	own := first(w.heads, func(l nLink) bool { return l.a == c.id && l.on(day) })
	if place == nil || own == nil {
		return nil
	}
	n := nDay{head: own.b, unit: place.unit, kind: place.kind}
	if p := first(w.partners, func(l nLink) bool { return (l.a == n.head || l.b == n.head) && l.on(day) }); p != nil {
		n.partner = p.a
		if p.a == n.head {
			n.partner = p.b
		}
	}
	family := w.headed(n.head, day)
	if n.partner != "" {
		others := w.headed(n.partner, day)
		if len(family) > 0 && len(others) > 0 && (len(others) > len(family) || len(others) == len(family) && youngest(others) > youngest(family)) {
			n.head, n.partner = n.partner, n.head
		}
		family = append(family, others...)
	}
	n.size = 1 + len(family)
	adults := []string{n.head}
	if n.partner != "" {
		n.size++
		adults = append(adults, n.partner)
	}
	if need := first(w.needs, func(l nLink) bool { return l.a == c.id && l.on(day) }); need != nil {
		n.option = need.b
	} else {
		n.missing = true
		for code, o := range w.options {
			if o["placement_type"] == place.kind && o["default"] == true {
				n.option = code
			}
		}
	}
	th := first(w.thresholds, func(t struct {
		nThresholds
		span
	}) bool {
		return t.on(day)
	})
	base := first(w.bases, func(b struct {
		over, under int64
		span
	}) bool {
		return b.on(day)
	})
	if th == nil || base == nil || n.option == "" {
		return nil
	}
	n.base = base.over
	if iso(day) < over3(c.birth) {
		n.base = base.under
	}
	support := "1"
	if s := first(w.assistance, func(l nLink) bool { return l.a == c.id && l.on(day) }); s != nil {
		support = s.b
	}
	option := w.options[n.option]
	if n.value = nValue(n.base, option["value_coefficient"].(string), support, w.table, w.decision); n.value == 0 {
		return nil
	}
	var sums []*int64
	for _, a := range adults {
		key, total := w.income(a, day)
		sums = append(sums, total)
		if key != "" {
			n.incomes = append(n.incomes, key)
		}
	}
	slices.Sort(n.incomes)
	n.incomes = slices.Compact(n.incomes)
	var childSum *int64
	n.childIncome, childSum = w.income(c.id, day)
	n.baseOwn, _ = th.base(n.size, sums, childSum)
	ordinal := w.ordinal(c, family, day)
	n.pct = pctOff(th.share(ordinal))
	n.own = th.fee(n.baseOwn, ordinal, option["fee_coefficient"].(string))
	var alterations []nAlteration
	for _, a := range w.alterations {
		if a.child == c.id && a.on(day) {
			alterations = append(alterations, a.nAlteration)
			text := a.Type
			if a.Pct != nil {
				text += " % " + *a.Pct
			} else {
				text += fmt.Sprint(" ", *a.Amount)
			}
			n.alterations = append(n.alterations, text)
		}
	}
	slices.Sort(n.alterations)
	n.final = altered(n.own, alterations)
	n.limit, n.maxFee, n.minFee, n.multiplier, n.second, n.later = th.limit(n.size), th.MaxFee, th.MinFee, th.Multiplier, th.Second, th.Later
	return &n
}

func (w *world) ordinal(c nChild, family []nChild, day int) int {
	placed := slices.DeleteFunc(slices.Clone(family), func(x nChild) bool {
		return first(w.placements, func(p nPlacement) bool {
			return p.child == x.id && p.on(day) && p.kind != "CLUB" && p.kind != "TEMPORARY_DAYCARE"
		}) == nil
	})
	before := 0
	for _, x := range placed {
		if x.birth > c.birth || x.birth == c.birth && (x.code > c.code || x.code == c.code && x.id < c.id) {
			before++
		}
	}
	if !slices.Contains(placed, c) {
		return 1
	}
	return before + 1
}

func pair(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

func (n *nDay) differs(from *nDay) []string {
	list := []string{}
	for _, c := range []struct {
		code string
		a, b any
	}{
		{"GUARDIANS", pair(from.head, from.partner), pair(n.head, n.partner)},
		{"INCOME", []any{from.incomes, from.childIncome}, []any{n.incomes, n.childIncome}},
		{"FAMILY_SIZE", from.size, n.size},
		{"PLACEMENT", pair2(from.unit, from.kind), pair2(n.unit, n.kind)},
		{"SERVICE_NEED", []any{from.option, from.missing}, []any{n.option, n.missing}},
		{"SIBLING_DISCOUNT", from.pct, n.pct}, {"OWN_SHARE", from.own, n.own}, {"FEE_ALTERATIONS", from.alterations, n.alterations},
		{"FINAL_OWN_SHARE", from.final, n.final}, {"BASE_VALUE", from.base, n.base}, {"VOUCHER_VALUE", from.value, n.value},
		{"FEE_THRESHOLDS", []any{from.limit, from.multiplier, from.maxFee, from.minFee, from.second, from.later}, []any{n.limit, n.multiplier, n.maxFee, n.minFee, n.second, n.later}},
	} {
		if !reflect.DeepEqual(c.a, c.b) {
			list = append(list, c.code)
		}
	}
	return list
}

func pair2(a, b string) [2]string { return [2]string{a, b} }

func (w *world) decisions() []map[string]any {
	rows := []map[string]any{}
	for _, c := range w.children {
		var last *nDay
		var open map[string]any
		for day := 0; day <= horizon; day++ {
			n := w.day(c, day)
			if n == nil {
				last = nil
				continue
			}
			difference := []string{}
			if last != nil {
				if difference = n.differs(last); len(difference) == 0 {
					open["to"] = iso(day)
					last = n
					continue
				}
			}
			var partner any
			if n.partner != "" {
				partner = n.partner
			}
			open = map[string]any{"child": c.id, "from": iso(day), "to": iso(day), "head": n.head, "partner": partner, "family_size": n.size, "unit": n.unit, "option": n.option,
				"service_need_missing": n.missing, "base_value_cents": n.base, "voucher_value_cents": n.value, "base_own_share_cents": n.baseOwn, "sibling_discount_pct": n.pct,
				"own_share_cents": n.own, "final_own_share_cents": n.final, "difference": difference}
			rows = append(rows, open)
			last = n
		}
	}
	slices.SortFunc(rows, func(a, b map[string]any) int {
		return cmp.Or(cmp.Compare(a["from"].(string), b["from"].(string)), cmp.Compare(a["child"].(string), b["child"].(string)))
	})
	return rows
}

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
