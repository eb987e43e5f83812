package casework

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/decision"
	"seteli/domain/voucher"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// decisionsShown is how many rows a page of the list has.
const decisionsShown = 25

type decisionsView struct {
	Tiles                   ui.Tiles
	Form                    *ui.Form
	Stages, Kinds, Services []ui.Option
	Table                   ui.Table
	Pages                   ui.Pages
	File                    string // address of the same list as a file; "" when it is empty
}

// decisionFilter are the fields of the list's form, as they stand in its address. Names and identity codes of clients never do.
var decisionFilter = []string{"state", "kind", "service", "client", "maker", "from", "to"}

// decisionQuery reads the address: what was chosen from a list and is not on it narrows nothing, a day that is no day is a fault.
func decisionQuery(r *ui.Request, f *ui.Form) decision.ListInput {
	in := decision.ListInput{Organiser: r.Actor.Organiser, Client: f.OptionalText("client"), Maker: f.OptionalText("maker"), Most: decisionsShown + 1}
	if s := decision.Stage(f.Value("state")); s == decision.AllMade || slices.Contains(decision.Waits(), s) {
		in.Stage = s
	}
	if k := decision.Kind(f.Value("kind")); slices.Contains(decision.ClientKinds(), k) {
		in.Kind = k
	}
	if n, err := strconv.ParseInt(f.Value("service"), 10, 64); err == nil && n > 0 {
		in.Service = n
	}
	if day, given := f.OptionalDate("from"); given {
		in.From = &day
	}
	if day, given := f.OptionalDate("to"); given {
		in.To = &day
	}
	if part := strings.Split(f.Value("after"), "."); len(part) == 3 {
		on, errDay := calendar.ParseDate(part[0])
		id, errID := strconv.ParseInt(part[2], 10, 64)
		if errDay == nil && errID == nil {
			in.After = decision.Cursor{On: on, Stage: decision.Stage(part[1]), ID: id}
		}
	}
	return in
}

// decisionAddress is the list with the same filter after a row; nil = from the beginning.
func decisionAddress(r *ui.Request, f *ui.Form, path string, after *decision.Cursor) string {
	q := url.Values{}
	for _, name := range decisionFilter {
		if s := f.Value(name); s != "" {
			q.Set(name, s)
		}
	}
	if after != nil {
		q.Set("after", fmt.Sprintf("%s.%s.%d", after.On, after.Stage, after.ID))
	}
	if len(q) == 0 {
		return r.Path(path)
	}
	return r.Path(path) + "?" + q.Encode()
}

// decisions is the work list: what waits for a decision, for its delivery, for the outcome of an appeal; and every decision made.
func (p *Pages) decisions(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	in := decisionQuery(r, f)
	v := decisionsView{Form: f}
	var list []decision.Listed
	var counts map[decision.Stage]int64
	var changes int64
	names := map[int64]i18n.Names{}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if counts, err = decision.Counts(ctx, tx, r.Actor, in.Organiser); err != nil {
			return err
		}
		if changes, err = voucher.BulksWaiting(ctx, tx, r.Actor, in.Organiser); err != nil {
			return err
		}
		services, err := catalogue.Services(ctx, tx, in.Organiser, tx.Today())
		if err != nil {
			return err
		}
		for _, s := range services {
			if names[s.ID] = s.Names; r.Actor.SeesService(s.Teams) {
				v.Services = append(v.Services, ui.Option{Value: ui.Digits(s.ID), Text: s.Names.In(r.Lang)})
			}
		}
		if f.Refused() {
			return nil
		}
		list, err = decision.List(ctx, tx, r.Actor, in)
		return err
	})
	if err != nil && !f.Take(err) {
		return err
	}
	if len(list) > decisionsShown {
		list = list[:decisionsShown]
		last := list[decisionsShown-1].Cursor()
		v.Pages.Next = decisionAddress(r, f, "/decisions", &last)
	}
	if in.After.ID != 0 {
		v.Pages.First = decisionAddress(r, f, "/decisions", nil)
	}
	if len(list) > 0 {
		v.File = decisionAddress(r, f, "/decisions/file.csv", nil)
	}
	v.options(r)
	for _, s := range decision.Waits() {
		v.Tiles = append(v.Tiles, ui.Tile{Label: r.T("decision.stage." + string(s)), Figure: ui.Digits(counts[s]), Href: r.Path("/decisions") + "?state=" + string(s)})
	}
	v.Tiles = append(v.Tiles, bulkTile(r, changes))
	v.Table = decisionsTable(r, in, list, names)
	return r.Show(w, f.Status(), "casework/decisions", v)
}

