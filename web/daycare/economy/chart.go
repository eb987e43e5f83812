package economy

import (
	"html/template"
	"math"

	"seteli/core/money"
	"seteli/domain/daycare/simulation"
	"seteli/platform/i18n"
	"seteli/web/chart"
	"seteli/web/ui"
)

func axis(r *ui.Request) func(float64) string {
	return func(v float64) string { return i18n.Int(r.Lang, int64(math.Round(v))) }
}

func add(s *chart.Series, r *ui.Request, c money.Cents) {
	s.Values, s.Texts = append(s.Values, euro(c)), append(s.Texts, r.Cents(c))
}

// monthsChart draws what each month costs the municipality before and after.
func monthsChart(r *ui.Request, a simulation.Result) template.HTML {
	c := chart.Chart{ID: "months", Kind: chart.Line, Title: finding(r, a), Sub: r.T("economy.months.sub", "from", a.Months[0].Month, "to", a.Months[len(a.Months)-1].Month),
		ShowTable: r.T("ui.chart.table"), Heading: r.T("economy.month"), Axis: axis(r)}
	before, after := chart.Series{Name: r.T("economy.before")}, chart.Series{Name: r.T("economy.after")}
	for _, m := range a.Months {
		y, month := m.Month.Civil()
		c.Labels = append(c.Labels, i18n.Int(r.Lang, int64(month))+"/"+ui.Digits(y%100))
		add(&before, r, m.Before)
		add(&after, r, m.After)
	}
	c.Series = []chart.Series{before, after}
	return c.HTML()
}

// bandsChart draws what a family pays a month on average before and after, by income.
func bandsChart(r *ui.Request, a simulation.Result) template.HTML {
	c := chart.Chart{ID: "bands", Kind: chart.Bar, Title: r.T("economy.bands.title", "gain", told(r, a.Families.Gain), "lose", told(r, a.Families.Lose)), Sub: r.T("economy.bands.sub"),
		ShowTable: r.T("ui.chart.table"), Heading: r.T("economy.band"), Axis: axis(r)}
	before, after := chart.Series{Name: r.T("economy.before")}, chart.Series{Name: r.T("economy.after")}
	for _, b := range a.Bands {
		if b.All == 0 {
			continue
		}
		c.Labels = append(c.Labels, bandShort(r, b))
		add(&before, r, perMonth(b.Family.Before, b.All))
		add(&after, r, perMonth(b.Family.After, b.All))
	}
	c.Series = []chart.Series{before, after}
	return c.HTML()
}

// bandShort is a band under a bar: whole euros.
func bandShort(r *ui.Request, b simulation.Band) string {
	whole := func(c money.Cents) string { return i18n.Int(r.Lang, int64(c)/100) }
	switch {
	case b.From == 0 && b.To == 0:
		return r.T("economy.band.all")
	case b.To == 0:
		return whole(b.From) + "–"
	}
	return whole(b.From) + "–" + whole(b.To)
}
