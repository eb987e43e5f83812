package demo

import (
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/platform/access"
	"seteli/platform/i18n"
)

// Member is one of the people whom a visitor of the demo can sign in as.
type Member struct {
	Subject string // at the stand-in identity provider
	Name    string
	Hetu    string      // invented; "" for those who act in an office only
	Group   i18n.Names  // organiser or company
	Role    access.Role // Client for people who come as themselves
	Key     string      // prefix of the organiser, or key of the company
	Shown   bool        // printed at the start; the others are found on the sign-in page
}

// staffRoles in the order of their making; the first two are both main users, so that there are four eyes.
var staffRoles = []access.Role{access.MainUser, access.MainUser, access.Caseworker, access.ApplicationHandler, access.DecisionMaker, access.EventChecker,
	access.SettlementPreparer, access.SettlementApprover, access.PrivacyOfficer, access.StatisticsReader}

// staffNames are the staff of each house in the order of staffRoles.
var staffNames = map[string][]string{
	"KSR": {"Päivi Pihlajavuo", "Petri Poutasalo", "Olga Haavanlehto", "Hanna Hietapuro", "Pentti Mäntykallio", "Tarja Tuomikoski", "Maija Lumikorpi", "Matti Saarnivirta", "Tiina Tuulenpesä", "Tero Sarakorpi"},
	"HAV": {"Paula Kalliopuro", "Pasi Katajanoja", "Outi Karpalosuo", "Heli Honkasaari", "Päivö Pajulampi", "Taina Niittyoja", "Mervi Mesikangas", "Mika Kuuraniemi", "Titta Usvaranta", "Tapio Varpuharju"},
	"VMH": {"Vappu Viimavuori", "Ville Vuolasoja", "Oili Orvokkisuo", "Hertta Heinäpuro", "Päiviö Pohjakallio", "Terhi Tuulensuo", "Marketta Mustavuo", "Markku Maununoja", "Taru Tihkulampi", "Tommi Terhosaari"},
	"PEK": {"Pirita Peltoranta", "Panu Pellavasuo", "Oona Ojanpientare", "Helinä Heinäharju", "Pekka Peurapuro", "Tuula Timoteisuo", "Meri Mesiheinä", "Manu Marunanniemi", "Tuuli Tähkäranta", "Taito Tattarila"},
	"YSA": {"Salme Salmiharju", "Sakari Sinivuokkola", "Orvokki Orasniitty", "Hilja Hiirenvirna", "Pinja Pajuranta", "Tellervo Telkkäniemi", "Mirkka Mansikkasuo", "Miska Mustikkavuo", "Tilda Tuomiranta", "Toni Törmäniitty"},
	"RAN": {"Petra Granvik", "Pontus Måsholm", "Ulla Åsberga", "Henrik Havsgård", "Beata Björkholmen", "Gun Fjärdsund", "Maria Lingonblad", "Mats Norrskata", "Tove Tallmo", "Tom Dunvik"},
}

// Clients who can sign in: an old one who is at home with paper, and a younger one with a phone.
var cast = []struct {
	name  string
	birth calendar.Date
	house string
	code  string // service of the voucher
}{
	{"Aino Martta Keloranta", calendar.Day(1944, 3, 8), "KSR", "KOTIHOITO"},
	{"Sami Juhani Väylänsuu", calendar.Day(1988, 11, 2), "KSR", "HENKAPU"},
}

// members gives the staff of a house.
func members(prefix string) []Member {
	names, ok := staffNames[prefix]
	if !ok {
		names = staffNames["KSR"]
	}
	var list []Member
	for i, role := range staffRoles {
		list = append(list, Member{Subject: subjectOf(names[i], prefix), Name: names[i], Role: role, Key: prefix, Shown: prefix == "KSR" && role != access.StatisticsReader || prefix == parentsHouse && role == access.Caseworker})
	}
	for _, h := range houses {
		for i := range list {
			if h.prefix == prefix {
				list[i].Group = h.names
			}
		}
	}
	return list
}

func subjectOf(name, prefix string) string {
	clean := strings.NewReplacer("ä", "a", "ö", "o", "å", "a", "é", "e", " ", ".").Replace(strings.ToLower(name))
	return clean + "." + strings.ToLower(prefix)
}

// People lists everybody whom the sign-in page of the demo offers: staff, providers, two clients and the operator.
func People() ([]Member, error) {
	var list []Member
	for _, h := range houses {
		list = append(list, members(h.prefix)...)
	}
	for _, c := range companies {
		list = append(list, c.people()...)
	}
	for i, c := range cast {
		code, err := Hetu(c.birth, castNumber+i)
		if err != nil {
			return nil, fmt.Errorf("identity code of %s: %w", c.name, err)
		}
		list = append(list, Member{Subject: fmt.Sprintf("client.%d", i+1), Name: c.name, Hetu: code.Reveal(), Role: access.Client, Shown: true,
			Group: i18n.Names{Fi: "Asiakkaat", Sv: "Klienter", En: "Clients"}})
	}
	for i, p := range parents {
		code, err := Hetu(p.birth, castNumber+len(cast)+i)
		if err != nil {
			return nil, fmt.Errorf("identity code of %s: %w", p.name, err)
		}
		list = append(list, Member{Subject: fmt.Sprintf("client.%d", len(cast)+i+1), Name: p.name, Hetu: code.Reveal(), Role: access.Client, Shown: true,
			Group: i18n.Names{Fi: "Asiakkaat", Sv: "Klienter", En: "Clients"}})
	}
	return append(list, Member{Subject: "operator", Name: "Ylermi Ylläpito", Role: access.Operator, Shown: true,
		Group: i18n.Names{Fi: "Valtakunnallinen ylläpito", Sv: "Nationell förvaltning", En: "National operator"}}), nil
}

// castNumber keeps the identity codes of the cast apart from those of drawn clients, who have lower ones.
const castNumber = 97
