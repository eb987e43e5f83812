package qr

import (
	"strconv"
	"strings"

	"seteli/core/fault"
)

// Quiet is the empty margin around a code, in modules; a reader needs it to find the code.
const Quiet = 4

var (
	errEmpty = fault.New(fault.Invalid, "QRC-001", "document.qr_empty")
	errLong  = fault.New(fault.Invalid, "QRC-002", "document.qr_long")
)

// Code is a finished square of modules without its margin.
type Code struct {
	size int
	dark []bool // row by row
	mask int
}

// Size is the number of modules on a side: 21 in version 1, four more in each further version.
func (c *Code) Size() int { return c.size }

// Dark tells whether the module of a column and a row is dark; the margin is light.
func (c *Code) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < c.size && y < c.size && c.dark[y*c.size+x]
}

// Encode draws the text in the smallest version that holds it. A text of digits, capital letters and $%*+-./: and space takes the
// denser alphanumeric mode, any other text its UTF-8 bytes. QRC-002 when it does not fit into version 10 (311 alphanumeric signs or 213 bytes).
func Encode(text string) (*Code, error) {
	if text == "" {
		return nil, errEmpty
	}
	for v := 1; v <= len(versions); v++ {
		if data, fits := versions[v-1].data(text, v); fits {
			return best(v, versions[v-1].protect(data)), nil
		}
	}
	return nil, errLong.With("n", len(text))
}

// SVG draws the code with its margin as an image of its own that scales; label is what a screen reader says. It holds no script and no
// style, and stands on white in every colour scheme: a reader needs dark on light.
func (c *Code) SVG(label string) string {
	side := strconv.Itoa(c.size + 2*Quiet)
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="app-qr" role="img" viewBox="0 0 ` + side + " " + side + `" width="200" height="200" shape-rendering="crispEdges" aria-label="`)
	b.WriteString(escaper.Replace(label))
	b.WriteString(`"><rect width="` + side + `" height="` + side + `" fill="#fff"/><path fill="#000" d="`)
	for _, r := range c.Bars() {
		b.WriteString("M" + strconv.Itoa(r.X+Quiet) + " " + strconv.Itoa(r.Y+Quiet) + "h" + strconv.Itoa(r.Length) + "v1h-" + strconv.Itoa(r.Length) + "z")
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

// Bar is a run of dark modules in one row.
type Bar struct{ X, Y, Length int }

// Bars gives the dark modules as horizontal bars, row by row, for those who draw.
func (c *Code) Bars() []Bar {
	var out []Bar
	for y := range c.size {
		for x := 0; x < c.size; x++ {
			from := x
			for c.Dark(x, y) {
				x++
			}
			if x > from {
				out = append(out, Bar{from, y, x - from})
			}
		}
	}
	return out
}
