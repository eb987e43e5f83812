package oidc_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/integration/oidc"
	"seteli/integration/oidc/standin"
	"seteli/platform/secret"
)

const redirect = "http://localhost:8080/sign-in/return"

var people = []standin.Person{
	{Subject: "aino", Name: "Aino <Invented>", Hetu: "010190-999W", Group: "Kuusikunta", Note: "palveluohjaaja"},
	{Subject: "eino", Name: "Eino Esimerkki", Group: "Asiakkaat"},
}

func search(_ context.Context, words string, limit int) ([]standin.Person, error) {
	var found []standin.Person
	for _, p := range people {
		if strings.Contains(strings.ToLower(p.Name), strings.ToLower(words)) {
			found = append(found, p)
		}
	}
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	return found, nil
}

type house struct {
	client *oidc.Client
	idp    *standin.Provider
	clock  *calendar.Fixed
	log    *bytes.Buffer
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{clock: calendar.Noon(calendar.Day(2026, 11, 21)), log: &bytes.Buffer{}}
	var err error
	h.idp, err = standin.New(standin.Config{
		Demo: true, Issuer: "http://localhost:8080/standin", ClientID: "seteli", Secret: "invented", Redirects: []string{redirect},
		Clock: h.clock, People: search, Text: func(lang, key string, _ map[string]any) string { return lang + ":" + key },
	})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Generate()
	if err != nil {
		t.Fatal(err)
	}
	h.client, err = oidc.New(oidc.Config{
		Issuer: "http://localhost:8080/standin", ClientID: "seteli", ClientSecret: "invented", RedirectURL: redirect,
		HTTP: h.idp.HTTP(), Log: slog.New(slog.NewTextHandler(h.log, nil)), Clock: h.clock, Keys: keys,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// press does what the browser does: follows the address, presses a name, comes back with the answer.
func (h *house) press(t *testing.T, address string, form url.Values) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for k, v := range form {
		q[k] = v
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/standin/authorize", strings.NewReader(q.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.idp.Handler().ServeHTTP(w, r)
	back, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther {
		t.Fatalf("status %d, %v: %s", w.Code, err, w.Body)
	}
	return back.Query()
}

func (h *house) begin(t *testing.T, wish oidc.Wish) (answer url.Values, sealed string) {
	t.Helper()
	address, sealed, err := h.client.Start(t.Context(), wish)
	if err != nil {
		t.Fatal(err)
	}
	return h.press(t, address, url.Values{"subject": {"aino"}}), sealed
}

func TestSignInTellsWhoItWas(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	answer, sealed := h.begin(t, oidc.Wish{ReturnTo: "/vouchers?x=1", Language: "sv"})
	who, back, err := h.client.Finish(t.Context(), sealed, answer)
	if err != nil {
		t.Fatal(err)
	}
	want := oidc.Identity{Issuer: "http://localhost:8080/standin", Subject: "aino", Name: "Aino <Invented>", Hetu: "010190-999W", Level: oidc.High}
	if who != want || back != "/vouchers?x=1" {
		t.Errorf("got %+v to %s", who, back)
	}
	if strings.Contains(sealed, "vouchers") || strings.Contains(h.log.String(), "010190") {
		t.Error("the attempt is readable, or the log holds an identity code")
	}
	if _, _, err := h.client.Finish(t.Context(), sealed, answer); fault.CodeOf(err) != "OIDC-004" {
		t.Errorf("the same answer worked twice: %v", err)
	}
	if end := h.client.EndAddress(t.Context(), "http://localhost:8080/"); !strings.HasPrefix(end, "http://localhost:8080/standin/end?") {
		t.Errorf("end address %q", end)
	}
}

func TestReturnStaysInTheService(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "", "x", "/a\r\nSet-Cookie: b"} {
		answer, sealed := h.begin(t, oidc.Wish{ReturnTo: path})
		if _, back, err := h.client.Finish(t.Context(), sealed, answer); err != nil || back != "/" {
			t.Errorf("%q leads to %q, %v", path, back, err)
		}
	}
}

func TestEveryMisbehaviourIsRefusedAndLogged(t *testing.T) {
	t.Parallel()
	for evil, code := range map[standin.Misbehaviour]string{
		standin.WrongAudience: "OIDC-002", standin.ManyAudiences: "OIDC-002", standin.WrongIssuer: "OIDC-002", standin.WrongNonce: "OIDC-002",
		standin.MissingNonce: "OIDC-002", standin.Expired: "OIDC-002", standin.Unsigned: "OIDC-002", standin.SharedSecret: "OIDC-002",
		standin.StrangeKey: "OIDC-002", standin.NoSubject: "OIDC-002", standin.ChangedPayload: "OIDC-002", standin.Garbage: "OIDC-002",
		standin.NoToken: "OIDC-002", standin.LowLevel: "OIDC-003", standin.UnknownLevel: "OIDC-003", standin.NoLevel: "OIDC-003", standin.Down: "OIDC-001",
	} {
		t.Run(string(evil), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.idp.Misbehave(evil)
			answer, sealed := h.begin(t, oidc.Wish{})
			who, _, err := h.client.Finish(t.Context(), sealed, answer)
			if fault.CodeOf(err) != code || who != (oidc.Identity{}) {
				t.Errorf("got %+v, %v; want %s", who, err, code)
			}
			if !strings.Contains(h.log.String(), "sign-in refused") {
				t.Error("not logged")
			}
		})
	}
}

func TestAnswerOfAnotherAttemptIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mine, sealed := h.begin(t, oidc.Wish{})
	other, _ := h.begin(t, oidc.Wish{})
	changed := func(key, value string) url.Values {
		q := url.Values{}
		for k, v := range mine {
			q[k] = v
		}
		q.Set(key, value)
		return q
	}
	for name, c := range map[string]struct {
		sealed string
		answer url.Values
		code   string
	}{
		"another's state":  {sealed, other, "OIDC-004"},
		"no cookie":        {"", mine, "OIDC-004"},
		"forged cookie":    {"AAAA", mine, "OIDC-004"},
		"no state":         {sealed, changed("state", ""), "OIDC-004"},
		"another provider": {sealed, changed("iss", "https://elsewhere.example"), "OIDC-002"},
	} {
		if _, _, err := h.client.Finish(t.Context(), c.sealed, c.answer); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	answer, sealed := h.begin(t, oidc.Wish{})
	answer.Set("code", mine.Get("code")) // a stolen code fails on PKCE
	if _, _, err := h.client.Finish(t.Context(), sealed, answer); fault.CodeOf(err) != "OIDC-002" {
		t.Errorf("another attempt's code: %v", err)
	}
	late, sealed := h.begin(t, oidc.Wish{})
	h.clock.Set(h.clock.Now().Add(16 * time.Minute))
	if _, _, err := h.client.Finish(t.Context(), sealed, late); fault.CodeOf(err) != "OIDC-004" {
		t.Errorf("an old attempt: %v", err)
	}
}

func TestCancelReturnsWhereOneCameFrom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	address, sealed, err := h.client.Start(t.Context(), oidc.Wish{ReturnTo: "/here"})
	if err != nil {
		t.Fatal(err)
	}
	_, back, err := h.client.Finish(t.Context(), sealed, h.press(t, address, url.Values{"cancel": {"1"}}))
	if fault.CodeOf(err) != "OIDC-005" || back != "/here" {
		t.Errorf("%q, %v", back, err)
	}
}

