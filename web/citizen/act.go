package citizen

import (
	"context"
	"html/template"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/decision"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type answerView struct {
	Form    *ui.Form
	Number  string
	Sheet   template.HTML // the information sheet as it was given; made by the letter renderer
	Options []ui.Option
}

// answer shows the information sheet and takes the answer; what a refusal means is said before it is given.
func (p *Pages) answer(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := answerView{Form: f, Options: []ui.Option{{Value: "accept", Text: r.T("citizen.answer.accept"), Hint: r.T("citizen.answer.accept.hint")},
		{Value: "refuse", Text: r.T("citizen.answer.refuse"), Hint: r.T("citizen.answer.refuse.hint")}}}
	var path string
	err := p.do(r, func(ctx context.Context, tx *postgres.Tx, o own) error {
		view.Number, path = o.Number.Print(), o.path("")
		if o.Sheet == nil {
			return nil
		}
		d, err := decision.Document(ctx, tx, r.Actor, o.Voucher.Organiser, o.Sheet.Document)
		view.Sheet = template.HTML(d.HTML)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		choice, note := f.Choice("answer", "accept", "refuse"), f.OptionalLongText("note")
		if !f.Refused() {
			err := p.do(r, func(ctx context.Context, tx *postgres.Tx, o own) (err error) {
				in := voucher.AnswerInput{Organiser: o.Voucher.Organiser, Voucher: o.ID, Note: note}
				if choice == "accept" {
					_, err = voucher.Accept(ctx, tx, r.Actor, in)
				} else {
					_, err = voucher.Refuse(ctx, tx, r.Actor, in)
				}
				return err
			})
			if err == nil {
				return r.SeeOther(w, path, "citizen.answered."+choice)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "citizen/answer", view)
}

type chooseView struct {
	Form   *ui.Form
	Number string
	Units  []ui.Option
	Free   bool
}

// choose lists the approved providers with what one pays oneself, per unit and in a month, in the order of names.
func (p *Pages) choose(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := chooseView{Form: f}
	var path string
	err := p.do(r, func(ctx context.Context, tx *postgres.Tx, o own) error {
		day := voucherview.Shown(o.Voucher, tx.Today())
		view.Number, view.Free, path = o.Number.Print(), o.OwnShareForbidden, o.path("")
		f.Set("from", day)
		choices, err := voucher.ChoicesOn(ctx, tx, o.Voucher, day)
		if err != nil {
			return err
		}
		book, err := rulebook.ByID(ctx, tx, o.Voucher.Organiser, o.Rulebook)
		view.Units = units(r, o, book.Rules, choices, day)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := voucher.ReserveInput{Unit: f.ID("unit"), From: f.Date("from"), Plan: f.OptionalLongText("plan"), Terms: f.Bool("terms")}
		if !f.Refused() {
			err := p.do(r, func(ctx context.Context, tx *postgres.Tx, o own) error {
				in.Organiser, in.Voucher = o.Voucher.Organiser, o.ID
				_, err := voucher.Reserve(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, path, "citizen.chosen")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "citizen/choose", view)
}

func units(r *ui.Request, o own, rules rulebook.Rules, choices []voucher.Choice, day calendar.Date) []ui.Option {
	var list []ui.Option
	at := map[int64]int{}
	for _, c := range choices {
		line, _ := o.Line(c.Content)
		share := voucher.OwnShareOf(rules, line, c.Price, o.Valid, day)
		content := voucherview.Content(o.Service, line)
		hint := r.T("citizen.choose.price", "content", content.Names.In(r.Lang), "own", share.PerUnit, "unit", r.T("unit."+string(content.Unit)+".one"), "month", share.PerMonth, "price", c.Price)
		if share.PerUnit == 0 {
			hint = r.T("citizen.choose.free", "content", content.Names.In(r.Lang), "price", c.Price)
		}
		if i, ok := at[c.Unit]; ok {
			list[i].Hint += " · " + hint
			continue
		}
		at[c.Unit] = len(list)
		name := c.UnitName
		if c.City != "" {
			name += ", " + c.City
		}
		list = append(list, ui.Option{Value: ui.Digits(c.Unit), Text: name, Hint: hint})
	}
	return list
}

type endView struct {
	Form   *ui.Form
	Number string
}

// end leaves a provider from a day on; what is left of the voucher stays.
func (p *Pages) end(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("reservation")
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("day", r.Today())
	view := endView{Form: f}
	var path string
	err = p.do(r, func(_ context.Context, _ *postgres.Tx, o own) error {
		view.Number, path = o.Number.Print(), o.path("")
		return nil
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := voucher.EndInput{Reservation: number, Day: f.Date("day") + 1, Reason: f.OptionalText("reason")}
		if !f.Refused() {
			err := p.do(r, func(ctx context.Context, tx *postgres.Tx, o own) error {
				in.Organiser = o.Voucher.Organiser
				_, err := voucher.EndReservation(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, path, "citizen.ended")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "citizen/end", view)
}