// options are what the list can be narrowed to.
func (v *decisionsView) options(r *ui.Request) {
	v.Stages = []ui.Option{{Text: r.T("decision.stage.waiting")}}
	for _, s := range append(decision.Waits(), decision.AllMade) {
		v.Stages = append(v.Stages, ui.Option{Value: string(s), Text: r.T("decision.stage." + string(s))})
	}
	v.Kinds = []ui.Option{{Text: r.T("decision.list.any_kind")}}
	for _, k := range decision.ClientKinds() {
		v.Kinds = append(v.Kinds, ui.Option{Value: string(k), Text: r.T("decision.kind." + string(k))})
	}
	v.Services = append([]ui.Option{{Text: r.T("decision.list.any_service")}}, v.Services...)
}

func decisionsTable(r *ui.Request, in decision.ListInput, list []decision.Listed, names map[int64]i18n.Names) ui.Table {
	t := ui.Table{Caption: r.T("decision.list.caption.waiting"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.client")}, {Text: r.T("decision.list.matter")},
		{Text: r.T("proposal.page.amount"), Numeric: true}, {Text: r.T("common.state")}, {Text: r.T("decision.list.day")}, {Text: r.T("decision.list.maker")}},
		Empty: ui.Empty{Title: r.T("decision.list.none"), Text: r.T("decision.list.none.text")}}
	if in.Stage == decision.AllMade {
		t.Caption = r.T("decision.list.caption.made")
	}
	if narrowed := in.Stage != "" || in.Kind != "" || in.Service != 0 || in.Client != "" || in.Maker != "" || in.From != nil || in.To != nil; narrowed {
		t.Empty = ui.Empty{Title: r.T("decision.list.not_found"), Text: r.T("decision.list.not_found.text"), Links: []ui.Link{{Text: r.T("decision.list.clear"), Href: r.Path("/decisions")}}}
	}
	for _, x := range list {
		path := r.Path("/decisions/{decision}", x.ID)
		if x.Proposed() {
			path = r.Path("/proposals/{proposal}", x.ID)
		}
		matter := ui.Cell{Text: serviceOf(r, names, x.Service), Small: r.T("decision.kind." + string(x.Kind))}
		if matter.Text == "" {
			matter = ui.Cell{Text: matter.Small}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: x.Name, Href: path, Small: x.Number}, matter, {Text: orDash(r, x.Amount), Numeric: true}, listedState(r, x), {Text: r.Date(x.On)}, {Text: x.By}})
	}
	return t
}

// listedState is the tag of the row with what can be said of it shortly.
func listedState(r *ui.Request, x decision.Listed) ui.Cell {
	if !x.Proposed() {
		key := "decision." + string(x.Stage)
		if x.Stage == decision.AllMade {
			key = "decision." + string(x.Outcome)
		}
		c := r.TagCell(key)
		c.Small = x.Note
		return c
	}
	c := r.TagCell("proposal." + string(x.State))
	switch {
	case x.Answered != nil:
		c.Small = r.T("proposal.step.answered", "day", *x.Answered)
	case x.Due != nil && x.Stage == decision.Ready:
		c.Small = r.T("proposal.page.silent", "due", *x.Due)
	case x.Due != nil:
		c.Small = r.T("proposal.page.due", "due", *x.Due)
	}
	return c
}

// decisionsFile is the list as the filter shows it, whole, for a spreadsheet program.
func (p *Pages) decisionsFile(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	in := decisionQuery(r, f)
	if f.Refused() {
		return f.Err()
	}
	var list []decision.Listed
	var names map[int64]i18n.Names
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = decision.Export(ctx, tx, r.Actor, in); err != nil {
			return err
		}
		names, err = serviceNames(ctx, tx, r)
		return err
	})
	if err != nil {
		return err
	}
	var headings []string
	for _, key := range []string{"casework.client", "casework.external_ref", "decision.page.number", "decision.page.kind", "casework.service", "proposal.page.amount", "common.state", "decision.list.day", "decision.list.maker"} {
		headings = append(headings, r.T(key))
	}
	rows := make([][]any, len(list))
	for i, x := range list {
		var amount any = ""
		if x.Amount != nil {
			amount = *x.Amount
		}
		state := listedState(r, x)
		rows[i] = []any{x.Name, x.Reference, x.Number, r.T("decision.kind." + string(x.Kind)), serviceOf(r, names, x.Service), amount, state.Tag.Text, x.On, x.By}
	}
	return ui.CSV(w, "paatokset.csv", headings, rows)
}
