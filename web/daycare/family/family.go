// Package family is a family's own pages of early education: its children with their places and decisions, what a place would cost this
// family in each unit, the application step by step, the other guardian's consent, the offer and its answer, changes and notice.
//
// One thing per page, made for a phone. The package holds no rule: who is a guardian, what may be seen under a safety ban and what a
// place costs is told by the domain. Pages of one child run under its organiser's scope.
package family

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"strings"

	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Texts *i18n.Catalogue
	Keys  *secret.Keys
}

const (
	oneChild       = "/my/children/{organiser}/{child}"
	oneApplication = "/my/applications/{organiser}/{application}"
)

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "family", Templates: templates, Roles: []access.Role{access.Client, access.Representative},
		Nav:    []ui.NavItem{{Key: "family.nav", Path: "/my/children", Right: access.DaycareApply}},
		Routes: p.routes(), States: states(),
		Pages: []ui.PageSpec{
			ui.Page("family/children", childrenView{}), ui.Page("family/child", childView{}, sampleChild()), ui.Page("family/prices", pricesView{}),
			ui.Page("family/time", stepView{}, sampleStep()), ui.Page("family/need", stepView{}, sampleStep()), ui.Page("family/income", stepView{}, sampleStep()),
			ui.Page("family/places", stepView{}, sampleStep()), ui.Page("family/papers", papersView{}, papersView{Steps: ui.Steps{Names: []string{"x"}}}),
			ui.Page("family/check", checkView{}, checkView{Steps: ui.Steps{Names: []string{"x"}}}),
			ui.Page("family/application", applicationView{}, sampleApplication()), ui.Page("family/offer", offerView{}, offerView{Open: true}), ui.Page("family/withdraw", plainView{}),
			ui.Page("family/notice", plainView{}), ui.Page("family/change", changeView{}), ui.Page("family/why", whyView{}),
			ui.Page("family/decision", decisionView{}), ui.Page("family/remove", removeView{}),
		},
	}
}

// states are the tags of applications and proposals, for these pages, the guide's and the unit's.
func states() map[string]ui.State {
	out := map[string]ui.State{}
	for state, colour := range map[string]string{"draft": "grey", "sent": "blue", "handling": "blue", "offered": "purple", "placed": "green", "declined": "grey", "withdrawn": "grey"} {
		out["daycare.application."+state] = ui.State{Key: "family.state." + state, Colour: colour}
	}
	for state, colour := range map[string]string{"proposed": "blue", "confirmed": "teal", "offered": "purple", "accepted": "green", "refused": "red", "declined": "grey", "lapsed": "orange", "cancelled": "grey"} {
		out["daycare.proposal."+state] = ui.State{Key: "family.proposal." + state, Colour: colour}
	}
	return out
}

func (p *Pages) routes() []ui.Route {
	const may = access.DaycareApply
	my := ui.NewRoutes(ui.Route{Side: access.PersonSide, ClientData: true})
	my.Get("/my/children", may, p.children)
	child := my.About("ward")
	child.Get(oneChild, may, p.child)
	child.Post(oneChild+"/apply", may, p.begin)
	child.Get(oneChild+"/prices", may, p.prices)
	child.Form(oneChild+"/notice", may, p.notice)
	child.Form(oneChild+"/change", may, p.change)
	child.Get(oneChild+"/decisions/{decision}", may, p.why)
	child.Get(oneChild+"/decisions/{decision}/letter", may, p.letter)
	child.Get(oneChild+"/decisions/{decision}/pdf", may, p.letterPDF)
	application := my.About("place_application")
	application.Form(oneApplication, may, p.application)
	application.Form(oneApplication+"/time", may, p.time)
	application.Form(oneApplication+"/need", may, p.need)
	application.Form(oneApplication+"/income", may, p.income)
	application.Form(oneApplication+"/places", may, p.places)
	application.Attachment().Form(oneApplication+"/papers", may, p.papers)
	application.Get(oneApplication+"/papers/{paper}", may, p.paper)
	application.Form(oneApplication+"/papers/{paper}/remove", may, p.removePaper)
	application.Form(oneApplication+"/check", may, p.check)
	application.Form(oneApplication+"/offer", may, p.offer)
	application.Get(oneApplication+"/decisions/{proposal}", may, p.placeDecision)
	application.Get(oneApplication+"/decisions/{proposal}/pdf", may, p.placePDF)
	application.Form(oneApplication+"/withdraw", may, p.withdraw)
	return my.All()
}

// ward reads whose child the address names, and runs fn in its organiser's scope.
func (p *Pages) ward(r *ui.Request, fn func(ctx context.Context, tx *postgres.Tx, of store.Of) error) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	child, err := r.PathID("child")
	if err != nil {
		return err
	}
	return r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
		return fn(ctx, tx, store.Of{Organiser: org, Child: child})
	})
}

// applied reads the application of the address, and runs fn in its organiser's scope.
func (p *Pages) applied(r *ui.Request, fn func(ctx context.Context, tx *postgres.Tx, a guidance.Application) error) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	id, err := r.PathID("application")
	if err != nil {
		return err
	}
	return r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
		a, err := guidance.Get(ctx, tx, r.Actor, org, id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, a)
	})
}

