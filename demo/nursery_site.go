package demo

// site is where a unit of early education stands; its name is the company's when it has none of its own.
type site struct{ name, line, postcode string }

// nurserySites are the units of each company of early education in the order of its units: a municipality has two areas.
var nurserySites = map[string][]site{
	"peltomyyra": {{"", "Myyräntie 4", "93500"}},
	"satakieli":  {{"", "Laulukuja 11", "93510"}, {"", "Pesäpuuntie 2", "93600"}},
	"tahtitarha": {{"", "Tähtikuja 6", "93610"}},
	"vaka-PEK":   {{"Kirkonmäen päiväkoti", "Kirkkorinne 2", "93500"}, {"Jokirannan päiväkoti", "Jokivarrentie 15", "93510"}},
	"vaka-YSA":   {{"Keskustan päiväkoti", "Kunnantie 9", "93600"}, {"Salmenpään päiväkoti", "Salmenpääntie 31", "93610"}},
	"kapylinna":  {{"", "Kankaanlaita 8", "93510"}},
	"sammal":     {{"", "Sammalkuja 5", "93610"}},
}

// purchasedNurseries sell places to a municipality by contract.
var purchasedNurseries = map[string]company{
	"PEK": {"kapylinna", "Päiväkoti Käpylinna Oy", "fi", []string{"fi"}, []string{"995"}, nil, 100, "Kerttu Käpyharju", "Kalle Käpyharju", "Kaisla Käpyharju", false},
	"YSA": {"sammal", "Päiväkoti Sammalkuja Oy", "fi", []string{"fi"}, []string{"996"}, nil, 100, "Seija Sammalsuo", "Seppo Sammalsuo", "Saija Sammalsuo", false},
}

// ownNurseries are a municipality's own centres.
func ownNurseries(h House) company {
	seat := houseOf(h.Organiser.Prefix).seat
	return company{"vaka-" + h.Organiser.Prefix, h.Organiser.Names.Fi + ", varhaiskasvatus", "fi", []string{"fi"}, []string{seat, seat}, nil, 100,
		"Päivi Paikanluoja", "Kaarina Kerhoniitty", "Lea Leikkimetsä", false}
}
