package browser_test

import (
	"testing"

	"seteli/web/browser"
)

// A unit reads its month with the row that it objects to, the municipality answers, finance previews the next month and closes it when its day has come, and the changes go to the national
// register of early education.
func TestMonthOfAUnitFromItsObjectionToTheNationalRegister(t *testing.T) {
	type office struct {
		unit, guide, finance string
		from                 int
	}
	offices := inTurn(office{"Lotta Lintuniitty", "Oona Ojanpientare", "Meri Mesiheinä", 1}, office{"Tytti Tähtisuo", "Orvokki Orasniitty", "Mirkka Mansikkasuo", 0})
	walks(t, func(t *testing.T, w walk) {
		o := offices()
		unit := w.person(o.unit)
		unit.press("Varhaiskasvatuksen lapset, hinnat ja kuukausitilitykset")
		unit.open(fromLast(unit.Links(), "/statements", o.from)[3:])
		unit.sees("Hyväksytty, huomautus auki")
		statement := unit.FirstLink(unit.Path()[3:] + "/")
		unit.open(statement).sees("Tilityksen summa", "Kuukauden maksu", "Odottaa vastausta")

		guide := w.person(o.guide)
		guide.open("/daycare-objections")
		guide.open(guide.FirstLink("/daycare-objections/")).press("Lähetä vastaus").sees("Tarkista seuraavat tiedot")
		guide.fill("Vastaus tuottajalle", "Palvelun tarve muuttui vasta kuun lopussa.").press("Lähetä vastaus").sees("Vastaus on lähetetty, ja rivi siirtyi maksuun.")
		unit.open(statement).sees("Vastattu", "Palvelun tarve muuttui vasta kuun lopussa.")

		finance := w.person(o.finance)
		finance.press("Varhaiskasvatuksen kuukaudet").sees("Suljetut kuukaudet").press("Esikatsele").sees("Yksiköittäin")
		if finance.Holds("Sulje kuukausi") { // from the day of the month that the rules tell
			finance.press("Sulje kuukausi").sees("Kuukausi on suljettu, ja tuottajat näkevät tilityksensä.")
		} else {
			finance.sees("Kuukauden voi sulkea aikaisintaan")
		}

		guide.open("/daycare/varda").press("Lähetä muutokset nyt").sees("Lähetys on tilattu. Se alkaa minuutin kuluessa.")
	}, walk{lang: "sv", view: browser.View{Width: 375}})
}
