package settings

import (
	"context"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strings"

	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/chart"
	"seteli/web/ui"
)

// compareView lays two versions of a rulebook side by side: what changes, for whom, and how many vouchers it would touch.
type compareView struct {
	Form           *ui.Form
	Service        int64
	Name           string
	Versions       []ui.Option
	Draft          bool // there is a draft to go back to
	Nothing        bool // there are not two versions yet
	Rules          ui.Table
	Added, Removed []string // paragraphs of the text
	Warnings       []string
	Effect         ui.Tiles
	EffectLead     string
	EffectNotes    []string
	Values         []compared
	Notes          []string
}

// compared is one content under both versions.
type compared struct {
	Heading string
	Chart   template.HTML
	Tables  []ui.Table
}

func sampleCompare() compareView {
	return compareView{Service: 1, Name: "Kotihoito", Draft: true, Versions: []ui.Option{{Value: "1", Text: "x"}}, Added: []string{"x"}, Removed: []string{"x"}, Warnings: []string{"x"},
		Effect: ui.Tiles{{Label: "x", Figure: "1"}}, EffectLead: "x", EffectNotes: []string{"x"}, Notes: []string{"x"},
		Values: []compared{{Heading: "x", Tables: []ui.Table{{Caption: "x"}}}}}
}

// rulebookCompare compares what the address names; without it the draft with the version in force, else the newest with the one before.
func (p *Pages) rulebookCompare(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	f := r.Input()
	v := compareView{Form: f, Service: work.service.ID, Name: work.service.Names.In(r.Lang), Draft: work.found}
	books := work.versions
	if work.found {
		books = append([]rulebook.Rulebook{work.draft}, books...)
	}
	if len(books) == 0 {
		return rulebook.ErrUnknown
	}
	v.Nothing = len(books) == 1
	for _, b := range books {
		v.Versions = append(v.Versions, ui.Option{Value: ui.Digits(b.ID), Text: versionName(r, b)})
	}
	before, after := chosenVersions(f, books, r)
	f.Set("before", before.ID)
	f.Set("after", after.ID)
	if err := p.fillCompare(r, work, before, after, &v); err != nil {
		return err
	}
	return p.Site.Show(w, r, f.Status(), "settings/rulebook-compare", v)
}

func versionName(r *ui.Request, b rulebook.Rulebook) string {
	if !b.Published() {
		return r.T("settings.compare.draft", "day", b.ValidFrom)
	}
	return r.T("settings.rulebook.in_force", "version", b.Version, "day", b.ValidFrom)
}

// chosenVersions reads the two from the address. The first of the books is the newest; a lone one stands beside nothing.
func chosenVersions(f *ui.Form, books []rulebook.Rulebook, r *ui.Request) (before, after rulebook.Rulebook) {
	after = books[0]
	rest := books[1:]
	if len(rest) > 0 {
		before = rest[0]
		if i := slices.IndexFunc(rest, func(b rulebook.Rulebook) bool { return b.ValidFrom <= r.Today() }); !after.Published() && i >= 0 {
			before = rest[i]
		}
	}
	for _, b := range books {
		if f.Value("before") == ui.Digits(b.ID) {
			before = b
		}
		if f.Value("after") == ui.Digits(b.ID) {
			after = b
		}
	}
	return before, after
}

