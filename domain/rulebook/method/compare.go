package method

import (
	"slices"

	"seteli/core/money"
	"seteli/domain/rulebook"
)

// Sizes and incomes that two rules are laid side by side at: one to four persons, up to 5 000 € a month.
const (
	compareSizes  = 4
	compareIncome = money.Cents(5000_00)
	compareStep   = money.Cents(500_00)
)

// Changed is what one unit of a content is worth to sample clients under two rules. Need and Column name the row and the column
// of a table that the samples belong to.
type Changed struct {
	Content      int64
	Need, Column string
	ByIncome     bool // some rule depends on the household: Samples run over sizes and incomes; else there is one
	ByPrice      bool // some rule follows the price: the values are those at a price of the rule's own maximum
	Samples      []Sample
	Bands        []BandChange // of the first sample: the values by time of day
}

// Sample is one client under both rules. A side that gives no voucher, or does not know the content, is nil.
type Sample struct {
	Household     int
	Income        money.Cents // of the household in a month
	Before, After *money.Cents
}

// BandChange is the value of a unit within a band of time under both rules; nil where a rule has no such band.
type BandChange struct {
	Band          string
	Before, After *money.Cents
}

// Same reports whether the samples are worth the same under both rules.
func (c Changed) Same() bool {
	return !slices.ContainsFunc(c.Samples, func(s Sample) bool { return !same(s.Before, s.After) }) &&
		!slices.ContainsFunc(c.Bands, func(b BandChange) bool { return !same(b.Before, b.After) })
}

func same(a, b *money.Cents) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

// Compare lays two rules side by side for some contents, with the models themselves. Needs and columns of both rules are
// compared; a value that the decision maker sets has no samples. Savings are none, the client's fee zero and the hours twenty a month.
// A rule without a method, and one that cannot be read, has no values.
func Compare(before, after rulebook.Rules, contents []int64) []Changed {
	then, now := sided(before), sided(after)
	var all []Changed
	for _, content := range contents {
		for _, at := range places(then, now) {
			c := Changed{Content: content, Need: at.need, Column: at.column, ByIncome: then.byIncome(content) || now.byIncome(content)}
			for _, f := range clients(at, c.ByIncome) {
				c.add(then.sample(content, f), now.sample(content, f), f)
			}
			if slices.ContainsFunc(c.Samples, func(s Sample) bool { return s.Before != nil || s.After != nil }) {
				all = append(all, c)
			}
		}
	}
	return all
}

// side is one of the two rules; nil when there is none.
type side struct {
	version
	rules rulebook.Rules
}

func sided(rules rulebook.Rules) *side {
	v, err := reading(rules.Value)
	if err != nil {
		return nil
	}
	return &side{v, rules}
}

func places(sides ...*side) (all []place) {
	for _, s := range sides {
		if s == nil {
			continue
		}
		for _, p := range s.places() {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	if len(all) > 1 { // what stands in no table applies to every row: it is compared there
		all = slices.DeleteFunc(all, func(p place) bool { return p == place{} })
	}
	return all
}

func (s *side) byIncome(content int64) bool {
	if s == nil || s.r == nil {
		return false
	}
	n, err := newModel().Needs(s.v, content)
	return err == nil && n.Household
}

// sample is the worth for a client; nil when the rule gives nothing.
func (s *side) sample(content int64, f rulebook.Facts) *rulebook.Worth {
	if s == nil {
		return nil
	}
	r, err := s.model.Value(rulebook.ValueInput{Rulebook: rulebook.Rulebook{Rules: s.rules}, Content: content, Facts: f, Quiet: true})
	if err != nil || r.NoVoucher {
		return nil
	}
	w := r.Worth()
	return &w
}

func (c *Changed) add(before, after *rulebook.Worth, f rulebook.Facts) {
	s := Sample{Household: f.Household, Income: *f.Income, Before: atMost(before), After: atMost(after)}
	c.ByPrice = c.ByPrice || before != nil && before.Fee != nil || after != nil && after.Fee != nil
	if c.Samples = append(c.Samples, s); len(c.Samples) > 1 {
		return
	}
	for _, w := range []*rulebook.Worth{before, after} {
		if w == nil {
			continue
		}
		for _, b := range w.Bands {
			if !slices.ContainsFunc(c.Bands, func(x BandChange) bool { return x.Band == b.Band }) {
				c.Bands = append(c.Bands, BandChange{b.Band, banded(before, b.Band), banded(after, b.Band)})
			}
		}
	}
}

// atMost is the value of a unit; where it follows the price, at a price of the maximum.
func atMost(w *rulebook.Worth) *money.Cents {
	if w == nil {
		return nil
	}
	return new(w.At(w.Value))
}

// banded is the value within a band; a rule without bands has the same value in all of them.
func banded(w *rulebook.Worth, band string) *money.Cents {
	if w == nil {
		return nil
	}
	return new(w.In(band))
}

func clients(at place, byIncome bool) (all []rulebook.Facts) {
	sizes, most := 1, money.Cents(0)
	if byIncome {
		sizes, most = compareSizes, compareIncome
	}
	for size := 1; size <= sizes; size++ {
		for income := money.Cents(0); income <= most; income += compareStep {
			one, savings, fee := income, money.Cents(0), money.Cents(0)
			all = append(all, rulebook.Facts{Household: size, Income: &one, Savings: &savings, Hours: new(money.Units(20)), Fee: &fee,
				Need: at.need, Column: at.column, Client: &rulebook.NetIncome{Earned: income}})
		}
	}
	return all
}
