package rulebook_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
)

func TestToleranceOfTheGuideExample(t *testing.T) {
	t.Parallel()
	hour := money.Units(1)
	for _, c := range []struct {
		limit, step, want money.Quantity
		percent           rulebook.Percent
	}{
		{2 * hour, hour, 3 * hour, 10 * rulebook.PerCent},         // 2 h + 10 % = 2.2 h → 3 h
		{20 * hour, hour, 22 * hour, 10 * rulebook.PerCent},       // exactly 22 h stays
		{2 * hour, hour / 4, 9 * hour / 4, 10 * rulebook.PerCent}, // a quarter: 2.25 h
		{5 * hour / 2, hour, 5 * hour / 2, 0},                     // no tolerance: nothing is rounded either
		{0, hour, 0, 10 * rulebook.PerCent},                       // of nothing comes nothing
		{1, hour, hour, 1},                                        // the smallest part
	} {
		if got := (rulebook.Tolerance{Percent: c.percent, Step: c.step}).Widen(c.limit); got != c.want {
			t.Errorf("%s with %s %%, step %s: %s, want %s", c.limit, c.percent, c.step, got, c.want)
		}
	}
}

func TestToleranceLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		limit := money.Quantity(rapid.Int64Range(1, 100_000*money.PerUnit).Draw(r, "limit"))
		more := money.Quantity(rapid.Int64Range(0, 1000*money.PerUnit).Draw(r, "more"))
		tol := rulebook.Tolerance{Percent: rulebook.Percent(rapid.Int64Range(1, 100_000).Draw(r, "percent")),
			Step: money.Quantity(rapid.SampledFrom([]int64{1, 50, 750, 1500, 3000, 6000}).Draw(r, "step"))}
		got := tol.Widen(limit)
		exact := new(big.Rat).Mul(big.NewRat(int64(limit), 1), big.NewRat(10_000+int64(tol.Percent), 10_000))
		over := new(big.Rat).Sub(big.NewRat(int64(got), 1), exact)
		switch {
		case got < limit:
			r.Fatalf("tolerance takes away: %d of %d", got, limit)
		case got%tol.Step != 0:
			r.Fatalf("%d is not whole steps of %d", got, tol.Step)
		case over.Sign() < 0 || over.Cmp(big.NewRat(int64(tol.Step), 1)) >= 0:
			r.Fatalf("%d is not the nearest step above %s", got, exact.FloatString(4))
		case tol.Widen(limit+more) < got:
			r.Fatal("a greater right has a smaller limit")
		case (rulebook.Tolerance{Percent: tol.Percent + 1, Step: tol.Step}).Widen(limit) < got:
			r.Fatal("a greater percentage has a smaller limit")
		}
	})
}

func TestPercentIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rulebook.Percent{"10": 1000, "12,5": 1250, " 0.25 ": 25, "0": 0, "100": 10000} {
		if got, err := rulebook.ParsePercent(text); err != nil || got != want {
			t.Errorf("%q: %d, want %d (%v)", text, got, want, err)
		}
	}
	for _, text := range []string{"", "-1", "1.234", "10 %", "1.", ".5", "1e2", "10000000", "1,2,3"} {
		_, err := rulebook.ParsePercent(text)
		faulttest.Want(t, err, "RUL-008")
	}
	rapid.Check(t, func(r *rapid.T) {
		p := rulebook.Percent(rapid.Int64Range(0, 100_000).Draw(r, "percent"))
		if back, err := rulebook.ParsePercent(p.String()); err != nil || back != p {
			r.Fatalf("%d is written %s and read %d (%v)", p, p, back, err)
		}
	})
}

const rules = `{"value":{"method":"flat","values":[{"content_id":7,"value_cents":3300}]},"rounding":"half_up_cent",
"tolerance":{"percent":"10","step_quantity":"1","auto_approve":true},"overrun_allowed":false,"recording_days":60,"prompt_days":14,"price_notice_days":30,"price_months":[1,7]}`

func TestRulesComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	r, err := rulebook.ParseRules([]byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	if r.Tolerance.Percent != 10*rulebook.PerCent || r.Tolerance.Step != money.Units(1) || r.Rounding != money.HalfUpCent || r.RecordingDays != 60 || r.PromptDays != 14 {
		t.Errorf("read as %+v", r)
	}
	written, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := json.Compact(&want, []byte(rules)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(written)); diff != "" {
		t.Error(diff)
	}
}

// Versions written before the field existed say nothing of delay: nobody is told.
func TestRulesWithoutPromptDaysTellNobody(t *testing.T) {
	t.Parallel()
	r, err := rulebook.ParseRules(bytes.Replace([]byte(rules), []byte(`"prompt_days":14,`), nil, 1))
	if err != nil || r.PromptDays != 0 || rulebook.Default().PromptDays != 0 {
		t.Errorf("%d, %v", r.PromptDays, err)
	}
}

func TestRulesThatNobodyAppliesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, code string }{
		"unknown field":      {`"recording_days"`, `"recordingdays"`, "RUL-003"},
		"unknown tolerance":  {`"auto_approve"`, `"auto"`, "RUL-003"},
		"wrong type":         {`60`, `"sixty"`, "RUL-003"},
		"something after":    {`[1,7]}`, `[1,7]} {}`, "RUL-003"},
		"no method":          {`"method":"flat",`, ``, "RUL-004"},
		"too long window":    {`60`, `731`, "RUL-010"},
		"negative delay":     {`14`, `-1`, "RUL-022"},
		"delay over a year":  {`14`, `366`, "RUL-022"},
		"negative notice":    {`_days":30`, `_days":-1`, "RUL-011"},
		"thirteenth month":   {`[1,7]`, `[13]`, "RUL-012"},
		"month twice":        {`[1,7]`, `[7,7]`, "RUL-012"},
		"tolerance, no step": {`"step_quantity":"1"`, `"step_quantity":"0"`, "RUL-009"},
		"huge tolerance":     {`"percent":"10"`, `"percent":"1001"`, "RUL-008"},
	} {
		changed := bytes.Replace([]byte(rules), []byte(c.old), []byte(c.new), 1)
		if _, err := rulebook.ParseRules(changed); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte(rules))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := rulebook.ParseRules(raw)
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Fatalf("refused without a code: %v", err)
			}
			return
		}
		written, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := rulebook.ParseRules(written)
		if err != nil {
			t.Fatalf("what was accepted cannot be read back: %v in %s", err, written)
		}
		twice, err := json.Marshal(again)
		if err != nil || !bytes.Equal(written, twice) {
			t.Fatalf("%s becomes %s (%v)", written, twice, err)
		}
	})
}

func TestRecordingWindowBeginsFromTheMonth(t *testing.T) {
	t.Parallel()
	r := rulebook.Default()
	for today, want := range map[calendar.Date]calendar.Date{
		calendar.Day(2026, 11, 21): calendar.Day(2026, 9, 2),
		calendar.Day(2026, 11, 30): calendar.Day(2026, 9, 2),
		calendar.Day(2026, 12, 1):  calendar.Day(2026, 10, 2),
		calendar.Day(2027, 3, 31):  calendar.Day(2026, 12, 31),
	} {
		if got := r.EarliestService(today); got != want {
			t.Errorf("on %s the earliest day is %s, want %s", today, got, want)
		}
	}
}

