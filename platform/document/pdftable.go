package document

// table lays out caption, heading row and rows. The heading row is repeated on following pages as an artifact; the
// caption stays with the head and the first row, a sum row with the row above it.
func (w *writer) table(t Table) []box {
	n := w.tree.root.child("Table")
	caption := w.lines(textBox{node: n.child("Caption"), pieces: []piece{{text: t.Caption, style: w.style(true, bodySize)}}, x: marginLeft, width: contentWidth, leading: bodyLeading + 2})
	out := before(keepAll(caption), 14)
	widths := w.columnWidths(t)
	headRow := n.child("THead").child("TR")
	cells := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = Cell{Text: c.Title}
	}
	head := w.row(t, headRow, widths, cells, rowHead)
	head.keep = true
	out = append(out, head)
	body := n.child("TBody")
	for i, r := range t.Rows {
		kind := rowPlain
		if r.Sum {
			kind = rowSum
		}
		b := w.row(t, body.child("TR"), widths, r.Cells, kind)
		b.keep = i+1 < len(t.Rows) && t.Rows[i+1].Sum
		b.repeat = &head
		out = append(out, b)
	}
	return append(out, box{height: 4})
}

type rowKind int

const (
	rowPlain rowKind = iota
	rowHead
	rowSum
)

// row lays out the cells of one row at the same top.
func (w *writer) row(t Table, tr *node, widths []float64, cells []Cell, kind rowKind) box {
	var all [][]box
	height, x := 0.0, marginLeft
	for i, c := range cells {
		cell := tr.child(cellKind(kind, i))
		switch {
		case kind == rowHead:
			cell.attrs = "<</O/Table/Scope/Column>>"
		case i == 0:
			cell.attrs = "<</O/Table/Scope/Row>>"
		}
		text := textBox{node: cell, pieces: []piece{{text: c.Text, style: w.style(kind != rowPlain, bodySize)}},
			x: x + cellPad, width: widths[i] - 2*cellPad, leading: 14.5, right: t.Columns[i].Numeric}
		if len(c.Notes) > 0 {
			text.node = cell.child("P")
		}
		boxes := w.lines(text)
		for _, note := range c.Notes {
			text.node, text.leading, text.colour = cell.child("P"), noteLeading, grey
			text.pieces = []piece{{text: note, style: w.style(false, noteSize)}}
			boxes = append(boxes, w.lines(text)...)
		}
		h := 0.0
		for _, b := range boxes {
			h += b.height
		}
		height = max(height, h)
		all = append(all, boxes)
		x += widths[i]
	}
	height = max(height, 14.5) + 2*4
	return box{height: height, draw: func(p *page, top float64) {
		p.ruled(kind, top, height)
		for _, boxes := range all {
			y := top + 4
			for _, b := range boxes {
				b.draw(p, y)
				y += b.height
			}
		}
	}}
}

func cellKind(kind rowKind, column int) string {
	if kind == rowHead || column == 0 {
		return "TH"
	}
	return "TD"
}

// ruled draws the ground and the rules of a row: a tinted head, thin lines between, a double line under a sum.
func (p *page) ruled(kind rowKind, top, height float64) {
	draw := func() {
		switch kind {
		case rowHead:
			p.rect(marginLeft, top, contentWidth, height, tintColour)
			p.rect(marginLeft, top+height-1, contentWidth, 1, black)
		case rowSum:
			p.rect(marginLeft, top-0.5, contentWidth, 1, black)
			p.rect(marginLeft, top+height-3, contentWidth, 0.8, black)
			p.rect(marginLeft, top+height-0.8, contentWidth, 0.8, black)
		default:
			p.rect(marginLeft, top+height-0.5, contentWidth, 0.5, ruleColour)
		}
	}
	p.artifact("", draw)
}

// columnWidths gives numeric columns what they need and shares the rest by the longest text, so that no column starves.
func (w *writer) columnWidths(t Table) []float64 {
	natural := make([]float64, len(t.Columns))
	longest := func(i int, s string, bold bool, size float64) {
		g, err := measure([]piece{{text: s, style: w.style(bold, size)}})
		if err != nil { // noted again when the row is drawn
			return
		}
		natural[i] = max(natural[i], g.sum(0, len(g.runes))+2*cellPad+1)
	}
	for i, c := range t.Columns {
		longest(i, c.Title, true, bodySize)
	}
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			longest(i, c.Text, r.Sum, bodySize)
			for _, note := range c.Notes {
				longest(i, note, false, noteSize)
			}
		}
	}
	fixed, free := 0.0, 0.0
	for i, c := range t.Columns {
		if c.Numeric {
			natural[i] = min(natural[i], contentWidth/3)
			fixed += natural[i]
		} else {
			natural[i] = max(natural[i], 50)
			free += min(natural[i], contentWidth*0.6)
		}
	}
	if free == 0 || fixed > contentWidth*0.75 {
		scaled := make([]float64, len(natural))
		total := 0.0
		for _, v := range natural {
			total += v
		}
		for i, v := range natural {
			scaled[i] = v * contentWidth / total
		}
		return scaled
	}
	for i, c := range t.Columns {
		if !c.Numeric {
			natural[i] = min(natural[i], contentWidth*0.6) * (contentWidth - fixed) / free
		}
	}
	return natural
}
