package profile

import (
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare"
)

var (
	errMissing   = fault.New(fault.Invalid, "DAY-053", "daycare.profile.missing")
	errTwice     = fault.New(fault.Invalid, "DAY-054", "daycare.profile.twice")
	errOption    = fault.New(fault.Invalid, "DAY-055", "daycare.profile.unknown_option")
	errDays      = fault.New(fault.Invalid, "DAY-056", "daycare.profile.days")
	errOverlap   = fault.New(fault.Invalid, "DAY-057", "daycare.profile.overlap")
	errRange     = fault.New(fault.Invalid, "DAY-058", "daycare.profile.range")
	errNoDefault = fault.New(fault.Invalid, "DAY-059", "daycare.profile.default")
	errModel     = fault.New(fault.Invalid, "DAY-060", "daycare.profile.model")
)

func at(list string, i int) string { return fmt.Sprintf("%s.%d", list, i) }

// mostCents is far above any monthly amount and small enough that no product overflows.
const mostCents = 100_000_000

// Check is everything that a profile cannot be. Fields are named as in the file, rows of a list by their place from 0.
//
// DAY-053 something is missing, DAY-054 given twice, DAY-055 an option that is not among the options, DAY-056 an end before the
// start, DAY-057 days given twice, DAY-058 a figure out of range, DAY-059 not exactly one default option of a placement type,
// DAY-060 a price model that is none or lacks its cap.
func (p Profile) Check() (list fault.List) {
	if p.Names.Fi == "" {
		list = append(list, errMissing.At("names"))
	}
	codes := p.checkOptions(&list)
	p.checkValues(&list, codes)
	checkDays(&list, "thresholds", p.Thresholds, func(t Thresholds) Days { return t.Days })
	for i, t := range p.Thresholds {
		t.check(&list, at("thresholds", i))
	}
	p.checkModels(&list)
	if p.FeeRounding != daycare.Stepwise && p.FeeRounding != daycare.Once {
		list = append(list, errRange.At("fee_rounding"))
	}
	for _, n := range []struct {
		field       string
		value       int
		least, most int
	}{
		{"lapse.absence_days", p.Lapse.AbsenceDays, 0, 366}, {"notice_months", p.NoticeMonths, 0, 12}, {"max_days_ahead", p.MaxDaysAhead, 0, 1000},
		{"free_months", p.FreeMonths, 0, 1}, {"price_notice_days", p.PriceNoticeDays, 0, 365}, {"close_day", p.CloseDay, 1, 31}, {"statement_days", p.StatementDays, 0, 90}, {"retention_months", p.RetentionMonths, 1, 1200},
	} {
		if n.value < n.least || n.value > n.most {
			list = append(list, errRange.At(n.field))
		}
	}
	for _, m := range p.Lapse.UncountedMonths {
		if m < 1 || m > 12 {
			list = append(list, errRange.At("lapse.uncounted_months"))
		}
	}
	for name, c := range p.IncomeCoefficients {
		if c.Exact().Sign() <= 0 {
			list = append(list, errRange.At("income_coefficients."+name))
		}
	}
	return list
}

func (p Profile) checkOptions(list *fault.List) map[string]bool {
	codes, defaults := map[string]bool{}, map[string]int{}
	if len(p.Options) == 0 {
		*list = append(*list, errMissing.At("options"))
	}
	for i, o := range p.Options {
		field := at("options", i)
		if o.Code == "" || o.PlacementType == "" || o.Names.Fi == "" || o.Names.Sv == "" {
			*list = append(*list, errMissing.At(field))
		}
		if codes[o.Code] {
			*list = append(*list, errTwice.At(field).With("what", o.Code))
		}
		codes[o.Code] = true
		for _, c := range []money.Rate{o.FeeCoefficient, o.ValueCoefficient} {
			if x := c.Exact(); x.Sign() < 0 || x.Cmp(money.Whole(10)) > 0 {
				*list = append(*list, errRange.At(field))
			}
		}
		for _, c := range []*money.Cents{o.FixedFee, o.FixedSibling} {
			if c != nil && !amount(*c) {
				*list = append(*list, errRange.At(field))
			}
		}
		n := 0
		if o.Default {
			n = 1
		}
		defaults[o.PlacementType] += n
	}
	for i, o := range p.Options {
		if defaults[o.PlacementType] != 1 && slices.IndexFunc(p.Options, func(x Option) bool { return x.PlacementType == o.PlacementType }) == i {
			*list = append(*list, errNoDefault.At(at("options", i)).With("type", o.PlacementType))
		}
	}
	return codes
}

