package till_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"seteli/core/money"
	"seteli/demo"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/scene"
	"seteli/web/browser"
	"seteli/web/casework"
	"seteli/web/till"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&till.Pages{}).Audience(), (&casework.Pages{}).Audience())
}

type world struct {
	*scene.World
	till *purse.Till
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: scene.New(t, "2026-11-21")}
	w.Must(w.OfferPurse(t.Context()))
	w.till = purse.NewTill(w.DB)
	return w
}

func (w *world) purse(euros int64) voucher.Voucher {
	w.T.Helper()
	v, err := w.GrantPurse(w.T.Context(), w.House, w.Client(), w.Valid(), money.Cents(euros*100), purse.Never, 0, int(euros))
	w.Must(err)
	return v
}

// person is somebody at a browser.
type person struct {
	t      *testing.T
	server *httptest.Server
	client *http.Client
}

func (w *world) as(t *testing.T, by access.Actor) *person {
	t.Helper()
	means := voucher.Means{Texts: w.Texts, Models: w.Models, Random: strings.NewReader(strings.Repeat("purse-of-a-client-", 100))}
	site := uitest.New(t, ui.Session{Actor: by, SignedIn: true, Acting: ui.Acting{Kind: "self", Name: by.Name}}, (&till.Pages{DB: w.DB, Till: w.till, Means: means}).Audience(),
		(&casework.Pages{DB: w.DB, Keys: w.Keys, Means: means}).Audience())
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, uitest.Serve(t, site), &http.Client{Jar: jar}}
}

func (p *person) ask(method, path string, form url.Values) (int, string, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, area := range []string{"[till.", "[purse.", "[casework."} {
		if i := strings.Index(string(body), area); i >= 0 {
			p.t.Errorf("%s shows a missing text: %.60s", path, string(body)[i:])
		}
	}
	return res.StatusCode, string(body), res.Request.URL.Path
}

func (p *person) get(path string) string {
	p.t.Helper()
	status, body, _ := p.ask("GET", path, nil)
	if status != 200 {
		p.t.Fatalf("GET %s: %d", path, status)
	}
	return body
}

var reference = regexp.MustCompile(`name="reference" value="([^"]+)"`)

// sell fills the till's form as a person does.
func (p *person) sell(number string, fields ...string) (int, string, string) {
	p.t.Helper()
	form := url.Values{"number": {number}, "act": {"charge"}, "reference": {reference.FindStringSubmatch(p.get("/fi/till"))[1]}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return p.ask("POST", "/fi/till", form)
}

func (w *world) choice(code string, content int) string {
	return fmt.Sprintf("%d-%d", w.House.Services[code].Contents[content].ID, w.Company.Units[0].ID)
}

func TestTheTillAnswersAtOnceAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(50)
	p := w.as(t, w.Company.Recorder)
	euros := w.choice(demo.PurseService, 0)
	status, body, _ := p.sell(v.Number.Print(), "amount", "20,00")
	if status != 422 || !strings.Contains(body, "Mitä myyt?") || strings.Contains(body, "Ei veloitettu") || !strings.Contains(body, `value="20,00"`) {
		t.Errorf("several things could be sold: %d", status)
	}
	status, body, path := p.sell(v.Number.Print(), "amount", "20,00", "choice", euros)
	if status != 200 || !strings.Contains(body, "Veloitettu") || !strings.Contains(body, "30,00") {
		t.Fatalf("charged: %d at %s", status, path)
	}
	if status, body, _ = p.sell(v.Number.Print(), "amount", "30,01", "choice", euros); status != 422 || !strings.Contains(body, "Ei veloitettu") || !strings.Contains(body, "jäljellä on 30,00") {
		t.Errorf("above the balance: %d", status)
	}
	if status, body, _ = p.sell("KSR-2222-2222-2", "amount", "1"); status != 422 || !strings.Contains(body, "Tarkista numero") {
		t.Errorf("unknown number: %d", status)
	}
	if status, body, _ = p.sell(v.Number.Print(), "choice", euros); status != 422 || !strings.Contains(body, "summa tai määrä") {
		t.Errorf("no sum: %d", status)
	}
	form := url.Values{"number": {v.Number.Print()}, "act": {"charge"}, "reference": {"sama"}, "amount": {"1"}, "choice": {euros}}
	_, _, first := p.ask("POST", "/fi/till", form)
	if _, _, second := p.ask("POST", "/fi/till", form); first != second {
		t.Errorf("a double click made %s and %s", first, second)
	}
}

