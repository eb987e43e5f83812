package rules

import (
	"context"
	"net/http"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// overviewView is where the main user begins: what holds, what is being prepared, and what is missing.
type overviewView struct {
	Edits      bool // the reader prepares rules; otherwise reads and publishes them
	Draft      *ui.Summary
	Progress   *ui.Progress
	Versions   ui.Table
	Thresholds string // what is missing of the country's thresholds, "" = nothing
	Service    bool   // a version can be taken into the rulebook of its service
	Compare    bool
}

func sampleOverview() overviewView {
	return overviewView{Edits: true, Draft: &ui.Summary{Title: "x"}, Progress: &ui.Progress{Label: "x", Done: 1, Of: 2, Href: "x"}, Thresholds: "x", Service: true, Compare: true}
}

func (p *Pages) overview(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.read(r)
	if err != nil {
		return err
	}
	v := overviewView{Edits: r.Actor.Can(access.RulebookEdit), Compare: len(k.all()) > 1}
	current, inForce := k.inForce(r)
	v.Service = len(k.versions) > 0
	if k.found {
		v.Draft = &ui.Summary{Title: r.T("daycarerules.draft"), Rows: []ui.Row{
			{Key: r.T("daycarerules.profile"), Value: k.draft.Profile.Names.In(r.Lang), Small: keyFigures(r, k.draft.Profile)},
			{Key: r.T("daycarerules.from_day"), Value: r.Date(k.draft.ValidFrom)},
			{Key: r.T("daycarerules.prepared"), Value: k.draft.PreparedBy, Small: i18n.DateTime(r.Lang, k.draft.PreparedAt)}}}
	}
	own := k.draft.Profile.Thresholds
	if inForce && !k.found {
		own = current.Profile.Thresholds
	}
	if len(own) == 0 {
		own = k.national
	}
	if day := store.ThresholdsNeeded(own); day != 0 {
		v.Thresholds = r.T("daycarerules.thresholds.needed", "day", day)
	}
	if len(k.versions) > 0 {
		if v.Progress, err = p.progress(r, k.versions); err != nil {
			return err
		}
	}
	v.Versions = versionsTable(r, k.versions, current)
	return r.Show(w, http.StatusOK, "daycarerules/overview", v)
}

// progress tells of the run behind the newest version, while it goes on.
func (p *Pages) progress(r *ui.Request, versions []store.Rules) (*ui.Progress, error) {
	newest := versions[0]
	for _, v := range versions {
		if v.PublishedAt != nil && v.PublishedAt.After(*newest.PublishedAt) {
			newest = v
		}
	}
	var step job.Step
	var begun bool
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		step, begun, err = store.RulesProgress(ctx, tx, r.Actor, r.Actor.Organiser, newest.ID)
		return err
	})
	if err != nil || !begun || step.FinishedAt != nil {
		return nil, err
	}
	return &ui.Progress{Label: r.T("daycarerules.run.drafts", "done", step.Done, "of", step.Total), Done: int(step.Done), Of: int(step.Total), Href: r.Path(root)}, nil
}

func versionsTable(r *ui.Request, versions []store.Rules, current store.Rules) ui.Table {
	t := ui.Table{Caption: r.T("daycarerules.versions"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.from_day")}, {Text: r.T("daycarerules.profile")}, {Text: r.T("daycarerules.prepared")},
		{Text: r.T("daycarerules.published")}, {Text: r.T("daycarerules.state")}},
		Empty: ui.Empty{Title: r.T("daycarerules.versions.none"), Text: r.T("daycarerules.versions.none_text"), Links: []ui.Link{{Text: r.T("daycarerules.adopt"), Href: r.Path(root + "/new")}}}}
	for _, x := range versions {
		state := "daycarerules.past"
		switch {
		case x.ValidFrom > r.Today():
			state = "daycarerules.coming"
		case x.ID == current.ID:
			state = "daycarerules.active"
		}
		published := ""
		if x.PublishedAt != nil {
			published = i18n.DateTime(r.Lang, *x.PublishedAt)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.Date(x.ValidFrom), Href: r.Path(root+"/version") + "?version=" + ui.Digits(x.ID), Hidden: x.Profile.Names.In(r.Lang)}, {Text: x.Profile.Names.In(r.Lang), Small: keyFigures(r, x.Profile)},
			{Text: x.PreparedBy, Small: i18n.DateTime(r.Lang, x.PreparedAt)}, {Text: x.PublishedBy, Small: published}, r.TagCell(state)})
	}
	return t
}

