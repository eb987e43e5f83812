package ui

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
)

// largestBody is what a form may weigh unless its route says otherwise.
const largestBody = 1 << 20

// policy allows our own files only: no inline script or style, no frame, no foreign address.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

var (
	errPanic    = fault.New(fault.Internal, "WEB-020", "ui.error.internal")
	errForeign  = fault.New(fault.Forbidden, "WEB-022", "ui.error.foreign")
	errForm     = fault.New(fault.Invalid, "WEB-023", "ui.error.body")
	errInternal = fault.New(fault.Internal, "WEB-024", "ui.error.internal")
)

// ErrNoPage answers an address that names nothing; a handler gives it also for what the person has nothing to do with.
var ErrNoPage = fault.New(fault.NotFound, "WEB-021", "ui.error.not_found")

// answer watches what is sent, for the log, and carries the flash text read from its cookie.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
	flash  string
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection (flush of server-sent events).
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Handler serves every route in every language, and the files of styles and scripts.
func (s *Site) Handler() (h http.Handler, err error) {
	defer func() {
		if p := recover(); p != nil { // ServeMux panics on two patterns that collide
			err = fmt.Errorf("routes: %v", p)
		}
	}()
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", s.assets)
	for _, a := range s.audiences {
		for _, route := range a.Routes {
			if route.Plain {
				mux.Handle(route.Method+" "+end(route.Path), s.serve(route, a, s.preferred))
				continue
			}
			for _, lang := range languages {
				fixed := func(*http.Request) i18n.Lang { return lang }
				mux.Handle(route.Method+" /"+string(lang)+end(route.Path), s.serve(route, a, fixed))
			}
		}
	}
	mux.Handle("/", s.serve(Route{Path: "/", Open: true, Handle: s.elsewhere}, s.audiences[0], s.preferred))
	guard := http.NewCrossOriginProtection()
	if s.opt.Origin != "" {
		if err := guard.AddTrustedOrigin(s.opt.Origin); err != nil {
			return nil, err
		}
	}
	guard.SetDenyHandler(s.serve(Route{Path: "/", Open: true, Handle: func(http.ResponseWriter, *Request) error { return errForeign }},
		s.audiences[0], s.preferred))
	return guard.Handler(mux), nil
}

// end keeps "/" from matching everything below it.
func end(path string) string {
	if strings.HasSuffix(path, "/") {
		return path + "{$}"
	}
	return path
}

// preferred finds the language of a request whose address names none.
func (s *Site) preferred(r *http.Request) i18n.Lang {
	if p := r.URL.Path; len(p) >= 3 && (len(p) == 3 || p[3] == '/') {
		for _, l := range languages {
			if p[1:3] == string(l) {
				return l
			}
		}
	}
	if c, err := r.Cookie(langCookie); err == nil {
		for _, l := range languages {
			if c.Value == string(l) {
				return l
			}
		}
	}
	return i18n.Prefer(r.Header.Get("Accept-Language"))
}

// elsewhere answers an address that no route serves: one without a language is led to its language, any other
// is not found.
func (s *Site) elsewhere(w http.ResponseWriter, r *Request) error {
	if r.Method == http.MethodGet && len(r.inLanguage(r.Lang)) != len(r.URL.RequestURI()) && s.known(r.URL.Path) {
		w.Header().Set("Vary", "Accept-Language, Cookie")
		http.Redirect(w, r.Request, r.inLanguage(r.Lang), http.StatusFound)
		return nil
	}
	return ErrNoPage
}

// known tells whether a path without its language has the shape of a registered one.
func (s *Site) known(path string) bool {
	got := strings.Split(path, "/")
next:
	for want := range s.paths {
		parts := strings.Split(want, "/")
		if len(parts) != len(got) {
			continue
		}
		for i, p := range parts {
			if p != "{}" && p != got[i] {
				continue next
			}
		}
		return true
	}
	return false
}

// serve wraps a route with everything that no handler may forget.
func (s *Site) serve(route Route, audience *Audience, language func(*http.Request) i18n.Lang) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		began := s.opt.Clock.Now()
		out, id := &answer{ResponseWriter: w}, newID()
		req = req.WithContext(audit.WithRequest(req.Context(), id))
		r := &Request{Request: req, ID: id, Lang: language(req), Route: route, site: s, audience: audience, seen: out}
		headers(w.Header(), r.ID)
		limit := route.Body
		if limit == 0 {
			limit = largestBody
		}
		req.Body = http.MaxBytesReader(out, req.Body, limit)
		err := s.handle(out, r)
		code := ""
		if err != nil {
			code = s.fail(out, r, err)
		}
		s.opt.Log.LogAttrs(req.Context(), slog.LevelInfo, "request", slog.String("request", r.ID), slog.String("route", route.Key()),
			slog.Int("status", out.status), slog.Int64("bytes", out.bytes), slog.Duration("took", s.opt.Clock.Now().Sub(began)),
			slog.Int("organiser", int(r.Actor.Organiser)), slog.Int64("actor", r.Actor.Account), slog.String("code", code))
	})
}

