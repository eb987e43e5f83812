package varda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"seteli/core/calendar"
	"seteli/domain/daycare/varda"
)

// Config of the connection of one municipality.
type Config struct {
	Base     string // address of the interface, ending in /api
	User     string
	Password string
	Source   string // lahdejarjestelma: two digits from the warehouse's keeper
	Owner    string // OID of the municipality
	Pace     rate.Limit
	HTTP     *http.Client
}

// Pace is how many requests a second the warehouse takes in practice.
const Pace = rate.Limit(0.9)

// longest wait that the warehouse may ask for with 429 before the run is stopped; tries is how often a request that may be repeated is sent.
const (
	longest  = 2 * time.Minute
	tries    = 4
	mostBody = 1 << 20
)

// Client is the connection. Safe for concurrent use, though a run sends one request after another.
type Client struct {
	cfg   Config
	base  *url.URL
	pace  *rate.Limiter
	mu    sync.Mutex
	token string
}

var _ varda.Warehouse = (*Client)(nil)

// New checks the settings; it does not connect.
func New(cfg Config) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(cfg.Base, "/") + "/")
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("the warehouse's address %q is none", cfg.Base)
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: 30 * time.Second}
	}
	if cfg.Pace == 0 {
		cfg.Pace = Pace
	}
	return &Client{cfg: cfg, base: base, pace: rate.NewLimiter(cfg.Pace, 1)}, nil
}

// paths of the kinds.
var paths = map[varda.Kind]string{varda.Person: "v1/henkilot/", varda.Child: "v1/lapset/", varda.Decision: "v1/varhaiskasvatuspaatokset/",
	varda.Placement: "v1/varhaiskasvatussuhteet/", varda.Fee: "v1/maksutiedot/"}

// taken is the code of an object that is there already under the same key.
const taken = "MI013"

// Create makes an object. One that is there already is found by its key, and ends on the wanted day.
func (c *Client) Create(ctx context.Context, o varda.Object, parent string, people map[int64]varda.Human) (string, error) {
	body, err := c.body(o, parent, people)
	if err != nil {
		return "", err
	}
	var made struct {
		URL string `json:"url"`
	}
	err = c.do(ctx, http.MethodPost, paths[o.Kind], body, &made)
	var no *varda.Refusal
	if errors.As(err, &no) && o.Kind != varda.Person && len(no.Codes) == 1 && no.Codes[0].Code == taken {
		address, last, err := c.find(ctx, o)
		if err != nil || same(last, o.Last) {
			return address, err
		}
		return address, c.End(ctx, varda.Known{Kind: o.Kind, Key: o.Key, URL: address}, o.Last)
	}
	if err != nil {
		return "", err
	}
	return c.inside(made.URL)
}

// same tells whether two last days are one; nil = open.
func same(a, b *calendar.Date) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// find looks an object up by its key and gives its address and its last day there.
func (c *Client) find(ctx context.Context, o varda.Object) (string, *calendar.Date, error) {
	q := url.Values{"lahdejarjestelma": {c.cfg.Source}, "tunniste": {o.Key}}
	for path := paths[o.Kind] + "?" + q.Encode(); path != ""; {
		var page struct {
			Next    string `json:"next"`
			Results []struct {
				URL  string         `json:"url"`
				Key  string         `json:"tunniste"`
				Last *calendar.Date `json:"paattymis_pvm"`
			} `json:"results"`
		}
		if err := c.do(ctx, http.MethodGet, path, nil, &page); err != nil {
			return "", nil, err
		}
		for _, r := range page.Results {
			if r.Key == o.Key {
				address, err := c.inside(r.URL)
				return address, r.Last, err
			}
		}
		path = ""
		if page.Next != "" {
			next, err := c.inside(page.Next)
			if err != nil {
				return "", nil, err
			}
			path = next
		}
	}
	return "", nil, &varda.Refusal{Codes: []varda.Code{{Field: "tunniste", Code: taken}}} // it is there and not ours to see
}

// inside takes an address only when it is under our base: the token is sent to nobody else.
func (c *Client) inside(address string) (string, error) {
	u, err := c.base.Parse(address)
	if err != nil || u.Scheme != c.base.Scheme || u.Host != c.base.Host || !strings.HasPrefix(u.Path, c.base.Path) {
		return "", fmt.Errorf("the warehouse gave an address that is not its own")
	}
	return u.String(), nil
}

// End changes the last day.
func (c *Client) End(ctx context.Context, k varda.Known, last *calendar.Date) error {
	return c.do(ctx, http.MethodPatch, k.URL, map[string]any{"paattymis_pvm": last}, nil)
}

// Delete takes an object away.
func (c *Client) Delete(ctx context.Context, k varda.Known) error {
	err := c.do(ctx, http.MethodDelete, k.URL, nil, nil)
	if errors.Is(err, varda.ErrGone) {
		return nil
	}
	return err
}

