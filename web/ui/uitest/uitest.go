// Package uitest sets pages up for tests: a site with given audiences and one session, and the check that every
// registered page renders in every language.
package uitest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/platform/i18n"
	"seteli/web/ui"
)

// As answers every request with one session.
type As ui.Session

// Open gives the session.
func (a As) Open(*http.Request) (ui.Session, error) { return ui.Session(a), nil }

// New builds a site for a session; the clock stands at 21.11.2026 12.00.
func New(t testing.TB, who ui.Session, audiences ...ui.Audience) *ui.Site {
	t.Helper()
	return Site(t, As(who), nil, audiences...)
}

// NewAt is New with a clock that the test moves.
func NewAt(t testing.TB, clock calendar.Clock, who ui.Session, audiences ...ui.Audience) *ui.Site {
	t.Helper()
	return site(t, clock, As(who), nil, audiences...)
}

// Site builds a site with the test's own sessions and drafts.
func Site(t testing.TB, sessions ui.Sessions, drafts ui.Drafts, audiences ...ui.Audience) *ui.Site {
	t.Helper()
	return site(t, calendar.Noon(calendar.Day(2026, time.November, 21)), sessions, drafts, audiences...)
}

func site(t testing.TB, clock calendar.Clock, sessions ui.Sessions, drafts ui.Drafts, audiences ...ui.Audience) *ui.Site {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	made, err := ui.New(ui.Options{Texts: texts, Clock: clock, Sessions: sessions, Drafts: drafts,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, audiences...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Serve starts a server for the site; it stops with the test.
func Serve(t testing.TB, site *ui.Site) *httptest.Server {
	t.Helper()
	h, err := site.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// Pages checks that every sample of every page renders in every language.
func Pages(t testing.TB, audiences ...ui.Audience) {
	t.Helper()
	if err := New(t, ui.Session{}, audiences...).Check(); err != nil {
		t.Error(err)
	}
}
