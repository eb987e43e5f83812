package onetime_test

import (
	"strings"
	"testing"

	"seteli/domain/onetime"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/scene"
	"seteli/web/ui"
)

// The client finds the slip with its code and paper; nobody else does, and a used or dropped slip gives no paper.
func TestTheClientsOwnSlipIsShownToTheClientAlone(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	c, other := w.Client(), w.Client()
	staff := as(t, w, w.As(access.Caseworker))
	of := func(id int64) *person {
		return as(t, w, access.Actor{Account: 900 + id, Name: c.Name(), Role: access.Client, Person: id})
	}
	if status, _, at := staff.ask("POST", "/fi/clients/"+ui.Digits(c.ID)+"/grant-onetime", makeForm(w)); status != 200 {
		t.Fatalf("giving: %d at %s", status, at)
	}
	var slip onetime.Slip
	w.Must(w.Do(func(tx *postgres.Tx) error {
		list, err := onetime.List(t.Context(), tx, w.As(access.Caseworker), onetime.ListInput{Organiser: w.Organiser(), Most: 1})
		slip = list[0]
		return err
	}))
	path := "/my/onetime/" + ui.Digits(w.Organiser()) + "/" + ui.Digits(slip.ID)
	self := of(c.Person)
	for lang, state := range map[string]string{"fi": "Käytettävissä", "sv": "", "en": ""} {
		body := self.shows("/"+lang+path, slip.Number.Print(), "<svg", state)
		if strings.Contains(body, "/clients/") || strings.Contains(body, "Apua tarvitaan kerran.") {
			t.Errorf("%s: the client's page shows what is the office's", lang)
		}
	}
	if b := self.shows("/fi" + path + "/paper"); !strings.HasPrefix(b, "%PDF-") {
		t.Error("the paper is no PDF")
	}
	for _, page := range []string{path, path + "/paper"} {
		if status, body, _ := of(other.Person).ask("GET", "/fi"+page, nil); status != 404 || strings.Contains(body, slip.Number.Print()) {
			t.Errorf("another person at %s: %d", page, status)
		}
	}
	if status, _, _ := self.ask("GET", "/fi/onetime/"+ui.Digits(slip.ID), nil); status != 403 && status != 404 {
		t.Errorf("the office's page: %d", status)
	}
	staff.ask("POST", "/fi/onetime/"+ui.Digits(slip.ID)+"/annul", map[string][]string{"reason": {"Ei tarvetta."}, "office": {"palveluohjaaja"}})
	if body := self.shows("/fi"+path, "Mitätöity"); strings.Contains(body, "<svg class=\"app-qr") || strings.Contains(body, path+"/paper") {
		t.Error("an annulled slip still offers its paper")
	}
}

// A text message goes to the number that the client gave; without one the page says where to add it.
func TestATextMessageIsAskedForOnThePageOfTheSlip(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	c := w.Client()
	staff := as(t, w, w.As(access.Caseworker))
	phone := func(number string) {
		_, err := postgrestest.Owner(t, w.DB).Exec(t.Context(), `update client set phone = $1 where client_id = $2`, number, c.ID)
		w.Must(err)
	}
	phone("")
	_, _, at := staff.ask("POST", "/fi/clients/"+ui.Digits(c.ID)+"/grant-onetime", makeForm(w))
	if status, body, _ := staff.ask("POST", at+"/text", nil); status == 200 || !strings.Contains(body, "puhelinnumero") {
		t.Errorf("without a number: %d", status)
	}
	phone("040 123 4567")
	if status, body, to := staff.ask("POST", at+"/text", nil); status != 200 || to != at || !strings.Contains(body, "358401234567") || !strings.Contains(body, "Odottaa lähetystä") {
		t.Errorf("with a number: %d at %s", status, to)
	}
}
