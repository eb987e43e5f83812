package simulation

import (
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
)

// Change is what is asked about. Everything that is left out stays as it is.
type Change struct {
	From         calendar.Date           `json:"from"`
	Values       ValueChange             `json:"values"`
	Coefficients map[string]Coefficients `json:"coefficients,omitempty"` // by need option
	Model        daycare.Model           `json:"price_model,omitempty"`
	Cap          *money.Cents            `json:"surcharge_cap_cents,omitempty"`
	Thresholds   ThresholdChange         `json:"thresholds"`
	Prices       PriceReaction           `json:"prices"`
	Children     *money.Rate             `json:"children_percent,omitempty"` // more or fewer children, in per cent of the present ones
	Carry        bool                    `json:"carry_thresholds,omitempty"` // the last known thresholds go on where none are published yet
	Sweep        *Sweep                  `json:"sweep,omitempty"`            // one figure at many values; the others of the question hold for all
}

// ValueChange changes the table of values by a percentage or by an amount a month. Of the full-time value; the options' own values follow
// by their coefficients when no option is named, otherwise only the named options change.
type ValueChange struct {
	Percent *money.Rate  `json:"percent,omitempty"`
	Cents   *money.Cents `json:"cents,omitempty"`
	Options []string     `json:"options,omitempty"`
}

// Any tells whether the values change at all.
func (v ValueChange) Any() bool { return v.Percent != nil || v.Cents != nil }

// Coefficients replace those of a need option; nil leaves one as it is.
type Coefficients struct {
	Value *money.Rate `json:"value,omitempty"`
	Fee   *money.Rate `json:"fee,omitempty"`
}

// ThresholdChange changes the fee thresholds.
type ThresholdChange struct {
	LimitPercent *money.Rate  `json:"limit_percent,omitempty"` // of every income limit and of the increase
	Multiplier   *money.Rate  `json:"multiplier,omitempty"`    // 0.107
	MaxFee       *money.Cents `json:"max_fee_cents,omitempty"`
	MinFee       *money.Cents `json:"min_fee_cents,omitempty"`
}

// Any tells whether a threshold changes.
func (t ThresholdChange) Any() bool {
	return t.LimitPercent != nil || t.Multiplier != nil || t.MaxFee != nil || t.MinFee != nil
}

// PriceReaction is an assumption: what providers ask after the change.
type PriceReaction string

// The reactions.
const (
	AsTold  PriceReaction = "as_told" // exactly the prices that are told today
	Adjust  PriceReaction = "adjust"  // the provider's income stays as near to the present as the new rules allow
	Rise    PriceReaction = "rise"    // besides, a price or a place's income rises with the value
	mostPct               = 100
)

// Reactions lists them for a form.
func Reactions() []PriceReaction { return []PriceReaction{Adjust, Rise, AsTold} }

// Refusals of a question that contradicts itself or the rules.
var (
	errFrom         = fault.New(fault.Invalid, "SIM-001", "economy.sim.from").At("from")
	errNothing      = fault.New(fault.Invalid, "SIM-002", "economy.sim.nothing")
	errPercentOrSum = fault.New(fault.Invalid, "SIM-003", "economy.sim.percent_or_sum").At("cents")
	errPercent      = fault.New(fault.Invalid, "SIM-004", "economy.sim.percent")
	errOption       = fault.New(fault.Invalid, "SIM-005", "economy.sim.option").At("options")
	errOptionTwice  = fault.New(fault.Invalid, "SIM-006", "economy.sim.option_twice").At("options")
	errNoCap        = fault.New(fault.Invalid, "SIM-007", "economy.sim.no_cap").At("cap")
	errCapOnly      = fault.New(fault.Invalid, "SIM-008", "economy.sim.cap_only").At("cap")
	errNegative     = fault.New(fault.Invalid, "SIM-009", "economy.sim.negative").At("cents")
	errCoefficient  = fault.New(fault.Invalid, "SIM-010", "economy.sim.coefficient")
	errModel        = fault.New(fault.Invalid, "SIM-011", "economy.sim.model").At("model")
	errFees         = fault.New(fault.Invalid, "SIM-012", "economy.sim.fees").At("min_fee")
	errThresholds   = fault.New(fault.Conflict, "SIM-013", "economy.sim.thresholds").At("carry")
	errNoValue      = fault.New(fault.Conflict, "SIM-014", "economy.sim.no_value").At("from")
	errName         = fault.New(fault.Invalid, "SIM-015", "economy.sim.name").At("name")
	errAmount       = fault.New(fault.Invalid, "SIM-016", "economy.sim.amount")
	errUnknown      = fault.New(fault.NotFound, "SIM-017", "economy.sim.unknown")
	errReaction     = fault.New(fault.Invalid, "SIM-018", "economy.sim.reaction").At("prices")
)

