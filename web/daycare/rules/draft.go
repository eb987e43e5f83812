package rules

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// draftView is the draft by its parts, with what looks wrong in it.
type draftView struct {
	Name     string
	From     string
	Service  string
	Parts    ui.TaskList
	Next     ui.TaskList
	Warnings []string
	Values   ui.Table
}

func sampleDraft() draftView {
	return draftView{Name: "x", From: "x", Service: "x", Warnings: []string{"x"}, Parts: ui.TaskList{Title: "x", Tasks: []ui.Task{{Text: "x", Hint: "x", Href: root + "/draft/options"}}}}
}

func (p *Pages) draft(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.withDraft(r)
	if err != nil {
		return err
	}
	d := k.draft
	v := draftView{Name: d.Profile.Names.In(r.Lang), From: r.Date(d.ValidFrom), Warnings: doubts(r, d.Profile, k.national), Values: valueTable(r, d.Profile, d.ValidFrom)}
	for _, o := range contentOptions(r, k) {
		if o.Value == contentValue(d.Service, d.Content) {
			v.Service = o.Text
		}
	}
	x := summaries(r, k)
	v.Parts.Title = r.T("daycarerules.parts")
	for _, key := range []string{"options", "base", "values", "fees", "support", "price", "rounding", "incomes", "absence", "months", "decisions", "basics"} {
		v.Parts.Tasks = append(v.Parts.Tasks, ui.Task{Text: r.T("daycarerules.section." + key), Hint: x[key], Href: r.Path(root + "/draft/" + key)})
	}
	v.Next = ui.TaskList{Title: r.T("daycarerules.next"), Tasks: []ui.Task{
		{Text: r.T("daycarerules.trial.title"), Hint: r.T("daycarerules.trial.about"), Href: r.Path(root + "/trial")},
		{Text: r.T("daycarerules.compare.title"), Hint: r.T("daycarerules.compare.about"), Href: r.Path(root + "/compare")},
		{Text: r.T("daycarerules.publish.title"), Hint: r.T("daycarerules.publish.about", "who", d.PreparedBy), Href: r.Path(root + "/publish")}}}
	return r.Show(w, http.StatusOK, "daycarerules/draft", v)
}

// summaries says each part in a few words.
func summaries(r *ui.Request, k work) map[string]string {
	pr, t := k.draft.Profile, func(key string, args ...any) string { return r.T("daycarerules."+key, args...) }
	out := map[string]string{"options": t("told.options", "n", len(pr.Options)), "values": t("told.values", "n", len(pr.Values)), "support": t("told.capacity", "yes", yes(r, pr.CapacityFactor)),
		"rounding": roundingName(r, pr.DecisionRounding), "incomes": t("told.incomes", "n", len(pr.IncomeCoefficients)),
		"months": t("told.day_of_month", "n", pr.CloseDay), "basics": pr.Names.In(r.Lang), "fees": t("fees.told_national"), "absence": t("told.never")}
	if pr.Lapse.AbsenceDays > 0 {
		out["absence"] = t("told.absence", "n", pr.Lapse.AbsenceDays)
	}
	if len(pr.Thresholds) > 0 {
		out["fees"] = t("fees.told_own", "n", len(pr.Thresholds))
	}
	day := k.draft.ValidFrom
	if m, ok := pr.PriceModelOn(day); ok {
		out["price"] = modelName(r, m.Model)
	}
	if i := slices.IndexFunc(pr.BaseValues, func(v profile.Value) bool { return v.Period().Contains(day) }); i >= 0 {
		out["base"] = t("told.value", "over", pr.BaseValues[i].OverThree, "under", pr.BaseValues[i].UnderThree)
	}
	out["decisions"] = pr.BasisOn(day)
	return out
}

// valuesView lists the options with their values; each has a page of rows.
type valuesView struct {
	Table ui.Table
	Base  string
}

