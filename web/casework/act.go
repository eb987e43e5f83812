package casework

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/purchase"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// actView is a small form about one voucher; Back leads to it.
type actView struct {
	Form     *ui.Form
	ID       int64
	Number   string
	Options  []ui.Option
	Channels []ui.Option
	Period   string
}

func (p *Pages) actView(r *ui.Request, v voucher.Voucher) actView {
	f := r.Input()
	f.Set("version", ui.Digits(v.RowVersion))
	return actView{Form: f, ID: v.ID, Number: v.Number.Print(), Period: r.Period(v.Valid)}
}

// finish runs the use case of a sent form: it redirects when all went well, shows the form again with its faults, or fails.
func (p *Pages) finish(w http.ResponseWriter, r *ui.Request, page string, view any, v voucher.Voucher, done string, act func(ctx context.Context, tx *postgres.Tx) error) error {
	f := r.Input()
	if f.Submitted() && !f.Refused() {
		err := r.Do(p.DB, act)
		if err == nil {
			return r.SeeOther(w, "/vouchers/"+ui.Digits(v.ID), done)
		}
		if !take(f, err) {
			return err
		}
	}
	return r.Show(w, f.Status(), page, view)
}

func (p *Pages) answer(w http.ResponseWriter, r *ui.Request) error {
	v, _, err := p.open(r)
	if err != nil {
		return err
	}
	view := p.actView(r, v)
	view.Channels = channels(r)
	view.Options = []ui.Option{{Value: "accept", Text: r.T("casework.answer.accept")}, {Value: "refuse", Text: r.T("casework.answer.refuse"), Hint: r.T("casework.answer.refuse.hint")}}
	f := view.Form
	var in voucher.AnswerInput
	var choice string
	if f.Submitted() {
		choice = f.Choice("answer", "accept", "refuse")
		in = voucher.AnswerInput{Organiser: v.Organiser, Voucher: v.ID, RowVersion: version(f), Channel: voucher.Channel(f.Choice("channel", "letter", "phone", "hand")), Note: f.OptionalLongText("note")}
	}
	return p.finish(w, r, "casework/answer", view, v, "casework.answered", func(ctx context.Context, tx *postgres.Tx) error {
		if choice == "refuse" {
			_, err := voucher.Refuse(ctx, tx, r.Actor, in)
			return err
		}
		_, err := voucher.Accept(ctx, tx, r.Actor, in)
		return err
	})
}

func (p *Pages) pause(w http.ResponseWriter, r *ui.Request) error {
	v, _, err := p.open(r)
	if err != nil {
		return err
	}
	view := p.actView(r, v)
	f := view.Form
	f.Set("from", r.Today())
	in := voucher.PauseInput{Organiser: v.Organiser, Voucher: v.ID}
	if f.Submitted() {
		in.RowVersion, in.Period.From, in.Period.To, in.Reason = version(f), f.Date("from"), calendar.Forever, f.Text("reason")
		if last, ok := f.OptionalDate("to"); ok {
			in.Period.To = last + 1
		}
	}
	return p.finish(w, r, "casework/pause", view, v, "casework.paused", func(ctx context.Context, tx *postgres.Tx) error {
		_, err := voucher.Pause(ctx, tx, r.Actor, in)
		return err
	})
}

func (p *Pages) resume(w http.ResponseWriter, r *ui.Request) error {
	v, _, err := p.open(r)
	if err != nil {
		return err
	}
	view := p.actView(r, v)
	view.Form.Set("day", r.Today()+1)
	in := voucher.ResumeInput{Organiser: v.Organiser, Voucher: v.ID}
	if view.Form.Submitted() {
		in.RowVersion, in.Day = version(view.Form), view.Form.Date("day")
	}
	return p.finish(w, r, "casework/resume", view, v, "casework.resumed", func(ctx context.Context, tx *postgres.Tx) error {
		_, err := voucher.Resume(ctx, tx, r.Actor, in)
		return err
	})
}

