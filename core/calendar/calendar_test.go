package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/fault/faulttest"
)

func day(y, m, d int) calendar.Date { return calendar.Day(y, time.Month(m), d) }

func TestReadWhatPeopleType(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1.12.2026", "01.12.2026", "1.12.26", "2026-12-01", "2026-12-1", "011226", "01122026", " 1. 12. 2026 ", "1.12.\u00a02026"} {
		if d, err := calendar.Read(s); err != nil || d != day(2026, 12, 1) {
			t.Errorf("%q: %s, %v", s, d, err)
		}
	}
	for s, code := range map[string]string{
		"": "CAL-001", "1.12.": "CAL-001", "1/12/2026": "CAL-001", "tänään": "CAL-001", "1.12.026": "CAL-001", "١.١.٢٠٢٦": "CAL-001",
		"29.2.2026": "CAL-002", "31.11.2026": "CAL-002", "0.1.2026": "CAL-002", "2026-13-01": "CAL-002", "321226": "CAL-002",
		"1.1.0026": "CAL-003", "1.1.9999": "CAL-003",
	} {
		_, err := calendar.Read(s)
		faulttest.WantField(t, err, code, "date")
	}
}

func TestReadTime(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][2]int{"8.05": {8, 5}, "08:05": {8, 5}, "klo 8.05": {8, 5}, "kl. 23.59": {23, 59}, "24.00": {24, 0}, "0:00": {0, 0}} {
		if h, m, err := calendar.ReadTime(s); err != nil || h != want[0] || m != want[1] {
			t.Errorf("%q: %d:%d, %v", s, h, m, err)
		}
	}
	for _, s := range []string{"", "8", "8.5", "24.01", "25.00", "8.60", "8.05.00"} {
		_, _, err := calendar.ReadTime(s)
		faulttest.WantField(t, err, "CAL-004", "time")
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		received calendar.Date
		days     int
		last     calendar.Date
	}{
		{day(2026, 11, 6), 30, day(2026, 12, 7)},   // Sunday and Independence Day
		{day(2026, 11, 24), 30, day(2026, 12, 28)}, // Christmas Eve, two holidays, Sunday
		{day(2026, 5, 20), 30, day(2026, 6, 22)},   // Midsummer Eve
		{day(2026, 1, 5), 14, day(2026, 1, 19)},    // an ordinary Monday
	} {
		if got := calendar.Deadline(c.received, c.days); got != c.last {
			t.Errorf("%s + %d days ends %s, want %s", c.received, c.days, got, c.last)
		}
	}
}

// The years in which the moon's circle has its exceptions, and the latest possible days.
func TestEasterInTheOddYears(t *testing.T) {
	t.Parallel()
	for _, want := range []calendar.Date{day(1943, 4, 25), day(1954, 4, 18), day(1981, 4, 19), day(2000, 4, 23), day(2008, 3, 23),
		day(2038, 4, 25), day(2049, 4, 18), day(2076, 4, 19)} {
		y, _, _ := want.Civil()
		if got := calendar.Easter(y); got != want {
			t.Errorf("Easter %d is %s, want %s", y, got, want)
		}
	}
}

func TestMonthsWithoutSoManyBankDays(t *testing.T) {
	t.Parallel()
	m := calendar.MonthOf(day(2027, 1, 1))
	for _, n := range []int{0, -1, 24} {
		if d, ok := calendar.NthBankDay(m, n); ok {
			t.Errorf("bank day %d of %s is %s", n, m, d)
		}
	}
}

func TestTheRepeatedHourGivesTheFirstMoment(t *testing.T) {
	t.Parallel()
	at, ambiguous, err := calendar.Instant(day(2026, 10, 25), 3, 0)
	if err != nil || !ambiguous || !at.Equal(time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%s, %v, %v", at, ambiguous, err)
	}
	if again := at.Add(time.Hour); again.Hour() != 3 || again.Minute() != 0 {
		t.Errorf("an hour later clocks show %s", again)
	}
	at, ambiguous, err = calendar.Instant(day(2026, 10, 25), 4, 0)
	if err != nil || ambiguous || !at.Equal(time.Date(2026, 10, 25, 2, 0, 0, 0, time.UTC)) {
		t.Errorf("%s, %v, %v", at, ambiguous, err)
	}
	_, _, err = calendar.Instant(day(2027, 3, 28), 3, 0)
	faulttest.WantField(t, err, "CAL-005", "time")
	_, _, err = calendar.Instant(day(2027, 3, 28), 24, 1)
	faulttest.Want(t, err, "CAL-004")
}

func TestDateLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.Date(rapid.Int32Range(int32(day(1900, 1, 1)), int32(day(2199, 12, 1))).Draw(t, "d"))
		if back, err := calendar.Read(d.String()); err != nil || back != d {
			t.Fatalf("%s is read as %s, %v", d, back, err)
		}
		if w := d.WeekStart(); w.Weekday() != time.Monday || w > d || d-w > 6 {
			t.Fatalf("week of %s starts %s", d, w)
		}
		if !calendar.MonthOf(d).Period().Contains(d) {
			t.Fatalf("%s is not in its month", d)
		}
		n := rapid.IntRange(-24, 24).Draw(t, "n")
		moved := d.AddMonths(n)
		_, _, dayBefore := d.Civil()
		_, _, dayAfter := moved.Civil()
		if calendar.MonthOf(moved) != calendar.MonthOf(d)+calendar.Month(n) || dayAfter > dayBefore {
			t.Fatalf("%s + %d months = %s", d, n, moved)
		}
		next, previous := calendar.NextBankDay(d), calendar.PreviousBankDay(d)
		if next < d || previous > d || next-previous > 6 || !calendar.BankDay(next) || !calendar.BankDay(previous) {
			t.Fatalf("bank days around %s: %s, %s", d, previous, next)
		}
		h, m := rapid.IntRange(0, 23).Draw(t, "h"), rapid.IntRange(0, 59).Draw(t, "m")
		if at, _, err := calendar.Instant(d, h, m); err == nil && (calendar.DateOf(at.In(calendar.Helsinki)) != d || at.Hour() != h) {
			t.Fatalf("%s %d:%d became %s", d, h, m, at)
		}
	})
}

func TestPeriodLaws(t *testing.T) {
	t.Parallel()
	p := rapid.Custom(func(t *rapid.T) calendar.Period {
		return calendar.Period{From: calendar.Date(rapid.IntRange(0, 60).Draw(t, "from")), To: calendar.Date(rapid.IntRange(0, 60).Draw(t, "to"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := p.Draw(t, "a"), p.Draw(t, "b")
		common := 0
		for d := calendar.Date(0); d < 60; d++ {
			both := a.Contains(d) && b.Contains(d)
			if both != a.Meet(b).Contains(d) {
				t.Fatalf("%v and %v disagree about %d", a, b, d)
			}
			if both {
				common++
			}
		}
		if a.Meet(b).Days() != common || a.Meet(b).Empty() != (common == 0) {
			t.Fatalf("%v and %v have %d days in common", a, b, common)
		}
		if !a.Empty() && !b.Empty() && a.Overlaps(b) != (common > 0) {
			t.Fatalf("%v overlaps %v: %v", a, b, a.Overlaps(b))
		}
	})
}

func TestJSONIsISO(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(day(2026, 12, 1))
	var back calendar.Date
	if err != nil || string(raw) != `"2026-12-01"` || json.Unmarshal(raw, &back) != nil || back != day(2026, 12, 1) {
		t.Errorf("%s, %s, %v", raw, back, err)
	}
	if json.Unmarshal([]byte(`"1.12.2026"`), &back) == nil {
		t.Error("programs may not send dates as people type them")
	}
}

func TestClockGivesTheFinnishDay(t *testing.T) {
	t.Parallel()
	c := calendar.At(time.Date(2026, 11, 30, 22, 30, 0, 0, time.UTC))
	if calendar.Today(c) != day(2026, 12, 1) {
		t.Errorf("today is %s", calendar.Today(c))
	}
	if n := calendar.Noon(day(2026, 7, 1)); !n.Now().Equal(time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("noon is %s", n.Now())
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"1.12.2026", "2026-12-01", "011226", "klo 8.05", "24.00", "29.2.2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.Read(s)
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Errorf("%q: %v is no fault", s, err)
			}
		} else if again, err := calendar.Read(d.String()); err != nil || again != d {
			t.Errorf("%q: %s is read as %s, %v", s, d, again, err)
		}
		if d, err := calendar.ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q is the day %s", s, d)
		}
		if m, err := calendar.ParseMonth(s); err == nil && m.String() != s {
			t.Errorf("%q is the month %s", s, m)
		}
		if h, m, err := calendar.ReadTime(s); err == nil {
			if _, _, err := calendar.Instant(day(2026, 1, 1), h, m); err != nil {
				t.Errorf("%q is read but is no time: %v", s, err)
			}
		}
	})
}
