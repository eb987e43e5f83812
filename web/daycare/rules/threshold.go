package rules

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"seteli/core/money"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// thresholdsView lists the country's fee thresholds with the draft of a new year.
type thresholdsView struct {
	Draft   *ui.Summary
	Edits   bool
	Base    string // where the pages are: the operator's are beside the operator's others
	Needed  string // from which day figures are missing, "" = none
	Table   ui.Table
	Entered ui.Table
}

func sampleThresholds() thresholdsView {
	return thresholdsView{Edits: true, Draft: &ui.Summary{Title: "x"}, Base: root + "/thresholds", Needed: "x"}
}

func thresholdBase(r *ui.Request) string {
	if strings.HasPrefix(r.Route.Path, "/operator/") {
		return "/operator/thresholds"
	}
	return root + "/thresholds"
}

type country struct {
	national []profile.Thresholds
	entered  []store.Threshold // the draft first
	draft    store.Threshold
	found    bool
}

func (p *Pages) country(r *ui.Request) (c country, err error) {
	return c, r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if c.national, err = store.National(ctx, tx); err != nil {
			return err
		}
		if c.entered, err = store.Thresholds(ctx, tx); err == nil && len(c.entered) > 0 && c.entered[0].PublishedAt == nil {
			c.draft, c.found = c.entered[0], true
		}
		return err
	})
}

