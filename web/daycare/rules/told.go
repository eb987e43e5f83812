package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/platform/i18n"
	"seteli/web/ui"
)

// told is a profile in words: lines under the name of their rule, in the order of the pages.
type told struct {
	order []string
	lines map[string][]string
}

func (t *told) add(key string, lines ...string) {
	if _, known := t.lines[key]; !known {
		t.order = append(t.order, key)
	}
	t.lines[key] = append(t.lines[key], lines...)
}

// tell says everything of a profile but the values of options, which have tables.
func tell(r *ui.Request, pr profile.Profile) told {
	x := told{lines: map[string][]string{}}
	t := func(key string, args ...any) string { return r.T("daycarerules."+key, args...) }
	for _, o := range pr.Options {
		x.add(t("section.options"), optionLine(r, o))
	}
	for _, v := range pr.BaseValues {
		x.add(t("section.base"), daysText(r, v.Days)+": "+t("told.value", "over", v.OverThree, "under", v.UnderThree))
	}
	if len(pr.Thresholds) == 0 {
		x.add(t("section.fees"), t("fees.told_national"))
	}
	for _, th := range pr.Thresholds {
		x.add(t("section.fees"), thresholdLine(r, th))
	}
	x.add(t("support.capacity"), yes(r, pr.CapacityFactor))
	for _, m := range pr.PriceModels {
		line := t("told.from", "day", m.From) + ": " + modelName(r, m.Model)
		if m.Cap != nil {
			line += ", " + t("told.cap", "cap", *m.Cap)
		}
		x.add(t("section.price"), line)
	}
	x.add(t("price.notice"), t("told.days", "n", pr.PriceNoticeDays))
	x.add(t("rounding.table"), roundingName(r, pr.TableRounding))
	x.add(t("rounding.decision"), roundingName(r, pr.DecisionRounding))
	x.add(t("rounding.fee"), t("rounding.fee."+string(pr.FeeRounding)))
	for _, k := range incomeKinds {
		if c, ok := pr.IncomeCoefficients[k]; ok {
			x.add(t("section.incomes"), t("income."+k)+": "+rateText(r, c))
		}
	}
	absence := t("told.never")
	if pr.Lapse.AbsenceDays > 0 {
		absence = t("told.absence", "n", pr.Lapse.AbsenceDays)
	}
	x.add(t("absence.days"), absence)
	var months []string
	for _, m := range pr.Lapse.UncountedMonths {
		months = append(months, i18n.MonthName(r.Lang, time.Month(m)))
	}
	x.add(t("absence.uncounted"), cmp.Or(strings.Join(months, ", "), "–"))
	x.add(t("absence.notice"), t("told.months", "n", pr.NoticeMonths))
	x.add(t("months.close"), t("told.day_of_month", "n", pr.CloseDay))
	x.add(t("months.by_itself"), yes(r, pr.CloseByItself))
	x.add(t("months.statement"), t("told.days", "n", pr.StatementDays))
	x.add(t("months.free"), t("told.months", "n", pr.FreeMonths))
	x.add(t("decisions.ahead"), t("told.days", "n", pr.MaxDaysAhead))
	x.add(t("decisions.retention"), t("told.months", "n", pr.RetentionMonths))
	for _, b := range pr.LegalBasis {
		x.add(t("basis"), t("told.from", "day", b.From)+": "+b.Act+", "+b.Section)
	}
	x.add(t("basics.source"), pr.Source)
	return x
}

func yes(r *ui.Request, b bool) string {
	if b {
		return r.T("daycarerules.yes")
	}
	return r.T("daycarerules.no")
}

func daysText(r *ui.Request, d profile.Days) string {
	if d.To == nil {
		return r.T("daycarerules.told.from", "day", d.From)
	}
	return r.Period(d.Period())
}

func optionLine(r *ui.Request, o profile.Option) string {
	line := o.Names.In(r.Lang) + " · " + kindName(r, o.PlacementType) + " · " + r.T("daycarerules.told.option", "fee", percentOf(r, o.FeeCoefficient), "value", rateText(r, o.ValueCoefficient))
	if o.Default {
		line += " · " + r.T("daycarerules.told.default")
	}
	if o.FixedFee != nil {
		line += " · " + r.T("daycarerules.told.fixed", "fee", *o.FixedFee)
	}
	if o.FixedSibling != nil {
		line += " · " + r.T("daycarerules.told.sibling", "fee", *o.FixedSibling)
	}
	return line
}

func thresholdLine(r *ui.Request, t profile.Thresholds) string {
	if !t.Complete() {
		return daysText(r, t.Days) + ": " + r.T("daycarerules.fees.incomplete")
	}
	var limits []string
	for _, size := range limitSizes {
		limits = append(limits, r.Cents(t.Limits[size]))
	}
	return daysText(r, t.Days) + ": " + r.T("daycarerules.told.thresholds", "max", *t.MaxFee, "min", *t.MinFee, "percent", percentOf(r, *t.Multiplier), "limits", strings.Join(limits, " / "),
		"increase", *t.Increase, "second", percentOf(r, *t.Second), "later", percentOf(r, *t.Later))
}

