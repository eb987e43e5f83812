package sheet

import (
	"iter"
	"strings"

	"seteli/core/fault"
)

// Kind tells how the cells of a column are judged and what their Value looks like.
type Kind uint8

// The kinds of columns, with the form of a sound cell's Value.
const (
	Text    Kind = iota // as written, trimmed
	Date                // 2026-12-01
	Decimal             // 1234.50, with a point, sign first
	Time                // 08:30
	Hours               // 2:30 when it is whole minutes, otherwise a decimal as above
	Code                // identifier: as written, trimmed
)

// Column is one column that the caller wants. Names and synonyms are compared without case, spaces and punctuation at their ends.
type Column struct {
	Name     string   // the caller's name; also accepted as a heading
	Synonyms []string // headings in fi, sv and en
	Required bool
	Kind     Kind
	Valid    func(code string) bool // of a Code: whether its check character is right; lost zeros are proposed with it
}

// Cell is one value. A sound cell has a Value (empty when Raw is); a damaged one has a Damage and, where the original can be
// worked out, a Proposal in the form of a Value. Other is a second possible reading: then the sender must choose.
type Cell struct {
	Raw      string
	Value    string
	Damage   Damage
	Proposal string
	Other    string
}

// Row is one line. Cells are in the order of the caller's columns; both slices are reused for the next row.
type Row struct {
	Number int // as the spreadsheet program counts, from 1
	Cells  []Cell
	Sent   []string // the whole line as it came, in the order of Match.Headings; may be shorter
}

// Skipped is a line that is not read, shown to the sender.
type Skipped struct {
	Row    int
	Reason string // "total" or "blank"
	Text   string // first cell of a total row
}

// Match is a table whose header fits the columns.
type Match struct {
	Table   *Table
	Columns []Column
	Found   []int // for each column its place in the file from 0, -1 when it is not there
	Unknown []string
	Skipped []Skipped
	Lines   int // lines with data

	Headings []string // the sender's own, all of them in the order of the file, trimmed

	header int // row number of the header
	habits []habit
}

// Match ties the header to the columns and reads the file once: every structural error is in the returned fault.List
// (up to 1,000, then a count), each with row, column and remedy. It also learns the habits of each column
// (day or month first, comma or point), by which Rows judges cells.
func (t *Table) Match(columns []Column) (*Match, error) {
	m := &Match{Table: t, Columns: columns, habits: make([]habit, len(columns))}
	c := collector{}
	width := 0
	t.source.records(func(row int, record []string, bad *fault.Fault) bool {
		switch {
		case bad != nil:
			c.add(bad)
		case m.header == 0:
			if !blank(record) {
				m.header, width = row, len(record)
				m.readHeader(record, &c)
			}
			return m.Found != nil // nothing more can be said of a file without a header
		default:
			return m.line(row, record, width, &c)
		}
		return true
	})
	if m.header == 0 && len(c.faults) == 0 {
		c.add(errHeader)
	}
	if len(c.faults) == 0 && m.Lines == 0 {
		c.add(errNoContent)
	}
	if c.more > 0 {
		c.faults = append(c.faults, errMore.With("n", c.more))
	}
	if err := c.faults.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

type collector struct {
	faults fault.List
	more   int
}

func (c *collector) add(f *fault.Fault) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, f)
	} else {
		c.more++
	}
}

// line judges the structure of one line; false stops the reading.
func (m *Match) line(row int, record []string, width int, c *collector) bool {
	if reason := skip(record); reason != "" {
		if reason == "total" {
			m.Skipped = append(m.Skipped, Skipped{row, reason, first(record)})
		} else if len(m.Skipped) < maxFaults {
			m.Skipped = append(m.Skipped, Skipped{Row: row, Reason: reason})
		}
		return true
	}
	if m.Lines++; m.Lines > m.Table.limits.Lines {
		c.add(errLines.With("max", m.Table.limits.Lines))
		return false
	}
	// A spreadsheet drops empty cells at the end of a row, and some programs add them.
	if n := len(record); n > width && !blank(record[width:]) || n < width && m.Table.Format == CSV {
		c.add(errWidth.With("row", row).With("n", n).With("max", width))
		return true
	}
	for i, at := range m.Found {
		if at < 0 || at >= len(record) {
			continue
		}
		if len(record[at]) > maxCell {
			c.add(errLong.With("row", row).With("column", m.Columns[i].Name).With("max", maxCell).At(m.Columns[i].Name))
			continue
		}
		m.habits[i].learn(m.Columns[i].Kind, strings.TrimSpace(record[at]))
	}
	return true
}

