package method

import (
	"slices"

	"seteli/core/money"
)

// FieldKind is how a parameter is typed.
type FieldKind string

// The kinds.
const (
	Cents    FieldKind = "cents"    // euros as people type them
	Decimal  FieldKind = "decimal"  // an exact decimal
	Fraction FieldKind = "fraction" // an exact decimal or a fraction, 365/12
	Whole    FieldKind = "whole"    // a whole number
	Choice   FieldKind = "choice"   // one of Choices
	Flag     FieldKind = "flag"     // yes or no
	Text     FieldKind = "text"     // a code or a name
	Clock    FieldKind = "clock"    // a time of day
	Content  FieldKind = "content"  // the id of a content of the service
	Table    FieldKind = "table"    // rows of Columns
)

// Field is one parameter of a method, for an editor that knows no method.
type Field struct {
	Name     string
	Kind     FieldKind
	Optional bool
	Choices  []string
	Columns  []Field // of a table, kinds without tables
	shape    shape
	label    string
}

// shape is how a table stands in the rules.
type shape uint8

const (
	rowsOfObjects shape = iota // [{column: value}]
	objectByKeys               // {size: value}, {hours: value} or {size: {hours: value}}: each column but the last is a level
)

// Label is the key of the field's name.
func (f Field) Label() string {
	if f.label != "" {
		return f.label
	}
	return "method.field." + f.Name
}

// ChoiceLabel is the key of a choice's name.
func (f Field) ChoiceLabel(choice string) string {
	if f.Name == "hours_rounding" {
		return "method.hours." + choice
	}
	if f.Name == "rounding" {
		return "rulebook.rounding." + choice
	}
	return "method.choice." + choice
}

func column(name string, kind FieldKind) Field {
	return Field{Name: name, Kind: kind, label: "method.column." + name}
}

func (f Field) optional() Field { f.Optional = true; return f }

func tableOf(name string, columns ...Field) Field {
	return Field{Name: name, Kind: Table, Columns: columns}
}

func sizeTable(name string, value Field) Field {
	return Field{Name: name, Kind: Table, Columns: []Field{column("size", Whole), value}, shape: objectByKeys}
}

func (f Field) called(label string) Field { f.label = label; return f }

// The tables and choices that several methods have.
var (
	valueOfContent = tableOf("values", column("content_id", Content), column("value_cents", Cents))
	maxOfContent   = tableOf("values", column("content_id", Content), column("max_cents", Cents))
	roundingChoice = Field{Name: "rounding", Kind: Choice, Choices: money.Roundings()}
	maxFee         = Field{Name: "max_fee_cents", Kind: Cents, Optional: true}
	limitTable     = sizeTable("income_limits_cents", column("cents", Cents))
	timeBands      = tableOf("bands", column("band", Text),
		Field{Name: "kind", Kind: Choice, Choices: kindNames(), label: "method.column.kind"},
		column("from", Clock), column("to", Clock), column("multiplier", Decimal).optional(),
		column("fi", Text).optional(), column("sv", Text).optional(), column("en", Text).optional())
	pctByHours = Field{Name: "pct_by_hours", Kind: Table, Columns: []Field{column("size", Whole), column("hours", Decimal), column("pct", Decimal)}, shape: objectByKeys}
	netFields  = []Field{
		{Name: "pct_single", Kind: Decimal}, {Name: "pct_couple", Kind: Decimal}, {Name: "keep_cents", Kind: Cents}, {Name: "keep_couple_cents", Kind: Cents},
		{Name: "fixed_deduction_cents", Kind: Cents, Optional: true}, Field{Name: "max_cents", Kind: Cents, Optional: true}.called("method.field.fee_max_cents"),
	}
	taperFields = []Field{
		{Name: "full_cents", Kind: Cents, Optional: true}, {Name: "min_cents", Kind: Cents}, {Name: "max_cents", Kind: Cents, Optional: true},
		{Name: "increase_pct", Kind: Decimal, Optional: true},
		limitTable, {Name: "limit_increase_cents", Kind: Cents, Optional: true},
		sizeTable("pcts", column("pct", Decimal)).optional(), {Name: "pct_increase", Kind: Decimal, Optional: true},
		pctByHours.optional(),
		{Name: "divisor", Kind: Fraction, Optional: true},
		tableOf("contents", column("content_id", Content), column("full_cents", Cents), column("min_cents", Cents), column("max_cents", Cents).optional()).optional(),
		timeBands.optional(),
		tableOf("full_values_by_band", column("band", Text), column("full_cents", Cents)).optional(),
	}
	// commonFields stand at the end of every method.
	commonFields = []Field{
		sizeTable("gate_income_limits_cents", column("cents", Cents)).optional(), {Name: "gate_income_increase_cents", Kind: Cents, Optional: true},
		sizeTable("gate_savings_limits_cents", column("cents", Cents)).optional(), {Name: "gate_savings_increase_cents", Kind: Cents, Optional: true},
		{Name: "legal_ref", Kind: Text, Optional: true},
	}
)