func TestAHoldIsCapturedReleasedAndRefundedOnItsPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(50)
	p := w.as(t, w.Company.MainUser)
	euros := w.choice(demo.PurseService, 0)
	_, body, path := p.sell(v.Number.Print(), "amount", "20", "choice", euros, "act", "hold")
	if !strings.Contains(body, "Varattu") || !strings.Contains(body, `value="20,00"`) {
		t.Fatal("the hold is not on its page")
	}
	if status, body, _ := p.ask("POST", path, url.Values{"act": {"capture"}, "amount": {"20,01"}}); status != 422 || !strings.Contains(body, "enintään 20,00") {
		t.Errorf("above the hold: %d", status)
	}
	if _, body, _ := p.ask("POST", path, url.Values{"act": {"capture"}, "amount": {"15"}}); !strings.Contains(body, "Veloitettu") || !strings.Contains(body, "35,00") {
		t.Error("not captured")
	}
	if status, body, _ := p.ask("POST", path, url.Values{"act": {"refund"}, "reason": {""}}); status != 422 || !strings.Contains(body, "perustelu") {
		t.Errorf("a refund without a reason: %d", status)
	}
	if _, body, _ := p.ask("POST", path, url.Values{"act": {"refund"}, "reason": {"Asiakas palautti"}}); !strings.Contains(body, "Palautettu saldolle") {
		t.Error("not refunded")
	}
	_, _, path = p.sell(v.Number.Print(), "amount", "5", "choice", euros, "act", "hold")
	if _, body, _ := p.ask("POST", path, url.Values{"act": {"release"}}); !strings.Contains(body, "Varaus vapautettu") {
		t.Error("not released")
	}
	foreign := w.Company.Recorder
	foreign.Provider = 77
	if status, _, _ := w.as(t, foreign).ask("GET", path, nil); status != 404 {
		t.Errorf("another company sees the hold: %d", status)
	}
}

func TestClientAndCaseworkerSeeTheBalanceAndTheCaseworkerTakesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(100)
	p := w.as(t, w.Company.Recorder)
	p.sell(v.Number.Print(), "quantity", "1,5", "choice", w.choice("TILAPAINEN", 0))
	c := w.as(t, w.As(access.Caseworker))
	page := fmt.Sprintf("/fi/vouchers/%d/balance", v.ID)
	if body := c.get(page); !strings.Contains(body, "Saldo myönnettiin") || !strings.Contains(body, "Veloitettu") {
		t.Error("the history is not on the caseworker's page")
	}
	if status, body, _ := c.ask("POST", page+"/take", url.Values{"amount": {"1000"}, "reason": {"Liikaa"}}); status != 422 || !strings.Contains(body, "enintään") {
		t.Errorf("more than is left: %d", status)
	}
	if _, body, _ := c.ask("POST", page+"/take", url.Values{"amount": {"10"}, "reason": {"Tarve väheni"}}); !strings.Contains(body, "Tarve väheni") {
		t.Error("not taken back")
	}
	if body := c.get("/fi/purses"); !strings.Contains(body, "Kotona asumisen saldo") {
		t.Error("the summary lacks the service")
	}
	self := access.Actor{Account: 9, Name: "Asiakas", Role: access.Client, Person: v.Person}
	own := fmt.Sprintf("/fi/my/vouchers/%d/%d/balance", v.Organiser, v.ID)
	if body := w.as(t, self).get(own); !strings.Contains(body, "Tarve väheni") || strings.Contains(body, "Ota saldoa takaisin") {
		t.Error("the client's page")
	}
	self.Person++
	if status, _, _ := w.as(t, self).ask("GET", own, nil); status != 404 {
		t.Errorf("another client sees the balance: %d", status)
	}
}

func TestTheTillAsksWhenAServiceWasGivenWhosePriceDependsOnIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hours := w.House.Services["TILAPAINEN"].Contents[0].ID
	_, err := postgrestest.Owner(t, w.DB).Exec(t.Context(), `update rulebook set rules = jsonb_set(rules, '{value}', $1) where service_id = $2`,
		map[string]any{"method": "time_band_table", "values": []map[string]any{{"content_id": hours, "value_cents": 2000}}, "bands": []map[string]any{
			{"band": "weekday", "kind": "weekday", "from": "00:00", "to": "24:00", "multiplier": "1", "fi": "Arki"}, {"band": "sat", "kind": "saturday", "from": "00:00", "to": "24:00", "multiplier": "1.5", "fi": "Lauantai"}}},
		w.House.Services["TILAPAINEN"].ID)
	w.Must(err)
	v := w.purse(300)
	c := w.as(t, w.Company.Recorder)
	form := url.Values{"reference": {"aika-1"}, "number": {v.Number.Print()}, "quantity": {"1"}, "choice": {fmt.Sprintf("%d-%d", hours, w.Company.Units[0].ID)}, "act": {"charge"}}
	status, body, _ := c.ask("POST", "/fi/till", form)
	if status != 422 || !strings.Contains(body, "Milloin palvelu annettiin?") || !strings.Contains(body, "nyt") || strings.Contains(body, "app-refusal") {
		t.Fatalf("the till does not ask when: %d", status)
	}
	form.Set("asked_time", "1")
	form.Set("band", "weekday")
	status, body, path := c.ask("POST", "/fi/till", form)
	if status != 200 || !strings.Contains(path, "/till/") || !strings.Contains(body, "Hinta ajan mukaan") || !strings.Contains(body, "Arki") {
		t.Errorf("charged by the time that was told: %d at %s, or the receipt does not say by which", status, path)
	}
	staff := w.as(t, w.As(access.Caseworker))
	if status, body, _ := staff.ask("GET", fmt.Sprintf("/fi/vouchers/%d/balance", v.ID), nil); status != 200 || !strings.Contains(body, ", Arki") {
		t.Errorf("the balance does not say by which time it was charged: %d", status)
	}
}

func TestACaseworkerGrantsABalanceOnThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.Client()
	c := w.as(t, w.As(access.Caseworker))
	page := fmt.Sprintf("/fi/clients/%d/grant-balance", person.ID)
	form := url.Values{"service": {fmt.Sprint(w.House.Services[demo.PurseService].ID)}, "balance": {"300"}, "valid_from": {"1.12.2026"}, "valid_to": {"30.11.2027"}, "refill": {"monthly"},
		"reasons": {"Tarve on arvioitu."}, "contact": {"Neuvonta 020"}, "office": {"palveluohjaaja"}}
	if status, body, _ := c.ask("POST", page, form); status != 422 || !strings.Contains(body, "kuukausittain lisättävä summa") {
		t.Errorf("no sum to add each month: %d", status)
	}
	form["contents"] = []string{fmt.Sprint(w.House.Services[demo.PurseService].Contents[0].ID), fmt.Sprint(w.House.Services["TILAPAINEN"].Contents[0].ID)}
	form.Set("refill_sum", "100")
	status, body, path := c.ask("POST", page, form)
	if status != 200 || !strings.Contains(path, "/vouchers/") || !strings.Contains(body, "300,00") {
		t.Fatalf("granted: %d at %s", status, path)
	}
	var letters []string
	w.Must(w.Do(func(tx *postgres.Tx) error {
		rows, err := tx.Query(t.Context(), "select plain from document where client_id = $1", person.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var plain string
			if err := rows.Scan(&plain); err != nil {
				return err
			}
			letters = append(letters, plain)
		}
		return rows.Err()
	}))
	if all := strings.Join(letters, "\n"); !strings.Contains(all, "kuukauden alussa") {
		t.Errorf("the letter does not tell how the balance is filled: %s", all)
	}
}

// TestPagesAreAccessible looks at the pages with axe, at 320 px and on the console.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.purse(50)
	p := w.as(t, w.Company.Recorder)
	_, _, held := p.sell(v.Number.Print(), "amount", "20", "choice", w.choice(demo.PurseService, 0), "act", "hold")
	_, _, bought := p.sell(v.Number.Print(), "amount", "10", "choice", w.choice(demo.PurseService, 0))
	c := w.as(t, w.As(access.Caseworker))
	self := w.as(t, access.Actor{Account: 9, Name: "Asiakas", Role: access.Client, Person: v.Person})
	b := browser.Start(t)
	for _, look := range []struct {
		who  *person
		path string
	}{{p, "/fi/till?number=KSR-2345"}, {p, held}, {p, bought}, {c, fmt.Sprintf("/fi/vouchers/%d/balance", v.ID)}, {c, fmt.Sprintf("/fi/vouchers/%d/balance/take", v.ID)}, {c, "/fi/purses"},
		{c, fmt.Sprintf("/fi/clients/%d/grant-balance", v.Client)}, {self, fmt.Sprintf("/fi/my/vouchers/%d/%d/balance", v.Organiser, v.ID)}} {
		page := browser.Page{URL: look.who.server.URL + look.path}
		for _, v := range b.Axe(t, page) {
			t.Errorf("%s: %s", look.path, v)
		}
		if wide := b.Reflow(t, page); wide != 0 {
			t.Errorf("%s is %d px too wide at 320 px", look.path, wide)
		}
		for _, line := range b.Console(t, page) {
			t.Errorf("%s: %s", look.path, line)
		}
		if dir := os.Getenv("SETELI_PICTURES"); dir != "" {
			for _, width := range []int64{1240, 375} {
				name := strings.NewReplacer("/", "-", "?", "-").Replace(strings.Trim(look.path, "/")) + fmt.Sprint("-", width, ".png")
				if err := os.WriteFile(dir+"/"+name, b.Picture(t, browser.Page{URL: page.URL, Width: width}), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
