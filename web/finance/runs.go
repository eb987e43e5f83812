package finance

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/organiser"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

type runsView struct {
	Table   ui.Table
	Prepare bool
}

func (p *Pages) runs(w http.ResponseWriter, r *ui.Request) error {
	if err := staff(r); err != nil {
		return err
	}
	var list []settlement.Run
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = settlement.List(ctx, tx, r.Actor, r.Actor.Organiser, 60)
		return err
	})
	if err != nil {
		return err
	}
	v := runsView{Prepare: r.Actor.Can(access.SettlementPreview), Table: ui.Table{Caption: r.T("finance.runs.title"), Quiet: true, Cards: true,
		Columns: []ui.Column{{Text: r.T("finance.key")}, {Text: r.T("finance.state")}, {Text: r.T("finance.payees"), Numeric: true}, {Text: r.T("finance.lines"), Numeric: true},
			{Text: r.T("finance.pay"), Numeric: true}, {Text: r.T("finance.prepared_by")}},
		Empty: ui.Empty{Title: r.T("finance.runs.empty.title"), Text: r.T("finance.runs.empty"), Links: []ui.Link{{Text: r.T("finance.nav.new"), Href: r.Path("/finance/runs/new")}}}}}
	for _, run := range list {
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: slotText(r, run.Key), Href: r.Path(runPath(run.No))}, r.TagCell("run." + string(run.State)),
			{Text: strconv.Itoa(run.Payees), Numeric: true}, {Text: strconv.FormatInt(run.Lines, 10), Numeric: true}, r.CentsCell(run.Pay),
			{Text: run.PreparedBy, Small: r.T("finance.as_of", "at", run.AsOf)}})
	}
	return p.Site.Show(w, r, http.StatusOK, "finance/runs", v)
}

// newView starts a run: first what it would be, then the run.
type newView struct {
	Form      *ui.Form
	Seen      bool // a preview is shown
	Existing  *ui.Link
	Tiles     ui.Tiles
	Held      ui.Table
	Table     ui.Table
	MayMake   bool
	MoreTotal int
}

func (p *Pages) newRun(w http.ResponseWriter, r *ui.Request) error {
	if err := staff(r); err != nil {
		return err
	}
	f := r.Input()
	v := newView{Form: f, MayMake: r.Actor.Can(access.SettlementPrepare)}
	if !f.Submitted() {
		var o organiser.Organiser
		err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
			o, err = organiser.Get(ctx, tx, r.Actor.Organiser)
			return err
		})
		if err != nil {
			return err
		}
		f.Set("key", slotTyped(r, settlement.SlotFor(o, r.Today())))
		return p.Site.Show(w, r, http.StatusOK, "finance/new", v)
	}
	in := settlement.CalculateInput{Organiser: r.Actor.Organiser, Key: readSlot(f.Text("key"))}
	act := f.Choice("act", "preview", "calculate")
	if f.Refused() {
		return p.Site.Show(w, r, http.StatusUnprocessableEntity, "finance/new", v)
	}
	var err error
	if act == "calculate" {
		var run settlement.Run
		err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
			run, err = settlement.Calculate(ctx, tx, r.Actor, in)
			return err
		})
		if err == nil {
			return p.Site.SeeOther(w, r, runPath(run.No), "finance.new.made", "key", slotText(r, run.Key))
		}
	} else {
		err = p.preview(r, in, &v)
	}
	if errors.Is(err, settlement.ErrSlotTaken) {
		v.Existing = existing(r, err)
		err = fault.All(err)[0].With("key", slotText(r, in.Key))
	}
	if err != nil && !f.Take(err) {
		return err
	}
	status := http.StatusOK
	if err != nil {
		status = http.StatusUnprocessableEntity
	}
	return p.Site.Show(w, r, status, "finance/new", v)
}

// existing links to the run that has taken the slot.
func existing(r *ui.Request, err error) *ui.Link {
	run, ok := taken(err)
	if !ok {
		return nil
	}
	return &ui.Link{Text: r.T("finance.new.existing"), Href: r.Path(runPath(run))}
}

func (p *Pages) preview(r *ui.Request, in settlement.CalculateInput, v *newView) error {
	var seen settlement.Forecast
	var before map[int64]money.Cents
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if seen, err = settlement.Preview(ctx, tx, r.Actor, in); err != nil {
			return err
		}
		before, err = settlement.Before(ctx, tx, r.Actor, in.Organiser, seen.Run.No)
		return err
	})
	if err != nil {
		return err
	}
	v.Seen, v.Tiles = true, tiles(r, seen.Run, seen.Statements)
	v.Held = p.heldTable(r, seen.Statements, false)
	shown := seen.Statements
	if len(shown) > perPage {
		shown, v.MoreTotal = shown[:perPage], len(shown)
	}
	v.Table = p.payeeTable(r, shown, before, false)
	return nil
}

