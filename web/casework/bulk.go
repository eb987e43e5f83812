package casework

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// bulkRoutes are the pages of changes of many vouchers: prepared by one, looked through, approved by another.
func (p *Pages) bulkRoutes(work ui.Routes) {
	work.Get("/changes", access.VoucherRead, p.bulks)
	work.Form("/changes/new", access.VoucherBulk, p.bulkPrepare)
	bulk := work.About("bulk")
	bulk.Get("/changes/{bulk}", access.VoucherRead, p.bulk)
	bulk.Form("/changes/{bulk}/approve", access.VoucherBulkApprove, p.bulkApprove)
	bulk.Form("/changes/{bulk}/drop", access.VoucherBulk, p.bulkDrop)
}

func bulkPages() []ui.PageSpec {
	return []ui.PageSpec{
		ui.Page("casework/bulks", bulksView{}, bulksView{CanPrepare: true, Table: ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}}),
		ui.Page("casework/bulk-new", bulkNewView{}, bulkNewView{Kinds: []ui.Option{{Value: "x", Text: "x"}}, Services: []ui.Option{{Value: "1", Text: "x"}}}),
		ui.Page("casework/bulk", bulkView{}, bulkView{ID: 1, State: "bulk.prepared", Prepared: true, CanApprove: true, CanDrop: true, Refused: "x", All: "x", Progress: &ui.Progress{Label: "x", Done: 1, Of: 2, Href: "x"}}),
		ui.Page("casework/bulk-approve", bulkActView{}, bulkActView{ID: 1, Own: true}), ui.Page("casework/bulk-drop", bulkActView{}, bulkActView{ID: 1}),
	}
}

// bulkStates are the tags of changes.
func bulkStates() map[string]ui.State {
	return map[string]ui.State{"bulk.prepared": {Key: "bulk.state.prepared", Colour: "blue"}, "bulk.approved": {Key: "bulk.state.approved", Colour: "orange"},
		"bulk.done": {Key: "bulk.state.done", Colour: "green"}, "bulk.dropped": {Key: "bulk.state.dropped", Colour: "grey"},
		"bulk.line.changes": {Key: "bulk.line.changes", Colour: "blue"}, "bulk.line.refused": {Key: "bulk.line.refused", Colour: "red"},
		"bulk.line.applied": {Key: "bulk.line.applied", Colour: "green"}}
}

// bulkTile leads from a work list to the changes.
func bulkTile(r *ui.Request, waiting int64) ui.Tile {
	return ui.Tile{Label: r.T("bulk.title"), Figure: ui.Digits(waiting), Note: r.T("bulk.tile.note"), Href: r.Path("/changes")}
}

type bulksView struct {
	CanPrepare bool
	Table      ui.Table
}

// bulks lists the changes, newest first.
func (p *Pages) bulks(w http.ResponseWriter, r *ui.Request) error {
	var list []voucher.Bulk
	var names map[int64]i18n.Names
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = voucher.Bulks(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		names, err = serviceNames(ctx, tx, r)
		return err
	})
	if err != nil {
		return err
	}
	v := bulksView{CanPrepare: r.Actor.Can(access.VoucherBulk), Table: ui.Table{Caption: r.T("bulk.list"), Quiet: true, Cards: true,
		Columns: []ui.Column{{Text: r.T("bulk.change")}, {Text: r.T("casework.service")}, {Text: r.T("bulk.day")}, {Text: r.T("bulk.vouchers"), Numeric: true}, {Text: r.T("common.state")}, {Text: r.T("bulk.prepared_by")}},
		Empty:   ui.Empty{Title: r.T("bulk.none"), Text: r.T("bulk.none.text")}}}
	for _, b := range list {
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: r.T("bulk.kind." + string(b.Kind)), Href: r.Path("/changes/{bulk}", b.ID), Hidden: names[b.Service].In(r.Lang)}, {Text: names[b.Service].In(r.Lang)},
			{Text: r.Date(bulkDay(b))}, {Text: i18n.Int(r.Lang, int64(b.Vouchers)), Numeric: true}, r.TagCell("bulk." + b.State), {Text: b.PreparedBy, Small: i18n.DateTime(r.Lang, b.PreparedAt)}})
	}
	return r.Show(w, http.StatusOK, "casework/bulks", v)
}

