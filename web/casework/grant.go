package casework

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/purchase"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type servicesView struct {
	Client   int64
	Name     string
	Services ui.Table
}

type grantView struct {
	Form        *ui.Form
	Client      int64
	Name        string
	Service     int64
	ServiceName string
	Proposal    int64 // that is changed; 0 = none
	Order       bool  // a purchased service: provider and ground instead of the information sheet
	Rows        []grantRow
	Asks        asking
	Units       []ui.Option
	Kinds       []ui.Option
	Channels    []ui.Option
	Why         []ui.Calculation
	Estimate    *ui.Summary
}

// grantRow is the group of fields of one content.
type grantRow struct {
	Name, Unit                      string
	Amount, Recurrence, Total, Cost string // names of fields
	Recurrences                     []ui.Option
	Individual, Need                string // names of fields; "" = not asked
	Needs                           []ui.Option
}

func sampleGrant() grantView {
	return grantView{Client: 1, Service: 1, Order: true, Rows: []grantRow{{Name: "x", Unit: "h", Amount: "amount-1", Recurrence: "recurrence-1", Total: "total-1", Cost: "fee-1"}},
		Why: []ui.Calculation{{Caption: "x"}}, Estimate: &ui.Summary{}}
}

// grant is the form of a decision: service → contents, amounts, validity, reasons. "calculate" shows what it comes to, "grant" makes it.
func (p *Pages) grant(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("client")
	if err != nil {
		return err
	}
	f := r.Input()
	service, err := strconv.ParseInt(f.Value("service"), 10, 64)
	if err != nil {
		return p.chooseService(w, r, number)
	}
	view := grantView{Form: f, Client: number, Service: service}
	var s catalogue.Service
	var choices []voucher.Choice
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		c, err := client.Get(ctx, tx, r.Actor, r.Actor.Organiser, number)
		if err != nil {
			return err
		}
		view.Name = c.Name()
		if s, err = catalogue.ServiceAt(ctx, tx, r.Actor.Organiser, service, tx.Today()); err != nil {
			return err
		}
		if s.Mode != catalogue.Purchased {
			view.Asks, err = p.asks(ctx, tx, r, s, number)
			return err
		}
		choices, err = voucher.Offered(ctx, tx, r.Actor, s, tx.Today())
		return err
	})
	if err != nil {
		return err
	}
	if view.Proposal, err = p.proposed(r, f); err != nil {
		return err
	}
	view.fill(r, s, choices)
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	if f.Submitted() {
		in := p.grantInput(r, f, s, number)
		readAsked(f, view.Asks, &in.GrantInput)
		if !f.Refused() && f.Value("act") == "propose" {
			saved, err := p.propose(r, f, view.Proposal, in.GrantInput)
			switch {
			case err == nil:
				return r.SeeOther(w, "/proposals/"+ui.Digits(saved), "proposal.page.saved")
			case !take(f, err):
				return err
			}
		} else if !f.Refused() {
			done, err := p.grantOrShow(r, f, &view, in)
			switch {
			case err == nil && done != 0:
				return r.SeeOther(w, "/vouchers/"+ui.Digits(done), "casework.granted")
			case err != nil && !take(f, err):
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "casework/grant", view)
}

// grantOrShow makes the grant, or fills the calculation when the form asks for it; it answers the voucher made, 0 when none was.
func (p *Pages) grantOrShow(r *ui.Request, f *ui.Form, view *grantView, in purchase.OrderInput) (done int64, err error) {
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		var offer voucher.Offer
		var err error
		making := f.Value("act") == "grant"
		switch {
		case view.Order && making:
			o, err := purchase.Make(ctx, tx, r.Actor, p.Means, in)
			done = o.Voucher
			return err
		case view.Order:
			offer, _, err = purchase.Calculate(ctx, tx, r.Actor, p.Means, in)
		case making:
			v, err := voucher.Grant(ctx, tx, r.Actor, p.Means, in.GrantInput)
			done = v.ID
			return err
		default:
			offer, err = voucher.Calculate(ctx, tx, r.Actor, p.Means, in.GrantInput)
		}
		if len(offer.Lines) > 0 { // also of a client who is not entitled: the calculation says why
			p.explain(r, view, offer)
		}
		return err
	})
	return done, err
}

