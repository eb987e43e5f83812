package method

import (
	"slices"

	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
)

// Warning is something that may be meant and may be a slip: it never stops a rulebook.
type Warning struct {
	Key     string // of its text; takes Values
	Field   string // of the editor; "" for the whole
	Content int64  // 0 for all
	Values  map[string]any
}

// Bounds of a change from one version to the next that nobody is asked about, in percent (rulebooks change yearly with an index).
var (
	usualFall = money.Whole(-5)
	usualRise = money.Whole(15)
	deepFall  = money.Whole(-10)
)

// Warnings compares a value rule with the one in force and looks at it by itself: falls of more than a tenth, other changes
// outside −5…+15 %, clients who lose their voucher, holes and jumps of tables, values that grow with income. Before may be
// the zero Value when there is none. Rules that cannot be read give nothing: Check says why.
func Warnings(before, after rulebook.Value) []Warning {
	now, err := reading(after)
	if err != nil {
		return nil
	}
	found := now.alone()
	if before.Method == "" {
		return found
	}
	if before.Method != after.Method && before.Method != "flat" {
		found = append(found, Warning{Key: "method.warning.method_changed",
			Values: map[string]any{"before": i18n.Key("method.name." + before.Method), "after": i18n.Key("method.name." + after.Method)}})
	}
	then, err := reading(before)
	if err != nil {
		return found
	}
	for _, id := range now.contents() {
		found = append(found, changes(then, now, id)...)
	}
	return found
}

// version is a value rule that can be asked.
type version struct {
	v     rulebook.Value
	r     rule // nil for "flat"
	model rulebook.ValueModel
}

func reading(v rulebook.Value) (version, error) {
	if v.Method == "flat" {
		_, err := v.FlatValues()
		return version{v, nil, rulebook.BuiltIn()["flat"]}, err
	}
	r, err := parse(v)
	return version{v, r, newModel()}, err
}

// contents are those that the parameters name, and 0 for what is the same for all others; a rule without such answers nothing for it.
func (x version) contents() []int64 {
	var ids []int64
	if x.r != nil {
		ids = x.r.contents()
	} else if values, err := x.v.FlatValues(); err == nil {
		for _, f := range values {
			ids = append(ids, f.Content)
		}
	}
	return append([]int64{0}, ids...)
}

// ask gives the value for a sample; false when the rule cannot tell.
func (x version) ask(content int64, f rulebook.Facts) (rulebook.ValueResult, bool) {
	rules := rulebook.Default()
	rules.Value = x.v
	r, err := x.model.Value(rulebook.ValueInput{Rulebook: rulebook.Rulebook{Rules: rules}, Content: content, Facts: f, Quiet: true})
	return r, err == nil
}

// samples are households and incomes that rules are compared on: one to six persons, up to 8 000 € a month.
func samples(now version) (all []rulebook.Facts) {
	hours := money.Units(20)
	for _, place := range now.places() {
		for size := 1; size <= 6; size++ {
			for euros := money.Cents(0); euros <= 8000; euros += 100 {
				income, savings, fee := 100*euros, money.Cents(0), money.Cents(0)
				all = append(all, rulebook.Facts{Household: size, Income: &income, Savings: &savings, Hours: &hours, Fee: &fee,
					Need: place.need, Column: place.column, Client: &rulebook.NetIncome{Earned: income}})
			}
		}
	}
	return all
}

type place struct{ need, column string }

// places are the needs and columns of the rule's table.
func (x version) places() (all []place) {
	add := func(p place) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	switch r := x.r.(type) {
	case *incomeBandTable:
		for _, b := range r.Bands {
			add(place{"", b.Column})
		}
	case *coefficientTable:
		for _, row := range r.Rows {
			for _, column := range r.columns(row) {
				add(place{row.Need, column})
			}
		}
	case *ceilingMinusFee:
		for _, c := range r.Coefficients {
			add(place{c.Need, ""})
		}
	}
	if all == nil {
		all = []place{{}}
	}
	return all
}

// changes finds the deepest fall, the greatest rise and a lost voucher of one content.
func changes(then, now version, content int64) (found []Warning) {
	type change struct {
		percent       money.Exact
		before, after money.Cents
	}
	var fall, rise change
	var lost money.Cents
	compare := func(before, after money.Cents) {
		if before <= 0 {
			return
		}
		part, err := (after - before).Exact().Over(before.Exact())
		if err != nil {
			return
		}
		c := change{part.Times(money.Whole(100)), before, after}
		if c.percent.Cmp(fall.percent) < 0 {
			fall = c
		}
		if c.percent.Cmp(rise.percent) > 0 {
			rise = c
		}
	}
	for _, f := range samples(now) {
		a, knownBefore := then.ask(content, f)
		b, knownNow := now.ask(content, f)
		switch {
		case !knownBefore || !knownNow || a.NoVoucher:
		case b.NoVoucher:
			lost = max(lost, a.Value)
		default:
			compare(a.Value, b.Value)
			for _, band := range b.Bands {
				for _, old := range a.Bands {
					if old.Band == band.Band {
						compare(old.Value, band.Value)
					}
				}
			}
		}
	}
	add := func(key string, c change) {
		found = append(found, Warning{Key: key, Content: content, Values: map[string]any{"percent": c.percent.Shown(1), "before": c.before, "after": c.after}})
	}
	switch {
	case fall.percent.Cmp(deepFall) < 0:
		fall.percent = money.Exact{}.Minus(fall.percent)
		add("method.warning.drop", fall)
	case fall.percent.Cmp(usualFall) < 0:
		add("method.warning.change", fall)
	}
	if rise.percent.Cmp(usualRise) > 0 {
		add("method.warning.change", rise)
	}
	if lost > 0 {
		found = append(found, Warning{Key: "method.warning.lost", Content: content, Values: map[string]any{"before": lost}})
	}
	return found
}

// alone looks at a table of income bands by itself.
func (x version) alone() (found []Warning) {
	r, ok := x.r.(*incomeBandTable)
	if !ok {
		return nil
	}
	groups := map[bandGroup][]incomeBand{}
	for _, b := range r.Bands {
		groups[b.group()] = append(groups[b.group()], b)
	}
	hole, rising, jump := false, false, false
	for _, rows := range groups {
		for i, b := range rows[1:] {
			before := rows[i].Value
			hole = hole || before == nil && b.Value != nil
			if before != nil && b.Value != nil {
				rising = rising || *b.Value > *before
				jump = jump || 2**b.Value < *before
			}
		}
	}
	for _, w := range []struct {
		on  bool
		key string
	}{{hole, "method.warning.hole"}, {rising, "method.warning.not_falling"}, {jump, "method.warning.jump"}} {
		if w.on {
			found = append(found, Warning{Key: w.key, Field: "bands"})
		}
	}
	return found
}
