package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/secret"
)

// Refusals of a sign-in.
var (
	ErrUnavailable = fault.New(fault.Unavailable, "OIDC-001", "signin.unavailable") // the provider does not answer
	ErrRefused     = fault.New(fault.Forbidden, "OIDC-002", "signin.refused")       // its answer cannot be trusted
	ErrLevel       = fault.New(fault.Forbidden, "OIDC-003", "signin.level_low")     // identified too weakly
	ErrAttempt     = fault.New(fault.Stale, "OIDC-004", "signin.attempt_lost")      // begun elsewhere, long ago or used already
	ErrCancelled   = fault.New(fault.Invalid, "OIDC-005", "signin.cancelled")       // the person turned back
)

// Level of assurance, as eIDAS names them.
type Level string

// The levels that are accepted.
const (
	Substantial Level = "substantial"
	High        Level = "high"
)

// DefaultLevels maps the known values of the acr claim: eIDAS and the Finnish trust network.
func DefaultLevels() map[string]Level {
	return map[string]Level{
		"http://eidas.europa.eu/LoA/substantial": Substantial,
		"http://eidas.europa.eu/LoA/high":        High,
		"http://ftn.ficora.fi/2017/loa2":         Substantial,
		"http://ftn.ficora.fi/2017/loa3":         High,
	}
}

// HetuClaim is the object identifier of the Finnish identity code, which Finnish providers use as a claim name.
const HetuClaim = "urn:oid:1.2.246.21"

// Config of one provider.
type Config struct {
	Issuer, ClientID, ClientSecret, RedirectURL string

	Levels     map[string]Level // acr → level; nil = DefaultLevels. An acr that is not in it is refused.
	HetuClaim  string           // "" = HetuClaim
	PostSecret bool             // client_secret_post instead of client_secret_basic; never guessed, a guess uses up the code
	HTTP       *http.Client     // with a time-out
	Log        *slog.Logger
	Clock      calendar.Clock
	Keys       *secret.Keys // seals the attempt
}

// Client signs in with one provider. Safe for concurrent use.
type Client struct {
	cfg  Config
	mu   sync.Mutex
	idp  *gooidc.Provider     // found at the first sign-in, so that a start does not need the provider
	used map[string]time.Time // states that were finished, until they expire
}

// attemptFor is how long a sign-in may take from start to finish.
const attemptFor = 15 * time.Minute

// New checks the settings; it does not call the provider yet.
func New(cfg Config) (*Client, error) {
	for name, v := range map[string]string{"issuer": cfg.Issuer, "client id": cfg.ClientID, "redirect address": cfg.RedirectURL} {
		if v == "" {
			return nil, fmt.Errorf("sign-in provider: %s is missing", name)
		}
	}
	if cfg.Keys == nil || cfg.Log == nil || cfg.Clock == nil || cfg.HTTP == nil {
		return nil, errors.New("sign-in provider: keys, log, clock and HTTP client are needed")
	}
	if cfg.Levels == nil {
		cfg.Levels = DefaultLevels()
	}
	if cfg.HetuClaim == "" {
		cfg.HetuClaim = HetuClaim
	}
	return &Client{cfg: cfg, used: map[string]time.Time{}}, nil
}

// Issuer names the provider; accounts are kept by issuer and subject.
func (c *Client) Issuer() string { return c.cfg.Issuer }

// Identity is who was identified.
type Identity struct {
	Issuer, Subject, Name string
	Hetu                  string // identity code as the provider gave it, "" when it gave none; parse before use
	Email                 string
	Level                 Level
}

// Wish is what the person wanted when the sign-in began.
type Wish struct {
	ReturnTo string // path within the service
	Language string // fi, sv or en
	Fresh    bool   // ask for a new identification even when the provider remembers the person (step-up)
}

// attempt is kept by the browser, sealed, from start to finish.
type attempt struct {
	State, Nonce, Verifier, ReturnTo string
	At                               time.Time
}

