package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ActPriceTold is the audit's name of a price that a provider told.
const ActPriceTold audit.Act = "daycare.price_told"

// Price is what a unit asks for a month of a need option from a day on. Under the models B and C there is a surcharge only.
type Price struct {
	Unit      int64
	Option    string
	From      calendar.Date
	Over      money.Cents // three years and older
	Under     money.Cents // under three
	Surcharge money.Cents
}

// At is the price of an age.
func (p Price) At(underThree bool) money.Cents {
	if underThree {
		return p.Under
	}
	return p.Over
}

// TellPrice takes a unit's price, checked against the municipality's price model of its first day: a surcharge within the cap (DAY-006), a
// price within the ceiling (DAY-007), a price where one is needed (DAY-005). A provider tells its own units' prices, not of days that have
// passed (DAY-097), and a change of what the unit asks no later than the rules' notice time before it begins (DAY-102): families must be able
// to answer it, and the municipality to decide anew. The first price of an option needs no notice. The field of a refused price is over or
// under; staff may enter earlier days, when they take over from another system or have agreed it with the unit and the families.
func TellPrice(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, p Price) error {
	provider := by.Role.Side() == access.ProviderSide
	right := access.DaycareDecide
	if provider {
		right = access.DaycareReport
	}
	if err := by.May(right, organiser); err != nil {
		return err
	}
	q := db.New(tx)
	unit, err := q.UnitOf(ctx, p.Unit)
	if err != nil || provider && unit.ProviderID != by.Provider {
		return errUnit.Because(err)
	}
	if provider && p.From < tx.Today() {
		return errPricePast.With("today", tx.Today())
	}
	rules, err := published(ctx, tx, organiser)
	if err != nil {
		return err
	}
	if err := rules.on(p.From).accepts(p); err != nil {
		return err
	}
	if provider {
		if err := rules.inTime(ctx, tx, organiser, p); err != nil {
			return err
		}
	}
	err = q.PriceTell(ctx, db.PriceTellParams{OrganiserID: organiser, UnitID: p.Unit, ProviderID: unit.ProviderID, OptionCode: p.Option, ValidFrom: p.From,
		PriceOverCents: p.Over, PriceUnderCents: p.Under, SurchargeCents: p.Surcharge, ToldAt: tx.Now(), ToldBy: by.Name})
	if err != nil {
		return fmt.Errorf("telling a price of unit %d: %w", p.Unit, err)
	}
	if err := audit.Write(ctx, tx, by, ActPriceTold, audit.Ref{Kind: "unit", ID: p.Unit, Label: unit.Name}, p); err != nil {
		return err
	}
	return markUnit(ctx, tx, organiser, p.Unit, p.From)
}

// EarliestPrice is the first day from which a change of price that a unit tells today can hold.
func (v version) EarliestPrice(today calendar.Date) calendar.Date {
	return today + calendar.Date(v.Profile.PriceNoticeDays)
}

// inTime refuses a change told too late, by the notice time that is in force today. Nothing is a change before the unit's first price of the
// option, nor is the same price again.
func (f inForce) inTime(ctx context.Context, tx *postgres.Tx, organiser int32, p Price) error {
	told, err := loadPrices(ctx, tx, organiser, []int64{p.Unit})
	if err != nil {
		return err
	}
	before := told.on(p.Unit, p.Option, p.From)
	same := before
	same.From = p.From
	today := f.on(tx.Today())
	if earliest := today.EarliestPrice(tx.Today()); p.From < earliest && before.Unit != 0 && same != p {
		return errPriceNotice.With("earliest", earliest).With("n", today.Profile.PriceNoticeDays)
	}
	return nil
}

// accepts checks a price by the price model of its first day, for both ages.
func (v version) accepts(p Price) error {
	if _, ok := v.set.Options[p.Option]; !ok {
		return daycare.UnknownOption(p.Option)
	}
	for field, c := range map[string]money.Cents{"over": p.Over, "under": p.Under, "surcharge": p.Surcharge} {
		if c < 0 || c > mostCents {
			return errSettingAmount.At(field)
		}
	}
	model, ok := v.Profile.PriceModelOn(p.From)
	if !ok {
		return errNoRules
	}
	for _, under := range []bool{false, true} {
		value, err := v.valueOf(p.Option, under, p.From)
		if errors.Is(err, errNoRules) {
			value, err = mostCents, nil // no ceiling is known for the day: it is checked when the month is decided
		}
		if err != nil {
			return err
		}
		if _, err := daycare.Pay(p.input(model, under, value, 0), model.Cap); err != nil {
			if model.Model.NeedsPrice() {
				return fault.On(err, map[bool]string{false: "over", true: "under"}[under])
			}
			return err
		}
	}
	return nil
}

var one = money.MustRate("1")

// input is a month at the price; without one the models that need a price refuse it.
func (p Price) input(model profile.PriceModel, underThree bool, value, fee money.Cents) daycare.PriceInput {
	in := daycare.PriceInput{Model: model.Model, Value: value, Fee: fee, Surcharge: p.Surcharge}
	if price := p.At(underThree); model.Model.NeedsPrice() && price > 0 {
		in.Price = &price
	}
	return in
}

// prices are the told prices by unit and option, by day.
type prices map[string][]Price

func priceKey(unit int64, option string) string { return fmt.Sprint(unit, " ", option) }

func loadPrices(ctx context.Context, tx *postgres.Tx, organiser int32, units []int64) (prices, error) {
	rows, err := db.New(tx).PricesOf(ctx, db.PricesOfParams{OrganiserID: organiser, Units: units})
	if err != nil {
		return nil, fmt.Errorf("reading prices of %d units: %w", len(units), err)
	}
	all := prices{}
	for _, r := range rows {
		k := priceKey(r.UnitID, r.OptionCode)
		all[k] = append(all[k], Price{r.UnitID, r.OptionCode, r.ValidFrom, r.PriceOverCents, r.PriceUnderCents, r.SurchargeCents})
	}
	for _, list := range all {
		slices.SortFunc(list, func(a, b Price) int { return cmp.Compare(a.From, b.From) })
	}
	return all, nil
}

// on is the price of a day; the zero price before the first one.
func (p prices) on(unit int64, option string, day calendar.Date) Price {
	var found Price
	for _, x := range p[priceKey(unit, option)] {
		if x.From <= day {
			found = x
		}
	}
	return found
}

// Prices lists what units ask, the newest of each day.
func Prices(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, units []int64) ([]Price, error) {
	right := access.DaycareDecide
	if by.Role.Side() == access.ProviderSide {
		right = access.DaycareReport
	}
	if err := by.May(right, organiser); err != nil {
		return nil, err
	}
	all, err := loadPrices(ctx, tx, organiser, units)
	if err != nil {
		return nil, err
	}
	return all.list(), nil
}
