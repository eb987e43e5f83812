package settlement

import (
	"context"
	"fmt"

	"seteli/domain/settlement/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Supplier is a company as the organiser's payments know it.
type Supplier struct {
	Provider         int64
	Name, BusinessID string
	Number           string // in the organiser's purchase ledger; "" = not known
	TermDays         *int16 // nil = the organiser's general term
	HoldReason       string // payments are held while it is not empty
}

// Suppliers lists the companies that the organiser has approved or has a ledger with, by name.
func Suppliers(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Supplier, error) {
	if err := by.May(access.SettlementPreview, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Suppliers(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing suppliers: %w", err)
	}
	out := make([]Supplier, len(rows))
	for i, r := range rows {
		out[i] = Supplier{Provider: r.ProviderID, Name: r.Name, BusinessID: r.BusinessID, Number: r.SupplierNumber, TermDays: r.PaymentTermDays, HoldReason: r.HoldReason}
	}
	return out, nil
}

// SupplierNumbersDemanded tells whether the organiser pays only payees that have a supplier number.
func SupplierNumbersDemanded(ctx context.Context, tx *postgres.Tx, organiser int32) (bool, error) {
	needed, err := db.New(tx).SettingGet(ctx, organiser)
	if err != nil {
		return false, fmt.Errorf("reading the demand of supplier numbers: %w", err)
	}
	return needed, nil
}
