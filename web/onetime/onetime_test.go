package onetime_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"seteli/domain/onetime"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/scene"
	"seteli/web/casework"
	web "seteli/web/onetime"
	"seteli/web/till"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&web.Pages{}).Audience(), (&till.Pages{}).Audience(), (&casework.Pages{}).Audience())
}

type person struct {
	t      *testing.T
	server *httptest.Server
}

func as(t *testing.T, w *scene.World, by access.Actor) *person {
	t.Helper()
	means := voucher.Means{Texts: w.Texts, Models: w.Models, Random: rand.Reader}
	site := uitest.New(t, ui.Session{Actor: by, SignedIn: true, Acting: ui.Acting{Kind: "self", Name: by.Name}}, (&web.Pages{DB: w.DB, Means: means, Address: "https://seteli.example"}).Audience(),
		(&till.Pages{DB: w.DB, Means: means}).Audience(), (&casework.Pages{DB: w.DB, Keys: w.Keys, Means: means}).Audience())
	return &person{t, uitest.Serve(t, site)}
}

func (p *person) ask(method, path string, form url.Values) (status int, body, at string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if i := strings.Index(string(b), "[onetime."); i >= 0 {
		p.t.Errorf("%s shows a missing text: %.60s", path, string(b)[i:])
	}
	return res.StatusCode, string(b), res.Request.URL.Path
}

func (p *person) shows(path string, want ...string) string {
	p.t.Helper()
	status, body, _ := p.ask("GET", path, nil)
	if status != 200 {
		p.t.Errorf("GET %s: %d", path, status)
	}
	for _, s := range want {
		if !strings.Contains(body, s) {
			p.t.Errorf("%s does not show %q", path, s)
		}
	}
	return body
}

var reference = regexp.MustCompile(`name="reference" value="([^"]+)"`)

func makeForm(w *scene.World) url.Values {
	s := w.House.Services["TILAPAINEN"]
	f := url.Values{"content": {ui.Digits(s.ID) + "-" + ui.Digits(s.Contents[0].ID)}, "quantity": {"1"}, "count": {"1"}, "reasons": {"Apua tarvitaan kerran."}, "contact": {"Olga, 020 000 0000"}, "office": {"palveluohjaaja"},
		"channel": {"hand"}}
	for name, day := range map[string]string{"valid_from": "1.11.2026", "valid_to": "31.12.2026"} {
		f.Set(name, day)
	}
	return f
}

