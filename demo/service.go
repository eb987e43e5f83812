package demo

import (
	"slices"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/i18n"
)

// rate is one content of a service with its published figure.
type rate struct {
	code   string
	unit   catalogue.Unit
	names  i18n.Names
	value  money.Cents // per unit
	source string      // organiser, year and place of publication of the figure; never a present price
	amount int64       // usual right of a client, whole units
	every  voucher.Recurrence
	from   int // hour of the day when such visits begin; 0 = no times
}

// offer is a service of a demo organiser, modelled on a published one.
type offer struct {
	house, code         string
	mode                catalogue.Mode
	names, descriptions i18n.Names
	class, area         i18n.Names
	free                bool // own share forbidden by law
	act, section        string
	closed              bool // takes no applications now
	attachment          bool // a certificate of liability insurance is asked for
	overrun             bool // above the right: to review
	rates               []rate
	criteria            []rulebook.Criterion // of approval
	valued              *valued              // nil = each content has one value, the same for everybody
}

var (
	care       = i18n.Names{Fi: "Hoito- ja hoivapalvelut", Sv: "Vård- och omsorgstjänster", En: "Care services"}
	atHome     = i18n.Names{Fi: "Kotona asumista tukevat palvelut", Sv: "Tjänster som stöder boende hemma", En: "Services supporting life at home"}
	housing    = i18n.Names{Fi: "Asumispalvelut", Sv: "Boendetjänster", En: "Housing services"}
	disability = i18n.Names{Fi: "Vammaispalvelut", Sv: "Funktionshinderservice", En: "Disability services"}
	families   = i18n.Names{Fi: "Lapsiperheiden palvelut", Sv: "Tjänster för barnfamiljer", En: "Services for families"}
	veterans   = i18n.Names{Fi: "Rintamaveteraanien palvelut", Sv: "Tjänster för frontveteraner", En: "Services for war veterans"}
	education  = i18n.Names{Fi: "Kasvatus ja nuoret", Sv: "Fostran och unga", En: "Education and youth"}
	work       = i18n.Names{Fi: "Nuorten työllisyys", Sv: "Ungas sysselsättning", En: "Youth employment"}
	daycare    = i18n.Names{Fi: "Varhaiskasvatus", Sv: "Småbarnspedagogik", En: "Early childhood education"}
)

const (
	ras      = "Raahen seutu (RAS, PSOPissa), arvot 1.3.2021 alkaen, ras.fi/palvelusetelilaskuri"
	lapha    = "Lapin hyvinvointialue, 2023, lapha.fi palvelusetelien arvot"
	oulunk   = "Oulunkaari, 2019, oulunkaari.com palveluseteli"
	invented = "ei julkaistua lukua, keksitty esittelyä varten"
)

