package economy_test

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/daycare/simulation"
	"seteli/domain/daycare/simulation/simulationtest"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/daycare/economy"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

type desk struct {
	*simulationtest.Town
	t      *testing.T
	server *httptest.Server
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, children int) *desk {
	n := simulationtest.New(t, "oulu", children)
	must(t, job.Migrate(t.Context(), postgrestest.Owner(t, n.DB)))
	words, err := i18n.Load()
	must(t, err)
	pages := &economy.Pages{DB: n.DB, Words: words}
	site := uitest.NewAt(t, calendar.Noon(calendar.Day(2026, 6, 29)), ui.Session{SignedIn: true, Actor: n.Main, Tenant: ui.Tenant{Organiser: w.Organiser, Name: "Mallilan kunta"}}, pages.Audience())
	return &desk{n, t, uitest.Serve(t, site)}
}

// ask gives the status, and the body or the place of a redirect.
func (d *desk) ask(path string, form url.Values) (int, string) {
	d.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var res *http.Response
	var err error
	if form == nil {
		res, err = client.Get(d.server.URL + path)
	} else {
		res, err = client.PostForm(d.server.URL+path, form)
	}
	must(d.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(d.t, err)
	if place := res.Header.Get("Location"); place != "" {
		return res.StatusCode, place
	}
	if dir := os.Getenv("SETELI_PAGES"); dir != "" && strings.Contains(res.Header.Get("Content-Type"), "html") {
		must(d.t, os.WriteFile(dir+"/economy"+strings.ReplaceAll(res.Request.URL.Path, "/", "_")+".html", body, 0o644))
	}
	text := strings.ReplaceAll(html.UnescapeString(string(body)), "\u00a0", " ")
	if strings.Contains(text, "[economy.") || regexp.MustCompile(`\{[a-z]+\}`).MatchString(text) {
		d.t.Errorf("%s shows a missing text", path)
	}
	return res.StatusCode, text
}

func (d *desk) get(path string) string {
	d.t.Helper()
	code, body := d.ask(path, nil)
	if code != http.StatusOK {
		d.t.Fatalf("GET %s: %d\n%s", path, code, body)
	}
	return body
}

func (d *desk) wants(body string, words ...string) {
	d.t.Helper()
	for _, x := range words {
		if !strings.Contains(body, x) {
			d.t.Errorf("the page does not say %q", x)
		}
	}
}

const list = "/fi/daycare/economy/simulations"

func board() url.Values {
	return url.Values{"name": {"Arvo +5 %, lisämaksu enintään 30 €"}, "from": {"1.1.2027"}, "percent": {"5"}, "options": {"full_time"}, "model": {"B"}, "cap": {"30"}, "prices": {"adjust"}}
}

// The board asks: what if the full-time value rises by 5 % and the surcharge is capped at 30 €? The answer stands on one page that prints.
func TestTheBoardsQuestionIsAnsweredOnOnePage(t *testing.T) {
	t.Parallel()
	d := open(t, 60)
	d.wants(d.get(list), "Laskelmia ei vielä ole", "Tee uusi laskelma")
	d.wants(d.get(list+"/new"), "Kokoaikainen varhaiskasvatus", "Nyt 965,00 €, alle 3-vuotiaan 1 641,00 €", "Hinnat sovitetaan uusiin ehtoihin")
	code, place := d.ask(list+"/new", board())
	if code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, place)
	}
	place, _, _ = strings.Cut(place, "?")
	d.wants(d.get(place), "Laskelma odottaa vuoroaan", "Keskeytä laskelma")
	_, err := job.DeliverOutbox(t.Context(), d.DB, []int32{w.Organiser}, simulation.Handlers(d.DB))
	must(t, err)
	page := d.get(place)
	d.wants(page, "Muutos lisää kunnan kustannuksia", "+5 %: Kokoaikainen varhaiskasvatus", "Lisämaksulla katto: hinta on arvo", "30,00 €", "Perheitä, jotka maksavat vähemmän",
		"Vaikutus perheisiin", "Kunta maksaa, 12 kuukautta muutoksesta", "Yksiköt, joihin muutos vaikuttaa eniten", "Tulosta sivu selaimen tulostuksella", "<svg", "29.6.2026")
	for _, lang := range []string{"/sv/", "/en/"} {
		d.get(strings.Replace(place, "/fi/", lang, 1))
	}
	d.wants(d.get(place+"/file.csv"), "Vuoden summat", "Vaikutus perheisiin", "2027-01")
	if file := d.get(place + "/file.xlsx"); !strings.HasPrefix(file, "PK") {
		t.Error("no workbook")
	}
	d.wants(d.get(list+"/new?copy=1"), `value="5"`, "1.1.2027")
	second := board()
	second.Set("percent", "2,5")
	second.Set("name", "Arvo +2,5 %")
	d.ask(list+"/new", second)
	_, err = job.DeliverOutbox(t.Context(), d.DB, []int32{w.Organiser}, simulation.Handlers(d.DB))
	must(t, err)
	d.wants(d.get(list), "Vertaile valittuja", "Ota vertailuun: Arvo +2,5 %")
	d.wants(d.get(list+"/compare?id=1&id=2"), "Arvo +2,5 %", "Kunnalle kallein on")
	d.wants(d.get(list+"/compare/file.csv?id=1&id=2"), "Arvo +2,5 %")
	d.sweeps(place)
	if code, _ := d.ask(list+"/compare?id=1", nil); code != http.StatusUnprocessableEntity {
		t.Errorf("one alone is compared: %d", code)
	}
}

