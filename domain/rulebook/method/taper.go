package method

import (
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
)

// linearTaper: the full value up to an income limit, above it less by a percentage of the income over the limit; the formula of
// home care (710/1982, 29 b §, until 2015) as organisers still use it. Scaled: the difference may be negative, so that a
// household under the limit can reach above the full value, up to the greatest.
//
//	value = round(clamp(min, (full − over × percent / 100 / divisor) × (1 + increase / 100), max))
type linearTaper struct {
	common
	scaled      bool
	Full        money.Cents                  `json:"full_cents,omitzero"`
	Min         money.Cents                  `json:"min_cents"`
	Max         *money.Cents                 `json:"max_cents,omitempty"` // nil = the full value
	Increase    money.Rate                   `json:"increase_pct,omitzero"`
	Limits      sizes[money.Cents]           `json:"income_limits_cents"`
	LimitMore   money.Cents                  `json:"limit_increase_cents,omitzero"` // per person above the table
	Pcts        sizes[money.Rate]            `json:"pcts,omitzero"`
	PctMore     money.Rate                   `json:"pct_increase,omitzero"` // per person above the table, usually −1
	PctsByHours sizes[hourSteps[money.Rate]] `json:"pct_by_hours,omitzero"` // instead of pcts
	Divisor     number                       `json:"divisor,omitzero"`      // hours over which the deduction is shared; 60 when not given
	Contents    []taperContent               `json:"contents,omitempty"`    // values of their own; the others have the common ones
	Bands       bandRows                     `json:"bands,omitempty"`
	FullByBand  []bandFull                   `json:"full_values_by_band,omitempty"` // full values within bands of time
}

// taperContent are the bounds of one content.
type taperContent struct {
	Content int64        `json:"content_id"`
	Full    money.Cents  `json:"full_cents"`
	Min     money.Cents  `json:"min_cents"`
	Max     *money.Cents `json:"max_cents,omitempty"`
}

// bandFull is the full value within a band.
type bandFull struct {
	Band string      `json:"band"`
	Full money.Cents `json:"full_cents"`
}

// bounds are the full, smallest and greatest value that apply.
type bounds struct{ full, min, max money.Cents }

func (r *linearTaper) bounds(content int64) bounds {
	full, least, most := r.Full, r.Min, r.Max
	for _, c := range r.Contents {
		if c.Content == content {
			full, least, most = c.Full, c.Min, c.Max
		}
	}
	b := bounds{full, least, full}
	if most != nil {
		b.max = *most
	}
	return b
}

func (r *linearTaper) contents() []int64 {
	ids := make([]int64, len(r.Contents))
	for i, c := range r.Contents {
		ids[i] = c.Content
	}
	return ids
}

func (r *linearTaper) least(content int64) (money.Cents, error) { return r.bounds(content).min, nil }

func (r *linearTaper) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	b := r.bounds(in.Content)
	if in.Facts.Income == nil {
		return r.unknown(b, t), nil
	}
	if in.Facts.Household == 0 {
		return rulebook.ValueResult{}, errHousehold.With("most", mostPersons)
	}
	limit, err := bySize(r.Limits, in.Facts.Household, r.LimitMore)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	pct, err := r.percent(in.Facts)
	if err != nil {
		return rulebook.ValueResult{}, err
	}
	over := *in.Facts.Income - limit
	t.step("method.step.limit", limit, "household", in.Facts.Household, "limit", limit)
	if over < 0 && !r.scaled {
		over = 0
		t.step("method.step.under_limit", 0, "income", *in.Facts.Income, "limit", limit)
	} else {
		t.step("method.step.over", over, "income", *in.Facts.Income, "limit", limit)
	}
	how := in.Rulebook.Rules.Rounding
	if len(r.FullByBand) == 0 {
		v, err := r.taper(b, over, pct, how, t)
		return rulebook.ValueResult{Value: v}, err
	}
	return r.banded(b, over, pct, how, t)
}

// unknown: without an income the smallest value is given, never a guess.
func (r *linearTaper) unknown(b bounds, t *trace) rulebook.ValueResult {
	t.step("method.step.income_unknown_min", b.min, "min", b.min)
	result := rulebook.ValueResult{Value: b.min}
	for _, f := range r.FullByBand {
		result.Bands = append(result.Bands, rulebook.BandValue{Band: f.Band, Value: b.min})
	}
	return result
}

