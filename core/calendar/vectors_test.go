package calendar_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/internal/sharedtest"
)

type vectorFile struct {
	Easter, MidsummerEve, AllSaints []struct {
		Year int
		Date calendar.Date
	}
	Next, Previous, Add []struct {
		Given, Result calendar.Date
		Days          int
	}
	Nth []struct {
		Month  string
		N      int
		Result calendar.Date
	}
	DST []struct {
		Date     calendar.Date
		Hours    int
		Skipped  string
		Repeated string
		Zone     string
	}
}

func read(t *testing.T) vectorFile {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(sharedtest.Read(t, "conformance", "calendar", "vectors.json"), &raw); err != nil {
		t.Fatal(err)
	}
	var v vectorFile
	for name, into := range map[string]any{
		"easter": &v.Easter, "midsummer_eve": &v.MidsummerEve, "all_saints": &v.AllSaints, "next_bank_day": &v.Next,
		"previous_bank_day": &v.Previous, "add_bank_days": &v.Add, "nth_bank_day_of_month": &v.Nth, "dst": &v.DST,
	} {
		if err := json.Unmarshal(raw[name], into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		delete(raw, name)
	}
	delete(raw, "about")
	for name := range raw {
		t.Errorf("vectors %q are not tested", name)
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	v := read(t)
	for _, c := range v.Easter {
		if got := calendar.Easter(c.Year); got != c.Date {
			t.Errorf("Easter %d: %s, want %s", c.Year, got, c.Date)
		}
	}
	for _, c := range v.MidsummerEve {
		wantHoliday(t, c.Date, "midsummer_eve")
	}
	for _, c := range v.AllSaints {
		wantHoliday(t, c.Date, "all_saints")
	}
	for _, c := range v.Next {
		if got := calendar.NextBankDay(c.Given); got != c.Result {
			t.Errorf("next bank day of %s: %s, want %s", c.Given, got, c.Result)
		}
	}
	for _, c := range v.Previous {
		if got := calendar.PreviousBankDay(c.Given); got != c.Result {
			t.Errorf("previous bank day of %s: %s, want %s", c.Given, got, c.Result)
		}
	}
	for _, c := range v.Add {
		if got := calendar.AddBankDays(c.Given, c.Days); got != c.Result {
			t.Errorf("%s + %d bank days: %s, want %s", c.Given, c.Days, got, c.Result)
		}
		if back := calendar.AddBankDays(c.Result, -c.Days); back != calendar.PreviousBankDay(c.Given) {
			t.Errorf("%s − %d bank days: %s", c.Result, c.Days, back)
		}
	}
	for _, c := range v.Nth {
		m, err := calendar.ParseMonth(c.Month)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := calendar.NthBankDay(m, c.N); !ok || got != c.Result {
			t.Errorf("bank day %d of %s: %s, want %s", c.N, m, got, c.Result)
		}
	}
	for _, c := range v.DST {
		from, _, err := calendar.Instant(c.Date, 0, 0)
		to, _, err2 := calendar.Instant(c.Date, 24, 0)
		if err != nil || err2 != nil || to.Sub(from) != time.Duration(c.Hours)*time.Hour {
			t.Errorf("%s has %s, want %d h", c.Date, to.Sub(from), c.Hours)
		}
		_, ambiguous, err := calendar.Instant(c.Date, 3, 30)
		if (err != nil) != (c.Skipped != "") || ambiguous != (c.Repeated != "") {
			t.Errorf("3:30 on %s: ambiguous %v, %v", c.Date, ambiguous, err)
		}
	}
}

func wantHoliday(t *testing.T, d calendar.Date, key string) {
	t.Helper()
	if h, ok := calendar.HolidayOn(d); !ok || h.Key != "calendar.holiday."+key {
		t.Errorf("%s is %q, want %s", d, h.Key, key)
	}
}

// Every day of the table's years is compared, not only those that the table names.
func TestHolidayTable(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(bytes.NewReader(sharedtest.Read(t, "data", "holidays-fi-2013-2040.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[calendar.Date][]string{}
	names := map[string]string{} // key → Finnish name: one name per key and one key per name
	first, last := calendar.Forever, calendar.Date(0)
	for _, r := range rows[1:] {
		d, err := calendar.ParseDate(r[0])
		if err != nil {
			t.Fatal(err)
		}
		want[d] = r
		first, last = min(first, d), max(last, d)
	}
	if len(want) != len(rows)-1 {
		t.Fatalf("%d rows on %d days", len(rows)-1, len(want))
	}
	fy, _, _ := first.Civil()
	ly, _, _ := last.Civil()
	for d := calendar.Day(fy, time.January, 1); d <= calendar.Day(ly, time.December, 31); d++ {
		h, closed := calendar.HolidayOn(d)
		r, listed := want[d]
		if closed != listed {
			t.Errorf("%s: holiday %v (%s), in the table %v", d, closed, h.Key, listed)
			continue
		}
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if calendar.BankDay(d) != (!weekend && !(listed && r[5] == "1")) {
			t.Errorf("%s: bank day %v", d, calendar.BankDay(d))
		}
		if !listed {
			continue
		}
		if public, _ := strconv.ParseBool(r[4]); public != h.Public {
			t.Errorf("%s %s: public %v", d, h.Key, h.Public)
		}
		if name, seen := names[h.Key]; seen && name != r[1] {
			t.Errorf("%s is both %s and %s", h.Key, name, r[1])
		}
		names[h.Key] = r[1]
	}
	if len(names) != 15 {
		t.Errorf("%d holidays: %s", len(names), strings.Join(rows[0], ","))
	}
}
