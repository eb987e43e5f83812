package voucher

import (
	"testing"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/ledger"
)

var anyDay = rapid.Custom(func(t *rapid.T) calendar.Date {
	return calendar.Day(2024, 1, 1) + calendar.Date(rapid.IntRange(0, 1500).Draw(t, "day"))
})

var anyPeriod = rapid.Custom(func(t *rapid.T) calendar.Period {
	from := anyDay.Draw(t, "from")
	return calendar.Period{From: from, To: from + calendar.Date(rapid.IntRange(1, 800).Draw(t, "days"))}
})

// The upper bound of a grant's cost counts every quota once: as many as there are buckets in the validity.
func TestTimesCountsTheBucketsOfThePeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod.Draw(t, "period")
		for _, r := range []Recurrence{Daily, Weekly, Monthly, Total} {
			buckets := map[calendar.Date]bool{}
			for d := p.From; d < p.To; d++ {
				buckets[r.Bucket(d)] = true
			}
			if n := r.times(p); n != int64(len(buckets)) {
				t.Fatalf("%s over %v: %d, counted %d", r, p, n, len(buckets))
			}
		}
	})
}

func TestEstimateIsNeverAboveTheCap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod.Draw(t, "period")
		amount, total := money.Units(rapid.Int64Range(1, 50).Draw(t, "amount")), money.Units(rapid.Int64Range(50, 500).Draw(t, "total"))
		value := money.Cents(rapid.Int64Range(0, 20_000).Draw(t, "value"))
		free, capped := LineInput{Recurrence: Weekly, Amount: &amount}, LineInput{Recurrence: Weekly, Amount: &amount, Total: &total}
		if c := capped.Estimate(value, p); c > value.Times(total) || c > free.Estimate(value, p) {
			t.Fatalf("capped %d, cap %d, free %d", c, value.Times(total), free.Estimate(value, p))
		}
	})
}

// Whatever is closed, annulled or refused, the usable days are days of the validity, and nothing delivered is cut off without consent.
func TestClosingNeverCutsDeliveredDaysSilently(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := Voucher{Valid: anyPeriod.Draw(t, "valid"), State: Open}
		day, delivered := anyDay.Draw(t, "day"), anyDay.Draw(t, "delivered")
		used := map[int64]ledger.Use{1: {Quantity: 1, LastDate: &delivered}}
		closed, err := v.closedFrom(day, EndedReason, "x", "", used)
		if err != nil {
			if code := fault.CodeOf(err); code != "VOU-007" && code != "VOU-008" {
				t.Fatal(err)
			}
			return
		}
		if delivered >= day {
			t.Fatalf("closed from %s over a delivery on %s", day, delivered)
		}
		if u := closed.Usable(); !u.Empty() && (u.From < v.Valid.From || u.To > v.Valid.To || u.To > day) {
			t.Fatalf("usable %v of %v closed from %s", u, v.Valid, day)
		}
	})
}

func TestShownState(t *testing.T) {
	valid := calendar.Period{From: calendar.Day(2026, 11, 1), To: calendar.Day(2027, 11, 1)}
	today := calendar.Day(2026, 11, 21)
	later, earlier := today+5, today-5
	rest := []Rest{{Period: calendar.Period{From: today, To: later}}}
	for want, v := range map[string]Voucher{
		"waiting":         {Valid: valid, State: Granted},
		"accepted":        {Valid: valid, State: Granted, Answer: &Answer{}},
		"open":            {Valid: valid, State: Open, Answer: &Answer{}},
		"paused":          {Valid: valid, State: Open, Answer: &Answer{}, Pauses: rest},
		"ended":           {Valid: calendar.Period{From: earlier, To: today}, State: Open},
		"ending":          {Valid: valid, State: Closed, ClosedFrom: &later, CloseReason: Stopped},
		"closed.stopped":  {Valid: valid, State: Closed, ClosedFrom: &earlier, CloseReason: Stopped},
		"closed.annulled": {Valid: valid, State: Closed, ClosedFrom: &later, CloseReason: AnnulReason},
		"closed.refused":  {Valid: valid, State: Closed, ClosedFrom: &later, CloseReason: Refused},
	} {
		if got := v.Shown(today); got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
	}
}
