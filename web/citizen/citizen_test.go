package citizen_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"seteli/domain/voucher"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/casework"
	"seteli/web/citizen"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&citizen.Pages{}).Audience(), (&casework.Pages{}).Audience())
}

func serve(t *testing.T, world *w.World, by access.Actor) *httptest.Server {
	t.Helper()
	pages := &citizen.Pages{DB: world.DB, Keys: world.Keys, Texts: world.Means.Texts}
	site := uitest.New(t, ui.Session{Actor: by, SignedIn: true, Acting: ui.Acting{Kind: "self", Name: by.Name}}, pages.Audience(),
		(&casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}).Audience())
	return uitest.Serve(t, site)
}

func ask(t *testing.T, server *httptest.Server, method, path string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Jar: jar}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SETELI_PAGES"); dir != "" && strings.Contains(res.Header.Get("Content-Type"), "html") {
		if err := os.WriteFile(dir+"/"+strings.ReplaceAll(path, "/", "_")+".html", body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, area := range []string{"[citizen.", "[casework.", "[voucher.", "[event.", "[access."} {
		if i := strings.Index(string(body), area); i >= 0 {
			t.Errorf("%s shows a missing text: %.60s", path, string(body)[i:])
		}
	}
	return res.StatusCode, string(body)
}

func TestClientReadsTheSheetTakesTheVoucherAndChooses(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.GiveSheet(t.Context(), tx, world.Staff, world.Means, voucher.SheetInput{Organiser: w.Organiser, Voucher: v.ID, Channel: voucher.ByLetter})
		return err
	})
	server := serve(t, world, world.Self(world.Aino))
	own := fmt.Sprintf("/fi/my/vouchers/1/%d", v.ID)
	if _, body := ask(t, server, "GET", "/fi/my", nil); !strings.Contains(body, "Kotihoito") {
		t.Fatal("the voucher is not on the list")
	}
	if status, body := ask(t, server, "GET", own+"/choose", nil); status != 200 || !strings.Contains(body, "maksat itse 2,00") || !strings.Contains(body, "et maksa mitään") {
		t.Fatalf("choose: %d", status)
	}
	if status, body := ask(t, server, "POST", own+"/choose", url.Values{"unit": {"41"}, "from": {"1.12.2026"}, "terms": {"yes"}}); status != 422 || !strings.Contains(body, "hyväksynyt") {
		t.Fatalf("choosing before the answer: %d", status)
	}
	if status, body := ask(t, server, "GET", own+"/answer", nil); status != 200 || !strings.Contains(body, "Asemasi ja oikeutesi kieltäytyä") {
		t.Fatalf("answer: %d", status)
	}
	if status, _ := ask(t, server, "POST", own+"/answer", url.Values{}); status != 422 {
		t.Fatalf("an empty answer: %d", status)
	}
	if status, body := ask(t, server, "POST", own+"/answer", url.Values{"answer": {"accept"}}); status != 200 || !strings.Contains(body, "Olet ottanut setelin") {
		t.Fatalf("accept: %d", status)
	}
	if status, body := ask(t, server, "POST", own+"/choose", url.Values{"unit": {"41"}, "from": {"1.12.2026"}, "terms": {"yes"}}); status != 200 || !strings.Contains(body, "Hoiva Keskusta") {
		t.Fatalf("choose: %d", status)
	}
	if status, body := ask(t, server, "GET", own, nil); status != 200 || !strings.Contains(body, "34,00") || !strings.Contains(body, "Tässä kuussa on jäljellä 20") {
		t.Fatalf("voucher: %d", status)
	}
	for _, path := range []string{"/letters/" + fmt.Sprint(world.Count(`select document_id from decision where kind = 'voucher'`)), "/reservations/1/end"} {
		if status, _ := ask(t, server, "GET", own+path, nil); status != 200 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, body := ask(t, server, "POST", own+"/reservations/1/end", url.Values{"day": {"31.12.2026"}}); status != 200 || !strings.Contains(body, "31.12.2026") {
		t.Errorf("end: %d", status)
	}
	if status, body := ask(t, server, "GET", "/fi/my/readings", nil); status != 200 || !strings.Contains(body, "Sanna Ohjaaja") || !strings.Contains(body, "Mallilan hyvinvointialue") {
		t.Errorf("readings: %d", status)
	}
}

func TestAnothersVoucherIsNotFound(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	server := serve(t, world, world.Self(world.Client("020260-998K")))
	for _, path := range []string{"", "/answer", "/choose", "/reservations/1/end", "/letters/1", "/letters/1/pdf"} {
		if status, _ := ask(t, server, "GET", fmt.Sprintf("/fi/my/vouchers/1/%d%s", v.ID, path), nil); status != 404 {
			t.Errorf("%s: %d, want 404", path, status)
		}
	}
	if status, _ := ask(t, server, "GET", fmt.Sprintf("/fi/vouchers/%d", v.ID), nil); status == 200 {
		t.Errorf("the caseworker's page answers a client: %d", status)
	}
}

func TestRefusedVoucherTellsWhatFollows(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	v := world.Granted(20)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		_, err := voucher.GiveSheet(t.Context(), tx, world.Staff, world.Means, voucher.SheetInput{Organiser: w.Organiser, Voucher: v.ID, Channel: voucher.ByLetter})
		return err
	})
	server := serve(t, world, world.Self(world.Aino))
	own := fmt.Sprintf("/sv/my/vouchers/1/%d", v.ID)
	if _, body := ask(t, server, "GET", own+"/answer", nil); !strings.Contains(body, "Du har kvar din rätt till tjänsten") {
		t.Error("what a refusal means is not said")
	}
	if status, body := ask(t, server, "POST", own+"/answer", url.Values{"answer": {"refuse"}}); status != 200 || !strings.Contains(body, "Stängd: avböjd") {
		t.Errorf("refuse: %d", status)
	}
}
