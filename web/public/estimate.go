package public

import (
	"fmt"
	"math"
	"net/url"
	"strconv"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/offer"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
	"seteli/web/chart"
	"seteli/web/ui"
)

// resultView is what a month would cost.
type resultView struct {
	Entitled bool
	Price    ui.Price
	Facts    ui.Summary
	Bands    ui.Table // values by time of day; empty = one value at all times
	Why      []ui.Calculation
	Chart    *chart.Chart
	Compare  string // the comparison with this value
}

// The chart goes from nothing to 5,000 euros a month.
const (
	curveStep money.Cents = 250_00
	curveMost money.Cents = 5_000_00
)

func (p *Pages) result(r *ui.Request, s offer.Service, c catalogue.Content, a offer.Ask, e offer.Estimate, w *week) (*resultView, error) {
	v := &resultView{Entitled: e.Entitled, Price: ui.Price{Label: r.T("public.own"), Figure: per(r, e.Payment.OwnPerUnit, c.Unit),
		Note: r.T("public.calculator.about_month", "amount", e.Payment.Own), Others: []ui.PricePart{
			{Label: r.T("public.price"), Figure: per(r, *a.Facts.Price, c.Unit)}, {Label: r.T("public.value"), Figure: per(r, -e.Payment.PerUnit, c.Unit)}}}}
	if e.Payment.Own == 0 {
		v.Price.Figure, v.Price.Note = r.T("public.own.nothing"), ""
	}
	add := func(key, value, small string) {
		v.Facts.Rows = append(v.Facts.Rows, ui.Row{Key: r.T(key), Value: value, Small: small})
	}
	if e.Entitled {
		add("public.calculator.value", per(r, e.Value, c.Unit), "")
	}
	if w != nil {
		add("public.calculator.hours_month", r.T("unit.hour.count", "n", number1(r, w.month.Tenths)), r.T("public.calculator.hours_week", "hours", w.amount, "factor", w.factor.String()))
	}
	add("public.calculator.paid_month", r.Cents(e.Payment.Paid), "")
	add("public.calculator.own_month", r.Cents(e.Payment.Own), "")
	if e.OwnFee.Known {
		add("public.calculator.fee_month", r.Cents(e.OwnFee.Fee), difference(r, e.Payment.Own-e.OwnFee.Fee))
	}
	names, err := method.BandNames(s.Book.Rules.Value)
	if err != nil {
		return nil, err
	}
	v.Bands = bandTable(r, c, *a.Facts.Price, e.Worth, names)
	why := func(key string, e rulebook.Explanation) {
		if len(e) > 0 {
			v.Why = append(v.Why, calculation(r, p.Texts, r.T(key), e))
		}
	}
	why("public.calculator.why_value", e.Why)
	if e.Entitled {
		why("public.calculator.why_month", e.PaymentWhy)
	}
	why("public.calculator.why_fee", e.OwnFee.Explanation)
	q := url.Values{"organiser": {strconv.Itoa(int(s.Organiser))}, "service": {strconv.FormatInt(s.ID, 10)}, "content": {strconv.FormatInt(c.ID, 10)}, "sort": {"own"}}
	if e.Entitled && e.Worth.Fee == nil { // a value that follows each price is no figure for others
		q.Set("value", plain(e.Value))
	}
	if month, exact := a.Units.Quantity(); exact {
		q.Set("month", month.String())
	}
	v.Compare = r.Path("/providers") + "?" + q.Encode()
	points, err := s.Curve(p.Models, a, curveStep, curveMost)
	if err != nil {
		return nil, err
	}
	v.Chart = curve(r, points, a, e)
	return v, nil
}

// number1 writes a figure with its decimals in the reader's way.
func number1(r *ui.Request, x money.Rate) string {
	if q, exact := x.Exact().Quantity(); exact {
		return r.Quantity(q)
	}
	return x.String()
}

// plain is an amount as an address carries it.
func plain(c money.Cents) string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

// difference says which of the two is dearer for the client.
func difference(r *ui.Request, more money.Cents) string {
	switch {
	case more > 0:
		return r.T("public.calculator.voucher_dearer", "amount", more)
	case more < 0:
		return r.T("public.calculator.voucher_cheaper", "amount", -more)
	}
	return r.T("public.calculator.same")
}

