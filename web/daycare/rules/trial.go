package rules

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"strconv"

	"seteli/domain/daycare/cases"
	"seteli/domain/daycare/store"
	"seteli/domain/rulebook/golden"
	"seteli/web/caseview"
	"seteli/web/ui"
)

// trialView is the upload of the municipality's own cases, and after it how the draft did.
type trialView struct {
	Form *ui.Form
	Done bool
	Told caseview.Told
	What string // which version is tried
}

func sampleTrial() trialView {
	return trialView{Done: true, What: "x", Told: caseview.Told{Tiles: ui.Tiles{{Label: "x", Figure: "1"}}, Table: ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}}, Why: []ui.Calculation{{Caption: "x"}}}}
}

// tried is the draft, else what is in force.
func (w work) tried(r *ui.Request) (x version, err error) {
	switch current, ok := w.inForce(r); {
	case w.found:
		x.Rules = w.draft
	case ok:
		x.Rules = current
	case len(w.versions) > 0:
		x.Rules = w.versions[0]
	default:
		return x, errNoDraft
	}
	x.kinds = cases.Trial(x.Profile, w.national, x.ValidFrom)
	return x, nil
}

// trial runs golden cases against the draft, or against the version in force when there is no draft. Nothing is stored.
func (p *Pages) trial(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.read(r)
	if err != nil {
		return err
	}
	x, err := k.tried(r)
	if err != nil {
		return err
	}
	f := r.Input()
	v := trialView{Form: f, What: versionName(r, x.Rules)}
	if f.Submitted() {
		file := f.File("file", caseview.Largest)
		if !f.Refused() {
			list, err := golden.ReadUpload(file.Name, bytes.NewReader(file.Data), int64(len(file.Data)))
			if err == nil {
				kinds := maps.Clone(p.Cases)
				if kinds == nil {
					kinds = golden.Kinds{}
				}
				maps.Copy(kinds, x.kinds)
				v.Told, v.Done = caseview.Run(r, p.Words, kinds, list), true
			} else if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "daycarerules/trial", v)
}

// trialTemplate gives a table to begin with: a case of each option and age as the draft decides it now. Whoever uses it writes over the
// expected sums what the municipality's own decision or calculator says.
func (p *Pages) trialTemplate(w http.ResponseWriter, r *ui.Request) error {
	k, err := p.read(r)
	if err != nil {
		return err
	}
	x, err := k.tried(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	c := csv.NewWriter(&out)
	c.Comma = ';'
	rows := [][]string{{"id", "kind", "inputs.date", "inputs.option", "inputs.under_3", "inputs.family_size", "inputs.income_cents", "inputs.sibling_ordinal", "inputs.price_cents", "expected.value_cents"}}
	values := valuesOn(x.Profile, x.ValidFrom)
	for i, o := range x.Profile.Options {
		for _, under := range []bool{false, true} {
			if v := values.of(o.Code, under); v != nil {
				rows = append(rows, []string{strconv.Itoa(len(rows)), cases.RulesValue, x.ValidFrom.String(), x.Profile.Options[i].Names.Fi, strconv.FormatBool(under), "4", "500000", "1", "", strconv.FormatInt(int64(*v), 10)})
			}
		}
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("writing a table of cases: %w", err)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="esimerkit.csv"`)
	_, err = w.Write(append([]byte("\uFEFF"), out.Bytes()...))
	return err
}

// version is what a trial asks.
type version struct {
	store.Rules
	kinds golden.Kinds
}
