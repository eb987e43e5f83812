// Package orders is the provider's pages of purchased services: the orders that organisers have made, and the answer to each.
//
// A page reads a form, calls one use case of domain/purchase and shows a page or redirects. Who the client is, is shown to the
// provider whose order it is, each reading with its row in the access log; a declined order shows the client no more.
package orders

import (
	"context"
	"embed"
	"net/http"

	"seteli/domain/catalogue"
	"seteli/domain/organiser"
	"seteli/domain/purchase"
	"seteli/domain/register"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Pages holds what the pages need.
type Pages struct {
	DB    *postgres.DB
	Texts *i18n.Catalogue
}

// most is how many orders the list shows, those without an answer first.
const most = 200

// Audience is the pages with their routes and navigation. The tags of orders are registered by the caseworker's pages.
func (p *Pages) Audience() ui.Audience {
	all := ui.NewRoutes(ui.Route{Side: access.ProviderSide, ClientData: true})
	all.Get("/orders", access.OrderConfirm, p.list)
	all.About("order").Form("/orders/{organiser}/{order}", access.OrderConfirm, p.order)
	return ui.Audience{
		Name: "orders", Templates: templates, Routes: all.All(),
		Roles: []access.Role{access.Signatory, access.ProviderMainUser, access.ServiceResponsible, access.Recorder},
		Nav:   []ui.NavItem{{Key: "orders.nav", Path: "/orders", Right: access.OrderConfirm}},
		Pages: []ui.PageSpec{ui.Page("orders/list", listView{}), ui.Page("orders/order", orderView{}, orderView{Number: "1", Waiting: true})},
	}
}

type listView struct{ Table ui.Table }

// list shows the company's orders of every organiser, those that wait for an answer first.
func (p *Pages) list(w http.ResponseWriter, r *ui.Request) error {
	view := listView{ui.Table{Caption: r.T("orders.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("orders.client")}, {Text: r.T("orders.service")},
		{Text: r.T("orders.period")}, {Text: r.T("orders.state")}, {Text: r.T("orders.ordered")}, {Text: r.T("orders.number")}},
		Empty: ui.Empty{Title: r.T("orders.none"), Text: r.T("orders.none.text")}}}
	var list []purchase.Order
	err := p.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		list, err = purchase.OfProvider(r.Context(), tx, r.Actor, most)
		return err
	})
	if err != nil {
		return err
	}
	known, err := p.served(r, list)
	if err != nil {
		return err
	}
	for _, o := range list {
		about, ok := known[key{o.Organiser, o.ID}]
		if !ok { // declined: the client is shown no more
			view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: o.Number, Href: path(r, o)}, {}, {}, r.TagCell("order." + string(o.State)), {Text: i18n.DateTime(r.Lang, o.OrderedAt)}, {Text: o.Number}})
			continue
		}
		view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: about.Name, Href: path(r, o), Hidden: o.Number}, {Text: about.service.Names.In(r.Lang), Small: about.organiser},
			{Text: r.Period(about.Valid)}, r.TagCell("order." + string(o.State)), {Text: i18n.DateTime(r.Lang, o.OrderedAt), Small: o.OrderedBy}, {Text: o.Number}})
	}
	return r.Show(w, http.StatusOK, "orders/list", view)
}

func path(r *ui.Request, o purchase.Order) string {
	return r.Path("/orders/{organiser}/{order}", o.Organiser, o.ID)
}

type key struct {
	organiser int32
	order     int64
}

// about is an order's client with the words of the service.
type about struct {
	purchase.Served
	service   catalogue.Service
	organiser string
}

