package casework_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"seteli/domain/daycare/store"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/casework"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func pages(world *w.World) *casework.Pages {
	return &casework.Pages{DB: world.DB, Keys: world.Keys, Means: world.Means}
}

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&casework.Pages{}).Audience())
}

// browser walks the pages as one signed-in person.
type browser struct {
	t    *testing.T
	http *http.Client
	base string
}

func open(t *testing.T, world *w.World, by access.Actor) *browser {
	t.Helper()
	site := uitest.New(t, ui.Session{Actor: by, SignedIn: true, Tenant: ui.Tenant{Organiser: w.Organiser, Name: "Mallila"}}, pages(world).Audience())
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar}, uitest.Serve(t, site).URL}
}

func (b *browser) get(path string) (string, *http.Response) {
	b.t.Helper()
	return b.read(b.http.Get(b.base + path))
}

func (b *browser) post(path string, pairs ...string) (string, *http.Response) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// do sends what a form of our own pages would send.
func (b *browser) do(method, path, media string, sent io.Reader) (string, *http.Response) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, sent)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", media)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.read(b.http.Do(req))
}

func (b *browser) read(res *http.Response, err error) (string, *http.Response) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if dir := os.Getenv("SETELI_PAGES"); dir != "" && strings.Contains(res.Header.Get("Content-Type"), "html") {
		name := strings.NewReplacer("/", "_", "?", "_").Replace(res.Request.URL.Path)
		if err := os.WriteFile(dir+"/"+name+".html", body, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	if i := strings.IndexByte(string(body), '['); i >= 0 && strings.Contains(string(body), "[casework.") {
		b.t.Errorf("%s shows a missing text: %.200s", res.Request.URL.Path, string(body)[strings.Index(string(body), "[casework."):])
	}
	return string(body), res
}

// A client who is a child in early education has a way to the child's own page; another client has none.
func TestTheClientPageLeadsToTheChildInEarlyEducation(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	child, other := world.Client("030322A9013"), world.Client("030322A9024")
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		return store.AddChild(t.Context(), tx, world.Staff, store.Of{Organiser: w.Organiser, Child: child.ID})
	})
	link := "/fi/daycare/children/"
	if body, res := b.get("/fi/clients/" + ui.Digits(child.ID)); res.StatusCode != http.StatusOK || !strings.Contains(body, link+ui.Digits(child.ID)) {
		t.Errorf("the child's page: %d, no way to early education", res.StatusCode)
	}
	if body, res := b.get("/fi/clients/" + ui.Digits(other.ID)); res.StatusCode != http.StatusOK || strings.Contains(body, link) {
		t.Errorf("another client's page: %d leads to early education", res.StatusCode)
	}
}

func TestFromClientToReservation(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	body, res := b.post("/fi/clients/new", "identity", "020260-998", "last_name", "Uusi", "language", "sv", "municipality", "991")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Virhe:") || !strings.Contains(body, `value="Uusi"`) {
		t.Fatalf("refused client: %d", res.StatusCode)
	}
	body, res = b.post("/fi/clients/new", "identity", "020260-998K", "last_name", "Uusi", "first_names", "Eero", "language", "sv", "municipality", "991")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "Eero Uusi") {
		t.Fatalf("client: %d %s", res.StatusCode, body)
	}
	client := res.Request.URL.Path
	if body, _ = b.get("/fi/clients?q=uusi"); !strings.Contains(body, "Uusi Eero") {
		t.Fatal("the search does not find the client")
	}
	if body, _ = b.get(client + "/grant"); !strings.Contains(body, "service=11") {
		t.Fatal("no service to choose")
	}
	if _, res = b.get(client + "/grant?service=11"); res.StatusCode != http.StatusOK {
		t.Fatalf("grant form: %d", res.StatusCode)
	}
	form := []string{"service", "11", "valid_from", "1.12.2026", "valid_to", "30.11.2027", "amount-21", "20", "recurrence-21", "month"}
	if body, _ = b.post(client+"/grant", append(form, "act", "calculate")...); !strings.Contains(body, "34,00") || !strings.Contains(body, "8\u00a0160,00") {
		t.Fatal("the calculation is not shown")
	}
	body, res = b.post(client+"/grant", append(form, "act", "grant", "reasons", "Arvioitu.", "office", "palveluohjaaja", "contact", "Sanna 040")...)
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Request.URL.Path, "/fi/vouchers/") {
		t.Fatalf("grant: %d %s\n%s", res.StatusCode, res.Request.URL.Path, body)
	}
	voucher := res.Request.URL.Path
	for _, next := range []string{client + "/grant?service=11", voucher + "/annul", voucher + "/close"} {
		if body, _ = b.get(next); !regexp.MustCompile(`name="office"[^>]*value="palveluohjaaja"`).MatchString(body) {
			t.Errorf("%s asks again in which office the person decides: %s", next, regexp.MustCompile(`<input[^>]*name="office"[^>]*>`).FindString(body))
		}
	}
	if _, res = b.post(voucher+"/sheet", "channel", "hand", "fee-21", "15"); res.StatusCode != http.StatusOK || res.Request.URL.Path != voucher {
		t.Fatalf("sheet: %d", res.StatusCode)
	}
	if body, _ = b.get("/fi/work"); !strings.Contains(body, "Uusi Eero") {
		t.Fatal("the work list does not show what waits for an answer")
	}
	if _, res = b.post(voucher+"/answer", "answer", "accept", "channel", "phone"); res.Request.URL.Path != voucher {
		t.Fatalf("answer: %d", res.StatusCode)
	}
	b.get(voucher + "/reserve")
	if body, res = b.post(voucher+"/reserve", "unit", "41", "from", "1.12.2026", "terms", "yes"); res.Request.URL.Path != voucher || !strings.Contains(body, "Hoiva Keskusta") {
		t.Fatalf("reserve: %d %s", res.StatusCode, body)
	}
	for _, page := range []string{"/sheet", "/change", "/raise", "/pause", "/resume", "/close", "/annul", "/reservations/1/end"} {
		if _, res = b.get(voucher + page); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", page, res.StatusCode)
		}
	}
	if _, res = b.get(voucher + "/paper"); res.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("paper: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	body, res = b.post(voucher+"/close", "day", "31.12.2026", "why", "stopped", "reason", "muutto")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "f-office") {
		t.Errorf("a close against the client's wish without an office: %d", res.StatusCode)
	}
	if body, res = b.post(voucher+"/close", "day", "31.12.2026", "why", "ended", "reason", "muutto"); !strings.Contains(body, "31.12.2026") {
		t.Errorf("close: %d", res.StatusCode)
	}
}

func TestOrderOfAPurchasedServiceOnThePage(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	b := open(t, world, world.Staff)
	path := "/fi/clients/1/grant"
	if body, _ := b.get(path + "?service=13"); !strings.Contains(body, "31,00") {
		t.Fatal("no contract price offered")
	}
	_, res := b.post(path, "service", "13", "valid_from", "1.12.2026", "valid_to", "30.11.2027", "amount-24", "8", "recurrence-24", "month", "unit", "41", "kind", "framework",
		"act", "grant", "reasons", "x", "office", "o", "contact", "c")
	if !strings.HasPrefix(res.Request.URL.Path, "/fi/vouchers/") {
		t.Fatalf("order: %d %s", res.StatusCode, res.Request.URL.Path)
	}
	if body, _ := b.get("/fi/work"); !strings.Contains(body, "Hoiva Keksitty Oy") {
		t.Fatal("the order is not on the work list")
	}
}
