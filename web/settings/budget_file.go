package settings

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// budgetFileView is the upload, and after it what the file would do.
type budgetFileView struct {
	Form    *ui.Form
	Faults  *ui.Table
	Preview *ui.Table
	Lines   []string // carried to the confirmation: service:year:cents:row
	File    string
	Changes int
}

const largestBudgetFile = 1 << 20

var errConfirm = fault.New(fault.Invalid, "SET-002", "settings.budget_file.again")

func (p *Pages) budgetFile(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := budgetFileView{Form: f}
	if !f.Submitted() {
		return p.Site.Show(w, r, http.StatusOK, "settings/budget-file", v)
	}
	if f.Value("step") == "confirm" {
		return p.budgetConfirm(w, r, f)
	}
	file := f.File("file", largestBudgetFile)
	if f.Refused() {
		return p.Site.Show(w, r, f.Status(), "settings/budget-file", v)
	}
	err := p.budgetPreview(r, file, &v)
	if list := fault.All(err); fault.KindOf(err) == fault.Invalid && len(list) > 0 {
		f.Refuse(errFileFaults.At("file").With("n", len(list)))
		faults := faultsTable(r, p, list)
		v.Faults = &faults
	} else if err != nil {
		return err
	}
	return p.Site.Show(w, r, f.Status(), "settings/budget-file", v)
}

var errFileFaults = fault.New(fault.Invalid, "SET-003", "settings.budget_file.faults")

func (p *Pages) budgetPreview(r *ui.Request, file ui.Upload, v *budgetFileView) error {
	table, err := sheet.Open(file.Name, bytes.NewReader(file.Data), int64(len(file.Data)), sheet.Limits{Bytes: largestBudgetFile, Lines: 5000})
	if err != nil {
		return err
	}
	return r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		if err != nil {
			return err
		}
		codes, called := map[string]int64{}, map[int64]string{}
		for _, s := range services {
			codes[s.Code], called[s.ID] = s.ID, s.Names.In(r.Lang)
		}
		lines, skipped, err := organiser.ReadBudgets(table, codes)
		if err != nil {
			return err
		}
		changes, err := organiser.PreviewBudgets(ctx, tx, r.Actor, r.Actor.Organiser, lines)
		if err != nil {
			return err
		}
		v.File = file.Name
		preview := previewTable(r, changes, called, skipped)
		v.Preview = &preview
		for _, c := range changes {
			if c.Changes() {
				v.Changes++
			}
			v.Lines = append(v.Lines, fmt.Sprintf("%d:%d:%d:%d", c.Line.Service, c.Line.Year, int64(c.Line.Amount), c.Line.Row))
		}
		return nil
	})
}

func previewTable(r *ui.Request, changes []organiser.BudgetChange, called map[int64]string, skipped []sheet.Skipped) ui.Table {
	t := ui.Table{Caption: r.T("settings.budget_file.preview"), Columns: []ui.Column{{Text: r.T("settings.service")}, {Text: r.T("settings.year"), Numeric: true},
		{Text: r.T("settings.changes.before"), Numeric: true}, {Text: r.T("settings.changes.after"), Numeric: true}, {Text: r.T("settings.row"), Numeric: true}}}
	for _, c := range changes {
		before, mark := "–", ""
		if c.Before != nil {
			before = r.Cents(*c.Before)
		}
		if !c.Changes() {
			mark = r.T("settings.budget_file.same")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: called[c.Line.Service]}, {Text: strconv.Itoa(c.Line.Year), Numeric: true}, {Text: before, Numeric: true},
			{Text: r.Cents(c.Line.Amount), Small: mark, Numeric: true}, {Text: strconv.Itoa(c.Line.Row), Numeric: true}})
	}
	for _, s := range skipped {
		if s.Reason == "total" {
			t.Rows = append(t.Rows, []ui.Cell{{Text: s.Text, Small: r.T("settings.budget_file.skipped")}, {}, {}, {}, {Text: strconv.Itoa(s.Row), Numeric: true}})
		}
	}
	return t
}

func faultsTable(r *ui.Request, p *Pages, list fault.List) ui.Table {
	t := ui.Table{Caption: r.T("settings.budget_file.wrong"), Columns: []ui.Column{{Text: r.T("settings.row"), Numeric: true}, {Text: r.T("settings.budget_file.what")}, {Text: r.T("settings.code_of_fault")}}}
	for _, one := range list {
		row := "–"
		if n, ok := one.Values["row"]; ok {
			row = fmt.Sprint(n)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: row, Numeric: true}, {Text: p.Words.Text(r.Lang, one.Key, one.Values)}, {Text: one.Code}})
	}
	return t
}

// budgetConfirm writes what the preview showed. The lines come back in the form, so that nothing is stored before it.
func (p *Pages) budgetConfirm(w http.ResponseWriter, r *ui.Request, f *ui.Form) error {
	var lines []organiser.BudgetLine
	for _, s := range strings.Fields(f.Value("lines")) {
		var l organiser.BudgetLine
		var cents int64
		if _, err := fmt.Sscanf(s, "%d:%d:%d:%d", &l.Service, &l.Year, &cents, &l.Row); err != nil {
			return errConfirm.Because(err)
		}
		l.Amount = money.Cents(cents)
		lines = append(lines, l)
	}
	name := f.Text("name")
	if f.Refused() || len(lines) == 0 {
		return errConfirm
	}
	changed := 0
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		changed, err = organiser.ImportBudgets(ctx, tx, r.Actor, r.Actor.Organiser, name, lines)
		return err
	})
	if err != nil {
		return err
	}
	return p.Site.SeeOther(w, r, "/settings/budgets?year="+strconv.Itoa(lines[0].Year), "settings.budgets.saved", "n", changed)
}
