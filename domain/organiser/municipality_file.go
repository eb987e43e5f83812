package organiser

import (
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/platform/i18n"
	"seteli/platform/sheet"
)

var errMunicipalityTwice = fault.New(fault.Invalid, "ORG-030", "organiser.municipality.twice").At("code")

// municipalityColumns are the columns of the national list in three languages. The order is used by ReadMunicipalities.
func municipalityColumns() []sheet.Column {
	return []sheet.Column{
		{Name: "code", Required: true, Kind: sheet.Text, Synonyms: []string{"kuntanumero", "kuntakoodi", "koodi", "kommunnummer", "kommunkod", "kod", "municipality code"}},
		{Name: "name_fi", Required: true, Kind: sheet.Text, Synonyms: []string{"nimi suomeksi", "nimi", "namn på finska", "name in Finnish"}},
		{Name: "name_sv", Required: true, Kind: sheet.Text, Synonyms: []string{"nimi ruotsiksi", "namn på svenska", "namn", "name in Swedish"}},
		{Name: "county", Required: true, Kind: sheet.Text, Synonyms: []string{"hyvinvointialue", "hyvinvointialueen koodi", "välfärdsområde", "wellbeing services county"}},
		{Name: "language", Required: true, Kind: sheet.Text, Synonyms: []string{"kielet", "kieli", "kielisuhde", "språk", "languages"}},
	}
}

// ReadMunicipalities reads the national list as its keeper publishes it. Every fault comes at once with its line in "row": codes
// that have lost their zeros, counties that there are none of, missing names, the same code twice.
func ReadMunicipalities(t *sheet.Table) ([]Municipality, error) {
	m, err := t.Match(municipalityColumns())
	if err != nil {
		return nil, err
	}
	var list []Municipality
	var wrong fault.List
	first := map[string]int{}
	for row := range m.Rows() {
		one := Municipality{Code: row.Cells[0].Value, Names: i18n.Names{Fi: row.Cells[1].Value, Sv: row.Cells[2].Value}, County: row.Cells[3].Value, Language: row.Cells[4].Value}
		for _, f := range one.wrong() {
			wrong = append(wrong, f.With("row", row.Number))
		}
		if _, err := ident.ParseCounty(one.County); err != nil {
			wrong = append(wrong, fault.All(err)[0].At("county").With("row", row.Number))
		}
		if before, twice := first[one.Code]; twice {
			wrong = append(wrong, errMunicipalityTwice.With("row", row.Number).With("code", one.Code).With("first", before))
			continue
		}
		first[one.Code] = row.Number
		list = append(list, one)
	}
	return list, wrong.Err()
}

// wrong is everything that is wrong with one row of the list.
func (m Municipality) wrong() (wrong fault.List) {
	if _, err := ident.ParseMunicipality(m.Code); err != nil {
		wrong = append(wrong, fault.All(err)[0].At("code").With("code", m.Code))
	}
	if m.Names.Fi == "" {
		wrong = append(wrong, errRequired.At("name_fi").With("code", m.Code))
	}
	if m.Names.Sv == "" {
		wrong = append(wrong, errRequired.At("name_sv").With("code", m.Code))
	}
	switch m.Language {
	case "fi", "fi-sv", "sv-fi", "sv":
	default:
		wrong = append(wrong, errLanguage.With("code", m.Code))
	}
	return wrong
}
