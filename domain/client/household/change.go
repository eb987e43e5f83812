package household

import (
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
)

// Change is news of a household that may change a value.
type Change struct {
	From       calendar.Date // since when things are otherwise
	Reported   calendar.Date // when the organiser was told or found out
	Decided    calendar.Date // day of the new decision
	Against    bool          // the new value is worse for the client
	WrongData  bool          // and the old one came of the client's wrong or missing data
	MonthsBack int           // of the organiser's definition
}

// yearBack is how far a correction against the client reaches (734/1992, 10j §; 1503/2016, 12 §).
const yearBack = 12

// Earliest is the first day from which values may change. In the client's favour that is the day of the change, but not before the first
// day of the month in which it was told of (the organiser may allow whole months before it). Against the client nothing changes before
// the decision, unless the old value came of the client's own wrong or missing data: then at most one year before it came to light.
// News of the future holds from its own day.
func (c Change) Earliest() calendar.Date {
	switch {
	case c.Against && c.WrongData:
		return max(c.From, c.Reported.AddMonths(-yearBack))
	case c.Against:
		return max(c.From, c.Decided)
	}
	month := calendar.MonthOf(c.Reported).Period().From
	return max(c.From, month.AddMonths(-c.MonthsBack))
}

// Essential tells that the income changed at least by the organiser's percentage, or that it became known or unknown, or that the size of
// the household changed. A change from nothing is essential.
func Essential(before, after Snapshot, percent money.Rate) bool {
	was, is := before.Income(), after.Income()
	switch {
	case before.Size() != after.Size(), (was == nil) != (is == nil):
		return true
	case was == nil || *was == *is:
		return false
	}
	difference, base := *is-*was, *was
	if difference < 0 {
		difference = -difference
	}
	if base < 0 {
		base = -base
	}
	return difference.Exact().Cmp(base.Exact().Times(percent.Percent())) >= 0
}

// Turns are the days within the period on which something recorded begins or ends: between two of them every day is alike, but for
// birthdays.
func (h Household) Turns(within calendar.Period) []calendar.Date {
	days := []calendar.Date{within.From}
	add := func(p calendar.Period) { days = append(days, p.From, p.To) }
	for _, m := range h.Members {
		add(m.Period)
	}
	for _, i := range h.Items {
		add(i.Period)
	}
	for _, c := range h.Consents {
		days = append(days, c.GivenOn)
		if c.Withdrawn != nil {
			days = append(days, *c.Withdrawn)
		}
	}
	for _, d := range h.Definitions {
		days = append(days, d.From)
	}
	days = append(days, h.BirthDate.AddMonths(12*adult))
	slices.Sort(days)
	return slices.DeleteFunc(slices.Compact(days), func(d calendar.Date) bool { return !within.Contains(d) })
}

// Span is a time in which a household's income stays the same.
type Span struct {
	Period calendar.Period
	Snapshot
}

// Timeline tells how the income has been and will be: spans that follow each other over the period, equal neighbours joined.
func (h Household) Timeline(within calendar.Period) []Span {
	var spans []Span
	days := h.Turns(within)
	for i, day := range days {
		to := within.To
		if i+1 < len(days) {
			to = days[i+1]
		}
		s := h.At(day)
		if n := len(spans) - 1; n >= 0 && alike(spans[n].Snapshot, s) {
			spans[n].Period.To = to
			continue
		}
		spans = append(spans, Span{calendar.Period{From: day, To: to}, s})
	}
	return spans
}

func alike(a, b Snapshot) bool {
	return a.Known == b.Known && a.Missing == b.Missing && a.Highest == b.Highest && a.Size() == b.Size() && valueOr(a.Savings) == valueOr(b.Savings)
}
