package profile

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
)

// Overlay lays later rows over earlier ones: what a later row says holds on its days, what was there is cut around it. The rows come
// back by their first day. Rows of base do not overlap; of over the later in the list wins.
func Overlay(base []Thresholds, over ...Thresholds) []Thresholds {
	list := slices.Clone(base)
	for _, top := range over {
		var cut []Thresholds
		for _, t := range list {
			cut = append(cut, around(t, top.Period())...)
		}
		list = append(cut, top)
	}
	slices.SortFunc(list, func(a, b Thresholds) int { return cmp.Compare(a.From, b.From) })
	return list
}

// around is what is left of a row before and after a period.
func around(t Thresholds, gone calendar.Period) (left []Thresholds) {
	p := t.Period()
	for _, rest := range []calendar.Period{{From: p.From, To: min(p.To, gone.From)}, {From: max(p.From, gone.To), To: p.To}} {
		if rest.Empty() {
			continue
		}
		part := t
		part.Days = DaysOf(rest)
		left = append(left, part)
	}
	return left
}

// DaysOf writes a half-open period as a file does.
func DaysOf(p calendar.Period) Days {
	d := Days{From: p.From}
	if p.To < calendar.Forever {
		d.To = new(p.Last())
	}
	return d
}
