package household

import (
	"io"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/platform/i18n"
	"seteli/platform/sheet"
)

// MostRows is how many rows one import takes.
const MostRows = 5000

// Columns are the headings of an income file, in the words of the three languages.
func Columns() []sheet.Column {
	return []sheet.Column{
		{Name: "identity", Synonyms: []string{"henkilötunnus", "hetu", "asiakkaan henkilötunnus", "personbeteckning", "klientens personbeteckning", "identity code", "client identity code"}, Required: true, Kind: sheet.Code},
		{Name: "member", Synonyms: []string{"tulonsaajan henkilötunnus", "tulonsaaja", "inkomsttagarens personbeteckning", "inkomsttagare", "earner identity code", "earner"}, Kind: sheet.Code},
		{Name: "kind", Synonyms: []string{"laji", "tulolaji", "tulon laji", "slag", "inkomstslag", "kind", "income type"}, Required: true},
		{Name: "amount", Synonyms: []string{"summa", "euroa", "belopp", "amount", "euros"}, Required: true, Kind: sheet.Decimal},
		{Name: "per", Synonyms: []string{"summa on", "jakso", "beloppet är", "intervall", "per"}},
		{Name: "from", Synonyms: []string{"ensimmäinen päivä", "alkaa", "alkupäivä", "första dagen", "börjar", "first day", "from"}, Required: true, Kind: sheet.Date},
		{Name: "to", Synonyms: []string{"viimeinen päivä", "päättyy", "loppupäivä", "sista dagen", "slutar", "last day", "to"}, Kind: sheet.Date},
		{Name: "source", Synonyms: []string{"lähde", "källa", "source"}, Required: true},
		{Name: "fetched_on", Synonyms: []string{"haettu", "hakupäivä", "hämtad", "fetched"}, Kind: sheet.Date},
		{Name: "payer", Synonyms: []string{"maksaja", "työnantaja", "betalare", "arbetsgivare", "payer", "employer"}},
		{Name: "reported_on", Synonyms: []string{"ilmoitettu", "ilmoituspäivä", "anmäld", "reported"}, Kind: sheet.Date},
		{Name: "note", Synonyms: []string{"huomautus", "anmärkning", "note"}},
	}
}

// sourceWords are what a file may call the sources.
var sourceWords = map[string]Source{
	"asiakas": FromClient, "asiakas ilmoitti": FromClient, "klienten": FromClient, "klienten anmälde": FromClient, "client": FromClient,
	"tulorekisteri": FromRegister, "inkomstregistret": FromRegister, "income register": FromRegister, "income_register": FromRegister,
	"verotus": FromTax, "verohallinto": FromTax, "beskattningen": FromTax, "skatteförvaltningen": FromTax, "tax": FromTax,
	"kela": FromKela, "fpa": FromKela,
}

// IncomeRow is one line of an income file or one element of a program's list. Owner is zero when the income is the client's own.
type IncomeRow struct {
	Line          int // as people count it in the file; 0 outside files
	Client, Owner ident.Hetu
	Item          // without ID and Member
}

// BadRow is a line that could not be read as an income.
type BadRow struct {
	Line   int
	Faults fault.List
}

// ReadFile reads the rows of a CSV or XLSX file. What is wrong with its structure is the error, all at once; what is wrong in a cell comes
// beside the good rows. Kinds and periods may be given by code or by name as the definition of the row's first day has them.
func ReadFile(name string, file io.ReaderAt, size int64, definitions []Definition) ([]IncomeRow, []BadRow, error) {
	table, err := sheet.Open(name, file, size, sheet.Limits{Lines: MostRows})
	if err != nil {
		return nil, nil, err
	}
	match, err := table.Match(Columns())
	if err != nil {
		return nil, nil, err
	}
	defined := Household{Definitions: definitions}
	var rows []IncomeRow
	var bad []BadRow
	for line := range match.Rows() {
		row, faults := readRow(line, defined)
		if len(faults) > 0 {
			bad = append(bad, BadRow{line.Number, faults})
			continue
		}
		rows = append(rows, row)
	}
	return rows, bad, nil
}

// cells is one line by column, with everything that is wrong in it.
type cells struct {
	value  map[string]string
	faults fault.List
}

func (c *cells) refuse(err error, column string) {
	c.faults = append(c.faults, fault.All(fault.On(err, column))...)
}

func (c *cells) hetu(column string) ident.Hetu {
	if c.value[column] == "" && column != "identity" {
		return ident.Hetu{}
	}
	h, err := ident.ParseHetu(c.value[column])
	if err != nil {
		c.refuse(err, column)
	}
	return h
}

// day reads a day; an empty cell is the zero day.
func (c *cells) day(column string) calendar.Date {
	if c.value[column] == "" {
		return 0
	}
	d, err := calendar.ParseDate(c.value[column])
	if err != nil {
		c.refuse(errCell.With("value", c.value[column]).Because(err), column)
	}
	return d
}

func readRow(line sheet.Row, defined Household) (IncomeRow, fault.List) {
	c := cells{value: map[string]string{}}
	for i, column := range Columns() {
		cell := line.Cells[i]
		if cell.Raw != "" && cell.Value == "" { // damaged: told, never repaired silently
			c.refuse(errCell.With("value", cell.Raw), column.Name)
		}
		c.value[column.Name] = cell.Value
	}
	if len(c.faults) > 0 {
		return IncomeRow{}, c.faults
	}
	r := IncomeRow{Line: line.Number, Client: c.hetu("identity"), Owner: c.hetu("member")}
	if c.value["from"] == "" {
		c.refuse(errCell.With("value", ""), "from")
	}
	r.Period = calendar.Period{From: c.day("from"), To: calendar.Forever}
	if last := c.day("to"); last != 0 {
		r.Period.To = last + 1
	}
	if fetched := c.day("fetched_on"); fetched != 0 {
		r.FetchedOn = &fetched
	}
	r.ReportedOn, r.Payer, r.Note = c.day("reported_on"), c.value["payer"], c.value["note"]
	var err error
	if r.Cents, err = money.ParseCents(c.value["amount"]); err != nil {
		c.refuse(err, "amount")
	}
	d := defined.Definition(r.Period.From)
	r.Kind, r.Per = d.kindNamed(c.value["kind"]), d.perNamed(c.value["per"])
	r.Source = sourceNamed(c.value["source"])
	return r, c.faults
}

func named(word, code string, names i18n.Names) bool {
	for _, known := range []string{code, names.Fi, names.Sv, names.En} {
		if known != "" && strings.EqualFold(word, known) {
			return true
		}
	}
	return false
}

// kindNamed gives the code of a kind named by code or in words; an unknown word stays as it is, to be refused with the others.
func (d Definition) kindNamed(word string) string {
	for _, k := range d.Kinds {
		if named(word, k.Code, k.Names) {
			return k.Code
		}
	}
	return word
}

// perNamed does the same for what an amount is for; without a word it is a month, as most files are.
func (d Definition) perNamed(word string) string {
	if word == "" {
		return "month"
	}
	for _, p := range d.Pers {
		if named(word, p.Code, p.Names) {
			return p.Code
		}
	}
	return word
}

func sourceNamed(word string) Source {
	if s, known := sourceWords[strings.ToLower(word)]; known {
		return s
	}
	return Source(word)
}
