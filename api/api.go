package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/domain/offer"
	"seteli/domain/purse"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Version of the interface. A breaking change gets a new one, and the two stand side by side for at least six months.
const Version = "1.0.0"

// Prefix of every address.
const Prefix = "/api/v1"

// Deps is what the API needs from outside.
type Deps struct {
	DB     *postgres.DB
	Texts  *i18n.Catalogue
	Keys   *secret.Keys // opens clients' identity codes; nil: clients cannot be imported
	Clock  calendar.Clock
	Desk   *event.Desk
	Till   *purse.Till
	Board  *offer.Board
	Models rulebook.Models
	Random io.Reader // crypto/rand.Reader
	Log    *slog.Logger

	PerSecond float64                      // requests of one key, or of one address without a key; 0 = 200
	Burst     int                          // at once; 0 = 400
	Peer      func(r *http.Request) string // address of who asks, for limits without a key; nil: of the connection
}

// API serves programs.
type API struct {
	Deps
	mux    *http.ServeMux
	huma   huma.API
	keys   *keyring
	limits *limits
	reach  *reach
	ops    []Operation
}

// Operation describes one operation for the access matrix, the tests of every operation and the reference.
type Operation struct {
	ID, Method, Path string       // Path with its prefix
	Right            access.Right // of the key; "" with Open
	Open             bool         // needs no key
	ClientData       bool         // answers hold data of clients: each reading is logged
	Sides            []access.Side
}

// New builds the API.
func New(d Deps) *API {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.PerSecond == 0 {
		d.PerSecond, d.Burst = 200, max(d.Burst, 400)
	}
	if d.Peer == nil {
		d.Peer = peer
	}
	overrideErrors()
	a := &API{Deps: d, mux: http.NewServeMux(), keys: newKeyring(d.DB, d.Clock), limits: newLimits(d.PerSecond, d.Burst, d.Clock), reach: &reach{db: d.DB, clock: d.Clock}}
	a.huma = humago.NewWithPrefix(a.mux, Prefix, config())
	a.checksOps()
	a.catalogueOps()
	a.eventOps()
	a.voucherOps()
	a.reservationOps()
	a.purseOps()
	a.oneTimeOps()
	a.clientOps()
	a.incomeOps()
	a.daycareOps()
	a.daycareDecisionOps()
	a.daycareMonthOps()
	a.daycareUnitOps()
	a.statementOps()
	a.mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, r *http.Request) {
		lang := i18n.Prefer(r.Header.Get("Accept-Language"))
		a.send(w, lang, a.problem(r.Context(), lang, errAddress))
	})
	return a
}

func config() huma.Config {
	c := huma.DefaultConfig("Seteli", Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // served by the reference, from the same bytes as the golden file
	c.CreateHooks = nil                                   // no $schema links: they depend on the host and would differ between repeats
	c.RejectUnknownQueryParameters = true
	c.NoFormatFallback = false
	c.Info.Description = "Palveluseteli ja ostopalvelu ohjelmille. Servicesedlar och köpta tjänster för program. Service vouchers and purchased services for programs."
	c.Info.License = &huma.License{Name: "EUPL-1.2", Identifier: "EUPL-1.2"}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", Description: "A key that the main user of the organiser or of the provider has made: seteli_…"},
	}
	return c
}

// Handler serves everything under Prefix.
func (a *API) Handler() http.Handler { return http.HandlerFunc(a.serve) }

// Operations lists every operation.
func (a *API) Operations() []Operation { return slices.Clone(a.ops) }

// OpenAPI is the description of the API as YAML, the same bytes in every run.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().YAML() }

// OpenAPIJSON is the same as JSON.
func (a *API) OpenAPIJSON() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }

// serve puts the protections around each request.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Language")
	h.Add("Vary", "Authorization")
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		lang := i18n.Prefer(r.Header.Get("Accept-Language"))
		a.send(w, lang, a.problem(r.Context(), lang, panicked{p}))
	}()
	a.mux.ServeHTTP(w, r)
}

// peer is the address of the connection; of IPv6 the first half, which is one household or company.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}

// call is one request after its key has been read.
type call struct {
	lang  i18n.Lang
	actor access.Actor
	op    *Operation
	api   *API
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// realm keeps the idempotency keys of programs apart.
func (c *call) realm() string { return "api:" + digits(c.actor.APIKey) }

// texts of one operation in the description; programmers read English.
type about struct {
	summary, description, tag string
	body                      int64  // largest body in bytes; 0 = 64 KiB
	media                     string // of an answer that is not JSON
	errors                    []int  // besides those that every operation may give
}

// register adds one operation: its key and right are checked before its body is read, its error becomes a problem.
func register[I, O any](a *API, op Operation, t about, handle func(context.Context, *call, *I) (*O, error)) {
	h := huma.Operation{OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: t.summary, Description: t.description, Tags: []string{t.tag},
		MaxBodyBytes: max(t.body, 64<<10), Errors: slices.Concat([]int{422, 429, 500, 503}, t.errors)}
	if h.DefaultStatus = http.StatusOK; op.Method == http.MethodDelete {
		h.DefaultStatus = http.StatusNoContent
	}
	if t.media != "" {
		h.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{t.media: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
	}
	if !op.Open {
		h.Security = []map[string][]string{{"key": {string(op.Right)}}}
		h.Errors = append(h.Errors, 401, 403)
		h.Extensions = map[string]any{"x-right": string(op.Right)}
	}
	slices.Sort(h.Errors)
	op.Path = Prefix + op.Path
	a.ops = append(a.ops, op)
	h.Middlewares = huma.Middlewares{a.guard(&op)}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		c := callOf(ctx)
		if !op.Open {
			if err := a.reach.warm(ctx); err != nil {
				return nil, a.problem(ctx, c.lang, err)
			}
		}
		out, err := handle(ctx, c, in)
		if err != nil {
			return nil, a.problem(ctx, c.lang, err)
		}
		return out, nil
	})
}

// guard finds who asks and whether they may, before anything else of the request is read.
func (a *API) guard(op *Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		c := &call{lang: i18n.Prefer(r.Header.Get("Accept-Language")), op: op, api: a}
		if err := a.admit(r, c); err != nil {
			a.send(w, c.lang, a.problem(r.Context(), c.lang, err))
			return
		}
		w.Header().Set("Content-Language", string(c.lang))
		next(huma.WithValue(ctx, callKey{}, c))
	}
}

func (a *API) admit(r *http.Request, c *call) (err error) {
	if c.op.Open {
		return a.limits.take("peer " + a.Peer(r))
	}
	if c.actor, err = a.keys.actor(r.Context(), r.Header.Get("Authorization")); err != nil {
		return err
	}
	if err := a.limits.take(c.realm()); err != nil {
		return err
	}
	if c.op.Sides != nil && !slices.Contains(c.op.Sides, c.actor.Role.Side()) {
		return access.ErrForbidden.With("right", string(c.op.Right))
	}
	return c.actor.May(c.op.Right, 0)
}