// offers are the services of the three organisers.
var offers = []offer{
	{house: "KSR", code: "KOTIHOITO", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §", attachment: true,
		names:        i18n.Names{Fi: "Säännöllinen kotihoito", Sv: "Regelbunden hemvård", En: "Regular home care"},
		descriptions: i18n.Names{Fi: "Hoitoa ja apua arjessa kotiin, myös iltaisin ja viikonloppuisin.", Sv: "Vård och hjälp i vardagen hemma, även kvällar och veckoslut.", En: "Care and help at home, also in the evenings and at weekends."},
		rates: []rate{
			{"ARKI", catalogue.Hour, i18n.Names{Fi: "Arkipäivä klo 7–18", Sv: "Vardag kl. 7–18", En: "Weekday 7–18"}, 3350, ras, 14, voucher.Monthly, 8},
			{"ARKI-ILTA", catalogue.Hour, i18n.Names{Fi: "Arki-ilta klo 18–22", Sv: "Vardagskväll kl. 18–22", En: "Weekday evening 18–22"}, 3860, ras, 5, voucher.Monthly, 18},
			{"LAUANTAI", catalogue.Hour, i18n.Names{Fi: "Lauantai klo 7–18", Sv: "Lördag kl. 7–18", En: "Saturday 7–18"}, 4060, ras, 4, voucher.Monthly, 9},
			{"SUNNUNTAI", catalogue.Hour, i18n.Names{Fi: "Sunnuntai ja pyhä", Sv: "Söndag och helgdag", En: "Sunday and public holiday"}, 5580, ras, 3, voucher.Monthly, 10},
		}},
	{house: "KSR", code: "TILAPAINEN", mode: catalogue.Voucher, criteria: conditions, class: care, area: atHome, act: "569/2009", section: "7 §", overrun: true,
		names:        i18n.Names{Fi: "Tilapäinen kotihoito", Sv: "Tillfällig hemvård", En: "Temporary home care"},
		descriptions: i18n.Names{Fi: "Lyhytaikaista apua esimerkiksi sairaalasta kotiutuessa.", Sv: "Kortvarig hjälp till exempel vid hemkomst från sjukhus.", En: "Short-term help, for example after hospital."},
		rates: []rate{
			{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Kotihoidon tunti", Sv: "Hemvårdstimme", En: "Hour of home care"}, 3300, "Raahen seutu (RAS), 2021, ras.fi", 8, voucher.Monthly, 9},
			{"KYLVETYS", catalogue.Hour, i18n.Names{Fi: "Kylvetys", Sv: "Badning", En: "Bathing"}, 2700, "Raahen seutu (RAS), 2021, ras.fi", 4, voucher.Monthly, 13},
		}},
	{house: "KSR", code: "HENKAPU", mode: catalogue.Voucher, class: care, area: disability, act: "675/2023", section: "9 §", free: true,
		names:        i18n.Names{Fi: "Henkilökohtainen apu", Sv: "Personlig assistans", En: "Personal assistance"},
		descriptions: i18n.Names{Fi: "Avustaja kodissa ja kodin ulkopuolella. Asiakkaalle maksuton.", Sv: "Assistent i och utanför hemmet. Avgiftsfri för klienten.", En: "An assistant at home and outside. Free of charge for the client."},
		rates: []rate{{"APU", catalogue.Hour, i18n.Names{Fi: "Avustajan tunti", Sv: "Assistenttimme", En: "Hour of assistance"}, 2900,
			"Itä-Uudenmaan hyvinvointialue, 2023, itauusimaa.cloudnc.fi 21.12.2023", 30, voucher.Monthly, 11}}},
	{house: "KSR", code: "OMAISVAPAA", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Omaishoidon vapaa", Sv: "Närståendevårdarens ledighet", En: "Carers' leave"},
		descriptions: i18n.Names{Fi: "Sijaishoitaja kotiin omaishoitajan vapaan ajaksi, enintään 24 tuntia kuukaudessa.", Sv: "Ersättande vårdare hemma under ledigheten, högst 24 timmar i månaden.", En: "A substitute carer at home, at most 24 hours a month."},
		rates: []rate{{"SIJAIS", catalogue.Hour, i18n.Names{Fi: "Sijaishoidon tunti", Sv: "Timme av ersättande vård", En: "Hour of substitute care"}, 2000,
			oulunk + " (20 €/h × 8 h × 3)", 24, voucher.Monthly, 9}}},
	{house: "KSR", code: "ANNOSJAKELU", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Lääkkeiden koneellinen annosjakelu", Sv: "Maskinell dosdispensering av läkemedel", En: "Machine dose dispensing of medicines"},
		descriptions: i18n.Names{Fi: "Apteekki jakaa lääkkeet valmiiksi annospusseihin.", Sv: "Apoteket delar läkemedlen i färdiga dospåsar.", En: "The pharmacy packs medicines into ready doses."},
		rates:        []rate{{"VIIKKO", catalogue.Week, i18n.Names{Fi: "Annosjakelun viikko", Sv: "Vecka av dosdispensering", En: "Week of dispensing"}, 440, lapha, 1, voucher.Weekly, 0}}},
	{house: "KSR", code: "TEHOSTETTU", mode: catalogue.Voucher, class: care, area: housing, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Ympärivuorokautinen palveluasuminen", Sv: "Serviceboende med heldygnsomsorg", En: "24-hour assisted living"},
		descriptions: i18n.Names{Fi: "Hoivakoti valitaan itse, hoito on vuorokauden ympäri.", Sv: "Du väljer vårdhemmet själv, vården pågår dygnet runt.", En: "A care home of your own choice, round the clock."},
		rates: []rate{{"VRK", catalogue.Day, i18n.Names{Fi: "Hoitovuorokausi", Sv: "Vårddygn", En: "Day of care"}, 18000, lapha + " (1.4. alkaen)", 31, voucher.Monthly, 0},
			{"DEMENTIA", catalogue.Day, i18n.Names{Fi: "Dementiahoidon vuorokausi", Sv: "Dygn av demensvård", En: "Day of dementia care"}, 18500, lapha + " (vammaisten asuminen, tuote 4)", 31, voucher.Monthly, 0}}},
	{house: "KSR", code: "YHTEISO", mode: catalogue.Voucher, class: care, area: housing, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Yhteisöllinen asuminen", Sv: "Gemenskapsboende", En: "Community housing"},
		descriptions: i18n.Names{Fi: "Asuminen yhteisössä, jossa on arjen tukea päivisin.", Sv: "Boende i en gemenskap med stöd i vardagen.", En: "Living in a community with daily support."},
		rates:        []rate{{"KK", catalogue.Month, i18n.Names{Fi: "Kuukausi", Sv: "Månad", En: "Month"}, 6390, lapha + " (kuten julkaistu)", 1, voucher.Monthly, 0}}},
	{house: "KSR", code: "OSTO-ASUMINEN", mode: catalogue.Purchased, class: care, area: housing, act: "1397/2016", section: "42 §", closed: false,
		names:        i18n.Names{Fi: "Ikäihmisten ympärivuorokautinen palveluasuminen, puitesopimus", Sv: "Äldres heldygnsboende, ramavtal", En: "Older people's 24-hour housing, framework agreement"},
		descriptions: i18n.Names{Fi: "Kilpailutettu ostopalvelu. Palveluohjaaja tilaa paikan.", Sv: "Konkurrensutsatt köptjänst. Servicehandledaren beställer platsen.", En: "Tendered purchased service; the caseworker orders the place."},
		rates:        []rate{{"VRK", catalogue.Day, i18n.Names{Fi: "Hoitovuorokausi", Sv: "Vårddygn", En: "Day of care"}, 18000, "Pirkanmaan hyvinvointialue, 3/2024, ostopäivien keskiarvo noin 180 €, pirha.cloudnc.fi 11.3.2024", 31, voucher.Monthly, 0}}},
	{house: "KSR", code: "JALKAHOITO", mode: catalogue.Licence, class: care, area: veterans, act: "569/2009", section: "7 §", free: true,
		names:        i18n.Names{Fi: "Rintamaveteraanien jalkojenhoito", Sv: "Fotvård för frontveteraner", En: "Foot care of war veterans"},
		descriptions: i18n.Names{Fi: "Kolme käyntiä vuodessa, asiakkaalle maksuton.", Sv: "Tre besök om året, avgiftsfritt för klienten.", En: "Three visits a year, free of charge."},
		rates: []rate{{"KAYNTI", catalogue.Visit, i18n.Names{Fi: "Jalkojenhoidon käynti", Sv: "Besök för fotvård", En: "Foot care visit"}, 4200,
			"Turku (PSOPissa), 2017–19, kolme käyntiä ilman omavastuuta, turku.fi; hinta: " + invented, 3, voucher.Total, 0}}},
	purseOffer,
	{house: "HAV", code: "KESATYO", mode: catalogue.Voucher, class: education, area: work, act: "410/2015", section: "1 §",
		names:        i18n.Names{Fi: "Kesätyöseteli", Sv: "Sommarjobbssedel", En: "Summer job voucher"},
		descriptions: i18n.Names{Fi: "Nuori vie setelin työnantajalle, joka saa tuen palkkaan.", Sv: "Den unga tar sedeln till arbetsgivaren, som får stöd för lönen.", En: "A young person takes the voucher to an employer, who gets support for the wage."},
		rates:        []rate{{"KESATYO", catalogue.Piece, i18n.Names{Fi: "Kesätyöjakso", Sv: "Sommarjobbsperiod", En: "Summer job"}, 32000, "Turku (PSOPissa), 2023, turku.fi kesätyösetelit", 1, voucher.Total, 0}},
		valued:       eachContent("lump_sum", "KESATYO", 32000, nil)},
	{house: "HAV", code: "YKSITYINEN-VAKA", mode: catalogue.Register, class: education, area: daycare, act: "540/2018", section: "43 §",
		names:        i18n.Names{Fi: "Yksityinen varhaiskasvatus", Sv: "Privat småbarnspedagogik", En: "Private early childhood education"},
		descriptions: i18n.Names{Fi: "Luettelo kaupungin valvomista yksityisistä yksiköistä.", Sv: "Förteckning över privata enheter som staden övervakar.", En: "List of private units under the city's supervision."}},
	{house: "RAN", code: "PERHEET", mode: catalogue.Voucher, criteria: conditions, class: care, area: families, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Lapsiperheiden kotipalvelu", Sv: "Hemservice för barnfamiljer", En: "Home service for families with children"},
		descriptions: i18n.Names{Fi: "Apua arkeen, kun perheessä on sairautta tai uupumusta.", Sv: "Hjälp i vardagen vid sjukdom eller utmattning i familjen.", En: "Help in everyday life when a family is ill or exhausted."},
		rates:        []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Kotipalvelun tunti", Sv: "Hemservicetimme", En: "Hour of home service"}, 2581, "Lieto (PSOPissa), päiväämätön, hinta 32,00 €, neljä lasta, lieto.fi", 24, voucher.Monthly, 8}}},
	{house: "RAN", code: "TUKIPALVELU", mode: catalogue.Voucher, class: care, area: atHome, act: "569/2009", section: "7 §",
		names:        i18n.Names{Fi: "Siivous ja asiointi", Sv: "Städning och ärenden", En: "Cleaning and errands"},
		descriptions: i18n.Names{Fi: "Kodin siivous ja asiointi yhdessä tai puolesta.", Sv: "Städning hemma och ärenden tillsammans eller för klienten.", En: "Cleaning at home, and errands together or on behalf."},
		rates:        []rate{{"TUNTI", catalogue.Hour, i18n.Names{Fi: "Tukipalvelun tunti", Sv: "Timme av stödservice", En: "Hour of support"}, 2700, "Oulunkaari, 2018, oulunkaari.com palveluseteli", 6, voucher.Monthly, 10}}},
	{house: "RAN", code: "NAKO", mode: catalogue.Register, class: education, area: families, act: "1326/2010", section: "17 §",
		names:        i18n.Names{Fi: "Koululaisten näöntarkastus", Sv: "Synundersökning för skolelever", En: "Eye tests of school children"},
		descriptions: i18n.Names{Fi: "Luettelo optikkoliikkeistä, joissa maksusitoumus käy.", Sv: "Förteckning över optiker där betalningsförbindelsen gäller.", En: "List of opticians that take the commitment."}},
}

// allOffers are also those that show the ways of computing a value, and early education.
var allOffers = slices.Concat(offers, methodOffers, nurseryOffers)

// offersOf gives the services of a house.
func offersOf(prefix string) []offer {
	var list []offer
	for _, o := range allOffers {
		if o.house == prefix {
			list = append(list, o)
		}
	}
	return list
}
