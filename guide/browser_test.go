package guide_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"seteli/core/calendar"
	"seteli/integration/oidc/standin"
)

// people can sign in at the stand-in for the installation's identity provider.
var people = []standin.Person{
	{Subject: "ylermi", Name: "Ylermi Ylläpito", Email: "ylermi@kansallinen.example"},
	{Subject: "pirkko", Name: "Pirkko Pääkäyttäjä", Email: "pirkko@mallila.example"},
	{Subject: "saku", Name: "Saku Saarni", Email: "saku@saarni.example"},
}

// visitor is the browser of whoever signed in last in a script.
type visitor struct{ *http.Client }

// Scripts walk over the pages of the program that they serve at $ADDRESS with four commands:
//
//	identity                      starts a provider of identity and names it in the environment
//	signin ylermi                 signs in as somebody, in a new browser
//	page /fi/operator words …     the page answers and holds the words
//	send /fi/operator/new k=v …   sends a form, which is taken; @k=name sends a file of the script

func identity(ts *testscript.TestScript, _ bool, _ []string) {
	var provider *standin.Provider
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { provider.Handler().ServeHTTP(w, r) }))
	ts.Defer(server.Close)
	origin := "http://" + ts.Getenv("ADDRESS")
	var err error
	provider, err = standin.New(standin.Config{Demo: true, Issuer: server.URL, ClientID: "seteli", Secret: "hush", Redirects: []string{origin + "/sign-in/return"}, Clock: calendar.Wall{},
		People: func(context.Context, string, int) ([]standin.Person, error) { return people, nil },
		Text:   func(_, key string, _ map[string]any) string { return key }})
	ts.Check(err)
	for name, value := range map[string]string{"SETELI_OIDC_ISSUER": server.URL, "SETELI_OIDC_CLIENT": "seteli", "SETELI_OIDC_SECRET": "hush", "SETELI_PUBLIC_URL": origin,
		"SETELI_LISTEN": ts.Getenv("ADDRESS")} {
		ts.Setenv(name, value)
	}
}

// signIn goes the way of a browser: to the provider, a press on a name, back with the answer.
func signIn(ts *testscript.TestScript, _ bool, args []string) {
	origin := "http://" + ts.Getenv("ADDRESS")
	ts.Check(ask(origin, nil))
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/authorize") {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := browser.Get(origin + "/fi/sign-in/start")
	ts.Check(err)
	ts.Check(res.Body.Close())
	at, err := res.Location()
	ts.Check(err)
	form := at.Query()
	form.Set("subject", args[0])
	at.RawQuery = ""
	res, err = browser.PostForm(at.String(), form)
	ts.Check(err)
	ts.Check(res.Body.Close())
	if res.StatusCode != http.StatusOK {
		ts.Fatalf("signing in as %s: %s at %s", args[0], res.Status, res.Request.URL)
	}
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	ts.Value(visitor{}).(*visitor).Client = browser
}

func page(ts *testscript.TestScript, _ bool, args []string) {
	body := answer(ts, http.MethodGet, args[0], "", nil, http.StatusOK)
	for _, word := range args[1:] {
		if !strings.Contains(body, word) {
			ts.Fatalf("%s lacks %q", args[0], word)
		}
	}
}

func send(ts *testscript.TestScript, _ bool, args []string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, pair := range args[1:] {
		name, value, _ := strings.Cut(pair, "=")
		field, isFile := strings.CutPrefix(name, "@")
		if !isFile {
			ts.Check(form.WriteField(field, value))
			continue
		}
		part, err := form.CreateFormFile(field, value)
		ts.Check(err)
		_, err = io.WriteString(part, ts.ReadFile(value))
		ts.Check(err)
	}
	ts.Check(form.Close())
	answer(ts, http.MethodPost, args[0], form.FormDataContentType(), &body, http.StatusSeeOther)
}

func answer(ts *testscript.TestScript, method, path, kind string, body io.Reader, status int) string {
	req, err := http.NewRequest(method, "http://"+ts.Getenv("ADDRESS")+path, body)
	ts.Check(err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := ts.Value(visitor{}).(*visitor).Do(req)
	ts.Check(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode != status {
		ts.Fatalf("%s %s: %s\n%s", method, path, res.Status, text)
	}
	return string(text)
}
