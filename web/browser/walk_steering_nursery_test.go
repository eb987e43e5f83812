package browser_test

import (
	"testing"

	"seteli/core/calendar"
	"seteli/platform/i18n"
	"seteli/web/browser"
)

// A main user asks what a higher value and a lower surcharge would cost, and reads the answer.
func TestMainUserAsksWhatAChangeWouldCost(t *testing.T) {
	offices := inTurn("Pirita Peltoranta", "Salme Salmiharju")
	walks(t, func(t *testing.T, w walk) {
		p := w.person(offices())
		p.press("Seuranta").press("Varhaiskasvatuksen talous").press("Laskelmat").press("Tee uusi laskelma")
		p.press("Laske").sees("Tarkista seuraavat tiedot")
		p.fill("Laskelman nimi", "Arvo +5 %, lisämaksu enintään 30 €").fill("Arvo muuttuu, prosenttia", "5")
		p.fill("Hintamalli", "Lisämaksulla katto: hinta on arvo, ja tuottaja voi periä lisämaksun kattoon asti").fill("Lisämaksun katto kuukaudessa", "30").fill("Mitä tuottajien hinnoille tapahtuu?", "Hinnat sovitetaan uusiin ehtoihin").press("Laske")
		p.until(p.Path()[3:], "Kunnan kustannus vuodessa").sees("Vuoden summat", "Perheitä, jotka maksavat vähemmän", "Perheitä, jotka maksavat enemmän")
		p.press("Muuta ja laske uudelleen")
		if v := p.Value("Arvo muuttuu, prosenttia"); v != "5" {
			t.Errorf("the copied question asks for %q per cent", v)
		}
	}, walk{lang: "en", view: browser.View{Width: 375}})
}

// A main user makes a draft of the municipality's rules from its own published ones, and another one reads and publishes it.
func TestRulesAreCopiedAndPublishedByTheSecondPerson(t *testing.T) {
	type office struct{ first, second string }
	offices := inTurn(office{"Pirita Peltoranta", "Panu Pellavasuo"}, office{"Salme Salmiharju", "Sakari Sinivuokkola"})
	walks(t, func(t *testing.T, w walk) {
		o := offices()
		from := (calendar.MonthOf(calendar.Today(calendar.Wall{})) + 3).Period().From
		first := w.person(o.first)
		first.press("Varhaiskasvatuksen palvelusetelin säännöt").press("Ota säännöt käyttöön")
		first.fill("Mikä on luonnoksen pohja?", "Omat säännöt").fill("Säännöt tulevat voimaan", i18n.Date(i18n.FI, from)).press("Tee luonnos").sees("Sääntöjen osat")
		first.press("Hintamalli").press("Peruuta")
		first.press("Julkaise säännöt").sees("Olet itse valmistellut tämän luonnoksen.")

		second := w.person(o.second)
		second.press("Varhaiskasvatuksen palvelusetelin säännöt").press("Julkaise säännöt").sees(o.first)
		second.press("Julkaise").sees("Säännöt on julkaistu.", "Tulossa")
	}, walk{lang: "sv", view: browser.View{NoScript: true}})
}