const (
	mostCents  = money.Cents(100_000_000)
	mostMonths = 60 // a change further ahead would be a guess about other children
)

// Check tells everything that is wrong with the question under the rules in force today. Fields are named as on the form.
func (c Change) Check(t store.Terms, today calendar.Date) error {
	var list fault.List
	first := t.Rules[0].ValidFrom
	last := today.AddMonths(mostMonths)
	if c.From < first || c.From > last {
		list = append(list, errFrom.With("first", first).With("last", last))
		return list.Err()
	}
	if !c.Values.Any() && len(c.Coefficients) == 0 && c.Model == "" && c.Cap == nil && !c.Thresholds.Any() && c.Children == nil {
		list = append(list, errNothing)
	}
	if !slices.Contains(Reactions(), c.Prices) {
		list = append(list, errReaction)
	}
	now := on(t.Rules, c.From).Profile
	c.checkValues(&list, now)
	c.checkModel(&list, now)
	c.checkFigures(&list)
	return list.Err()
}

func (c Change) checkValues(list *fault.List, now profile.Profile) {
	if c.Values.Percent != nil && c.Values.Cents != nil {
		*list = append(*list, errPercentOrSum)
	}
	known := func(code string) bool {
		return slices.ContainsFunc(now.Options, func(o profile.Option) bool { return o.Code == code })
	}
	for _, code := range c.Values.Options {
		if !known(code) {
			*list = append(*list, errOption.With("option", code))
		}
		if k, both := c.Coefficients[code]; both && k.Value != nil && c.Values.Any() {
			*list = append(*list, errOptionTwice.With("option", name(now, code)))
		}
	}
	if len(c.Values.Options) > 0 && !c.Values.Any() {
		*list = append(*list, errPercent.At("percent"))
	}
	for _, o := range now.Options {
		k, given := c.Coefficients[o.Code]
		for _, r := range []*money.Rate{k.Value, k.Fee} {
			if given && r != nil && !between(*r, money.Whole(0), money.Whole(10)) {
				*list = append(*list, errCoefficient.At("coefficient."+o.Code).With("option", name(now, o.Code)))
			}
		}
	}
	for code := range c.Coefficients {
		if !known(code) {
			*list = append(*list, errOption.With("option", code))
		}
	}
}

func (c Change) checkModel(list *fault.List, now profile.Profile) {
	present, _ := now.PriceModelOn(c.From)
	model := present.Model
	if c.Model != "" {
		if model = c.Model; !slices.Contains(daycare.Models(), c.Model) {
			*list = append(*list, errModel)
		}
	}
	switch {
	case c.Cap != nil && model != daycare.CappedSurcharge:
		*list = append(*list, errCapOnly.With("model", string(model)))
	case c.Cap == nil && model == daycare.CappedSurcharge && present.Model != daycare.CappedSurcharge:
		*list = append(*list, errNoCap)
	}
}

func (c Change) checkFigures(list *fault.List) {
	for field, r := range map[string]*money.Rate{"percent": c.Values.Percent, "limit_percent": c.Thresholds.LimitPercent, "children": c.Children} {
		if r != nil && !between(*r, money.Whole(-mostPct), money.Whole(mostPct)) {
			*list = append(*list, errPercent.At(field))
		}
	}
	if m := c.Thresholds.Multiplier; m != nil && !between(*m, money.Whole(0), money.Whole(1)) {
		*list = append(*list, errPercent.At("multiplier"))
	}
	for field, x := range map[string]*money.Cents{"cap": c.Cap, "max_fee": c.Thresholds.MaxFee, "min_fee": c.Thresholds.MinFee} {
		if x != nil && (*x < 0 || *x > mostCents) {
			*list = append(*list, errAmount.At(field))
		}
	}
	if x := c.Values.Cents; x != nil && (*x < -mostCents || *x > mostCents) {
		*list = append(*list, errAmount.At("cents"))
	}
	if a, b := c.Thresholds.MinFee, c.Thresholds.MaxFee; a != nil && b != nil && *a > *b {
		*list = append(*list, errFees.With("min", *a).With("max", *b))
	}
}

func between(r money.Rate, low, high money.Exact) bool {
	return r.Exact().Cmp(low) >= 0 && r.Exact().Cmp(high) <= 0
}

func name(p profile.Profile, code string) string {
	for _, o := range p.Options {
		if o.Code == code {
			return o.Names.Fi
		}
	}
	return code
}

// on is the version of a day, the first one before all.
func on(rules []store.Rules, day calendar.Date) store.Rules {
	found := rules[0]
	for _, r := range rules {
		if r.ValidFrom <= day {
			found = r
		}
	}
	return found
}