// sweeps asks the same with the value at many percentages: one table, one chart, and each value leads to the whole question.
func (d *desk) sweeps(one string) {
	d.t.Helper()
	form := board()
	for name, x := range map[string]string{"name": "Arvo −5…+5 %", "percent": "", "sweep": "percent", "sweep_from": "−5", "sweep_to": "5", "sweep_step": "5"} {
		form.Set(name, x)
	}
	code, place := d.ask(list+"/new", form)
	if code != http.StatusSeeOther {
		d.t.Fatalf("%d %s", code, place)
	}
	_, err := job.DeliverOutbox(d.t.Context(), d.DB, []int32{w.Organiser}, simulation.Handlers(d.DB))
	must(d.t, err)
	place, _, _ = strings.Cut(place, "?")
	page := d.get(place)
	year := regexp.MustCompile(`Muutos lisää kunnan kustannuksia ([0-9 ,]+ €)`).FindStringSubmatch(d.get(one))
	if year == nil {
		d.t.Fatal("the answer to the single question is not told")
	}
	d.wants(page, "Setelin arvon muutos, %: −5 % – 5 %, askel 5 %", "Vastaus jokaisella arvolla", "<svg", "+"+year[1], "at=-5", "Muutos perheille")
	d.wants(d.get(list), "3 arvoa")
	d.wants(d.get(place+"/file.csv"), "Omat osuudet", "−5 %")
	d.wants(d.get(list+"/new?copy=3&at=-5"), `value="-5"`)
	for _, lang := range []string{"/sv/", "/en/"} {
		d.get(strings.Replace(place, "/fi/", lang, 1))
	}
	form.Set("sweep_step", "0")
	if code, body := d.ask(list+"/new", form); code != http.StatusUnprocessableEntity || !strings.Contains(body, "askeleen suurempi kuin nolla") || !strings.Contains(body, `<details class="govuk-details" open>`) {
		d.t.Errorf("no step: %d", code)
	}
	if code, _ := d.ask(list+"/compare?id=1&id=3", nil); code != http.StatusUnprocessableEntity {
		d.t.Errorf("a sweep is compared: %d", code)
	}
}

// A question that contradicts itself comes back with what was typed, the field and the remedy.
func TestContradictionsAreToldAtTheirFields(t *testing.T) {
	t.Parallel()
	d := open(t, 4)
	for words, change := range map[string]url.Values{
		"Lisämaksun katto sopii vain hintamalliin ”Lisämaksulla katto”": {"model": {""}},
		"Hintamalli ”Lisämaksulla katto” tarvitsee katon":               {"cap": {""}},
		"Arvo voi muuttua joko prosentteina tai euroina, ei molempina":  {"cents": {"40"}},
		"Mikään ei muutu":                 {"model": {""}, "cap": {""}, "percent": {""}, "options": {}},
		"Muutoksen ensimmäisen päivän":    {"from": {"1.1.2020"}},
		"Alin maksu 300,00 € on suurempi": {"min_fee": {"300"}, "max_fee": {"200"}},
		"Tarkista":                        {"percent": {"viisi"}},
	} {
		form := board()
		for k, v := range change {
			form[k] = v
		}
		code, body := d.ask(list+"/new", form)
		if code != http.StatusUnprocessableEntity || words != "Tarkista" && !strings.Contains(body, words) || !strings.Contains(body, "Arvo +5 %, lisämaksu enintään 30 €") {
			t.Errorf("%s: %d", words, code)
		}
	}
	code, place := d.ask(list+"/new", board())
	if code != http.StatusSeeOther {
		t.Fatal(code)
	}
	place, _, _ = strings.Cut(place, "?")
	if code, _ := d.ask(place+"/cancel", url.Values{}); code != http.StatusSeeOther {
		t.Errorf("cancelled with %d", code)
	}
	d.wants(d.get(list), "Keskeytetty")
	if code, _ := d.ask(place+"/file.csv", nil); code != http.StatusNotFound {
		t.Errorf("a cancelled one has a file: %d", code)
	}
}
