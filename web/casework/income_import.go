package casework

import (
	"bytes"
	"context"
	"net/http"

	"seteli/core/fault"
	"seteli/domain/client/household"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// incomeImportPath is the page of income files.
const incomeImportPath = "/income-import"

type incomeImportView struct {
	Form    *ui.Form
	Checked bool
	Done    *ui.Inset // after an import: how many proposals of a new value wait
	Tiles   ui.Tiles
	Errors  ui.Table
}

func sampleIncomeImport() incomeImportView {
	return incomeImportView{Checked: true, Done: &ui.Inset{Text: "x"}, Tiles: sampleImport().Tiles, Errors: sampleImport().Errors}
}

// incomeImport checks an income file and stores it when asked: "check" shows what would happen and stores nothing, "import" takes the good
// rows. The same file again changes nothing.
func (p *Pages) incomeImport(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := incomeImportView{Form: f}
	if !f.Submitted() {
		return r.Show(w, http.StatusOK, "casework/income-import", view)
	}
	up := f.File("file", fileMax)
	act := f.Choice("act", "check", "import")
	if f.Refused() {
		return r.Show(w, f.Status(), "casework/income-import", view)
	}
	var receipt voucher.IncomeReceipt
	var plan household.Plan
	var bad []household.BadRow
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		definitions, err := household.Definitions(ctx, tx, r.Actor.Organiser)
		if err != nil {
			return err
		}
		var rows []household.IncomeRow
		if rows, bad, err = household.ReadFile(up.Name, bytes.NewReader(up.Data), int64(len(up.Data)), definitions); err != nil {
			return fault.On(err, "file")
		}
		if act == "check" {
			plan, err = household.Preview(ctx, tx, r.Actor, p.Keys, r.Actor.Organiser, rows)
			receipt.Receipt = household.Receipt{Added: plan.Count(household.WillAdd), Changed: plan.Count(household.WillChange), Kept: plan.Count(household.WillKeep), Refused: plan.Count(household.WillRefuse)}
			return err
		}
		receipt, plan, err = voucher.ImportIncome(ctx, tx, r.Actor, p.Means, p.Keys, r.Actor.Organiser, household.FromFile, rows)
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return r.Show(w, f.Status(), "casework/income-import", view)
	}
	receipt.Refused += len(bad)
	p.incomeImported(r, &view, act, receipt, plan, bad)
	return r.Show(w, http.StatusOK, "casework/income-import", view)
}

func (p *Pages) incomeImported(r *ui.Request, view *incomeImportView, act string, receipt voucher.IncomeReceipt, plan household.Plan, bad []household.BadRow) {
	view.Checked = true
	for _, t := range []struct {
		key string
		n   int
	}{{"add", receipt.Added}, {"change", receipt.Changed}, {"keep", receipt.Kept}, {"refused", receipt.Refused}} {
		view.Tiles = append(view.Tiles, ui.Tile{Label: r.T("casework.import." + act + "." + t.key), Figure: ui.Digits(t.n)})
	}
	if act == "import" {
		view.Done = &ui.Inset{Strong: r.T("household.import.done"), Text: r.T("household.import.nothing_waits")}
		if receipt.Waiting > 0 {
			view.Done.Text = r.T("household.import.waits", "n", receipt.Waiting)
			view.Done.Link = &ui.Link{Text: r.T("household.reports.title"), Href: r.Path("/income-reports")}
		}
	}
	var list []wrongRow
	for _, b := range bad {
		list = append(list, wrongRow{b.Line, b.Faults})
	}
	for _, row := range plan.Rows {
		list = append(list, wrongRow{row.Line, row.Faults})
	}
	view.Errors = p.wrongRows(r, "household.column.", list)
}
