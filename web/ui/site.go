package ui

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"seteli/core/calendar"
	"seteli/platform/i18n"
	"seteli/web/assets"
)

// Options are what the site needs from outside.
type Options struct {
	Texts    *i18n.Catalogue
	Clock    calendar.Clock
	Sessions Sessions
	Drafts   Drafts // nil: a form sent after the sign-in has ended is not kept
	Log      *slog.Logger
	SignIn   string // path of the sign-in page without language; default "/sign-in"
	Origin   string // "https://seteli.example"; extra trusted origin for forms behind a proxy, may be empty
}

// Site holds the routes and templates of every audience. It is built once and then only read.
type Site struct {
	opt       Options
	assets    *assets.Bundle
	audiences []*Audience
	routes    []Route
	paths     map[string]bool // shapes of registered paths, for the check of links
	pages     map[string]PageSpec
	states    map[string]State
	sets      map[i18n.Lang]*template.Template
	parts     map[string]bool // which named parts exist: "organiser/queue#caption"

	mu   sync.Mutex
	dead map[string]bool // links to no registered path, collected while pages are rendered
}

// New builds the site: every template must parse, every page must be registered with its type. Check renders.
func New(opt Options, audiences ...Audience) (*Site, error) {
	if opt.SignIn == "" {
		opt.SignIn = "/sign-in"
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Texts == nil || opt.Clock == nil || opt.Sessions == nil {
		return nil, errors.New("site: texts, clock and sessions are needed")
	}
	bundle, err := assets.Load()
	if err != nil {
		return nil, err
	}
	s := &Site{opt: opt, assets: bundle, paths: map[string]bool{}, pages: map[string]PageSpec{},
		states: map[string]State{}, sets: map[i18n.Lang]*template.Template{}, parts: map[string]bool{}, dead: map[string]bool{}}
	for _, a := range append([]Audience{s.own()}, audiences...) {
		if err := s.add(a); err != nil {
			return nil, fmt.Errorf("audience %s: %w", a.Name, err)
		}
	}
	return s, s.parse()
}

func (s *Site) add(a Audience) error {
	if len(a.Nav) > 5 {
		return fmt.Errorf("%d entries in the navigation, at most five fit", len(a.Nav))
	}
	s.audiences = append(s.audiences, &a)
	for _, r := range a.Routes {
		if err := r.check(); err != nil {
			return err
		}
		s.paths[shape(r.Path)] = true
		s.routes = append(s.routes, r)
	}
	for _, p := range a.Pages {
		if _, double := s.pages[p.Name]; double || !strings.HasPrefix(p.Name, a.Name+"/") {
			return fmt.Errorf("page %s: registered twice or not named after its audience", p.Name)
		}
		s.pages[p.Name] = p
	}
	for name, state := range a.States {
		if _, double := s.states[name]; double {
			return fmt.Errorf("state %s: registered twice", name)
		}
		s.states[name] = state
	}
	return nil
}

// Routes gives every route, for the access matrix and for the tests of each one.
func (s *Site) Routes() []Route { return slices.Clone(s.routes) }

// Show answers with a page. The data must be of the type that the page was registered with. The whole page is
// made before the first byte is sent, so a failing template becomes an error page, never half a page.
func (s *Site) Show(w http.ResponseWriter, r *Request, status int, page string, data any) error {
	body, err := s.render(r, page, status, data)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Vary", "HX-Request")
	w.WriteHeader(status)
	_, err = w.Write(body)
	if err != nil {
		return &gone{err}
	}
	return nil
}

// gone marks a client that went away in the middle; there is nobody to show an error to.
type gone struct{ cause error }

func (g *gone) Error() string { return "client went away: " + g.cause.Error() }
func (g *gone) Unwrap() error { return g.cause }

func (s *Site) render(r *Request, page string, status int, data any) ([]byte, error) {
	spec, ok := s.pages[page]
	if !ok {
		return nil, fmt.Errorf("page %s is not registered", page)
	}
	if reflect.TypeOf(data) != spec.data {
		return nil, fmt.Errorf("page %s wants %s, got %T", page, spec.data, data)
	}
	set := s.sets[r.Lang]
	part := func(name string) (template.HTML, error) {
		if !s.parts[page+"#"+name] {
			return "", nil
		}
		var b bytes.Buffer
		if err := set.ExecuteTemplate(&b, page+"#"+name, data); err != nil {
			return "", fmt.Errorf("page %s: %w", page, err)
		}
		return template.HTML(strings.TrimSpace(b.String())), nil // made by html/template itself
	}
	f := frame{R: r, Page: page, Status: status, Site: s}
	for name, into := range map[string]*template.HTML{
		"title": &f.Title, "heading": &f.Heading, "caption": &f.Caption, "aside": &f.Aside, "main": &f.Main,
	} {
		var err error
		if *into, err = part(name); err != nil {
			return nil, err
		}
	}
	if f.Heading == "" {
		f.Heading = f.Title
	}
	layout := "layout"
	if r.Fragment() {
		layout = "layout-fragment"
	}
	var out bytes.Buffer
	if err := set.ExecuteTemplate(&out, layout, f); err != nil {
		return nil, fmt.Errorf("page %s: %w", page, err)
	}
	return typeset(out.Bytes()), nil
}

// SeeOther redirects after a write; path is without the language ("/vouchers/1204"). A flash key shows its text
// once on the next page; "" shows none. Args are name, value …, never personal data: they travel in a cookie.
func (s *Site) SeeOther(w http.ResponseWriter, r *Request, path, flashKey string, args ...any) error {
	if flashKey != "" {
		if err := setFlash(w, r, s.text(r.Lang, flashKey, args...)); err != nil {
			return err
		}
	}
	http.Redirect(w, r.Request, "/"+string(r.Lang)+path, http.StatusSeeOther)
	return nil
}

// Check renders every registered sample in every language and tells each failure. It runs at start and in tests.
func (s *Site) Check() error {
	var errs []error
	for _, page := range slices.Sorted(mapKeys(s.pages)) {
		for _, lang := range languages {
			for _, sample := range s.pages[page].Samples {
				r := s.sampleRequest(lang)
				if _, err := s.render(r, page, http.StatusOK, sample); err != nil {
					errs = append(errs, fmt.Errorf("%s: %w", lang, err))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// DeadLinks gives the paths that rendered pages linked to although no audience has registered them.
func (s *Site) DeadLinks() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(mapKeys(s.dead))
}
