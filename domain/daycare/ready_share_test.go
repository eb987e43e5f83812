package daycare_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
)

func month2025(m1, m2 int) calendar.Period {
	return calendar.Period{From: calendar.Day(2025, 1, 1).AddMonths(m1 - 1), To: calendar.Day(2025, 1, 1).AddMonths(m2 - 1)}
}

// A ready own share holds on its days as it stands; before and after it the fee is computed, and the change is told.
func TestAReadyOwnShareHoldsOnItsDaysAsItStands(t *testing.T) {
	t.Parallel()
	f := oneChild(calendar.Day(2020, 5, 5))
	f.Ready = []daycare.ReadyShare{{Child: "C1", Share: 1250, Period: month2025(3, 4)}, {Child: "C1", Share: 1250, Period: month2025(4, 5)}, {Child: "C1", Share: 0, Period: month2025(5, 6)}}
	drafts, gaps := daycare.Drafts(f, rules())
	if len(drafts) != 4 || len(gaps) != 0 {
		t.Fatalf("%d drafts, gaps %+v", len(drafts), gaps)
	}
	for i, want := range []struct {
		days, own money.Cents
		ready     bool
		told      []daycare.Difference
	}{{59, 31100, false, nil}, {61, 1250, true, []daycare.Difference{daycare.OwnShare, daycare.FinalOwnShare, daycare.ReadyFees}},
		{31, 0, true, []daycare.Difference{daycare.OwnShare, daycare.FinalOwnShare}}, {214, 31100, false, []daycare.Difference{daycare.OwnShare, daycare.FinalOwnShare, daycare.ReadyFees}}} {
		d := drafts[i]
		if d.Days() != int(want.days) || d.Outcome.FinalOwnShare != want.own || d.Outcome.Fee.Base.Ready != want.ready || d.Payable() != 96500-want.own || !slices.Equal(d.Difference, want.told) {
			t.Errorf("%d: %d days, own %d, ready %v, paid %d, told %v", i, d.Days(), d.Outcome.FinalOwnShare, d.Outcome.Fee.Base.Ready, d.Payable(), d.Difference)
		}
	}
}

func TestAnAlterationBesideAReadyOwnShareIsATask(t *testing.T) {
	t.Parallel()
	f := oneChild(calendar.Day(2020, 5, 5))
	f.Ready = []daycare.ReadyShare{{Child: "C1", Share: 20000, Period: from(2025, 1, 1)}}
	f.Alterations = []daycare.FeeAlteration{{Child: "C1", Alteration: daycare.Alteration{Type: daycare.Relief, Amount: 5000}, Period: month2025(6, 7)}}
	drafts, gaps := daycare.Drafts(f, rules())
	if len(drafts) != 1 || drafts[0].Outcome.FinalOwnShare != 20000 || len(gaps) != 1 || gaps[0].Reason != daycare.ReadyAltered || gaps[0].Period != month2025(6, 7) || !gaps[0].Reason.Decides() {
		t.Errorf("drafts %+v, gaps %+v", drafts, gaps)
	}
}

// Law: nothing of what a fee is computed with changes a decision whose own share came ready.
func TestNothingOfTheFeeChangesADecisionWithAReadyOwnShare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, r := municipality(4), rules()
		for i, c := range f.Children {
			f.Ready = append(f.Ready, daycare.ReadyShare{Child: c.ID, Share: money.Cents(rapid.Int64Range(0, 120000).Draw(t, "share")), Period: from(2020+i%2, 1, 1)})
		}
		f.Alterations = nil
		before, _ := daycare.Drafts(f, r)
		for i := range f.Incomes {
			f.Incomes[i].Total = cents(money.Cents(rapid.Int64Range(0, 900000).Draw(t, "income")))
		}
		f.Incomes = f.Incomes[:rapid.IntRange(0, len(f.Incomes)).Draw(t, "incomes")]
		later := r.Thresholds[0]
		later.From, later.MaxFee, later.MinFee = calendar.Day(2025, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1), money.Cents(rapid.Int64Range(0, 40000).Draw(t, "highest")), 0
		r.Thresholds[0].To = later.From
		r.Thresholds = append(r.Thresholds, later)
		after, _ := daycare.Drafts(f, r)
		if !reflect.DeepEqual(before, after) || len(before) == 0 {
			t.Fatalf("before %+v\nafter %+v", before, after)
		}
		for _, d := range after {
			i := slices.IndexFunc(f.Ready, func(x daycare.ReadyShare) bool { return x.Child == d.Child })
			if d.Outcome.FinalOwnShare != f.Ready[i].Share || d.Payable() != max(0, d.Outcome.Value-f.Ready[i].Share) {
				t.Fatalf("%+v of %d", d.Outcome, f.Ready[i].Share)
			}
		}
	})
}