func tiles(r *ui.Request, run settlement.Run, list []settlement.Statement) ui.Tiles {
	count := map[settlement.Disposition]int{}
	for _, s := range list {
		count[s.Disposition]++
	}
	return ui.Tiles{{Label: r.T("finance.pay"), Figure: r.Cents(run.Pay), Note: r.T("finance.to_payees", "n", count[settlement.Pay]), Colour: "green"},
		{Label: r.T("finance.gross"), Figure: r.Cents(run.Gross), Note: r.T("finance.n_lines", "n", run.Lines)},
		{Label: r.T("finance.credit"), Figure: r.Cents(-run.Credit)},
		{Label: r.T("finance.held"), Figure: strconv.Itoa(count[settlement.Held]), Note: r.T("finance.carried_n", "n", count[settlement.Carried]), Colour: colour(count[settlement.Held])}}
}

func colour(held int) string {
	if held > 0 {
		return "orange"
	}
	return ""
}

// heldTable lists whose sums are not paid and why.
func (p *Pages) heldTable(r *ui.Request, list []settlement.Statement, linked bool) ui.Table {
	t := ui.Table{Caption: r.T("finance.held.title"), Cards: true, Columns: []ui.Column{{Text: r.T("finance.payee")}, {Text: r.T("finance.net"), Numeric: true}, {Text: r.T("finance.why")}}}
	for _, s := range list {
		if s.Disposition == settlement.Held && len(t.Rows) < perPage {
			t.Rows = append(t.Rows, []ui.Cell{payeeCell(r, s, linked), r.CentsCell(s.Net), {Text: settlement.HoldText(p.Words, r.Lang, s), Small: s.HoldCode}})
		}
	}
	return t
}

func payeeCell(r *ui.Request, s settlement.Statement, linked bool) ui.Cell {
	c := ui.Cell{Text: s.PayeeName, Small: s.Number}
	if linked {
		c.Href = r.Path(statementPath(s))
	}
	return c
}

func (p *Pages) payeeTable(r *ui.Request, list []settlement.Statement, before map[int64]money.Cents, linked bool) ui.Table {
	t := ui.Table{Caption: r.T("finance.payees"), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("finance.payee")}, {Text: r.T("finance.what")}, {Text: r.T("finance.gross"), Numeric: true},
		{Text: r.T("finance.credit"), Numeric: true}, {Text: r.T("finance.carried"), Numeric: true}, {Text: r.T("finance.net"), Numeric: true}, {Text: r.T("finance.change"), Numeric: true}}}
	for _, s := range list {
		change := ui.Cell{Text: r.T("finance.first_time"), Numeric: true}
		if old, ok := before[s.Provider]; ok {
			change.Text = signed(r, s.Gross-s.Credit-old)
		}
		t.Rows = append(t.Rows, []ui.Cell{payeeCell(r, s, linked), r.TagCell(payeeState(s)), r.CentsCell(s.Gross), r.CentsCell(-s.Credit), r.CentsCell(s.Carried), r.CentsCell(s.Net), change})
	}
	return t
}

func signed(r *ui.Request, c money.Cents) string {
	if c > 0 {
		return "+" + r.Cents(c)
	}
	return r.Cents(c)
}

const perPage = 50

// runView is one run.
type runView struct {
	Slot     string
	Run      settlement.Run
	Tiles    ui.Tiles
	Facts    ui.Summary
	Held     ui.Table
	Table    ui.Table
	Pages    ui.Pages
	Filters  []ui.Link
	History  ui.Timeline
	Letters  ui.Progress
	Actions  []action
	OwnRun   bool
	Download string
	CSV      string
}

type action struct{ Key, Kind, Href string }

func (p *Pages) run(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	var list []settlement.Statement
	var before map[int64]money.Cents
	var file payment.File
	var made bool
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = settlement.Statements(ctx, tx, r.Actor, run.Organiser, run.No); err != nil {
			return err
		}
		if before, err = settlement.Before(ctx, tx, r.Actor, run.Organiser, run.No); err != nil || !r.Actor.Can(access.PaymentRead) {
			return err
		}
		file, made, err = payment.About(ctx, tx, r.Actor, run.Organiser, run.No)
		return err
	})
	if err != nil {
		return err
	}
	v := runView{Run: run, Slot: slotText(r, run.Key), Tiles: tiles(r, run, list), Facts: facts(r, run, file, made), Held: p.heldTable(r, list, true), History: history(r, run),
		Actions: actions(r, run), OwnRun: run.State == settlement.Calculated && run.PreparedByAccount == r.Actor.Account, CSV: r.Path(runPath(run.No) + "/payees")}
	if made {
		v.Download = r.Path(runPath(run.No) + "/payment-file")
	}
	if run.State != settlement.Calculated && run.State != settlement.Undone {
		v.Letters = letters(r, run, list)
	}
	shown, pages := page(r, run, filtered(r.Input().Value("show"), list))
	v.Table, v.Pages, v.Filters = p.payeeTable(r, shown, before, true), pages, filters(r, run)
	return p.Site.Show(w, r, http.StatusOK, "finance/run", v)
}