func (p *Pages) thresholds(w http.ResponseWriter, r *ui.Request) error {
	c, err := p.country(r)
	if err != nil {
		return err
	}
	v := thresholdsView{Edits: r.Actor.Can(access.RulebookEdit) || r.Actor.Can(access.CatalogueNational), Base: thresholdBase(r), Table: thresholdTable(r, r.T("daycarerules.thresholds.now"), c.national)}
	if day := store.ThresholdsNeeded(c.national); day != 0 {
		v.Needed = r.T("daycarerules.thresholds.needed", "day", day)
	}
	if c.found {
		v.Draft = &ui.Summary{Title: r.T("daycarerules.thresholds.draft"), Rows: []ui.Row{{Key: r.T("daycarerules.thresholds.days"), Value: daysText(r, c.draft.Figures.Days)},
			{Key: r.T("daycarerules.basics.source"), Value: c.draft.Source}, {Key: r.T("daycarerules.prepared"), Value: c.draft.PreparedBy, Small: i18n.DateTime(r.Lang, c.draft.PreparedAt)}}}
	}
	v.Entered = ui.Table{Caption: r.T("daycarerules.thresholds.entered"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.thresholds.days")}, {Text: r.T("daycarerules.basics.source")}, {Text: r.T("daycarerules.prepared")}, {Text: r.T("daycarerules.published")}},
		Empty: ui.Empty{Title: r.T("daycarerules.thresholds.none"), Text: r.T("daycarerules.thresholds.none_text")}}
	for _, t := range c.entered {
		if t.PublishedAt != nil {
			v.Entered.Rows = append(v.Entered.Rows, []ui.Cell{{Text: daysText(r, t.Figures.Days)}, {Text: t.Source}, {Text: t.PreparedBy, Small: i18n.DateTime(r.Lang, t.PreparedAt)}, {Text: t.PublishedBy, Small: i18n.DateTime(r.Lang, *t.PublishedAt)}})
		}
	}
	return r.Show(w, http.StatusOK, "daycarerules/thresholds", v)
}

// newest is how many periods a table of thresholds shows.
const newest = 5

// thresholdTable has a column for each of the newest periods, the newest first.
func thresholdTable(r *ui.Request, caption string, list []profile.Thresholds) ui.Table {
	t := ui.Table{Caption: caption, Dense: true, Columns: []ui.Column{{Text: r.T("daycarerules.fees.figure")}}}
	list = slices.Clone(list[max(0, len(list)-newest):])
	slices.Reverse(list)
	for _, x := range list {
		t.Columns = append(t.Columns, ui.Column{Text: daysText(r, x.Days), Numeric: true})
	}
	add := func(name string, of func(profile.Thresholds) string) {
		row := []ui.Cell{{Text: name}}
		for _, x := range list {
			row = append(row, ui.Cell{Text: of(x), Numeric: true})
		}
		t.Rows = append(t.Rows, row)
	}
	share := func(rate *money.Rate) string {
		if rate == nil {
			return "–"
		}
		return percentOf(r, *rate) + " %"
	}
	for _, size := range limitSizes {
		add(r.T("daycarerules.fees.limit", "n", size), func(x profile.Thresholds) string {
			if c, ok := x.Limits[size]; ok {
				return r.Cents(c)
			}
			return "–"
		})
	}
	add(r.T("daycarerules.fees.increase"), func(x profile.Thresholds) string { return centsOr(r, x.Increase) })
	add(r.T("daycarerules.fees.multiplier"), func(x profile.Thresholds) string { return share(x.Multiplier) })
	add(r.T("daycarerules.fees.max"), func(x profile.Thresholds) string { return centsOr(r, x.MaxFee) })
	add(r.T("daycarerules.fees.min"), func(x profile.Thresholds) string { return centsOr(r, x.MinFee) })
	add(r.T("daycarerules.fees.second"), func(x profile.Thresholds) string { return share(x.Second) })
	add(r.T("daycarerules.fees.later"), func(x profile.Thresholds) string { return share(x.Later) })
	return t
}

// thresholdView enters the figures of a new year.
type thresholdView struct {
	Form   *ui.Form
	Base   string
	Fields []field
}

func (p *Pages) threshold(w http.ResponseWriter, r *ui.Request) error {
	c, err := p.country(r)
	if err != nil {
		return err
	}
	f := r.Input()
	base := thresholdBase(r)
	if f.Submitted() {
		in := store.ThresholdInput{Figures: readThreshold(f, ""), Source: f.OptionalLongText("source")}
		if f.Value("draft") != "" {
			in.ID, in.RowVersion = f.ID("draft"), int32(f.Int("row_version", 1, 1_000_000))
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := store.DraftThreshold(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, base, "daycarerules.thresholds.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	if c.found {
		f.Set("draft", c.draft.ID)
		f.Set("row_version", c.draft.RowVersion)
		f.Set("source", c.draft.Source)
	}
	setThreshold(r, f, "", c.begun())
	v := thresholdView{Form: f, Base: base, Fields: thresholdFields(r, "")}
	for i := range v.Fields {
		v.Fields[i].Form = f
	}
	return r.Show(w, f.Status(), "daycarerules/threshold", v)
}

// begun is the draft, else what is known of the first days without complete figures.
func (c country) begun() profile.Thresholds {
	if c.found {
		return c.draft.Figures
	}
	day := store.ThresholdsNeeded(c.national)
	for _, t := range c.national {
		if day != 0 && t.Period().Contains(day) {
			return t
		}
	}
	return profile.Thresholds{}
}

// thresholdPublishView shows the draft to the person who publishes it.
type thresholdPublishView struct {
	Form       *ui.Form
	Base       string
	Draft      int64
	RowVersion int32
	Own        bool
	Preparer   string
	Source     string
	Table      ui.Table
}

func (p *Pages) thresholdPublish(w http.ResponseWriter, r *ui.Request) error {
	c, err := p.country(r)
	if err != nil {
		return err
	}
	if !c.found {
		return errNoDraft
	}
	f, base := r.Input(), thresholdBase(r)
	if f.Submitted() {
		id, version := f.ID("draft"), f.Int("row_version", 1, 1_000_000)
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := store.PublishThreshold(ctx, tx, r.Actor, id, int32(version))
				return err
			})
			if err == nil {
				return r.SeeOther(w, base, "daycarerules.thresholds.published", "day", c.draft.Figures.From)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "daycarerules/threshold-publish", thresholdPublishView{Form: f, Base: base, Draft: c.draft.ID, RowVersion: c.draft.RowVersion, Own: c.draft.Preparer == r.Actor.Account,
		Preparer: c.draft.PreparedBy, Source: c.draft.Source, Table: thresholdTable(r, r.T("daycarerules.thresholds.draft"), []profile.Thresholds{c.draft.Figures})})
}
