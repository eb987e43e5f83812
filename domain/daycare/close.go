package daycare

import (
	"slices"

	"seteli/core/calendar"
)

// Overlapping names the children who have two of the decisions on one day. A month must not be closed while there are any: both
// decisions would be paid.
func Overlapping(decisions []SentDecision) []string {
	periods := map[string][]calendar.Period{}
	found := map[string]bool{}
	var children []string
	for _, d := range decisions {
		if d.Empty() {
			continue
		}
		if !found[d.Child] && slices.ContainsFunc(periods[d.Child], d.Overlaps) {
			found[d.Child] = true
			children = append(children, d.Child)
		}
		periods[d.Child] = append(periods[d.Child], d.Period)
	}
	slices.Sort(children)
	return children
}

// CloseRows gives the rows that closing a month posts: what the decisions owe for it, and for every earlier month from first on the
// differences between the rows that stand and those that are due now. Standing rows are posted, not refunded, of whatever month; first is
// the earliest month in which any decision that was ever sent begins.
func CloseRows(decisions []SentDecision, standing []StatementRow, m, first calendar.Month) []StatementRow {
	byMonth := by(standing, func(r StatementRow) string { return r.Month().String() })
	for _, r := range standing {
		first = min(first, r.Month())
	}
	rows := Due(decisions, m)
	for q := first; q < m; q++ {
		rows = append(rows, Corrections(byMonth[q.String()], Due(decisions, q))...)
	}
	SortRows(rows)
	return rows
}
