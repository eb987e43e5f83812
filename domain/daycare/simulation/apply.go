package simulation

import (
	"maps"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
)

// Base are the terms that the question is compared with: those in force, with thresholds that go on where that is assumed.
func (c Change) Base(t store.Terms) store.Terms {
	if !c.Carry {
		return t
	}
	t.National = carried(t.National)
	t.Rules = slices.Clone(t.Rules)
	for i := range t.Rules {
		t.Rules[i].Profile.Thresholds = carried(t.Rules[i].Profile.Thresholds)
	}
	return t
}

// carried lets the last complete row go on for ever.
func carried(list []profile.Thresholds) []profile.Thresholds {
	list = slices.DeleteFunc(slices.Clone(list), func(t profile.Thresholds) bool { return !t.Complete() })
	last := -1
	for i, t := range list {
		if last < 0 || t.From > list[last].From {
			last = i
		}
	}
	if last >= 0 {
		list[last].To = nil
	}
	return list
}

// Apply makes the terms that would hold if the change were published: a version of the rules from the change's first day on, as its editor
// would write it, and the prices that providers are assumed to ask. Check comes first. SIM-009, SIM-013 and SIM-014 tell what only the
// computed rules show.
func (c Change) Apply(t store.Terms) (store.Terms, error) {
	t = c.Base(t)
	out := store.Terms{National: t.National, Units: t.Units}
	for i, r := range t.Rules {
		to := calendar.Forever
		if i+1 < len(t.Rules) {
			to = t.Rules[i+1].ValidFrom
		}
		if r.ValidFrom < c.From {
			out.Rules = append(out.Rules, r)
		}
		if to <= c.From {
			continue
		}
		p, err := c.profile(r.Profile, t, max(r.ValidFrom, c.From))
		if err != nil {
			return store.Terms{}, err
		}
		r.ValidFrom, r.Profile = max(r.ValidFrom, c.From), p
		out.Rules = append(out.Rules, r)
	}
	if err := c.complete(out); err != nil {
		return store.Terms{}, err
	}
	out.Prices = c.prices(t, out)
	return out, nil
}

// complete refuses a year that cannot be computed, instead of leaving out its children silently.
func (c Change) complete(t store.Terms) error {
	for m := calendar.MonthOf(c.From); m < calendar.MonthOf(c.From)+yearMonths; m++ {
		day := max(m.Period().From, c.From)
		r := on(t.Rules, day)
		switch _, reason := t.RuleSet(r).On(day); reason {
		case daycare.NoThresholds:
			return errThresholds.With("day", day)
		case daycare.NoBaseValue:
			return errNoValue.With("day", day)
		}
	}
	return nil
}

// profile is a version as its editor would change it; days before from stay as they are.
func (c Change) profile(p profile.Profile, t store.Terms, from calendar.Date) (profile.Profile, error) {
	p.Options, p.BaseValues, p.Values = slices.Clone(p.Options), cut(p.BaseValues, valueDays, from), cut(p.Values, valueDays, from)
	present := p.Rules(t.National)
	for i, o := range p.Options {
		k, given := c.Coefficients[o.Code]
		if given && k.Fee != nil {
			p.Options[i].FeeCoefficient = *k.Fee
		}
		if given && k.Value != nil { // a published value would win over the coefficient
			p.Options[i].ValueCoefficient = *k.Value
			p.Values = slices.DeleteFunc(p.Values, func(v profile.Value) bool { return v.Option == o.Code && v.From >= from })
		}
	}
	var err error
	switch {
	case c.Values.Any() && len(c.Values.Options) == 0:
		err = c.scaleAll(&p, from)
	case c.Values.Any():
		err = c.scaleSome(&p, present, from)
	}
	if err != nil {
		return p, err
	}
	if c.Model != "" || c.Cap != nil {
		m, _ := p.PriceModelOn(from)
		if c.Model != "" {
			m.Model, m.Cap = c.Model, nil
		}
		if m.From = from; c.Cap != nil {
			m.Cap = c.Cap
		}
		p.PriceModels = append(slices.DeleteFunc(slices.Clone(p.PriceModels), func(x profile.PriceModel) bool { return x.From >= from }), m)
	}
	if c.Thresholds.Any() {
		if err := c.thresholds(&p, t, from); err != nil {
			return p, err
		}
	}
	return p, p.Check().Err()
}

// scaled is a value after the change; coefficient is how much of an amount it takes.
func (v ValueChange) scaled(old money.Cents, coefficient money.Rate, rounding money.Rounding) money.Cents {
	switch {
	case old == 0: // an option without a voucher stays without one
		return 0
	case v.Percent != nil:
		return rounding.Cents(old.Exact().Times(money.Whole(1).Plus(v.Percent.Percent())))
	}
	return old + rounding.Cents(v.Cents.Exact().Times(coefficient.Exact()))
}

