package ui_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

func TestOwnPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t)
}

// odd is an audience whose routes fail in every way.
func odd() ui.Audience {
	fail := func(err error) func(http.ResponseWriter, *ui.Request) error {
		return func(http.ResponseWriter, *ui.Request) error { return err }
	}
	return ui.Audience{Name: "odd", Templates: fstest.MapFS{}, Routes: []ui.Route{
		{Method: "GET", Path: "/missing", Open: true, Handle: fail(fault.New(fault.NotFound, "ODD-001", "ui.error.not_found"))},
		{Method: "GET", Path: "/conflict", Open: true, Handle: fail(fault.New(fault.Conflict, "ODD-002", "ui.error.body"))},
		{Method: "GET", Path: "/down", Open: true, Handle: fail(fault.New(fault.Unavailable, "ODD-003", "ui.error.body"))},
		{Method: "GET", Path: "/broken", Open: true, Handle: fail(errors.New("secret cause"))},
		{Method: "GET", Path: "/panics", Open: true, Handle: func(http.ResponseWriter, *ui.Request) error { panic("secret cause") }},
		{Method: "GET", Path: "/closed", Right: access.VoucherClose, Handle: fail(nil)},
		{Method: "POST", Path: "/closed", Right: access.VoucherClose, Handle: fail(nil)},
	}}
}

func get(t *testing.T, server *httptest.Server, path string) (*http.Response, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestEachKindOfFaultHasItsStatusAndLeaksNothing(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}, odd()))
	for path, status := range map[string]int{"/missing": 404, "/nowhere": 404, "/conflict": 409, "/down": 503, "/broken": 500, "/panics": 500} {
		answer, body := get(t, server, "/fi"+path)
		if answer.StatusCode != status {
			t.Errorf("%s: status %d, want %d", path, answer.StatusCode, status)
		}
		if strings.Contains(body, "secret") || !strings.Contains(body, "<h1") {
			t.Errorf("%s: not a proper error page", path)
		}
		for _, h := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
			if answer.Header.Get(h) == "" {
				t.Errorf("%s: no %s", path, h)
			}
		}
		if status == 503 && answer.Header.Get("Retry-After") == "" {
			t.Error("unavailable without advice when to retry")
		}
	}
}

func TestMissingPageAndMissingObjectAnswerTheSame(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}, odd()))
	strip := func(path string) string {
		answer, body := get(t, server, "/fi"+path)
		return strings.NewReplacer(answer.Header.Get("X-Request-Id"), "", path, "").Replace(body)
	}
	if strip("/missing") != strip("/nowhere") {
		t.Error("the answers tell a missing object from a missing page")
	}
}

func TestVisitorIsLedToSignInAndBack(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}, odd()))
	answer, _ := get(t, server, "/sv/closed?day=1")
	want := "/sv/sign-in?return=" + url.QueryEscape("/sv/closed?day=1")
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != want {
		t.Errorf("%d %s, want %s", answer.StatusCode, answer.Header.Get("Location"), want)
	}
}

func TestMissingRightIsForbidden(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{SignedIn: true, Actor: access.Actor{Account: 1, Role: access.Client}}, odd()))
	answer, _ := get(t, server, "/fi/closed")
	if answer.StatusCode != http.StatusForbidden || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d, cache %q", answer.StatusCode, answer.Header.Get("Cache-Control"))
	}
}

func TestAddressWithoutLanguageLeadsToTheReadersOwn(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}))
	req, err := http.NewRequest("GET", server.URL+"/privacy", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", "sv-FI,sv;q=0.9")
	answer, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Location") != "/sv/privacy" {
		t.Errorf("led to %q", answer.Header.Get("Location"))
	}
}

func post(t *testing.T, address, site string, form url.Values) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("POST", address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", site)
	answer, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestRefusedFormKeepsWhatWasTypedAndNamesTheFields(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}))
	answer, body := post(t, server.URL+"/fi/style-guide", "same-origin", url.Values{"hours": {"seitsemän"}, "from": {"31.2.2026"}, "outcome": {"granted"}})
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", answer.StatusCode)
	}
	for _, want := range []string{"<title>Virhe: ", `value="seitsemän"`, `value="31.2.2026"`, `href="#f-hours"`, `id="f-hours-error"`, `value="granted" checked`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestRefusedFormAsksForItsFileAgain(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}))
	var sent bytes.Buffer
	form := multipart.NewWriter(&sent)
	file, err := form.CreateFormFile("file", "kuitti.pdf")
	if err == nil {
		_, err = file.Write([]byte("%PDF-1.7"))
	}
	if err := errors.Join(err, form.WriteField("hours", "seitsemän"), form.Close()); err != nil {
		t.Fatal(err)
	}
	answer, err := server.Client().Post(server.URL+"/fi/style-guide", form.FormDataContentType(), &sent)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`value="seitsemän"`, `id="f-file-again"`, "Valitse tiedosto uudelleen: kuitti.pdf.", "data-typed"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestPageWithoutScriptsLeavesAtTheEndOfTheSignInUnlessSomethingIsWrittenOnIt(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{SignedIn: true, Ends: calendar.Noon(calendar.Day(2026, time.November, 21)).Now().Add(time.Hour)}))
	for path, leaves := range map[string]bool{"/fi/accessibility": true, "/fi/style-guide": false} {
		_, body := get(t, server, path)
		if strings.Contains(body, `http-equiv="refresh" content="3600"`) != leaves || !strings.Contains(body, `data-keep="/fi/keep-form"`) {
			t.Errorf("%s leaves by itself: %t", path, !leaves)
		}
	}
}

func TestFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}))
	if answer, _ := post(t, server.URL+"/fi/appearance", "cross-site", url.Values{"appearance": {"dark"}}); answer.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", answer.StatusCode)
	}
}

func TestAppearanceNeverLeadsToAnotherSite(t *testing.T) {
	t.Parallel()
	server := uitest.Serve(t, uitest.New(t, ui.Session{}))
	for _, evil := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)"} {
		answer, _ := post(t, server.URL+"/fi/appearance", "same-origin", url.Values{"appearance": {"dark"}, "return": {evil}})
		if got := answer.Header.Get("Location"); got != "/fi/" {
			t.Errorf("%s led to %s", evil, got)
		}
	}
}