// close ends the voucher; day is typed as the last day of service, as people say it.
func (p *Pages) close(w http.ResponseWriter, r *ui.Request) error {
	v, _, err := p.open(r)
	if err != nil {
		return err
	}
	view := p.actView(r, v)
	for _, why := range []voucher.Reason{voucher.EndedReason, voucher.Moved, voucher.UsedUp, voucher.Stopped} {
		view.Options = append(view.Options, ui.Option{Value: string(why), Text: r.T("casework.close.why." + string(why)), Hint: r.T("casework.close.why." + string(why) + ".hint")})
	}
	f := view.Form
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	in := voucher.CloseInput{Organiser: v.Organiser, Voucher: v.ID}
	if f.Submitted() {
		in.RowVersion, in.Day, in.Why = version(f), f.Date("day")+1, voucher.Reason(f.Choice("why", "ended", "moved", "used_up", "stopped"))
		in.Reason, in.Consent, in.Office = f.LongText("reason"), f.OptionalText("consent"), f.OptionalText("office")
	}
	return p.finish(w, r, "casework/close", view, v, "casework.closed", func(ctx context.Context, tx *postgres.Tx) error {
		if v.Mode == "purchased" {
			_, err := purchase.End(ctx, tx, r.Actor, p.Means, in)
			return err
		}
		_, err := voucher.Close(ctx, tx, r.Actor, p.Means, in)
		return err
	})
}

func (p *Pages) annul(w http.ResponseWriter, r *ui.Request) error {
	v, _, err := p.open(r)
	if err != nil {
		return err
	}
	view := p.actView(r, v)
	f := view.Form
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	in := voucher.AnnulInput{Organiser: v.Organiser, Voucher: v.ID}
	if f.Submitted() {
		in.RowVersion, in.Reason, in.Office = version(f), f.LongText("reason"), f.Text("office")
	}
	return p.finish(w, r, "casework/annul", view, v, "casework.annulled", func(ctx context.Context, tx *postgres.Tx) error {
		if v.Mode == "purchased" {
			_, err := purchase.Annul(ctx, tx, r.Actor, p.Means, in)
			return err
		}
		_, err := voucher.Annul(ctx, tx, r.Actor, p.Means, in)
		return err
	})
}

type changeView struct {
	Form     *ui.Form
	ID       int64
	Number   string
	Values   []feeRow
	Proposed bool // filled from a proposal
	Balance  bool // of euros: it has no value to change
}

func (p *Pages) change(w http.ResponseWriter, r *ui.Request) error {
	v, s, err := p.open(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("version", ui.Digits(v.RowVersion))
	f.Set("valid_to", v.Valid.Last())
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	view := changeView{Form: f, ID: v.ID, Number: v.Number.Print()}
	if from, err := ui.ParseDate(f.Value("from")); err == nil && f.Bool("recompute") && !f.Submitted() { // from a proposal after a change of the household
		view.Proposed = true
		f.Set("reason", r.T("casework.change.household", "day", from))
	}
	balances, err := p.balances(r, v)
	if err != nil {
		return err
	}
	_, view.Balance = balances[v.ID]
	in := voucher.ChangeInput{Organiser: v.Organiser, Voucher: v.ID, Values: map[int64]money.Cents{}}
	for _, l := range v.Lines {
		if view.Balance {
			break
		}
		c := voucherview.Content(s, l)
		now := l.Values[len(l.Values)-1]
		row := feeRow{Field: voucher.Field(l.Content), Text: r.T("casework.change.value", "content", c.Names.In(r.Lang), "now", now.Cents)}
		view.Values = append(view.Values, row)
		if f.Submitted() {
			if cents, ok := f.OptionalCents(row.Field); ok {
				in.Values[l.Content] = cents
			}
		}
	}
	if f.Submitted() {
		in.RowVersion, in.Reason, in.Recompute = version(f), f.LongText("reason"), f.Bool("recompute")
		in.ValidTo = new(f.Date("valid_to") + 1)
		if len(in.Values) > 0 || in.Recompute {
			in.From, in.Office = f.Date("from"), f.Text("office")
		}
	}
	return p.finish(w, r, "casework/change", view, v, "casework.changed", func(ctx context.Context, tx *postgres.Tx) error {
		_, err := voucher.Change(ctx, tx, r.Actor, p.Means, in)
		return err
	})
}

// balances tells whether the voucher is a balance of euros, and what is left of it.
func (p *Pages) balances(r *ui.Request, v voucher.Voucher) (found map[int64]purse.Sums, err error) {
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		found, err = purse.Of(ctx, tx, v.Organiser, []int64{v.ID})
		return err
	})
	return found, err
}

