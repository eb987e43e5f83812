package admission

import (
	"context"
	"net/http"
	"slices"

	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/domain/rulebook"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

func unitNames(ctx context.Context, tx *postgres.Tx, list []admission.Approval) (map[int64]string, error) {
	var ids []int64
	for _, a := range list {
		ids = append(ids, a.Unit)
	}
	units, err := register.UnitsByID(ctx, tx, ids)
	names := map[int64]string{}
	for _, u := range units {
		names[u.ID] = u.Name
	}
	return names, err
}

// priceList shows the company's prices by organiser, service and unit, with their periods, history and proposals.
func (s site) priceList(w http.ResponseWriter, r *ui.Request) error {
	p := page{Title: r.T("admission.web.prices.title"), Lead: r.T("admission.web.prices.list_lead")}
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		approvals, err := admission.Approvals(ctx, tx, r.Actor, 0, r.Actor.Provider, 0)
		if err != nil {
			return err
		}
		list, err := admission.PriceList(ctx, tx, r.Actor, 0, r.Actor.Provider)
		if err != nil {
			return err
		}
		units, err := unitNames(ctx, tx, approvals)
		if err != nil {
			return err
		}
		n, err := newNames(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range approvals {
			if a.Period.To <= tx.Today() {
				continue
			}
			service, err := n.service(ctx, tx, a.Organiser, a.Service)
			if err != nil {
				return err
			}
			p.Top = append(p.Top, unitPrices(r, n.organiser(a.Organiser).Names.In(r.Lang), service, a, units[a.Unit], list))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(p.Top) == 0 {
		p.Top = []ui.Component{ui.Empty{Title: r.T("admission.web.prices.none"), Text: r.T("admission.web.prices.none_text"),
			Links: []ui.Link{{Text: r.T("admission.web.mine.new"), Href: r.Path("/applications/new")}}}}
	}
	return show(w, r, p)
}

func unitPrices(r *ui.Request, organiser string, service catalogue.Service, a admission.Approval, unit string, list []admission.Price) ui.Table {
	caption := unit + ": " + service.Names.In(r.Lang)
	if organiser != "" {
		caption += ", " + organiser
	}
	t := ui.Table{Caption: caption, Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.content")},
		{Text: r.T("admission.web.price"), Numeric: true}, {Text: r.T("admission.web.valid")}, {Text: r.T("admission.web.state")}}}
	for _, c := range service.Contents {
		none := true
		name := r.T("admission.letter.content", "content", c.Names.In(r.Lang), "unit", r.T("admission.per."+string(c.Unit)))
		href := r.Path("/prices/{organiser}/{service}/{unit}/{content}", a.Organiser, service.ID, a.Unit, c.ID)
		for _, one := range list {
			if one.Organiser == a.Organiser && one.Unit == a.Unit && one.Content == c.ID {
				cell := ui.Cell{Text: name}
				if none {
					cell.Href = href
				}
				none = false
				t.Rows = append(t.Rows, []ui.Cell{cell, r.CentsCell(one.Price), {Text: r.Period(one.Period), Small: one.Reason}, r.TagCell("price." + string(one.State))})
			}
		}
		if none {
			t.Rows = append(t.Rows, []ui.Cell{{Text: name, Href: href}, {Text: r.T("admission.web.prices.not_given")}, {}, {}})
		}
	}
	return t
}

// propose asks for a new price; the notice of the rulebook tells the earliest day. A waiting proposal can be withdrawn.
func (s site) propose(w http.ResponseWriter, r *ui.Request) error {
	organiser, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	var ids [3]int64
	for i, name := range []string{"service", "unit", "content"} {
		if ids[i], err = r.PathID(name); err != nil {
			return err
		}
	}
	line := admission.PriceLine{Unit: ids[1], Content: ids[2]}
	var service catalogue.Service
	var book rulebook.Rulebook
	var list []admission.Price
	var unit register.Unit
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if service, err = catalogue.ServiceAt(ctx, tx, organiser, ids[0], tx.Today()); err != nil {
			return err
		}
		if unit, err = register.GetUnit(ctx, tx, line.Unit); err != nil || unit.Provider != r.Actor.Provider {
			return ui.ErrNoPage
		}
		if book, err = rulebook.Current(ctx, tx, organiser, ids[0], tx.Today()); err != nil {
			return err
		}
		list, err = admission.PriceList(ctx, tx, r.Actor, organiser, r.Actor.Provider)
		return err
	})
	if err != nil {
		return err
	}
	content, known := service.Content(line.Content)
	if !known {
		return ui.ErrNoPage
	}
	waiting := slices.IndexFunc(list, func(p admission.Price) bool {
		return p.Unit == line.Unit && p.Content == line.Content && p.State == admission.PriceProposed
	})
	f := r.Input()
	if f.Submitted() {
		use := func(ctx context.Context, tx *postgres.Tx) error {
			_, err := admission.WithdrawPrice(ctx, tx, r.Actor, admission.WithdrawPriceInput{Organiser: organiser, Price: list[waiting].ID, RowVersion: seen(f)})
			return err
		}
		if waiting < 0 {
			line.Price, line.From, line.Note = f.Cents("price"), f.Date("from"), f.OptionalText("note")
			line.VATCode = f.Choice("vat", admission.VATCodes()...)
			use = func(ctx context.Context, tx *postgres.Tx) error {
				_, err := admission.ProposePrice(ctx, tx, r.Actor, admission.ProposeInput{Organiser: organiser, Service: service.ID, PriceLine: line, Models: s.Models})
				return err
			}
		}
		if !f.Refused() {
			err := r.DoIn(s.DB, organiser, use)
			if err == nil {
				return r.SeeOther(w, "/prices", "admission.web.saved")
			}
			if !f.Take(rename(err, admission.FieldOf(line.Unit, line.Content), "price")) {
				return err
			}
		}
	}
	p := page{Title: r.T("admission.web.propose.title"), Caption: unit.Name + ": " + content.Names.In(r.Lang) + " (" + r.T("admission.per."+string(content.Unit)) + ")",
		Top: []ui.Component{unitPrices(r, "", catalogue.Service{Names: service.Names, Contents: []catalogue.Content{content}, ID: service.ID},
			admission.Approval{Organiser: organiser, Unit: unit.ID}, unit.Name, list)}}
	if waiting >= 0 {
		p.Hidden, p.Lead = version(f, list[waiting].RowVersion), r.T("admission.web.propose.waiting")
		p.Buttons = []act{{Key: "admission.web.propose.withdraw", Kind: "warning"}}
		return show(w, r, p)
	}
	earliest := book.Rules.EarliestPrice(r.Today())
	f.Set("from", earliest)
	f.Set("vat", "exempt")
	p.Lead = r.T("admission.web.propose.lead", "earliest", earliest)
	cap := ""
	if content.PriceCap != nil {
		cap = r.T("admission.web.prices.cap", "cap", *content.PriceCap)
	}
	p.Fields = []field{{Kind: "input", Name: "price", Label: r.T("admission.web.price"), Hint: cap, Width: 10, Mode: "decimal"}, {Kind: "date", Name: "from", Label: r.T("admission.web.prices.from")},
		vatField(r), {Kind: "input", Name: "note", Label: r.T("admission.web.note"), Optional: true}}
	p.Buttons = save("admission.web.propose.send")
	return show(w, r, p)
}