func TestASlipIsGivenShownUsedAndToldOnPages(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	c := w.Client()
	staff, provider := as(t, w, w.As(access.Caseworker)), as(t, w, w.Company.Recorder)
	give := "/fi/clients/" + ui.Digits(c.ID) + "/grant-onetime"
	staff.shows(give, "Anna kertaseteli")
	for name, wrong := range map[string]string{"content": "9-99999", "quantity": "-1", "count": "21", "reasons": "", "contact": "", "valid_to": "1.10.2026", "channel": "kyyhky"} {
		f := makeForm(w)
		f.Set(name, wrong)
		if status, body, _ := staff.ask("POST", give, f); status != 422 || !strings.Contains(body, "Apua tarvitaan kerran.") && name != "reasons" {
			t.Errorf("%s = %q: %d, or what was typed is lost", name, wrong, status)
		}
	}
	status, body, at := staff.ask("POST", give, makeForm(w))
	if status != 200 || !strings.Contains(body, "Käytettävissä") || !strings.Contains(body, "<svg") {
		t.Fatalf("giving: %d at %s", status, at)
	}
	var slip onetime.Slip
	w.Must(w.Do(func(tx *postgres.Tx) error {
		list, err := onetime.List(t.Context(), tx, w.As(access.Caseworker), onetime.ListInput{Organiser: w.Organiser(), Most: 1})
		slip = list[0]
		return err
	}))
	number := slip.Number.Print()
	staff.shows("/fi/onetime?state=valid", number)
	if status, body, _ := staff.ask("GET", "/fi/onetime?number=x", nil); status != 422 || !strings.Contains(body, "Tarkista") {
		t.Errorf("a wrong number in the search: %d", status)
	}
	if b := staff.shows("/fi/onetime/" + ui.Digits(slip.ID) + "/paper"); !strings.HasPrefix(b, "%PDF-") {
		t.Error("the paper is no PDF")
	}
	page := provider.shows("/fi/use/"+slip.Number.String(), "Seteli kelpaa", "Käytä seteli")
	form := url.Values{"reference": {reference.FindStringSubmatch(page)[1]}, "number": {"https://seteli.example/fi/use/" + strings.ToLower(slip.Number.String())}, "day": {"21.11.2026"}, "act": {"look"}}
	if status, body, _ := provider.ask("POST", "/fi/use", form); status != 200 || !strings.Contains(body, "Seteli kelpaa") || strings.Contains(body, c.LastName) {
		t.Errorf("looking: %d, or the client is named", status)
	}
	form.Set("act", "use")
	form.Set("unit", ui.Digits(w.Company.Units[0].ID))
	status, body, at = provider.ask("POST", "/fi/use", form)
	if status != 200 || !strings.Contains(body, "Seteli on käytetty") {
		t.Fatalf("using: %d at %s", status, at)
	}
	if _, again, to := provider.ask("POST", "/fi/use", form); to != at || !strings.Contains(again, "Seteli on käytetty") {
		t.Errorf("a double click goes to %s", to)
	}
	form.Set("reference", "toinen")
	if status, body, _ := provider.ask("POST", "/fi/use", form); status != 422 || !strings.Contains(body, "jo käytetty teillä 21.11.2026") {
		t.Errorf("a second use: %d", status)
	}
	for typed, want := range map[string]string{"": "", "MAA-O222-22222": "4. merkki", slip.Number.String()[:5]: "11–13", number[:len(number)-1] + "2": "Tarkista"} {
		form.Set("number", typed)
		if status, body, _ := provider.ask("POST", "/fi/use", form); status != 422 || !strings.Contains(body, want) {
			t.Errorf("%q: %d, want %q", typed, status, want)
		}
	}
	staff.shows("/fi/onetime/"+ui.Digits(slip.ID), w.Company.Units[0].Name, "21.11.2026")
}

func TestSlipsArePrintedHandedOverAndAnnulledOnPages(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	c := w.Client()
	staff := as(t, w, w.As(access.Caseworker))
	form := makeForm(w)
	form.Set("count", "3")
	status, body, at := staff.ask("POST", "/fi/onetime/print", form)
	if status != 200 || strings.Count(body, "Odottaa asiakasta") < 3 {
		t.Fatalf("printing: %d at %s", status, at)
	}
	var list []onetime.Slip
	w.Must(w.Do(func(tx *postgres.Tx) (err error) {
		list, err = onetime.List(t.Context(), tx, w.As(access.Caseworker), onetime.ListInput{Organiser: w.Organiser(), Most: 9})
		return err
	}))
	if b := staff.shows("/fi/onetime/batches/" + ui.Digits(list[0].Batch) + "/paper"); !strings.HasPrefix(b, "%PDF-") {
		t.Error("the paper of the batch is no PDF")
	}
	hand := "/fi/clients/" + ui.Digits(c.ID) + "/hand-onetime"
	if status, _, _ := staff.ask("POST", hand, url.Values{"number": {"MAA"}, "office": {"palveluohjaaja"}}); status != 422 {
		t.Errorf("a wrong number: %d", status)
	}
	status, body, _ = staff.ask("POST", hand, url.Values{"number": {list[0].Number.Print()}, "office": {"palveluohjaaja"}})
	if status != 200 || !strings.Contains(body, "Käytettävissä") || !strings.Contains(body, c.LastName) {
		t.Errorf("handing over: %d", status)
	}
	for i, office := range []string{"palveluohjaaja", ""} {
		path := "/fi/onetime/" + ui.Digits(list[i].ID) + "/annul"
		if status, _, _ := staff.ask("POST", path, url.Values{"reason": {""}, "office": {office}}); status != 422 {
			t.Errorf("without a reason: %d", status)
		}
		status, body, _ := staff.ask("POST", path, url.Values{"reason": {"Ei tarvetta."}, "office": {office}})
		if status != 200 || !strings.Contains(body, "Mitätöity") {
			t.Errorf("annulling: %d", status)
		}
	}
}
