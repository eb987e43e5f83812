package settings_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"seteli/domain/decision"
)

func shows(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if i := strings.Index(body, "[decision."); i >= 0 {
		t.Errorf("a text is missing: %.60s", body[i:])
	}
}

func TestLetterTextsAreDraftedLookedAtAndPublished(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.pirkko
	shows(t, get(t, s, "/settings/letters"), "Palvelusetelipäätös", "/fi/settings/letters/voucher", "Ei omia tekstejä")
	form := typed(get(t, s, "/settings/letters/voucher"))
	form.Set("opening_fi", "Hei {asiakas}!")
	code, body := post(t, s, "/settings/letters/voucher", form)
	if code != http.StatusUnprocessableEntity {
		t.Fatalf("an unknown field was saved: %d", code)
	}
	shows(t, body, "{asiakas}", "{recipient}", "f-opening_fi")
	form.Set("opening_fi", "Hei {recipient}, seteli {voucher} on valmis.")
	form.Set("secrecy_fi", "Salassa pidettävä, JulkL 24.1 § 25 k.")
	form.Set("days", "21")
	if code, _ = post(t, s, "/settings/letters/voucher", form); code != http.StatusUnprocessableEntity {
		t.Errorf("half of the limits were saved: %d", code)
	}
	form.Set("letter_days", "7")
	form.Set("electronic_days", "3")
	place := saved(t, s, "/settings/letters/voucher", form)
	if place != "/settings/letters/voucher/preview" {
		t.Fatalf("saved to %s", place)
	}
	body = get(t, s, place)
	shows(t, body, "Hei Malli Asiakas, seteli ABC-2222-22222 on valmis.", "Salassa pidettävä", "21 päivän")
	if strings.Count(body, "<h1") != 1 {
		t.Errorf("%d titles", strings.Count(body, "<h1"))
	}
	shows(t, get(t, s, place+"?lang=sv"), "Exempelbeslut")
	answer, err := http.Get(s.URL + "/fi" + place + "/pdf?lang=en")
	must(t, err)
	defer answer.Body.Close()
	paper, err := io.ReadAll(answer.Body)
	must(t, err)
	if !strings.HasPrefix(string(paper), "%PDF-") || answer.Header.Get("Content-Type") != "application/pdf" {
		t.Error("no paper")
	}
	publish := typed(body)
	saved(t, s, place, publish)
	shows(t, get(t, s, "/settings/letters"), "Versio 1")
	if code, _ := post(t, s, place, publish); code != http.StatusNotFound {
		t.Errorf("published twice: %d", code)
	}
}

func TestEveryPlaceOfALetterIsExplainedInWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, kind := range decision.TemplateKinds() {
		path := "/settings/letters/all"
		if kind != "" {
			path = "/settings/letters/" + string(kind)
		}
		body := get(t, h.pirkko, path)
		for _, name := range decision.FieldsOf(kind) {
			shows(t, body, ">{"+name+"}<") // and no text is missing
		}
	}
	shows(t, get(t, h.pirkko, "/settings/letters/voucher_end"), "Setelin viimeinen voimassaolopäivä", "Kirjeen saajan nimi")
}

func TestPowerToDecideIsGivenAndEndedOnThePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.pirkko
	shows(t, get(t, s, "/settings/delegations"), "Kaikki, joilla on oikeus tehdä päätöksiä", "Ei rajaa")
	code, body := post(t, s, "/settings/delegations/new", values("office", "", "valid_from", "1.12.2026", "valid_to", "1.11.2026", "role", "operator"))
	if code != http.StatusUnprocessableEntity {
		t.Fatalf("refused: %d", code)
	}
	shows(t, body, "f-office", "f-role")
	saved(t, s, "/settings/delegations/new", values("office", "palvelupäällikkö", "role", "decision_maker", "kind", "voucher", "limit", "5 000", "valid_from", "1.12.2026"))
	body = get(t, s, "/settings/delegations")
	shows(t, body, "palvelupäällikkö", "5\u00a0000,00", "Palvelusetelipäätös")
	at := strings.Index(body, "/fi/settings/delegations/")
	end := ""
	for at >= 0 && !strings.HasSuffix(end, "/end") {
		end = strings.TrimPrefix(strings.SplitN(body[at:], `"`, 2)[0], "/fi")
		body = body[at+1:]
		at = strings.Index(body, "/fi/settings/delegations/")
	}
	shows(t, get(t, s, end), "Päätä toimivalta")
	saved(t, s, end, typed(get(t, s, end)))
	shows(t, get(t, s, "/settings/delegations"), "Päättynyt toimivalta")
}
