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
			a := economy.Assumptions{Hours: map[string]money.Quantity{nurseryOption["KOKO"]: money.Units(147), nurseryOption["OSA"]: money.Units(80)}, Administration: 1_800_000, Missing: &missing, PerPlace: 3_450_000,
				Interest: money.MustRate("3.25"), Years: 30, Source: "Hankesuunnitelma (luvut keksittyjä)", SourceDate: calendar.Day(year, 2, 15)}
			if err := economy.Assume(ctx, tx, by, h.Organiser.ID, a); err != nil {
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
	}
	return nil
}
