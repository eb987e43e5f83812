package cases_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
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
