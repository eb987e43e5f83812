package rulebook

import (
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
)

// ValueModel is the seam of a service field. A model is pure: the same input gives the same answer for ever, so that
// "seteli verify" can compute a stored value again from its rulebook version.
type ValueModel interface {
	// Check refuses parameters that cannot be applied to the contents; faults carry the field "value.<content id>" or "method".
	Check(v Value, contents []catalogue.Content) error
	// Value gives the value of one unit of a content, with its explanation.
	Value(ValueInput) (ValueResult, error)
	// Needs tells what the value of a content depends on: a page asks for it, a use case reads it. What is not named here is not
	// known when the value is asked.
	Needs(v Value, content int64) (Needs, error)
	// CheckPrice refuses a provider's price that the rules do not allow.
	CheckPrice(PriceInput) error
}

// ValueInput is what a value may depend on.
type ValueInput struct {
	Rulebook Rulebook
	Content  int64
	Day      calendar.Date // from which the value is asked
	Facts    Facts
	Quiet    bool // the number only, without its explanation: for calculations by the thousand
}

// Facts are what is known of a client when the value is asked. Zero or nil means that it is not known; what a missing fact
// leads to is the method's own rule (missing income: the smallest value or the highest fee, never a guess).
type Facts struct {
	Household  int             // persons of the household
	Income     *money.Cents    // of the household in a month, by the organiser's definition of income; may be negative
	Savings    *money.Cents    // of the household, what a gate compares with its limit
	Hours      *money.Quantity // hours of service in a month
	Price      *money.Cents    // agreed price of one unit, for a value that follows the price
	Fee        *money.Cents    // the client's own part that is given from elsewhere, for price − fee and ceiling − fee
	Column     string          // of a table with several columns, e.g. "long_term"
	Need       string          // row of a coefficient table
	Individual *money.Cents    // value that the decision maker sets, where the method leaves it to them
	Snapshot   int64           // the kept state of the household that this comes from; 0 = none was kept
	Client     *NetIncome      // housing: the parts of net income (734/1992, 7c §)
	Spouse     *NetIncome
	Increase   *Increase `json:",omitempty"` // decided for this client (569/2009, 8 §); applied after the method, by who keeps the value
}

// Increase is a higher value that was decided for one client, as it is kept with the value: Form and amounts as rulebook/method reads them.
type Increase struct {
	Ground string // livelihood, maintenance or welfare
	Form   string
	Amount money.Cents
	Pct    money.Rate
}

// Needs are the facts that a value depends on.
type Needs struct {
	Household  bool     // size, income and savings of the household
	NetIncome  bool     // the client's net income and the spouse's, by its parts
	Limits     bool     // an income limit must be kept
	Savings    bool     // a savings limit must be kept
	Price      bool     // the provider's price
	Fee        bool     // the client's own part, decided elsewhere
	Individual bool     // the decision maker's own value
	Choices    []string // needs to choose from; none = not asked
	Columns    []string // columns to choose from
}

// Needs tells what the value of a content depends on under a rulebook version.
func (m Models) Needs(r Rulebook, content int64) (Needs, error) {
	model, err := m.of(r.Rules.Value)
	if err != nil {
		return Needs{}, err
	}
	return model.Needs(r.Rules.Value, content)
}

// NetIncome are the parts of one person's net income in a month; Forest is a year's yield.
type NetIncome struct {
	Earned, Benefits, Capital, Forest, Deductions money.Cents
}

// ValueResult is the value of one unit.
type ValueResult struct {
	Value       money.Cents
	NoVoucher   bool        // the client is not entitled to a voucher (a gate not passed, a band without a value); Explanation says why
	ByPrice     bool        // the value follows each provider's own price: max(0, min(Value, price − Fee))
	Fee         money.Cents // with ByPrice: the client's own part of one unit, taken off the price
	Bands       []BandValue // by time of day; empty = Value at all times
	Explanation Explanation
}

// Worth is what one unit of service is worth under a voucher.
type Worth struct {
	Value money.Cents
	Fee   *money.Cents // the value follows the price: at most Value, and Fee less than the price
	Bands []BandValue  // by time of day; empty = Value at all times
}

// Worth is the result as it is kept with a voucher.
func (r ValueResult) Worth() Worth {
	w := Worth{Value: r.Value, Bands: r.Bands}
	if r.ByPrice {
		w.Fee = &r.Fee
	}
	return w
}

// Same reports whether every delivery would be worth the same.
func (w Worth) Same(o Worth) bool {
	sameFee := (w.Fee == nil) == (o.Fee == nil) && (w.Fee == nil || *w.Fee == *o.Fee)
	return w.Value == o.Value && sameFee && slices.Equal(w.Bands, o.Bands)
}

// In is the value of one unit delivered within a band; Value where the band has none of its own.
func (w Worth) In(band string) money.Cents {
	for _, b := range w.Bands {
		if b.Band == band {
			return b.Value
		}
	}
	return w.Value
}

