package event

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/register"
	"seteli/platform/i18n"
	"seteli/platform/sheet"
)

// FileColumns are the columns of a recording file, in the order of the template. Their headings in three languages are texts.
var FileColumns = []string{"number", "birth_date", "content", "date", "start", "end", "quantity", "price", "amount", "unit", "worker", "note", "reference"}

// Places of the columns.
const (
	colNumber = iota
	colBirthDate
	colContent
	colDate
	colStart
	colEnd
	colQuantity
	colPrice
	colAmount
	colUnit
	colWorker
	colNote
	colReference
)

// FileBytes is the largest file.
const FileBytes = 25 << 20

var loadTexts = sync.OnceValues(i18n.Load)

// headings are what senders call the columns: words of input, kept with the texts because they are words of three languages.
func headings() ([]sheet.Column, error) {
	texts, err := loadTexts()
	if err != nil {
		return nil, err
	}
	kinds := map[int]sheet.Kind{colNumber: sheet.Code, colDate: sheet.Date, colStart: sheet.Time, colEnd: sheet.Time,
		colQuantity: sheet.Hours, colPrice: sheet.Decimal, colAmount: sheet.Decimal}
	columns := make([]sheet.Column, len(FileColumns))
	for i, name := range FileColumns {
		c := sheet.Column{Name: name, Kind: kinds[i], Required: i == colNumber || i == colDate}
		for _, lang := range i18n.Langs {
			for _, word := range strings.Split(texts.Text(lang, "event.file.heading."+name, nil), "|") {
				if !slices.ContainsFunc(c.Synonyms, func(s string) bool { return strings.EqualFold(s, word) }) {
					c.Synonyms = append(c.Synonyms, word)
				}
			}
		}
		columns[i] = c
	}
	columns[colNumber].Valid = func(code string) bool { _, err := ident.ParseVoucherNumber(code); return err == nil }
	return columns, nil
}

// openFile judges the container and the header. Every structural error is in the fault.List, with row, column and remedy.
func openFile(name string, data []byte) (*sheet.Match, error) {
	columns, err := headings()
	if err != nil {
		return nil, err
	}
	table, err := sheet.Open(name, bytes.NewReader(data), int64(len(data)), sheet.Limits{Bytes: FileBytes, Lines: MaxLines})
	if err != nil {
		return nil, err
	}
	return table.Match(columns)
}

// FileRow is one row of a file: what its sender wrote, the line that it says, and the answer.
type FileRow struct {
	Row       int
	Raw       []string // cells as sent, in the order of FileColumns
	others    []string // cells of columns that recording does not know, in the order of FilePreview.others; nil when there are none
	Line      *Line
	Organiser int32    // 0 when the voucher number leads to none
	Verdict   *Verdict // nil until the file is judged, except for rows that cannot be read
	unread    bool     // cannot be read, and is not judged
	damaged   map[string]sheet.Damage
}

// Cell is what the sender wrote in the column that a finding's field is about; "" when it is about the whole row.
func (row *FileRow) Cell(field string) string {
	names := map[string]string{"voucher": "number", "client": "birth_date", "measure": "quantity"}
	if other, ok := names[field]; ok {
		field = other
	}
	if i := slices.Index(FileColumns, field); i >= 0 {
		return row.Raw[i]
	}
	return ""
}

// Damaged tells what a spreadsheet has done to the cell of the column.
func (row *FileRow) Damaged(column string) sheet.Damage { return row.damaged[column] }

// Answers tell which kinds of damage the sender has decided: true = the proposals are used, false = such rows are rejected.
type Answers map[sheet.Damage]bool

// reading turns cells into lines. Rows whose cells cannot be read get their findings here and are not judged further.
type reading struct {
	answers  Answers
	columns  []string // headings for findings, in the order of FileColumns
	units    map[string]int64
	prefixes map[string]int32
	sum      [32]byte
	others   []int // places of the columns that recording does not know, kept for the error report
}

func (r *reading) rows(m *sheet.Match) iter.Seq[FileRow] {
	return func(yield func(FileRow) bool) {
		for row := range m.Rows() {
			if !yield(r.row(row)) {
				return
			}
		}
	}
}

func (r *reading) row(row sheet.Row) FileRow {
	out := FileRow{Row: row.Number, Raw: make([]string, len(row.Cells)), Line: &Line{Row: row.Number}}
	values := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		out.Raw[i], values[i] = c.Raw, c.Value
		if c.Damage == "" {
			continue
		}
		if out.damaged == nil {
			out.damaged = map[string]sheet.Damage{}
		}
		out.damaged[FileColumns[i]] = c.Damage
		switch accepted, decided := r.answers[c.Damage]; {
		case c.Proposal == "":
			out.refuse("ENV-03", FileColumns[i], "column", r.columns[i], "given", c.Raw)
		case decided && accepted:
			values[i] = c.Proposal
		default:
			out.refuse("ENV-07", FileColumns[i], "column", r.columns[i], "given", c.Raw, "proposal", shownProposal(c.Proposal))
		}
	}
	for _, at := range r.others {
		cell := ""
		if at < len(row.Sent) {
			cell = strings.TrimSpace(row.Sent[at])
		}
		out.others = append(out.others, cell)
	}
	r.fill(&out, values)
	return out
}

