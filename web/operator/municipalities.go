package operator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"seteli/core/fault"
	"seteli/domain/organiser"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// largestFile is the largest list of municipalities in bytes; the whole country is some 20 kB.
const largestFile = 1 << 20

// mostFaults is how many faults of a file the page lists; all are counted.
const mostFaults = 200

var errFile = fault.New(fault.Invalid, "OPR-004", "operator.municipalities.faults").At("file")

type municipalitiesView struct {
	Form   *ui.Form
	Faults *ui.Table
	Table  ui.Table
}

// municipalities shows the national list, and writes a newer one from a file: all of it or nothing.
func (p *Pages) municipalities(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := municipalitiesView{Form: f}
	if f.Submitted() {
		if up := f.File("file", largestFile); !f.Refused() {
			n, err := p.load(r, up)
			list := fault.All(err)
			switch {
			case err == nil:
				return r.SeeOther(w, "/operator/municipalities", "operator.municipalities.done", "n", n)
			case fault.KindOf(err) == fault.Invalid && len(list) > 0:
				f.Refuse(errFile.With("n", len(list)))
				faults := p.faults(r, list)
				v.Faults = &faults
			default:
				return err
			}
		}
	}
	var all []organiser.Municipality
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		all, err = organiser.Municipalities(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	v.Table = ui.Table{Caption: r.T("operator.municipalities.now", "n", len(all)), Dense: true, Columns: []ui.Column{{Text: r.T("operator.municipality")}, {Text: r.T("operator.name_sv")},
		{Text: r.T("operator.code")}, {Text: r.T("operator.county")}, {Text: r.T("operator.language")}},
		Empty: ui.Empty{Title: r.T("operator.municipalities.none"), Text: r.T("operator.municipalities.none_text")}}
	for _, m := range all {
		v.Table.Rows = append(v.Table.Rows, ui.TextCells(m.Names.Fi, m.Names.Sv, m.Code, m.County, m.Language))
	}
	return r.Show(w, f.Status(), "operator/municipalities", v)
}

func (p *Pages) load(r *ui.Request, up ui.Upload) (int, error) {
	table, err := sheet.Open(up.Name, bytes.NewReader(up.Data), int64(len(up.Data)), sheet.Limits{Bytes: largestFile, Lines: 2_000})
	if err != nil {
		return 0, err
	}
	list, err := organiser.ReadMunicipalities(table)
	if err != nil {
		return 0, err
	}
	return len(list), r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		return organiser.SetMunicipalities(ctx, tx, r.Actor, list)
	})
}

func (p *Pages) faults(r *ui.Request, list fault.List) ui.Table {
	t := ui.Table{Caption: r.T("operator.municipalities.wrong"), Columns: []ui.Column{{Text: r.T("operator.row"), Numeric: true}, {Text: r.T("operator.column")}, {Text: r.T("operator.what")}, {Text: r.T("operator.fault_code")}}}
	for _, one := range list[:min(len(list), mostFaults)] {
		row := "–"
		if n, ok := one.Values["row"]; ok {
			row = fmt.Sprint(n)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: row, Numeric: true}, {Text: one.Field}, {Text: p.Texts.Fault(r.Lang, one)}, {Text: one.Code}})
	}
	if more := len(list) - len(t.Rows); more > 0 {
		t.Foot = []ui.Cell{{Text: r.T("operator.municipalities.more", "n", more)}, {}, {}, {Text: strconv.Itoa(len(list)), Numeric: true}}
	}
	return t
}
