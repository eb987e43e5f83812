package economy

import (
	"html/template"
	"net/http"

	"seteli/domain/daycare/economy"
	"seteli/web/chart"
	"seteli/web/ui"
)

// courseView is how the figures of the risks have gone, month by month.
type courseView struct {
	Charts []template.HTML
	Empty  ui.Empty
	File   string
}

// courseChart draws the figures of a risk; false when there are not yet two months to compare. Months without a figure are left out.
func courseChart(r *ui.Request, x economy.RiskRow, list []economy.RiskMonth) (template.HTML, bool) {
	s := chart.Series{Name: r.T("economy.register.column.figure")}
	c := chart.Chart{ID: "course-" + x.Risk, Kind: chart.Line, Title: riskName(r, x), ShowTable: r.T("ui.chart.table"), Heading: r.T("economy.month"), Axis: axis(r)}
	for _, m := range list {
		if m.Figure != nil {
			c.Labels = append(c.Labels, monthText(r, m.Month))
			s.Values, s.Texts = append(s.Values, float64(*m.Figure)), append(s.Texts, measured(r, x.Measure, *m.Figure))
		}
	}
	if len(s.Values) < 2 {
		return "", false
	}
	c.Sub = r.T("economy.register.course_sub", "unit", r.T("economy.register.unit."+string(x.Measure)), "limits", limitsOf(r, x))
	c.Series = []chart.Series{s}
	return c.HTML(), true
}

func (p *Pages) course(w http.ResponseWriter, r *ui.Request) error {
	rows, course, err := p.register(r)
	if err != nil {
		return err
	}
	v := courseView{File: r.Path("/daycare/economy/risks/months/file.csv"), Empty: ui.Empty{Title: r.T("economy.register.course_empty"), Text: r.T("economy.register.course_empty_text")}}
	for _, x := range rows {
		if c, drawn := courseChart(r, x, course[x.Risk]); drawn {
			v.Charts = append(v.Charts, c)
		}
	}
	return r.Show(w, http.StatusOK, "economy/course", v)
}

// courseFile has every figure that was read, also months in which the registers told none.
func (p *Pages) courseFile(w http.ResponseWriter, r *ui.Request) error {
	rows, course, err := p.register(r)
	if err != nil {
		return err
	}
	headings := []string{r.T("economy.register.column.risk"), r.T("economy.month"), r.T("economy.register.column.figure"), r.T("economy.register.column.level")}
	var out [][]any
	for _, x := range rows {
		for _, m := range course[x.Risk] {
			out = append(out, []any{riskName(r, x), monthText(r, m.Month), monthFigure(r, x.Measure, m), r.T("economy.level." + string(m.Level))})
		}
	}
	return ui.CSV(w, "varhaiskasvatus-riskit-kuukausittain.csv", headings, out)
}
