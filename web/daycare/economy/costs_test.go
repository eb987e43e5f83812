package economy_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	domain "seteli/domain/daycare/economy"
	w "seteli/domain/voucher/vouchertest"
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
	return res.StatusCode, strings.ReplaceAll(string(body), "\u00a0", " ")
}

func TestCostsAreEnteredImportedAndCompared(t *testing.T) {
	t.Parallel()
	d := open(t, 6)
	const page = "/fi/daycare/economy"
	d.wants(d.get(page+"?year=2026"), "Vuodelta ei ole kustannuksia", "Lisää kustannukset", "Anna oletuksiin paikan rakentamisen hinta")
	form := url.Values{"form": {"own"}, "from": {"1/2026"}, "to": {"12/2026"}, "staff": {"800000"}, "premises": {"200 000,00"}, "fees": {"100000"}, "over_months": {"600"}, "under_months": {"200"},
		"hours": {"100000"}, "ending": {"70"}, "central": {"0"}, "allocation": {"Henkilöstömenojen suhteessa"}, "source": {"Tilinpäätös 2026"}, "source_date": {"1.3.2027"}, "row_version": {"0"}}
	if code, body := d.ask(page+"/costs/new", form); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	code, body := d.ask(page+"/costs/new", form)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("the same months twice: %d", code)
	}
	d.wants(body, "on jo kustannuksia osalta näistä kuukausista", "Tilinpäätös 2026")
	const heading = "Järjestämistapa;Alkaa;Päättyy;Ostosopimukset;Lapsikuukausia, 3 vuotta täyttäneet;Lapsikuukausia, alle 3-vuotiaat;Hoitotunteja;Kustannuksista päättyy, kun lapset siirtyvät;Lähde;Lähteen päivä\n"
	d.importsCosts(page, heading)
	assumed := url.Values{"per_place": {"30000"}, "interest": {"3"}, "years": {"30"}, "places": {"40"}, "missing": {"25"}, "administration": {"12000"}, "hours.full_time": {"150"}, "source": {"Hankesuunnitelma"}, "source_date": {"1.5.2026"}}
	if code, body := d.ask(page+"/assumptions", assumed); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	d.wants(d.get(page+"?year=2026"), "Kunnan oma paikka", "1 125,00 €", "947,37 €", "9,00 €", "Ostettu paikka", "25 paikkaa × 30 000,00 €", "750 000,00 €", "38 264,44 €", "Hankesuunnitelma", "Ostolaskut")
	d.wants(d.get(page+"/costs/new?cost=1"), "Tilinpäätös 2026", `value="1"`, "Henkilöstömenojen suhteessa")
	d.wants(d.get(page+"/file.csv?year=2026"), "Kunnan oma paikka", "1125,00")
	d.get(page + "/assumptions")
	for _, lang := range []string{"/sv", "/en"} {
		d.get(strings.Replace(page, "/fi", lang, 1) + "?year=2026")
	}
}

