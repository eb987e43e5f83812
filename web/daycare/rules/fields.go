package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/i18n"
	"seteli/web/ui"
)

func setNames(f *ui.Form, prefix, suffix string, n i18n.Names) {
	f.Set(prefix+"_fi"+suffix, n.Fi)
	f.Set(prefix+"_sv"+suffix, n.Sv)
	f.Set(prefix+"_en"+suffix, n.En)
}

func readNames(f *ui.Form, prefix, suffix string) i18n.Names {
	return i18n.Names{Fi: f.Text(prefix + "_fi" + suffix), Sv: f.Text(prefix + "_sv" + suffix), En: f.OptionalText(prefix + "_en" + suffix)}
}

// Need options.

func layOptions(l *layout) {
	pr := l.w.draft.Profile
	var types []ui.Option
	for _, k := range kinds {
		types = append(types, ui.Option{Value: k, Text: kindName(l.r, k)})
	}
	for _, o := range pr.Options {
		if !slices.Contains(kinds, o.PlacementType) && !slices.ContainsFunc(types, func(t ui.Option) bool { return t.Value == o.PlacementType }) {
			types = append(types, ui.Option{Value: o.PlacementType, Text: o.PlacementType})
		}
	}
	l.notes = []string{l.t("option.fee") + ": " + l.t("option.fee.hint"), l.t("option.value") + ": " + l.t("option.value.hint")}
	name := func(key string, i int, optional bool) field {
		f := text(cell(key, i), l.t(key), optional)
		f.Width = 30
		return f
	}
	for i := range l.rows("options", len(pr.Options)) {
		heading := l.t("option.new")
		if i < len(pr.Options) {
			o := pr.Options[i]
			heading = o.Names.In(l.r.Lang)
			l.f.Set(cell("code", i), o.Code)
			setNames(l.f, "name", fmt.Sprintf(".%d", i), o.Names)
			l.f.Set(cell("type", i), o.PlacementType)
			l.f.Set(cell("default", i), o.Default)
			l.f.Set(cell("fee", i), percentOf(l.r, o.FeeCoefficient))
			l.f.Set(cell("value", i), rateText(l.r, o.ValueCoefficient))
			if o.FixedFee != nil {
				l.f.Set(cell("fixed", i), *o.FixedFee)
			}
			if o.FixedSibling != nil {
				l.f.Set(cell("sibling", i), *o.FixedSibling)
			}
		}
		l.row(i, heading, nil, true, field{Kind: "hidden", Name: cell("code", i)},
			name("name_fi", i, false), name("name_sv", i, false), name("name_en", i, true),
			choose(cell("type", i), l.t("option.type"), types), field{Kind: "tick", Name: cell("default", i), Label: l.t("option.default")},
			percent(cell("fee", i), l.t("option.fee"), ""), decimal(cell("value", i), l.t("option.value"), ""),
			euro(cell("fixed", i), l.t("option.fixed"), true), euro(cell("sibling", i), l.t("option.sibling"), true))
	}
}

func readOptions(l *layout, d *store.Rules) {
	old := d.Profile
	types := slices.Clone(kinds)
	var list []profile.Option
	used := map[string]bool{}
	for _, o := range old.Options {
		types, used[o.Code] = append(types, o.PlacementType), true
	}
	kept := map[string]bool{}
	l.kept("options", "name_fi", []string{"name_fi", "name_sv", "name_en"}, func(i int) {
		o := profile.Option{Code: l.f.Value(cell("code", i)), Names: readNames(l.f, "name", fmt.Sprintf(".%d", i)), PlacementType: l.f.Choice(cell("type", i), types...),
			Default: l.f.Bool(cell("default", i)), FeeCoefficient: readPercent(l.f, cell("fee", i)), ValueCoefficient: readRate(l.f, cell("value", i))}
		if !used[o.Code] || kept[o.Code] { // a new one; an option never changes its code
			o.Code = codeOf(o.Names.Fi, used)
			used[o.Code] = true
		}
		kept[o.Code] = true
		if c, given := l.f.OptionalCents(cell("fixed", i)); given {
			o.FixedFee = &c
		}
		if c, given := l.f.OptionalCents(cell("sibling", i)); given {
			o.FixedSibling = &c
		}
		list = append(list, o)
	})
	for i, o := range old.Options {
		if !kept[o.Code] && slices.ContainsFunc(old.Values, func(v profile.Value) bool { return v.Option == o.Code }) {
			l.f.Refuse(errInUse.At(cell("remove", i)).With("option", o.Names.In(l.r.Lang)))
		}
	}
	d.Profile.Options = list
}

