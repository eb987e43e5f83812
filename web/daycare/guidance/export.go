package guidance

import (
	"context"
	"net/http"
	"time"

	"seteli/core/calendar"
	queue "seteli/domain/daycare/guidance"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// readAtOnce is how many decisions are read at a time; a file has them all.
const readAtOnce = 10_000

// exportColumns are the headings of the file, the same in every language: a program reads it.
var exportColumns = []string{"decision", "version", "number", "child", "child_reference", "child_name", "unit", "unit_name", "state", "first_day", "last_day", "value_cents", "own_share_cents",
	"payable_cents", "changed_at"}

// decisions gives the value decisions that changed on a day or later, for the municipality's own system.
func (p *Pages) decisions(w http.ResponseWriter, r *ui.Request) error {
	since := time.Time{}
	if day, err := ui.ParseDate(r.Input().Value("since")); err == nil {
		since = day.Time()
	}
	var list []queue.Exported
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list = nil
		in := queue.ExportInput{Organiser: r.Actor.Organiser, Since: since, Most: readAtOnce}
		for more := true; more; {
			page, again, err := queue.Export(ctx, tx, r.Actor, in)
			if err != nil {
				return err
			}
			list = append(list, page...)
			if more = again; more {
				in.After = page[len(page)-1].Place()
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="decisions.csv"`)
	h.Set("Cache-Control", "no-store")
	return sheet.WriteCSV(w, exportColumns, func(yield func([]any, error) bool) {
		for _, x := range list {
			last := ""
			if x.Period.To != calendar.Forever && !x.Period.Empty() {
				last = x.Period.Last().String()
			}
			row := []any{ui.Digits(x.Decision), ui.Digits(x.Version), x.Number, ui.Digits(x.Child), x.Reference, x.Name, ui.Digits(x.Unit), x.UnitName, x.State, x.Period.From.String(), last,
				int64(x.Value), int64(x.OwnShare), int64(x.Payable), x.ChangedAt.UTC().Format(time.RFC3339)}
			if !yield(row, nil) {
				return
			}
		}
	})
}