// A forecast is pasted with its headings; what cannot be is told with its line, and the page tells how long places last.
func TestAForecastOfChildrenIsPutBesideThePlaces(t *testing.T) {
	t.Parallel()
	d := open(t, 0)
	const page, heading = "/fi/daycare/economy/need", "Alue\tVuosi\tLapsia, 3 vuotta täyttäneet\tOsallistuu %, 3 vuotta täyttäneet\tLapsia, alle 3-vuotiaat\tOsallistuu %, alle 3-vuotiaat\n"
	d.wants(d.get(page), "Ennustetta ei vielä ole", "Muuta ennustetta")
	d.Exec(`update unit set postcode = '90100', city = 'Mallila'`)
	d.Exec(`insert into daycare_unit (organiser_id, unit_id, provider_id, way, kind, listed, about, changed_at, changed_by)
		values (1, $1, $3, 'own', 'DAYCARE', true, '', now(), 'x'), (1, $2, $4, 'voucher', 'DAYCARE', true, '', now(), 'x')`, w.Unit, w.OtherUnit, w.Provider, w.OtherProvider)
	d.Exec(`insert into daycare_capacity (organiser_id, unit_id, under_places, over_places, valid_from, valid_to, added_at, added_by) values (1, $1, 4, 20, '2026-01-01', '9999-12-31', now(), 'x'), (1, $2, 4, 3, '2026-01-01', '9999-12-31', now(), 'x')`, w.Unit, w.OtherUnit)
	form := url.Values{"source": {"Väestöennuste"}, "source_date": {"1.5.2026"}, "rows": {heading + "90100\t2026\t20\t90\t8\t50\n901\t2027\t25\t90\t8\t150\n90100\t2026\t1\t1\t1\t1\n"}}
	code, body := d.ask(page+"/edit", form)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong forecast: %d", code)
	}
	d.wants(body, "Rivin 2 alue ei ole postinumero", "Rivillä 2 on mahdoton luku", "Rivillä 3 on samat lapset kuin rivillä 1", "90100", "Väestöennuste")
	form.Set("rows", heading+"90100;2026;monta;90;8;50")
	if code, body = d.ask(page+"/edit", form); code != http.StatusUnprocessableEntity || !strings.Contains(body, "monta") {
		t.Errorf("a word for a number: %d\n%s", code, body)
	}
	form.Set("rows", strings.ReplaceAll(heading, "\t", ";")+"90100;2026;20;90;8;50\n90100;2027;26;92,5;8;50\n90100;2028;40;95;10;60")
	if code, body = d.ask(page+"/edit", form); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	assumed := url.Values{"per_place": {"30000"}, "rent": {"2 400"}, "interest": {"3"}, "years": {"30"}, "source": {"Hankesuunnitelma"}, "source_date": {"1.5.2026"}}
	if code, body := d.ask("/fi/daycare/economy/assumptions", assumed); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	// 2026: 18 + 7 = 25 of 27; 2027: 24.05 + 7 = 31.05, so 5 are missing and the 10 private places hold them; 2028: 38 + 10.5 = 48.5, 22 and 12.
	d.wants(d.get(page), "Omia paikkoja puuttuu vuodesta 2027, yksityisten kanssa vuodesta 2028", "150 000,00 €", "7 652,89 €", "12 000,00 €", "300 000,00 €", "24 000,00 €", "Väestöennuste")
	d.wants(d.get(page+"/file.csv"), "90100;2028;40;95;10;60;48,5;27;10;22;12;300000,00;")
	d.wants(d.get(page+"/edit"), "90100;2027;26;92,5;8;50")
	for _, lang := range []string{"/sv", "/en"} {
		d.get(lang + "/daycare/economy/need")
		d.get(lang + "/daycare/economy/need/edit")
	}
}

// typed are the hidden fields of a page's confirmation.
func (d *desk) typed(body string) url.Values {
	d.t.Helper()
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	if form.Get("lines") == "" {
		d.t.Fatalf("nothing to confirm on %s", body)
	}
	return form
}

// importsCosts takes a file: first it is only read, and every wrong line is told; what was confirmed is written, once.
func (d *desk) importsCosts(page, heading string) {
	d.t.Helper()
	const first = "Ostettu paikka;1/2026;12/2026;90000;80;20;15000;95;Ostolaskut;1.3.2027\n"
	kept := func() int { return d.Count(`select count(*) from daycare_cost where voided_at is null`) }
	code, body := d.upload(page+"/costs/file", "kulut.csv", heading+first+"Ostettu paikka;1/2027;joskus;90000;80;20;15000;95;Ostolaskut;1.3.2027\n"+
		"Ostettu paikka;12/2026;1/2027;90000;80;20;15000;95;Ostolaskut;1.3.2027\nKunnan oma paikka;6/2026;1/2027;1;0;0;0;0;Arvio;1.3.2027\n")
	if code != http.StatusUnprocessableEntity || kept() != 1 {
		d.t.Errorf("a wrong file: %d, %d costs", code, kept())
	}
	d.wants(body, "Mitään ei otettu", "Rivin 3 sarake Päättyy ei ole luettavissa", "Rivillä 4 on samoja kuukausia kuin rivillä 2", "Anna lapsikuukaudet", "on jo kustannuksia osalta näistä kuukausista", "Lisää uuden")
	code, body = d.upload(page+"/costs/file", "kulut.csv", heading+first)
	if code != http.StatusOK || kept() != 1 {
		d.t.Fatalf("the preview: %d, %d costs", code, kept())
	}
	d.wants(body, "Se muuttaa yhden rivin", "100 lapsikuukautta", "Lisää uuden")
	confirmed := d.typed(body)
	if code, body := d.ask(page+"/costs/file", confirmed); code != http.StatusSeeOther || kept() != 2 {
		d.t.Fatalf("%d %s, %d costs", code, body, kept())
	}
	if code, _ := d.ask(page+"/costs/file", confirmed); code != http.StatusUnprocessableEntity || kept() != 2 {
		d.t.Errorf("an old preview was confirmed: %d, %d costs", code, kept())
	}
	_, body = d.upload(page+"/costs/file", "kulut.csv", heading+strings.Replace(first, "90000", "95 000,50 €", 1))
	d.wants(body, "Korvaa nykyisen", "Ostosopimukset 90 000,00 € → 95 000,50 €")
	if code, body := d.ask(page+"/costs/file", d.typed(body)); code != http.StatusSeeOther || kept() != 2 {
		d.t.Fatalf("%d %s, %d costs", code, body, kept())
	}
	_, body = d.upload(page+"/costs/file", "kulut.csv", heading+strings.Replace(first, "90000", "95000,50", 1))
	d.wants(body, "Ei muuta mitään")
	if code, _ := d.ask(page+"/costs/file", url.Values{"step": {"confirm"}, "lines": {"no"}}); code != http.StatusUnprocessableEntity {
		d.t.Errorf("a confirmation of nothing: %d", code)
	}
}

