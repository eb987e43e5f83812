package event

import (
	"context"
	"fmt"

	"seteli/domain/event/db"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/postgres"
)

// loadRulebooks reads what recording applies of each rulebook version, in one statement.
func loadRulebooks(ctx context.Context, tx *postgres.Tx, organiser int32, ids []int64) (map[int64]Terms, error) {
	rows, err := db.New(tx).RulebooksOf(ctx, db.RulebooksOfParams{OrganiserID: organiser, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("reading %d rulebooks: %w", len(ids), err)
	}
	out := make(map[int64]Terms, len(rows))
	for _, r := range rows {
		rules, err := rulebook.ParseRules(r.Rules)
		if err != nil {
			return nil, fmt.Errorf("rulebook %d: %w", r.RulebookID, err)
		}
		if out[r.RulebookID], err = termsOf(rules); err != nil {
			return nil, fmt.Errorf("rulebook %d: %w", r.RulebookID, err)
		}
	}
	return out, nil
}

func termsOf(r rulebook.Rules) (Terms, error) {
	bands, err := method.BandsOf(r.Value)
	if err != nil {
		return Terms{}, err
	}
	t := Terms{RecordingDays: r.RecordingDays, PromptDays: r.PromptDays, Overrun: r.OverrunAllowed, ToleranceAuto: r.Tolerance.AutoApprove, GraceDays: r.GraceDays,
		Bands: bands}
	if r.Tolerance.Percent > 0 {
		t.Tolerated = r.Tolerance.Widen
	}
	return t, nil
}
