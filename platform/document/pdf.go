package document

import (
	"fmt"
	"strings"

	"seteli/platform/i18n"
)

const (
	black        = "0.04 0.05 0.05"
	grey         = "0.31 0.35 0.37" // 7:1 on white
	linkColour   = "0 0.22 0.55"
	accentColour = "0 0.22 0.55"
	tintColour   = "0.94 0.96 0.98"
	ruleColour   = "0.69 0.71 0.73"
)

// writer holds one file in the making.
type writer struct {
	letter    Letter
	words     Words
	objects   *objects
	tree      *tree
	pages     []*page
	regular   *subset
	bold      *subset
	firstErr  error
	annotRefs []ref
}

// PDF renders the letter as a tagged file for PDF/UA-1 and PDF/A-3a. DOC-001 when a character has no glyph;
// the faults of Letter.Check otherwise. The same letter gives the same bytes.
func PDF(l Letter, words Words) ([]byte, error) { return render(l, words, false) }

func render(l Letter, words Words, plain bool) ([]byte, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	w := &writer{letter: l, words: words, objects: &objects{plain: plain}, tree: &tree{root: &node{kind: "Document"}},
		regular: newSubset(regularFace()), bold: newSubset(boldFace())}
	if _, err := w.regular.glyph(softHyphen); err != nil {
		return nil, err
	}
	if _, err := w.bold.glyph(softHyphen); err != nil {
		return nil, err
	}
	w.newPage()
	w.head()
	var boxes []box
	boxes = append(boxes, w.heading(1, l.Title)...)
	boxes[0].before = 0
	boxes = append(boxes, w.blocks(l.expand(words))...)
	w.flow(boxes, titleTop)
	w.feet()
	if w.firstErr != nil {
		return nil, w.firstErr
	}
	return w.assemble()
}

func (w *writer) style(bold bool, size float64) style {
	if bold {
		return style{w.bold, 2, size}
	}
	return style{w.regular, 1, size}
}

// textBox makes the lines of pieces under element n. right aligns to the right edge.
type textBox struct {
	node    *node
	pieces  []piece
	x       float64
	width   float64
	leading float64
	right   bool
	colour  string
}

// lines gives one box per line; the first two and the last two lines of a paragraph stay together.
func (w *writer) lines(t textBox) []box {
	g, err := measure(t.pieces)
	if err != nil {
		if w.firstErr == nil {
			w.firstErr = err
		}
		return nil
	}
	if t.colour == "" {
		t.colour = black
	}
	owners := map[int]*node{}
	broken := g.breakLines(t.width, t.pieces)
	boxes := make([]box, len(broken))
	for i, l := range broken {
		boxes[i] = box{height: t.leading, keep: len(broken) > 1 && (i == 0 || i == len(broken)-2), draw: func(p *page, top float64) {
			x := t.x
			if t.right {
				x += t.width - l.width
			}
			w.drawLine(p, t, g, l, x, top, owners)
		}}
	}
	return boxes
}

// drawLine draws the runs of a line, each as content of its element.
func (w *writer) drawLine(p *page, t textBox, g *glyphs, l line, x, top float64, owners map[int]*node) {
	for from := l.from; from < l.to; {
		index := g.piece[from]
		to := from
		for to < l.to && g.piece[to] == index {
			to++
		}
		pc := t.pieces[index]
		runes := make([]rune, 0, to-from+1)
		for _, r := range g.runes[from:to] {
			if r != softHyphen {
				runes = append(runes, r)
			}
		}
		if l.hyphen && to == l.to {
			runes = append(runes, softHyphen)
		}
		baseline := top + t.leading*0.5 + pc.style.size*0.345
		width := g.sum(from, to)
		colour := t.colour
		if pc.link != "" {
			colour = linkColour
		}
		owner := t.node
		if !p.repeats {
			owner = w.owner(t.node, pc, owners)
		}
		p.marked(owner, func() { p.show(pc.style, colour, x, baseline, runes) })
		if pc.link != "" && !p.repeats {
			if g.runes[to-1] == ' ' { // the space at the end of a line is not underlined
				width -= g.widths[to-1]
			}
			p.artifact("", func() { p.rect(x, baseline+1.4, width, 0.6, linkColour) })
			w.annotate(p, owner, pc, x, top, width, t.leading)
			if g.runes[to-1] == ' ' {
				width += g.widths[to-1]
			}
		}
		x += width
		from = to
	}
}