// bandTable tells value and own share by time of day: the provider's price rises and falls with the value (doc/decisions/0012).
func bandTable(r *ui.Request, c catalogue.Content, price money.Cents, w rulebook.Worth, names map[string]i18n.Names) ui.Table {
	t := ui.Table{Caption: r.T("public.calculator.bands"), Columns: []ui.Column{{Text: r.T("public.calculator.band")}, {Text: r.T("public.value"), Numeric: true}, {Text: r.T("public.own"), Numeric: true}}}
	for _, b := range w.Bands {
		t.Rows = append(t.Rows, []ui.Cell{{Text: names[b.Band].In(r.Lang)}, {Text: per(r, b.Value, c.Unit), Numeric: true}, {Text: per(r, max(0, method.Following(price, b.Value, w.Value)-b.Value), c.Unit), Numeric: true}})
	}
	return t
}

// curve draws the month by income, with the person's own point; nil when nothing depends on the income.
func curve(r *ui.Request, points []offer.Point, a offer.Ask, e offer.Estimate) *chart.Chart {
	depends := false
	for _, p := range points {
		depends = depends || p.Own != points[0].Own || p.OwnFee != nil && points[0].OwnFee != nil && *p.OwnFee != *points[0].OwnFee
	}
	if !depends {
		return nil
	}
	c := &chart.Chart{ID: "income", Kind: chart.Line, Title: r.T("public.calculator.chart"), Sub: r.T("public.calculator.chart_sub"), ShowTable: r.T("public.calculator.chart_table"),
		Heading: r.T("public.calculator.chart_income"), Axis: func(v float64) string { return i18n.Int(r.Lang, int64(math.Round(v))) }}
	paid, own, fee := chart.Series{Name: r.T("public.calculator.line_paid")}, chart.Series{Name: r.T("public.own")}, chart.Series{Name: r.T("public.calculator.line_fee")}
	known := false
	for _, p := range points {
		c.Labels = append(c.Labels, i18n.Int(r.Lang, int64(p.Income/100)))
		add(r, &paid, &p.Paid)
		add(r, &own, &p.Own)
		add(r, &fee, p.OwnFee)
		known = known || p.OwnFee != nil
	}
	if c.Series = []chart.Series{own, paid}; known {
		c.Series = append(c.Series, fee)
	}
	income, told := a.Facts.Income, "public.calculator.chart_own"
	if a.Facts.Client != nil && income == nil {
		income = &a.Facts.Client.Benefits
	}
	if income == nil || *income < 0 || *income > curveMost {
		return c
	}
	c.Title = r.T(told, "income", *income, "own", e.Payment.Own)
	c.Mark = &chart.Mark{At: float64(*income) / float64(curveStep), Text: r.T("public.calculator.chart_mark", "income", *income), Values: []float64{euros(e.Payment.Own), euros(e.Payment.Paid)}}
	if known && e.OwnFee.Known {
		c.Mark.Values = append(c.Mark.Values, euros(e.OwnFee.Fee))
	}
	return c
}

func add(r *ui.Request, s *chart.Series, c *money.Cents) {
	if c == nil {
		s.Values, s.Texts = append(s.Values, math.NaN()), append(s.Texts, "–")
		return
	}
	s.Values, s.Texts = append(s.Values, euros(*c)), append(s.Texts, r.Cents(*c))
}

// euros is only for drawing.
func euros(c money.Cents) float64 { return float64(c) / 100 }

func sampleCalculator() calculatorView {
	one := []ui.Option{{Value: "x", Text: "x"}}
	return calculatorView{Organiser: "x", Service: "x", Content: "x", OrganiserID: 1, ServiceID: 2, ContentID: 3, Contents: append(one, one...), Units: append(one, one...), Needs: one, Columns: one, Periods: one, Unit: "x",
		Household: true, Income: true, Savings: true, Net: true, Fee: true, Individual: true, Compare: "x", Rulebook: "x", Clear: "x",
		Result: &resultView{Entitled: true, Price: ui.Price{Label: "x", Figure: "x"}, Facts: ui.Summary{Rows: []ui.Row{{Key: "x", Value: "x"}}}, Compare: "x",
			Bands: ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}},
			Why:   []ui.Calculation{{Caption: "x"}}, Chart: &chart.Chart{ID: "x", Labels: []string{"1"}, Series: []chart.Series{{Name: "x", Values: []float64{1}}}}}}
}
