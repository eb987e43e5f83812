package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/economy"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// pilotHouse tries things out: it has so many children that figures of two groups can be told.
const pilotHouse = "PEK"

// grownMonth is when a family more came to the units of the pilot that is over, and when that pilot began.
func (w *world) grownMonth() calendar.Month { return calendar.MonthOf(w.today()) - months + 2 }

// pilotUnits are those of the first company of a municipality: the others are what they are compared with.
func (w *world) pilotUnits(h House) (list []int64) {
	units := w.nurseryUnits(w.nurseryOfferOf(h))
	for _, u := range units {
		if u.company == units[0].company {
			list = append(list, u.unit)
		}
	}
	return list
}

// nurseryGrows: in the month before, a family with two children gets places in the pilot's unit.
func (w *world) nurseryGrows(ctx context.Context, m calendar.Month) error {
	if m+1 != w.grownMonth() {
		return nil
	}
	h := w.houses[pilotHouse]
	f, err := w.family(ctx, h, len(nurserySizes[pilotHouse]), 2)
	if err != nil {
		return fmt.Errorf("a family more of %s: %w", pilotHouse, err)
	}
	for _, c := range f.children {
		if err := w.place(ctx, h, c, w.nurseryUnits(w.nurseryOfferOf(h))[0], calendar.Period{From: (m + 1).Period().From, To: calendar.Forever}, false); err != nil {
			return fmt.Errorf("placing a child of a family more of %s: %w", pilotHouse, err)
		}
	}
	w.nurseries[pilotHouse] = append(w.nurseries[pilotHouse], f)
	return nil
}

// pilots are one that is over and decided, and one that is going on.
func (w *world) pilots(ctx context.Context, h House) error {
	by, units, began := h.As(access.MainUser), w.pilotUnits(h), w.grownMonth()
	period := func(from, to calendar.Month) calendar.Period {
		return calendar.Period{From: from.Period().From, To: to.Period().From}
	}
	return w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) error {
		wished := money.MustRate("10")
		over, err := economy.SavePilot(ctx, tx, by, h.Organiser.ID, economy.Pilot{Name: "Puhelinneuvonta setelipaikkaa hakeville perheille", Plan: economy.Plan{Units: units, Base: period(began-2, began), Period: period(began, began+2),
			Targets: []economy.Target{{Aspect: economy.Held, Direction: economy.Up, Value: &wished, Note: "Kaksi lasta lisää neuvonnan aikana."}, {Aspect: economy.PlaceCost, Direction: economy.Down},
				{Aspect: economy.Corrections, Direction: economy.Down, Note: "Tulot kysytään jo neuvonnassa."}}}})
		if err != nil {
			return err
		}
		_, err = economy.SavePilot(ctx, tx, by, h.Organiser.ID, economy.Pilot{Name: "Osapäiväinen seteli ilman lisämaksua", Plan: economy.Plan{Units: units, Base: period(began, began+2), Period: period(began+3, began+9),
			Targets: []economy.Target{{Aspect: economy.OwnShare, Direction: economy.Down}, {Aspect: economy.Held, Direction: economy.Up}}}})
		if err != nil {
			return err
		}
		stands, err := economy.PilotOf(ctx, tx, by, h.Organiser.ID, over)
		if err != nil {
			return err
		}
		return economy.DecidePilot(ctx, tx, by, h.Organiser.ID, economy.Pilot{ID: over, RowVersion: stands.RowVersion, Decision: "go_on", DecidedOn: new(tx.Today() - 3),
			Reason: "Neuvonta jatkuu: lapsia tuli lisää, eikä kuukausia tarvinnut korjata. Kustannus lasta kohti nousi hieman."})
	})
}
