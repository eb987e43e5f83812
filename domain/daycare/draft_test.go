package daycare_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
)

func from(y int, m time.Month, d int) calendar.Period {
	return calendar.Period{From: calendar.Day(y, m, d), To: calendar.Forever}
}

func cents(c money.Cents) *money.Cents { return &c }

func thresholds2024() daycare.Thresholds {
	return daycare.Thresholds{Limits: map[int]money.Cents{2: 406600, 3: 524500, 4: 595600, 5: 666700, 6: 737600}, Increase: cents(27500), Multiplier: money.MustRate("0.107"),
		MaxFee: 31100, MinFee: 3000, SecondShare: money.MustRate("0.4"), LaterShare: money.MustRate("0.2")}
}

func rules() daycare.RuleSet {
	whole := money.MustRate("1")
	return daycare.RuleSet{Thresholds: []daycare.DatedThresholds{{Period: from(2020, 1, 1), Thresholds: thresholds2024()}},
		Bases: []daycare.DatedValue{{Period: from(2020, 1, 1), AgeValue: daycare.AgeValue{OverThree: 96500, UnderThree: 164100}}},
		Options: map[string]daycare.Option{"full": {PlacementType: "DAYCARE", Default: true, FeeCoefficient: whole, ValueCoefficient: whole},
			"part": {PlacementType: "DAYCARE", FeeCoefficient: money.MustRate("0.6"), ValueCoefficient: money.MustRate("0.55")}},
		TableRounding: money.HalfUpEuro, DecisionRounding: money.HalfUpEuro}
}

// oneChild is a child born on birth with a head, a place and no income record, all from 2025 on.
func oneChild(birth calendar.Date) daycare.Facts {
	year := calendar.Period{From: calendar.Day(2025, 1, 1), To: calendar.Day(2026, 1, 1)}
	return daycare.Facts{Children: []daycare.Child{{ID: "C1", Birth: birth}}, Heads: []daycare.Head{{Child: "C1", Adult: "A1", Period: year}},
		Placements: []daycare.Placement{{Child: "C1", Unit: "U1", Type: "DAYCARE", Voucher: true, Period: year}}}
}

func TestPublishedValueWinsOverTheCoefficient(t *testing.T) {
	t.Parallel()
	r := rules()
	f := oneChild(calendar.Day(2020, 5, 5))
	f.Needs = []daycare.Need{{Child: "C1", Option: "part", Period: from(2025, 1, 1)}}
	r.Published = []daycare.PublishedValue{{Option: "part", Period: from(2025, 7, 1), AgeValue: daycare.AgeValue{OverThree: 53300, UnderThree: 90200}}}
	drafts, gaps := daycare.Drafts(f, r)
	if len(gaps) != 0 || len(drafts) != 2 || drafts[0].Outcome.Value != 53100 || drafts[1].Outcome.Value != 53300 {
		t.Fatalf("%+v %+v", drafts, gaps)
	}
	if !drafts[1].Outcome.Published || !slices.Equal(drafts[1].Difference, []daycare.Difference{daycare.VoucherValue}) {
		t.Errorf("second: %+v", drafts[1])
	}
}

// What cannot be decided without a guess is a task, and the days around it are decided.
func TestGapsAreToldAndNothingIsGuessed(t *testing.T) {
	t.Parallel()
	march := calendar.Period{From: calendar.Day(2025, 3, 1), To: calendar.Day(2025, 4, 1)}
	for _, c := range []struct {
		name    string
		change  func(*daycare.Facts, *daycare.RuleSet)
		reason  daycare.GapReason
		days    int
		decided int // days with a decision
	}{
		{"no thresholds for March", func(_ *daycare.Facts, r *daycare.RuleSet) {
			after := r.Thresholds[0]
			after.From, r.Thresholds[0].To = march.To, march.From
			r.Thresholds = append(r.Thresholds, after)
		}, daycare.NoThresholds, 31, 334},
		{"no value from July on", func(_ *daycare.Facts, r *daycare.RuleSet) { r.Bases[0].To = calendar.Day(2025, 7, 1) }, daycare.NoBaseValue, 184, 181},
		{"no head in March", func(f *daycare.Facts, _ *daycare.RuleSet) {
			after := f.Heads[0]
			after.From, f.Heads[0].To = march.To, march.From
			f.Heads = append(f.Heads, after)
		}, daycare.NoHead, 31, 334},
		{"no default option", func(f *daycare.Facts, _ *daycare.RuleSet) { f.Placements[0].Type = "PRESCHOOL" }, daycare.NoDefault, 365, 0},
		{"an option that is not in the rules", func(f *daycare.Facts, _ *daycare.RuleSet) {
			f.Needs = []daycare.Need{{Child: "C1", Option: "half", Period: march}}
		}, daycare.UnknownNeed, 31, 334},
		{"a table of limits with a hole", func(f *daycare.Facts, r *daycare.RuleSet) {
			r.Thresholds[0].Limits = map[int]money.Cents{1: 100, 3: 300}
			f.Incomes = []daycare.Income{{Person: "A1", ID: "I1", Effect: daycare.Known, Total: cents(1), Period: march}}
		}, daycare.NoLimit, 31, 334},
		{"a child that nobody knows", func(f *daycare.Facts, _ *daycare.RuleSet) {
			f.Placements = append(f.Placements, daycare.Placement{Child: "C9", Voucher: true, Period: march})
		}, daycare.NoBirthDate, 31, 365},
		{"two placements in March", func(f *daycare.Facts, _ *daycare.RuleSet) {
			f.Placements = append(f.Placements, daycare.Placement{Child: "C1", Unit: "U2", Type: "DAYCARE", Voucher: true, Period: march})
		}, daycare.TwoPlacements, 31, 365},
		{"two heads in March", func(f *daycare.Facts, _ *daycare.RuleSet) {
			f.Heads = append(f.Heads, daycare.Head{Child: "C1", Adult: "A2", Period: march})
		}, daycare.TwoHeads, 31, 365},
		{"two partners in March", func(f *daycare.Facts, _ *daycare.RuleSet) {
			f.Couples = []daycare.Couple{{One: "A1", Other: "A2", Period: march}, {One: "A3", Other: "A1", Period: march}}
		}, daycare.TwoPartners, 31, 365},
		{"an own share above the value", func(f *daycare.Facts, r *daycare.RuleSet) {
			r.Bases[0].OverThree = 31000
		}, daycare.OwnShareAbove, 365, 365},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, r := oneChild(calendar.Day(2020, 5, 5)), rules()
			c.change(&f, &r)
			drafts, gaps := daycare.Drafts(f, r)
			decided := 0
			for _, d := range drafts {
				decided += d.Days()
			}
			if len(gaps) != 1 || gaps[0].Reason != c.reason || gaps[0].Days() != c.days || decided != c.decided {
				t.Errorf("gaps %+v, %d days decided", gaps, decided)
			}
			if gaps[0].Reason.Decides() != (c.decided == 365 && c.reason != daycare.NoBirthDate) {
				t.Errorf("%s decides: %v", c.reason, gaps[0].Reason.Decides())
			}
		})
	}
}

