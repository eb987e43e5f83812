package browser_test

import (
	"testing"

	"seteli/web/browser"
)

// application is a service to which the demo's company has not applied before, and those who handle it.
type application struct{ organiser, service, content, handler, decider string }

// A provider applies, the signatory signs, the handler asks for more, the decision maker approves, and everybody sees the provider.
func TestProviderFromApplicationToThePublicList(t *testing.T) {
	services := inTurn(
		application{"Havumäen kaupunki", "Kesätyöseteli", "Kesätyöjakso", "Heli Honkasaari", "Päivö Pajulampi"},
		application{"Rantasaaren sosiaali- ja terveyskuntayhtymä", "Siivous ja asiointi", "Tukipalvelun tunti", "Henrik Havsgård", "Beata Björkholmen"})
	walks(t, func(t *testing.T, w walk) {
		s := services()
		provider := w.person("Marko Kanervikkola")
		provider.press("Yritys").press("Hakemukset").press("Hakeudu palveluntuottajaksi")
		provider.fill("Palvelunjärjestäjä", s.organiser).press("Jatka").fill("Palvelu", s.service).press("Jatka")
		provider.press("Sääntökirja").press("Hyväksy sääntökirja").sees("Merkitse ruutu ennen kuin jatkat.")
		provider.fill("Olen lukenut sääntökirjan, ja yritys sitoutuu siihen.", "x").press("Hyväksy sääntökirja")
		provider.press("Toimipaikat").fill("Toimipaikat", "Hoivatupa Kanerva Havumäki").press("Tallenna")
		provider.press("Maksun saaja").fill("Kenelle maksetaan?", "Yritykselle").press("Tallenna")
		provider.press("Hinnasto").fill(s.content, "kolme").press("Tallenna").sees("Tarkista seuraavat tiedot")
		provider.fill(s.content, "41,50").press("Tallenna").press("Pyydä allekirjoitus").sees("Hakemus odottaa nyt allekirjoitusta.")

		signatory := w.person("Sirkka Kanervikkola")
		sign := func() {
			signatory.open("/home").press(s.service)
			signatory.fill("Minulla on oikeus allekirjoittaa", "x").press("Allekirjoita ja lähetä").sees("Hakemus on lähetetty.")
		}
		sign()

		handler := w.person(s.handler)
		handler.pressIn("Hoivatupa Kanerva Oy", w.say(s.service)).press("Ota käsittelyyn").sees("Hakemus on nyt sinulla käsittelyssä.")
		handler.press("Pyydä täydennystä").fill("Mitä osia on täydennettävä?", "Hinnasto").fill("Täydennettävä viimeistään", day(14))
		handler.fill("Mitä puuttuu?", "Tarkistakaa hinta.").press("Lähetä pyyntö").sees("Täydennyspyyntö on lähetetty.")

		provider.open("/applications").press(s.service).sees("Tarkistakaa hinta.")
		provider.press("Hinnasto").fill(s.content, "40,50").press("Tallenna")
		sign()

		decider := w.person(s.decider)
		decider.pressIn("Hoivatupa Kanerva Oy", w.say(s.service)).press("Tee päätös")
		decider.fill("Päätös", "Hyväksytään").fill("Perustelut", "Hakija täyttää sääntökirjan vaatimukset.").fill("Virka-asemasi", "palvelupäällikkö").press("Tee päätös ja lähetä se").sees("Päätös on tehty ja lähetetty.")

		citizen := w.visitor()
		citizen.press("Etsi palvelu ja vertaile hintoja").press(s.service)
		citizen.until(citizen.Path()[3:], "Hoivatupa Kanerva Havumäki").sees("40,50")
	}, walk{lang: "sv", view: browser.View{Width: 375}})
}
