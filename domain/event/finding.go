package event

import (
	"encoding/json"
	"fmt"
	"maps"

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

type storedFinding struct {
	Code   string      `json:"code"`
	Field  string      `json:"field,omitempty"`
	Values i18n.Values `json:"values,omitempty"`
}

// marshalFindings gives the JSON that is stored; nil for none.
func marshalFindings(fs []Finding) ([]byte, error) {
	if len(fs) == 0 {
		return nil, nil
	}
	out := make([]storedFinding, len(fs))
	for i, f := range fs {
		out[i] = storedFinding{Code: f.Code, Field: f.Field, Values: f.Values}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("storing findings: %w", err)
	}
	return b, nil
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
		out[i] = Finding{Code: s.Code, Field: s.Field, Values: s.Values}
	}
	return out, nil
}