// facts are the rules in words as a list.
func facts(r *ui.Request, pr profile.Profile) ui.Table {
	t := ui.Table{Caption: r.T("daycarerules.told.rules"), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.told.rule")}, {Text: r.T("daycarerules.told.content")}}}
	x := tell(r, pr)
	for _, key := range x.order {
		for _, line := range x.lines[key] {
			t.Rows = append(t.Rows, []ui.Cell{{Text: key}, {Text: line}})
		}
	}
	return t
}

// anyFee are thresholds of all days under which a value can be computed where fees cannot: values do not hang on fees.
func anyFee() []profile.Thresholds {
	zero, rate := money.Cents(0), money.MustRate("0")
	t := profile.Thresholds{Days: profile.Days{From: calendar.Day(1900, 1, 1)}, Limits: map[int]money.Cents{}, Increase: &zero, Multiplier: &rate, MaxFee: &zero, MinFee: &zero, Second: &rate, Later: &rate}
	for _, size := range limitSizes {
		t.Limits[size] = 0
	}
	return []profile.Thresholds{t}
}

// valued computes values of a profile on a day; nil where there is none.
type valued struct {
	rules daycare.Rules
	ok    bool
}

func valuesOn(pr profile.Profile, day calendar.Date) valued {
	pr.Thresholds = nil
	rules, reason := pr.Rules(anyFee()).On(day)
	return valued{rules, reason == ""}
}

func (v valued) of(option string, under bool) *money.Cents {
	if !v.ok {
		return nil
	}
	o, err := v.rules.Decide(daycare.Moment{FamilySize: 2, Adults: []*money.Cents{nil}, Ordinal: 1, UnderThree: under, Option: option, Support: money.MustRate("1")})
	if err != nil || !o.Decision() {
		return nil
	}
	return &o.Value
}

// published tells whether the value of the day is one that the municipality has decided as a whole, not base × coefficient.
func published(pr profile.Profile, option string, day calendar.Date) bool {
	return slices.ContainsFunc(pr.Values, func(v profile.Value) bool { return v.Option == option && v.Period().Contains(day) })
}

func centsOr(r *ui.Request, c *money.Cents) string {
	if c == nil {
		return "–"
	}
	return r.Cents(*c)
}

// valueTable lists the values of a day by option and age.
func valueTable(r *ui.Request, pr profile.Profile, day calendar.Date) ui.Table {
	t := ui.Table{Caption: r.T("daycarerules.values.on", "day", day), Cards: true, Columns: []ui.Column{{Text: r.T("daycarerules.option")}, {Text: r.T("daycarerules.value.over"), Numeric: true},
		{Text: r.T("daycarerules.value.under"), Numeric: true}, {Text: r.T("daycarerules.values.basis")}}, Empty: ui.Empty{Title: r.T("daycarerules.values.none")}}
	v := valuesOn(pr, day)
	for _, o := range pr.Options {
		t.Rows = append(t.Rows, []ui.Cell{{Text: o.Names.In(r.Lang)}, {Text: centsOr(r, v.of(o.Code, false)), Numeric: true}, {Text: centsOr(r, v.of(o.Code, true)), Numeric: true},
			{Text: basisText(r, pr, o, day)}})
	}
	return t
}

func basisText(r *ui.Request, pr profile.Profile, o profile.Option, day calendar.Date) string {
	if published(pr, o.Code, day) {
		return r.T("daycarerules.values.whole")
	}
	return r.T("daycarerules.values.derived", "coefficient", rateText(r, o.ValueCoefficient))
}

// keyFigures are what one knows a profile by: its model and the values of its first full-time option.
func keyFigures(r *ui.Request, pr profile.Profile) string {
	day := lastDay(pr, r.Today())
	v := valuesOn(pr, day)
	var parts []string
	if m, ok := pr.PriceModelOn(day); ok {
		parts = append(parts, modelName(r, m.Model))
	}
	if i := slices.IndexFunc(pr.Options, func(o profile.Option) bool { return o.Default && o.PlacementType == "DAYCARE" }); i >= 0 {
		parts = append(parts, r.T("daycarerules.told.full_time", "over", centsOr(r, v.of(pr.Options[i].Code, false)), "under", centsOr(r, v.of(pr.Options[i].Code, true))))
	}
	return strings.Join(append(parts, r.T("daycarerules.told.options", "n", len(pr.Options))), " · ")
}

// lastDay is today, or the last day with values where they have ended.
func lastDay(pr profile.Profile, today calendar.Date) calendar.Date {
	last := calendar.Date(0)
	for _, v := range append(slices.Clone(pr.BaseValues), pr.Values...) {
		last = max(last, v.Period().Last())
	}
	return min(today, last)
}

// doubts are a profile's warnings in words, with the option that each is about.
func doubts(r *ui.Request, pr profile.Profile, national []profile.Thresholds) (list []string) {
	for _, w := range pr.Warnings(national) {
		name := ""
		switch {
		case w.Doubt == profile.ThresholdsMissing:
		case w.Option == "":
			name = r.T("daycarerules.section.base") + " · "
		default:
			name = optionName(r, pr, w.Option) + " · "
		}
		list = append(list, name+warningText(r, w))
	}
	return list
}

// signed writes a change with its sign: "+2,00 €".
func signed(r *ui.Request, c money.Cents) string {
	if c > 0 {
		return "+" + r.Cents(c)
	}
	return r.Cents(c)
}
