package account

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"seteli/domain/client"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// Frame tells the page frame who asks and for whom they act: ui.Sessions over access.Sessions. The names are kept for half a minute, so
// that a page costs no more queries for them. Safe for concurrent use.
type Frame struct {
	pages *Pages
	texts *i18n.Catalogue

	mu    sync.Mutex
	known map[string]framed
}

type framed struct {
	whom    whom
	choices bool
	at      time.Time
}

// How long names are kept; a person's longer, since finding their organiser is a reading that is logged.
const (
	namesFor  = 30 * time.Second
	personFor = 10 * time.Minute
)

// NewFrame makes the frame's sessions.
func NewFrame(pages *Pages, texts *i18n.Catalogue) *Frame {
	return &Frame{pages: pages, texts: texts, known: map[string]framed{}}
}

// idle times are those of access.Sessions (ASVS 7.3); the dialog before the end needs them.
const (
	idlePerson = 30 * time.Minute
	idleStaff  = 60 * time.Minute
	longest    = 12 * time.Hour
)

// Open gives the session of the request.
func (f *Frame) Open(r *http.Request) (ui.Session, error) {
	actor, ok, err := f.pages.Sessions.Load(r)
	if err != nil {
		return ui.Session{}, err
	}
	if !ok {
		tenant, err := f.visited(r)
		return ui.Session{Tenant: tenant}, err
	}
	now := f.pages.DB.Clock().Now()
	s := ui.Session{Actor: actor, SignedIn: true, Acting: ui.Acting{Kind: "self", Name: actor.Name}}
	idle := idleStaff
	if actor.Role == "" || actor.Role.Side() == access.PersonSide {
		idle = idlePerson
	}
	s.Ends = now.Add(idle)
	if end := actor.SignedIn.Add(longest); end.Before(s.Ends) {
		s.Ends = end
	}
	known, err := f.names(r.Context(), actor, langOf(r.URL.Path, actor.Language), now)
	if err != nil {
		return ui.Session{}, err
	}
	s.Tenant, s.Acting = known.whom.tenant, known.whom.acting
	s.Acting.Choices = known.choices
	return s, nil
}