// codeOf makes a code of a name: it stands in records of children for ever and is shown to nobody.
func codeOf(name string, used map[string]bool) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c == 'ä' || c == 'å':
			b.WriteRune('a')
		case c == 'ö':
			b.WriteRune('o')
		case c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)):
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	base := strings.Trim(b.String(), "_")
	if base == "" {
		base = "option"
	}
	base = base[:min(len(base), 40)]
	code := base
	for n := 2; used[code]; n++ {
		code = base + "_" + strconv.Itoa(n)
	}
	return code
}

// Values.

// layValues lays the value rows of one option, "" = the base values.
func layValues(l *layout, list string, rows []profile.Value) {
	var warnings []profile.Warning
	for _, w := range l.w.draft.Profile.Warnings(l.w.national) {
		if w.Option == l.option && w.Doubt != profile.ThresholdsMissing {
			warnings = append(warnings, w)
		}
	}
	for i := range l.rows(list, len(rows)) {
		var mine []string
		if i < len(rows) {
			v := rows[i]
			setDays(l.f, i, v.Days)
			l.f.Set(cell("over", i), v.OverThree)
			l.f.Set(cell("under", i), v.UnderThree)
			for _, w := range warnings {
				end := v.Period().To
				if w.Day == v.From || (w.Doubt == profile.Gap || w.Doubt == profile.Ended) && w.Day == end {
					mine = append(mine, warningText(l.r, w))
				}
			}
		}
		l.row(i, "", mine, true, day(cell("from", i), l.t("from"), "", false), day(cell("to", i), l.t("to"), l.t("to.hint"), true),
			euro(cell("over", i), l.t("value.over"), false), euro(cell("under", i), l.t("value.under"), false))
	}
}

func readValues(l *layout, list string, option string) (rows []profile.Value) {
	l.kept(list, "from", []string{"from", "to", "over", "under"}, func(i int) {
		rows = append(rows, profile.Value{Option: option, Days: readDays(l.f, i), AgeValue: daycare.AgeValue{OverThree: l.f.Cents(cell("over", i)), UnderThree: l.f.Cents(cell("under", i))}})
	})
	closeEarlier(rows, func(v *profile.Value) *profile.Days { return &v.Days })
	return rows
}

func layBase(l *layout) { layValues(l, "base_values", l.w.draft.Profile.BaseValues) }

func readBase(l *layout, d *store.Rules) { d.Profile.BaseValues = readValues(l, "base_values", "") }

// Support and prices.

func laySupport(l *layout) {
	l.f.Set("capacity", l.w.draft.Profile.CapacityFactor)
	l.notes = []string{l.t("support.coefficients"), l.t("support.alterations")}
	l.block("", field{Kind: "tick", Name: "capacity", Label: l.t("support.capacity"), Hint: l.t("support.capacity.hint")})
}

func readSupport(l *layout, d *store.Rules) { d.Profile.CapacityFactor = l.f.Bool("capacity") }

func modelOptions(r *ui.Request) (list []ui.Option) {
	for _, m := range daycare.Models() {
		list = append(list, ui.Option{Value: string(m), Text: modelName(r, m)})
	}
	return list
}

func modelName(r *ui.Request, m daycare.Model) string { return r.T("daycarerules.model." + string(m)) }

func layPrice(l *layout) {
	list := l.w.draft.Profile.PriceModels
	for _, m := range daycare.Models() {
		l.notes = append(l.notes, modelName(l.r, m)+": "+l.t("model."+string(m)+".about"))
	}
	l.f.Set("price_notice_days", l.w.draft.Profile.PriceNoticeDays)
	l.block(l.t("price.notice.heading"), whole("price_notice_days", l.t("price.notice"), l.t("price.notice.hint"), "daycarerules.days"))
	for i := range l.rows("price_models", len(list)) {
		if i < len(list) {
			l.f.Set(cell("from", i), list[i].From)
			l.f.Set(cell("model", i), string(list[i].Model))
			if list[i].Cap != nil {
				l.f.Set(cell("cap", i), *list[i].Cap)
			}
		}
		cap := euro(cell("cap", i), l.t("price.cap"), true)
		cap.Hint = l.t("price.cap.hint")
		l.row(i, l.t("price.row", "n", i+1), nil, false, day(cell("from", i), l.t("from"), "", false), choose(cell("model", i), l.t("price.model"), modelOptions(l.r)), cap)
	}
}

