package event

import (
	"encoding/json"
	"fmt"
	"maps"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/platform/i18n"
)

// Finding is one thing that a check found: its code and the values of its text. Values are typed and stored without a language.
type Finding struct {
	Code   string
	Field  string // field of the line that it is about
	Values map[string]any
}

// Severity comes from the catalogue.
func (f Finding) Severity() Severity { return byCode[f.Code].Severity }

// TextKey is the key of the text; its remedy is TextKey + ".remedy".
func (f Finding) TextKey() string { return "check." + f.Code }

// Args gives the values for the text: units of measure as words of the reader's language.
func (f Finding) Args() map[string]any {
	unit, ok := f.Values["unit"].(string)
	if !ok {
		return f.Values
	}
	args := maps.Clone(f.Values)
	form := ".short"
	if f.Code == "SVC-02" { // the text is about the unit itself
		form = ".one"
	}
	args["unit"] = i18n.Key("unit." + unit + form)
	return args
}

func found(code, field string, values ...any) Finding {
	f := Finding{Code: code, Field: field}
	if len(values) > 0 {
		f.Values = make(map[string]any, len(values)/2)
	}
	for i := 0; i+1 < len(values); i += 2 {
		f.Values[values[i].(string)] = values[i+1]
	}
	return f
}

type typed struct {
	Date     *calendar.Date  `json:"date,omitempty"`
	Cents    *money.Cents    `json:"cents,omitempty"`
	Quantity *money.Quantity `json:"parts,omitempty"`
	Number   *int            `json:"n,omitempty"`
	Text     *string         `json:"text,omitempty"`
}

type storedFinding struct {
	Code   string           `json:"code"`
	Field  string           `json:"field,omitempty"`
	Values map[string]typed `json:"values,omitempty"`
}

// marshalFindings gives the JSON that is stored; nil for none.
func marshalFindings(fs []Finding) ([]byte, error) {
	if len(fs) == 0 {
		return nil, nil
	}
	out := make([]storedFinding, len(fs))
	for i, f := range fs {
		s := storedFinding{Code: f.Code, Field: f.Field}
		for name, value := range f.Values {
			if s.Values == nil {
				s.Values = map[string]typed{}
			}
			switch v := value.(type) {
			case calendar.Date:
				s.Values[name] = typed{Date: &v}
			case money.Cents:
				s.Values[name] = typed{Cents: &v}
			case money.Quantity:
				s.Values[name] = typed{Quantity: &v}
			case int:
				s.Values[name] = typed{Number: &v}
			case string:
				s.Values[name] = typed{Text: &v}
			default:
				return nil, fmt.Errorf("finding %s: value %s has type %T", f.Code, name, value)
			}
		}
		out[i] = s
	}
	return json.Marshal(out)
}

// UnmarshalFindings reads what was stored with an event; nil gives none.
func UnmarshalFindings(b []byte) ([]Finding, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var in []storedFinding
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, fmt.Errorf("reading stored findings: %w", err)
	}
	out := make([]Finding, len(in))
	for i, s := range in {
		f := Finding{Code: s.Code, Field: s.Field, Values: map[string]any{}}
		for name, v := range s.Values {
			switch {
			case v.Date != nil:
				f.Values[name] = *v.Date
			case v.Cents != nil:
				f.Values[name] = *v.Cents
			case v.Quantity != nil:
				f.Values[name] = *v.Quantity
			case v.Number != nil:
				f.Values[name] = *v.Number
			case v.Text != nil:
				f.Values[name] = *v.Text
			}
		}
		out[i] = f
	}
	return out, nil
}