// bulkDay is the first day of new values, or the last day of a renewed validity.
func bulkDay(b voucher.Bulk) calendar.Date {
	if b.Kind == voucher.Renew && b.ValidTo != nil {
		return *b.ValidTo - 1
	}
	return b.From
}

type bulkNewView struct {
	Form            *ui.Form
	Kinds, Services []ui.Option
}

// bulkPrepare computes what would change for everybody; nothing of the vouchers changes yet.
func (p *Pages) bulkPrepare(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := bulkNewView{Form: f, Kinds: []ui.Option{{Value: string(voucher.Revalue), Text: r.T("bulk.kind.revalue"), Hint: r.T("bulk.kind.revalue.hint")},
		{Value: string(voucher.Renew), Text: r.T("bulk.kind.renew"), Hint: r.T("bulk.kind.renew.hint")}}}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, s := range services {
			if s.Mode.Grants() && s.Mode != catalogue.Purchased && r.Actor.SeesService(s.Teams) {
				v.Services = append(v.Services, ui.Option{Value: ui.Digits(s.ID), Text: s.Names.In(r.Lang)})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := voucher.BulkInput{Organiser: r.Actor.Organiser, Service: f.ID("service"), Kind: voucher.BulkKind(f.Choice("kind", string(voucher.Revalue), string(voucher.Renew))), Reason: f.LongText("reason")}
		switch in.Kind {
		case voucher.Revalue:
			in.From = f.Date("from")
		case voucher.Renew:
			in.ValidTo = f.Date("valid_to") + 1
		}
		if !f.Refused() {
			var made voucher.Bulk
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				made, err = voucher.PrepareBulk(ctx, tx, r.Actor, p.Means, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/changes/"+ui.Digits(made.ID), "bulk.prepared.done")
			}
			if !take(f, err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "casework/bulk-new", v)
}

type bulkView struct {
	ID                            int64
	Title, Service, State, Reason string
	Prepared, CanApprove, CanDrop bool
	Tiles                         ui.Tiles
	Facts                         ui.Summary
	Progress                      *ui.Progress
	Lines                         ui.Table
	Refused, All                  string // addresses of the two lists; "" = this one
	Pages                         ui.Pages
}

// bulkShown is how many lines stand on a page: each is a client, whose looking at is written down.
const bulkShown = 50

// bulk shows what happens to every voucher, and how far it has come.
func (p *Pages) bulk(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("bulk")
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(r.Input().Value("after"), 10, 64)
	if err != nil || after < 0 {
		after = 0 // an address that nobody wrote down: from the beginning
	}
	page := voucher.BulkPage{After: after, Most: bulkShown + 1, Refused: r.Input().Value("only") == "refused"}
	var b voucher.Bulk
	var lines []voucher.BulkLine
	var s catalogue.Service
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if b, lines, err = voucher.BulkOf(ctx, tx, r.Actor, r.Actor.Organiser, number, page); err != nil {
			return err
		}
		s, err = catalogue.ServiceAt(ctx, tx, r.Actor.Organiser, b.Service, tx.Today())
		return err
	})
	if err != nil {
		return err
	}
	v := bulkView{ID: b.ID, Title: r.T("bulk.kind." + string(b.Kind)), Service: s.Names.In(r.Lang), State: "bulk." + b.State, Reason: b.Reason, Prepared: b.State == "prepared"}
	v.CanApprove, v.CanDrop = v.Prepared && r.Actor.Can(access.VoucherBulkApprove) && r.Actor.Account != b.PreparedByAccount, v.Prepared && r.Actor.Can(access.VoucherBulk)
	v.Tiles, v.Facts, v.Progress = bulkTiles(r, b), bulkFacts(r, b), bulkProgress(r, b)
	here := r.Path("/changes/{bulk}", b.ID)
	if page.Refused {
		v.All = here
	} else if b.Refused > 0 {
		v.Refused = here + "?only=refused"
	}
	if len(lines) > bulkShown {
		lines = lines[:bulkShown]
		q := url.Values{"after": {ui.Digits(lines[bulkShown-1].Line)}}
		if page.Refused {
			q.Set("only", "refused")
		}
		v.Pages.Next = here + "?" + q.Encode()
	}
	if after > 0 {
		if v.Pages.First = here; page.Refused {
			v.Pages.First += "?only=refused"
		}
	}
	v.Lines = bulkTable(r, b, s, lines)
	return r.Show(w, http.StatusOK, "casework/bulk", v)
}

func bulkTiles(r *ui.Request, b voucher.Bulk) ui.Tiles {
	count := func(n int) string { return i18n.Int(r.Lang, int64(n)) }
	tiles := ui.Tiles{{Label: r.T("bulk.vouchers"), Figure: count(b.Vouchers)}}
	if b.Kind == voucher.Revalue {
		tiles = append(tiles, ui.Tile{Label: r.T("bulk.raised"), Figure: count(b.Raised), Note: r.T("bulk.most", "amount", signed(r, b.Highest))},
			ui.Tile{Label: r.T("bulk.lowered"), Figure: count(b.Lowered), Note: r.T("bulk.least", "amount", signed(r, b.Lowest))})
	}
	return append(tiles, ui.Tile{Label: r.T("bulk.refused"), Figure: count(b.Refused), Note: r.T("bulk.refused.note")})
}

// signed writes a change with its sign.
func signed(r *ui.Request, c money.Cents) string {
	if c > 0 {
		return "+" + r.Cents(c)
	}
	return r.Cents(c)
}

func bulkFacts(r *ui.Request, b voucher.Bulk) ui.Summary {
	day := r.T("bulk.from")
	if b.Kind == voucher.Renew {
		day = r.T("bulk.valid_to")
	}
	s := ui.Summary{Rows: []ui.Row{{Key: day, Value: r.Date(bulkDay(b))}, {Key: r.T("bulk.reason"), Value: b.Reason},
		{Key: r.T("bulk.prepared_by"), Value: b.PreparedBy, Small: i18n.DateTime(r.Lang, b.PreparedAt)}}}
	if b.ApprovedAt != nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("bulk.approved_by"), Value: b.ApprovedBy + ", " + b.Office, Small: i18n.DateTime(r.Lang, *b.ApprovedAt)})
	}
	return s
}

