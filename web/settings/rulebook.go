package settings

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/purse"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// rulebookView is the editor of a service's draft, with the published versions beside it.
type rulebookView struct {
	Form     *ui.Form
	Service  int64
	Name     string
	Draft    bool
	Plain    bool   // values are typed here
	Method   string // name of another method
	Contents []valueRow
	Months   []ui.Option
	Versions ui.Table
	Compared bool // there is something to compare
	Pursed   bool // its vouchers can be euro balances, which have terms of their own
}

// valueRow is the value field of one content.
type valueRow struct{ Field, Label string }

func sampleRulebook() rulebookView {
	return rulebookView{Service: 1, Name: "Kotihoito", Draft: true, Compared: true, Pursed: true, Plain: true, Contents: []valueRow{{"value.1", "Kotihoidon tunti (h)"}}}
}

// rulebookWork is what both rulebook pages read.
type rulebookWork struct {
	service   catalogue.Service
	draft     rulebook.Rulebook
	found     bool
	versions  []rulebook.Rulebook
	spendable []purse.Content // by a balance of the service, when it has balances
}

func (p *Pages) rulebookWork(r *ui.Request) (work rulebookWork, err error) {
	service, err := r.PathID("service")
	if err != nil {
		return work, err
	}
	return work, r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		versions, err := catalogue.Versions(ctx, tx, r.Actor.Organiser, service)
		if err != nil {
			return err
		}
		work.service = versions[0]
		if work.draft, work.found, err = rulebook.DraftOf(ctx, tx, r.Actor, r.Actor.Organiser, service); err != nil {
			return err
		}
		if work.versions, err = rulebook.Versions(ctx, tx, r.Actor.Organiser, service); err != nil || !pursed(work.service) {
			return err
		}
		work.spendable, err = purse.Spendable(ctx, tx, r.Actor.Organiser, max(tx.Today(), work.service.ValidFrom))
		return err
	})
}

