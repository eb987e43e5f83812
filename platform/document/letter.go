package document

import (
	"net/url"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/document/qr"
	"seteli/platform/i18n"
)

// Words gives the fixed words of a letter ("Lyhyesti", "Sivu 1 / 2"); *i18n.Catalogue fits.
type Words interface {
	Text(lang i18n.Lang, key string, args map[string]any) string
}

// Letter is one letter or decision in one language.
type Letter struct {
	Lang        i18n.Lang
	Title       string   // the only first-level heading, and the title of the file
	Sender      string   // organiser, e.g. "Mallilan kaupunki"
	SenderUnit  string   // unit or service area, may be empty
	Mark        string   // secrecy mark in the head, may be empty
	Recipient   []string // name and postal address, at most six lines: the window of the envelope
	Date        calendar.Date
	Number      string // record number, printed on every page
	NumberKey   string // text that names the number; "" = document.number
	Blocks      []Block
	Attachments []Attachment // carried inside the PDF only (e.g. the trace as JSON)
}

func (l Letter) numberKey() string {
	if l.NumberKey == "" {
		return "document.number"
	}
	return l.NumberKey
}

// Block is one part of a letter, from top to bottom.
type Block interface{ block() }

// Heading is of level 2 or 3; a level 3 stands below a level 2.
type Heading struct {
	Level int
	Text  string
}

// Run is a stretch of text in one style.
type Run struct {
	Text string
	Bold bool
	Link string    // https:, mailto: or tel: address, "" when it is no link
	Lang i18n.Lang // when it differs from the letter's
}

// Paragraph is text in runs.
type Paragraph struct{ Runs []Run }

// Summary is the short plain-language part that comes first ("Lyhyesti").
type Summary struct{ Paragraphs []Paragraph }

// Column is the heading of a table column. Numeric columns are aligned to the right.
type Column struct {
	Title   string
	Numeric bool
}

// Cell is the text of a table cell, with notes in small text below it (a formula, a legal reference).
type Cell struct {
	Text  string
	Notes []string
}

// Row is one line of a table; its first cell is the row's heading. A sum row is bold and ruled double.
type Row struct {
	Cells []Cell
	Sum   bool
}

// Table has a caption, one heading row and rows of as many cells.
type Table struct {
	Caption string
	Columns []Column
	Rows    []Row
}

// Trace shows how a sum was computed, one line per step.
type Trace struct {
	Caption string
	Lines   []TraceLine
}

// TraceLine is one step. Amount is formatted text; Formula holds the person's own numbers, Source the provision and the rule's version.
type TraceLine struct {
	Label, Formula, Source, Amount string
	Sum                            bool
}

// List is a bulleted or numbered list.
type List struct {
	Numbered bool
	Items    []Paragraph
}

// Provisions lists the provisions applied, under their own heading.
type Provisions struct{ Items []Paragraph }

// Appeal is the instruction for appeal, under its own heading.
type Appeal struct{ Blocks []Block }

// Signature closes a letter: who decided, in which office, and how the letter is signed.
type Signature struct{ Name, Office, Note string }

// Square is a code that a phone or a hand scanner at a till reads. The same must stand in words beside it.
type Square struct {
	Content string // what a reader reads
	Alt     string // what it is, for those who do not see it
}

// PageBreak starts a new page on paper; the page and the text message show a rule or nothing.
type PageBreak struct{}

// Attachment is a file inside the PDF.
type Attachment struct {
	Name, Type, Description string // file name in ASCII, media type, what it is in the letter's language
	Data                    []byte
}

func (Heading) block()    {}
func (Paragraph) block()  {}
func (Summary) block()    {}
func (Table) block()      {}
func (Trace) block()      {}
func (List) block()       {}
func (Provisions) block() {}
func (Appeal) block()     {}
func (Signature) block()  {}
func (PageBreak) block()  {}
func (Square) block()     {}

// Plain is a paragraph of one plain run.
func Plain(text string) Paragraph { return Paragraph{Runs: []Run{{Text: text}}} }

// Cells makes the cells of a row without notes.
func Cells(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, t := range texts {
		cells[i] = Cell{Text: t}
	}
	return cells
}

var (
	errGlyph   = fault.New(fault.Invalid, "DOC-001", "document.glyph")
	errEmpty   = fault.New(fault.Internal, "DOC-002", "document.empty")
	errHeading = fault.New(fault.Internal, "DOC-003", "document.heading")
	errTable   = fault.New(fault.Internal, "DOC-004", "document.table")
	errLink    = fault.New(fault.Invalid, "DOC-005", "document.link")
	errAddress = fault.New(fault.Invalid, "DOC-006", "document.address")
	errFile    = fault.New(fault.Internal, "DOC-007", "document.file")
	errSquare  = fault.New(fault.Internal, "DOC-008", "document.square")
)

