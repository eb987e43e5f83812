package client

import (
	"io"
	"strings"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/organiser"
	"seteli/platform/i18n"
	"seteli/platform/sheet"
)

var errCell = fault.New(fault.Invalid, "CLI-015", "client.cell_damaged")

// Columns are the headings of a client file, in the words of the three languages.
func Columns() []sheet.Column {
	return []sheet.Column{
		{Name: "identity", Synonyms: []string{"henkilötunnus", "hetu", "personbeteckning", "identity code"}, Required: true, Kind: sheet.Code},
		{Name: "last_name", Synonyms: []string{"sukunimi", "efternamn", "last name"}, Required: true},
		{Name: "first_names", Synonyms: []string{"etunimet", "etunimi", "förnamn", "first names"}, Required: true},
		{Name: "language", Synonyms: []string{"kieli", "språk", "language"}},
		{Name: "municipality", Synonyms: []string{"kunta", "kotikunta", "hemkommun", "kommun", "municipality"}, Required: true},
		{Name: "address_line", Synonyms: []string{"katuosoite", "osoite", "gatuadress", "adress", "address"}},
		{Name: "postcode", Synonyms: []string{"postinumero", "postnummer", "postcode"}, Kind: sheet.Code, Valid: func(s string) bool { return len(s) == 5 }},
		{Name: "city", Synonyms: []string{"postitoimipaikka", "postort", "city"}},
		{Name: "phone", Synonyms: []string{"puhelin", "puhelinnumero", "telefon", "phone"}, Kind: sheet.Code},
		{Name: "email", Synonyms: []string{"sähköposti", "e-post", "epost", "e-mail", "email"}},
		{Name: "protected", Synonyms: []string{"turvakielto", "spärrmarkering", "protected"}},
		{Name: "external_ref", Synonyms: []string{"asiakasnumero", "klientnummer", "client number", "reference"}, Kind: sheet.Code},
	}
}

// BadRow is a line of a file that could not be read as a client.
type BadRow struct {
	Line   int
	Faults fault.List
}

// ReadFile reads the rows of a CSV or XLSX file. What is wrong with its structure is the error, all at once; what is wrong in a cell
// comes beside the good rows. A municipality may be given by code or name.
func ReadFile(name string, file io.ReaderAt, size int64, municipalities []organiser.Municipality) ([]Row, []BadRow, error) {
	table, err := sheet.Open(name, file, size, sheet.Limits{})
	if err != nil {
		return nil, nil, err
	}
	match, err := table.Match(Columns())
	if err != nil {
		return nil, nil, err
	}
	codes := map[string]string{}
	for _, m := range municipalities {
		for _, word := range []string{m.Code, m.Names.Fi, m.Names.Sv} {
			codes[strings.ToLower(word)] = m.Code
		}
	}
	var rows []Row
	var bad []BadRow
	for line := range match.Rows() {
		row, faults := readRow(line, codes)
		if len(faults) > 0 {
			bad = append(bad, BadRow{line.Number, faults})
			continue
		}
		rows = append(rows, row)
	}
	return rows, bad, nil
}

func readRow(line sheet.Row, codes map[string]string) (Row, fault.List) {
	var faults fault.List
	cells := map[string]string{}
	for i, c := range Columns() {
		cell := line.Cells[i]
		if cell.Raw != "" && cell.Value == "" { // damaged: told, never repaired silently
			faults = append(faults, errCell.At(c.Name).With("row", line.Number).With("value", cell.Raw))
		}
		cells[c.Name] = cell.Value
	}
	if len(faults) > 0 {
		return Row{}, faults
	}
	identity, err := ident.ParseHetu(cells["identity"])
	if err != nil {
		faults = append(faults, fault.All(fault.On(err, "identity"))...)
	}
	municipality := cells["municipality"]
	if code, known := codes[strings.ToLower(municipality)]; known {
		municipality = code
	} else if municipality != "" {
		faults = append(faults, errMunicipality.With("code", municipality))
	}
	return Row{Line: line.Number, Identity: identity, Details: Details{LastName: cells["last_name"], FirstNames: cells["first_names"], Language: language(cells["language"]),
		Municipality: municipality, AddressLine: cells["address_line"], Postcode: cells["postcode"], City: cells["city"], Phone: cells["phone"], Email: cells["email"],
		Protected: truth(cells["protected"]), ExternalRef: cells["external_ref"]}}, faults
}

// language reads a code or the word; empty is Finnish for a new client and no change for a known one.
func language(s string) i18n.Lang {
	switch strings.ToLower(s) {
	case "sv", "ruotsi", "svenska", "swedish":
		return i18n.SV
	case "en", "englanti", "engelska", "english":
		return i18n.EN
	case "fi", "suomi", "finska", "finnish":
		return i18n.FI
	}
	return i18n.Lang(s)
}

func truth(s string) bool {
	switch strings.ToLower(s) {
	case "kyllä", "k", "x", "1", "ja", "j", "yes", "y", "true", "on":
		return true
	}
	return false
}
