package daycare

import (
	"slices"

	"seteli/core/calendar"
)

// Book is the settlement of one municipality in memory: the decisions that were sent, in order, and the months that were
// closed. A closed month never changes; what is changed after it shows as differences in the next month that is closed.
// The zero value is an empty book.
type Book struct {
	sent     []entry
	child    map[string][]int // positions of a child's decisions
	position map[string]int   // by id
	closed   map[calendar.Month][]StatementRow
	standing map[calendar.Month][]StatementRow // posted and not refunded, by the month they are of
	posted   int
}

type entry struct {
	SentDecision
	annulled bool
}

// Send makes a decision effective. Effective decisions of the child that overlap it give way: one that does not begin
// before it is annulled, an earlier one ends the day before.
func (b *Book) Send(d SentDecision) {
	if b.child == nil {
		b.child, b.position = map[string][]int{}, map[string]int{}
	}
	for _, i := range b.child[d.Child] {
		old := &b.sent[i]
		switch {
		case old.annulled || old.Empty() || !old.Overlaps(d.Period):
		case d.From <= old.From:
			old.annulled = true
		default:
			old.To = d.From
		}
	}
	b.position[d.ID] = len(b.sent)
	b.child[d.Child] = append(b.child[d.Child], len(b.sent))
	b.sent = append(b.sent, entry{SentDecision: d})
}

// SetEnd moves the end of a decision to the day before to, earlier or later. It does not look at the child's other
// decisions: see Overlapping. DAY-030 unknown decision.
func (b *Book) SetEnd(id string, to calendar.Date) error {
	i, ok := b.position[id]
	if !ok {
		return errUnknownDecision.With("decision", id)
	}
	b.sent[i].To = to
	return nil
}

// Annul takes a decision's effect away from its start. DAY-030 unknown decision.
func (b *Book) Annul(id string) error {
	i, ok := b.position[id]
	if !ok {
		return errUnknownDecision.With("decision", id)
	}
	b.sent[i].annulled = true
	return nil
}

// Effective lists the decisions that hold, in the order in which they were sent.
func (b *Book) Effective() []SentDecision {
	list := make([]SentDecision, 0, len(b.sent))
	for _, e := range b.sent {
		if !e.annulled && !e.Empty() {
			list = append(list, e.SentDecision)
		}
	}
	return list
}

// Overlapping names the children who have two effective decisions on one day. A month must not be closed while there are any:
// both decisions would be paid.
func (b *Book) Overlapping() []string {
	var children []string
	for child, list := range b.child {
		var periods []calendar.Period
		for _, i := range list {
			if e := b.sent[i]; !e.annulled && !e.Empty() {
				if slices.ContainsFunc(periods, e.Overlaps) {
					children = append(children, child)
					break
				}
				periods = append(periods, e.Period)
			}
		}
	}
	slices.Sort(children)
	return children
}

// Closed reports that a month has been closed.
func (b *Book) Closed(m calendar.Month) bool {
	_, ok := b.closed[m]
	return ok
}

// Statement gives the rows of a month in their order: the stored ones of a closed month, otherwise what a close would post
// now. Further ahead than the month after a closed one it has original rows only, since the months between will still take
// the differences.
func (b *Book) Statement(m calendar.Month) []StatementRow {
	if rows, ok := b.closed[m]; ok {
		return slices.Clone(rows)
	}
	decisions := b.Effective()
	rows := Due(decisions, m)
	if len(b.closed) == 0 || b.Closed(m-1) {
		for q := b.earliest(m); q < m; q++ {
			rows = append(rows, Corrections(b.standing[q], Due(decisions, q))...)
		}
	}
	SortRows(rows)
	return rows
}

// Close posts the statement of a month. A closed month is left as it is.
func (b *Book) Close(m calendar.Month) {
	if b.Closed(m) {
		return
	}
	rows := b.Statement(m)
	if b.closed == nil {
		b.closed, b.standing = map[calendar.Month][]StatementRow{}, map[calendar.Month][]StatementRow{}
	}
	refunded := map[int]bool{}
	touched := map[calendar.Month]bool{}
	for i := range rows {
		b.posted++
		rows[i].Entry = b.posted
		if of := rows[i].Month(); rows[i].Type == Refund {
			refunded[rows[i].Refunds], touched[of] = true, true
		} else {
			b.standing[of] = append(b.standing[of], rows[i])
		}
	}
	for q := range touched {
		b.standing[q] = slices.DeleteFunc(b.standing[q], func(r StatementRow) bool { return refunded[r.Entry] })
	}
	b.closed[m] = rows
}

// earliest is the month in which the first decision that was ever sent begins, at most m.
func (b *Book) earliest(m calendar.Month) calendar.Month {
	for _, e := range b.sent {
		m = min(m, calendar.MonthOf(e.From))
	}
	return m
}
