package guidance

import (
	"context"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Choice is a unit with what a place in it would cost this family.
type Choice struct {
	Unit
	Free      int // places of the child's age group from the day on; not below 0
	Cost      store.Estimated
	Elsewhere bool // the fee is of another household than the guardian's, so what it is made of is not told here
}

// Pays is what the family would pay in a month: the fee of a place that the municipality arranges itself, the family's part of a voucher
// place. False when it cannot be computed.
func (c Choice) Pays() (money.Cents, bool) {
	switch {
	case c.Cost.Value == 0 && c.Cost.Missing != "":
		return 0, false
	case c.Way != ByVoucher:
		return c.Cost.Fee, true
	}
	return c.Cost.Family, c.Cost.Missing == ""
}

// Over is the part of a voucher place's price that neither the voucher nor the own share covers: with the own share it is what the family
// pays.
func (c Choice) Over() money.Cents {
	if c.Way != ByVoucher || c.Cost.Missing != "" {
		return 0
	}
	return max(0, c.Cost.Family-min(c.Cost.Fee, c.Cost.Value))
}

// PriceInput asks what places would cost a guardian's family. Income and Highest are as the family tells them now, else what is recorded.
type PriceInput struct {
	store.Of
	Home    int64 // guardian with whom the child will live when no head of the family is recorded for the day; 0 = the one who asks
	From    calendar.Date
	Option  string
	Income  *money.Cents
	Highest bool
}

// Prices tells what a place in each listed unit would cost in a month, with the engine of the decisions, and how many places are free.
// Another household's income, size and children are nobody's business: where the fee would be of another household than the guardian's
// own, it is computed as if the child lived with the guardian, at the highest fee unless the guardian tells an income.
// Locks: clients, in order of their numbers.
func Prices(ctx context.Context, tx *postgres.Tx, by access.Actor, in PriceInput) ([]Choice, error) {
	f, err := family(ctx, tx, by, in.Of)
	if err != nil {
		return nil, err
	}
	all, err := Fillings(ctx, tx, in.Organiser, in.From, nil)
	if err != nil {
		return nil, err
	}
	rules, err := store.RulesOn(ctx, tx, in.Organiser, in.From)
	if err != nil {
		return nil, err
	}
	ask := store.EstimateInput{Of: in.Of, Home: f.Self.Adult, From: in.From, Option: in.Option, Income: in.Income, Highest: in.Highest}
	for _, o := range rules.Profile.Options {
		if o.Code == in.Option {
			ask.Kind = o.PlacementType
		}
	}
	if ask.Kind == "" {
		return nil, errOption
	}
	if ask.Moved, err = f.elsewhere(ctx, tx, by, in); err != nil {
		return nil, err
	}
	ask.Highest = ask.Highest || ask.Moved && ask.Income == nil
	for _, u := range all {
		if u.Listed {
			ask.Units = append(ask.Units, u.ID)
		}
	}
	costs, err := store.Estimate(ctx, tx, program(by, in.Organiser), ask)
	if err != nil {
		return nil, err
	}
	var list []Choice
	for _, u := range all {
		if !u.Listed {
			continue
		}
		free, _ := Free(u.Places, u.Taken, f.BirthDate, in.From)
		list = append(list, Choice{Unit: u.Unit, Free: max(0, free), Cost: costs[len(list)], Elsewhere: ask.Moved})
	}
	return list, nil
}

// elsewhere tells that the fee of the day would be of a household that the guardian does not live in.
func (f Family) elsewhere(ctx context.Context, tx *postgres.Tx, who access.Actor, in PriceInput) (bool, error) {
	record, err := store.Get(ctx, tx, program(who, f.Organiser), f.Of)
	if err != nil {
		return false, err
	}
	return f.apart(ctx, tx, who, record, in.Home, in.From)
}

// apart tells that the child's fee of a day is of a household that the guardian does not live in; head is whose it is when none is recorded.
func (f Family) apart(ctx context.Context, tx *postgres.Tx, who access.Actor, record store.Record, head int64, day calendar.Date) (bool, error) {
	by := program(who, f.Organiser)
	for _, h := range record.Heads {
		if h.Period.Contains(day) {
			head = h.Adult
		}
	}
	if head == 0 || head == f.Self.Adult {
		return false, nil
	}
	home, err := household.Of(ctx, tx, by, f.Organiser, head)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(home.Members, func(m household.Member) bool {
		return m.Person == f.Self.Person && (m.Role == household.Spouse || m.Role == household.Partner) && m.Period.Contains(day)
	}), nil
}
