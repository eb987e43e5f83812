package daycare

import (
	"cmp"
	"slices"
	"time"

	"seteli/core/calendar"
)

// OverThreeFrom is the first day of the value of the older children: the third birthday if it is the first of a month,
// else the first of the month after it. Who was born on 29.2. turns three on 28.2.
func OverThreeFrom(birth calendar.Date) calendar.Date {
	birthday := birth.AddMonths(36)
	if _, _, day := birth.Civil(); day == 1 {
		return birthday
	}
	return calendar.MonthOf(birthday).Period().To
}

// GrownFrom is the 18th birthday, from which a child no longer belongs to the household's children.
func GrownFrom(birth calendar.Date) calendar.Date { return birth.AddMonths(18 * 12) }

// SchoolFrom is the day on which compulsory education begins: 1 August of the year in which the child turns seven
// (628/1998, 26 §; the school year begins on that day, 23 §).
func SchoolFrom(birth calendar.Date) calendar.Date {
	year, _, _ := birth.Civil()
	return calendar.Day(year+7, 8, 1)
}

// Sibling is a child as the order of siblings sees it.
type Sibling struct {
	ID     string
	Birth  calendar.Date
	Code   string // identity code, "" = not known
	Placed bool   // has a placement that counts on the day
}

// SiblingOrder gives the ids of the placed children, the youngest first: by birth date, then by identity code from the
// greatest down with unknown ones last, then by id. The first one is ordinal 1.
func SiblingOrder(children []Sibling) []string {
	placed := slices.DeleteFunc(slices.Clone(children), func(c Sibling) bool { return !c.Placed })
	slices.SortStableFunc(placed, younger)
	order := make([]string, len(placed))
	for i, c := range placed {
		order[i] = c.ID
	}
	return order
}

// younger sorts by descending birth date and code; "" is the smallest text, so an unknown code comes last by itself.
func younger(a, b Sibling) int {
	return cmp.Or(cmp.Compare(b.Birth, a.Birth), cmp.Compare(b.Code, a.Code), cmp.Compare(a.ID, b.ID))
}

// BeforeSchoolBorn is the first birth day of those who have not begun school on the day: school begins in August of the year in which one
// turns seven.
func BeforeSchoolBorn(day calendar.Date) calendar.Date {
	year, month, _ := day.Civil()
	if month >= time.August {
		year++
	}
	return calendar.Day(year-7, time.January, 1)
}
