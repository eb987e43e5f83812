package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/domain/client/household"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// nurseryHouses are the municipalities of early education in a steady order.
func (w *world) nurseryHouses() (list []House) {
	for _, o := range nurseryOffers {
		if len(w.nurseries[o.house]) > 0 {
			list = append(list, w.houses[o.house])
		}
	}
	return list
}

// closeNurseries sends what waits and closes the month on its day, so that the providers have their statements.
func (w *world) closeNurseries(ctx context.Context, m calendar.Month) error {
	for _, h := range w.nurseryHouses() {
		if err := w.sendDrafts(ctx, h); err != nil {
			return fmt.Errorf("value decisions of %s in %s: %w", h.Organiser.Prefix, m, err)
		}
		err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
			closed, err := store.Close(ctx, tx, w.now(h.As(access.SettlementPreparer)), h.Organiser.ID, m)
			if err == nil {
				w.Progress(fmt.Sprintf("%s: early education of %s closed, %d rows, %s €", m, h.Organiser.Prefix, closed.Rows, closed.Total))
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("closing early education of %s in %s: %w", h.Organiser.Prefix, m, err)
		}
	}
	return nil
}

// nurseryMonth tells whether a month of early education was closed, so that there is something to settle.
func (w *world) nurseryMonth(prefix string, m calendar.Month) bool {
	return len(w.nurseries[prefix]) > 0 && m >= calendar.MonthOf(w.today())-months
}

// answerStatements: two providers approve at once; the third stays silent, and of its last statement it objects to a row.
func (w *world) answerStatements(ctx context.Context, m calendar.Month) error {
	newest := m == calendar.MonthOf(w.today())-1
	for _, h := range w.nurseryHouses() {
		_, o := w.service(h.Organiser.Prefix + "/VAKA")
		units := w.nurseryUnits(o)
		for i, u := range units {
			by := w.companies[u.company].Recorder
			last := i == len(units)-1
			if last && !newest {
				continue
			}
			err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
				if !last {
					return store.Approve(ctx, tx, by, h.Organiser.ID, m, u.unit)
				}
				rows, err := store.Rows(ctx, tx, by, h.Organiser.ID, m, u.unit)
				if err != nil || len(rows) == 0 {
					return err
				}
				return store.Object(ctx, tx, by, h.Organiser.ID, rows[0].ID, "Lapsi siirtyi osapäiväiseksi jo kuun alussa.")
			})
			if err != nil {
				return fmt.Errorf("statement %s of unit %d: %w", m, u.unit, err)
			}
		}
	}
	return nil
}

// nurserySilence approves what nobody answered in time, a day before the settlement.
func (w *world) nurserySilence(ctx context.Context, _ calendar.Month) error {
	for _, h := range w.nurseryHouses() {
		err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
			_, err := store.ApproveSilent(ctx, tx, w.now(h.As(access.SettlementPreparer)), h.Organiser.ID)
			return err
		})
		if err != nil {
			return fmt.Errorf("silent statements of %s: %w", h.Organiser.Prefix, err)
		}
	}
	return nil
}

// lateIncome: in the third month it comes out that a head has earned more since the month before; the paid month is corrected by the next one.
func (w *world) lateIncome(ctx context.Context, m calendar.Month) error {
	if m != calendar.MonthOf(w.today())-months+2 {
		return nil
	}
	for _, h := range w.nurseryHouses() {
		if err := w.raiseIncome(ctx, h, w.nurseries[h.Organiser.Prefix][0], (m - 1).Period().From); err != nil {
			return err
		}
		if err := w.sendDrafts(ctx, h); err != nil {
			return fmt.Errorf("a later income of %s: %w", h.Organiser.Prefix, err)
		}
	}
	return nil
}

// raiseIncome ends the recorded income of a head and records a higher one from the day on; its drafts then wait.
func (w *world) raiseIncome(ctx context.Context, h House, f family, from calendar.Date) error {
	by := h.As(access.Caseworker)
	err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		before, after := f.earned, f.earned
		before.Period.To, after.Period.From = from, from
		after.ID, after.RowVersion, after.Cents = 0, 0, f.earned.Cents+46_000
		for _, i := range []household.Item{before, after} {
			if _, err := household.SaveItem(ctx, tx, by, household.ItemInput{Organiser: h.Organiser.ID, Client: f.head.ID, Item: i}); err != nil {
				return err
			}
		}
		_, err := store.Regenerate(ctx, tx, by, h.Organiser.ID, []int64{f.children[0].ID})
		return err
	})
	if err != nil {
		return fmt.Errorf("a later income of client %d: %w", f.head.ID, err)
	}
	return nil
}

// nurseryToday leaves work for today: an income that has just changed, and a child whose family has told no income yet.
func (w *world) nurseryToday(ctx context.Context) error {
	if !w.reach(w.today()-1, 14) {
		return nil
	}
	for _, h := range w.nurseryHouses() {
		if err := w.raiseIncome(ctx, h, w.nurseries[h.Organiser.Prefix][1], calendar.MonthOf(w.today()).Period().From); err != nil {
			return err
		}
		o := w.nurseryOfferOf(h)
		f, err := w.family(ctx, h, 11, 1) // 11 % 7 = 4: no income is told
		if err != nil {
			return err
		}
		next := (calendar.MonthOf(w.today()) + 1).Period().From
		if err := w.place(ctx, h, f.children[0], w.nurseryUnits(o)[0], calendar.Period{From: next, To: calendar.Forever}, false); err != nil {
			return err
		}
		w.nurseries[h.Organiser.Prefix] = append(w.nurseries[h.Organiser.Prefix], f)
	}
	return nil
}

func (w *world) nurseryOfferOf(h House) offer {
	_, o := w.service(h.Organiser.Prefix + "/VAKA")
	return o
}