// banded computes the value of each band from its own full value.
func (r *linearTaper) banded(b bounds, over money.Cents, pct money.Exact, how money.Rounding, t *trace) (rulebook.ValueResult, error) {
	var result rulebook.ValueResult
	usual := r.Bands.usual()
	for _, f := range r.FullByBand {
		t.step("method.step.band_full", f.Full, "band", r.Bands.called(f.Band), "full", f.Full)
		v, err := r.taper(bounds{f.Full, min(b.min, f.Full), f.Full}, over, pct, how, t)
		if err != nil {
			return rulebook.ValueResult{}, err
		}
		if f.Band == usual {
			result.Value = v
		}
		result.Bands = append(result.Bands, rulebook.BandValue{Band: f.Band, Value: v})
	}
	t.step("method.step.usual_band", result.Value, "band", r.Bands.called(usual), "value", result.Value)
	return result, nil
}

// taper is the formula: subtract, increase, clamp, round; in this order.
func (r *linearTaper) taper(b bounds, over money.Cents, pct money.Exact, how money.Rounding, t *trace) (money.Cents, error) {
	divisor := r.Divisor.Exact()
	if r.Divisor.IsZero() {
		divisor = money.Whole(60)
	}
	less, err := over.Exact().Times(pct).Times(money.Fraction(1, 100)).Over(divisor)
	if err != nil {
		return 0, err
	}
	x := b.full.Exact().Minus(less)
	if !t.quiet {
		unrounded, c := shown(x)
		t.step("method.step.taper", c, "full", b.full, "over", over, "percent", pct.Shown(shownPlaces), "divisor", divisor.Shown(shownPlaces), "unrounded", unrounded)
	}
	if r.Increase.Exact().Sign() != 0 {
		before := x
		x = x.Times(money.Whole(1).Plus(r.Increase.Percent()))
		if !t.quiet {
			unrounded, c := shown(x)
			t.step("method.step.scaled", c, "before", before.Shown(shownPlaces), "percent", r.Increase, "unrounded", unrounded)
		}
	}
	return t.round("method.step.rounded", clamp(x, b.min, b.max, t), how), nil
}

// clamp holds a value between the smallest and the greatest, and says so when it has to.
func clamp(x money.Exact, least, most money.Cents, t *trace) money.Exact {
	if !t.quiet {
		switch unrounded := x.Shown(shownPlaces); {
		case x.Cmp(least.Exact()) < 0:
			t.step("method.step.at_least", least, "min", least, "unrounded", unrounded)
		case x.Cmp(most.Exact()) > 0:
			t.step("method.step.at_most", most, "max", most, "unrounded", unrounded)
		}
	}
	return x.Clamp(least.Exact(), most.Exact())
}

// percent is by the size of the household, and by the hours of a month where the rules say so; without hours the greatest.
func (r *linearTaper) percent(f rulebook.Facts) (money.Exact, error) {
	if r.PctsByHours.IsZero() {
		return rateBySize(r.Pcts, f.Household, r.PctMore)
	}
	table, _, ok := r.PctsByHours.at(f.Household)
	if !ok || table.IsZero() {
		return money.Exact{}, errSizeHole.With("size", f.Household)
	}
	if f.Hours == nil {
		return table.values[len(table.values)-1].Exact(), nil
	}
	pct, ok := table.at(f.Hours.Exact())
	if !ok {
		pct = table.values[0] // fewer hours than the first step: its percentage
	}
	return pct.Exact(), nil
}

func (r *linearTaper) check(contents []catalogue.Content) (wrong fault.List) {
	wrong = append(wrong, r.checkBounds(contents)...)
	if r.Limits.IsZero() {
		wrong = append(wrong, errRequired.At("income_limits_cents"))
	}
	wrong = append(wrong, r.Limits.holes("income_limits_cents")...)
	wrong = append(wrong, ascending("income_limits_cents", r.Limits)...)
	if r.LimitMore < 0 {
		wrong = append(wrong, errNegative.At("limit_increase_cents"))
	}
	wrong = append(wrong, r.checkPercents()...)
	if !r.Divisor.IsZero() && r.Divisor.Exact().Sign() <= 0 {
		wrong = append(wrong, errPositive.At("divisor"))
	}
	if r.Increase.Exact().Sign() < 0 {
		wrong = append(wrong, errNegative.At("increase_pct"))
	}
	return append(wrong, r.checkBands()...)
}

