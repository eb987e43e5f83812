package chart

import (
	"math"
	"slices"
)

// letter is about how wide a letter of a name is drawn, nameHigh how high a name is.
const (
	letter   = 8.6
	nameHigh = 18.0
)

// box is a name's place on the picture; the line of writing is its lower edge.
type box struct{ from, to, at float64 }

func (b box) meets(o box) bool {
	return b.from < o.to && o.from < b.to && math.Abs(b.at-o.at) < nameHigh
}

// nameAt gives the height at which the name of line n is written, right-aligned at x(end): beside its own line, where it stands on no line and on
// no name already written, the nearest such place, above before below. A place beyond another line, which would seem to name that one, is
// taken only when there is no other.
func (c Chart) nameAt(n, end int, x func(int) float64, y func(float64) float64, taken []box) box {
	b := box{from: x(end) - letter*float64(len([]rune(c.Series[n].Name))), to: x(end)}
	high, low, ok := c.under(n, b, x, y)
	if !ok {
		high, low = y(c.Series[n].Values[end]), y(c.Series[n].Values[end])
	}
	for _, beyond := range []bool{false, true} {
		for k := range 12 {
			for _, at := range []float64{high - 8 - float64(k)*nameHigh/2, low + 20 + float64(k)*nameHigh/2} {
				b.at = at
				if at < top-2 || at > height-bottom-4 || c.crossed(b, x, y) || slices.ContainsFunc(taken, b.meets) || !beyond && c.parted(n, end, b, y) {
					continue
				}
				return b
			}
		}
	}
	b.at = y(c.Series[n].Values[end]) - 10 // nowhere is room: the legend of the table below tells them apart
	for slices.ContainsFunc(taken, b.meets) {
		b.at += nameHigh
	}
	return b
}

// parted tells that another line runs between the name and the end of its own.
func (c Chart) parted(n, end int, b box, y func(float64) float64) bool {
	own, name := y(c.Series[n].Values[end]), b.at-nameHigh/2
	for m, s := range c.Series {
		if m == n || end >= len(s.Values) || math.IsNaN(s.Values[end]) {
			continue
		}
		if other := y(s.Values[end]); other > min(own, name) && other < max(own, name) {
			return true
		}
	}
	return false
}

// crossed tells that some line runs through the box.
func (c Chart) crossed(b box, x func(int) float64, y func(float64) float64) bool {
	for n := range c.Series {
		if high, low, ok := c.under(n, b, x, y); ok && high < b.at+4 && low > b.at-nameHigh+2 {
			return true
		}
	}
	return false
}

// under is how high and how low line n runs within the width of the box; smaller is higher.
func (c Chart) under(n int, b box, x func(int) float64, y func(float64) float64) (high, low float64, ok bool) {
	high, low = math.Inf(1), math.Inf(-1)
	values := c.Series[n].Values
	for i := range len(values) - 1 {
		if x(i+1) < b.from || x(i) > b.to || math.IsNaN(values[i]) || math.IsNaN(values[i+1]) {
			continue
		}
		for _, at := range []float64{math.Max(x(i), b.from), math.Min(x(i+1), b.to)} {
			share := (at - x(i)) / (x(i+1) - x(i))
			v := y(values[i] + share*(values[i+1]-values[i]))
			high, low, ok = math.Min(high, v), math.Max(low, v), true
		}
	}
	return high, low, ok
}