// handle finds who asks, checks the right and runs the handler; a panic becomes an error.
func (s *Site) handle(w *answer, r *Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // a recovered value, not a chain of errors
				panic(p)
			}
			err = errPanic.Because(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	r.Session, err = s.opt.Sessions.Open(r.Request)
	if err != nil {
		return err
	}
	if !r.Route.Open || r.SignedIn {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.flash = takeFlash(w, r)
	if r.Route.Open {
		return r.Route.Handle(w, r)
	}
	if !r.SignedIn {
		return access.ErrSignIn
	}
	if r.Route.Right != "" && !r.Actor.Can(r.Route.Right) {
		return access.ErrForbidden.With("right", string(r.Route.Right))
	}
	if r.Route.Side != access.Nobody && r.Actor.Role.Side() != r.Route.Side {
		return access.ErrForbidden.With("right", string(r.Route.Right))
	}
	if err := s.restore(r); err != nil {
		return err
	}
	return r.Route.Handle(w, r)
}

// restore offers a form again that was sent after the sign-in had ended.
func (s *Site) restore(r *Request) error {
	token := r.URL.Query().Get("draft")
	if s.opt.Drafts == nil || token == "" || r.Method != http.MethodGet {
		return nil
	}
	values, err := s.opt.Drafts.Take(r.Context(), r.Actor, r.URL.Path, token)
	if err != nil || values == nil {
		return err
	}
	r.form = &Form{values: values, restored: true, lang: r.Lang, site: s}
	return nil
}

// signIn leads to the sign-in and back again; a form that was being sent is kept for then.
func (s *Site) signIn(w http.ResponseWriter, r *Request) error {
	back := r.URL.RequestURI()
	if r.Method == http.MethodPost {
		var err error
		if back, err = s.kept(r, r.URL.Path); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r.Request, s.signInTo(r, back), http.StatusSeeOther)
	return nil
}

func (s *Site) signInTo(r *Request, back string) string {
	return "/" + string(r.Lang) + s.opt.SignIn + "?return=" + url.QueryEscape(back)
}

// kept keeps the form that was sent and gives the address that offers it again on the page at. Of a file only its name is kept, so that
// the page can ask for it again.
func (s *Site) kept(r *Request, at string) (back string, err error) {
	form := r.Input()
	if s.opt.Drafts == nil || form.Refused() {
		return at, nil
	}
	values := maps.Clone(form.values)
	for name := range form.files {
		if chosen := form.chosen(name); chosen != "" {
			values.Set(name, chosen)
		}
	}
	token, err := s.opt.Drafts.Save(r.Request, at, values)
	if err != nil {
		return "", err
	}
	return at + "?draft=" + url.QueryEscape(token), nil
}

// keep takes what stood half-filled on the page at when the sign-in ended by the clock, and leads to the sign-in and back to that page.
// Nothing is done with it but keeping: when the sign-in was renewed in another window, the page just comes back as it was.
func (s *Site) keep(w http.ResponseWriter, r *Request) error {
	at := r.URL.Query().Get("at")
	if page, ok := strings.CutPrefix(at, "/"+string(r.Lang)); !ok || !s.known(page) || LocalReturn(at, "") == "" {
		return ErrNoPage
	}
	if r.Input().Refused() {
		return r.Input().Err()
	}
	to, err := s.kept(r, at)
	if err != nil {
		return err
	}
	if !r.SignedIn {
		to = s.signInTo(r, to)
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

func headers(h http.Header, id string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	h.Set("X-Request-Id", id)
}

func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// LocalReturn gives the address to return to after sign-in when it is one of ours, otherwise fallback: an address of
// another site must never be followed.
func LocalReturn(address, fallback string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(address, "\\\r\n") {
		return fallback
	}
	return address
}

// tooLarge tells that the body passed its limit.
func tooLarge(err error) bool {
	var big *http.MaxBytesError
	return errors.As(err, &big)
}
