package demo

import (
	"context"
	"fmt"

	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// calculate makes the run of a slot as the preparer.
func (b *Builder) calculate(ctx context.Context, h House, key string) (run settlement.Run, err error) {
	err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		run, err = settlement.Calculate(ctx, tx, b.now(h.As(access.SettlementPreparer)), settlement.CalculateInput{Organiser: h.Organiser.ID, Key: key})
		return err
	})
	if err != nil {
		return run, fmt.Errorf("settling %s of %s: %w", key, h.Organiser.Prefix, err)
	}
	return run, nil
}

// release approves a run as the second person and makes its payment file.
func (b *Builder) release(ctx context.Context, h House, run settlement.Run) (file payment.File, err error) {
	by := b.now(h.As(access.SettlementApprover))
	err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		_, err := settlement.Approve(ctx, tx, by, h.Organiser.ID, run.No)
		return err
	})
	if err != nil {
		return file, fmt.Errorf("approving run %s of %s: %w", run.Key, h.Organiser.Prefix, err)
	}
	err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		file, err = payment.MakeFile(ctx, tx, by, b.Bank, h.Organiser.ID, run.No)
		return err
	})
	if err != nil {
		return file, fmt.Errorf("paying run %s of %s: %w", run.Key, h.Organiser.Prefix, err)
	}
	return file, nil
}

// paid notes that the bank has paid the run.
func (b *Builder) paid(ctx context.Context, h House, run settlement.Run) error {
	err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		_, err := settlement.MarkPaid(ctx, tx, b.now(h.As(access.SettlementPreparer)), settlement.PaidInput{Organiser: h.Organiser.ID, Run: run.No})
		return err
	})
	if err != nil {
		return fmt.Errorf("marking run %s of %s paid: %w", run.Key, h.Organiser.Prefix, err)
	}
	return nil
}
