package method

import (
	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// flatUnit: one value for each hour, visit or piece, the same for everybody.
type flatUnit struct {
	common
	Values contentValues `json:"values"`
}

func (r *flatUnit) check(contents []catalogue.Content) fault.List { return r.Values.check(contents) }
func (r *flatUnit) contents() []int64                             { return r.Values.ids() }
func (r *flatUnit) least(content int64) (money.Cents, error)      { return r.Values.of(content) }
func (r *flatUnit) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	v, err := r.Values.of(in.Content)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	t.step("method.step.flat_unit", v, "value", v)
	return rulebook.ValueResult{Value: v}, nil
}

// lumpSum: one amount for one deliverable, paid once when it is accepted.
type lumpSum struct {
	common
	Values contentValues `json:"values"`
}

func (r *lumpSum) check(contents []catalogue.Content) fault.List { return r.Values.check(contents) }
func (r *lumpSum) contents() []int64                             { return r.Values.ids() }
func (r *lumpSum) least(content int64) (money.Cents, error)      { return r.Values.of(content) }
func (r *lumpSum) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	v, err := r.Values.of(in.Content)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	t.step("method.step.lump_sum", v, "value", v)
	return rulebook.ValueResult{Value: v}, nil
}

// Part is how a period that is only partly served is counted.
type Part string

// The parts.
const (
	ByCalendarDays    Part = "calendar_days"    // value × days / days of the month
	ByOperationalDays Part = "operational_days" // the same with operational days
	PartIsFull        Part = "full"             // a started period is a whole one
	PartIsNone        Part = "none"             // only a whole period counts
)

var parts = []string{string(ByCalendarDays), string(ByOperationalDays), string(PartIsFull), string(PartIsNone)}

// flatPeriod: one value for each day, week or month, the same for everybody.
type flatPeriod struct {
	common
	Values contentValues `json:"values"`
	Part   Part          `json:"part"`
}

func (r *flatPeriod) check(contents []catalogue.Content) fault.List {
	return append(r.Values.check(contents), oneOf("part", string(r.Part), parts)...)
}
func (r *flatPeriod) contents() []int64                        { return r.Values.ids() }
func (r *flatPeriod) least(content int64) (money.Cents, error) { return r.Values.of(content) }
func (r *flatPeriod) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	v, err := r.Values.of(in.Content)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	t.step("method.step.flat_period."+string(r.Part), v, "value", v)
	return rulebook.ValueResult{Value: v}, nil
}

// Partial is the value of the days served of a month that is worth whole. The whole month gives the exact value; a part is
// rounded half up to the cent once. No day gives nothing.
func (p Part) Partial(whole money.Cents, month calendar.Month, served calendar.Period) money.Cents {
	all := month.Period()
	served = served.Meet(all)
	switch {
	case served == all:
		return whole
	case served.Empty() || p == PartIsNone:
		return 0
	case p == PartIsFull:
		return whole
	}
	days, of := served.Days(), all.Days()
	if p == ByOperationalDays {
		days, of = calendar.OperationalDays(served), calendar.OperationalDays(all)
	}
	if days == of { // all its operational days are served
		return whole
	}
	return money.HalfUpCent.Cents(whole.Exact().Times(money.Fraction(int64(days), int64(of))))
}
