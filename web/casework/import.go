package casework

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"slices"

	"seteli/core/fault"
	"seteli/domain/client"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// fileMax is the largest file of clients or incomes in bytes, fileBody that of the request that brings it.
const (
	fileMax  = 25 << 20
	fileBody = fileMax + 1<<20
)

// mostErrors is how many refused rows the check page lists; all are counted.
const mostErrors = 200

type importView struct {
	Form    *ui.Form
	Checked bool
	Tiles   ui.Tiles
	Errors  ui.Table
}

func sampleImport() importView {
	return importView{Checked: true, Tiles: ui.Tiles{{Label: "x", Figure: "1"}}, Errors: ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}}
}

// clientImport checks a client file and stores it when asked: "check" shows what would happen and stores nothing, "import" takes
// the good rows. The same file again changes nothing.
func (p *Pages) clientImport(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := importView{Form: f}
	if !f.Submitted() {
		return r.Show(w, http.StatusOK, "casework/import", view)
	}
	up := f.File("file", fileMax)
	act := f.Choice("act", "check", "import")
	if f.Refused() {
		return r.Show(w, f.Status(), "casework/import", view)
	}
	var receipt client.Receipt
	var plan client.Plan
	var bad []client.BadRow
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		places, err := organiser.Municipalities(ctx, tx)
		if err != nil {
			return err
		}
		var rows []client.Row
		if rows, bad, err = client.ReadFile(up.Name, bytes.NewReader(up.Data), int64(len(up.Data)), places); err != nil {
			return fault.On(err, "file")
		}
		if act == "check" {
			plan, err = client.Preview(ctx, tx, r.Actor, p.Keys, r.Actor.Organiser, rows)
			receipt = client.Receipt{Added: plan.Count(client.WillAdd), Changed: plan.Count(client.WillChange), Kept: plan.Count(client.WillKeep), Refused: plan.Count(client.Refused)}
			return err
		}
		receipt, plan, err = client.Import(ctx, tx, r.Actor, p.Keys, r.Actor.Organiser, client.FromFile, rows)
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return r.Show(w, f.Status(), "casework/import", view)
	}
	receipt.Refused += len(bad)
	if act == "import" && receipt.Refused == 0 {
		return r.SeeOther(w, "/clients", "casework.import.done", "added", receipt.Added, "changed", receipt.Changed)
	}
	view.Checked = true
	for _, t := range []struct {
		key string
		n   int
	}{{"add", receipt.Added}, {"change", receipt.Changed}, {"keep", receipt.Kept}, {"refused", receipt.Refused}} {
		view.Tiles = append(view.Tiles, ui.Tile{Label: r.T("casework.import." + act + "." + t.key), Figure: ui.Digits(t.n)})
	}
	view.Errors = p.importErrors(r, plan, bad)
	return r.Show(w, http.StatusOK, "casework/import", view)
}

// importErrors names row, column, what is wrong and what to do.
func (p *Pages) importErrors(r *ui.Request, plan client.Plan, bad []client.BadRow) ui.Table {
	var list []wrongRow
	for _, b := range bad {
		list = append(list, wrongRow{b.Line, b.Faults})
	}
	for _, row := range plan.Rows {
		list = append(list, wrongRow{row.Line, row.Faults})
	}
	return p.wrongRows(r, "casework.field.", list)
}

// wrongRow is a line of a file with everything that is wrong in it.
type wrongRow struct {
	line   int
	faults fault.List
}

// wrongRows lists what is wrong in the order of the file; fields is the beginning of the keys of columns.
func (p *Pages) wrongRows(r *ui.Request, fields string, list []wrongRow) ui.Table {
	t := ui.Table{Caption: r.T("casework.import.errors"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.import.row")}, {Text: r.T("casework.import.column")}, {Text: r.T("common.error")}},
		Empty: ui.Empty{Title: r.T("casework.import.no_errors"), Text: r.T("casework.import.no_errors.text")}}
	slices.SortStableFunc(list, func(a, b wrongRow) int { return cmp.Compare(a.line, b.line) })
	for _, row := range list {
		for _, one := range row.faults {
			if len(t.Rows) == mostErrors {
				return t
			}
			column := ""
			if one.Field != "" {
				column = r.T(fields + one.Field)
			}
			t.Rows = append(t.Rows, []ui.Cell{{Text: ui.Digits(row.line)}, {Text: column}, {Text: p.Means.Texts.Fault(r.Lang, one), Small: one.Code}})
		}
	}
	return t
}
