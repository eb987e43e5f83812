package family_test

import (
	"fmt"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// A child moves from the municipality's own unit to a voucher unit. The family lets the first offer lapse, takes the second, and everybody
// who waits sees until when.
func TestTransferWithAnOfferAnsweredTooLate(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(calendar.Day(2026, 11, 21))
	world, child, adult := town(t, postgrestest.Clock(clock))
	guide, family, unit := at(t, world, clock, world.Staff), at(t, world, clock, world.Self(adult)), at(t, world, clock, world.Recorder(w.Provider))
	placed(t, world, guide, child.ID)
	own := fmt.Sprintf("/fi/my/children/1/%d", child.ID)
	family.sees(own, "Hae siirtoa toiseen yksikköön")
	mine := strings.TrimSuffix(family.sends(200, "Milloin lapsi aloittaa?", own+"/apply"), "/time")
	family.sends(200, "Kuinka paljon", mine+"/time", "version", "1", "start", "1.4.2027", "urgent", "no")
	family.sends(200, "tulot", mine+"/need", "version", "2", "option", "full_time", "hours", "35")
	family.sends(200, "Mihin", mine+"/income", "version", "3", "home", fmt.Sprint(adult.ID), "way", "highest")
	family.sends(200, "Liitteet", mine+"/places", "version", "4", "unit1", fmt.Sprint(w.Unit))
	family.sends(200, "Hakemus on lähetetty", mine+"/check", "version", "5")
	guide.sees("/fi/guidance?transfers=yes", "Virtanen Lumi", "siirto")
	family.sees(own, "Toinen Ranta", "Paikka on tiedossa viimeistään 1.4.2027") // the place it has, and the clock of the one it waits for

	application := "/fi/guidance/applications/1"
	guide.sends(200, "Ehdotus on lähetetty", application+"/propose", "version", "6", "unit", fmt.Sprint(w.Unit), "start", "1.4.2027")
	guide.sees(application, "Hoiva Keskusta vastaa viimeistään 28.11.2026")
	unit.sees("/fi/proposals-of-places", "Vastatkaa viimeistään 28.11.2026")
	clock.Set(calendar.Noon(calendar.Day(2026, 11, 30)).Now())
	unit.sees("/fi/proposals-of-places", "Vastatkaa viimeistään 28.11.2026", "myöhässä")
	guide.sees("/fi/guidance", "piti vastata 28.11.2026")
	unit.sends(200, "Vastaus on lähetetty", "/fi/proposals-of-places/1/1", "version", "1", "answer", "yes")
	unit.sees("/fi/proposals-of-places", "Kunta lähettää tarjouksen perheelle")
	guide.sends(200, "Tarjous on lähetetty", application+"/offer", "version", "2", "office", "palveluohjaaja")
	unit.sees("/fi/proposals-of-places/1/1", "Perhe vastaa viimeistään 14.12.2026")
	family.sees(own, "Vastaa tarjoukseen viimeistään 14.12.2026")
	guide.sees(application, "perhe vastaa viimeistään 14.12.2026")

	clock.Set(calendar.Noon(calendar.Day(2026, 12, 15)).Now())
	family.sees(mine+"/offer", "Tarjoukseen (yksikkö Hoiva Keskusta) piti vastata viimeistään 14.12.2026", "Hakemuksesi on yhä jonossa")
	family.sends(422, "14.12.2026", mine+"/offer", "version", "3", "answer", "yes")
	lapse(t, world)
	family.sees(mine, "Tarjous raukesi", "Paikka on tiedossa viimeistään 1.4.2027")
	unit.sees("/fi/proposals-of-places", "Rauennut", "Päättyi 15.12.2026", "Ei enää näytetä")
	if _, page, _ := unit.do("GET", "/fi/proposals-of-places"); strings.Contains(page, "Virtanen") {
		t.Error("the list names a child whose place went elsewhere")
	}
	guide.sees("/fi/guidance?waits=guide", "Virtanen Lumi")

	guide.sends(200, "Ehdotus on lähetetty", application+"/propose", "version", "10", "unit", fmt.Sprint(w.Unit), "start", "1.4.2027")
	guide.sends(200, "Vastaus on kirjattu", application+"/unit-answer", "version", "1", "choice", "yes")
	guide.sends(200, "Tarjous on lähetetty", application+"/offer", "version", "2", "office", "palveluohjaaja")
	family.sends(200, "Paikka on teidän", mine+"/offer", "version", "3", "answer", "yes")
	family.sees(own, "Toinen Ranta", "31.3.2027", "Hoiva Keskusta", "1.4.2027")
	if n := world.Count(`select count(*) from daycare_placement where voided_at is null and unit_id = 42 and valid_to = '2027-04-01'`); n != 1 {
		t.Error("the old place goes on beside the new one")
	}
}

// A family that withdraws frees the place that a unit has confirmed, and the unit is told no more of the child.
func TestWithdrawalFreesTheProposedPlace(t *testing.T) {
	t.Parallel()
	world, child, adult := town(t)
	guide, family, unit := as(t, world, world.Staff), as(t, world, world.Self(adult)), as(t, world, world.Recorder(w.Provider))
	placed(t, world, guide, child.ID)
	a := guide.sends(200, "Hakemus on kirjattu jonoon", fmt.Sprintf("/fi/guidance/children/%d/received", child.ID), "applicant", fmt.Sprint(adult.ID), "channel", "phone", "arrived", "20.11.2026", "start", "1.4.2027",
		"urgent", "no", "option", "full_time", "hours", "38", "home", fmt.Sprint(adult.ID), "way", "highest", "unit1", fmt.Sprint(w.Unit))
	guide.sends(200, "Ehdotus on lähetetty", a+"/propose", "version", "3", "unit", fmt.Sprint(w.Unit), "start", "1.4.2027")
	unit.sends(200, "Vastaus on lähetetty", "/fi/proposals-of-places/1/1", "version", "1", "answer", "yes")
	family.sends(200, "Hakemus on peruttu", "/fi/my/applications/1/1/withdraw", "version", "5", "words", "Muutamme.")
	unit.sees("/fi/proposals-of-places", "Peruttu", "Päättyi 21.11.2026")
	if status, body, _ := unit.do("GET", "/fi/proposals-of-places/1/1"); status != 409 || strings.Contains(body, "Lumi") || !strings.Contains(body, "ei ole enää voimassa") {
		t.Errorf("the unit of a withdrawn application: %d", status)
	}
	guide.sees(a, "Peruttu", "Muutamme.")
	guide.sees("/fi/guidance", "Avoimia hakemuksia ei ole")
	if n := world.Count(`select count(*) from daycare_proposal where state in ('proposed', 'confirmed', 'offered')`); n != 0 {
		t.Error("the place is still promised")
	}
}

// placed records the guardian, places of both units, and a place in the municipality's own unit.
func placed(t *testing.T, world *w.World, guide *browser, child int64) {
	t.Helper()
	guide.sends(200, "Huoltaja on tallennettu", fmt.Sprintf("/fi/guidance/children/%d", child), "who", "Virtanen Eeva", "from", "3.3.2022")
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		err := guidance.SaveUnit(t.Context(), tx, world.Staff, guidance.UnitInput{Organiser: w.Organiser, Unit: guidance.Unit{ID: w.OtherUnit, Way: guidance.Own, Kind: "DAYCARE", Listed: true}})
		if err != nil {
			return err
		}
		_, err = store.SavePlacement(t.Context(), tx, world.Staff, store.Placement{Of: store.Of{Organiser: w.Organiser, Child: child},
			Saved: store.Saved{Period: calendar.Period{From: calendar.Day(2026, 8, 3), To: calendar.Forever}}, Unit: w.OtherUnit, Kind: "DAYCARE"})
		return err
	})
	guide.sends(200, "Paikat on tallennettu", fmt.Sprintf("/fi/guidance/units/%d/places", w.Unit), "from", "1.1.2026", "under", "1", "over", "1")
}

// lapse is the nightly run.
func lapse(t *testing.T, world *w.World) {
	t.Helper()
	by := access.System("night", w.Organiser)
	world.Do(by, func(tx *postgres.Tx) error {
		_, err := guidance.LapseOffers(t.Context(), tx, by, w.Organiser)
		return err
	})
}
