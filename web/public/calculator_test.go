package public_test

import (
	"net/http"
	"strings"
	"testing"

	"seteli/web/ui"
)

// taper gives service 11 the value that falls with the income, and the fee of the organiser's own home care; service 12 the share of
// net income.
const taper = `update rulebook set rules = jsonb_set(jsonb_set(rules, '{value}', '{"method":"linear_taper_scaled","full_cents":3400,"min_cents":840,"max_cents":4080,"increase_pct":"20",
	"income_limits_cents":{"1":65300,"2":120500},"pcts":{"1":"35","2":"22"},"divisor":"60"}'),
	'{comparison}', '{"kind":"home_care_fee","income_limits_cents":{"1":69900,"2":129000},"pct_by_hours":{"1":{"0":"8","5":"10","16":"24","20":"26"},"2":{"0":"7","20":"22"}},"hours_rounding":"whole_half_up"}')
	where rulebook_id = 11;
	update rulebook set rules = jsonb_set(jsonb_set(rules, '{value}', '{"method":"pct_of_net_income","pct_single":"85","pct_couple":"42.5","keep_cents":19500,"keep_couple_cents":78855,"max_cents":304400,"values":[{"content_id":12,"max_cents":400000}]}'),
	'{comparison}', '{"kind":"housing_fee","pct_single":"85","pct_couple":"42.5","keep_cents":19500,"keep_couple_cents":78855}')
	where rulebook_id = 12;
	update content set unit = 'month' where content_id = 12;
	update rulebook set rules = jsonb_set(rules, '{value}', '{"method":"flat_unit","values":[{"content_id":13,"value_cents":2000}],"gate_savings_limits_cents":{"1":500000}}') where rulebook_id = 13`

func (p page) has(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.text, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
}

func TestCalculatorTellsValueOwnShareAndTheOwnServiceBesideIt(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{}, taper)
	empty := get(t, server, "/fi/calculator/1/11")
	if empty.status != http.StatusOK || len(empty.all("input[name=income]")) != 1 || len(empty.all("#result")) != 0 || len(empty.all("h1")) != 1 {
		t.Fatalf("%d, or the questions are not the method's", empty.status)
	}
	const asked = "/calculator/1/11?content=11&household=1&income=1500&amount=20&per=month&price=40%2C00"
	p := get(t, server, "/fi"+asked)
	// (34 − (1500 − 653) × 35 / 100 / 60) × 1.2 = 34.871 → 34.87; the own service (1500 − 699) × 26 % = 208.26.
	p.has(t, "34,87 €/h", "5,13 €/h", "102,60 €", "697,40 €", "208,26 €", "105,66 € vähemmän", "Miksi juuri tämä summa?", "734/1992, 10 e §", "Tämä on arvio", "Sinun tulosi 1 500,00 €", "value=34.87")
	if len(p.all(".app-chart svg circle")) != 3 || len(p.all(".app-chart tbody tr")) != 21 {
		t.Errorf("the chart has %d points of one's own and %d rows in its table", len(p.all(".app-chart svg circle")), len(p.all(".app-chart tbody tr")))
	}
	for _, lang := range []string{"/sv", "/en"} {
		if p := get(t, server, lang+asked); p.status != http.StatusOK || len(p.all("#result")) != 1 {
			t.Errorf("%s: %d", lang, p.status)
		}
	}
	p = get(t, server, "/fi/calculator/1/11?household=1&income=1000&income_other=500&amount=5&per=week&price=40")
	p.has(t, "34,87 €/h", "5 tuntia viikossa × 30/7", "21,4 tuntia", "747,21 €") // 34.87 × 150/7
	p = get(t, server, "/fi/calculator/1/11?household=1&amount=20&price=40")
	p.has(t, "8,40 €/h", "Tuloja ei ole ilmoitettu") // the smallest value, and no fee to compare with
	if strings.Contains(p.text, "oma palvelu maksaisi kuukaudessa") {
		t.Error("a fee is named without an income")
	}
}

func TestCalculatorKeepsNothingAndIsNotListed(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{}, taper)
	for path, filled := range map[string]bool{"/fi/calculator/1/11": false, "/fi/calculator/1/11?household=1&income=900&amount=20&price=40": true} {
		res, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if (res.Header.Get("X-Robots-Tag") == "noindex") != filled || (res.Header.Get("Cache-Control") == "no-store") != filled || len(res.Cookies()) != 0 {
			t.Errorf("%s: robots %q, cache %q, cookies %v", path, res.Header.Get("X-Robots-Tag"), res.Header.Get("Cache-Control"), res.Cookies())
		}
	}
}

func TestCalculatorAsksWhatTheMethodNeeds(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{}, taper)
	net := get(t, server, "/fi/calculator/1/12?pension=2000&amount=1&price=3500")
	net.has(t, "1 700,00 €/kk", "1 800,00 €", "734/1992, 7 c §", "Maksat saman verran kummassakin")
	if len(net.all("input[name=household]")) != 0 || len(net.all("input[name=per]")) != 0 || strings.Contains(net.text, "&amp;value=") {
		t.Error("a month of housing asks for a household, or hands on a value that is one price's only")
	}
	gate := get(t, server, "/fi/calculator/1/13?household=1&savings=9000&amount=10&price=30")
	gate.has(t, "Näillä tiedoilla et saisi palveluseteliä", "300,00 €")
	flat := get(t, server, "/fi/calculator/1/14?amount=10&price=40")
	flat.has(t, "34,00 €/h", "60,00 €")
	if len(flat.all("input[name=income]"))+len(flat.all("input[name=household]"))+len(flat.all(".app-chart")) != 0 {
		t.Error("a value that is the same for everybody asks for an income or draws it")
	}
	unit := attribute(flat.all("select[name=unit] option")[1], "value")
	get(t, server, "/fi/calculator/1/14?amount=10&unit="+unit).has(t, "Arviosi")
}

func TestCalculatorRefusesOnTheFormAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{}, taper)
	for query, message := range map[string]string{
		"household=0&income=1500&amount=20&price=40":   "household",
		"household=1&income=paljon&amount=20&price=40": "income",
		"household=1&amount=0&price=40":                "amount",
		"household=1&amount=99999&price=40":            "amount",
		"household=1&amount=20&price=0":                "price",
		"household=1&amount=20&price=":                 "price",
		"household=1&act=go":                           "amount",
	} {
		p := get(t, server, "/fi/calculator/1/11?"+query)
		if p.status != http.StatusUnprocessableEntity || len(p.all(`.govuk-error-summary a[href="#f-`+message+`"]`)) != 1 || len(p.all("#result")) != 0 {
			t.Errorf("%s: %d, or no message at %s", query, p.status, message)
		}
	}
	get(t, server, "/fi/calculator/1/11?household=1&income=paljon&amount=20&price=40").has(t, `value="paljon"`)
	for _, path := range []string{"/fi/calculator/1/99", "/fi/calculator/x/11", "/fi/calculator/9/11"} {
		if p := get(t, server, path); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
}

func TestCalculatorIsLinkedFromServicesAndComparison(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{}, taper)
	if n := len(get(t, server, "/fi/services?municipality=001").all(`a[href^="/fi/calculator/1/"]`)); n != 4 {
		t.Errorf("%d links from the list of services", n)
	}
	list := get(t, server, "/sv/providers?organiser=1&service=11")
	if len(list.all(`a[href="/sv/calculator/1/11?content=11"]`)) != 1 {
		t.Error("no link from the comparison")
	}
}
