package golden

import (
	"encoding/json"

	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
)

// Values gives the kinds of values, own shares, conversions. Each asks the engine in rulebook/method.
func Values() Kinds {
	e := engine{method.All()}
	return Kinds{
		"day_to_month":         dayToMonth,
		"eligibility_gate":     e.eligibilityGate,
		"euro_purse":           euroPurse,
		"home_care_client_fee": homeCareClientFee,
		"home_care_value":      e.homeCareValue,
		"hourly_fee":           hourlyFee,
		"hours_per_month":      hoursPerMonth,
		"housing_fee":          housingFee,
		"income_band_value":    e.incomeBandValue,
		"income_total":         incomeTotal,
		"table_value":          tableValue,
		"time_band_value":      e.timeBandValue,
		"voucher_payment":      voucherPayment,
	}
}

// engine is the value models that the program runs with.
type engine struct{ models rulebook.Models }

// content is the one content of a case.
const content = 1

// value computes under a rulebook made of a case's parameters.
func (e engine) value(name string, parameters map[string]any, how money.Rounding, facts rulebook.Facts) (rulebook.ValueResult, error) {
	parameters["method"] = name
	v, err := rulebook.NewValue(name, parameters)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	rules := rulebook.Default()
	rules.Value, rules.Rounding = v, how
	return e.models.Value(rulebook.Rulebook{Rules: rules}, rulebook.ValueInput{Content: content, Facts: facts})
}

// table copies an object of amounts.
func table(n Node) map[string]money.Cents {
	t := map[string]money.Cents{}
	for _, key := range n.Keys() {
		t[key] = n.At(key).Cents()
	}
	return t
}

// rates copies an object of decimals.
func rates(n Node) map[string]money.Rate {
	t := map[string]money.Rate{}
	for _, key := range n.Keys() {
		t[key] = n.At(key).Rate()
	}
	return t
}

// given puts an optional amount in under its own name.
func given(into map[string]any, from Node, names ...string) {
	for _, name := range names {
		if n := from.At(name); !n.Null() {
			into[name] = n.Cents()
		}
	}
}

func voucherPayment(in, p Node) (Result, error) {
	price, value, units := in.At("price_cents").Cents(), in.At("value_cents").Cents(), in.At("units").Exact()
	pay, steps, err := method.Pay(price, value, units, p.At("own_share_forbidden").BoolOr(false))
	if method.ExceedsValue(err) {
		return Fields(map[string]any{"error": "price_exceeds_value"}), nil
	}
	return Result{map[string]any{"error": nil, "paid_per_unit_cents": pay.PerUnit, "own_share_per_unit_cents": pay.OwnPerUnit,
		"paid_cents": pay.Paid, "own_share_cents": pay.Own}, steps}, err
}

func euroPurse(in, _ Node) (Result, error) {
	purse, err := method.NewPurse(in.At("unit_count").Int64(), in.At("unit_value_cents").Cents(), in.At("price_cents").Cents())
	return Fields(map[string]any{"purse_cents": purse.Balance, "whole_units": purse.WholeUnits, "rest_cents": purse.Rest}), err
}

func hourlyFee(in, p Node) (Result, error) {
	fee, steps := method.HourlyFee(p.At("fee_per_hour_cents").Cents(), in.At("hours").Exact())
	return Result{map[string]any{"fee_cents": fee}, steps}, nil
}

func hoursPerMonth(in, p Node) (Result, error) {
	h := method.HoursPerMonth(in.At("weekly_hours").Exact(), p.At("factor").Factor())
	return Fields(map[string]any{"monthly_hours": h.Text(), "billed_hours": h.Billed}), nil
}

func dayToMonth(in, p Node) (Result, error) {
	var days money.Factor
	if rule := p.At("days_per_month"); rule.value == "actual" {
		days = method.DaysOf(in.At("month").Month())
	} else {
		days = rule.Factor()
	}
	c, steps := method.DayToMonth(in.At("daily_cents").Cents(), days)
	return Result{map[string]any{"monthly_cents": c}, steps}, nil
}

