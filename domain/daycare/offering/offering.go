package offering

import (
	"context"
	"slices"

	"seteli/core/calendar"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Unit is a unit with what it offers.
type Unit struct {
	guidance.Unit
	OID    string // "" = none is known
	Placed bool   // among the units in which the municipality places children; of another one only the prices are known
	Places []guidance.Places
	Free   guidance.Count // how many more children of each group can begin on the day and stay to the end of what is promised
	Prices []store.Price  // what holds on the day and what comes, by option and day
}

// On lists what units offer from a day on, by name: those that families may wish for, and all of them for the municipality's own staff and
// programs.
func On(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, day calendar.Date) ([]Unit, error) {
	if err := by.May(access.OfferRead, 0); err != nil {
		return nil, err
	}
	own := by.Organiser == organiser && by.Can(access.DaycareDecide)
	known, err := store.UnitsPriced(ctx, tx, organiser)
	if err != nil {
		return nil, err
	}
	fillings, err := guidance.Fillings(ctx, tx, organiser, day, nil)
	if err != nil {
		return nil, err
	}
	var list []Unit
	var ids []int64
	for _, f := range fillings {
		if f.Listed || own {
			u := Unit{Unit: f.Unit, Placed: true, Free: free(f, day)}
			for _, p := range f.Places {
				if p.To > day {
					u.Places = append(u.Places, p)
				}
			}
			list = append(list, u)
		}
		ids = append(ids, f.ID)
	}
	for _, k := range known {
		if slices.Contains(ids, k.ID) {
			continue
		}
		list = append(list, Unit{Unit: guidance.Unit{ID: k.ID, Name: k.Name, Provider: k.Provider, Company: k.Company, City: k.City, Address: k.Address, Way: guidance.ByVoucher}})
	}
	return list, priced(ctx, tx, organiser, day, list, known)
}

// free counts for a child of one year and for one of four, each of whom stays in its group for as long as places are promised.
func free(f guidance.Filling, day calendar.Date) guidance.Count {
	under, _ := guidance.Free(f.Places, f.Taken, day.AddMonths(-12), day)
	over, _ := guidance.Free(f.Places, f.Taken, day.AddMonths(-48), day)
	return guidance.Count{Under: max(0, under), Over: max(0, over)}
}

// priced adds the prices from a day on, and the object identifiers.
func priced(ctx context.Context, tx *postgres.Tx, organiser int32, day calendar.Date, list []Unit, known []store.PricedUnit) error {
	ids := make([]int64, len(list))
	for i, u := range list {
		ids[i] = u.ID
	}
	told, err := store.PricesAsked(ctx, tx, organiser, ids)
	if err != nil {
		return err
	}
	oids, err := store.UnitOIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i := range list {
		u := &list[i]
		u.OID = oids[u.ID]
		for n, p := range told {
			if p.Unit == u.ID && (p.From > day || !followed(told[n+1:], p, day)) {
				u.Prices = append(u.Prices, p)
			}
		}
	}
	return nil
}

// followed tells that a later price of the same option holds on the day.
func followed(later []store.Price, p store.Price, day calendar.Date) bool {
	return slices.ContainsFunc(later, func(x store.Price) bool {
		return x.Unit == p.Unit && x.Option == p.Option && x.From > p.From && x.From <= day
	})
}
