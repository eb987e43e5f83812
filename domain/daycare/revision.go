package daycare

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
)

// Holding is a period on which a basis holds. The basis stands for everything a decision is made of; equal texts are
// equal decisions.
type Holding struct {
	calendar.Period
	Basis string
}

// SentHolding is an effective decision that has been sent.
type SentHolding struct {
	ID string
	Holding
	State DecisionState
}

// Revise compares what was sent with what should hold now. A sent decision stays while the new basis equals its own day
// by day from its start: different on the first day → annulled with its dates kept; different later → shortened to the day
// before. It is never lengthened and not revived after a difference. What should hold and is not covered by what stays
// becomes new, joined while contiguous and equal. Of rows of the basis that overlap, the earlier in the list holds.
func Revise(sent []SentHolding, now []Holding) ([]SentHolding, []Holding) {
	now = plain(now)
	revised := slices.Clone(sent)
	var covered []calendar.Period
	for i, s := range sent {
		end := equalUntil(s.Holding, now)
		if end <= s.From {
			revised[i].State = Annulled
			continue
		}
		revised[i].State, revised[i].To = SentState, end
		covered = append(covered, revised[i].Period)
	}
	var fresh []Holding
	for _, h := range now {
		for _, p := range without(h.Period, covered) {
			fresh = append(fresh, Holding{p, h.Basis})
		}
	}
	return revised, join(fresh)
}

// equalUntil is the first day from the decision's start on which the basis differs, at most the decision's end.
func equalUntil(s Holding, now []Holding) calendar.Date {
	day := s.From
	for _, h := range now { // by date, without overlaps
		if h.Contains(day) {
			if h.Basis != s.Basis {
				return day
			}
			if day = min(h.To, s.To); day == s.To {
				return day
			}
		}
	}
	return day
}

// plain sorts holdings by date and takes out days that an earlier one of the list has.
func plain(list []Holding) []Holding {
	var out []Holding
	var taken []calendar.Period
	for _, h := range list {
		for _, p := range without(h.Period, taken) {
			out = append(out, Holding{p, h.Basis})
		}
		taken = append(taken, h.Period)
	}
	slices.SortFunc(out, func(a, b Holding) int { return cmp.Compare(a.From, b.From) })
	return out
}

// without gives the days of p that none of the others has, in order.
func without(p calendar.Period, others []calendar.Period) []calendar.Period {
	left := []calendar.Period{p}
	for _, o := range others {
		var next []calendar.Period
		for _, q := range left {
			if !q.Overlaps(o) {
				next = append(next, q)
				continue
			}
			next = append(next, calendar.Period{From: q.From, To: o.From}, calendar.Period{From: o.To, To: q.To})
		}
		left = slices.DeleteFunc(next, calendar.Period.Empty)
	}
	return slices.DeleteFunc(left, calendar.Period.Empty)
}

// join merges contiguous holdings of the same basis; the list is by date.
func join(list []Holding) []Holding {
	var out []Holding
	for _, h := range list {
		if n := len(out); n > 0 && out[n-1].To == h.From && out[n-1].Basis == h.Basis {
			out[n-1].To = h.To
			continue
		}
		out = append(out, h)
	}
	return out
}

// DraftHolding is a draft that has not been sent.
type DraftHolding struct {
	ID string
	Holding
}

// Regenerate compares drafts with what was generated anew. A draft with equal dates and basis is kept, so that its id and
// creation time stay; the rest is created and deleted. Each draft is kept for one generated holding at most.
func Regenerate(drafts []DraftHolding, generated []Holding) (kept []string, created []Holding, deleted []string) {
	wanted := map[Holding]int{}
	for _, h := range generated {
		wanted[h]++
	}
	have := map[Holding]int{}
	for _, d := range drafts {
		if wanted[d.Holding] > 0 {
			wanted[d.Holding]--
			have[d.Holding]++
			kept = append(kept, d.ID)
			continue
		}
		deleted = append(deleted, d.ID)
	}
	for _, h := range generated {
		if have[h] > 0 {
			have[h]--
			continue
		}
		created = append(created, h)
	}
	return kept, created, deleted
}
