package till

import (
	"context"
	"net/http"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/purse"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type balanceView struct {
	Title, Number, State string
	Voucher              string // address of the voucher's page
	Take                 string // address of taking back; "" = nobody's to press
	Left                 string
	Tiles                ui.Tiles
	Terms                string
	Movements            ui.Table
}

func sampleBalance() balanceView {
	return balanceView{State: "voucher.open", Voucher: "/fi/my", Take: "/fi/my", Left: "1 €", Terms: "x"}
}

// own is the client's balance.
func (p *Pages) own(w http.ResponseWriter, r *ui.Request) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	return p.balance(w, r, org, "/my/vouchers/"+ui.Digits(org)+"/"+r.PathValue("voucher"))
}

// staff is the caseworker's view of the same.
func (p *Pages) staff(w http.ResponseWriter, r *ui.Request) error {
	return p.balance(w, r, r.Actor.Organiser, "/vouchers/"+r.PathValue("voucher"))
}

func (p *Pages) balance(w http.ResponseWriter, r *ui.Request, org int32, back string) error {
	id, err := r.PathID("voucher")
	if err != nil {
		return err
	}
	var v purse.View
	var s catalogue.Service
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if v, err = purse.Get(ctx, tx, r.Actor, org, id); err != nil {
			return err
		}
		s, err = catalogue.ServiceAt(ctx, tx, org, v.Voucher.Service, v.Voucher.Valid.From)
		return err
	})
	if err != nil {
		return err
	}
	view := balanceView{Title: s.Names.In(r.Lang), Number: v.Voucher.Number.Print(), State: "voucher." + v.Voucher.Shown(r.Today()), Voucher: r.Path(back), Left: r.Cents(v.Sums.Left()),
		Tiles: tiles(r, v.Sums), Terms: purse.Words(p.Means.Texts, r.Lang, v.Terms, v.Contents), Movements: movements(r, v.Movements)}
	if r.Actor.Can(access.VoucherChange) && r.Actor.Role.Side() == access.OrganiserSide && v.Sums.Left() > 0 {
		view.Take = r.Path("/vouchers/{voucher}/balance/take", id)
	}
	return r.Show(w, http.StatusOK, "till/balance", view)
}

func tiles(r *ui.Request, s purse.Sums) ui.Tiles {
	list := ui.Tiles{{Label: r.T("till.sum.given"), Figure: r.Cents(s.Given)}, {Label: r.T("till.sum.held"), Figure: r.Cents(s.Held), Note: r.T("till.sum.held.note")}, {Label: r.T("till.sum.used"), Figure: r.Cents(s.Used)}}
	if s.Returned != 0 {
		list = append(list, ui.Tile{Label: r.T("till.sum.returned"), Figure: r.Cents(s.Returned)})
	}
	if s.Expired != 0 {
		list = append(list, ui.Tile{Label: r.T("till.sum.expired"), Figure: r.Cents(s.Expired)})
	}
	return list
}

func movements(r *ui.Request, list []purse.Movement) ui.Table {
	t := ui.Table{Caption: r.T("till.movements"), Cards: true, Columns: []ui.Column{{Text: r.T("till.when")}, {Text: r.T("till.what")}, {Text: r.T("till.who")}, {Text: r.T("till.sum"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("till.movements.none")}}
	for _, m := range list {
		what := ui.Cell{Text: r.T("purse.kind." + m.Kind), Small: m.Reason}
		who := ui.Cell{Text: m.By}
		sum := ui.Cell{Text: signed(r, m.Sum), Numeric: true}
		if h := m.Hold; h != nil {
			what.Small = h.ContentNames.In(r.Lang)
			if band := m.Band.In(r.Lang); band != "" {
				what.Small += ", " + band
			}
			who.Small = h.UnitName
			if own := h.Own(); own > 0 && (h.State == purse.Captured || h.State == purse.Held) {
				sum.Small = r.T("till.own", "sum", own)
			}
			if m.Sum == 0 {
				sum.Small = r.T("till.was", "sum", shownSum(*h))
			}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, m.At)}, what, who, sum})
	}
	return t
}

// signed writes more with a plus sign, as a bank does.
func signed(r *ui.Request, c money.Cents) string {
	if c > 0 {
		return "+" + r.Cents(c)
	}
	return r.Cents(c)
}

type takeView struct {
	Form   *ui.Form
	Number string
	Back   string
	Left   string
}

// take takes unused money off a balance, with a reason.
func (p *Pages) take(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("voucher")
	if err != nil {
		return err
	}
	org, f := r.Actor.Organiser, r.Input()
	var v purse.View
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		v, err = purse.Get(ctx, tx, r.Actor, org, id)
		return err
	})
	if err != nil {
		return err
	}
	f.Set("amount", v.Sums.Left())
	if f.Submitted() {
		sum, why := f.Cents("amount"), f.LongText("reason")
		if !f.Refused() {
			err := r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := purse.TakeBack(ctx, tx, r.Actor, purse.TakeBackInput{Organiser: org, Voucher: id, Amount: &sum, Reason: why})
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/vouchers/"+ui.Digits(id)+"/balance", "till.taken")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "till/take", takeView{Form: f, Number: v.Voucher.Number.Print(), Back: r.Path("/vouchers/{voucher}/balance", id), Left: r.Cents(v.Sums.Left())})
}

type pursesView struct{ Table ui.Table }

// purses tells where an organiser's balances stand, by service.
func (p *Pages) purses(w http.ResponseWriter, r *ui.Request) error {
	var list []purse.ServiceSums
	names := map[int64]string{}
	err := r.DoIn(p.DB, r.Actor.Organiser, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = purse.Summary(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, s := range services {
			names[s.ID] = s.Names.In(r.Lang)
		}
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{Caption: r.T("till.purses"), Cards: true, Empty: ui.Empty{Title: r.T("till.purses.none"), Text: r.T("till.purses.none.text"), Links: []ui.Link{{Text: r.T("till.purses.clients"), Href: r.Path("/clients")}}},
		Columns: []ui.Column{{Text: r.T("till.service")}, {Text: r.T("till.count"), Numeric: true}, {Text: r.T("till.sum.given"), Numeric: true}, {Text: r.T("till.sum.held"), Numeric: true},
			{Text: r.T("till.sum.used"), Numeric: true}, {Text: r.T("till.sum.left"), Numeric: true}, {Text: r.T("till.sum.returned"), Numeric: true}, {Text: r.T("till.sum.expired"), Numeric: true}}}
	for _, s := range list {
		t.Rows = append(t.Rows, []ui.Cell{{Text: names[s.Service]}, {Text: ui.Digits(s.Purses), Numeric: true}, r.CentsCell(s.Given), r.CentsCell(s.Held), r.CentsCell(s.Used), r.CentsCell(s.Left()),
			r.CentsCell(s.Returned), r.CentsCell(s.Expired)})
	}
	return r.Show(w, http.StatusOK, "till/purses", pursesView{t})
}
