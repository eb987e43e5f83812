package demo

import (
	"seteli/platform/access"
	"seteli/platform/i18n"
)

// company is an invented provider as the table tells it: units as municipality codes, services as "house/code".
type company struct {
	key, name string
	language  i18n.Lang
	speaks    []string
	units     []string // municipality codes; one unit in each
	services  []string
	level     int // price level in percent of the value
	signatory string
	mainUser  string
	recorder  string
	shown     bool
}

var companies = []company{
	{"hoivatupa", "Hoivatupa Kanerva Oy", "fi", []string{"fi", "sv"}, []string{"994", "993"}, []string{"KSR/KOTIHOITO", "KSR/TILAPAINEN", "KSR/OMAISVAPAA"}, 106,
		"Sirkka Kanervikkola", "Marko Kanervikkola", "Kirsi Soidinmäki", true},
	{"arkiapu", "Arkiapu Puro Oy", "fi", []string{"fi", "en"}, []string{"993", "995"}, []string{"KSR/KOTIHOITO", "KSR/TILAPAINEN", "KSR/HENKAPU"}, 112,
		"Ilkka Hietapuro", "Suvi Hietapuro", "Jere Sorsapuro", true},
	{"kotikaari", "Kotikaari Hoiva Oy", "fi", []string{"fi", "ru", "et"}, []string{"994", "995", "996"}, []string{"KSR/KOTIHOITO", "KSR/OMAISVAPAA", "KSR/HENKAPU"}, 100,
		"Leena Koskenniska", "Timo Koskenniska", "Aila Pajulampi", false},
	{"sydan", "Sydänmaan Kotihoito Ky", "fi", []string{"fi"}, []string{"996"}, []string{"KSR/KOTIHOITO"}, 96, "Raimo Suopursula", "Raija Suopursula", "Roosa Suopursula", false},
	{"avustajat", "Avustajarengas Lento Oy", "fi", []string{"fi", "sv", "sign"}, []string{"993", "994", "995", "996"}, []string{"KSR/HENKAPU"}, 98,
		"Nea Yöperho", "Otto Yöperho", "Essi Yöperho", false},
	{"omaishelli", "Omaishelli Osk", "fi", []string{"fi", "so"}, []string{"994"}, []string{"KSR/OMAISVAPAA", "KSR/TILAPAINEN"}, 118, "Mirja Lehtovaara", "Mauri Lehtovaara", "Meri Lehtovaara", false},
	{"apteekki", "Peltokosken Dosetti Oy", "fi", []string{"fi"}, []string{"995"}, []string{"KSR/ANNOSJAKELU"}, 136, "Anneli Ruskaharju", "Aatu Ruskaharju", "Aune Ruskaharju", false},
	{"annos", "Annosrengas Havu Oy", "fi", []string{"fi", "en"}, []string{"993"}, []string{"KSR/ANNOSJAKELU"}, 110, "Vesa Kuuraniemi", "Veera Kuuraniemi", "Vilma Kuuraniemi", false},
	{"kuusikoti", "Kuusikoti Hoivakodit Oy", "fi", []string{"fi", "sv"}, []string{"994", "996"}, []string{"KSR/TEHOSTETTU", "KSR/OSTO-ASUMINEN", "KSR/YHTEISO"}, 104,
		"Jukka Honkasaari", "Jenni Honkasaari", "Jaana Honkasaari", false},
	{"ehtoo", "Ehtoorauha Hoiva Oy", "fi", []string{"fi"}, []string{"993", "995"}, []string{"KSR/TEHOSTETTU", "KSR/OSTO-ASUMINEN"}, 98, "Risto Villikangas", "Ritva Villikangas", "Roni Villikangas", false},
	{"askel", "Kevyt Askel jalkahoito Tmi", "fi", []string{"fi"}, []string{"994"}, []string{"KSR/JALKAHOITO"}, 100, "Kaija Varpuharju", "Kaisa Varpuharju", "Katri Varpuharju", false},
	{"kesa", "Havumäen Kahvila ja Puutarha Oy", "fi", []string{"fi", "en"}, []string{"993"}, []string{"HAV/KESATYO"}, 106, "Pilvi Mesikangas", "Panu Mesikangas", "Pinja Mesikangas", false},
	{"metalli", "Barrbacka Metall Ab", "sv", []string{"sv", "fi"}, []string{"993"}, []string{"HAV/KESATYO"}, 125, "Kaj Åsberga", "Karin Åsberga", "Krister Åsberga", false},
	{"paivakoti", "Päiväkoti Menninkäinen Oy", "fi", []string{"fi"}, []string{"993"}, []string{"HAV/YKSITYINEN-VAKA"}, 100, "Hely Väylänsuu", "Hilla Väylänsuu", "Hugo Väylänsuu", false},
	{"hemhjalp", "Skärgårdens Hemhjälp Ab", "sv", []string{"sv", "fi", "en"}, []string{"997", "998"}, []string{"RAN/PERHEET", "RAN/TUKIPALVELU"}, 124,
		"Solveig Strandäng", "Stig Strandäng", "Sanna Strandäng", true},
	{"perhetupa", "Perhetupa Lokki Oy", "fi", []string{"fi", "sv"}, []string{"998"}, []string{"RAN/PERHEET"}, 108, "Eeva Rantakoivu", "Eero Rantakoivu", "Emma Rantakoivu", false},
	{"linssi", "Linssi ja Lasi Lokkiluoto Ky", "fi", []string{"fi", "sv"}, []string{"998"}, []string{"RAN/NAKO"}, 100, "Unto Usvaranta", "Ulla Usvaranta", "Uuno Usvaranta", false},
	{"viimakoti", "Viimaharjun Kotipalvelu Oy", "fi", []string{"fi", "sv"}, []string{"992"}, []string{"VMH/KOTIHOITO", "VMH/PERHEET", "VMH/ILTAHOITO", "VMH/SIIVOUS", "VMH/HENKBUDJETTI"}, 108,
		"Vuokko Viherlehto", "Valto Viherlehto", "Venla Viherlehto", false},
	{"viimahoiva", "Hoivakoti Viimanranta Oy", "fi", []string{"fi"}, []string{"992"}, []string{"VMH/ASUMINEN", "VMH/HOIVA-ASUMINEN", "VMH/PAIVAHINTA"}, 100,
		"Aarne Rantaviima", "Aune Rantaviima", "Arvi Rantaviima", false},
	{"viimatenavat", "Viimaharjun Tenavat Oy", "fi", []string{"fi"}, []string{"992"}, []string{"VMH/VAKA-KERROIN", "VMH/VAKA-KATTO", "VMH/VAKA-HINTA"}, 100,
		"Tuulikki Tenavaharju", "Tauno Tenavaharju", "Taina Tenavaharju", false},
	{"peltomyyra", "Päiväkoti Peltomyyrä Oy", "fi", []string{"fi", "en"}, []string{"995"}, []string{"PEK/VAKA"}, 104, "Marjut Myyränpelto", "Mikael Myyränpelto", "Milla Myyränpelto", false},
	{"satakieli", "Päiväkodit Satakieli Oy", "fi", []string{"fi", "sv"}, []string{"995", "996"}, []string{"PEK/VAKA", "YSA/VAKA"}, 109, "Laila Lintuniitty", "Lasse Lintuniitty", "Lotta Lintuniitty", false},
	{"tahtitarha", "Tähtitarha Osk", "fi", []string{"fi"}, []string{"996"}, []string{"YSA/VAKA"}, 101, "Taimi Tähtisuo", "Tapani Tähtisuo", "Tytti Tähtisuo", false},
}

// people are those of the company who can sign in.
func (c company) people() []Member {
	group := i18n.Names{Fi: c.name}
	member := func(name string, role access.Role) Member {
		return Member{Subject: subjectOf(name, c.key), Name: name, Group: group, Role: role, Key: c.key, Shown: c.shown && c.key == "hoivatupa"}
	}
	return []Member{member(c.signatory, access.Signatory), member(c.mainUser, access.ProviderMainUser), member(c.recorder, access.Recorder)}
}
