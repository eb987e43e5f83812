package family_test

import (
	"fmt"
	"testing"

	"seteli/domain/client"
	w "seteli/domain/voucher/vouchertest"
)

func TestGuideWritesDownAnApplicationThatCameOnPaper(t *testing.T) {
	t.Parallel()
	world, child, adult := town(t)
	guide, family := as(t, world, world.Staff), as(t, world, world.Self(adult))
	form := fmt.Sprintf("/fi/guidance/children/%d/received", child.ID)
	guide.sees("/fi/guidance", "Kirjaa hakemus perheen puolesta")
	guide.sends(422, "Lasta ei löytynyt", "/fi/guidance/received", "who", "Kukaan Ei")
	guide.sends(422, "Kuka heistä?", "/fi/guidance/received", "who", "Virtanen") // the child and the mother have the name
	guide.sends(200, "Lapselle ei ole kirjattu huoltajaa", "/fi/guidance/received", "who", "Virtanen Lumi")
	guide.sends(200, "Huoltaja on tallennettu", fmt.Sprintf("/fi/guidance/children/%d", child.ID), "who", "Virtanen Eeva", "from", "3.3.2022")
	addOther(guide, child)
	guide.sees(form, "Kuka huoltajista hakee?", "Aino")

	answers := []string{"applicant", fmt.Sprint(adult.ID), "channel", "letter", "arrived", "16.11.2026", "start", "1.2.2027", "urgent", "no", "option", "full_time", "hours", "38",
		"home", fmt.Sprint(adult.ID), "way", "highest", "unit1", fmt.Sprint(w.Unit), "words", "Allergia: pähkinä",
		"language", "sv", "support", "Näkövamma"}
	with := func(pairs ...string) []string { // the first of a name wins in the form, so changes go first
		return append(pairs, answers...)
	}
	guide.sends(422, "Valitse", form, "arrived", "16.11.2026")
	guide.sends(422, "Saapumispäivä on tänään tai aiemmin", form, without(with("arrived", "22.11.2026"))...)
	guide.sends(422, "Täytä", form, without(with("way", "told"))...)
	guide.sends(422, "pähkinä", form, without(with("start", "1.11.2026"))...) // what was typed stays
	at := guide.sends(200, "Hakemus on kirjattu jonoon", form, answers...)
	guide.sees(at, "Ruotsi", "Näkövamma", "Paperilla postissa", "Saapunut 16.11.2026", "Määräpäivä 16.3.2027", "Ei vastausta vielä")
	guide.sees(at+"/papers", "Paperihakemus skannattuna")
	guide.sees("/fi/guidance?waits=consent", "paperihakemus")
	guide.sends(200, "Lapsella on jo avoin hakemus", "/fi/guidance/received", "who", "Virtanen Lumi")
	guide.sends(422, "ei ole vielä suostunut", at+"/propose", "version", "3", "unit", fmt.Sprint(w.Unit), "start", "1.2.2027")
	guide.sends(200, "Suostumus on kirjattu", fmt.Sprintf("%s/consent/%d", at, world.Aino.ID), "choice", "agreed", "reason", "Allekirjoitus hakemuksessa.")
	family.sees("/fi/my/children", "Paikka on tiedossa viimeistään 16.3.2027")
	family.sees(fmt.Sprintf("/fi/my/applications/1/%s", at[len("/fi/guidance/applications/"):]), "Paperilla postissa", "Paperihakemus tuli postissa")
}

// addOther records Aino as the child's other guardian.
func addOther(guide *browser, child client.Client) {
	guide.sends(200, "Huoltaja on tallennettu", fmt.Sprintf("/fi/guidance/children/%d", child.ID), "who", "Virtanen Aino", "from", "3.3.2022")
}

// without drops the later answers to a question that is answered already.
func without(pairs []string) (list []string) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if !seen[pairs[i]] {
			list = append(list, pairs[i], pairs[i+1])
		}
		seen[pairs[i]] = true
	}
	return list
}
