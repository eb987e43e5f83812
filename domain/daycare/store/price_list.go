package store

import (
	"context"
	"fmt"

	"seteli/domain/daycare/store/db"
	"seteli/platform/postgres"
)

// PricedUnit is a unit that has told a municipality a price.
type PricedUnit struct {
	ID       int64
	Name     string
	Provider int64
	Company  string
	Address  string
	City     string
}

// UnitsPriced lists them by name. That a unit asks a price is public.
func UnitsPriced(ctx context.Context, tx *postgres.Tx, organiser int32) ([]PricedUnit, error) {
	rows, err := db.New(tx).UnitsPriced(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing units with prices: %w", err)
	}
	list := make([]PricedUnit, len(rows))
	for i, r := range rows {
		list[i] = PricedUnit{r.UnitID, r.Name, r.ProviderID, r.ProviderName, r.AddressLine, r.City}
	}
	return list, nil
}

// PricesAsked lists what units ask, the newest of each day, by unit, option and day. Prices are public.
func PricesAsked(ctx context.Context, tx *postgres.Tx, organiser int32, units []int64) ([]Price, error) {
	all, err := loadPrices(ctx, tx, organiser, units)
	if err != nil {
		return nil, err
	}
	return all.list(), nil
}

// UnitOIDs gives the object identifiers of the units that have one.
func UnitOIDs(ctx context.Context, tx *postgres.Tx, units []int64) (map[int64]string, error) {
	rows, err := db.New(tx).UnitOids(ctx, units)
	if err != nil {
		return nil, fmt.Errorf("reading object identifiers of %d units: %w", len(units), err)
	}
	oids := make(map[int64]string, len(rows))
	for _, r := range rows {
		oids[r.UnitID] = r.Oid
	}
	return oids, nil
}