// addressLines is what fits into the window of the envelope.
const addressLines = 6

// Check tells everything that keeps the letter from being rendered well; nil when nothing does.
// A letter must have title, sender, language, no gap in headings, even tables and links that lead somewhere.
func (l Letter) Check() error {
	var faults fault.List
	if strings.TrimSpace(l.Title) == "" || strings.TrimSpace(l.Sender) == "" || l.Lang == "" || len(l.Blocks) == 0 {
		faults = append(faults, errEmpty)
	}
	if len(l.Recipient) > addressLines {
		faults = append(faults, errAddress.With("max", addressLines))
	}
	c := checker{level: 1}
	c.blocks(l.Blocks)
	for _, a := range l.Attachments {
		if a.Name == "" || a.Type == "" || strings.ContainsFunc(a.Name, func(r rune) bool { return r < ' ' || r > '~' || r == '/' }) {
			c.faults = append(c.faults, errFile.With("name", a.Name))
		}
	}
	return append(faults, c.faults...).Err()
}

type checker struct {
	faults fault.List
	level  int // of the last heading
}

func (c *checker) blocks(blocks []Block) {
	for _, b := range blocks {
		switch b := b.(type) {
		case Heading:
			if b.Level < 2 || b.Level > 3 || b.Level > c.level+1 || strings.TrimSpace(b.Text) == "" {
				c.faults = append(c.faults, errHeading.With("text", b.Text))
			}
			c.level = b.Level
		case Paragraph:
			c.paragraphs([]Paragraph{b})
		case Summary:
			c.level = 2
			c.paragraphs(b.Paragraphs)
		case List:
			c.paragraphs(b.Items)
		case Provisions:
			c.level = 2
			c.paragraphs(b.Items)
		case Appeal:
			c.level = 2
			c.blocks(b.Blocks)
		case Table:
			c.table(b)
		case Square:
			if _, err := qr.Encode(b.Content); err != nil || strings.TrimSpace(b.Alt) == "" {
				c.faults = append(c.faults, errSquare.Because(err))
			}
		case Trace:
			if len(b.Lines) == 0 || b.Caption == "" {
				c.faults = append(c.faults, errTable.With("caption", b.Caption))
			}
		}
	}
}

func (c *checker) paragraphs(ps []Paragraph) {
	for _, p := range ps {
		if len(p.Runs) == 0 {
			c.faults = append(c.faults, errEmpty)
		}
		for _, r := range p.Runs {
			if r.Link == "" {
				continue
			}
			u, err := url.Parse(r.Link)
			known := err == nil && (u.Scheme == "https" && u.Host != "" || (u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != "")
			if !known || strings.TrimSpace(r.Text) == "" {
				c.faults = append(c.faults, errLink.With("link", r.Link))
			}
		}
	}
}

func (c *checker) table(t Table) {
	even := t.Caption != "" && len(t.Columns) > 0
	for _, r := range t.Rows {
		even = even && len(r.Cells) == len(t.Columns)
	}
	for _, col := range t.Columns {
		even = even && col.Title != ""
	}
	if !even {
		c.faults = append(c.faults, errTable.With("caption", t.Caption))
	}
}

// expand replaces the blocks with fixed words by headings, paragraphs, lists and tables, in one place for the three renderers.
// Summary and Signature stay: each renderer sets them apart in its own way.
func (l Letter) expand(w Words) []Block {
	return expand(l.Blocks, func(key string) string { return w.Text(l.Lang, key, nil) })
}

func expand(blocks []Block, word func(string) string) []Block {
	var out []Block
	for _, b := range blocks {
		switch b := b.(type) {
		case Trace:
			out = append(out, b.table(word))
		case Provisions:
			out = append(out, Heading{2, word("document.provisions")}, List{Items: b.Items})
		case Appeal:
			out = append(out, Heading{2, word("document.appeal")})
			out = append(out, expand(b.Blocks, word)...)
		default:
			out = append(out, b)
		}
	}
	return out
}

func (t Trace) table(word func(string) string) Table {
	table := Table{Caption: t.Caption, Columns: []Column{{Title: word("document.trace.item")}, {Title: word("document.trace.amount"), Numeric: true}}}
	for _, line := range t.Lines {
		first := Cell{Text: line.Label}
		for _, note := range []string{line.Formula, line.Source} {
			if note != "" {
				first.Notes = append(first.Notes, note)
			}
		}
		table.Rows = append(table.Rows, Row{Cells: []Cell{first, {Text: line.Amount}}, Sum: line.Sum})
	}
	return table
}