func readPrice(l *layout, d *store.Rules) {
	var list []profile.PriceModel
	l.kept("price_models", "model", []string{"from", "cap"}, func(i int) {
		m := profile.PriceModel{From: l.f.Date(cell("from", i)), Model: daycare.Model(l.f.Choice(cell("model", i), "A", "B", "C", "D", "E"))}
		if c, given := l.f.OptionalCents(cell("cap", i)); given {
			m.Cap = &c
		}
		list = append(list, m)
	})
	d.Profile.PriceModels, d.Profile.PriceNoticeDays = list, l.f.Int("price_notice_days", 0, 365)
}

// Rounding.

func roundingName(r *ui.Request, x money.Rounding) string {
	return r.T("daycarerules.rounding." + x.String())
}

func layRounding(l *layout) {
	pr := l.w.draft.Profile
	var steps []ui.Option
	for _, name := range money.Roundings() {
		steps = append(steps, ui.Option{Value: name, Text: l.t("rounding." + name)})
	}
	l.f.Set("table_rounding", pr.TableRounding.String())
	l.f.Set("decision_rounding", pr.DecisionRounding.String())
	l.f.Set("fee_rounding", string(pr.FeeRounding))
	table := choose("table_rounding", l.t("rounding.table"), steps)
	table.Hint = l.t("rounding.table.hint")
	decision := choose("decision_rounding", l.t("rounding.decision"), steps)
	decision.Hint = l.t("rounding.decision.hint")
	fee := choose("fee_rounding", l.t("rounding.fee"), []ui.Option{{Value: string(daycare.Stepwise), Text: l.t("rounding.fee.stepwise")}, {Value: string(daycare.Once), Text: l.t("rounding.fee.once")}})
	l.block("", table, decision, fee)
}

func readRounding(l *layout, d *store.Rules) {
	d.Profile.TableRounding = ui.Read(l.f, "table_rounding", money.ParseRounding)
	d.Profile.DecisionRounding = ui.Read(l.f, "decision_rounding", money.ParseRounding)
	d.Profile.FeeRounding = daycare.FeeRounding(l.f.Choice("fee_rounding", string(daycare.Stepwise), string(daycare.Once)))
}

// incomeKinds are the ways in which an income is told, in the order of the page.
var incomeKinds = []string{"monthly", "monthly_with_bonus", "two_weekly", "two_weekly_with_bonus", "daily_21_5", "daily_25", "yearly"}

func layIncomes(l *layout) {
	have := l.w.draft.Profile.IncomeCoefficients
	for _, k := range incomeKinds {
		if c, ok := have[k]; ok {
			l.f.Set("income."+k, rateText(l.r, c))
		}
		f := decimal("income."+k, l.t("income."+k), "")
		f.Optional = true
		l.block("", f)
	}
}

func readIncomes(l *layout, d *store.Rules) {
	out := map[string]money.Rate{}
	for k, c := range d.Profile.IncomeCoefficients {
		if !slices.Contains(incomeKinds, k) {
			out[k] = c
		}
	}
	for _, k := range incomeKinds {
		if c, given := ui.ReadOptional(l.f, "income."+k, money.ParseRate); given {
			out[k] = c
			l.at["income_coefficients."+k] = "income." + k
		}
	}
	d.Profile.IncomeCoefficients = out
}

// Absence, months, decisions.

func layAbsence(l *layout) {
	pr := l.w.draft.Profile
	l.f.Set("absence_days", pr.Lapse.AbsenceDays)
	var months []string
	for _, m := range pr.Lapse.UncountedMonths {
		months = append(months, strconv.Itoa(m))
	}
	l.f.Set("uncounted", months)
	l.f.Set("notice_months", pr.NoticeMonths)
	var all []ui.Option
	for m := time.January; m <= time.December; m++ {
		all = append(all, ui.Option{Value: strconv.Itoa(int(m)), Text: i18n.MonthName(l.r.Lang, m)})
	}
	l.block("", whole("absence_days", l.t("absence.days"), l.t("absence.days.hint"), "daycarerules.days"),
		field{Kind: "checkboxes", Name: "uncounted", Label: l.t("absence.uncounted"), Hint: l.t("absence.uncounted.hint"), Options: all, Inline: true},
		whole("notice_months", l.t("absence.notice"), l.t("absence.notice.hint"), "daycarerules.months"))
}

func readAbsence(l *layout, d *store.Rules) {
	lapse := profile.Lapse{AbsenceDays: l.f.Int("absence_days", 0, 366), UncountedMonths: []int{}}
	for _, m := range l.f.Choices("uncounted", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12") {
		if n, err := strconv.Atoi(m); err == nil {
			lapse.UncountedMonths = append(lapse.UncountedMonths, n)
		}
	}
	d.Profile.Lapse, d.Profile.NoticeMonths = lapse, l.f.Int("notice_months", 0, 12)
}

