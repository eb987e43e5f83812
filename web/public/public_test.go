package public_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"seteli/core/ident"
	"seteli/domain/offer"
	"seteli/domain/offer/offertest"
	"seteli/domain/rulebook/method"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/web/public"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func open(t *testing.T, who ui.Session, before ...string) (*httptest.Server, *postgres.DB) {
	t.Helper()
	store := postgrestest.New(t)
	offertest.Nation(t, store, 2, 120)
	conn, err := postgrestest.Admin(t, store).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, sql := range before {
		if _, err := conn.Exec(t.Context(), "set session_replication_role = replica;"+sql+";set session_replication_role = default"); err != nil {
			t.Fatal(err)
		}
	}
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	pages := &public.Pages{DB: store, Offers: offer.NewBoard(store), Models: method.All(), Texts: texts}
	sign := ui.Audience{Name: "sign", Routes: []ui.Route{{Method: "GET", Path: "/sign-in", Open: true, Handle: func(http.ResponseWriter, *ui.Request) error { return nil }}}}
	return uitest.Serve(t, uitest.New(t, who, pages.Audience(), sign)), store
}

type page struct {
	*html.Node
	text   string
	status int
}

func get(t *testing.T, server *httptest.Server, path string) page {
	t.Helper()
	res, err := http.Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SETELI_PAGES"); dir != "" {
		name := strings.NewReplacer("/", "_", "?", "_", "&", "_").Replace(path)
		if err := os.WriteFile(dir+"/public"+name+".html", body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(body), "\u00a0", " ")
	if strings.Contains(text, "[public.") || strings.Contains(text, "{n}") {
		t.Errorf("%s shows a missing text", path)
	}
	return page{doc, text, res.StatusCode}
}

func (p page) all(selector string) []*html.Node {
	return cascadia.QueryAll(p.Node, cascadia.MustCompile(selector))
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&public.Pages{}).Audience())
}

func TestVisitorFindsAServiceAndComparesWithoutSigningIn(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{})
	for _, lang := range []string{"fi", "sv", "en"} {
		at := "/" + lang
		home := get(t, server, at+"/")
		if len(home.all(".app-card")) != 3 || len(home.all("h1")) != 1 {
			t.Errorf("%s: the start page has not three doors", lang)
		}
		services := get(t, server, at+"/services?municipality=001")
		if n := len(services.all(".app-card")); n != 4 {
			t.Errorf("%s: %d services in municipality 001", lang, n)
		}
		list := get(t, server, attribute(services.all(".app-card__title a")[0], "href"))
		if len(list.all(".app-card")) != 20 || len(list.all(`input[name=compare]`)) != 20 {
			t.Fatalf("%s: %d cards", lang, len(list.all(".app-card")))
		}
		unit := get(t, server, attribute(list.all(".app-card__title a")[0], "href"))
		if unit.status != http.StatusOK || len(unit.all("h2")) < 5 || len(unit.all("details table")) != 4 {
			t.Errorf("%s: the unit's page tells %d services and %d histories", lang, len(unit.all("h2"))-1, len(unit.all("details table")))
		}
	}
	for _, path := range []string{"/fi/organisers", "/sv/feedback", "/en/rulebooks/1/11", "/fi/rulebooks/1/11?version=1"} {
		if p := get(t, server, path); p.status != http.StatusOK {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	for _, path := range []string{"/fi/providers", "/fi/providers?organiser=1&service=99", "/fi/providers/999999", "/fi/providers/x", "/fi/rulebooks/1/99", "/fi/rulebooks/1/11?version=7", "/fi/compare?organiser=-1"} {
		if p := get(t, server, path); p.status != http.StatusNotFound {
			t.Errorf("%s: %d, want not found", path, p.status)
		}
	}
}

func TestTypedValueGivesTheOwnShare(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{})
	p := get(t, server, "/fi/providers?organiser=1&service=11&value=36,00&month=20&sort=own")
	if p.status != http.StatusOK || !strings.Contains(p.text, "Laskettu antamallasi arvolla 36,00 €/h") || !strings.Contains(p.text, "Et maksa mitään") {
		t.Errorf("status %d: no own share", p.status)
	}
	if !strings.Contains(p.text, "edullisin sinulle ensin") || !strings.Contains(p.text, "kuukaudessa (20 h)") && !strings.Contains(p.text, "Et maksa") {
		t.Error("order or estimate is not told")
	}
	p = get(t, server, "/fi/providers?organiser=1&service=11&value=kolme&q=hoiva")
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Virhe:") || !strings.Contains(p.text, `value="kolme"`) || !strings.Contains(p.text, `value="hoiva"`) {
		t.Errorf("a wrong value: %d, or what was typed is lost", p.status)
	}
	p = get(t, server, "/fi/providers?organiser=1&service=11&q=olematonta")
	if len(p.all(".app-empty")) != 1 || len(p.all(".app-chip")) != 1 {
		t.Error("nothing found is not told, or the filter cannot be removed")
	}
	next := get(t, server, "/fi/providers?organiser=1&service=11&page=2")
	if len(next.all(`a[rel=prev]`)) != 1 || len(next.all(".app-card")) != 20 {
		t.Errorf("second page has %d cards", len(next.all(".app-card")))
	}
}