// explain shows the values with their steps, and what the organiser pays at most.
func (p *Pages) explain(r *ui.Request, view *grantView, o voucher.Offer) {
	view.Estimate = &ui.Summary{Title: r.T("casework.estimate")}
	for _, l := range o.Lines {
		name := l.Content.Names.In(r.Lang)
		view.Why = append(view.Why, voucherview.Calculation(r, p.Means.Texts, name, l.Values[0].Explanation))
		view.Estimate.Rows = append(view.Estimate.Rows, ui.Row{Key: name, Value: r.Cents(l.MaxCost)})
	}
	view.Estimate.Rows = append(view.Estimate.Rows, ui.Row{Key: r.T("casework.estimate.all"), Value: r.Cents(o.MaxCost()), Small: r.T("casework.estimate.note")})
}

func (v *grantView) fill(r *ui.Request, s catalogue.Service, choices []voucher.Choice) {
	v.ServiceName, v.Order = s.Names.In(r.Lang), s.Mode == catalogue.Purchased
	today := r.Today()
	v.Form.Set("valid_from", today)
	v.Form.Set("valid_to", today.AddMonths(12)-1)
	v.Form.Set("contact", r.Actor.Name)
	v.Form.Set("kind", string(purchase.Framework))
	for _, c := range s.ContentsOn(today) {
		row := grantRow{Name: c.Names.In(r.Lang), Unit: r.T("unit." + string(c.Unit) + ".one"), Amount: voucher.Field(c.ID), Recurrence: "recurrence-" + ui.Digits(c.ID),
			Total: "total-" + ui.Digits(c.ID)}
		for _, rec := range []voucher.Recurrence{voucher.Monthly, voucher.Weekly, voucher.Daily, voucher.Quarterly, voucher.Total} {
			row.Recurrences = append(row.Recurrences, ui.Option{Value: string(rec), Text: r.T("voucher.recurrence." + string(rec))})
		}
		if n := v.Asks.needs[c.ID]; n.Individual {
			row.Individual = "individual-" + ui.Digits(c.ID)
		} else if len(n.Choices) > 0 {
			row.Need, row.Needs = "need-"+ui.Digits(c.ID), named(n.Choices)
		}
		v.Rows = append(v.Rows, row)
	}
	for _, k := range []purchase.Kind{purchase.Framework, purchase.Direct} {
		v.Kinds = append(v.Kinds, ui.Option{Value: string(k), Text: r.T("purchase.kind." + string(k))})
	}
	at := map[int64]int{}
	for _, c := range choices {
		content, _ := s.Content(c.Content)
		price := content.Names.In(r.Lang) + " " + r.Cents(c.Price)
		if i, ok := at[c.Unit]; ok {
			v.Units[i].Hint += ", " + price
			continue
		}
		at[c.Unit] = len(v.Units)
		v.Units = append(v.Units, ui.Option{Value: ui.Digits(c.Unit), Text: unitOf(c.UnitName, c.ProviderName), Hint: price})
	}
}

// grantInput reads the form. A content whose amount is empty is not granted.
func (p *Pages) grantInput(r *ui.Request, f *ui.Form, s catalogue.Service, clientID int64) purchase.OrderInput {
	in := purchase.OrderInput{GrantInput: voucher.GrantInput{Organiser: r.Actor.Organiser, Client: clientID, Service: s.ID,
		Period: calendar.Period{From: f.Date("valid_from"), To: f.Date("valid_to") + 1}}}
	for _, c := range s.Contents {
		field := voucher.Field(c.ID)
		if strings.TrimSpace(f.Value(field)) == "" {
			continue
		}
		line := voucher.LineInput{Content: c.ID, Recurrence: voucher.Recurrence(f.Choice("recurrence-"+ui.Digits(c.ID), "day", "week", "month", "quarter", "total"))}
		if c.Unit == catalogue.Euro {
			line.AmountCents = new(f.Cents(field))
		} else {
			line.Amount = new(f.Quantity(field))
		}
		if q, ok := f.OptionalQuantity("total-" + ui.Digits(c.ID)); ok {
			line.Total = &q
		}
		in.Lines = append(in.Lines, line)
	}
	if s.Mode == catalogue.Purchased {
		in.Unit, in.Kind, in.Ground = f.ID("unit"), purchase.Kind(f.Choice("kind", "framework", "direct")), f.OptionalText("ground")
	}
	switch f.Value("act") {
	case "grant":
		in.Reasons, in.Office, in.Contact = f.LongText("reasons"), f.Text("office"), f.Text("contact")
	case "propose": // whoever decides gives the office, and the reasons at the latest
		in.Reasons, in.Office, in.Contact = f.OptionalLongText("reasons"), f.OptionalText("office"), f.Text("contact")
	}
	return in
}

