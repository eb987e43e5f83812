package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seteli/core/calendar"
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
		parent.fill("Otatteko paikan?", "Otamme paikan").press("Lähetä vastaus").sees("Paikka on teidän. Päätös paikasta on tällä sivulla. Maksusta tulee oma päätös.")

		guide.until("/daycare/drafts", "Päivänsalmi "+child).press("Päivänsalmi " + child).press("Lähetä päätös")
		guide.fill("Virkanimikkeesi", "palveluohjaaja").press("Tee päätökset ja lähetä").sees("Päätökset lähtevät.")
		parent.until(home, "Miksi juuri tämä summa?").press(start).sees("Miksi juuri tämä summa?").sees("Perhe maksaa yhteensä", "Omavastuu", "Kunta maksaa", "Setelin arvo", "Näin summa on laskettu")
		parent.press("Lue päätös ja muutoksenhakuohje").sees("Avaa päätös (PDF)")
	}, walk{lang: "sv", view: browser.View{Width: 375, NoScript: true}})
}

// An application comes by letter for a child whom nobody knows yet. The guide records the child and its guardians, fills the form wrong in
// many places at once, goes away until the sign-in ends, and loses nothing: the application stands in the queue with its paper.
func TestGuideWritesDownALetterFromTheEmptyFormToTheQueue(t *testing.T) {
	w := walk{stage: open(t), lang: "fi", gated: true}
	guide, child := w.person("Oona Ojanpientare"), w.unknown(calendar.Today(calendar.Wall{}).AddMonths(-60), 1500).Reveal()
	guide.open("/guidance").press("Kirjaa hakemus perheen puolesta").press("Lisää lapsi tai huoltaja asiakkaaksi")
	guide.fill("Sukunimi", "Laaksonvirta").fill("Etunimet", "Taimi Tuulikki").fill("Henkilötunnus", child).fill("Kotikunta", "Peltokoski").press("Tallenna").sees("Asiakas on lisätty.")
	guide.open("/guidance/received").fill("Lapsen henkilötunnus tai nimi", child).press("Jatka").sees("Lapselle ei ole kirjattu huoltajaa.").press("Lapsen huoltajat")
	for _, who := range []string{"Laaksonvirta Eetu", "Päivänsalmi Emmi"} {
		guide.fill("Huoltajan henkilötunnus tai nimi", who).press("Tallenna").sees("Huoltaja on tallennettu.")
	}
	guide.press("Kirjaa hakemus perheen puolesta").sees("Taimi Tuulikki Laaksonvirta")
	guide.fill("Kuka huoltajista hakee?", "Eetu Kalevi Laaksonvirta").fill("Miten hakemus tuli?", "Paperilla postissa").fill("Minä päivänä hakemus tuli?", "ensi maanantaina")
	guide.fill("Alkaako työ tai opiskelu äkillisesti?", "Kyllä, paikka tarvitaan nopeasti").fill("Palvelun tarve", "Kokoaikainen varhaiskasvatus").fill("Hoitotunnit viikossa", "kokopäivä")
	guide.fill("Kenen luona lapsi asuu?", "Emmi Sofia Päivänsalmi").fill("Mitä perhe kertoo tuloistaan?", "Perhe ilmoittaa tulonsa").fill("2. toive", nursery)
	guide.fill("Lisätiedot", "Allergia: pähkinä. Äiti soittaa iltapäivällä.")
	guide.press("Kirjaa hakemus jonoon").sees("Minä päivänä hakemus tuli?: ", "Toivottu aloituspäivä: ", "Miksi paikka tarvitaan nopeasti: ", "Hoitotunnit viikossa: ", "Perheen bruttotulot kuukaudessa: ", "1. toive: ")
	all := map[string]string{"Minä päivänä hakemus tuli?": "ensi maanantaina", "Hoitotunnit viikossa": "kokopäivä", "Lisätiedot": "Allergia: pähkinä. Äiti soittaa iltapäivällä."}
	kept := func(when string) {
		t.Helper()
		for label, typed := range all {
			if got := guide.Value(label); got != typed {
				t.Errorf("%s: %s holds %q", when, label, got)
			}
		}
		if got := browser.Ask[string](guide.Person, `[...document.querySelectorAll('main input:checked, main select')].map(e=>e.tagName=='SELECT'?e.selectedOptions[0].text:e.labels[0].textContent).filter(x=>x!='–').join('|')`); strings.Count(got, "|") != 6 || !strings.Contains(got, nursery) {
			t.Errorf("%s the choices are %s", when, got)
		}
	}
	kept("after the refusal")
	guide.Look(browser.View{Width: 375})
	guide.ok()
	guide.Look(browser.View{})

	guide.fill("Hoitotunnit viikossa", "38").fill("Minä päivänä hakemus tuli?", day(-4)) // the coffee comes before the rest is mended
	all["Hoitotunnit viikossa"], all["Minä päivänä hakemus tuli?"] = "38", day(-4)
	guide.SessionEnds()
	guide.sees("Se, mitä ehdit kirjoittaa, on tallessa").press("Tunnistaudu").press("Oona Ojanpientare").sees("Palautimme tiedot, jotka ehdit täyttää")
	kept("after the coffee")
	guide.fill("Toivottu aloituspäivä", day(60)).fill("Miksi paikka tarvitaan nopeasti", "Isän työ alkaa heti.").fill("Perheen bruttotulot kuukaudessa", "4100").fill("1. toive", nursery)
	guide.press("Kirjaa hakemus jonoon").sees("Sama yksikkö on valittu kahdesti") // one unit twice: the domain refuses, and the form stays
	guide.fill("2. toive", "Päiväkodit Satakieli").press("Kirjaa hakemus jonoon").sees("Hakemus on kirjattu jonoon.", "Paperilla postissa", "Saapunut "+day(-4))
	application := guide.Path()[3:]

	paper := filepath.Join(t.TempDir(), "hakemus.txt")
	if err := os.WriteFile(paper, []byte("ei kuva eikä PDF"), 0o600); err != nil {
		t.Fatal(err)
	}
	guide.press("Lisää liite").Upload("Valitse tiedosto", paper)
	guide.press("Lisää liite").sees("Valitse tiedosto uudelleen: hakemus.txt.")
	guide.open(application).sees("Ei vastausta vielä")
	guide.open("/guidance?waits=consent").sees("Laaksonvirta Taimi Tuulikki", "paperihakemus", "kiireellinen")
}

