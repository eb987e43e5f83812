package economy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"seteli/core/money"
	"seteli/domain/daycare/economy/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// holder is the children of a provider, or of a provider in an area.
type holder struct {
	provider, area   string
	children, before int64
}

// fromMarket reads on whom the places rest: how few providers hold them, in the whole and in an area, whose children grow fewer, whose
// papers are out of date, and what had to be claimed back.
func fromMarket(ctx context.Context, tx *postgres.Tx, _ access.Actor, organiser int32, of map[string]*Indicator) error {
	q, today := db.New(tx), tx.Today()
	yearAgo := today.AddMonths(-12)
	rows, err := q.Market(ctx, db.MarketParams{OrganiserID: organiser, Day: today, Earlier: yearAgo})
	if err != nil {
		return fmt.Errorf("reading the providers' children: %w", err)
	}
	providers, areas := map[int64]*holder{}, map[string][]holder{}
	var all int64
	for _, r := range rows {
		p := providers[r.ProviderID]
		if p == nil {
			p = &holder{provider: r.Provider}
			providers[r.ProviderID] = p
		}
		p.children, p.before, all = p.children+r.Children, p.before+r.Before, all+r.Children
		if r.Area != "" && r.Children > 0 {
			areas[r.Area] = append(areas[r.Area], holder{provider: r.Provider, area: r.Area, children: r.Children})
		}
	}
	concentrated(of["concentration"], providers, all)
	dominated(of["area"], areas)
	shrinking(of["occupancy"], providers)
	papers, err := q.Papers(ctx, db.PapersParams{OrganiserID: organiser, Day: today})
	if err != nil {
		return fmt.Errorf("reading papers of providers: %w", err)
	}
	if papers.Providers > 0 {
		of["papers"].tell(papers.Late, 0, map[string]any{"n": papers.Late, "of": papers.Providers})
	}
	claims, err := q.Claims(ctx, db.ClaimsParams{OrganiserID: organiser, Earlier: yearAgo})
	if err != nil {
		return fmt.Errorf("reading claims: %w", err)
	}
	of["claims"].tell(claims.Claims, 0, map[string]any{"n": claims.Claims, "sum": money.Cents(claims.AmountCents)})
	return nil
}

// concentrated is the Herfindahl index of providers by children: the sum of the squares of their shares in per cent, 10 000 with one alone.
func concentrated(i *Indicator, providers map[int64]*holder, all int64) {
	if all == 0 {
		return
	}
	var squares, n int64
	for _, p := range providers {
		if squares += p.children * p.children; p.children > 0 {
			n++
		}
	}
	index := money.HalfUpEuro.Cents(money.Fraction(10_000*squares, all*all)) / 100
	i.tell(int64(index), 0, map[string]any{"n": int64(index), "of": n})
}

// dominated is the area that rests most on one provider; areas of few children are not looked at.
func dominated(i *Indicator, areas map[string][]holder) {
	var most holder
	var mostOf int64
	for _, area := range slices.Sorted(maps.Keys(areas)) {
		var all int64
		largest := slices.MaxFunc(areas[area], func(a, b holder) int { return cmp.Compare(a.children, b.children) })
		for _, h := range areas[area] {
			all += h.children
		}
		if all >= Least && (mostOf == 0 || largest.children*mostOf > most.children*all) {
			most, mostOf = largest, all
		}
	}
	if mostOf == 0 {
		return
	}
	i.tell(most.children, mostOf, map[string]any{"provider": most.provider, "area": most.area, "n": most.children, "of": mostOf})
	i.Few = few(most.children) || few(mostOf-most.children)
}

// shrinking is the provider whose children have grown fewest in a year, of those who had enough.
func shrinking(i *Indicator, providers map[int64]*holder) {
	var most *holder
	for _, id := range slices.Sorted(maps.Keys(providers)) {
		p := providers[id]
		if p.before >= Least && (most == nil || (p.before-p.children)*most.before > (most.before-most.children)*p.before) {
			most = p
		}
	}
	if most == nil {
		return
	}
	i.tell(max(0, most.before-most.children), most.before, map[string]any{"provider": most.provider, "n": most.children, "of": most.before})
	i.Few = few(most.children)
}

// fromChildren reads who is where: children with support, children with two places, and where families wait longest.
func fromChildren(ctx context.Context, tx *postgres.Tx, _ access.Actor, organiser int32, of map[string]*Indicator) error {
	q, today := db.New(tx), tx.Today()
	s, err := q.Supported(ctx, db.SupportedParams{OrganiserID: organiser, Day: today})
	if err != nil {
		return fmt.Errorf("reading children with support: %w", err)
	}
	if s.Voucher >= Least && s.Own >= Least {
		voucher, own := percentOf(s.VoucherSupported, s.Voucher), percentOf(s.OwnSupported, s.Own)
		i := of["selection"]
		i.Figure, i.Known, i.Values = max(0, own-voucher), true, map[string]any{"voucher": voucher, "own": own}
		i.Few = few(s.VoucherSupported) || few(s.OwnSupported)
	}
	double, err := q.DoublePlaces(ctx, db.DoublePlacesParams{OrganiserID: organiser, Day: today})
	if err != nil {
		return fmt.Errorf("reading double places: %w", err)
	}
	of["double"].tell(double, 0, map[string]any{"n": double})
	of["double"].Few = few(double)
	waiting, err := q.WaitingByArea(ctx, db.WaitingByAreaParams{OrganiserID: organiser, Day: today})
	if err != nil {
		return fmt.Errorf("reading who waits: %w", err)
	}
	for _, a := range waiting {
		if i, mean := of["waiting"], a.Days/max(1, a.Waiting); a.Area != "" && a.Waiting >= Least && (!i.Known || int(mean) > i.Figure) {
			i.tell(mean, 0, map[string]any{"area": a.Area, "n": mean, "of": a.Waiting})
		}
	}
	return nil
}

func percentOf(n, of int64) int { return int(money.HalfUpCent.Cents(money.Fraction(n, of))) }
