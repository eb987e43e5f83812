package casework

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/event"
	"seteli/domain/onetime"
	"seteli/domain/organiser"
	"seteli/domain/purchase"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// mostEvents is how many events the voucher's page shows, the newest first.
const mostEvents = 50

type voucherView struct {
	ID                                                           int64
	Number, Client, Service                                      string
	State                                                        string
	Summary                                                      ui.Summary
	Lines                                                        ui.Table
	Why                                                          []ui.Calculation
	Reservations                                                 ui.Table
	Events                                                       *ui.Table
	Documents                                                    ui.Summary
	History                                                      ui.Timeline
	CanSheet, CanAnswer, CanReserve, CanChange, CanClose, Paused bool
}

// open reads the voucher of the address with its service.
func (p *Pages) open(r *ui.Request) (v voucher.Voucher, s catalogue.Service, err error) {
	number, err := r.PathID("voucher")
	if err != nil {
		return v, s, err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if v, err = voucher.Get(ctx, tx, r.Actor, r.Actor.Organiser, number); err != nil {
			return err
		}
		s, err = catalogue.ServiceAt(ctx, tx, v.Organiser, v.Service, voucherview.Shown(v, tx.Today()))
		return err
	})
	return v, s, err
}

func (p *Pages) voucher(w http.ResponseWriter, r *ui.Request) error {
	v, s, err := p.open(r)
	if err != nil {
		return err
	}
	var c client.Client
	var left []voucher.Remaining
	var steps []voucher.Step
	var list []voucher.Reservation
	var decisions []decision.Decision
	var order *purchase.Order
	var events []event.Event
	var balances map[int64]purse.Sums
	var slips map[int64]onetime.Slip
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if c, err = client.Load(ctx, tx, v.Organiser, v.Client); err != nil {
			return err
		}
		if left, err = voucher.Left(ctx, tx, v, tx.Today()); err != nil {
			return err
		}
		if steps, err = voucher.History(ctx, tx, v); err != nil {
			return err
		}
		if list, err = voucher.Reservations(ctx, tx, v); err != nil {
			return err
		}
		if v.Mode == "purchased" {
			o, err := purchase.OfVoucher(ctx, tx, v.Organiser, v.ID)
			if err != nil {
				return err
			}
			order = &o
		}
		if r.Actor.Can(access.EventRead) {
			if events, err = event.OfVoucher(ctx, tx, r.Actor, v.Organiser, v.Client, v.ID, mostEvents); err != nil {
				return err
			}
		}
		if balances, err = purse.Of(ctx, tx, v.Organiser, []int64{v.ID}); err != nil {
			return err
		}
		if slips, err = onetime.Of(ctx, tx, v.Organiser, []int64{v.ID}); err != nil {
			return err
		}
		decisions, err = decision.Of(ctx, tx, v.Organiser, "voucher", v.ID)
		return err
	})
	if err != nil {
		return err
	}
	today := r.Today()
	live := v.State != voucher.Closed && today < v.Valid.To
	view := voucherView{ID: v.ID, Number: v.Number.Print(), Client: c.Name(), Service: s.Names.In(r.Lang), State: "voucher." + v.Shown(today),
		Summary: summary(r, v, c, order), Lines: voucherview.Lines(r, p.Means.Texts, v, s, left, today), Why: voucherview.Why(r, p.Means.Texts, v, s, today),
		History: voucherview.History(r, steps), Documents: documents(r, v, decisions),
		Reservations: voucherview.Reservations(r, v, s, list, today, func(x voucher.Reservation) string {
			if !r.Actor.Can(access.ReservationEnd) {
				return ""
			}
			return r.Path("/vouchers/{voucher}/reservations/{reservation}/end", v.ID, x.ID)
		}),
		CanSheet: live && v.Answer == nil && v.Mode != "purchased" && r.Actor.Can(access.VoucherChange), CanAnswer: live && v.Sheet != nil && v.Answer == nil && r.Actor.Can(access.VoucherChange),
		CanReserve: live && v.Accepted() && v.Mode != "purchased" && r.Actor.Can(access.ReservationMake), CanChange: live && r.Actor.Can(access.VoucherChange),
		CanClose: live && r.Actor.Can(access.VoucherClose), Paused: v.Shown(today) == "paused"}
	if b, ok := balances[v.ID]; ok {
		view.Summary.Rows = append(view.Summary.Rows, ui.Row{Key: r.T("till.sum.left"), Link: &ui.Link{Text: r.Cents(b.Left()), Href: r.Path("/vouchers/{voucher}/balance", v.ID)}, Small: r.T("till.open_balance")})
	}
	if s, ok := slips[v.ID]; ok {
		view.Summary.Rows = append(view.Summary.Rows, ui.Row{Key: r.T("onetime.slip"), Link: &ui.Link{Text: r.T("onetime.open"), Href: r.Path("/onetime/{slip}", s.ID)}})
	}
	if r.Actor.Can(access.EventRead) {
		view.Events = new(voucherview.Events(r, s, events))
	}
	return r.Show(w, http.StatusOK, "casework/voucher", view)
}

