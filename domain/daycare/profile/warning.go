package profile

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
)

// Doubt is a kind of implausibility. Published tables do contain typing errors, so each is looked at by a person before a
// version is published; none is refused.
type Doubt string

// The doubts.
const (
	Gap               Doubt = "gap"                // no value between two rows
	Ended             Doubt = "ended"              // no value from a day on
	Dropped           Doubt = "dropped"            // a value falls by more than 10 %
	Jumped            Doubt = "jumped"             // a value rises by more than 15 %
	UnderBelowOver    Doubt = "under_below_over"   // the value of the under-threes is below the other
	ThresholdsMissing Doubt = "thresholds_missing" // no fee can be computed from a day on
)

// Warning is one doubt with the figures that raised it.
type Warning struct {
	Doubt         Doubt
	Option        string // "" = the base value or the thresholds
	UnderThree    bool
	Day           calendar.Date
	Before, After money.Cents
}

// Key names the warning's text; the values of Values fill it.
func (w Warning) Key() string { return "daycare.doubt." + string(w.Doubt) }

// Values are the named values of the text.
func (w Warning) Values() map[string]any {
	return map[string]any{"option": w.Option, "day": w.Day, "before": w.Before, "after": w.After}
}

// Warnings lists what looks wrong, by day and option. national are the thresholds that hold where the profile has none.
func (p Profile) Warnings(national []Thresholds) []Warning {
	tables := map[string][]Value{}
	if len(p.BaseValues) > 0 {
		tables[""] = slices.Clone(p.BaseValues)
	}
	for _, v := range p.Values {
		tables[v.Option] = append(tables[v.Option], v)
	}
	var list []Warning
	for option, rows := range tables {
		slices.SortFunc(rows, func(a, b Value) int { return cmp.Compare(a.From, b.From) })
		list = append(list, valueWarnings(option, rows)...)
	}
	list = append(list, thresholdWarnings(p.thresholds(national))...)
	slices.SortStableFunc(list, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Option, b.Option), cmp.Compare(a.Doubt, b.Doubt), cmp.Compare(a.Before, b.Before))
	})
	return list
}

// valueWarnings looks at the rows of one option, by date and apart.
func valueWarnings(option string, rows []Value) (list []Warning) {
	for i, v := range rows {
		if v.UnderThree < v.OverThree {
			list = append(list, Warning{UnderBelowOver, option, true, v.From, v.OverThree, v.UnderThree})
		}
		if i == 0 {
			continue
		}
		before := rows[i-1]
		if end := before.Period().To; end < v.From {
			list = append(list, Warning{Doubt: Gap, Option: option, Day: end})
		}
		for _, under := range []bool{false, true} {
			old, now := before.At(under), v.At(under)
			switch {
			case now*100 < old*90:
				list = append(list, Warning{Dropped, option, under, v.From, old, now})
			case now*100 > old*115:
				list = append(list, Warning{Jumped, option, under, v.From, old, now})
			}
		}
	}
	if end := rows[len(rows)-1].Period().To; end < calendar.Forever {
		list = append(list, Warning{Doubt: Ended, Option: option, Day: end})
	}
	return list
}

// thresholdWarnings tells the first day of each stretch without complete thresholds, from the first row on.
func thresholdWarnings(rows []Thresholds) (list []Warning) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b Thresholds) int { return cmp.Compare(a.From, b.From) })
	if len(rows) == 0 {
		return nil
	}
	missing := func(day calendar.Date) {
		if n := len(list); n == 0 || list[n-1].Day != day {
			list = append(list, Warning{Doubt: ThresholdsMissing, Day: day})
		}
	}
	end := rows[0].From
	for _, t := range rows {
		if t.From > end {
			missing(end)
		}
		if !t.Complete() {
			missing(t.From)
		}
		end = t.Period().To
	}
	if end < calendar.Forever {
		missing(end)
	}
	return list
}
