package method

import (
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
)

// bandRow is one row of the editor's table of bands; a band with several parts of the week has several rows of its name.
type bandRow struct {
	Band       string     `json:"band"`
	Kind       BandKind   `json:"kind"`
	From       clock      `json:"from"`
	To         clock      `json:"to"`
	Multiplier money.Rate `json:"multiplier,omitzero"`
	i18n.Names
}

// bandRows are the bands of a method, in the order of the editor.
type bandRows []bandRow

func (rows bandRows) bands() []Band {
	bands := make([]Band, len(rows))
	for i, r := range rows {
		bands[i] = Band{r.Band, r.Kind, int(r.From), int(r.To)}
	}
	return bands
}

// names lists each band once.
func (rows bandRows) names() (names []string) {
	for _, r := range rows {
		if !slices.Contains(names, r.Band) {
			names = append(names, r.Band)
		}
	}
	return names
}

// called is how people call a band.
func (rows bandRows) called(name string) i18n.Names {
	for _, r := range rows {
		if r.Band == name && r.Fi != "" {
			return r.Names
		}
	}
	return i18n.Names{Fi: name}
}

// usual is the band of a plain working day: what is meant when nothing is said of the time.
func (rows bandRows) usual() string {
	for _, r := range rows {
		if r.Kind == OnWeekday {
			return r.Band
		}
	}
	return rows[0].Band
}

func (rows bandRows) multiplier(name string) (money.Rate, bool) {
	for _, r := range rows {
		if r.Band == name && r.Multiplier != (money.Rate{}) {
			return r.Multiplier, true
		}
	}
	return money.Rate{}, false
}

// check wants names and kinds, no two bands of a kind at the same time, and a band for every minute of a working day: then
// every minute of the year has one.
func (rows bandRows) check() (wrong fault.List) {
	if len(rows) == 0 {
		return fault.List{errRequired.At("bands")}
	}
	for i, r := range rows {
		if r.Band == "" {
			wrong = append(wrong, errRequired.At(atField("bands", "band", i)))
		}
		if !slices.Contains(bandKinds, r.Kind) {
			wrong = append(wrong, errChoice.At(atField("bands", "kind", i)))
		}
		if r.Multiplier.Exact().Sign() < 0 {
			wrong = append(wrong, errNegative.At(atField("bands", "multiplier", i)))
		}
		if m, given := rows[:i].multiplier(r.Band); given && r.Multiplier != (money.Rate{}) && m != r.Multiplier {
			wrong = append(wrong, errTwice.At(atField("bands", "multiplier", i)))
		}
	}
	if wrong != nil {
		return wrong
	}
	if row, found := overlap(rows.bands()); found {
		wrong = append(wrong, errOverlap.At(atField("bands", "from", row)).With("band", rows[row].Band))
	}
	if minute, found := uncovered(rows.bands()); found {
		wrong = append(wrong, errHours.At("bands").With("time", clockText(minute)))
	}
	return wrong
}

// timeBandTable: the value depends on the time of day and the kind of day. Each band has a value of its own or a multiplier of
// the content's base value.
type timeBandTable struct {
	common
	Bands  bandRows        `json:"bands"`
	Values []bandValueCell `json:"values"`
}

// bandValueCell is the value within a band; without a band it is the content's base value, to which multipliers apply.
type bandValueCell struct {
	Content int64       `json:"content_id"`
	Band    string      `json:"band,omitempty"`
	Value   money.Cents `json:"value_cents"`
}

// BandNames gives what people call the bands of a value rule, by name; none for a method without bands.
func BandNames(v rulebook.Value) (map[string]i18n.Names, error) {
	if _, ours := fresh[v.Method]; !ours {
		return nil, nil
	}
	r, err := parse(v)
	if err != nil {
		return nil, err
	}
	var rows bandRows
	switch r := r.(type) {
	case *timeBandTable:
		rows = r.Bands
	case *linearTaper:
		rows = r.Bands
	}
	out := map[string]i18n.Names{}
	for _, name := range rows.names() {
		out[name] = rows.called(name)
	}
	return out, nil
}

// BandsOf gives the bands of a value rule that has them, for Split; none for another method.
func BandsOf(v rulebook.Value) ([]Band, error) {
	if _, ours := fresh[v.Method]; !ours {
		return nil, nil
	}
	r, err := parse(v)
	if err != nil {
		return nil, err
	}
	switch r := r.(type) {
	case *timeBandTable:
		return r.Bands.bands(), nil
	case *linearTaper:
		return r.Bands.bands(), nil
	}
	return nil, nil
}

// PriceBand is a band of time with what a unit is worth in it beside the usual hour.
type PriceBand struct {
	Band
	Called       i18n.Names
	Value, Usual money.Cents
}

