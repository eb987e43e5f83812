package daycare

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"seteli/core/fault"
	"seteli/domain/daycare/feed"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// fileMax is the largest file of placements in bytes.
const fileMax = 25 << 20

// mostErrors is how many refused rows the page lists; all are counted.
const mostErrors = 200

type importView struct {
	Form    *ui.Form
	Checked bool
	Tiles   ui.Tiles
	Errors  ui.Table
	Lacks   ui.Table // of rows that were taken
}

// errDry rolls a check back.
var errDry = errors.New("a check stores nothing")

// importFile checks a file of placements and needs and records it when asked: "check" shows what would happen and stores nothing. The
// same file again changes nothing.
func (p *Pages) importFile(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := importView{Form: f}
	if !f.Submitted() {
		return r.Show(w, http.StatusOK, "daycare/import", v)
	}
	up := f.File("file", fileMax)
	act := f.Choice("act", "check", "import")
	if f.Refused() {
		return r.Show(w, f.Status(), "daycare/import", v)
	}
	rows, taken, err := feed.ReadFile(up.Name, bytes.NewReader(up.Data), int64(len(up.Data)))
	if err == nil {
		bad := taken
		err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			done, err := feed.Take(ctx, tx, r.Actor, p.Keys, r.Actor.Organiser, rows)
			taken = append(done, bad...)
			if err == nil && act == "check" {
				return errDry
			}
			return err
		})
		if errors.Is(err, errDry) {
			err = nil
		}
	} else {
		err = fault.On(err, "file")
	}
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return r.Show(w, f.Status(), "daycare/import", v)
	}
	if act == "import" && feed.Count(taken, feed.Refused) == 0 && feed.Lacking(taken) == 0 {
		return r.SeeOther(w, "/daycare", "daycarework.import.done", "added", feed.Count(taken, feed.Added), "changed", feed.Count(taken, feed.Changed), "kept", feed.Count(taken, feed.Kept))
	}
	v.Checked = true
	for _, o := range []feed.Outcome{feed.Added, feed.Changed, feed.Kept, feed.Refused} {
		v.Tiles = append(v.Tiles, ui.Tile{Label: r.T("daycarework.import." + act + "." + string(o)), Figure: ui.Digits(feed.Count(taken, o))})
	}
	v.Errors = p.importErrors(r, "errors", taken, func(x feed.Taken) fault.List { return x.Faults })
	if feed.Lacking(taken) > 0 {
		v.Lacks = p.importErrors(r, "lacks", taken, func(x feed.Taken) fault.List { return x.Lacks })
	}
	return r.Show(w, http.StatusOK, "daycare/import", v)
}

// importErrors names row, column, what is wrong and what to do.
func (p *Pages) importErrors(r *ui.Request, caption string, taken []feed.Taken, of func(feed.Taken) fault.List) ui.Table {
	t := ui.Table{Caption: r.T("daycarework.import." + caption), Cards: true, Columns: []ui.Column{{Text: r.T("casework.import.row")}, {Text: r.T("daycarework.import.id")}, {Text: r.T("casework.import.column")}, {Text: r.T("common.error")}},
		Empty: ui.Empty{Title: r.T("casework.import.no_errors"), Text: r.T("casework.import.no_errors.text")}}
	known := map[string]bool{}
	for _, c := range feed.Columns() {
		known[c.Name] = true
	}
	for _, x := range taken {
		for _, one := range of(x) {
			column := ""
			if known[one.Field] {
				column = r.T("daycarework.column." + one.Field)
			}
			if len(t.Rows) < mostErrors {
				t.Rows = append(t.Rows, []ui.Cell{{Text: ui.Digits(x.Line)}, {Text: x.ID}, {Text: column}, {Text: p.Texts.Fault(r.Lang, one), Small: one.Code}})
			}
		}
	}
	return t
}