func (p *Pages) fillCompare(r *ui.Request, work rulebookWork, before, after rulebook.Rulebook, v *compareView) error {
	var err error
	if v.Rules, err = differences(r, work, before, after); err != nil {
		return err
	}
	v.Removed, v.Added = paragraphsBeside(before.Texts.In(r.Lang), after.Texts.In(r.Lang))
	v.Warnings = warningTexts(r, work, before.Rules.Value, after.Rules.Value)
	contents := make([]int64, len(work.service.Contents))
	for i, c := range work.service.Contents {
		contents[i] = c.ID
	}
	all := method.Compare(before.Rules, after.Rules, contents)
	names, err := method.BandNames(after.Rules.Value)
	if err != nil {
		return err
	}
	v.Values = valuesBeside(r, work, all, names)
	if slices.ContainsFunc(all, func(c method.Changed) bool { return c.ByPrice }) {
		v.Notes = append(v.Notes, r.T("settings.compare.by_price"))
	}
	if len(all) == 0 && after.ID != 0 {
		v.Notes = append(v.Notes, r.T("settings.compare.no_values"))
	}
	if after.Published() && after.ID != work.versions[0].ID {
		return nil // a later version is in force or coming: this one will change no voucher
	}
	return r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		e, err := voucher.EffectOf(ctx, tx, r.Actor, p.Models, after)
		if err == nil {
			effectTold(r, e, v)
		}
		return err
	})
}

// effectTold says how many living vouchers the version would change.
func effectTold(r *ui.Request, e voucher.Effect, v *compareView) {
	v.EffectLead = r.T("settings.compare.effect_lead", "day", e.From)
	v.Effect = ui.Tiles{{Label: r.T("settings.compare.vouchers"), Figure: i18n.Int(r.Lang, int64(e.Vouchers))},
		{Label: r.T("settings.compare.changed"), Figure: i18n.Int(r.Lang, int64(e.Changed))},
		{Label: r.T("settings.compare.raised"), Figure: i18n.Int(r.Lang, int64(e.Raised))},
		{Label: r.T("settings.compare.lowered"), Figure: i18n.Int(r.Lang, int64(e.Lowered))}}
	if n := e.Raised + e.Lowered; n > 0 {
		v.EffectNotes = append(v.EffectNotes, r.T("settings.compare.span", "lowest", signed(r, e.Lowest), "highest", signed(r, e.Highest),
			"average", signed(r, money.HalfUpCent.Cents(averageOf(e.Sum, n)))))
	}
	for _, one := range []struct {
		key string
		n   int
	}{{"lost", e.Lost}, {"banded", e.Banded}, {"kept", e.Kept}, {"unknown", e.Unknown}} {
		if one.n > 0 {
			v.EffectNotes = append(v.EffectNotes, r.T("settings.compare.effect."+one.key, "n", one.n))
		}
	}
}

// averageOf is sum ÷ n; n is never zero here.
func averageOf(sum money.Cents, n int) money.Exact {
	out, err := sum.Exact().Over(money.Whole(int64(n)))
	if err != nil {
		return money.Exact{}
	}
	return out
}

// signed writes a change with its sign: "+2,00 €".
func signed(r *ui.Request, c money.Cents) string {
	if c > 0 {
		return "+" + r.Cents(c)
	}
	return r.Cents(c)
}

// differences tells each rule that differs, before and after, in words.
func differences(r *ui.Request, work rulebookWork, before, after rulebook.Rulebook) (ui.Table, error) {
	t := ui.Table{Caption: r.T("settings.compare.rules"), Cards: true, Columns: []ui.Column{{Text: r.T("settings.compare.rule")}, {Text: r.T("settings.compare.before")},
		{Text: r.T("settings.compare.after")}}, Empty: ui.Empty{Title: r.T("settings.compare.same_rules")}}
	if before.ID == 0 {
		t.Empty = ui.Empty{Title: r.T("settings.compare.first")}
		return t, nil
	}
	then, err := toldRules(r, work, before)
	if err != nil {
		return t, err
	}
	now, err := toldRules(r, work, after)
	if err != nil {
		return t, err
	}
	for _, key := range slices.Concat(now.order, then.order) {
		a, b := without(then.lines[key], now.lines[key]), without(now.lines[key], then.lines[key])
		if len(a)+len(b) > 0 {
			t.Rows = append(t.Rows, []ui.Cell{{Text: key}, {Text: orDash(strings.Join(a, "; "))}, {Text: orDash(strings.Join(b, "; "))}})
		}
		delete(then.lines, key)
		delete(now.lines, key)
	}
	return t, nil
}

