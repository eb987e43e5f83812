package simulation

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
)

// prices are those that providers are assumed to ask after the change.
func (c Change) prices(before, after store.Terms) []store.Price {
	if c.Prices == AsTold || c.Prices == "" {
		return before.Prices
	}
	var out []store.Price
	for _, p := range before.Prices {
		if p.From < c.From {
			out = append(out, p)
		}
	}
	for _, p := range c.fromDay(before) {
		out = append(out, c.react(p, before, after))
	}
	slices.SortFunc(out, func(a, b store.Price) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Option, b.Option), cmp.Compare(a.From, b.From))
	})
	return out
}

// fromDay are the prices of the days of the change: what holds on its first day, and what is told for later ones.
func (c Change) fromDay(t store.Terms) []store.Price {
	type key struct {
		unit   int64
		option string
	}
	held, later := map[key]store.Price{}, []store.Price(nil)
	for _, p := range t.Prices {
		switch k := (key{p.Unit, p.Option}); {
		case p.From > c.From:
			later = append(later, p)
		case held[k].Unit == 0 || p.From >= held[k].From:
			held[k] = p
		}
	}
	r := on(t.Rules, c.From)
	if m, ok := r.Profile.PriceModelOn(c.From); ok && !m.Model.NeedsPrice() { // there a unit that has told nothing asks the value
		for _, unit := range t.Units {
			for _, o := range r.Profile.Options {
				if k := (key{unit, o.Code}); held[k].Unit == 0 {
					held[k] = store.Price{Unit: unit, Option: o.Code}
				}
			}
		}
	}
	for _, p := range held {
		p.From = c.From
		later = append(later, p)
	}
	return later
}

// react gives what a unit asks under the new rules for one option.
func (c Change) react(p store.Price, before, after store.Terms) store.Price {
	old, oldModel, okOld := c.valueOn(before, p.Option, p.From)
	now, nowModel, okNow := c.valueOn(after, p.Option, p.From)
	if !okOld || !okNow {
		return p
	}
	income := func(under bool) money.Cents { // what the provider gets for the place today
		if oldModel.Model.NeedsPrice() {
			return p.At(under)
		}
		return old.At(under) + p.Surcharge
	}
	rise := func(under bool) money.Cents {
		if c.Prices != Rise {
			return 0
		}
		return now.At(under) - old.At(under)
	}
	if nowModel.Model.NeedsPrice() {
		asked := func(under bool) money.Cents {
			x := income(under)
			if x == 0 {
				return 0 // no price is told for the age
			}
			if x = max(0, x+rise(under)); nowModel.Model == daycare.Ceiling {
				x = min(x, now.At(under))
			}
			return x
		}
		return store.Price{Unit: p.Unit, Option: p.Option, From: p.From, Over: asked(false), Under: asked(true)}
	}
	p.Surcharge = max(0, c.surcharge(income, rise, now))
	if nowModel.Model == daycare.FeeOnly {
		p.Surcharge = 0
	}
	if nowModel.Cap != nil {
		p.Surcharge = min(p.Surcharge, *nowModel.Cap)
	}
	return p
}

// surcharge is what is above the new value; a unit has one for both ages, so it is that of the older children where it has a price for them.
func (c Change) surcharge(income, rise func(bool) money.Cents, now daycare.AgeValue) money.Cents {
	under := income(false) == 0
	return income(under) + rise(under) - now.At(under)
}

// valueOn is the value of a child without support as a decision has it, and the price model.
func (c Change) valueOn(t store.Terms, option string, day calendar.Date) (daycare.AgeValue, profile.PriceModel, bool) {
	r := on(t.Rules, day)
	v, ok := t.RuleSet(r).TableValue(option, day)
	m, known := r.Profile.PriceModelOn(day)
	decided := r.Profile.DecisionRounding.Cents
	return daycare.AgeValue{OverThree: decided(v.OverThree.Exact()), UnderThree: decided(v.UnderThree.Exact())}, m, ok && known
}
