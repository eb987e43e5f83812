package orders_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"seteli/domain/purchase"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/orders"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
	"seteli/web/voucherview"
)

func audience(world *w.World) ui.Audience {
	p := &orders.Pages{}
	if world != nil {
		p.DB, p.Texts = world.DB, world.Means.Texts
	}
	a := p.Audience()
	a.States = voucherview.States()
	return a
}

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, audience(nil))
}

type person struct {
	t      *testing.T
	server *httptest.Server
}

func as(t *testing.T, world *w.World, by access.Actor) person {
	t.Helper()
	return person{t, uitest.Serve(t, uitest.New(t, ui.Session{Actor: by, SignedIn: true, Acting: ui.Acting{Kind: "company", Name: "x"}}, audience(world)))}
}

func (p person) ask(method, path string, form url.Values) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	text := strings.ReplaceAll(string(body), "\u00a0", " ")
	for _, area := range []string{"[orders.", "[purchase.", "[voucher.", "[ui."} {
		if i := strings.Index(text, area); i >= 0 {
			p.t.Errorf("%s shows a missing text: %.60s", path, text[i:])
		}
	}
	return res.StatusCode, text
}

func (p person) want(method, path string, form url.Values, status int, words ...string) string {
	p.t.Helper()
	code, body := p.ask(method, path, form)
	if code != status {
		p.t.Errorf("%s %s: %d, want %d", method, path, code, status)
	}
	for _, word := range words {
		if !strings.Contains(body, word) {
			p.t.Errorf("%s %s lacks %q", method, path, word)
		}
	}
	return body
}

// ordered is an order of eight hours a month at the contract price, waiting for its provider.
func ordered(t *testing.T, world *w.World) purchase.Order {
	t.Helper()
	in := purchase.OrderInput{GrantInput: world.Input(8), Unit: w.Unit, Kind: purchase.Framework}
	in.Service, in.Lines[0].Content = w.BoughtService, w.BoughtHours
	var o purchase.Order
	world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
		o, err = purchase.Make(t.Context(), tx, world.Staff, world.Means, in)
		return err
	})
	return o
}

func readings(world *w.World) int64 {
	return int64(world.Count(`select count(*) from access_log where what = 'order'`))
}

func TestProviderConfirmsAnOrder(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o := ordered(t, world)
	p := as(t, world, world.Recorder(w.Provider))
	path := fmt.Sprintf("/fi/orders/%d/%d", o.Organiser, o.ID)
	p.want("GET", "/fi/orders", nil, 200, "Virtanen Aino", o.Number)
	p.want("GET", path, nil, 200, "Virtanen Aino", "31,00 €", "Synty", `name="version" value="1"`)
	for _, lang := range []string{"sv", "en"} {
		p.want("GET", strings.Replace(path, "fi", lang, 1), nil, 200, o.Number)
	}
	if readings(world) == 0 {
		t.Error("the readings are not in the access log")
	}
	form := url.Values{"version": {"1"}, "answer": {"confirm"}, "plan": {"maanantaisin ja torstaisin"}}
	p.want("POST", path, form, 422, "maanantaisin ja torstaisin", "f-terms")
	form.Set("terms", "yes")
	p.want("POST", path, form, 303)
	if n := world.Count(`select count(*) from reservation where plan = 'maanantaisin ja torstaisin'`); n != 1 {
		t.Errorf("%d reservations", n)
	}
	form = url.Values{"version": {"1"}, "answer": {"decline"}, "note": {"Ei vapaita työntekijöitä juuri nyt"}}
	p.want("POST", path, form, 422, "Ei vapaita työntekijöitä juuri nyt", "on jo vastattu")
	if body := p.want("GET", path, nil, 200); strings.Contains(body, "<textarea") {
		t.Error("an answered order asks for an answer")
	}
}

func TestDecliningTakesAReasonAndTheClientOutOfSight(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o := ordered(t, world)
	p := as(t, world, world.Recorder(w.Provider))
	path := fmt.Sprintf("/fi/orders/%d/%d", o.Organiser, o.ID)
	p.want("POST", path, url.Values{"version": {"1"}, "answer": {"decline"}}, 422, "f-note")
	p.want("POST", path, url.Values{"version": {"1"}, "answer": {"decline"}, "note": {"Ei vapaita työntekijöitä"}}, 303)
	before := readings(world)
	for _, at := range []string{"/fi/orders", path} {
		if body := p.want("GET", at, nil, 200, o.Number); strings.Contains(body, "Virtanen") {
			t.Errorf("%s still shows the client", at)
		}
	}
	if readings(world) != before {
		t.Error("a reading was logged that was none")
	}
}

func TestAnothersOrderIsNotThere(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	o := ordered(t, world)
	p := as(t, world, world.Recorder(w.OtherProvider))
	path := fmt.Sprintf("/fi/orders/%d/%d", o.Organiser, o.ID)
	p.want("GET", path, nil, 404)
	p.want("POST", path, url.Values{"version": {"1"}, "answer": {"confirm"}, "terms": {"yes"}}, 404)
	p.want("GET", "/fi/orders/9/9", nil, 404)
	p.want("GET", "/fi/orders/x/y", nil, 404)
	if body := p.want("GET", "/fi/orders", nil, 200, "Ei tilauksia"); strings.Contains(body, "Virtanen") {
		t.Error("another's client is shown")
	}
	as(t, world, access.Actor{Account: 3, Role: access.Preparer, Provider: w.Provider}).want("GET", "/fi/orders", nil, 403)
}