var one = money.MustRate("1")

// scaleAll raises the full-time value, and every option's own value in its ratio to it.
func (c Change) scaleAll(p *profile.Profile, from calendar.Date) error {
	coefficient := map[string]money.Rate{"": one}
	for _, o := range p.Options {
		coefficient[o.Code] = o.ValueCoefficient
	}
	for _, rows := range [][]profile.Value{p.BaseValues, p.Values} {
		for i := range rows {
			v := &rows[i]
			if v.From < from {
				continue
			}
			v.OverThree = c.Values.scaled(v.OverThree, coefficient[v.Option], p.TableRounding)
			v.UnderThree = c.Values.scaled(v.UnderThree, coefficient[v.Option], p.TableRounding)
			if v.OverThree < 0 || v.UnderThree < 0 {
				return errNegative.With("option", name(*p, v.Option))
			}
		}
	}
	return nil
}

// scaleSome writes a value of their own for the named options, whatever they were derived from.
func (c Change) scaleSome(p *profile.Profile, present daycare.RuleSet, from calendar.Date) error {
	for _, code := range c.Values.Options {
		days := []calendar.Date{from, calendar.Forever}
		for _, v := range append(slices.Clone(p.BaseValues), p.Values...) {
			if v.Option == "" || v.Option == code {
				days = append(days, v.From, v.Period().To)
			}
		}
		slices.Sort(days)
		days = slices.DeleteFunc(slices.Compact(days), func(d calendar.Date) bool { return d < from })
		p.Values = slices.DeleteFunc(p.Values, func(v profile.Value) bool { return v.Option == code && v.From >= from })
		for i, day := range days[:len(days)-1] {
			old, ok := present.TableValue(code, day)
			if !ok {
				continue
			}
			v := profile.Value{Option: code, Days: daysOf(calendar.Period{From: day, To: days[i+1]}), AgeValue: daycare.AgeValue{
				OverThree: c.Values.scaled(old.OverThree, one, p.TableRounding), UnderThree: c.Values.scaled(old.UnderThree, one, p.TableRounding)}}
			if v.OverThree < 0 || v.UnderThree < 0 {
				return errNegative.With("option", name(*p, code))
			}
			p.Values = append(p.Values, v)
		}
	}
	return nil
}

// thresholds gives the profile thresholds of its own, changed from the day on.
func (c Change) thresholds(p *profile.Profile, t store.Terms, from calendar.Date) error {
	rows := p.Thresholds
	if len(rows) == 0 {
		rows = t.National
	}
	rows = cut(rows, func(x *profile.Thresholds) *profile.Days { return &x.Days }, from)
	for i := range rows {
		x := &rows[i]
		if x.From < from {
			continue
		}
		if pct := c.Thresholds.LimitPercent; pct != nil {
			raised := func(a money.Cents) money.Cents {
				return money.HalfUpEuro.Cents(a.Exact().Times(money.Whole(1).Plus(pct.Percent())))
			}
			x.Limits = maps.Clone(x.Limits)
			for size, a := range x.Limits {
				x.Limits[size] = raised(a)
			}
			if x.Increase != nil {
				x.Increase = new(raised(*x.Increase))
			}
		}
		if c.Thresholds.Multiplier != nil {
			x.Multiplier = c.Thresholds.Multiplier
		}
		if c.Thresholds.MaxFee != nil {
			x.MaxFee = c.Thresholds.MaxFee
		}
		if c.Thresholds.MinFee != nil {
			x.MinFee = c.Thresholds.MinFee
		}
		if x.MaxFee != nil && x.MinFee != nil && *x.MinFee > *x.MaxFee {
			return errFees.With("min", *x.MinFee).With("max", *x.MaxFee)
		}
	}
	p.Thresholds = rows
	return nil
}

func valueDays(v *profile.Value) *profile.Days { return &v.Days }

// cut parts the rows that hold before and after a day.
func cut[T any](rows []T, days func(*T) *profile.Days, at calendar.Date) []T {
	out := make([]T, 0, len(rows)+1)
	for _, row := range rows {
		p := days(&row).Period()
		if p.From >= at || p.To <= at {
			out = append(out, row)
			continue
		}
		before, after := row, row
		*days(&before), *days(&after) = daysOf(calendar.Period{From: p.From, To: at}), daysOf(calendar.Period{From: at, To: p.To})
		out = append(out, before, after)
	}
	return out
}

// daysOf writes a half-open period as a profile does.
func daysOf(p calendar.Period) profile.Days {
	d := profile.Days{From: p.From}
	if p.To < calendar.Forever {
		d.To = new(p.Last())
	}
	return d
}
