package economy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// costFileView is the upload, and after it what the file would do.
type costFileView struct {
	Form    *ui.Form
	Faults  *ui.Table
	Preview *ui.Table
	Lines   string // carried to the confirmation
	Changes int
}

const (
	largestFile = 1 << 20
	mostLines   = 300 // so that the confirmation fits into one form
)

var (
	errFile  = fault.New(fault.Invalid, "ECO-010", "economy.cost.file_faults").At("file")
	errCell  = fault.New(fault.Invalid, "ECO-011", "economy.cost.cell")
	errAgain = fault.New(fault.Invalid, "ECO-014", "economy.cost.again").At("file")
)

// costFile reads costs from a file, shows what it would change beside what stands, and writes it when that is confirmed: all rows or none.
func (p *Pages) costFile(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := costFileView{Form: f}
	if !f.Submitted() {
		return r.Show(w, http.StatusOK, "economy/cost-file", v)
	}
	if f.Value("step") == "confirm" {
		return p.costConfirm(w, r, f)
	}
	if file := f.File("file", largestFile); !f.Refused() {
		if err := p.costPreview(r, file, &v); err != nil {
			return err
		}
	}
	return r.Show(w, f.Status(), "economy/cost-file", v)
}

func (p *Pages) costPreview(r *ui.Request, file ui.Upload, v *costFileView) error {
	lines, wrong, err := p.readCosts(r, file)
	if err != nil {
		if wrong = fault.All(err); len(wrong) == 0 {
			return err
		}
	}
	var changes []economy.LineChange
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, more, err := economy.Preview(ctx, tx, r.Actor, r.Actor.Organiser, lines)
		changes, wrong = list, append(wrong, more...)
		return err
	})
	if err != nil {
		return err
	}
	kept := make([]economy.Line, len(changes))
	for i, c := range changes {
		if kept[i] = c.Line; c.Changes() {
			v.Changes++
		}
	}
	if len(changes) > 0 {
		v.Preview = new(p.costChanges(r, changes))
	}
	if len(wrong) > 0 {
		v.Form.Refuse(errFile.With("n", len(wrong)))
		v.Faults = new(p.costFaults(r, wrong))
		return nil
	}
	raw, err := json.Marshal(kept)
	v.Lines = string(raw)
	return err
}

// costConfirm writes what the preview showed. The lines come back in the form, so that nothing is stored before it.
func (p *Pages) costConfirm(w http.ResponseWriter, r *ui.Request, f *ui.Form) error {
	var lines []economy.Line
	if err := json.Unmarshal([]byte(f.Value("lines")), &lines); err != nil || len(lines) == 0 {
		f.Refuse(errAgain.Because(err))
		return r.Show(w, f.Status(), "economy/cost-file", costFileView{Form: f})
	}
	changed := 0
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		changed, err = economy.Take(ctx, tx, r.Actor, r.Actor.Organiser, lines)
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return r.Show(w, f.Status(), "economy/cost-file", costFileView{Form: f})
	}
	year, _, _ := lines[0].Period.From.Civil()
	return r.SeeOther(w, "/daycare/economy?year="+strconv.Itoa(year), "economy.cost.imported", "n", changed)
}

// costChanges is each line beside what stands.
func (p *Pages) costChanges(r *ui.Request, list []economy.LineChange) ui.Table {
	t := ui.Table{Caption: r.T("economy.cost.preview"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.costs.form")}, {Text: r.T("economy.cost.row"), Numeric: true},
		{Text: r.T("economy.cost.stands"), Numeric: true}, {Text: r.T("economy.cost.in_file"), Numeric: true}, {Text: r.T("economy.cost.does")}}}
	for _, c := range list {
		sum := func(x economy.Costs) ui.Cell {
			return ui.Cell{Text: r.Cents(x.Gross()), Small: r.T("economy.cost.months_of", "n", x.Over+x.Under), Numeric: true}
		}
		before, does := ui.Cell{Text: "–", Numeric: true}, ui.Cell{Text: r.T("economy.cost.adds"), Small: c.Source}
		switch {
		case c.Before != nil && c.Changes():
			before, does = sum(*c.Before), ui.Cell{Text: r.T("economy.cost.changes"), Small: strings.Join(differences(r, *c.Before, c.Costs), "; ")}
		case c.Before != nil:
			before, does = sum(*c.Before), ui.Cell{Text: r.T("economy.cost.same")}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("economy.form." + string(c.Form)), Small: r.Period(c.Period)}, {Text: strconv.Itoa(c.Row), Numeric: true}, before, sum(c.Costs), does})
	}
	return t
}

// differences names each field that a line changes, with what stands and what comes.
func differences(r *ui.Request, a, b economy.Costs) (list []string) {
	add := func(field, before, after string) {
		if before != after {
			list = append(list, r.T("economy.cost."+field)+" "+before+" → "+after)
		}
	}
	for _, name := range amounts {
		add(name, r.Cents(*sums(&a)[name]), r.Cents(*sums(&b)[name]))
	}
	number := func(n int64) string { return i18n.Int(r.Lang, n) }
	add("over_months", number(int64(a.Over)), number(int64(b.Over)))
	add("under_months", number(int64(a.Under)), number(int64(b.Under)))
	add("hours", number(a.Hours), number(b.Hours))
	add("ending", r.T("economy.percent", "n", a.Ending), r.T("economy.percent", "n", b.Ending))
	add("allocation", dash(a.Allocation), dash(b.Allocation))
	add("source", a.Source, b.Source)
	add("source_date", r.Date(a.SourceDate), r.Date(b.SourceDate))
	return list
}