func (row *FileRow) refuse(code, field string, values ...any) {
	if row.Verdict == nil {
		row.Verdict, row.unread = &Verdict{State: Rejected}, true
	}
	row.Verdict.Findings = append(row.Verdict.Findings, found(code, field, values...))
}

// shownProposal is a day when the proposal is one, so that it is shown in the reader's form.
func shownProposal(p string) any {
	if d, err := calendar.ParseDate(p); err == nil {
		return d
	}
	return p
}

// fill reads the values of one row; a value of the wrong form is a finding of its column.
func (r *reading) fill(row *FileRow, values []string) {
	l := row.Line
	bad := func(col int) { row.refuse("ENV-03", FileColumns[col], "column", r.columns[col], "given", row.Raw[col]) }
	if n, err := ident.ParseVoucherNumber(values[colNumber]); err == nil {
		l.Number, row.Organiser = n.String(), r.prefixes[n.Prefix()]
	}
	if row.Organiser == 0 && !row.refused("number") {
		row.refuse("REL-02", "voucher", "number", row.Raw[colNumber])
	}
	if values[colDate] == "" && !row.refused("date") {
		row.refuse("TIM-01", "date")
	}
	read(values, colDate, calendar.ParseDate, bad, func(d calendar.Date) { l.Date = d })
	read(values, colBirthDate, birthDate, bad, func(d calendar.Date) { l.BirthDate = &d })
	read(values, colQuantity, money.ParseHours, bad, func(q money.Quantity) { l.Quantity = &q })
	read(values, colPrice, money.ParseCents, bad, func(c money.Cents) { l.Price = &c })
	read(values, colAmount, money.ParseCents, bad, func(c money.Cents) { l.Amount = &c })
	l.Content, l.Worker, l.Note = values[colContent], values[colWorker], values[colNote]
	r.clock(l, values, bad)
	if u := values[colUnit]; u != "" {
		if l.Unit = r.units[strings.ToLower(u)]; l.Unit == 0 {
			bad(colUnit)
		}
	}
	l.Reference = values[colReference]
	if l.Reference == "" { // the same file sent again must say the same
		l.Reference = fmt.Sprintf("f-%x-%d", r.sum[:8], row.Row)
	} else if !reference(l.Reference) {
		bad(colReference)
	}
}

// birthDate reads a day as people write it, or as a spreadsheet counts days; no birth date is taken for damage by its age.
func birthDate(s string) (calendar.Date, error) {
	if n, err := strconv.Atoi(s); err == nil && n > 60 && n < 100_000 {
		return calendar.Day(1899, 12, 30) + calendar.Date(n), nil
	}
	return calendar.Read(s)
}

func (row *FileRow) refused(column string) bool {
	return row.Verdict != nil && slices.ContainsFunc(row.Verdict.Findings, func(f Finding) bool { return f.Field == column })
}

func read[T any](values []string, col int, parse func(string) (T, error), bad func(int), set func(T)) {
	if values[col] == "" {
		return
	}
	v, err := parse(values[col])
	if err != nil {
		bad(col)
		return
	}
	set(v)
}

// clock reads the times. An end that is not after the start is on the next day.
func (r *reading) clock(l *Line, values []string, bad func(int)) {
	for _, col := range []int{colStart, colEnd} {
		if values[col] == "" || l.Date <= 0 {
			continue
		}
		h, m, err := calendar.ReadTime(values[col])
		if err != nil {
			bad(col)
			continue
		}
		d := l.Date
		if col == colEnd && l.Start != nil {
			if start := l.Start.In(calendar.Helsinki); h < start.Hour() || h == start.Hour() && m < start.Minute() {
				d++
			}
		}
		at, _, err := calendar.Instant(d, h, m)
		if err != nil {
			bad(col)
			continue
		}
		if col == colStart {
			l.Start = &at
		} else {
			l.End = &at
		}
	}
}

// reference tells whether a sender's reference has the agreed form: at most 50 letters, digits, _ and -.
func reference(s string) bool {
	return len(s) <= 50 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// unitNames leads from what a file may call a unit to the unit: its number, its external id, its OID.
func unitNames(units []register.Unit) map[string]int64 {
	names := make(map[string]int64, 2*len(units))
	for _, u := range units {
		names[fmt.Sprint(u.ID)] = u.ID
		for _, n := range []string{u.ExternalID, u.OID.String()} {
			if n != "" {
				names[strings.ToLower(n)] = u.ID
			}
		}
	}
	return names
}

func hashOf(data []byte) [32]byte { return sha256.Sum256(data) }
