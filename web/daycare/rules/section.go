package rules

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/web/ui"
)

// section is one page of the draft: how its fields are filled and laid out, and how they are read back into the profile. Both see the same
// form; read keeps only what it is about.
type section struct {
	key  string
	lay  func(l *layout)
	read func(l *layout, d *store.Rules)
}

func sections() []section {
	return []section{
		{"options", layOptions, readOptions}, {"base", layBase, readBase}, {"fees", layFees, readFees}, {"support", laySupport, readSupport}, {"price", layPrice, readPrice},
		{"rounding", layRounding, readRounding}, {"incomes", layIncomes, readIncomes}, {"absence", layAbsence, readAbsence}, {"months", layMonths, readMonths},
		{"decisions", layDecisions, readDecisions}, {"basics", layBasics, readBasics},
	}
}

// sectionView is a page of blocks of fields.
type sectionView struct {
	Form   *ui.Form
	Title  string
	Lead   string
	Notes  []string
	Blocks []block
	More   string // the rows that can be added to; "" = none
	Count  int    // rows on the form
	Option string // of the page of one option's values
	Back   string // where one goes without saving
}

// block is a heading with fields; a row of a list can be taken out.
type block struct {
	Heading  string
	Warnings []string
	Fields   []field
	Tight    bool // fields stand beside each other
}

// field is one control with ready texts.
type field struct {
	Form             *ui.Form
	Kind, Name       string // input, date, choose, tick, checkboxes, textarea
	Label, Hint      string
	Mode, Suffix     string
	Width            int
	Optional, Inline bool
	Options          []ui.Option
}

func sampleSection() sectionView {
	fields := []field{{Kind: "input", Name: "a", Label: "x", Hint: "x", Suffix: "daycarerules.euro", Width: 10}, {Kind: "date", Name: "b", Label: "x"}, {Kind: "choose", Name: "c", Label: "x"},
		{Kind: "tick", Name: "d", Label: "x"}, {Kind: "checkboxes", Name: "e", Label: "x"}, {Kind: "textarea", Name: "f", Label: "x"}}
	return sectionView{Title: "x", Lead: "x", Notes: []string{"x"}, More: "options", Count: 1, Back: root + "/draft", Blocks: []block{{Heading: "x", Warnings: []string{"x"}, Fields: fields}, {Tight: true, Fields: fields}}}
}

// layout gathers a page. at maps the places of a list in the profile to the rows of the form, so that a refusal stands at the right row.
type layout struct {
	r      *ui.Request
	f      *ui.Form
	w      work
	blocks []block
	notes  []string
	more   string
	count  int
	at     map[string]string
	// of the values of one option
	option string
}

func (l *layout) t(key string, args ...any) string { return l.r.T("daycarerules."+key, args...) }

func (l *layout) block(heading string, fields ...field) {
	for i := range fields {
		fields[i].Form = l.f
	}
	l.blocks = append(l.blocks, block{Heading: heading, Fields: fields})
}

// rows is how many rows of a list the form has: those filled, or as many as were sent, and one more when it is asked for.
func (l *layout) rows(list string, filled int) int {
	n, err := strconv.Atoi(l.f.Value("rows"))
	if err != nil {
		n = max(filled, 1)
	}
	if l.f.Value("more") != "" {
		n++
	}
	l.more, l.count = list, min(max(n, 1), 400)
	return l.count
}

// row lays one row of a list with its box for taking it out.
func (l *layout) row(i int, heading string, warnings []string, tight bool, fields ...field) {
	fields = append(fields, field{Kind: "tick", Name: cell("remove", i), Label: l.t("row.remove")})
	l.block(heading, fields...)
	b := &l.blocks[len(l.blocks)-1]
	b.Warnings, b.Tight = warnings, tight
}

func cell(name string, row int) string { return fmt.Sprintf("%s.%d", name, row) }

// kept calls take for each row of the form that is neither empty nor taken out, and notes where its place in the list came from.
func (l *layout) kept(list, first string, names []string, take func(i int)) {
	n, err := strconv.Atoi(l.f.Value("rows"))
	if err != nil {
		n = 0
	}
	place := 0
	for i := range min(n, 400) {
		filled := slices.ContainsFunc(names, func(name string) bool { return strings.TrimSpace(l.f.Value(cell(name, i))) != "" })
		if l.f.Bool(cell("remove", i)) || !filled {
			continue
		}
		l.at[fmt.Sprintf("%s.%d", list, place)] = cell(first, i)
		place++
		take(i)
	}
}

// Kinds of fields.

func euro(name, label string, optional bool) field {
	return field{Kind: "input", Name: name, Label: label, Mode: "decimal", Suffix: "daycarerules.euro", Width: 10, Optional: optional}
}

func decimal(name, label, hint string) field {
	return field{Kind: "input", Name: name, Label: label, Hint: hint, Mode: "decimal", Width: 10}
}

func percent(name, label, hint string) field {
	return field{Kind: "input", Name: name, Label: label, Hint: hint, Mode: "decimal", Suffix: "daycarerules.percent", Width: 5}
}

