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

// ReadFile reads the rows of a CSV or XLSX file. What is wrong with its structure is the error, all at once; what is wrong in a cell
// comes as a refused row beside the good ones.
func ReadFile(name string, file io.ReaderAt, size int64) (rows []Row, bad []Taken, err error) {
	table, err := sheet.Open(name, file, size, sheet.Limits{Lines: mostLines})
	if err != nil {
		return nil, nil, err
	}
	match, err := table.Match(Columns())
	if err != nil {
		return nil, nil, err
	}
	for line := range match.Rows() {
		row, faults := readRow(line)
		if len(faults) > 0 {
			bad = append(bad, Taken{Row: row, Outcome: Refused, Faults: faults})
			continue
		}
		rows = append(rows, row)
	}
	return rows, bad, nil
}

// mostLines is what one transaction takes without holding others up for long.
const mostLines = 5000

func readRow(line sheet.Row) (Row, fault.List) {
	var faults fault.List
	cells := map[string]string{}
	for i, c := range Columns() {
		cell := line.Cells[i]
		if cell.Raw != "" && cell.Value == "" { // damaged: told, never repaired silently
			faults = append(faults, errCell.At(c.Name).With("value", cell.Raw))
		}
		cells[c.Name] = cell.Value
	}
	row := Row{Line: line.Number, ID: cells["id"], Unit: cells["unit"], Kind: strings.ToUpper(cells["kind"]), Option: cells["option"], Period: calendar.Period{To: calendar.Forever}}
	if len(faults) > 0 {
		return row, faults
	}
	note := func(field string, err error) {
		if err != nil {
			faults = append(faults, fault.All(fault.On(err, field))...)
		}
	}
	day := func(field string) (d calendar.Date) {
		d, err := calendar.ParseDate(cells[field])
		note(field, err)
		return d
	}
	var err error
	row.Child, err = ident.ParseHetu(cells["child"])
	note("child", err)
	if cells["head"] != "" {
		row.Head, err = ident.ParseHetu(cells["head"])
		note("head", err)
	}
	row.Period.From = day("from")
	if cells["to"] != "" {
		row.Period.To = day("to") + 1
	}
	if cells["notice"] != "" {
		row.Notice = new(day("notice"))
	}
	switch strings.ToLower(cells["paid"]) {
	case "", "palveluseteli", "servicesedel", "voucher":
	case "kunta", "oma", "kommunen", "municipality", "own":
		row.Own = true
	default:
		faults = append(faults, errOwner.With("value", cells["paid"]))
	}
	switch strings.ToLower(cells["removed"]) {
	case "kyllä", "k", "x", "1", "ja", "yes", "true":
		row.Removed = true
	}
	return row, faults
}