// tellings are lines in words under the name of their rule, in the order of the pages.
type tellings struct {
	order []string
	lines map[string][]string
}

func (t *tellings) add(key, line string) {
	if _, known := t.lines[key]; !known {
		t.order = append(t.order, key)
	}
	t.lines[key] = append(t.lines[key], line)
}

func toldRules(r *ui.Request, work rulebookWork, b rulebook.Rulebook) (tellings, error) {
	t := tellings{lines: map[string][]string{}}
	values, err := valuesTable(r, work.service, b.Rules)
	if err != nil {
		return t, err
	}
	t.add(r.T("settings.rulebook.method"), r.T("method.name."+b.Rules.Value.Method))
	for _, row := range values.Rows {
		t.add(row[0].Text, row[len(row)-1].Text)
	}
	for _, row := range ruleFacts(r, work, b).Rows[2:] { // version and preparer always differ
		t.add(row.Key, row.Value)
	}
	fee, err := feeTable(r, work, b.Rules)
	if err != nil {
		return t, err
	}
	if len(fee.Rows) > 0 {
		t.add(r.T("settings.own_fee"), r.T("method.fee.name."+b.Rules.Comparison.Kind))
	}
	for _, row := range fee.Rows {
		t.add(r.T("settings.own_fee")+": "+row[0].Text, row[len(row)-1].Text)
	}
	for _, line := range criteriaLines(r, b.Rules.Criteria) {
		t.add(r.T("settings.criteria"), line)
	}
	return t, nil
}

// without gives the lines of a that b has not, each as often as a has more of it.
func without(a, b []string) []string {
	rest := slices.Clone(b)
	var out []string
	for _, line := range a {
		if i := slices.Index(rest, line); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			continue
		}
		out = append(out, line)
	}
	return out
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func paragraphsBeside(before, after string) (removed, added []string) {
	split := func(s string) (out []string) {
		for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
			if p = strings.TrimSpace(p); p != "" {
				out = append(out, p)
			}
		}
		return out
	}
	return without(split(before), split(after)), without(split(after), split(before))
}

// valuesBeside draws the values of each content.
func valuesBeside(r *ui.Request, work rulebookWork, all []method.Changed, names map[string]i18n.Names) (out []compared) {
	flat := ui.Table{Caption: r.T("settings.compare.by_content"), Cards: true, Columns: changeColumns(r, r.T("settings.content"))}
	for n, c := range all {
		name := contentOf(r, work, c)
		if !c.ByIncome {
			flat.Rows = append(flat.Rows, changeRow(r, name, c.Samples[0].Before, c.Samples[0].After))
			if len(c.Bands) > 0 {
				out = append(out, compared{Heading: name, Tables: []ui.Table{bandTable(r, c, names)}})
			}
			continue
		}
		one := compared{Heading: name, Chart: incomeChart(r, c, "value-"+ui.Digits(n)).HTML(), Tables: []ui.Table{incomeTable(r, c)}}
		if len(c.Bands) > 0 {
			one.Tables = append(one.Tables, bandTable(r, c, names))
		}
		out = append(out, one)
	}
	if len(flat.Rows) > 0 {
		out = append([]compared{{Tables: []ui.Table{flat}}}, out...)
	}
	return out
}

func contentOf(r *ui.Request, work rulebookWork, c method.Changed) string {
	name := ui.Digits(c.Content)
	if content, ok := work.service.Content(c.Content); ok {
		name = content.Names.In(r.Lang)
	}
	for _, part := range []string{c.Need, c.Column} {
		if part != "" {
			name += " · " + part
		}
	}
	return name
}

func changeColumns(r *ui.Request, first string) []ui.Column {
	return []ui.Column{{Text: first}, {Text: r.T("settings.compare.before"), Numeric: true}, {Text: r.T("settings.compare.after"), Numeric: true}, {Text: r.T("settings.compare.change"), Numeric: true}}
}

