package daycare_test

import (
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/domain/daycare"

	"github.com/google/go-cmp/cmp"
)

func day(m time.Month, d int) calendar.Date { return calendar.Day(2026, m, d) }

func TestNoticePaysTheRestOfTheNoticeTimeAndNoDayTwice(t *testing.T) {
	t.Parallel()
	held := []daycare.SentDecision{{ID: "D1", Child: "C", Unit: "U", Period: calendar.Period{From: day(1, 1), To: day(3, 11)}, Payable: 80000}}
	given := daycare.GivenUp{Child: "C", Unit: "U", On: day(3, 2), End: day(3, 11), Months: 1}
	elsewhere := daycare.SentDecision{ID: "D2", Child: "C", Unit: "V", Period: calendar.Period{From: day(3, 20), To: calendar.Forever}, Payable: 70000}
	refilled := given
	refilled.Refilled = new(day(3, 16))
	for name, c := range map[string]struct {
		places    []daycare.GivenUp
		decisions []daycare.SentDecision
		want      []calendar.Period
	}{
		"to the end of the notice time":                    {[]daycare.GivenUp{given}, held, []calendar.Period{{From: day(3, 11), To: day(4, 2)}}},
		"until the child begins elsewhere":                 {[]daycare.GivenUp{given}, append(held, elsewhere), []calendar.Period{{From: day(3, 11), To: day(3, 20)}}},
		"until another child has the place":                {[]daycare.GivenUp{refilled}, held, []calendar.Period{{From: day(3, 11), To: day(3, 16)}}},
		"nothing while the decision has not been ended":    {[]daycare.GivenUp{given}, []daycare.SentDecision{{ID: "D1", Child: "C", Unit: "U", Period: calendar.Period{From: day(1, 1), To: calendar.Forever}}}, nil},
		"nothing where the rules pay no notice":            {[]daycare.GivenUp{{Child: "C", Unit: "U", On: day(3, 2), End: day(3, 11)}}, held, nil},
		"nothing after care that lasted the notice time":   {[]daycare.GivenUp{{Child: "C", Unit: "U", On: day(2, 2), End: day(3, 11), Months: 1}}, held, nil},
		"nothing without a decision to go on with":         {[]daycare.GivenUp{given}, nil, nil},
		"one notice twice in the records pays once":        {[]daycare.GivenUp{given, given}, held, []calendar.Period{{From: day(3, 11), To: day(4, 2)}}},
		"an annulled decision neither pays nor cuts a day": {[]daycare.GivenUp{given}, append(held, daycare.SentDecision{ID: "D3", Child: "C", Unit: "V", Period: calendar.Period{From: day(3, 20), To: day(3, 20)}}), []calendar.Period{{From: day(3, 11), To: day(4, 2)}}},
	} {
		var got []calendar.Period
		for _, d := range daycare.NoticePay(c.places, c.decisions) {
			if !d.Notice || d.ID != "D1" || d.Payable != 80000 {
				t.Errorf("%s: %+v", name, d)
			}
			got = append(got, d.Period)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// 11.–31.3.2026 has 15 of the month's 22 days, 1.4. one of April's 20.
	rows := daycare.CloseRows(append(held, daycare.NoticePay([]daycare.GivenUp{given}, held)...), nil, calendar.MonthOf(day(3, 1)), calendar.MonthOf(day(3, 1)))
	if len(rows) != 2 || rows[1].Type != daycare.NoticeRow || rows[1].Days != 15 || rows[1].MonthDays != 22 || rows[1].Amount != 54545 || rows[0].Amount+rows[1].Amount != 80000 {
		t.Errorf("%+v", rows)
	}
	// Days of notice never stand for days of care: when the place goes on after all, the row is taken back and the days are paid anew.
	standing := rows[1]
	standing.Entry = 7
	care := daycare.StatementRow{Type: daycare.Original, Child: "C", Unit: "U", Period: standing.Period, Amount: standing.Amount}
	changed := daycare.Corrections([]daycare.StatementRow{standing}, []daycare.StatementRow{care})
	if len(changed) != 2 || changed[0].Type != daycare.Refund || !changed[0].Notice || changed[0].Refunds != 7 || changed[1].Type != daycare.Correction || changed[1].Notice {
		t.Errorf("%+v", changed)
	}
}

func TestAbsenceInOneGoIsCountedByTheRule(t *testing.T) {
	t.Parallel()
	rule := daycare.LapseRule{Days: 60, UncountedMonths: []int{6, 7, 8}}
	away := func(from, to calendar.Date) daycare.Away {
		return daycare.Away{Period: calendar.Period{From: from, To: to}}
	}
	count := func(on calendar.Date, list ...daycare.Away) daycare.AbsenceCount {
		return daycare.CountAbsence(list, rule, on)
	}
	if c := count(day(4, 1)); c.Days != 0 || c.Near || c.Over != nil {
		t.Errorf("nobody away: %+v", c)
	}
	// Friday and the Monday after it are one absence, with the days between.
	if c := count(day(3, 9), away(day(3, 2), day(3, 7)), away(day(3, 9), day(3, 10))); c.Days != 8 || c.From != day(3, 2) {
		t.Errorf("over a week-end: %+v", c)
	}
	if c := count(day(3, 12), away(day(3, 2), day(3, 7)), away(day(3, 11), day(3, 13))); c.Days != 2 || c.From != day(3, 11) {
		t.Errorf("a day in care begins the count anew: %+v", c)
	}
	c := count(day(3, 1), away(day(1, 1), day(4, 1)))
	if c.Days != 60 || !c.Near || c.Over == nil || *c.Over != day(3, 2) {
		t.Errorf("sixty days: %+v, over %v", c, c.Over)
	}
	if c := count(day(9, 30), away(day(6, 1), day(10, 1))); c.Days != 30 || c.Near || c.Over != nil {
		t.Errorf("summer does not count: %+v", c)
	}
	parental := away(day(1, 1), day(12, 1))
	parental.Uncounted = true
	if c := count(day(11, 1), parental); c.Days != 0 || c.Over != nil {
		t.Errorf("parental leave does not count: %+v", c)
	}
	if c := daycare.CountAbsence([]daycare.Away{away(day(1, 1), day(12, 1))}, daycare.LapseRule{}, day(11, 1)); c.Near || c.Over != nil {
		t.Errorf("without a rule nothing lapses: %+v", c)
	}
}