var attemptPlace = secret.Place{Column: "oidc.attempt"}

// Start gives the address to send the browser to, and the sealed attempt to keep in a short-lived cookie
// (HttpOnly, SameSite=Lax) until Finish.
func (c *Client) Start(ctx context.Context, wish Wish) (address, sealed string, err error) {
	idp, err := c.provider(ctx)
	if err != nil {
		return "", "", err
	}
	a := attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), ReturnTo: local(wish.ReturnTo), At: c.cfg.Clock.Now()}
	plain, err := json.Marshal(a)
	if err != nil {
		return "", "", fmt.Errorf("sealing a sign-in attempt: %w", err)
	}
	box, err := c.cfg.Keys.Seal(attemptPlace, plain)
	if err != nil {
		return "", "", err
	}
	options := []oauth2.AuthCodeOption{gooidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if wish.Language != "" {
		options = append(options, oauth2.SetAuthURLParam("ui_locales", wish.Language))
	}
	if wish.Fresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return c.oauth(idp).AuthCodeURL(a.State, options...), base64.RawURLEncoding.EncodeToString(box), nil
}

// local keeps a path of our own and turns everything else into the front page: no open redirect.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

func (c *Client) oauth(idp *gooidc.Provider) *oauth2.Config {
	endpoint := idp.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if c.cfg.PostSecret {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: c.cfg.ClientID, ClientSecret: c.cfg.ClientSecret, RedirectURL: c.cfg.RedirectURL,
		Endpoint: endpoint, Scopes: []string{gooidc.ScopeOpenID, "profile", "email"},
	}
}

func (c *Client) provider(ctx context.Context) (*gooidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idp != nil {
		return c.idp, nil
	}
	idp, err := gooidc.NewProvider(gooidc.ClientContext(context.WithoutCancel(ctx), c.cfg.HTTP), c.cfg.Issuer)
	if err != nil {
		c.log(ctx, "discovery failed", err)
		return nil, ErrUnavailable.Because(err)
	}
	c.idp = idp
	return idp, nil
}

// EndAddress is where the provider ends its own session, "" when it has no such page.
func (c *Client) EndAddress(ctx context.Context, back string) string {
	idp, err := c.provider(ctx)
	if err != nil {
		return "" // already logged; our own session has ended in any case
	}
	var more struct {
		End string `json:"end_session_endpoint"`
	}
	if err := idp.Claims(&more); err != nil || more.End == "" {
		return ""
	}
	return more.End + "?" + url.Values{"client_id": {c.cfg.ClientID}, "post_logout_redirect_uri": {back}}.Encode()
}

func (c *Client) log(ctx context.Context, reason string, err error) {
	c.cfg.Log.WarnContext(ctx, "sign-in refused", "issuer", c.cfg.Issuer, "reason", reason, "error", err)
}

// open unseals the attempt and takes its state out of use.
func (c *Client) open(sealed, state string) (attempt, error) {
	box, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return attempt{}, fmt.Errorf("attempt is not base64: %w", err)
	}
	plain, err := c.cfg.Keys.Open(attemptPlace, box)
	if err != nil {
		return attempt{}, err
	}
	var a attempt
	if err := json.Unmarshal(plain, &a); err != nil {
		return attempt{}, fmt.Errorf("attempt is damaged: %w", err)
	}
	now := c.cfg.Clock.Now()
	if now.Sub(a.At) > attemptFor || a.At.After(now) {
		return attempt{}, errors.New("attempt is too old")
	}
	if subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) != 1 {
		return attempt{}, errors.New("state is not the attempt's")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for s, at := range c.used {
		if now.Sub(at) > attemptFor {
			delete(c.used, s)
		}
	}
	if _, twice := c.used[a.State]; twice {
		return attempt{}, errors.New("attempt was used already")
	}
	c.used[a.State] = a.At
	return a, nil
}