// goesOn keeps two months of figures: the list tells the month before, the chart draws both, and a remark shows the figure of its day.
func (d *desk) goesOn(page string) {
	d.t.Helper()
	d.wants(d.get(page+"/months"), "Kehitystä ei vielä voi näyttää")
	keep := func() {
		kept, err := domain.KeepMonths(d.t.Context(), d.DB, []int32{w.Organiser})
		if must(d.t, err); kept != 1 {
			d.t.Errorf("%d organisers are kept", kept)
		}
	}
	keep()
	d.Exec(`update daycare_risk_month set month = '2026-05-01', figure = 25 where risk = 'prices'`)
	d.Exec(`delete from daycare_risk_month where risk <> 'prices'`)
	keep()
	d.wants(d.get(page), "5/2026: 25 %.", "Mitä näistä luvuista puuttuu ja miksi", "Paikat keskittyvät harvoille tuottajille")
	d.wants(d.get(page+"/months"), "Tuottajat ovat ilmoittaneet hinnankorotuksia", "25 %")
	d.wants(d.get(page+"/months/file.csv"), "hinnankorotuksia;5/2026;25 %;", "hinnankorotuksia;6/2026;0 %;")
	form := url.Values{"row_version": {"1"}, "watch_at": {"10"}, "act_at": {"20"}, "note": {"Kysytään tuottajilta syksyllä."}, "likelihood": {"4"}}
	code, body := d.ask(page+"/prices", form)
	if d.wants(body, "Anna sekä todennäköisyys että vaikutus"); code != http.StatusUnprocessableEntity {
		d.t.Errorf("half a weight: %d", code)
	}
	form.Set("effect", "2")
	if code, body := d.ask(page+"/prices", form); code != http.StatusSeeOther {
		d.t.Fatalf("%d %s", code, body)
	}
	d.wants(d.get(page+"/prices"), "Todennäköisyys 4 × vaikutus 2 = 8", "Luku silloin")
}

// The register of risks: figures with their levels, what was written, a stale page and a risk of the municipality's own.
func TestRisksAreListedWithTheirFiguresAndWrittenOf(t *testing.T) {
	t.Parallel()
	d := open(t, 20)
	const page = "/fi/daycare/economy/risks"
	d.wants(d.get(page), "Tuottajat ovat ilmoittaneet hinnankorotuksia", "0 / 2 yksikköä", "Vähäinen", "Ei tietoa", "Seurataan: vähintään 10 %", "Lisää oma riski")
	form := url.Values{"row_version": {"0"}, "watch_at": {"0"}, "act_at": {"20"}, "note": {"Kysytään tuottajilta syksyllä."}, "owner": {"Päivi Pihlajavuo"}, "review": {"1.6.2026"}}
	d.wants(d.get(page+"/prices"), "0 / 2 yksikköä", `value="10"`)
	if code, body := d.ask(page+"/prices", form); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	d.wants(d.get(page), "Kysytään tuottajilta syksyllä.", "Päivi Pihlajavuo", "1.6.2026", "Tarkistus on myöhässä", "Toimia tarvitaan: vähintään 20 %")
	if code, body := d.ask(page+"/prices", form); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Joku kirjasi riskistä") {
		t.Errorf("an old page was taken: %d", code)
	}
	form.Set("act_at", "paljon")
	if code, _ := d.ask(page+"/prices", form); code != http.StatusUnprocessableEntity {
		t.Errorf("limits that are no number: %d", code)
	}
	d.goesOn(page)
	own := url.Values{"row_version": {"0"}, "name": {"Rakennus korjataan"}, "level": {"act"}}
	if code, body := d.ask(page+"/new", own); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	d.wants(d.get(page), "Rakennus korjataan", "Toimia tarvitaan")
	d.wants(d.get(page+"/1"), "Rakennus korjataan", "Aiemmat merkinnät")
	d.wants(d.get(page+"/file.csv"), "Rakennus korjataan;–;", "Kysytään tuottajilta syksyllä.")
	if code, _ := d.ask(page+"/weather", nil); code != http.StatusNotFound {
		t.Errorf("an unknown risk: %d", code)
	}
	for _, lang := range []string{"/sv", "/en"} {
		d.get(strings.Replace(page, "/fi", lang, 1))
		d.get(strings.Replace(page, "/fi", lang, 1) + "/thresholds")
	}
}
