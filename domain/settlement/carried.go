package settlement

import (
	"context"
	"fmt"

	"seteli/core/money"
	"seteli/domain/register"
	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Debt is what a payee owes the organiser by the runs made: the next runs take it off what they would pay.
type Debt struct {
	Provider int64
	Name     string
	Amount   money.Cents // above nothing
}

// Debts lists the payees whose carried sum is below nothing. With further deliveries it takes itself off; without any it has to be asked
// back with an invoice.
func Debts(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Debt, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).CarriedBalances(ctx, db.CarriedBalancesParams{OrganiserID: organiser, Providers: []int64{}})
	if err != nil {
		return nil, fmt.Errorf("reading what is carried: %w", err)
	}
	var list []Debt
	var ids []int64
	for _, r := range rows {
		if r.AmountCents < 0 {
			list, ids = append(list, Debt{Provider: r.ProviderID, Amount: money.Cents(-r.AmountCents)}), append(ids, r.ProviderID)
		}
	}
	companies, err := register.ByID(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		for _, c := range companies {
			if c.ID == list[i].Provider {
				list[i].Name = c.Name
			}
		}
	}
	return list, nil
}
