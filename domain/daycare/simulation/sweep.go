package simulation

import (
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/store"
)

// Parameter is one figure of a question.
type Parameter string

// The parameters that can be tried at many values: per cents, or euros a month.
const (
	OfValues   Parameter = "percent"
	OfCap      Parameter = "cap"
	OfLimits   Parameter = "limit_percent"
	OfMaxFee   Parameter = "max_fee"
	OfChildren Parameter = "children"
)

// Parameters lists them for a form.
func Parameters() []Parameter {
	return []Parameter{OfValues, OfCap, OfLimits, OfMaxFee, OfChildren}
}

// Euros tells that the parameter is a sum.
func (p Parameter) Euros() bool { return p == OfCap || p == OfMaxFee }

// Sweep asks the same question with one parameter at many values, everything else held.
type Sweep struct {
	Of   Parameter  `json:"of"`
	From money.Rate `json:"from"`
	To   money.Rate `json:"to"`
	Step money.Rate `json:"step"`
}

// Point is the answer at one value of a sweep; sums are of the year, as in a Result.
type Point struct {
	Value    money.Rate `json:"value"`
	Year     Pair       `json:"year"`
	Own      Pair       `json:"own"`
	Family   Pair       `json:"family"`
	Families Families   `json:"families"`
	Anew     int        `json:"anew"`
}

// mostPoints keeps a sweep of ten thousand children within minutes.
const mostPoints = 21

var (
	errSweepOf    = fault.New(fault.Invalid, "SIM-019", "economy.sim.sweep_of").At("sweep")
	errSweepSteps = fault.New(fault.Invalid, "SIM-020", "economy.sim.sweep_steps").At("sweep_step")
	errSweepTwice = fault.New(fault.Invalid, "SIM-021", "economy.sim.sweep_twice").At("sweep")
)

// values are the steps from the first on; the last value is among them when the steps meet it.
func (s Sweep) values() ([]money.Rate, error) {
	if !slices.Contains(Parameters(), s.Of) {
		return nil, errSweepOf
	}
	step := s.Step.Exact()
	if step.Sign() <= 0 {
		return nil, errSweepSteps.With("most", mostPoints)
	}
	var list []money.Rate
	for x := s.From.Exact(); x.Cmp(s.To.Exact()) <= 0; x = x.Plus(step) {
		if list = append(list, x.Shown(4)); len(list) > mostPoints {
			break
		}
	}
	if len(list) < 2 || len(list) > mostPoints {
		return nil, errSweepSteps.With("most", mostPoints)
	}
	return list, nil
}

// At is the question with the swept parameter at a value.
func (c Change) At(value money.Rate) Change {
	s := c.Sweep
	if c.Sweep = nil; s == nil {
		return c
	}
	cents := money.HalfUpCent.Cents(value.Exact())
	switch s.Of {
	case OfValues:
		c.Values.Percent = &value
	case OfCap:
		c.Cap = &cents
	case OfLimits:
		c.Thresholds.LimitPercent = &value
	case OfMaxFee:
		c.Thresholds.MaxFee = &cents
	case OfChildren:
		c.Children = &value
	}
	return c
}

// sets tells that the question itself gives the parameter a value.
func (c Change) sets(p Parameter) bool {
	return p == OfValues && c.Values.Any() || p == OfCap && c.Cap != nil || p == OfLimits && c.Thresholds.LimitPercent != nil ||
		p == OfMaxFee && c.Thresholds.MaxFee != nil || p == OfChildren && c.Children != nil
}

// variants are the questions that one asks: itself, or one for each value of its sweep.
func (c Change) variants() ([]Change, []money.Rate, error) {
	if c.Sweep == nil {
		return []Change{c}, nil, nil
	}
	if c.sets(c.Sweep.Of) {
		return nil, nil, errSweepTwice
	}
	values, err := c.Sweep.values()
	if err != nil {
		return nil, nil, err
	}
	list := make([]Change, len(values))
	for i, v := range values {
		list[i] = c.At(v)
	}
	return list, values, nil
}

// applied checks every variant under the terms and makes the terms of each.
func (c Change) applied(today calendar.Date, before store.Terms) (list []Change, values []money.Rate, after []store.Terms, err error) {
	if list, values, err = c.variants(); err != nil {
		return nil, nil, nil, err
	}
	for _, v := range list {
		if err := v.Check(before, today); err != nil {
			return nil, nil, nil, err
		}
		t, err := v.Apply(before)
		if err != nil {
			return nil, nil, nil, err
		}
		after = append(after, t)
	}
	return list, values, after, nil
}
