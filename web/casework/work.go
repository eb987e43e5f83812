package casework

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client/household"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
	"seteli/domain/purchase"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// shown is how many rows a work list shows; the oldest first, so that nothing is forgotten behind the end.
const shown = 100

type workView struct {
	Form   *ui.Form
	Tiles  ui.Tiles
	Table  ui.Table
	Orders *ui.Table
}

func (p *Pages) work(w http.ResponseWriter, r *ui.Request) error {
	wanted := r.Input().Value("waits")
	if !slices.Contains(voucher.Waits(), wanted) {
		wanted = ""
	}
	var list []voucher.Waiting
	var orders []purchase.Waiting
	var reports int64 // of changed income, that clients have told of
	var changes int64 // of many vouchers, that wait for a second person
	var ready int64   // proposals that wait for a decision: nobody was asked, the client has answered, or the time has run out
	guided := ui.Tile{}
	names := map[int64]i18n.Names{}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = voucher.WorkList(ctx, tx, r.Actor, r.Actor.Organiser, "", shown); err != nil {
			return err
		}
		if r.Actor.Can(access.OrderMake) {
			if orders, err = purchase.WorkList(ctx, tx, r.Actor, r.Actor.Organiser, shown); err != nil {
				return err
			}
		}
		if r.Actor.Can(access.IncomeEdit) {
			if reports, err = household.CountUnhandled(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
				return err
			}
		}
		if changes, err = voucher.BulksWaiting(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		if r.Actor.Can(access.DecisionMake) {
			if ready, err = decision.CountReady(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
				return err
			}
		}
		if guided, err = guidedTile(ctx, tx, r); err != nil {
			return err
		}
		names, err = serviceNames(ctx, tx, r)
		return err
	})
	if err != nil {
		return err
	}
	view := workView{Form: r.Input()}
	counts := map[string]int{}
	for _, v := range list {
		counts[v.For]++
	}
	for _, waits := range voucher.Waits() {
		view.Tiles = append(view.Tiles, ui.Tile{Label: r.T("casework.waits." + waits), Figure: ui.Digits(int64(counts[waits])), Href: r.Path("/work") + "?waits=" + waits})
	}
	if reports > 0 {
		view.Tiles = append(view.Tiles, ui.Tile{Label: r.T("household.reports.title"), Figure: ui.Digits(reports), Href: r.Path("/income-reports")})
	}
	if ready > 0 {
		view.Tiles = append(view.Tiles, ui.Tile{Label: r.T("proposal.page.ready"), Figure: ui.Digits(ready), Href: r.Path("/decisions")})
	}
	view.Tiles = append(view.Tiles, bulkTile(r, changes))
	if guided.Href != "" {
		view.Tiles = append(view.Tiles, guided)
	}
	view.Table = ui.Table{Caption: r.T("casework.work.caption"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.client")}, {Text: r.T("casework.service")},
		{Text: r.T("casework.valid")}, {Text: r.T("casework.work.waits")}, {Text: r.T("casework.work.since")}},
		Empty: ui.Empty{Title: r.T("casework.work.none"), Text: r.T("casework.work.none.text"), Links: []ui.Link{{Text: r.T("casework.clients.search"), Href: r.Path("/clients")}}}}
	for _, v := range list {
		if wanted != "" && v.For != wanted {
			continue
		}
		view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: v.ListName, Small: v.Number.Print(), Href: r.Path("/vouchers/{voucher}", v.ID)},
			{Text: names[v.Service].In(r.Lang)}, {Text: r.Period(v.Valid)}, {Text: r.T("casework.waits." + v.For)}, {Text: i18n.DateTime(r.Lang, v.Since)}})
	}
	if len(orders) > 0 {
		view.Orders = &ui.Table{Caption: r.T("casework.orders"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.client")}, {Text: r.T("casework.service")},
			{Text: r.T("casework.provider")}, {Text: r.T("common.state")}, {Text: r.T("casework.work.since")}}}
		for _, o := range orders {
			note := o.Note
			if o.EndedWhy != "" {
				note = r.T("casework.order.left", "last", o.EndedFrom-1)
			}
			view.Orders.Rows = append(view.Orders.Rows, []ui.Cell{{Text: o.ListName, Small: o.Number, Href: r.Path("/vouchers/{voucher}", o.Voucher)},
				{Text: names[o.Service].In(r.Lang)}, {Text: o.ProviderName, Small: note}, r.TagCell("order." + string(o.State)), {Text: i18n.DateTime(r.Lang, o.OrderedAt)}})
		}
	}
	return r.Show(w, http.StatusOK, "casework/work", view)
}

// find leads from a typed voucher number to its page.
func (p *Pages) find(w http.ResponseWriter, r *ui.Request) error {
	number, err := ident.ParseVoucherNumber(r.Input().Value("number"))
	if err != nil {
		return err
	}
	var v voucher.Voucher
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		v, err = voucher.Find(ctx, tx, r.Actor, r.Actor.Organiser, number)
		return err
	})
	if err != nil {
		return err
	}
	return r.SeeOther(w, "/vouchers/"+ui.Digits(v.ID), "")
}

// guidedTile leads to the placement guidance of a municipality that has rules of early education; the zero tile elsewhere.
func guidedTile(ctx context.Context, tx *postgres.Tx, r *ui.Request) (ui.Tile, error) {
	if !r.Actor.Can(access.DaycareDecide) {
		return ui.Tile{}, nil
	}
	if _, err := store.RulesOn(ctx, tx, r.Actor.Organiser, tx.Today()); fault.KindOf(err) == fault.Conflict {
		return ui.Tile{}, nil
	} else if err != nil {
		return ui.Tile{}, err
	}
	counts, err := guidance.Counts(ctx, tx, r.Actor, r.Actor.Organiser)
	waiting := 0
	for _, c := range counts {
		waiting += c.Waiting
	}
	return ui.Tile{Label: r.T("guidance.title"), Figure: ui.Digits(waiting), Href: r.Path("/guidance")}, err
}
