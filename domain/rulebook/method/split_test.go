package method_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/rulebook/method"
)

// week are bands with a name of their own for every kind.
var week = []method.Band{{"holiday", method.OnHoliday, 0, 1440}, {"eve", method.OnEve, 12 * 60, 1440}, {"sunday", method.OnSunday, 0, 1440},
	{"saturday", method.OnSaturday, 6 * 60, 1440}, {"night", method.AtNight, 22 * 60, 6 * 60}, {"evening", method.InEvening, 18 * 60, 22 * 60}, {"weekday", method.OnWeekday, 0, 1440}}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	x, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Helsinki)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestDeliveryIsSplitAtTheLimitsOfBands(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ from, to, want string }{
		"within a band":                    {"2026-11-17 08:00", "2026-11-17 09:30", "weekday 90"},
		"evening into night":               {"2026-11-17 17:30", "2026-11-17 22:15", "weekday 30, evening 240, night 15"},
		"Friday night into Saturday":       {"2026-11-20 23:00", "2026-11-21 07:00", "night 420, saturday 60"},
		"Saturday into Sunday":             {"2026-11-21 23:00", "2026-11-22 01:00", "saturday 60, sunday 60"},
		"Sunday into Monday's night":       {"2026-11-22 23:00", "2026-11-23 07:00", "sunday 60, night 360, weekday 60"},
		"Independence Day on a Sunday":     {"2026-12-06 10:00", "2026-12-06 11:00", "holiday 60"},
		"Christmas Eve from noon":          {"2026-12-24 11:00", "2026-12-25 01:00", "weekday 60, eve 720, holiday 60"},
		"Midsummer Eve":                    {"2026-06-19 11:30", "2026-06-19 12:30", "weekday 30, eve 30"},
		"night of the spring change":       {"2026-03-29 00:00", "2026-03-29 06:00", "sunday 300"},
		"clock forward within the night":   {"2026-03-28 23:00", "2026-03-29 04:00", "saturday 60, sunday 180"},
		"night of the autumn change":       {"2026-10-25 00:00", "2026-10-25 06:00", "sunday 420"},
		"nothing":                          {"2026-11-17 08:00", "2026-11-17 08:00", ""},
		"end before the beginning":         {"2026-11-17 08:00", "2026-11-17 07:00", ""},
		"All Saints' Day is a holiday":     {"2026-10-31 10:00", "2026-10-31 11:00", "holiday 60"},
		"night after a holiday":            {"2026-12-06 23:00", "2026-12-07 01:00", "holiday 60, night 60"},
		"May Day's eve is a plain evening": {"2026-04-30 20:00", "2026-05-01 01:00", "evening 120, night 120, holiday 60"},
	} {
		var said []string
		for _, p := range method.Split(week, at(t, x.from), at(t, x.to)) {
			said = append(said, fmt.Sprintf("%s %d", p.Band, p.Minutes))
		}
		if got := strings.Join(said, ", "); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// TestSplitConservesMinutes: the pieces add up to the time that elapsed, whatever the clocks did, and a delivery split by hand
// gives the same minutes of each band.
func TestSplitConservesMinutes(t *testing.T) {
	t.Parallel()
	changes := []time.Time{at(t, "2026-03-29 00:00"), at(t, "2026-10-25 00:00"), at(t, "2026-06-18 00:00"), at(t, "2026-12-23 00:00")}
	rapid.Check(t, func(r *rapid.T) {
		start := rapid.SampledFrom(changes).Draw(r, "day").Add(time.Duration(rapid.IntRange(-1440, 4320).Draw(r, "start")) * time.Minute)
		first, second := rapid.IntRange(0, 1500).Draw(r, "minutes"), rapid.IntRange(0, 1500).Draw(r, "more")
		middle, end := start.Add(time.Duration(first)*time.Minute), start.Add(time.Duration(first+second)*time.Minute)
		sum := map[string]int{}
		total := 0
		for i, p := range method.Split(week, start, end) {
			if p.Minutes <= 0 || p.Band == "" {
				r.Fatalf("piece %d is %+v", i, p)
			}
			sum[p.Band] += p.Minutes
			total += p.Minutes
		}
		if total != first+second {
			r.Fatalf("%d minutes of %d", total, first+second)
		}
		for _, p := range append(method.Split(week, start, middle), method.Split(week, middle, end)...) {
			sum[p.Band] -= p.Minutes
		}
		for band, rest := range sum {
			if rest != 0 {
				r.Fatalf("%s has %d minutes more in one piece than in two", band, rest)
			}
		}
	})
}

func TestBandsComeFromTheRules(t *testing.T) {
	t.Parallel()
	bands, err := method.BandsOf(rule(t, sets["time_band_table"]))
	if err != nil || len(bands) != 6 || bands[3] != (method.Band{Name: "saturday_or_night", Kind: method.AtNight, From: 1320, To: 360}) {
		t.Errorf("%v, %v", bands, err)
	}
	if none, err := method.BandsOf(rule(t, sets["flat_unit"])); err != nil || none != nil {
		t.Errorf("%v, %v", none, err)
	}
	if none, err := method.BandsOf(rule(t, `{"method":"flat","values":[]}`)); err != nil || none != nil {
		t.Errorf("%v, %v", none, err)
	}
}

func TestPartOfAPeriod(t *testing.T) {
	t.Parallel()
	december := calendar.MonthOf(calendar.Day(2026, 12, 1))
	day := func(d int) calendar.Date { return calendar.Day(2026, 12, d) }
	for _, x := range []struct {
		part     method.Part
		from, to calendar.Date // both served
		want     money.Cents
	}{
		{method.ByCalendarDays, day(1), day(31), 310000},
		{method.ByCalendarDays, day(1), day(15), 150000},
		{method.ByCalendarDays, day(1), day(7), 70000},
		{method.ByOperationalDays, day(1), day(31), 310000},
		{method.ByOperationalDays, day(1), day(4), 59048},   // 4 of 21
		{method.ByOperationalDays, day(5), day(6), 0},       // Saturday and Independence Day
		{method.ByOperationalDays, day(1), day(30), 295238}, // 20 of 21
		{method.PartIsFull, day(31), day(31), 310000},
		{method.PartIsNone, day(1), day(30), 0},
		{method.PartIsNone, day(1), day(31), 310000},
		{method.ByCalendarDays, day(1) - 10, day(31) + 10, 310000},
		{method.PartIsFull, day(31) + 1, day(31) + 5, 0},
	} {
		if got := x.part.Partial(310000, december, calendar.Period{From: x.from, To: x.to + 1}); got != x.want {
			t.Errorf("%s %s–%s: %d, want %d", x.part, x.from, x.to, got, x.want)
		}
	}
}
