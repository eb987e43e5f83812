package rulebook

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/platform/i18n"
)

// Rules is the rule set of one version, stored as JSON. An unknown field is refused when it is read: a rule that nobody
// applies must not look as if it were in force.
type Rules struct {
	Value           Value          `json:"value"`
	Rounding        money.Rounding `json:"rounding"` // of a computed value; a flat value is given to the cent
	Tolerance       Tolerance      `json:"tolerance"`
	OverrunAllowed  bool           `json:"overrun_allowed"`      // above the tolerance: to review instead of cut to the remainder
	RecordingDays   int            `json:"recording_days"`       // earliest service date = first day of the current month − this
	PromptDays      int            `json:"prompt_days"`          // an event recorded more days after its service is told to be late; 0 = never
	PriceNoticeDays int            `json:"price_notice_days"`    // a new price begins at the earliest this many days after it was proposed
	PriceMonths     []int          `json:"price_months"`         // prices begin on the first day of these months only; empty = any day
	Source          string         `json:"source,omitempty"`     // where the value and its parameters come from: a decision, a page
	Criteria        []Criterion    `json:"criteria,omitempty"`   // what a provider fulfils before it is approved (569/2009, 5 §)
	GraceDays       *int           `json:"grace_days,omitempty"` // how many days after its end a voucher's deliveries may still be recorded; nil = the recording window alone
	LapseDays       int            `json:"lapse_days,omitempty"` // a voucher without an answer lapses this many days after its grant; 0 = never
	LeaveDays       int            `json:"leave_days,omitempty"` // notice that a client or a provider gives before a reservation ends
	Comparison      *Comparison    `json:"comparison,omitempty"` // fee of the organiser's own service for the same need; nil = none is told
	WeekFactor      money.Factor   `json:"week_factor,omitzero"` // makes a month of what is given for a week; 30/7 when not given
	Purse           *Purse         `json:"purse,omitempty"`      // terms of euro balances; nil = the usual ones
	DayFactor       money.Factor   `json:"day_factor,omitzero"`  // makes a month of what is given for a day; 30 when not given
}

// Criterion is one condition of approval: the same for all, not discriminating, one that can be assessed (569/2009, 5 §).
type Criterion struct {
	Names    i18n.Names `json:"names"`
	Evidence bool       `json:"evidence,omitempty"`       // the provider attaches a proof
	Recheck  int        `json:"recheck_months,omitempty"` // checked again after this many months; 0 = not by itself
}

// Line tells the condition in words: what, with a proof or not, and how often it is checked. Say gives texts in the language.
func (c Criterion) Line(lang i18n.Lang, say func(key string, args ...any) string) string {
	line := c.Names.In(lang)
	if c.Evidence {
		line += ", " + say("rulebook.criteria.with_evidence")
	}
	if c.Recheck > 0 {
		line += ", " + say("rulebook.criteria.every", "n", c.Recheck)
	}
	return line
}

// Default is what a new rulebook starts from; 60 days is PSOP's window.
func Default() Rules {
	return Rules{Value: Flat(nil), Rounding: money.HalfUpCent, Tolerance: Tolerance{Step: money.Units(1)}, RecordingDays: 60, PriceNoticeDays: 30, PriceMonths: []int{}}
}

// mostCriteria is more than any rulebook has.
const mostCriteria = 60

