package standin

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
)

// ErrNotDemo refuses the stand-in outside a demo; the server must not start with it.
var ErrNotDemo = fault.New(fault.Conflict, "OIDC-010", "signin.standin_outside_demo")

// Person is one of the invented people on the page.
type Person struct {
	Subject string
	Name    string
	Email   string // "" = the provider tells none
	Hetu    string // invented: individual number 900–999
	Group   string // heading on the page, already in the reader's words ("Kuusikunta")
	Note    string // role in words ("palveluohjaaja")
}

// Config of the stand-in.
type Config struct {
	Demo       bool   // must be true
	Issuer     string // full address under which Handler is mounted, no slash at the end
	ClientID   string
	Secret     string
	Redirects  []string // exact addresses that may be returned to
	Stylesheet string   // address of the service's style sheet; "" = none
	Icon       string   // address of its mark; "" = none
	Clock      calendar.Clock

	// People answers the search of the page: those whose name, group or note holds all words; at most limit, 0 = all.
	People func(ctx context.Context, search string, limit int) ([]Person, error)
	// Text gives the page's texts (area signin) in fi, sv or en.
	Text func(lang, key string, args map[string]any) string
}

// Provider is the running stand-in. Safe for concurrent use.
type Provider struct {
	cfg  Config
	key  *rsa.PrivateKey
	mu   sync.Mutex
	code map[string]grant
	evil Misbehaviour
}

// grant is what a code stands for until it is used or a minute old.
type grant struct {
	person                       Person
	nonce, challenge, redirectTo string
	at                           time.Time
}

const codeFor = time.Minute

// New makes the keys and refuses with OIDC-010 outside a demo.
func New(cfg Config) (*Provider, error) {
	if !cfg.Demo {
		return nil, ErrNotDemo
	}
	if cfg.Issuer == "" || cfg.ClientID == "" || cfg.Secret == "" || cfg.Clock == nil || cfg.People == nil || cfg.Text == nil {
		return nil, fmt.Errorf("stand-in identity provider: issuer, client, secret, clock, people and texts are needed")
	}
	p := &Provider{cfg: cfg, code: map[string]grant{}}
	var err error
	if p.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return nil, fmt.Errorf("stand-in identity provider: %w", err)
	}
	return p, nil
}

// Handler serves the provider's addresses; mount it at the issuer's path (it looks at the end of the path only).
func (p *Provider) Handler() http.Handler {
	u, err := url.Parse(p.cfg.Issuer)
	base := ""
	if err == nil {
		base = strings.TrimSuffix(u.Path, "/")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET "+base+"/keys", p.keys)
	mux.HandleFunc("GET "+base+"/authorize", p.choose)
	mux.HandleFunc("POST "+base+"/authorize", p.chosen)
	mux.HandleFunc("POST "+base+"/token", p.token)
	mux.HandleFunc("GET "+base+"/end", p.end)
	return mux
}

// HTTP is a client that reaches the stand-in inside the process: the demo needs no address that it can call itself by.
func (p *Provider) HTTP() *http.Client {
	return &http.Client{Transport: inside{p.Handler()}, Timeout: 10 * time.Second}
}

type inside struct{ h http.Handler }

func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r = r.Clone(r.Context())
	if r.Body == nil {
		r.Body = http.NoBody
	}
	i.h.ServeHTTP(w, r)
	return w.Result(), nil
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.answer(w, http.StatusOK, map[string]any{
		"issuer": p.cfg.Issuer, "authorization_endpoint": p.cfg.Issuer + "/authorize", "token_endpoint": p.cfg.Issuer + "/token",
		"jwks_uri": p.cfg.Issuer + "/keys", "end_session_endpoint": p.cfg.Issuer + "/end",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		"acr_values_supported":                           []string{levelHigh},
		"authorization_response_iss_parameter_supported": true,
	})
}

// end goes back where the service asked, when that is one of ours.
func (p *Provider) end(w http.ResponseWriter, r *http.Request) {
	back := r.URL.Query().Get("post_logout_redirect_uri")
	if !p.sameOrigin(back) {
		back = "/"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func (p *Provider) sameOrigin(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	for _, known := range p.cfg.Redirects {
		if k, err := url.Parse(known); err == nil && k.Scheme == u.Scheme && k.Host == u.Host {
			return true
		}
	}
	return false
}

func (p *Provider) answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return // the caller has gone; nothing is owed to it
	}
}