// served reads whom orders are about: one transaction an organiser, in which the readings are logged.
func (p *Pages) served(r *ui.Request, list []purchase.Order) (map[key]about, error) {
	by := map[int32][]int64{}
	for _, o := range list {
		by[o.Organiser] = append(by[o.Organiser], o.ID)
	}
	out := map[key]about{}
	for org, ids := range by {
		err := r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
			served, err := purchase.ServedBy(ctx, tx, r.Actor, org, ids)
			if err != nil {
				return err
			}
			services, err := catalogue.Services(ctx, tx, org, tx.Today())
			if err != nil {
				return err
			}
			of := map[int64]catalogue.Service{}
			for _, s := range services {
				of[s.ID] = s
			}
			o, err := organiser.Get(ctx, tx, org)
			for id, s := range served {
				out[key{org, id}] = about{s, of[s.Service], o.Names.In(r.Lang)}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

type orderView struct {
	Form    *ui.Form
	Number  string
	Summary ui.Summary
	Lines   ui.Table
	Waiting bool
	Options []ui.Option
}

// order shows one order and takes its answer; what each answer means is said before it is given.
func (p *Pages) order(w http.ResponseWriter, r *ui.Request) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	id, err := r.PathID("order")
	if err != nil {
		return err
	}
	var o purchase.Order
	err = p.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) { // the provider's own scope: another's order is not there
		o, err = purchase.Get(r.Context(), tx, r.Actor, org, id)
		return err
	})
	if err != nil {
		return err
	}
	view, err := p.view(r, o)
	if err != nil {
		return err
	}
	f := view.Form
	if f.Submitted() {
		choice := f.Choice("answer", "confirm", "decline")
		in := purchase.AnswerInput{Organiser: o.Organiser, Order: o.ID, RowVersion: int32(f.Int("version", 1, 1<<30)), Terms: f.Bool("terms"),
			Plan: f.OptionalLongText("plan"), Note: f.OptionalLongText("note")}
		if !f.Refused() {
			err := r.DoIn(p.DB, o.Organiser, func(ctx context.Context, tx *postgres.Tx) (err error) {
				if choice == "confirm" {
					_, err = purchase.Confirm(ctx, tx, r.Actor, in)
				} else {
					_, err = purchase.Decline(ctx, tx, r.Actor, in)
				}
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/orders", "orders.done."+choice)
			}
			if !f.Take(err) {
				return err
			}
		}
		view.Waiting = true // also when somebody else has answered: nothing typed is lost
	}
	return r.Show(w, f.Status(), "orders/order", view)
}

func (p *Pages) view(r *ui.Request, o purchase.Order) (orderView, error) {
	view := orderView{Form: r.Input(), Number: o.Number, Waiting: o.State == purchase.Ordered,
		Options: []ui.Option{{Value: "confirm", Text: r.T("orders.confirm"), Hint: r.T("orders.confirm.hint")}, {Value: "decline", Text: r.T("orders.decline"), Hint: r.T("orders.decline.hint")}},
		Lines:   ui.Table{Caption: r.T("orders.lines"), Cards: true, Columns: []ui.Column{{Text: r.T("orders.content")}, {Text: r.T("orders.amount")}, {Text: r.T("orders.price"), Numeric: true}}}}
	view.Form.Set("version", o.RowVersion)
	rows := []ui.Row{{Key: r.T("orders.state"), Tag: r.Tag("order." + string(o.State))}}
	known, err := p.served(r, []purchase.Order{o})
	if err != nil {
		return view, err
	}
	var unit register.Unit
	var lines []purchase.Bought
	err = r.DoIn(p.DB, o.Organiser, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if unit, err = register.GetUnit(ctx, tx, o.Unit); err != nil {
			return err
		}
		lines, err = purchase.Lines(ctx, tx, r.Actor, o.Organiser, o.ID)
		return err
	})
	if err != nil {
		return view, err
	}
	if about, ok := known[key{o.Organiser, o.ID}]; ok {
		rows = append(rows, ui.Row{Key: r.T("orders.client"), Value: about.Name, Small: r.T("orders.born", "day", about.BirthDate)},
			ui.Row{Key: r.T("orders.language"), Value: r.T("orders.language." + string(about.Language))},
			ui.Row{Key: r.T("orders.service"), Value: about.service.Names.In(r.Lang), Small: about.organiser},
			ui.Row{Key: r.T("orders.period"), Value: r.Period(about.Valid)})
		for _, l := range lines {
			c, _ := about.service.Content(l.Content)
			view.Lines.Rows = append(view.Lines.Rows, []ui.Cell{{Text: c.Names.In(r.Lang)}, {Text: voucher.AmountText(p.Texts, r.Lang, l.Line, c.Unit)},
				{Text: voucher.ValueText(p.Texts, r.Lang, l.Price, c.Unit), Numeric: true}})
		}
	}
	rows = append(rows, ui.Row{Key: r.T("orders.unit"), Value: unit.Name}, ui.Row{Key: r.T("orders.ground"), Value: r.T("purchase.kind." + string(o.Kind)), Small: o.Ground})
	if o.Contract != "" {
		rows = append(rows, ui.Row{Key: r.T("orders.contract"), Value: o.Contract})
	}
	rows = append(rows, ui.Row{Key: r.T("orders.ordered"), Value: i18n.DateTime(r.Lang, o.OrderedAt), Small: o.OrderedBy})
	if o.AnsweredAt != nil {
		rows = append(rows, ui.Row{Key: r.T("orders.answered"), Value: i18n.DateTime(r.Lang, *o.AnsweredAt), Small: o.AnsweredBy})
	}
	if o.Note != "" {
		rows = append(rows, ui.Row{Key: r.T("orders.note.given"), Value: o.Note})
	}
	view.Summary = ui.Summary{Rows: rows}
	return view, nil
}
