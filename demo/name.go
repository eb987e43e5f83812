package demo

import (
	"math/rand/v2"
	"strings"
)

// Names of invented people. Given names are common ones of their generations; family names are put together by us from
// words of nature, so that a whole name points at nobody.
var (
	oldWomen  = []string{"Aino", "Helvi", "Kerttu", "Lempi", "Martta", "Saima", "Sylvi", "Toini", "Vieno", "Irma", "Raili", "Eila", "Hilkka", "Maire", "Pirkko", "Terttu"}
	oldMen    = []string{"Arvo", "Eino", "Kauko", "Lauri", "Onni", "Reino", "Taisto", "Toivo", "Urho", "Veikko", "Aarne", "Esko", "Pentti", "Reijo", "Seppo", "Tauno"}
	youngerW  = []string{"Anna", "Elina", "Heidi", "Johanna", "Katja", "Laura", "Minna", "Niina", "Outi", "Päivi", "Riikka", "Sanna", "Tiina", "Virpi", "Sofia", "Emma"}
	youngerM  = []string{"Antti", "Eero", "Henri", "Jarkko", "Juha", "Kimmo", "Lauri", "Mikko", "Niko", "Olli", "Petri", "Sami", "Teemu", "Ville", "Jesse", "Oskari"}
	swedishW  = []string{"Agneta", "Birgitta", "Carola", "Disa", "Ebba", "Gunilla", "Ingrid", "Karin", "Linnéa", "Margareta", "Solveig", "Viveca"}
	swedishM  = []string{"Anders", "Bengt", "Christer", "Fredrik", "Göran", "Håkan", "Jan-Erik", "Kaj", "Mats", "Patrik", "Rolf", "Sven-Åke"}
	familyFi  = []string{"Haavanlehto", "Hallavuo", "Hietapuro", "Honkasaari", "Kalliopuro", "Kanervikkola", "Karpalosuo", "Katajanoja", "Keloranta", "Koskenniska", "Kuuraniemi", "Lehtovaara", "Lumikorpi", "Mesikangas", "Mäntykallio", "Niittyoja", "Pajulampi", "Pihlajavuo", "Poutasalo", "Päivänkorpi", "Rantakoivu", "Ruskaharju", "Saarnivirta", "Sarakorpi", "Soidinmäki", "Sorsapuro", "Suopursula", "Syysjoki", "Tuomikoski", "Tuulenpesä", "Usvaranta", "Varpuharju", "Villikangas", "Väylänsuu", "Yöperho", "Öljypuro"}
	familySv  = []string{"Almgård", "Björkholmen", "Dunvik", "Ekstrandell", "Fjärdsund", "Granvik", "Hallonmark", "Havsgård", "Kråkskär", "Lindudden", "Lingonblad", "Måsholm", "Norrskata", "Rönnskog", "Sjölyckan", "Strandäng", "Tallmo", "Ålgrund", "Åsberga", "Österviken"}
	streetsFi = []string{"Rantatie", "Kirkkotie", "Koulukatu", "Metsäpolku", "Asemakatu", "Myllytie", "Pihlajatie", "Harjukatu", "Niittykuja", "Satamakatu"}
	streetsSv = []string{"Strandvägen", "Kyrkogatan", "Skolstigen", "Hamngatan", "Kvarnvägen", "Ängsstigen"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// nameOf draws first names and a family name fit for the language and the year of birth.
func nameOf(r *rand.Rand, swedish bool, born int) (first, last string) {
	woman := r.IntN(2) == 0
	switch {
	case swedish && woman:
		return pick(r, swedishW), pick(r, familySv)
	case swedish:
		return pick(r, swedishM), pick(r, familySv)
	}
	women, men := youngerW, youngerM
	if born < 1955 {
		women, men = oldWomen, oldMen
	}
	if woman {
		return two(r, women), pick(r, familyFi)
	}
	return two(r, men), pick(r, familyFi)
}

// two different names of a list.
func two(r *rand.Rand, list []string) string {
	i := r.IntN(len(list))
	return list[i] + " " + list[(i+1+r.IntN(len(list)-1))%len(list)]
}

// splitName parts the last word as the family name.
func splitName(name string) (first, last string) {
	i := strings.LastIndexByte(name, ' ')
	return name[:i], name[i+1:]
}