func layMonths(l *layout) {
	pr := l.w.draft.Profile
	l.f.Set("close_day", pr.CloseDay)
	l.f.Set("close_by_itself", pr.CloseByItself)
	l.f.Set("statement_days", pr.StatementDays)
	l.f.Set("free_months", pr.FreeMonths)
	l.block("", whole("close_day", l.t("months.close"), l.t("months.close.hint"), ""),
		field{Kind: "tick", Name: "close_by_itself", Label: l.t("months.by_itself"), Hint: l.t("months.by_itself.hint")}, whole("statement_days", l.t("months.statement"), l.t("months.statement.hint"), "daycarerules.days"),
		whole("free_months", l.t("months.free"), l.t("months.free.hint"), "daycarerules.months"))
}

func readMonths(l *layout, d *store.Rules) {
	d.Profile.CloseByItself = l.f.Bool("close_by_itself")
	d.Profile.CloseDay, d.Profile.StatementDays, d.Profile.FreeMonths = l.f.Int("close_day", 1, 31), l.f.Int("statement_days", 0, 90), l.f.Int("free_months", 0, 1)
}

func layDecisions(l *layout) {
	pr := l.w.draft.Profile
	l.f.Set("max_days_ahead", pr.MaxDaysAhead)
	l.f.Set("retention_months", pr.RetentionMonths)
	l.block("", whole("max_days_ahead", l.t("decisions.ahead"), l.t("decisions.ahead.hint"), "daycarerules.days"),
		whole("retention_months", l.t("decisions.retention"), l.t("decisions.retention.hint"), "daycarerules.months"))
	for i := range l.rows("legal_basis", len(pr.LegalBasis)) {
		if i < len(pr.LegalBasis) {
			b := pr.LegalBasis[i]
			l.f.Set(cell("from", i), b.From)
			l.f.Set(cell("act", i), b.Act)
			l.f.Set(cell("section", i), b.Section)
		}
		act, section := text(cell("act", i), l.t("basis.act"), false), text(cell("section", i), l.t("basis.section"), false)
		act.Width, section.Width, act.Hint = 10, 5, l.t("basis.act.hint")
		l.row(i, l.t("basis"), nil, false, day(cell("from", i), l.t("basis.from"), "", false), act, section)
	}
}

func readDecisions(l *layout, d *store.Rules) {
	d.Profile.MaxDaysAhead, d.Profile.RetentionMonths = l.f.Int("max_days_ahead", 0, 1000), l.f.Int("retention_months", 1, 1200)
	var list []profile.Basis
	l.kept("legal_basis", "act", []string{"from", "act", "section"}, func(i int) {
		list = append(list, profile.Basis{From: l.f.Date(cell("from", i)), Act: l.f.Text(cell("act", i)), Section: l.f.Text(cell("section", i))})
	})
	d.Profile.LegalBasis = list
}

// Names, source, first day and service.

func layBasics(l *layout) {
	d := l.w.draft
	setNames(l.f, "name", "", d.Profile.Names)
	l.f.Set("source", d.Profile.Source)
	l.f.Set("valid_from", d.ValidFrom)
	l.f.Set("content", contentValue(d.Service, d.Content))
	content := choose("content", l.t("basics.content"), contentOptions(l.r, l.w))
	content.Hint = l.t("basics.content.hint")
	l.block("", text("name_fi", l.t("name_fi"), false), text("name_sv", l.t("name_sv"), true), text("name_en", l.t("name_en"), true),
		field{Kind: "textarea", Name: "source", Label: l.t("basics.source"), Hint: l.t("basics.source.hint"), Optional: true},
		day("valid_from", l.t("basics.from"), l.t("basics.from.hint"), false), content)
	l.at["names"] = "name_fi"
}

func readBasics(l *layout, d *store.Rules) {
	l.at["names"] = "name_fi"
	d.Profile.Names = i18n.Names{Fi: l.f.Text("name_fi"), Sv: l.f.OptionalText("name_sv"), En: l.f.OptionalText("name_en")}
	d.Profile.Source = l.f.OptionalLongText("source")
	d.ValidFrom = l.f.Date("valid_from")
	d.Service, d.Content = readContent(l.f)
}

func contentValue(service, content int64) string { return fmt.Sprintf("%d-%d", service, content) }

