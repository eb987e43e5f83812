package month

import (
	"context"
	"net/http"

	"seteli/domain/daycare/store"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// rowsAtOnce is how many rows are read at a time; a file has them all.
const rowsAtOnce = 10_000

// fileColumns are the headings of the file, the same in every language and the same words as in the interface for programs.
var fileColumns = []string{"row", "month", "kind", "after_notice", "refunds", "unit", "unit_name", "unit_oid", "child", "child_reference", "child_name", "decision", "decision_number",
	"from", "to", "days", "month_days", "value_cents", "own_share_cents", "amount_cents"}

// file gives all rows of a closed month, for the municipality's own systems.
func (s *Pages) file(w http.ResponseWriter, r *ui.Request) error {
	m, err := ui.ParseMonth(r.PathValue("month"))
	if err != nil || m <= 0 {
		return ui.ErrNoPage
	}
	var list []store.PostedRow
	err = r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list = nil
		in := store.PostedInput{Organiser: r.Actor.Organiser, Month: m, Most: rowsAtOnce}
		for more := true; more; {
			page, months, again, err := store.Posted(ctx, tx, r.Actor, in)
			if err != nil {
				return err
			}
			if len(months) == 0 {
				return ui.ErrNoPage
			}
			list = append(list, page...)
			if more = again; more {
				in.After = page[len(page)-1].ID
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+m.String()+`-rows.csv"`)
	h.Set("Cache-Control", "no-store")
	return sheet.WriteCSV(w, fileColumns, func(yield func([]any, error) bool) {
		for _, x := range list {
			if !yield(fileRow(x), nil) {
				return
			}
		}
	})
}

func fileRow(x store.PostedRow) []any {
	refunds, notice := "", ""
	if x.Refunds != 0 {
		refunds = ui.Digits(x.Refunds)
	}
	if x.Notice {
		notice = "true"
	}
	return []any{ui.Digits(x.ID), x.Month.String(), x.Kind(), notice, refunds, ui.Digits(x.Unit), x.UnitName, x.UnitOID, ui.Digits(x.Child), x.Reference, x.ChildName, ui.Digits(x.Decision),
		x.DecisionNumber, x.Period.From.String(), x.Period.Last().String(), int64(x.Days), int64(x.MonthDays), int64(x.Value), int64(x.OwnShare), int64(x.Amount)}
}
