package cases

import (
	"seteli/domain/daycare"
	"seteli/domain/rulebook/golden"
)

func maxFeeRule(in, _ golden.Node) (golden.Result, error) {
	var effects []daycare.Effect
	for _, e := range in.At("income_effects").List() {
		effects = append(effects, daycare.Effect(e.TextOr("")))
	}
	return golden.Fields(map[string]any{"use_max_fee": daycare.UsesMaxFee(effects)}), nil
}

func baseFee(in, par golden.Node) (golden.Result, error) {
	t := thresholds(par)
	base, err := t.BaseFee(in.At("family_size").Int(), incomes(in.At("adult_incomes_cents")), in.At("child_income_cents").OptCents())
	return golden.Result{Fields: map[string]any{"base_fee_cents": base.Fee}, Steps: t.ExplainBase(base)}, err
}

func fee(in, par golden.Node) (golden.Result, error) {
	t := thresholds(par)
	base := daycare.FixedBase(in.At("base_fee_cents").CentsOr(0))
	if fixed := in.At("fixed_fee_cents"); !fixed.Null() {
		base = daycare.FixedBase(fixed.Cents())
	}
	f := t.Fee(daycare.FeeInput{Base: base, FixedSibling: in.At("fixed_sibling_fee_cents").OptCents(), Ordinal: intOr(in.At("sibling_ordinal"), 1),
		Coefficient: in.At("fee_coefficient").RateOr("1"), Rounding: rounding(par.At("fee_rounding"))})
	return golden.Result{Fields: map[string]any{"computed_fee_cents": f.Computed, "fee_cents": f.Charged}, Steps: t.ExplainFee(f)}, nil
}

func familyFees(in, par golden.Node) (golden.Result, error) {
	t := thresholds(par)
	var children []daycare.FamilyChild
	for _, c := range in.At("children").List() {
		children = append(children, daycare.FamilyChild{ID: c.At("id").TextOr(""), Ordinal: intOr(c.At("sibling_ordinal"), 1),
			Coefficient: c.At("fee_coefficient").RateOr("1"), OwnIncome: c.At("own_income_cents").OptCents()})
	}
	fees, total, err := t.FamilyFees(in.At("family_size").Int(), incomes(in.At("adult_incomes_cents")), children, rounding(par.At("fee_rounding")))
	result := golden.Result{}
	rows := []map[string]any{}
	for _, f := range fees {
		rows = append(rows, map[string]any{"id": f.ID, "base_fee_cents": f.Base.Fee, "computed_fee_cents": f.Computed, "fee_cents": f.Charged})
		result.Steps = append(result.Steps, t.ExplainFee(f.Fee)...)
	}
	result.Fields = map[string]any{"children": rows, "total_cents": total}
	return result, err
}

func feeAlterations(in, _ golden.Node) (golden.Result, error) {
	start := in.At("fee_cents").Cents()
	list := alterations(in.At("alterations"))
	final, effects := daycare.Alter(start, list)
	return golden.Result{Fields: map[string]any{"final_cents": final, "effects_cents": effects}, Steps: daycare.ExplainAlterations(start, list, effects)}, nil
}

func temporaryFee(in, par golden.Node) (golden.Result, error) {
	rates := daycare.TemporaryRates{Full: par.At("full_cents").CentsOr(0), Part: par.At("part_cents").CentsOr(0),
		SiblingFull: par.At("sibling_full_cents").CentsOr(0), SiblingPart: par.At("sibling_part_cents").CentsOr(0)}
	var days []daycare.TemporaryDays
	for _, c := range in.At("children").List() {
		days = append(days, daycare.TemporaryDays{Ordinal: intOr(c.At("sibling_ordinal"), 1), Full: intOr(c.At("full_days"), 0), Part: intOr(c.At("part_days"), 0)})
	}
	return golden.Fields(map[string]any{"sum_cents": rates.Sum(days)}), nil
}

func feeAbsence(in, _ golden.Node) (golden.Result, error) {
	a := daycare.Absence{SickDays: intOr(in.At("sick_days"), 0), WholeMonthSick: in.At("whole_month_sick").BoolOr(false), WholeMonthOther: in.At("whole_month_other").BoolOr(false)}
	return golden.Fields(map[string]any{"fee_cents": a.Fee(in.At("fee_cents").Cents())}), nil
}

func invoiceRows(in, _ golden.Node) (golden.Result, error) {
	var days []int
	for _, d := range in.At("row_days").List() {
		days = append(days, d.Int())
	}
	i, err := daycare.InvoiceRows(in.At("fee_cents").Cents(), in.At("month_operational_days").Int(), days)
	return golden.Fields(map[string]any{"daily_cents": i.Daily, "rows_cents": i.Rows, "rounding_cents": i.Rounding, "total_cents": i.Total}), err
}
