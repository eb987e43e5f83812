package document

import (
	"fmt"
	"strings"
)

// Measures in points. The left margin and the address follow the Finnish letter form: 20 mm from the left,
// the address 47–76 mm from the top, which shows in the window of C5, E65 and of the printing services.
const (
	mm           = 72 / 25.4
	pageWidth    = 210 * mm
	pageHeight   = 297 * mm
	marginLeft   = 20 * mm
	marginRight  = 20 * mm
	contentWidth = pageWidth - marginLeft - marginRight
	firstTop     = 15 * mm
	addressTop   = 47 * mm
	titleTop     = 86 * mm
	nextTop      = 30 * mm
	bottom       = pageHeight - 25*mm
	footerY      = pageHeight - 14*mm
)

// box is an unbreakable strip of the page: a line of text, a table row, a space.
type box struct {
	height float64
	before float64 // space above, dropped at the top of a page
	keep   bool    // stays on the page of the next box
	tint   bool    // lies on the summary's background
	brk    bool    // begins a page
	repeat *box    // heading row drawn again, as an artifact, when this box begins a page
	draw   func(p *page, top float64)
}

// page is the content of one page in the making. The vertical axis of draw calls points down, from the top.
type page struct {
	index   int
	content strings.Builder
	annots  []ref
	tree    *tree
	repeats bool // a repeated heading row is being drawn: everything is an artifact
	write   *writer
}

func (p *page) artifact(kind string, draw func()) {
	if kind != "" {
		kind = "<</Type/" + kind + ">>"
		fmt.Fprintf(&p.content, "/Artifact %s BDC\n", kind)
	} else {
		p.content.WriteString("/Artifact BMC\n")
	}
	draw()
	p.content.WriteString("EMC\n")
}

// rect fills a rectangle.
func (p *page) rect(x, top, width, height float64, colour string) {
	fmt.Fprintf(&p.content, "q %s rg %s %s %s %s re f Q\n", colour, num(x), num(pageHeight-top-height), num(width), num(height))
}

// show draws encoded characters with the baseline at y; it is inside marked content already.
func (p *page) show(s style, colour string, x, y float64, runes []rune) {
	if len(runes) == 0 {
		return
	}
	fmt.Fprintf(&p.content, "BT /F%d %s Tf %s rg %s %s Td <", s.index, num(s.size), colour, num(x), num(pageHeight-y))
	for _, r := range runes {
		fmt.Fprintf(&p.content, "%04X", s.font.ids[r])
	}
	p.content.WriteString("> Tj ET\n")
}

// marked draws as content of n, or as an artifact inside a repeated row.
func (p *page) marked(n *node, draw func()) {
	if p.repeats {
		p.artifact("Pagination", draw)
		return
	}
	fmt.Fprintf(&p.content, "/%s <</MCID %d>> BDC\n", n.kind, p.tree.mark(n, p.index))
	draw()
	p.content.WriteString("EMC\n")
}

// flow places boxes on pages from top on; chunks that stay together move together.
func (w *writer) flow(boxes []box, top float64) {
	y, fresh := top, false
	for i := 0; i < len(boxes); {
		end, height := i, 0.0
		for {
			height += boxes[end].height
			if end > i || !fresh {
				height += boxes[end].before
			}
			end++
			if end == len(boxes) || !boxes[end-1].keep || boxes[end].brk {
				break
			}
		}
		if !fresh && (boxes[i].brk || y+height > bottom) {
			w.newPage()
			y, fresh = nextTop, true
			continue
		}
		if y+height > bottom { // longer than a page: what can be placed is placed
			end = i + 1
			if !fresh && y+boxes[i].before+boxes[i].height > bottom {
				w.newPage()
				y, fresh = nextTop, true
			}
		}
		for ; i < end; i++ {
			y = w.place(&boxes[i], y, fresh)
			fresh = false
		}
	}
}

func (w *writer) place(b *box, y float64, fresh bool) float64 {
	p := w.pages[len(w.pages)-1]
	before := b.before
	if fresh {
		before = 0
		if b.repeat != nil {
			p.repeats = true
			b.repeat.draw(p, y)
			p.repeats = false
			y += b.repeat.height
		}
	}
	if b.tint && before+b.height > 0 {
		p.artifact("", func() {
			p.rect(marginLeft, y, contentWidth, before+b.height+0.3, tintColour)
			p.rect(marginLeft, y, 4, before+b.height+0.3, accentColour)
		})
	}
	y += before
	if b.draw != nil {
		b.draw(p, y)
	}
	return y + b.height
}

func (w *writer) newPage() {
	w.pages = append(w.pages, &page{index: len(w.pages), tree: w.tree, write: w})
}
