package cases

import (
	"cmp"
	"slices"

	"seteli/core/calendar"
	"seteli/domain/daycare"
	"seteli/domain/rulebook/golden"
)

func decisionPeriods(in, par golden.Node) (golden.Result, error) {
	facts, rules := facts(in), ruleSet(par)
	if in.Err() != nil {
		return golden.Result{}, in.Err()
	}
	drafts, _ := daycare.Drafts(facts, rules)
	rows := []map[string]any{}
	for _, d := range drafts {
		var partner any
		if d.Partner != "" {
			partner = d.Partner
		}
		difference := d.Difference
		if difference == nil {
			difference = []daycare.Difference{}
		}
		rows = append(rows, map[string]any{"child": d.Child, "from": d.From, "to": last(d.Period), "head": d.Head, "partner": partner,
			"family_size": d.FamilySize, "unit": d.Unit, "option": d.Option, "service_need_missing": d.NeedMissing,
			"base_value_cents": d.Outcome.BaseValue, "voucher_value_cents": d.Outcome.Value, "base_own_share_cents": d.Outcome.Fee.Base.Fee,
			"sibling_discount_pct": d.Outcome.DiscountPct, "own_share_cents": d.Outcome.Fee.Charged,
			"final_own_share_cents": d.Outcome.FinalOwnShare, "difference": difference})
	}
	return golden.Fields(map[string]any{"decisions": rows}), nil
}

func facts(in golden.Node) (f daycare.Facts) {
	for _, c := range in.At("children").List() {
		f.Children = append(f.Children, daycare.Child{ID: c.At("id").Text(), Birth: c.At("birth_date").Date(), Code: c.At("identity_code").TextOr("")})
	}
	for _, h := range in.At("heads").List() {
		f.Heads = append(f.Heads, daycare.Head{Child: h.At("child").Text(), Adult: h.At("adult").Text(), Period: h.Period()})
	}
	for _, p := range in.At("partners").List() {
		adults := texts(p.At("adults"))
		if len(adults) != 2 {
			p.At("adults").Wrong("two adults")
			continue
		}
		f.Couples = append(f.Couples, daycare.Couple{One: adults[0], Other: adults[1], Period: p.Period()})
	}
	for _, p := range in.At("placements").List() {
		f.Placements = append(f.Placements, daycare.Placement{Child: p.At("child").Text(), Unit: p.At("unit").TextOr(""),
			Type: p.At("placement_type").TextOr(""), Voucher: p.At("voucher").BoolOr(false), Period: p.Period()})
	}
	for _, n := range in.At("service_needs").List() {
		f.Needs = append(f.Needs, daycare.Need{Child: n.At("child").Text(), Option: n.At("option").Text(), Period: n.Period()})
	}
	for _, i := range in.At("incomes").List() {
		f.Incomes = append(f.Incomes, daycare.Income{Person: i.At("person").Text(), ID: i.At("income_id").TextOr(""),
			Effect: daycare.Effect(i.At("effect").TextOr("")), Total: i.At("total_cents").OptCents(), Period: i.Period()})
	}
	for _, a := range in.At("alterations").List() {
		f.Alterations = append(f.Alterations, daycare.FeeAlteration{Child: a.At("child").Text(), Alteration: alteration(a), Period: a.Period()})
	}
	for _, s := range in.At("assistance").List() {
		f.Supports = append(f.Supports, daycare.Support{Child: s.At("child").Text(), Coefficient: s.At("coefficient").RateOr("1"), Period: s.Period()})
	}
	return f
}

