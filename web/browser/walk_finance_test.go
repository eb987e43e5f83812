package browser_test

import (
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/web/browser"
)

// Finance previews, calculates, another person approves, the payment file is made and the payments are marked; the provider reads
// the statement. The month that is still open takes one run per organiser, so each walk is another organiser's.
func TestFinanceFromPreviewToTheProvidersStatement(t *testing.T) {
	type office struct{ preparer, approver, provider string }
	offices := inTurn(office{"Maija Lumikorpi", "Matti Saarnivirta", "Sirkka Kanervikkola"}, office{"Maria Lingonblad", "Mats Norrskata", "Solveig Strandäng"})
	walks(t, func(t *testing.T, w walk) {
		o := offices()
		y, m, _ := calendar.Today(calendar.Wall{}).Civil()
		month := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		preparer := w.person(o.preparer)
		preparer.press("Uusi tilitys").fill("Jakso", "marraskuu").press("Esikatsele").sees("Tarkista seuraavat tiedot")
		preparer.fill("Jakso", month).press("Esikatsele").sees("Tilitys olisi nyt")
		preparer.press("Tee tilitys").sees("Valmistelit tämän tilityksen itse")
		run := preparer.Path()[3:]

		approver := w.person(o.approver)
		approver.open(run).press("Hyväksy tilitys").press("Hyväksy tilitys")
		approver.press("Tee maksutiedosto").press("Tee maksutiedosto").sees("Lataa maksutiedosto (pain.001)")
		preparer.open(run).press("Merkitse maksetuksi").fill("Maksupäivä", day(0)).fill("Mitkä maksut", "Kaikki odottavat").press("Merkitse maksetuksi")
		preparer.sees("Maksettu")

		provider := w.person(o.provider)
		provider.press("Tilitykset").sees("Maksettu")
		provider.until(provider.FirstLink("/statements/"), "Lataa tilityskirje (PDF)").sees("Mistä summa muodostuu")
	}, walk{lang: "sv", view: browser.View{Width: 375}})
}

// A checker credits an event that was settled; the provider sees it.
func TestCheckerCreditsASettledEvent(t *testing.T) {
	taken := inTurn(0, 1)
	walks(t, func(t *testing.T, w walk) {
		provider := w.person("Sirkka Kanervikkola")
		provider.press("Tilitykset").open(provider.FirstLink("/statements/"))
		number := voucherNumber.FindString(provider.Text())
		p := w.person("Tarja Tuomikoski")
		p.press("Hae tapahtumia").fill("Setelin numero", number).press("Hae").sees("Maksettu")
		p.open(fromLast(p.Links(), "/review/", taken())[3:])
		p.press("Hyvitä").sees("Hyvitä tapahtuma")
		p.fill("reason_code", "Väärä määrä").fill("Perustelu", "Käynti oli puolet lyhyempi.").press("Hyvitä").sees("Tapahtuma odottaa hyvitystä.")
	}, walk{lang: "en"})
}

// The organiser's dashboard: the month, the services, the budget and the queue.
func TestOrganiserReadsTheDashboard(t *testing.T) {
	walks(t, func(t *testing.T, w walk) {
		p := w.person("Pentti Mäntykallio")
		p.press("Seuranta").sees("Voimassa olevat setelit", "Säännöllinen kotihoito")
		p.press("Näytä taulukkona")
		p.press("←").sees("Voimassa olevat setelit")
	}, walk{lang: "en", view: browser.View{Width: 375}})
}

// What was typed survives a sign-in that was lost in the middle of a form.
func TestLostSessionInTheMiddleOfAForm(t *testing.T) {
	walks(t, func(t *testing.T, w walk) {
		p := w.person("Olga Haavanlehto")
		p.press("Asiakkaat").press("Lisää asiakas").fill("Sukunimi", "Kadonnut").fill("Etunimet", "Istunto").fill("Henkilötunnus", "170551-999X")
		p.LoseSession()
		p.press("Tallenna").sees("Kirjautumisesi oli päättynyt. Se, mitä ehdit kirjoittaa, on tallessa: saat sen takaisin, kun kirjaudut uudelleen.")
		p.press("Tunnistaudu").press("Olga Haavanlehto")
		p.sees("Palautimme tiedot, jotka ehdit täyttää ennen kuin kirjautumisesi päättyi. Tarkista ne ja lähetä lomake.")
		if v := p.Value("Sukunimi"); v != "Kadonnut" {
			t.Errorf("after the sign-in the name is %q", v)
		}
	}, walk{lang: "en", view: browser.View{NoScript: true}})
}