func TestOwnShareAboveTheValueLeavesNothingToPay(t *testing.T) {
	t.Parallel()
	r := rules()
	r.Bases[0].OverThree = 31000
	drafts, _ := daycare.Drafts(oneChild(calendar.Day(2020, 5, 5)), r)
	if d := drafts[0]; d.Payable() != 0 || !d.Outcome.OwnShareAboveValue() || !d.IncomeUnknown() {
		t.Errorf("%+v", d)
	}
}

func TestChildhoodEndsOnThe18thBirthday(t *testing.T) {
	t.Parallel()
	drafts, gaps := daycare.Drafts(oneChild(calendar.Day(2007, 6, 10)), rules())
	if len(drafts) != 1 || drafts[0].To != calendar.Day(2025, 6, 10) || len(gaps) != 1 || gaps[0].Reason != daycare.GrownUp {
		t.Errorf("%+v %+v", drafts, gaps)
	}
}

// municipality are n families of two children, with incomes that change, needs, alterations and a sibling who starts later.
func municipality(n int) daycare.Facts {
	var f daycare.Facts
	start := calendar.Day(2024, 8, 1)
	for i := range n / 2 {
		a, b := fmt.Sprint("A", i), fmt.Sprint("B", i)
		f.Couples = append(f.Couples, daycare.Couple{One: a, Other: b, Period: from(2024, 1, 1)})
		for j := range 2 {
			child := fmt.Sprint("C", 2*i+j)
			f.Children = append(f.Children, daycare.Child{ID: child, Birth: calendar.Day(2020+j, time.Month(1+i%12), 1+i%28)})
			f.Heads = append(f.Heads, daycare.Head{Child: child, Adult: a, Period: from(2020, 1, 1)})
			f.Placements = append(f.Placements, daycare.Placement{Child: child, Unit: fmt.Sprint("U", i%100), Type: "DAYCARE", Voucher: true,
				Period: calendar.Period{From: start + calendar.Date(60*j+i%30), To: calendar.Day(2026, 8, 1)}})
		}
		f.Needs = append(f.Needs, daycare.Need{Child: fmt.Sprint("C", 2*i), Option: "part", Period: from(2025, 1, 1)})
		for k, person := range []string{a, b} {
			f.Incomes = append(f.Incomes,
				daycare.Income{Person: person, ID: fmt.Sprint("I", i, k), Effect: daycare.Known, Total: cents(money.Cents(200000 + 100*i)), Period: calendar.Period{From: start, To: calendar.Day(2025, 8, 1)}},
				daycare.Income{Person: person, ID: fmt.Sprint("J", i, k), Effect: daycare.Known, Total: cents(money.Cents(210000 + 100*i)), Period: from(2025, 8, 1)})
		}
		if i%10 == 0 {
			percent := money.MustRate("50")
			f.Alterations = append(f.Alterations, daycare.FeeAlteration{Child: fmt.Sprint("C", 2*i), Alteration: daycare.Alteration{Type: daycare.Relief, Percent: &percent}, Period: from(2025, 3, 1)})
		}
	}
	return f
}

// All decisions of two years of 10,000 children, as after a change of the thresholds.
func BenchmarkDraftsOf10000Children(b *testing.B) {
	f, r := municipality(10_000), rules()
	for b.Loop() {
		drafts, gaps := daycare.Drafts(f, r)
		if len(drafts) < 30_000 || len(gaps) != 0 {
			b.Fatal(len(drafts), len(gaps))
		}
	}
}

// School begins in August of the year in which a child turns seven.
func TestWhoMayBeInEarlyEducationHasNotBegunSchool(t *testing.T) {
	t.Parallel()
	for day, born := range map[calendar.Date]calendar.Date{calendar.Day(2026, 7, 31): calendar.Day(2019, 1, 1), calendar.Day(2026, 8, 1): calendar.Day(2020, 1, 1)} {
		if got := daycare.BeforeSchoolBorn(day); got != born {
			t.Errorf("%s: %s, want %s", day, got, born)
		}
	}
}
