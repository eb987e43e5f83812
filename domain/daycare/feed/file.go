package feed

import (
	"io"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/platform/sheet"
)

var (
	errCell  = fault.New(fault.Invalid, "DAY-119", "daycare.feed.cell")
	errDay   = fault.New(fault.Invalid, "DAY-127", "daycare.feed.day")
	errOwner = fault.New(fault.Invalid, "DAY-120", "daycare.feed.paid").At("paid")
)

// Columns are the headings of a file of placements, in the words of the three languages.
func Columns() []sheet.Column {
	return []sheet.Column{
		{Name: "id", Synonyms: []string{"sijoituksen tunnus", "tunnus", "placeringens id", "placement id"}, Required: true, Kind: sheet.Code},
		{Name: "child", Synonyms: []string{"lapsen henkilötunnus", "henkilötunnus", "hetu", "barnets personbeteckning", "child"}, Required: true, Kind: sheet.Code},
		{Name: "unit", Synonyms: []string{"yksikkö", "toimipaikka", "enhet", "unit"}, Required: true},
		{Name: "from", Synonyms: []string{"alkaa", "alkupäivä", "börjar", "first day"}, Required: true, Kind: sheet.Date},
		{Name: "to", Synonyms: []string{"päättyy", "viimeinen päivä", "slutar", "last day"}, Kind: sheet.Date},
		{Name: "option", Synonyms: []string{"palveluntarve", "servicebehov", "need"}},
		{Name: "kind", Synonyms: []string{"sijoitustyyppi", "placeringstyp", "type"}},
		{Name: "paid", Synonyms: []string{"maksaja", "betalas av", "paid by"}},
		{Name: "head", Synonyms: []string{"päämiehen henkilötunnus", "päämies", "huvudmannens personbeteckning", "head"}, Kind: sheet.Code},
		{Name: "notice", Synonyms: []string{"irtisanottu", "uppsagd", "notice"}, Kind: sheet.Date},
		{Name: "removed", Synonyms: []string{"poistettu", "borttagen", "removed"}},
	}
}

// ReadFile reads the places of a CSV or XLSX file. What is wrong with its structure is the error, all at once; what is wrong in a cell
// comes as a refused row beside the good ones.
func ReadFile(name string, file io.ReaderAt, size int64) (rows []Row, bad []Taken, err error) {
	return read(name, file, size, Columns(), readRow, func(r Row) Named { return r.Named })
}

// mostLines is what one transaction takes without holding others up for long.
const mostLines = 5000

func read[R any](name string, file io.ReaderAt, size int64, columns []sheet.Column, one func(*cells) R, named func(R) Named) (rows []R, bad []Taken, err error) {
	table, err := sheet.Open(name, file, size, sheet.Limits{Lines: mostLines})
	if err != nil {
		return nil, nil, err
	}
	match, err := table.Match(columns)
	if err != nil {
		return nil, nil, err
	}
	for line := range match.Rows() {
		c := newCells(line, columns)
		row := one(c)
		if len(c.faults) > 0 {
			bad = append(bad, Taken{Named: named(row), Outcome: Refused, Faults: c.faults})
			continue
		}
		rows = append(rows, row)
	}
	return rows, bad, nil
}

// cells are those of one line by column, with what is wrong in them.
type cells struct {
	line    int
	of      map[string]string
	damaged map[string]bool // could not be read at all, so nothing more is said of them
	faults  fault.List
}

func newCells(line sheet.Row, columns []sheet.Column) *cells {
	c := &cells{line: line.Number, of: map[string]string{}, damaged: map[string]bool{}}
	for i, column := range columns {
		cell := line.Cells[i]
		if cell.Raw != "" && cell.Value == "" { // damaged: told, never repaired silently
			c.damaged[column.Name] = true
			c.faults = append(c.faults, errCell.At(column.Name).With("value", cell.Raw))
		}
		c.of[column.Name] = cell.Value
	}
	return c
}

func (c *cells) note(field string, err error) {
	if err != nil && !c.damaged[field] {
		c.faults = append(c.faults, fault.All(fault.On(err, field))...)
	}
}

func (c *cells) day(field string) calendar.Date {
	if c.of[field] == "" {
		c.note(field, errDay.At(field))
		return 0
	}
	d, err := calendar.ParseDate(c.of[field])
	if err != nil {
		c.note(field, errCell.At(field).With("value", c.of[field]).Because(err))
	}
	return d
}

func (c *cells) person(field string) ident.Hetu {
	h, err := ident.ParseHetu(c.of[field])
	c.note(field, err)
	return h
}

// named reads what every row has.
func (c *cells) named() Named {
	n := Named{Line: c.line, ID: c.of["id"], Child: c.person("child"), Period: calendar.Period{To: calendar.Forever}}
	switch strings.ToLower(c.of["removed"]) {
	case "kyllä", "k", "x", "1", "ja", "yes", "true":
		n.Removed = true
		return n // its days do not matter any more
	}
	n.Period.From = c.day("from")
	if c.of["to"] != "" {
		n.Period.To = c.day("to") + 1
	}
	return n
}

func readRow(c *cells) Row {
	row := Row{Named: c.named(), Unit: c.of["unit"], Kind: strings.ToUpper(c.of["kind"]), Option: c.of["option"]}
	if c.of["head"] != "" {
		row.Head = c.person("head")
	}
	if c.of["notice"] != "" {
		row.Notice = new(c.day("notice"))
	}
	switch strings.ToLower(c.of["paid"]) {
	case "", "palveluseteli", "servicesedel", "voucher":
	case "kunta", "oma", "kommunen", "municipality", "own":
		row.Own = true
	default:
		c.note("paid", errOwner.With("value", c.of["paid"]))
	}
	return row
}
