package method

import (
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// priceMinusFee: the organiser pays what the client's own part leaves of each provider's price, at most the greatest value.
//
//	value = max(0, min(greatest, price − fee))
type priceMinusFee struct {
	common
	Values []contentMax `json:"values"`
	MaxFee *money.Cents `json:"max_fee_cents,omitempty"` // the fee when none is given: the highest; nil = a fee must be given
}

// contentMax is the greatest value of one unit of a content.
type contentMax struct {
	Content int64       `json:"content_id"`
	Max     money.Cents `json:"max_cents"`
}

func (r *priceMinusFee) contents() []int64 {
	ids := make([]int64, len(r.Values))
	for i, v := range r.Values {
		ids[i] = v.Content
	}
	return ids
}

func (r *priceMinusFee) check(contents []catalogue.Content) fault.List {
	wrong := eachContentOnce("values", r.contents(), contents)
	for i, v := range r.Values {
		if v.Max <= 0 {
			wrong = append(wrong, errPositive.At(atField("values", "max_cents", i)))
		}
	}
	if r.MaxFee != nil && *r.MaxFee < 0 {
		wrong = append(wrong, errNegative.At("max_fee_cents"))
	}
	return wrong
}

// least: the fee is always the client's, so that no price leaves nothing to pay.
func (r *priceMinusFee) least(int64) (money.Cents, error) { return 0, errLeaves }

func (r *priceMinusFee) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	for _, v := range r.Values {
		if v.Content == in.Content {
			fee, err := feeOr(in.Facts.Fee, r.MaxFee, t)
			if err != nil {
				return rulebook.ValueResult{}, err
			}
			return byPrice(v.Max, fee, in.Facts.Price, t), nil
		}
	}
	return rulebook.ValueResult{}, errNoValue
}

// feeOr is the given fee, or the highest where none is known.
func feeOr(given, highest *money.Cents, t *trace) (money.Cents, error) {
	switch {
	case given != nil && *given < 0:
		return 0, errFee
	case given != nil:
		t.step("method.step.fee_given", *given, "fee", *given)
		return *given, nil
	case highest != nil:
		t.step("method.step.fee_unknown", *highest, "fee", *highest)
		return *highest, nil
	}
	return 0, errFee
}

// byPrice is a value that follows the price: at most most, and fee less than the price.
func byPrice(most, fee money.Cents, price *money.Cents, t *trace) rulebook.ValueResult {
	result := rulebook.ValueResult{Value: most, ByPrice: true, Fee: fee}
	if price == nil {
		t.step("method.step.by_price", most, "max", most, "fee", fee)
		return result
	}
	left := result.Worth().At(*price)
	t.step("method.step.price_minus_fee", left, "price", *price, "fee", fee, "max", most)
	return result
}

// ceilingMinusFee: a ceiling price by need holds the providers' prices; the organiser pays what the client's fee leaves of it.
//
//	V = round(ceiling × coefficient), price ≤ V, organiser pays max(0, min(V, price) − fee)
type ceilingMinusFee struct {
	common
	Ceiling      money.Cents       `json:"ceiling_cents"`
	Coefficients []needCoefficient `json:"coefficients"`
	MaxFee       *money.Cents      `json:"max_fee_cents,omitempty"`
	Rounding     money.Rounding    `json:"rounding"`
}

// needCoefficient is the part of the ceiling that a need has. Content 0 is every content.
type needCoefficient struct {
	Content     int64      `json:"content_id,omitzero"`
	Need        string     `json:"need,omitempty"`
	Coefficient money.Rate `json:"coefficient"`
}

func (r *ceilingMinusFee) contents() []int64 {
	var ids []int64
	for _, c := range r.Coefficients {
		if c.Content != 0 && !slices.Contains(ids, c.Content) {
			ids = append(ids, c.Content)
		}
	}
	return ids
}

func (r *ceilingMinusFee) check(contents []catalogue.Content) (wrong fault.List) {
	if r.Ceiling <= 0 {
		wrong = append(wrong, errPositive.At("ceiling_cents"))
	}
	if len(r.Coefficients) == 0 {
		wrong = append(wrong, errRequired.At("coefficients"))
	}
	if r.MaxFee != nil && *r.MaxFee < 0 {
		wrong = append(wrong, errNegative.At("max_fee_cents"))
	}
	type cell struct {
		content int64
		need    string
	}
	seen := map[cell]bool{}
	var rows []int64
	for i, c := range r.Coefficients {
		if c.Coefficient.Exact().Sign() <= 0 {
			wrong = append(wrong, errPositive.At(atField("coefficients", "coefficient", i)))
		}
		if seen[cell{c.Content, c.Need}] {
			wrong = append(wrong, errTwice.At(atField("coefficients", "need", i)))
		}
		seen[cell{c.Content, c.Need}] = true
		if c.Content != 0 {
			rows = append(rows, c.Content)
		}
	}
	wrong = append(wrong, contentsKnown("coefficients", rows, contents)...)
	for _, c := range contents {
		if _, err := r.ceiling(c.ID); err != nil && len(r.Coefficients) > 0 {
			wrong = append(wrong, errMissing.At("coefficients").With("content", c.Names))
		}
	}
	return wrong
}

// value of a need: its row of the content, or the one of every content.
func (r *ceilingMinusFee) coefficient(content int64, need string) (money.Rate, error) {
	for _, id := range []int64{content, 0} {
		for _, c := range r.Coefficients {
			if c.Content == id && c.Need == need {
				return c.Coefficient, nil
			}
		}
	}
	return money.Rate{}, errNeed.With("need", need)
}

func (r *ceilingMinusFee) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	coefficient, err := r.coefficient(in.Content, in.Facts.Need)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	v := tableValue(r.Ceiling, coefficient, r.Rounding, "method.step.ceiling", t)
	fee, err := feeOr(in.Facts.Fee, r.MaxFee, t)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	// min(V, price) − fee is what remains of the price at most V − fee.
	return byPrice(max(0, v-fee), fee, in.Facts.Price, t), nil
}

// ceiling is the greatest price of a content: that of the need with the greatest coefficient.
func (r *ceilingMinusFee) ceiling(content int64) (money.Cents, error) {
	most, found := money.Cents(0), false
	for _, c := range r.Coefficients {
		if c.Content == 0 || c.Content == content {
			most, found = max(most, tableValue(r.Ceiling, c.Coefficient, r.Rounding, "", &trace{quiet: true})), true
		}
	}
	if !found {
		return 0, errNoValue
	}
	return most, nil
}

func (r *ceilingMinusFee) least(int64) (money.Cents, error) { return 0, errLeaves }
