package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/platform/i18n"
)

// A municipality without early education copies a profile that comes with the program, makes it its own, tries it with cases of its own,
// and a second person publishes it: nobody writes code. From then on its people find early education in their menu, and a county never does.
func TestThirdMunicipalityTakesEarlyEducationIntoUse(t *testing.T) {
	w := walk{stage: open(t), lang: "fi", gated: true}
	w.person("Päivi Pihlajavuo").open("/settings/services").Misses("Varhaiskasvatuksen palvelusetelin säännöt") // the county's
	if links := strings.Join(w.person("Olga Haavanlehto").Links(), " "); strings.Contains(links, "/fi/daycare") {
		t.Error("the county's caseworker is led to early education")
	}

	from := (calendar.MonthOf(calendar.Today(calendar.Wall{})) + 1).Period().From
	day := i18n.Date(i18n.FI, from)
	first := w.person("Paula Kalliopuro").open("/settings/services").press("Varhaiskasvatuksen palvelusetelin säännöt").press("Ota säännöt käyttöön")
	first.press("Tee luonnos").sees("Tarkista seuraavat tiedot")
	first.fill("Mikä on luonnoksen pohja?", "Espoo").fill("Säännöt tulevat voimaan", day).fill("Palvelu, jolle kuukaudet kirjataan", "Kesätyöseteli")
	first.press("Tee luonnos").sees("Havumäen kaupunki", "Sääntöjen osat")

	first.press("Perusarvot").press("Lisää rivi")
	first.fill("from.1", day).fill("over.1", "yhdeksänsataa").fill("under.1", "1300").press("Tallenna luonnokseen").sees("Tarkista seuraavat tiedot")
	first.fill("over.1", "900").press("Tallenna luonnokseen")
	first.press("Hintamalli").fill("Hinnanmuutoksen ilmoitusaika", "60").press("Tallenna luonnokseen")
	first.press("Kuukauden sulkeminen").fill("Ohjelma sulkee kuukauden sulkemispäivänä", "x").press("Tallenna luonnokseen").sees("900,00")

	file := filepath.Join(t.TempDir(), "esimerkit.csv")
	cases := "id;kind;inputs.under_3;inputs.family_size;inputs.income_cents;inputs.surcharge_cents;expected.value_cents\noikea;daycare_rules;false;4;500000;0;90000\nväärin;daycare_rules;true;4;500000;0;130100\n"
	if err := os.WriteFile(file, []byte(cases), 0o600); err != nil {
		t.Fatal(err)
	}
	first.press("Kokeile omilla esimerkeillä")
	first.Upload("Esimerkkitiedosto", file)
	first.press("Kokeile").sees("väärin", "130100", "130000").open("/daycare/rules/publish").sees("Olet itse valmistellut tämän luonnoksen.")

	second := w.person("Pasi Katajanoja")
	second.open("/settings/services").press("Varhaiskasvatuksen palvelusetelin säännöt").press("Julkaise säännöt").sees("Paula Kalliopuro", "900,00")
	second.press("Julkaise").sees("Säännöt on julkaistu.", "Tulossa")
	w.person("Outi Karpalosuo").press("Varhaiskasvatus")
}
