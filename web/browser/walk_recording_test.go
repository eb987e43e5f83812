package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/platform/i18n"
	"seteli/web/browser"
)

// A recorder records: taken at once, refused with a remedy, taken in part to what is left, and to review; then corrects and deletes.
func TestRecorderRecords(t *testing.T) {
	days := inTurn(1, 2)
	walks(t, func(t *testing.T, w walk) {
		p := w.person("Kirsi Soidinmäki")
		p.press("Hietapuro Terttu Raili")
		p.fill("Päivä", day(3)).fill("Määrä", "1").press("Kirjaa tapahtuma").sees("TIM-02")
		if v := p.Value("Määrä"); v != "1" {
			t.Errorf("the typed quantity became %q", v)
		}
		p.fill("Päivä", day(-2)).fill("Määrä", "30").press("Kirjaa tapahtuma").sees("QTY-09")
		n := days()
		p.fill("Päivä", day(-n)).fill("Määrä", "").fill("Alkoi kello", "5:10").fill("Päättyi kello", "5:25").press("Kirjaa tapahtuma")
		p.sees("Tapahtuma on kirjattu ja hyväksytty.")
		date := i18n.Date(i18n.FI, calendar.Today(calendar.Wall{})-calendar.Date(n))
		p.press("Palvelutapahtumat")
		for range 10 { // the newest first, a page at a time
			if p.Holds(date) {
				break
			}
			p.press("Seuraavat")
		}
		p.press(date)
		p.sees("0,25 h").press("Poista tapahtuma").press("Poista tapahtuma").sees("Tapahtuma on poistettu.")
	}, walk{lang: "sv", view: browser.View{Width: 375}})
}

// A file with errors: all of them at once, each with its remedy, nothing recorded before the good rows are confirmed.
func TestProviderImportsAFileWithErrors(t *testing.T) {
	walks(t, func(t *testing.T, w walk) {
		p := w.person("Marko Kanervikkola")
		p.press("Tuo tiedostosta")
		rows := []string{"setelin numero;sisältö;päivä;määrä;alkuaika;loppuaika", "KSR-U6GZ-6NTWS;;" + day(-3) + ";1;;", "KSR-XXXX-XXXXX;;" + day(-3) + ";1;;", "KSR-U6GZ-6NTWS;;31.2.2026;1;;"}
		file := filepath.Join(t.TempDir(), "tapahtumat.csv")
		if err := os.WriteFile(file, []byte(strings.Join(rows, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		p.Upload("Tiedosto", file)
		p.press("Tarkasta tiedosto")
		p.sees("Mitään ei ole vielä kirjattu.", "SVC-01", "REL-02", "ENV-03", "Lataa virherivit (CSV)")
		p.press("Peruuta").sees("Tiedosto hylättiin. Mitään ei kirjattu.")
	}, walk{lang: "en"})
}

// The checker sees the oldest first, accepts a part, refuses with a reason, and two checkers cannot decide the same thing twice.
func TestCheckersDecideTheSameThing(t *testing.T) {
	walks(t, func(t *testing.T, w walk) {
		one, other := w.person("Tarja Tuomikoski"), w.person("Tarja Tuomikoski")
		first := one.FirstLink("/review/")
		one.open(first)
		other.open(first)
		one.fill("Päätös", "Hyväksy koko määrä").press("Tee päätös").sees("Päätös on tehty.")
		other.fill("Päätös", "Hylkää").fill("reason_code", "Väärä määrä").fill("Perustelu", "Kaksi tuntia liikaa.").press("Tee päätös")
		other.sees("EVT-012")
		if v := other.Value("Perustelu"); v != "Kaksi tuntia liikaa." {
			t.Errorf("the second one's reason became %q", v)
		}
	}, walk{lang: "sv", view: browser.View{Width: 375}})
}
