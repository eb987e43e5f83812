package settings

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/daycare/profile"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// valueView edits the value rule of a draft, or the fee of the organiser's own service: first the way in which it is computed, then
// its parameters. The page knows no way: it shows the fields that the way names.
type valueView struct {
	Form     *ui.Form
	Service  int64
	Name     string
	Fee      bool   // of the own service; else the voucher's value
	Field    string // that says which way: method or kind
	Path     string
	Begun    bool // texts and rules exist, so that a value can be kept with them
	Method   string
	About    string
	Methods  []ui.Option
	Params   []param
	Warnings []string
	Kept     bool // a fee is told, and can be left out
}

// param is one parameter; a table has rows of cells.
type param struct {
	Form              *ui.Form
	Name, Label, Kind string
	Mode, Suffix      string
	Optional          bool
	Options           []ui.Option
	Rows              [][]param
	Count             int
}

// emptyRows is how many empty rows a table offers below its filled ones, mostRows how many it takes at all.
const (
	emptyRows = 3
	mostRows  = 400
)

func sampleValue() valueView {
	cell := param{Name: "values.value_cents.0", Label: "Arvo", Kind: "cents"}
	return valueView{Service: 1, Name: "Kotihoito", Fee: true, Kept: true, Field: "kind", Path: "/x", Begun: true, Method: "flat_unit", About: "x", Warnings: []string{"x"}, Params: []param{{Name: "min_cents", Label: "x", Kind: "cents"},
		{Name: "values", Label: "x", Kind: "table", Count: 1, Rows: [][]param{{{Name: "values.content_id.0", Label: "x", Kind: "content"}, cell}}},
		{Name: "rounding", Label: "x", Kind: "choice"}, {Name: "carries", Label: "x", Kind: "flag"}}}
}

// fieldEditor is what the page needs of the rule that it edits.
type fieldEditor struct {
	field       string // of the form, that says which way
	names       []string
	name, about string // what keys of the texts of the ways begin with
	chosen      string // way of the draft; "" = none yet
	fields      func(name string) []method.Field
	encode      func() (map[string][]string, error)
	decode      func(form map[string][]string, into *rulebook.Rules) error
}

func (p *Pages) rulebookValue(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	rules := work.base(r.Today()).Rules
	v := valueView{Path: "value"}
	if len(method.Fields(rules.Value.Method)) > 0 {
		v.Warnings = warnings(r, work, rules.Value)
	}
	return p.fieldsPage(w, r, work, v, fieldEditor{field: "method", names: method.Names(), name: "method.name.", about: "method.about.", chosen: rules.Value.Method, fields: method.Fields,
		encode: func() (map[string][]string, error) { return method.Encode(rules.Value) },
		decode: func(form map[string][]string, into *rulebook.Rules) (err error) {
			into.Value, err = method.Decode(form)
			return err
		}})
}

// fieldsPage asks for the way first, then for its parameters, and keeps them in the draft.
func (p *Pages) fieldsPage(w http.ResponseWriter, r *ui.Request, work rulebookWork, v valueView, e fieldEditor) error {
	f, base := r.Input(), work.base(r.Today())
	v.Form, v.Field, v.Service, v.Name, v.Begun, v.Method = f, e.field, work.service.ID, work.service.Names.In(r.Lang), base.Texts.Fi != "", f.Value(e.field)
	v.Path = r.Path("/settings/services/{service}/rulebook/"+v.Path, v.Service)
	if v.Method == "" && e.fields(e.chosen) != nil && !r.URL.Query().Has("choose") {
		v.Method = e.chosen
	}
	for _, name := range e.names {
		v.Methods = append(v.Methods, ui.Option{Value: name, Text: r.T(e.name + name), Hint: r.T(e.about + name)})
	}
	schema := e.fields(v.Method)
	if schema == nil || !v.Begun {
		v.Method, v.Warnings = "", nil
		return p.Site.Show(w, r, f.Status(), "settings/rulebook-value", v)
	}
	if f.Submitted() && f.Value("more") == "" {
		in := work.input(r, f)
		err := e.decode(typed(f, e.field, v.Method, schema), &in.Rules)
		if err == nil {
			err = p.keepDraft(r, in)
		}
		if err == nil {
			return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(v.Service)+"/rulebook/publish", "settings.rulebook.drafted")
		}
		if !f.Take(err) {
			return err
		}
	}
	work.seen(f)
	filled := map[string][]string{}
	if e.chosen == v.Method {
		var err error
		if filled, err = e.encode(); err != nil {
			return err
		}
	} else {
		v.Warnings = nil
	}
	v.About = r.T(e.about + v.Method)
	for _, field := range schema {
		v.Params = append(v.Params, paramOf(r, f, work.service, field, filled))
	}
	return p.Site.Show(w, r, f.Status(), "settings/rulebook-value", v)
}

