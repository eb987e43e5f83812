package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/event"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// month lives one month in the order of its days: the queue and the settlement of the month before, corrections, new
// vouchers, payments, and at its end the providers' files. What lies after Until does not happen.
func (w *world) month(ctx context.Context, m calendar.Month) error {
	p := m.Period()
	for _, day := range []struct {
		at, hour int
		do       func(context.Context, calendar.Month) error
	}{
		{2, 10, w.clearQueue}, {4, 9, w.nurserySilence}, {6, 7, w.nurseryRisks}, {11, 13, w.lateIncome}, {5, 9, w.settle}, {12, 14, w.refunds}, {14, 10, w.nurseryGrows}, {16, 10, w.newVouchers}, {18, 15, w.purseMonth}, {20, 8, w.payments}, {25, 9, w.closeNurseries}, {27, 15, w.answerStatements},
	} {
		if !w.reach(p.From+calendar.Date(day.at)-1, day.hour) {
			break
		}
		if err := day.do(ctx, m); err != nil {
			return err
		}
		if err := w.deliver(ctx); err != nil {
			return err
		}
	}
	upto := calendar.Period{From: p.From, To: min(p.To, w.today())}
	if upto.Empty() || !w.reach(upto.Last(), 23) {
		return nil
	}
	t, err := w.files(ctx, m, upto)
	if err != nil {
		return err
	}
	w.result.Tally = w.result.Tally.Plus(t)
	w.Progress(fmt.Sprintf("%s: %d events recorded, %d accepted, %d to review, %d rejected, %s €", m, t.Lines, t.Accepted+t.Partial, t.Review, t.Rejected, t.Organiser))
	return w.deliver(ctx)
}

// files are what the providers hand in of a month: one file per provider and organiser.
func (w *world) files(ctx context.Context, m calendar.Month, p calendar.Period) (sum Tally, err error) {
	for i, c := range w.companies {
		for _, prefix := range w.prefixes() {
			h := w.houses[prefix]
			lines := w.linesOf(i, prefix, m, p)
			if len(lines) == 0 {
				continue
			}
			name := fmt.Sprintf("%s-%s-%s.csv", companies[i].key, prefix, m)
			verdicts, err := w.recordFile(ctx, h, c, name, append(lines, mistakes(i, m, lines)...))
			if err != nil {
				return sum, err
			}
			sum.add(verdicts)
		}
	}
	return sum, nil
}

// linesOf are a provider's deliveries of a month to one organiser. One voucher in fifteen is used beyond its right.
func (w *world) linesOf(company int, prefix string, m calendar.Month, p calendar.Period) (lines []event.Line) {
	for n, x := range w.rights {
		if x.Company != company || x.offer.house != prefix {
			continue
		}
		r := w.draw("deliver", n, int(m))
		part := 62 + r.IntN(37)
		if whole := m.Period().Days(); p.Days() < whole { // a month that is still running
			part = part * p.Days() / whole
		}
		if n%15 == 4 {
			part = 118
		}
		lines = append(lines, x.deliveries(p, w.houses[prefix].contentsOf(x.offer), part, r)...)
	}
	return lines
}

// mistakes are what people get wrong in files, a few in each: a number mistyped, a content that is not in the voucher, the
// same line twice, a day in the future.
func mistakes(company int, m calendar.Month, lines []event.Line) []event.Line {
	if len(lines) < 20 {
		return nil
	}
	number, content, twice, future := lines[3], lines[7], lines[11], lines[15]
	number.Number, number.Reference = "KSR22222222", fmt.Sprintf("mistake-%d-%s-1", company, m)
	content.Content, content.Reference = "PUUTTUU", fmt.Sprintf("mistake-%d-%s-2", company, m)
	twice.Reference = fmt.Sprintf("mistake-%d-%s-3", company, m)
	future.Date, future.Start, future.End, future.Reference = m.Period().To+40, nil, nil, fmt.Sprintf("mistake-%d-%s-4", company, m)
	return []event.Line{number, content, twice, future}
}

// clearQueue judges what waits: most is accepted, some in part, some is rejected with a reason.
func (w *world) clearQueue(ctx context.Context, m calendar.Month) error {
	for _, prefix := range w.prefixes() {
		h := w.houses[prefix]
		waiting, err := w.queue(ctx, h)
		if err != nil {
			return err
		}
		for i, e := range waiting {
			if err := w.judge(ctx, h, e, i); err != nil {
				return fmt.Errorf("judging event %d: %w", e.ID, err)
			}
		}
	}
	return nil
}

