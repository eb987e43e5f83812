package method

import (
	"cmp"
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// incomeBandTable: the value is read from a table by income. A band reaches from its own first cent to the first cent of the
// next; a band without a value gives no voucher. Rows may stand apart by content, by size of household and by column.
type incomeBandTable struct {
	common
	Bands []incomeBand `json:"bands"`
}

// incomeBand is one row. Content 0 is every content, Household 0 every size, no Column the table's only one.
type incomeBand struct {
	Content   int64        `json:"content_id,omitzero"`
	Household int          `json:"household,omitzero"`
	Column    string       `json:"column,omitempty"`
	From      money.Cents  `json:"from_cents"`
	Value     *money.Cents `json:"value_cents"` // null = no voucher
}

// bandGroup are the rows that follow each other.
type bandGroup struct {
	content   int64
	household int
	column    string
}

func (b incomeBand) group() bandGroup { return bandGroup{b.Content, b.Household, b.Column} }

func (r *incomeBandTable) contents() []int64 {
	var ids []int64
	for _, b := range r.Bands {
		if b.Content != 0 && !slices.Contains(ids, b.Content) {
			ids = append(ids, b.Content)
		}
	}
	return ids
}

// bands finds the rows that apply to a content, household and column, in their order. A household larger than every size of
// the table has the rows of the greatest.
func (r *incomeBandTable) bands(content int64, household int, column string) ([]incomeBand, error) {
	own := slices.ContainsFunc(r.Bands, func(b incomeBand) bool { return b.Content == content && content != 0 })
	size, sized, columns := 0, false, false
	for _, b := range r.Bands {
		if own != (b.Content != 0 && b.Content == content) || !own && b.Content != 0 {
			continue
		}
		sized = sized || b.Household != 0
		if b.Household <= household {
			size = max(size, b.Household)
		}
		columns = columns || b.Column != ""
	}
	if sized && household == 0 {
		return nil, errHousehold.With("most", mostPersons)
	}
	want := bandGroup{0, size, column}
	if own {
		want.content = content
	}
	if !columns {
		want.column = ""
	}
	var rows []incomeBand
	for _, b := range r.Bands {
		if b.group() == want {
			rows = append(rows, b)
		}
	}
	switch {
	case len(rows) > 0:
		return rows, nil
	case columns:
		return nil, errColumn.With("column", column)
	case sized:
		return nil, errSizeHole.With("size", household)
	}
	return nil, errNoValue
}

func (r *incomeBandTable) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	rows, err := r.bands(in.Content, in.Facts.Household, in.Facts.Column)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	i := len(rows) - 1 // without an income the last band: that of the greatest incomes
	if in.Facts.Income != nil {
		income := max(0, *in.Facts.Income) // a negative income counts as none
		for i >= 0 && rows[i].From > income {
			i--
		}
	}
	if i < 0 {
		return rulebook.ValueResult{NoVoucher: true}, nil
	}
	explainBand(rows, i, in.Facts.Income, t)
	if rows[i].Value == nil {
		return rulebook.ValueResult{NoVoucher: true}, nil
	}
	return rulebook.ValueResult{Value: *rows[i].Value}, nil
}

func explainBand(rows []incomeBand, i int, income *money.Cents, t *trace) {
	if t.quiet {
		return
	}
	var value money.Cents
	const begin = "method.step.income_band."
	key := begin + "none"
	if rows[i].Value != nil {
		value, key = *rows[i].Value, begin+"value"
	}
	switch {
	case income == nil:
		t.step("method.step.income_unknown_band", value, "from", rows[i].From)
	case i == len(rows)-1:
		t.step(key+"_last", value, "income", *income, "from", rows[i].From)
	default:
		t.step(key, value, "income", *income, "from", rows[i].From, "to", rows[i+1].From-1)
	}
}

// least is the smallest value of the content's rows; nothing for who has no voucher.
func (r *incomeBandTable) least(content int64) (money.Cents, error) {
	least, found := money.Cents(0), false
	for _, b := range r.Bands {
		if (b.Content == 0 || b.Content == content) && b.Value != nil && (!found || *b.Value < least) {
			least, found = *b.Value, true
		}
	}
	if !found {
		return 0, errNoValue
	}
	return least, nil
}

func (r *incomeBandTable) check(contents []catalogue.Content) (wrong fault.List) {
	if len(r.Bands) == 0 {
		return fault.List{errRequired.At("bands")}
	}
	last := map[bandGroup]money.Cents{}
	rows := make([]int64, 0, len(r.Bands))
	for i, b := range r.Bands {
		before, begun := last[b.group()]
		switch {
		case b.From < 0:
			wrong = append(wrong, errNegative.At(atField("bands", "from_cents", i)))
		case !begun && b.From != 0:
			wrong = append(wrong, errFirstBand.At(atField("bands", "from_cents", i)))
		case begun && b.From <= before:
			wrong = append(wrong, errOrder.At(atField("bands", "from_cents", i)))
		}
		last[b.group()] = b.From
		if b.Value != nil && *b.Value <= 0 {
			wrong = append(wrong, errPositive.At(atField("bands", "value_cents", i)))
		}
		if b.Household < 0 || b.Household > mostPersons {
			wrong = append(wrong, errHousehold.At(atField("bands", "household", i)).With("most", mostPersons))
		}
		if b.Content != 0 {
			rows = append(rows, b.Content)
		}
	}
	wrong = append(wrong, contentsKnown("bands", rows, contents)...)
	wrong = append(wrong, r.checkSizes()...)
	shared := slices.ContainsFunc(r.Bands, func(b incomeBand) bool { return b.Content == 0 })
	for _, c := range contents {
		if !shared && !slices.Contains(rows, c.ID) {
			wrong = append(wrong, errMissing.At("bands").With("content", c.Names))
		}
	}
	return wrong
}

// checkSizes wants the sizes of a content and column to begin with one person and to leave none out.
func (r *incomeBandTable) checkSizes() (wrong fault.List) {
	sizesOf := map[bandGroup][]int{}
	for _, b := range r.Bands {
		g := b.group()
		g.household = 0
		if !slices.Contains(sizesOf[g], b.Household) {
			sizesOf[g] = append(sizesOf[g], b.Household)
		}
	}
	groups := make([]bandGroup, 0, len(sizesOf))
	for g := range sizesOf {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b bandGroup) int {
		return cmp.Or(cmp.Compare(a.content, b.content), cmp.Compare(a.column, b.column))
	})
	for _, g := range groups {
		have := slices.Sorted(slices.Values(sizesOf[g]))
		if len(have) == 1 && have[0] == 0 {
			continue
		}
		for i, size := range have {
			if size != i+1 {
				wrong = append(wrong, errSizes.At("bands").With("size", i+1))
				break
			}
		}
	}
	return wrong
}