// base is what a draft starts from: the draft itself, else the newest version, else the defaults.
func (work rulebookWork) base(today calendar.Date) rulebook.Rulebook {
	switch {
	case work.found:
		return work.draft
	case len(work.versions) > 0:
		b := work.versions[0]
		b.ValidFrom = max(today, b.ValidFrom)
		return b
	}
	return rulebook.Rulebook{ValidFrom: max(today, work.service.ValidFrom), Rules: rulebook.Default()}
}

// input is the draft as it stands, for a page that changes one part of it.
func (work rulebookWork) input(r *ui.Request, f *ui.Form) rulebook.DraftInput {
	base := work.base(r.Today())
	in := rulebook.DraftInput{Organiser: r.Actor.Organiser, Service: work.service.ID, ValidFrom: base.ValidFrom, Texts: base.Texts, Rules: base.Rules}
	if f.Value("draft") != "" {
		in.ID, in.RowVersion = f.ID("draft"), f.Int("row_version", 1, 1_000_000)
	}
	return in
}

// keepDraft saves the draft.
func (p *Pages) keepDraft(r *ui.Request, in rulebook.DraftInput) error {
	return r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := rulebook.Draft(ctx, tx, r.Actor, p.Models, in)
		return err
	})
}

// seen notes on the form which draft the editor saw.
func (work rulebookWork) seen(f *ui.Form) {
	if work.found {
		f.Set("draft", work.draft.ID)
		f.Set("row_version", work.draft.RowVersion)
	}
}

// typed gathers what was typed under the names that the method reads: a column of a table is a list.
func typed(f *ui.Form, kind, name string, schema []method.Field) map[string][]string {
	form := map[string][]string{kind: {name}}
	for _, field := range schema {
		if field.Kind != method.Table {
			form[field.Name] = []string{f.Value(field.Name)}
			continue
		}
		for _, c := range field.Columns {
			for i := range rowsOf(f, field.Name, 0) {
				form[field.Name+"."+c.Name] = append(form[field.Name+"."+c.Name], f.Value(cellName(field.Name, c.Name, i)))
			}
		}
	}
	return form
}

func cellName(table, column string, row int) string {
	return fmt.Sprintf("%s.%s.%d", table, column, row)
}

// rowsOf is how many rows of a table the form has; filled ones and some empty at first.
func rowsOf(f *ui.Form, table string, filled int) int {
	n, err := strconv.Atoi(f.Value("rows." + table))
	if err != nil {
		n = filled + emptyRows
	}
	if f.Value("more") == table {
		n += emptyRows
	}
	return min(max(n, 1), mostRows)
}

