package daycare

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
)

// TableRow is a row of the value table that an editor shows.
type TableRow struct {
	ID, Option string
	calendar.Period
	Value money.Cents
}

// ValueTable is the table of values by need option. Only the latest row of an option, the one with the greatest start, is
// open to change: the earlier ones have been used. The rows of an option neither overlap nor leave a gap.
type ValueTable struct {
	Options []string
	Rows    []TableRow
}

// Insert adds a row after the latest one of its option, which ends the day before. DAY-010 unknown option, DAY-011 a start
// not after the latest one's, DAY-012 a gap after the latest one's end.
func (t ValueTable) Insert(row TableRow) (ValueTable, error) {
	if !slices.Contains(t.Options, row.Option) {
		return t, errUnknownOption.With("option", row.Option)
	}
	rows := slices.Clone(t.Rows)
	if i := latest(rows, row.Option, -1); i >= 0 {
		if row.From <= rows[i].From {
			return t, errStartsBefore.With("latest", rows[i].From)
		}
		if row.From > rows[i].To {
			return t, errTableGap.With("end", rows[i].Last())
		}
		rows[i].To = row.From
	}
	return t.with(append(rows, row)), nil
}

// Update replaces the latest row of an option; the row before it then ends the day before the new start. DAY-013 no such
// row, DAY-014 not the latest, DAY-011 a start not after the row before it.
func (t ValueTable) Update(id string, row TableRow) (ValueTable, error) {
	rows := slices.Clone(t.Rows)
	i, before, err := t.editable(id)
	if err != nil {
		return t, err
	}
	if before >= 0 {
		if row.From <= rows[before].From {
			return t, errStartsBefore.With("latest", rows[before].From)
		}
		rows[before].To = row.From
	}
	row.Option = rows[i].Option
	rows[i] = row
	return t.with(rows), nil
}

// Delete takes the latest row of an option away; the row before it becomes open. DAY-013, DAY-014.
func (t ValueTable) Delete(id string) (ValueTable, error) {
	rows := slices.Clone(t.Rows)
	i, before, err := t.editable(id)
	if err != nil {
		return t, err
	}
	if before >= 0 {
		rows[before].To = calendar.Forever
	}
	return t.with(slices.Delete(rows, i, i+1)), nil
}

// Sorted is the table by option and start.
func (t ValueTable) Sorted() ValueTable { return t.with(slices.Clone(t.Rows)) }

// editable finds a row that is the latest of its option, and the row before it (-1 = none).
func (t ValueTable) editable(id string) (row, before int, err error) {
	i := slices.IndexFunc(t.Rows, func(r TableRow) bool { return r.ID == id })
	if i < 0 {
		return 0, 0, errRowNotFound
	}
	if latest(t.Rows, t.Rows[i].Option, -1) != i {
		return 0, 0, errNotLatest
	}
	return i, latest(t.Rows, t.Rows[i].Option, i), nil
}

// latest is the index of the option's row with the greatest start, apart from the row except; -1 = none.
func latest(rows []TableRow, option string, except int) int {
	found := -1
	for i, r := range rows {
		if i != except && r.Option == option && (found < 0 || r.From > rows[found].From) {
			found = i
		}
	}
	return found
}

func (t ValueTable) with(rows []TableRow) ValueTable {
	slices.SortStableFunc(rows, func(a, b TableRow) int { return cmp.Or(cmp.Compare(a.Option, b.Option), cmp.Compare(a.From, b.From)) })
	return ValueTable{t.Options, rows}
}
