package ui

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"seteli/core/calendar"
	"seteli/platform/access"
	"seteli/platform/i18n"
)

// Sessions tells who asks. It is implemented by the sign-in and wired in cmd/seteli.
type Sessions interface {
	// Open gives the session of the request. Without a sign-in: the zero Session, with the Tenant when the
	// address or an earlier choice tells it.
	Open(r *http.Request) (Session, error)
}

// Drafts keeps a form that was sent after the sign-in had ended, encrypted, until its owner has signed in again.
type Drafts interface {
	// Save keeps the values for path and gives a token for one Take, by who was signed in on the request's browser where that is known.
	Save(r *http.Request, path string, values url.Values) (token string, err error)
	// Take gives the values back once; nil when the token is unknown, used, expired or another's.
	Take(ctx context.Context, by access.Actor, path, token string) (url.Values, error)
}

// Session is what a page may know of who asks.
type Session struct {
	Actor    access.Actor
	SignedIn bool
	Tenant   Tenant
	Acting   Acting
	Ends     time.Time // when an unused sign-in ends; zero: no dialog
	Unread   int       // unread messages
}

// Tenant is the organiser whose name, help line and theme the page carries.
type Tenant struct {
	Organiser int32
	Name      string // "Mallilan kaupunki"
	Phone     string // help line, the same place on each page
	Email     string
	County    bool   // arranges social and health services, never early education
	Daycare   bool   // has early education: its rules have been written
	Theme     string // address of the theme's style sheet, "" for our own
}

// Acting is the mandate bar: for whom the person acts now.
type Acting struct {
	Kind    string // self, child, person, company, role
	Name    string
	Detail  string // "huoltaja", the mandate's name, the unit
	Choices bool   // there is another mandate to change to
}

// Other tells that the person acts for somebody else; the bar then has another colour.
func (a Acting) Other() bool { return a.Kind == "child" || a.Kind == "person" || a.Kind == "company" }

// Request is one request of a person, with language and session found.
type Request struct {
	*http.Request
	Session
	ID    string // reference of the request, shown on error pages and in the log
	Lang  i18n.Lang
	Route Route

	site     *Site
	form     *Form
	audience *Audience
	seen     *answer
}

// T gives a text in the request's language; args are name, value, name, value …
func (r *Request) T(key string, args ...any) string { return r.site.text(r.Lang, key, args...) }

// Told says why one of many was refused, in the words that a single refusal has; without a kept message the code stands for it.
func (r *Request) Told(why i18n.Told, code string) string {
	if why.Key == "" {
		return r.T("ui.refused.code", "code", code)
	}
	return why.In(r.site.opt.Texts, r.Lang)
}

// Path gives the address of a registered path in the request's language: Path("/vouchers/{number}", 1204).
func (r *Request) Path(pattern string, args ...any) string {
	p, err := fillPath(pattern, args)
	if err != nil {
		panic(err) // a programming error; the recovery answers with a reference
	}
	return "/" + string(r.Lang) + p
}

// Today is the day in Finland.
func (r *Request) Today() calendar.Date { return calendar.Today(r.site.opt.Clock) }

// Fragment tells that only the page's own content is asked for (an htmx request).
func (r *Request) Fragment() bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Boosted") == ""
}

// Input reads the form of the request: the body of a POST, the query of a GET. The same Form comes every time,
// and the page shows its faults in the error summary.
func (r *Request) Input() *Form {
	if r.form == nil {
		r.form = readForm(r)
	}
	return r.form
}
