// Package profile knows a municipality's rules of the early education voucher as data: need options, values, price model,
// roundings, the rules of lapse and notice, the act in force. It reads them strictly, checks that they are plausible and makes
// of them the dated rules that package daycare computes with. Profiles of some municipalities and the national thresholds of
// the fee act come with the program; a municipality copies one, edits it and publishes it as a version of its rulebook.
//
// It computes no fee and no value itself and knows no family. No municipality is named in its code.
package profile

import (
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/platform/i18n"
)

// Format is the format of a profile; a reader of another format refuses the file.
const Format = "seteli-daycare/1"

// Profile is everything that one municipality decides.
type Profile struct {
	Format string     `json:"format"`
	Names  i18n.Names `json:"names"`
	Source string     `json:"source"` // where the figures are from

	PriceModels []PriceModel `json:"price_models"` // each until the next one begins
	Options     []Option     `json:"options"`
	BaseValues  []Value      `json:"base_values"` // before the options' coefficients; the option is empty
	Values      []Value      `json:"values"`      // published whole values, which win over base × coefficient
	Thresholds  []Thresholds `json:"thresholds"`  // of its own; empty = the national ones

	TableRounding    money.Rounding      `json:"table_rounding"`
	DecisionRounding money.Rounding      `json:"decision_rounding"`
	FeeRounding      daycare.FeeRounding `json:"fee_rounding"`
	CapacityFactor   bool                `json:"capacity_factor"` // the child's capacity factor is the support coefficient

	IncomeCoefficients map[string]money.Rate `json:"income_coefficients"` // an income of the kind × this = of a month
	Lapse              Lapse                 `json:"lapse"`
	PriceNoticeDays    int                   `json:"price_notice_days,omitempty"` // a unit tells a changed price at least so many days before it begins
	NoticeMonths       int                   `json:"notice_months"`               // paid to the provider after notice; 0 = none
	MaxDaysAhead       int                   `json:"max_days_ahead"`              // a decision is sent at most so many days before it begins
	FreeMonths         int                   `json:"free_months"`                 // of a year without a fee, 0 or 1
	CloseDay           int                   `json:"close_day"`                   // of the month itself, on which it is closed
	CloseByItself      bool                  `json:"close_by_itself,omitempty"`   // the program closes it on that day; else a person
	StatementDays      int                   `json:"statement_days"`              // in which a provider may object; then silence approves
	RetentionMonths    int                   `json:"retention_months"`
	LegalBasis         []Basis               `json:"legal_basis"` // each until the next one begins
}

// Days are a period as a file writes it: the last day is in it, no last day = open.
type Days struct {
	From calendar.Date  `json:"from"`
	To   *calendar.Date `json:"to"`
}

// Period is half-open.
func (d Days) Period() calendar.Period {
	if d.To == nil {
		return calendar.Period{From: d.From, To: calendar.Forever}
	}
	return calendar.Period{From: d.From, To: *d.To + 1}
}

// Option is a need option.
type Option struct {
	Code             string       `json:"code"`
	Names            i18n.Names   `json:"names"`
	PlacementType    string       `json:"placement_type"`
	Default          bool         `json:"default"` // of its placement type
	FeeCoefficient   money.Rate   `json:"fee_coefficient"`
	ValueCoefficient money.Rate   `json:"value_coefficient"`
	FixedFee         *money.Cents `json:"fixed_fee_cents,omitempty"`
	FixedSibling     *money.Cents `json:"fixed_sibling_fee_cents,omitempty"`
}

// Value is a monthly value by age on some days.
type Value struct {
	Option string `json:"option,omitempty"`
	Days
	daycare.AgeValue
}

// Thresholds are fee thresholds on some days. What has not been published yet is null: a fee of such a day is an error.
type Thresholds struct {
	Days
	Limits     map[int]money.Cents `json:"min_income_cents"`
	Increase   *money.Cents        `json:"income_increase_cents"`
	Multiplier *money.Rate         `json:"multiplier"`
	MaxFee     *money.Cents        `json:"max_fee_cents"`
	MinFee     *money.Cents        `json:"min_fee_cents"`
	Second     *money.Rate         `json:"second_child_share"`
	Later      *money.Rate         `json:"later_child_share"`
}

