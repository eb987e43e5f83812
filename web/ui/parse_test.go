package ui

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
)

func TestDatesAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	want := calendar.Day(2026, time.December, 1)
	for _, s := range []string{"1.12.2026", "01.12.2026", " 1. 12. 2026 ", "2026-12-01", "011226"} {
		if got, err := ParseDate(s); err != nil || got != want {
			t.Errorf("%q: %v %v", s, got, err)
		}
	}
	for _, s := range []string{"", "31.2.2026", "1.13.2026", "29.2.2025", "1.12.26", "0.1.2026", "x", "1.12.20266", "2026-1-1"} {
		if got, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %v", s, got)
		}
	}
}

func TestAmountsAreNeverRounded(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]money.Cents{"1 842,00 €": 184200, "1842.5": 184250, "−12": -1200, "0,01": 1, "1\u00a0000": 100000} {
		if got, err := ParseCents(s); err != nil || got != want {
			t.Errorf("%q: %d %v", s, got, err)
		}
	}
	for _, s := range []string{"1,005", "1.000,00", "€", ",5", "5,", "--1", "1e3", "999999999999"} {
		if got, err := ParseCents(s); err == nil {
			t.Errorf("%q was read as %d", s, got)
		}
	}
}

func TestQuantityTypedAndReadIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := money.Minutes(rapid.Int64Range(0, 500_000).Draw(t, "minutes"))
		if rapid.Bool().Draw(t, "decimal") {
			q = money.Quantity(3 * rapid.Int64Range(-5_000_000, 5_000_000).Draw(t, "thousandths"))
		}
		if got, err := ParseQuantity(typedQuantity(q)); err != nil || got != q {
			t.Fatalf("%d typed as %s was read as %d (%v)", q, typedQuantity(q), got, err)
		}
	})
}

func TestPathArgumentsAreEscaped(t *testing.T) {
	t.Parallel()
	got, err := fillPath("/vouchers/{number}/close?note={note}", []any{"a/b", "c&d"})
	if err != nil || got != "/vouchers/a%2Fb/close?note=c%26d" {
		t.Errorf("%s %v", got, err)
	}
	if _, err := fillPath("/vouchers/{number}", nil); err == nil {
		t.Error("a missing value was not told")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1.12.2026")
	f.Add("1:30")
	f.Add("1 842,00 €")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil {
			if y, _, _ := d.Civil(); y < 1900 || y > 2199 {
				t.Errorf("%q became year %d", s, y)
			}
		}
		if q, err := ParseQuantity(s); err == nil && q%money.PerUnit%3 != 0 && q%50 != 0 {
			t.Errorf("%q became %d parts", s, q)
		}
		if m, err := ParseTime(s); err == nil && (m < 0 || m > 1440) {
			t.Errorf("%q became %d minutes", s, m)
		}
		_, _ = ParseCents(s)
		_, _ = ParseMonth(s)
	})
}
