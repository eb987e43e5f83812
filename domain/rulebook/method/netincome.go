package method

import (
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// HousingFee are the parameters of the fee of long-term housing and institutions: a share of the net income, of which the client
// keeps at least an amount (734/1992, 7 c §).
type HousingFee struct {
	Single     money.Rate   `json:"pct_single"`
	Couple     money.Rate   `json:"pct_couple"`
	Keep       money.Cents  `json:"keep_cents"`
	KeepCouple money.Cents  `json:"keep_couple_cents"`
	Fixed      money.Cents  `json:"fixed_deduction_cents,omitzero"` // such as the sum for medicines
	Max        *money.Cents `json:"max_cents,omitempty"`
}

// HousingResult is the fee and what it rests on.
type HousingResult struct {
	ClientNet money.Cents // rounded half up to the cent for people; the fee is computed from the exact figure
	Couple    bool        // the couple's rule: the client's gross income is the larger
	Fee       money.Cents
}

// forestShare is what counts of a year's forest yield in a month: a twelfth, less a tenth.
var forestShare = money.Fraction(9, 120)

func gross(x rulebook.NetIncome) money.Exact {
	return x.Earned.Exact().Plus(x.Benefits.Exact()).Plus(x.Capital.Exact()).Plus(x.Forest.Exact().Times(forestShare))
}

// Of computes the fee of a month, with its steps.
func (h HousingFee) Of(client rulebook.NetIncome, spouse *rulebook.NetIncome) (HousingResult, rulebook.Explanation) {
	t := &trace{}
	r := h.of(client, spouse, t)
	return r, t.end(lawHousing)
}

func (h HousingFee) of(client rulebook.NetIncome, spouse *rulebook.NetIncome, t *trace) HousingResult {
	net := gross(client).Minus(client.Deductions.Exact()).Minus(h.Fixed.Exact())
	result := HousingResult{ClientNet: money.HalfUpCent.Cents(net)}
	t.under(lawHousing, "method.step.client_net", result.ClientNet, "gross", money.HalfUpCent.Cents(gross(client)), "deductions", client.Deductions, "fixed", h.Fixed)
	basis, pct, keep, key := net, h.Single, h.Keep, "single"
	if spouse != nil && gross(client).Cmp(gross(*spouse)) > 0 {
		result.Couple = true
		spouseNet := gross(*spouse).Minus(spouse.Deductions.Exact())
		basis, pct, keep, key = net.Plus(spouseNet), h.Couple, h.KeepCouple, "couple"
		t.under(lawHousing, "method.step.joint_net", money.HalfUpCent.Cents(basis), "client", result.ClientNet, "spouse", money.HalfUpCent.Cents(spouseNet))
	}
	fee := basis.Times(pct.Percent())
	if !t.quiet {
		unrounded, c := shown(fee)
		t.under(lawHousing, "method.step.share."+key, c, "net", money.HalfUpCent.Cents(basis), "percent", pct, "unrounded", unrounded)
	}
	if basis.Minus(fee).Cmp(keep.Exact()) < 0 {
		fee = basis.Minus(keep.Exact())
		if !t.quiet {
			unrounded, c := shown(fee)
			t.under(lawHousing, "method.step.keep", c, "net", money.HalfUpCent.Cents(basis), "keep", keep, "unrounded", unrounded)
		}
	}
	result.Fee = h.clamp(t.round("method.step.fee_rounded", fee, money.HalfUpCent), t)
	return result
}

// clamp holds the rounded fee between nothing and the greatest.
func (h HousingFee) clamp(fee money.Cents, t *trace) money.Cents {
	switch {
	case fee < 0:
		t.under(lawHousing, "method.step.fee_none", 0, "fee", fee)
		return 0
	case h.Max != nil && fee > *h.Max:
		t.under(lawHousing, "method.step.fee_at_most", *h.Max, "fee", fee, "max", *h.Max)
		return *h.Max
	}
	return fee
}

// pctOfNetIncome: the client pays a share of the net income, the voucher the rest of the provider's price.
type pctOfNetIncome struct {
	common
	HousingFee
	DaysPerMonth number       `json:"days_per_month,omitzero"` // the fee of a day is the month's by these days; none = units are months
	Values       []contentMax `json:"values"`
}

func (r *pctOfNetIncome) contents() []int64 {
	ids := make([]int64, len(r.Values))
	for i, v := range r.Values {
		ids[i] = v.Content
	}
	return ids
}

func (r *pctOfNetIncome) check(contents []catalogue.Content) fault.List {
	wrong := eachContentOnce("values", r.contents(), contents)
	for i, v := range r.Values {
		if v.Max <= 0 {
			wrong = append(wrong, errPositive.At(atField("values", "max_cents", i)))
		}
	}
	wrong = append(wrong, percentRange("pct_single", r.Single)...)
	wrong = append(wrong, percentRange("pct_couple", r.Couple)...)
	for _, f := range []struct {
		field string
		c     money.Cents
	}{{"keep_cents", r.Keep}, {"keep_couple_cents", r.KeepCouple}, {"fixed_deduction_cents", r.Fixed}} {
		if f.c < 0 {
			wrong = append(wrong, errNegative.At(f.field))
		}
	}
	if r.Max != nil && *r.Max < 0 {
		wrong = append(wrong, errNegative.At("max_cents"))
	}
	if !r.DaysPerMonth.IsZero() && r.DaysPerMonth.Exact().Sign() <= 0 {
		wrong = append(wrong, errPositive.At("days_per_month"))
	}
	return wrong
}

func (r *pctOfNetIncome) least(int64) (money.Cents, error) { return 0, errLeaves }

func (r *pctOfNetIncome) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	i := slices.IndexFunc(r.Values, func(v contentMax) bool { return v.Content == in.Content })
	if i < 0 {
		return rulebook.ValueResult{}, errNoValue
	}
	fee, err := r.fee(in.Facts, t)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	if !r.DaysPerMonth.IsZero() {
		day, err := fee.Exact().Over(r.DaysPerMonth.Exact())
		if err != nil {
			return rulebook.ValueResult{}, err
		}
		month := fee
		fee = money.HalfUpCent.Cents(day)
		t.add(rulebook.Step{Key: "method.step.fee_of_day", Result: fee, Rounding: money.HalfUpCent.String()},
			[]any{"fee", month, "days", r.DaysPerMonth.String()})
	}
	return byPrice(r.Values[i].Max, fee, in.Facts.Price, t), nil
}

// fee: without the incomes the greatest fee, where there is one.
func (r *pctOfNetIncome) fee(f rulebook.Facts, t *trace) (money.Cents, error) {
	if f.Client == nil {
		if r.Max == nil {
			return 0, errNet
		}
		t.step("method.step.fee_unknown", *r.Max, "fee", *r.Max)
		return *r.Max, nil
	}
	if err := saneNet(f); err != nil {
		return 0, err
	}
	return r.of(*f.Client, f.Spouse, t).Fee, nil
}

// saneNet refuses parts of a net income that are slips of the hand.
func saneNet(f rulebook.Facts) error {
	for _, p := range []*rulebook.NetIncome{f.Client, f.Spouse} {
		if p == nil {
			continue
		}
		for _, c := range []money.Cents{p.Earned, p.Benefits, p.Capital, p.Forest, p.Deductions} {
			if c > mostAmount || c < -mostAmount {
				return errTooLarge.At("client")
			}
		}
	}
	return nil
}
