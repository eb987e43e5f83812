package rules

import (
	"context"
	"net/http"
	"slices"

	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// compareView lays two versions side by side: values, rules, and what it means for the children of today.
type compareView struct {
	Form       *ui.Form
	Versions   []ui.Option
	Nothing    bool
	Edits      bool // the reader may ask for the effect
	Values     ui.Table
	Rules      ui.Table
	After      string // of the version whose effect can be computed
	Progress   *ui.Progress
	Stale      bool // the effect is of an earlier state of the draft
	EffectLead string
	Effect     ui.Tiles
	Notes      []string
	ByOption   *ui.Table
}

func sampleCompare() compareView {
	return compareView{Edits: true, Versions: []ui.Option{{Value: "1", Text: "x"}}, After: "1", Progress: &ui.Progress{Label: "x", Done: 1, Of: 2, Href: "x"}, Stale: true, EffectLead: "x", Effect: ui.Tiles{{Label: "x", Figure: "1"}},
		Notes: []string{"x"}, ByOption: &ui.Table{Caption: "x"}}
}

// compare shows the draft beside what is in force, or the two versions that the address names. A sent form asks for the effect.
func (p *Pages) compare(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.read(r)
	if err != nil {
		return err
	}
	all := k.all()
	v := compareView{Edits: r.Actor.Can(access.RulebookEdit), Form: r.Input(), Nothing: len(all) == 0}
	if v.Nothing {
		return r.Show(w, http.StatusOK, "daycarerules/compare", v)
	}
	for _, x := range all {
		v.Versions = append(v.Versions, ui.Option{Value: ui.Digits(x.ID), Text: versionName(r, x)})
	}
	before, after := k.chosen(r, all)
	if v.Form.Submitted() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			return store.AskEffect(ctx, tx, r.Actor, r.Actor.Organiser, after.ID)
		})
		if err != nil {
			return err
		}
		return r.SeeOther(w, root+"/compare?before="+ui.Digits(before.ID)+"&after="+ui.Digits(after.ID), "daycarerules.effect.asked")
	}
	v.Form.Set("before", before.ID)
	v.Form.Set("after", after.ID)
	v.After = ui.Digits(after.ID)
	v.Values, v.Rules = valuesBeside(r, before, after), rulesBeside(r, before, after)
	if err := p.effect(r, &v, after); err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "daycarerules/compare", v)
}

func versionName(r *ui.Request, x store.Rules) string {
	if x.PublishedAt == nil {
		return r.T("daycarerules.compare.draft", "name", x.Profile.Names.In(r.Lang), "day", x.ValidFrom)
	}
	return r.T("daycarerules.compare.version", "name", x.Profile.Names.In(r.Lang), "day", x.ValidFrom)
}

// chosen reads the two versions; without them the first of the list stands beside what is in force.
func (w work) chosen(r *ui.Request, all []store.Rules) (before, after store.Rules) {
	after = all[0]
	if len(all) > 1 {
		before = all[1]
	}
	if current, ok := w.inForce(r); ok && w.found {
		before = current
	}
	f := r.Input()
	for _, x := range all {
		if f.Value("before") == ui.Digits(x.ID) {
			before = x
		}
		if f.Value("after") == ui.Digits(x.ID) {
			after = x
		}
	}
	return before, after
}

// valuesBeside lists each option's value on the first day of the later version, before and after.
func valuesBeside(r *ui.Request, before, after store.Rules) ui.Table {
	t := ui.Table{Caption: r.T("daycarerules.compare.values", "day", after.ValidFrom), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.option")}, {Text: r.T("daycarerules.age")},
		{Text: r.T("daycarerules.compare.before"), Numeric: true}, {Text: r.T("daycarerules.compare.after"), Numeric: true}, {Text: r.T("daycarerules.compare.change"), Numeric: true}}}
	old, now := valuesOn(before.Profile, after.ValidFrom), valuesOn(after.Profile, after.ValidFrom)
	options := slices.Clone(after.Profile.Options)
	for _, o := range before.Profile.Options {
		if !slices.ContainsFunc(options, func(x profile.Option) bool { return x.Code == o.Code }) {
			options = append(options, o)
		}
	}
	for _, o := range options {
		for _, under := range []bool{false, true} {
			age := "daycarerules.value.over"
			if under {
				age = "daycarerules.value.under"
			}
			a, b := old.of(o.Code, under), now.of(o.Code, under)
			change := "–"
			if a != nil && b != nil {
				change = signed(r, *b-*a)
			}
			t.Rows = append(t.Rows, []ui.Cell{{Text: o.Names.In(r.Lang)}, {Text: r.T(age)}, {Text: centsOr(r, a), Numeric: true}, {Text: centsOr(r, b), Numeric: true}, {Text: change, Numeric: true}})
		}
	}
	return t
}