// contentOptions are the contents of the services, of which one books the months.
func contentOptions(r *ui.Request, w work) (list []ui.Option) {
	for _, s := range w.services {
		for _, c := range s.Contents {
			list = append(list, ui.Option{Value: contentValue(s.ID, c.ID), Text: s.Names.In(r.Lang) + " · " + c.Names.In(r.Lang)})
		}
	}
	return append([]ui.Option{{Text: "–"}}, list...)
}

func readContent(f *ui.Form) (service, content int64) {
	if _, err := fmt.Sscanf(f.Value("content"), "%d-%d", &service, &content); err != nil {
		f.Refuse(errChoice.At("content"))
	}
	return service, content
}

// Fees.

// limitSizes are the household sizes of the table; larger ones grow by the increase.
var limitSizes = []int{2, 3, 4, 5, 6}

func layFees(l *layout) {
	list := l.w.draft.Profile.Thresholds
	if len(list) == 0 {
		l.notes = append(l.notes, l.t("fees.national"))
	} else {
		l.notes = append(l.notes, l.t("fees.own"))
	}
	n := l.rows("thresholds", len(list))
	if len(list) == 0 && l.f.Value("rows") == "" && l.f.Value("more") == "" {
		n, l.count = 0, 0
	}
	for i := range n {
		if i < len(list) {
			setThreshold(l.r, l.f, fmt.Sprintf(".%d", i), list[i])
		}
		l.row(i, "", nil, true, thresholdFields(l.r, fmt.Sprintf(".%d", i))...)
	}
}

func readFees(l *layout, d *store.Rules) {
	var list []profile.Thresholds
	l.kept("thresholds", "from", []string{"from", "max", "limit_2"}, func(i int) { list = append(list, readThreshold(l.f, fmt.Sprintf(".%d", i))) })
	closeEarlier(list, func(t *profile.Thresholds) *profile.Days { return &t.Days })
	d.Profile.Thresholds = list
}

// thresholdFields are the figures of one row of thresholds, the municipality's own or the country's.
func thresholdFields(r *ui.Request, suffix string) []field {
	t := func(key string) string { return r.T("daycarerules." + key) }
	list := []field{day("from"+suffix, t("from"), "", false), day("to"+suffix, t("to"), t("to.hint"), true)}
	for _, size := range limitSizes {
		list = append(list, euro(fmt.Sprintf("limit_%d%s", size, suffix), r.T("daycarerules.fees.limit", "n", size), false))
	}
	return append(list, euro("increase"+suffix, t("fees.increase"), false), percent("multiplier"+suffix, t("fees.multiplier"), ""), euro("max"+suffix, t("fees.max"), false),
		euro("min"+suffix, t("fees.min"), false), percent("second"+suffix, t("fees.second"), ""), percent("later"+suffix, t("fees.later"), ""))
}

func setThreshold(r *ui.Request, f *ui.Form, suffix string, t profile.Thresholds) {
	f.Set("from"+suffix, t.From)
	if t.To != nil {
		f.Set("to"+suffix, *t.To)
	}
	for _, size := range limitSizes {
		if c, ok := t.Limits[size]; ok {
			f.Set(fmt.Sprintf("limit_%d%s", size, suffix), c)
		}
	}
	for name, c := range map[string]*money.Cents{"increase": t.Increase, "max": t.MaxFee, "min": t.MinFee} {
		if c != nil {
			f.Set(name+suffix, *c)
		}
	}
	for name, c := range map[string]*money.Rate{"multiplier": t.Multiplier, "second": t.Second, "later": t.Later} {
		if c != nil {
			f.Set(name+suffix, percentOf(r, *c))
		}
	}
}

func readThreshold(f *ui.Form, suffix string) profile.Thresholds {
	t := profile.Thresholds{Days: profile.Days{From: f.Date("from" + suffix)}, Limits: map[int]money.Cents{}}
	if to, given := f.OptionalDate("to" + suffix); given {
		t.To = &to
	}
	for _, size := range limitSizes {
		t.Limits[size] = f.Cents(fmt.Sprintf("limit_%d%s", size, suffix))
	}
	for _, x := range []struct {
		name string
		into **money.Cents
	}{{"increase", &t.Increase}, {"max", &t.MaxFee}, {"min", &t.MinFee}} {
		*x.into = new(f.Cents(x.name + suffix))
	}
	for _, x := range []struct {
		name string
		into **money.Rate
	}{{"multiplier", &t.Multiplier}, {"second", &t.Second}, {"later", &t.Later}} {
		*x.into = new(readPercent(f, x.name+suffix))
	}
	return t
}
