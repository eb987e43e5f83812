// Package chart draws charts as SVG on the server: line, bar, horizontal bar, stacked bars and heat map, each with
// a title that names the finding, a description, direct labels, dashes beside colours, and the same figures as a
// table that opens. No script, no inline style: colours come from the style sheet by class.
//
// The same input gives the same bytes. The package knows numbers and ready texts, no money, no language, no database.
package chart

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Kind of chart.
type Kind uint8

// The kinds.
const (
	Line Kind = iota
	Bar
	HorizontalBar
	Stacked
	Heat
)

// Series is one line, one set of bars, or one row of a heat map. A value that is missing is math.NaN().
type Series struct {
	Name   string
	Values []float64 // only for drawing; the texts carry the exact figures
	Texts  []string  // the figures as shown in the table and beside bars, one per value
}

// Chart is what is drawn. All texts are ready, in the reader's language.
type Chart struct {
	ID     string // unique on the page
	Kind   Kind
	Title  string // the finding: "Ennuste ylittää määrärahan 0,34 M€"
	Sub    string // measure, unit, period, time of the data
	Desc   string // what a reader who does not see the picture should know; "" = Sub
	Labels []string
	Series []Series
	Axis   func(float64) string // writes a value on the axis; nil = whole numbers
	CSV    string               // address of the same figures as a file; "" = none
	Mark   *Mark                // a point of the reader's own in a line chart; nil = none

	ShowTable, GetCSV, Heading string // texts: "Näytä taulukkona", "Lataa taulukko (CSV)", heading of the first column
}

// Mark is the reader's own point: where it stands among the labels (0 = the first), one value for each series, and its name.
type Mark struct {
	At     float64
	Values []float64 // math.NaN() = no dot on that line
	Text   string
}

const (
	width  = 600.0
	height = 300.0
	left   = 64.0
	right  = 16.0
	top    = 22.0
	bottom = 34.0
)

// HTML is the figure with title, picture and table.
func (c Chart) HTML() template.HTML {
	if len(c.Labels) == 0 || len(c.Series) == 0 {
		return ""
	}
	p := &pen{}
	p.f(`<figure class="app-chart" aria-labelledby="%s-h"><h2 class="app-chart__title" id="%s-h">%s</h2>`, esc(c.ID), esc(c.ID), esc(c.Title))
	if c.Sub != "" {
		p.f(`<p class="app-chart__sub">%s</p>`, esc(c.Sub))
	}
	p.f(`<div class="app-scroll app-chart__picture" role="group" tabindex="0" aria-labelledby="%s-h">%s</div>`, esc(c.ID), c.SVG())
	c.table(p)
	p.f(`</figure>`)
	return template.HTML(p.b.String()) // every text went through esc
}

