package purse

import (
	"context"
	"errors"
	"fmt"

	"seteli/core/money"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/purse/db"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// spend judges a batch in the order in which it came and stores what it does, in one transaction with a fixed number of statements.
// A refusal of one request is its own answer and leaves no trace; an error is the whole batch's.
func spend(ctx context.Context, tx *postgres.Tx, organiser int32, batch []request, known *books) ([]outcome, error) {
	f, err := load(ctx, tx, organiser, batch, known)
	if err != nil {
		return nil, err
	}
	out := make([]outcome, len(batch))
	w := &writing{organiser: organiser, facts: f}
	for i := range batch {
		j, err := f.judge(&batch[i], &out[i])
		var first *firstTime
		switch {
		case err != nil && !errors.As(err, &first) && asFault(err) == nil:
			return nil, err
		case err != nil:
			out[i].err = err
		case j != nil:
			w.list = append(w.list, j)
		}
	}
	if err := w.write(ctx, tx); err != nil {
		return nil, err
	}
	for i := range out {
		if j := out[i].same; j != nil {
			out[i].answer.Hold = j.hold
		}
	}
	return out, nil
}

// writing is a judged batch on its way into the tables.
type writing struct {
	organiser int32
	facts     *facts
	list      []*judged
	postings  []ledger.Posting
}

func (w *writing) write(ctx context.Context, tx *postgres.Tx) error {
	if len(w.list) == 0 {
		return nil
	}
	fresh, err := w.number(ctx, tx)
	if err != nil {
		return err
	}
	if err := w.events(ctx, tx); err != nil {
		return err
	}
	ended := w.ends(tx)
	// What needs nothing of each other travels together; the endings follow their holds.
	err = tx.Together(ctx,
		func(tx *postgres.Tx) error { return w.holds(ctx, tx, fresh) },
		func(tx *postgres.Tx) error {
			if len(ended.HoldIds) == 0 {
				return nil
			}
			if err := db.New(tx).EndsInsert(ctx, ended); err != nil {
				return fmt.Errorf("ending %d holds: %w", len(ended.HoldIds), err)
			}
			return nil
		},
		func(tx *postgres.Tx) error { return w.facts.book.Write(ctx, tx) },
		func(tx *postgres.Tx) error { return ledger.Post(ctx, tx, w.organiser, w.postings) },
		func(tx *postgres.Tx) error { return w.audit(ctx, tx) })
	if err != nil {
		return err
	}
	for _, j := range w.list {
		j.outcome.answer.Hold = j.hold
		if j.terms.BalanceShown {
			j.outcome.answer.Left = new(w.facts.book.Balance(j.line).LeftCents())
		}
	}
	return nil
}

// reserved is the posting of money that waits on a hold: it stands as used on the balance, by a source of its own.
func reserved(line, hold int64, sum money.Cents, h *Hold) ledger.Posting {
	return ledger.Posting{Debit: ledger.Used, DebitRef: line, Credit: ledger.Right, CreditRef: line, Amount: sum, Bucket: ledger.Whole, ServiceDate: h.Day,
		Source: ledger.FromHold, SourceID: hold}
}

// number draws the numbers of the new holds and posts what waits on them. What is captured in the same act needs no posting of its
// own: its event has them.
func (w *writing) number(ctx context.Context, tx *postgres.Tx) (fresh []*judged, err error) {
	for _, j := range w.list {
		if j.fresh {
			fresh = append(fresh, j)
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	ids, err := db.New(tx).Numbers(ctx, int32(len(fresh)))
	if err != nil {
		return nil, fmt.Errorf("numbering %d holds: %w", len(fresh), err)
	}
	for i, j := range fresh {
		h := &j.hold
		h.Organiser, h.ID, h.At, h.By = w.organiser, ids[i], tx.Now(), j.by.Name
		if j.ending == "" {
			w.postings = append(w.postings, reserved(h.Line, h.ID, h.Amount, h))
		}
	}
	return fresh, nil
}

// holds stores the new holds.
func (w *writing) holds(ctx context.Context, tx *postgres.Tx, fresh []*judged) error {
	if len(fresh) == 0 {
		return nil
	}
	p := db.HoldsInsertParams{OrganiserID: w.organiser, HeldAt: tx.Now()}
	for _, j := range fresh {
		h := &j.hold
		p.HoldIds, p.Vouchers, p.Lines, p.Persons, p.Clients = append(p.HoldIds, h.ID), append(p.Vouchers, h.Voucher), append(p.Lines, h.Line), append(p.Persons, h.Person), append(p.Clients, h.Client)
		p.Providers, p.Units, p.Contents, p.Services = append(p.Providers, h.Provider), append(p.Units, h.Unit), append(p.Contents, h.Content), append(p.Services, h.Service)
		p.Reservations, p.Rulebooks, p.Refs, p.Hashes = append(p.Reservations, h.Reservation), append(p.Rulebooks, h.Rules), append(p.Refs, h.Reference), append(p.Hashes, h.hash)
		p.Quantities, p.Prices, p.Values = append(p.Quantities, int64(h.Quantity)), append(p.Prices, int64(h.Price)), append(p.Values, int64(h.Value))
		p.Totals, p.Amounts, p.Dates, p.Expiries = append(p.Totals, int64(h.Total)), append(p.Amounts, int64(h.Amount)), append(p.Dates, h.Day), append(p.Expiries, h.ExpiresOn)
		p.Notes, p.Sources, p.Accounts, p.Names = append(p.Notes, h.Note), append(p.Sources, string(j.ask.Source)), append(p.Accounts, j.by.Account), append(p.Names, j.by.Name)
		p.Bands = append(p.Bands, h.Band)
	}
	err := db.New(tx).HoldsInsert(ctx, p)
	if postgres.ConstraintOf(err) == "purse_hold_reference_unique" {
		return errRaced.Because(err)
	}
	if err != nil {
		return fmt.Errorf("writing %d holds: %w", len(fresh), err)
	}
	return nil
}

// events turns what is captured into events. The book stands as if it were taken already; the events take it themselves.
func (w *writing) events(ctx context.Context, tx *postgres.Tx) error {
	var list []event.Purchase
	var of []*judged
	for _, j := range w.list {
		if j.ending != Captured {
			continue
		}
		if err := w.facts.book.Use(j.line, 0, -j.cents); err != nil {
			return err
		}
		h, source := &j.hold, j.ask.Source
		if !j.fresh {
			source = j.end.Source
		}
		list = append(list, event.Purchase{By: j.by, Request: j.id, Source: source, Reference: fmt.Sprintf("purse-%d", h.ID), Note: h.Note, Provider: h.Provider, Unit: h.Unit,
			Voucher: h.Voucher, Line: h.Line, Content: h.Content, Service: h.Service, Reservation: h.Reservation, Client: h.Client, Person: h.Person, Rulebook: h.Rules,
			Date: j.day, Quantity: j.taken, Price: h.Price, Value: h.Value, Band: h.Band})
		of = append(of, j)
	}
	if len(list) == 0 {
		return nil
	}
	ids, err := event.RecordPurchases(ctx, tx, w.organiser, w.facts.periods, w.facts.book, list)
	if err != nil {
		return err
	}
	for i, j := range of {
		j.hold.Event = ids[i]
	}
	return nil
}

// ends puts into columns how holds end, and posts back what waited on them.
func (w *writing) ends(tx *postgres.Tx) db.EndsInsertParams {
	p := db.EndsInsertParams{OrganiserID: w.organiser, EndedAt: tx.Now()}
	for _, j := range w.list {
		if j.ending == "" {
			continue
		}
		h := &j.hold
		h.EndedAt, h.EndReason = new(tx.Now()), j.end.Reason
		if !j.fresh {
			w.postings = append(w.postings, reserved(h.Line, h.ID, h.Amount, h).Reversed(ledger.FromHold, h.ID, 1))
		}
		p.HoldIds, p.Providers, p.Persons, p.Endings = append(p.HoldIds, h.ID), append(p.Providers, h.Provider), append(p.Persons, h.Person), append(p.Endings, string(j.ending))
		p.Captureds, p.Events, p.Reasons = append(p.Captureds, int64(j.cents)), append(p.Events, h.Event), append(p.Reasons, h.EndReason)
		p.Accounts, p.Names = append(p.Accounts, j.by.Account), append(p.Names, j.by.Name)
	}
	return p
}

// audit writes one row for each request, one statement for each act.
func (w *writing) audit(ctx context.Context, tx *postgres.Tx) error {
	entries := map[audit.Act][]audit.Signed{}
	for _, j := range w.list {
		act := ActHeld
		switch {
		case j.fresh && j.ending == Captured:
			act = ActCharged
		case j.ending == Captured:
			act = ActCaptured
		case j.ending == Released:
			act = ActReleased
		}
		detail := map[string]any{"voucher": j.hold.Voucher, "amount_cents": j.hold.Amount, "unit": j.hold.Unit, "content": j.hold.Content}
		if j.ending == Captured {
			detail["captured_cents"], detail["event"] = j.cents, j.hold.Event
		}
		entries[act] = append(entries[act], audit.Signed{By: j.by, Request: j.id, Entry: audit.Entry{Subject: j.hold.Ref(), Detail: detail}})
	}
	for _, act := range []audit.Act{ActHeld, ActCharged, ActCaptured, ActReleased} {
		if err := audit.WriteSigned(ctx, tx, act, entries[act]); err != nil {
			return err
		}
	}
	return nil
}
