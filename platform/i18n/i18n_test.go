package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
)

func loaded(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	for _, wrong := range loaded(t).Validate() {
		t.Error(wrong)
	}
}

func TestValidateFindsEachMistake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ json, want string }{
		"language missing":   {`{"a.x": {"fi": "f", "sv": "s"}}`, "no text in en"},
		"language too many":  {`{"a.x": {"fi": "f", "sv": "s", "en": "e", "de": "d"}}`, "4 languages"},
		"empty":              {`{"a.x": {"fi": "f", "sv": " ", "en": "e"}}`, "no text in sv"},
		"other placeholders": {`{"a.x": {"fi": "{day}", "sv": "{dag}", "en": "{day}"}}`, "other placeholders in sv"},
		"foreign area":       {`{"b.x": {"fi": "f", "sv": "s", "en": "e"}}`, "stands in area a"},
		"open brace":         {`{"a.x": {"fi": "{n}", "sv": "{n}", "en": "{n"}}`, "open brace in en"},
		"plural without n":   {`{"a.x": {"fi": {"one": "f", "other": "f"}, "sv": "s", "en": "e"}}`, "no {n} in fi"},
		"one names more":     {`{"a.x": {"fi": {"one": "{n} {m}", "other": "{n}"}, "sv": "{n}", "en": "{n}"}}`, "of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cat, err := load(fstest.MapFS{"texts/a.json": {Data: []byte(c.json)}})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(cat.Validate(), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLoadRefusesDamage(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"no JSON":      {"texts/a.json": {Data: []byte(`{`)}},
		"half plural":  {"texts/a.json": {Data: []byte(`{"a.x": {"fi": {"one": "f"}}}`)}},
		"key in two":   {"texts/a.json": {Data: []byte(`{"a.x": {"fi": "f"}}`)}, "texts/b.json": {Data: []byte(`{"a.x": {"fi": "f"}}`)}},
		"number":       {"texts/a.json": {Data: []byte(`{"a.x": {"fi": 5}}`)}},
		"third plural": {"texts/a.json": {Data: []byte(`{"a.x": {"fi": {"one": "f", "few": "g", "other": "f"}}}`)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(files); err == nil {
				t.Error("loaded")
			}
		})
	}
}

func TestTextFillsPlaceholdersByType(t *testing.T) {
	t.Parallel()
	c, err := load(fstest.MapFS{"texts/a.json": {Data: []byte(`{
		"a.x": {"fi": "{day}: {sum}, {q}, {n}, {who}, {unit}{sum}", "sv": "{sum}", "en": "{sum} {day}"},
		"a.unit": {"fi": "tunti", "sv": "timme", "en": "hour"},
		"a.n": {"fi": {"one": "{n} tapahtuma", "other": "{n} tapahtumaa"}, "sv": "{n}", "en": "{n}"}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	args := map[string]any{"day": calendar.Day(2026, time.December, 1), "sum": money.Cents(-184200), "q": money.Minutes(150), "n": 12345,
		"who": "{sum}", "unit": Key("a.unit")}
	for _, x := range []struct {
		lang Lang
		key  string
		args map[string]any
		want string
	}{
		{FI, "a.x", args, "1.12.2026: −1\u00a0842,00\u00a0€, 2,5, 12\u00a0345, {sum}, tunti−1\u00a0842,00\u00a0€"},
		{EN, "a.x", args, "−€1,842.00 1\u00a0December\u00a02026"},
		{FI, "a.n", map[string]any{"n": 1}, "1 tapahtuma"},
		{FI, "a.n", map[string]any{"n": int64(2)}, "2 tapahtumaa"},
		{FI, "a.n", map[string]any{"n": 0}, "0 tapahtumaa"},
		{FI, "a.n", nil, "{n} tapahtumaa"},
		{SV, "a.none", nil, "[a.none]"},
		{SV, "a.none", nil, "[a.none]"},
	} {
		if got := c.Text(x.lang, x.key, x.args); got != x.want {
			t.Errorf("%s in %s: %q, want %q", x.key, x.lang, got, x.want)
		}
	}
	missing := c.Missing()
	if len(missing) != 2 || missing["a.none"] != 2 || missing["a.n {n}"] != 1 {
		t.Errorf("missing: %v", missing)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	d := calendar.Day(2026, time.December, 1)
	at := time.Date(2026, 12, 1, 6, 5, 0, 0, time.UTC)
	month := calendar.MonthOf(d)
	for _, x := range [][2]string{
		{Cents(FI, 5), "0,05\u00a0€"}, {Cents(SV, 123456789), "1\u00a0234\u00a0567,89\u00a0€"}, {Cents(EN, 100), "€1.00"},
		{Number(FI, money.Minutes(140)), "2:20"}, {Number(FI, -money.Minutes(140)), "−2:20"}, {Number(EN, money.Units(1234)), "1,234"},
		{Quantity(FI, money.Minutes(150), "hour"), "2,5\u00a0h"}, {Quantity(FI, money.Minutes(1410), "euro"), "23,50\u00a0€"}, {Quantity(EN, -money.Units(2), "euro"), "−€2.00"}, {Quantity(SV, money.Units(2), "piece"), "2\u00a0st"},
		{QuantityInWords(FI, money.Units(1), "hour"), "1\u00a0tunti"}, {QuantityInWords(SV, money.Minutes(90), "hour"), "1,5\u00a0timmar"},
		{QuantityInWords(EN, money.Units(2), "visit"), "2\u00a0visits"},
		{Date(SV, d), "1.12.2026"}, {Month(FI, month), "joulukuu\u00a02026"}, {Period(FI, month.Period()), "1.12.2026–31.12.2026"},
		{Period(FI, calendar.Period{From: d, To: calendar.Forever}), "1.12.2026–"}, {Period(FI, calendar.Period{From: d, To: d + 1}), "1.12.2026"},
		{DateTime(FI, at), "1.12.2026 klo\u00a08.05"}, {DateTime(SV, at), "1.12.2026 kl.\u00a08.05"}, {Time(EN, at), "8:05"},
		{WeekdayName(SV, d.Weekday()), "tisdag"}, {Rate(FI, money.MustRate("10.7")), "10,7"}, {Int(FI, -1234), "−1\u00a0234"},
	} {
		if x[0] != x[1] {
			t.Errorf("got %q, want %q", x[0], x[1])
		}
	}
}

func TestPreferredLanguage(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Lang{"": FI, "sv-FI,sv;q=0.9": SV, "en-US": EN, "de": FI, "de,sv;q=0.5": SV, "fi": FI, ";;;": FI} {
		if got := Prefer(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
	if l, ok := ParseLang("SV"); !ok || l != SV {
		t.Error("SV is not read")
	}
	if _, ok := ParseLang("de"); ok {
		t.Error("German is read")
	}
}

func TestFaultsAndHolidaysOfCoreHaveTexts(t *testing.T) {
	t.Parallel()
	c := loaded(t)
	for d := calendar.Day(2026, time.January, 1); d < calendar.Day(2027, time.January, 1); d++ {
		if h, ok := calendar.HolidayOn(d); ok && !c.Has(h.Key) {
			t.Errorf("no text for %s", h.Key)
		}
	}
	_, err := ident.ParseBusinessID("FI23456780")
	for _, f := range fault.All(err) {
		if got := c.Fault(EN, f); got != "Write the business ID with its hyphen. Did you mean 2345678-0?" {
			t.Error(got)
		}
	}
	if fault.CodeOf(err) == "" || len(c.Missing()) != 0 {
		t.Errorf("%v, missing %v", err, c.Missing())
	}
}