func (w *world) judge(ctx context.Context, h House, e event.Event, i int) error {
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		by := h.As(access.EventChecker)
		ref, err := seen(ctx, tx, h, e.ID)
		if err != nil {
			return err
		}
		d := event.Decision{Ref: ref}
		switch {
		case i%6 == 5:
			d.ReasonCode, d.Reason = "not_delivered", "Tuottajan selvityksen mukaan käyntiä ei toteutunut."
			return event.Reject(ctx, tx, by, d)
		case i%6 == 2 && e.Quantity > money.Units(1):
			d.Quantity, d.ReasonCode, d.Reason = new(money.Units(1)), "wrong_quantity", "Hyväksytään sovittu yksi tunti."
		}
		return event.Accept(ctx, tx, by, d)
	})
}

// settle runs the month before, by two people. What the last run before Until leaves is told there.
func (w *world) settle(ctx context.Context, m calendar.Month) error {
	key := (m - 1).String()
	runs := 0
	newest := m == calendar.MonthOf(w.today())
	for _, prefix := range w.prefixes() {
		h := w.houses[prefix]
		if !w.nurseryMonth(prefix, m-1) && !w.delivered(prefix, m-1) {
			continue
		}
		run, err := w.calculate(ctx, h, key)
		if err != nil {
			return err
		}
		runs++
		if newest && prefix == "RAN" {
			continue // waits for its approver
		}
		file, err := w.release(ctx, h, run)
		if err != nil {
			return err
		}
		w.result.Paid += file.Total
		w.due[prefix] = run
	}
	if runs > 0 {
		w.Progress(fmt.Sprintf("%s: settled with %d organisers", m-1, runs))
	}
	return nil
}

// delivered tells whether anything of the organiser was delivered in a month, so that there is something to settle.
func (w *world) delivered(prefix string, m calendar.Month) bool {
	for i := range w.companies {
		if len(w.linesOf(i, prefix, m, m.Period())) > 0 {
			return true
		}
	}
	return false
}

// payments notes the bank's answer of the runs that were sent; the county's newest run is left waiting for it.
func (w *world) payments(ctx context.Context, m calendar.Month) error {
	for _, prefix := range w.prefixes() {
		run, ok := w.due[prefix]
		if !ok || prefix == "KSR" && m == calendar.MonthOf(w.today()) {
			continue
		}
		if err := w.paid(ctx, w.houses[prefix], run); err != nil {
			return err
		}
		delete(w.due, prefix)
	}
	return nil
}

// refunds takes back a few settled deliveries each month; one of them was a mistake and is withdrawn.
func (w *world) refunds(ctx context.Context, m calendar.Month) error {
	h := w.houses["KSR"]
	by := h.As(access.EventChecker)
	company := w.companies[int(m)%3]
	var list []event.Event
	err := w.DB.Tenant(ctx, company.MainUser, func(tx *postgres.Tx) (err error) {
		list, err = event.OfProvider(ctx, tx, company.MainUser, event.Filter{Provider: company.Provider.ID, Organiser: h.Organiser.ID,
			Period: (m - 1).Period(), State: event.Accepted, Most: 3})
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for deliveries to refund: %w", err)
	}
	for i, e := range list {
		err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
			ref, err := seen(ctx, tx, h, e.ID)
			if err != nil {
				return err
			}
			d := event.Decision{Ref: ref, ReasonCode: "not_delivered", Reason: "Asiakas oli sairaalassa, käyntiä ei toteutunut."}
			if err := event.Refund(ctx, tx, by, d); err != nil || i != 2 {
				return err
			}
			d.Step, d.Reason = d.Step+1, "Sairaalajakso alkoi vasta seuraavana päivänä."
			return event.WithdrawRefund(ctx, tx, by, d)
		})
		if err != nil {
			return fmt.Errorf("refunding event %d: %w", e.ID, err)
		}
	}
	return nil
}

// newVouchers gives a part of the later clients their vouchers from the first of the next month.
func (w *world) newVouchers(ctx context.Context, m calendar.Month) error {
	from := (m + 1).Period().From
	p := calendar.Period{From: from, To: from.AddMonths(12)}
	for i := range w.later {
		l := &w.later[i]
		n := (len(l.clients) + months - 1) / months
		if n > len(l.clients) || l.offer.mode == catalogue.Purchased {
			continue
		}
		offset := 10_000 + int(m)*100 // of chance: no two vouchers of a service share it
		if err := w.grants(ctx, l.house, l.offer, l.clients[:n], offset, p); err != nil {
			return err
		}
		l.clients = l.clients[n:]
	}
	return nil
}