func (e engine) timeBandValue(in, p Node) (Result, error) {
	type cell struct {
		Content int64       `json:"content_id"`
		Band    string      `json:"band,omitempty"`
		Value   money.Cents `json:"value_cents"`
	}
	band := in.At("band").Text()
	cells := []cell{}
	row := map[string]any{"band": band, "kind": method.OnWeekday, "from": "00:00", "to": "24:00", "fi": ""}
	if own := p.At("values_cents"); own.Has(band) {
		cells = append(cells, cell{content, band, own.At(band).Cents()})
	} else if times := p.At("multipliers"); times.Has(band) {
		cells = append(cells, cell{content, "", p.At("base_value_cents").Cents()})
		row["multiplier"] = times.At(band).Rate()
	}
	result, err := e.value("time_band_table", map[string]any{"bands": []any{row}, "values": cells}, money.HalfUpCent, rulebook.Facts{})
	return Result{map[string]any{"value_cents": result.Value}, result.Explanation}, err
}

func (e engine) incomeBandValue(in, p Node) (Result, error) {
	column := in.At("column").TextOr("")
	type row struct {
		Column string       `json:"column,omitempty"`
		From   money.Cents  `json:"from_cents"`
		Value  *money.Cents `json:"value_cents"`
	}
	rows := []row{}
	for _, band := range p.At("bands").List() {
		from := band.At("from_cents").Cents()
		if !band.Has("values_cents") {
			rows = append(rows, row{"", from, band.At("value_cents").OptCents()})
			continue
		}
		columns := band.At("values_cents")
		if !columns.Has(column) {
			columns.Wrong("a table with the column " + column)
		}
		rows = append(rows, row{column, from, columns.At(column).OptCents()})
	}
	result, err := e.value("income_band_table", map[string]any{"bands": rows}, money.HalfUpCent,
		rulebook.Facts{Income: in.At("income_cents").OptCents(), Column: column})
	return Result{map[string]any{"value_cents": orNull(result)}, result.Explanation}, err
}

// orNull is the value, or null when there is no voucher.
func orNull(r rulebook.ValueResult) any {
	if r.NoVoucher {
		return nil
	}
	return r.Value
}

func (e engine) eligibilityGate(in, p Node) (Result, error) {
	type cell struct {
		Content int64       `json:"content_id"`
		Value   money.Cents `json:"value_cents"`
	}
	parameters := map[string]any{"values": []cell{{content, p.At("value_cents").Cents()}}}
	for _, limits := range []string{"income_limits_cents", "savings_limits_cents"} {
		if n := p.At(limits); !n.Null() {
			parameters["gate_"+limits] = table(n)
		}
	}
	result, err := e.value("flat_unit", parameters, money.HalfUpCent, rulebook.Facts{Household: in.At("household_size").Int(),
		Income: in.At("income_cents").OptCents(), Savings: in.At("savings_cents").OptCents()})
	return Result{map[string]any{"eligible": !result.NoVoucher, "value_cents": orNull(result)}, result.Explanation}, err
}

func (e engine) homeCareValue(in, p Node) (Result, error) {
	name := p.At("method").Text()
	if name != "linear_taper" && name != "linear_taper_scaled" {
		p.At("method").Wrong("linear_taper or linear_taper_scaled")
		return Result{}, nil
	}
	parameters := map[string]any{"income_limits_cents": table(p.At("income_limits_cents")), "pcts": rates(p.At("pcts")),
		"pct_increase": p.At("pct_increase").RateOr("0"), "increase_pct": p.At("increase_pct").RateOr("0"), "min_cents": p.At("min_cents").CentsOr(0)}
	given(parameters, p, "full_cents", "max_cents", "limit_increase_cents")
	if n := p.At("divisor"); !n.Null() {
		parameters["divisor"] = n.Factor()
	}
	result, err := e.value(name, parameters, p.At("rounding").Rounding(),
		rulebook.Facts{Household: in.At("household_size").Int(), Income: in.At("income_cents").OptCents()})
	if err != nil {
		return Result{nil, result.Explanation}, err
	}
	fields := map[string]any{"value_cents": result.Value, "paid_cents": nil, "own_share_per_hour_cents": nil, "own_share_cents": nil}
	price := in.At("price_cents")
	if price.Null() {
		return Result{fields, result.Explanation}, nil
	}
	hours := in.At("hours")
	pay, steps, err := method.Pay(price.Cents(), result.Value, hours.ExactOr(money.Exact{}), false)
	fields["own_share_per_hour_cents"] = pay.OwnPerUnit
	if !hours.Null() {
		fields["paid_cents"], fields["own_share_cents"] = pay.Paid, pay.Own
	}
	return Result{fields, append(result.Explanation, steps...)}, err
}