// adoptView chooses what the draft is made of.
type adoptView struct {
	Form     *ui.Form
	Over     bool // an open draft is begun anew
	Service  bool // there is a service to book under
	Profiles []ui.Option
	Contents []ui.Option
	Sources  ui.Table
}

// adopt begins a draft from a published profile or a version of one's own.
func (p *Pages) adopt(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.read(r)
	if err != nil {
		return err
	}
	f := r.Input()
	v := adoptView{Form: f, Over: k.found, Contents: contentOptions(r, k), Service: len(k.services) > 0}
	made := map[string]profile.Profile{}
	add := func(value, name string, pr profile.Profile, source string) {
		made[value] = pr
		v.Profiles = append(v.Profiles, ui.Option{Value: value, Text: name, Hint: keyFigures(r, pr)})
		v.Sources.Rows = append(v.Sources.Rows, []ui.Cell{{Text: name}, {Text: lastChange(r, pr)}, {Text: source}})
	}
	v.Sources = ui.Table{Caption: r.T("daycarerules.adopt.sources"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.profile")}, {Text: r.T("daycarerules.adopt.newest")}, {Text: r.T("daycarerules.basics.source")}}}
	for _, x := range k.versions {
		add("own-"+ui.Digits(x.ID), r.T("daycarerules.adopt.own", "name", x.Profile.Names.In(r.Lang), "day", x.ValidFrom), x.Profile, x.Profile.Source)
	}
	names, err := profile.Shipped()
	if err != nil {
		return err
	}
	for _, name := range names {
		pr, err := profile.Load(name)
		if err != nil {
			return err
		}
		add(name, pr.Names.In(r.Lang), pr, pr.Source)
	}
	if f.Submitted() {
		if done, err := p.begin(w, r, f, k, made); done || err != nil {
			return err
		}
	}
	if k.found {
		f.Set("row_version", k.draft.RowVersion)
	}
	f.Set("valid_from", firstOfNext(r.Today()))
	if current, ok := k.inForce(r); ok {
		f.Set("content", contentValue(current.Service, current.Content))
	}
	return r.Show(w, f.Status(), "daycarerules/adopt", v)
}

func (p *Pages) begin(w http.ResponseWriter, r *ui.Request, f *ui.Form, k work, made map[string]profile.Profile) (bool, error) {
	pr, ok := made[f.Value("profile")]
	if !ok {
		f.Refuse(errChoice.At("profile"))
	}
	in := store.RulesInput{Organiser: r.Actor.Organiser, ValidFrom: f.Date("valid_from"), Profile: pr}
	if len(k.services) == 0 {
		f.Refuse(errService)
	} else {
		in.Service, in.Content = readContent(f)
	}
	if k.found { // begun anew over the open draft, which the page says
		in.ID, in.RowVersion = k.draft.ID, int32(f.Int("row_version", 1, 1_000_000))
	}
	if f.Refused() {
		return false, nil
	}
	if !strings.HasPrefix(f.Value("profile"), "own-") { // the copy is the municipality's own from now on and bears its name
		in.Profile.Source = r.T("daycarerules.adopt.from", "name", pr.Names.In(r.Lang), "source", pr.Source)
		in.Profile.Names = i18n.Names{Fi: r.Tenant.Name}
	}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := store.DraftRules(ctx, tx, r.Actor, in)
		return err
	})
	if err == nil {
		return true, r.SeeOther(w, root+"/draft", "daycarerules.adopted", "name", pr.Names.In(r.Lang))
	}
	if !f.Take(err) {
		return false, err
	}
	return false, nil
}

// lastChange is the first day of the newest values.
func lastChange(r *ui.Request, pr profile.Profile) string {
	newest := calendar.Date(0)
	for _, v := range append(append([]profile.Value{}, pr.BaseValues...), pr.Values...) {
		newest = max(newest, v.From)
	}
	return r.Date(newest)
}

func firstOfNext(day calendar.Date) calendar.Date { return (calendar.MonthOf(day) + 1).Period().From }