func (r *linearTaper) checkBounds(contents []catalogue.Content) (wrong fault.List) {
	within := func(b bounds, field func(string) string) {
		switch {
		case b.full <= 0:
			wrong = append(wrong, errPositive.At(field("full_cents")))
		case b.min < 0:
			wrong = append(wrong, errNegative.At(field("min_cents")))
		case b.min > b.max:
			wrong = append(wrong, errMinMax.At(field("min_cents")))
		case b.max < b.full && !r.scaled:
			wrong = append(wrong, errMinMax.At(field("max_cents")))
		}
	}
	ids := r.contents()
	for i := range r.Contents {
		within(r.bounds(ids[i]), func(column string) string { return atField("contents", column, i) })
	}
	wrong = append(wrong, contentsKnown("contents", ids, contents)...)
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(r.Contents) {
		wrong = append(wrong, errTwice.At("contents"))
	}
	shared := slices.ContainsFunc(contents, func(c catalogue.Content) bool { return !slices.Contains(r.contents(), c.ID) })
	if shared && len(r.FullByBand) == 0 { // with values by band the common full value is not needed
		within(r.bounds(0), func(column string) string { return column })
	}
	return wrong
}

func (r *linearTaper) checkPercents() (wrong fault.List) {
	if r.Pcts.IsZero() == r.PctsByHours.IsZero() {
		return fault.List{errRequired.At("pcts")}
	}
	wrong = append(wrong, r.Pcts.holes("pcts")...)
	wrong = append(wrong, r.PctsByHours.holes("pct_by_hours")...)
	for i, p := range r.Pcts.values {
		wrong = append(wrong, percentRange("pcts", p)...)
		if i > 0 && p.Exact().Cmp(r.Pcts.values[i-1].Exact()) > 0 { // a larger household never gives up more
			wrong = append(wrong, errMonotone.At("pcts"))
		}
	}
	if r.PctMore.Exact().Sign() > 0 {
		wrong = append(wrong, errMonotone.At("pct_increase"))
	}
	for _, byHours := range r.PctsByHours.values {
		wrong = append(wrong, rising("pct_by_hours", byHours)...)
	}
	return wrong
}

func (r *linearTaper) checkBands() (wrong fault.List) {
	if len(r.FullByBand) == 0 {
		if len(r.Bands) > 0 {
			return fault.List{errRequired.At("full_values_by_band")}
		}
		return nil
	}
	wrong = r.Bands.check()
	given := map[string]bool{}
	for i, f := range r.FullByBand {
		if f.Full <= 0 {
			wrong = append(wrong, errPositive.At(atField("full_values_by_band", "full_cents", i)))
		}
		if given[f.Band] {
			wrong = append(wrong, errTwice.At(atField("full_values_by_band", "band", i)))
		}
		given[f.Band] = true
		if !slices.Contains(r.Bands.names(), f.Band) {
			wrong = append(wrong, errBand.At(atField("full_values_by_band", "band", i)))
		}
	}
	for _, name := range r.Bands.names() {
		if !given[name] {
			wrong = append(wrong, errBandValue.At("full_values_by_band").With("band", r.Bands.called(name)))
		}
	}
	return wrong
}

// percentRange refuses percentages that are none of an income.
func percentRange(field string, p money.Rate) fault.List {
	if x := p.Exact(); x.Sign() < 0 || x.Cmp(money.Whole(100)) > 0 {
		return fault.List{errPercent.At(field)}
	}
	return nil
}

// rising refuses percentages by hours that fall while the hours grow.
func rising(field string, table hourSteps[money.Rate]) (wrong fault.List) {
	for i, p := range table.values {
		wrong = append(wrong, percentRange(field, p)...)
		if i > 0 && p.Exact().Cmp(table.values[i-1].Exact()) < 0 {
			return append(wrong, errMonotone.At(field))
		}
	}
	return wrong
}

// ascending refuses limits that fall while the household grows.
func ascending(field string, table sizes[money.Cents]) fault.List {
	if !slices.IsSorted(table.values) || len(table.values) > 0 && table.values[0] < 0 {
		return fault.List{errMonotone.At(field)}
	}
	return nil
}