func kindNames() []string {
	names := make([]string, len(bandKinds))
	for i, k := range bandKinds {
		names[i] = string(k)
	}
	return names
}

// ownFields are the parameters of each method apart from the common ones.
var ownFields = map[string][]Field{
	"flat_unit":   {valueOfContent},
	"lump_sum":    {valueOfContent},
	"flat_period": {valueOfContent, {Name: "part", Kind: Choice, Choices: parts}},
	"euro_purse":  {valueOfContent},
	"time_band_table": {timeBands,
		tableOf("values", column("content_id", Content), column("band", Text).optional(), column("value_cents", Cents))},
	"linear_taper":        taperFields,
	"linear_taper_scaled": taperFields,
	"income_band_table": {tableOf("bands", column("content_id", Content).optional(), column("household", Whole).optional(), column("column", Text).optional(),
		column("from_cents", Cents), column("value_cents", Cents).optional()).called("method.field.income_bands")},
	"price_minus_fee": {maxOfContent, maxFee},
	"ceiling_minus_fee": {{Name: "ceiling_cents", Kind: Cents},
		tableOf("coefficients", column("content_id", Content).optional(), column("need", Text).optional(), column("coefficient", Decimal)),
		roundingChoice, maxFee},
	"coefficient_table": {
		tableOf("base_values", column("column", Text).optional(), column("base_value_cents", Cents)).optional(),
		tableOf("rows", column("content_id", Content).optional(), column("need", Text).optional(), column("column", Text).optional(),
			column("coefficient", Decimal).optional(), column("value_cents", Cents).optional()),
		roundingChoice},
	"pct_of_net_income": slices.Concat([]Field{maxOfContent}, netFields, []Field{{Name: "days_per_month", Kind: Fraction, Optional: true}}),
	"individual":        {tableOf("values", column("content_id", Content), column("min_cents", Cents), column("max_cents", Cents))},
}

// Fields are the parameters of a method in the order of an editor; none for a name that is no method. The plain method "flat" of
// earlier rulebooks has its values only.
func Fields(name string) []Field {
	if name == "flat" {
		return []Field{valueOfContent}
	}
	own, ok := ownFields[name]
	if !ok {
		return nil
	}
	return slices.Concat(own, commonFields)
}

// feeFields are the parameters of each kind of the own service's fee.
var feeFields = map[string][]Field{
	homeCareKind: {limitTable, {Name: "limit_increase_cents", Kind: Cents, Optional: true}, pctByHours,
		Field{Name: "cap_by_hours_cents", Kind: Table, Columns: []Field{column("hours", Decimal), column("cap_cents", Cents)}, shape: objectByKeys}.optional(),
		{Name: "hours_rounding", Kind: Choice, Choices: []string{hoursAsTheyAre, hoursWhole}}},
	housingKind: netFields,
	hourlyKind:  {{Name: "fee_cents", Kind: Cents}},
}

// FeeFields are the parameters of a kind of fee in the order of an editor; none for a name that is no kind.
func FeeFields(kind string) []Field { return feeFields[kind] }