func (p *Pages) rulebook(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	f, s := r.Input(), work.service
	if f.Submitted() {
		in := readDraft(f, s, work.base(r.Today()).Rules)
		in.Organiser, in.Service = r.Actor.Organiser, s.ID
		if !f.Refused() {
			err := p.keepDraft(r, in)
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(s.ID)+"/rulebook/publish", "settings.rulebook.drafted")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	if err := fillDraft(f, work, r.Today()); err != nil {
		return err
	}
	v := rulebookView{Form: f, Service: s.ID, Name: s.Names.In(r.Lang), Draft: work.found, Versions: versionsTable(r, work.versions), Pursed: pursed(s),
		Compared: work.found || len(work.versions) > 0}
	if v.Plain = plain(work.base(r.Today()).Rules.Value); !v.Plain {
		v.Method = r.T("method.name." + work.base(r.Today()).Rules.Value.Method)
	}
	for _, c := range s.Contents {
		label := fmt.Sprintf("%s (€/%s)", c.Names.In(r.Lang), r.T("unit."+string(c.Unit)+".short"))
		v.Contents = append(v.Contents, valueRow{valueField(c.ID), label})
	}
	for m := time.January; m <= time.December; m++ {
		v.Months = append(v.Months, ui.Option{Value: strconv.Itoa(int(m)), Text: i18n.MonthName(r.Lang, m)})
	}
	return p.Site.Show(w, r, f.Status(), "settings/rulebook", v)
}

// plain reports a value that is typed on the page of the rules itself.
func plain(v rulebook.Value) bool { return v.Method == "flat" }

func valueField(content int64) string { return fmt.Sprintf("value.%d", content) }

// fillDraft starts from the draft, else from the newest version, else from the defaults.
func fillDraft(f *ui.Form, work rulebookWork, today calendar.Date) error {
	from := work.base(today)
	work.seen(f)
	f.Set("valid_from", from.ValidFrom)
	setNames(f, "text", from.Texts)
	values, err := from.Rules.Value.FlatValues()
	if err != nil {
		return err
	}
	for _, v := range values {
		f.Set(valueField(v.Content), v.Value)
	}
	f.Set("tolerance_percent", from.Rules.Tolerance.Percent.String())
	f.Set("tolerance_step", from.Rules.Tolerance.Step)
	f.Set("auto_approve", from.Rules.Tolerance.AutoApprove)
	f.Set("overrun_allowed", from.Rules.OverrunAllowed)
	f.Set("recording_days", from.Rules.RecordingDays)
	f.Set("prompt_days", from.Rules.PromptDays)
	f.Set("price_notice_days", from.Rules.PriceNoticeDays)
	f.Set("source", from.Rules.Source)
	if grace := from.Rules.GraceDays; grace != nil {
		f.Set("grace_days", *grace)
	}
	f.Set("lapse_days", from.Rules.LapseDays)
	f.Set("leave_days", from.Rules.LeaveDays)
	for field, factor := range map[string]money.Factor{"week_factor": from.Rules.WeekFactor, "day_factor": from.Rules.DayFactor} {
		if factor.Exact().Sign() > 0 {
			f.Set(field, factorText(factor))
		}
	}
	var months []string
	for _, m := range from.Rules.PriceMonths {
		months = append(months, strconv.Itoa(m))
	}
	f.Set("price_months", months)
	return nil
}

// readDraft reads the form over the rules that the draft starts from: a value of another method, criteria and the fee of the own
// service have pages of their own and stay.
func readDraft(f *ui.Form, s catalogue.Service, from rulebook.Rules) rulebook.DraftInput {
	rules := rulebook.Default()
	rules.Value, rules.Rounding, rules.Criteria, rules.Comparison, rules.Purse = from.Value, from.Rounding, from.Criteria, from.Comparison, from.Purse
	rules.WeekFactor, _ = ui.ReadOptional(f, "week_factor", money.ParseFactor)
	rules.DayFactor, _ = ui.ReadOptional(f, "day_factor", money.ParseFactor)
	if plain(rules.Value) {
		var values []rulebook.FlatValue
		for _, c := range s.Contents {
			if v, given := f.OptionalCents(valueField(c.ID)); given {
				values = append(values, rulebook.FlatValue{Content: c.ID, Value: v})
			}
		}
		rules.Value = rulebook.Flat(values)
	}
	rules.Tolerance = rulebook.Tolerance{Percent: ui.Read(f, "tolerance_percent", rulebook.ParsePercent), AutoApprove: f.Bool("auto_approve")}
	if rules.Tolerance.Step = money.Units(1); f.Value("tolerance_step") != "" {
		rules.Tolerance.Step = f.Quantity("tolerance_step")
	}
	rules.OverrunAllowed = f.Bool("overrun_allowed")
	rules.RecordingDays = f.Int("recording_days", 0, 730)
	if f.Value("prompt_days") != "" {
		rules.PromptDays = f.Int("prompt_days", 0, 365)
	}
	rules.PriceNoticeDays = f.Int("price_notice_days", 0, 365)
	rules.Source = f.OptionalText("source")
	if f.Value("grace_days") != "" {
		rules.GraceDays = new(f.Int("grace_days", 0, 730))
	}
	if f.Value("lapse_days") != "" {
		rules.LapseDays = f.Int("lapse_days", 0, 365)
	}
	if f.Value("leave_days") != "" {
		rules.LeaveDays = f.Int("leave_days", 0, 365)
	}
	for _, n := range numbers(f.Choices("price_months", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")) {
		rules.PriceMonths = append(rules.PriceMonths, int(n))
	}
	in := rulebook.DraftInput{ValidFrom: f.Date("valid_from"), Rules: rules,
		Texts: i18n.Names{Fi: f.LongText("text_fi"), Sv: f.OptionalLongText("text_sv"), En: f.OptionalLongText("text_en")}}
	if f.Value("draft") != "" {
		in.ID, in.RowVersion = f.ID("draft"), f.Int("row_version", 1, 1_000_000)
	}
	return in
}

func versionsTable(r *ui.Request, versions []rulebook.Rulebook) ui.Table {
	t := ui.Table{Caption: r.T("settings.rulebook.versions"), Cards: true, Columns: []ui.Column{{Text: r.T("settings.version")}, {Text: r.T("settings.valid_from")},
		{Text: r.T("settings.rulebook.prepared")}, {Text: r.T("settings.rulebook.published")}, {Text: r.T("settings.state")}},
		Empty: ui.Empty{Title: r.T("settings.rulebook.none"), Text: r.T("settings.rulebook.none_text")}}
	current := slices.IndexFunc(versions, func(b rulebook.Rulebook) bool { return b.ValidFrom <= r.Today() })
	for i, b := range versions {
		state := "settings.past"
		switch {
		case b.ValidFrom > r.Today():
			state = "settings.coming"
		case i == current:
			state = "settings.active"
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("settings.version.n", "version", b.Version)}, {Text: r.Date(b.ValidFrom)}, {Text: b.PreparedBy}, {Text: b.PublishedBy}, r.TagCell(state)})
	}
	return t
}
