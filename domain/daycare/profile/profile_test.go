package profile_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/rulebook"
	"seteli/internal/sharedtest"
	"seteli/platform/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

func load(t testing.TB, name string) profile.Profile {
	t.Helper()
	p, err := profile.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func national(t testing.TB) []profile.Thresholds {
	t.Helper()
	n, err := profile.National()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestShippedProfilesAreReadBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	names, err := profile.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"espoo", "lieto", "oulainen", "oulu", "tampere", "turku", "ylojarvi"}; !slices.Equal(names, want) {
		t.Fatalf("shipped: %v", names)
	}
	for _, name := range names {
		p := load(t, name)
		raw, err := p.Write()
		if err != nil {
			t.Fatal(err)
		}
		again, err := profile.Read(raw)
		if err != nil || !reflect.DeepEqual(p, again) {
			t.Errorf("%s comes back changed: %v", name, err)
		}
		for _, o := range p.Options {
			if o.Names.Sv == "" || o.Names.En == "" {
				t.Errorf("%s: option %s lacks a name", name, o.Code)
			}
		}
	}
	_, err = profile.Load("thresholds")
	faulttest.Want(t, err, "DAY-052")
}

// The doubts about the published tables are known; a new one is looked at before the file is written anew.
func TestDoubtsAboutShippedProfilesAreKnown(t *testing.T) {
	t.Parallel()
	names, err := profile.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "# %s\n", name)
		for _, w := range load(t, name).Warnings(national(t)) {
			fmt.Fprintf(&b, "%s %s %s\n", w.Day, w.Option, words.Text(i18n.EN, w.Key(), w.Values()))
		}
	}
	const file = "testdata/doubts.golden"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("the doubts are not those of %s:\n%s", file, b.String())
	}
}

// The figures are those of the public tables.
func TestShippedValuesAreThePublishedOnes(t *testing.T) {
	t.Parallel()
	var tables struct {
		Municipalities map[string]struct {
			Rows []struct {
				From  string  `json:"valid_from"`
				To    *string `json:"valid_to"`
				Over  int64   `json:"value_cents"`
				Under int64   `json:"value_under_3_cents"`
				Type  string  `json:"placement_type"`
			}
		}
	}
	if err := json.Unmarshal(sharedtest.Read(t, "data", "daycare-voucher-values.json"), &tables); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"oulu", "tampere", "turku"} {
		p := load(t, name)
		kinds := map[string]string{}
		for _, o := range p.Options {
			kinds[o.Code] = o.PlacementType
		}
		for _, v := range p.Values {
			if !slices.ContainsFunc(tables.Municipalities[name].Rows, func(r struct {
				From  string  `json:"valid_from"`
				To    *string `json:"valid_to"`
				Over  int64   `json:"value_cents"`
				Under int64   `json:"value_under_3_cents"`
				Type  string  `json:"placement_type"`
			}) bool {
				return r.From == v.From.String() && (r.To == nil) == (v.To == nil) && (r.To == nil || *r.To == v.To.String()) &&
					money.Cents(r.Over) == v.OverThree && money.Cents(r.Under) == v.UnderThree && r.Type == kinds[v.Option]
			}) {
				t.Errorf("%s: %+v is not in the public table", name, v)
			}
		}
	}
}

// A family of three with an income of 5 500 € and one child under three in full-time care in March 2025.
func TestShippedProfilesDecide(t *testing.T) {
	t.Parallel()
	day := calendar.Day(2025, time.March, 3)
	income := money.Cents(550000)
	for _, c := range []struct {
		name, option string
		value, fee   money.Cents
	}{
		{"oulu", "full_time", 164100, 0}, {"oulu", "part_4_hours", 90200, 0}, {"tampere", "part_5_hours_15_days", 68400, 0},
		{"turku", "shift_up_to_35_hours", 246600, 0}, {"espoo", "up_to_25_hours", 80900, 0}, {"lieto", "family_full_time", 89300, 0}, {"ylojarvi", "hours_86_120", 118400, 0},
	} {
		rules, reason := load(t, c.name).Rules(national(t)).On(day)
		if reason != "" {
			t.Fatalf("%s: %s", c.name, reason)
		}
		o, err := rules.Decide(daycare.Moment{FamilySize: 3, Adults: []*money.Cents{&income}, Ordinal: 1, UnderThree: true, Option: c.option, Support: money.MustRate("1")})
		if err != nil || o.Value != c.value || o.Fee.Charged != c.fee { // 255 × 0.107 = 27.285, below the lowest fee
			t.Errorf("%s %s: %d, fee %d, %v", c.name, c.option, o.Value, o.Fee.Charged, err)
		}
	}
	if _, reason := load(t, "oulainen").Rules(national(t)).On(day); reason != daycare.NoBaseValue {
		t.Errorf("oulainen knows a value of 2025: %q", reason)
	}
}

