package demo

import (
	"seteli/core/calendar"
	"seteli/domain/organiser"
	"seteli/platform/i18n"
)

// place is an invented municipality. Its code is one that no Finnish municipality has or has had.
type place struct {
	code, language, county string
	names                  i18n.Names
	postcode               string
}

var places = []place{
	{"992", "fi", "90", i18n.Names{Fi: "Viimaharju", Sv: "Vindås", En: "Viimaharju"}, "93200"},
	{"993", "fi", "90", i18n.Names{Fi: "Havumäki", Sv: "Barrbacka", En: "Havumäki"}, "93300"},
	{"994", "fi", "90", i18n.Names{Fi: "Kuusirannanjoki", Sv: "Granstrandså", En: "Kuusirannanjoki"}, "93400"},
	{"995", "fi", "90", i18n.Names{Fi: "Peltokoski", Sv: "Åkerfors", En: "Peltokoski"}, "93500"},
	{"996", "fi", "90", i18n.Names{Fi: "Ylä-Salmela", Sv: "Övre Sundby", En: "Ylä-Salmela"}, "93600"},
	{"997", "sv-fi", "91", i18n.Names{Fi: "Rantasaari", Sv: "Strandö", En: "Rantasaari"}, "99700"},
	{"998", "fi-sv", "91", i18n.Names{Fi: "Lokkiluoto", Sv: "Måsklobb", En: "Lokkiluoto"}, "99800"},
}

func placeOf(code string) place {
	for _, p := range places {
		if p.code == code {
			return p
		}
	}
	return place{}
}

func municipalities() []organiser.Municipality {
	list := make([]organiser.Municipality, len(places))
	for i, p := range places {
		list[i] = organiser.Municipality{Code: p.code, Names: p.names, County: p.county, Language: p.language}
	}
	return list
}

// house is an invented organiser as the table tells it.
type house struct {
	prefix, kind string
	names, body  i18n.Names
	domain       string // of its e-mail
	seat         string // municipality code
	serves       []string
	since        calendar.Date
}

var houses = []house{
	{"KSR", "county", i18n.Names{Fi: "Kuusirannan hyvinvointialue", Sv: "Granstrands välfärdsområde", En: "Wellbeing services county of Kuusiranta"},
		i18n.Names{Fi: "Kuusirannan hyvinvointialueen yksilöasioiden jaosto", Sv: "Individsektionen vid Granstrands välfärdsområde", En: "Individual affairs division of Kuusiranta"},
		"kuusiranta.example", "994", []string{"993", "994", "995", "996"}, calendar.Day(2023, 1, 1)},
	{"HAV", "municipality", i18n.Names{Fi: "Havumäen kaupunki", Sv: "Barrbacka stad", En: "City of Havumäki"},
		i18n.Names{Fi: "Havumäen sivistyslautakunta", Sv: "Bildningsnämnden i Barrbacka", En: "Education and culture committee of Havumäki"},
		"havumaki.example", "993", []string{"993"}, calendar.Day(2010, 1, 1)},
	{"RAN", "joint_authority", i18n.Names{Fi: "Rantasaaren sosiaali- ja terveyskuntayhtymä", Sv: "Samkommunen för social- och hälsovård i Strandö", En: "Rantasaari joint authority for social and health services"},
		i18n.Names{Fi: "Rantasaaren kuntayhtymän yksilöjaosto", Sv: "Individsektionen vid samkommunen i Strandö", En: "Individual affairs division of Rantasaari"},
		"rantasaari.example", "997", []string{"997", "998"}, calendar.Day(2015, 1, 1)},
	{"VMH", "joint_authority", i18n.Names{Fi: "Viimaharjun kuntayhtymä", Sv: "Samkommunen i Vindås", En: "Viimaharju joint authority"},
		i18n.Names{Fi: "Viimaharjun kuntayhtymän yksilöjaosto", Sv: "Individsektionen vid samkommunen i Vindås", En: "Individual affairs division of Viimaharju"},
		"viimaharju.example", "992", []string{"992"}, calendar.Day(2015, 1, 1)},
	{"PEK", "municipality", i18n.Names{Fi: "Peltokosken kaupunki", Sv: "Åkerfors stad", En: "City of Peltokoski"},
		i18n.Names{Fi: "Peltokosken sivistyslautakunta", Sv: "Bildningsnämnden i Åkerfors", En: "Education committee of Peltokoski"},
		"peltokoski.example", "995", []string{"995"}, calendar.Day(2010, 1, 1)},
	{"YSA", "municipality", i18n.Names{Fi: "Ylä-Salmelan kunta", Sv: "Övre Sundby kommun", En: "Municipality of Ylä-Salmela"},
		i18n.Names{Fi: "Ylä-Salmelan kasvatuslautakunta", Sv: "Nämnden för fostran i Övre Sundby", En: "Education committee of Ylä-Salmela"},
		"salmela.example", "996", []string{"996"}, calendar.Day(2010, 1, 1)},
}