type reserveView struct {
	Form   *ui.Form
	ID     int64
	Number string
	Units  []ui.Option
}

// reserve reserves a provider for the client, with the client's consent.
func (p *Pages) reserve(w http.ResponseWriter, r *ui.Request) error {
	v, s, err := p.open(r)
	if err != nil {
		return err
	}
	f := r.Input()
	day := max(r.Today(), v.Valid.From)
	f.Set("from", day)
	view := reserveView{Form: f, ID: v.ID, Number: v.Number.Print()}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		choices, err := voucher.ChoicesOn(ctx, tx, v, voucherview.Shown(v, day))
		view.Units = unitOptions(r, v, s, choices, day)
		return err
	})
	if err != nil {
		return err
	}
	in := voucher.ReserveInput{Organiser: v.Organiser, Voucher: v.ID}
	if f.Submitted() {
		in.Unit, in.From, in.Plan, in.Terms = f.ID("unit"), f.Date("from"), f.OptionalLongText("plan"), f.Bool("terms")
	}
	return p.finish(w, r, "casework/reserve", view, v, "casework.reserved", func(ctx context.Context, tx *postgres.Tx) error {
		_, err := voucher.Reserve(ctx, tx, r.Actor, in)
		return err
	})
}

// unitOptions lists each unit once with its prices and the client's own share.
func unitOptions(r *ui.Request, v voucher.Voucher, s catalogue.Service, choices []voucher.Choice, day calendar.Date) []ui.Option {
	var list []ui.Option
	at := map[int64]int{}
	for _, c := range choices {
		line, _ := v.Line(c.Content)
		value, _ := line.ValueOn(voucherview.Shown(v, day))
		hint := r.T("casework.reserve.price", "content", voucherview.Content(s, line).Names.In(r.Lang), "price", c.Price, "own", value.Own(c.Price))
		if i, ok := at[c.Unit]; ok {
			list[i].Hint += " · " + hint
			continue
		}
		at[c.Unit] = len(list)
		list = append(list, ui.Option{Value: ui.Digits(c.Unit), Text: unitOf(c.UnitName, c.ProviderName), Hint: hint})
	}
	return list
}

func (p *Pages) reservationEnd(w http.ResponseWriter, r *ui.Request) error {
	v, _, err := p.open(r)
	if err != nil {
		return err
	}
	number, err := r.PathID("reservation")
	if err != nil {
		return err
	}
	view := p.actView(r, v)
	f := view.Form
	f.Set("day", r.Today())
	in := voucher.EndInput{Organiser: v.Organiser, Reservation: number}
	cancel := f.Value("act") == "cancel"
	if f.Submitted() {
		in.Reason = f.Text("reason")
		if !cancel {
			in.Day = f.Date("day") + 1
		}
	}
	return p.finish(w, r, "casework/reservation-end", view, v, "casework.reservation.ended", func(ctx context.Context, tx *postgres.Tx) (err error) {
		if cancel {
			_, err = voucher.CancelReservation(ctx, tx, r.Actor, in)
		} else {
			_, err = voucher.EndReservation(ctx, tx, r.Actor, in)
		}
		return err
	})
}

// unitOf names a unit and its company, once when they share the name.
func unitOf(unit, provider string) string {
	if unit == provider {
		return unit
	}
	return unit + " (" + provider + ")"
}
