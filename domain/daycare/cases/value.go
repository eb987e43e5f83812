package cases

import (
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/rulebook/golden"
)

func ageSwitch(in, _ golden.Node) (golden.Result, error) {
	return golden.Fields(map[string]any{"over_3_from": daycare.OverThreeFrom(in.At("birth_date").Date())}), nil
}

func valueOnDate(in, par golden.Node) (golden.Result, error) {
	var rows []daycare.DatedValue
	for _, r := range par.At("rows").List() {
		over, under := r.At("value_cents"), r.At("value_under_3_cents")
		if over.Null() && under.Null() {
			continue
		}
		// A table with one value for both ages may name only one of them.
		rows = append(rows, daycare.DatedValue{Period: r.Period(), AgeValue: daycare.AgeValue{OverThree: over.CentsOr(under.CentsOr(0)), UnderThree: under.CentsOr(over.CentsOr(0))}})
	}
	value, under, err := daycare.ValueOn(rows, in.At("birth_date").Date(), in.At("date").Date(), in.At("assistance_coefficient").RateOr("1"), par.At("decision_rounding").Rounding())
	code, err := refused(err)
	fields := map[string]any{"error": code, "under_3": under, "value_cents": nil}
	if code == nil {
		fields["value_cents"] = value
	}
	return golden.Fields(fields), err
}

func siblingOrder(in, _ golden.Node) (golden.Result, error) {
	var children []daycare.Sibling
	for _, c := range in.At("children").List() {
		children = append(children, daycare.Sibling{ID: c.At("id").Text(), Birth: c.At("birth_date").Date(), Code: c.At("identity_code").TextOr(""), Placed: c.At("placed").BoolOr(false)})
	}
	return golden.Fields(map[string]any{"order": daycare.SiblingOrder(children)}), nil
}

func voucherDecision(in, par golden.Node) (golden.Result, error) {
	rules := daycare.Rules{Thresholds: thresholds(par), Options: options(par.At("options")),
		Base:          daycare.AgeValue{OverThree: par.At("base_value_cents").CentsOr(0), UnderThree: par.At("base_value_under_3_cents").CentsOr(0)},
		TableRounding: par.At("table_rounding").Rounding(), DecisionRounding: par.At("decision_rounding").Rounding(),
		CapacityEnabled: par.At("capacity_factor_enabled").BoolOr(false), FeeRounding: rounding(par.At("fee_rounding"))}
	moment := daycare.Moment{FamilySize: in.At("family_size").Int(), Adults: incomes(in.At("adult_incomes_cents")), ChildIncome: in.At("child_income_cents").OptCents(),
		Ordinal: intOr(in.At("sibling_ordinal"), 1), UnderThree: in.At("under_3").BoolOr(false), Option: in.At("option").Text(),
		Support: in.At("assistance_coefficient").RateOr("1"), Capacity: optRate(in.At("capacity_factor")), Alterations: alterations(in.At("alterations"))}
	if in.Err() != nil {
		return golden.Result{}, in.Err()
	}
	o, err := rules.Decide(moment)
	if err != nil || !o.Decision() {
		return golden.Fields(map[string]any{"decision": false}), err
	}
	return golden.Result{Fields: map[string]any{"decision": true, "base_value_cents": o.BaseValue, "assistance_coefficient": o.Support.String(),
		"voucher_value_cents": o.Value, "base_own_share_cents": o.Fee.Base.Fee, "sibling_discount_pct": o.DiscountPct,
		"own_share_cents": o.Fee.Charged, "final_own_share_cents": o.FinalOwnShare, "paid_cents": o.Paid}, Steps: rules.Explain(moment, o)}, nil
}

func priceModel(in, par golden.Node) (golden.Result, error) {
	var greatest *money.Cents
	if par.Has("surcharge_cap_cents") {
		greatest = par.At("surcharge_cap_cents").OptCents()
	}
	p, err := daycare.Pay(daycare.PriceInput{Model: daycare.Model(in.At("model").Text()), Value: in.At("value_cents").CentsOr(0), Fee: in.At("fee_cents").CentsOr(0),
		Price: in.At("price_cents").OptCents(), Surcharge: in.At("surcharge_cents").CentsOr(0), Ceiling: in.At("ceiling_cents").OptCents(),
		Coefficient: in.At("coefficient").RateOr("1")}, greatest)
	if err != nil {
		return onlyError(err)
	}
	return golden.Fields(map[string]any{"error": nil, "municipality_cents": p.Municipality, "family_cents": p.Family,
		"provider_total_cents": p.Provider, "fee_capped": p.FeeCapped}), nil
}

func valueTableEdit(in, _ golden.Node) (golden.Result, error) {
	row := func(n golden.Node, id string) daycare.TableRow {
		return daycare.TableRow{ID: n.At("id").TextOr(id), Option: n.At("option").TextOr(""), Period: n.Period(), Value: n.At("value_cents").CentsOr(0)}
	}
	table := daycare.ValueTable{Options: texts(in.At("options"))}
	for _, r := range in.At("rows").List() {
		table.Rows = append(table.Rows, row(r, ""))
	}
	op := in.At("operation")
	id := op.At("id").TextOr("")
	edited, err := table, error(nil)
	switch op.At("op").Text() {
	case "insert":
		edited, err = table.Insert(row(op.At("row"), id))
	case "update":
		edited, err = table.Update(id, row(op.At("row"), id))
	case "delete":
		edited, err = table.Delete(id)
	default:
		op.At("op").Wrong("insert, update or delete")
	}
	code, err := refused(err)
	rows := []map[string]any{}
	for _, r := range edited.Sorted().Rows {
		rows = append(rows, map[string]any{"id": r.ID, "option": r.Option, "from": r.From, "to": last(r.Period), "value_cents": r.Value})
	}
	return golden.Fields(map[string]any{"error": code, "rows": rows}), err
}