func (p Profile) checkValues(list *fault.List, codes map[string]bool) {
	if len(p.BaseValues)+len(p.Values) == 0 {
		*list = append(*list, errMissing.At("base_values"))
	}
	for i, v := range p.BaseValues {
		if v.Option != "" {
			*list = append(*list, errOption.At(at("base_values", i)).With("option", v.Option))
		}
	}
	for i, v := range p.Values {
		if !codes[v.Option] {
			*list = append(*list, errOption.At(at("values", i)).With("option", v.Option))
		}
	}
	for name, rows := range map[string][]Value{"base_values": p.BaseValues, "values": p.Values} {
		for i, v := range rows {
			if !amount(v.OverThree) || !amount(v.UnderThree) {
				*list = append(*list, errRange.At(at(name, i)))
			}
		}
		byOption := map[string][]int{}
		for i, v := range rows {
			byOption[v.Option] = append(byOption[v.Option], i)
		}
		for _, places := range byOption {
			checkApart(list, name, places, func(i int) Days { return rows[i].Days })
		}
	}
}

func amount(c money.Cents) bool { return 0 <= c && c <= mostCents }

func (p Profile) checkModels(list *fault.List) {
	if len(p.PriceModels) == 0 {
		*list = append(*list, errMissing.At("price_models"))
	}
	starts := map[calendar.Date]bool{}
	for i, m := range p.PriceModels {
		field := at("price_models", i)
		if !slices.Contains(daycare.Models(), m.Model) || m.Model == daycare.CappedSurcharge && m.Cap == nil || m.Cap != nil && !amount(*m.Cap) {
			*list = append(*list, errModel.At(field))
		}
		if starts[m.From] {
			*list = append(*list, errTwice.At(field).With("what", m.From))
		}
		starts[m.From] = true
	}
	starts = map[calendar.Date]bool{}
	for i, b := range p.LegalBasis {
		if b.Act == "" || b.Section == "" {
			*list = append(*list, errMissing.At(at("legal_basis", i)))
		}
		if starts[b.From] {
			*list = append(*list, errTwice.At(at("legal_basis", i)).With("what", b.From))
		}
		starts[b.From] = true
	}
}

// check refuses figures that cannot be; missing ones are told as incomplete days, not refused.
func (t Thresholds) check(list *fault.List, field string) {
	bad := false
	for size, c := range t.Limits {
		bad = bad || size < 2 || size > 20 || !amount(c)
		if smaller, ok := t.Limits[size-1]; ok && c < smaller {
			bad = true
		}
	}
	for _, c := range []*money.Cents{t.Increase, t.MaxFee, t.MinFee} {
		bad = bad || c != nil && !amount(*c)
	}
	for _, r := range []*money.Rate{t.Multiplier, t.Second, t.Later} {
		bad = bad || r != nil && (r.Exact().Sign() < 0 || r.Exact().Cmp(money.Whole(1)) > 0)
	}
	bad = bad || t.MaxFee != nil && t.MinFee != nil && *t.MinFee > *t.MaxFee
	if bad {
		*list = append(*list, errRange.At(field))
	}
}

// checkDays refuses rows of one table that end before they begin or share days.
func checkDays[T any](list *fault.List, name string, rows []T, days func(T) Days) {
	places := make([]int, len(rows))
	for i := range rows {
		places[i] = i
	}
	checkApart(list, name, places, func(i int) Days { return days(rows[i]) })
}

func checkApart(list *fault.List, name string, places []int, days func(int) Days) {
	sorted := slices.Clone(places)
	slices.SortStableFunc(sorted, func(a, b int) int { return int(days(a).From) - int(days(b).From) })
	end := calendar.Date(0)
	for n, i := range sorted {
		p := days(i).Period()
		switch {
		case p.Empty():
			*list = append(*list, errDays.At(at(name, i)))
		case n > 0 && p.From < end:
			*list = append(*list, errOverlap.At(at(name, i)).With("day", p.From))
		}
		end = max(end, p.To)
		if n == 0 {
			end = p.To
		}
	}
}
