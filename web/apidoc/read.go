package apidoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is the part of OpenAPI that the pages show.
type document struct {
	Servers    []struct{ URL string }
	Paths      map[string]map[string]described
	Components struct{ Schemas map[string]schema }
}

type described struct {
	OperationID, Summary, Description string
	Tags                              []string
	Right                             string `json:"x-right"`
	Parameters                        []struct {
		Name, In, Description string
		Required              bool
		Schema                schema
	}
	RequestBody *struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Description string
		Content     map[string]struct{ Schema schema }
	}
}

type schema struct {
	Ref         string `json:"$ref"`
	Type        any
	Format      string
	Description string
	Pattern     string
	Enum        []any
	Minimum     *float64
	Maximum     *float64
	MinLength   *int
	MaxLength   *int
	MaxItems    *int
	Items       *schema
	Properties  map[string]schema
	Required    []string
	Default     any
}

// group is the operations of one subject.
type group struct {
	Key        string
	Operations []*operation
}

// operation is one page.
type operation struct {
	ID, Method, Path, Summary, Description, Right, Group string
	Parameters, Body, Answer                             []field
	Statuses                                             []status
}

type status struct{ Code, Text string }

// field is one row of a table; Depth tells how far inside it stands.
type field struct {
	Name, In, Type, Limits, Description string
	Required                            bool
}

type example struct {
	Request, Answer string
	Status          int
}

type code struct {
	Code         string
	Status       int
	Text, Remedy map[string]string
}

type check struct {
	Code, Severity string
	Reads          []struct{ Fact, Seen string }
	Text, Remedy   map[string]string
}

// subjects in the order of the work: find, grant, reserve, record, get paid.
var subjects = []string{"services", "clients", "daycare", "vouchers", "reservations", "events", "purses", "statements", "about"}

func (p *Pages) read() error {
	var doc document
	var published struct{ Checks []check }
	for _, part := range []struct {
		what string
		raw  []byte
		into any
	}{{"description", p.src.OpenAPI, &doc}, {"errors", p.src.Errors, &p.errors}, {"checks", p.src.Checks, &published}} {
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return fmt.Errorf("reading the %s of the API: %w", part.what, err)
		}
	}
	p.checks = published.Checks
	prefix := ""
	if len(doc.Servers) > 0 {
		prefix = doc.Servers[0].URL
	}
	of := map[string][]*operation{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			o := doc.operation(strings.ToUpper(method), prefix+path, doc.Paths[path][method])
			p.byID[o.ID] = o
			of[o.Group] = append(of[o.Group], o)
		}
	}
	for _, s := range subjects {
		p.groups = append(p.groups, group{"apidoc.group." + s, of[s]})
		delete(of, s)
	}
	if len(of) > 0 {
		return fmt.Errorf("reading the description of the API: groups without a heading: %v", slices.Sorted(maps.Keys(of)))
	}
	return p.readExamples(prefix)
}

func (d *document) operation(method, path string, o described) *operation {
	out := &operation{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, Description: o.Description, Right: o.Right}
	if len(o.Tags) > 0 {
		out.Group = o.Tags[0]
	}
	for _, p := range o.Parameters {
		f := d.field(p.Name, p.Schema, p.Required)
		f.In, f.Description = p.In, p.Description
		out.Parameters = append(out.Parameters, f)
	}
	if o.RequestBody != nil {
		out.Body = d.fields("", o.RequestBody.Content["application/json"].Schema, 0)
	}
	for _, c := range slices.Sorted(maps.Keys(o.Responses)) {
		out.Statuses = append(out.Statuses, status{c, o.Responses[c].Description})
		if c == "200" {
			out.Answer = d.fields("", o.Responses[c].Content["application/json"].Schema, 0)
		}
	}
	return out
}

// deepest is how far fields inside fields are shown.
const deepest = 4

// fields flattens a schema: "lines[].quantity".
func (d *document) fields(prefix string, s schema, depth int) (out []field) {
	s = d.resolve(s)
	if depth > deepest {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		inner := s.Properties[name]
		full := prefix + name
		f := d.field(full, inner, slices.Contains(s.Required, name))
		resolved := d.resolve(inner)
		if resolved.Items != nil {
			f.Name += "[]"
			out = append(out, f)
			out = append(out, d.fields(full+"[].", *resolved.Items, depth+1)...)
			continue
		}
		out = append(out, f)
		out = append(out, d.fields(full+".", resolved, depth+1)...)
	}
	return out
}

func (d *document) field(name string, s schema, required bool) field {
	resolved := d.resolve(s)
	f := field{Name: name, Required: required, Description: s.Description, Type: typeName(resolved)}
	if f.Description == "" {
		f.Description = resolved.Description
	}
	var limits []string
	if len(resolved.Enum) > 0 {
		words := make([]string, len(resolved.Enum))
		for i, e := range resolved.Enum {
			words[i] = fmt.Sprint(e)
		}
		limits = append(limits, strings.Join(words, " | "))
	}
	for _, l := range []struct {
		sign string
		n    *int
	}{{"length ≤ ", resolved.MaxLength}, {"items ≤ ", resolved.MaxItems}} {
		if l.n != nil {
			limits = append(limits, l.sign+fmt.Sprint(*l.n))
		}
	}
	if resolved.Minimum != nil {
		limits = append(limits, fmt.Sprintf("≥ %.0f", *resolved.Minimum))
	}
	if resolved.Maximum != nil {
		limits = append(limits, fmt.Sprintf("≤ %.0f", *resolved.Maximum))
	}
	if resolved.Default != nil {
		limits = append(limits, fmt.Sprintf("default %v", resolved.Default))
	}
	f.Limits = strings.Join(limits, "; ")
	return f
}

func typeName(s schema) string {
	name := fmt.Sprint(s.Type)
	if list, ok := s.Type.([]any); ok && len(list) > 0 {
		name = fmt.Sprint(list[0])
	}
	if s.Format != "" && s.Format != "int64" && s.Format != "int32" {
		name += " (" + s.Format + ")"
	}
	return name
}

func (d *document) resolve(s schema) schema {
	if s.Ref == "" {
		return s
	}
	found := d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	if s.Description != "" {
		found.Description = s.Description
	}
	return found
}

// readExamples writes each example as a command and its answer.
func (p *Pages) readExamples(prefix string) error {
	var list []struct {
		Operation, Method, Path string
		Key                     bool
		IdempotencyKey          string `json:"idempotency_key"`
		Body, Answer            json.RawMessage
		Status                  int
	}
	if err := json.Unmarshal(p.src.Examples, &list); err != nil {
		return fmt.Errorf("reading the examples of the API: %w", err)
	}
	for _, e := range list {
		command := []string{"curl -X " + e.Method}
		if e.Key {
			command = append(command, `-H "Authorization: Bearer $SETELI_KEY"`)
		}
		if e.IdempotencyKey != "" {
			command = append(command, `-H "Idempotency-Key: `+e.IdempotencyKey+`"`)
		}
		if e.Body != nil {
			command = append(command, `-H "Content-Type: application/json"`, "-d '"+indented(e.Body)+"'")
		}
		command = append(command, `"https://…`+prefix+e.Path+`"`)
		p.examples[e.Operation] = example{strings.Join(command, " \\\n  "), indented(e.Answer), e.Status}
	}
	return nil
}

func indented(raw json.RawMessage) string {
	var b bytes.Buffer
	if len(raw) == 0 || json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}
