package settings

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"

	"seteli/domain/rulebook/golden"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// trialView is the upload of an organiser's own cases, and after it how the draft did.
type trialView struct {
	Form    *ui.Form
	Service int64
	Name    string
	Found   bool // a draft, or at least a version in force, can be tried
	Tiles   ui.Tiles
	Table   *ui.Table
	Why     []ui.Calculation // of the first differences
}

const (
	largestCases = 5 << 20
	mostWhy      = 5 // explanations shown; the table names every difference
)

func sampleTrial() trialView {
	return trialView{Service: 1, Name: "x", Found: true, Tiles: ui.Tiles{{Label: "x", Figure: "1"}}, Table: &ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}},
		Why: []ui.Calculation{{Caption: "x"}}}
}

// rulebookTrial runs golden cases against the draft, or against the version in force when there is no draft. Nothing is stored.
func (p *Pages) rulebookTrial(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	f := r.Input()
	v := trialView{Form: f, Service: work.service.ID, Name: work.service.Names.In(r.Lang), Found: work.found || len(work.versions) > 0}
	if f.Submitted() && v.Found {
		file := f.File("file", largestCases)
		if !f.Refused() {
			cases, err := golden.ReadUpload(file.Name, bytes.NewReader(file.Data), int64(len(file.Data)))
			if err == nil {
				p.try(r, &v, work, cases)
			} else if !f.Take(err) {
				return err
			}
		}
	}
	return p.Site.Show(w, r, f.Status(), "settings/rulebook-trial", v)
}

func (p *Pages) try(r *ui.Request, v *trialView, work rulebookWork, cases []golden.Case) {
	base := work.base(r.Today())
	kinds := golden.Trial(p.Models, base, work.service.ContentsOn(base.ValidFrom))
	maps.Copy(kinds, p.Cases)
	t := ui.Table{Caption: r.T("settings.trial.differences"), Cards: true, Columns: []ui.Column{{Text: r.T("settings.trial.case")}, {Text: r.T("settings.trial.field")}, {Text: r.T("settings.trial.expected")}, {Text: r.T("settings.trial.got")}},
		Empty: ui.Empty{Title: r.T("settings.trial.none")}}
	var tally golden.Tally
	for _, c := range cases {
		o := kinds.Run(c)
		tally.Add(o)
		if o.Status == golden.Unknown {
			t.Rows = append(t.Rows, []ui.Cell{{Text: o.ID}, {Text: o.Kind}, {Text: r.T("settings.trial.unknown")}, {Text: "–"}})
			continue
		}
		for i, d := range o.Differences {
			t.Rows = append(t.Rows, []ui.Cell{{Text: o.ID, Small: o.Kind}, {Text: d.Field}, {Text: written(d.Expected)}, {Text: written(d.Got)}})
			if steps := o.StepsOf(d); i == 0 && len(v.Why) < mostWhy && len(steps) > 0 {
				v.Why = append(v.Why, voucherview.Calculation(r, p.Words, o.ID, steps))
			}
		}
	}
	v.Table = &t
	for _, tile := range []struct {
		key string
		n   int
	}{{"cases", tally.Cases}, {"passed", tally.Passed}, {"failed", tally.Failed}, {"unknown_kind", tally.Unknown}} {
		v.Tiles = append(v.Tiles, ui.Tile{Label: r.T("settings.trial." + tile.key), Figure: ui.Digits(tile.n)})
	}
}

// written is a value of a case as its file would write it.
func written(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(raw)
}