func ruleSet(par golden.Node) daycare.RuleSet {
	r := daycare.RuleSet{Options: options(par.At("options")), TableRounding: par.At("table_rounding").Rounding(),
		DecisionRounding: par.At("decision_rounding").Rounding(), FeeRounding: rounding(par.At("fee_rounding"))}
	for _, t := range par.At("thresholds").List() {
		r.Thresholds = append(r.Thresholds, daycare.DatedThresholds{Period: t.Period(), Thresholds: thresholds(t)})
	}
	for _, b := range par.At("base_values").List() {
		r.Bases = append(r.Bases, daycare.DatedValue{Period: b.Period(), AgeValue: daycare.AgeValue{
			OverThree: b.At("base_value_cents").CentsOr(0), UnderThree: b.At("base_value_under_3_cents").CentsOr(0)}})
	}
	return r
}

func decisionSend(in, par golden.Node) (golden.Result, error) {
	to := in.At("recipient")
	s := daycare.Sending{Today: in.At("today").Date(), From: in.At("from").Date(), Type: daycare.DecisionType(in.At("decision_type").TextOr("NORMAL")),
		Recipient: daycare.Recipient{HasIdentityCode: to.At("has_identity_code").BoolOr(false), HasAddress: to.At("has_address").BoolOr(false),
			ManualDelivery: to.At("manual_delivery").BoolOr(false)}}
	if most := par.At("max_days_ahead"); !most.Null() {
		days := most.Int()
		s.MaxAhead = &days
	}
	code, err := refused(s.Check())
	state := s.State()
	if code != nil {
		state = daycare.DraftState
	}
	return golden.Fields(map[string]any{"status": state, "error": code, "after_mark_sent": daycare.SentState, "retroactive": s.Retroactive()}), err
}

func holding(n golden.Node) daycare.Holding {
	return daycare.Holding{Period: n.Period(), Basis: n.At("basis").TextOr("")}
}

func holdings(n golden.Node) []daycare.Holding {
	var list []daycare.Holding
	for _, h := range n.List() {
		list = append(list, holding(h))
	}
	return list
}

func holdingRows(list []daycare.Holding) []map[string]any {
	rows := []map[string]any{}
	for _, h := range list {
		rows = append(rows, map[string]any{"from": h.From, "to": last(h.Period), "basis": h.Basis})
	}
	return rows
}

func decisionRevision(in, _ golden.Node) (golden.Result, error) {
	var sent []daycare.SentHolding
	for _, s := range in.At("sent").List() {
		sent = append(sent, daycare.SentHolding{ID: s.At("id").Text(), Holding: holding(s)})
	}
	revised, fresh := daycare.Revise(sent, holdings(in.At("basis")))
	rows := []map[string]any{}
	for _, s := range revised {
		rows = append(rows, map[string]any{"id": s.ID, "status": s.State, "from": s.From, "to": last(s.Period)})
	}
	slices.SortStableFunc(fresh, func(a, b daycare.Holding) int { return cmp.Compare(a.From, b.From) })
	return golden.Fields(map[string]any{"sent": rows, "new": holdingRows(fresh)}), nil
}

func draftRegeneration(in, _ golden.Node) (golden.Result, error) {
	var drafts []daycare.DraftHolding
	for _, d := range in.At("drafts").List() {
		drafts = append(drafts, daycare.DraftHolding{ID: d.At("id").Text(), Holding: holding(d)})
	}
	kept, created, deleted := daycare.Regenerate(drafts, holdings(in.At("generated")))
	return golden.Fields(map[string]any{"kept": listed(kept), "created": holdingRows(created), "deleted": listed(deleted)}), nil
}

// listed is never null in a result.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func monthShare(in, _ golden.Node) (golden.Result, error) {
	days := in.Period()
	month := calendar.MonthOf(days.From).Period()
	if days.To > month.To {
		in.At("to").Wrong("a day of the same month")
	}
	if in.Err() != nil {
		return golden.Result{}, in.Err()
	}
	n, all := daycare.OperationalDays(days), daycare.OperationalDays(month)
	amount := daycare.MonthShare(in.At("voucher_value_cents").Cents()-in.At("own_share_cents").CentsOr(0), n, all)
	return golden.Fields(map[string]any{"operational_days": n, "month_operational_days": all, "amount_cents": amount}), nil
}
