package economy

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/economy/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Least is the smallest number of children that is told apart.
const Least = 5

// Today is the voucher places of a day, a month's sums.
type Today struct {
	Children, Above, Largest   int   // children; those whose family pays above the value; children of the largest provider
	Provider                   int64 // the largest one; of equal ones the first to have so many
	Value, Own, Paid, AboveSum money.Cents
	Zero                       int     // children without an own share
	Tenths                     []Share // by the family's income, from the lowest: ten groups of equally many children, fewer where they would be small
	Types                      []Share // by family
	Areas                      []AreaShare
}

// Share is children with something in common, with the sums of a month.
type Share struct {
	Key                        string // of a family type
	Unknown                    bool   // families whose income is not known are among them
	Rest                       bool   // types of few children, put together
	Children, Zero             int
	Income, Value, Own, Family money.Cents // Income of known ones
	Known                      int
}

func (s Share) join(o Share) Share {
	s.Key, s.Rest, s.Unknown = "", true, s.Unknown || o.Unknown
	s.Children, s.Zero, s.Known = s.Children+o.Children, s.Zero+o.Zero, s.Known+o.Known
	s.Income, s.Value, s.Own, s.Family = s.Income+o.Income, s.Value+o.Value, s.Own+o.Own, s.Family+o.Family
	return s
}

// Types of families by who is in the household, for whom the fee is computed.
func Types() []string { return []string{"single", "couple_3", "couple_4", "couple_5"} }

func typeOf(partner bool, size int32) string {
	switch {
	case !partner:
		return "single"
	case size <= 3:
		return "couple_3"
	case size == 4:
		return "couple_4"
	}
	return "couple_5"
}

// TodayOf reads the decisions that hold on a day.
func TodayOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, day calendar.Date) (t Today, err error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return t, err
	}
	rows, err := db.New(tx).DecisionsOn(ctx, db.DecisionsOnParams{OrganiserID: organiser, Day: day})
	if err != nil {
		return t, fmt.Errorf("reading decisions of %s: %w", day, err)
	}
	providers, areas, types := map[int64]int{}, map[string]*AreaShare{}, map[string]*Share{}
	children := make([]Share, len(rows))
	for i, r := range rows {
		t.Children++
		t.Value, t.Own, t.Paid = t.Value+r.ValueCents, t.Own+r.OwnCents, t.Paid+r.PayableCents
		family := money.Cents(r.FamilyCents)
		if above := family - min(r.OwnCents, r.ValueCents); above > 0 {
			t.Above, t.AboveSum = t.Above+1, t.AboveSum+above
		}
		providers[r.ProviderID]++
		if n := providers[r.ProviderID]; n > t.Largest {
			t.Largest, t.Provider = n, r.ProviderID
		}
		one := Share{Children: 1, Value: r.ValueCents, Own: r.OwnCents, Family: family}
		if r.OwnCents == 0 {
			one.Zero = 1
			t.Zero++
		}
		if income, known := incomeOf(r.Incomes); known {
			one.Income, one.Known = income, 1
		} else {
			one.Unknown = true
		}
		children[i] = one
		key := typeOf(r.Partner, r.FamilySize)
		if types[key] == nil {
			types[key] = &Share{}
		}
		*types[key] = types[key].join(one)
		area := strings.TrimSpace(r.Postcode + " " + r.City)
		if r.Postcode == "" {
			area = ""
		}
		a := areas[area]
		if a == nil {
			a = &AreaShare{Name: area}
			areas[area] = a
		}
		a.Children, a.Own, a.Family = a.Children+1, a.Own+r.OwnCents, a.Family+family
	}
	t.Tenths, t.Types, t.Areas = tenths(children), typesTold(types), areaShares(areas)
	return t, nil
}

// tenths parts children by income into groups of equally many. Those whose income is not known pay as the highest ones do and stand last,
// by themselves where they are enough.
func tenths(children []Share) (out []Share) {
	slices.SortStableFunc(children, func(a, b Share) int { return cmp.Or(b.Known-a.Known, cmp.Compare(a.Income, b.Income)) })
	known := 0
	for _, c := range children {
		known += c.Known
	}
	ends := []int{}
	groups := min(10, known/Least)
	for i := 1; i <= groups; i++ {
		ends = append(ends, i*known/groups)
	}
	switch unknown := len(children) - known; {
	case len(children) < Least: // so few are not told at all
		return nil
	case groups == 0:
		ends = []int{len(children)}
	case unknown >= Least:
		ends = append(ends, len(children))
	default:
		ends[groups-1] = len(children)
	}
	from := 0
	for _, to := range ends {
		var s Share
		for _, c := range children[from:to] {
			s = s.join(c)
		}
		s.Rest, from = false, to
		out = append(out, s)
	}
	return out
}

func typesTold(of map[string]*Share) []Share {
	var list []Share
	for _, key := range Types() {
		if s := of[key]; s != nil {
			s.Key, s.Rest = key, false
			list = append(list, *s)
		}
	}
	told, rest := Together(list, func(s Share) int { return s.Children }, Share.join)
	if rest != nil && rest.Children >= Least {
		rest.Rest = true
		told = append(told, *rest)
	}
	return told
}

func incomeOf(raw string) (sum money.Cents, known bool) {
	var list []struct {
		Known bool
		Total money.Cents
	}
	if json.Unmarshal([]byte(raw), &list) != nil || len(list) == 0 {
		return 0, false
	}
	for _, i := range list {
		if !i.Known {
			return 0, false
		}
		sum += i.Total
	}
	return sum, true
}

// Asked is what units ask for one service need: of a place's price, and of the surcharge above the value. A sum of 0 is not asked.
type Asked struct {
	Option                 string
	Units                  int
	Over, Under, Surcharge Spread
}

// Spread is the lowest, the middle and the highest of some sums; the lower middle one of an even number.
type Spread struct {
	N                       int
	Lowest, Median, Highest money.Cents
}

func spreadOf(list []money.Cents) Spread {
	list = slices.DeleteFunc(slices.Sorted(slices.Values(list)), func(c money.Cents) bool { return c == 0 })
	if len(list) == 0 {
		return Spread{}
	}
	return Spread{len(list), list[0], list[(len(list)-1)/2], list[len(list)-1]}
}

// AskedOn is how prices and surcharges of units part on a day, by service need. Prices of units are public.
func AskedOn(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, day calendar.Date) (out []Asked, err error) {
	if err := by.May(access.SimulationRun, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).PricesOn(ctx, db.PricesOnParams{OrganiserID: organiser, Day: day})
	if err != nil {
		return nil, fmt.Errorf("reading prices of %s: %w", day, err)
	}
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(r db.PricesOnRow) bool { return r.OptionCode != rows[0].OptionCode })
		if n < 0 {
			n = len(rows)
		}
		var over, under, surcharge []money.Cents
		for _, r := range rows[:n] {
			over, under, surcharge = append(over, r.PriceOverCents), append(under, r.PriceUnderCents), append(surcharge, r.SurchargeCents)
		}
		out = append(out, Asked{rows[0].OptionCode, n, spreadOf(over), spreadOf(under), spreadOf(surcharge)})
		rows = rows[n:]
	}
	return out, nil
}