// Limits from August 2026 have not been published: a fee of that day is an error, not last year's fee.
func TestIncompleteThresholdsAreNotGuessed(t *testing.T) {
	t.Parallel()
	rules := load(t, "oulu").Rules(national(t))
	if _, reason := rules.On(calendar.Day(2026, time.July, 31)); reason != "" {
		t.Errorf("July 2026: %s", reason)
	}
	if _, reason := rules.On(calendar.Day(2026, time.August, 1)); reason != daycare.NoThresholds {
		t.Errorf("August 2026: %q", reason)
	}
}

func TestActFollowsTheDayOfTheDecision(t *testing.T) {
	t.Parallel()
	p := load(t, "tampere")
	if a, b := p.BasisOn(calendar.Day(2025, 12, 31)), p.BasisOn(calendar.Day(2026, 1, 1)); a != "569/2009, 7 §" || b != "1048/2025, 7 §" {
		t.Errorf("%q, %q", a, b)
	}
	if none := p.BasisOn(calendar.Day(2000, 1, 1)); none != "" {
		t.Errorf("%q", none)
	}
}

func TestWrongProfilesAreRefusedByField(t *testing.T) {
	t.Parallel()
	day := func(y int, m time.Month, d int) *calendar.Date { x := calendar.Day(y, m, d); return &x }
	for _, c := range []struct {
		name, code, field string
		change            func(*profile.Profile)
	}{
		{"no name", "DAY-053", "names", func(p *profile.Profile) { p.Names.Fi = "" }},
		{"no options", "DAY-053", "options", func(p *profile.Profile) { p.Options, p.Values = nil, nil }},
		{"an option twice", "DAY-054", "options.1", func(p *profile.Profile) { p.Options[1].Code = p.Options[0].Code }},
		{"a value of no option", "DAY-055", "values.0", func(p *profile.Profile) { p.Values[0].Option = "x" }},
		{"a row that ends first", "DAY-056", "base_values.0", func(p *profile.Profile) { p.BaseValues[0].To = day(2000, 1, 1) }},
		{"days given twice", "DAY-057", "base_values.1", func(p *profile.Profile) { p.BaseValues[1].From-- }},
		{"two defaults", "DAY-059", "options.0", func(p *profile.Profile) { p.Options[1].Default = true }},
		{"a negative value", "DAY-058", "values.0", func(p *profile.Profile) { p.Values[0].UnderThree = -1 }},
		{"model B without a cap", "DAY-060", "price_models.0", func(p *profile.Profile) { p.PriceModels[0].Model = daycare.CappedSurcharge }},
		{"no such model", "DAY-060", "price_models.0", func(p *profile.Profile) { p.PriceModels[0].Model = "F" }},
		{"a month 13", "DAY-058", "lapse.uncounted_months", func(p *profile.Profile) { p.Lapse.UncountedMonths = []int{13} }},
		{"close on the 32nd", "DAY-058", "close_day", func(p *profile.Profile) { p.CloseDay = 32 }},
		{"another rounding of fees", "DAY-058", "fee_rounding", func(p *profile.Profile) { p.FeeRounding = "twice" }},
		{"limits that fall", "DAY-058", "thresholds.0", func(p *profile.Profile) {
			p.Thresholds = []profile.Thresholds{{Limits: map[int]money.Cents{2: 5, 3: 4}}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, "oulu")
			c.change(&p)
			err := p.Check().Err()
			if fault.CodeOf(err) != c.code || fault.All(err)[0].Field != c.field {
				t.Errorf("got %v", err)
			}
		})
	}
	_, err := profile.Read([]byte(`{"format":"seteli-daycare/1","fee":1}`))
	faulttest.Want(t, err, "DAY-050")
	_, err = profile.Read([]byte(`{"format":"seteli-daycare/2"}`))
	faulttest.Want(t, err, "DAY-051")
}