func whole(name, label, hint, suffix string) field {
	return field{Kind: "input", Name: name, Label: label, Hint: hint, Mode: "numeric", Suffix: suffix, Width: 4}
}

func text(name, label string, optional bool) field {
	return field{Kind: "input", Name: name, Label: label, Optional: optional}
}

func day(name, label, hint string, optional bool) field {
	return field{Kind: "date", Name: name, Label: label, Hint: hint, Optional: optional}
}

func choose(name, label string, options []ui.Option) field {
	return field{Kind: "choose", Name: name, Label: label, Options: options}
}

// readPercent reads "10,7" as 0.107.
func readPercent(f *ui.Form, name string) money.Rate {
	return ui.Read(f, name, func(s string) (money.Rate, error) {
		r, err := money.ParseRate(s)
		return r.Percent().Shown(8), err
	})
}

// percentOf writes 0.107 as "10,7".
func percentOf(r *ui.Request, rate money.Rate) string {
	return rateText(r, rate.Exact().Times(money.Whole(100)).Shown(6))
}

// rateText writes a coefficient as people of the language do.
func rateText(r *ui.Request, rate money.Rate) string {
	s := rate.String()
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if r.Lang != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func readRate(f *ui.Form, name string) money.Rate { return ui.Read(f, name, money.ParseRate) }

// readDays reads a row's first and last day; no last day is open.
func readDays(f *ui.Form, i int) profile.Days {
	d := profile.Days{From: f.Date(cell("from", i))}
	if to, given := f.OptionalDate(cell("to", i)); given {
		d.To = &to
	}
	return d
}

func setDays(f *ui.Form, i int, d profile.Days) {
	f.Set(cell("from", i), d.From)
	if d.To != nil {
		f.Set(cell("to", i), *d.To)
	}
}

// closeEarlier ends rows that are open the day before the next one of the same list begins, so that a new year needs one row more and no
// second edit.
func closeEarlier[T any](rows []T, days func(*T) *profile.Days) {
	for i := range rows {
		mine := days(&rows[i])
		if mine.To != nil {
			continue
		}
		next := calendar.Forever
		for k := range rows {
			if from := days(&rows[k]).From; from > mine.From {
				next = min(next, from)
			}
		}
		if next < calendar.Forever {
			mine.To = new(next - 1)
		}
	}
}

// section gives the handler of one section.
func (p *Pages) section(s section) func(http.ResponseWriter, *ui.Request) error {
	return func(w http.ResponseWriter, r *ui.Request) error {
		k, err := p.withDraft(r)
		if err != nil {
			return err
		}
		l := &layout{r: r, f: r.Input(), w: k, at: map[string]string{}}
		done, err := p.keep(w, l, s.read)
		if done || err != nil {
			return err
		}
		s.lay(l)
		v := sectionView{Form: l.f, Title: l.t("section." + s.key), Lead: l.t("section." + s.key + ".lead"), Notes: l.notes, Blocks: l.blocks, More: l.more, Count: l.count, Back: root + "/draft"}
		return r.Show(w, l.f.Status(), "daycarerules/section", v)
	}
}

// keep saves a sent form; true when the answer has been given.
func (p *Pages) keep(w http.ResponseWriter, l *layout, read func(*layout, *store.Rules)) (done bool, err error) {
	f := l.f
	f.Set("row_version", l.w.draft.RowVersion)
	if !f.Submitted() || f.Value("more") != "" {
		return false, nil
	}
	changed := l.w.draft
	read(l, &changed)
	if f.Refused() {
		return false, nil
	}
	err = placed(p.saveDraft(l.r, f, changed), l)
	switch {
	case err == nil:
		return true, l.r.SeeOther(w, root+"/draft", "daycarerules.saved")
	case f.Refused() || f.Take(err):
		return false, nil
	}
	return false, err
}

// placed moves the refusals of a profile to the fields of the form, and says in words what the rule book calls by codes.
func placed(err error, l *layout) error {
	list := fault.All(err)
	if len(list) == 0 {
		return err
	}
	var out fault.List
	for _, one := range list {
		if to, ok := l.at[one.Field]; ok {
			one = one.At(to)
		}
		if kind, ok := one.Values["type"].(string); ok {
			one = one.With("type", kindName(l.r, kind))
		}
		if code, ok := one.Values["option"].(string); ok {
			one = one.With("option", optionName(l.r, l.w.draft.Profile, code))
		}
		if what, ok := one.Values["what"].(string); ok {
			if d, err := calendar.ParseDate(what); err == nil {
				one = one.With("what", l.r.Date(d))
			}
		}
		out = append(out, one)
	}
	return out.Err()
}

// warningText is one doubt in words; which option and which age stand before it where a list names several.
func warningText(r *ui.Request, w profile.Warning) string {
	s := r.T(w.Key(), "day", w.Day, "before", w.Before, "after", w.After, "option", w.Option)
	switch w.Doubt {
	case profile.Dropped, profile.Jumped:
		age := "value.over"
		if w.UnderThree {
			age = "value.under"
		}
		s = r.T("daycarerules."+age) + ": " + s
	}
	return s
}
