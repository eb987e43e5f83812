package golden

import (
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// RulebookValue is the name of the kind that Trial gives.
const RulebookValue = "rulebook_value"

// Trial gives the kind that asks one rulebook version, a draft for instance, instead of parameters of the case: an organiser's
// own cases show what a draft gives before it is published. Inputs: content (its code; the first content when null),
// household_size, income_cents, savings_cents, hours, price_cents, fee_cents, column, need, individual_cents, client and spouse as
// in housing_fee; all may be null. Result: value_cents (null = no voucher; where the value follows the price, of price_cents),
// fee_cents (null when the value does not follow the price) and bands{name: cents}.
func Trial(models rulebook.Models, book rulebook.Rulebook, contents []catalogue.Content) Kinds {
	return Kinds{RulebookValue: func(in, _ Node) (Result, error) {
		facts, id := trialFacts(in), contentID(in.At("content"), contents)
		if in.Err() != nil {
			return Result{}, nil
		}
		r, err := models.Value(book, rulebook.ValueInput{Content: id, Day: book.ValidFrom, Facts: facts})
		if err != nil {
			return Result{}, err
		}
		bands := map[string]money.Cents{}
		for _, b := range r.Bands {
			bands[b.Band] = b.Value
		}
		result := map[string]any{"value_cents": orNull(r), "fee_cents": nil, "bands": bands}
		if r.ByPrice {
			result["fee_cents"] = r.Fee
			if facts.Price != nil {
				result["value_cents"] = r.Worth().At(*facts.Price)
			}
		}
		return Result{result, r.Explanation}, nil
	}}
}

func contentID(code Node, contents []catalogue.Content) int64 {
	for _, c := range contents {
		if code.Null() || c.Code == code.TextOr("") {
			return c.ID
		}
	}
	code.Wrong("the code of a content of the service")
	return 0
}

func trialFacts(in Node) rulebook.Facts {
	f := rulebook.Facts{Income: in.At("income_cents").OptCents(), Savings: in.At("savings_cents").OptCents(), Price: in.At("price_cents").OptCents(),
		Fee: in.At("fee_cents").OptCents(), Individual: in.At("individual_cents").OptCents(), Column: in.At("column").TextOr(""), Need: in.At("need").TextOr("")}
	if n := in.At("household_size"); !n.Null() {
		f.Household = n.Int()
	}
	if n := in.At("hours"); !n.Null() {
		q, ok := n.Exact().Quantity()
		if !ok {
			n.Wrong("hours of minutes or thousandths")
		}
		f.Hours = &q
	}
	for name, into := range map[string]**rulebook.NetIncome{"client": &f.Client, "spouse": &f.Spouse} {
		if n := in.At(name); !n.Null() {
			income := netIncome(n)
			*into = &income
		}
	}
	return f
}
