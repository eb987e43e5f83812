package account_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/secret"
	"seteli/web/account"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// provider is an identity provider that knows who is at the door.
type provider struct{ who account.Identity }

func (p *provider) Start(_ context.Context, wish account.Wish) (string, string, error) {
	return account.CallbackPath + "?code=1", wish.ReturnTo, nil
}

func (p *provider) Finish(_ context.Context, sealed string, answer url.Values) (account.Identity, string, error) {
	if answer.Get("code") == "" {
		return account.Identity{}, sealed, fault.New(fault.Invalid, "OIDC-005", "signin.cancelled")
	}
	return p.who, sealed, nil
}

func (p *provider) EndAddress(context.Context, string) string { return "https://id.example/end" }

type world struct {
	store  *postgres.DB
	server *httptest.Server
	door   *provider
	page   *http.Client
}

type letters []account.Letter

func (l letters) Letters(_ context.Context, to string, _ int64, _ int32) (some []account.Letter, err error) {
	for _, one := range l {
		if to == "" || one.To == to {
			some = append(some, one)
		}
	}
	return some, nil
}

func open(t *testing.T, options ...postgrestest.Option) *world {
	t.Helper()
	store := postgrestest.New(t, options...)
	_, err := postgrestest.Owner(t, store).Exec(t.Context(), `insert into organiser (organiser_id, voucher_prefix, kind, name_fi, name_sv, name_en, business_id, email, phone, address_line, postcode, city, registry_email,
		rectification_body_fi, rectification_body_sv, rectification_body_en, payer_name, payer_iban, created_at)
		values (17, 'MAK', 'municipality', 'Mallilan kaupunki', 'Mallila stad', '', '1234567-1', 'info@mallila.example', '02 123', 'x', '99999', 'x', 'x', 'x', '', '', 'x', 'x', now())`)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Generate()
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{store: store, door: &provider{account.Identity{Issuer: "https://id.example", Subject: "s1", Name: "Aino Koe", Level: "high"}}}
	pages := &account.Pages{DB: store, Keys: keys, Sessions: access.NewSessions(store, "http://localhost"), Identity: w.door, Log: slog.New(slog.DiscardHandler),
		Landing: map[access.Role]string{access.Caseworker: "/me"},
		Mailbox: letters{{ID: 2, To: "info@mallila.example", Subject: "Omalle toimistolle", Text: "x", Language: "fi"}, {ID: 1, To: "muu@muu.example", Subject: "Toiselle", Text: "x", Language: "fi"}}}
	work := ui.Audience{Name: "work", Routes: []ui.Route{
		{Method: "GET", Path: "/", Open: true, Handle: echo}, {Method: "GET", Path: "/work/form", Handle: echo}, {Method: "POST", Path: "/work/form", Handle: echo}}}
	site := uitest.Site(t, account.NewFrame(pages, texts), account.NewDrafts(pages), pages.Audience(), work)
	w.server = uitest.Serve(t, site)
	w.page = w.person(t)
	return w
}

// echo is a page of somebody else: it tells what was typed.
func echo(w http.ResponseWriter, r *ui.Request) error {
	_, err := io.WriteString(w, strings.TrimSpace("typed:"+r.Input().Value("name")+" "+r.Input().Value("file")))
	return err
}

