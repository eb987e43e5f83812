package browser_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/platform/i18n"
	"seteli/web/browser"
)

// day is the day n days from today, as people write it.
func day(n int) string { return i18n.Date(i18n.FI, calendar.Today(calendar.Wall{})+calendar.Date(n)) }

// A caseworker adds a client, grants a voucher and gives the information sheet.
func TestCaseworkerAddsAClientAndGrants(t *testing.T) {
	walks(t, func(t *testing.T, w walk) {
		code := w.newcomer()
		p := w.person("Olga Haavanlehto")
		p.press("Asiakkaat").press("Lisää asiakas")
		p.fill("Henkilötunnus", "170551-999X").fill("Sukunimi", "Koivupelto").fill("Etunimet", "Raija Anneli").fill("Kotikunta", "Peltokoski").press("Tallenna")
		p.sees("Tarkista seuraavat tiedot")
		if v := p.Value("Sukunimi"); v != "Koivupelto" {
			t.Errorf("the typed name became %q", v)
		}
		p.fill("Henkilötunnus", code.Reveal()).press("Tallenna").sees("Asiakas on lisätty.")
		p.press("Myönnä seteli tai tilaa palvelu").press("Säännöllinen kotihoito")
		p.press("Allekirjoita päätös ja myönnä seteli").sees("Tarkista seuraavat tiedot")
		p.fill("Määrä", "20").fill("Päätöksen perustelut", "Tarvitset apua kotona arkisin.").fill("Virkanimikkeesi", "palveluohjaaja")
		p.press("Allekirjoita päätös ja myönnä seteli")
		p.press("Anna tietolomake")
		p.fill("Miten lomake annetaan?", "Kirjeellä").press("Anna ja tallenna lomake").sees("Tietolomake on annettu.")
		p.press("Kirjaa asiakkaan vastaus").fill("Asiakkaan vastaus", "Ottaa setelin").fill("Miten vastaus saatiin?", "Puhelimessa").press("Tallenna")
		p.sees("Vastaus on kirjattu.", "Seteliä ei ole varattu")
	}, walk{lang: "en"})
}

// granted gives the client a voucher with its sheet, as the caseworker does.
func granted(w walk, client, service string) {
	p := w.person("Olga Haavanlehto")
	p.press("Asiakkaat").fill("Etsi asiakas", client).press("Hae").press(client)
	p.press("Myönnä seteli tai tilaa palvelu").press(service)
	p.fill("Määrä", "12").fill("Päätöksen perustelut", "Tarvitset apua kotona.").fill("Virkanimikkeesi", "palveluohjaaja")
	p.press("Allekirjoita päätös ja myönnä seteli").press("Anna tietolomake").fill("Miten lomake annetaan?", "Verkossa").press("Anna ja tallenna lomake")
}

// A client reads the information sheet on a phone, takes the voucher, compares and chooses, and sees who has seen what.
func TestClientReadsAcceptsComparesAndChooses(t *testing.T) {
	services := inTurn("Omaishoidon vapaa", "Tilapäinen kotihoito")
	walks(t, func(t *testing.T, w walk) {
		service := services()
		if service != "Omaishoidon vapaa" { // that voucher waits for the answer since the demo was built
			granted(w, "Väylänsuu Sami", service)
		}
		p := w.person("Sami Juhani Väylänsuu")
		p.press(service).press("Lue tietolomake ja vastaa").press("Lähetä vastaus").sees("Tarkista seuraavat tiedot")
		p.fill("Otatko setelin?", "Otan setelin").press("Lähetä vastaus")
		p.press("Palvelut ja hinnat").press(service)
		p.sees("Setelisi arvo on")
		p.press("Setelini").press(service).press("Valitse palveluntuottaja")
		p.fill("Kenet valitset?", "Hoivatupa Kanerva Havumäki").fill("Palvelu alkaa", day(1)).press("Valitse tuottaja").sees("Tarkista seuraavat tiedot")
		p.fill("Hyväksyn tuottajan sopimusehdot", "x").press("Valitse tuottaja").sees("Tuottaja on valittu. Se ottaa sinuun yhteyttä.")
		p.press("Kuka on katsonut tietojani").sees("Omien tietojen katselu")
	}, walk{lang: "fi", view: browser.View{Width: 375, NoScript: true}})
}