func TestPriceBeginsAfterNoticeInItsMonth(t *testing.T) {
	t.Parallel()
	r := rulebook.Default()
	today := calendar.Day(2026, 11, 21)
	for _, c := range []struct {
		notice int
		months []int
		want   calendar.Date
	}{
		{30, nil, calendar.Day(2026, 12, 21)},
		{0, nil, today},
		{30, []int{1}, calendar.Day(2027, 1, 1)},
		{60, []int{1}, calendar.Day(2028, 1, 1)},
		{10, []int{1, 12}, calendar.Day(2026, 12, 1)},
		{41, []int{1}, calendar.Day(2027, 1, 1)}, // exactly on the day
	} {
		r.PriceNoticeDays, r.PriceMonths = c.notice, c.months
		if got := r.EarliestPrice(today); got != c.want || !r.PriceMayBegin(got) {
			t.Errorf("notice %d months %v: %s, want %s", c.notice, c.months, got, c.want)
		}
	}
	if r.PriceMonths = []int{1}; r.PriceMayBegin(calendar.Day(2027, 1, 2)) {
		t.Error("a price begins on 2 January though prices change on the first day only")
	}
}

func book() rulebook.Rulebook {
	r := rulebook.Default()
	r.Value = rulebook.Flat([]rulebook.FlatValue{{Content: 7, Value: 3300}})
	return rulebook.Rulebook{ID: 5, Version: 2, Rules: r}
}

func TestFlatValueIsExplained(t *testing.T) {
	t.Parallel()
	got, err := rulebook.BuiltIn().Value(book(), rulebook.ValueInput{Content: 7})
	if err != nil || got.Value != 3300 {
		t.Fatalf("value %d (%v)", got.Value, err)
	}
	stored, err := json.Marshal(got.Explanation)
	if err != nil {
		t.Fatal(err)
	}
	var back rulebook.Explanation
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got.Explanation, back); diff != "" {
		t.Error(diff)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	want := map[i18n.Lang]string{
		i18n.FI: "Palvelusetelin arvo yhdeltä yksiköltä|569/2009, 7 § · sääntökirjan versio 2|33,00 €",
		i18n.SV: "Servicesedelns värde för en enhet|569/2009, 7 § · regelbokens version 2|33,00 €",
		i18n.EN: "Value of the voucher for one unit|569/2009, 7 § · rulebook version 2|€33.00",
	}
	for lang, text := range want {
		line := back.Trace(words, lang, "x").Lines[0]
		if got := line.Label + "|" + line.Source + "|" + line.Amount; got != text || !line.Sum || line.Formula == "" {
			t.Errorf("%s: %q, want %q (formula %q)", lang, got, text, line.Formula)
		}
	}
	_, err = rulebook.BuiltIn().Value(book(), rulebook.ValueInput{Content: 8})
	faulttest.Want(t, err, "RUL-005")
	_, err = rulebook.Models{}.Value(book(), rulebook.ValueInput{Content: 7})
	faulttest.Want(t, err, "RUL-004")
}

func TestExplanationKeepsTheTypeOfEachValue(t *testing.T) {
	t.Parallel()
	in := rulebook.Values{"price": money.Cents(3600), "amount": money.Minutes(90), "day": calendar.Day(2026, 11, 21), "rate": money.MustRate("12.5"),
		"n": 3, "text": "x", "names": i18n.Names{Fi: "Tunti"}}
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out rulebook.Values
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	rate, same := out["rate"].(money.Rate)
	if !same || rate.String() != "12.5" {
		t.Errorf("rate came back as %v", out["rate"])
	}
	delete(in, "rate")
	delete(out, "rate")
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
	if _, err := json.Marshal(rulebook.Values{"x": 1.5}); err == nil {
		t.Error("a float was kept in an explanation")
	}
}

func TestPriceIsHeldUnderCapAndValue(t *testing.T) {
	t.Parallel()
	cap := money.Cents(4000)
	for _, c := range []struct {
		price money.Cents
		free  bool
		code  string
	}{{4000, false, ""}, {4001, false, "RUL-018"}, {3300, true, ""}, {3301, true, "RUL-019"}, {0, false, "RUL-020"}} {
		err := rulebook.BuiltIn().CheckPrice(book(), rulebook.PriceInput{Content: 7, Price: c.price, Cap: &cap, OwnShareForbidden: c.free})
		if got := fault.CodeOf(err); got != c.code {
			t.Errorf("price %d free %v: %q, want %q", c.price, c.free, got, c.code)
		}
	}
}
