package household_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/platform/i18n"
)

var (
	today  = calendar.Day(2026, 11, 21)
	always = calendar.Period{From: calendar.Day(2026, 1, 1), To: calendar.Forever}
)

func item(id, member int64, kind string, cents money.Cents, per string) household.Item {
	return household.Item{ID: id, Member: member, Kind: kind, Cents: cents, Per: per, Period: always, Source: household.FromClient}
}

func couple(items ...household.Item) household.Household {
	return household.Household{Client: 1, BirthDate: calendar.Day(1950, 1, 1), Items: items,
		Members: []household.Member{{ID: 7, Role: household.Spouse, BirthDate: calendar.Day(1952, 2, 2), Period: always},
			{ID: 8, Role: household.Child, BirthDate: calendar.Day(2012, 3, 3), Period: always}}}
}

func TestEveryKindBecomesAMonth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, per string
		cents     money.Cents
		known     money.Cents
	}{
		{"pension", "month", 145_000, 145_000},
		{"earned", "month_bonus", 240_000, 250_000},
		{"capital", "year", 100_000, 8_333},            // 83,333…
		{"capital", "year", 50_006, 4_167},             // 41,6716…
		{"capital", "year", 6, 1},                      // half a cent goes up
		{"forest", "year", 120_000, 9_000},             // × 0,9 / 12
		{"forest", "month", 10_000, 9_000},             // × 0,9
		{"entrepreneur", "month", -30_000, -30_000},    // a loss
		{"entrepreneur", "year", -6, -1},               // half a cent mirrors
		{"maintenance_paid", "month", 20_000, -20_000}, // taken off
		{"life_annuity", "year", 120_000, -10_000},     // taken off
		{"child_benefit", "month", 10_000, 0},          // left out
		{"savings", "month", 5_000_000, 0},             // no income
		{"medicines", "month", 5_000, 0},               // only for net income
		{"benefits", "twelve_months", 600_000, 50_000}, // the mean of a year
		{"pension", "no_such_period", 600_000, 0},      // not guessed
		{"no_such_kind", "month", 600_000, 0},          // not guessed
	} {
		s := couple(item(1, 0, c.kind, c.cents, c.per)).At(today)
		if s.Known != c.known {
			t.Errorf("%s %s of %d: %d in a month, want %d", c.kind, c.per, c.cents, s.Known, c.known)
		}
	}
}

func TestWhoseIncomeCounts(t *testing.T) {
	t.Parallel()
	h := couple(item(1, 0, "pension", 100_000, "month"), item(2, 7, "pension", 150_000, "month"), item(3, 8, "earned", 50_000, "month"))
	s := h.At(today)
	if s.Size() != 3 || s.Known != 250_000 || s.Income() == nil || *s.Income() != 250_000 {
		t.Fatalf("size %d, known %d, income %v", s.Size(), s.Known, s.Income())
	}
	h.BirthDate = calendar.Day(2010, 5, 5) // a minor: a spouse does not stand for a guardian
	if s = h.At(today); s.Income() != nil {
		t.Error("a minor without a guardian has a known income")
	}
	h.Members[0].Role = household.Guardian
	if s = h.At(today); s.Known != 250_000 || s.Income() == nil {
		t.Errorf("a minor and the guardian: %d", s.Known)
	}
	h.Items = h.Items[1:] // a minor's own income is not asked for
	if s = h.At(today); s.Income() == nil || *s.Income() != 150_000 {
		t.Errorf("a guardian's income alone: %v", s.Income())
	}
	if s = h.At(calendar.Day(2028, 5, 4)); s.Income() == nil {
		t.Error("the day before the eighteenth birthday asks for the client's own income")
	}
	if s = h.At(calendar.Day(2028, 5, 5)); s.Income() != nil || s.Known != 0 {
		t.Error("on the eighteenth birthday the guardian's income still counts")
	}
}