// do sends a request at the warehouse's pace. What may be repeated is: every act is the same when done twice.
func (c *Client) do(ctx context.Context, method, path string, body any, out any) error {
	address, err := c.inside(path)
	if err != nil {
		return err
	}
	var raw []byte
	if body != nil {
		if raw, err = json.Marshal(body); err != nil {
			return fmt.Errorf("a request to the warehouse: %w", err)
		}
	}
	renewed := false
	for try := range tries {
		status, answer, wait, err := c.once(ctx, method, address, raw)
		switch {
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, varda.ErrKey):
			return err
		case err == nil && status < 300:
			return read(answer, out)
		case err == nil && (status == http.StatusUnauthorized || status == http.StatusForbidden) && !renewed:
			renewed = true // a token lives for a while only
			c.forget()
			continue
		case err == nil && status == http.StatusUnauthorized:
			return varda.ErrKey
		case err == nil && status == http.StatusNotFound:
			return varda.ErrGone
		case err == nil && status < 500 && status != http.StatusTooManyRequests:
			return refusal(status, answer)
		case wait > longest || try == tries-1:
			return stopped(status, wait, err)
		}
		if err := pause(ctx, max(wait, time.Duration(1<<try)*c.backoff())); err != nil {
			return err
		}
	}
	return varda.ErrDown
}

// stopped tells why the warehouse takes nothing now, with the wait that it asked for.
func stopped(status int, wait time.Duration, err error) error {
	why := varda.ErrDown
	if status == http.StatusTooManyRequests {
		why = varda.ErrBusy
	}
	if wait > 0 {
		err = errors.Join(err, &varda.Asked{Wait: wait})
	}
	return why.Because(err)
}

// backoff is the first wait after a fault: a few turns of the pace.
func (c *Client) backoff() time.Duration {
	return time.Duration(float64(time.Second) / float64(c.cfg.Pace))
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// once sends one request with a token and tells what came back, and how long the warehouse asks to wait. What it answers instead of a
// token comes back as its answer to the request.
func (c *Client) once(ctx context.Context, method, address string, raw []byte) (status int, answer []byte, wait time.Duration, err error) {
	token, status, wait, err := c.signed(ctx)
	if err != nil || token == "" {
		return status, nil, wait, err
	}
	return c.send(ctx, method, address, raw, "Token "+token)
}

func (c *Client) send(ctx context.Context, method, address string, raw []byte, authorization string) (int, []byte, time.Duration, error) {
	if err := c.pace.Wait(ctx); err != nil {
		return 0, nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(raw))
	if err != nil {
		return 0, nil, 0, fmt.Errorf("a request to the warehouse: %w", err)
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Accept", "application/json")
	if raw != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return 0, nil, 0, fmt.Errorf("the warehouse did not answer: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // the body has been read
	answer, err := io.ReadAll(io.LimitReader(resp.Body, mostBody))
	if err != nil {
		return 0, nil, 0, fmt.Errorf("the warehouse's answer broke off: %w", err)
	}
	var wait time.Duration
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		wait = time.Duration(seconds) * time.Second
	}
	return resp.StatusCode, answer, wait, nil
}

// signed gives the token, fetched with the user's key when there is none. Without one it gives the status that came instead; ErrKey when
// the user or the password is not taken.
func (c *Client) signed(ctx context.Context) (token string, status int, wait time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" {
		return c.token, 0, 0, nil
	}
	address, err := c.inside("user/apikey/")
	if err != nil {
		return "", 0, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", 0, 0, fmt.Errorf("a request to the warehouse: %w", err)
	}
	req.SetBasicAuth(c.cfg.User, c.cfg.Password)
	status, answer, wait, err := c.send(ctx, http.MethodGet, address, nil, req.Header.Get("Authorization"))
	switch {
	case err != nil:
		return "", 0, 0, err
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return "", status, 0, varda.ErrKey
	case status >= 500 || status == http.StatusTooManyRequests:
		return "", status, wait, nil
	}
	var key struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal(answer, &key); status != http.StatusOK || err != nil || key.Token == "" {
		return "", 0, 0, fmt.Errorf("the warehouse gave no token (status %d)", status)
	}
	c.token = key.Token
	return c.token, status, 0, nil
}

func (c *Client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = ""
}

func read(answer []byte, out any) error {
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return varda.ErrDown.Because(fmt.Errorf("the warehouse's answer cannot be read: %w", err))
	}
	return nil
}

// refusal reads {"field": [{"error_code": …, "description": …}]}; an answer in another form is one nameless reason.
func refusal(status int, answer []byte) error {
	var fields map[string][]struct {
		Code  string `json:"error_code"`
		Words string `json:"description"`
	}
	out := &varda.Refusal{}
	if err := json.Unmarshal(answer, &fields); err == nil {
		for _, field := range sorted(fields) {
			for _, x := range fields[field] {
				out.Codes = append(out.Codes, varda.Code{Field: field, Code: x.Code, Words: x.Words})
			}
		}
	}
	if len(out.Codes) == 0 {
		out.Codes = []varda.Code{{Code: "HTTP-" + strconv.Itoa(status)}}
	}
	return out
}
