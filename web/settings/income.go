package settings

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// definitionView is the organiser's definition of income: the one in force, those to come, and the form of the next one.
type definitionView struct {
	Form  *ui.Form
	Known ui.Table
	Kinds []kindRow
	Pers  []perRow
	Parts []ui.Option
}

// kindRow is one kind of income with its fields.
type kindRow struct{ Name, Part, Share string }

// perRow is one period with its fields.
type perRow struct{ Name, Times, Over string }

func sampleDefinition() definitionView {
	return definitionView{Kinds: []kindRow{{"x", "part.x", "share.x"}}, Pers: []perRow{{"x", "times.x", "over.x"}}, Parts: []ui.Option{{Value: "earned", Text: "x"}}}
}

var parts = []household.Part{household.Earned, household.Benefits, household.Capital, household.Forest, household.Minus, household.Housing, household.Savings, household.Excluded}

// income sets what counts as income from a day on. The form begins from the latest definition, so that only the differences are typed.
func (p *Pages) income(w http.ResponseWriter, r *ui.Request) error {
	var list []household.Definition
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = household.Definitions(ctx, tx, r.Actor.Organiser)
		return err
	})
	if err != nil {
		return err
	}
	latest := household.Default()
	if n := len(list); n > 0 {
		latest = list[n-1]
	}
	f := r.Input()
	v := definitionView{Form: f, Known: knownDefinitions(r, list)}
	for _, part := range parts {
		v.Parts = append(v.Parts, ui.Option{Value: string(part), Text: r.T("household.part." + string(part))})
	}
	v.fill(r, latest)
	if f.Submitted() {
		next := readDefinition(f, latest)
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				return household.Define(ctx, tx, r.Actor, r.Actor.Organiser, next)
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/income", "household.definition.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return p.Site.Show(w, r, f.Status(), "settings/income", v)
}

func knownDefinitions(r *ui.Request, list []household.Definition) ui.Table {
	t := ui.Table{Caption: r.T("household.definitions"), Cards: true, Columns: []ui.Column{{Text: r.T("household.time")}, {Text: r.T("household.definition.left_out")}},
		Empty: ui.Empty{Title: r.T("household.definitions.none"), Text: r.T("household.definitions.none.text")}}
	for i, d := range list {
		p := calendar.Period{From: d.From, To: calendar.Forever}
		when := r.T("household.from_on", "from", d.From)
		if i+1 < len(list) {
			p.To = list[i+1].From
			when = r.Period(p)
		}
		left := ""
		for _, k := range d.Kinds {
			if k.Part == household.Excluded {
				if left != "" {
					left += ", "
				}
				left += k.Names.In(r.Lang)
			}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: when}, {Text: left}})
	}
	return t
}

// fill shows the latest definition in the form.
func (v *definitionView) fill(r *ui.Request, d household.Definition) {
	v.Form.Set("from", calendar.MonthOf(r.Today()).Period().To)
	v.Form.Set("months_back", d.MonthsBack)
	v.Form.Set("essential", comma(d.EssentialPercent))
	for _, k := range d.Kinds {
		row := kindRow{k.Names.In(r.Lang), "part." + k.Code, "share." + k.Code}
		v.Form.Set(row.Part, string(k.Part))
		if k.Share != nil {
			v.Form.Set(row.Share, comma(*k.Share))
		}
		v.Kinds = append(v.Kinds, row)
	}
	for _, per := range d.Pers {
		row := perRow{per.Names.In(r.Lang), "times." + per.Code, "over." + per.Code}
		v.Form.Set(row.Times, comma(per.Times))
		v.Form.Set(row.Over, per.Over)
		v.Pers = append(v.Pers, row)
	}
}

// comma writes a rate as people type it.
func comma(r money.Rate) string { return strings.ReplaceAll(r.String(), ".", ",") }

// readDefinition makes the next definition of the latest one and the form; a kind with a name is new.
func readDefinition(f *ui.Form, latest household.Definition) household.Definition {
	known := make([]string, len(parts))
	for i, part := range parts {
		known[i] = string(part)
	}
	next := household.Definition{From: f.Date("from"), MonthsBack: f.Int("months_back", 0, 12), EssentialPercent: ui.Read(f, "essential", money.ParseRate)}
	for _, k := range latest.Kinds {
		k.Part, k.Share = household.Part(f.Choice("part."+k.Code, known...)), nil
		if share, given := ui.ReadOptional(f, "share."+k.Code, money.ParseRate); given {
			k.Share = &share
		}
		next.Kinds = append(next.Kinds, k)
	}
	for _, per := range latest.Pers {
		per.Times, per.Over = ui.Read(f, "times."+per.Code, money.ParseRate), f.Int("over."+per.Code, 1, 1200)
		next.Pers = append(next.Pers, per)
	}
	if name := f.OptionalText("kind_fi"); name != "" {
		k := household.Kind{Code: freeCode(latest), Names: i18n.Names{Fi: name, Sv: f.OptionalText("kind_sv"), En: f.OptionalText("kind_en")}, Part: household.Part(f.Choice("kind_part", known...))}
		next.Kinds = append(next.Kinds, k)
	}
	return next
}

// freeCode is a code that no kind has.
func freeCode(d household.Definition) string {
	for n := 1; ; n++ {
		code := fmt.Sprintf("own_%d", n)
		if _, taken := d.Kind(code); !taken {
			return code
		}
	}
}