func changeRow(r *ui.Request, name string, before, after *money.Cents) []ui.Cell {
	return []ui.Cell{{Text: name}, {Text: centsOr(r, before), Numeric: true}, {Text: centsOr(r, after), Numeric: true}, {Text: changeOf(r, before, after), Numeric: true}}
}

func centsOr(r *ui.Request, c *money.Cents) string {
	if c == nil {
		return "–"
	}
	return r.Cents(*c)
}

func changeOf(r *ui.Request, before, after *money.Cents) string {
	if before == nil || after == nil {
		return "–"
	}
	return signed(r, *after-*before)
}

func bandTable(r *ui.Request, c method.Changed, names map[string]i18n.Names) ui.Table {
	t := ui.Table{Caption: r.T("settings.compare.by_band"), Cards: true, Columns: changeColumns(r, r.T("settings.compare.band"))}
	for _, b := range c.Bands {
		name := b.Band
		if called, known := names[b.Band]; known {
			name = called.In(r.Lang)
		}
		t.Rows = append(t.Rows, changeRow(r, name, b.Before, b.After))
	}
	return t
}

// incomeTable has a row for each income and a column for each size of household: the new value, and below it what it was.
func incomeTable(r *ui.Request, c method.Changed) ui.Table {
	t := ui.Table{Caption: r.T("settings.compare.by_income"), Dense: true, Columns: []ui.Column{{Text: r.T("settings.compare.income")}}}
	rows := map[money.Cents]int{}
	last := 0
	for _, s := range c.Samples {
		if s.Household != last {
			last = s.Household
			t.Columns = append(t.Columns, ui.Column{Text: r.T("settings.compare.persons", "n", last), Numeric: true})
		}
		i, known := rows[s.Income]
		if !known {
			i = len(t.Rows)
			rows[s.Income] = i
			t.Rows = append(t.Rows, []ui.Cell{{Text: r.Cents(s.Income)}})
		}
		cell := ui.Cell{Text: centsOr(r, s.After), Numeric: true}
		switch {
		case s.Before == nil && s.After == nil:
		case s.Before == nil || s.After == nil:
			cell.Small = r.T("settings.compare.was", "before", centsOr(r, s.Before))
		case *s.Before != *s.After:
			cell.Small = r.T("settings.compare.was_by", "before", *s.Before, "change", signed(r, *s.After-*s.Before))
		}
		t.Rows[i] = append(t.Rows[i], cell)
	}
	return t
}

// incomeChart draws the value by income for one person and for the largest household, before and after.
func incomeChart(r *ui.Request, c method.Changed, id string) chart.Chart {
	out := chart.Chart{ID: id, Kind: chart.Line, Title: r.T("settings.compare.chart"), Sub: r.T("settings.compare.chart_sub"), ShowTable: r.T("ui.chart.table"), Heading: r.T("settings.compare.income")}
	if c.Same() {
		out.Title = r.T("settings.compare.chart_same")
	}
	largest := c.Samples[len(c.Samples)-1].Household
	for _, size := range []int{1, largest} {
		before, after := chart.Series{Name: r.T("settings.compare.line_before", "n", size)}, chart.Series{Name: r.T("settings.compare.line_after", "n", size)}
		for _, s := range c.Samples {
			if s.Household != size {
				continue
			}
			if size == 1 {
				out.Labels = append(out.Labels, i18n.Int(r.Lang, int64(s.Income/100)))
			}
			point(r, &before, s.Before)
			point(r, &after, s.After)
		}
		for _, s := range []chart.Series{before, after} {
			if slices.ContainsFunc(s.Values, func(v float64) bool { return !math.IsNaN(v) }) {
				out.Series = append(out.Series, s)
			}
		}
	}
	return out
}

func point(r *ui.Request, s *chart.Series, c *money.Cents) {
	v := math.NaN()
	if c != nil {
		v = float64(*c) / 100 // only for the picture; the text is exact
	}
	s.Values, s.Texts = append(s.Values, v), append(s.Texts, centsOr(r, c))
}