func (f *Frame) names(ctx context.Context, actor access.Actor, language string, now time.Time) (framed, error) {
	lang, ok := i18n.ParseLang(language)
	if !ok {
		lang = i18n.FI
	}
	key := fmt.Sprint(actor.Account, actor.Mandate, lang)
	f.mu.Lock()
	known, there := f.known[key]
	f.mu.Unlock()
	keep := namesFor
	if actor.Role.Side() == access.PersonSide {
		keep = personFor
	}
	if there && now.Sub(known.at) < keep && !now.Before(known.at) {
		return known, nil
	}
	known = framed{at: now}
	var list []access.Mandate
	err := f.pages.DB.ReadNational(ctx, func(tx *postgres.Tx) (err error) {
		list, err = access.MandatesOf(ctx, tx, actor.Account)
		return err
	})
	if err != nil {
		return framed{}, err
	}
	known.choices = len(list) > 1
	known.whom.acting = ui.Acting{Kind: "self", Name: actor.Name}
	if i := slices.IndexFunc(list, func(m access.Mandate) bool { return m.ID == actor.Mandate }); i >= 0 {
		if known.whom, err = f.pages.whom(ctx, list[i], actor.Name, lang); err != nil {
			return framed{}, err
		}
		if known.whom.acting.Kind != "self" {
			known.whom.acting.Detail = f.texts.Text(lang, "access.role."+string(actor.Role), nil)
		}
		if known.whom.acting.Kind == "role" { // "Rooli: Palveluohjaaja (Mallilan kaupunki)"
			known.whom.acting.Name, known.whom.acting.Detail = known.whom.acting.Detail, known.whom.acting.Name
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.known) > 10_000 {
		clear(f.known)
	}
	f.known[key] = known
	return known, nil
}

// whom is for whom a mandate lets one act.
type whom struct {
	name   string
	acting ui.Acting
	tenant ui.Tenant
}

func (p *Pages) whom(ctx context.Context, m access.Mandate, own string, lang i18n.Lang) (out whom, err error) {
	by := access.Actor{Account: m.Account, Name: own, Mandate: m.ID, Role: m.Role, Organiser: m.Organiser, Provider: m.Provider, Person: m.Person}
	err = p.DB.Tenant(ctx, by, func(tx *postgres.Tx) error {
		out = whom{}
		switch m.Role.Side() {
		case access.OrganiserSide:
			o, err := organiser.Get(ctx, tx, m.Organiser)
			if err != nil {
				return err
			}
			out = whom{name: o.Names.In(lang), acting: ui.Acting{Kind: "role", Name: o.Names.In(lang)}, tenant: tenantOf(o, lang)}
			out.tenant.Daycare, err = store.HasRules(ctx, tx, o.ID)
			return err
		case access.ProviderSide:
			c, err := register.Get(ctx, tx, m.Provider)
			out = whom{name: c.Name, acting: ui.Acting{Kind: "company", Name: c.Name}}
			return err
		case access.PersonSide:
			return p.person(ctx, tx, by, lang, &out)
		}
		out = whom{name: own, acting: ui.Acting{Kind: "role", Name: own}}
		return nil
	})
	return out, err
}

// person names whose matters these are. A person who is a client of one organiser sees its help line on each page.
func (p *Pages) person(ctx context.Context, tx *postgres.Tx, by access.Actor, lang i18n.Lang, out *whom) error {
	list, err := client.ByPerson(ctx, tx, by)
	if err != nil {
		return err
	}
	*out = whom{name: by.Name, acting: ui.Acting{Kind: "self", Name: by.Name}}
	if len(list) == 1 {
		o, err := organiser.Get(ctx, tx, list[0].Organiser)
		if err != nil {
			return err
		}
		out.tenant = tenantOf(o, lang)
	}
	if by.Role == access.Representative && len(list) > 0 {
		out.name = list[0].FirstNames + " " + list[0].LastName
		out.acting = ui.Acting{Kind: "person", Name: out.name}
	}
	return nil
}

func tenantOf(o organiser.Organiser, lang i18n.Lang) ui.Tenant {
	return ui.Tenant{Organiser: o.ID, Name: o.Names.In(lang), Phone: o.Phone, Email: o.Email, County: o.Kind == "county"}
}

// visited finds the organiser whose pages a visitor is on: the one that the address names, or the only one there is.
func (f *Frame) visited(r *http.Request) (ui.Tenant, error) {
	lang, ok := i18n.ParseLang(langOf(r.URL.Path, ""))
	if !ok {
		return ui.Tenant{}, nil // a file or a call-back: no frame
	}
	named, _ := strconv.ParseInt(r.URL.Query().Get("organiser"), 10, 32)
	var all []organiser.Organiser
	err := f.pages.DB.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		all, err = organiser.All(r.Context(), tx)
		return err
	})
	if err != nil {
		return ui.Tenant{}, err
	}
	for _, o := range all {
		if len(all) == 1 || o.ID == int32(named) {
			return tenantOf(o, lang), nil
		}
	}
	return ui.Tenant{}, nil
}

// Drafts keeps forms over a lost sign-in: ui.Drafts over the sealed drafts of access.
type Drafts struct{ pages *Pages }

// NewDrafts makes the keeper.
func NewDrafts(pages *Pages) *Drafts { return &Drafts{pages} }

// Save keeps the values for path, sealed, for a day. The account whose sign-in has ended gets them back, and nobody else who signs in on the
// same browser; where the browser does not tell whose it was, whoever has the token. A form's secret fields are not among them: ui reads
// passwords out of the values.
func (d *Drafts) Save(r *http.Request, path string, values url.Values) (token string, err error) {
	account, err := d.pages.Sessions.Owner(r)
	if err != nil {
		return "", err
	}
	err = d.pages.DB.National(r.Context(), func(tx *postgres.Tx) (err error) {
		token, err = access.KeepDraft(r.Context(), tx, d.pages.Keys, account, path, []byte(values.Encode()))
		return err
	})
	return token, err
}

// Take gives the values back once; nil for a token that is unknown, used, expired, or of another page.
func (d *Drafts) Take(ctx context.Context, by access.Actor, path, token string) (values url.Values, err error) {
	err = d.pages.DB.National(ctx, func(tx *postgres.Tx) error {
		at, body, err := access.TakeDraft(ctx, tx, d.pages.Keys, by.Account, token)
		if err != nil {
			return err
		}
		if at != path {
			return access.ErrNoDraft // rolled back: it stays for its own page
		}
		values, err = url.ParseQuery(string(body))
		return err
	})
	if isGone(err) {
		return nil, nil
	}
	return values, err
}
