package daycare

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"

	"seteli/core/fault"
	"seteli/domain/daycare/feed"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// fileMax is the largest file of placements in bytes.
const fileMax = 25 << 20

// mostErrors is how many refused rows the page lists; all are counted.
const mostErrors = 200

type importView struct {
	Form    *ui.Form
	What    string
	Checked bool
	Tiles   ui.Tiles
	Changes ui.Table
	Errors  ui.Table
	Lacks   ui.Table // of rows that were taken
}

// importKind is one kind of file that an outside system sends.
type importKind struct {
	what, path string // the words of its page begin with what
	columns    func() []sheet.Column
	read       func(name string, file io.ReaderAt, size int64) (importing, []feed.Taken, error)
}

// importing takes what was read.
type importing func(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys) ([]feed.Taken, error)

var imports = []importKind{
	{"import", "/daycare/import", feed.Columns, func(name string, file io.ReaderAt, size int64) (importing, []feed.Taken, error) {
		rows, bad, err := feed.ReadFile(name, file, size)
		return func(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys) ([]feed.Taken, error) {
			return feed.Take(ctx, tx, by, keys, by.Organiser, rows)
		}, bad, err
	}},
	{"shares", "/daycare/own-shares/import", feed.ShareColumns, func(name string, file io.ReaderAt, size int64) (importing, []feed.Taken, error) {
		rows, bad, err := feed.ReadShares(name, file, size)
		return func(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys) ([]feed.Taken, error) {
			return feed.TakeShares(ctx, tx, by, keys, by.Organiser, rows)
		}, bad, err
	}},
}

// errDry rolls a check back.
var errDry = errors.New("a check stores nothing")

// importFile checks a file and records it when asked: "check" shows what would happen and stores nothing. The same file again changes
// nothing.
func (p *Pages) importFile(k importKind) func(http.ResponseWriter, *ui.Request) error {
	return func(w http.ResponseWriter, r *ui.Request) error {
		f := r.Input()
		v := importView{Form: f, What: k.what}
		if !f.Submitted() {
			return r.Show(w, http.StatusOK, "daycare/import", v)
		}
		up := f.File("file", fileMax)
		act := f.Choice("act", "check", "import")
		if f.Refused() {
			return r.Show(w, f.Status(), "daycare/import", v)
		}
		taken, err := p.take(r, k, up, act == "check")
		if err != nil {
			if !f.Take(err) {
				return err
			}
			return r.Show(w, f.Status(), "daycare/import", v)
		}
		if act == "import" && feed.Count(taken, feed.Refused) == 0 && feed.Lacking(taken) == 0 {
			return r.SeeOther(w, "/daycare", "daycarework."+k.what+".done", "added", feed.Count(taken, feed.Added), "changed", feed.Count(taken, feed.Changed), "kept", feed.Count(taken, feed.Kept))
		}
		v.Checked = true
		for _, o := range []feed.Outcome{feed.Added, feed.Changed, feed.Kept, feed.Refused} {
			v.Tiles = append(v.Tiles, ui.Tile{Label: r.T("daycarework.import." + act + "." + string(o)), Figure: ui.Digits(feed.Count(taken, o))})
		}
		v.Changes = p.importChanges(r, act, taken)
		v.Errors = p.importErrors(r, k, "errors", taken, func(x feed.Taken) fault.List { return x.Faults })
		if feed.Lacking(taken) > 0 {
			v.Lacks = p.importErrors(r, k, "lacks", taken, func(x feed.Taken) fault.List { return x.Lacks })
		}
		return r.Show(w, http.StatusOK, "daycare/import", v)
	}
}

func (p *Pages) take(r *ui.Request, k importKind, up ui.Upload, check bool) ([]feed.Taken, error) {
	rows, taken, err := k.read(up.Name, bytes.NewReader(up.Data), int64(len(up.Data)))
	if err != nil {
		return nil, fault.On(err, "file")
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		done, err := rows(ctx, tx, r.Actor, p.Keys)
		taken = append(done, taken...)
		if err == nil && check {
			return errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	slices.SortStableFunc(taken, func(a, b feed.Taken) int { return cmp.Compare(a.Line, b.Line) })
	return taken, err
}

// importChanges shows what each changed row was and is.
func (p *Pages) importChanges(r *ui.Request, act string, taken []feed.Taken) ui.Table {
	t := ui.Table{Caption: r.T("daycarework.import." + act + ".changes"), Cards: true,
		Columns: []ui.Column{{Text: r.T("casework.import.row")}, {Text: r.T("daycarework.import.id")}, {Text: r.T("daycarework.import.was")}, {Text: r.T("daycarework.import.now")}}}
	told := func(s *feed.State) ui.Cell {
		if s == nil {
			return ui.Cell{Text: r.T("daycarework.import.removed")}
		}
		c := ui.Cell{Text: s.Unit, Small: period(r, s.Period)}
		if s.Share != nil {
			c.Text = r.T("daycarework.shares.month", "sum", *s.Share)
		}
		return c
	}
	for _, x := range taken {
		if x.Was != nil && len(t.Rows) < mostErrors {
			t.Rows = append(t.Rows, []ui.Cell{{Text: ui.Digits(x.Line)}, {Text: x.ID}, told(x.Was), told(x.Now)})
		}
	}
	return t
}

// importErrors names row, column, what is wrong and what to do.
func (p *Pages) importErrors(r *ui.Request, k importKind, caption string, taken []feed.Taken, of func(feed.Taken) fault.List) ui.Table {
	t := ui.Table{Caption: r.T("daycarework.import." + caption), Cards: true, Columns: []ui.Column{{Text: r.T("casework.import.row")}, {Text: r.T("daycarework.import.id")}, {Text: r.T("casework.import.column")}, {Text: r.T("common.error")}},
		Empty: ui.Empty{Title: r.T("casework.import.no_errors"), Text: r.T("casework.import.no_errors.text")}}
	known := map[string]bool{}
	for _, c := range k.columns() {
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
