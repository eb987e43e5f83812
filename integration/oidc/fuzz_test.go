package oidc_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/integration/oidc"
	"seteli/platform/secret"
)

// forger is a sign-in provider that answers with whatever it was told to.
type forger struct {
	key   *ecdsa.PrivateKey
	token string
}

func (p *forger) RoundTrip(r *http.Request) (*http.Response, error) {
	const issuer = "https://idp.example"
	var body any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		body = map[string]any{"issuer": issuer, "authorization_endpoint": issuer + "/a", "token_endpoint": issuer + "/t", "jwks_uri": issuer + "/k"}
	case "/k":
		body = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: "1", Algorithm: "ES256", Use: "sig"}}}
	default:
		body = map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.token}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(raw)), Request: r}, nil
}

// Whatever the provider's token holds: a refusal with a code, or a person whose claims are those of this very sign-in.
func FuzzToken(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, nil)
	if err != nil {
		f.Fatal(err)
	}
	keys, err := secret.Generate()
	if err != nil {
		f.Fatal(err)
	}
	idp := &forger{key: key}
	client, err := oidc.New(oidc.Config{Issuer: "https://idp.example", ClientID: "seteli", RedirectURL: redirect, HTTP: &http.Client{Transport: idp},
		Log: slog.New(slog.DiscardHandler), Clock: calendar.Noon(calendar.Day(2026, 11, 21)), Keys: keys})
	if err != nil {
		f.Fatal(err)
	}
	good := `{"iss":"https://idp.example","aud":"seteli","sub":"aino","nonce":"NONCE","exp":1795262400,"iat":1795255200,"acr":"http://ftn.ficora.fi/2017/loa2","name":"A"}`
	f.Add(good, true)
	f.Add(strings.Replace(good, `"seteli"`, `["seteli","x"]`, 1), true)
	f.Add(strings.Replace(good, `"aino"`, `{"a":[1]}`, 1), true)
	f.Add(strings.Replace(good, "1795262400", "1e400", 1), true)
	f.Add("eyJhbGciOiJub25lIn0.e30.", false)
	f.Fuzz(func(t *testing.T, claims string, signed bool) {
		address, sealed, err := client.Start(t.Context(), oidc.Wish{ReturnTo: claims})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		claims = strings.ReplaceAll(claims, "NONCE", u.Query().Get("nonce"))
		idp.token = claims
		if signed {
			box, err := signer.Sign([]byte(claims))
			if err != nil {
				t.Fatal(err)
			}
			if idp.token, err = box.CompactSerialize(); err != nil {
				t.Fatal(err)
			}
		}
		who, back, err := client.Finish(t.Context(), sealed, url.Values{"state": {u.Query().Get("state")}, "code": {"1"}})
		if err != nil {
			if fault.CodeOf(err) == "" || who != (oidc.Identity{}) {
				t.Fatalf("refused as %v with %+v", err, who)
			}
			return
		}
		if !signed || who.Subject == "" || who.Issuer != "https://idp.example" || who.Level == "" || !strings.Contains(claims, u.Query().Get("nonce")) {
			t.Fatalf("accepted %+v from %s", who, claims)
		}
		ours(t, back)
	})
}

// ours fails when a browser that is sent there could leave the service.
func ours(t *testing.T, path string) {
	t.Helper()
	u, err := url.Parse("https://seteli.example")
	if err != nil {
		t.Fatal(err)
	}
	to, err := u.Parse(path)
	if err != nil || to.Host != "seteli.example" || !strings.HasPrefix(path, "/") || len(path) > 1 && strings.ContainsRune(`/\`, rune(path[1])) || strings.ContainsAny(path, "\\\r\n\t") {
		t.Fatalf("the sign-in goes on to %q", path)
	}
}

// Whatever stands in the cookie and the answer of a sign-in that nobody began: the attempt is lost. Whatever was wished for, the way
// back stays in the service.
func FuzzAttempt(f *testing.F) {
	h := newHouse(f)
	f.Add("", "x", "/vouchers")
	f.Add("AAAA", "", "//evil.example")
	f.Add("%%%", "state=1&code=%zz", "/\\evil.example")
	f.Add("_-", "error=access_denied&iss=x", "https:/evil.example")
	f.Fuzz(func(t *testing.T, sealed, query, wish string) {
		answer, err := url.ParseQuery(query)
		if err == nil {
			if _, _, err := h.client.Finish(t.Context(), sealed, answer); fault.CodeOf(err) != "OIDC-004" {
				t.Fatalf("a forged attempt: %v", err)
			}
		}
		address, mine, err := h.client.Start(t.Context(), oidc.Wish{ReturnTo: wish})
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		_, back, err := h.client.Finish(t.Context(), mine, url.Values{"state": {u.Query().Get("state")}, "error": {"access_denied"}})
		if fault.CodeOf(err) != "OIDC-005" {
			t.Fatal(err)
		}
		ours(t, back)
	})
}
