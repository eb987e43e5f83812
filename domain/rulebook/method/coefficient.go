package method

import (
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// coefficientTable: the value is read from a table by need and column (an age class, say). A published value is authoritative;
// where only a coefficient stands, the value is base × coefficient, rounded as the table says.
type coefficientTable struct {
	common
	Bases    []columnBase     `json:"base_values"`
	Rows     []coefficientRow `json:"rows"`
	Rounding money.Rounding   `json:"rounding"`
}

// columnBase is the base value of a column; no column = of every column without a base of its own.
type columnBase struct {
	Column string      `json:"column,omitempty"`
	Base   money.Cents `json:"base_value_cents"`
}

// coefficientRow is the value of a need. Content 0 is every content, no column every column.
type coefficientRow struct {
	Content     int64        `json:"content_id,omitzero"`
	Need        string       `json:"need,omitempty"`
	Column      string       `json:"column,omitempty"`
	Coefficient money.Rate   `json:"coefficient,omitzero"`
	Value       *money.Cents `json:"value_cents,omitempty"`
}

// TableValue is base × coefficient, rounded once.
func TableValue(base money.Cents, coefficient money.Rate, how money.Rounding) (money.Cents, rulebook.Explanation) {
	t := &trace{}
	v := tableValue(base, coefficient, how, "method.step.coefficient", t)
	return v, t.end(lawValue)
}

// tableValue is TableValue as a step of a longer way; the key is empty when nobody reads it.
func tableValue(base money.Cents, coefficient money.Rate, how money.Rounding, key string, t *trace) money.Cents {
	x := base.Exact().Times(coefficient.Exact())
	v := how.Cents(x)
	if !t.quiet {
		t.add(rulebook.Step{Key: key, Result: v, Rounding: how.String()}, []any{"base", base, "coefficient", coefficient, "unrounded", x.Shown(shownPlaces)})
	}
	return v
}

func (r *coefficientTable) contents() []int64 {
	var ids []int64
	for _, row := range r.Rows {
		if row.Content != 0 && !slices.Contains(ids, row.Content) {
			ids = append(ids, row.Content)
		}
	}
	return ids
}

func (r *coefficientTable) baseOf(column string) (money.Cents, bool) {
	for _, want := range []string{column, ""} {
		for _, b := range r.Bases {
			if b.Column == want {
				return b.Base, true
			}
		}
	}
	return 0, false
}

// row finds the most particular row: of the content before every content, of the column before every column.
func (r *coefficientTable) row(content int64, need, column string) (coefficientRow, bool) {
	for _, id := range []int64{content, 0} {
		for _, col := range []string{column, ""} {
			for _, row := range r.Rows {
				if row.Content == id && row.Need == need && row.Column == col {
					return row, true
				}
			}
		}
	}
	return coefficientRow{}, false
}

func (r *coefficientTable) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	row, found := r.row(in.Content, in.Facts.Need, in.Facts.Column)
	if !found {
		return rulebook.ValueResult{}, errNeed.With("need", in.Facts.Need)
	}
	v, err := r.cell(row, in.Facts.Column, t)
	return rulebook.ValueResult{Value: v}, err
}

func (r *coefficientTable) cell(row coefficientRow, column string, t *trace) (money.Cents, error) {
	if row.Value != nil {
		t.step("method.step.table_value", *row.Value, "value", *row.Value)
		return *row.Value, nil
	}
	base, found := r.baseOf(column)
	if !found {
		return 0, errColumn.With("column", column)
	}
	return tableValue(base, row.Coefficient, r.Rounding, "method.step.coefficient", t), nil
}

func (r *coefficientTable) least(content int64) (money.Cents, error) {
	least, found := money.Cents(0), false
	for _, row := range r.Rows {
		if row.Content != 0 && row.Content != content {
			continue
		}
		for _, column := range r.columns(row) {
			if v, err := r.cell(row, column, &trace{quiet: true}); err == nil && (!found || v < least) {
				least, found = v, true
			}
		}
	}
	if !found {
		return 0, errNoValue
	}
	return least, nil
}

// columns are those that a row can be read in.
func (r *coefficientTable) columns(row coefficientRow) []string {
	if row.Column != "" || len(r.Bases) == 0 {
		return []string{row.Column}
	}
	columns := make([]string, len(r.Bases))
	for i, b := range r.Bases {
		columns[i] = b.Column
	}
	return columns
}

func (r *coefficientTable) check(contents []catalogue.Content) (wrong fault.List) {
	if len(r.Rows) == 0 {
		wrong = append(wrong, errRequired.At("rows"))
	}
	for i, b := range r.Bases {
		if b.Base <= 0 {
			wrong = append(wrong, errPositive.At(atField("base_values", "base_value_cents", i)))
		}
		if slices.ContainsFunc(r.Bases[:i], func(o columnBase) bool { return o.Column == b.Column }) {
			wrong = append(wrong, errTwice.At(atField("base_values", "column", i)))
		}
	}
	var ids []int64
	for i, row := range r.Rows {
		wrong = append(wrong, r.checkRow(i, row)...)
		if row.Content != 0 {
			ids = append(ids, row.Content)
		}
	}
	wrong = append(wrong, contentsKnown("rows", ids, contents)...)
	for _, c := range contents {
		if len(r.Rows) > 0 && !slices.ContainsFunc(r.Rows, func(row coefficientRow) bool { return row.Content == 0 || row.Content == c.ID }) {
			wrong = append(wrong, errMissing.At("rows").With("content", c.Names))
		}
	}
	return wrong
}

func (r *coefficientTable) checkRow(i int, row coefficientRow) (wrong fault.List) {
	same := func(o coefficientRow) bool {
		return o.Content == row.Content && o.Need == row.Need && o.Column == row.Column
	}
	if slices.ContainsFunc(r.Rows[:i], same) {
		wrong = append(wrong, errTwice.At(atField("rows", "need", i)))
	}
	if row.Value != nil {
		if *row.Value <= 0 {
			wrong = append(wrong, errPositive.At(atField("rows", "value_cents", i)))
		}
		return wrong
	}
	if row.Coefficient.Exact().Sign() <= 0 {
		wrong = append(wrong, errPositive.At(atField("rows", "coefficient", i)))
	}
	for _, column := range r.columns(row) {
		if _, found := r.baseOf(column); !found {
			wrong = append(wrong, errRequired.At("base_values"))
		}
	}
	return wrong
}