func TestStandInIsRefusedOutsideADemo(t *testing.T) {
	t.Parallel()
	if p, err := standin.New(standin.Config{Issuer: "x", ClientID: "x", Secret: "x"}); fault.CodeOf(err) != "OIDC-010" || p != nil {
		t.Errorf("started outside a demo: %v", err)
	}
}

func TestPageListsSearchesAndEscapes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	get := func(extra string) *httptest.ResponseRecorder {
		address, _, err := h.client.Start(t.Context(), oidc.Wish{Language: "sv"})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.idp.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, address+extra, nil))
		return w
	}
	body := get("").Body.String()
	for _, want := range []string{`<html lang="sv"`, "sv:signin.standin.title", "Aino &lt;Invented&gt; – palveluohjaaja", ">Asiakkaat</h2>", `value="eino"`, `for="search"`} {
		if !strings.Contains(body, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if body := get("&search=eino").Body.String(); strings.Contains(body, "Aino") || !strings.Contains(body, "Eino") {
		t.Error("the search does not narrow the list")
	}
	w := httptest.NewRecorder()
	h.idp.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/standin/authorize?client_id=seteli&redirect_uri=https://elsewhere.example&response_type=code&state=x&code_challenge=x&code_challenge_method=S256", nil))
	if w.Code != http.StatusBadRequest {
		t.Errorf("a foreign redirect address got %d", w.Code)
	}
}
