package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	engine "seteli/domain/daycare"
	"seteli/domain/daycare/economy"
	"seteli/domain/daycare/simulation"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// nurseryEconomy gives the municipalities of early education what their own places cost, what building would, and a question of the board
// with its answer.
func (w *world) nurseryEconomy(ctx context.Context) error {
	for _, h := range w.nurseryHouses() {
		var asked int64
		year, _, _ := w.today().Civil()
		err := w.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
			by := h.As(access.MainUser)
			for _, y := range []int{year - 1, year} {
				c := economy.Costs{Form: economy.Own, Period: calendar.Period{From: calendar.Day(y, 1, 1), To: calendar.Day(y+1, 1, 1)}, Staff: 412_000_000, Premises: 96_500_000, Meals: 38_200_000,
					Materials: 11_400_000, Administration: 22_800_000, Central: 14_900_000, Fees: 52_300_000, Over: 3_120, Under: 960, Hours: 571_200, Ending: 72, Source: fmt.Sprintf("Tilinpäätös %d (luvut keksittyjä)", y-1), SourceDate: calendar.Day(y, 3, 31)}
				if err := economy.Save(ctx, tx, by, h.Organiser.ID, c); err != nil {
					return err
				}
			}
			missing := 20
			a := economy.Assumptions{Hours: map[string]money.Quantity{nurseryOption["KOKO"]: money.Units(147), nurseryOption["OSA"]: money.Units(80)}, Administration: 1_800_000, Missing: &missing, PerPlace: 3_450_000, Rent: 228_000,
				Interest: money.MustRate("3.25"), Years: 30, Source: "Hankesuunnitelma (luvut keksittyjä)", SourceDate: calendar.Day(year, 2, 15)}
			if err := economy.Assume(ctx, tx, by, h.Organiser.ID, a); err != nil {
				return err
			}
			if err := economy.Foresee(ctx, tx, by, h.Organiser.ID, forecastOf(h, year)); err != nil {
				return err
			}
			percent, most := money.MustRate("5"), money.Cents(3_000)
			asked, err = simulation.Ask(ctx, tx, by, h.Organiser.ID, "Kokoaikaisen arvo +5 %, lisämaksu enintään 30 €", simulation.Change{From: calendar.Day(year+1, 8, 1),
				Values: simulation.ValueChange{Percent: &percent, Options: []string{nurseryOption["KOKO"]}}, Model: engine.CappedSurcharge, Cap: &most, Prices: simulation.Adjust})
			return err
		})
		if err != nil {
			return fmt.Errorf("the economics of %s: %w", h.Organiser.Prefix, err)
		}
		if err := simulation.Answer(ctx, w.DB, h.Organiser.ID, asked); err != nil {
			return fmt.Errorf("the board's question of %s: %w", h.Organiser.Prefix, err)
		}
		if h.Organiser.Prefix == pilotHouse {
			if err := w.pilots(ctx, h); err != nil {
				return fmt.Errorf("pilots of %s: %w", h.Organiser.Prefix, err)
			}
		}
	}
	return nil
}

// forecastOf is the children of two areas in the six years to come: both grow, the second, which is being built, faster.
func forecastOf(h House, year int) economy.Forecast {
	f := economy.Forecast{Source: "Väestösuunnite (luvut keksittyjä)", SourceDate: calendar.Day(year, 9, 30)}
	seat := placeOf(houseOf(h.Organiser.Prefix).seat).postcode
	for i := range 6 {
		for _, a := range []economy.NeedRow{{Area: seat, Over: 32 + 3*i, Under: 22 + 2*i}, {Area: seat[:3] + "10", Over: 40 + 5*i, Under: 30 + 5*i}} {
			a.Year, a.OverCoverage, a.UnderCoverage = year+1+i, money.MustRate("88"), money.MustRate("45")
			f.Rows = append(f.Rows, a)
		}
	}
	return f
}

// nurseryRisks writes the figures of the month's risks down, as the night does.
func (w *world) nurseryRisks(ctx context.Context, _ calendar.Month) error {
	var list []int32
	for _, h := range w.nurseryHouses() {
		list = append(list, h.Organiser.ID)
	}
	_, err := economy.KeepMonths(postgres.Unhurried(ctx), w.DB, list)
	return err
}