func homeCareClientFee(in, p Node) (Result, error) {
	byHours := map[string]map[string]money.Rate{}
	for _, size := range p.At("pct_by_hours").Keys() {
		byHours[size] = rates(p.At("pct_by_hours").At(size))
	}
	parameters := map[string]any{"income_limits_cents": table(p.At("income_limits_cents")), "pct_by_hours": byHours,
		"hours_rounding": p.At("hours_rounding").TextOr("none")}
	given(parameters, p, "limit_increase_cents")
	if caps := p.At("cap_by_hours_cents"); !caps.Null() {
		parameters["cap_by_hours_cents"] = table(caps)
	}
	raw, err := json.Marshal(parameters)
	if err != nil {
		return Result{}, err
	}
	var fee method.HomeCareFee
	if err := json.Unmarshal(raw, &fee); err != nil {
		return Result{}, err
	}
	c, known, steps, err := fee.Of(in.At("household_size").Int(), in.At("income_cents").OptCents(), in.At("hours").Exact())
	if !known {
		return Result{map[string]any{"fee_cents": nil}, steps}, err
	}
	return Result{map[string]any{"fee_cents": c}, steps}, err
}

func housingFee(in, p Node) (Result, error) {
	rules := method.HousingFee{Single: p.At("pct_single").Rate(), Couple: p.At("pct_couple").RateOr("0"), Keep: p.At("keep_cents").CentsOr(0),
		KeepCouple: p.At("keep_couple_cents").CentsOr(0), Fixed: p.At("fixed_deduction_cents").CentsOr(0), Max: p.At("max_cents").OptCents()}
	var spouse *rulebook.NetIncome
	if n := in.At("spouse"); !n.Null() {
		s := netIncome(n)
		spouse = &s
	}
	r, steps := rules.Of(netIncome(in.At("client")), spouse)
	basis := "single"
	if r.Couple {
		basis = "couple"
	}
	return Result{map[string]any{"client_net_cents": r.ClientNet, "basis": basis, "fee_cents": r.Fee}, steps}, nil
}

func netIncome(n Node) rulebook.NetIncome {
	if n.Null() {
		n.Wrong("an object")
	}
	return rulebook.NetIncome{Earned: n.At("earned_cents").CentsOr(0), Benefits: n.At("benefits_cents").CentsOr(0), Capital: n.At("capital_cents").CentsOr(0),
		Forest: n.At("forest_year_cents").CentsOr(0), Deductions: n.At("deductions_cents").CentsOr(0)}
}

func incomeTotal(in, p Node) (Result, error) {
	var items []method.IncomeItem
	for _, n := range in.At("items").List() {
		sign := n.At("sign").Int()
		if sign != 1 && sign != -1 {
			n.At("sign").Wrong("1 or -1")
		}
		items = append(items, method.IncomeItem{Amount: n.At("amount_cents").Cents(), Coefficient: n.At("coefficient").Text(), Negative: sign == -1})
	}
	total, steps, err := method.IncomeTotal(items, rates(p.At("coefficients")))
	return Result{map[string]any{"total_cents": total}, steps}, err
}

func tableValue(in, p Node) (Result, error) {
	v, steps := method.TableValue(p.At("base_value_cents").Cents(), in.At("coefficient").Rate(), p.At("rounding").Rounding())
	return Result{map[string]any{"value_cents": v}, steps}, nil
}
