package golden

import (
	"encoding/json"
	"fmt"
	"os"
)

// Format is the format of a file of cases.
const Format = "seteli-cases/1"

// Case is one golden case, its parameter sets merged in.
type Case struct {
	ID, Kind, Source, Note string
	Synthetic              bool // computed by hand, without an outside authority
	inputs, parameters     any
	expected               fields
}

// FormatError says why a file is none of this format.
type FormatError struct {
	File  string
	Where string // the case or the field
	Why   string
}

func (e *FormatError) Error() string {
	if e.Where == "" {
		return fmt.Sprintf("%s: %s", e.File, e.Why)
	}
	return fmt.Sprintf("%s: %s: %s", e.File, e.Where, e.Why)
}

// ReadFile reads the cases of a file.
func ReadFile(name string) ([]Case, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > mostBytes {
		return nil, &FormatError{name, "", "the file is larger than 64 MB"}
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Read(name, raw)
}

// Read reads the cases of a file's content; name stands in errors. Errors are of type *FormatError.
func Read(name string, raw []byte) ([]Case, error) {
	value, err := decode(raw)
	if err != nil {
		return nil, &FormatError{name, "", err.Error()}
	}
	r := reader{name: name}
	top, ok := value.(fields)
	if !ok {
		return nil, r.refuse("", "the file is no object")
	}
	if top.values["format"] != Format {
		return nil, r.refuse("format", "not "+Format)
	}
	if r.sets, err = r.object(top.values["parameter_sets"], "parameter_sets"); err != nil {
		return nil, err
	}
	list, ok := top.values["cases"].([]any)
	if !ok {
		return nil, r.refuse("cases", "no list")
	}
	return r.cases(list)
}

// reader reads one file.
type reader struct {
	name string
	sets fields
}

func (r *reader) refuse(where, why string) error { return &FormatError{r.name, where, why} }

// object is an object, or an empty one for null and missing.
func (r *reader) object(v any, where string) (fields, error) {
	f, ok := v.(fields)
	if !ok && v != nil {
		return fields{}, r.refuse(where, "no object")
	}
	return f, nil
}

func (r *reader) cases(list []any) ([]Case, error) {
	cases := make([]Case, 0, len(list))
	seen := map[string]bool{}
	for i, v := range list {
		where := fmt.Sprintf("cases[%d]", i)
		f, ok := v.(fields)
		if !ok {
			return nil, r.refuse(where, "no object")
		}
		c, err := r.read(f, where)
		if err != nil {
			return nil, err
		}
		if seen[c.ID] {
			return nil, r.refuse(where, "the id "+c.ID+" stands twice")
		}
		seen[c.ID] = true
		cases = append(cases, c)
	}
	return cases, nil
}

func (r *reader) read(f fields, where string) (c Case, err error) {
	for _, field := range []struct {
		name   string
		into   *string
		needed bool
	}{{"id", &c.ID, true}, {"kind", &c.Kind, true}, {"source", &c.Source, false}, {"note", &c.Note, false}} {
		text, ok := f.values[field.name].(string)
		if !ok && (field.needed || f.values[field.name] != nil) || field.needed && text == "" {
			return Case{}, r.refuse(where+"."+field.name, "no text")
		}
		*field.into = text
	}
	where = "case " + c.ID
	if synthetic, given := f.values["synthetic"]; given {
		var ok bool
		if c.Synthetic, ok = synthetic.(bool); !ok {
			return Case{}, r.refuse(where, "synthetic is neither true nor false")
		}
	}
	inputs, ok := f.values["inputs"].(fields)
	if !ok {
		return Case{}, r.refuse(where, "inputs are no object")
	}
	c.inputs = inputs
	if c.expected, ok = f.values["expected"].(fields); !ok || len(c.expected.order) == 0 {
		return Case{}, r.refuse(where, "expected is no object with a field")
	}
	parameters, err := r.object(f.values["parameters"], where+" parameters")
	if err != nil {
		return Case{}, err
	}
	c.parameters, err = r.merge(parameters, where)
	return c, err
}

// merge puts the named sets together in their order; the case's own keys override them, one level deep.
func (r *reader) merge(own fields, where string) (fields, error) {
	var merged fields
	names, ok := own.values["sets"].([]any)
	if !ok && own.values["sets"] != nil {
		return fields{}, r.refuse(where, "sets are no list")
	}
	for _, v := range names {
		name, ok := v.(string)
		if _, there := r.sets.values[name]; !ok || !there {
			return fields{}, r.refuse(where, fmt.Sprintf("the parameter set %v is not in the file", v))
		}
		set, err := r.object(r.sets.values[name], "parameter set "+name)
		if err != nil {
			return fields{}, err
		}
		for _, key := range set.order {
			merged.set(key, set.values[key])
		}
	}
	for _, key := range own.order {
		if key != "sets" {
			merged.set(key, own.values[key])
		}
	}
	return merged, nil
}

// Write writes cases as a file of this format, sets merged in.
func Write(cases []Case) ([]byte, error) {
	type line struct {
		ID         string `json:"id"`
		Kind       string `json:"kind"`
		Source     string `json:"source"`
		Inputs     any    `json:"inputs"`
		Parameters any    `json:"parameters"`
		Expected   any    `json:"expected"`
		Note       string `json:"note"`
		Synthetic  bool   `json:"synthetic,omitempty"`
	}
	lines := make([]line, len(cases))
	for i, c := range cases {
		lines[i] = line{c.ID, c.Kind, c.Source, c.inputs, c.parameters, c.expected, c.Note, c.Synthetic}
	}
	return json.MarshalIndent(map[string]any{"format": Format, "parameter_sets": struct{}{}, "cases": lines}, "", " ")
}
