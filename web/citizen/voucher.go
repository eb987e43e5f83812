package citizen

import (
	"context"
	"html/template"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/decision"
	"seteli/domain/event"
	"seteli/domain/onetime"
	"seteli/domain/organiser"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// mostEvents is how many events the voucher's page shows, the newest first.
const mostEvents = 50

type vouchersView struct {
	Asked    []*ui.Inset // questions that wait for the client's answer
	Children []*ui.Inset // what the applications of the client's children wait for
	Cards    ui.Cards
	Empty    ui.Empty
}

func (p *Pages) vouchers(w http.ResponseWriter, r *ui.Request) error {
	view := vouchersView{Empty: ui.Empty{Title: r.T("citizen.none"), Text: r.T("citizen.none.text")}}
	err := p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error {
		list, err := voucher.Own(r.Context(), tx, r.Actor)
		if err != nil {
			return err
		}
		hearings, err := decision.HearingsOfPerson(r.Context(), tx, r.Actor)
		if err != nil {
			return err
		}
		view.Asked = asked(r, hearings)
		names, err := organisers(r.Context(), tx, r)
		if err != nil {
			return err
		}
		services := map[int32][]catalogue.Service{} // by organiser: one reading for each, however many vouchers
		for _, v := range list {
			if _, read := services[v.Organiser]; !read {
				if services[v.Organiser], err = catalogue.Services(r.Context(), tx, v.Organiser, tx.Today()); err != nil {
					return err
				}
			}
			view.Cards = append(view.Cards, p.card(r, v, services[v.Organiser], names[v.Organiser]))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if view.Children, err = p.childrenAsk(r); err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "citizen/vouchers", view)
}

// organisers gives the names of all organisers.
func organisers(ctx context.Context, tx *postgres.Tx, r *ui.Request) (map[int32]string, error) {
	all, err := organiser.All(ctx, tx)
	names := make(map[int32]string, len(all))
	for _, o := range all {
		names[o.ID] = o.Names.In(r.Lang)
	}
	return names, err
}

func (p *Pages) card(r *ui.Request, v voucher.Voucher, services []catalogue.Service, sender string) ui.Card {
	c := ui.Card{Title: v.Number.Print(), Href: r.Path("/my/vouchers/{organiser}/{voucher}", v.Organiser, v.ID), Meta: sender, Tags: []ui.Tag{*r.Tag("voucher." + v.Shown(r.Today()))},
		Lines: []string{r.T("citizen.valid", "period", v.Usable())}}
	for _, s := range services {
		if s.ID != v.Service {
			continue
		}
		c.Title = s.Names.In(r.Lang)
		for _, l := range v.Lines {
			content := voucherview.Content(s, l)
			c.Lines = append(c.Lines, content.Names.In(r.Lang)+": "+voucher.AmountText(p.Texts, r.Lang, l, content.Unit))
		}
	}
	if v.Sheet != nil && v.Answer == nil && v.State != voucher.Closed {
		c.Actions = []ui.Link{{Text: r.T("citizen.answer.title"), Href: r.Path("/my/vouchers/{organiser}/{voucher}/answer", v.Organiser, v.ID)}}
	}
	return c
}

type voucherView struct {
	Service, Number, Sender, State string
	Brief                          []string
	Lines                          ui.Table
	Why                            []ui.Calculation
	Answer, Choose                 string // addresses, "" when it is not the time
	Balance                        string // address of a euro balance; "" for other vouchers
	OneTime                        string // address of a voucher that is used once, with its code; "" for others
	Served                         bool   // somebody is reserved already
	Phone                          string
	Reservations                   ui.Table
	Events                         ui.Table
	Letters                        []ui.Link
	History                        ui.Timeline
}

func sampleVoucher() voucherView {
	return voucherView{State: "voucher.open", Brief: []string{"x"}, Answer: "/fi/my", Choose: "/fi/my", Balance: "/fi/my", OneTime: "/fi/my", Phone: "040", Letters: []ui.Link{{Text: "x", Href: "/fi/my"}}}
}

func (p *Pages) voucher(w http.ResponseWriter, r *ui.Request) error {
	var view voucherView
	err := p.do(r, func(ctx context.Context, tx *postgres.Tx, o own) error {
		left, err := voucher.Left(ctx, tx, o.Voucher, tx.Today())
		if err != nil {
			return err
		}
		steps, err := voucher.History(ctx, tx, o.Voucher)
		if err != nil {
			return err
		}
		list, err := voucher.Reservations(ctx, tx, o.Voucher)
		if err != nil {
			return err
		}
		decisions, err := decision.Of(ctx, tx, o.Voucher.Organiser, "voucher", o.ID)
		if err != nil {
			return err
		}
		events, err := event.OfPerson(ctx, tx, r.Actor, o.Voucher.Organiser, o.ID, mostEvents)
		if err != nil {
			return err
		}
		balances, err := purse.Of(ctx, tx, o.Voucher.Organiser, []int64{o.ID})
		if err != nil {
			return err
		}
		slips, err := onetime.Of(ctx, tx, o.Voucher.Organiser, []int64{o.ID})
		if err != nil {
			return err
		}
		view = p.voucherView(r, o, left, steps, list, decisions, events)
		if s, ok := slips[o.ID]; ok {
			view.OneTime, view.Choose = r.Path("/my/onetime/{organiser}/{slip}", o.Voucher.Organiser, s.ID), ""
		}
		if _, ok := balances[o.ID]; ok {
			view.Balance, view.Choose = r.Path("/my/vouchers/{organiser}/{voucher}/balance", o.Voucher.Organiser, o.ID), ""
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "citizen/voucher", view)
}

func (p *Pages) voucherView(r *ui.Request, o own, left []voucher.Remaining, steps []voucher.Step, list []voucher.Reservation, decisions []decision.Decision, events []event.Event) voucherView {
	today, v := r.Today(), o.Voucher
	org := v.Organiser
	view := voucherView{Service: o.Service.Names.In(r.Lang), Number: v.Number.Print(), Sender: o.Organiser.Names.In(r.Lang), State: "voucher." + v.Shown(today),
		Phone: v.Contact, Lines: voucherview.Lines(r, p.Texts, v, o.Service, left, today), Why: voucherview.Why(r, p.Texts, v, o.Service, today),
		History: voucherview.History(r, steps),
		Reservations: voucherview.Reservations(r, v, o.Service, list, today, func(x voucher.Reservation) string {
			return r.Path("/my/vouchers/{organiser}/{voucher}/reservations/{reservation}/end", org, v.ID, x.ID)
		})}
	live := v.State != voucher.Closed && today < v.Valid.To
	view.Served = v.State == voucher.Open
	switch {
	case live && v.Sheet != nil && v.Answer == nil:
		view.Answer = r.Path("/my/vouchers/{organiser}/{voucher}/answer", org, v.ID)
	case live && v.Accepted() && v.Mode != "purchased":
		view.Choose = r.Path("/my/vouchers/{organiser}/{voucher}/choose", org, v.ID)
	}
	view.Brief = p.brief(r, o, left, list, today)
	for _, d := range decisions {
		view.Letters = append(view.Letters, ui.Link{Text: r.T("citizen.letter.decision", "number", d.Number, "day", d.MadeOn),
			Href: r.Path("/my/vouchers/{organiser}/{voucher}/letters/{document}", org, v.ID, d.Document)})
	}
	if v.Sheet != nil {
		view.Letters = append(view.Letters, ui.Link{Text: r.T("citizen.letter.sheet"), Href: r.Path("/my/vouchers/{organiser}/{voucher}/letters/{document}", org, v.ID, v.Sheet.Document)})
	}
	view.Events = voucherview.Events(r, o.Service, events)
	return view
}

// brief says in short sentences what one has, what is left and what to do now.
func (p *Pages) brief(r *ui.Request, o own, left []voucher.Remaining, list []voucher.Reservation, day calendar.Date) []string {
	v := o.Voucher
	l := v.Lines[0]
	c := voucherview.Content(o.Service, l)
	value, _ := l.ValueOn(voucherview.Shown(v, day))
	out := []string{r.T("citizen.brief.amount", "amount", voucher.AmountText(p.Texts, r.Lang, l, c.Unit), "value", voucher.ValueText(p.Texts, r.Lang, value.Cents, c.Unit))}
	rest := i18n.Quantity(r.Lang, left[0].Left(), string(c.Unit))
	if l.AmountCents != nil {
		rest = r.Cents(left[0].LeftCents())
	}
	if !v.Usable().Empty() {
		out = append(out, r.T("citizen.brief.left."+string(l.Recurrence), "left", rest))
	}
	switch {
	case v.State == voucher.Closed:
		out = append(out, r.T("citizen.brief.closed"))
	case v.Sheet == nil && v.Mode != "purchased":
		out = append(out, r.T("citizen.brief.sheet"))
	case !v.Accepted():
		out = append(out, r.T("citizen.brief.answer"))
	case v.State == voucher.Granted && v.Mode != "purchased":
		out = append(out, r.T("citizen.brief.choose"))
	case len(list) > 0:
		out = append(out, r.T("citizen.brief.served", "unit", list[0].UnitName))
	}
	return out
}

type letterView struct {
	Title string
	Body  template.HTML // made by the letter renderer, which escapes every text
	PDF   string
}

func (p *Pages) document(r *ui.Request) (d decision.Stored, err error) {
	number, err := r.PathID("document")
	if err != nil {
		return d, err
	}
	err = p.do(r, func(ctx context.Context, tx *postgres.Tx, o own) (err error) {
		d, err = decision.Document(ctx, tx, r.Actor, o.Voucher.Organiser, number)
		return err
	})
	return d, err
}

func (p *Pages) letter(w http.ResponseWriter, r *ui.Request) error {
	d, err := p.document(r)
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "citizen/letter", letterView{Title: d.Title, Body: document.StoredPart(d.HTML),
		PDF: r.Path("/my/vouchers/{organiser}/{voucher}/letters/{document}/pdf", r.PathValue("organiser"), r.PathValue("voucher"), d.ID)})
}

func (p *Pages) pdf(w http.ResponseWriter, r *ui.Request) error {
	d, err := p.document(r)
	if err != nil {
		return err
	}
	return voucherview.PDF(w, ui.Digits(d.ID)+".pdf", d.PDF)
}
