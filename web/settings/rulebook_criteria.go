package settings

import (
	"fmt"
	"net/http"
	"strings"

	"seteli/core/fault"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
	"seteli/web/ui"
)

var errCriterionName = fault.New(fault.Invalid, "SET-004", "settings.criteria.name_missing")

// criteriaView edits the conditions that a provider fulfils before it is approved.
type criteriaView struct {
	Form    *ui.Form
	Service int64
	Name    string
	Begun   bool // texts and rules exist, so that conditions can be kept with them
	Rows    []criterionRow
	Count   int
}

func sampleCriteria() criteriaView {
	return criteriaView{Service: 1, Name: "Kotihoito", Begun: true, Rows: []criterionRow{rowOfCriterion(0)}, Count: 1}
}

// criterionRow names the fields of one condition.
type criterionRow struct {
	Number                        int // from 1, for people
	Fi, Sv, En, Evidence, Recheck string
}

func rowOfCriterion(i int) criterionRow {
	return criterionRow{i + 1, criterionField("fi", i), criterionField("sv", i), criterionField("en", i), criterionField("evidence", i), criterionField("recheck", i)}
}

// criterionField names a cell of the editor: "fi.0".
func criterionField(what string, row int) string { return fmt.Sprintf("%s.%d", what, row) }

func (p *Pages) rulebookCriteria(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	f, base := r.Input(), work.base(r.Today())
	v := criteriaView{Form: f, Service: work.service.ID, Name: work.service.Names.In(r.Lang), Begun: base.Texts.Fi != ""}
	if f.Submitted() && v.Begun && f.Value("more") == "" {
		in := work.input(r, f)
		in.Rules.Criteria = readCriteria(f)
		if !f.Refused() {
			err := p.keepDraft(r, in)
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(work.service.ID)+"/rulebook/publish", "settings.rulebook.drafted")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	work.seen(f)
	for i, c := range base.Rules.Criteria {
		f.Set(criterionField("fi", i), c.Names.Fi)
		f.Set(criterionField("sv", i), c.Names.Sv)
		f.Set(criterionField("en", i), c.Names.En)
		f.Set(criterionField("evidence", i), c.Evidence)
		f.Set(criterionField("recheck", i), c.Recheck)
	}
	v.Count = rowsOf(f, "criteria", len(base.Rules.Criteria))
	for i := range v.Count {
		v.Rows = append(v.Rows, rowOfCriterion(i))
	}
	return p.Site.Show(w, r, f.Status(), "settings/rulebook-criteria", v)
}

// readCriteria reads the filled rows; a row that is left empty is none. A row without its Finnish name is refused where it stands.
func readCriteria(f *ui.Form) (list []rulebook.Criterion) {
	for i := range rowsOf(f, "criteria", 0) {
		c := rulebook.Criterion{Names: i18n.Names{Fi: f.OptionalText(criterionField("fi", i)), Sv: f.OptionalText(criterionField("sv", i)), En: f.OptionalText(criterionField("en", i))},
			Evidence: f.Bool(criterionField("evidence", i))}
		if months := f.Value(criterionField("recheck", i)); strings.TrimSpace(months) != "" {
			c.Recheck = f.Int(criterionField("recheck", i), 0, 120)
		}
		if c == (rulebook.Criterion{}) {
			continue
		}
		if c.Names.Fi == "" {
			f.Refuse(errCriterionName.At(criterionField("fi", i)))
		}
		list = append(list, c)
	}
	return list
}

// criteriaLines tells the conditions in words, as the publisher and the pages of a version show them.
func criteriaLines(r *ui.Request, criteria []rulebook.Criterion) []string {
	lines := make([]string, 0, len(criteria))
	for _, c := range criteria {
		lines = append(lines, c.Line(r.Lang, r.T))
	}
	return lines
}
