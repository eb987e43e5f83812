package economy

import (
	"context"
	"errors"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/daycare/economy/db"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActRisksRead is the audit's name of the figures of a month that were written down.
const ActRisksRead audit.Act = "daycare.risks_read"

// RiskMonth is the figure of a risk as it was read in a month.
type RiskMonth struct {
	Month  calendar.Month
	Figure *int // nil = the registers did not tell it
	Few    bool // of too few children to be told
	Level  Level
}

// kept is the figure as it is written down: of few children it is not, as it would tell their number.
func (i Indicator) kept() (figure *int32, isFew bool) {
	if i.Known && !i.Few {
		figure = new(int32(i.Figure))
	}
	return figure, i.Known && i.Few
}

// KeepMonth writes the figures of the present month down, once: what is read first in a month stays. False when they stood already, or
// when the organiser has no published rules of early education.
func KeepMonth(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (bool, error) {
	month := calendar.MonthOf(tx.Today()).Period().From
	q := db.New(tx)
	switch kept, err := q.RiskMonthKept(ctx, db.RiskMonthKeptParams{OrganiserID: organiser, Month: month}); {
	case err != nil:
		return false, fmt.Errorf("looking for figures of risks of %s: %w", month, err)
	case kept:
		return false, nil
	}
	switch _, err := store.TermsNow(ctx, tx, by, organiser); {
	case fault.CodeOf(err) == noRules:
		return false, nil
	case err != nil:
		return false, err
	}
	rows, err := Register(ctx, tx, by, organiser)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if r.Measure == "" { // one of the municipality's own has no figure
			continue
		}
		figure, isFew := r.kept()
		_, err := q.RiskMonthAdd(ctx, db.RiskMonthAddParams{OrganiserID: organiser, Risk: r.Risk, Month: month, Figure: figure, Few: isFew, Level: string(r.Level), ReadAt: tx.Now()})
		if err != nil {
			return false, fmt.Errorf("keeping the figure of %s: %w", r.Risk, err)
		}
	}
	return true, audit.Write(ctx, tx, by, ActRisksRead, audit.Ref{Kind: "organiser", ID: int64(organiser), Label: fmt.Sprint(organiser)}, map[string]any{"month": month})
}

// KeepMonths does so for organisers, each in a transaction of its own: one that cannot be read does not keep the others from it.
func KeepMonths(ctx context.Context, d *postgres.DB, organisers []int32) (kept int, err error) {
	var wrong []error
	for _, o := range organisers {
		by := access.System("daycare risks", o)
		err := d.Tenant(ctx, by, func(tx *postgres.Tx) error {
			did, err := KeepMonth(ctx, tx, by, o)
			if did {
				kept++
			}
			return err
		})
		if err != nil {
			wrong = append(wrong, fmt.Errorf("organiser %d: %w", o, err))
		}
	}
	return kept, errors.Join(wrong...)
}

// historyMonths is how far back the course of a risk is shown.
const historyMonths = 24

// Course is the figures of each risk month by month, the oldest first; "" of all risks.
func Course(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, risk string) (map[string][]RiskMonth, error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	since := (calendar.MonthOf(tx.Today()) - historyMonths).Period().From
	rows, err := db.New(tx).RiskMonths(ctx, db.RiskMonthsParams{OrganiserID: organiser, Risk: risk, Since: since})
	if err != nil {
		return nil, fmt.Errorf("reading figures of risks: %w", err)
	}
	out := map[string][]RiskMonth{}
	for _, r := range rows {
		out[r.Risk] = append(out[r.Risk], RiskMonth{Month: calendar.MonthOf(r.Month), Figure: whole(r.Figure), Few: r.Few, Level: Level(r.Level)})
	}
	return out, nil
}
