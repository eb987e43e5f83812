package document

import (
	"fmt"
	"strconv"

	"seteli/platform/document/qr"
)

const (
	bodySize    = 10.5
	bodyLeading = 15.5
	noteSize    = 9
	noteLeading = 12.5
	cellPad     = 6
	squareSide  = 32 * mm // a module of the largest code is then half a millimetre: a phone reads it at arm's length
)

// blocks lays out expanded blocks under the document element.
func (w *writer) blocks(blocks []Block) []box {
	var out []box
	for _, b := range blocks {
		switch b := b.(type) {
		case Heading:
			out = append(out, w.heading(b.Level, b.Text)...)
		case Paragraph:
			out = append(out, before(w.paragraph(w.tree.root.child("P"), b, marginLeft, contentWidth), 7)...)
		case Summary:
			out = append(out, w.summary(b)...)
		case Table:
			out = append(out, w.table(b)...)
		case List:
			out = append(out, w.list(b)...)
		case Signature:
			if len(out) > 0 { // a signature alone on a page signs nothing
				out[len(out)-1].keep = true
			}
			out = append(out, w.signature(b)...)
		case Square:
			out = append(out, w.square(b)...)
		case PageBreak:
			out = append(out, box{brk: true, keep: true})
		}
	}
	return out
}

func before(boxes []box, space float64) []box {
	if len(boxes) > 0 {
		boxes[0].before = space
	}
	return boxes
}

func keepAll(boxes []box) []box {
	for i := range boxes {
		boxes[i].keep = true
	}
	return boxes
}

func (w *writer) heading(level int, s string) []box {
	size, space := 18.0, 0.0
	switch level {
	case 2:
		size, space = 13, 20
	case 3:
		size, space = 11, 14
	}
	n := w.tree.root.child("H" + strconv.Itoa(level))
	boxes := w.lines(textBox{node: n, pieces: []piece{{text: s, style: w.style(true, size)}}, x: marginLeft, width: contentWidth, leading: size * 1.3})
	if len(boxes) == 0 { // a missing glyph was noted
		return []box{{}}
	}
	return before(keepAll(boxes), space)
}

func (w *writer) paragraph(n *node, p Paragraph, x, width float64) []box {
	pieces := make([]piece, len(p.Runs))
	for i, r := range p.Runs {
		pieces[i] = piece{text: r.Text, style: w.style(r.Bold, bodySize), link: r.Link, lang: r.Lang, owner: i}
	}
	return w.lines(textBox{node: n, pieces: pieces, x: x, width: width, leading: bodyLeading})
}

// summary stands on a tinted ground with a bar at its left.
func (w *writer) summary(s Summary) []box {
	const inset = 14
	word := w.words.Text(w.letter.Lang, "document.summary", nil)
	boxes := []box{{height: 9, keep: true}}
	h := w.lines(textBox{node: w.tree.root.child("H2"), pieces: []piece{{text: word, style: w.style(true, 13)}}, x: marginLeft + inset, width: contentWidth - 2*inset, leading: 17})
	boxes = append(boxes, keepAll(h)...)
	for _, p := range s.Paragraphs {
		boxes = append(boxes, before(w.paragraph(w.tree.root.child("P"), p, marginLeft+inset, contentWidth-2*inset), 4)...)
	}
	boxes[len(boxes)-1].keep = true
	boxes = append(boxes, box{height: 10})
	for i := range boxes {
		boxes[i].tint = true
	}
	// The space above the ground is a box of its own: it must not be tinted.
	return append([]box{{before: 12, keep: true}}, boxes...)
}

func (w *writer) list(l List) []box {
	n := w.tree.root.child("L")
	n.attrs = "<</O/List/ListNumbering/Disc>>"
	if l.Numbered {
		n.attrs = "<</O/List/ListNumbering/Decimal>>"
	}
	const inset = 20
	var out []box
	for i, item := range l.Items {
		li := n.child("LI")
		label, body := li.child("Lbl"), li.child("LBody")
		sign := "•"
		if l.Numbered {
			sign = strconv.Itoa(i+1) + "."
		}
		marks := w.lines(textBox{node: label, pieces: []piece{{text: sign, style: w.style(false, bodySize)}}, x: marginLeft + 5, width: inset, leading: bodyLeading})
		boxes := before(w.paragraph(body, item, marginLeft+inset, contentWidth-inset), 3)
		if len(marks) > 0 && len(boxes) > 0 {
			draw := boxes[0].draw
			boxes[0].draw = func(p *page, top float64) { marks[0].draw(p, top); draw(p, top) }
		}
		if len(l.Items) > 1 && (i == 0 || i == len(l.Items)-2) { // no item alone at a page end or a page top
			keepAll(boxes)
		}
		out = append(out, boxes...)
	}
	return before(out, 6)
}

func (w *writer) signature(s Signature) []box {
	var out []box
	for i, t := range []string{s.Name, s.Office, s.Note} {
		if t == "" {
			continue
		}
		size, colour := bodySize, black
		if i == 2 {
			size, colour = noteSize, grey
		}
		out = append(out, w.lines(textBox{node: w.tree.root.child("P"), pieces: []piece{{text: t, style: w.style(i == 0, size)}},
			x: marginLeft, width: contentWidth, leading: bodyLeading, colour: colour})...)
	}
	if len(out) == 0 {
		return nil
	}
	keepAll(out)
	out[len(out)-1].keep = false
	return before(out, 26)
}

// square draws a code with its margin as a figure; the paper is its light ground.
func (w *writer) square(s Square) []box {
	code, err := qr.Encode(s.Content)
	if err != nil { // Check has tried it
		w.firstErr = err
		return nil
	}
	n := w.tree.root.child("Figure")
	n.alt = s.Alt
	side := squareSide / float64(code.Size()+2*qr.Quiet)
	return []box{{before: 10, height: squareSide, draw: func(p *page, top float64) {
		n.attrs = fmt.Sprintf("<</O/Layout/Placement/Block/BBox[%s %s %s %s]>>", num(marginLeft), num(pageHeight-top-squareSide), num(marginLeft+squareSide), num(pageHeight-top))
		p.marked(n, func() {
			fmt.Fprintf(&p.content, "q %s rg\n", black)
			for _, b := range code.Bars() {
				fmt.Fprintf(&p.content, "%s %s %s %s re\n", num(marginLeft+float64(b.X+qr.Quiet)*side), num(pageHeight-top-float64(b.Y+1+qr.Quiet)*side), num(float64(b.Length)*side), num(side))
			}
			p.content.WriteString("f Q\n")
		})
	}}}
}