func TestMissingIncomeIsNeverGuessed(t *testing.T) {
	t.Parallel()
	h := couple(item(1, 0, "pension", 100_000, "month"))
	s := h.At(today)
	if s.Income() != nil || !s.Missing || s.Known != 100_000 {
		t.Fatalf("the spouse's income is not known, yet the household's is: %+v", s)
	}
	if f := s.Facts(); f.Household != 3 || f.Income != nil || f.Spouse != nil || f.Client == nil || f.Client.Benefits != 100_000 {
		t.Errorf("facts: %+v", f)
	}
	h.Items = append(h.Items, item(2, 7, "social_assistance", 60_000, "month"))
	if s = h.At(today); s.Income() == nil || *s.Income() != 100_000 {
		t.Error("somebody who lives on what is left out is taken for one whose income is missing")
	}
	h.Items[1].Kind = "savings"
	if s = h.At(today); s.Income() != nil {
		t.Error("savings alone tell what somebody lives on")
	}
	h.Items[1].Kind, h.Items[1].Cents = "pension", 0
	if s = h.At(today); s.Income() == nil || *s.Income() != 100_000 {
		t.Error("no income at all cannot be recorded")
	}
	h.Consents = []household.Consent{{Kind: household.HighestFee, Member: 7, GivenOn: today}}
	if s = h.At(today); s.Income() != nil || !s.Highest || h.At(today-1).Income() == nil {
		t.Error("who accepts the highest fee still has an income, or has none before it")
	}
	h.Consents[0].Withdrawn = new(today + 3)
	if h.At(today+2).Income() != nil || h.At(today+3).Income() == nil {
		t.Error("a withdrawn consent is in force, or one in force is not")
	}
}

func TestIncomeOfTheFutureCountsFromItsDay(t *testing.T) {
	t.Parallel()
	h := household.Household{Client: 1, BirthDate: calendar.Day(1950, 1, 1), Items: []household.Item{item(1, 0, "pension", 100_000, "month"), item(2, 0, "rental", 30_000, "month")}}
	h.Items[1].Period = calendar.Period{From: today + 10, To: today + 20}
	for day, want := range map[calendar.Date]money.Cents{today: 100_000, today + 9: 100_000, today + 10: 130_000, today + 19: 130_000, today + 20: 100_000} {
		if got := h.At(day).Known; got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
	spans := h.Timeline(calendar.Period{From: today, To: today + 100})
	if len(spans) != 3 || spans[1].Period != h.Items[1].Period || spans[2].Period.To != today+100 {
		t.Errorf("timeline: %+v", spans)
	}
}

func TestNetIncomeOfLongTermHousing(t *testing.T) {
	t.Parallel()
	s := couple(item(1, 0, "pension", 180_000, "month"), item(2, 0, "forest", 240_000, "year"), item(3, 0, "medicines", 5_260, "month"),
		item(4, 0, "maintenance_paid", 10_000, "month"), item(5, 7, "earned", 120_000, "month_bonus"), item(6, 0, "savings", 900_000, "month")).At(today)
	f := s.Facts()
	if c := f.Client; c.Benefits != 180_000 || c.Forest != 240_000 || c.Deductions != 15_260 || c.Earned != 0 {
		t.Errorf("client: %+v", f.Client)
	}
	if f.Spouse.Earned != 125_000 || f.Savings == nil || *f.Savings != 900_000 {
		t.Errorf("spouse %+v, savings %v", f.Spouse, f.Savings)
	}
	if want := money.Cents(180_000 + 18_000 - 10_000 + 125_000); *f.Income != want {
		t.Errorf("income %d, want %d", *f.Income, want)
	}
}

func TestDefinitionIsTheOneOfTheDay(t *testing.T) {
	t.Parallel()
	d := household.Default()
	d.From = today
	for i := range d.Kinds {
		if d.Kinds[i].Code == "child_benefit" {
			d.Kinds[i].Part = household.Benefits
		}
	}
	h := couple(item(1, 0, "child_benefit", 10_000, "month"))
	h.Definitions = []household.Definition{d}
	if h.At(today-1).Known != 0 || h.At(today).Known != 10_000 || h.At(today).Definition != today {
		t.Error("another definition than the day's is used")
	}
}

func TestDamagedDefinitionsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []string{`{}`, `[]`, `{"kinds":[],"per":[]}`, `{"kindz":[]}`,
		`{"kinds":[{"code":"a","names":{"fi":"A"},"part":"gold"}],"per":[{"code":"month","names":{"fi":"kk"},"times":"1","over":1}],"essential_percent":"10"}`,
		`{"kinds":[{"code":"a","names":{"fi":"A"},"part":"earned"}],"per":[{"code":"month","names":{"fi":"kk"},"times":"0","over":1}],"essential_percent":"10"}`,
		`{"kinds":[{"code":"a","names":{"fi":"A"},"part":"earned"}],"per":[{"code":"month","names":{"fi":"kk"},"times":"1","over":0}],"essential_percent":"10"}`,
		`{"kinds":[{"code":"a","names":{"fi":"A"},"part":"earned"},{"code":"a","names":{"fi":"A"},"part":"earned"}],"per":[{"code":"month","names":{"fi":"kk"},"times":"1","over":1}],"essential_percent":"10"}`,
	} {
		if _, err := household.ReadDefinition([]byte(c)); err == nil {
			t.Errorf("accepted: %s", c)
		}
	}
}