// rulesBeside tells each rule that differs, before and after, in words.
func rulesBeside(r *ui.Request, before, after store.Rules) ui.Table {
	t := ui.Table{Caption: r.T("daycarerules.compare.rules"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.told.rule")}, {Text: r.T("daycarerules.compare.before")}, {Text: r.T("daycarerules.compare.after")}},
		Empty: ui.Empty{Title: r.T("daycarerules.compare.same")}}
	if before.ID == 0 {
		t.Empty = ui.Empty{Title: r.T("daycarerules.compare.first")}
		return t
	}
	then, now := tell(r, before.Profile), tell(r, after.Profile)
	for _, key := range slices.Concat(now.order, then.order) {
		a, b := beside(then.lines[key], now.lines[key]), beside(now.lines[key], then.lines[key])
		if a != "–" || b != "–" {
			t.Rows = append(t.Rows, []ui.Cell{{Text: key}, {Text: a}, {Text: b}})
		}
		delete(then.lines, key)
		delete(now.lines, key)
	}
	return t
}

// effect tells what was computed last of the version, or how far the computing is.
func (p *Pages) effect(r *ui.Request, v *compareView, after store.Rules) error {
	var e store.Effect
	var found, begun bool
	var step job.Step
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if e, found, err = store.EffectOf(ctx, tx, r.Actor, r.Actor.Organiser, after.ID); err != nil {
			return err
		}
		step, begun, err = store.EffectProgress(ctx, tx, r.Actor, r.Actor.Organiser, after.ID)
		return err
	})
	if err != nil {
		return err
	}
	if begun && step.FinishedAt == nil {
		v.Progress = &ui.Progress{Label: r.T("daycarerules.effect.running"), Done: int(step.Done), Of: int(step.Total), Href: r.Path(root + "/compare")}
	}
	if !found {
		return nil
	}
	v.Stale = e.RowVersion != after.RowVersion && after.PublishedAt == nil
	v.EffectLead = r.T("daycarerules.effect.lead", "day", e.Day, "at", i18n.DateTime(r.Lang, e.ComputedAt))
	if e.NoRulesNow {
		v.EffectLead = r.T("daycarerules.effect.first")
		return nil
	}
	n := func(key string, n int) ui.Tile {
		return ui.Tile{Label: r.T("daycarerules.effect." + key), Figure: i18n.Int(r.Lang, int64(n))}
	}
	v.Effect = ui.Tiles{n("children", e.Children), n("value_raised", e.Value.Raised), n("value_lowered", e.Value.Lowered), n("own_raised", e.OwnShare.Raised), n("own_lowered", e.OwnShare.Lowered)}
	if len(e.ByOption) > 0 { // somebody has a decision under both
		v.Notes = append(v.Notes, r.T("daycarerules.effect.payable", "before", e.Payable.Before, "after", e.Payable.After, "change", signed(r, e.Payable.After-e.Payable.Before)))
	}
	if e.Value.Raised+e.Value.Lowered > 0 {
		v.Notes = append(v.Notes, r.T("daycarerules.effect.value_span", "least", signed(r, e.Value.Least), "most", signed(r, e.Value.Most)))
	}
	if e.OwnShare.Raised+e.OwnShare.Lowered > 0 {
		v.Notes = append(v.Notes, r.T("daycarerules.effect.own_span", "least", signed(r, e.OwnShare.Least), "most", signed(r, e.OwnShare.Most)))
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"lost", e.Lost}, {"gained", e.Gained}, {"gaps", e.GapsBehind}} {
		if x.n > 0 {
			v.Notes = append(v.Notes, r.T("daycarerules.effect."+x.key, "n", x.n))
		}
	}
	if len(e.ByOption) > 0 || e.Children == 0 {
		v.ByOption = effectTable(r, after.Profile, e)
	}
	return nil
}

func effectTable(r *ui.Request, pr profile.Profile, e store.Effect) *ui.Table {
	t := ui.Table{Caption: r.T("daycarerules.effect.by_option"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.option")}, {Text: r.T("daycarerules.effect.children"), Numeric: true},
		{Text: r.T("daycarerules.effect.more"), Numeric: true}, {Text: r.T("daycarerules.effect.less"), Numeric: true}, {Text: r.T("daycarerules.effect.change"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("daycarerules.effect.none")}}
	for _, o := range e.ByOption {
		t.Rows = append(t.Rows, []ui.Cell{{Text: optionName(r, pr, o.Option)}, {Text: ui.Digits(o.Children), Numeric: true}, {Text: ui.Digits(o.Payable.Raised), Numeric: true}, {Text: ui.Digits(o.Payable.Lowered), Numeric: true},
			{Text: signed(r, o.Payable.After-o.Payable.Before), Numeric: true}})
	}
	return &t
}