// owner gives the element of a piece: the paragraph itself, a Link, or a Span of another language.
func (w *writer) owner(parent *node, pc piece, owners map[int]*node) *node {
	foreign := pc.lang != "" && pc.lang != w.letter.Lang
	if pc.link == "" && !foreign {
		return parent
	}
	n := owners[pc.owner]
	if n == nil {
		kind := "Span"
		if pc.link != "" {
			kind = "Link"
		}
		n = parent.child(kind)
		if foreign {
			n.lang = string(pc.lang)
		}
		owners[pc.owner] = n
	}
	return n
}

// annotate lays the clickable area of a link over one line.
func (w *writer) annotate(p *page, n *node, pc piece, x, top, width, height float64) {
	r := w.objects.add("<</Type/Annot/Subtype/Link/Rect[%s %s %s %s]/Border[0 0 0]/F 4/StructParent %s/Contents%s/A<</S/URI/URI%s>>>>",
		num(x), num(pageHeight-top-height), num(x+width), num(pageHeight-top), structParent(len(w.tree.links)), text(strings.TrimSpace(pc.text)), ascii(pc.link))
	w.tree.links = append(w.tree.links, n)
	w.annotRefs = append(w.annotRefs, r)
	p.annots = append(p.annots, r)
	n.kids = append(n.kids, kid{page: p.index, link: r})
}

// structParent stands for the key of an annotation until the number of pages is known.
func structParent(i int) string { return fmt.Sprintf("@%06d@", i) }

func (w *writer) head() {
	p, l := w.pages[0], w.letter
	half := contentWidth * 0.6
	at := func(top float64, t textBox) {
		for _, b := range w.lines(t) {
			b.draw(p, top)
			top += b.height
		}
	}
	one := func(s string, bold bool, x, width, top float64, right bool) {
		if s == "" {
			return
		}
		at(top, textBox{node: w.tree.root.child("P"), pieces: []piece{{text: s, style: w.style(bold, 10.5)}}, x: x, width: width, leading: 15, right: right})
	}
	one(l.Sender, true, marginLeft, half, firstTop, false)
	one(l.SenderUnit, false, marginLeft, half, firstTop+15, false)
	side := marginLeft + half
	one(i18n.Date(l.Lang, l.Date), false, side, contentWidth-half, firstTop, true)
	if l.Number != "" {
		one(w.words.Text(l.Lang, l.numberKey(), map[string]any{"number": l.Number}), false, side, contentWidth-half, firstTop+15, true)
	}
	p.artifact("", func() { p.rect(marginLeft, firstTop+38, contentWidth, 1.5, accentColour) })
	one(l.Mark, true, side, contentWidth-half, firstTop+46, true) // beside the window of the envelope, above the text
	if len(l.Recipient) == 0 {
		return
	}
	address := w.tree.root.child("P")
	for i, s := range l.Recipient {
		at(addressTop+float64(i)*14, textBox{node: address, pieces: []piece{{text: s + " ", style: w.style(false, 10.5)}}, x: marginLeft, width: contentWidth * 0.55, leading: 14})
	}
}

// feet draws number and page of pages on every page, and the head of the following pages, outside the reading order.
func (w *writer) feet() {
	l := w.letter
	number := ""
	if l.Number != "" {
		number = w.words.Text(l.Lang, l.numberKey(), map[string]any{"number": l.Number})
	}
	for i, p := range w.pages {
		p.artifact("Pagination", func() {
			p.rect(marginLeft, footerY-14, contentWidth, 0.5, ruleColour)
			w.small(p, number, marginLeft, footerY, false)
			w.small(p, w.words.Text(l.Lang, "document.page", map[string]any{"page": i + 1, "pages": len(w.pages)}), marginLeft+contentWidth, footerY, true)
			if i > 0 {
				w.small(p, l.Sender, marginLeft, 18*mm, false)
				w.small(p, i18n.Date(l.Lang, l.Date), marginLeft+contentWidth, 18*mm, true)
				p.rect(marginLeft, 18*mm+6, contentWidth, 0.5, ruleColour)
			}
		})
	}
}

// small draws one line of small grey text; right ends at x instead of beginning there.
func (w *writer) small(p *page, s string, x, y float64, right bool) {
	st := w.style(false, 9)
	g, err := measure([]piece{{text: s, style: st}})
	if err != nil {
		if w.firstErr == nil {
			w.firstErr = err
		}
		return
	}
	if right {
		x -= g.sum(0, len(g.runes))
	}
	p.show(st, grey, x, y, g.runes)
}
