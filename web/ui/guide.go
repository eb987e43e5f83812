package ui

import (
	"net/http"

	"seteli/web/chart"
)

// guideView shows every component live, with invented content. The page also accepts its own form, so that
// refused fields can be seen.
type guideView struct {
	Form                          *Form
	Services, Outcomes, Languages []Option
	Parts                         []guidePart
	Charts                        []chart.Chart
}

// guidePart is one group of components under a heading.
type guidePart struct {
	Heading    string
	Components []Component
}

func (s *Site) styleGuide(w http.ResponseWriter, r *Request) error {
	f := r.Input()
	status := http.StatusOK
	if f.Submitted() {
		f.Quantity("hours")
		f.Date("from")
		f.LongText("why")
		f.Choice("outcome", "granted", "partly", "refused")
		if !f.Refused() {
			return s.SeeOther(w, r, "/style-guide", "ui.guide.send")
		}
		status = http.StatusUnprocessableEntity
	}
	f.Set("hours", "20")
	return s.Show(w, r, status, "ui/style-guide", guide(r, f))
}

func guide(r *Request, f *Form) guideView {
	option := func(value string) Option { return Option{Value: value, Text: r.T("ui.guide." + value)} }
	return guideView{
		Form:      f,
		Services:  []Option{option("care"), option("cleaning")},
		Outcomes:  []Option{option("granted"), option("partly"), option("refused")},
		Languages: []Option{option("finnish"), option("swedish")},
		Parts:     []guidePart{guideMessages(r), guideLists(r), guideFigures(r), guideLetter(r)},
		Charts:    guideCharts(r),
	}
}

// word gives the style guide's own text.
func (r *Request) word(key string, args ...any) string { return r.T("ui.guide."+key, args...) }

func guideMessages(r *Request) guidePart {
	return guidePart{r.word("messages"), []Component{
		Banner{Kind: "success", Title: r.word("sent")},
		Banner{Title: r.word("due")},
		Inset{Strong: r.word("value"), Text: r.word("value_text"), Link: &Link{r.word("why_sum"), "#why"}},
		Warning{Text: r.word("appeal")},
		Details{Summary: r.word("income"), Text: r.word("value_text")},
		Empty{Title: r.word("empty"), Text: r.word("empty_text"), Links: []Link{{r.word("send"), "#main"}}},
		Progress{Label: r.word("run"), Done: 64, Of: 100, Href: r.Path("/style-guide"), Finished: true},
	}}
}

func guideLists(r *Request) guidePart {
	row := func(when, who, hours, sum, state string) []Cell {
		return []Cell{{Text: when}, {Text: who}, {Text: r.word("care")}, {Text: hours, Numeric: true}, {Text: sum, Numeric: true}, r.TagCell(state)}
	}
	return guidePart{r.word("lists"), []Component{
		Steps{Names: []string{r.word("basics"), r.word("service"), r.word("file"), r.word("send")}, Now: 1},
		Table{Caption: r.word("events"), Cards: true,
			Columns: []Column{{Text: r.word("time"), Sort: "?sort=time", Sorted: "descending"}, {Text: r.word("client")}, {Text: r.word("service")},
				{Text: r.word("amount"), Numeric: true}, {Text: r.word("sum"), Numeric: true, Sort: "?sort=sum"}, {Text: r.word("state")}},
			Rows: [][]Cell{
				row("20.11.2026 8.05–8.52", "A. Virtanen", "0,78 h", r.Cents(2652), "event.approved"),
				row("20.11.2026 18.10–19.02", "A. Virtanen", "0,87 h", r.Cents(3550), "event.checking"),
				row("21.11.2026 9.00–9.45", "K. Lahti", "0,75 h", r.Cents(3060), "event.rejected"),
				row("21.11.2026 10.15–11.00", "S. Korhonen", "0,75 h", r.Cents(3060), "event.awaiting_credit"),
			},
			Foot: []Cell{{Text: r.word("total")}, {}, {}, {Text: "3,15 h", Numeric: true}, {Text: r.Cents(12322), Numeric: true}, {}}},
		Pages{Summary: "1–4 / 214", Next: "?after=4"},
		TaskList{Title: r.word("application"), Tasks: []Task{
			{Text: r.word("basics"), Href: "#main", Status: r.T("ui.state.task.done")},
			{Text: r.word("care"), Href: "#main", Status: r.T("ui.state.task.under_way"), Colour: "blue"},
			{Text: r.word("file"), Href: "#main", Status: r.T("ui.state.task.expired"), Colour: "red"},
		}},
		Summary{Title: r.word("basics"), Rows: []Row{
			{Key: r.word("company"), Value: "Kotihoiva Aava Oy", Actions: []Action{{r.T("ui.acting.change"), r.word("company"), "#main"}}},
			{Key: r.word("state"), Tag: r.Tag("event.approved")},
		}},
		Timeline{Title: r.word("history"), Moments: []Moment{
			{Title: r.word("appeal"), When: "2.7.2026", Open: true},
			{Title: r.word("chosen"), By: r.word("client"), When: "14.6.2026", Text: "Kotihoiva Aava Oy"},
			{Title: r.word("decided"), By: "Mallilan kaupunki", When: "2.6.2026"},
		}},
	}}
}