// costFaults names row, column, what is wrong and what to do.
func (p *Pages) costFaults(r *ui.Request, all fault.List) ui.Table {
	t := ui.Table{Caption: r.T("economy.cost.wrong"), Cards: true, Columns: []ui.Column{{Text: r.T("economy.cost.row"), Numeric: true}, {Text: r.T("economy.cost.column")}, {Text: r.T("economy.cost.what")}}}
	fields := append(slices.Clone(amounts), "form", "from", "to", "over_months", "under_months", "hours", "ending", "source", "source_date", "allocation")
	slices.SortStableFunc(all, func(a, b *fault.Fault) int { return cmp.Or(rowOf(a)-rowOf(b), cmp.Compare(a.Field, b.Field)) })
	for _, one := range all {
		row, column := "–", "–"
		if n := rowOf(one); n > 0 {
			row = strconv.Itoa(n)
		}
		if name, ok := one.Values["column"].(string); ok {
			column = name
		} else if slices.Contains(fields, one.Field) {
			column = r.T("economy.cost." + one.Field)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: row, Numeric: true}, {Text: column}, {Text: p.Words.Fault(r.Lang, one)}})
	}
	return t
}

func rowOf(f *fault.Fault) int {
	n, _ := f.Values["row"].(int) // a fault of the whole file has none
	return n
}

// costColumns of the file; headings are those of the form in every language.
func (p *Pages) costColumns() []sheet.Column {
	list := []sheet.Column{{Name: "form", Required: true}, {Name: "from", Required: true}, {Name: "to", Required: true}}
	for _, a := range amounts {
		list = append(list, sheet.Column{Name: a, Kind: sheet.Decimal})
	}
	list = append(list, sheet.Column{Name: "over_months", Kind: sheet.Decimal, Required: true}, sheet.Column{Name: "under_months", Kind: sheet.Decimal, Required: true}, sheet.Column{Name: "hours", Kind: sheet.Decimal},
		sheet.Column{Name: "ending", Kind: sheet.Decimal}, sheet.Column{Name: "source", Required: true}, sheet.Column{Name: "source_date", Kind: sheet.Date, Required: true}, sheet.Column{Name: "allocation"})
	for i := range list {
		for _, lang := range i18n.Langs {
			list[i].Synonyms = append(list[i].Synonyms, p.Words.Text(lang, "economy.cost."+list[i].Name, nil))
		}
	}
	return list
}

// costReader reads the cells of one line.
type costReader struct {
	p    *Pages
	r    *ui.Request
	row  sheet.Row
	cols []sheet.Column
	list fault.List
}

func (c *costReader) bad(i int) {
	c.list = append(c.list, errCell.With("row", c.row.Number).With("column", c.r.T("economy.cost."+c.cols[i].Name)))
}

// text is a cell; one that the spreadsheet program changed in one clear way is read as it was meant: the preview shows it.
func (c *costReader) text(i int) string {
	x := c.row.Cells[i]
	if x.Damage == "" {
		return x.Value
	}
	if x.Proposal == "" || x.Other != "" {
		c.bad(i)
		return ""
	}
	return x.Proposal
}

func (c *costReader) whole(i int) int {
	s := c.text(i)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		c.bad(i)
	}
	return n
}

func (c *costReader) month(i int) calendar.Month {
	s := c.text(i)
	m, err := ui.ParseMonth(s)
	if err == nil {
		return m
	}
	day, err := ui.ParseDate(s) // a spreadsheet program makes the first day of 1/2026
	if err != nil {
		c.bad(i)
	}
	return calendar.MonthOf(day)
}

func (c *costReader) form(i int) economy.Form {
	s := c.text(i)
	for _, form := range []economy.Form{economy.Own, economy.Purchased} {
		for _, lang := range i18n.Langs {
			if strings.EqualFold(s, c.p.Words.Text(lang, "economy.form."+string(form), nil)) || s == string(form) {
				return form
			}
		}
	}
	c.bad(i)
	return ""
}

// readCosts reads the rows of a file: those that can be read, and what is wrong with the others.
func (p *Pages) readCosts(r *ui.Request, file ui.Upload) (out []economy.Line, wrong fault.List, err error) {
	table, err := sheet.Open(file.Name, bytes.NewReader(file.Data), int64(len(file.Data)), sheet.Limits{Bytes: largestFile, Lines: mostLines})
	if err != nil {
		return nil, nil, err
	}
	cols := p.costColumns()
	match, err := table.Match(cols)
	if err != nil {
		return nil, nil, err
	}
	for row := range match.Rows() {
		c := costReader{p: p, r: r, row: row, cols: cols}
		l := economy.Line{Row: row.Number}
		l.Form = c.form(0)
		l.Period = calendar.Period{From: c.month(1).Period().From, To: c.month(2).Period().To}
		for k, name := range amounts {
			if s := c.text(3 + k); s != "" {
				x, err := money.ParseCents(s)
				if err != nil {
					c.bad(3 + k)
				}
				*sums(&l.Costs)[name] = x
			}
		}
		n := 3 + len(amounts)
		l.Over, l.Under, l.Hours, l.Ending, l.Source = c.whole(n), c.whole(n+1), int64(c.whole(n+2)), c.whole(n+3), c.text(n+4)
		l.Allocation = c.text(n + 6)
		day, err := calendar.ParseDate(c.text(n + 5))
		if err != nil {
			c.bad(n + 5)
		}
		l.SourceDate = day
		if len(c.list) > 0 {
			wrong = append(wrong, c.list...)
		} else {
			out = append(out, l)
		}
	}
	return out, wrong, nil
}
