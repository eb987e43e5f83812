package economy_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (d *desk) upload(path, name, content string) (int, string) {
	d.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	must(d.t, err)
	_, err = io.WriteString(part, content)
	must(d.t, err)
	must(d.t, m.Close())
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Post(d.server.URL+path, m.FormDataContentType(), &b)
	must(d.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(d.t, err)
	return res.StatusCode, string(body)
}

func TestCostsAreEnteredImportedAndCompared(t *testing.T) {
	t.Parallel()
	d := open(t, 6)
	const page = "/fi/daycare/economy"
	d.wants(d.get(page+"?year=2026"), "Vuodelta ei ole kustannuksia", "Lisää kustannukset", "Anna oletuksiin paikan rakentamisen hinta")
	form := url.Values{"form": {"own"}, "from": {"1/2026"}, "to": {"12/2026"}, "staff": {"800000"}, "premises": {"200 000,00"}, "fees": {"100000"}, "over_months": {"600"}, "under_months": {"200"},
		"hours": {"100000"}, "ending": {"70"}, "source": {"Tilinpäätös 2026"}, "source_date": {"1.3.2027"}, "row_version": {"0"}}
	if code, body := d.ask(page+"/costs/new", form); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	code, body := d.ask(page+"/costs/new", form)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("the same months twice: %d", code)
	}
	d.wants(body, "on jo kustannuksia näiltä kuukausilta", "Tilinpäätös 2026")
	const heading = "Järjestämistapa;Alkaa;Päättyy;Ostosopimukset;Lapsikuukausia, 3 vuotta täyttäneet;Lapsikuukausia, alle 3-vuotiaat;Hoitotunteja;Kustannuksista päättyy, kun lapset siirtyvät;Lähde;Lähteen päivä\n"
	code, body = d.upload(page+"/costs/file", "kulut.csv", heading+"Ostettu paikka;1/2026;joskus;90000;80;20;15000;95;Ostolaskut;1.3.2027\n")
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "Mitään ei otettu") {
		t.Errorf("a wrong file: %d", code)
	}
	if code, body = d.upload(page+"/costs/file", "kulut.csv", heading+"Ostettu paikka;1/2026;12/2026;90000;80;20;15000;95;Ostolaskut;1.3.2027\n"); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	assumed := url.Values{"per_place": {"30000"}, "interest": {"3"}, "years": {"30"}, "places": {"40"}, "missing": {"25"}, "administration": {"12000"}, "hours.full_time": {"150"}, "source": {"Hankesuunnitelma"}, "source_date": {"1.5.2026"}}
	if code, body := d.ask(page+"/assumptions", assumed); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	d.wants(d.get(page+"?year=2026"), "Kunnan oma paikka", "1 125,00 €", "947,37 €", "9,00 €", "Ostettu paikka", "25 paikkaa × 30 000,00 €", "750 000,00 €", "38 264,44 €", "Hankesuunnitelma", "Ostolaskut")
	d.wants(d.get(page+"/costs/new?cost=1"), "Tilinpäätös 2026", `value="1"`)
	d.wants(d.get(page+"/file.csv?year=2026"), "Kunnan oma paikka", "1125,00")
	d.get(page + "/assumptions")
	for _, lang := range []string{"/sv", "/en"} {
		d.get(strings.Replace(page, "/fi", lang, 1) + "?year=2026")
	}
}
