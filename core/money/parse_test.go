package money_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/core/money"
)

func TestParseCents(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]money.Cents{
		"1 234,50": 123450, "1234.5 €": 123450, "1\u00a0842,00\u00a0€": 184200, "12": 1200, " 0,05 ": 5, "−3,20": -320, "-3.2": -320,
		"€ 7": 700, "1 000 000 000": 100_000_000_000, "007,1": 710, "0": 0, "1\u202f234": 123400,
	} {
		if got, err := money.ParseCents(in); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", in, got, err, want)
		}
	}
	for in, code := range map[string]string{
		"": "MON-002", "€": "MON-002", "1.234,50": "MON-002", "1,234.50": "MON-002", "12,": "MON-002", ",50": "MON-002", "1 23": "MON-002",
		"12 34,00": "MON-002", "1e3": "MON-002", "١٢": "MON-002", "12 €€": "MON-002", "1.234": "MON-003", "0,005": "MON-003",
		"1000000001": "MON-001", "1000000000,01": "MON-001", "9999999999999999": "MON-002",
	} {
		_, err := money.ParseCents(in)
		faulttest.WantField(t, err, code, "amount")
	}
}

func TestParseQuantity(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]money.Quantity{
		"2": money.Units(2), "2,5": 7500, "0.125": 375, "1 000": money.Units(1000), "2:30": 7500, "0:20": money.Minutes(20), "0:01": 50,
		"2.30": 6900, "1000000": money.Units(1_000_000),
	} {
		if got, err := money.ParseHours(in); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", in, got, err, want)
		}
	}
	for in, code := range map[string]string{
		"": "MON-004", "-1": "MON-004", "2h": "MON-004", "1,2,3": "MON-004", "0,0001": "MON-005", "1:60": "MON-006", "1:5": "MON-006",
		"1000000,001": "MON-007", "1000001": "MON-007", "9999999:00": "MON-007",
	} {
		_, err := money.ParseHours(in)
		faulttest.WantField(t, err, code, "quantity")
	}
	_, err := money.ParseQuantity("2:30") // visits have no minutes
	faulttest.Want(t, err, "MON-004")
}

func TestWrittenFormsComeBack(t *testing.T) {
	t.Parallel()
	for q, want := range map[money.Quantity]string{7500: "2.5", 3: "0.001", 50: "0:01", 1000: "0:20", 7000: "2:20", 1: "1/3000",
		-7000: "-2:20", -1: "-1/3000", 0: "0", 30000: "10", -4500: "-1.5"} {
		if q.String() != want {
			t.Errorf("%d parts: %s, want %s", int64(q), q, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		q := money.Quantity(rapid.Int64Range(-1e17, 1e17).Draw(t, "q"))
		raw, err := json.Marshal(map[string]money.Quantity{"q": q})
		var back map[string]money.Quantity
		if err != nil || json.Unmarshal(raw, &back) != nil || back["q"] != q {
			t.Fatalf("%s comes back as %s", q, back["q"])
		}
		c := anyCents.Draw(t, "c")
		if again, err := money.ParseCents(c.String()); err != nil || again != c {
			t.Fatalf("%s comes back as %s, %v", c, again, err)
		}
		v, err := q.Int64Value()
		var scanned money.Quantity
		if err != nil || scanned.ScanInt64(v) != nil || scanned != q {
			t.Fatalf("%s is stored as %s", q, scanned)
		}
	})
	if raw, err := json.Marshal(money.Cents(-1250)); err != nil || string(raw) != "-1250" {
		t.Errorf("cents in JSON: %s, %v", raw, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1 234,50", "1234.5 €", "2:30", "0.125", "-1/3000", "−1", "1.234,50"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := money.ParseCents(s); err == nil {
			if again, err := money.ParseCents(c.String()); err != nil || again != c {
				t.Errorf("%q: %s, %v", s, c, err)
			}
		} else if fault.CodeOf(err) == "" {
			t.Errorf("%q: %v is no fault", s, err)
		}
		if q, err := money.ParseHours(s); err == nil {
			var again money.Quantity
			if err := again.UnmarshalText([]byte(q.String())); err != nil || again != q {
				t.Errorf("%q: %s, %v", s, q, err)
			}
		} else if fault.CodeOf(err) == "" {
			t.Errorf("%q: %v is no fault", s, err)
		}
		if q, err := money.ParseQuantity(s); err == nil {
			var again money.Quantity
			if err := again.UnmarshalText([]byte(q.String())); err != nil || again != q {
				t.Errorf("%q: %s, %v", s, q, err)
			}
		} else if fault.CodeOf(err) == "" {
			t.Errorf("%q: %v is no fault", s, err)
		}
		if r, err := money.ParseRounding(s); err == nil && !slices.Contains(money.Roundings(), s) {
			t.Errorf("%q is the rounding %v", s, r)
		}
		if r, err := money.ParseRate(s); err == nil {
			if again, err := money.ParseRate(r.String()); err != nil || again != r {
				t.Errorf("%q: %s, %v", s, r, err)
			}
		}
	})
}

func TestFactorIsDecimalOrFraction(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"30.4": "152/5", "365/12": "365/12", "52/12": "13/3", "4,3": "43/10", "-1": "-1", "0": "0", "1.5/0.5": "3"} {
		f, err := money.ParseFactor(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		exact, err := money.ParseFactor(want)
		if err != nil || f.Exact().Cmp(exact.Exact()) != 0 {
			t.Errorf("%s is %s, want %s (%v)", text, f.Exact(), want, err)
		}
		if again, err := money.ParseFactor(f.String()); err != nil || again != f {
			t.Errorf("%s is written %s (%v)", text, f, err)
		}
	}
	for _, text := range []string{"", "/", "1/0", "1/0.0", "1/2/3", "a/2", "1e3", "1/"} {
		if _, err := money.ParseFactor(text); fault.CodeOf(err) != "MON-011" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
