package economy

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/daycare/economy"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// risksView is the register of risks on one page that prints.
type risksView struct {
	Day     string
	MayEdit bool
	Tiles   ui.Tiles
	Table   ui.Table
	File    string
	Cannot  []string // what of the country's list of risks no register tells
}

// riskView writes of one risk.
type riskView struct {
	Form    *ui.Form
	Risk    string // "" : a new one of the municipality's own
	Name    string
	Own     bool
	Now     ui.Summary
	Levels  []ui.Option
	Weights []ui.Option
	History ui.Table
	Course  template.HTML
	Months  bool
}

// uncounted are the indicators that this program cannot compute, each with a sentence that says why.
var uncounted = []string{"income", "language", "distance", "payments", "attendance"}

func (p *Pages) register(r *ui.Request) (rows []economy.RiskRow, course map[string][]economy.RiskMonth, err error) {
	err = p.DB.Snapshot(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if rows, err = economy.Register(r.Context(), tx, r.Actor, r.Actor.Organiser); err == nil {
			course, err = economy.Course(r.Context(), tx, r.Actor, r.Actor.Organiser, "")
		}
		return err
	})
	return rows, course, err
}

func (p *Pages) risks(w http.ResponseWriter, r *ui.Request) error {
	rows, course, err := p.register(r)
	if err != nil {
		return err
	}
	v := risksView{Day: r.Date(r.Today()), MayEdit: r.Actor.Can(access.BudgetEdit), Table: registerTable(r, rows, course), File: r.Path("/daycare/economy/risks/file.csv")}
	count := map[economy.Level]int{}
	late := 0
	for _, x := range rows {
		count[x.Level]++
		if x.Overdue {
			late++
		}
	}
	for _, l := range []economy.Level{economy.Act, economy.Watch, economy.Low} {
		v.Tiles = append(v.Tiles, ui.Tile{Label: r.T("economy.level." + string(l)), Figure: ui.Digits(count[l])})
	}
	v.Tiles = append(v.Tiles, ui.Tile{Label: r.T("economy.register.late_tile"), Figure: ui.Digits(late)})
	for _, x := range uncounted {
		v.Cannot = append(v.Cannot, r.T("economy.register.cannot."+x))
	}
	return r.Show(w, http.StatusOK, "economy/risks", v)
}

func riskName(r *ui.Request, x economy.RiskRow) string {
	if x.Entry.Own() && x.Entry.Name != "" {
		return x.Entry.Name
	}
	return r.T("economy.register." + x.Risk)
}

// figureOf is the figure in short, and in a sentence.
func figureOf(r *ui.Request, x economy.RiskRow) (short, sentence string) {
	key := "economy.register." + x.Risk + ".figure"
	switch {
	case x.Measure == "":
		return "–", ""
	case !x.Known:
		return "–", r.T("economy.register." + x.Risk + ".unknown")
	case x.Values["open"] == true:
		return r.T("economy.register.open"), r.T("economy.register.open_text")
	}
	var args []any
	for k, v := range x.Values {
		if k == "n" && x.Few { // neither the children nor their share is told
			v = told(r, 1)
		}
		args = append(args, k, v)
	}
	sentence = r.T(key, args...)
	if x.Few {
		return told(r, 1), sentence
	}
	return measured(r, x.Measure, x.Figure), sentence
}

// measured writes a figure or a limit.
func measured(r *ui.Request, m economy.Measure, n int) string {
	switch m {
	case economy.Percent:
		return r.T("economy.percent", "n", n)
	case economy.Days:
		return r.T("economy.register.days", "n", n)
	}
	return i18n.Int(r.Lang, int64(n))
}

func limitsOf(r *ui.Request, x economy.RiskRow) string {
	if x.Measure == "" {
		return ""
	}
	key := "economy.register.limits_rise"
	if x.Falls {
		key = "economy.register.limits_fall"
	}
	return r.T(key, "watch", measured(r, x.Measure, x.Limits.Watch), "act", measured(r, x.Measure, x.Limits.Act))
}