func letters(r *ui.Request, run settlement.Run, list []settlement.Statement) ui.Progress {
	done := 0
	for _, s := range list {
		if s.Document != 0 {
			done++
		}
	}
	if done == len(list) {
		return ui.Progress{}
	}
	return ui.Progress{Label: r.T("finance.letters", "done", done, "of", len(list)), Done: done, Of: len(list), Href: r.Path(runPath(run.No))}
}

func filtered(show string, list []settlement.Statement) []settlement.Statement {
	if show == "" {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(s settlement.Statement) bool {
		return string(s.Disposition) != show && string(s.State) != show
	})
}

func filters(r *ui.Request, run settlement.Run) []ui.Link {
	here := r.Path(runPath(run.No))
	out := []ui.Link{{Text: r.T("finance.all"), Href: here}}
	for _, show := range []string{"pay", "held", "carried", "returned"} {
		out = append(out, ui.Link{Text: r.T("finance.payee." + show), Href: here + "?show=" + show})
	}
	return out
}

// page cuts the list; payees keep their order, so a page number is stable for a run.
func page(r *ui.Request, run settlement.Run, list []settlement.Statement) ([]settlement.Statement, ui.Pages) {
	n, err := strconv.Atoi(r.Input().Value("page"))
	if err != nil || n < 1 || (n-1)*perPage >= len(list) {
		n = 1
	}
	at := func(n int) string {
		href := r.Path(runPath(run.No)) + "?page=" + strconv.Itoa(n)
		if show := r.Input().Value("show"); slices.Contains([]string{"pay", "held", "carried", "returned"}, show) {
			href += "&show=" + show
		}
		return href
	}
	from, to := (n-1)*perPage, min(n*perPage, len(list))
	pages := ui.Pages{}
	if len(list) > perPage {
		pages.Summary = r.T("finance.page", "from", from+1, "to", to, "of", len(list))
		if n > 1 {
			pages.Previous = at(n - 1)
		}
		if to < len(list) {
			pages.Next = at(n + 1)
		}
	}
	return list[from:to], pages
}

func facts(r *ui.Request, run settlement.Run, file payment.File, made bool) ui.Summary {
	s := ui.Summary{Rows: []ui.Row{{Key: r.T("finance.state"), Tag: r.Tag("run." + string(run.State))},
		{Key: r.T("finance.prepared_by"), Value: run.PreparedBy, Small: r.T("finance.as_of", "at", run.AsOf)}}}
	if made {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("finance.file"), Value: file.MessageID, Small: r.T("finance.file.facts", "n", file.Count, "sum", file.Total)})
	}
	return s
}

func history(r *ui.Request, run settlement.Run) ui.Timeline {
	t := ui.Timeline{Title: r.T("finance.history")}
	for _, s := range slices.Backward(run.Steps) {
		t.Moments = append(t.Moments, ui.Moment{Title: r.T("finance.state." + string(s.State)), By: s.By, When: r.T("finance.at", "at", s.At), Text: dayText(r, s.Note)})
	}
	return t
}

// actions are what the reader may do next; the use cases decide.
func actions(r *ui.Request, run settlement.Run) (out []action) {
	add := func(right access.Right, key, kind, path string) {
		if r.Actor.Can(right) {
			out = append(out, action{key, kind, r.Path(runPath(run.No) + path)})
		}
	}
	switch run.State {
	case settlement.Calculated:
		if run.PreparedByAccount != r.Actor.Account {
			add(access.SettlementApprove, "finance.approve.button", "", "/approve")
		}
		add(access.SettlementPreview, "finance.undo.button", "secondary", "/undo")
	case settlement.Approved:
		add(access.SettlementRelease, "finance.release.button", "", "/release")
		add(access.SettlementRelease, "finance.undo.button", "secondary", "/undo")
	case settlement.Sent:
		add(access.PaymentMark, "finance.paid.button", "", "/paid")
	}
	return out
}

// payeesCSV is the run's payees as a table for the organiser's own checks.
func (p *Pages) payeesCSV(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	var list []settlement.Statement
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = settlement.Statements(ctx, tx, r.Actor, run.Organiser, run.No)
		return err
	})
	if err != nil {
		return err
	}
	var heads []string
	for _, k := range []string{"statement", "payee", "what", "lines", "gross", "credit", "carried", "net", "due", "why"} {
		heads = append(heads, r.T("finance."+k))
	}
	attach(w, "text/csv; charset=utf-8", "tilitys-"+run.Key+".csv")
	return sheet.WriteCSV(w, heads, func(yield func([]any, error) bool) {
		for _, s := range list {
			if !yield([]any{s.Number, s.PayeeName, r.T("finance." + payeeState(s)), s.Lines, s.Gross, -s.Credit, s.Carried, s.Net, s.DueOn, settlement.HoldText(p.Words, r.Lang, s)}, nil) {
				return
			}
		}
	})
}

func attach(w http.ResponseWriter, media, name string) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
}
