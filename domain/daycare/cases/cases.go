// Package cases lets golden cases of early education run against the engine of package daycare: one adapter of a few lines
// for each kind, which reads the case, calls the engine and names the result's fields. It computes nothing itself.
package cases

import (
	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/rulebook/golden"
)

// Kinds are the kinds of early education by name.
func Kinds() golden.Kinds {
	return golden.Kinds{
		"max_fee_rule": maxFeeRule, "daycare_base_fee": baseFee, "daycare_fee": fee, "daycare_family_fees": familyFees,
		"fee_alterations": feeAlterations, "daycare_temporary_fee": temporaryFee, "fee_absence": feeAbsence,
		"fee_invoice_rows": invoiceRows, "age_switch": ageSwitch, "daycare_value_on_date": valueOnDate,
		"sibling_order": siblingOrder, "voucher_decision": voucherDecision, "price_model": priceModel,
		"month_share": monthShare, "assistance_split": assistanceSplit, "settlement_statement": settlementStatement,
		"cancel_rows": cancelRows, "decision_periods": decisionPeriods, "decision_send": decisionSend,
		"decision_revision": decisionRevision, "draft_regeneration": draftRegeneration, "payment_batch": paymentBatch,
		"value_table_edit": valueTableEdit,
	}
}

// refusals are the codes of the format for the engine's faults: in a case a refusal is a result.
var refusals = map[string]string{
	"DAY-006": "surcharge_over_cap", "DAY-007": "price_over_ceiling", "DAY-008": "no_value_for_date",
	"DAY-010": "unknown_option", "DAY-011": "starts_before_latest", "DAY-012": "gap", "DAY-013": "not_found", "DAY-014": "not_latest",
	"DAY-020": "too_far_in_future", "DAY-040": "no_closed_month", "DAY-041": "not_draft", "DAY-042": "not_confirmed",
}

// refused gives the field error of a result; any other error is one of the case itself.
func refused(err error) (code any, other error) {
	if err == nil {
		return nil, nil
	}
	if code, ok := refusals[fault.CodeOf(err)]; ok {
		return code, nil
	}
	return nil, err
}

// onlyError is the result of a refusal that has no other fields.
func onlyError(err error) (golden.Result, error) {
	code, err := refused(err)
	return golden.Fields(map[string]any{"error": code}), err
}

// last is a half-open end as the format writes it: the last day, or null when it is open.
func last(p calendar.Period) any {
	if p.To >= calendar.Forever {
		return nil
	}
	return p.Last()
}

// end gives a half-open end of an inclusive last day; null is open.
func end(n golden.Node) calendar.Date {
	if n.Null() {
		return calendar.Forever
	}
	return n.Date() + 1
}

func texts(n golden.Node) []string {
	var list []string
	for _, t := range n.List() {
		list = append(list, t.Text())
	}
	return list
}

func optRate(n golden.Node) *money.Rate {
	if n.Null() {
		return nil
	}
	r := n.Rate()
	return &r
}

func intOr(n golden.Node, none int) int {
	if n.Null() {
		return none
	}
	return n.Int()
}

func thresholds(n golden.Node) daycare.Thresholds {
	t := daycare.Thresholds{Limits: map[int]money.Cents{}, Increase: n.At("income_increase_cents").OptCents(), Multiplier: n.At("multiplier").RateOr("0"),
		MaxFee: n.At("max_fee_cents").CentsOr(0), MinFee: n.At("min_fee_cents").CentsOr(0),
		SecondShare: n.At("second_child_share").RateOr("1"), LaterShare: n.At("later_child_share").RateOr("1")}
	limits := n.At("min_income_cents")
	for _, key := range limits.Keys() {
		size, ok := number(key)
		if !ok {
			limits.Wrong("household sizes as field names")
		}
		t.Limits[size] = limits.At(key).Cents()
	}
	return t
}

func number(s string) (int, bool) {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1000 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, s != ""
}

func incomes(n golden.Node) []*money.Cents {
	var list []*money.Cents
	for _, i := range n.List() {
		list = append(list, i.OptCents())
	}
	return list
}

func alterations(n golden.Node) []daycare.Alteration {
	var list []daycare.Alteration
	for _, a := range n.List() {
		list = append(list, alteration(a))
	}
	return list
}

func alteration(n golden.Node) daycare.Alteration {
	a := daycare.Alteration{Type: daycare.AlterationType(n.At("type").Text()), Percent: optRate(n.At("pct")), Amount: n.At("amount_cents").CentsOr(0)}
	if a.Type != daycare.Discount && a.Type != daycare.Relief && a.Type != daycare.Increase {
		n.At("type").Wrong("DISCOUNT, RELIEF or INCREASE")
	}
	return a
}

func options(n golden.Node) map[string]daycare.Option {
	m := map[string]daycare.Option{}
	for _, code := range n.Keys() {
		o := n.At(code)
		m[code] = daycare.Option{PlacementType: o.At("placement_type").TextOr(""), Default: o.At("default").BoolOr(false),
			FeeCoefficient: o.At("fee_coefficient").RateOr("1"), ValueCoefficient: o.At("value_coefficient").RateOr("1"),
			FixedFee: o.At("fixed_fee_cents").OptCents(), FixedSibling: o.At("fixed_sibling_fee_cents").OptCents()}
	}
	return m
}

func rounding(n golden.Node) daycare.FeeRounding { return daycare.FeeRounding(n.TextOr("stepwise")) }