// PriceBands gives the bands by which the price of a content follows the time of day: those of a table of values by time. None for another
// method, and for a content that has no values.
func PriceBands(v rulebook.Value, content int64) ([]PriceBand, error) {
	if v.Method != "time_band_table" {
		return nil, nil
	}
	r, err := parse(v)
	if err != nil {
		return nil, err
	}
	t, ok := r.(*timeBandTable)
	if !ok || !slices.Contains(t.contents(), content) {
		return nil, nil
	}
	usual, err := t.within(content, t.Bands.usual(), money.HalfUpCent, &trace{quiet: true})
	if err != nil {
		return nil, err
	}
	var out []PriceBand
	for _, b := range t.Bands.bands() {
		value, err := t.within(content, b.Name, money.HalfUpCent, &trace{quiet: true})
		if err != nil {
			return nil, err
		}
		out = append(out, PriceBand{b, t.Bands.called(b.Name), value, usual})
	}
	return out, nil
}

// At is the agreed price within the band: it rises and falls with the value.
func (b PriceBand) At(price money.Cents) money.Cents { return Following(price, b.Value, b.Usual) }

// BandAt is the band that holds at a moment; false when none does.
func BandAt(bands []PriceBand, at time.Time) (PriceBand, bool) {
	plain := make([]Band, len(bands))
	for i, b := range bands {
		plain[i] = b.Band
	}
	s := splitter{bands: plain}
	name := s.at(at.In(calendar.Helsinki))
	i := slices.IndexFunc(bands, func(b PriceBand) bool { return b.Name == name })
	if i < 0 {
		return PriceBand{}, false
	}
	return bands[i], true
}

// Following is a price that rises and falls with the value: price × value / usual, to the cent, half up.
func Following(price, value, usual money.Cents) money.Cents {
	ratio, err := value.Exact().Over(usual.Exact())
	if err != nil { // the usual hour is worth nothing: there is nothing to follow
		return price
	}
	return money.HalfUpCent.Cents(price.Exact().Times(ratio))
}

func (r *timeBandTable) contents() []int64 {
	var ids []int64
	for _, v := range r.Values {
		if !slices.Contains(ids, v.Content) {
			ids = append(ids, v.Content)
		}
	}
	return ids
}

func (r *timeBandTable) cell(content int64, band string) (money.Cents, bool) {
	for _, v := range r.Values {
		if v.Content == content && v.Band == band {
			return v.Value, true
		}
	}
	return 0, false
}

func (r *timeBandTable) check(contents []catalogue.Content) fault.List {
	wrong := r.Bands.check()
	rows := make([]int64, len(r.Values))
	seen := map[bandValueCell]bool{}
	for i, v := range r.Values {
		rows[i] = v.Content
		if v.Value <= 0 {
			wrong = append(wrong, errPositive.At(atField("values", "value_cents", i)))
		}
		if v.Band != "" && !slices.Contains(r.Bands.names(), v.Band) {
			wrong = append(wrong, errBand.At(atField("values", "band", i)))
		}
		key := bandValueCell{Content: v.Content, Band: v.Band}
		if seen[key] {
			wrong = append(wrong, errTwice.At(atField("values", "band", i)))
		}
		seen[key] = true
	}
	wrong = append(wrong, contentsKnown("values", rows, contents)...)
	for _, c := range contents {
		for _, name := range r.Bands.names() {
			if _, err := r.within(c.ID, name, money.HalfUpCent, &trace{quiet: true}); err != nil {
				wrong = append(wrong, errBandValue.At("values").With("band", r.Bands.called(name)))
			}
		}
	}
	return wrong
}

// within is the value of a content within a band.
func (r *timeBandTable) within(content int64, band string, how money.Rounding, t *trace) (money.Cents, error) {
	if v, own := r.cell(content, band); own {
		t.step("method.step.band_value", v, "band", r.Bands.called(band), "value", v)
		return v, nil
	}
	base, given := r.cell(content, "")
	multiplier, times := r.Bands.multiplier(band)
	if !given || !times {
		return 0, errBand
	}
	x := base.Exact().Times(multiplier.Exact())
	v := how.Cents(x)
	t.add(rulebook.Step{Key: "method.step.band_multiplied", Result: v, Rounding: how.String()},
		[]any{"band", r.Bands.called(band), "base", base, "multiplier", multiplier})
	return v, nil
}

func (r *timeBandTable) value(in rulebook.ValueInput, t *trace) (rulebook.ValueResult, error) {
	var result rulebook.ValueResult
	usual := r.Bands.usual()
	for _, name := range r.Bands.names() {
		v, err := r.within(in.Content, name, in.Rulebook.Rules.Rounding, t)
		if err != nil {
			return rulebook.ValueResult{}, err
		}
		if name == usual {
			result.Value = v
		}
		result.Bands = append(result.Bands, rulebook.BandValue{Band: name, Value: v})
	}
	t.step("method.step.usual_band", result.Value, "band", r.Bands.called(usual), "value", result.Value)
	return result, nil
}

// least is the value of the cheapest band: only a price under it never leaves the client a part.
func (r *timeBandTable) least(content int64) (money.Cents, error) {
	least := money.Cents(-1)
	for _, name := range r.Bands.names() {
		v, err := r.within(content, name, money.HalfUpCent, &trace{quiet: true})
		if err != nil {
			return 0, err
		}
		if least < 0 || v < least {
			least = v
		}
	}
	return max(0, least), nil
}