// chooseService lists what may be granted, for the teams that the caseworker belongs to.
func (p *Pages) chooseService(w http.ResponseWriter, r *ui.Request, number int64) error {
	view := servicesView{Client: number}
	view.Services = ui.Table{Caption: r.T("casework.grant.choose"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.service")}, {Text: r.T("casework.mode")}, {Text: r.T("casework.area")}},
		Empty: ui.Empty{Title: r.T("casework.grant.none"), Text: r.T("casework.grant.none.text")}}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := client.Get(ctx, tx, r.Actor, r.Actor.Organiser, number)
		if err != nil {
			return err
		}
		view.Name = c.Name()
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, s := range services {
			if !s.Mode.Grants() || !r.Actor.SeesService(s.Teams) || s.Mode == catalogue.Purchased && !r.Actor.Can(access.OrderMake) {
				continue
			}
			view.Services.Rows = append(view.Services.Rows, []ui.Cell{{Text: s.Names.In(r.Lang), Href: r.Path("/clients/{client}/grant", number) + "?service=" + ui.Digits(s.ID)},
				{Text: r.T("casework.mode." + string(s.Mode))}, {Text: s.Area.In(r.Lang)}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "casework/services", view)
}

type sheetView struct {
	Form     *ui.Form
	ID       int64
	Number   string
	Channels []ui.Option
	Contents []feeRow
}

type feeRow struct{ Field, Text string }

// sheet gives the information sheet; where the rulebook does not tell the fee of the organiser's own service, it is
// asked from the caseworker, who knows the client's need.
func (p *Pages) sheet(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v, s, err := p.open(r)
	if err != nil {
		return err
	}
	view := sheetView{Form: f, ID: v.ID, Number: v.Number.Print(), Channels: channels(r)}
	book, err := p.bookOf(r, v)
	if err != nil {
		return err
	}
	fees := map[int64]money.Cents{}
	for _, l := range v.Lines {
		c := voucherview.Content(s, l)
		if method.Compares(book.Rules, c.Unit) { // the rulebook tells it
			continue
		}
		row := feeRow{Field: "fee-" + ui.Digits(l.Content), Text: c.Names.In(r.Lang) + ": " + r.T("casework.sheet.fee", "unit", r.T("unit."+string(c.Unit)+".one"))}
		view.Contents = append(view.Contents, row)
		if fee, ok := f.OptionalCents(row.Field); ok {
			fees[l.Content] = fee
		}
	}
	if f.Submitted() {
		in := voucher.SheetInput{Organiser: v.Organiser, Voucher: v.ID, Channel: voucher.Channel(f.Choice("channel", "portal", "letter", "phone", "hand")), OwnServiceFee: fees}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := voucher.GiveSheet(ctx, tx, r.Actor, p.Means, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/vouchers/"+ui.Digits(v.ID), "casework.sheet.given")
			}
			if !take(f, err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "casework/sheet", view)
}

// bookOf reads the version of the rulebook under which a voucher was granted.
func (p *Pages) bookOf(r *ui.Request, v voucher.Voucher) (book rulebook.Rulebook, err error) {
	return book, r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		book, err = rulebook.ByID(ctx, tx, v.Organiser, v.Rulebook)
		return err
	})
}

func channels(r *ui.Request) []ui.Option {
	var list []ui.Option
	for _, c := range voucher.Channels() {
		list = append(list, ui.Option{Value: string(c), Text: r.T("voucher.channel." + string(c))})
	}
	return list
}
