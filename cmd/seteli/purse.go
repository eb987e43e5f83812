package main

import (
	"context"
	"errors"
	"fmt"

	"seteli/domain/purse"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// tend lets time do its work on euro balances: holds expire, months are filled, ends come. One organiser's failure keeps no other waiting.
func (a *app) tend(ctx context.Context, _ tendArgs) error {
	ids, err := a.organisers(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids {
		if id == 0 {
			continue
		}
		by := access.System("purses.tend", id)
		for { // in parts, so that no transaction grows with the number of balances
			var done purse.Tended
			err := a.db.Tenant(ctx, by, func(tx *postgres.Tx) (err error) {
				done, err = purse.Tend(ctx, tx, by, id)
				return err
			})
			if err != nil {
				failed = append(failed, fmt.Errorf("tending the balances of organiser %d: %w", id, err))
			}
			if err != nil || done == (purse.Tended{}) {
				break
			}
		}
	}
	return errors.Join(failed...)
}