func (p *Pages) values(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.withDraft(r)
	if err != nil {
		return err
	}
	v := valuesView{Table: valueTable(r, k.draft.Profile, k.draft.ValidFrom)}
	marked := map[string]int{}
	for _, x := range k.draft.Profile.Warnings(k.national) {
		marked[x.Option]++
	}
	v.Table.Columns = append(v.Table.Columns, ui.Column{Text: r.T("daycarerules.values.doubts")})
	for i, o := range k.draft.Profile.Options {
		cell := &v.Table.Rows[i][0]
		cell.Href = r.Path(root+"/draft/value") + "?option=" + strconv.Itoa(i+1)
		note := "–"
		if n := marked[o.Code]; n > 0 {
			note = r.T("daycarerules.values.doubts.n", "n", n)
		}
		v.Table.Rows[i] = append(v.Table.Rows[i], ui.Cell{Text: note})
	}
	return r.Show(w, http.StatusOK, "daycarerules/values", v)
}

// value edits the rows of one option.
func (p *Pages) value(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.withDraft(r)
	if err != nil {
		return err
	}
	f := r.Input()
	n, err := strconv.Atoi(f.Value("option"))
	if err != nil || n < 1 || n > len(k.draft.Profile.Options) {
		return errNoDraft
	}
	o := k.draft.Profile.Options[n-1]
	l := &layout{r: r, f: f, w: k, at: map[string]string{}, option: o.Code}
	var mine, others []profile.Value
	for _, v := range k.draft.Profile.Values {
		if v.Option == o.Code {
			mine = append(mine, v)
		} else {
			others = append(others, v)
		}
	}
	done, err := p.keep(w, l, func(l *layout, d *store.Rules) { // their own rows come first, so that refusals find them
		d.Profile.Values = append(readValues(l, "values", o.Code), others...)
	})
	if done || err != nil {
		return err
	}
	layValues(l, "values", mine)
	v := sectionView{Form: f, Title: o.Names.In(r.Lang), Lead: r.T("daycarerules.value.lead"), Blocks: l.blocks, More: l.more, Count: l.count, Option: strconv.Itoa(n), Back: root + "/draft/values",
		Notes: []string{r.T("daycarerules.value.derived", "coefficient", rateText(r, o.ValueCoefficient))}}
	return r.Show(w, f.Status(), "daycarerules/section", v)
}

// publishView shows the draft as it will be, to the person who publishes it.
type publishView struct {
	Form       *ui.Form
	RowVersion int32
	Draft      int64
	Name, From string
	Preparer   string
	Own        bool
	Warnings   []string
	Values     ui.Table
	Facts      ui.Table
}

func (p *Pages) publish(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.withDraft(r)
	if err != nil {
		return err
	}
	f, d := r.Input(), k.draft
	if f.Submitted() {
		id, version := f.ID("draft"), f.Int("row_version", 1, 1_000_000)
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := store.PublishRules(ctx, tx, r.Actor, r.Actor.Organiser, id, int32(version))
				return err
			})
			if err == nil {
				return r.SeeOther(w, root, "daycarerules.was_published", "day", d.ValidFrom)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	v := publishView{Form: f, RowVersion: d.RowVersion, Draft: d.ID, Name: d.Profile.Names.In(r.Lang), From: r.Date(d.ValidFrom), Preparer: d.PreparedBy, Own: d.Preparer == r.Actor.Account,
		Warnings: doubts(r, d.Profile, k.national), Values: valueTable(r, d.Profile, d.ValidFrom), Facts: facts(r, d.Profile)}
	return r.Show(w, f.Status(), "daycarerules/publish", v)
}

// versionView shows a published version for reading.
type versionView struct {
	Name, From    string
	Who           ui.Summary
	Values, Facts ui.Table
}

func (p *Pages) version(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.read(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(k.versions, func(x store.Rules) bool { return ui.Digits(x.ID) == r.Input().Value("version") })
	if i < 0 {
		return errKnown
	}
	x := k.versions[i]
	v := versionView{Name: x.Profile.Names.In(r.Lang), From: r.Date(x.ValidFrom), Values: valueTable(r, x.Profile, max(x.ValidFrom, lastDay(x.Profile, r.Today()))), Facts: facts(r, x.Profile)}
	v.Who.Rows = []ui.Row{{Key: r.T("daycarerules.prepared"), Value: x.PreparedBy, Small: i18n.DateTime(r.Lang, x.PreparedAt)}, {Key: r.T("daycarerules.published"), Value: x.PublishedBy, Small: i18n.DateTime(r.Lang, *x.PublishedAt)}}
	return r.Show(w, http.StatusOK, "daycarerules/version", v)
}

// beside gives the lines of a that b has not.
func beside(a, b []string) string {
	var out []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, "; ")
}
