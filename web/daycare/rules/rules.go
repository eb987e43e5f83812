// Package rules is the main user's pages of the early education voucher's rules: a municipality adopts a published profile, edits it by
// sections, tries it with its own cases, compares it with what is in force, and a second person publishes it. The country's fee thresholds
// of a new year are entered and published here, too.
//
// A page reads a form, calls one use case and shows a page or redirects. The package holds no rule: what can be and what looks wrong is told
// by the domain.
package rules

import (
	"context"
	"embed"
	"slices"

	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/golden"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/caseview"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Refusals of these pages.
var (
	errNoDraft = fault.New(fault.NotFound, "DCR-001", "daycarerules.error.no_draft")
	errInUse   = fault.New(fault.Invalid, "DCR-002", "daycarerules.error.option_in_use")
	errChoice  = fault.New(fault.Invalid, "DCR-003", "daycarerules.error.choice")
	errKnown   = fault.New(fault.NotFound, "DCR-004", "daycarerules.error.unknown_version")
	errService = fault.New(fault.Conflict, "DCR-005", "daycarerules.error.no_service").At("service")
)

const root = "/daycare/rules"

// Pages holds what the pages need.
type Pages struct {
	DB     *postgres.DB
	Models rulebook.Models
	Words  *i18n.Catalogue
	Cases  golden.Kinds // kinds of golden cases that bring their own rules with them
}

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "daycarerules", Templates: templates, Roles: []access.Role{access.MainUser},
		Nav:    []ui.NavItem{{Key: "daycarerules.nav", Path: root, Right: access.RulebookPublish}, {Key: "daycarerules.nav.thresholds", Path: "/operator/thresholds", Right: access.CatalogueNational}},
		Routes: p.routes(),
		Pages: []ui.PageSpec{
			ui.Page("daycarerules/overview", overviewView{}, sampleOverview()), ui.Page("daycarerules/adopt", adoptView{}), ui.Page("daycarerules/draft", draftView{}, sampleDraft()),
			ui.Page("daycarerules/section", sectionView{}, sampleSection()), ui.Page("daycarerules/values", valuesView{}), ui.Page("daycarerules/publish", publishView{}, publishView{Own: true}),
			ui.Page("daycarerules/version", versionView{}), ui.Page("daycarerules/compare", compareView{}, sampleCompare()), ui.Page("daycarerules/trial", trialView{}, sampleTrial()),
			ui.Page("daycarerules/thresholds", thresholdsView{}, sampleThresholds()), ui.Page("daycarerules/threshold", thresholdView{}), ui.Page("daycarerules/threshold-publish", thresholdPublishView{}, thresholdPublishView{Own: true}),
			ui.Page("daycarerules/service", serviceView{}, serviceView{Lacks: &ui.Empty{Title: "x"}}, sampleService()),
		},
		States: map[string]ui.State{
			"daycarerules.active": {Key: "daycarerules.state.active", Colour: "green"}, "daycarerules.coming": {Key: "daycarerules.state.coming", Colour: "blue"},
			"daycarerules.past": {Key: "daycarerules.state.past", Colour: "grey"}, "daycarerules.draft": {Key: "daycarerules.state.draft", Colour: "orange"},
		},
	}
}