// SVG is the picture alone.
func (c Chart) SVG() string {
	p := &pen{}
	h := height
	if c.Kind == HorizontalBar {
		h = 20 + 44*float64(len(c.Labels))
	} else if c.Kind == Heat {
		h = 40 + 30*float64(len(c.Series))
	}
	desc := c.Desc
	if desc == "" {
		desc = c.Sub
	}
	p.f(`<svg viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d" focusable="false"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		num(width), num(h), esc(c.ID), esc(c.ID), esc(c.ID), esc(c.Title), esc(c.ID), esc(desc))
	switch c.Kind {
	case Line:
		c.lines(p)
	case Bar, Stacked:
		c.bars(p)
	case HorizontalBar:
		c.horizontal(p)
	case Heat:
		c.heat(p)
	}
	p.f(`</svg>`)
	return p.b.String()
}

func (c Chart) axisText(v float64) string {
	if c.Axis != nil {
		return c.Axis(v)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// frame draws the value axis with its lines and gives the place of a value. The axis always holds zero.
func (c Chart) frame(p *pen, low, high float64) func(float64) float64 {
	step := niceStep(high - low)
	for step < 1 && (c.axisText(step) == c.axisText(0) || c.axisText(step) == c.axisText(2*step)) { // as whole numbers, halves would stand twice
		step = niceStep(5.01 * step)
	}
	high = math.Ceil(high/step) * step
	low = math.Floor(low/step) * step
	if high == low {
		high = low + step
	}
	y := func(v float64) float64 { return top + (high-v)/(high-low)*(height-top-bottom) }
	for i := range int(math.Round((high-low)/step)) + 1 {
		v := low + float64(i)*step
		class := "grid"
		if math.Abs(v) < step/1e6 {
			class = "axis"
		}
		p.f(`<path class="%s" d="M%s %sH%s"/><text x="%s" y="%s" text-anchor="end">%s</text>`,
			class, num(left), num(y(v)), num(width-right), num(left-8), num(y(v)+5), esc(c.axisText(v)))
	}
	return y
}

// labels writes the names under the places; when they are many only every n-th.
func (c Chart) labels(p *pen, x func(int) float64) {
	longest := 1
	for _, l := range c.Labels {
		longest = max(longest, len([]rune(l)))
	}
	room := (width - left - right) / float64(len(c.Labels))
	every := max(1, int(math.Ceil(float64(longest)*8.5/room)))
	for i, l := range c.Labels {
		if i%every == 0 {
			p.f(`<text x="%s" y="%s" text-anchor="middle">%s</text>`, num(x(i)), num(height-10), esc(l))
		}
	}
}

func (c Chart) lines(p *pen) {
	low, high := c.span(false)
	y := c.frame(p, low, high)
	last := max(1, len(c.Labels)-1)
	place := func(at float64) float64 { return left + 8 + at/float64(last)*(width-left-right-16) }
	x := func(i int) float64 { return place(float64(i)) }
	c.labels(p, x)
	c.mark(p, place, y)
	var taken []box
	for n, s := range c.Series {
		var d strings.Builder
		begun, end := false, -1
		for i, v := range s.Values {
			if math.IsNaN(v) {
				begun = false
				continue
			}
			op := "L"
			if !begun {
				op, begun = "M", true
			}
			fmt.Fprintf(&d, "%s%s %s", op, num(x(i)), num(y(v)))
			end = i
		}
		if end < 0 {
			continue
		}
		p.f(`<path class="line s%d dash%d" d="%s"/>`, n%5+1, n%5+1, d.String())
		name := c.nameAt(n, end, x, y, taken)
		taken = append(taken, name)
		p.f(`<text class="name s%d" x="%s" y="%s" text-anchor="end">%s</text>`, n%5+1, num(x(end)), num(name.at), esc(s.Name))
	}
}

// mark draws the reader's own point: an upright line with its name above, and a dot on each line.
func (c Chart) mark(p *pen, x, y func(float64) float64) {
	if c.Mark == nil || c.Mark.At < 0 || c.Mark.At > float64(len(c.Labels)-1) {
		return
	}
	at, anchor := x(c.Mark.At), "middle"
	if at < left+90 {
		anchor = "start"
	} else if at > width-right-90 {
		anchor = "end"
	}
	p.f(`<path class="axis dash2" d="M%s %sV%s"/><text class="value" x="%s" y="%s" text-anchor="%s">%s</text>`,
		num(at), num(top), num(height-bottom), num(at), num(top-8), anchor, esc(c.Mark.Text))
	for n, v := range c.Mark.Values {
		if !math.IsNaN(v) {
			p.f(`<circle class="s%d part" cx="%s" cy="%s" r="7"/>`, n%5+1, num(at), num(y(v)))
		}
	}
}

func (c Chart) bars(p *pen) {
	low, high := c.span(c.Kind == Stacked)
	y := c.frame(p, low, high)
	room := (width - left - right) / float64(len(c.Labels))
	c.labels(p, func(i int) float64 { return left + room*(float64(i)+.5) })
	for i := range c.Labels {
		up, down := 0.0, 0.0
		for n, s := range c.Series {
			if i >= len(s.Values) || math.IsNaN(s.Values[i]) {
				continue
			}
			v, from, wide, x := s.Values[i], 0.0, room*.78, left+room*(float64(i)+.11)
			if c.Kind == Stacked {
				if v >= 0 {
					from, up = up, up+v
				} else {
					from, down = down, down+v
				}
			} else {
				wide /= float64(len(c.Series))
				x += wide * float64(n)
			}
			a, b := y(from+v), y(from)
			p.f(`<rect class="s%d part" x="%s" y="%s" width="%s" height="%s"/>`, n%5+1, num(x), num(math.Min(a, b)), num(wide), num(math.Abs(a-b)))
		}
	}
	if len(c.Series) > 1 {
		x := left
		for n, s := range c.Series {
			p.f(`<rect class="s%d" x="%s" y="2" width="13" height="13"/><text x="%s" y="14">%s</text>`, n%5+1, num(x), num(x+19), esc(s.Name))
			x += 34 + 8.2*float64(len([]rune(s.Name)))
		}
	}
}

func (c Chart) horizontal(p *pen) {
	_, high := c.span(false)
	if high <= 0 {
		high = 1
	}
	const names, figures = 210.0, 84.0
	s := c.Series[0]
	for i, l := range c.Labels {
		if i >= len(s.Values) || math.IsNaN(s.Values[i]) {
			continue
		}
		y := 12 + 44*float64(i)
		w := math.Max(0, s.Values[i]) / high * (width - names - figures)
		p.f(`<text x="%s" y="%s" text-anchor="end">%s</text><rect class="s1" x="%s" y="%s" width="%s" height="28"/><text class="value" x="%s" y="%s">%s</text>`,
			num(names-10), num(y+19), esc(short(l, 25)), num(names), num(y), num(w), num(names+w+8), num(y+19), esc(s.text(i, c)))
	}
}

func (c Chart) heat(p *pen) {
	_, high := c.span(false)
	if high <= 0 {
		high = 1
	}
	room := (width - left) / float64(len(c.Labels))
	for n, s := range c.Series {
		y := 4 + 30*float64(n)
		p.f(`<text x="%s" y="%s" text-anchor="end">%s</text>`, num(left-10), num(y+19), esc(s.Name))
		for i, v := range s.Values {
			if math.IsNaN(v) {
				continue
			}
			class := int(math.Round(math.Max(0, v) / high * 5))
			p.f(`<rect class="h%d" x="%s" y="%s" width="%s" height="28"/>`, class, num(left+room*float64(i)), num(y), num(room-2))
		}
	}
	for i, l := range c.Labels {
		p.f(`<text x="%s" y="%s" text-anchor="middle">%s</text>`, num(left+room*(float64(i)+.5)), num(26+30*float64(len(c.Series))), esc(l))
	}
}

func (s Series) text(i int, c Chart) string {
	if i < len(s.Texts) {
		return s.Texts[i]
	}
	if i < len(s.Values) && !math.IsNaN(s.Values[i]) {
		return c.axisText(s.Values[i])
	}
	return "–"
}

// span is the least and greatest value, with zero among them.
func (c Chart) span(stacked bool) (low, high float64) {
	for i := range c.Labels {
		up, down := 0.0, 0.0
		for _, s := range c.Series {
			if i >= len(s.Values) || math.IsNaN(s.Values[i]) {
				continue
			}
			v := s.Values[i]
			low, high = math.Min(low, v), math.Max(high, v)
			if v > 0 {
				up += v
			} else {
				down += v
			}
		}
		if stacked {
			low, high = math.Min(low, down), math.Max(high, up)
		}
	}
	return low, high
}

func (c Chart) table(p *pen) {
	p.f(`<details class="govuk-details"><summary class="govuk-details__summary"><span class="govuk-details__summary-text">%s<span class="govuk-visually-hidden">: %s</span></span></summary>`+
		`<div class="govuk-details__text"><section class="app-scroll" tabindex="0" aria-label="%s"><table class="govuk-table app-table--dense"><caption class="govuk-table__caption govuk-visually-hidden">%s</caption><thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">%s</th>`,
		esc(c.ShowTable), esc(c.Title), esc(c.Title), esc(c.Title), esc(c.Heading))
	for _, s := range c.Series {
		p.f(`<th scope="col" class="govuk-table__header govuk-table__header--numeric">%s</th>`, esc(s.Name))
	}
	p.f(`</tr></thead><tbody class="govuk-table__body">`)
	for i, l := range c.Labels {
		p.f(`<tr class="govuk-table__row"><th scope="row" class="govuk-table__header">%s</th>`, esc(l))
		for _, s := range c.Series {
			p.f(`<td class="govuk-table__cell govuk-table__cell--numeric">%s</td>`, esc(s.text(i, c)))
		}
		p.f(`</tr>`)
	}
	p.f(`</tbody></table></section>`)
	if c.CSV != "" {
		p.f(`<p class="govuk-body"><a class="govuk-link" href="%s">%s</a></p>`, esc(c.CSV), esc(c.GetCSV))
	}
	p.f(`</div></details>`)
}

// niceStep divides a span into three to six steps of 1, 2, 2.5 or 5 times a power of ten.
func niceStep(span float64) float64 {
	if span <= 0 || math.IsInf(span, 0) || math.IsNaN(span) {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(span/4)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if span/(base*m) <= 5 {
			return base * m
		}
	}
	return base * 10
}

type pen struct{ b strings.Builder }

func (p *pen) f(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

func esc(s string) string { return template.HTMLEscapeString(s) }

// num writes a coordinate with at most one decimal, so that pictures are small and equal everywhere.
func num(v float64) string {
	s := strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	if s == "-0" {
		return "0"
	}
	return s
}

func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
