package daycare

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
)

// Away is days on which a child with a place was not in care. It changes no payment.
type Away struct {
	calendar.Period
	Uncounted bool // of a kind that does not count towards the lapse, as parental leave
}

// LapseRule says when absence may end a voucher: more counted days in one go than Days; 0 = never. Days of the months named do not count.
type LapseRule struct {
	Days            int
	UncountedMonths []int // 1–12
}

// warningDays before the limit is near.
const warningDays = 14

// AbsenceCount is the latest absence in one go.
type AbsenceCount struct {
	calendar.Period                // from the first day of absence to the last one told
	Days            int            // counted ones until the day of asking
	Near            bool           // few days are left
	Over            *calendar.Date // first day over the limit, if the absence told goes so far
}

// CountAbsence counts the latest absence that has begun by a day, by the rule. Absences with only days between them on which daycare is
// closed are one absence. The count is the municipality's ground for asking the family and deciding; nothing ends by itself.
func CountAbsence(list []Away, rule LapseRule, day calendar.Date) (c AbsenceCount) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Away) int { return cmp.Compare(a.From, b.From) })
	var chain []Away
	for _, a := range list {
		if a.From > day {
			break
		}
		if n := len(chain); n > 0 && OperationalDays(calendar.Period{From: chain[n-1].To, To: a.From}) > 0 {
			chain = nil
		}
		chain = append(chain, a)
	}
	if len(chain) == 0 {
		return AbsenceCount{}
	}
	c.Period = calendar.Period{From: chain[0].From, To: chain[len(chain)-1].To}
	n := 0
	for i, a := range chain {
		from := a.From
		if i > 0 && !a.Uncounted {
			from = chain[i-1].To // closed days within one absence count like it
		}
		for d := from; d < a.To; d++ {
			if _, month, _ := d.Civil(); a.Uncounted || slices.Contains(rule.UncountedMonths, int(month)) {
				continue
			}
			n++
			if d <= day {
				c.Days = n
			}
			if rule.Days > 0 && n == rule.Days+1 {
				c.Over = &d
			}
		}
	}
	c.Near = rule.Days > 0 && c.Days > rule.Days-warningDays
	return c
}
