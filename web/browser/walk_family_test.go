package browser_test

import (
	"testing"

	"seteli/web/browser"
)

// A family applies for a place on a phone, the other guardian agrees, the guide proposes, the unit confirms, the family accepts, and
// reads why the voucher's decision is what it is.
func TestFamilyFromTheApplicationToItsDecision(t *testing.T) {
	children, starts := inTurn("Otso Elias", "Vilja Inkeri"), inTurn(140, 147)
	walks(t, func(t *testing.T, w walk) {
		child, start := children(), day(starts())
		phone := w
		if phone.view.Width == 0 {
			phone.view.Width = 375
		}
		parent := phone.person("Emmi Sofia Päivänsalmi")
		parent.press("Lapseni varhaiskasvatuksessa").press(child)
		if child == "Vilja Inkeri" { // she has an offer since the demo was built; the family wants something else
			parent.press("Avaa hakemus").press("Peru hakemus").press("Peru hakemus").sees("Hakemus on peruttu.")
		}
		home := parent.Path()[3:]
		parent.press("Hae paikkaa").sees("Hakemus on aloitettu.")
		applied(parent, start)
		own := parent.Path()[3:]

		other := phone.person("Eetu Kalevi Laaksonvirta")
		other.press("Lapseni varhaiskasvatuksessa").press(child).press("Avaa hakemus")
		other.press("Lähetä vastaus").sees("Tarkista seuraavat tiedot")
		other.fill("Suostutko hakemukseen?", "Suostun").press("Lähetä vastaus").sees("Vastauksesi on lähetetty.")

		guide := w.person("Oona Ojanpientare")
		guide.open("/guidance").press("Päivänsalmi " + child).press("Ota käsittelyyn").sees("Hakemus on käsittelyssä.")
		application := guide.Path()[3:]
		guide.press("Ehdota paikkaa").fill("Yksikkö", nursery).press("Lähetä ehdotus yksikölle").sees("Ehdotus on lähetetty yksikölle.")

		unit := w.person("Milla Myyränpelto")
		unit.press("Paikkaehdotukset").pressIn(child, start).sees(nursery).press("Lähetä vastaus").sees("Tarkista seuraavat tiedot")
		unit.fill("Voiko yksikkö ottaa lapsen?", "Kyllä, yksikkö vahvistaa paikan").press("Lähetä vastaus").sees("Vastaus on lähetetty kunnalle.")
		guide.open(application).press("Tarjoa paikkaa perheelle").fill("Virkanimikkeesi", "palveluohjaaja").press("Lähetä tarjous perheelle").sees("Tarjous on lähetetty perheelle.")

		parent.open(own).press("Katso tarjous ja vastaa").sees("Maksatte itse")
		parent.fill("Otatteko paikan?", "Otamme paikan").press("Lähetä vastaus").sees("Paikka on teidän.")

		guide.until("/daycare/drafts", "Päivänsalmi "+child).press("Päivänsalmi " + child).press("Lähetä päätös")
		guide.fill("Virkanimikkeesi", "palveluohjaaja").press("Tee päätökset ja lähetä").sees("Päätökset lähtevät.")
		parent.until(home, "Miksi juuri tämä summa?").press(start).sees("Miksi juuri tämä summa?").sees("Setelin arvo", "Omavastuu", "Kunta maksaa", "Avaa päätös (PDF)")
	}, walk{lang: "sv", view: browser.View{Width: 375, NoScript: true}})
}

// nursery is the voucher unit whose proposal the walk answers.
const nursery = "Päiväkoti Peltomyyrä"

// applied fills an application from its first question to the last, and sends it.
func applied(p *walker, start string) {
	p.fill("Toivottu aloituspäivä", start).fill("Alkaako työ tai opiskelu äkillisesti?", "Ei, tavallinen hakuaika").press("Jatka")
	p.fill("Palvelun tarve", "Kokoaikainen varhaiskasvatus").fill("Hoitotunnit viikossa", "35").press("Jatka")
	p.fill("Kenen luona lapsi asuu?", "Emmi Sofia Päivänsalmi").fill("Miten kerrot tulot?", "Kerron tulot nyt").press("Jatka").sees("Tarkista seuraavat tiedot")
	p.fill("Perheen bruttotulot kuukaudessa", "5200").press("Jatka").sees("Maksatte itse", "Setelin arvo", "Yksikön hinta")
	p.fill("1. toive", nursery).fill("2. toive", "Päiväkodit Satakieli").fill("3. toive", "Peltokosken kaupunki, varhaiskasvatus").press("Jatka")
	p.press("Jatka").sees(nursery, "Laaksonvirta").press("Lähetä hakemus").sees("Hakemus on lähetetty.")
}