// Complete tells whether a fee can be computed from them: every figure is there, and limits for each size from 2 to 6.
func (t Thresholds) Complete() bool {
	for size := 2; size <= 6; size++ {
		if _, ok := t.Limits[size]; !ok {
			return false
		}
	}
	return t.Increase != nil && t.Multiplier != nil && t.MaxFee != nil && t.MinFee != nil && t.Second != nil && t.Later != nil
}

// PriceModel is how price, value and fee work together from a day on.
type PriceModel struct {
	From  calendar.Date `json:"from"`
	Model daycare.Model `json:"model"`
	Cap   *money.Cents  `json:"surcharge_cap_cents"` // model B
}

// Lapse says when absence ends a voucher.
type Lapse struct {
	AbsenceDays     int   `json:"absence_days"` // more days of absence end it; 0 = never
	UncountedMonths []int `json:"uncounted_months"`
}

// Basis is the act on which a decision of the day or later rests.
type Basis struct {
	From    calendar.Date `json:"from"`
	Act     string        `json:"act"`     // "1048/2025"
	Section string        `json:"section"` // "7 §"
}

// Rules are the dated rules that the engine computes with. Thresholds that are not complete are left out, so that their days
// become gaps and never a guess. national are those of the country, which hold where the profile has none of its own.
func (p Profile) Rules(national []Thresholds) daycare.RuleSet {
	r := daycare.RuleSet{Options: map[string]daycare.Option{}, TableRounding: p.TableRounding, DecisionRounding: p.DecisionRounding,
		CapacityEnabled: p.CapacityFactor, FeeRounding: p.FeeRounding}
	for _, o := range p.Options {
		r.Options[o.Code] = daycare.Option{PlacementType: o.PlacementType, Default: o.Default, FeeCoefficient: o.FeeCoefficient,
			ValueCoefficient: o.ValueCoefficient, FixedFee: o.FixedFee, FixedSibling: o.FixedSibling}
	}
	for _, v := range p.BaseValues {
		r.Bases = append(r.Bases, daycare.DatedValue{Period: v.Period(), AgeValue: v.AgeValue})
	}
	for _, v := range p.Values {
		r.Published = append(r.Published, daycare.PublishedValue{Option: v.Option, Period: v.Period(), AgeValue: v.AgeValue})
	}
	for _, t := range p.thresholds(national) {
		if t.Complete() {
			r.Thresholds = append(r.Thresholds, daycare.DatedThresholds{Period: t.Period(), Thresholds: daycare.Thresholds{Limits: t.Limits, Increase: t.Increase,
				Multiplier: *t.Multiplier, MaxFee: *t.MaxFee, MinFee: *t.MinFee, SecondShare: *t.Second, LaterShare: *t.Later}})
		}
	}
	return r
}

func (p Profile) thresholds(national []Thresholds) []Thresholds {
	if len(p.Thresholds) > 0 {
		return p.Thresholds
	}
	return national
}

// PriceModelOn is the price model of a day; false before the first one.
func (p Profile) PriceModelOn(day calendar.Date) (PriceModel, bool) {
	return latest(p.PriceModels, day, func(m PriceModel) calendar.Date { return m.From })
}

// BasisOn is the act that a decision of the day rests on, as an explanation names it; "" before the first one.
func (p Profile) BasisOn(decided calendar.Date) string {
	b, ok := latest(p.LegalBasis, decided, func(b Basis) calendar.Date { return b.From })
	if !ok {
		return ""
	}
	return b.Act + ", " + b.Section
}

// latest is the element with the greatest start on or before the day.
func latest[T any](list []T, day calendar.Date, start func(T) calendar.Date) (found T, ok bool) {
	for _, x := range list {
		if start(x) <= day && (!ok || start(x) >= start(found)) {
			found, ok = x, true
		}
	}
	return found, ok
}
