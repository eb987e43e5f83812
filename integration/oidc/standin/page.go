package standin

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

type field struct{ Name, Value string }

type group struct {
	Name   string
	People []Person
}

// view is everything the page shows.
type view struct {
	Lang, Title, Notice, SearchLabel, SearchButton, Search, Nobody, More, Cancel, Stylesheet, Icon string

	Hidden []field
	Groups []group
}

const pageLimit = 60

// asked are the parameters of the service's request that are carried through the page.
var asked = []string{"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "ui_locales"}

// acceptable refuses what must not be redirected anywhere.
func (p *Provider) acceptable(q url.Values) bool {
	return q.Get("client_id") == p.cfg.ClientID && slices.Contains(p.cfg.Redirects, q.Get("redirect_uri")) &&
		q.Get("response_type") == "code" && q.Get("code_challenge_method") == "S256" && q.Get("code_challenge") != "" && q.Get("state") != ""
}

// choose shows the people.
func (p *Provider) choose(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	lang := language(q.Get("ui_locales"))
	if !p.acceptable(q) {
		http.Error(w, p.cfg.Text(lang, "signin.standin.bad_request", nil), http.StatusBadRequest)
		return
	}
	people, err := p.cfg.People(r.Context(), q.Get("search"), pageLimit+1)
	if err != nil {
		http.Error(w, p.cfg.Text(lang, "signin.unavailable", nil), http.StatusServiceUnavailable)
		return
	}
	text := func(key string) string { return p.cfg.Text(lang, "signin.standin."+key, nil) }
	v := view{
		Lang: lang, Title: text("title"), Notice: text("notice"), SearchLabel: text("search"), SearchButton: text("search_button"),
		Search: q.Get("search"), Nobody: text("nobody"), Cancel: text("cancel"), Stylesheet: p.cfg.Stylesheet, Icon: p.cfg.Icon,
	}
	if len(people) > pageLimit {
		people, v.More = people[:pageLimit], text("more")
	}
	for _, name := range asked {
		v.Hidden = append(v.Hidden, field{name, q.Get(name)})
	}
	v.Groups = grouped(people)
	var b bytes.Buffer
	if err := page.Execute(&b, v); err != nil {
		http.Error(w, text("bad_request"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	// No form-action: the answer of the form redirects to the service, which browsers count as its target.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	if _, err := w.Write(b.Bytes()); err != nil {
		return // the reader has gone
	}
}

// chosen goes back to the service with a code for the pressed name.
func (p *Provider) chosen(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || !p.acceptable(r.PostForm) {
		http.Error(w, p.cfg.Text(language(r.PostFormValue("ui_locales")), "signin.standin.bad_request", nil), http.StatusBadRequest)
		return
	}
	q := r.PostForm
	answer := url.Values{"state": {q.Get("state")}, "iss": {p.cfg.Issuer}}
	switch person, found, err := p.person(r, q.Get("subject")); {
	case q.Get("cancel") != "":
		answer.Set("error", "access_denied")
	case err != nil:
		answer.Set("error", "temporarily_unavailable")
	case !found:
		answer.Set("error", "invalid_request")
	default:
		answer.Set("code", p.grant(grant{
			person: person, nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), redirectTo: q.Get("redirect_uri"), at: p.cfg.Clock.Now(),
		}))
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+answer.Encode(), http.StatusSeeOther)
}

func (p *Provider) person(r *http.Request, subject string) (Person, bool, error) {
	people, err := p.cfg.People(r.Context(), "", 0) // 0 = all
	if err != nil {
		return Person{}, false, err
	}
	i := slices.IndexFunc(people, func(who Person) bool { return who.Subject == subject })
	if i < 0 {
		return Person{}, false, nil
	}
	return people[i], true, nil
}

func (p *Provider) grant(g grant) string {
	code := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	for c, old := range p.code {
		if g.at.Sub(old.at) > codeFor {
			delete(p.code, c)
		}
	}
	p.code[code] = g
	return code
}

func grouped(people []Person) []group {
	var groups []group
	for _, who := range people {
		i := slices.IndexFunc(groups, func(g group) bool { return g.Name == who.Group })
		if i < 0 {
			groups = append(groups, group{Name: who.Group})
			i = len(groups) - 1
		}
		groups[i].People = append(groups[i].People, who)
	}
	return groups
}

func language(wish string) string {
	if len(wish) >= 2 && slices.Contains([]string{"fi", "sv", "en"}, wish[:2]) {
		return wish[:2]
	}
	return "fi"
}