func paramOf(r *ui.Request, f *ui.Form, s catalogue.Service, field method.Field, filled map[string][]string) param {
	p := one(r, f, field, field.Name)
	if field.Kind != method.Table {
		p.Options = optionsOf(r, s, field)
		if given := filled[field.Name]; len(given) > 0 {
			f.Set(field.Name, given[0])
		}
		return p
	}
	first := len(filled[field.Name+"."+field.Columns[0].Name])
	p.Count = rowsOf(f, field.Name, first)
	for i := range p.Count {
		var row []param
		for _, c := range field.Columns {
			name := cellName(field.Name, c.Name, i)
			if list := filled[field.Name+"."+c.Name]; i < len(list) {
				f.Set(name, list[i])
			}
			cell := one(r, f, c, name)
			cell.Options = optionsOf(r, s, c)
			row = append(row, cell)
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

func one(r *ui.Request, f *ui.Form, field method.Field, name string) param {
	p := param{Form: f, Name: name, Label: r.T(field.Label()), Kind: string(field.Kind), Optional: field.Optional}
	switch field.Kind {
	case method.Cents:
		p.Mode, p.Suffix = "decimal", "settings.euro"
	case method.Decimal:
		p.Mode = "decimal"
	case method.Whole:
		p.Mode = "numeric"
	}
	return p
}

func optionsOf(r *ui.Request, s catalogue.Service, field method.Field) (options []ui.Option) {
	if field.Optional || field.Kind == method.Content {
		options = append(options, ui.Option{Value: "", Text: "–"})
	}
	switch field.Kind {
	case method.Choice:
		for _, c := range field.Choices {
			options = append(options, ui.Option{Value: c, Text: r.T(field.ChoiceLabel(c))})
		}
	case method.Content:
		for _, c := range s.Contents {
			options = append(options, ui.Option{Value: ui.Digits(c.ID), Text: c.Names.In(r.Lang)})
		}
	default:
		return nil
	}
	return options
}

// warnings tells what may be a slip, compared with the version in force.
func warnings(r *ui.Request, work rulebookWork, value rulebook.Value) (out []string) {
	var before rulebook.Value
	if i := slices.IndexFunc(work.versions, func(b rulebook.Rulebook) bool { return b.ValidFrom <= r.Today() }); i >= 0 {
		before = work.versions[i].Rules.Value
	}
	return warningTexts(r, work, before, value)
}

// warningTexts tells in words what may be a slip between two values.
func warningTexts(r *ui.Request, work rulebookWork, before, value rulebook.Value) (out []string) {
	for _, w := range method.Warnings(before, value) {
		args := []any{}
		for name, v := range w.Values {
			if key, ok := v.(i18n.Key); ok {
				v = r.T(string(key))
			}
			args = append(args, name, v)
		}
		line := r.T(w.Key, args...)
		if c, ok := work.service.Content(w.Content); ok {
			line = c.Names.In(r.Lang) + ": " + line
		}
		out = append(out, line)
	}
	return out
}

// parameterTable tells the parameters of a method to who publishes them.
func parameterTable(r *ui.Request, s catalogue.Service, v rulebook.Value) (ui.Table, error) {
	if v.Method == profile.Method {
		return daycareTable(r, s, v)
	}
	filled, err := method.Encode(v)
	return toldFields(r, s, r.T("method.name."+v.Method), method.Fields(v.Method), filled), err
}

// toldFields tells filled fields, a row for each field and each row of a table.
func toldFields(r *ui.Request, s catalogue.Service, caption string, schema []method.Field, filled map[string][]string) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Text: r.T("settings.parameter")}, {Text: r.T("settings.parameter.value")}}}
	for _, field := range schema {
		if field.Kind != method.Table {
			if given := filled[field.Name]; len(given) > 0 {
				t.Rows = append(t.Rows, []ui.Cell{{Text: r.T(field.Label())}, {Text: told(r, s, field, given[0])}})
			}
			continue
		}
		for i := range filled[field.Name+"."+field.Columns[0].Name] {
			line := ""
			for _, c := range field.Columns {
				if list := filled[field.Name+"."+c.Name]; i < len(list) && list[i] != "" {
					if line != "" {
						line += " · "
					}
					line += r.T(c.Label()) + ": " + told(r, s, c, list[i])
				}
			}
			t.Rows = append(t.Rows, []ui.Cell{{Text: r.T(field.Label())}, {Text: line}})
		}
	}
	return t
}

// told is a parameter's text as people read it.
func told(r *ui.Request, s catalogue.Service, field method.Field, given string) string {
	switch field.Kind {
	case method.Choice:
		return r.T(field.ChoiceLabel(given))
	case method.Flag:
		return r.T("settings.yes")
	case method.Content:
		if id, err := strconv.ParseInt(given, 10, 64); err == nil {
			if c, ok := s.Content(id); ok {
				return c.Names.In(r.Lang)
			}
		}
	case method.Cents:
		if c, err := money.ParseCents(given); err == nil {
			return r.Cents(c)
		}
	}
	return given
}