// A new value in the client's favour goes back to the first day of the month of telling; against the client a year at most, and only
// when the client's data were wrong (734/1992, 10j §).
func TestHowFarBackAValueMayChange(t *testing.T) {
	t.Parallel()
	told, decided := calendar.Day(2026, 11, 21), calendar.Day(2026, 12, 3)
	for name, c := range map[string]struct {
		change household.Change
		want   calendar.Date
	}{
		"in favour, this month":      {household.Change{From: calendar.Day(2026, 11, 10)}, calendar.Day(2026, 11, 10)},
		"in favour, long ago":        {household.Change{From: calendar.Day(2026, 3, 1)}, calendar.Day(2026, 11, 1)},
		"in favour, two months back": {household.Change{From: calendar.Day(2026, 3, 1), MonthsBack: 2}, calendar.Day(2026, 9, 1)},
		"in favour, in the future":   {household.Change{From: calendar.Day(2027, 2, 1)}, calendar.Day(2027, 2, 1)},
		"against, right data":        {household.Change{From: calendar.Day(2026, 3, 1), Against: true}, decided},
		"against, in the future":     {household.Change{From: calendar.Day(2027, 3, 1), Against: true}, calendar.Day(2027, 3, 1)},
		"against, wrong data":        {household.Change{From: calendar.Day(2026, 3, 1), Against: true, WrongData: true}, calendar.Day(2026, 3, 1)},
		"against, wrong for years":   {household.Change{From: calendar.Day(2020, 3, 1), Against: true, WrongData: true}, calendar.Day(2025, 11, 21)},
		"wrong data in favour":       {household.Change{From: calendar.Day(2020, 3, 1), WrongData: true}, calendar.Day(2026, 11, 1)},
	} {
		c.change.Reported, c.change.Decided = told, decided
		if got := c.change.Earliest(); got != c.want {
			t.Errorf("%s: from %s, want %s", name, got, c.want)
		}
	}
	leap := household.Change{From: 0, Reported: calendar.Day(2028, 2, 29), Decided: calendar.Day(2028, 3, 1), Against: true, WrongData: true}
	if got := leap.Earliest(); got != calendar.Day(2027, 2, 28) {
		t.Errorf("a year before 29.2. is %s", got)
	}
}

func TestEssentialChange(t *testing.T) {
	t.Parallel()
	ten, err := money.ParseRate("10")
	if err != nil {
		t.Fatal(err)
	}
	at := func(cents money.Cents) household.Snapshot {
		return household.Household{BirthDate: calendar.Day(1950, 1, 1), Items: []household.Item{item(1, 0, "rental", cents, "month")}}.At(today)
	}
	for _, c := range []struct {
		before, after money.Cents
		want          bool
	}{{100_000, 110_000, true}, {100_000, 109_999, false}, {100_000, 90_000, true}, {100_000, 90_001, false}, {0, 1, true}, {0, 0, false}, {-1_000, -1_050, false}, {-1_000, 1_000, true}} {
		if got := household.Essential(at(c.before), at(c.after), ten); got != c.want {
			t.Errorf("%d → %d: %v", c.before, c.after, got)
		}
	}
	if unknown := (household.Household{BirthDate: calendar.Day(1950, 1, 1)}).At(today); !household.Essential(unknown, at(100), ten) || household.Essential(unknown, unknown, ten) {
		t.Error("becoming known is not essential, or staying unknown is")
	}
}

// households draws anything that can be recorded.
func households(rt *rapid.T) household.Household {
	d := household.Default()
	h := couple()
	for i := range rapid.IntRange(0, 12).Draw(rt, "items") {
		kind := rapid.SampledFrom(d.Kinds).Draw(rt, "kind")
		lowest := int64(0)
		if kind.Negative {
			lowest = -1_000_000
		}
		from := today + calendar.Date(rapid.IntRange(-40, 40).Draw(rt, "from"))
		h.Items = append(h.Items, household.Item{ID: int64(i + 1), Member: rapid.SampledFrom([]int64{0, 7, 8}).Draw(rt, "member"), Kind: kind.Code,
			Cents: money.Cents(rapid.Int64Range(lowest, 1_000_000_000).Draw(rt, "cents")), Per: rapid.SampledFrom(d.Pers).Draw(rt, "per").Code,
			Period: calendar.Period{From: from, To: from + calendar.Date(rapid.IntRange(1, 60).Draw(rt, "days"))}, Source: household.FromTax})
	}
	return h
}