// At is the value of one unit that costs price. Paid is min(price, value) in any case (569/2009, 9 §).
func (w Worth) At(price money.Cents) money.Cents {
	if w.Fee == nil {
		return w.Value
	}
	return max(0, min(w.Value, price-*w.Fee))
}

// BandValue is the value of one unit delivered within a band of time.
type BandValue struct {
	Band  string      `json:"band"`
	Value money.Cents `json:"value_cents"`
}

// PriceInput is an entered price of one unit of a content.
type PriceInput struct {
	Rulebook          Rulebook
	Content           int64
	Price             money.Cents
	Day               calendar.Date // from which the price is to be valid
	Cap               *money.Cents  // of the content (catalogue); nil = none
	OwnShareForbidden bool          // of the service (catalogue)
}

// Models are the value models by the name of their method, wired in cmd/seteli.
type Models map[string]ValueModel

// BuiltIn gives the models of this package.
func BuiltIn() Models { return Models{"flat": flat{}} }

// Value computes the value of one unit under a rulebook version. RUL-004 when its method is not known to this program.
func (m Models) Value(r Rulebook, in ValueInput) (ValueResult, error) {
	model, err := m.of(r.Rules.Value)
	if err != nil {
		return ValueResult{}, err
	}
	in.Rulebook = r
	return model.Value(in)
}

// CheckPrice refuses a price above the content's cap (RUL-018), and in a service that must cost the client nothing a price
// above the value (RUL-019; 734/1992, 4–5 §), and whatever the method itself refuses.
func (m Models) CheckPrice(r Rulebook, in PriceInput) error {
	model, err := m.of(r.Rules.Value)
	if err != nil {
		return err
	}
	in.Rulebook = r
	if in.Price <= 0 {
		return errPrice
	}
	if in.Cap != nil && in.Price > *in.Cap {
		return errAboveCap.With("cap", *in.Cap)
	}
	return model.CheckPrice(in)
}

func (m Models) of(v Value) (ValueModel, error) {
	model, ok := m[v.Method]
	if !ok {
		return nil, errMethod.With("method", v.Method)
	}
	return model, nil
}

// FlatValue is what one unit of a content is worth to everybody.
type FlatValue struct {
	Content int64       `json:"content_id"`
	Value   money.Cents `json:"value_cents"`
}

type flatParams struct {
	Method string      `json:"method"`
	Values []FlatValue `json:"values"`
}

// Flat makes the value rule "the same for everybody".
func Flat(values []FlatValue) Value {
	if values == nil {
		values = []FlatValue{}
	}
	v, err := NewValue("flat", flatParams{"flat", values})
	if err != nil {
		panic(fmt.Sprintf("rulebook: plain numbers do not marshal: %v", err))
	}
	return v
}

// FlatValues gives the values of a flat rule; nothing for another method.
func (v Value) FlatValues() ([]FlatValue, error) {
	if v.Method != "flat" {
		return nil, nil
	}
	var p flatParams
	err := v.Params(&p)
	return p.Values, err
}

// flat is the model "one value per content, the same for everybody".
type flat struct{}

func (flat) Check(v Value, contents []catalogue.Content) error {
	values, err := v.FlatValues()
	if err != nil {
		return err
	}
	var wrong fault.List
	given := map[int64]bool{}
	for _, f := range values {
		field := fmt.Sprintf("value.%d", f.Content)
		if f.Value <= 0 {
			wrong = append(wrong, errValueSize.At(field))
		}
		if given[f.Content] {
			wrong = append(wrong, errContent.At(field))
		}
		given[f.Content] = true
	}
	for _, c := range contents {
		if !given[c.ID] {
			wrong = append(wrong, errNoValue.At(fmt.Sprintf("value.%d", c.ID)).With("content", c.Names.Fi))
		}
		delete(given, c.ID)
	}
	for id := range given {
		wrong = append(wrong, errContent.At(fmt.Sprintf("value.%d", id)))
	}
	return wrong.Err()
}

func (flat) Value(in ValueInput) (ValueResult, error) {
	values, err := in.Rulebook.Rules.Value.FlatValues()
	if err != nil {
		return ValueResult{}, err
	}
	for _, f := range values {
		if f.Content == in.Content {
			step := Step{Key: "rulebook.step.flat", Values: Values{"value": f.Value}, Result: f.Value, LegalRef: "569/2009, 7 §",
				Rulebook: in.Rulebook.ID, RuleVersion: in.Rulebook.Version, Sum: true}
			return ValueResult{Value: f.Value, Explanation: Explanation{step}}, nil
		}
	}
	return ValueResult{}, errNoValue.At("content")
}

// Needs nothing: the value is the same for everybody.
func (flat) Needs(Value, int64) (Needs, error) { return Needs{}, nil }

func (m flat) CheckPrice(in PriceInput) error {
	if !in.OwnShareForbidden {
		return nil
	}
	v, err := m.Value(ValueInput{Rulebook: in.Rulebook, Content: in.Content, Day: in.Day})
	if err != nil {
		return err
	}
	if in.Price > v.Value {
		return errOwnShare.With("value", v.Value)
	}
	return nil
}
