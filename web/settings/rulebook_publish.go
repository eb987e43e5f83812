package settings

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// publishView shows the draft as it will be, to the person who publishes it.
type publishView struct {
	Form       *ui.Form
	Service    int64
	Name       string
	RowVersion int
	Draft      int64
	Facts      ui.Summary
	Values     ui.Table
	Fee        *ui.Table // of the own service; nil = none is told
	Paragraphs []string
	Criteria   []string
	Own        bool // the reader prepared it and cannot publish it
	Preparer   string
}

func (p *Pages) rulebookPublish(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	if !work.found {
		return rulebook.ErrUnknown
	}
	f, d := r.Input(), work.draft
	if f.Submitted() {
		in := rulebook.PublishInput{Organiser: r.Actor.Organiser, ID: f.ID("draft"), RowVersion: f.Int("row_version", 1, 1_000_000)}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := rulebook.Publish(ctx, tx, r.Actor, p.Models, in)
				return err
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(work.service.ID), "settings.rulebook.was_published", "version", d.Version, "day", d.ValidFrom)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	values, err := valuesTable(r, work.service, d.Rules)
	if err != nil {
		return err
	}
	fee, err := feeTable(r, work, d.Rules)
	if err != nil {
		return err
	}
	v := publishView{Form: f, Service: work.service.ID, Name: work.service.Names.In(r.Lang),
		RowVersion: d.RowVersion, Draft: d.ID, Facts: ruleFacts(r, work, d), Values: values, Own: d.PreparedByAccount == r.Actor.Account, Preparer: d.PreparedBy,
		Criteria:   criteriaLines(r, d.Rules.Criteria),
		Paragraphs: strings.Split(strings.ReplaceAll(d.Texts.In(r.Lang), "\r\n", "\n"), "\n\n")}
	if len(fee.Rows) > 0 {
		v.Fee = &fee
	}
	return p.Site.Show(w, r, f.Status(), "settings/rulebook-publish", v)
}

// ruleFacts tells the rules in words, as the publisher must understand them.
func ruleFacts(r *ui.Request, work rulebookWork, d rulebook.Rulebook) ui.Summary {
	yes := map[bool]string{true: r.T("settings.yes"), false: r.T("settings.no")}
	months := r.T("settings.price_months.any")
	if len(d.Rules.PriceMonths) > 0 {
		var list []string
		for _, m := range d.Rules.PriceMonths {
			list = append(list, i18n.MonthName(r.Lang, time.Month(m)))
		}
		months = strings.Join(list, ", ")
	}
	tolerance := r.T("settings.tolerance.none")
	if d.Rules.Tolerance.Percent > 0 {
		tolerance = r.T("settings.tolerance.percent", "percent", d.Rules.Tolerance.Percent.String(), "step", d.Rules.Tolerance.Step)
	}
	prompt := r.T("settings.prompt_days.never")
	if d.Rules.PromptDays > 0 {
		prompt = r.T("settings.days", "n", d.Rules.PromptDays)
	}
	grace := r.T("settings.grace_days.none")
	if d.Rules.GraceDays != nil {
		grace = r.T("settings.days", "n", *d.Rules.GraceDays)
	}
	lapse := r.T("settings.lapse_days.never")
	if d.Rules.LapseDays > 0 {
		lapse = r.T("settings.days", "n", d.Rules.LapseDays)
	}
	return ui.Summary{Rows: append([]ui.Row{
		{Key: r.T("settings.version"), Value: strconv.Itoa(d.Version), Small: r.T("settings.from_day", "day", d.ValidFrom)},
		{Key: r.T("settings.rulebook.prepared"), Value: d.PreparedBy, Small: i18n.DateTime(r.Lang, d.PreparedAt)},
		{Key: r.T("settings.tolerance"), Value: tolerance},
		{Key: r.T("settings.auto_approve"), Value: yes[d.Rules.Tolerance.AutoApprove]},
		{Key: r.T("settings.overrun_allowed"), Value: yes[d.Rules.OverrunAllowed]},
		{Key: r.T("settings.recording_days"), Value: r.T("settings.days", "n", d.Rules.RecordingDays), Small: r.T("settings.recording_days.now", "day", d.Rules.EarliestService(r.Today()))},
		{Key: r.T("settings.prompt_days"), Value: prompt},
		{Key: r.T("settings.grace_days"), Value: grace},
		{Key: r.T("settings.lapse_days"), Value: lapse},
		{Key: r.T("settings.leave_days"), Value: r.T("settings.days", "n", d.Rules.LeaveDays)},
		{Key: r.T("settings.week_factor"), Value: factorText(d.Rules.HoursFactor())},
		{Key: r.T("settings.day_factor"), Value: factorText(d.Rules.DaysFactor())},
		{Key: r.T("settings.source"), Value: d.Rules.Source},
		{Key: r.T("settings.price_notice_days"), Value: r.T("settings.days", "n", d.Rules.PriceNoticeDays), Small: r.T("settings.price_notice_days.now", "day", d.Rules.EarliestPrice(r.Today()))},
		{Key: r.T("settings.price_months"), Value: months},
	}, purseFacts(r, work, d.Rules)...)}
}

// factorText writes a factor as people type it.
func factorText(f money.Factor) string { return strings.ReplaceAll(f.String(), ".", ",") }

func valuesTable(r *ui.Request, s catalogue.Service, rules rulebook.Rules) (ui.Table, error) {
	t := ui.Table{Caption: r.T("settings.values"), Columns: []ui.Column{{Text: r.T("settings.content")}, {Text: r.T("settings.unit")}, {Text: r.T("settings.value"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("settings.values.none")}}
	if !plain(rules.Value) {
		return parameterTable(r, s, rules.Value)
	}
	values, err := rules.Value.FlatValues()
	for _, v := range values {
		c, _ := s.Content(v.Content)
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Names.In(r.Lang)}, {Text: r.T("unit." + string(c.Unit) + ".one")}, r.CentsCell(v.Value)})
	}
	return t, err
}
