package voucher

import (
	"context"

	"seteli/domain/client/household"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// IncomeReceipt is what an import of income did, and of how many clients a voucher's value would now be another.
type IncomeReceipt struct {
	household.Receipt
	Waiting int
}

// ImportIncome takes rows of income. For each client whose voucher would now have another value the news waits for a caseworker, who sees
// the proposal of the new value as after a change recorded by hand; no voucher changes by itself.
// Locks: clients.
func ImportIncome(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, keys *secret.Keys, organiser int32, origin household.Origin, rows []household.IncomeRow) (IncomeReceipt, household.Plan, error) {
	receipt, plan, err := household.Import(ctx, tx, by, keys, organiser, rows)
	if err != nil {
		return IncomeReceipt{}, household.Plan{}, err
	}
	out := IncomeReceipt{Receipt: receipt}
	program := access.System("income", organiser) // who imports need not see every voucher: what the program finds goes to those who do
	for _, t := range receipt.Touched {
		news := household.Change{From: t.From, Reported: t.Reported, Decided: tx.Today(), MonthsBack: t.Household.Definition(tx.Today()).MonthsBack}
		list, err := Proposals(ctx, tx, program, means, t.Household, news)
		if err != nil {
			return IncomeReceipt{}, household.Plan{}, err
		}
		if len(list) == 0 {
			continue
		}
		if err := household.Note(ctx, tx, by, t, origin); err != nil {
			return IncomeReceipt{}, household.Plan{}, err
		}
		out.Waiting++
	}
	return out, plan, nil
}
