package daycare

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
)

// GivenUp is a place in a unit of which notice was given.
type GivenUp struct {
	Child, Unit string
	On          calendar.Date  // day of the notice
	End         calendar.Date  // first day without care
	Months      int            // that the municipality's rules pay from the notice; 0 = none
	Refilled    *calendar.Date // day from which another child has the place; then nothing more is paid
}

// Paid are the days after care that the notice still pays: from the end of care to the end of the notice time, or until the place is taken
// by another child. Often empty: who gives notice in time stays in care for the notice time.
func (g GivenUp) Paid() calendar.Period {
	p := calendar.Period{From: g.End, To: g.On.AddMonths(g.Months)}
	if g.Refilled != nil {
		p.To = min(p.To, *g.Refilled)
	}
	p.To = max(p.To, p.From)
	return p
}

// NoticePay makes what the places pay after care, as if each were a decision of those days: the unit's last decision goes on for a whole
// month's amount. A day on which a decision of the child still holds, in whatever unit, is never paid twice, so the notice pays the rest;
// of two notices on one day the earlier one pays. Without a decision that held to the last day of care there was nothing to go on with.
func NoticePay(places []GivenUp, decisions []SentDecision) []SentDecision {
	places = slices.Clone(places)
	slices.SortStableFunc(places, func(a, b GivenUp) int {
		return cmp.Or(cmp.Compare(a.Child, b.Child), cmp.Compare(a.On, b.On), cmp.Compare(a.End, b.End), cmp.Compare(a.Unit, b.Unit))
	})
	byChild := by(decisions, func(d SentDecision) string { return d.Child })
	taken := map[string][]calendar.Period{}
	for _, d := range decisions {
		if d.Empty() { // annulled: parts nothing
			continue
		}
		taken[d.Child] = append(taken[d.Child], d.Period)
	}
	var out []SentDecision
	for _, g := range places {
		days := g.Paid()
		i := slices.IndexFunc(byChild[g.Child], func(d SentDecision) bool { return d.Unit == g.Unit && d.Contains(g.End-1) })
		if days.Empty() || i < 0 {
			continue
		}
		last := byChild[g.Child][i]
		rest := without(days, taken[g.Child])
		taken[g.Child] = append(taken[g.Child], rest...)
		for _, p := range rest {
			n := last
			n.Period, n.Notice = p, true
			out = append(out, n)
		}
	}
	return out
}