// weightOf is how likely and how grave a risk is held; "" when nobody has said.
func weightOf(r *ui.Request, e economy.Entry) string {
	if e.Weight.Product() == 0 {
		return ""
	}
	return r.T("economy.register.weight", "likelihood", e.Weight.Likelihood, "effect", e.Weight.Effect, "product", e.Weight.Product())
}

// before is the figure of the newest month before this one.
func before(r *ui.Request, x economy.RiskRow, list []economy.RiskMonth) string {
	this := calendar.MonthOf(r.Today())
	for i := len(list) - 1; i >= 0; i-- {
		if m := list[i]; m.Month < this && (m.Figure != nil || m.Few) {
			return r.T("economy.register.before", "month", monthText(r, m.Month), "figure", monthFigure(r, x.Measure, m))
		}
	}
	return ""
}

func monthText(r *ui.Request, m calendar.Month) string {
	y, month := m.Civil()
	return r.T("economy.parts.month_name", "month", int(month), "year", ui.Digits(y))
}

func monthFigure(r *ui.Request, measure economy.Measure, m economy.RiskMonth) string {
	switch {
	case m.Few:
		return told(r, 1)
	case m.Figure == nil:
		return "–"
	}
	return measured(r, measure, *m.Figure)
}

// joined puts sentences after each other.
func joined(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), " ")
}

func registerTable(r *ui.Request, rows []economy.RiskRow, course map[string][]economy.RiskMonth) ui.Table {
	t := ui.Table{Caption: r.T("economy.register.title"), Quiet: true, Cards: true}
	for _, key := range []string{"risk", "now", "level", "note", "owner", "review"} {
		t.Columns = append(t.Columns, ui.Column{Text: r.T("economy.register.column." + key)})
	}
	for _, x := range rows {
		short, sentence := figureOf(r, x)
		name := ui.Cell{Text: riskName(r, x)}
		if !x.Entry.Own() || x.Measure != "" {
			name.Small = r.T("economy.register." + x.Risk + ".why")
		}
		if r.Actor.Can(access.BudgetEdit) {
			name.Href = r.Path("/daycare/economy/risks/{risk}", x.Risk)
		}
		level := r.TagCell("risk." + string(x.Level))
		level.Small = joined(limitsOf(r, x), weightOf(r, x.Entry))
		review := ui.Cell{Text: "–"}
		if x.Entry.Review != nil {
			review.Text = r.Date(*x.Entry.Review)
		}
		if x.Overdue {
			review.Small = r.T("economy.register.late")
		}
		t.Rows = append(t.Rows, []ui.Cell{name, {Text: short, Small: joined(sentence, before(r, x, course[x.Risk]))}, level, {Text: dash(x.Entry.Note)}, {Text: dash(x.Entry.Owner)}, review})
	}
	return t
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (p *Pages) risksFile(w http.ResponseWriter, r *ui.Request) error {
	rows, _, err := p.register(r)
	if err != nil {
		return err
	}
	var headings []string
	for _, key := range []string{"risk", "now", "sentence", "level", "limits", "weight", "note", "owner", "review"} {
		headings = append(headings, r.T("economy.register.column."+key))
	}
	var out [][]any
	for _, x := range rows {
		short, sentence := figureOf(r, x)
		var review any
		if x.Entry.Review != nil {
			review = *x.Entry.Review
		}
		out = append(out, []any{riskName(r, x), short, sentence, r.T("economy.level." + string(x.Level)), limitsOf(r, x), weightOf(r, x.Entry), x.Entry.Note, x.Entry.Owner, review})
	}
	return ui.CSV(w, "varhaiskasvatus-riskit.csv", headings, out)
}

// risk writes of one risk: limits, remark, who looks after it, and when it is looked at next.
func (p *Pages) risk(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	code := r.PathValue("risk")
	v := riskView{Form: f, Own: true}
	var row economy.RiskRow
	var entries []economy.Entry
	if code != "new" {
		rows, course, err := p.register(r)
		if err != nil {
			return err
		}
		found := false
		for _, x := range rows {
			if x.Risk == code {
				row, found = x, true
			}
		}
		if !found {
			return ui.ErrNoPage
		}
		err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
			entries, err = economy.Entries(ctx, tx, r.Actor, r.Actor.Organiser, code)
			return err
		})
		if err != nil {
			return err
		}
		v.Risk, v.Name, v.Own = code, riskName(r, row), row.Measure == ""
		v.Course, v.Months = courseChart(r, row, course[code])
	}
	if f.Submitted() {
		e := readEntry(f, v)
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return economy.Note(ctx, tx, r.Actor, r.Actor.Organiser, e)
			})
			if err == nil {
				return r.SeeOther(w, "/daycare/economy/risks", "economy.register.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	} else {
		fillEntry(f, v, row)
	}
	if !v.Own {
		short, sentence := figureOf(r, row)
		v.Now = ui.Summary{Rows: []ui.Row{{Key: r.T("economy.register.column.now"), Value: short, Small: sentence}, {Key: r.T("economy.register.column.level"), Tag: r.Tag("risk." + string(row.Level)), Small: limitsOf(r, row)}}}
	}
	for _, l := range []economy.Level{economy.Low, economy.Watch, economy.Act, economy.Closed} {
		v.Levels = append(v.Levels, ui.Option{Value: string(l), Text: r.T("economy.level." + string(l))})
	}
	v.Weights = []ui.Option{{Value: "", Text: r.T("economy.register.no_weight")}}
	for n := 1; n <= 5; n++ {
		v.Weights = append(v.Weights, ui.Option{Value: ui.Digits(n), Text: r.T("economy.register.weight." + ui.Digits(n))})
	}
	v.History = historyTable(r, row, entries)
	return r.Show(w, f.Status(), "economy/risk", v)
}