func guideFigures(r *Request) guidePart {
	return guidePart{r.word("figures"), []Component{
		Tiles{{Label: r.word("vouchers"), Figure: "1 512"}, {Label: r.word("visits"), Figure: "17 034"}, {Label: r.word("sum"), Figure: r.Cents(47_231_000), Colour: "green"},
			{Label: r.T("ui.state.event.checking"), Figure: "214", Note: r.word("oldest"), Colour: "orange"}},
		Cards{
			{Title: "Kotihoiva Aava Oy", Href: "#main", Meta: "Mallila, 1,2 km", Tags: []Tag{{r.word("free"), "green"}},
				Price: &Price{Label: r.word("own"), Figure: r.Cents(850) + "/h", Note: r.word("monthly", "sum", r.Cents(17000)),
					Others: []PricePart{{r.word("price"), r.Cents(4250) + "/h"}, {r.word("voucher"), r.Cents(-3400) + "/h"}}},
				Lines: []string{r.word("supervision")}},
		},
		guideSum(r),
	}}
}

func guideSum(r *Request) Calculation {
	return Calculation{Caption: r.word("why_sum"), Steps: []Step{
		{Text: r.word("greatest"), Amount: r.Cents(95000)},
		{Text: r.word("deduction"), Formula: "(5 180 € − 2 953 €) × 10,7 %", Amount: r.Cents(-23800)},
		{Text: r.word("voucher_value"), Amount: r.Cents(71200), Sum: true},
	}, Law: []string{"569/2009, 7 §"}}
}

func guideLetter(r *Request) guidePart {
	sum := guideSum(r)
	return guidePart{r.word("letter"), []Component{Letter{Sender: "Mallilan kaupunki", Unit: r.word("care"), Date: "2.6.2026",
		Receiver: []string{"Virtanen Maija", "Torikatu 12 A 3", "90100 Mallila"}, Title: r.word("decided"),
		Blocks: []LetterBlock{{Heading: r.word("brief"), Text: r.word("value_text")}, {Calculation: &sum}}, Record: "MAL/2026/1234"}}}
}

func guideCharts(r *Request) []chart.Chart {
	texts := func(c chart.Chart) chart.Chart {
		c.ShowTable, c.GetCSV, c.Heading, c.Sub = r.T("ui.chart.table"), r.T("ui.chart.csv"), r.word("time"), r.word("measure")
		return c
	}
	months := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}
	return []chart.Chart{
		texts(chart.Chart{ID: "g1", Kind: chart.Line, Title: r.word("forecast"), Labels: months, Series: []chart.Series{
			{Name: r.word("actual"), Values: []float64{45, 90, 136, 183, 230, 277, 322, 368, 415, 464, 508}},
			{Name: r.word("budget"), Values: []float64{44, 88, 132, 176, 220, 264, 308, 352, 396, 440, 484, 528}}}}),
		texts(chart.Chart{ID: "g2", Kind: chart.Bar, Title: r.word("spending"), Labels: months[5:11], Series: []chart.Series{
			{Name: r.word("actual"), Values: []float64{490, 450, 492, 510, 540, 472}}}}),
		texts(chart.Chart{ID: "g3", Kind: chart.HorizontalBar, Title: r.word("shares"), Labels: []string{"Pohjolan Hoivapalvelu", "Kotihoiva Aava", "Iltarusko Hoiva"},
			Series: []chart.Series{{Name: "%", Values: []float64{31, 24, 16}, Texts: []string{"31 %", "24 %", "16 %"}}}}),
		texts(chart.Chart{ID: "g4", Kind: chart.Heat, Title: r.word("mornings"), Labels: []string{"7", "8", "9", "10", "11", "12"}, Series: []chart.Series{
			{Name: "1", Values: []float64{2, 5, 5, 3, 2, 3}}, {Name: "2", Values: []float64{2, 5, 4, 3, 2, 3}}, {Name: "3", Values: []float64{1, 3, 3, 2, 1, 1}}}}),
	}
}