func TestChosenStandSideBySide(t *testing.T) {
	t.Parallel()
	server, _ := open(t, ui.Session{})
	list := get(t, server, "/sv/providers?organiser=1&service=12&month=10")
	q := url.Values{}
	for _, n := range list.all(`input[name=compare]`)[:3] {
		q.Add("compare", attribute(n, "value"))
	}
	for _, n := range list.all(`form[action="/sv/compare"] input[type=hidden]`) {
		q.Set(attribute(n, "name"), attribute(n, "value"))
	}
	p := get(t, server, "/sv/compare?"+q.Encode())
	if len(p.all("thead th")) != 4 || len(p.all("tbody tr")) < 6 {
		t.Errorf("%d columns, %d rows", len(p.all("thead th")), len(p.all("tbody tr")))
	}
	if back := p.all("main p a"); !strings.Contains(attribute(back[len(back)-1], "href"), "month=10") {
		t.Error("the way back loses the filters")
	}
}

// A signed-in client sees their own voucher's value, and the reading leaves its row; a visitor with the same address sees the rulebook's.
func TestOwnVoucherGivesItsValue(t *testing.T) {
	t.Parallel()
	number, err := ident.NewVoucherNumber("TRE", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own := `
		insert into client (organiser_id, client_id, person_id, last_name, first_names, birth_date, municipality, source, created_at) values (1, 8, 88, 'Koe', 'Aino', '1940-01-01', '001', 'page', now());
		insert into voucher (organiser_id, voucher_id, number, client_id, person_id, service_id, mode, valid_from, valid_to, state, rulebook_id, own_share_forbidden) values (1, 9, '` + number.String() + `', 8, 88, 11, 'voucher', '2026-01-01', '2027-01-01', 'granted', 11, false);
		insert into voucher_line (organiser_id, line_id, voucher_id, person_id, content_id, recurrence, amount_quantity) values (1, 91, 9, 88, 11, 'month', 60000);
		insert into voucher_value (organiser_id, line_id, person_id, valid_from, valid_to, value_cents, explanation) values (1, 91, 88, '2026-01-01', '2027-01-01', 2950, '[]')`
	client := ui.Session{SignedIn: true, Actor: access.Actor{Account: 5, Name: "Aino Koe", Role: access.Client, Person: 88}}
	server, store := open(t, client, own)
	p := get(t, server, "/fi/providers?organiser=1&service=11")
	if !strings.Contains(p.text, "Setelisi arvo on 29,50 €/h") || !strings.Contains(p.text, "kuukaudessa (20 h)") {
		t.Error("the own voucher's value and amount are not used")
	}
	var rows int
	if err := postgrestest.Owner(t, store).QueryRow(t.Context(), `select count(*) from access_log where person_id = 88`).Scan(&rows); err != nil || rows == 0 {
		t.Errorf("%d rows in the access log, %v", rows, err)
	}
	other := ui.Session{SignedIn: true, Actor: access.Actor{Account: 6, Name: "Muu", Role: access.Client, Person: 89}}
	server, _ = open(t, other, own)
	if p = get(t, server, "/fi/providers?organiser=1&service=11"); strings.Contains(p.text, "29,50") || !strings.Contains(p.text, "Setelin arvo on 34,00 €/h") {
		t.Error("another's voucher is shown")
	}
}
