package ui

import (
	"context"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"seteli/core/fault"
	"seteli/platform/i18n"
)

var languages = i18n.Langs

// frame is what the layout is made of.
type frame struct {
	R                                    *Request
	Site                                 *Site
	Page                                 string
	Status                               int
	Title, Heading, Caption, Aside, Main template.HTML
}

// LangLink leads to the same page in another language.
type langLink struct {
	Lang, Name, Href string
	Here             bool
}

// Languages of the header. After a refused form the link leads to the form's own page.
func (f frame) Languages() []langLink {
	names := map[i18n.Lang]string{"fi": "Suomi", "sv": "Svenska", "en": "English"}
	links := make([]langLink, 0, len(languages))
	for _, l := range languages {
		links = append(links, langLink{Lang: string(l), Name: names[l], Href: f.R.inLanguage(l), Here: l == f.R.Lang})
	}
	return links
}

// inLanguage is the address of the same page in a language.
func (r *Request) inLanguage(l i18n.Lang) string {
	p := r.URL.EscapedPath()
	if len(p) >= 3 && slices.Contains(languages, i18n.Lang(p[1:3])) && (len(p) == 3 || p[3] == '/') {
		p = p[3:]
	}
	p = "/" + string(l) + p
	if r.URL.RawQuery != "" {
		p += "?" + r.URL.RawQuery
	}
	return p
}

// navEntry is one entry of the service navigation as shown.
type navEntry struct {
	Text, Href string
	Here       bool
}

// Nav is the service navigation of the person's role; of the visitor when nobody is signed in.
func (f frame) Nav() []navEntry {
	var entries []navEntry
	best, length := -1, 0
	for _, a := range f.Site.audiences {
		if !a.serves(f.R.Session) {
			continue
		}
		for _, n := range a.Nav {
			if n.Right != "" && !f.R.Actor.Can(n.Right) || n.Daycare && !f.R.Tenant.Daycare {
				continue
			}
			for _, path := range n.Also {
				if f.R.Route.under(path) && len(path) > length {
					best, length = len(entries), len(path)
				}
			}
			if f.R.Route.under(n.Path) && len(n.Path) >= length { // a page's own entry goes before one that it merely belongs to
				best, length = len(entries), len(n.Path)
			}
			entries = append(entries, navEntry{Text: f.R.T(n.Key), Href: "/" + string(f.R.Lang) + n.Path})
		}
	}
	if best >= 0 {
		entries[best].Here = true
	}
	return entries
}

func (a *Audience) serves(s Session) bool {
	if !s.SignedIn {
		return len(a.Roles) == 0
	}
	return slices.Contains(a.Roles, s.Actor.Role)
}

// under tells that the route's page belongs below a navigation entry.
func (r Route) under(path string) bool {
	return r.Path == path || (path != "/" && len(r.Path) > len(path) && r.Path[:len(path)] == path && r.Path[len(path)] == '/')
}

// Faults of the page's form, for the error summary.
func (f frame) Faults() []summaryFault {
	if f.R.form == nil {
		return nil
	}
	var list []summaryFault
	for _, one := range f.R.form.faults {
		s := summaryFault{Text: f.Site.faultText(f.R.Lang, one), Code: one.Code}
		if one.Field != "" {
			s.Href = "#f-" + one.Field
			// What reading a field finds ("fill this in") says nothing away from the field.
			if label := f.R.form.labels[one.Field]; label != "" && strings.HasPrefix(one.Code, "WEB-") && !strings.Contains(strings.ToLower(s.Text), strings.ToLower(label)) {
				s.Text = label + ": " + s.Text
			}
		}
		list = append(list, s)
	}
	return list
}

type summaryFault struct{ Text, Href, Code string }

// Refused tells whether the page shows a refused form; its title then begins with the word for error.
func (f frame) Refused() bool { return f.R.form.Refused() }

// Flash is the text of what was just done, shown once.
func (f frame) Flash() string {
	if f.R.seen == nil {
		return ""
	}
	return f.R.seen.flash
}

// Appearance is auto, light or dark.
func (f frame) Appearance() string {
	c, err := f.R.Cookie(appearanceCookie)
	if err != nil || (c.Value != "light" && c.Value != "dark") {
		return "auto"
	}
	return c.Value
}

// EndsIn is the seconds until the sign-in ends, 0 when there is none.
func (f frame) EndsIn() int {
	if f.R.Ends.IsZero() {
		return 0
	}
	return max(1, int(f.R.Ends.Sub(f.Site.opt.Clock.Now())/time.Second))
}

// Typed tells that the fields of the page's form hold what the person typed and nobody has stored.
func (f frame) Typed() bool { return f.R.form.Submitted() || f.R.form.Restored() }

// Writes tells that something can be written on the page. Without scripts such a page stays as it is when the sign-in ends: what is typed
// would go with it, and is kept when it is sent.
func (f frame) Writes() bool { return strings.Contains(string(f.Main), `<form method="post"`) }

// Here is the address of this page, for the forms that come back to it.
func (f frame) Here() string { return f.R.URL.RequestURI() }

// sampleRequest is what Check and the style guide's tests render with.
func (s *Site) sampleRequest(lang i18n.Lang) *Request {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "/"+string(lang)+"/", nil)
	if err != nil {
		panic(err) // a constant address
	}
	return &Request{Request: req, Lang: lang, ID: "0000", site: s}
}

// faultText is the message of a fault with its values.
func (s *Site) faultText(lang i18n.Lang, f *fault.Fault) string {
	return s.opt.Texts.Text(lang, f.Key, f.Values)
}

// text gives a text; args are name, value …
func (s *Site) text(lang i18n.Lang, key string, args ...any) string {
	if len(args) == 0 {
		return s.opt.Texts.Text(lang, key, nil)
	}
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			named[name] = args[i+1]
		}
	}
	return s.opt.Texts.Text(lang, key, named)
}

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}