// bulkProgress tells how many of the clients have their decision; nothing before the approval.
func bulkProgress(r *ui.Request, b voucher.Bulk) *ui.Progress {
	if b.ApprovedAt == nil {
		return nil
	}
	todo := b.Lines - b.Refused
	changed := r.T("bulk.progress", "applied", b.Applied, "lines", todo, "decided", b.Decided)
	return &ui.Progress{Label: changed, Done: b.Applied + b.Decided, Of: todo + b.Vouchers, Href: r.Path("/changes/{bulk}", b.ID), Finished: b.State == "done" && b.Decided >= b.Vouchers-b.Refused}
}

func bulkTable(r *ui.Request, b voucher.Bulk, s catalogue.Service, lines []voucher.BulkLine) ui.Table {
	t := ui.Table{Caption: r.T("bulk.lines"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.client")}, {Text: r.T("casework.content")}, {Text: r.T("bulk.before"), Numeric: true},
		{Text: r.T("bulk.after"), Numeric: true}, {Text: r.T("bulk.difference"), Numeric: true}, {Text: r.T("common.state")}}, Empty: ui.Empty{Title: r.T("bulk.lines.none")}}
	for _, l := range lines {
		c, _ := s.Content(l.Content)
		before, after, difference := ui.Cell{Text: r.Date(l.BeforeTo - 1), Numeric: true}, ui.Cell{Text: r.Date(l.AfterTo - 1), Numeric: true}, ui.Cell{Text: r.T("bulk.days", "n", int(l.AfterTo-l.BeforeTo)), Numeric: true}
		if b.Kind == voucher.Revalue {
			before, after, difference = r.CentsCell(l.Before), r.CentsCell(l.After), ui.Cell{Text: signed(r, l.After-l.Before), Numeric: true}
		}
		state := r.TagCell("bulk.line.changes")
		switch {
		case l.Refusal != "":
			after, difference = ui.Cell{Text: "–", Numeric: true}, ui.Cell{Text: "–", Numeric: true}
			state = r.TagCell("bulk.line.refused")
			state.Small = r.Told(l.Told, l.Refusal)
		case l.Applied:
			state = r.TagCell("bulk.line.applied")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: l.ListName, Small: l.Number.Print(), Href: r.Path("/vouchers/{voucher}", l.Voucher)}, {Text: c.Names.In(r.Lang)}, before, after, difference, state})
	}
	return t
}