// The steps of the explanation add up to its sum, and a snapshot comes back from its JSON as it was.
func TestExplanationAddsUp(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := households(rt).At(today)
		steps := s.Explanation()
		var sum money.Cents
		for _, step := range steps[:len(steps)-1] {
			sum += step.Result
		}
		if last := steps[len(steps)-1]; !last.Sum || last.Result != sum || sum != s.Known {
			rt.Fatalf("steps give %d, the sum is %d, known %d", sum, last.Result, s.Known)
		}
		raw, err := json.Marshal(s)
		if err != nil {
			rt.Fatal(err)
		}
		var back household.Snapshot
		if err := json.Unmarshal(raw, &back); err != nil {
			rt.Fatal(err)
		}
		if again, err := json.Marshal(back); err != nil || string(again) != string(raw) {
			rt.Fatalf("%s\n%s", raw, again)
		}
		if raw, err := json.Marshal(steps); err != nil || len(raw) == 0 {
			rt.Fatalf("the explanation cannot be stored: %v", err)
		}
		for _, lang := range i18n.Langs {
			for _, line := range steps.Lines(words, lang) {
				if line.Label == "" || line.Formula == "" || line.Label[0] == '[' || line.Formula[0] == '[' {
					rt.Fatalf("%s: %+v", lang, line)
				}
			}
		}
	})
}

// More of an income never makes the household's income smaller, and more of a deduction never makes it greater; the order of recording
// does not matter.
func TestIncomeIsMonotone(t *testing.T) {
	t.Parallel()
	d := household.Default()
	rapid.Check(t, func(rt *rapid.T) {
		h := households(rt)
		if len(h.Items) == 0 {
			return
		}
		before := h.At(today).Known
		i := rapid.IntRange(0, len(h.Items)-1).Draw(rt, "which")
		h.Items[i].Cents += money.Cents(rapid.Int64Range(0, 1_000_000).Draw(rt, "more"))
		after := h.At(today).Known
		kind, _ := d.Kind(h.Items[i].Kind)
		if kind.Part == household.Minus && after > before || kind.Part != household.Minus && after < before {
			rt.Fatalf("%s: %d became %d", kind.Code, before, after)
		}
		h.Items[0], h.Items[i] = h.Items[i], h.Items[0]
		if got := h.At(today).Known; got != after {
			rt.Fatalf("in another order %d, not %d", got, after)
		}
	})
}

// Within a span of the timeline every day is alike, the spans follow each other without a gap, and the neighbours differ.
func TestTimelineHoldsOnEveryDay(t *testing.T) {
	t.Parallel()
	within := calendar.Period{From: today - 50, To: today + 50}
	rapid.Check(t, func(rt *rapid.T) {
		h := households(rt)
		day := within.From
		for _, span := range h.Timeline(within) {
			if span.Period.From != day {
				rt.Fatalf("a gap before %s", span.Period.From)
			}
			for ; day < span.Period.To; day++ {
				if s := h.At(day); s.Known != span.Known || s.Missing != span.Missing {
					rt.Fatalf("%s: %d, the span says %d", day, s.Known, span.Known)
				}
			}
		}
		if day != within.To {
			rt.Fatalf("the timeline ends on %s", day)
		}
	})
}

func FuzzReadDefinition(f *testing.F) {
	good, err := json.Marshal(household.Default())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"kinds":[{"code":"a","names":{"fi":"A"},"part":"earned","share":"0.9"}],"per":[{"code":"month","names":{"fi":"kk"},"times":"12.5","over":12}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := household.ReadDefinition(raw)
		if err != nil {
			return
		}
		for _, k := range d.Kinds { // whatever is accepted can be applied
			for _, p := range d.Pers {
				household.Household{BirthDate: 1, Items: []household.Item{item(1, 0, k.Code, 1_000_000_000, p.Code)}, Definitions: []household.Definition{d}}.At(today)
			}
		}
	})
}
