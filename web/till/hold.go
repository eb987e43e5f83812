package till

import (
	"context"
	"net/http"

	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/purse"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type holdView struct {
	Form            *ui.Form
	State           string
	Answer, Sum     string // the large answer
	Own, Left       string // "" = not told
	Good            bool
	Held, CanRefund bool
	Summary         ui.Summary
	Organiser, ID   int64
}

func sampleHold() holdView {
	return holdView{State: "purse.held", Answer: "x", Sum: "1 €", Own: "1 €", Left: "1 €", Good: true, Held: true, CanRefund: true}
}

// shownSum is what stands on the balance for the hold: captured, held, or nothing any more.
func shownSum(h purse.Hold) money.Cents {
	if h.State == purse.Captured || h.State == purse.Refunded {
		return h.Taken
	}
	return h.Amount
}

// hold is the receipt: the answer large, and what can be done next.
func (p *Pages) hold(w http.ResponseWriter, r *ui.Request) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	id, err := r.PathID("hold")
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		key, err := p.end(r, f, org, id)
		switch {
		case err == nil && !f.Refused():
			return r.SeeOther(w, "/till/"+ui.Digits(org)+"/"+ui.Digits(id), key)
		case err != nil && !f.Take(err):
			return err
		}
	}
	var h purse.Hold
	var left *money.Cents
	var bands map[int64]i18n.Names
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if h, err = purse.One(ctx, tx, r.Actor, org, id); err != nil {
			return err
		}
		if bands, err = purse.BandNames(ctx, tx, org, []purse.Hold{h}); err != nil {
			return err
		}
		left, err = purse.LeftShown(ctx, tx, h)
		return err
	})
	if err != nil {
		return err
	}
	f.Set("amount", h.Amount)
	return r.Show(w, f.Status(), "till/hold", p.receipt(r, f, h, left, bands[h.ID].In(r.Lang)))
}

// end does what the pressed button says and gives the key of the notice.
func (p *Pages) end(r *ui.Request, f *ui.Form, org int32, id int64) (key string, err error) {
	in := purse.End{Hold: id, Source: event.Page, Reason: reason(f)}
	switch f.Choice("act", "capture", "release", "refund") {
	case "capture":
		sum, given := f.OptionalCents("amount")
		if f.Refused() {
			return "", nil
		}
		if given {
			in.Amount = &sum
		}
		_, err = p.Till.Capture(r.Context(), r.Actor, org, in)
		return "till.captured", err
	case "release":
		_, err = p.Till.Release(r.Context(), r.Actor, org, in)
		return "till.released", err
	case "refund":
		err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := purse.Refund(ctx, tx, r.Actor, org, id, in.Reason)
			return err
		})
		return "till.refunded", err
	}
	return "", nil
}

func (p *Pages) receipt(r *ui.Request, f *ui.Form, h purse.Hold, left *money.Cents, band string) holdView {
	view := holdView{Form: f, State: "purse." + string(h.State), Answer: r.T("till.answer." + string(h.State)), Sum: r.Cents(shownSum(h)), Organiser: int64(h.Organiser), ID: h.ID,
		Good: h.State == purse.Captured || h.State == purse.Held, Held: h.State == purse.Held, CanRefund: h.State == purse.Captured && r.Actor.Can(access.EventEdit)}
	if own := h.Own(); own > 0 && view.Good {
		view.Own = r.Cents(own)
	}
	if left != nil {
		view.Left = r.Cents(*left)
	}
	rows := []ui.Row{{Key: r.T("till.when"), Value: i18n.DateTime(r.Lang, h.At), Small: h.By}, {Key: r.T("till.number"), Value: "…" + tail(h.Number)},
		{Key: r.T("till.total"), Value: r.Cents(h.Total)}}
	if band != "" {
		rows = append(rows, ui.Row{Key: r.T("till.priced_by"), Value: band, Small: r.T("till.per_unit", "price", h.Price)})
	}
	if h.State == purse.Held {
		rows = append(rows, ui.Row{Key: r.T("till.expires"), Value: r.Date(h.ExpiresOn - 1)})
	}
	for _, x := range [][2]string{{"till.note", h.Note}, {"till.reason", h.EndReason}} {
		if x[1] != "" {
			rows = append(rows, ui.Row{Key: r.T(x[0]), Value: x[1]})
		}
	}
	view.Summary = ui.Summary{Rows: append(rows, ui.Row{Key: r.T("till.reference"), Value: h.Reference})}
	return view
}

// tail is the end of a voucher's number: enough to compare with the paper, too little to charge with.
func tail(number string) string { return number[max(0, len(number)-4):] }
