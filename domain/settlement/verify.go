package settlement

import (
	"bytes"
	"context"
	"fmt"

	"seteli/domain/ledger"
	"seteli/domain/settlement/db"
	"seteli/platform/postgres"
)

// Verify recomputes every statement and run of the organiser from the postings and tells where they disagree: sums and
// hashes, periods in two live statements, slots with two live runs, and accounts that hold something else than the statements say.
func Verify(ctx context.Context, tx *postgres.Tx, organiser int32) ([]ledger.Difference, error) {
	var out []ledger.Difference
	for _, check := range []func(context.Context, *postgres.Tx, int32) ([]ledger.Difference, error){verifyRuns, verifyPeriods, verifyAccounts} {
		found, err := check(ctx, tx, organiser)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func verifyRuns(ctx context.Context, tx *postgres.Tx, organiser int32) (out []ledger.Difference, err error) {
	rows, err := db.New(tx).RunsWithSums(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("reading runs: %w", err)
	}
	for _, r := range rows {
		list, found, err := recompute(ctx, tx, organiser, r.RunNo)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		sum := Run{}
		total(&sum, list)
		if sum.Payees != int(r.ProviderCount) || sum.Lines != r.LineCount || sum.Gross != r.GrossCents || sum.Credit != r.CreditCents ||
			sum.Pay != r.PayCents || !bytes.Equal(sum.Hash, r.LinesHash) {
			out = append(out, ledger.Difference{What: fmt.Sprintf("run %d (%s)", r.RunNo, r.RunKey),
				Stored: fmt.Sprintf("%d payees, %d lines, to pay %s, hash %x", r.ProviderCount, r.LineCount, r.PayCents, r.LinesHash),
				Facts:  fmt.Sprintf("%d payees, %d lines, to pay %s, hash %x", sum.Payees, sum.Lines, sum.Pay, sum.Hash)})
		}
	}
	return out, nil
}

func verifyPeriods(ctx context.Context, tx *postgres.Tx, organiser int32) (out []ledger.Difference, err error) {
	q := db.New(tx)
	twice, err := q.PeriodsTwice(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("looking for periods settled twice: %w", err)
	}
	for _, r := range twice {
		out = append(out, ledger.Difference{What: fmt.Sprintf("period %d of payee %d", r.PeriodNo, r.ProviderID),
			Stored: fmt.Sprintf("in %d live statements", r.Statements), Facts: "in one"})
	}
	open, err := q.PeriodsUnsealed(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("looking for unsealed periods: %w", err)
	}
	for _, r := range open {
		out = append(out, ledger.Difference{What: fmt.Sprintf("period %d of payee %d", r.PeriodNo, r.ProviderID), Stored: fmt.Sprintf("in run %d", r.RunNo), Facts: "not sealed"})
	}
	slots, err := q.SlotsTwice(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("looking for slots run twice: %w", err)
	}
	for _, r := range slots {
		out = append(out, ledger.Difference{What: "slot " + r.RunKey, Stored: fmt.Sprintf("%d live runs", r.Runs), Facts: "at most one"})
	}
	return out, nil
}

func verifyAccounts(ctx context.Context, tx *postgres.Tx, organiser int32) (out []ledger.Difference, err error) {
	rows, err := db.New(tx).AccountDifferences(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("replaying payees' accounts: %w", err)
	}
	for _, r := range rows {
		out = append(out, ledger.Difference{What: fmt.Sprintf("accounts of payee %d, in cents", r.ProviderID),
			Stored: fmt.Sprintf("accrued %d, settled %d, carried %d, bank %d, claimed %d, lost %d", r.Accrued, r.Settled, r.Carried, r.Bank, r.Claimed, r.Lost),
			Facts:  fmt.Sprintf("accrued %d, settled %d, carried %d, bank %d, claimed %d, lost %d", r.FactsAccrued, r.FactsSettled, r.FactsCarried, r.FactsBank, r.FactsClaimed, r.FactsLost)})
	}
	return out, nil
}
