package settings

import (
	"bytes"
	"maps"
	"net/http"

	"seteli/domain/rulebook/golden"
	"seteli/web/caseview"
	"seteli/web/ui"
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
		file := f.File("file", caseview.Largest)
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
	told := caseview.Run(r, p.Words, kinds, cases)
	v.Tiles, v.Table, v.Why = told.Tiles, &told.Table, told.Why
}
