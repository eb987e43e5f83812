package ui

import (
	"fmt"
	"strings"
)

// Option is one choice of radios, tick boxes or a select. Texts are ready, in the reader's language.
type Option struct {
	Value, Text, Hint string
	Disabled          bool
}

// Field is one form control, made by the template functions input, textarea, dateinput, choose, radios,
// checkboxes, tick and upload from the form and a text key. Pages seldom build it themselves.
type Field struct {
	Kind, Name, ID     string
	Label, Hint, Error string
	Value              string
	Type, Mode         string // type and inputmode of an input
	Autocomplete       string
	Prefix, Suffix     string
	Width, Rows        int
	Accept             string
	Again              string // which file must be chosen again, and why
	Big                bool   // the label is the page's question, shown as a heading
	Inline, Small      bool
	Multiple, Optional bool
	Spellcheck         bool
	Options            []Option
	form               *Form
}

// Chosen tells whether the option of the value is the present one.
func (f Field) Chosen(value string) bool { return f.form.Has(f.Name, value) }

// OptionID is the id of the n-th option; the first has the field's own id so that the error summary leads there.
func (f Field) OptionID(n int) string {
	if n == 0 {
		return f.ID
	}
	return fmt.Sprintf("%s-%d", f.ID, n+1)
}

// Described lists the ids of hint and error for aria-describedby.
func (f Field) Described() string {
	s := ""
	if f.Hint != "" {
		s = f.ID + "-hint"
	}
	if f.Again != "" {
		s += " " + f.ID + "-again"
	}
	if f.Error != "" {
		s += " " + f.ID + "-error"
	}
	return strings.TrimSpace(s)
}

// field builds a control. Options come in pairs: name, value. Names ending in a text (hint, suffix, prefix) are
// text keys.
func (b *binding) field(kind string, f *Form, name, label string, pairs []any) (Field, error) {
	if len(pairs)%2 != 0 {
		return Field{}, fmt.Errorf("field %s: options come in pairs", name)
	}
	c := Field{Kind: kind, Name: name, ID: "f-" + name, Label: b.t(label), Value: f.Value(name), Error: f.message(name), form: f,
		Type: "text", Rows: 5}
	if kind == "upload" && (f.Refused() || f.Restored()) {
		if names := f.chosen(name); names != "" {
			c.Again = b.t("ui.form.file_again", "names", names)
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		option, ok := pairs[i].(string)
		if !ok {
			return Field{}, fmt.Errorf("field %s: option %v is no name", name, pairs[i])
		}
		if err := b.option(&c, option, pairs[i+1]); err != nil {
			return Field{}, fmt.Errorf("field %s: %w", name, err)
		}
	}
	if f != nil {
		if f.labels == nil {
			f.labels = map[string]string{}
		}
		f.labels[name] = c.Label
	}
	return c, nil
}

func (b *binding) option(c *Field, option string, value any) error {
	text, _ := value.(string)
	yes, _ := value.(bool)
	n, _ := value.(int)
	switch option {
	case "hint":
		c.Hint = b.t(text)
	case "hinttext": // ready text, for a hint with figures
		c.Hint = text
	case "labeltext":
		c.Label = text
	case "value":
		if c.Value == "" {
			c.Value = text
		}
	case "suffix":
		if text != "" { // a page that makes its fields from a list has some without
			c.Suffix = b.t(text)
		}
	case "prefix":
		c.Prefix = b.t(text)
	case "type":
		if text != "" {
			c.Type = text
		}
	case "mode":
		c.Mode = text
	case "autocomplete":
		c.Autocomplete = text
	case "accept":
		c.Accept = text
	case "width":
		c.Width = n
	case "rows":
		c.Rows = n
	case "big":
		c.Big = yes
	case "inline":
		c.Inline = yes
	case "small":
		c.Small = yes
	case "multiple":
		c.Multiple = yes
	case "optional":
		c.Optional = yes
	case "spellcheck":
		c.Spellcheck = yes
	default:
		return fmt.Errorf("unknown option %q", option)
	}
	return nil
}