func (p *Pages) routes() []ui.Route {
	own := ui.NewRoutes(ui.Route{Side: access.OrganiserSide})
	own.Get(root, access.RulebookPublish, p.overview) // who publishes reads it too
	own.Form(root+"/new", access.RulebookEdit, p.adopt)
	own.Get(root+"/version", access.RulebookPublish, p.version)
	own.Get(root+"/draft", access.RulebookEdit, p.draft)
	own.Get(root+"/draft/values", access.RulebookEdit, p.values)
	own.Form(root+"/draft/value", access.RulebookEdit, p.value)
	for _, s := range sections() {
		own.Form(root+"/draft/"+s.key, access.RulebookEdit, p.section(s))
	}
	own.Large(caseview.Largest+1<<20).Form(root+"/trial", access.RulebookEdit, p.trial)
	own.Get(root+"/trial/template", access.RulebookEdit, p.trialTemplate)
	own.Get(root+"/compare", access.RulebookPublish, p.compare)
	own.Post(root+"/compare", access.RulebookEdit, p.compare)
	own.Form(root+"/service", access.RulebookEdit, p.service)
	own.Form(root+"/publish", access.RulebookPublish, p.publish)
	own.Get(root+"/thresholds", access.RulebookPublish, p.thresholds)
	own.Form(root+"/thresholds/edit", access.RulebookEdit, p.threshold)
	own.Form(root+"/thresholds/publish", access.RulebookPublish, p.thresholdPublish)
	nation := own.On(access.NationSide)
	nation.Get("/operator/thresholds", access.CatalogueNational, p.thresholds)
	nation.Form("/operator/thresholds/edit", access.CatalogueNational, p.threshold)
	nation.Form("/operator/thresholds/publish", access.CatalogueNational, p.thresholdPublish)
	return own.All()
}

// work is what most pages read: the versions and what holds for the whole country.
type work struct {
	draft    store.Rules
	found    bool          // a draft is open
	versions []store.Rules // published, the newest first
	national []profile.Thresholds
	services []catalogue.Service // of the draft's first day, or of today
}

func (p *Pages) read(r *ui.Request) (w work, err error) {
	return w, r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if w.versions, err = store.RulesVersions(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		if len(w.versions) > 0 && w.versions[0].PublishedAt == nil {
			w.draft, w.versions, w.found = w.versions[0], w.versions[1:], true
		}
		if w.national, err = store.National(ctx, tx); err != nil {
			return err
		}
		w.services, err = catalogue.Services(ctx, tx, r.Actor.Organiser, max(r.Today(), w.draft.ValidFrom))
		return err
	})
}

// withDraft reads for a page of the draft; DCR-001 when there is none.
func (p *Pages) withDraft(r *ui.Request) (work, error) {
	w, err := p.read(r)
	if err == nil && !w.found {
		err = errNoDraft
	}
	return w, err
}

// inForce is the version of a day among the published ones.
func (w work) inForce(r *ui.Request) (store.Rules, bool) {
	if i := slices.IndexFunc(w.versions, func(v store.Rules) bool { return v.ValidFrom <= r.Today() }); i >= 0 {
		return w.versions[i], true
	}
	return store.Rules{}, false
}

func (w work) all() []store.Rules {
	if w.found {
		return append([]store.Rules{w.draft}, w.versions...)
	}
	return w.versions
}

// saveDraft keeps a changed draft under the row version that the form was made of.
func (p *Pages) saveDraft(r *ui.Request, f *ui.Form, d store.Rules) error {
	in := store.RulesInput{Organiser: r.Actor.Organiser, ID: d.ID, RowVersion: int32(f.Int("row_version", 1, 1_000_000)), Service: d.Service, Content: d.Content, ValidFrom: d.ValidFrom, Profile: d.Profile}
	if f.Refused() {
		return f.Err()
	}
	return r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := store.DraftRules(ctx, tx, r.Actor, in)
		return err
	})
}

// optionName is an option's name for people.
func optionName(r *ui.Request, pr profile.Profile, code string) string {
	if i := slices.IndexFunc(pr.Options, func(o profile.Option) bool { return o.Code == code }); i >= 0 {
		return pr.Options[i].Names.In(r.Lang)
	}
	return r.T("daycarerules.option.unknown")
}

// kinds are the placement types that the engine knows.
var kinds = []string{"DAYCARE", "DAYCARE_PART_TIME", "DAYCARE_FIVE_YEAR_OLDS", "DAYCARE_PART_TIME_FIVE_YEAR_OLDS", "PRESCHOOL", "PRESCHOOL_DAYCARE", "CLUB", "SCHOOL_SHIFT_CARE",
	"TEMPORARY_DAYCARE", "TEMPORARY_DAYCARE_PART_DAY"}

func kindName(r *ui.Request, kind string) string {
	if slices.Contains(kinds, kind) {
		return r.T("daycare.kind." + kind)
	}
	return kind // of a profile from elsewhere: its own word
}