func (m *Match) readHeader(record []string, c *collector) {
	if len(record) > maxColumns {
		c.add(errColumns.With("n", len(record)).With("max", maxColumns))
		return
	}
	byName := map[string]int{}
	for i, col := range m.Columns {
		byName[plainName(col.Name)] = i
		for _, s := range col.Synonyms {
			byName[plainName(s)] = i
		}
	}
	found := make([]int, len(m.Columns))
	for i := range found {
		found[i] = -1
	}
	known := 0
	for at, title := range record {
		name := plainName(title)
		i, ok := byName[name]
		if !ok { // "Hinta (€)" is "Hinta"
			if open := strings.IndexByte(name, '('); open > 0 {
				i, ok = byName[strings.TrimSpace(name[:open])]
			}
		}
		switch {
		case !ok && name != "":
			m.Unknown = append(m.Unknown, strings.TrimSpace(title))
		case ok && found[i] >= 0:
			c.add(errTwice.With("column", strings.TrimSpace(title)).With("row", m.header).At(m.Columns[i].Name))
		case ok:
			found[i] = at
			known++
		}
	}
	if known == 0 {
		c.add(errHeader)
		return
	}
	for i, col := range m.Columns {
		if col.Required && found[i] < 0 {
			title := col.Name
			if len(col.Synonyms) > 0 {
				title = col.Synonyms[0]
			}
			c.add(errMissing.With("column", title).At(col.Name))
		}
	}
	m.Found = found
	for _, title := range record {
		m.Headings = append(m.Headings, strings.TrimSpace(title))
	}
}

// plainName is a heading without what people vary: case, underscores, repeated spaces, colons and stars.
func plainName(s string) string {
	s = strings.NewReplacer("_", " ", "-", " ", "\u00a0", " ", "\u00ad", "").Replace(strings.ToLower(s))
	return strings.Trim(strings.Join(strings.Fields(s), " "), ":*.\"'")
}

func blank(record []string) bool {
	for _, s := range record {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

func first(record []string) string {
	for _, s := range record {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// totals are the words with which spreadsheets begin a line of sums.
var totals = map[string]bool{"yhteensä": true, "summa": true, "loppusumma": true, "totalt": true, "sammanlagt": true, "total": true, "sum": true, "grand total": true}

func skip(record []string) string {
	s := first(record)
	if s == "" {
		return "blank"
	}
	if len(s) < 16 && s[0] > '9' && totals[plainName(s)] {
		return "total"
	}
	return ""
}

// Rows reads the lines in the order of the file. Row.Cells is valid until the next row.
func (m *Match) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		cells := make([]Cell, len(m.Columns))
		base1904 := false
		if x, ok := m.Table.source.(*xlsxSource); ok {
			base1904 = x.base1904
		}
		m.Table.source.records(func(row int, record []string, bad *fault.Fault) bool {
			if bad != nil || row <= m.header || skip(record) != "" {
				return true
			}
			for i, at := range m.Found {
				raw := ""
				if at >= 0 && at < len(record) {
					raw = strings.TrimSpace(record[at])
				}
				cells[i] = judge(m.Columns[i], raw, m.habits[i], m.Table.Format, base1904)
			}
			return yield(Row{Number: row, Cells: cells, Sent: record})
		})
	}
}

// Damages counts the damaged cells by kind, for one question per kind in the preview.
func (m *Match) Damages() map[Damage]int {
	counts := map[Damage]int{}
	for row := range m.Rows() {
		for _, c := range row.Cells {
			if c.Damage != "" {
				counts[c.Damage]++
			}
		}
	}
	return counts
}