// nursery is the voucher unit whose proposal the walk answers.
const nursery = "Päiväkoti Peltomyyrä"

// applied fills an application from its first question to the last, and sends it.
func applied(p *walker, start string) {
	p.fill("Toivottu aloituspäivä", start).fill("Alkaako työ tai opiskelu äkillisesti?", "Ei, tavallinen hakuaika").press("Jatka")
	p.fill("Palvelun tarve", "Kokoaikainen varhaiskasvatus").fill("Hoitotunnit viikossa", "35").press("Jatka")
	p.fill("Kenen luona lapsi asuu?", "Emmi Sofia Päivänsalmi").fill("Miten kerrot tulot?", "Kerron tulot nyt").press("Jatka").sees("Tarkista seuraavat tiedot")
	p.fill("Perheen bruttotulot kuukaudessa", "5200").LoseSession()
	p.press("Jatka").sees("Kirjautumisesi oli päättynyt. Se, mitä ehdit kirjoittaa, on tallessa: saat sen takaisin, kun kirjaudut uudelleen.")
	p.press("Tunnistaudu").press("Emmi Sofia Päivänsalmi").sees("Palautimme tiedot, jotka ehdit täyttää ennen kuin kirjautumisesi päättyi. Tarkista ne ja lähetä lomake.")
	if v := p.Value("Perheen bruttotulot kuukaudessa"); v != "5200" {
		p.w.t.Errorf("after the sign-in the income is %q", v)
	}
	p.press("Jatka").sees("Maksatte itse", "Setelin arvo", "Yksikön hinta")
	p.fill("1. toive", nursery).fill("2. toive", "Päiväkodit Satakieli").fill("3. toive", "Kirkonmäen päiväkoti").press("Jatka")
	p.press("Jatka").sees(nursery, "Laaksonvirta").press("Lähetä hakemus").sees("Hakemus on lähetetty.")
}
