package browser_test

import (
	"os"
	"regexp"
	"sync/atomic"
	"testing"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/demo"
	"seteli/web/browser"
)

var (
	newcomers     atomic.Int32
	voucherNumber = regexp.MustCompile(`KSR-\w{4}-\w{5}`)
)

// newcomer is the identity code of an invented person whom no walk has added yet.
func (w walk) newcomer() ident.Hetu {
	w.t.Helper()
	return w.unknown(calendar.Day(1941, 1, 1), 9000)
}

// unknown is the identity code of an invented person, born within some days from the first, whom no walk has added yet.
func (w walk) unknown(first calendar.Date, days int) ident.Hetu {
	w.t.Helper()
	n := os.Getpid()*100 + int(newcomers.Add(1)) // another run may look at the same world
	code, err := demo.Hetu(first+calendar.Date(n/100%days), n%100)
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// served adds a client of the name with a voucher of the amount, reserved at the demo's company; the voucher's page stays open.
func (w walk) served(name, service, amount string) (p *walker, number string) {
	w.t.Helper()
	p = w.person("Olga Haavanlehto")
	p.press("Asiakkaat").press("Lisää asiakas")
	p.fill("Henkilötunnus", w.newcomer().Reveal()).fill("Sukunimi", name).fill("Etunimet", "Raija Anneli").fill("Kotikunta", "Peltokoski").press("Tallenna")
	p.press("Myönnä seteli tai tilaa palvelu").press(service)
	p.fill("Määrä", amount).fill("Päätöksen perustelut", "Tarvitset apua kotona.").fill("Virkanimikkeesi", "palveluohjaaja")
	p.press("Allekirjoita päätös ja myönnä seteli").press("Anna tietolomake").fill("Miten lomake annetaan?", "Kirjeellä").press("Anna ja tallenna lomake")
	p.press("Kirjaa asiakkaan vastaus").fill("Asiakkaan vastaus", "Ottaa setelin").fill("Miten vastaus saatiin?", "Puhelimessa").press("Tallenna")
	p.press("Varaa tuottaja").press("Varaa").sees("Tarkista seuraavat tiedot")
	p.fill("Toimipaikka", "Hoivatupa Kanerva Havumäki").fill("Palvelu alkaa", day(0)).fill("Asiakas on valinnut tuottajan ja hyväksyy sen sopimusehdot", "x").press("Varaa")
	p.sees("Tuottaja on varattu.")
	return p, voucherNumber.FindString(p.Text())
}

// An event above the right is cut to what is left; the recorder sees how much and why, and the next event finds nothing left.
func TestEventAboveTheRightIsCutToTheRemainder(t *testing.T) {
	walks(t, func(t *testing.T, w walk) {
		caseworker, number := w.served("Koivuranta", "Omaishoidon vapaa", "3")
		p := w.person("Kirsi Soidinmäki")
		p.pressIn("Koivuranta Raija Anneli", number).fill("Päivä", day(0)).fill("Määrä", "4,5").press("Kirjaa tapahtuma")
		p.sees("Tapahtuma on kirjattu. Siitä hyväksyttiin osa, katso alta.", "QTY-05")
		p.press("Palvelutapahtumat").sees("Osittain hyväksytty")
		p.press("Palveluvaraukset").pressIn("Koivuranta Raija Anneli", number)
		p.fill("Päivä", day(0)).fill("Alkoi kello", "0:00").fill("Päättyi kello", "0:05").press("Kirjaa tapahtuma").sees("QTY-11")
		caseworker.open(caseworker.Path()[3:]).sees("Jäljellä")
	}, walk{lang: "en", view: browser.View{NoScript: true}})
}

// An event above the right of another service goes to review; the checker answers with a part, and the recorder sees the answer.
func TestEventInReviewIsAnsweredByTheChecker(t *testing.T) {
	walks(t, func(t *testing.T, w walk) {
		_, number := w.served("Haaparinne", "Tilapäinen kotihoito", "3")
		recorder := w.person("Kirsi Soidinmäki")
		recorder.pressIn("Haaparinne Raija Anneli", number).fill("Päivä", day(0)).fill("Määrä", "4,5").press("Kirjaa tapahtuma")
		recorder.sees("Tapahtuma on kirjattu ja siirtyi järjestäjän tarkastettavaksi.")

		checker := w.person("Tarja Tuomikoski")
		checker.open("/review").press("Haaparinne Raija Anneli").sees("QTY-01", "4,5 h")
		checker.fill("Päätös", "Hyväksy osa").press("Tee päätös").sees("Tarkista seuraavat tiedot")
		checker.fill("Hyväksyttävä määrä", "3").fill("Perustelu", "Setelillä oli kolme tuntia.").press("Tee päätös").sees("Päätös on tehty.")

		recorder.open("/events").sees("Osittain hyväksytty").pressIn(day(0), "Haaparinne")
		recorder.sees("Setelillä oli kolme tuntia.")
	}, walk{lang: "sv", view: browser.View{Width: 375}})
}