func summary(r *ui.Request, v voucher.Voucher, c client.Client, order *purchase.Order) ui.Summary {
	s := ui.Summary{Rows: []ui.Row{
		{Key: r.T("casework.client"), Link: &ui.Link{Text: c.Name(), Href: r.Path("/clients/{client}", c.ID)}},
		{Key: r.T("casework.valid"), Value: r.Period(v.Valid)}, {Key: r.T("casework.contact"), Value: v.Contact}}}
	if v.ClosedFrom != nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.closed_from"), Value: r.Date(*v.ClosedFrom)})
	}
	for _, rest := range v.Pauses {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.pause"), Value: r.Period(rest.Period), Small: rest.Reason})
	}
	if v.Sheet != nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.sheet"), Value: r.T("voucher.channel." + string(v.Sheet.Channel)), Small: r.T("casework.at", "time", v.Sheet.GivenAt)})
	}
	if v.Answer != nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.answer"), Value: v.Answer.By + ", " + r.T("voucher.channel."+string(v.Answer.Channel)), Small: r.T("casework.at", "time", v.Answer.At)})
	}
	if order != nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.order"), Value: order.Number, Small: order.Note, Tag: r.Tag("order." + string(order.State))})
	}
	return s
}

func documents(r *ui.Request, v voucher.Voucher, decisions []decision.Decision) ui.Summary {
	s := ui.Summary{}
	for _, d := range decisions {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.decision"), Small: r.Date(d.MadeOn),
			Link:    &ui.Link{Text: d.Number, Href: r.Path("/vouchers/{voucher}/documents/{document}", v.ID, d.Document)},
			Actions: []ui.Action{{Text: r.T("decision.page.file"), Hidden: d.Number, Href: r.Path("/decisions/{decision}", d.ID)}}})
	}
	if v.Sheet != nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.sheet"),
			Link: &ui.Link{Text: r.T("casework.pdf"), Href: r.Path("/vouchers/{voucher}/documents/{document}", v.ID, v.Sheet.Document)}})
	}
	s.Rows = append(s.Rows, ui.Row{Key: r.T("casework.paper"), Link: &ui.Link{Text: r.T("casework.pdf"), Href: r.Path("/vouchers/{voucher}/paper", v.ID)}})
	return s
}

// paper is the printable voucher.
func (p *Pages) paper(w http.ResponseWriter, r *ui.Request) error {
	v, s, err := p.open(r)
	if err != nil {
		return err
	}
	var pdf []byte
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := client.Load(ctx, tx, v.Organiser, v.Client)
		if err != nil {
			return err
		}
		org, err := organiser.Get(ctx, tx, v.Organiser)
		if err != nil {
			return err
		}
		letter := voucher.Paper(p.Means.Texts, c.Language, v, c, s, org.Names.In(c.Language), tx.Today())
		pdf, err = document.PDF(letter, p.Means.Texts)
		return err
	})
	if err != nil {
		return err
	}
	return voucherview.PDF(w, "seteli.pdf", pdf)
}

// document is a stored letter about the voucher: a decision or the information sheet.
func (p *Pages) document(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("document")
	if err != nil {
		return err
	}
	var d decision.Stored
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		d, err = decision.Document(ctx, tx, r.Actor, r.Actor.Organiser, number)
		return err
	})
	if err != nil {
		return err
	}
	return voucherview.PDF(w, fmt.Sprintf("%s.pdf", strconv.FormatInt(d.ID, 10)), d.PDF)
}
