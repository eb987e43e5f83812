package ui

import (
	"seteli/core/calendar"
	"seteli/core/money"
)

// Components are values that a handler fills with ready texts (r.T, r.Path) and a template shows with {{show .}}.

// Component is anything that {{show}} can show.
type Component interface{ component() string }

// Link is an address with its text.
type Link struct{ Text, Href string }

// Tag is a state in a coloured label. Prefer {{tag "voucher.active"}}: text and colour from the one table.
type Tag struct{ Text, Colour string }

// Row is one line of a summary list. Value is text; Cents, Date and Tag are for the template to format.
type Row struct {
	Key, Value string
	Small      string // second line, smaller
	Tag        *Tag
	Link       *Link // makes the value a link
	Actions    []Action
}

// Action is a link beside a row; Hidden completes it for screen readers ("Muuta" + "osoite").
type Action struct{ Text, Hidden, Href string }

// Summary is a summary list (dl).
type Summary struct {
	Title string // with a title it is a card
	Rows  []Row
}

// Task is one line of a task list; without Href it cannot be started yet and Hint says why.
type Task struct {
	Text, Hint, Href string
	Status           string
	Colour           string // "" : plain text
}

// TaskList is one section of a long application.
type TaskList struct {
	Title string
	Tasks []Task
}

// Column of a table. Sort is the address that sorts by it; Sorted is "ascending" or "descending".
type Column struct {
	Text, Sort, Sorted string
	Numeric            bool
	Hidden             bool // the heading is only for screen readers
}

// Cell of a table.
type Cell struct {
	Text    string
	Small   string // second line
	Href    string
	Hidden  string // completes the link for screen readers
	Tag     *Tag
	Numeric bool
	Lang    string // language of free text when it is not the page's
	Tick    *Tick
	More    *Details // what opens under the text: too long for most readers of the row
}

// Tick is a tick box in a table row.
type Tick struct {
	Name, Value, Label string
	On                 bool
}

// Table with a caption. On a phone it becomes cards when Cards is set, otherwise the region scrolls by itself.
type Table struct {
	ID, Caption string
	Quiet       bool // caption only for screen readers
	Columns     []Column
	Rows        [][]Cell // the first cell of each row is its heading
	Foot        []Cell
	Cards       bool
	Dense       bool
	Empty       Empty // shown instead when there are no rows
}

// Empty teaches what will be here and how to get it.
type Empty struct {
	Title, Text string
	Links       []Link
}

// Pages is keyset pagination; an empty address means that there is none in that direction.
type Pages struct{ First, Previous, Next, Summary string }

// Banner tells an outcome (Kind success) or something important.
type Banner struct {
	Kind, Title, Text string
	Links             []Link
}

// Details is a text that opens.
type Details struct {
	Summary, Text string
	Inner         Component
}

// Inset is an aside with a coloured edge. Strong comes first, in bold.
type Inset struct {
	Strong, Text string
	Link         *Link
}

// Warning is a text with an exclamation mark.
type Warning struct{ Text string }

// Moment is one entry of a timeline.
type Moment struct {
	Title, By, When, Text string
	Href                  string
	Open                  bool // still to come
}

// Timeline is a history, newest first.
type Timeline struct {
	Title   string
	Moments []Moment
}

// Step is one line of a calculation.
type Step struct {
	Text, Formula, Source string
	Amount                string // ready text: "−238,00 €"
	Sum                   bool   // a sum: bold; the last one is double-ruled
}

// Calculation shows why a sum is what it is, line by line.
type Calculation struct {
	Caption string
	Quiet   bool
	Steps   []Step
	Law     []string
}

// Tile is one figure of a dashboard.
type Tile struct{ Label, Figure, Note, Href, Colour string }

// Tiles stand side by side.
type Tiles []Tile

// Price is the figure block of a comparison: what one pays oneself first.
type Price struct {
	Label, Figure, Note string
	Others              []PricePart
}

// PricePart is a smaller figure beside it.
type PricePart struct{ Label, Figure string }

// Chip is an active filter; Href removes it.
type Chip struct{ Text, Href string }

// Progress of a long run. Href is this page; Events the address of its server-sent events, "" when finished.
type Progress struct {
	Label        string
	Done, Of     int
	Href, Events string
	Finished     bool
}

// Percent of the run, whole.
func (p Progress) Percent() int {
	if p.Of <= 0 {
		return 0
	}
	return min(100, p.Done*100/p.Of)
}

// Cards is a list of cards.
type Cards []Card

// Card is one object among several: a voucher, a provider.
type Card struct {
	Title, Href string
	Meta        string
	Tags        []Tag
	Price       *Price
	Lines       []string
	Actions     []Link
}

// Letter shows a sent letter on the page as it is on paper.
type Letter struct {
	Sender, Unit, Date string
	Receiver           []string
	Title              string
	Lang               string
	Blocks             []LetterBlock
	Record             string
}

// LetterBlock is a heading, a paragraph, a list, or a calculation.
type LetterBlock struct {
	Heading, Text string
	List          []string
	Calculation   *Calculation
}

// Steps shows where one is in a sequence.
type Steps struct {
	Names []string
	Now   int // from 0
}

func (Summary) component() string     { return "c-summary" }
func (TaskList) component() string    { return "c-tasks" }
func (Table) component() string       { return "c-table" }
func (Empty) component() string       { return "c-empty" }
func (Pages) component() string       { return "c-pages" }
func (Banner) component() string      { return "c-banner" }
func (Details) component() string     { return "c-details" }
func (Inset) component() string       { return "c-inset" }
func (Warning) component() string     { return "c-warning" }
func (Timeline) component() string    { return "c-timeline" }
func (Calculation) component() string { return "c-calculation" }
func (Tiles) component() string       { return "c-tiles" }
func (Price) component() string       { return "c-price" }
func (Progress) component() string    { return "c-progress" }
func (Cards) component() string       { return "c-cards" }
func (Card) component() string        { return "c-card" }
func (Letter) component() string      { return "c-letter" }
func (Steps) component() string       { return "c-steps" }
func (Tag) component() string         { return "c-tag" }
func (Field) component() string       { return "c-field" }

// Cents, Date … of a request: the one formatter in the reader's language, for component texts.

// Cents writes an amount: "1 842,00 €".
func (r *Request) Cents(c money.Cents) string { return formatCents(r.Lang, c) }

// Date writes a day: "1.12.2026".
func (r *Request) Date(d calendar.Date) string { return formatDate(r.Lang, d) }

// Period writes a half-open period with its last day: "1.8.2026–31.7.2027".
func (r *Request) Period(p calendar.Period) string { return formatPeriod(r.Lang, p) }

// Quantity writes units: "0,78", or "0,78 h" with the unit "hour".
func (r *Request) Quantity(q money.Quantity, unit ...string) string {
	return formatInUnit(r.Lang, q, unit)
}

// Tag gives the tag of a state from the one table; a state that nobody has registered is a programming error.
func (r *Request) Tag(state string) *Tag {
	tag, err := r.site.tag(r.Lang, state)
	if err != nil {
		panic(err)
	}
	return &tag
}

// TagCell is a table cell with the state's tag.
func (r *Request) TagCell(state string) Cell { return Cell{Tag: r.Tag(state)} }

// CentsCell is a numeric table cell.
func (r *Request) CentsCell(c money.Cents) Cell { return Cell{Text: r.Cents(c), Numeric: true} }

// TextCells makes plain cells.
func TextCells(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, t := range texts {
		cells[i].Text = t
	}
	return cells
}