// A municipality that nobody has heard of needs data only.
func TestInventedMunicipalityRunsFromDataAlone(t *testing.T) {
	t.Parallel()
	p := load(t, "tampere")
	p.Names = i18n.Names{Fi: "Kuvitteella", Sv: "Kuvitteella", En: "Kuvitteella"}
	two := calendar.Day(2027, 7, 31)
	limits := map[int]money.Cents{2: 410000, 3: 530000, 4: 600000, 5: 670000, 6: 740000}
	increase, most, least := money.Cents(28000), money.Cents(33500), money.Cents(3200)
	multiplier, second, later := money.MustRate("0.107"), money.MustRate("0.4"), money.MustRate("0.2")
	p.Thresholds = []profile.Thresholds{{Days: profile.Days{From: calendar.Day(2026, 8, 1), To: &two}, Limits: limits, Increase: &increase, Multiplier: &multiplier,
		MaxFee: &most, MinFee: &least, Second: &second, Later: &later}}
	raw, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	p, err = profile.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	year := calendar.Period{From: calendar.Day(2026, 8, 1), To: calendar.Day(2027, 9, 1)}
	drafts, gaps := daycare.Drafts(daycare.Facts{Children: []daycare.Child{{ID: "C1", Birth: calendar.Day(2022, 3, 3)}}, Heads: []daycare.Head{{Child: "C1", Adult: "A1", Period: year}},
		Placements: []daycare.Placement{{Child: "C1", Unit: "U1", Type: "DAYCARE", Voucher: true, Period: year}}}, p.Rules(national(t)))
	if len(drafts) != 1 || drafts[0].Outcome.Value != 94900 || drafts[0].Outcome.FinalOwnShare != 33500 || drafts[0].To != two+1 {
		t.Errorf("drafts %+v", drafts)
	}
	if len(gaps) != 1 || gaps[0].Reason != daycare.NoThresholds || gaps[0].Days() != 31 {
		t.Errorf("gaps %+v", gaps)
	}
}

func book(t *testing.T, p profile.Profile, options map[int64]string) rulebook.Rulebook {
	t.Helper()
	v, err := p.Value(national(t), options)
	if err != nil {
		t.Fatal(err)
	}
	r := rulebook.Rulebook{ID: 7, Version: 3}
	r.Rules.Value = v
	return r
}