func (w *world) person(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func (w *world) get(t *testing.T, path string) (string, *http.Response) {
	t.Helper()
	return read(t)(w.page.Get(w.server.URL + path))
}

func (w *world) post(t *testing.T, path string, form url.Values) (string, *http.Response) {
	t.Helper()
	return read(t)(w.page.PostForm(w.server.URL+path, form))
}

func read(t *testing.T) func(*http.Response, error) (string, *http.Response) {
	return func(res *http.Response, err error) (string, *http.Response) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("SETELI_PAGES"); dir != "" {
			if err := os.WriteFile(dir+"/account"+strings.ReplaceAll(res.Request.URL.Path, "/", "_")+".html", body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return string(body), res
	}
}

func (w *world) grant(t *testing.T, roles ...access.Role) {
	t.Helper()
	err := w.store.National(t.Context(), func(tx *postgres.Tx) error {
		list, err := access.Accounts(t.Context(), tx, "Aino", 1)
		if err != nil {
			return err
		}
		for _, role := range roles {
			m := access.Mandate{Account: list[0].ID, Role: role}
			if role.Side() == access.OrganiserSide {
				m.Organiser = 17
			}
			if _, err := access.Grant(t.Context(), tx, access.System("test", 0), m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&account.Pages{Mailbox: letters{}}).Audience())
}

func TestPersonWithoutRoleIsToldWhoGivesOne(t *testing.T) {
	t.Parallel()
	w := open(t)
	body, res := w.get(t, "/fi/sign-in/start")
	if res.Request.URL.Path != "/fi/mandates" || !strings.Contains(body, "Sinulla ei ole vielä roolia") {
		t.Errorf("at %s: %.300s", res.Request.URL, body)
	}
}

func TestKnownPersonActsAsClientAndComesBackToTheForm(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.door.who.Hetu = "131052-9991" // invented, check sign is wrong
	if _, res := w.get(t, "/fi/sign-in/start"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("an identity code that is none: %d", res.StatusCode)
	}
	w.door.who.Hetu = "010101-901S"
	body, res := w.post(t, "/sv/work/form", url.Values{"name": {"Åsa Öberg"}})
	if res.Request.URL.Path != "/sv/sign-in" || strings.Contains(body, "Öberg") {
		t.Fatalf("sent without sign-in: %s", res.Request.URL)
	}
	back := res.Request.URL.Query().Get("return")
	body, res = w.get(t, "/sv/sign-in/start?return="+url.QueryEscape(back))
	if res.Request.URL.Path != "/sv/work/form" || body != "typed:Åsa Öberg" {
		t.Fatalf("after the sign-in at %s: %s", res.Request.URL, body)
	}
	if body, _ = w.get(t, back); body != "typed:" {
		t.Errorf("the draft is given twice: %s", body)
	}
	if body, _ = w.get(t, "/sv/notices"); !strings.Contains(body, "Aino Koe") || !strings.Contains(body, "Inga meddelanden") {
		t.Error("a client has no list of notices")
	}
}

func TestDraftIsNotGivenToAnotherPage(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.door.who.Hetu = "010101-901S"
	_, res := w.post(t, "/fi/work/form", url.Values{"name": {"salaisuus"}})
	back := res.Request.URL.Query().Get("return")
	w.get(t, "/fi/sign-in/start")
	if body, _ := w.get(t, strings.Replace(back, "/fi/", "/en/", 1)); body != "typed:" {
		t.Errorf("another page got %s", body)
	}
	if body, _ := w.get(t, back); body != "typed:salaisuus" {
		t.Errorf("its own page got %s", body)
	}
}

// What stood half-filled when the sign-in ended by the clock comes back; in a window whose sign-in was renewed meanwhile it comes back at once.
func TestHalfFilledFormIsKeptAndNothingElseIsDoneWithIt(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.door.who.Hetu = "010101-901S"
	typed := url.Values{"name": {"Åsa Öberg"}}
	_, res := w.post(t, "/sv/keep-form?at=/sv/work/form", typed)
	if res.Request.URL.Path != "/sv/sign-in" {
		t.Fatalf("kept without sign-in: %s", res.Request.URL)
	}
	body, res := w.get(t, "/sv/sign-in/start?return="+url.QueryEscape(res.Request.URL.Query().Get("return")))
	if res.Request.URL.Path != "/sv/work/form" || body != "typed:Åsa Öberg" || res.Request.Method != http.MethodGet {
		t.Fatalf("after the sign-in %s %s: %s", res.Request.Method, res.Request.URL, body)
	}
	if body, res = w.post(t, "/sv/keep-form?at=/sv/work/form", typed); body != "typed:Åsa Öberg" || res.Request.Method != http.MethodGet {
		t.Errorf("signed in, kept at %s %s: %s", res.Request.Method, res.Request.URL, body)
	}
	for _, evil := range []string{"", "/sv/nowhere", "/fi/work/form", "//evil.example/work/form", "https://evil.example/sv/work/form", "/sv//evil.example", "/sv/work/form?draft=x"} {
		if _, res = w.post(t, "/sv/keep-form?at="+url.QueryEscape(evil), typed); res.StatusCode != http.StatusNotFound {
			t.Errorf("kept for %q: %d at %s", evil, res.StatusCode, res.Request.URL)
		}
	}
}

// What stood half-filled when somebody's sign-in ended is not shown to another person who signs in on the same browser by the same link.
func TestHalfFilledFormOfOneIsNotShownToAnother(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(calendar.Day(2026, 11, 22))
	w := open(t, postgrestest.Clock(clock))
	w.door.who.Hetu = "010101-901S"
	if body, _ := w.get(t, "/fi/sign-in/start?return=%2Ffi%2Fwork%2Fform"); body != "typed:" {
		t.Fatalf("signed in: %s", body)
	}
	clock.Set(clock.Now().Add(2 * time.Hour))
	_, res := w.post(t, "/fi/keep-form?at=/fi/work/form", url.Values{"name": {"salaisuus"}})
	if res.Request.URL.Path != "/fi/sign-in" {
		t.Fatalf("kept as if signed in: %s", res.Request.URL)
	}
	again := "/fi/sign-in/start?return=" + url.QueryEscape(res.Request.URL.Query().Get("return"))
	owner := w.door.who
	w.door.who = account.Identity{Issuer: owner.Issuer, Subject: "s2", Name: "Toinen Koe", Level: "high", Hetu: "010101-902T"}
	if body, _ := w.get(t, again); body != "typed:" {
		t.Errorf("another person sees %s", body)
	}
	w.door.who = owner
	if body, _ := w.get(t, again); body != "typed:salaisuus" {
		t.Errorf("its owner gets %s", body)
	}
}

// A form with a file is kept without the file, whose name the page can ask for again.
func TestFormWithAFileIsKeptToo(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.door.who.Hetu = "010101-901S"
	var sent bytes.Buffer
	form := multipart.NewWriter(&sent)
	file, err := form.CreateFormFile("file", "kuitti.pdf")
	if err == nil {
		_, err = file.Write([]byte("%PDF-1.7"))
	}
	if err := errors.Join(err, form.WriteField("name", "Aino"), form.Close()); err != nil {
		t.Fatal(err)
	}
	_, res := read(t)(w.page.Post(w.server.URL+"/fi/work/form", form.FormDataContentType(), &sent))
	body, _ := w.get(t, "/fi/sign-in/start?return="+url.QueryEscape(res.Request.URL.Query().Get("return")))
	if body != "typed:Aino kuitti.pdf" {
		t.Errorf("came back: %s", body)
	}
}

func TestOneChoosesTheRoleAndChangesIt(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.get(t, "/fi/sign-in/start")
	w.grant(t, access.Caseworker, access.Operator)
	w.page = w.person(t)
	body, res := w.get(t, "/fi/sign-in/start")
	if res.Request.URL.Path != "/fi/mandates" || !strings.Contains(body, "Mallilan kaupunki") || strings.Count(body, `type="radio"`) != 2 {
		t.Fatalf("at %s: %.200s", res.Request.URL, body)
	}
	if body, res = w.post(t, "/fi/mandates", url.Values{}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Virhe:") {
		t.Errorf("no choice: %d", res.StatusCode)
	}
	choose := func(role string) (string, *http.Response) {
		var id string
		err := postgrestest.Owner(t, w.store).QueryRow(t.Context(), `select mandate_id::text from mandate where role = $1`, role).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		return w.post(t, "/fi/mandates", url.Values{"mandate": {id}})
	}
	if body, res = choose("caseworker"); res.Request.URL.Path != "/fi/me" || !strings.Contains(body, "Mallilan kaupunki") || !strings.Contains(body, "/fi/mandates") {
		t.Errorf("as caseworker at %s", res.Request.URL)
	}
	if body, _ = w.get(t, "/fi/mailbox"); !strings.Contains(body, "Omalle toimistolle") || strings.Contains(body, "Toiselle") {
		t.Error("staff do not see exactly their office's post")
	}
	if _, res = choose("operator"); res.Request.URL.Path != "/fi/notices" {
		t.Errorf("as operator at %s", res.Request.URL)
	}
	if body, _ = w.get(t, "/fi/mailbox"); !strings.Contains(body, "Toiselle") {
		t.Error("the operator does not see all post")
	}
	if _, res = w.post(t, "/fi/mandates", url.Values{"mandate": {"99999"}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("another's mandate: %d", res.StatusCode)
	}
}

func TestSignOutEndsTheSessionAndCancellingTellsSo(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.door.who.Hetu = "010101-901S"
	w.get(t, "/en/sign-in/start")
	body, res := w.post(t, "/en/sign-out", url.Values{})
	if res.Request.URL.Path != "/en/signed-out" || !strings.Contains(body, "https://id.example/end") {
		t.Errorf("signed out at %s", res.Request.URL)
	}
	if _, res = w.get(t, "/en/notices"); res.Request.URL.Path != "/en/sign-in" {
		t.Errorf("still signed in at %s", res.Request.URL)
	}
	if body, res = w.get(t, account.CallbackPath); !strings.HasSuffix(res.Request.URL.Path, "/sign-in") || !strings.Contains(body, `role="status"`) {
		t.Errorf("cancelled at %s", res.Request.URL)
	}
	var acts string
	err := postgrestest.Owner(t, w.store).QueryRow(t.Context(), `select string_agg(act, ',' order by audit_id) from audit where organiser_id = 0 and act like 'account.%'`).Scan(&acts)
	if err != nil || acts != "account.signed_in,account.signed_out" {
		t.Errorf("audit holds %q, %v", acts, err)
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.door.who.Hetu = "010101-901S"
	_, res := w.get(t, "/fi/sign-in/start?return="+url.QueryEscape("https://evil.example/"))
	if res.Request.URL.Path != "/fi/notices" || !strings.HasPrefix(w.server.URL, "http://"+res.Request.URL.Host) {
		t.Errorf("led to %s", res.Request.URL)
	}
}

func TestLanguageIsKept(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.door.who.Hetu = "010101-901S"
	w.get(t, "/fi/sign-in/start")
	if _, res := w.post(t, "/fi/me", url.Values{"language": {"sv"}}); res.Request.URL.Path != "/sv/me" {
		t.Errorf("after the choice at %s", res.Request.URL)
	}
	w.page = w.person(t)
	if _, res := w.get(t, "/fi/sign-in/start"); res.Request.URL.Path != "/sv/notices" {
		t.Errorf("the next sign-in opens %s", res.Request.URL)
	}
	if _, res := w.post(t, "/sv/me", url.Values{"language": {"xx"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an unknown language: %d", res.StatusCode)
	}
}