func childPath(r *ui.Request, of store.Of, tail string) string {
	return r.Path(oneChild+tail, of.Organiser, of.Child)
}

func applicationPath(r *ui.Request, a guidance.Application, tail string) string {
	return r.Path(oneApplication+tail, a.Organiser, a.ID)
}

// local is an address without its language, as SeeOther takes it.
func local(r *ui.Request, path string) string { return strings.TrimPrefix(path, "/"+string(r.Lang)) }

func version(f *ui.Form) int32 {
	n, err := strconv.ParseInt(f.Value("version"), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

func optionName(r *ui.Request, rules store.Rules, code string) string {
	for _, o := range rules.Profile.Options {
		if o.Code == code {
			return o.Names.In(r.Lang)
		}
	}
	return code
}

func options(r *ui.Request, list []profile.Option) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, o := range list {
		out[i] = ui.Option{Value: o.Code, Text: o.Names.In(r.Lang)}
	}
	return out
}

type childrenView struct {
	Cards ui.Cards
	Empty ui.Empty
}

// children lists the person's wards in all municipalities, each with what waits.
func (p *Pages) children(w http.ResponseWriter, r *ui.Request) error {
	view := childrenView{Empty: ui.Empty{Title: r.T("family.none"), Text: r.T("family.none.text")}}
	var wards []guidance.Ward
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		wards, err = guidance.Wards(ctx, tx, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	for _, ward := range wards {
		err := r.DoIn(p.DB, ward.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
			f, err := guidance.FamilyOf(ctx, tx, r.Actor, store.Of{Organiser: ward.Organiser, Child: ward.Child})
			if err != nil {
				return err
			}
			o, err := organiser.Get(ctx, tx, ward.Organiser)
			view.Cards = append(view.Cards, p.card(r, f, o.Names.In(r.Lang)))
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.Show(w, http.StatusOK, "family/children", view)
}

func (p *Pages) card(r *ui.Request, f guidance.Family, sender string) ui.Card {
	c := ui.Card{Title: f.Name, Href: childPath(r, f.Of, ""), Meta: sender, Lines: []string{r.T("family.born", "day", f.BirthDate)}}
	for _, x := range f.Placements {
		if x.Period.To > r.Today() {
			c.Lines = append(c.Lines, placeText(r, x))
		}
	}
	if a, ok := latest(f); ok && a.State.Open() {
		c.Tags = []ui.Tag{*r.Tag("daycare.application." + string(a.State))}
		c.Lines = append(c.Lines, waitsText(r, a))
		if link := asked(r, a); link != nil {
			c.Actions = []ui.Link{*link}
		}
	}
	return c
}

func latest(f guidance.Family) (guidance.Application, bool) {
	if len(f.Applications) == 0 {
		return guidance.Application{}, false
	}
	return f.Applications[0], true
}

func offerOf(a guidance.Application) (guidance.Proposal, bool) {
	p, live := a.Live()
	return p, live && p.State == guidance.OfferedToFamily
}

func placeText(r *ui.Request, x store.Placement) string {
	key := "family.place.now"
	if x.Period.From > r.Today() {
		key = "family.place.coming"
	}
	return r.T(key, "unit", x.UnitName, "day", x.Period.From)
}

// asked leads to what the application asks of the viewer now; nil when it asks nothing.
func asked(r *ui.Request, a guidance.Application) *ui.Link {
	switch a.Asks(r.Actor.Person) {
	case guidance.AskAnswer:
		return &ui.Link{Text: r.T("family.offer.answer"), Href: applicationPath(r, a, "/offer")}
	case guidance.AskConsent:
		return &ui.Link{Text: r.T("family.consent.open"), Href: applicationPath(r, a, "")}
	case guidance.AskSend:
		return &ui.Link{Text: r.T("family.apply.go_on"), Href: applicationPath(r, a, "/time")}
	}
	return nil
}

// waitsText is the clock of an application: what it waits for, and until when.
func waitsText(r *ui.Request, a guidance.Application) string {
	p, live := a.Live()
	switch {
	case a.State == guidance.Draft:
		return r.T("family.waits.draft")
	case live && p.State == guidance.OfferedToFamily:
		return r.T("family.waits.family", "day", *p.AnswerBy)
	case a.Due == nil || !a.State.Open():
		return r.T("family.state." + string(a.State))
	}
	due := r.T("family.waits.guide", "day", *a.Due)
	if who, opposes := a.Opposes(); opposes {
		if who.Person == r.Actor.Person {
			return r.T("family.waits.refused.you")
		}
		return r.T("family.waits.refused", "name", who.Name)
	}
	switch missing := a.Missing(); {
	case a.Asks(r.Actor.Person) == guidance.AskConsent:
		return r.T("family.waits.consent.you") + " " + due
	case len(missing) > 0:
		return r.T("family.waits.consent", "name", missing[0].Name) + " " + due
	}
	return due
}