// Whatever the price model, the value that the spine computes from a price is what the model says.
func TestModelOfTheSpinePaysAsThePriceModel(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	models, day := rulebook.Models{profile.Method: profile.NewModel()}, calendar.Day(2025, 3, 3)
	limit := money.Cents(5000)
	for _, kind := range daycare.Models() {
		p := load(t, "oulu")
		p.PriceModels = []profile.PriceModel{{From: calendar.Day(2020, 1, 1), Model: kind, Cap: &limit}}
		r := book(t, p, map[int64]string{1: "full_time"})
		if err := profile.NewModel().Check(r.Rules.Value, []catalogue.Content{{ID: 1}}); err != nil {
			t.Fatal(err)
		}
		needs, err := models.Needs(r, 1)
		if err != nil || !needs.Household || !needs.Fee || needs.Price != (kind == daycare.FreePrice || kind == daycare.LimitedPrice || kind == daycare.Ceiling) {
			t.Errorf("model %s needs %+v, %v", kind, needs, err)
		}
		for _, fee := range []money.Cents{0, 11200, 200000} {
			in := rulebook.ValueInput{Content: 1, Day: day, Facts: rulebook.Facts{Column: profile.UnderThree, Fee: &fee}}
			result, err := models.Value(r, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, price := range []money.Cents{5000, 100000, 164100} {
				want, err := daycare.Pay(daycare.PriceInput{Model: kind, Value: 164100, Fee: fee, Price: &price}, &limit)
				if err != nil {
					t.Fatal(err)
				}
				got := result.Value
				if result.ByPrice {
					got = max(0, min(result.Value, price-result.Fee))
				}
				if got != want.Municipality {
					t.Errorf("model %s, fee %d, price %d: %d, want %d", kind, fee, price, got, want.Municipality)
				}
			}
			last := result.Explanation[len(result.Explanation)-1]
			if !last.Sum || last.Result != result.Value || last.RuleVersion != 3 || !strings.HasPrefix(last.LegalRef, "569/2009") {
				t.Errorf("model %s: last step %+v of value %d", kind, last, result.Value)
			}
			for _, line := range result.Explanation.Lines(words, i18n.FI) {
				if line.Label == "" || strings.Contains(line.Formula+line.Label, "{") || strings.HasPrefix(line.Label, "daycare.") {
					t.Errorf("untold: %+v", line)
				}
			}
		}
	}
}

func TestModelRefusesWhatItCannotCompute(t *testing.T) {
	t.Parallel()
	p := load(t, "oulu")
	models := rulebook.Models{profile.Method: profile.NewModel()}
	r := book(t, p, map[int64]string{1: "full_time"})
	faulttest.WantField(t, profile.NewModel().Check(r.Rules.Value, []catalogue.Content{{ID: 1}, {ID: 2}}), "DAY-061", "value.2")
	_, err := models.Value(r, rulebook.ValueInput{Content: 1, Day: calendar.Day(2026, 9, 1)})
	faulttest.Want(t, err, "DAY-062")
	_, err = models.Value(r, rulebook.ValueInput{Content: 1, Day: calendar.Day(2019, 9, 1)})
	faulttest.Want(t, err, "DAY-063")
	// Nothing is known: the highest fee.
	v, err := models.Value(r, rulebook.ValueInput{Content: 1, Day: calendar.Day(2025, 9, 1)})
	if err != nil || v.Fee != 31100 {
		t.Errorf("%+v, %v", v, err)
	}
	p.PriceModels[0].Model = daycare.Ceiling
	r = book(t, p, map[int64]string{1: "full_time"})
	price := rulebook.PriceInput{Content: 1, Day: calendar.Day(2025, 9, 1), Price: 164100}
	if err := models.CheckPrice(r, price); err != nil {
		t.Error(err)
	}
	price.Price++
	faulttest.Want(t, models.CheckPrice(r, price), "DAY-007")
}

func BenchmarkValue(b *testing.B) {
	p, err := profile.Load("oulu")
	if err != nil {
		b.Fatal(err)
	}
	thresholds, err := profile.National()
	if err != nil {
		b.Fatal(err)
	}
	v, err := p.Value(thresholds, map[int64]string{1: "full_time"})
	if err != nil {
		b.Fatal(err)
	}
	models, income := rulebook.Models{profile.Method: profile.NewModel()}, money.Cents(600000)
	r := rulebook.Rulebook{ID: 7, Version: 3}
	r.Rules.Value = v
	in := rulebook.ValueInput{Content: 1, Day: calendar.Day(2025, 9, 1), Facts: rulebook.Facts{Household: 3, Income: &income}}
	for b.Loop() {
		if _, err := models.Value(r, in); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"oulu", "espoo"} {
		raw, err := load(f, name).Write()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"format":"seteli-daycare/1","options":[{"fee_coefficient":"1e9"}]}`))
	thresholds := national(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := profile.Read(raw)
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		written, err := p.Write()
		if err != nil {
			t.Fatal(err)
		}
		again, err := profile.Read(written)
		if err != nil || len(again.Values) != len(p.Values) {
			t.Fatalf("does not read back: %v", err)
		}
		p.Warnings(thresholds)
		for _, o := range p.Options {
			if rules, reason := p.Rules(thresholds).On(calendar.Day(2025, 1, 1)); reason == "" {
				if _, err := rules.Decide(daycare.Moment{FamilySize: 3, Adults: []*money.Cents{nil}, Ordinal: 2, Option: o.Code, Support: money.MustRate("1")}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