func readEntry(f *ui.Form, v riskView) economy.Entry {
	e := economy.Entry{Risk: v.Risk, No: f.Int("row_version", 0, 1_000_000), Note: f.OptionalLongText("note"), Owner: f.OptionalText("owner")}
	if f.Value("likelihood") != "" {
		e.Weight.Likelihood = f.Int("likelihood", 1, 5)
	}
	if f.Value("effect") != "" {
		e.Weight.Effect = f.Int("effect", 1, 5)
	}
	if day, given := f.OptionalDate("review"); given {
		e.Review = &day
	}
	if v.Own {
		e.Name, e.Level = f.Text("name"), economy.Level(f.Choice("level", string(economy.Low), string(economy.Watch), string(economy.Act), string(economy.Closed)))
	} else {
		e.Limits = &economy.Limits{Watch: f.Int("watch_at", 0, 100_000), Act: f.Int("act_at", 0, 100_000)}
	}
	return e
}

func fillEntry(f *ui.Form, v riskView, row economy.RiskRow) {
	f.Set("row_version", row.Entry.No)
	f.Set("note", row.Entry.Note)
	f.Set("owner", row.Entry.Owner)
	if row.Entry.Review != nil {
		f.Set("review", *row.Entry.Review)
	}
	if x := row.Entry.Weight; x.Product() > 0 {
		f.Set("likelihood", x.Likelihood)
		f.Set("effect", x.Effect)
	}
	switch {
	case !v.Own:
		f.Set("watch_at", row.Limits.Watch)
		f.Set("act_at", row.Limits.Act)
	case v.Risk != "":
		f.Set("name", row.Entry.Name)
		f.Set("level", string(row.Entry.Level))
	}
}

// historyTable is what was written before, with the figure of the day.
func historyTable(r *ui.Request, row economy.RiskRow, list []economy.Entry) ui.Table {
	t := ui.Table{Caption: r.T("economy.register.history"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.register.written")}, {Text: r.T("economy.register.column.then")}, {Text: r.T("economy.register.column.note")}, {Text: r.T("economy.register.column.owner")}, {Text: r.T("economy.register.column.review")}}}
	for _, e := range list {
		review := "–"
		if e.Review != nil {
			review = r.Date(*e.Review)
		}
		then := monthFigure(r, row.Measure, economy.RiskMonth{Figure: e.Figure, Few: e.Few})
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.at", "at", e.EnteredAt), Small: e.EnteredBy}, {Text: then, Small: weightOf(r, e)}, {Text: dash(e.Note)}, {Text: dash(e.Owner)}, {Text: review}})
	}
	return t
}