// ParseRules reads the JSON of a version. RUL-003 for unknown fields, wrong types and anything after the object.
func ParseRules(raw []byte) (Rules, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var r Rules
	if err := d.Decode(&r); err != nil {
		return Rules{}, errShape.Because(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Rules{}, errShape
	}
	if r.PriceMonths == nil {
		r.PriceMonths = []int{}
	}
	return r, r.wrong().Err()
}

// wrong is everything that the rules cannot be, apart from the value's own parameters, which its model checks.
func (r Rules) wrong() (list fault.List) {
	if r.Value.Method == "" {
		list = append(list, errMethod)
	}
	if r.Tolerance.Percent < 0 || r.Tolerance.Percent > 1000*PerCent {
		list = append(list, errPercent)
	}
	if r.Tolerance.Step < 0 || r.Tolerance.Percent > 0 && r.Tolerance.Step == 0 {
		list = append(list, errStep)
	}
	if r.RecordingDays < 0 || r.RecordingDays > 730 {
		list = append(list, errRecording)
	}
	if r.PromptDays < 0 || r.PromptDays > 365 {
		list = append(list, errPrompt)
	}
	if r.PriceNoticeDays < 0 || r.PriceNoticeDays > 365 {
		list = append(list, errNotice)
	}
	if r.GraceDays != nil && (*r.GraceDays < 0 || *r.GraceDays > 730) {
		list = append(list, errGrace)
	}
	if r.LapseDays < 0 || r.LapseDays > 365 {
		list = append(list, errLapse)
	}
	if r.LeaveDays < 0 || r.LeaveDays > 365 {
		list = append(list, errLeave)
	}
	if x := r.WeekFactor.Exact(); x.Sign() < 0 || x.Cmp(money.Whole(mostWeeks)) > 0 {
		list = append(list, errWeek)
	}
	if x := r.DayFactor.Exact(); x.Sign() < 0 || x.Cmp(money.Whole(mostDays)) > 0 {
		list = append(list, errDay)
	}
	if r.Comparison != nil && r.Comparison.Kind == "" {
		list = append(list, errComparison)
	}
	list = append(list, r.Purse.wrong()...)
	if len(r.Criteria) > mostCriteria {
		list = append(list, errCriteria.With("most", mostCriteria))
	}
	for _, c := range r.Criteria {
		if strings.TrimSpace(c.Names.Fi) == "" || c.Recheck < 0 || c.Recheck > 120 {
			list = append(list, errCriterion)
			break
		}
	}
	months := slices.Clone(r.PriceMonths)
	slices.Sort(months)
	if len(slices.Compact(months)) != len(r.PriceMonths) || slices.ContainsFunc(r.PriceMonths, func(m int) bool { return m < 1 || m > 12 }) {
		list = append(list, errMonths)
	}
	return list
}

// mostWeeks and mostDays are what a month can be taken for.
const (
	mostWeeks = 5
	mostDays  = 31
)

// The usual factors: 734/1992 counts a month's hours as 30/7 of a week's.
var weeks, days = factor("30/7"), factor("30")

func factor(s string) money.Factor {
	f, err := money.ParseFactor(s)
	if err != nil {
		panic("rulebook: " + s + " is a factor: " + err.Error())
	}
	return f
}

// HoursFactor makes what is given for a month of that of a week: 30/7 unless the rulebook has its own, such as 52/12.
func (r Rules) HoursFactor() money.Factor { return given(r.WeekFactor, weeks) }

// DaysFactor makes what is given for a month of that of a day: 30 unless the rulebook has its own, such as 365/12 or 30.4.
func (r Rules) DaysFactor() money.Factor { return given(r.DayFactor, days) }

func given(own, usual money.Factor) money.Factor {
	if own.Exact().Sign() > 0 {
		return own
	}
	return usual
}

// EarliestService is the first day whose service can still be recorded today: the first of the month minus RecordingDays.
func (r Rules) EarliestService(today calendar.Date) calendar.Date {
	return calendar.MonthOf(today).Period().From - calendar.Date(r.RecordingDays)
}

// EarliestPrice is the first day from which a price proposed today can be valid.
func (r Rules) EarliestPrice(today calendar.Date) calendar.Date {
	return r.priceDay(today + calendar.Date(r.PriceNoticeDays))
}

// PriceMayBegin reports whether a price can begin on the day, by the months of the rulebook.
func (r Rules) PriceMayBegin(day calendar.Date) bool { return r.priceDay(day) == day }

// priceDay is the first day on or after d on which a price may begin; within a year there is one.
func (r Rules) priceDay(d calendar.Date) calendar.Date {
	if len(r.PriceMonths) == 0 {
		return d
	}
	m := calendar.MonthOf(d)
	if m.Period().From < d {
		m++
	}
	for !slices.Contains(r.PriceMonths, int(month(m))) {
		m++
	}
	return m.Period().From
}

func month(m calendar.Month) time.Month {
	_, mo := m.Civil()
	return mo
}

// Value says how the value of a voucher comes about: the name of a model and that model's own parameters.
type Value struct {
	Method string
	params json.RawMessage // the whole object, method included
}

// NewValue makes a value rule of any model; params is a struct with a json field "method".
func NewValue(method string, params any) (Value, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return Value{}, errShape.Because(err)
	}
	return Value{method, raw}, nil
}

// Params reads the model's parameters into dst; unknown fields are refused (RUL-003).
func (v Value) Params(dst any) error {
	d := json.NewDecoder(bytes.NewReader(v.params))
	d.DisallowUnknownFields()
	if err := d.Decode(dst); err != nil {
		return errShape.Because(err)
	}
	return nil
}

// MarshalJSON gives the object as the model knows it.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.params == nil {
		return json.Marshal(map[string]string{"method": v.Method})
	}
	return v.params, nil
}

// UnmarshalJSON keeps the object for the model and reads the method's name.
func (v *Value) UnmarshalJSON(raw []byte) error {
	var head struct {
		Method string `json:"method"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	v.Method, v.params = head.Method, bytes.Clone(raw)
	return nil
}
